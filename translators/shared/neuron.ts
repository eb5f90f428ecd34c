/** Facts of NEURON that several notations rely on. */

/** Charge numbers of the ions that models name. */
const valences: Readonly<Record<string, number>> = { na: 1, k: 1, cl: -1, ca: 2, ca2: 2, mg: 2, h: 1 };

/** Ions with a known charge. */
export const knownIons: readonly string[] = Object.keys(valences);

/** Returns the valence of an ion, or undefined if it is not known or not an ion (`non_specific`). */
export function valenceOf(ion: string): number | undefined {
  return Object.hasOwn(valences, ion) ? valences[ion] : undefined;
}

/** Temperature of models that state none, in K: 6.3 degC. */
export const usualTemperature = 279.45;
