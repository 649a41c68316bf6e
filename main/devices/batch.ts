const batchBytes = 256 * 2 ** 20;

/** How many samples go through a network at once: as many as take a quarter of a gigabyte, `most` at most. */
export const batchOf = (bytesOfSample: number, most = 1000): number =>
  Math.max(1, Math.min(most, Math.floor(batchBytes / Math.max(1, bytesOfSample))));
