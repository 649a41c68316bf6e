// A tiled product of matrices in WGSL: whoever uses it says how an element of either operand is read and what becomes of a sum. A workgroup
// makes one tile of the result; its operands pass through the workgroup's memory in slices, and each thread keeps a block of sums in registers.
//   sum(row, column) = Σ_k left(row, k) · right(k, column),   k = u.begin … u.end − 1, or a part of `u.chunk` of them for each z
import type { Shader } from './shader.ts';

export interface TiledProduct {
  /** of everything below */
  key: string;
  /** side of a tile */
  tile: Tile;
  reads: readonly string[];
  writes: readonly string[];
  /** besides rows, columns, firstRow, begin, end and chunk */
  numbers?: Shader['numbers'];
  /** WGSL: fn left(row, k) -> f32, fn right(k, column) -> f32, fn put(row, column, sum); indices are u32 and inside the matrices */
  declarations: () => string;
  /** whether neighbours in k lie side by side in memory: then neighbouring threads read along k */
  leftAlongK: boolean;
  rightAlongK: boolean;
  /** WGSL that runs in every thread before the first `put`; `part` is the call's z */
  prepare?: string;
}

/** Tiles of 32 are for small results, which would leave most of a GPU idle with larger ones. */
export type Tile = 32 | 64 | 128;

/** The tile for `rows` × `columns` sums: the largest of which there are enough to keep a large GPU busy. */
export function tileFor(rows: number, columns: number): Tile {
  const tiles = (side: number) => Math.ceil(rows / side) * Math.ceil(columns / side);
  return tiles(128) >= 128 ? 128 : tiles(64) >= 128 ? 64 : 32;
}

/** How many tiles there are. */
export const tilesOf = (rows: number, columns: number, tile: Tile): number => Math.ceil(rows / tile) * Math.ceil(columns / tile);

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

export function tiled({ key, tile, reads, writes, numbers, declarations, leftAlongK, rightAlongK, prepare }: TiledProduct): Shader {
  // Blocks of 4 × 4 sums a thread, of 8 × 8 in the largest tile.
  const blocks = tile === 128 ? 2 : 1;
  const lanes = tile / (4 * blocks);
  const threads = lanes ** 2;
  const depth = tile === 128 ? 8 : 16;
  const quads = tile / 4;
  // One more than needed, so that threads that write along k meet different banks.
  const stride = quads + 1;
  const cells = (depth * quads) / threads;
  const place = (along: boolean, j: number): [string, string] => {
    const cell = `(t + ${j * threads}u)`;
    return along ? [`${cell} % ${depth}u`, `${cell} / ${depth}u`] : [`${cell} / ${quads}u`, `${cell} % ${quads}u`];
  };
  const fetch = (from: string) =>
    range(cells).map((j) => {
      const [kl, ql] = place(leftAlongK, j);
      const [kr, qr] = place(rightAlongK, j);
      return `nextLeft${j} = left4(top + 4u * (${ql}), ${from} + ${kl}, to);
        nextRight${j} = right4(side + 4u * (${qr}), ${from} + ${kr}, to);`;
    });
  const store = range(cells).map((j) => {
    const [kl, ql] = place(leftAlongK, j);
    const [kr, qr] = place(rightAlongK, j);
    return `leftTile[(${kl}) * ${stride}u + ${ql}] = nextLeft${j}; rightTile[(${kr}) * ${stride}u + ${qr}] = nextRight${j};`;
  });
  const sums = range(blocks).flatMap((r) => range(4).flatMap((i) => range(blocks).map((c) => ({ r, i, c, name: `sum${r}${i}${c}` }))));
  return {
    key: `${key} ${tile}`,
    reads,
    writes,
    numbers: { rows: 'u32', columns: 'u32', firstRow: 'u32', begin: 'u32', end: 'u32', chunk: 'u32', ...numbers },
    threads,
    declarations: () => `
      ${declarations()}
      var<workgroup> leftTile : array<vec4<f32>, ${depth * stride}>;
      var<workgroup> rightTile : array<vec4<f32>, ${depth * stride}>;
      fn leftAt(row : u32, k : u32) -> f32 { if (row < u.rows) { return left(row, k); } return 0.0; }
      fn rightAt(column : u32, k : u32) -> f32 { if (column < u.columns) { return right(k, column); } return 0.0; }
      fn left4(row : u32, k : u32, to : u32) -> vec4<f32> {
        if (k >= to) { return vec4<f32>(); }
        return vec4<f32>(leftAt(row, k), leftAt(row + 1u, k), leftAt(row + 2u, k), leftAt(row + 3u, k));
      }
      fn right4(column : u32, k : u32, to : u32) -> vec4<f32> {
        if (k >= to) { return vec4<f32>(); }
        return vec4<f32>(rightAt(column, k), rightAt(column + 1u, k), rightAt(column + 2u, k), rightAt(column + 3u, k));
      }
      fn put4(row : u32, column : u32, sums : vec4<f32>) {
        if (row >= u.rows) { return; }
        for (var i = 0u; i < 4u; i++) { if (column + i < u.columns) { put(row, column + i, sums[i]); } }
      }`,
    main: () => `
      let across = (u.columns + ${tile - 1}u) / ${tile}u;
      let top = u.firstRow + (group / across) * ${tile}u;
      let side = (group % across) * ${tile}u;
      if (top >= u.rows) { return; }
      let start = u.begin + part * u.chunk;
      let to = min(u.end, start + u.chunk);
      let down = t / ${lanes}u;
      let over = t % ${lanes}u;
      ${range(cells)
        .map((j) => `var nextLeft${j} : vec4<f32>; var nextRight${j} : vec4<f32>;`)
        .join('\n')}
      ${sums.map(({ name }) => `var ${name} = vec4<f32>();`).join('\n')}
      ${fetch('start').join('\n')}
      for (var p = start; p < to; p += ${depth}u) {
        ${store.join('\n')}
        workgroupBarrier();
        ${fetch(`(p + ${depth}u)`).join('\n')}
        for (var k = 0u; k < ${depth}u; k++) {
          ${range(blocks)
            .map(
              (b) =>
                `let l${b} = leftTile[k * ${stride}u + down + ${b * lanes}u]; let r${b} = rightTile[k * ${stride}u + over + ${b * lanes}u];`,
            )
            .join('\n')}
          ${sums.map(({ r, i, c, name }) => `${name} += l${r}[${i}] * r${c};`).join('\n')}
        }
        workgroupBarrier();
      }
      ${prepare ?? ''}
      ${sums.map(({ r, i, c, name }) => `put4(top + 4u * (down + ${r * lanes}u) + ${i}u, side + 4u * (over + ${c * lanes}u), ${name});`).join('\n')}`,
  };
}
