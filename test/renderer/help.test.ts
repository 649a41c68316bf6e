// The help as data: every number of the contract has a topic, links lead somewhere, the search finds what it should.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { figureKinds } from '../../main/contract/figures.ts';
import { similarityMeasures } from '../../main/contract/results.ts';
import {
  groups,
  glossary,
  helpHref,
  searchTopics,
  topic,
  topicOfFigure,
  topicOfMeasure,
  topicOfNumber,
  topics,
} from '../../renderer/help/index.ts';
import { formula, frac, i, n, o, sub } from '../../renderer/help/math.ts';

const results = readFileSync(path.resolve(import.meta.dirname, '../../main/contract/results.ts'), 'utf8');
/** Names of the fields of an interface, as its source has them. */
function fieldsOf(name: string): string[] {
  const found = new RegExp(`^export interface ${name} \\{\\n([\\s\\S]*?)^\\}`, 'm').exec(results)?.[1] ?? '';
  return [...found.matchAll(/^ {2}(\w+)\??:/gm)].map((m) => m[1]);
}

test('every measure that results name has a topic', () => {
  const notMeasures = ['layer', 'features', 'kta', 'samples', 'classes', 'epoch'];
  const names = ['LayerAlignment', 'NtkAlignment', 'NtkPart', 'Spectrum', 'EpochMetrics'].flatMap((type) => {
    const found = fieldsOf(type);
    expect(found.length, type).toBeGreaterThan(2);
    return found.filter((f) => !notMeasures.includes(f));
  });
  expect(names).toContain('gradientShare');
  for (const name of names) expect(topic((topicOfNumber as Record<string, string>)[name]), name).not.toBeNull();
  for (const { kind } of figureKinds) expect(topic(topicOfFigure[kind]), kind).not.toBeNull();
  for (const measure of similarityMeasures) expect(topic(topicOfMeasure[measure]), measure).not.toBeNull();
});

test('every topic is whole, and what it refers to is there', () => {
  expect(new Set(topics.map((t) => t.id)).size).toBe(topics.length);
  for (const t of topics) {
    expect(t.id, t.title).toMatch(/^[a-z0-9-]+$/);
    expect(groups).toContain(t.group);
    expect(t.formulas.length, t.id).toBeGreaterThan(0);
    expect(t.misleads.length, t.id).toBeGreaterThan(0);
    for (const words of [t.meaning, t.letters, t.source, ...t.misleads]) expect(words.length, t.id).toBeGreaterThan(5);
    for (const id of t.related) {
      expect(topic(id), `${t.id} → ${id}`).not.toBeNull();
      expect(id).not.toBe(t.id);
    }
  }
  for (const group of groups)
    expect(
      topics.some((t) => t.group === group),
      group,
    ).toBe(true);
  expect(topic('nothing')).toBeNull();
  expect(helpHref('cka')).toBe('#/help?topic=cka');
});

/** Elements opened and closed in turn, as XML wants them; answers the names. */
function elementsOf(mathml: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  for (const [, close, name] of mathml.matchAll(/<(\/?)([a-z]+)[^>]*>/g)) {
    if (close) expect(open.pop()).toBe(name);
    else names.push((open.push(name), name));
  }
  expect(open).toEqual([]);
  return names;
}

test('formulas are MathML, balanced, with as many parts as each element takes, and read aloud', () => {
  for (const t of topics)
    for (const f of t.formulas) {
      const names = elementsOf(f.mathml);
      expect(names[0], t.id).toBe('math');
      expect(f.mathml).toContain('aria-label="');
      expect(f.words.length, t.id).toBeGreaterThan(10);
      expect(f.mathml.replaceAll(/<[^>]*>/g, '')).not.toMatch(/[<>]|undefined|NaN/);
    }
  expect(formula('a "b" & c', frac(i('a'), sub(i('b'), n(1))), o('<')).mathml).toBe(
    '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block" aria-label="a &quot;b&quot; &amp; c"><mrow>' +
      '<mfrac><mi>a</mi><msub><mi>b</mi><mn>1</mn></msub></mfrac><mo>&lt;</mo></mrow></math>',
  );
});

test('the search looks at titles first, then at everything, and wants every word', () => {
  const ids = (query: string) => searchTopics(query).map((t) => t.id);
  expect(ids('')).toEqual(topics.map((t) => t.id));
  expect(ids('debiased')[0]).toBe('debiased-cka');
  expect(ids('nullPower')).toEqual(['cumulative-power']);
  expect(ids('permutation')[0]).toBe('null-line');
  expect(ids('Song hsic')).toEqual(['debiased-cka']);
  expect(ids('quaternion')).toEqual([]);
});

test('the glossary explains every state', () => {
  const words = glossary.flatMap((g) => g.entries.map((e) => e.word));
  for (const state of ['queued', 'running', 'paused', 'done', 'failed', 'interrupted']) expect(words).toContain(state);
  expect(new Set(words).size).toBe(words.length);
});
