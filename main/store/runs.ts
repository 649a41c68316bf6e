// Runs: what was asked for, how far it has come and how it ended.
import type Sqlite from 'better-sqlite3';
import { randomInt } from 'node:crypto';
import { modelText } from './describe.ts';
import { changedFields, snapshotEpochs, type RunConfig } from '../contract/config.ts';
import { KernelscopeError } from '../contract/errors.ts';
import type { EpochMetrics, Provenance, RunDetail, RunState, RunSummary } from '../contract/results.ts';
import type { LogTable } from './log.ts';
import { checkMove, levelOf } from './states.ts';

export interface NewRun {
  name: string;
  config: RunConfig;
  /** as asked for: a device's name or `auto` */
  device: string;
}

export interface RunPage {
  before?: number | undefined;
  limit: number;
  states?: readonly RunState[] | undefined;
}

/** What only the owner of a run needs to know. */
export interface RunOwner {
  device: string;
  pid: number | null;
  /** when its compute process was last heard of, ISO 8601 */
  heartbeat: string | null;
}

interface SummaryRow extends Omit<RunSummary, 'tags' | 'cka' | 'meanCka' | 'fields'> {
  tags: string;
  cka: string;
  config: string;
}
interface DetailRow extends SummaryRow {
  layers: string;
  provenance: string | null;
}

const summaryColumns = `
  id, name, state, created, tags, dataset, model, epochs, epoch, reason, note, seconds, config,
  (SELECT trainAccuracy FROM metrics WHERE run = id ORDER BY metrics.epoch DESC LIMIT 1) AS trainAccuracy,
  (SELECT testAccuracy FROM metrics WHERE run = id ORDER BY metrics.epoch DESC LIMIT 1) AS testAccuracy,
  (SELECT ntkTarget FROM ntk_alignments WHERE run = id AND split = 'test' ORDER BY ntk_alignments.epoch DESC LIMIT 1) AS ntkTarget,
  (SELECT json_group_array(ckaTarget) FROM (SELECT ckaTarget FROM layer_alignments
     WHERE run = id AND split = 'test' AND layer_alignments.epoch = (SELECT max(epoch) FROM snapshots WHERE run = id)
     ORDER BY position)) AS cka`;

const letters = 'abcdefghjkmnpqrstvwxyz';
const signs = `${letters}0123456789`;
const newId = () => letters[randomInt(letters.length)] + Array.from({ length: 5 }, () => signs[randomInt(signs.length)]).join('');

const notFound = (ref: string) => new KernelscopeError('not-found', `run: no run ${JSON.stringify(ref)}; see list`);

function summaryOf({ config, tags, cka: json, ...row }: SummaryRow): RunSummary {
  const cka = JSON.parse(json) as number[];
  const meanCka = cka.length === 0 ? null : cka.reduce((sum, v) => sum + v, 0) / cka.length;
  return { ...row, tags: JSON.parse(tags) as string[], cka, meanCka, fields: changedFields(JSON.parse(config) as RunConfig) };
}

/** log: gets a line for every state that a run comes to */
export function runsTable(db: Sqlite.Database, log: Pick<LogTable, 'append'>) {
  const insert = db.prepare(`
    INSERT INTO runs (id, name, state, created, tags, config, dataset, model, epochs, device)
    VALUES (@id, @name, 'queued', @created, @tags, @config, @dataset, @model, @epochs, @device)`);
  const selectAll = db.prepare<[], SummaryRow>(
    `SELECT ${summaryColumns} FROM runs WHERE deleted IS NULL ORDER BY created DESC, rowid DESC`,
  );
  const selectPage = db.prepare<[number, string | null, string | null, number], SummaryRow & { row: number }>(`
    SELECT rowid AS row, ${summaryColumns} FROM runs
    WHERE rowid < ? AND deleted IS NULL AND (? IS NULL OR state IN (SELECT value FROM json_each(?))) ORDER BY rowid DESC LIMIT ?`);
  const count = db.prepare<[], number>('SELECT count(*) FROM runs WHERE deleted IS NULL').pluck();
  const tagged = db
    .prepare<[string], string>('SELECT id FROM runs WHERE deleted IS NULL AND ? IN (SELECT value FROM json_each(tags)) ORDER BY created')
    .pluck();
  const selectOne = db.prepare<[string], SummaryRow>(`SELECT ${summaryColumns} FROM runs WHERE id = ?`);
  const selectDetail = db.prepare<[string], DetailRow>(`SELECT ${summaryColumns}, layers, provenance FROM runs WHERE id = ?`);
  const selectFinal = db.prepare<[string], EpochMetrics>(
    'SELECT epoch, trainLoss, testLoss, trainAccuracy, testAccuracy FROM metrics WHERE run = ? ORDER BY epoch DESC LIMIT 1',
  );
  const selectSnapshots = db.prepare<[string], number>('SELECT epoch FROM snapshots WHERE run = ? ORDER BY epoch').pluck();
  const selectOwner = db.prepare<[string], RunOwner>('SELECT device, pid, heartbeat FROM runs WHERE id = ?');
  const selectState = db.prepare<[string], RunState>('SELECT state FROM runs WHERE id = ?').pluck();
  const isHere = db.prepare<[string], number>('SELECT 1 FROM runs WHERE id = ? AND deleted IS NULL').pluck();
  const byName = db.prepare<[string], { id: string; name: string }>(
    'SELECT id, name FROM runs WHERE name = ? AND deleted IS NULL ORDER BY created',
  );
  const byPrefix = db.prepare<[string, string], { id: string; name: string }>(
    'SELECT id, name FROM runs WHERE substr(id, 1, length(?)) = ? AND deleted IS NULL ORDER BY id',
  );
  const inStates = db
    .prepare<[string], string>('SELECT id FROM runs WHERE state IN (SELECT value FROM json_each(?)) ORDER BY created')
    .pluck();
  const byDataset = db.prepare<[], { dataset: string; runs: number; busy: number }>(`
    SELECT dataset, count(*) AS runs, sum(state IN ('queued', 'running', 'paused')) AS busy FROM runs WHERE deleted IS NULL GROUP BY dataset`);
  const setState = db.prepare('UPDATE runs SET state = ?, reason = ?, pid = CASE WHEN ? THEN pid ELSE NULL END WHERE id = ?');
  const setStarted = db.prepare('UPDATE runs SET pid = ?, heartbeat = ? WHERE id = ?');
  const setHeartbeat = db.prepare('UPDATE runs SET heartbeat = ?, seconds = seconds + ? WHERE id = ?');
  const setBegun = db.prepare('UPDATE runs SET layers = ?, provenance = ? WHERE id = ?');
  const setEpoch = db.prepare('UPDATE runs SET epoch = ? WHERE id = ?');
  const setName = db.prepare('UPDATE runs SET name = ? WHERE id = ?');
  const setTags = db.prepare('UPDATE runs SET tags = ? WHERE id = ?');
  const setDevice = db.prepare('UPDATE runs SET device = ? WHERE id = ?');
  const setNote = db.prepare('UPDATE runs SET note = ? WHERE id = ?');
  const remove = db.prepare('DELETE FROM runs WHERE id = ?');

  const must = (changes: number, id: string) => {
    if (changes === 0) throw notFound(id);
  };
  const freshId = (): string => {
    let id = newId();
    while (selectState.get(id) !== undefined) id = newId();
    return id;
  };
  const get = (id: string): RunSummary => {
    const row = selectOne.get(id);
    if (!row) throw notFound(id);
    return summaryOf(row);
  };

  return {
    get,
    /** All, newest first. What they are is read at once: for a process that has nothing else to do. */
    list: (): RunSummary[] => selectAll.all().map(summaryOf),
    /** So many in the order of their writing, last first, before the place `before`; `next`: the place to go on from. */
    page({ before = Number.MAX_SAFE_INTEGER, limit, states }: RunPage): { runs: RunSummary[]; next: number | null } {
      const wanted = states ? JSON.stringify(states) : null;
      const rows = selectPage.all(before, wanted, wanted, limit);
      const next = rows.length < limit ? null : rows[rows.length - 1].row;
      const found = rows.map((row) => {
        const { row: _, ...run } = row;
        return summaryOf(run);
      });
      return { runs: found, next };
    },
    count: (): number => count.get() as number,
    /** Ids of the runs that have a tag, oldest first. */
    tagged: (tag: string): string[] => tagged.all(tag),

    /** An id that no run has. */
    freshId,

    create({ name, config, device }: NewRun): RunSummary {
      const id = freshId();
      insert.run({
        id,
        name,
        created: new Date().toISOString(),
        tags: JSON.stringify(config.tags),
        config: JSON.stringify(config),
        dataset: config.data.dataset,
        model: modelText(config),
        epochs: config.training.epochs,
        device,
      });
      log.append(id, 'info', `queued; device asked for: ${device}`);
      return get(id);
    },

    detail(id: string): RunDetail {
      const row = selectDetail.get(id);
      if (!row) throw notFound(id);
      const { layers, provenance, ...summary } = row;
      const config = JSON.parse(row.config) as RunConfig;
      return {
        ...summaryOf(summary),
        config,
        final: selectFinal.get(id) ?? null,
        snapshots: selectSnapshots.all(id),
        planned: snapshotEpochs(config.analysis.snapshots, config.training.epochs),
        layers: JSON.parse(layers) as string[],
        provenance: provenance === null ? null : (JSON.parse(provenance) as Provenance),
      };
    },

    /** It goes on on another device: its name, or `auto`. */
    setDevice(id: string, device: string): void {
      must(setDevice.run(device, id).changes, id);
      log.append(id, 'info', `device asked for from now on: ${device}`);
    },

    owner(id: string): RunOwner {
      const row = selectOwner.get(id);
      if (!row) throw notFound(id);
      return row;
    },

    /** The id of the run that a person named: by its id, its name, or a prefix of the id that no other run shares. */
    resolve(ref: string): string {
      if (isHere.get(ref) !== undefined) return ref;
      const named = byName.all(ref);
      const found = named.length > 0 || ref === '' ? named : byPrefix.all(ref, ref);
      if (found.length === 0) throw notFound(ref);
      if (found.length === 1) return found[0].id;
      const some = found.slice(0, 10).map((r) => `${r.id} (${r.name})`);
      const more = found.length > 10 ? ` and ${found.length - 10} more` : '';
      throw new KernelscopeError('bad-input', `run: ${JSON.stringify(ref)} could be ${some.join(', ')}${more}; give more of its id`);
    },

    /** null: there is none of this id, or it is in the trash. */
    stateOf: (id: string): RunState | null => (isHere.get(id) === undefined ? null : (selectState.get(id) as RunState)),

    /** How many runs each dataset has, and how many of them are not over. */
    byDataset: (): { dataset: string; runs: number; busy: number }[] => byDataset.all(),

    /** Ids of the runs in these states, oldest first. */
    inStates: (...states: RunState[]): string[] => inStates.all(JSON.stringify(states)),

    /** Goes to another state, if the table of states allows it. */
    move(id: string, to: RunState, reason: string | null = null): RunSummary {
      const from = selectState.get(id);
      if (from === undefined) throw notFound(id);
      checkMove(id, from, to);
      setState.run(to, reason, to === 'running' || to === 'paused' ? 1 : 0, id);
      log.append(id, levelOf(to), reason ? `${to}: ${reason}` : to);
      return get(id);
    },

    started: (id: string, pid: number | null) => must(setStarted.run(pid, new Date().toISOString(), id).changes, id),
    /** The run's process was heard of and has computed for so many seconds more. */
    beat: (id: string, seconds: number) => must(setHeartbeat.run(new Date().toISOString(), seconds, id).changes, id),
    begun: (id: string, layers: string[], provenance: Provenance) =>
      must(setBegun.run(JSON.stringify(layers), JSON.stringify(provenance), id).changes, id),
    /** Epochs done so far. */
    reached: (id: string, epoch: number) => must(setEpoch.run(epoch, id).changes, id),
    rename: (id: string, name: string) => must(setName.run(name, id).changes, id),
    tag: (id: string, tags: string[]) => must(setTags.run(JSON.stringify(tags), id).changes, id),
    note: (id: string, note: string) => must(setNote.run(note, id).changes, id),
    remove: (id: string) => must(remove.run(id).changes, id),
  };
}
export type RunsTable = ReturnType<typeof runsTable>;
