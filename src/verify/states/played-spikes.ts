/** Spikes of both cells that are played into a synapse. */

import type { Side } from '../../lang/ast.js';

/** Steps at which both cells spike, and at which rates of the receiving cell are sampled. */
export type PlayedSpikes = Readonly<Record<Side | 'sampled', readonly number[]>>;

/** First step that is played: conditions on times before the run do not hold. */
export const start = 1000;

/** Times in s after the last spike of the source at which rates are sampled. */
const later = Array.from({ length: 8 }, (_, k) => 1e-4 * 3 ** k);

/** Returns steps at which rates are sampled: after each spike of the source, and long after the last one. */
const sampledAt = (pre: readonly number[], longest: number, dt: number): readonly number[] => [
  ...pre.map((step) => step + longest + 2),
  ...later.map((seconds) => pre.at(-1)! + longest + 3 + Math.round(seconds / dt)),
];

/** Returns one spike of each cell: the effect of a synapse without states. @param longest  delay, in steps */
export const singleSpikes = (longest: number, dt: number): PlayedSpikes => ({
  pre: [start],
  post: [start + 1],
  sampled: sampledAt([start], longest, dt),
});

/**
 * Returns spikes of both cells: some at other intervals, then bursts in both orders, which bring weights to their
 * bounds.
 *
 * @param longest  delay of all synapses, in steps: no spike of one cell arrives with one of the other
 */
export function spikesToPlay(longest: number, least: number, dt: number): PlayedSpikes {
  const unit = 2 * Math.max(longest + 4, Math.ceil(least / 2));
  const burst = (from: number): readonly number[] => Array.from({ length: 10 }, (_, k) => from + k);
  const [pre, post] = [
    [0, 1, 3, 4, 9, ...[20, 40, 60].flatMap(burst), ...[91, 111, 131].flatMap(burst), 160],
    [0, 2, 3, 6, 7, ...[30, 50, 70].flatMap(burst), ...[81, 101, 121].flatMap(burst), 150],
  ].map((times) => times.map((time) => start + time * unit)) as [number[], number[]];
  return { pre, post: post.map((step) => step + unit / 2), sampled: sampledAt(pre, longest, dt) };
}
