// The paper's two experiments: which runs of a library stand for them, and how those differ from the paper's.
import { valueAt, type RunConfig } from '../../contract/config.ts';
import type { ReproducedStudy, StudyId } from '../../contract/reproduce.ts';
import type { Differing } from './claim.ts';

export interface StudySpec {
  study: StudyId;
  name: string;
  what: string;
  dataset: string;
  /** what a run must have to count at all; sizes, rates and numbers of epochs may be others, and are told */
  qualifies(config: RunConfig): boolean;
  /** fields in which runs are compared with the paper's */
  compared: readonly string[];
  presets: ReproducedStudy['presets'];
}

const hasEnds = ({ analysis: { snapshots }, training }: RunConfig): boolean =>
  !Array.isArray(snapshots) || (snapshots.includes(0) && (snapshots.includes('last') || snapshots.includes(training.epochs)));

export const sectionFive: StudySpec = {
  study: 'section-5',
  name: 'Section V',
  what: '48 residual networks on CIFAR-10: skip connections, augmentation, batch size, optimiser and learning rate in every combination.',
  dataset: 'cifar10',
  qualifies: (c) =>
    c.model.kind === 'resnet11' && c.model.batchNorm && c.analysis.alignment && c.training.optimizer !== 'adam' && hasEnds(c),
  compared: ['data.train', 'data.test', 'model.width', 'training.batchSize', 'training.epochs', 'training.schedule'],
  presets: [
    { preset: 'section-5-small', scale: 'small', sweep: true },
    { preset: 'section-5', scale: 'paper', sweep: true },
  ],
};

export const sectionSix: StudySpec = {
  study: 'section-6',
  name: 'Section VI',
  what: 'The tangent kernel of a network with four hidden layers of 200 units on MNIST, trained by Adam at 0.1.',
  dataset: 'mnist',
  // In the standard parameterisation Adam at the paper's rate stays at chance; it is another experiment.
  qualifies: ({ model, training, analysis, ...c }) =>
    model.kind === 'mlp' &&
    model.hidden.length === 4 &&
    model.activation === 'relu' &&
    model.parameterisation === 'ntk' &&
    training.optimizer === 'adam' &&
    analysis.ntk &&
    hasEnds({ ...c, model, training, analysis }),
  compared: [
    'data.train',
    'data.test',
    'model.hidden',
    'training.learningRate',
    'training.schedule',
    'training.batchSize',
    'training.epochs',
  ],
  presets: [
    { preset: 'section-6-small', scale: 'small', sweep: false },
    { preset: 'section-6', scale: 'paper', sweep: false },
  ],
};

/** Models are laid beside each other only where all but what Section V varies is the same, probe samples among it. */
export function setOf({ seed, data, model, training, analysis }: RunConfig): string {
  const { augment: _, cutout, ...samples } = data;
  const { epochs, schedule, momentum } = training;
  const width = model.kind === 'resnet11' ? model.width : null;
  const { probe, centred, convFeatures, spectrum } = analysis;
  return JSON.stringify([
    seed,
    samples,
    augmented(data.augment, cutout),
    width,
    epochs,
    schedule,
    momentum,
    probe,
    centred,
    convFeatures,
    spectrum,
  ]);
}
const augmented = (augment: boolean, cutout: number) => (augment ? cutout : 0);

const number = (value: unknown): string =>
  typeof value === 'number' ? value.toLocaleString('en-US', { maximumSignificantDigits: 6 }) : String(value);
const word = (value: unknown): string => (Array.isArray(value) ? value.map(number).join('-') : number(value));

/** All values that a field has among runs, in words, the smallest first. */
function valuesOf(configs: readonly RunConfig[], path: string): string {
  const values = [...new Map(configs.map((c) => [JSON.stringify(valueAt(c, path)), valueAt(c, path)])).values()];
  values.sort((a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1));
  return values.map(word).join(', ');
}

/** Where these runs are not the paper's, as the preset of the paper's own sizes has it. */
export function differencesOf({ compared }: StudySpec, configs: readonly RunConfig[], paper: readonly RunConfig[]): Differing[] {
  return compared
    .map((path) => ({ path, here: valuesOf(configs, path), paper: valuesOf(paper, path) }))
    .filter(({ here, paper: theirs }) => here !== theirs);
}
