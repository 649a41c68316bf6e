// Starts a run, or takes it up again, and stays with it until it ends.
import type { RunConfig } from '../../contract/config.ts';
import { KernelscopeError } from '../../contract/errors.ts';
import type { Events } from '../../contract/calls.ts';
import type { RunState } from '../../contract/results.ts';
import type { Services } from '../boot.ts';
import type { Context } from '../cli/command.ts';
import type { DeviceChoice } from '../cli/settings.ts';
import { duration, percent } from '../cli/words.ts';

const ended = (state: RunState) => state !== 'queued' && state !== 'running' && state !== 'paused';

interface Watch {
  /** settles when the run has ended */
  until(id: string): Promise<void>;
  stop(): void;
}

/** Listens from before the start, so that even a run that ends at once is seen to end. */
function watch(services: Services, context: Context): Watch {
  const over = new Set<string>();
  let told: () => void = () => undefined;
  const progress = context.output.progress('training', 'epochs');
  const stop = services.onEvent((name, payload) => {
    if (name === 'run.progress') {
      const { epoch, epochs, stage, secondsLeft } = payload as Events['run.progress'];
      progress.update({ done: epoch, total: epochs, stage, secondsLeft });
    } else if (name === 'run.changed') {
      const { id, state } = payload as Events['run.changed'];
      if (!ended(state)) return;
      over.add(id);
      told();
    }
  });
  return {
    until: (id) =>
      new Promise((resolve) => {
        told = () => {
          if (over.has(id)) resolve();
        };
        told();
      }),
    stop: () => {
      progress.end();
      stop();
    },
  };
}

/** Runs `what` (a config to start, or the id of a run to resume, on another `device` where one is named) to its end and reports it.
 *  @throws KernelscopeError `failed` with the reason, `cancelled` with how to go on */
export async function follow(what: RunConfig | string, how: 'start' | 'resume', context: Context, device?: DeviceChoice): Promise<void> {
  const { output, signal } = context;
  const services = await context.services('write');
  const { call } = services;
  const watching = watch(services, context);
  try {
    const { id } =
      typeof what === 'string'
        ? await call('run.resume', { run: what, ...(device && { device }) })
        : await call('run.start', { config: what, name: what.name });
    output.line(id); // at once: who is interrupted wants to know it
    output.log(`${how === 'start' ? 'started' : 'resumed'} ${id}`);
    const cancel = () => void call('run.cancel', { run: id }).catch((error: unknown) => output.detail(String(error)));
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
    await watching.until(id);
    signal.removeEventListener('abort', cancel);
    watching.stop();
    await reportEnd(id, services, context);
  } finally {
    watching.stop();
  }
}

async function reportEnd(id: string, { call }: Services, { output, settings, signal }: Context): Promise<void> {
  const { name, state, reason, final, snapshots, epoch, epochs, seconds } = await call('run.get', { run: id });
  output.document({ id, name, state, reason, epoch, epochs, final, snapshots, seconds });
  const resume = `kernelscope run --resume ${id} --library ${settings.library}`;
  if (state === 'interrupted' && !signal.aborted)
    throw new KernelscopeError('failed', `${id}: stopped at epoch ${epoch} of ${epochs}: ${reason ?? 'unknown why'}. To go on: ${resume}`);
  if (state === 'interrupted')
    throw new KernelscopeError(
      'cancelled',
      `${id}: interrupted at epoch ${epoch} of ${epochs}; what was done is kept. To go on: ${resume}`,
    );
  if (state !== 'done') throw new KernelscopeError('failed', `${id}: ${reason ?? state}`);
  output.log(
    `done in ${duration(seconds)}${final ? `: accuracy ${percent(final.trainAccuracy)} on training, ${percent(final.testAccuracy)} on test samples` : ''}`,
  );
}
