// Updates of parameters in place, one pass over memory each.
import { bytes } from './parts/simd';

/** p ← p − rate·g */
export function sgd(p: usize, g: usize, n: i32, rate: f32): void {
  const R = f32x4.splat(rate);
  const end = bytes(n);
  const body = bytes(n & ~3);
  let o: usize = 0;
  for (; o < body; o += 16) v128.store(p + o, f32x4.sub(v128.load(p + o), f32x4.mul(R, v128.load(g + o))));
  for (; o < end; o += 4) store<f32>(p + o, load<f32>(p + o) - rate * load<f32>(g + o));
}

/** v ← mu·v + g, p ← p − rate·v */
export function momentum(p: usize, g: usize, v: usize, n: i32, rate: f32, mu: f32): void {
  const R = f32x4.splat(rate);
  const M = f32x4.splat(mu);
  const end = bytes(n);
  const body = bytes(n & ~3);
  let o: usize = 0;
  for (; o < body; o += 16) {
    const u = f32x4.add(f32x4.mul(M, v128.load(v + o)), v128.load(g + o));
    v128.store(v + o, u);
    v128.store(p + o, f32x4.sub(v128.load(p + o), f32x4.mul(R, u)));
  }
  for (; o < end; o += 4) {
    const u = mu * load<f32>(v + o) + load<f32>(g + o);
    store<f32>(v + o, u);
    store<f32>(p + o, load<f32>(p + o) - rate * u);
  }
}

/** m ← b1·m + (1 − b1)·g, v ← b2·v + (1 − b2)·g², p ← p − step·m / (√v·root + eps);
 *  step = rate / (1 − b1ᵗ), root = 1 / √(1 − b2ᵗ), c1 = 1 − b1, c2 = 1 − b2 (rounded once, by the caller) */
export function adam(p: usize, g: usize, m: usize, v: usize, n: i32, b1: f32, c1: f32, b2: f32, c2: f32, step: f32, root: f32, eps: f32): void {
  const B1 = f32x4.splat(b1);
  const C1 = f32x4.splat(c1);
  const B2 = f32x4.splat(b2);
  const C2 = f32x4.splat(c2);
  const S = f32x4.splat(step);
  const R = f32x4.splat(root);
  const E = f32x4.splat(eps);
  const end = bytes(n);
  const body = bytes(n & ~3);
  let o: usize = 0;
  for (; o < body; o += 16) {
    const G = v128.load(g + o);
    const mm = f32x4.add(f32x4.mul(B1, v128.load(m + o)), f32x4.mul(C1, G));
    const vv = f32x4.add(f32x4.mul(B2, v128.load(v + o)), f32x4.mul(C2, f32x4.mul(G, G)));
    v128.store(m + o, mm);
    v128.store(v + o, vv);
    const d = f32x4.add(f32x4.mul(f32x4.sqrt(vv), R), E);
    v128.store(p + o, f32x4.sub(v128.load(p + o), f32x4.div(f32x4.mul(S, mm), d)));
  }
  for (; o < end; o += 4) {
    const G = load<f32>(g + o);
    const mm = b1 * load<f32>(m + o) + c1 * G;
    const vv = b2 * load<f32>(v + o) + c2 * (G * G);
    store<f32>(m + o, mm);
    store<f32>(v + o, vv);
    store<f32>(p + o, load<f32>(p + o) - (step * mm) / (sqrt<f32>(vv) * root + eps));
  }
}
