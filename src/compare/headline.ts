/** A comparison in one line: the grade, and the figure that decides it. */

import { formatCount } from '../diagnostics/quantities.js';
import {
  isOpen,
  mostCopied,
  withinMargins,
  type Comparison,
  type Grade,
  type PopulationComparison,
} from './compare.js';
import type { Coverage, NamedShare } from './coverage.js';
import { quantities, type QuantityName } from './quantities.js';
import { eventName, milliseconds } from './recorded.js';
import { alpha } from './statistics/equivalence.js';

/** Returns a grade in words, with δ. */
export const gradeText = (grade: Grade, within: number): string =>
  grade === 'same within δ' ? `same within ${milliseconds(within)}` : grade;

/** Most characters of a headline. */
const longest = 100;

/** Returns the grade with the one figure or name that decides it, in at most 100 characters. */
export function headline(comparison: Comparison): string {
  const text = `${gradeText(comparison.grade, comparison.within)}${beginOf(comparison)}: ${findingOf(comparison)}`;
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** Returns the time from which on spikes differ, if they decide the grade and no statistics do. */
function beginOf({ common, coverage, slips, divergence, populations, replicates }: Comparison): string {
  const areSpikes =
    common === 'different' && coverage.complete && slips.length === 0 && replicates === null && divergence !== null;
  const areStatistics = populations.some(
    ({ lag, quantities: all }) => lag !== null || all?.some(({ verdict }) => verdict === 'different'),
  );
  return areSpikes && !areStatistics ? ` from ${milliseconds(divergence.time)} on` : '';
}

/** Returns the figure or name that decides the grade, and the compared parts, in one sentence. */
export const statementOf = (comparison: Comparison): string =>
  [findingOf(comparison), ...comparison.slips, coverageText(comparison)].join('; ');

/** Returns matched spikes, populations, cells, variables and time that were compared. */
export function coverageText({ populations, coverage, within, replicates }: Comparison): string {
  const [matched, all] = [0, 1].map((side) =>
    populations.reduce((sum, population) => sum + (side === 0 ? population.matched : spikesOf(population)), 0),
  ) as [number, number];
  const spikes = `${formatCount(matched)} of ${formatCount(all)} spikes within ${milliseconds(within)}`;
  return [...(populations.length === 0 || replicates ? [] : [spikes]), ...coverageParts(coverage)].join(', ');
}

/** Returns the most spikes of a population that either side has. */
const spikesOf = ({ spikes }: PopulationComparison): number => Math.max(...spikes);

/** Returns a number of things with their name. */
const counted = (number: number, name: string): string => `${formatCount(number)} ${name}${number === 1 ? '' : 's'}`;

/** Returns the parts of a coverage as text: populations, cells, samples, time. */
export function coverageParts({ populations, cells, samples, time }: Coverage): readonly string[] {
  const all = (share: NamedShare): number =>
    share.compared + share.onlyFirst.length + share.onlySecond.length + share.leftOut.length;
  const of = (part: number, whole: number, name: string): readonly string[] =>
    whole === 0 ? [] : [`${formatCount(part)} of ${formatCount(whole)} ${name}${whole === 1 ? '' : 's'}`];
  const ms = (seconds: number): number => Number((seconds * 1e3).toPrecision(8));
  const [begin, end] = [Math.min(time.first.begin, time.second.begin), Math.max(time.first.end, time.second.end)];
  const whole = time.begin === begin && time.end === end;
  return [
    ...of(populations.compared, all(populations), 'population'),
    ...of(cells.compared, cells.compared + cells.onlyFirst + cells.onlySecond, 'cell'),
    ...of(samples.compared, all(samples), 'variable'),
    `${ms(time.begin)}–${ms(time.end)}${whole ? '' : ` of ${begin === 0 ? '' : `${ms(begin)}–`}${ms(end)}`} ms`,
  ];
}

/** Returns sentences about everything that only one side has. */
function onlyIn({ populations, cells, samples, time }: Coverage): readonly string[] {
  const side = (name: 'first' | 'second'): readonly string[] => {
    const key = name === 'first' ? 'onlyFirst' : 'onlySecond';
    const names = [...populations[key], ...samples[key]];
    const found = [
      ...(names.length > 0 ? [listed(names)] : []),
      ...(cells[key] > 0 ? [`${formatCount(cells[key])} cell${cells[key] === 1 ? '' : 's'}`] : []),
      ...(time[key] > 0 ? [`${milliseconds(time[key])} of time`] : []),
    ];
    return found.length > 0 ? [`only in the ${name}: ${found.join(', ')}`] : [];
  };
  return [...side('first'), ...side('second')];
}

/** Returns the figure or name that decides the grade. */
function findingOf(comparison: Comparison): string {
  const { common, populations, signals, replicates, coverage, slips } = comparison;
  if (slips.length > 0) return 'a slip of units';
  if (!coverage.complete) return onlyIn(coverage).join('; ');
  const spikes = populations.reduce((sum, population) => sum + spikesOf(population), 0);
  const all = [
    ...(populations.length > 0 ? [counted(spikes, 'spike')] : []),
    ...(signals.length > 0 ? [counted(signals.length, 'variable')] : []),
  ];
  const runs = replicates ? [replicatesText(replicates)] : [];
  switch (common) {
    case 'identical':
      return all.join(' and ');
    case 'same spikes':
      return signals.some((signal) => signal.grade !== 'identical')
        ? `${all.join(' and ')}, samples only at times that both have`
        : all.join(' and ');
    case 'same within δ':
      return [...all.slice(0, 1), ...offsets(populations), ...labels(comparison)].join(', ');
    case 'cannot say':
      return [...runs, doubts(populations)].join(', ');
    case 'different':
      return [...runs, ...differing(comparison)].join(', ');
    default: {
      const quantities = populations.flatMap((population) => population.quantities ?? []);
      return [`${withinMargins(quantities)} of ${quantities.length} quantities within their margins`, ...runs].join(
        ', ',
      );
    }
  }
}

function replicatesText({ runs, p, largest }: NonNullable<Comparison['replicates']>): string {
  const test = p === null ? 'too few for a permutation' : `p = ${Number(p.toPrecision(2))}`;
  return `${runs[0]} and ${runs[1]} runs, ${test}${p !== null && p < alpha ? `, most in ${largest}` : ''}`;
}

function offsets(populations: readonly PopulationComparison[]): readonly string[] {
  const constant = populations.find(({ constantOffset }) => constantOffset);
  if (constant?.offset !== null && constant?.offset !== undefined)
    return [
      `all spikes of ${eventName(constant)} ${milliseconds(Number(Math.abs(constant.offset).toPrecision(6)))} ${constant.offset > 0 ? 'later' : 'earlier'} in the second`,
    ];
  const largest = Math.max(0, ...populations.map(({ largestShift }) => largestShift));
  return largest > 0 ? [`largest shift ${milliseconds(Number(largest.toPrecision(6)))}`] : [];
}

function labels({ signals, margins }: Comparison): readonly string[] {
  if (signals.length === 0) return [];
  const shifted = signals.some(({ isLabelShift }) => isLabelShift) ? ['samples one step apart'] : [];
  return [...shifted, `samples within ${Number((margins.trace * 100).toPrecision(4))} % of their range`];
}

/** Characters of a list in a headline. */
const room = 70;

/** Returns as many names as fit, at least one, and the number of the others. */
function listed(names: readonly string[]): string {
  let shown = 1;
  while (shown < names.length && names.slice(0, shown + 1).join(', ').length <= room) shown += 1;
  return `${names.slice(0, shown).join(', ')}${names.length > shown ? ` and ${names.length - shown} more` : ''}`;
}

/** Returns a distance in the unit of its margin. */
export function distanceText(name: QuantityName, value: number): string {
  if (!Number.isFinite(value)) return '';
  return quantities[name].isRelative
    ? `${Number((value * 100).toPrecision(3))} %`
    : String(Number(value.toPrecision(3)));
}

/** Returns the first difference with its size, and the number of others. */
function differing({ populations, signals, signalsJudged, replicates, margins }: Comparison): readonly string[] {
  if (replicates && replicates.p !== null) return [];
  const found = [
    ...populations.flatMap((population) => {
      const { spikes, grade, quantities: compared, lag } = population;
      const name = eventName(population);
      if (grade !== 'different') return [];
      if (lag !== null)
        return [
          `the times of ${name}: the same, ${milliseconds(Number(Math.abs(lag).toPrecision(3)))} ${lag > 0 ? 'later' : 'earlier'} in the second`,
        ];
      const differ = (compared ?? []).filter(({ verdict }) => verdict === 'different');
      return differ.length === 0
        ? [
            spikes[0] === spikes[1]
              ? `${formatCount(population.matched)} of ${counted(spikes[0], 'spike')} of ${name} match`
              : `${formatCount(spikes[0])} and ${formatCount(spikes[1])} spikes of ${name}`,
          ]
        : differ.map((quantity) => {
            const [distance, margin] = [quantity.distance, quantity.margin].map((value) =>
              distanceText(quantity.name, value),
            );
            return `${quantity.name} of ${name} (${distance}${quantity.margin > 0 ? `, margin ${margin}` : ''})`;
          });
    }),
    ...(signalsJudged ? signals : [])
      .filter(({ grade }) => grade === 'different')
      .map(({ name, normalised }) => {
        const [distance, margin] = [normalised, margins.trace].map(
          (value) => `${Number((value * 100).toPrecision(3))} %`,
        );
        return Number.isNaN(normalised) ? name : `${name} (${distance} of its range, margin ${margin})`;
      }),
  ];
  return found.length === 0 ? [] : [listed(found)];
}

/** Returns the reason of an open grade: copies of one run, a difference that more runs decide, or too little data. */
function doubts(populations: readonly PopulationComparison[]): string {
  const copies = populations.find(({ copied }) => copied > mostCopied);
  if (copies)
    return `copies of one run: ${Number((copies.copied * 100).toPrecision(3))} % of the spikes of ${eventName(copies)} are in both`;
  const named = (areOpen: boolean): readonly string[] =>
    populations.flatMap((population) =>
      (population.quantities ?? [])
        .filter((one, _, all) => (areOpen ? isOpen(one, all, population.spikes) : one.verdict === 'cannot say'))
        .map(({ name, over }) => {
          const size = name === 'rate' ? `${population.spikes.map(formatCount).join(' and ')} spikes` : over;
          return `${name} of ${eventName(population)}${areOpen ? ` (${size})` : ''}`;
        }),
    );
  const [open, undecided] = [named(true), named(false)];
  if (open.length > 0) return `left open: ${listed(open)}`;
  const all = populations.flatMap(({ quantities: judged }) => judged ?? []).length;
  return undecided.length > 0
    ? `too little data for ${undecided.length} of ${all} quantities`
    : 'too few spikes for statistics';
}
