/** Distances of two sampled variables. */

/** Difference of two series of samples at the same times, in the unit of the samples. */
export interface TraceDistance {
  readonly samples: number;
  /** Largest absolute difference, and the index of the sample. */
  readonly largest: number;
  readonly at: number;
  readonly rootMeanSquare: number;
  /**
   * Largest root mean square in a window, over the range of the first series outside its spikes, or in the window if
   * that is larger; NaN if the first is constant.
   */
  readonly normalised: number;
  /** Coefficient of determination R² of the second as a prediction of the first; NaN if the first is constant. */
  readonly determination: number;
  /** Samples by which the second is later when their correlation is best, at most `mostLag`. */
  readonly lag: number;
}

const mostLag = 10;

/** Returns the absolute difference of two values. NaN in both is equal; NaN in one is an infinite difference. */
const apartOf = (a: number, b: number): number =>
  Object.is(a, b) || a === b ? 0 : Number.isNaN(a - b) ? Infinity : Math.abs(a - b);

/**
 * Compares two series of equal length.
 *
 * @param slack  samples by which spikes may be shifted
 */
export function compareTraces(first: Float64Array, second: Float64Array, slack = 0): TraceDistance {
  const { length } = first;
  let [largest, at, squares, sum, least, most] = [0, 0, 0, 0, Infinity, -Infinity];
  for (let k = 0; k < length; k += 1) {
    const [a, b] = [first[k]!, second[k]!];
    const apart = apartOf(a, b);
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
    normalised: most > least ? worstWindow(first, second, least, most, slack) : NaN,
    determination: spread > 0 ? 1 - squares / spread : NaN,
    lag: bestLag(first, second),
  };
}

/** Samples of a window, and those on each side of a spike that belong to it. */
const [windowLength, besideSpike] = [100, 10];

/** Largest share of samples in spikes: others are fast changes. */
const mostInSpikes = 0.1;

/** Returns 1 for samples of the spikes of a series: short excursions over half of its range. */
function spikesIn(series: Float64Array, half: number): Uint8Array {
  const middle = series.toSorted()[Math.floor(series.length / 2)]!;
  const found = new Uint8Array(series.length);
  let count = 0;
  for (const [k, value] of series.entries())
    if (Math.abs(value - middle) > half) {
      count += 1;
      found.fill(1, Math.max(0, k - besideSpike), k + besideSpike + 1);
    }
  return count <= mostInSpikes * series.length ? found : found.fill(0);
}

/** Returns the largest root mean square difference in a window, over the range that counts there. */
function worstWindow(first: Float64Array, second: Float64Array, least: number, most: number, slack: number): number {
  const spikes = spikesIn(first, (most - least) / 2);
  const rangeOf = (from: number, to: number, counts: (k: number) => boolean): number => {
    let [low, high] = [Infinity, -Infinity];
    for (let k = from; k < to; k += 1)
      if (counts(k)) [low, high] = [Math.min(low, first[k]!), Math.max(high, first[k]!)];
    return Math.max(0, high - low);
  };
  const calm = rangeOf(0, first.length, (k) => spikes[k] === 0) || Math.max(Math.abs(least), Math.abs(most));
  const shifts = Array.from({ length: 2 * slack + 1 }, (_, k) => k - slack);
  let worst = 0;
  for (let from = 0; from < first.length; from += windowLength) {
    const to = Math.min(first.length, from + windowLength);
    const hasSpike = spikes.subarray(from, to).includes(1);
    const scale = hasSpike
      ? Math.max(
          calm,
          rangeOf(from, to, () => true),
        )
      : calm;
    let found = Infinity;
    for (const shift of hasSpike ? shifts : [0]) {
      let squares = 0;
      for (let k = from; k < to; k += 1)
        squares += apartOf(first[k]!, second[Math.max(0, Math.min(first.length - 1, k + shift))]!) ** 2;
      found = Math.min(found, squares);
    }
    worst = Math.max(worst, Math.sqrt(found / (to - from)) / scale);
  }
  return worst;
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
