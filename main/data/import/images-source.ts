// A folder of class folders of PNG and JPEG images, with train/ and test/ above them or not. All images have one size: that of most of them;
// the others, and what cannot be decoded, are left out.
import path from 'node:path';
import { badInput } from '../../contract/errors.ts';
import type { Split } from '../../contract/results.ts';
import { loadDecoder, type Decoder, type ImageHead } from './decode.ts';
import { disk, type Files } from './files.ts';
import type { Refuse, Sample, Source } from './source.ts';
import { mostClasses } from './stored.ts';

export const mostFiles = 1e6;
export const largestFile = 50e6;

interface ImageFile {
  file: string;
  label: string;
  split: Split;
}

/** Names of the folders in `dir`; what else lies there is refused. */
async function foldersIn(from: Files, dir: string, refuse: Refuse): Promise<string[]> {
  const folders: string[] = [];
  for (const entry of await from.list(dir)) {
    if (entry.isDirectory()) folders.push(entry.name);
    else
      refuse(path.join(dir, entry.name), entry.isSymbolicLink() ? 'expected a folder, got a link' : 'expected to lie in a class’s folder');
  }
  return folders.sort();
}

/** Every file in the class folders of `dir`, by class and name. */
async function filesOf(from: Files, dir: string, split: Split, files: ImageFile[], refuse: Refuse): Promise<void> {
  for (const label of await foldersIn(from, dir, refuse)) {
    const entries = await from.list(path.join(dir, label));
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const file = path.join(dir, label, entry.name);
      if (!entry.isFile()) refuse(file, `expected a file, got a ${entry.isSymbolicLink() ? 'link' : 'folder inside a class'}`);
      else if (files.push({ file, label, split }) > mostFiles) throw badInput(`${dir}: expected at most ${mostFiles} files`);
    }
  }
}

/** The file's bytes, where it is no larger than an image may be. */
async function bytesOf(from: Files, file: string): Promise<Uint8Array> {
  const size = await from.size(file);
  if (size > largestFile) throw badInput(`expected at most ${largestFile} bytes, got ${size}`);
  return from.read(file);
}

/** `work` on each item, eight at a time, answers in the order of the items. */
async function* inOrder<T, R>(items: readonly T[], work: (item: T) => Promise<R>): AsyncGenerator<R, void, void> {
  const ahead: Promise<R>[] = [];
  for (let i = 0; i < items.length || ahead.length > 0;) {
    while (i < items.length && ahead.length < 8) ahead.push(work(items[i++]));
    yield await (ahead.shift() as Promise<R>);
  }
}

/** The commonest size. @throws `bad-input` where less than half of the images have it */
function commonSize(dir: string, heads: readonly ImageHead[]): string {
  const counts = new Map<string, number>();
  for (const { height, width } of heads) counts.set(`${height} × ${width}`, (counts.get(`${height} × ${width}`) ?? 0) + 1);
  const [first, second] = [...counts].sort((a, b) => b[1] - a[1]);
  if (2 * first[1] < heads.length || second?.[1] === first[1])
    throw badInput(
      `${dir}: expected images of one size, got ${counts.size} sizes: ${first[1]} images of ${first[0]}, ${second?.[1]} of ${second?.[0]}, …`,
    );
  return first[0];
}

/** onLook: share of the files looked at, before any is decoded. @throws `bad-input` where there is no image, or no size that most have */
export async function openImages(
  dir: string,
  refuse: Refuse,
  o: { files?: Files; signal?: AbortSignal; onLook?(share: number): void } = {},
): Promise<Source> {
  const from = o.files ?? disk;
  const folders = (await from.list(dir)).filter((e) => e.isDirectory()).map((e) => e.name);
  // A class may be called train: then it holds images, not folders.
  const above = folders.includes('train') && (await from.list(path.join(dir, 'train'))).some((e) => e.isDirectory());
  const files: ImageFile[] = [];
  if (above) {
    for (const name of await foldersIn(from, dir, refuse))
      if (name === 'train' || name === 'test') await filesOf(from, path.join(dir, name), name, files, refuse);
      else refuse(path.join(dir, name), 'expected only train and test beside train');
  } else await filesOf(from, dir, 'train', files, refuse);

  const decoder: Decoder = await loadDecoder();
  const found: { image: ImageFile; head: ImageHead }[] = [];
  let looked = 0;
  // Every failure is an answer: a promise that nobody waits for any more may not be broken.
  const look = (image: ImageFile) =>
    bytesOf(from, image.file)
      .then((bytes) => decoder.look(bytes))
      .then(
        (head) => ({ image, head, reason: '' }),
        (error: unknown) => ({ image, head: null, reason: (error as Error).message }),
      );
  for await (const { image, head, reason } of inOrder(files, look)) {
    o.signal?.throwIfAborted();
    o.onLook?.(++looked / files.length);
    if (head) found.push({ image, head });
    else refuse(image.file, reason);
  }
  if (found.length === 0) throw badInput(`${dir}: expected a folder for each class with PNG or JPEG images, got none that can be read`);
  const size = commonSize(
    dir,
    found.map((f) => f.head),
  );
  const used = found.filter(({ image, head }) => {
    const own = `${head.height} × ${head.width}`;
    if (own !== size) refuse(image.file, `expected ${size} pixels as most images have, got ${own}`);
    return own === size;
  });
  const classNames = [...new Set(used.map(({ image }) => image.label))].sort();
  if (classNames.length < 2 || classNames.length > mostClasses)
    throw badInput(`${dir}: expected 2 … ${mostClasses} class folders with images, got ${classNames.length}`);
  const { height, width } = used[0].head;
  const channels = used.every(({ head }) => head.grey) ? 1 : 3;
  return {
    kind: 'images',
    shape: [height, width, channels],
    dtype: 'uint8',
    classNames,
    ownTest: above && folders.includes('test'),
    count: used.length,
    async *samples(): AsyncGenerator<Sample, void, void> {
      const decode = async ({ image }: (typeof used)[number]) =>
        bytesOf(from, image.file)
          .then((bytes) => decoder.pixels(bytes, [height, width, channels]))
          .then(
            (x) => ({ image, x, reason: '' }),
            (error: unknown) => ({ image, x: null, reason: (error as Error).message }),
          );
      for await (const { image, x, reason } of inOrder(used, decode)) {
        if (x) yield { x, label: classNames.indexOf(image.label), split: image.split };
        else refuse(image.file, reason);
      }
    },
  };
}
