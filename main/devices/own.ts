// Names of the kernels that are ours alone: ops.ts calls them where the current backend has them.
export const own = {
  /** {x, w, b?} {scale, activation} → φ(scale·x w + b) */
  dense: 'KernelscopeDense',
  /** {dy, h} {activation, sums} → [dy ∘ φ′, its column sums if asked for] */
  delta: 'KernelscopeDelta',
  /** {a, b} {transA, transB, scale} → scale·op(a) op(b) */
  product: 'KernelscopeProduct',
  /** {z} {activation} → φ(z) */
  activate: 'KernelscopeActivate',
  /** {g, h} {activation} → g ∘ φ′; h is φ's output for linear, relu, tanh, its input for erf */
  chain: 'KernelscopeChain',
  /** {k?, a, b} {scale, add, inPlace} → k + (scale·a + add) ∘ b */
  accumulateProduct: 'KernelscopeAccumulateProduct',
  /** {like} → a tensor of its shape with arbitrary values */
  empty: 'KernelscopeEmpty',
} as const;
