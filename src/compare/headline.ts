/** A comparison in one sentence: grade, spikes, coverage, δ, and the reason for the grade. */

import { formatCount } from '../diagnostics/quantities.js';
import { itemAt } from '../diagnostics/entry.js';
import type { Comparison, Grade, PopulationComparison } from './compare.js';
import type { Coverage, NamedShare } from './coverage.js';
import { eventName, milliseconds } from './recorded.js';

/** Returns a grade in words, with δ. */
export const gradeText = (grade: Grade, within: number): string =>
  grade === 'same within δ' ? `same within ${milliseconds(within)}` : grade;

/** Returns the sentence. */
export function headline(comparison: Comparison): string {
  const { grade, common, coverage, within, populations } = comparison;
  const isSame = grade === 'identical' || grade === 'same spikes' || grade === 'same within δ';
  const parts = [
    ...(populations.length === 0 || comparison.replicates ? [] : [spikesText(populations, isSame ? null : within)]),
    ...coverageParts(coverage),
  ];
  const reasons = [
    ...comparison.slips,
    ...onlyIn(coverage),
    ...(coverage.complete ? [] : [`everything in both: ${gradeText(common, within)}`]),
    ...(comparison.slips.length > 0 ? [] : reason(comparison)),
  ];
  return [`${gradeText(grade, within)}: ${parts.join(', ')}`, ...reasons].join('; ');
}

function spikesText(populations: readonly PopulationComparison[], within: number | null): string {
  const sum = (of: (population: PopulationComparison) => number): number =>
    populations.reduce((all, population) => all + of(population), 0);
  const all = Math.max(...[0, 1].map((side) => sum(({ spikes }) => itemAt(spikes, side))));
  const count = `${formatCount(sum(({ matched }) => matched))} of ${formatCount(all)} spikes`;
  return within === null ? count : `${count} within ${milliseconds(within)}`;
}

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
      ...(names.length > 0 ? [listed(names, 3)] : []),
      ...(cells[key] > 0 ? [`${formatCount(cells[key])} cell${cells[key] === 1 ? '' : 's'}`] : []),
      ...(time[key] > 0 ? [`${milliseconds(time[key])} of time`] : []),
    ];
    return found.length > 0 ? [`only in the ${name}: ${found.join(', ')}`] : [];
  };
  return [...side('first'), ...side('second')];
}

/** Returns reasons for the grade of the parts that both have. */
function reason(comparison: Comparison): readonly string[] {
  const { common, populations, signals, divergence, replicates } = comparison;
  switch (common) {
    case 'identical':
      return [];
    case 'same spikes':
      return signals.some((signal) => signal.grade !== 'identical') ? ['samples only at times that both have'] : [];
    case 'same within δ':
      return [...offsets(populations), ...labels(comparison)];
    default: {
      const causes =
        common === 'different' ? differing(comparison) : common === 'cannot say' ? doubts(populations) : [];
      if (replicates) return [replicatesText(comparison), ...causes];
      return [...(divergence ? [untilText(divergence)] : []), ...causes];
    }
  }
}

function replicatesText({ common, replicates }: Comparison): string {
  const { runs, p, largest } = replicates!;
  const test = p === null ? 'too few for a permutation' : `permutation of runs p = ${Number(p.toPrecision(2))}`;
  const cause = common === 'different' && p !== null && p < 0.05 ? `, most in ${largest}` : '';
  return `${runs[0]} and ${runs[1]} runs, ${test}${cause}`;
}

function untilText({ time, population, cell, side }: NonNullable<Comparison['divergence']>): string {
  const at = milliseconds(Number(time.toPrecision(9)));
  return `the same until ${at}, when ${population}[${cell}] lacks a spike in the ${side === 'first' ? 'second' : 'first'}`;
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

const listed = (names: readonly string[], most = 4): string =>
  `${names.slice(0, most).join(', ')}${names.length > most ? ` and ${names.length - most} more` : ''}`;

/** Names the quantities that differ, or that are uncertain. */
function differing({ populations, signals, signalsJudged, replicates }: Comparison): readonly string[] {
  if (replicates && replicates.p !== null) return [];
  const found = [
    ...populations.flatMap((population) => {
      const { spikes, grade, quantities, lag } = population;
      if (grade !== 'different') return [];
      if (lag !== null)
        return [
          `the times of ${eventName(population)}: the same, ${milliseconds(Number(Math.abs(lag).toPrecision(3)))} ${lag > 0 ? 'later' : 'earlier'} in the second`,
        ];
      const names = (quantities ?? []).filter(({ verdict }) => verdict === 'different').map(({ name }) => name);
      return names.length === 0
        ? [`${formatCount(spikes[0])} and ${formatCount(spikes[1])} spikes of ${eventName(population)}`]
        : [...new Set(names)].map((name) => `${name} of ${eventName(population)}`);
    }),
    ...(signalsJudged ? signals : []).filter(({ grade }) => grade === 'different').map(({ name }) => name),
  ];
  return found.length === 0 ? [] : [`different are ${listed(found)}`];
}

function doubts(populations: readonly PopulationComparison[]): readonly string[] {
  const found = populations.flatMap((population) =>
    (population.quantities ?? [])
      .filter(({ verdict }) => verdict === 'cannot say')
      .map(({ name }) => `${name} of ${eventName(population)}`),
  );
  return [found.length === 0 ? 'too few spikes for statistics' : `too little data for ${listed(found)}`];
}
