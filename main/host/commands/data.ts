import type { Command } from '../cli/command.ts';
import { table } from '../cli/output.ts';

export const dataList: Command = {
  name: 'data list',
  summary: 'datasets, and which of them are here',
  usage: '',
  flags: {},
  words: { least: 0, most: 0, are: '' },
  async run(_, { output, services, settings }) {
    const all = await (await services('read')).datasets();
    output.document(all);
    output.line(
      table(
        ['dataset', 'here', 'detail'],
        all.map((d) => [d.name, d.present ? 'yes' : 'no', d.detail]),
      ),
    );
    output.detail(`looked in ${settings.data}`);
  },
};

export const dataFetch: Command = {
  name: 'data fetch',
  summary: 'fetches a dataset, checks sizes and checksums, goes on where it stopped',
  usage: 'NAME [--from URL]',
  flags: { from: { value: 'URL', help: 'another place that holds the same files' } },
  words: { least: 1, most: 1, are: 'NAME' },
  async run(args, { output, services, settings, signal }) {
    const [name] = args.words;
    const progress = output.progress(`fetching ${name}`);
    try {
      const baseUrl = args.text('from');
      const { fetchDataset } = await services('read');
      const files = await fetchDataset(name, {
        ...(baseUrl && { baseUrl }),
        signal,
        onProgress: (share) => progress.update({ done: share, total: 1 }),
        onRemark: output.log,
      });
      progress.end();
      output.document({ name, folder: settings.data, files });
      output.line(files.length > 0 ? `${name}: fetched to ${settings.data}` : `${name}: is in ${settings.data}`);
    } finally {
      progress.end();
    }
  },
};
