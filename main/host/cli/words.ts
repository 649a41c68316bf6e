// Numbers in words for people.

/** "3 h 05 min", "4 min 10 s", "12 s", "0.4 s" */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  const two = (n: number) => String(n).padStart(2, '0');
  if (s < 3600) return `${Math.floor(s / 60)} min ${two(s % 60)} s`;
  const m = Math.round(s / 60);
  return `${Math.floor(m / 60)} h ${two(m % 60)} min`;
}

/** "12 B", "3.4 MB": powers of 1000 */
export function bytes(n: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let i = 0;
  let v = n;
  for (; v >= 999.5 && i < units.length - 1; i++) v /= 1000;
  return `${i === 0 || v >= 99.95 ? Math.round(v) : v.toPrecision(2)} ${units[i]}`;
}

export const percent = (x: number | null | undefined): string => (x === null || x === undefined ? '–' : `${(100 * x).toFixed(1)} %`);
export const decimal = (x: number | null | undefined, digits = 3): string => (x === null || x === undefined ? '–' : x.toFixed(digits));
