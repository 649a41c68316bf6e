// Learning curve of kernel regression with ridge λ on P samples (Canatar, Bordelon & Pehlevan 2021), from the spectrum η_ρ and the
// target's power a_ρ² per mode:
//   κ   = λ + κ Σ_ρ η_ρ/(κ + P η_ρ)
//   γ   = Σ_ρ P η_ρ²/(κ + P η_ρ)²
//   E_g = Σ_ρ a_ρ² κ²/(κ + P η_ρ)² / (1 − γ)
// Power that no mode expresses (η = 0) counts in full: it is `nullPower`.
import { badInput } from '../contract/errors.ts';

export interface LearningCurveInput {
  /** η_ρ ≥ 0, eigenvalues of K/P of the population (or of a large probe set) */
  eigenvalues: ArrayLike<number>;
  /** a_ρ², the target's power in each mode, summed over classes */
  power: ArrayLike<number>;
  /** power outside all modes */
  nullPower?: number;
  /** λ ≥ 0 */
  ridge: number;
}

export interface LearningPoint {
  /** P, samples of the regression (not of the probe set) */
  P: number;
  kappa: number;
  gamma: number;
  /** squared error per sample, summed over classes; Infinity at the interpolation threshold without ridge */
  error: number;
}

/** κ: the root of λ/κ + Σ η/(κ + Pη) = 1, whose left side falls strictly in κ; found by bisection of log κ, closed by Newton steps. */
export function effectiveRidge(eta: ArrayLike<number>, P: number, ridge: number): number {
  let trace = 0;
  let rank = 0;
  for (let r = 0; r < eta.length; r++) {
    trace += eta[r];
    if (eta[r] > 0) rank++;
  }
  if (ridge === 0 && (rank <= P || trace === 0)) return 0; // P samples determine every mode: interpolation leaves no effective ridge
  const excess = (kappa: number): [number, number] => {
    let f = ridge / kappa - 1;
    let slope = -ridge / (kappa * kappa);
    for (let r = 0; r < eta.length; r++) {
      const d = kappa + P * eta[r];
      f += eta[r] / d;
      slope -= eta[r] / (d * d);
    }
    return [f, slope];
  };
  let high = ridge + trace; // f(λ + Σ η) ≤ 0
  let low = ridge > 0 ? ridge : high; // f(λ) ≥ 0
  while (ridge === 0 && excess(low)[0] < 0) low /= 1024;
  let kappa = Math.sqrt(low * high);
  for (let step = 0; step < 200; step++) {
    const [f, slope] = excess(kappa);
    if (f > 0) low = kappa;
    else high = kappa;
    const newton = kappa - f / slope;
    const next = newton > low && newton < high ? newton : Math.sqrt(low * high);
    if (Math.abs(next - kappa) <= 1e-16 * kappa || next === low || next === high) return next;
    kappa = next;
  }
  return kappa;
}

/** κ, γ and E_g at each sample count P. Refuses negative or non-finite spectra. */
export function learningCurve(
  { eigenvalues: eta, power, nullPower = 0, ridge }: LearningCurveInput,
  samples: readonly number[],
): LearningPoint[] {
  if (eta.length !== power.length)
    throw badInput(`learning curve: expected one power for each of ${eta.length} eigenvalues, got ${power.length}`);
  if (!(ridge >= 0 && Number.isFinite(ridge))) throw badInput(`learning curve: expected a ridge of 0 or more, got ${ridge}`);
  for (let r = 0; r < eta.length; r++)
    if (!(eta[r] >= 0 && power[r] >= 0 && Number.isFinite(eta[r] + power[r])))
      throw badInput(`learning curve: expected eigenvalues and powers of 0 or more, got ${eta[r]} and ${power[r]} in mode ${r + 1}`);
  return samples.map((P) => {
    if (!(P >= 0 && Number.isFinite(P))) throw badInput(`learning curve: expected 0 or more samples, got ${P}`);
    const kappa = effectiveRidge(eta, P, ridge);
    let gamma = 0;
    let bias = nullPower;
    for (let r = 0; r < eta.length; r++) {
      const d = kappa + P * eta[r];
      gamma += d > 0 ? (P * eta[r] * eta[r]) / (d * d) : 0;
      bias += power[r] * (d > 0 ? (kappa / d) ** 2 : 1);
    }
    return { P, kappa, gamma, error: gamma < 1 ? bias / (1 - gamma) : bias > 0 ? Infinity : 0 };
  });
}
