// Measures of similarity between two layers on the same samples, and the heat maps that show them.
import { equals, formula, frac, i, inner, minus, n, name, norm, o, row, sub, sum, sup, transposed, brackets } from './math.ts';
import type { Topic } from './topic.ts';

const [A, B, rho] = [i('A'), i('B'), i('ρ')];
const ri = sub(rho, i('i'));
const nuclear = sub(norm(transposed(A), B), o('∗'));

export const similarity: readonly Topic[] = [
  {
    id: 'layer-similarity',
    title: 'Similarity of layers and drift of a kernel',
    group: 'Between layers',
    also: ['heat map', 'compare', 'kernel-drift', 'layer × layer', 'epoch × epoch'],
    formulas: [
      formula(
        'the entry at i and j is CKA of A i, A i transposed, with B j, B j transposed',
        sub(i('S'), row(i('i'), i('j'))),
        equals,
        name('CKA'),
        brackets(row(sub(A, i('i')), transposed(sub(A, i('i')))), o(','), row(sub(B, i('j')), transposed(sub(B, i('j'))))),
      ),
    ],
    letters: 'A_i: layer i of one network, B_j: layer j of another; or one layer at two epochs.',
    meaning:
      'Each layer beside each other: a bright diagonal means that depth does the same in both networks. Drift lays one layer’s kernel at each epoch beside itself at each other, and shows when it stops changing.',
    misleads: [
      'Only on the same probe samples; others are refused.',
      'Wide layers look alike by chance. Compare with the same networks before training before a value is called high.',
    ],
    source: 'Kornblith et al. 2019.',
    related: ['cka', 'svcca', 'pwcca', 'procrustes', 'rbf-cka'],
  },
  {
    id: 'svcca',
    title: 'SVCCA',
    group: 'Between layers',
    also: ['canonical correlation', 'CCA'],
    formulas: [
      formula('the mean of the canonical correlations rho of the leading singular directions', frac(n(1), i('k')), sum(i('i')), ri),
    ],
    letters: 'ρ: canonical correlations of the directions that hold 99 % of each side’s variance. k: their smaller number.',
    meaning:
      'How far the leading subspaces of two layers are the same. With all directions kept, no invertible linear map of either side changes it.',
    misleads: [
      'All kept directions count alike, however little variance they have.',
      'Near 1 by chance where the number of features nears that of samples.',
    ],
    source: 'Raghu et al. 2017.',
    related: ['pwcca', 'layer-similarity'],
  },
  {
    id: 'pwcca',
    title: 'PWCCA',
    group: 'Between layers',
    also: ['projection weighted', 'canonical correlation'],
    formulas: [
      formula(
        'the sum of alpha i rho i, with alpha i in proportion to the sum over neurons of the size of the inner product of h i and z j',
        sum(i('i')),
        sub(i('α'), i('i')),
        ri,
        o(','),
        sub(i('α'), i('i')),
        o('∝'),
        sum(i('j')),
        o('|'),
        inner(sub(i('h'), i('i')), sub(i('z'), i('j'))),
        o('|'),
      ),
    ],
    letters: 'h: canonical variables of A. z: A’s neurons. ρ: canonical correlations.',
    meaning: 'Canonical correlations, weighted by how much of the first layer each direction carries.',
    misleads: [
      'It is asymmetric: the weights are those of the first run, the rows. Exchanged, the number is another.',
      'A rotation of the first layer changes it.',
      'Exactly 1 where a layer has P − 1 independent features or more: take more samples.',
    ],
    source: 'Morcos et al. 2018.',
    related: ['svcca', 'layer-similarity'],
  },
  {
    id: 'procrustes',
    title: 'Procrustes similarity',
    group: 'Between layers',
    also: ['rotation', 'nuclear norm', 'shape'],
    formulas: [
      formula(
        's is the nuclear norm of A transposed B; the squared distance is 2 minus 2 s',
        i('s'),
        equals,
        nuclear,
        o(','),
        sup(i('d'), n(2)),
        equals,
        n(2),
        minus,
        n(2),
        i('s'),
      ),
    ],
    letters: 'A, B: centred features divided by their Frobenius norm. ‖·‖∗: the sum of singular values.',
    meaning: 'How well one layer can be rotated onto the other; 1 where it fits exactly. Its distance is a true metric.',
    misleads: ['Weak directions count more than in CKA.', 'Large by chance where the number of features nears that of samples.'],
    source: 'Williams et al. 2021; Ding et al. 2021.',
    related: ['cka', 'layer-similarity'],
  },
  {
    id: 'rbf-cka',
    title: 'RBF-CKA',
    group: 'Between layers',
    also: ['Gaussian kernel', 'bandwidth', 'nonlinear'],
    formulas: [
      formula(
        'CKA of kernels k of x and x prime, which are the exponential of minus the squared distance over 2 sigma squared',
        i('k'),
        brackets(i('x'), o(','), sup(i('x'), o('′'))),
        equals,
        name('exp'),
        brackets(minus, frac(sup(norm(i('x'), minus, sup(i('x'), o('′'))), n(2)), row(n(2), sup(i('σ'), n(2))))),
      ),
    ],
    letters: 'σ: half the median distance between two samples.',
    meaning: 'CKA that looks at near neighbours rather than at the whole cloud.',
    misleads: [
      'It follows the bandwidth: with one of many medians it is CKA again.',
      'Outliers move the median little, but their neighbours much.',
    ],
    source: 'Kornblith et al. 2019, Section 3.',
    related: ['cka', 'layer-similarity'],
  },
];
