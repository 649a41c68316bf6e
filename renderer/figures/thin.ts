// Which labels of an axis stand, where not all of them have room.

/** The most labels that do not touch, the first and the last among them. places: of their middles; widths: along the axis */
export function thinned(places: readonly number[], widths: readonly number[], least = 3): number[] {
  const clear = (a: number, b: number) => places[b] - widths[b] / 2 - (places[a] + widths[a] / 2) >= least;
  const chosen: number[] = [];
  for (const i of places.keys()) if (chosen.length === 0 || clear(chosen[chosen.length - 1], i)) chosen.push(i);
  const last = places.length - 1;
  if (last > 0 && chosen[chosen.length - 1] !== last) {
    while (chosen.length > 1 && !clear(chosen[chosen.length - 1], last)) chosen.pop();
    if (clear(chosen[chosen.length - 1], last)) chosen.push(last);
  }
  return chosen;
}

/** Whether labels at these places, in any order, keep their distance. */
export function apart(places: readonly number[], widths: readonly number[], least: number): boolean {
  const order = [...places.keys()].sort((a, b) => places[a] - places[b]);
  return order.every((i, k) => k === 0 || places[i] - widths[i] / 2 - (places[order[k - 1]] + widths[order[k - 1]] / 2) >= least);
}
