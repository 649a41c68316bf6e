// The commands that change what is written about a run.
import { readFile } from 'node:fs/promises';
import { badInput } from '../../contract/errors.ts';
import type { Command } from '../cli/command.ts';

export const rename: Command = {
  name: 'rename',
  summary: 'gives a run another name',
  usage: 'RUN NAME',
  flags: {},
  words: { least: 2, most: 2, are: 'RUN NAME' },
  async run({ words: [run, name] }, { output, services }) {
    const after = await (await services('change')).call('run.rename', { run, name });
    output.document(after);
    output.line(`${after.id}: ${after.name}`);
  },
};

export const tag: Command = {
  name: 'tag',
  summary: 'adds tags to a run, or takes them away',
  usage: 'RUN [TAG]… [--remove TAG]…',
  flags: {
    add: { value: 'TAG', many: true, help: 'adds this tag, as a TAG without it does' },
    remove: { value: 'TAG', many: true, help: 'takes this tag away' },
  },
  words: { least: 1, most: 101, are: 'RUN TAG…' },
  async run(args, { output, services }) {
    const [run, ...words] = args.words;
    const add = [...words, ...args.texts('add')];
    const remove = args.texts('remove');
    if (add.length + remove.length === 0) throw badInput('tag: expected a TAG to add or --remove TAG, got neither');
    const { call } = await services('change');
    const { ids } = await call('run.tag', { runs: [run], add, remove });
    const after = await call('run.get', { run: ids[0] });
    output.document(after);
    output.line(`${after.id}: ${after.tags.join(', ') || 'no tags'}`);
  },
};

export const note: Command = {
  name: 'note',
  summary: 'writes a note on a run',
  usage: 'RUN TEXT | RUN --file FILE',
  flags: { file: { value: 'FILE', help: 'a text file to take the note from' } },
  words: { least: 1, most: 2, are: 'RUN TEXT' },
  async run(args, { output, services }) {
    const [run, text] = args.words;
    const file = args.text('file');
    if ((text === undefined) === (file === undefined))
      throw badInput(`note: expected TEXT or --file FILE, got ${text === undefined ? 'neither' : 'both'}`);
    const after = await (await services('change')).call('run.note', { run, note: text ?? (await readFile(file as string, 'utf8')) });
    output.document(after);
    output.line(`${after.id}: noted`);
  },
};

export const deleteRun: Command = {
  name: 'delete',
  summary: 'removes runs from the library, with all their arrays',
  usage: 'RUN…',
  flags: {},
  words: { least: 1, most: 1000, are: 'RUN…' },
  async run({ words }, { output, services }) {
    const { call } = await services('change');
    // All are found before any is removed: a mistyped one among them leaves everything as it was.
    const found = new Map<string, string>();
    for (const word of words) {
      const run = await call('run.get', { run: word });
      found.set(run.id, run.name);
    }
    await call('run.delete', { runs: [...found.keys()] });
    await call('trash.empty', { runs: [...found.keys()] });
    output.document([...found].map(([id, name]) => ({ id, name })));
    for (const [id, name] of found) output.line(`${id} (${name}): removed`);
  },
};
