/** Results of a run, in PyNN's terms: spike times in ms and signals in PyNN's units, by population and segment. */

/** Samples of one variable of some cells of a population. */
export interface Signal {
  /** Indices of the cells in their population, one for each column. */
  readonly cells: readonly number[];
  /** ms. */
  readonly times: readonly number[];
  /** [sample][column], in PyNN's unit of the variable; null: the sample is not kept. */
  readonly values: readonly (readonly number[] | null)[];
}

/** Recordings of one population between two resets. */
export interface Segment {
  /** Times in ms by the index of the cell; silent cells included. */
  readonly spikes: Readonly<Record<string, readonly number[]>>;
  readonly signals: Readonly<Record<string, Signal>>;
}

/** Segments by population, and values of synapses by projection and variable: [sample][synapse]. */
export interface Results {
  readonly populations: Readonly<Record<string, readonly Segment[]>>;
  readonly synapses: Readonly<Record<string, Readonly<Record<string, readonly (readonly number[])[]>>>>;
}

/** The only segment of a population. */
export function segmentOf(results: Results, population: string, segment = 0): Segment {
  const found = results.populations[population]?.[segment];
  if (found === undefined)
    throw new Error(`no segment ${segment} of ${population} among ${Object.keys(results.populations).join(', ')}`);
  return found;
}

/** Samples of one cell in a run of ours. */
export const traceOf = (...of: Parameters<typeof keptTrace>): readonly number[] =>
  keptTrace(...of).map((value) => value ?? NaN);

/** Samples of one cell; null: the sample is not kept. */
export function keptTrace(
  results: Results,
  population: string,
  variable: string,
  cell = 0,
  segment = 0,
): readonly (number | null)[] {
  const { signals } = segmentOf(results, population, segment);
  const signal = signals[variable];
  if (signal === undefined) throw new Error(`no ${variable} of ${population} among ${Object.keys(signals).join(', ')}`);
  const column = signal.cells.indexOf(cell);
  return signal.values.map((row) => row && (row[column] ?? NaN));
}

/** Spike times of one cell in ms. */
export const spikesOf = (results: Results, population: string, cell = 0, segment = 0): readonly number[] =>
  segmentOf(results, population, segment).spikes[String(cell)] ?? [];

/** Returns the largest distance of two traces, over the samples of the second one that are kept. */
export function largestDistance(a: readonly number[], b: readonly (number | null)[]): number {
  if (a.length !== b.length) return Infinity;
  return a.reduce((largest, value, k) => {
    const other = b[k];
    return other === null ? largest : Math.max(largest, Math.abs(value - (other ?? NaN)));
  }, 0);
}

/** Results as they are recorded: of long traces every tenth sample is kept, and null stands for the others. */
export const thinned = (results: Results): Results => ({
  ...results,
  populations: mapped(results.populations, (segments) =>
    segments.map(({ spikes, signals }) => ({
      spikes: mapped(spikes, (times) => times.map((time) => Number(time.toFixed(6)))),
      signals: mapped(signals, ({ cells, values }) => ({
        cells,
        times: [],
        values: values.length < 400 ? values : values.map((row, k) => (k % 10 === 0 ? row : null)),
      })),
    })),
  ),
});

const mapped = <A, B>(tree: Readonly<Record<string, A>>, change: (value: A) => B): Readonly<Record<string, B>> =>
  Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, change(value)] as const));

/** Largest distance of two trains, spike by spike; infinite when one has more. */
export const trainDistance = largestDistance;
