// Compiles main/devices/wasm/src/*.ts (AssemblyScript) into main/devices/wasm/built.ts.
// Each source makes one module, in two builds: with relaxed SIMD (fused multiply-add) and without, for engines that lack it.
// All of them import one shared memory as env.memory and hold no statics, so that tensors and threads share one address space.
// Files in a folder below src are parts of modules, not modules.
import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const sources = join(root, 'main/devices/wasm/src');
const target = join(root, 'main/devices/wasm/built.ts');

const common = ['-O3', '--runtime', 'stub', '--noAssert', '--use', 'abort=', '--importMemory', '--sharedMemory', '--initialMemory', '1'];
const limits = ['--maximumMemory', '65536', '--noExportMemory'];
const features = (relaxed: boolean) => ['--enable', relaxed ? 'simd,threads,relaxed-simd' : 'simd,threads'];

const modified = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** One module's bytes in base64. @throws the compiler's messages */
async function compile(file: string, relaxed: boolean): Promise<string> {
  const { default: asc } = await import('assemblyscript/asc'); // half a second, so only where something is compiled
  let bytes: Uint8Array | null = null;
  const stderr = asc.createMemoryStream();
  const { error } = await asc.main(
    [relative(root, file), '--baseDir', root, '--outFile', 'module.wasm', ...common, ...limits, ...features(relaxed)],
    {
      stderr,
      writeFile: (_name: string, contents: string | Uint8Array) => {
        if (typeof contents !== 'string') bytes = contents;
      },
    },
  );
  if (error || !bytes) throw new Error(`${relative(root, file)}: ${stderr.toString() || error?.message}`);
  return Buffer.from(bytes).toString('base64');
}

const files = readdirSync(sources, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => join(entry.parentPath, entry.name));
const modules = files.filter((file) => resolve(file, '..') === sources).sort();
const newest = Math.max(...[...files, import.meta.filename, sources].map(modified));
const names = modules.map((file) => basename(file, '.ts'));
/** Whether the last build is newer than every source and of the same modules. */
const current = () => modified(target) > newest && readFileSync(target, 'utf8').startsWith(`// ${names.join(' ')}\n`);

if (!current()) {
  let text = `// ${names.join(' ')}\n// Made by scripts/build-wasm.ts; not in the repository.\nexport const built = {\n`;
  for (const [i, file] of modules.entries())
    text += `  ${JSON.stringify(names[i])}: {\n    relaxed: '${await compile(file, true)}',\n    plain: '${await compile(file, false)}',\n  },\n`;
  // Two builds at once must not leave half a file.
  writeFileSync(`${target}.${process.pid}`, `${text}} as const;\n`);
  renameSync(`${target}.${process.pid}`, target);
  console.error(`wasm: ${names.join(', ')}`);
}
