/** Spikes of Poisson sources that fall into one step. */

/**
 * How many per cent of the spikes of a Poisson process are not the first of their step, to two digits.
 *
 * @param mean  number of spikes in a step, above 0
 */
export const percentWaiting = (mean: number): number => Number((100 * (1 + Math.expm1(-mean) / mean)).toPrecision(2));
