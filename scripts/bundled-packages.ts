// Which packages went into a bundle, so that their licences can travel with it.
import path from 'node:path';
import type { Plugin } from 'vite';

/** Name of the list beside a bundle. */
export const bundledList = 'packages.json';

/** `…/node_modules/@scope/name/lib/x.js` → `@scope/name`; null for a file of ours or of the bundler */
export function packageOf(module: string): string | null {
  const parts = module.replaceAll('\\', '/').split('/node_modules/');
  if (parts.length < 2) return null;
  const [first, second] = parts[parts.length - 1].split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}

/** Writes the folders of all packages that a bundle holds parts of, as a sorted JSON list. */
export const bundledPackages = (): Plugin => ({
  name: 'bundled-packages',
  generateBundle(_, bundle) {
    const folders = new Set<string>();
    for (const file of Object.values(bundle)) {
      const modules = file.type === 'chunk' ? Object.keys(file.modules) : file.originalFileNames.map((f) => path.resolve(f));
      for (const module of modules) {
        const name = packageOf(module);
        if (name) folders.add(name);
      }
    }
    this.emitFile({ type: 'asset', fileName: bundledList, source: JSON.stringify([...folders].sort(), null, 1) });
  },
});
