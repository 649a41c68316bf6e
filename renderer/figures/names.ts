// Names of curves at their right ends, clear of each other.
import type { Curve } from './curves.ts';
import type { Frame } from './frame.ts';
import { tickWidth, type Letters } from './letters.ts';
import { traceOf } from './lines.ts';
import { inkOf } from './palette.ts';
import { px } from './px.ts';
import type { Mark } from './scene.ts';
import { thinned } from './thin.ts';

const lead = 8; // from a curve's end to its name

/** What the names take right of the plot; 0 without any. */
export function namesWidth(curves: readonly Curve[], letters: Letters): number {
  const names = curves.flatMap((c) => (c.name ? [tickWidth(c.name, letters)] : []));
  return names.length > 0 ? lead + Math.max(...names) + 1 : 0;
}

/** Names a row apart at least, each with a hairline to its curve where it had to move; where the plot is too low for all, some. */
export function endNames(frame: Frame, curves: readonly Curve[]): Mark[] {
  const { box, palette } = frame;
  const { tick, row } = palette.letters;
  const [top, floor] = [box.y, box.y + box.height];
  const named = curves
    .flatMap((c) => {
      const end = c.name ? traceOf(frame, c).at(-1)?.at(-1) : undefined;
      return c.name && end ? [{ c, words: c.name, u: end.u, v: Math.min(floor, Math.max(top, end.v)) }] : [];
    })
    .sort((a, b) => a.v - b.v);
  const each = Math.min(row, Math.max(tick, (floor - top) / Math.max(1, named.length - 1)));
  const room = named.map((_, i) => top + ((floor - top) * i) / Math.max(1, named.length - 1));
  const kept =
    (named.length - 1) * each > floor - top + 0.01
      ? thinned(
          room,
          named.map(() => each),
          0,
        ).map((i) => named[i])
      : named;
  const places = spaced(
    kept.map((n) => n.v),
    row,
    top,
    floor,
  );
  const edge = box.x + box.width;
  return kept.flatMap(({ c, words, u, v }, i): Mark[] => {
    const at = places[i];
    const fill = inkOf(palette, c.colour);
    const text: Mark = { type: 'text', x: edge + lead, y: at + tick * 0.36, words, size: tick, fill, anchor: 'start' };
    if (Math.abs(at - v) < 4) return [text];
    return [{ type: 'path', d: `M${px(u + 3.5)} ${px(v)}L${px(edge + lead - 1.5)} ${px(at)}`, stroke: palette.axis, width: 0.5 }, text];
  });
}

/** Places as close to the wanted ones as a distance between neighbours allows, inside low … high. */
export function spaced(wanted: readonly number[], distance: number, low: number, high: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  const places = [...wanted];
  const room = order.length > 1 ? Math.min(distance, (high - low) / (order.length - 1)) : distance;
  // Groups that touch move together around the mean of what they want.
  let groups = order.map((i) => ({ members: [i], at: wanted[i] }));
  for (let merged = true; merged;) {
    merged = false;
    const next: typeof groups = [];
    for (const group of groups) {
      const before = next[next.length - 1];
      if (
        before &&
        group.at - ((group.members.length - 1) * room) / 2 < before.at + ((before.members.length - 1) * room) / 2 + room - 1e-9
      ) {
        const n = before.members.length + group.members.length;
        before.at = (before.at * before.members.length + group.at * group.members.length) / n;
        before.members.push(...group.members);
        merged = true;
      } else next.push({ members: [...group.members], at: group.at });
      const last = next[next.length - 1];
      const half = ((last.members.length - 1) * room) / 2;
      last.at = Math.min(high - half, Math.max(low + half, last.at));
    }
    groups = next;
  }
  for (const { members, at } of groups) for (const [k, i] of members.entries()) places[i] = at + (k - (members.length - 1) / 2) * room;
  return places;
}
