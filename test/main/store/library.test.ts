// Opening: one writer, readers beside it, older and newer libraries, damage, a full disk.
import Sqlite from 'better-sqlite3';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { KernelscopeError } from '../../../main/contract/errors.ts';
import { openLibrary } from '../../../main/store/index.ts';
import { applicationId, migrations } from '../../../main/store/schema.ts';
import { checkpoint, config, newDir, snapshot, weights } from './support.ts';

const toWrite = { write: true, owner: 'test' };
const toRead = { write: false, owner: 'test' };
const failure = (work: () => unknown): KernelscopeError => {
  try {
    work();
  } catch (error) {
    if (error instanceof KernelscopeError) return error;
    throw error;
  }
  throw new Error('it did not fail');
};

test('reading where there is no library finds an empty one and writes nothing', () => {
  const dir = newDir();
  const missing = path.join(dir, 'not', 'there');
  const library = openLibrary(missing, toRead);
  expect([library.present, library.readOnly, library.runs.list()]).toEqual([false, true, []]);
  expect(failure(() => library.runs.create({ name: 'r', config: config(), device: 'auto' })).code).toBe('locked');
  library.close();
  expect(readdirSync(dir)).toEqual([]);
});

test('a second writer is told who holds the library; a reader sees what the writer writes', () => {
  const dir = newDir();
  const writer = openLibrary(dir, toWrite);
  const error = failure(() => openLibrary(dir, { write: true, owner: 'other' }));
  expect(error.code).toBe('locked');
  expect(error.message).toMatch(new RegExp(`^${dir} is held by process ${process.pid} \\(test\\) since \\d{4}-\\d\\d-\\d\\dT.*Z;`));
  const reader = openLibrary(dir, toRead);
  expect(reader.readOnlyReason).toContain(`held by process ${process.pid} (test)`);
  const { id } = writer.runs.create({ name: 'r', config: config(), device: 'auto' });
  expect(reader.runs.get(id).name).toBe('r');
  expect(failure(() => reader.runs.rename(id, 's')).code).toBe('locked');
  writer.close();
  expect(reader.runs.list()).toHaveLength(1);
  reader.close();
  const again = openLibrary(dir, toWrite);
  expect(again.runs.list()).toHaveLength(1);
  again.close();
  expect(openLibrary(dir, toRead).readOnlyReason).toBeNull();
});

test('kill -9 of the owner frees the library; its runs are interrupted and say so', async () => {
  const dir = newDir();
  const owner = fork(path.join(import.meta.dirname, 'owner.ts'), [dir], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [ids] = (await once(owner, 'message')) as [{ running: string; queued: string }];
  try {
    expect(failure(() => openLibrary(dir, toWrite)).message).toContain(`is held by process ${owner.pid} (owner)`);
  } finally {
    owner.kill('SIGKILL');
    await once(owner, 'exit');
  }
  const library = openLibrary(dir, toWrite);
  expect(library.runs.get(ids.running)).toMatchObject({
    state: 'interrupted',
    reason: expect.stringContaining('its process 4242 ended without a word') as string,
  });
  expect(library.runs.get(ids.queued)).toMatchObject({ state: 'interrupted', reason: 'the program ended while it was queued' });
  expect(library.snapshots.get(ids.running, 2)).toEqual(snapshot(2));
  expect(library.checkpoints.get(ids.running)).toEqual(checkpoint(2));
  library.close();
});

test('an older library is brought up to date, after a backup of it', () => {
  const dir = newDir();
  // The library as its first version left it.
  const raw = new Sqlite(path.join(dir, 'library.sqlite'));
  raw.exec(migrations[0].sql);
  raw.pragma(`application_id = ${applicationId}`);
  raw.pragma('user_version = 1');
  raw
    .prepare(
      `INSERT INTO runs (id, name, state, created, config, dataset, model, epochs, device) VALUES ('old1', 'old', 'done', '2025-01-01T00:00:00Z', ?, 'digits', 'mlp', 4, 'cpu')`,
    )
    .run(JSON.stringify(config()));
  raw.close();
  expect(failure(() => openLibrary(dir, toRead)).message).toContain(
    `a library of version 1; this Kernelscope reads version ${migrations.length}`,
  );
  const library = openLibrary(dir, toWrite);
  expect(library.runs.detail('old1')).toMatchObject({ name: 'old', state: 'done' });
  library.calibrations.put('cpu', { flops: 1e9 });
  expect(library.calibrations.get('cpu')?.rates).toEqual({ flops: 1e9 });
  library.close();
  const backup = new Sqlite(path.join(dir, 'library.sqlite.v1.backup'), { readonly: true });
  expect(backup.pragma('user_version', { simple: true })).toBe(1);
  expect(backup.prepare<[], string>('SELECT name FROM runs').pluck().all()).toEqual(['old']);
  backup.close();
});

test('a migration that fails changes nothing and frees the library', () => {
  const dir = newDir();
  openLibrary(dir, toWrite).close();
  expect(readdirSync(dir).filter((f) => f.endsWith('.backup'))).toEqual([]); // a new library has nothing to lose
  const broken = [...migrations, { brings: 'a mistake', sql: 'CREATE TABLE fine (a); INSERT INTO nowhere VALUES (1)' }];
  expect(() => openLibrary(dir, { ...toWrite, migrations: broken })).toThrow('no such table: nowhere');
  const library = openLibrary(dir, toWrite);
  expect(library.runs.list()).toEqual([]);
  library.close();
  expect(existsSync(path.join(dir, `library.sqlite.v${migrations.length}.backup`))).toBe(true);
});

test('a newer library and a file that is no library are refused and left alone', () => {
  const dir = newDir();
  openLibrary(dir, toWrite).close();
  const file = path.join(dir, 'library.sqlite');
  const raw = new Sqlite(file);
  raw.pragma('user_version = 99');
  raw.close();
  for (const mode of [toWrite, toRead])
    expect(failure(() => openLibrary(dir, mode)).message).toContain(`${file}: a library of version 99, made by a newer Kernelscope`);

  const other = newDir();
  const foreign = new Sqlite(path.join(other, 'library.sqlite'));
  foreign.exec('CREATE TABLE photos (a)');
  foreign.close();
  expect(failure(() => openLibrary(other, toWrite)).message).toContain('not a Kernelscope library');

  const text = newDir();
  writeFileSync(path.join(text, 'library.sqlite'), 'these are words, '.repeat(100));
  expect(failure(() => openLibrary(text, toWrite)).message).toMatch(/library\.sqlite: damaged \(file is not a database\)/);
  expect(readFileSync(path.join(text, 'library.sqlite'), 'utf8')).toContain('these are words');
});

test('a truncated file is an error that names it', () => {
  const dir = newDir();
  const library = openLibrary(dir, toWrite);
  const { id } = library.runs.create({ name: 'r', config: config(), device: 'auto' });
  library.snapshots.put(id, snapshot(0), weights(0, 60_000));
  library.close();
  const file = path.join(dir, 'library.sqlite');
  truncateSync(file, Math.floor(statSync(file).size / 2 / 4096) * 4096);
  for (const mode of [toWrite, toRead]) expect(failure(() => openLibrary(dir, mode)).message).toMatch(/library\.sqlite: damaged \(/);
});

test('a corrupted chunk is an error that names the array', () => {
  const dir = newDir();
  const library = openLibrary(dir, toWrite);
  const { id } = library.runs.create({ name: 'r', config: config(), device: 'auto' });
  library.snapshots.put(id, snapshot(0), weights(7));
  const raw = new Sqlite(library.file);
  const hit = raw.prepare(
    `UPDATE chunks SET data = CAST(x'00' || substr(data, 2) AS BLOB) WHERE hash = (SELECT array FROM snapshot_weights WHERE name = 'layer1.bias')`,
  );
  // The first byte of 7 in float32 is 0 already: change the last one instead where nothing changed.
  hit.run();
  raw
    .prepare(
      `UPDATE chunks SET data = CAST(substr(data, 1, length(data) - 1) || x'7f' AS BLOB) WHERE hash = (SELECT array FROM snapshot_weights WHERE name = 'layer1.bias')`,
    )
    .run();
  const error = failure(() => library.snapshots.weights(id, 0));
  expect(error.message).toMatch(new RegExp(`^run ${id}, epoch 0, layer1\\.bias: damaged in the library: chunk 0 of array [0-9a-f]{12}`));
  raw.prepare(`DELETE FROM chunks WHERE hash = (SELECT array FROM snapshot_weights WHERE name = 'layer1.bias')`).run();
  expect(failure(() => library.snapshots.weights(id, 0)).message).toMatch(/has 0 of its 12 bytes/);
  raw.close();
  library.close();
});

test('a full disk fails in words, keeps what was there and leaves a library that opens', () => {
  const dir = newDir();
  const library = openLibrary(dir, { ...toWrite, limitBytes: 400_000 });
  const { id } = library.runs.create({ name: 'r', config: config(), device: 'auto' });
  library.runs.move(id, 'running');
  library.snapshots.put(id, snapshot(0), weights(0));
  const error = failure(() => library.snapshots.put(id, snapshot(2), weights(2, 200_000)));
  expect([error.code, error.message]).toEqual(['failed', `${library.file}: the disk is full; free some space and resume the run`]);
  expect(library.runs.move(id, 'interrupted', error.message).state).toBe('interrupted');
  library.close();
  const again = openLibrary(dir, toWrite);
  expect(again.snapshots.epochs(id)).toEqual([0]);
  expect(again.snapshots.get(id, 0)).toEqual(snapshot(0));
  again.close();
});
