// `node run.ts APP_DIR --user-data-dir=DIR [--resources=DIR] [the app's own words]`: what the electron executable does, with the double in Electron's place.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const electronUrl = new URL('./electron.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' || specifier === 'electron/main'
      ? { url: electronUrl, format: 'module-typescript', shortCircuit: true }
      : next(specifier, context),
});
const { app, browser, default: electron } = await import('./electron.ts');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false, // the app has words of its own
  options: { 'user-data-dir': { type: 'string' }, resources: { type: 'string' } },
});
const appDir = path.resolve(positionals[0] ?? '.');
const { 'user-data-dir': userData, resources } = values;
if (typeof userData !== 'string') throw new Error('--user-data-dir: expected a folder');
const pkg = JSON.parse(readFileSync(path.join(appDir, 'package.json'), 'utf8')) as {
  main: string;
  name: string;
  productName?: string;
  version: string;
};
app.prepare({ appDir, userData, name: pkg.productName ?? pkg.name, version: pkg.version, isPackaged: resources !== undefined });
Object.defineProperty(process.versions, 'electron', { value: '45.0.0-double' });
Object.assign(process, {
  type: 'browser',
  resourcesPath: resources ?? path.join(appDir, 'resources'),
  argv: [process.execPath, ...process.argv.slice(2)],
});

export type FromTest = { type: 'evaluate'; id: number; source: string; argument: unknown } | { type: 'quit' };
export type ToTest =
  | { type: 'endpoint'; endpoint: string }
  | { type: 'evaluated'; id: number; ok: true; value: unknown }
  | { type: 'evaluated'; id: number; ok: false; message: string };
const tell = (message: ToTest) => process.send?.(message);
browser.onEndpoint = (endpoint) => tell({ type: 'endpoint', endpoint });

/** A function of the test, evaluated here with `electron` before its argument, as Playwright does. */
async function evaluate({ id, source, argument }: FromTest & { type: 'evaluate' }): Promise<void> {
  try {
    const f = (0, eval)(`(${source})`) as (electron: unknown, argument: unknown) => unknown;
    tell({ type: 'evaluated', id, ok: true, value: await f(electron, argument) });
  } catch (error) {
    tell({ type: 'evaluated', id, ok: false, message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}
process.on('message', (message: FromTest) => {
  if (message.type === 'evaluate') void evaluate(message);
  else app.quit();
});
process.on('disconnect', () => app.exit(1));
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => app.exit(1));

await import(pathToFileURL(path.join(appDir, pkg.main)).href);
setImmediate(() => app.becomeReady());
