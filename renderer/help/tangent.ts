// The neural tangent kernel: what is traced, how it splits, what it is aligned with.
import { brackets, equals, formula, frac, i, n, name, norm, o, plus, row, sub, sum, sup, transposed } from './math.ts';
import type { Topic } from './topic.ts';

const [K, C, x, f] = [i('K'), i('C'), i('x'), i('f')];
const x2 = sup(x, o('′'));
const layer = sub(K, i('ℓ'));
const KL = sup(K, brackets(i('L')));
const Kgrad = sup(K, o('∇'));
const whole = row(sum(i('ℓ')), layer);

export const tangent: readonly Topic[] = [
  {
    id: 'ntk',
    title: 'NTK, the class-traced tangent kernel',
    group: 'Tangent kernel',
    also: ['neural tangent kernel', 'gradient kernel', 'K^(L)', 'Eq. 8'],
    formulas: [
      formula(
        'K of x and x prime is one over C times the sum over outputs of the gradients of f i at x and at x prime; that is K of the last layer plus one over C times the trace of the gradient kernel',
        K,
        brackets(x, o(','), x2),
        equals,
        frac(n(1), C),
        sum(i('i')),
        row(o('∇'), sub(f, i('i')), brackets(x), o('·'), o('∇'), sub(f, i('i')), brackets(x2)),
        equals,
        KL,
        plus,
        frac(n(1), C),
        name('Tr'),
        Kgrad,
      ),
    ],
    letters:
      '∇: by all parameters. K^(L): the last hidden layer’s kernel, which is the readout’s part. K^∇: the part of all other weights.',
    meaning:
      'How much a small step on one sample changes the outputs on another. Over an infinitely wide network it stands still; here it is watched as it turns towards the target.',
    misleads: [
      'The trace over classes forgets how classes mix. The whole kernel is C times larger in both directions, and its best target is of rank 1, not C.',
      'It depends on the parameterisation: standard and ntk weigh the layers differently, though the function is the same.',
      'Networks with batch norm are differentiated with their running statistics.',
    ],
    source: 'Eqs. 6–8.',
    related: ['ntk-alignment', 'ntk-split', 'spectrum'],
  },
  {
    id: 'ntk-alignment',
    title: 'NTK–target, NTK–network and network–target alignment',
    group: 'Tangent kernel',
    also: ['ntkTarget', 'ntkNetwork', 'networkTarget', 'penultimateTarget', 'gradientTarget', 'output kernel', 'Fig. 7'],
    formulas: [
      formula(
        'CKA of the tangent kernel with the target kernel; with the network kernel, f of x transposed times f of x prime; and of the network kernel with the target kernel',
        name('CKA'),
        brackets(K, o(','), sub(K, i('y'))),
        o(','),
        name('CKA'),
        brackets(K, o(','), sub(K, f)),
        o(','),
        name('CKA'),
        brackets(sub(K, f), o(','), sub(K, i('y'))),
        o(','),
        sub(K, f),
        equals,
        transposed(row(f, brackets(x))),
        f,
        brackets(x2),
      ),
    ],
    letters: 'K: the class-traced NTK. K_y: the target kernel. K_f: the kernel of the network’s outputs.',
    meaning:
      'Three curves over training. Network–target nears 1 on the training samples as they are fitted. NTK–target tells whether the directions in which the network can still move have turned towards the task; the parts K^(L) and the gradient kernel are given beside it.',
    misleads: [
      'CKA of the traced kernel is not the alignment of the full one (Baratin et al. 2021); compare like with like.',
      'On training samples a rise may be memory. The test samples tell what generalises.',
      'Read it against the null line: a tangent kernel has many directions, so chance is small, but not 0.',
    ],
    source: 'Section VI, Fig. 7.',
    related: ['ntk', 'ntk-split', 'null-line'],
  },
  {
    id: 'ntk-split',
    title: 'The split of the NTK’s alignment',
    group: 'Tangent kernel',
    also: ['penultimateShare', 'gradientShare', 'parts', 'share'],
    formulas: [
      formula(
        'A of the sum of the parts is the sum over parts of the norm of the part over the norm of the sum, times A of the part',
        i('A'),
        brackets(whole),
        equals,
        sum(i('ℓ')),
        frac(norm(layer), norm(whole)),
        i('A'),
        brackets(layer),
      ),
    ],
    letters: 'K_ℓ: the part of layer ℓ’s weights; the readout’s part is K^(L). A: CKA with the target kernel. ‖K_ℓ‖/‖ΣK‖: the share.',
    meaning:
      'Which weights the NTK’s alignment comes from, exactly and not in estimate. A part adds its share times its own alignment. The paper says that K^(L) dominates, without a figure; here it can be seen.',
    misleads: [
      'Shares add up to more than 1, since parts point partly the same way.',
      'Shares depend on the parameterisation, which weighs the gradients of the layers differently: which part dominates is a property of both.',
      'A part may have a high alignment of its own and add little, because it is small.',
    ],
    source: 'Section VI, below Eq. 8; the identity follows from Eq. 4.',
    related: ['ntk', 'ntk-alignment'],
  },
];
