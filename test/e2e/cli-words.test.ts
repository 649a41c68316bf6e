// What the command line says and refuses: status 2, one line on standard error, nothing on standard output, nothing written.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import pkg from '../../package.json' with { type: 'json' };
import { cli, start } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);
const library = at('library');
writeFileSync(at('not.json'), '{"seed": 1,');
writeFileSync(at('list.json'), '[1]');
writeFileSync(at('unknown.json'), '{"training": {"epoch": 3}}');
writeFileSync(at('wrong.json'), '{"training": {"epochs": 2.5}}');
writeFileSync(at('text.npz'), 'not a zip');
writeFileSync(at('cut.npy'), Buffer.from([0x93, 0x4e]));
// MNIST's training images, cut in the middle, plain and gzipped.
const cutImages = Buffer.alloc(1000);
cutImages.writeUInt32BE(0x803, 0);
[60_000, 28, 28].forEach((n, i) => cutImages.writeUInt32BE(n, 4 + 4 * i));
for (const [name, bytes] of [
  ['train-images-idx3-ubyte', cutImages],
  ['train-images-idx3-ubyte.gz', gzipSync(cutImages).subarray(0, 20)],
] as const) {
  const dir = at(name.endsWith('.gz') ? 'cut-gzip' : 'cut');
  mkdirSync(path.join(dir, 'mnist'), { recursive: true });
  writeFileSync(path.join(dir, 'mnist', name), bytes);
  writeFileSync(path.join(dir, 'mnist', 'train-labels-idx1-ubyte'), Buffer.from([0, 0, 8, 1, 0, 0, 0, 0]));
}

describe('says', () => {
  test.each([[['--version']], [['list', '--version']]])('%j: the version', async (args) => {
    const { status, out, err } = await cli(args);
    expect([status, out, err]).toEqual([0, `${pkg.version}\n`, '']);
  });
  test.each([[[]], [['help']], [['--help']], [['-h', '--verbose']]])('%j: every command', async (args) => {
    const { status, out } = await cli(args);
    expect(status).toBe(0);
    for (const name of [
      'doctor',
      'presets',
      'data list',
      'data fetch',
      'data import',
      'run',
      'list',
      'show',
      'tag',
      'note',
      'rename',
      'delete',
      'figure',
      'export',
      'import',
      'analyze',
      'serve',
      'bench',
    ])
      expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
  });
  test.each([[['help', 'figure']], [['figure', '--help']]])('%j: what figure takes', async (args) => {
    const { status, out } = await cli(args);
    expect(status).toBe(0);
    for (const flag of [
      'width-mm MM',
      'title TEXT',
      'text-pt PT',
      'font inter|serif|helvetica',
      'legend PLACE',
      'x-min X',
      'y-max Y',
      'dpi N',
    ])
      expect(out).toContain(`--${flag}`);
    expect(out).toMatch(/ntk-split/);
  });
  test('figure --list: the kinds', async () => {
    expect((await cli(['figure', '--list'])).out).toMatch(/^cumulative-power /m);
    const kinds = JSON.parse((await cli(['figure', '--list', '--json'])).out) as { kind: string }[];
    expect(kinds.map((k) => k.kind)).toContain('alignment-by-layer');
  });
});

describe('refuses', () => {
  test.each<[string[], RegExp]>([
    [['lst'], /^lst: unknown command; did you mean list\?$/],
    [['frobnicate'], /^frobnicate: unknown command; see help$/],
    [['list', '--filtr', 'x'], /^--filtr: unknown flag of list; did you mean --filter\?$/],
    [['list', 'word'], /^list: expected no words, got also "word"$/],
    [['list', '--filter', 'testAccuracy >'], /^filter, at 15: expected a value/],
    [['list', '--sort', 'speed'], /^--sort: unknown field speed/],
    [['list', '--sort', 'epochs:up'], /^--sort: expected FIELD, FIELD:asc or FIELD:desc, got "epochs:up"$/],
    [['list', '--library', at('text.npz')], /text\.npz/],
    [['--device', 'tpu', 'doctor'], /^--device: expected auto \| cpu \| webgpu \| cuda, got "tpu"$/],
    [['show'], /^show: expected RUN, got nothing$/],
    [['show', 'a', 'b'], /^show: expected only RUN, got also "b"$/],
    [['show', 'nobody'], /nobody/],
    [['show', 'nobody', '--epoch', 'x'], /^--epoch: expected a whole number 0 … 1000000, got "x"$/],
    [['rename', 'nobody', 'x'], /nobody/],
    [['delete', 'nobody'], /nobody/],
    [['tag', 'nobody'], /^tag: expected a TAG/],
    [['note', 'nobody'], /^note: expected TEXT or --file FILE, got neither$/],
    [['run'], /^run: expected PRESET, CONFIG\.json or --resume RUN, got nothing/],
    [['run', 'demoo'], /^demoo: no preset and no file of this name; did you mean demo\?$/],
    [['run', at('nothing.json')], /nothing\.json: no such file or folder$/],
    [['run', at('not.json')], /not\.json: expected JSON/],
    [['run', at('list.json')], /^config: expected an object of fields, got \[1\]$/],
    [['run', at('unknown.json')], /^training\.epoch: unknown field; known here: .*epochs/],
    [['run', at('wrong.json')], /^training\.epochs: expected 0 … 1000000, got 2\.5$/],
    [
      ['run', 'section-6-small'],
      /train-images-idx3-ubyte\[\.gz\]: expected MNIST’s file there, found none; get it with `data fetch mnist`/,
    ],
    [
      ['run', 'section-6-small', '--data', at('cut')],
      /train-images-idx3-ubyte: expected 47040016 bytes \(its header says 60000 × 28 × 28\), got 1000;/,
    ],
    [
      ['run', 'section-6-small', '--data', at('cut-gzip')],
      /train-images-idx3-ubyte\.gz: expected a whole gzip file, got one that does not unpack/,
    ],
    [['run', 'demo', '--set', 'training.epochs'], /^--set: expected path=value, got "training\.epochs"$/],
    [['run', 'demo', '--set', 'training.epoch=3'], /^--set training\.epoch: unknown field/],
    [['run', 'demo', '--set', 'training.batchSize=0'], /^training\.batchSize: expected 1 … 1000000, got 0$/],
    [['run', 'demo', '--set', 'training.batchSize=999999'], /^training\.batchSize: expected 1 … \d+ \(the training samples\), got 999999$/],
    [['run', 'demo', '--resume', 'x'], /^--resume: expected nothing else, got demo$/],
    [['run', '--resume', 'nobody'], /nobody/],
    [['run', '--resume', 'x', '--set', 'seed=1'], /^--set: expected without --resume/],
    [['run', 'demo', '--name', 'x'.repeat(300), '--print-config'], /^name: expected a text of at most 200 characters/],
    [['figure'], /^figure: expected KIND RUN…/],
    [['figure', 'pie', 'x', '--out', 'a.svg'], /^figure: expected training \| .*, got "pie"/],
    [['figure', 'learning-curve', 'x', '--out', at('a.svg'), '--ridge', '0'], /^--ridge: expected 0\.000001 … 1000, got "0"$/],
    [['figure', 'training', '--out', 'a.svg'], /^figure training: expected RUN, got nothing$/],
    [['figure', 'training', 'x'], /^--out: expected FILE\.svg, FILE\.png or FILE\.csv, got nothing$/],
    [['figure', 'training', 'x', '--out', at('a.pdf')], /^--out: expected FILE\.svg, FILE\.png or FILE\.csv, got .*a\.pdf$/],
    [['figure', 'training', 'nobody', '--out', at('a.svg')], /nobody/],
    [['figure', 'spectrum', 'x', '--out', at('a.svg'), '--split', 'both'], /^--split: expected train \| test, got "both"$/],
    [['figure', 'training', 'x', '--out', at('a.svg'), '--scale', '2'], /^--scale: expected with a \.png/],
    [['figure', 'training', 'x', '--out', at('a.svg'), '--width-mm', '5'], /^--width-mm: expected 30 … 600, got "5"$/],
    [['figure', 'training', 'x', '--out', at('a.svg'), '--dpi', '300'], /^--dpi: expected with a \.png, got .*a\.svg$/],
    [['figure', 'training', 'x', '--out', at('a.png'), '--dpi', '72'], /^--dpi: expected 96 … 1200, got "72"$/],
    [['figure', 'training', 'x', '--out', at('a.png'), '--dpi', '300', '--scale', '2'], /^--dpi: expected without --scale/],
    [['figure', 'training', 'x', '--out', at('a.svg'), '--text-pt', '3'], /^--text-pt: expected 5 … 14, got "3"$/],
    [['figure', 'training', 'x', '--out', at('a.svg'), '--font', 'comic'], /^--font: expected inter \| serif \| helvetica, got "comic"$/],
    [['figure', 'training', 'x', '--out', at('a.svg'), '--palette', 'jet'], /^--palette: expected okabe-ito \| tol \| grey, got "jet"$/],
    [['figure', 'training', 'x', '--out', at('a.svg'), '--legend', 'left'], /^--legend: expected auto \| right \| top-left/],
    [['figure', 'training', 'x', '--out', at('a.svg'), '--x-min', 'low'], /^--x-min: expected .*, got "low"$/],
    [['figure', 'training', 'x', '--out', at('a.svg'), '--title', 'a\nb'], /^--title: expected one line of at most 200 characters/],
    [['export', 'x', '--what', 'metrics,wheights', '--out', at('a.npz')], /^--what: expected metrics,weights,.*, got "wheights"$/],
    [['export', 'x', '--what', 'metrics'], /^--out: expected FILE\.npz or DIR, got nothing$/],
    [['export', 'x', '--out', at('text.npz'), '--epoch', 'first'], /^--epoch: /],
    [['export', 'x', '--out', at('not.json')], /^--out: expected FILE\.npz or a folder, got the file/],
    [['export', 'nobody', '--out', at('b.npz')], /nobody/],
    [['analyze', at('text.npz')], /text\.npz: expected an NPZ file/],
    [['analyze', at('nothing')], /nothing: no such file or folder$/],
    [['analyze', at('cut.npy')], /cut\.npy: expected an NPZ file/],
    [['data'], /^data: expected list \| fetch \| import, got nothing$/],
    [['data', 'fetch', 'imagenet'], /^data fetch: expected mnist \| cifar10, got "imagenet"$/],
    [['data', 'import', at('nothing'), '--name', 'x'], /nothing: no such file or folder$/],
    [['data', 'import', folder], /^--name: expected a name for the dataset, got none$/],
    [
      ['data', 'import', folder, '--name', 'mnist'],
      /^--name: expected another name than the program’s own mnist, cifar10, digits, got mnist$/,
    ],
    [['data', 'import', at('text.npz'), '--name', 'x'], /text\.npz: expected an NPZ file/],
    [
      ['run', 'demo', '--set', 'data.dataset=imagenet'],
      /^data\.dataset: expected mnist \| cifar10 \| digits or an imported dataset, got "imagenet"$/,
    ],
    [['serve', '--port', '99999'], /^--port: expected a whole number 0 … 65535, got "99999"$/],
    [['serve', '--host', '192.0.2.7'], /^--host: expected an address of this machine/m],
    [['bench', '--only', 'nothing'], /^--only: expected /],
    [['export', 'x', '--bundle', 'f', '--what', 'ntk'], /^--what: has no place beside --bundle/],
    [['export', 'x', 'y', '--out', 'f.npz'], /^export: expected one RUN without --bundle, got 2$/],
    [['export', 'x', '--bundle', folder], /^--bundle: expected a file, got the folder /],
    [['import', at('nothing')], /nothing: no such file or folder$/],
    [['import', folder], /: expected a bundle, got a folder or a device$/],
  ])('%j', async (args, message) => {
    const before = readdirSync(folder);
    const { status, out, lines } = await cli(args, { library, data: at('data') });
    const said = args[0] === 'serve' ? lines.slice(-1) : lines;
    expect([status, out, said.length]).toEqual([2, '', 1]);
    expect(said[0]).toMatch(message);
    expect(readdirSync(folder)).toEqual(before);
    expect(existsSync(library)).toBe(false);
  });

  test('under --json the refusal is the one document', async () => {
    const { status, out, lines } = await cli(['show', 'nobody', '--json'], { library });
    expect(status).toBe(2);
    expect(JSON.parse(out)).toEqual({ error: { code: 'not-found', message: lines[0] } });
  });
  test('the stack comes with --verbose alone', async () => {
    expect((await cli(['lst'])).err).not.toMatch(/\n\s+at /);
    expect((await cli(['lst', '--verbose'])).err).toMatch(/\n\s+at /);
  });
});

test('a reader that leaves early ends it quietly', async () => {
  const { child, ended } = start(['help']);
  child.stdout!.destroy();
  const { status, err } = await ended;
  expect([status, err]).toEqual([0, '']);
});

test('an old Node is told so before anything native is loaded', async () => {
  const { status, err } = await cli(['list'], {
    env: {
      NODE_OPTIONS: `--import=data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,napi:'9',node:'20.1.0'}})`,
    },
  });
  expect([status, err]).toEqual([1, 'Node 20.1.0: expected 22.14 or newer (Node-API 10), got Node-API 9\n']);
});
