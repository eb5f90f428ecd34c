/** Spike trains as all measures take them. */

/** Times of the spikes of one cell in s, ascending. */
export type Train = Float64Array;

/** The interval of observation of two trains, in s. */
export interface Interval {
  readonly begin: number;
  readonly end: number;
}

/** Returns the interval from a spike to the next one. */
export const intervalAt = (train: Train, k: number): number => train[k + 1]! - train[k]!;

/** Returns the index of the first spike at or after a time. */
export function firstFrom(train: Train, time: number): number {
  let [low, high] = [0, train.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (train[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns trains without spikes outside an interval, which includes its begin. */
export const inside = (trains: readonly Train[], { begin, end }: Interval): readonly Train[] =>
  trains.map((train) => train.subarray(firstFrom(train, begin), firstFrom(train, end)));
