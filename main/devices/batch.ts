const batchBytes = 256 * 2 ** 20;

/** How many samples go through a network at once: as many as take a quarter of a gigabyte, or what the device holds in one tensor where that
 *  is less; `most` at most. */
export const batchOf = ({ tensorBytes }: { tensorBytes: number }, bytesOfSample: number, most = 1000): number =>
  Math.max(1, Math.min(most, Math.floor(Math.min(batchBytes, tensorBytes) / Math.max(1, bytesOfSample))));

/** What the cpu device may hold in all: WebAssembly's 4 GiB, less what weights and small tensors take. */
export const cpuMemoryBytes = 3.8e9;
