// New experiment and the queue, as pictures and for the accessibility scan.
import type { Scene } from './scene.ts';

export const newScenes: readonly Scene[] = [
  ['new', '?runs=full#/new'],
  ['new-advice', '?runs=full#/new?preset=fig7'],
  ['new-gpu', '?runs=full#/new?preset=demo&device=webgpu'],
  ['new-sweep', '?runs=full#/new?preset=lazy-to-rich'],
  ['new-together', '?runs=full#/new?preset=optimizers'],
  ['new-choices', '?runs=full#/new?preset=demo&set.model.activation=relu%2C+tanh&set.seed=0+…+4&jobs=2'],
  ['new-too-large', '?runs=full#/new?preset=demo&set.seed=0+…+9999&set.training.learningRate=1e-3%2C+1e-2'],
  ['new-sweep-wrong', '?runs=full#/new?preset=demo&set.training.learningRate=0+…+1&set.training.batchSize=100%2C+9000'],
  ['new-save', '?runs=full#/new?preset=demo', (page) => page.getByRole('button', { name: 'Save as preset…' }).click()],
  [
    'new-yours',
    '?runs=full#/new?preset=demo&set.training.epochs=80',
    async (page) => {
      await page.getByRole('button', { name: 'Save as preset…' }).click();
      await page.getByLabel('Name', { exact: true }).last().fill('long demo');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByText('Kept as').waitFor();
    },
  ],
  ['new-queue', '?runs=full#/new?panel=queue'],
  ['new-queue-empty', '?runs=empty#/new?panel=queue'],
  [
    'new-queue-held',
    '?runs=full#/new?panel=queue',
    async (page) => {
      await page.getByRole('button', { name: 'Hold' }).click();
      await page.getByText('Held:').waitFor();
    },
  ],
  ['new-wrong', '?runs=full#/new?preset=fig7-small&set.training.batchSize=12000'],
  ['new-from', '?runs=full#/new?from=r-fail&set.training.learningRate=0.05'],
];
