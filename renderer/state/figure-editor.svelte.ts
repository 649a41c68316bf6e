// A figure on its way into a paper: its style as it is typed, laid out at every step, and what is wrong with it.
import type { CallInput } from '../../main/contract/calls.ts';
import { KernelscopeError } from '../../main/contract/errors.ts';
import type { FigureStyle } from '../../main/contract/figure-style.ts';
import type { FigureData, FigureRequest } from '../../main/contract/figures.ts';
import { sceneOf, type Scene } from '../figures/index.ts';
import type { FigureFormat } from '../save.ts';
import type { FigureDefaults } from './figure-defaults.ts';
import { mmPerInch, readTexts, textOf, textsOf, titleProblem, type Problems, type Texts, type Unit } from './figure-fields.ts';

/** Fields that are chosen or written, not counted. */
type Choices = Partial<Pick<FigureStyle, 'title' | 'theme' | 'xScale' | 'yScale' | 'measure' | 'font' | 'palette' | 'legend'>>;

export interface Subject {
  /** asked for again whenever the run has new numbers */
  data: () => FigureData;
  request: FigureRequest;
  /** from a file: the library is not asked, since it need not have the runs */
  carried: boolean;
}

export class FigureEditor {
  readonly subject: Subject;
  unit = $state<Unit>('mm');
  texts = $state.raw<Texts>({ dpi: '' });
  choices = $state.raw<Choices>({});
  #shown: Scene | null = null;

  constructor(subject: Subject, style: Partial<FigureStyle>, { style: usual, dpi, unit }: FigureDefaults) {
    this.subject = subject;
    this.unit = unit;
    const start = { textPt: 8, ...usual, ...style };
    this.texts = textsOf(start, dpi, this.unit);
    const { title, theme, xScale, yScale, measure, font, palette, legend } = start;
    this.choices = defined({ title, theme, xScale, yScale, measure, font, palette, legend });
  }

  readonly #read = $derived.by(() => readTexts(this.texts, this.unit));
  readonly style: Partial<FigureStyle> = $derived({ ...this.#read.style, ...this.choices });
  readonly dpi: number = $derived(this.#read.dpi);
  /** laid out, or the line of a refusal, with its field */
  readonly #laid: { scene: Scene } | { field: string; why: string } = $derived.by(() => {
    try {
      return { scene: sceneOf(this.subject.data(), this.style) };
    } catch (error) {
      if (!(error instanceof KernelscopeError)) throw error;
      const [, field = '', why = error.message] = /^(\w+): (.*)$/s.exec(error.message) ?? [];
      return { field, why: inWords(why) };
    }
  });
  /** by field: what is wrong with it */
  readonly problems: Problems = $derived.by(() => {
    const title = titleProblem(this.choices.title ?? '');
    const refused = 'field' in this.#laid ? { [this.#laid.field]: this.#laid.why } : {};
    return { ...refused, ...this.#read.problems, ...(title && { title }) };
  });
  readonly wrong: boolean = $derived(Object.keys(this.problems).length > 0);
  /** as it would be exported; while something is wrong, as it last was right */
  readonly scene: Scene | null = $derived.by(() => {
    if ('scene' in this.#laid) this.#shown = this.#laid.scene;
    return this.#shown;
  });

  set(name: keyof Texts, text: string): void {
    this.texts = { ...this.texts, [name]: text };
  }
  choose(change: Choices): void {
    this.choices = { ...this.choices, ...change };
  }
  /** A width of print, with the height that goes with it. */
  preset(widthMm: number): void {
    this.texts = { ...this.texts, widthMm: textOf('widthMm', widthMm, this.unit), heightMm: '' };
  }
  /** The same size in other units. */
  measureIn(unit: Unit): void {
    if (unit === this.unit) return;
    const by = unit === 'in' ? 1 / mmPerInch : mmPerInch;
    const over = (text = '') =>
      text.trim() !== '' && Number.isFinite(Number(text)) ? String(Number((Number(text) * by).toFixed(3))) : text;
    const { widthMm, heightMm } = this.texts;
    this.texts = { ...this.texts, widthMm: over(widthMm), heightMm: over(heightMm) };
    this.unit = unit;
  }

  /** The call that makes the file. */
  input(format: FigureFormat): CallInput<'figure.export'> {
    const { request, carried, data } = this.subject;
    return { request, style: this.style, format, ...(carried && { data: data() }), ...(format === 'png' && { scale: this.dpi / 96 }) };
  }
}

/** Limits by the names that they have on the page. */
const inWords = (text: string): string => text.replace(/\b[xy]Min\b/g, 'From').replace(/\b[xy]Max\b/g, 'To');

const defined = <T extends object>(o: T): T => Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined)) as T;
