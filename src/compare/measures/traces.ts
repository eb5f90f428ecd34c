/** Distances of two sampled variables. */

/** Difference of two series of samples at the same times, in the unit of the samples. */
export interface TraceDistance {
  readonly samples: number;
  /** Largest absolute difference, and the index of the sample. */
  readonly largest: number;
  readonly at: number;
  readonly rootMeanSquare: number;
  /** Root mean square over the range of the first series; NaN if that is constant. */
  readonly normalised: number;
  /** Coefficient of determination R² of the second as a prediction of the first; NaN if the first is constant. */
  readonly determination: number;
  /** Samples by which the second is later when their correlation is best, at most `mostLag`. */
  readonly lag: number;
}

const mostLag = 10;

/** Compares two series of equal length. NaN in both is equal; NaN in one is an infinite difference. */
export function compareTraces(first: Float64Array, second: Float64Array): TraceDistance {
  const { length } = first;
  let [largest, at, squares, sum, least, most] = [0, 0, 0, 0, Infinity, -Infinity];
  for (let k = 0; k < length; k += 1) {
    const [a, b] = [first[k]!, second[k]!];
    const apart = Object.is(a, b) || a === b ? 0 : Number.isNaN(a - b) ? Infinity : Math.abs(a - b);
    if (apart > largest) [largest, at] = [apart, k];
    squares += apart * apart;
    sum += a;
    least = Math.min(least, a);
    most = Math.max(most, a);
  }
  const mean = sum / length;
  const spread = first.reduce((total, value) => total + (value - mean) ** 2, 0);
  const rootMeanSquare = Math.sqrt(squares / length);
  return {
    samples: length,
    largest,
    at,
    rootMeanSquare,
    normalised: most > least ? rootMeanSquare / (most - least) : NaN,
    determination: spread > 0 ? 1 - squares / spread : NaN,
    lag: bestLag(first, second),
  };
}

/** Returns the shift with the highest correlation; of equal ones the smallest, 0 if one series is constant. */
function bestLag(first: Float64Array, second: Float64Array): number {
  const correlationAt = (lag: number): number => {
    const [from, to] = [Math.max(0, -lag), Math.min(first.length, first.length - lag)];
    return to - from < 3 ? NaN : correlation(first.subarray(from, to), second.subarray(from + lag, to + lag));
  };
  let [best, highest] = [0, correlationAt(0)];
  for (let lag = 1; lag <= mostLag; lag += 1)
    for (const shift of [lag, -lag]) {
      const found = correlationAt(shift);
      if (found > highest + 1e-9) [best, highest] = [shift, found];
    }
  return best;
}

/** Returns Pearson's correlation of two series; NaN if one is constant. */
function correlation(first: Float64Array, second: Float64Array): number {
  const [a, b] = [standardised(first), standardised(second)];
  if (!a || !b) return NaN;
  return a.reduce((sum, value, k) => sum + value * b[k]!, 0);
}

/** Returns the series less its mean, with a sum of squares of 1; null if it is constant. */
function standardised(series: Float64Array): Float64Array | null {
  const mean = series.reduce((sum, value) => sum + value, 0) / series.length;
  const apart = series.map((value) => value - mean);
  const length = Math.sqrt(apart.reduce((sum, value) => sum + value * value, 0));
  return length > 0 ? apart.map((value) => value / length) : null;
}
