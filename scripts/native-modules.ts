// Native modules of a package: those of its system and no others, and none missing.
import { globSync, rmSync } from 'node:fs';
import path from 'node:path';

/** Of each package that has native code: what the build for a system matches (globs under node_modules; C libraries differ on Linux). */
const natives: Record<string, (platform: string, arch: string) => string> = {
  'better-sqlite3': (p, a) => `better-sqlite3/prebuilds/${p}-${a}.node`,
  koffi: (p, a) => `@koromix/koffi-${p}-${a}/${p}_${a}/*.node`,
  'resvg-js': (p, a) => `@resvg/resvg-js-${p}-${a}${{ linux: '-gnu', win32: '-msvc' }[p] ?? ''}/*.node`,
  sharp: (p, a) => `@img/sharp-${p}-${a}/lib/*.node`,
};
const files = ['**/*.node', '**/*.so', '**/*.so.*', '**/*.dylib', '**/*.dll'];
/** Libraries that come with a native module in a package of their own. */
const beside = (p: string, a: string) => [`@img/sharp-libvips-${p}-${a}/**`, `@img/sharp-${p}-${a}/**`];

/** Removes native code for other systems from an app's folder.
 *  @throws Error where the system's own is not installed, with how to install it */
export async function keepTarget(folder: string, platform: string, arch: string): Promise<void> {
  const modules = path.join(folder, 'node_modules');
  const kept = new Set(
    Object.entries(natives).flatMap(([name, pattern]) => {
      const found = globSync(pattern(platform, arch), { cwd: modules });
      if (found.length === 0)
        throw new Error(
          `${name}: no native module for ${platform} ${arch} is installed; package on that system, or run npm install --os=${platform} --cpu=${arch}`,
        );
      return found;
    }),
  );
  for (const file of globSync(beside(platform, arch), { cwd: modules })) kept.add(file);
  for (const file of globSync(files, { cwd: modules })) if (!kept.has(file)) rmSync(path.join(modules, file));
}
