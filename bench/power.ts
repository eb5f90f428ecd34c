/**
 * The table of false alarms and power in docs/compare.md: `npx tsx bench/power.ts`. Numbers of pairs of one run, and of
 * sides of five runs, can follow.
 */

import { compareRecorded } from '../src/compare/compare.js';
import { judgeRuns } from '../src/compare/compare-runs.js';
import { defaultMargins } from '../src/compare/options.js';
import type { Recorded } from '../src/compare/recorded.js';
import { kinds, poisson, type Kind, type Trains } from '../test/compare/processes.js';

const [single = 20, several = 10] = process.argv.slice(2).map(Number);
const runs = 5;

const same =
  (rate: number): Kind['sides'][number] =>
  (seed) =>
    poisson(rate, 200, 10, seed);
const rows: readonly Pick<Kind, 'name' | 'sides' | 'seconds'>[] = [
  { name: 'the same Poisson process of 10 Hz', sides: [same(10), same(10)], seconds: 10 },
  ...kinds,
  { name: 'a rate 10 % higher, which is the margin', sides: [same(10), same(11)], seconds: 10 },
  { name: 'a rate 20 % higher', sides: [same(10), same(12)], seconds: 10 },
];

const recorded = (trains: Trains, end: number): Recorded => ({
  path: 'run',
  format: '',
  begin: 0,
  end,
  resolution: 0,
  trains: [{ population: '', event: 'spike', ids: trains.map((_, id) => id), trains, listsSilent: true }],
  signals: [],
  notes: [],
});

/** Returns how many pairs are called different. */
function count(pairs: number, isDifferent: (seed: number) => boolean): string {
  return `${Array.from({ length: pairs }, (_, k) => isDifferent(1000 * (k + 1))).filter(Boolean).length} of ${pairs}`;
}

process.stdout.write(
  '| second side | called different, one run each | called different, five runs each |\n|---|---|---|\n',
);
for (const { name, sides, seconds } of rows) {
  const side = (k: 0 | 1, seed: number): readonly Trains[] =>
    Array.from({ length: runs }, (_, run) => sides[k](seed + 10 * k + run));
  const ofOne = count(single, (seed) => {
    const pair = [recorded(sides[0](seed), seconds), recorded(sides[1](seed + 1), seconds)] as const;
    return compareRecorded(...pair).grade === 'different';
  });
  const ofSeveral = count(several, (seed) => {
    const pair = [side(0, seed), side(1, seed)] as const;
    return judgeRuns([pair], { begin: 0, end: seconds }, defaultMargins, true).grades[0] === 'different';
  });
  process.stdout.write(`| ${name} | ${ofOne} | ${ofSeveral} |\n`);
}
