// The thread that draws: started when it is needed, kept, gone when it is not; what goes wrong on it is told to who asked.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { KernelscopeError } from '../../../../main/contract/errors.ts';
import { createDrawing, type Drawing, type DrawingOptions } from '../../../../main/host/draw/thread.ts';
import { figures, source } from '../../../renderer/figures/data.ts';

const entry = path.resolve('test/main/host/draw/played.ts');
const opened: Drawing[] = [];
const open = (more: Partial<DrawingOptions> = {}) => {
  const drawing = createDrawing({ entry, fontsDir: '', ...more });
  opened.push(drawing);
  return drawing;
};
afterEach(async () => {
  for (const drawing of opened.splice(0)) await drawing.close();
});
const draw = ({ draw: ask }: Drawing, name = 'fine') => ask({ ...figures['ntk-split'], source: { ...source, name } }, {}, 'svg', {});

test('one thread for many figures, each answered to who asked for it', async () => {
  const drawing = open();
  const files = await Promise.all([draw(drawing), draw(drawing), draw(drawing)]);
  files.push(await draw(drawing));
  expect(files.map((f) => f.bytes[0])).toEqual([0, 1, 2, 3]);
  expect(new Set(files.map((f) => f.mime)).size).toBe(1);
});

test('errors come back as they were, and the thread goes on', async () => {
  const drawing = open();
  const { mime } = await draw(drawing);
  const refused: unknown = await draw(drawing, 'refuse').catch((e: unknown) => e);
  expect(refused).toBeInstanceOf(KernelscopeError);
  expect(refused).toMatchObject({ code: 'bad-input', message: 'style: no', stack: 'where it arose' });
  const bug: unknown = await draw(drawing, 'bug').catch((e: unknown) => e);
  expect(bug).not.toBeInstanceOf(KernelscopeError);
  expect(bug).toMatchObject({ message: 'oh', stack: 'at the bug' });
  expect((await draw(drawing)).mime).toBe(mime);
});

test.each([
  ['break', 'figure: the thread that draws broke down: out of ink'],
  ['leave', 'figure: the thread that draws ended with exit code 3'],
])('a thread that does %s: all who wait are told, and the next figure has another thread', async (how, message) => {
  const drawing = open();
  const { mime } = await draw(drawing);
  const ended = await Promise.allSettled([draw(drawing, 'wait'), draw(drawing, how), draw(drawing)]);
  for (const end of ended) expect(end).toMatchObject({ status: 'rejected', reason: { code: 'failed', message } });
  expect((await draw(drawing)).mime).not.toBe(mime);
});

test('an entry that is not there is an error, not a wait', async () => {
  await expect(draw(open({ entry: path.resolve('test/main/host/draw/none.js') }))).rejects.toMatchObject({
    code: 'failed',
    message: expect.stringMatching(/^figure: the thread that draws broke down: Cannot find module/) as string,
  });
});

test('closing ends what is drawn and what is asked afterwards', async () => {
  const drawing = open();
  const waits = draw(drawing, 'wait').catch((e: unknown) => e);
  await drawing.close();
  expect(await waits).toMatchObject({ code: 'cancelled', message: 'figure: the program was closed' });
  await expect(draw(drawing)).rejects.toMatchObject({ code: 'cancelled' });
});

test('an idle thread goes, and another one comes', async () => {
  const drawing = open({ idle: 20 });
  const { mime } = await draw(drawing);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await draw(drawing)).mime).not.toBe(mime);
});

test('a process ends by itself beside an idle thread, and not before its figure is there', () => {
  const script = `
    const { createDrawing } = await import(${JSON.stringify(path.resolve('main/host/draw/thread.ts'))});
    const { draw } = createDrawing({ entry: ${JSON.stringify(entry)}, fontsDir: '' });
    draw({ kind: 'ntk-split', source: { name: 'fine' }, points: [] }, {}, 'svg', {}).then(({ bytes }) => console.log('drawn', bytes.length));`;
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', timeout: 20_000 });
  expect(out).toBe('drawn 1\n');
});
