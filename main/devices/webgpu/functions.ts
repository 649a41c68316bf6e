// The activations in WGSL, good to about two units in the last place, from main/devices/wasm/src/parts/functions.ts. tfjs's own erf is good
// to 1.5e-7 only and its tanh loses small numbers. What is NaN is found by its bits: shader compilers may assume that there is none.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { elements } from '../cpu/override.ts';
import type { GpuBackend } from './backend.ts';
import { each, elementwise, once } from './shader.ts';

const exp = `
  fn power(x : f32) -> f32 { // eˣ for −104 ≤ x ≤ 88
    let n = round(x * 1.44269504);
    let r = (x - n * 0.693359375) + n * 2.12194440e-4;
    var p = 1.9875691500e-4 * r + 1.3981999507e-3;
    p = p * r + 8.3334519073e-3;
    p = p * r + 4.1665795894e-2;
    p = p * r + 1.6666665459e-1;
    p = p * r + 5.0000001201e-1;
    p = p * (r * r) + r + 1.0;
    let i = i32(n);
    let half = i >> 1u;
    return p * bitcast<f32>((half + 127) << 23u) * bitcast<f32>((i - half + 127) << 23u);
  }`;

/** Functions `given(a)` of a number that is not NaN, with what they call. */
const functions = {
  relu: { before: '', body: 'return select(a, 0.0, a < 0.0);' },
  tanh: {
    before: exp,
    body: `
      let t = abs(a);
      if (t < 0.625) {
        let s = a * a;
        var p = -5.70498872745e-3 * s + 2.06390887954e-2;
        p = p * s - 5.37397155531e-2;
        p = p * s + 1.33314422036e-1;
        p = p * s - 3.33332819422e-1;
        return p * s * a + a;
      }
      let y = 1.0 - 2.0 / (power(min(2.0 * t, 88.0)) + 1.0);
      return select(y, -y, a < 0.0);`,
  },
  erf: {
    before: exp,
    body: `
      let t = abs(a);
      if (t <= 0.927734375) {
        let s = a * a;
        var p = -5.96761703e-4 * s + 4.99119423e-3;
        p = p * s - 2.67681349e-2;
        p = p * s + 1.12819925e-1;
        p = p * s - 3.76125336e-1;
        p = p * s + 1.28379166e-1;
        return p * a + a;
      }
      let u = min(t, 4.0); // erf is 1 in float32 from here on
      let q = u * u;
      var r = -1.72853470e-5 * u + 3.83197126e-4;
      r = r * q + (-3.88396438e-3 * u + 2.42546219e-2);
      r = r * u - 1.06777877e-1;
      r = r * u - 6.34846687e-1;
      r = r * u - 1.28717512e-1;
      let y = 1.0 - power(r * u - u);
      return select(y, -y, a < 0.0);`,
  },
  exp: {
    before: exp,
    body: `
      if (a > 88.72284) { var infinite = 0x7f800000u; return bitcast<f32>(infinite); }
      if (a < -103.97) { return 0.0; }
      return power(a);`,
  },
} as const;
export type GpuFunction = keyof typeof functions;

/** WGSL of a function as `fn activation`, NaN giving itself. */
export function functionCode(name: GpuFunction | 'linear'): string {
  if (name === 'linear') return 'fn activation(a : f32) -> f32 { return a; }';
  const { before, body } = functions[name];
  return `${before} fn given(a : f32) -> f32 {${body}}
    fn activation(a : f32) -> f32 { if (isNaN(a)) { return a; } return given(a); }`;
}

/** f(x) element by element, x float32; NaN gives itself */
export function unary(backend: GpuBackend, name: GpuFunction | 'linear', x: TensorInfo): TensorInfo {
  const o = backend.empty(x.shape);
  const shader = once(`function ${name}`, (key) =>
    elementwise({ key, reads: ['x'], writes: ['o'], declarations: () => functionCode(name), each: 'o[i] = activation(x[i]);' }),
  );
  each(backend, shader, elements(x.shape), { reads: [x], writes: [o] });
  return o;
}
