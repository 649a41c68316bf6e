import { expect, test } from 'vitest';
import { pieceBytes } from '../../../main/contract/calls/transfers.ts';
import { isModest } from '../../../main/rpc/weigh.ts';

const small = { bytes: 1000, depth: 5 };

test('what our own page sends is modest, a piece of a file included', () => {
  expect(isModest({ kind: 'call', id: 3, name: 'upload.piece', input: { upload: 'x', from: 0, data: new Uint8Array(pieceBytes) } })).toBe(
    true,
  );
  expect(isModest({ kind: 'call', id: 3, name: 'run.delete', input: { runs: Array(10_000).fill('01ab23cd') } })).toBe(true);
  expect(isModest(undefined)).toBe(true);
});

test('text, bytes, keys and mere numbers of things all count, wherever they are', () => {
  for (const huge of [
    'x'.repeat(501),
    { a: [{ b: 'x'.repeat(501) }] },
    { ['k'.repeat(501)]: 1 },
    new Uint8Array(1001),
    new ArrayBuffer(1001),
    Array(200).fill(0),
    new Map([['x', 'y'.repeat(501)]]),
    new Set(['y'.repeat(501)]),
  ])
    expect(isModest(huge, small)).toBe(false);
  expect(isModest({ a: 'x'.repeat(400) }, small)).toBe(true);
});

test('depth counts by itself, and a value within itself comes to an end', () => {
  let deep: unknown = 1;
  for (let i = 0; i < 5; i++) deep = [deep];
  expect(isModest(deep, small)).toBe(true);
  expect(isModest([deep], small)).toBe(false);
  const loop: unknown[] = [];
  loop.push(loop);
  expect(isModest(loop, small)).toBe(false);
});
