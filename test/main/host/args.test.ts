import { describe, expect, test } from 'vitest';
import { globalFlags, parseFlags, type Flags } from '../../../main/host/cli/args.ts';
import { settingsOf, userFolder } from '../../../main/host/cli/settings.ts';

const flags: Flags = {
  ...globalFlags,
  set: { value: 'PATH=VALUE', many: true, help: '' },
  epoch: { value: 'E', help: '' },
  theme: { value: 'T', help: '' },
};
const parse = (...argv: string[]) => parseFlags(argv, flags, 'run');

test('flags and words in any order, values beside or after =', () => {
  const args = parse('demo', '--set', 'a=1', '--json', '--set=b=-2', 'more', '--epoch', '-3', '--library=--odd');
  expect(args.words).toEqual(['demo', 'more']);
  expect(args.texts('set')).toEqual(['a=1', 'b=-2']);
  expect([args.on('json'), args.on('verbose')]).toEqual([true, false]);
  expect(args.number('epoch', -5, 5)).toBe(-3);
  expect(args.text('library')).toBe('--odd');
});

test('after -- everything is a word', () => expect(parse('--', '--json').words).toEqual(['--json']));

describe('is refused in one line:', () => {
  test.each([
    [['--epcoh', '3'], '--epcoh: unknown flag of run; did you mean --epoch?'],
    [['--constructor'], '--constructor: unknown flag of run'],
    [['-x'], '-x: unknown flag of run'],
    [['--no-json'], '--no-json: unknown flag of run; did you mean --json?'],
    [['--epoch'], '--epoch: expected E, got nothing'],
    [['--epoch='], '--epoch: expected E, got nothing'],
    [['--epoch', '--json'], '--epoch: expected E, got --json'],
    [['--epoch', '1', '--epoch', '2'], '--epoch: expected once, got it again'],
    [['--json=true'], '--json: takes no value, got "true"'],
  ])('%j', (argv, message) => expect(() => parse(...argv)).toThrow(message));

  test.each(['1.5', '-1', '101', 'ten', ' ', 'NaN', 'Infinity', '0x'])('--epoch %j', (value) =>
    expect(() => parse(`--epoch=${value}`).number('epoch', 0, 100, true)).toThrow(/^--epoch: expected a whole number 0 … 100, got /),
  );
  test('a word that is none of a few', () =>
    expect(() => parse('--theme', 'pink').choice('theme', ['light', 'dark'])).toThrow('--theme: expected light | dark, got "pink"'));
});

test('a flag that a command does not have cannot be asked for', () => expect(() => parse().on('sett')).toThrow(RangeError));

describe('settings', () => {
  const settings = (argv: string[], env = {}) => settingsOf(parse(...argv), env);
  test('a flag wins over the environment, and that over the user’s folder', () => {
    expect(settings(['--library', '/a'], { KERNELSCOPE_LIBRARY: '/b' }).library).toBe('/a');
    expect(settings([], { KERNELSCOPE_LIBRARY: '/b', KERNELSCOPE_DATA: '/c' })).toMatchObject({ library: '/b', data: '/c' });
    expect(settings([], { KERNELSCOPE_LIBRARY: '', XDG_DATA_HOME: '/x' }).library).toBe('/x/kernelscope/library');
  });
  test('an unknown device is refused with the known ones', () =>
    expect(() => settings(['--device', 'tpu'])).toThrow('--device: expected auto | cpu | webgpu | cuda, got "tpu"'));
  test.each([
    ['linux', {}, '/home/a/.local/share/kernelscope'],
    ['linux', { XDG_DATA_HOME: '/d' }, '/d/kernelscope'],
    ['darwin', {}, '/home/a/Library/Application Support/Kernelscope'],
    ['win32', { APPDATA: '/r' }, '/r/Kernelscope'],
  ] as const)('the data folder on %s %j', (platform, env, folder) => expect(userFolder(env, platform, '/home/a')).toBe(folder));
});
