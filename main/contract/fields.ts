// The one table of a config's fields, from which the parser, the defaults, `--set` and every form are made.
import type { ModelConfig } from './config.ts';

export const activations = ['relu', 'tanh', 'erf', 'linear'] as const;
export const modelKinds = ['mlp', 'resnet11'] as const;

/** How one value is checked: what is accepted in words, and a test. */
export interface Kind {
  accepts: string;
  test(value: unknown): boolean;
}

export interface Field {
  path: string;
  /** what the value means, for forms and help */
  meaning: string;
  unit?: string;
  kind: Kind;
  default: unknown;
  /** what the paper uses, where it says */
  paper?: string;
  /** the kind of model that it belongs to; other kinds do not have it */
  of?: ModelConfig['kind'];
}

const integer = (least: number, most: number, what = ''): Kind => ({
  accepts: `${least} … ${most}${what ? ` (${what})` : ''}`,
  test: (v) => Number.isInteger(v) && (v as number) >= least && (v as number) <= most,
});
const real = (least: number, most: number, accepts = `${least} … ${most}`): Kind => ({
  accepts,
  test: (v) => typeof v === 'number' && Number.isFinite(v) && v >= least && v <= most,
});
const oneOf = (...values: (string | boolean)[]): Kind => ({ accepts: values.join(' | '), test: (v) => values.includes(v as string) });
const bool = oneOf(true, false);
const text = (most: number, accepts: string): Kind => ({ accepts, test: (v) => typeof v === 'string' && v.length <= most });
const list = (accepts: string, most: number, item: (v: unknown) => boolean, least = 0): Kind => ({
  accepts,
  test: (v) => Array.isArray(v) && v.length >= least && v.length <= most && v.every(item),
});

const epochs = integer(0, 1e6);
const datasetName: Kind = {
  accepts: 'mnist, cifar10, digits or the name of an imported dataset (letters, digits, - _ .)',
  test: (v) => typeof v === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/.test(v),
};
const snapshotPlan: Kind = {
  accepts: 'a list of epochs and "last", {"every": n} or {"log": n}, n ≥ 1',
  test: (v) => {
    if (Array.isArray(v)) return v.length > 0 && v.length <= 10_000 && v.every((e) => e === 'last' || epochs.test(e));
    if (typeof v !== 'object' || v === null) return false;
    const entries = Object.entries(v);
    return (
      entries.length === 1 && ['every', 'log'].includes(entries[0][0]) && Number.isInteger(entries[0][1]) && (entries[0][1] as number) >= 1
    );
  },
};

/** Every field of a config, in the order of `--print-config`. */
export const fields: readonly Field[] = [
  { path: 'name', meaning: 'name of the run; empty takes the preset’s', kind: text(200, 'a text of at most 200 characters'), default: '' },
  { path: 'seed', meaning: 'seed of weights, shuffling, splits and probes', kind: integer(0, 2 ** 32 - 1), default: 0 },
  {
    path: 'tags',
    meaning: 'labels for finding runs',
    kind: list('a list of texts of 1 … 60 characters', 100, (v) => typeof v === 'string' && v.length >= 1 && v.length <= 60),
    default: [],
  },
  {
    path: 'data.dataset',
    meaning: 'what is learned: mnist, cifar10, digits (a generated handwriting task that needs no files), or what was imported',
    kind: datasetName,
    default: 'mnist',
    paper: 'cifar10 (Section V), mnist (Section VI)',
  },
  { path: 'data.train', meaning: 'training samples', unit: 'samples', kind: integer(1, 1e6), default: 10_000, paper: '10000' },
  { path: 'data.test', meaning: 'test samples', unit: 'samples', kind: integer(1, 1e6), default: 10_000, paper: '10000' },
  {
    path: 'data.augment',
    meaning: 'training images anew in every epoch: padded by 4 reflected pixels and cropped at random, flipped in half of the cases',
    kind: bool,
    default: false,
    paper: 'half of the models of Section V',
  },
  {
    path: 'data.cutout',
    meaning: 'with data.augment: side of a square that is cut out at a random place; 0: none',
    unit: 'pixels',
    kind: integer(0, 64),
    default: 0,
  },
  {
    path: 'data.normalise',
    meaning: 'channels: each to mean 0 and standard deviation 1 over the training samples; auto: images of several channels',
    kind: oneOf('auto', 'channels', 'none'),
    default: 'auto',
  },
  { path: 'data.shift', meaning: 'digits: largest shift of a digit', unit: 'pixels', kind: real(0, 8), default: 2 },
  { path: 'data.shear', meaning: 'digits: standard deviation of the shear', unit: 'slope', kind: real(0, 1), default: 0.25 },
  { path: 'data.noise', meaning: 'digits: standard deviation of the pixel noise', unit: 'full ink', kind: real(0, 2), default: 0.2 },
  { path: 'model.kind', meaning: 'network', kind: oneOf(...modelKinds), default: 'mlp', paper: 'resnet11 (Section V), mlp (Section VI)' },
  {
    path: 'model.hidden',
    of: 'mlp',
    meaning: 'units of each hidden layer',
    unit: 'units',
    kind: list('a list of 1 … 64 widths, each 1 … 16384', 64, (v) => integer(1, 16384).test(v), 1),
    default: [200, 200, 200, 200],
    paper: '[200, 200, 200, 200]',
  },
  { path: 'model.activation', of: 'mlp', meaning: 'nonlinearity φ of the hidden layers', kind: oneOf(...activations), default: 'relu' },
  { path: 'model.bias', of: 'mlp', meaning: 'biases, in every layer', kind: bool, default: true, paper: 'true' },
  {
    path: 'model.parameterisation',
    of: 'mlp',
    meaning: 'standard: W ~ N(0, 1/N_in); ntk: W ~ N(0, 1) with 1/√N_in outside',
    kind: oneOf('standard', 'ntk'),
    default: 'standard',
    paper: 'ntk (Adam at 0.1 stays at chance otherwise)',
  },
  {
    path: 'model.width',
    of: 'resnet11',
    meaning: 'channels of every layer as a share of the paper’s; 1 is 64 … 512',
    kind: real(1 / 16, 4, 'a number from 0.0625 to 4'),
    default: 1,
    paper: '1',
  },
  { path: 'model.skip', of: 'resnet11', meaning: 'skip connections of the residual blocks', kind: bool, default: true, paper: 'both' },
  {
    path: 'model.batchNorm',
    of: 'resnet11',
    meaning: 'batch norm after every convolution; without it a bias',
    kind: bool,
    default: true,
    paper: 'true',
  },
  {
    path: 'training.loss',
    meaning: 'squared error summed over classes, mean over samples',
    kind: oneOf('mse'),
    default: 'mse',
    paper: 'mse',
  },
  { path: 'training.optimizer', meaning: 'rule of the update', kind: oneOf('sgd', 'momentum', 'adam'), default: 'adam', paper: 'adam' },
  {
    path: 'training.learningRate',
    meaning: 'step size',
    kind: real(1e-12, 1e6, 'a number from 1e-12 to 1e6'),
    default: 0.001,
    paper: '0.1',
  },
  { path: 'training.momentum', meaning: 'momentum: share of the last step that is kept', kind: real(0, 0.99999), default: 0.9 },
  {
    path: 'training.schedule',
    meaning: 'constant, or linear to 0 at the last epoch',
    kind: oneOf('constant', 'linear'),
    default: 'linear',
    paper: 'constant (Section VI)',
  },
  { path: 'training.batchSize', meaning: 'samples a step', unit: 'samples', kind: integer(1, 1e6), default: 500, paper: '500' },
  { path: 'training.epochs', meaning: 'passes over the training samples', unit: 'epochs', kind: epochs, default: 100, paper: '3000' },
  {
    path: 'analysis.snapshots',
    meaning: 'epochs at which kernels are analysed and weights kept; those after the last are left out',
    kind: snapshotPlan,
    default: [0, 25, 'last'],
  },
  {
    path: 'analysis.probe.train',
    meaning: 'training samples on which kernels are formed',
    unit: 'samples',
    kind: integer(4, 46_340),
    default: 1000,
  },
  {
    path: 'analysis.probe.test',
    meaning: 'test samples on which kernels are formed',
    unit: 'samples',
    kind: integer(4, 46_340),
    default: 1000,
  },
  { path: 'analysis.alignment', meaning: 'CKA and KTA of every layer with target and input', kind: bool, default: true },
  { path: 'analysis.spectrum', meaning: 'eigenvalues and cumulative power of every kernel', kind: bool, default: true },
  { path: 'analysis.ntk', meaning: 'neural tangent kernel and its alignments', kind: bool, default: true },
  { path: 'analysis.centred', meaning: 'spectra of the centred kernel HKH', kind: bool, default: false, paper: 'false' },
  {
    path: 'analysis.convFeatures',
    meaning: 'convolutional maps flattened, or averaged over space',
    kind: oneOf('flatten', 'mean'),
    default: 'flatten',
  },
];
