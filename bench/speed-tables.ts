/** Tables of `bench/README.md` from the results that `bench/speed.ts` wrote. */

/** One network on one peer and on our engines; seconds of the processor, one value a round. */
export interface Comparison {
  readonly network: string;
  readonly measure: string;
  /** Seconds of model time; 0 for a command that runs no model. */
  readonly modelSeconds: number;
  readonly peer: string;
  /** Empty without a peer. */
  readonly peerSeconds: readonly number[];
  /** By the name of an engine. `aim`: the largest ratio to the peer that was aimed at; `before`: an earlier version. */
  readonly ours: Readonly<
    Record<string, { readonly seconds: readonly number[]; readonly before: readonly number[]; readonly aim?: number }>
  >;
}

/** All comparisons of one run on one machine. */
export interface SpeedResults {
  readonly machine: string;
  readonly processor: string;
  /** The mean number of programs that ran or waited in the minute before and the last minute. */
  readonly load: readonly [number, number];
  readonly date: string;
  readonly versions: readonly string[];
  readonly comparisons: readonly Comparison[];
}

/** The median; NaN of nothing. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.slice(Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2) + 1);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

/** Above this in every round, a program is called slower than the version before. */
const noise = 1.05;

/** The median of the ratios of each round, with the least and the largest of several. */
function ratioText(ratios: readonly number[]): string {
  if (ratios.length === 1) return median(ratios).toFixed(2);
  const range = [Math.min(...ratios), Math.max(...ratios)].map((value) => value.toFixed(2)).join(' to ');
  return `${median(ratios).toFixed(2)} (${range})`;
}

/** A row for each engine: medians, and ratios. */
function rows({ network, measure, modelSeconds, peer, peerSeconds, ours }: Comparison): string[] {
  return Object.entries(ours).map(([engine, { seconds, before, aim }]) => {
    const ratios = seconds.map((value, round) => value / (peerSeconds[round] ?? NaN));
    const ratio = median(ratios);
    const changes = before.map((value, round) => (seconds[round] ?? NaN) / value);
    const change = changes.length === 0 ? '–' : ratioText(changes);
    const verdict = aim === undefined ? '–' : ratio <= aim ? `${aim}` : `${aim}: **missed**`;
    const hasPeer = peerSeconds.length > 0;
    return `| ${[
      modelSeconds === 0 ? network : `${network}, ${modelSeconds} s`,
      measure,
      peer,
      hasPeer ? median(peerSeconds).toPrecision(3) : '–',
      engine,
      median(seconds).toPrecision(3),
      hasPeer ? ratioText(ratios) : '–',
      verdict,
      Math.min(...changes) > noise && changes.length > 0 ? `${change}: **slower**` : change,
    ].join(' | ')} |`;
  });
}

/**
 * Returns the section of one machine as Markdown: its versions and load, then a table with one row an engine.
 *
 * @param results - a parsed file of `bench/results`
 */
export function speedTables({ machine, processor, load, date, versions, comparisons }: SpeedResults): string {
  return [
    `### ${machine}`,
    '',
    `${processor}; load ${load.map((value) => value.toFixed(1)).join(' at the start, ')} at the end; ${date}; ${versions.join(', ')}.`,
    '',
    '| network, model time | measure | peer | peer (s) | engine | ours (s) | ours / peer | aim | ours / the version before |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...comparisons.flatMap(rows),
    '',
  ].join('\n');
}
