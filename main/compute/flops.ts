// Floating-point operations of an MLP's work, from its sizes [inputs, hidden …, classes].

/** Σ N_in N_out */
export const weightsOfSizes = (sizes: readonly number[]): number => sizes.slice(1).reduce((sum, n, l) => sum + sizes[l] * n, 0);

/** Products of one training step: forward, and backward to weights and to inputs (not to the data). */
export const stepFlops = (sizes: readonly number[], batch: number): number => batch * (6 * weightsOfSizes(sizes) - 2 * sizes[0] * sizes[1]);

/** Products of the forward pass of `samples`. */
export const forwardFlops = (sizes: readonly number[], samples: number): number => 2 * samples * weightsOfSizes(sizes);

/** Products of the class-traced NTK on P samples, half of each for its symmetry: A Aᵀ and Δ Δᵀ of every layer, and the pull-backs.
 *  The last hidden layer's Δ has N columns, those before it N·C. */
export function ntkFlops(sizes: readonly number[], P: number): number {
  const C = sizes[sizes.length - 1];
  let flops = 0;
  for (let l = 0; l + 1 < sizes.length; l++) {
    flops += P * P * sizes[l];
    if (l + 2 === sizes.length) continue; // the readout has no Δ
    const last = l + 3 === sizes.length;
    flops += P * P * sizes[l + 1] * (last ? 1 : C);
    if (!last) flops += 2 * P * C * sizes[l + 1] * sizes[l + 2];
  }
  return flops;
}
