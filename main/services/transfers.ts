// Files on their way between page and host. They lie in a folder of their own under names of ours, and go when they have been used, when
// nobody asks for them any more, and when the program ends.
import { randomUUID } from 'node:crypto';
import { mkdir, open, rm, statfs, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Handlers } from '../contract/calls.ts';
import { pieceBytes } from '../contract/calls/transfers.ts';
import { badInput, KernelscopeError } from '../contract/errors.ts';

export interface UploadedFile {
  /** as the page has it, for messages and for what it says of the content; never a path */
  name: string;
  /** where it begins in the one file that holds all */
  offset: number;
  bytes: number;
}
export interface Upload {
  file: string;
  files: readonly UploadedFile[];
  /** removes it */
  drop(): Promise<void>;
}

type Calls = Pick<Handlers, 'upload.begin' | 'upload.more' | 'upload.piece' | 'upload.drop' | 'download.piece' | 'download.drop'>;
export interface Transfers {
  calls: Calls;
  /** The files of an upload that is complete; from then on they belong to the caller. @throws `bad-input` where something is missing */
  take(upload: string): Promise<Upload>;
  /** A new file's place in the folder, and what removes it. */
  place(): Promise<{ file: string; drop(): Promise<void> }>;
  /** Offers a file of this folder to a page, which reads it in pieces. */
  offer(file: string, bytes: number): Promise<string>;
  close(): Promise<void>;
}
export interface TransferOptions {
  /** emptied at once: what lies there was left by a program that ended without a word */
  dir: string;
  /** ms after which what nobody asks for goes */
  idle?: number;
}

const mostOpen = 32;
const mostFiles = 1_000_000;
const mostBytes = 2 ** 37;
const spare = 256 << 20; // bytes of the disk that are left free

interface Open {
  file: string;
  handle: FileHandle;
  used: number;
  drop(): Promise<void>;
}
interface Receiving extends Open {
  files: UploadedFile[];
  bytes: number;
  received: number;
  /** pieces are written one after the other */
  last: Promise<unknown>;
}

export function createTransfers({ dir, idle = 5 * 60_000 }: TransferOptions): Transfers {
  const uploads = new Map<string, Receiving>();
  const downloads = new Map<string, Open & { bytes: number }>();
  let ready: Promise<unknown> | null = null;
  const prepare = () => (ready ??= rm(dir, { recursive: true, force: true }).then(() => mkdir(dir, { recursive: true })));
  const expire = setInterval(
    () => {
      for (const all of [uploads, downloads])
        for (const [id, entry] of all as Map<string, Open>)
          if (Date.now() - entry.used > idle) {
            all.delete(id);
            void entry.drop();
          }
    },
    Math.min(idle, 30_000),
  );
  expire.unref();

  const newFile = async () => {
    await prepare();
    return path.join(dir, randomUUID());
  };
  const got = <T extends Open>(all: Map<string, T>, id: string, what: string): T => {
    const entry = all.get(id);
    if (!entry)
      throw new KernelscopeError('not-found', `${what}: there is none of this id; it has been used, dropped or left alone for too long`);
    entry.used = Date.now();
    return entry;
  };
  const announce = async (entry: Receiving, files: readonly { name: string; bytes: number }[]) => {
    for (const { name, bytes } of files) {
      entry.files.push({ name, offset: entry.bytes, bytes });
      entry.bytes += bytes;
    }
    if (entry.files.length > mostFiles) throw badInput(`files: expected at most ${mostFiles}, got more`);
    if (entry.bytes > mostBytes) throw badInput(`files: expected at most ${mostBytes} bytes in all, got ${entry.bytes}`);
    const { bavail, bsize } = await statfs(dir);
    const free = bavail * bsize - spare;
    if (entry.bytes - entry.received > free)
      throw badInput(`files: ${entry.bytes} bytes do not fit on the host’s disk, which has room for ${Math.max(0, free)}`);
  };

  return {
    calls: {
      async 'upload.begin'({ files }) {
        if (uploads.size >= mostOpen) throw badInput(`upload: expected at most ${mostOpen} at a time`);
        const file = await newFile();
        const handle = await open(file, 'wx+');
        const drop = async () => {
          await handle.close().catch(() => undefined); // it may be closed already
          await rm(file, { force: true });
        };
        const entry: Receiving = { file, handle, drop, used: Date.now(), files: [], bytes: 0, received: 0, last: Promise.resolve() };
        try {
          await announce(entry, files);
        } catch (error) {
          await drop();
          throw error;
        }
        const upload = randomUUID();
        uploads.set(upload, entry);
        return { upload };
      },
      async 'upload.more'({ upload, files }) {
        const entry = got(uploads, upload, 'upload');
        if (entry.received > 0) throw badInput('upload.more: expected before the first piece');
        await announce(entry, files);
        return { files: entry.files.length };
      },
      'upload.piece'({ upload, from, data }) {
        const entry = got(uploads, upload, 'upload');
        const write = async () => {
          if (from !== entry.received) throw badInput(`from: expected ${entry.received}, the bytes received so far, got ${from}`);
          if (from + data.length > entry.bytes) throw badInput(`data: expected at most ${entry.bytes} bytes in all, as announced`);
          for (let done = 0; done < data.length;)
            done += (await entry.handle.write(data, done, data.length - done, from + done)).bytesWritten;
          entry.received += data.length;
          return { received: entry.received };
        };
        const done = entry.last.then(write, write);
        entry.last = done.catch(() => undefined); // told to the one who sent it
        return done;
      },
      async 'upload.drop'({ upload }) {
        const entry = got(uploads, upload, 'upload');
        uploads.delete(upload);
        await entry.last;
        await entry.drop();
        return { upload };
      },
      async 'download.piece'({ download, from }) {
        const { handle, bytes } = got(downloads, download, 'download');
        if (from > bytes) throw badInput(`from: expected 0 … ${bytes}, got ${from}`);
        const data = new Uint8Array(Math.min(pieceBytes, bytes - from));
        const { bytesRead } = await handle.read(data, 0, data.length, from);
        return { data: data.subarray(0, bytesRead), bytes };
      },
      async 'download.drop'({ download }) {
        const entry = got(downloads, download, 'download');
        downloads.delete(download);
        await entry.drop();
        return { download };
      },
    },
    async take(upload) {
      const entry = got(uploads, upload, 'upload');
      await entry.last;
      if (entry.received !== entry.bytes) throw badInput(`upload: ${entry.received} of ${entry.bytes} bytes have come`);
      if (!uploads.delete(upload)) throw badInput('upload: it is in use already');
      await entry.handle.close();
      return { file: entry.file, files: entry.files, drop: entry.drop };
    },
    async place() {
      const file = await newFile();
      return { file, drop: () => rm(file, { force: true }) };
    },
    async offer(file, bytes) {
      const handle = await open(file, 'r');
      const drop = async () => {
        await handle.close();
        await rm(file, { force: true });
      };
      const id = randomUUID();
      downloads.set(id, { file, handle, bytes, used: Date.now(), drop });
      return id;
    },
    async close() {
      clearInterval(expire);
      await Promise.all([...uploads.values(), ...downloads.values()].map((entry) => entry.drop()));
      uploads.clear();
      downloads.clear();
      if (ready) await rm(dir, { recursive: true, force: true });
    },
  };
}
