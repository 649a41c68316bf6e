// Where snapshots lie on the slider.

/** Positions in [0, 1] of epochs (ascending): halfway between true to scale and evenly spaced, so that the first epochs of a
 *  logarithmic plan do not run together and a long gap still looks long. */
export function positions(epochs: readonly number[]): number[] {
  const last = epochs.length - 1;
  if (last <= 0) return epochs.map(() => 0);
  const span = epochs[last] - epochs[0];
  return epochs.map((e, i) => 0.5 * ((e - epochs[0]) / span) + 0.5 * (i / last));
}

/** The position of any epoch, between those of its neighbours. */
export function positionOf(epoch: number, epochs: readonly number[], at: readonly number[]): number {
  const after = epochs.findIndex((e) => e >= epoch);
  if (after === 0 || epochs.length === 0) return 0;
  if (after < 0) return 1;
  const share = (epoch - epochs[after - 1]) / (epochs[after] - epochs[after - 1]);
  return at[after - 1] + share * (at[after] - at[after - 1]);
}

/** Which labels fit: those in `first` before all others, then from the left; none nearer than `gap` (a share of the width) to another. */
export function labelled(at: readonly number[], first: readonly number[], gap: number): Set<number> {
  const kept: number[] = [];
  for (const i of [...first, ...at.keys()]) if (at[i] !== undefined && kept.every((k) => Math.abs(at[k] - at[i]) >= gap)) kept.push(i);
  return new Set(kept);
}

/** The epoch nearest to a position. */
export function nearest(position: number, epochs: readonly number[], at: readonly number[]): number {
  let best = 0;
  for (let i = 1; i < at.length; i++) if (Math.abs(at[i] - position) < Math.abs(at[best] - position)) best = i;
  return epochs[best];
}
