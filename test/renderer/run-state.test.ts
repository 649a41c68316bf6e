// The run page without a page: tables of its numbers, the command that starts a run again, the note's honesty, the log that is followed.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Client, PresetInfo } from '../../main/contract/calls.ts';
import { parseConfig, parseSetting, type RunConfig } from '../../main/contract/config.ts';
import type { LogLine } from '../../main/contract/log.ts';
import { axisOf } from '../../renderer/figures/axis.ts';
import { lettersOf } from '../../renderer/figures/letters.ts';
import { commandText, configRows, exportWords, nearestPreset, quoted, runWords } from '../../renderer/state/config-facts.ts';
import { csvText, inColumn, layerAt, layerNumbers, partNumbers, spectrumNumbers, tsvText } from '../../renderer/state/number-table.ts';
import { loadPresets } from '../../main/services/presets.ts';
import { figures } from './figures/data.ts';

const presets: PresetInfo[] = loadPresets('resources/presets').map((p) => ({ ...p, sweep: null, estimate: null, yours: false }));
const runs = presets.filter((p) => p.config !== null);

/** What a shell makes of a line: words, quotes taken away. */
function shellWords(line: string): string[] {
  return [...line.matchAll(/(?:[^\s'\\]|'[^']*'|\\.)+/g)].map(([word]) => word.replaceAll(/'([^']*)'|\\(.)/g, '$1$2'));
}
/** What the command line makes of the words after `run`: the other way round of `runWords`, by its own parsers. */
function configOfWords(words: readonly string[]): RunConfig {
  const flags = (name: string) => words.flatMap((w, i) => (words[i - 1] === name ? [w] : []));
  const preset = presets.find((p) => p.name === words[1]);
  const config = parseConfig(preset?.config ?? {}, ...flags('--set').map(parseSetting));
  return parseConfig(config, {
    tags: [...new Set([...config.tags, ...flags('--tag')])],
    name: flags('--name')[0] ?? preset?.name,
  });
}

test.each([
  ['the defaults', {}],
  ['a preset as it is', runs[0].config],
  [
    'other widths, a plan of snapshots, tags with spaces and quotes',
    { model: { hidden: [3, 4] }, analysis: { snapshots: { log: 3 } }, tags: ["it's", 'a b'] },
  ],
  ['another network', { model: { kind: 'resnet11', width: 0.25, skip: false }, data: { dataset: 'cifar10', augment: true, cutout: 4 } }],
  ['a dataset that looks like a number', { data: { dataset: '1e3' } }],
])('the command of a run starts the same config: %s', (_, change) => {
  const config = parseConfig(change, { name: "Ada's run; rm -rf $HOME" });
  const nearest = nearestPreset(config, runs);
  if (!nearest) throw new Error('no preset');
  const line = commandText(runWords(nearest, config.name, config.tags));
  const words = shellWords(line);
  expect(words.slice(0, 6)).toEqual(['npm', 'run', '-s', 'kernelscope', '--', 'run']);
  expect(configOfWords(words.slice(5))).toEqual(config);
});

test('the nearest preset is the one with the fewest changes, and none where there are none', () => {
  const base = parseConfig(runs[1].config ?? {});
  const config = parseConfig(base, { training: { epochs: base.training.epochs + 1 } });
  expect(nearestPreset(config, runs)).toMatchObject({
    preset: { name: runs[1].name },
    differing: [{ path: 'training.epochs', value: base.training.epochs + 1, preset: base.training.epochs }],
  });
  expect(nearestPreset(config, [])).toBeNull();
});

test('fields that differ from the defaults are marked, those that mean nothing are left out', () => {
  const rows = configRows(parseConfig({ training: { epochs: 7 }, seed: 3 })).flatMap((g) => g.rows);
  expect(rows.filter((r) => r.changed).map((r) => r.field.path)).toEqual(['seed', 'training.epochs']);
  const paths = rows.map((r) => r.field.path);
  for (const absent of ['name', 'tags', 'data.shift', 'data.cutout', 'training.momentum', 'model.width'])
    expect(paths).not.toContain(absent);
  expect(quoted('a.b=1')).toBe('a.b=1');
  expect(quoted("it's")).toBe(`'it'\\''s'`);
  expect(exportWords({ id: 'a1', name: 'x / y' }, ['ntk', 'outputs'], 5).join(' ')).toBe(
    'export a1 --what ntk,outputs --epoch 5 --out x-y.npz',
  );
});

test('a click finds the layer that the axis has there', () => {
  for (const n of [1, 2, 5, 11]) {
    const axis = axisOf({ type: 'names', names: Array.from({ length: n }, String), label: [] }, 40, 300, lettersOf('inter', 8));
    for (let i = 0; i < n; i++) expect(layerAt((axis.at(i) - 40) / 300, n)).toBe(i);
    expect([layerAt(0, n), layerAt(1, n)]).toEqual([0, n - 1]);
  }
});

test('tables hold every number of the chosen snapshot, and copies all its digits', () => {
  const data = figures['alignment-over-epochs'];
  const numbers = layerNumbers(data, 4, ['train', 'test']);
  expect(numbers.columns.map((c) => c.group)).toEqual([
    undefined,
    undefined,
    ...Array<string>(7).fill('train'),
    ...Array<string>(7).fill('test'),
  ]);
  const point = data.points.find((p) => p.epoch === 4 && p.split === 'test')?.layers[1];
  expect(numbers.rows[1].slice(9)).toEqual([
    point?.ckaTarget,
    point?.ckaInput,
    point?.nullTarget,
    point?.debiasedTarget,
    point?.debiasedInput,
    point?.ktaTarget,
    point?.ktaInput,
  ]);
  const [head, first] = csvText(numbers).split('\r\n');
  expect(head.split(',').slice(0, 3)).toEqual(['layer', 'features', 'train.ckaTarget']);
  expect(first.split(',').slice(2).map(Number)).toEqual(numbers.rows[0].slice(2));
  expect(tsvText(numbers).split('\n')[1].split('\t').slice(2).map(Number)).toEqual(numbers.rows[0].slice(2));
  expect(layerNumbers(data, 3, ['train']).rows).toEqual([]);
  expect(layerNumbers(null, 4, ['train']).rows).toEqual([]);
});

test('parts of the NTK: product is share times CKA, the last row is the NTK itself', () => {
  const data = figures['ntk-split'];
  const { rows } = partNumbers(data, 16, ['test']);
  const ntk = data.points.find((p) => p.epoch === 16 && p.split === 'test')?.ntk;
  expect(rows.map((r) => r[0])).toEqual([...(ntk?.parts.map((p) => p.layer) ?? []), 'NTK']);
  for (const [i, part] of (ntk?.parts ?? []).entries())
    expect(rows[i].slice(1)).toEqual([part.ckaTarget, part.share, part.ckaTarget * part.share]);
  expect(rows.at(-1)?.slice(1)).toEqual([ntk?.ntkTarget, null, ntk?.ntkTarget]);
});

test('facts of spectra: rank above the noise, power at the target’s rank', () => {
  const data = figures.spectrum;
  const noisy = { ...data, curves: data.curves.slice(0, 1).map((c) => ({ ...c, noiseFloor: c.eigenvalues[7] })) };
  const { rows, columns } = spectrumNumbers(noisy);
  const row = Object.fromEntries(columns.map((c, i) => [c.key, rows[0][i]]));
  expect(row).toMatchObject({ epoch: 0, set: 'train', samples: 60, features: 20, rank: 7, nullPower: 0.1 });
  expect(row['powerAtTarget']).toBe(noisy.curves[0].power[9]);
  expect(columns.find((c) => c.key === 'powerAtTarget')?.label).toBe('C(10)');
  const centred = spectrumNumbers({ ...data, source: { ...data.source, centred: true } });
  expect(centred.columns.find((c) => c.key === 'powerAtTarget')?.label).toBe('C(9)');
});

test('numbers in a column have four digits', () => {
  expect([0, 0.1, 0.95318, -0.02, 49.987, 1234.5, 2e-12, 12_345].map(inColumn)).toEqual([
    '0',
    '0.1000',
    '0.9532',
    '−0.0200',
    '49.99',
    '1235',
    '2.000e−12',
    '1.235e4',
  ]);
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A host of which one call is answered when the test says so. */
function host() {
  const asked: { name: string; input: unknown; answer(value: unknown): void; fail(error: unknown): void }[] = [];
  const listeners = new Map<string, (payload: never) => void>();
  const client = {
    call: (name: string, input: unknown) =>
      new Promise((answer, fail) => {
        asked.push({ name, input, answer, fail });
      }),
    on: (name: string, listener: (payload: never) => void) => {
      listeners.set(name, listener);
      return () => void listeners.delete(name);
    },
    onLink: (listener: (up: boolean) => void) => {
      listener(true);
      return () => undefined;
    },
  } as unknown as Client;
  return { client, asked, tell: (name: string, payload: unknown) => listeners.get(name)?.(payload as never) };
}

test('a note is called saved only once the host has answered, and typing on is not lost', async () => {
  const { NoteDraft } = await import('../../renderer/state/note.svelte.ts');
  const { client, asked } = host();
  const draft = new NoteDraft(client);
  draft.take('a', 'old');
  expect([draft.text, draft.state]).toEqual(['old', 'clean']);
  draft.write('new');
  expect([draft.state, asked.length]).toEqual(['unsaved', 0]);
  await vi.advanceTimersByTimeAsync(800);
  expect(asked.map((a) => a.input)).toEqual([{ run: 'a', note: 'new' }]);
  expect(draft.state).toBe('saving');
  draft.write('newer');
  draft.take('a', 'new'); // the host's own news of what was sent
  expect(draft.text).toBe('newer');
  asked[0].answer({});
  await vi.advanceTimersByTimeAsync(0);
  expect(draft.state).toBe('unsaved');
  await vi.advanceTimersByTimeAsync(800);
  asked[1].answer({});
  await vi.advanceTimersByTimeAsync(0);
  expect([draft.state, asked[1].input]).toEqual(['saved', { run: 'a', note: 'newer' }]);
  draft.take('a', 'from elsewhere');
  expect(draft.text).toBe('from elsewhere');
});

test('a note that cannot be written says why, keeps the text, and is sent again when asked', async () => {
  const { NoteDraft } = await import('../../renderer/state/note.svelte.ts');
  const { client, asked } = host();
  const draft = new NoteDraft(client);
  draft.take('a', '');
  draft.write('x');
  void draft.save();
  await vi.advanceTimersByTimeAsync(0);
  asked[0].fail(new Error('the disk is full'));
  await vi.advanceTimersByTimeAsync(0);
  expect([draft.state, draft.reason, draft.text]).toEqual(['failed', 'the disk is full', 'x']);
  draft.take('a', '');
  expect(draft.text).toBe('x');
  void draft.save();
  await vi.advanceTimersByTimeAsync(0);
  asked[1].answer({});
  await vi.advanceTimersByTimeAsync(5000);
  expect([draft.state, asked.length]).toEqual(['saved', 2]);
});

test('a log is read on from its last line, at most four times a second, and no news is lost', async () => {
  const { RunLog } = await import('../../renderer/state/run-log.svelte.ts');
  const { client, asked, tell } = host();
  const log = new RunLog('a', client);
  const line = (id: number): LogLine => ({ id, at: '', epoch: 0, level: 'info', line: `${id}` });
  const stop = log.start();
  expect(asked.map((a) => a.input)).toEqual([{ run: 'a', after: 0 }]);
  for (let i = 0; i < 50; i++) tell('run.log', { id: 'a' });
  tell('run.log', { id: 'b' });
  await vi.advanceTimersByTimeAsync(260);
  expect(asked).toHaveLength(1); // the first is still under way
  asked[0].answer([line(1), line(2)]);
  await vi.advanceTimersByTimeAsync(0);
  expect(asked[1].input).toEqual({ run: 'a', after: 2 });
  asked[1].answer([line(3)]);
  await vi.advanceTimersByTimeAsync(1000);
  expect([log.state, log.lines.map((l) => l.id), asked.length]).toEqual(['ready', [1, 2, 3], 2]);
  tell('run.log', { id: 'a' });
  await vi.advanceTimersByTimeAsync(0);
  asked[2].fail(new Error('gone'));
  await vi.advanceTimersByTimeAsync(0);
  expect([log.state, log.reason, log.lines.length]).toEqual(['ready', 'gone', 3]);
  stop();
  tell('run.log', { id: 'a' });
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked).toHaveLength(3);
});
