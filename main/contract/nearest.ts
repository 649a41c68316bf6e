// "did you mean …": the known word nearest to one that is unknown.

/** Edits (insert, delete, replace, swap of neighbours) from `a` to `b`. */
export function distance(a: string, b: string): number {
  const d = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)));
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++) {
      d[i][j] = Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[a.length][b.length];
}

/** The known word nearest to `word`, or null where none is near (more than half of it would have to change). */
export function nearest(word: string, known: readonly string[]): string | null {
  const w = word.slice(0, 100).toLowerCase();
  let best: string | null = null;
  let least = Math.max(1, Math.floor(w.length / 2)) + 1;
  for (const k of known) {
    const n = k.toLowerCase().startsWith(w) && w.length > 1 ? 0.5 : distance(w, k.toLowerCase());
    if (n < least) [best, least] = [k, n];
  }
  return best;
}
