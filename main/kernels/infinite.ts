// NTK of an infinitely wide ReLU network without biases, NTK parameterisation, weight variance σ² (2 is He scaling):
//   k₀(c) = (π − arccos c)/π,   k₁(c) = (√(1 − c²) + (π − arccos c) c)/π,   c = Σ(x,x′)/√(Σ(x,x) Σ(x′,x′))
//   Σ ← (σ²/2) √(Σ(x,x) Σ(x′,x′)) k₁(c),   Θ ← Σ + (σ²/2) k₀(c) Θ,   starting from Σ = Θ = x·x′ (over N_in)

const clamp = (c: number) => Math.min(1, Math.max(-1, c));

/** Arc-cosine kernel of degree 0: 2 E[φ′(u) φ′(v)] for ReLU φ and correlation c */
export const k0 = (c: number): number => (Math.PI - Math.acos(clamp(c))) / Math.PI;

/** Arc-cosine kernel of degree 1: 2 E[φ(u) φ(v)] */
export function k1(c: number): number {
  const x = clamp(c);
  return (Math.sqrt(1 - x * x) + (Math.PI - Math.acos(x)) * x) / Math.PI;
}

export interface InfiniteKernels {
  /** kernel of the last hidden layer's features, E[φφ′] */
  sigma: number;
  /** NTK */
  theta: number;
}

/** Θ and Σ after `hidden` layers for one pair: xx = x·x, yy = x′·x′, xy = x·x′. variance: σ² of the weights, 2 for He scaling. */
export function infiniteNtk(xy: number, o: { hidden: number; variance?: number; xx?: number; yy?: number }): InfiniteKernels {
  const half = (o.variance ?? 2) / 2;
  let { xx = 1, yy = 1 } = o;
  let sigma = xy;
  let theta = xy;
  for (let l = 0; l < o.hidden; l++) {
    const scale = Math.sqrt(xx * yy);
    const c = scale > 0 ? sigma / scale : 0;
    sigma = half * scale * k1(c);
    theta = sigma + half * k0(c) * theta;
    xx *= half; // k₁(1) = 1
    yy *= half;
  }
  return { sigma, theta };
}

/** Θ on P inputs from their Gram matrix G [P, P] → [P, P] */
export function infiniteKernel(G: Float64Array, P: number, o: { hidden: number; variance?: number }): Float64Array {
  const K = new Float64Array(P * P);
  for (let i = 0; i < P; i++)
    for (let j = 0; j <= i; j++) {
      const { theta } = infiniteNtk(G[i * P + j], { ...o, xx: G[i * P + i], yy: G[j * P + j] });
      K[i * P + j] = K[j * P + i] = theta;
    }
  return K;
}
