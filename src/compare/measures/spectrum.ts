/** Power spectrum of summed activity, over the floor of independent spikes. */

import { transform } from './fourier.js';
import type { Interval, Train } from './train.js';

/** Power in a band: of two thirds of an octave up to 200 Hz, then of 20 Hz. */
export interface Band {
  /** Hz. */
  readonly from: number;
  readonly to: number;
  /** Natural logarithm of the power over that of a Poisson process with the same rate; -Infinity without spikes. */
  readonly power: number;
  /** Standard error of `power`. */
  readonly error: number;
}

/** Width of a bin in s, and the longest segment in bins: 1.024 s. */
const bin = 1e-3;
const longest = 1024;
const shortest = 64;

/** Lowest and highest frequency in Hz, and the one from which bands have the same width. */
const [lowest, fast, highest, fastBand] = [1, 200, 500, 20];

/**
 * Returns the spectrum by Welch's method (1967, IEEE Trans. Audio Electroacoust. 15:70): segments of Hann's window that
 * overlap by half. Empty for recordings shorter than two segments, or without spikes.
 */
export function spectrum(trains: readonly Train[], interval: Interval): readonly Band[] {
  const counts = binned(trains, bin, interval);
  const total = counts.reduce((sum, count) => sum + count, 0);
  let length = longest;
  while (length > shortest && counts.length < 2 * length) length /= 2;
  if (counts.length < 2 * length || total === 0) return [];
  const window = Float64Array.from({ length }, (_, k) => 0.5 - 0.5 * Math.cos((2 * Math.PI * k) / length));
  const floor = (total / counts.length) * window.reduce((sum, value) => sum + value * value, 0);
  const segments: Float64Array[] = [];
  for (let begin = 0; begin + length <= counts.length; begin += length / 2) {
    const segment = counts.subarray(begin, begin + length);
    const mean = segment.reduce((sum, count) => sum + count, 0) / length;
    segments.push(powers(segment.map((count, k) => (count - mean) * window[k]!)));
  }
  const resolution = 1 / (length * bin);
  const bands: Band[] = [];
  for (let [from, to] = [lowest, lowest]; from < highest; from = to) {
    to = from < fast ? Math.min(fast, from * 2 ** (2 / 3)) : from + fastBand;
    const [first, end] = [Math.max(1, Math.ceil(from / resolution)), Math.ceil(to / resolution)];
    if (end <= first) continue;
    const values = segments.map(
      (power) => power.subarray(first, end).reduce((sum, value) => sum + value, 0) / (end - first) / floor,
    );
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
    // Neighbours within Hann's window are correlated: about 1.1 degrees of freedom for each frequency of a segment.
    const error = Math.max(
      Math.sqrt(2 / (1.1 * (end - first) * values.length)),
      Math.sqrt(variance / values.length) / mean,
    );
    bands.push({ from, to, power: Math.log(mean), error });
  }
  return bands;
}

/**
 * Counts spikes of all trains in bins. Spikes no more than 1e-8 of a bin below an edge belong to the next bin, since
 * multiples of steps are rounded.
 */
export function binned(trains: readonly Train[], width: number, { begin, end }: Interval): Float64Array {
  const counts = new Float64Array(Math.max(1, Math.ceil((end - begin) / width - 1e-6)));
  for (const train of trains)
    for (const time of train) {
      const at = Math.min(counts.length - 1, Math.max(0, Math.floor((time - begin) / width + 1e-8)));
      counts[at]! += 1;
    }
  return counts;
}

/** Returns squared magnitudes of the first half of Fourier's transform; the length is a power of two. */
function powers(real: Float64Array): Float64Array {
  const [re, im] = [real.slice(), new Float64Array(real.length)];
  transform(re, im);
  return re.subarray(0, real.length / 2).map((value, k) => value ** 2 + im[k]! ** 2);
}
