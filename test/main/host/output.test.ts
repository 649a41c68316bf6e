import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createOutput, table, type Terminal } from '../../../main/host/cli/output.ts';
import { createProgress } from '../../../main/host/cli/progress.ts';
import { bytes, duration, percent } from '../../../main/host/cli/words.ts';

function sink(isTTY = false): Terminal & { text: string } {
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      Object.assign(stream, { text: stream.text + chunk.toString() });
      done();
    },
  }) as Terminal & { text: string };
  return Object.assign(stream, { text: '', isTTY, columns: 200 });
}

describe('--json', () => {
  test('one document on standard output and nothing else', () => {
    const [out, err] = [sink(), sink()];
    const output = createOutput({ json: true, verbose: false, out, err });
    output.line('for people');
    output.log('a remark');
    output.detail('unsaid');
    output.document({ a: 1 });
    expect(JSON.parse(out.text)).toEqual({ a: 1 });
    expect(err.text).toBe('a remark\n');
    expect(() => output.document({})).toThrow(/second/);
  });
  test('without it only the lines', () => {
    const [out, err] = [sink(), sink()];
    const output = createOutput({ json: false, verbose: true, out, err });
    output.line('x');
    output.document({ a: 1 });
    output.detail('said');
    expect([out.text, err.text]).toEqual(['x\n', 'said\n']);
  });
});

describe('progress', () => {
  test('on a terminal a bar with rate and time left, drawn over itself at most ten times a second', () => {
    let now = 0;
    const stream = sink(true);
    const progress = createProgress({ what: 'training', unit: 'epochs', stream, now: () => now });
    for (let done = 0; done <= 500; done++, now += 10) progress.update({ done, total: 1000, stage: 'epoch' });
    const drawings = stream.text.split('\r\x1b[2K');
    expect(drawings.length).toBe(51);
    // 100 epochs a second, 500 to go
    expect(drawings[50]).toBe('training  ████████████░░░░░░░░░░░░  50 %  500/1000 epochs  100 epochs/s  5.0 s left  epoch');
    progress.end();
    expect(stream.text.endsWith('\r\x1b[2K')).toBe(true);
  });
  test('elsewhere a line every ten seconds, without control characters', () => {
    let now = 0;
    const stream = sink();
    const progress = createProgress({ what: 'training', unit: 'epochs', stream, now: () => now });
    for (let done = 0; done <= 30; done++, now += 1000) progress.update({ done, total: 100 });
    progress.end();
    expect(stream.text.split('\n').slice(0, -1)).toEqual([
      'training  0 %  0/100 epochs',
      'training  10 %  10/100 epochs  1.00 epochs/s  1 min 30 s left',
      'training  20 %  20/100 epochs  1.00 epochs/s  1 min 20 s left',
      'training  30 %  30/100 epochs  1.00 epochs/s  1 min 10 s left',
    ]);
  });
  test('follows a change of pace', () => {
    let now = 0;
    const stream = sink();
    const progress = createProgress({ what: 'w', unit: 'u', stream, now: () => now });
    for (let done = 0; done < 100; done++, now += 100) progress.update({ done, total: 1000 });
    for (let done = 100; done < 150; done++, now += 1000) progress.update({ done, total: 1000 });
    expect(stream.text.trim().split('\n').at(-1)).toContain('1.00 u/s');
  });
});

test('a table: numbers to the right, no blanks at the end', () =>
  expect(
    table(
      ['id', 'n'],
      [
        ['a', '1'],
        ['bcd', '10'],
      ],
    ),
  ).toBe('id    n\na     1\nbcd  10'));

test('numbers in words', () => {
  expect([0.04, 9.94, 59.6, 61, 3599.7, 11_100].map(duration)).toEqual([
    '0.0 s',
    '9.9 s',
    '1 min 00 s',
    '1 min 01 s',
    '1 h 00 min',
    '3 h 05 min',
  ]);
  expect([0, 999, 1000, 99_960, 2.5e9].map(bytes)).toEqual(['0 B', '999 B', '1.0 kB', '100 kB', '2.5 GB']);
  expect([percent(0.9434), percent(null)]).toEqual(['94.3 %', '–']);
});
