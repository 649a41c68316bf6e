// Where the files of an import lie: on the disk, or one after the other in a single file, as they were uploaded.
import { open, readFile, readdir, stat } from 'node:fs/promises';
import { badInput } from '../../contract/errors.ts';
import { readAt, requirePlainName } from '../../formats/bytes.ts';

export interface FileEntry {
  name: string;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}
export interface Files {
  list(dir: string): Promise<FileEntry[]>;
  size(file: string): Promise<number>;
  /** @throws with the code ENOENT where there is no such file */
  read(file: string): Promise<Uint8Array>;
}
/** Files within one file. Their names are looked up here and never by the system. */
export interface Packed {
  file: string;
  files: readonly { name: string; offset: number; bytes: number }[];
}

export const disk: Files = {
  list: (dir) => readdir(dir, { withFileTypes: true }),
  size: async (file) => (await stat(file)).size,
  read: (file) => readFile(file),
};

const deepest = 16;
const entry = (name: string, folder: boolean): FileEntry => ({
  name,
  isFile: () => !folder,
  isDirectory: () => folder,
  isSymbolicLink: () => false,
});

/** The parts of a file's name. @throws `bad-input` for one that leads elsewhere or would break a line */
function partsOf(name: string): string[] {
  requirePlainName(name, 'files');
  const parts = name.split('/');
  if (parts.length > deepest || parts.some((p) => p === '' || p === '.' || p === '..' || p.includes('\\')))
    throw badInput(`files: ${JSON.stringify(name)}: expected a name such as cats/1.png`);
  return parts;
}

/** Folders that all files are in say nothing: cats and dogs lie in `pets`, not in `home/pets`. */
function withoutCommon(all: string[][]): string[][] {
  let parts = all;
  while (parts.length > 0 && parts.every((p) => p.length > 1 && p[0] === parts[0][0])) parts = parts.map((p) => p.slice(1));
  return parts;
}

/** The files of an upload as if they lay in the folder `root`, a name for messages. @throws `bad-input` for names that are none */
export function packedFiles(root: string, { file, files }: Packed): Files {
  const places = new Map<string, { offset: number; bytes: number }>();
  const folders = new Map<string, Map<string, FileEntry>>([[root, new Map()]]);
  for (const [i, parts] of withoutCommon(files.map((f) => partsOf(f.name))).entries()) {
    let at = root;
    for (const [depth, part] of parts.entries()) {
      const isFolder = depth < parts.length - 1;
      const inHere = folders.get(at) as Map<string, FileEntry>;
      const known = inHere.get(part);
      if (known && (!isFolder || known.isFile())) throw badInput(`files: ${JSON.stringify(files[i].name)} is there twice`);
      if (!known) inHere.set(part, entry(part, isFolder));
      at = `${at}/${part}`;
      if (isFolder && !folders.has(at)) folders.set(at, new Map());
    }
    places.set(at, files[i]);
  }
  const own = (name: string) => name.replaceAll('\\', '/'); // as it was joined on Windows
  const found = (name: string) => {
    const place = places.get(own(name));
    if (!place) throw Object.assign(new Error(`${name}: is not among the files`), { code: 'ENOENT' });
    return place;
  };
  return {
    list: async (dir) => [...(folders.get(own(dir))?.values() ?? [])],
    size: async (name) => found(name).bytes,
    async read(name) {
      const { offset, bytes } = found(name);
      const handle = await open(file, 'r');
      try {
        return await readAt(handle, offset, bytes, name);
      } finally {
        await handle.close();
      }
    },
  };
}
