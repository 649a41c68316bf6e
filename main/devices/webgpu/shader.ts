// A compute shader of ours: its buffers and numbers by name, and the WGSL that follows from them.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { GpuBackend } from './backend.ts';

export interface Shader {
  /** names the pipeline: everything that the code depends on is in it */
  key: string;
  /** float32 tensors that are read, in the order of the call */
  reads: readonly string[];
  /** … that are written, and may be read before; none of them may be among those that are read */
  writes: readonly string[];
  /** numbers of the call; in WGSL `u.name` */
  numbers: Readonly<Record<string, 'u32' | 'f32'>>;
  /** threads of a workgroup */
  threads: number;
  /** everything outside `main`; only asked for when the pipeline is made */
  declarations?: () => string;
  /** the body of `main`: `group` is the workgroup's place along one line, `part` its z, `t` the thread in it */
  main: () => string;
}

/** Bindings 0 … are what is read, then what is written, then the numbers. */
export function wgsl({ reads, writes, numbers, threads, declarations, main }: Shader): string {
  const buffers = [
    ...reads.map((name, i) => `@group(0) @binding(${i}) var<storage, read> ${name} : array<f32>;`),
    ...writes.map((name, i) => `@group(0) @binding(${reads.length + i}) var<storage, read_write> ${name} : array<f32>;`),
  ];
  const fields = Object.entries(numbers).map(([name, type]) => `${name} : ${type},`);
  return `
    ${buffers.join('\n')}
    struct Numbers { ${fields.join(' ')} }
    @group(0) @binding(${reads.length + writes.length}) var<uniform> u : Numbers;
    fn isNaN(a : f32) -> bool { return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u; }
    ${declarations?.() ?? ''}
    @compute @workgroup_size(${threads})
    fn main(@builtin(workgroup_id) id : vec3<u32>, @builtin(num_workgroups) grid : vec3<u32>, @builtin(local_invocation_index) t : u32) {
      let group = id.y * grid.x + id.x;
      let part = id.z;
      ${main()}
    }`;
}

/** The call's numbers as the uniform buffer holds them: one word each, padded to 16 bytes. */
export function packNumbers(fields: Shader['numbers'], values: Readonly<Record<string, number>>): Uint8Array<ArrayBuffer> {
  const names = Object.keys(fields);
  const words = new DataView(new ArrayBuffer(Math.max(16, Math.ceil(names.length / 4) * 16)));
  names.forEach((name, i) => {
    if (fields[name] === 'f32') words.setFloat32(4 * i, values[name], true);
    else words.setUint32(4 * i, values[name], true);
  });
  return new Uint8Array(words.buffer);
}

/** `count` workgroups along one line, folded where a dimension would be too long. */
export function fold(count: number, most: number): [number, number] {
  const x = Math.max(1, Math.min(count, most));
  return [x, Math.max(1, Math.ceil(count / x))];
}

/** A shader that gives each of `u.size` elements, `i`, to a thread of its own. */
export function elementwise(shader: Omit<Shader, 'threads' | 'main' | 'numbers'> & { numbers?: Shader['numbers']; each: string }): Shader {
  const { each, numbers, ...rest } = shader;
  return {
    ...rest,
    numbers: { size: 'u32', ...numbers },
    threads: 256,
    main: () => `
      let i = group * 256u + t;
      if (i < u.size) { ${each} }`,
  };
}

const shaders = new Map<string, Shader>();
/** The shader of that key, made once. */
export function once(key: string, make: (key: string) => Shader): Shader {
  let known = shaders.get(key);
  if (!known) shaders.set(key, (known = make(key)));
  return known;
}

/** Runs an elementwise shader over `size` elements. */
export function each(
  backend: GpuBackend,
  shader: Shader,
  size: number,
  o: { reads: TensorInfo[]; writes: TensorInfo[]; numbers?: Record<string, number> },
): void {
  backend.run(shader, { ...o, numbers: { size, ...o.numbers }, groups: Math.ceil(size / shader.threads) });
}
