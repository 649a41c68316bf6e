// One small run through every command that shows it.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../../main/contract/config.ts';
import { parseFigureFile } from '../../main/contract/figure-file.ts';
import type { LogLine } from '../../main/contract/log.ts';
import type { RunDetail, RunSummary } from '../../main/contract/results.ts';
import { cli, cliJson, type CliOptions } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { noNumpy, numpy } from '../support/numpy.ts';
import { small } from '../support/small.ts';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);
const o: CliOptions = { library: at('library'), data: at('data') };
let id: string;

test('--print-config and --dry-run tell and do nothing', async () => {
  const printed = await cli(['run', 'demo', ...small, '--print-config', '--name', 'n', '--tag', 't'], o);
  expect(printed.status).toBe(0);
  const config = JSON.parse(printed.out) as ReturnType<typeof parseConfig>;
  expect(parseConfig(config)).toEqual(config); // complete, and accepted again
  expect(config).toMatchObject({ name: 'n', training: { epochs: 3 }, model: { hidden: [16, 12], bias: true } });
  expect(config.tags).toContain('t');
  const estimate = await cliJson<{ seconds: number; diskBytes: number }>(['run', 'demo', ...small, '--dry-run'], o);
  expect(estimate.seconds).toBeGreaterThan(0);
  expect(existsSync(at('library'))).toBe(false);
});

test('an empty library lists nothing and is not made by looking', async () => {
  expect(await cliJson(['list'], o)).toEqual([]);
  expect(existsSync(at('library'))).toBe(false);
});

describe('a run', () => {
  beforeAll(async () => {
    const { status, out, err } = await cli(['run', 'demo', ...small, '--name', 'first of all', '--tag', 'e2e'], o);
    if (status !== 0) throw new Error(err);
    id = out.trim();
  });

  test('prints its id and nothing else on standard output', () => expect(id).toMatch(/^[a-z0-9-]{4,40}$/i));

  test('list --json has the fields of the contract', async () => {
    const [run, ...others] = await cliJson<RunSummary[]>(['list'], o);
    expect(others).toEqual([]);
    expect(run).toMatchObject({ id, name: 'first of all', state: 'done', dataset: 'digits', epochs: 3 });
    expect(run.tags).toContain('e2e');
    expect(new Date(run.created).toISOString()).toBe(run.created);
    for (const accuracy of [run.trainAccuracy, run.testAccuracy]) expect(accuracy! >= 0 && accuracy! <= 1).toBe(true);
    expect(typeof run.model).toBe('string');
  });
  test.each([
    ['tag = e2e and epochs = 3', 1],
    ['model.kind = mlp and model.hidden contains 12', 1],
    ['training.epochs > 3', 0],
    ['not tag = e2e', 0],
    ['name contains "OF ALL" or state = failed', 1],
  ])('list --filter %s', async (filter, n) => expect((await cliJson<unknown[]>(['list', '--filter', filter], o)).length).toBe(n));

  test('show --json has the fields of the contract; prefix and name serve as well as the id', async () => {
    const run = await cliJson<RunDetail>(['show', id], o);
    expect(run).toMatchObject({ id, name: 'first of all', state: 'done', snapshots: [0, 1, 3], layers: ['layer1', 'layer2'] });
    expect(run.final).toMatchObject({ epoch: 3 });
    expect(Object.keys(run.final!).sort()).toEqual(['epoch', 'testAccuracy', 'testLoss', 'trainAccuracy', 'trainLoss']);
    expect(parseConfig(run.config)).toEqual(run.config);
    expect(run.provenance?.datasetHash).toMatch(/^[0-9a-f]{64}$/);
    for (const name of [id.slice(0, -1), 'first of all']) expect((await cliJson<RunDetail>(['show', name], o)).id).toBe(id);
  });
  test('show for people', async () => {
    const { out, status } = await cli(['show', id, '--epoch', '1'], o);
    expect(status).toBe(0);
    expect(out).toMatch(/first of all \(.*\): done/);
    expect(out).toMatch(/At epoch 1[^]*train[^]*layer1[^]*ntk[^]*test[^]*layer1/);
  });
  test('show --log tells what happened, as text and in the document', async () => {
    const { out, status } = await cli(['show', id, '--log'], o);
    expect(status).toBe(0);
    expect(out).toMatch(/queued; device asked for[^]*running[^]*in process \d+, from the beginning[^]*on cpu/);
    expect(out).toMatch(/snapshot of epoch 0, analysed in [\d.]+ s[^]*snapshot of epoch 3[^]*done/);
    const { log } = await cliJson<{ log: LogLine[] }>(['show', id, '--log'], o);
    expect(log.map((l) => l.level)).toEqual(log.map(() => 'info'));
    expect(log.at(-1)).toMatchObject({ epoch: 3, line: 'done' });
    expect(await cliJson<object>(['show', id], o)).not.toHaveProperty('log');
  });
  test('a snapshot that is not there is refused with those that are', async () => {
    const { status, lines } = await cli(['show', id, '--epoch', '2'], o);
    expect([status, lines.length]).toEqual([2, 1]);
    expect(lines[0]).toMatch(/0, 1, 3/);
  });

  test('rename, tag, note', async () => {
    expect((await cli(['rename', id, 'second'], o)).status).toBe(0);
    expect((await cli(['tag', id, 'a', 'b', '--remove', 'e2e'], o)).status).toBe(0);
    writeFileSync(at('note.txt'), 'of two\nlines');
    expect((await cli(['note', id, '--file', at('note.txt')], o)).status).toBe(0);
    const run = await cliJson<RunDetail>(['show', 'second'], o);
    expect(run).toMatchObject({ name: 'second', note: 'of two\nlines' });
    expect(run.tags).toEqual(expect.arrayContaining(['a', 'b']));
    expect(run.tags).not.toContain('e2e');
  });

  test.each(['training', 'alignment-by-layer', 'spectrum', 'cumulative-power', 'ntk-alignment', 'ntk-split'])(
    'figure %s in three formats',
    async (kind) => {
      for (const format of ['svg', 'png', 'csv']) {
        const file = at(`${kind}.${format}`);
        const { status, err } = await cli(['figure', kind, id, '--out', file], o);
        expect([status, err]).toEqual([0, '']);
        const bytes = readFileSync(file);
        if (format === 'svg') expect(bytes.toString()).toMatch(/^<(\?xml|svg)[^]*<metadata>[^]*<\/svg>\s*$/);
        if (format === 'png') expect([...bytes.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
        if (format === 'csv') expect(bytes.toString().split('\n').length).toBeGreaterThan(3);
      }
    },
  );
  test('figure for a layer, a split and some epochs, wide and dark', async () => {
    const file = at('chosen.svg');
    const args = [
      'spectrum',
      id,
      '--layer',
      'layer2',
      '--split',
      'test',
      '--epoch',
      '0,3',
      '--width-mm',
      '175',
      '--theme',
      'dark',
      '--out',
      file,
    ];
    expect((await cli(['figure', ...args], o)).status).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(/layer2/);
    const { status, lines } = await cli(['figure', 'spectrum', id, '--layer', 'layer9', '--out', at('no.svg')], o);
    expect([status, lines.length, existsSync(at('no.svg'))]).toEqual([2, 1, false]);
    expect(lines[0]).toMatch(/layer9/);
  });

  test('figure for a paper: title, letters, palette, legend, limits and dots an inch', async () => {
    const style = [
      '--title',
      'A & B',
      '--text-pt',
      '9',
      '--font',
      'serif',
      '--palette',
      'grey',
      '--legend',
      'right',
      '--x-max',
      '2',
      '--y-min',
      '0.1',
    ];
    expect(await cli(['figure', 'ntk-alignment', id, ...style, '--out', at('paper.svg')], o)).toMatchObject({ status: 0, err: '' });
    const svg = readFileSync(at('paper.svg'), 'utf8');
    expect(svg).toContain('<title>A &amp; B</title>');
    expect(svg).toMatch(/font-family="[^"]*STIX Two Text/);
    const { request, style: kept, data } = parseFigureFile(svg, 'paper.svg');
    expect(request).toEqual({ kind: 'ntk-alignment', runs: [id] });
    expect(kept).toMatchObject({ title: 'A & B', textPt: 9, font: 'serif', palette: 'grey', legend: 'right', xMax: 2, yMin: 0.1 });
    expect(data.kind).toBe('ntk-alignment');
    expect((await cli(['figure', 'training', id, '--dpi', '600', '--out', at('paper.png')], o)).status).toBe(0);
    const png = readFileSync(at('paper.png'));
    expect(Math.abs(png.readUInt32BE(16) - (85 / 25.4) * 600)).toBeLessThan(8); // to whole pixels of 1/96 inch
    expect(png.subarray(37, 41).toString()).toBe('pHYs');
    expect(png.readUInt32BE(41)).toBe(Math.round(600 / 0.0254)); // dots a metre
  });
  test.each<[string, string[], RegExp]>([
    ['training', ['--x-min', '3', '--x-max', '2'], /^--x-min: expected less than --x-max \(2\), got 3$/],
    ['spectrum', ['--x-min', '0'], /^--x-min: expected more than 0 on a logarithmic axis, got 0$/],
    ['training', ['--x-min', '99'], /^--x-min: expected less than 3, where the data end, got 99$/],
    ['alignment-by-layer', ['--x-max', '2'], /^--x-max: expected none for alignment-by-layer, whose horizontal axis names layers, got 2$/],
    ['ntk-split', ['--y-scale', 'log'], /^--y-scale: expected auto \| linear for ntk-split/],
    ['layer-similarity', ['--legend', 'top-left'], /^--legend: expected auto \| right \| none for layer-similarity/],
  ])('figure %s %j is refused, and nothing is written', async (kind, flags, why) => {
    const { status, lines } = await cli(['figure', kind, id, ...flags, '--out', at('refused.svg')], o);
    expect([status, lines.length, existsSync(at('refused.svg'))]).toEqual([2, 1, false]);
    expect(lines[0]).toMatch(why);
  });

  const what = 'metrics,weights,features,alignment,spectra,ntk,outputs';
  describe.skipIf(noNumpy)('export, opened by NumPy', () => {
    const P = { train: 40, test: 30 };
    const [C, D] = [10, 784];
    let shapes: Record<string, [string, number[]]>;
    beforeAll(async () => {
      const { status, err } = await cli(['export', id, '--what', what, '--out', at('all.npz')], o);
      if (status !== 0) throw new Error(err);
      shapes = numpy(
        `z = np.load(sys.argv[1], allow_pickle=False); print(json.dumps({k: [str(z[k].dtype), list(z[k].shape)] for k in z.files}))`,
        at('all.npz'),
      ) as typeof shapes;
    });

    test('exactly the keys of the contract, each of its shape', () => {
      const expected: Record<string, number[]> = {};
      for (const k of ['epoch', 'trainLoss', 'testLoss', 'trainAccuracy', 'testAccuracy']) expected[`metrics/${k}`] = [4];
      const widths = [D, 16, 12];
      for (const split of ['train', 'test'] as const) {
        Object.assign(expected, {
          [`probe/${split}/x`]: [P[split], D],
          [`probe/${split}/y`]: [P[split], C],
          [`probe/${split}/ids`]: [P[split]],
        });
        for (const k of ['epoch', 'ntkTarget', 'ntkNetwork', 'networkTarget', 'penultimateTarget', 'gradientTarget'])
          expected[`ntkAlignment/${split}/${k}`] = [3];
        for (const e of [0, 1, 3]) {
          for (const k of ['layers', 'ckaTarget', 'ckaInput', 'ktaTarget', 'ktaInput', 'debiasedTarget', 'debiasedInput', 'nullTarget'])
            expected[`alignment/${split}/${e}/${k}`] = [2];
          for (const [i, N] of [16, 12].entries()) expected[`features/${split}/${e}/layer${i + 1}`] = [P[split], N];
          for (const [layer, rank] of [
            ['layer1', 16],
            ['layer2', 12],
            ['ntk', P[split]],
          ] as const)
            for (const k of ['eigenvalues', 'power']) expected[`spectra/${split}/${e}/${layer}/${k}`] = [Math.min(rank, P[split])];
          expected[`ntk/${split}/${e}`] = [P[split], P[split]];
          expected[`outputs/${split}/${e}`] = [P[split], C];
        }
      }
      for (const e of [0, 1, 3])
        for (const [i, N] of [16, 12, C].entries()) {
          const name = i === 2 ? 'readout' : `layer${i + 1}`;
          expected[`weights/${e}/${name}.weight`] = [widths[i], N];
          expected[`weights/${e}/${name}.bias`] = [N];
        }
      expect(Object.fromEntries(Object.entries(shapes).map(([k, [, shape]]) => [k, shape]))).toEqual(expected);
    });

    test('the arrays agree with each other: outputs from the last features, the NTK symmetric, spectra of features and NTK', () => {
      // tanh network, so everything below follows from the exported weights by another program.
      const code = `
z = np.load(sys.argv[1]); worst = {}
def see(name, a, b): worst[name] = max(worst.get(name, 0), float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-12)))
for s in ('train', 'test'):
    x, y = z[f'probe/{s}/x'].astype('f8'), z[f'probe/{s}/y'].astype('f8'); P = len(x)
    for e in (0, 1, 3):
        w = {k: z[f'weights/{e}/{k}'].astype('f8') for k in ('layer1.weight', 'layer1.bias', 'layer2.weight', 'layer2.bias', 'readout.weight', 'readout.bias')}
        ntk_scaled = sys.argv[2] == 'ntk'
        sc = lambda n: 1 / np.sqrt(n) if ntk_scaled else 1.0
        h1 = np.tanh(sc(784) * x @ w['layer1.weight'] + w['layer1.bias']); h2 = np.tanh(sc(16) * h1 @ w['layer2.weight'] + w['layer2.bias'])
        f = sc(12) * h2 @ w['readout.weight'] + w['readout.bias']
        see('features', z[f'features/{s}/{e}/layer1'], h1); see('features', z[f'features/{s}/{e}/layer2'], h2); see('outputs', z[f'outputs/{s}/{e}'], f)
        K = z[f'ntk/{s}/{e}'].astype('f8'); see('symmetric', K, K.T)
        T = np.zeros((P, P))
        for c in range(10):  # by hand: the readout's share, then back through each layer
            d2 = sc(12) * w['readout.weight'][:, c] * (1 - h2 ** 2); d1 = sc(16) * (d2 @ w['layer2.weight'].T) * (1 - h1 ** 2)
            T += (sc(12) ** 2 * h2 @ h2.T + 1) + (sc(16) ** 2 * h1 @ h1.T + 1) * (d2 @ d2.T) + (sc(784) ** 2 * x @ x.T + 1) * (d1 @ d1.T)
        see('ntk', K, T / 10)
        Y2 = (y ** 2).sum()
        for layer, G in (('layer1', h1 @ h1.T), ('layer2', h2 @ h2.T), ('ntk', K)):
            v, u = np.linalg.eigh(G / P); v, u = v[::-1], u[:, ::-1]
            mine = z[f'spectra/{s}/{e}/{layer}/eigenvalues']; see('eigenvalues', mine, v[:len(mine)])
            power = np.cumsum((u.T @ y) ** 2, 0).sum(1) / Y2
            see('power', z[f'spectra/{s}/{e}/{layer}/power'], power[:len(mine)])
        H = np.eye(P) - 1 / P; L = H @ y @ y.T @ H
        cka = lambda A: (H @ A @ H * L).sum() / np.linalg.norm(H @ A @ H) / np.linalg.norm(L)
        see('cka', z[f'alignment/{s}/{e}/ckaTarget'], np.array([cka(h1 @ h1.T), cka(h2 @ h2.T)]))
        i = list(z[f'ntkAlignment/{s}/epoch']).index(e); see('cka of ntk', z[f'ntkAlignment/{s}/ntkTarget'][i], cka(K))
print(json.dumps(worst))`;
      const { config } = JSON.parse(readFileSync(at('show.json'), 'utf8')) as RunDetail;
      const worst = numpy(code, at('all.npz'), config.model.kind === 'mlp' ? config.model.parameterisation : '') as Record<string, number>;
      // float32 forward passes, and eigenvalues of float32 features and kernels, against float64: rounding of 6e-8 over some hundred terms
      for (const [name, deviation] of Object.entries(worst)) expect([name, deviation < 1e-4]).toEqual([name, true]);
      expect(Object.keys(worst).length).toBe(8);
    });

    test('the layers of alignment are texts or their names’ order is clear', () =>
      expect(shapes['alignment/train/0/layers'][1]).toEqual([2]));
    test('the same again is the same file, and a folder holds the same arrays', async () => {
      await cli(['export', id, '--what', what, '--out', at('again.npz')], o);
      expect(readFileSync(at('again.npz')).equals(readFileSync(at('all.npz')))).toBe(true);
      await cli(['export', id, '--what', 'weights', '--epoch', '3', '--out', at('folder')], o);
      const code = `import os
d, z = sys.argv[1], np.load(sys.argv[2])
names = [os.path.relpath(os.path.join(r, f), d)[:-4] for r, _, fs in os.walk(d) for f in fs]
print(json.dumps([len(names), all(np.array_equal(np.load(f'{d}/{n}.npy'), z[n]) for n in names)]))`;
      expect(numpy(code, at('folder'), at('all.npz'))).toEqual([12, true]);
    });
  });
  beforeAll(async () => writeFileSync(at('show.json'), (await cli(['show', id, '--json'], o)).out));

  test('an interrupted export leaves nothing behind', () => expect(readdirSync(folder).filter((f) => f.startsWith('.'))).toEqual([]));

  test('a finished run is not resumed', async () => {
    const { status, lines } = await cli(['run', '--resume', id], o);
    expect([status, lines.length]).toEqual([2, 1]);
    expect(lines[0]).toMatch(/which is done/);
  });

  test('delete removes it', async () => {
    expect((await cli(['delete', id, 'nobody'], o)).status).toBe(2);
    expect((await cliJson<unknown[]>(['list'], o)).length).toBe(1);
    expect((await cli(['delete', id], o)).status).toBe(0);
    expect(await cliJson(['list'], o)).toEqual([]);
  });
});
