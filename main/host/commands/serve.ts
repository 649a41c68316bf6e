import { existsSync } from 'node:fs';
import path from 'node:path';
import { KernelscopeError } from '../../contract/errors.ts';
import type { Command } from '../cli/command.ts';
import { isLoopback } from '../serve/guard.ts';
import { serve as open } from '../serve.ts';

export const serve: Command = {
  name: 'serve',
  summary: 'the app in a browser, for a machine without a display',
  usage: '[--port N] [--host H]',
  details: ['Prints an address with a secret in it. From another machine: ssh -L PORT:127.0.0.1:PORT.'],
  flags: {
    port: { value: 'N', help: 'default: any that is free' },
    host: { value: 'H', help: 'default: 127.0.0.1; another one opens the app to the network' },
  },
  words: { least: 0, most: 0, are: '' },
  async run(args, { output, services, program: { paths }, signal }) {
    const port = args.number('port', 0, 65_535, true) ?? 0;
    const host = args.text('host') ?? '127.0.0.1';
    if (!existsSync(path.join(paths.renderer, 'index.html')))
      throw new KernelscopeError('failed', `${paths.renderer}: the page is not built; npm run build`);
    if (!isLoopback(host))
      output.log(
        `--host ${host}: anyone who can reach this machine and has the address below can use this app, unencrypted; ssh -L is safer`,
      );
    const opened = () => services('write-if-free');
    const served = await open({ services: opened, renderer: paths.renderer, port, host, log: output.log });
    const { readOnly, readOnlyReason } = await (await opened()).call('app.info', {});
    if (readOnly) output.log(`read only: ${readOnlyReason ?? 'another process writes'}`);
    void (await opened()).tidy().catch((error: unknown) => output.log(`emptying the trash: ${String(error)}`));
    output.document({ url: served.url, port: served.port, readOnly, readOnlyReason });
    output.line(served.url);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await served.close();
  },
};
