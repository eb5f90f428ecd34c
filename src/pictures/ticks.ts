/** Numbers at axes. */

/** Returns numbers at equal distances of 1, 2 or 5 times a power of ten. */
export function ticksOf(from: number, to: number, most: number): readonly number[] {
  const wanted = (to - from) / Math.max(1, most);
  if (!(wanted > 0) || !Number.isFinite(wanted)) return [from];
  const power = 10 ** Math.floor(Math.log10(wanted));
  const distance = ([1, 2, 5].find((factor) => factor * power >= wanted) ?? 10) * power;
  const first = Math.ceil(from / distance - 1e-9);
  const count = Math.floor(to / distance + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, k) => (first + k) * distance);
}

/** Returns a number with as many digits as people read. */
export const readable = (value: number, digits = 4): string => String(Number(value.toPrecision(digits)));

/** Returns the labels of an axis, with the fewest digits by which they differ. */
export function tickLabels(ticks: readonly number[], least = 4): readonly string[] {
  for (let digits = least; digits < 15; digits += 1) {
    const labels = ticks.map((tick) => readable(tick, digits));
    if (new Set(labels).size === ticks.length) return labels;
  }
  return ticks.map(String);
}

/** Most bins of a picture of rates, and the spikes that a bin has on average in the most active population. */
const [mostBins, spikesInBin] = [150, 10];

/** Returns the number of bins in which the rates of populations are no single spikes. @param spikes  of each */
export const rateBins = (spikes: readonly number[]): number =>
  Math.max(1, Math.min(mostBins, Math.floor(Math.max(0, ...spikes) / spikesInBin)));
