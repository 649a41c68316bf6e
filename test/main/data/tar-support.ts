// Tar archives made by hand, entry by entry.

export interface TarEntry {
  name: string;
  content?: Uint8Array;
  /** '0' a file, '2' a link, '5' a folder, 'x' an extended header */
  type?: string;
  prefix?: string;
  /** what the header says in place of the content's length */
  size?: number;
  checksum?: number;
}

export function tarEntry({
  name,
  content = new Uint8Array(0),
  type = '0',
  prefix = '',
  size = content.length,
  checksum,
}: TarEntry): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write(`${size.toString(8).padStart(11, '0')} `, 124);
  header.write(type, 156);
  header.write('ustar\u000000', 257);
  header.write(prefix, 345);
  header.write('        ', 148);
  const sum = checksum ?? header.reduce((s, b) => s + b, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}
export const tar = (...entries: TarEntry[]): Buffer => Buffer.concat([...entries.map(tarEntry), Buffer.alloc(1024)]);
