// A compute process's life, seen by its supervisor: reports in order, every way to end, nothing left behind.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCompute, nodeLauncher, type Compute, type JobHandle } from '../../../main/compute/index.ts';
import type { AnalyseReport } from '../../../main/compute/protocol.ts';

const entry = path.join(import.meta.dirname, 'actor.ts');
let compute: Compute;
beforeEach(() => void (compute = createCompute({ launch: nodeLauncher(entry), grace: 300 })));
afterEach(() => compute.close());

const input = (act: string) => ({ samples: 3, classes: 1, inputs: null, layers: [{ name: act, features: 1 }], centred: false });
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test('reports arrive in order, an answer goes back, arrays cross as they are', async () => {
  const heard: unknown[] = [];
  const job = compute.start('analyse', input('count'), async (report: AnalyseReport) => {
    await new Promise((resolve) => setTimeout(resolve, heard.length === 0 ? 50 : 0)); // the first takes longest
    heard.push(report.kind === 'share' ? report.done : report.of);
    return report.kind === 'numbers' ? Float64Array.of(1, NaN, 0.1 + 0.2) : undefined;
  });
  const { similarity } = await job.result;
  expect(heard).toEqual([0, 1, 2, 3, 4, 'target', 0.1 + 0.2]);
  expect(similarity).toEqual([[job.pid]]);
});

test.each([
  ['crash', /^the compute process was ended by SIGABRT: out of memory in kernel 7$/],
  ['exit', /^the compute process ended with exit code 7: driver lost \| second line$/],
  ['throws', /^loss became NaN$/],
  ['bug', /^TypeError: x is not a function\n +at .*actor\.ts/],
])('the reason of an end: %s', async (act, reason) => {
  await expect(compute.start('analyse', input(act)).result).rejects.toThrow(reason);
});

test('a kill from outside has the signal in its reason', async () => {
  const job = compute.start('analyse', input('stops'));
  setTimeout(() => process.kill(job.pid as number, 'SIGKILL'), 300);
  await expect(job.result).rejects.toThrow('was ended by SIGKILL (which the system sends when memory runs out)');
});

test('a job that is asked to stop stops by itself; one that cannot hear is ended', async () => {
  const kind = compute.start('analyse', input('stops'));
  setTimeout(() => kind.cancel(), 400);
  await expect(kind.result).rejects.toMatchObject({ code: 'cancelled', message: 'stopped in epoch 3' });

  const deaf: JobHandle<'analyse'> = compute.start('analyse', input('deaf'), () => deaf.cancel());
  const began = Date.now();
  await expect(deaf.result).rejects.toMatchObject({ code: 'cancelled', message: 'stopped' });
  expect(Date.now() - began).toBeLessThan(10_000); // of the minute that it would be deaf
  expect(isAlive(deaf.pid as number)).toBe(false);
});

test('a process that is silent for too long is ended', async () => {
  const strict = createCompute({ launch: nodeLauncher(entry), silence: 1_000 });
  await expect(strict.start('analyse', input('deaf')).result).rejects.toThrow('gave no sign of life for 1 s');
  await strict.close();
});

test('an error of the one who listens ends the job with that error', async () => {
  const job = compute.start('analyse', input('impatient'), () => {
    throw new Error('no room on the disk');
  });
  await expect(job.result).rejects.toThrow('no room on the disk');
});

test('a partner of another protocol is refused', async () => {
  const old = createCompute({ launch: nodeLauncher(entry, { env: { ...process.env, OLD: '1' } }) });
  await expect(old.start('analyse', input('count')).result).rejects.toThrow('speaks protocol 0, this program 5; build both anew');
  await old.close();
});

test('closing ends every process', async () => {
  const jobs = [compute.start('analyse', input('stops')), compute.start('analyse', input('deaf'))];
  const ends = Promise.allSettled(jobs.map((j) => j.result));
  await new Promise((resolve) => setTimeout(resolve, 300));
  await compute.close();
  expect(jobs.map((j) => isAlive(j.pid as number))).toEqual([false, false]);
  expect((await ends).map((e) => e.status)).toEqual(['rejected', 'rejected']);
});

test('a process dies with its parent, however the parent goes', async () => {
  const parent = fork(path.join(import.meta.dirname, 'parent.ts'), [entry], { execArgv: [] });
  const [pid] = (await once(parent, 'message')) as [number];
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  for (let i = 0; i < 50 && isAlive(pid); i++) await new Promise((resolve) => setTimeout(resolve, 100));
  expect(isAlive(pid)).toBe(false);
});
