// Spectra: eigenvalues, target power in their modes, what is rounding; and what training itself measures.
import { brackets, equals, formula, frac, i, minus, n, norm, o, plus, row, sub, sum, sup, transposed } from './math.ts';
import type { Topic } from './topic.ts';

const [K, P, rho, C, kappa] = [i('K'), i('P'), i('ρ'), i('C'), i('κ')];
const eta = (index: string) => sub(i('η'), index);
const phi = sub(i('φ'), rho);
const a = sub(i('a'), rho);

export const spectrum: readonly Topic[] = [
  {
    id: 'spectrum',
    title: 'Spectrum of a kernel',
    group: 'Spectrum',
    also: ['eigenvalues', 'eta', 'rank', 'modes', 'centred'],
    formulas: [
      formula(
        'one over P times K times phi rho is eta rho times phi rho, with phi rho squared summing to P',
        frac(n(1), P),
        K,
        phi,
        equals,
        eta(rho),
        phi,
        o(','),
        sup(norm(phi), n(2)),
        equals,
        P,
      ),
    ],
    letters:
      'η: eigenvalues of K/P, in falling order. φ: eigenvectors. The dashed lines stand at C, the rank of the target kernel (C − 1 where kernels are centred), and at N, the most that a layer of N features can have.',
    meaning:
      'In how many directions a layer spreads the samples, and how strongly. A layer that has collapsed on the classes has about C large eigenvalues and then a cliff; one that has learned little keeps its long tail.',
    misleads: [
      'Where kernels are not centred, the first mode is mostly the mean of the features and not about the task.',
      'A network with batch norm is at epoch 0 the one without it, so sizes of eigenvalues at the first and at later snapshots do not compare.',
      'Eigenvalues that are nearly equal may trade places from one snapshot to the next; only what they span together means something.',
      'On log–log axes a tail of small eigenvalues fills the plot, and holds little of the variance.',
    ],
    source: 'Eq. 1, Figs. 3–5 and 8.',
    related: ['cumulative-power', 'noise-floor', 'kernels'],
  },
  {
    id: 'cumulative-power',
    title: 'Cumulative power and null power',
    group: 'Spectrum',
    also: ['C(k)', 'C(ρ)', 'power', 'nullPower', 'task–model alignment', 'target power'],
    formulas: [
      formula(
        'C of k is the sum over the first k modes of the squared norm of a rho, over the squared norm of Y divided by P; a rho is phi rho transposed times Y over P',
        C,
        brackets(i('k')),
        equals,
        frac(row(sum(row(rho, o('≤'), i('k'))), sup(norm(a), n(2))), row(sup(norm(i('Y')), n(2)), o('/'), P)),
        o(','),
        a,
        equals,
        frac(row(transposed(phi), i('Y')), P),
      ),
      formula('the null power is 1 minus C at the rank', i('null power'), equals, n(1), minus, C, brackets(i('rank'))),
    ],
    letters: 'a: coefficients of the target in the kernel’s modes. Y: the labels, one-hot.',
    meaning:
      'The share of the target that lies in the k strongest modes. Kernel regression learns strong modes first, so the earlier C(k) nears 1, the fewer samples the task needs. The dotted line is what k random directions would hold. Null power is the share that no mode of this kernel can express, however many samples there are.',
    misleads: [
      'C(k) does not see how large the eigenvalues are; a layer can have all power in C modes of which one dwarfs the rest.',
      'Inside a group of equal eigenvalues the order of modes is arbitrary: read C(k) where a group ends.',
      'With more features than samples (N ≥ P) every target can be expressed: no null power then says nothing.',
      'The denominator is the target’s whole power, so a curve ends below 1 where the kernel cannot express it all.',
    ],
    source: 'Eqs. 2 and 3; Canatar, Bordelon & Pehlevan 2021.',
    related: ['spectrum', 'learning-curve', 'noise-floor'],
  },
  {
    id: 'learning-curve',
    title: 'Learning curve of kernel regression',
    group: 'Spectrum',
    also: ['generalisation error', 'E_g', 'ridge', 'linear probe', 'sample complexity', 'kappa', 'spectral bias'],
    formulas: [
      formula(
        'kappa is lambda plus kappa times the sum over modes of eta rho over kappa plus n eta rho',
        kappa,
        equals,
        i('λ'),
        plus,
        kappa,
        sum(rho),
        frac(eta(rho), row(kappa, plus, i('n'), eta(rho))),
      ),
      formula(
        'E of n is 1 over 1 minus gamma, times the sum over modes of a rho squared kappa squared over kappa plus n eta rho squared; gamma is the sum of n eta rho squared over kappa plus n eta rho squared',
        i('E'),
        brackets(i('n')),
        equals,
        frac(n(1), row(n(1), minus, i('γ'))),
        sum(rho),
        frac(row(sup(norm(a), n(2)), sup(kappa, n(2))), sup(brackets(kappa, plus, i('n'), eta(rho)), n(2))),
        o(','),
        i('γ'),
        equals,
        sum(rho),
        frac(row(i('n'), sup(eta(rho), n(2))), sup(brackets(kappa, plus, i('n'), eta(rho)), n(2))),
      ),
    ],
    letters:
      'n: samples of the regression. λ: the ridge, chosen as a share of the kernel’s mean diagonal element. κ: the ridge that the modes feel, their neighbours’ included. η, a: eigenvalues and the target’s coefficients. Power that no mode expresses counts in full.',
    meaning:
      'How many samples a linear probe of this layer, or regression with the tangent kernel, needs for the task. Lines: predicted from the spectrum alone. Dots: regressions that were done on the kernel. A layer that has aligned with the task needs fewer samples than before training. Dotted: the network’s own outputs on the same samples.',
    misleads: [
      'The theory knows the kernel on the P probe samples only, and holds for n well under P. Where n is a good part of P it promises too much, and the error over all P is low because many of them have been seen: take a larger probe set.',
      'On the training set the features know the labels already; take the test set to compare with the network.',
      'The network was trained on all training samples, not on n.',
      'Theory is an average over draws of many samples: a few samples, or a target that one mode carries, scatter around it.',
      'With a small ridge the error can rise where n nears the number of features; a larger one takes that away.',
    ],
    source: 'Canatar, Bordelon & Pehlevan 2021, Eqs. 2–4; the paper’s Section II.',
    related: ['spectrum', 'cumulative-power', 'accuracy-and-loss'],
  },
  {
    id: 'noise-floor',
    title: 'Noise floor',
    group: 'Spectrum',
    also: ['noiseFloor', 'rounding', 'float32', 'float64'],
    formulas: [
      formula(
        'an eigenvalue eta rho below epsilon times eta 1 is rounding; epsilon is 6 times 10 to the minus 16 in double precision, 4 times 10 to the minus 8 in single precision',
        eta(rho),
        o('<'),
        i('ε'),
        eta(n(1)),
        o(','),
        i('ε'),
        equals,
        row(n(6), o('·'), sup(n(10), n('−16'))),
        o(','),
        row(n(4), o('·'), sup(n(10), n('−8'))),
      ),
    ],
    letters: 'ε: by the precision in which the kernel was formed; layers in double, the tangent kernel in single.',
    meaning:
      'Below the grey band eigenvalues are rounding of the arithmetic and not of the network. They are drawn, not hidden, and do not count towards power.',
    misleads: ['Features themselves are single precision: directions a little above the floor may still be rounding of the forward pass.'],
    source: 'Measured against spectra known in closed form.',
    related: ['spectrum', 'cumulative-power'],
  },
  {
    id: 'accuracy-and-loss',
    title: 'Loss and accuracy',
    group: 'Training',
    also: ['trainLoss', 'testLoss', 'trainAccuracy', 'testAccuracy', 'MSE', 'training'],
    formulas: [
      formula(
        'the loss is one over P times the sum over samples of the squared norm of f of x minus y',
        frac(n(1), P),
        sum(i('x')),
        sup(norm(row(i('f'), brackets(i('x')), minus, i('y'))), n(2)),
      ),
    ],
    letters: 'f(x): the network’s C outputs. y: the label, one-hot.',
    meaning:
      'The squared error summed over classes and averaged over samples; a network that answers 0 to everything has 1. Accuracy is the share of samples whose largest output is the right class. Both are over all samples of the split, not only the probe.',
    misleads: [
      'Other programs average over classes as well: their loss is C times smaller, and their learning rate C times larger for the same step.',
      'With augmentation the training loss is measured on the images as they are, not on the augmented ones.',
    ],
    source: 'Section II.',
    related: ['pearson'],
  },
];
