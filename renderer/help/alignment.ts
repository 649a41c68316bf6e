// Alignment of kernels: the layer kernel, KTA, CKA, its debiased form, the null line, the mean over layers.
import {
  brackets,
  equals,
  formula,
  frac,
  i,
  inner,
  minus,
  n,
  name,
  norm,
  o,
  plus,
  root,
  row,
  sub,
  subsup,
  sum,
  sup,
  transposed,
} from './math.ts';
import type { Topic } from './topic.ts';

const [K, L, P, Psi] = [i('K'), i('L'), i('P'), i('Ψ')];
const [K1, K2] = [sub(K, n(1)), sub(K, n(2))];
const one = n(1);
const Kc = sub(K, i('c'));
const hsic = (a: string, b: string) => row(sub(name('HSIC'), n(1)), brackets(a, o(','), b));
const tilde = (letter: string) => `<mover>${letter}<mo>~</mo></mover>`;

export const alignment: readonly Topic[] = [
  {
    id: 'kernels',
    title: 'Layer kernel, target kernel, input kernel',
    group: 'Alignment',
    also: ['Gram matrix', 'features', 'convFeatures', 'flatten', 'K'],
    formulas: [
      formula(
        'K is Psi times Psi transposed; the target kernel is Y times Y transposed; the input kernel is X times X transposed',
        K,
        equals,
        Psi,
        transposed(Psi),
        o(','),
        sub(K, i('f')),
        equals,
        i('Y'),
        transposed(i('Y')),
        o(','),
        sub(K, i('x')),
        equals,
        i('X'),
        transposed(i('X')),
      ),
    ],
    letters: 'Ψ [P, N]: a layer’s features on the P probe samples. Y [P, C]: the labels, one-hot. X [P, D]: the inputs.',
    meaning:
      'For every two probe samples, how similar a layer holds them. Every measure of alignment and every spectrum here is made from these matrices. The probe samples are drawn once a run and never change.',
    misleads: [
      'Feature maps of a convolution become features in one of two ways (analysis.convFeatures): flattened, every place counts by itself; averaged over space, places are forgotten. The numbers differ, so every caption names the choice.',
      'Networks with batch norm are seen with their running statistics. At epoch 0 these are 0 and 1, and the first snapshot is that of the network without batch norm.',
    ],
    source: 'Canatar & Pehlevan 2022, Section III.',
    related: ['cka', 'spectrum', 'ntk'],
  },
  {
    id: 'kta',
    title: 'KTA, kernel–target alignment',
    group: 'Alignment',
    also: ['ktaTarget', 'ktaInput', 'kernel alignment', 'uncentred'],
    formulas: [
      formula(
        'A of K1 and K2 is the inner product of K1 and K2 divided by the product of their norms; that is the trace of K1 K2 over the root of trace K1 squared times trace K2 squared',
        i('A'),
        brackets(K1, o(','), K2),
        equals,
        frac(inner(K1, K2), row(norm(K1), norm(K2))),
        equals,
        frac(row(name('Tr'), K1, K2), root(name('Tr'), subsup(K, n(1), n(2)), name('Tr'), subsup(K, n(2), n(2)))),
      ),
    ],
    letters: 'K₁, K₂: two kernels on the same P samples. ‖·‖: Frobenius norm.',
    meaning:
      'The cosine of the angle between two kernels, from 0 to 1. With the target kernel it tells how well a layer is made for the task.',
    misleads: [
      'Kernels are not centred. Features with a large mean all look alike: any such kernel has a high KTA with any other, learned or not.',
      'Even a constant kernel reaches 1/√C with balanced classes: 0.316 for ten.',
    ],
    source: 'Eq. 4; Cristianini et al. 2001.',
    related: ['cka', 'debiased-cka'],
  },
  {
    id: 'cka',
    title: 'CKA, centred kernel alignment',
    group: 'Alignment',
    also: ['ckaTarget', 'ckaInput', 'centred', 'alignment by layer', 'alignment by model'],
    formulas: [
      formula(
        'CKA of K1 and K2 is A of H K1 H and H K2 H, where H is the identity minus one over P in every entry',
        name('CKA'),
        brackets(K1, o(','), K2),
        equals,
        i('A'),
        brackets(row(i('H'), K1, i('H')), o(','), row(i('H'), K2, i('H'))),
        o(','),
        i('H'),
        equals,
        i('I'),
        minus,
        frac(row(one, transposed(one)), P),
      ),
    ],
    letters: 'H takes the mean over samples away. 1: the vector of ones.',
    meaning:
      'KTA of what is left when each feature’s mean over the samples is taken away; from 0 to 1. It does not change when features are rotated, scaled or shifted. The figures by layer and by model show it with the target, which rises with depth as a network learns, and with the input.',
    misleads: [
      'It is large by chance where a layer has many features for the number of samples: independent Gaussian features of width N have a CKA of about N/(P + N). Read it against the null line, or take the debiased form.',
      'One strong direction can decide it alone; directions with small variance, which may matter to the network, hardly count.',
      'A high CKA of the last layer with the target does not mean high test accuracy: the mean over layers tells more (Fig. 6).',
      'Only values on the same probe samples may be compared.',
    ],
    source: 'Section III, below Eq. 4; Cortes et al. 2012; Kornblith et al. 2019.',
    related: ['null-line', 'debiased-cka', 'mean-cka', 'kta'],
  },
  {
    id: 'debiased-cka',
    title: 'Debiased CKA',
    group: 'Alignment',
    also: ['debiasedTarget', 'debiasedInput', 'unbiased HSIC', 'Song'],
    formulas: [
      formula(
        'debiased CKA is HSIC1 of K and L over the root of HSIC1 of K and K times HSIC1 of L and L',
        frac(hsic(K, L), root(hsic(K, K), hsic(L, L))),
      ),
      formula(
        'HSIC1 of K and L is one over P times P minus 3, times: the trace of K tilde L tilde, plus the product of their sums over P minus 1 times P minus 2, minus 2 over P minus 2 times the sum of K tilde L tilde',
        hsic(K, L),
        equals,
        frac(one, row(P, brackets(P, minus, n(3)))),
        brackets(
          name('Tr'),
          tilde(K),
          tilde(L),
          plus,
          frac(
            row(transposed(one), tilde(K), one, transposed(one), tilde(L), one),
            row(brackets(P, minus, n(1)), brackets(P, minus, n(2))),
          ),
          minus,
          frac(n(2), row(P, minus, n(2))),
          transposed(one),
          tilde(K),
          tilde(L),
          one,
        ),
      ),
    ],
    letters: 'K̃, L̃: the kernels with zeros on the diagonal.',
    meaning:
      'CKA from estimates that few samples do not bias: about 0 for features that have nothing to do with the target, whatever their number.',
    misleads: [
      'It may be negative, and is shown so; 0 is not a floor.',
      'With few samples it scatters more than CKA. Below four samples it does not exist.',
    ],
    source: 'Song et al. 2012. The paper uses the biased form.',
    related: ['cka', 'null-line'],
  },
  {
    id: 'null-line',
    title: 'The null line',
    group: 'Alignment',
    also: ['nullTarget', 'null', 'chance', 'permutation', 'participation ratio'],
    formulas: [
      formula(
        'the mean of CKA over all permutations of the samples is the root of PR1 times PR2, over P minus 1; PR is the trace squared over the trace of the square of the centred kernel',
        sub(name('E'), i('π')),
        name('CKA'),
        equals,
        frac(root(sub(name('PR'), n(1)), sub(name('PR'), n(2))), row(P, minus, n(1))),
        o(','),
        name('PR'),
        equals,
        frac(sup(brackets(name('Tr'), Kc), n(2)), row(name('Tr'), subsup(K, i('c'), n(2)))),
      ),
    ],
    letters:
      'π: a permutation that parts samples from their labels. K_c: the centred kernel. PR: its participation ratio, the number of directions that share its variance.',
    meaning:
      'The CKA that this very kernel would have with labels dealt out at random: exact, not sampled. The dotted grey line under the curves.',
    misleads: [
      'It is a mean: single permutations lie on both sides of it. A value just above it says little.',
      'It does not tell what the untrained network had. For that, look at the first snapshot.',
    ],
    source: 'Own derivation from the permutation moments of centred matrices; tested against all permutations of six samples.',
    related: ['cka', 'debiased-cka'],
  },
  {
    id: 'mean-cka',
    title: 'Mean CKA of a model',
    group: 'Alignment',
    also: ['meanCka', 'average CKA', 'Avg. CKA', 'accuracy and mean CKA', 'Fig. 6'],
    formulas: [
      formula(
        'the mean over the L layers of the CKA of each layer kernel with the target kernel',
        frac(one, L),
        sum(i('ℓ')),
        name('CKA'),
        brackets(sup(K, brackets(i('ℓ'))), o(','), sub(K, i('f'))),
      ),
    ],
    letters: 'L: the probed layers.',
    meaning:
      'How well a whole network, and not only its last layer, is aligned with the target. In the paper it goes with test accuracy more closely than the last layer’s CKA.',
    misleads: [
      'It depends on which layers are probed, so it compares models of one architecture, not a deep one with a shallow one.',
      'That two numbers go together over some dozen models does not make one the cause of the other.',
    ],
    source: 'Section V, Fig. 6.',
    related: ['cka', 'pearson', 'table1'],
  },
];
