// MathML in few words: formulas are data, written by these and by nothing else, so that they are well formed.

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const element = (name: string, ...inner: string[]) => `<${name}>${inner.join('')}</${name}>`;

/** A letter that stands for something, in italics. */
export const i = (letter: string) => element('mi', escaped(letter));
/** A name set upright: Tr, rank. */
export const name = (word: string) => `<mi mathvariant="normal">${escaped(word)}</mi>`;
export const n = (number: string | number) => element('mn', escaped(String(number)));
export const o = (sign: string) => element('mo', escaped(sign));
export const text = (words: string) => element('mtext', escaped(words));
export const row = (...parts: string[]) => element('mrow', ...parts);
export const frac = (over: string, under: string) => element('mfrac', over, under);
export const sub = (base: string, index: string) => element('msub', base, index);
export const sup = (base: string, power: string) => element('msup', base, power);
export const subsup = (base: string, index: string, power: string) => element('msubsup', base, index, power);
export const root = (...inside: string[]) => element('msqrt', ...inside);
/** Σ with what runs under it. */
export const sum = (under: string) => element('munder', o('Σ'), under);
export const brackets = (...inside: string[]) => row(o('('), ...inside, o(')'));
export const norm = (...inside: string[]) => row(o('‖'), ...inside, o('‖'));
export const inner = (a: string, b: string) => row(o('⟨'), a, o(','), b, o('⟩'));
export const transposed = (base: string) => sup(base, name('T'));
export const equals = o('=');
export const plus = o('+');
export const minus = o('−');

export interface Formula {
  /** a `<math>` element */
  mathml: string;
  /** the same read aloud */
  words: string;
}

/** A formula on a line of its own. */
export const formula = (words: string, ...parts: string[]): Formula => ({
  words,
  mathml: `<math xmlns="http://www.w3.org/1998/Math/MathML" display="block" aria-label="${escaped(words).replaceAll('"', '&quot;')}">${row(...parts)}</math>`,
});
