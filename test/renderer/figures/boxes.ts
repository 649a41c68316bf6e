// Where the words of a figure lie, and which of them run into each other.
import { widthOf } from '../../../renderer/figures/letters.ts';
import { spell, type Box, type Mark, type Scene } from '../../../renderer/figures/scene.ts';

type Text = Extract<Mark, { type: 'text' }>;
export interface Placed extends Box {
  words: string;
}

/** The box of words, from the tops of capitals to the baseline: what a reader sees as touching. */
export function boxOf(mark: Text, font: Scene['style']['font']): Placed {
  const words = spell(mark.words);
  const long = widthOf(mark.words, mark.size, font) / 1.02; // without the slack
  const tall = 0.72 * mark.size;
  const back = mark.anchor === 'end' ? long : mark.anchor === 'middle' ? long / 2 : 0;
  // Turned words run upwards from their place; their tops are to the left.
  if (mark.turned) return { words, x: mark.x - tall, y: mark.y + back - long, width: tall, height: long };
  return { words, x: mark.x - back, y: mark.y - tall, width: long, height: tall };
}

export const textBoxes = (scene: Scene): Placed[] =>
  [...scene.above, ...scene.panels.flatMap((p) => p.marks)].flatMap((m) =>
    m.type === 'text' && m.words.length > 0 && spell(m.words) !== '' ? [boxOf(m, scene.style.font)] : [],
  );

const meet = (a: Box, b: Box) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
/** Pairs of words that overlap, spelt. */
export function collisions(scene: Scene): string[] {
  const boxes = textBoxes(scene);
  return boxes.flatMap((a, i) => boxes.slice(i + 1).flatMap((b) => (meet(a, b) ? [`“${a.words}” on “${b.words}”`] : [])));
}
/** Words that leave the page by more than a pixel. */
export const outside = (scene: Scene): string[] =>
  textBoxes(scene).flatMap((b) =>
    b.x < -1 || b.y < -1 || b.x + b.width > scene.width + 1 || b.y + b.height > scene.height + 1
      ? [
          `${b.words} at ${[b.x, b.y, b.width, b.height].map((v) => v.toFixed(1)).join(' ')} of ${scene.width.toFixed(0)} × ${scene.height.toFixed(0)}`,
        ]
      : [],
  );
