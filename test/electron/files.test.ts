// The files that the app keeps for itself: its log, and what it remembers.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { openLog } from '../../electron/log-file.ts';
import { stateFile } from '../../electron/state-file.ts';
import { temporaryFolder } from '../support/folder.ts';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);
const now = () => new Date('2026-01-02T03:04:05Z');

test('a log has a line an entry, with its time, and takes up an older one', () => {
  openLog(at('logs'), { now }).write('first\n');
  openLog(at('logs'), { now }).write('second\n  with its stack');
  const text = readFileSync(at('logs/kernelscope.log'), 'utf8');
  expect(text).toBe('2026-01-02T03:04:05.000Z first\n2026-01-02T03:04:05.000Z second\n  with its stack\n');
});

test('a log that has grown is turned over, and no more than so many are kept', () => {
  const log = openLog(at('small'), { now, largest: 200, kept: 2 });
  for (let i = 0; i < 40; i++) log.write(`line ${String(i).padStart(2, '0')} ${'x'.repeat(20)}`);
  expect(readdirSync(at('small')).sort()).toEqual(['kernelscope.log', 'kernelscope.log.1', 'kernelscope.log.2']);
  const lines = ['kernelscope.log.2', 'kernelscope.log.1', 'kernelscope.log'].flatMap((name) => {
    const text = readFileSync(at(`small/${name}`), 'utf8');
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(200);
    return text.trim().split('\n');
  });
  // The newest ones without a gap.
  expect(lines.map((line) => Number(/line (\d+)/.exec(line)?.[1]))).toEqual(lines.map((_, i) => 40 - lines.length + i));
});

test('a state is read as it was written; what is cut, foreign or gone is as if it had never been', () => {
  const said: string[] = [];
  const state = stateFile(at('state/here.json'), z.strictObject({ n: z.number() }), (line) => said.push(line));
  expect(state.read()).toBeNull();
  expect(said).toEqual([]);
  state.write({ n: 7 });
  expect(state.read()).toEqual({ n: 7 });
  expect(readdirSync(at('state'))).toEqual(['here.json']);
  for (const wrong of ['{"n": 7', '{"n": "7"}', '{"n": 7, "more": 1}', '']) {
    writeFileSync(at('state/here.json'), wrong);
    expect(state.read(), wrong).toBeNull();
  }
  expect(said).toEqual(Array(4).fill(`${at('state/here.json')}: not understood, and left aside`));
});

test('a state that cannot be written leaves the one before, and is told', () => {
  const said: string[] = [];
  mkdirSync(at('blocked.json/x'), { recursive: true });
  stateFile(at('blocked.json'), z.number(), (line) => said.push(line)).write(1);
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/^.*blocked\.json: cannot be written \(/);
  expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
});
