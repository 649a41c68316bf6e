// Figures that come as files: an SVG that this program exported, opened again without its runs.
import { badInput } from '../../main/contract/errors.ts';
import { largestFigureFile, parseFigureFile, type FigureFile } from '../../main/contract/figure-file.ts';
import { sceneOf } from '../figures/index.ts';
import { bytes } from '../text.ts';
import type { Notices } from './notices.svelte.ts';

/** The figure that a file carries. Nothing of its markup is used.
 *  @throws an error of one line where it is too large, none of ours, or damaged */
export async function openFigureFile(file: File): Promise<FigureFile> {
  if (file.size > largestFigureFile)
    throw badInput(`${file.name}: expected an SVG of at most ${bytes(largestFigureFile)}, got ${bytes(file.size)}`);
  const figure = parseFigureFile(await file.text(), file.name);
  try {
    sceneOf(figure.data);
  } catch (error) {
    throw badInput(`${file.name}: its data cannot be drawn (${error instanceof Error ? error.message : String(error)})`);
  }
  return figure;
}

export class FigureFiles {
  opened = $state.raw<FigureFile | null>(null);
  /** the figure of the page that the pointer or the focus came to last: what a key is for */
  inHand: Element | null = null;
  // Kept, so that it is there when the person has chosen.
  #input: HTMLInputElement | null = null;
  #notices: Notices;

  constructor(notices: Notices) {
    this.#notices = notices;
  }

  /** Asks for a file; at once, since browsers allow it only while a click or a key counts. */
  choose(): void {
    const input = Object.assign(document.createElement('input'), { type: 'file', accept: '.svg,image/svg+xml' });
    input.addEventListener('change', () => {
      const [file] = input.files ?? [];
      if (file) void this.open(file);
    });
    this.#input = input;
    this.#input.click();
  }

  async open(file: File): Promise<void> {
    try {
      this.opened = await openFigureFile(file);
    } catch (error) {
      this.#notices.failed(error);
    }
  }

  close(): void {
    this.opened = null;
  }
}
