// Files between page and host, in pieces. Names are what people see; no file on the host is called by them.
import { z } from 'zod';

/** Bytes of one piece at most. */
export const pieceBytes = 1 << 20;
/** Files that one call may announce. */
export const filesAtOnce = 2000;

const id = z.string().min(1).max(40);
const files = z
  .array(
    z.strictObject({
      name: z.string().min(1).max(1000),
      bytes: z
        .int()
        .min(0)
        .max(2 ** 36),
    }),
  )
  .max(filesAtOnce);

export const transferCalls = {
  /** announces files, which are then sent one after the other as if they were one; names may have folders: `cats/1.png` */
  'upload.begin': z.strictObject({ files }),
  /** announces more of them, before any is sent */
  'upload.more': z.strictObject({ upload: id, files }),
  /** from: bytes sent so far */
  'upload.piece': z.strictObject({
    upload: id,
    from: z.int().min(0),
    data: z.instanceof(Uint8Array).refine((d) => d.length <= pieceBytes, 'expected at most 1 MiB'),
  }),
  'upload.drop': z.strictObject({ upload: id }),
  'download.piece': z.strictObject({ download: id, from: z.int().min(0) }),
  'download.drop': z.strictObject({ download: id }),
} as const;

export interface TransferResults {
  'upload.begin': { upload: string };
  'upload.more': { files: number };
  'upload.piece': { received: number };
  'upload.drop': { upload: string };
  'download.piece': { data: Uint8Array; bytes: number };
  'download.drop': { download: string };
}
