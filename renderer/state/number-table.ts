// Numbers of a run as tables: what a page shows and what is copied, from one place.
import type { FigureData } from '../../main/contract/figures.ts';
import type { LayerAlignment, Split } from '../../main/contract/results.ts';
import type { Cell, Table } from '../figures/scene.ts';
import { csvOf } from '../figures/csv.ts';

/** Four digits, aligned in a column: after the point where a number is under 1, else significant ones. */
export function inColumn(value: number): string {
  const size = Math.abs(value);
  const text = value === 0 ? '0' : size < 1e-3 || size >= 1e4 ? value.toExponential(3) : size < 1 ? value.toFixed(4) : value.toPrecision(4);
  return text.replaceAll('-', '−').replace('+', '');
}

export interface Column {
  /** in what is copied */
  key: string;
  label: string;
  /** over several columns */
  group?: string;
  meaning?: string;
  /** in [0, 1], drawn as a bar behind the number */
  bar?: boolean;
  /** counts are written whole, other numbers with four significant digits */
  count?: boolean;
}
/** Rows begin with a name. */
export interface NumberRows {
  columns: readonly Column[];
  rows: readonly (readonly Cell[])[];
}

const tableOf = ({ columns, rows }: NumberRows): Table => ({ columns: columns.map((c) => c.key), rows: rows.map((r) => [...r]) });
/** All digits, RFC 4180. */
export const csvText = (numbers: NumberRows): string => csvOf(tableOf(numbers));
/** All digits, for spreadsheets; names hold no tabs. */
export const tsvText = (numbers: NumberRows): string =>
  [numbers.columns.map((c) => c.key), ...numbers.rows].map((row) => row.map((v) => v ?? '').join('\t')).join('\n') + '\n';

const alignments: readonly { key: keyof LayerAlignment; label: string; meaning: string }[] = [
  { key: 'ckaTarget', label: 'CKA target', meaning: 'centred alignment with the target’s kernel' },
  { key: 'ckaInput', label: 'CKA input', meaning: 'centred alignment with the input’s kernel' },
  { key: 'nullTarget', label: 'null', meaning: 'mean of CKA with the target over all permutations of the samples' },
  { key: 'debiasedTarget', label: 'deb. target', meaning: 'CKA with the target, without the bias of few samples' },
  { key: 'debiasedInput', label: 'deb. input', meaning: 'CKA with the input, without the bias of few samples' },
  { key: 'ktaTarget', label: 'KTA target', meaning: 'alignment with the target’s kernel, not centred' },
  { key: 'ktaInput', label: 'KTA input', meaning: 'alignment with the input’s kernel, not centred' },
];

/** Every number of every layer at one snapshot, a group of columns for each set. */
export function layerNumbers(data: FigureData | null, epoch: number | null, splits: readonly Split[]): NumberRows {
  const points = data?.kind === 'alignment-over-epochs' ? data.points.filter((p) => p.epoch === epoch) : [];
  const layersOf = (split: Split) => points.find((p) => p.split === split)?.layers ?? [];
  const names = (points[0]?.layers ?? []).map((l) => ({ name: l.layer, features: l.features }));
  return {
    columns: [
      { key: 'layer', label: 'Layer' },
      { key: 'features', label: 'features', meaning: 'N, the layer’s features', count: true },
      ...splits.flatMap((split) => alignments.map(({ key, label, meaning }) => ({ key: `${split}.${key}`, label, meaning, group: split }))),
    ],
    rows: names.map(({ name, features }, i) => [
      name,
      features,
      ...splits.flatMap((split) => alignments.map(({ key }): Cell => layersOf(split)[i]?.[key] ?? null)),
    ]),
  };
}

/** The parts of the NTK by layer at one snapshot; products add up to the NTK's own CKA. */
export function partNumbers(data: FigureData | null, epoch: number | null, splits: readonly Split[]): NumberRows {
  const points = data?.kind === 'ntk-split' ? data.points.filter((p) => p.epoch === epoch) : [];
  const ntkOf = (split: Split) => points.find((p) => p.split === split)?.ntk;
  const names = points[0]?.ntk.parts.map((p) => p.layer) ?? [];
  const sum: Cell[] = splits.flatMap((split) => [ntkOf(split)?.ntkTarget ?? null, null, ntkOf(split)?.ntkTarget ?? null]);
  return {
    columns: [
      { key: 'part', label: 'Part' },
      ...splits.flatMap((group) => [
        { key: `${group}.cka`, label: 'CKA', group, bar: true, meaning: 'CKA of this part with the target’s kernel' },
        { key: `${group}.share`, label: 'share', group, bar: true, meaning: '‖H K_part H‖ / ‖H K H‖' },
        { key: `${group}.product`, label: 'product', group, bar: true, meaning: 'share · CKA; the products add up to the NTK’s CKA' },
      ]),
    ],
    rows: [
      ...names.map((name, i) => [
        name,
        ...splits.flatMap((split): Cell[] => {
          const part = ntkOf(split)?.parts[i];
          return part ? [part.ckaTarget, part.share, part.ckaTarget * part.share] : [null, null, null];
        }),
      ]),
      ...(names.length > 0 ? [['NTK', ...sum]] : []),
    ],
  };
}

/** What is known of each spectrum that is drawn. */
export function spectrumNumbers(data: FigureData | null): NumberRows {
  const curves = data?.kind === 'spectrum' ? data.curves : [];
  const target = data?.kind === 'spectrum' ? data.source.classes - (data.source.centred ? 1 : 0) : 0;
  return {
    columns: [
      { key: 'epoch', label: 'Epoch' },
      { key: 'set', label: 'set' },
      { key: 'samples', label: 'P', meaning: 'samples', count: true },
      { key: 'features', label: 'N', meaning: 'features of the layer; P of the NTK, which has no finite ones', count: true },
      { key: 'rank', label: 'rank', meaning: 'eigenvalues above the noise floor', count: true },
      { key: 'largest', label: 'η₁', meaning: 'the largest eigenvalue of K/P' },
      { key: 'noiseFloor', label: 'noise floor', meaning: 'eigenvalues under this are rounding, not signal' },
      { key: 'powerAtTarget', label: `C(${target})`, meaning: 'share of the target’s power in as many modes as the target has', bar: true },
      { key: 'nullPower', label: 'null power', meaning: 'target power that no mode of this kernel can express, 1 − C(rank)', bar: true },
    ],
    rows: curves.map((c) => [
      c.epoch,
      c.split,
      c.samples,
      c.features,
      c.eigenvalues.filter((v) => v > c.noiseFloor).length,
      c.eigenvalues[0] ?? null,
      c.noiseFloor,
      c.power[Math.min(target, c.power.length) - 1] ?? null,
      c.nullPower,
    ]),
  };
}

/** The layer at a share of the width of a plot whose axis names n layers, with 0.35 of a step of room at both ends. */
export const layerAt = (share: number, n: number): number => Math.max(0, Math.min(n - 1, Math.round(share * (n - 1 + 0.7) - 0.35)));
