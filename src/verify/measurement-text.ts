/** Measurements of conversions as text for people. */

import { grades, type Grade } from '../compare/compare.js';
import { gradeText } from '../compare/headline.js';
import { symbolicQuantity } from '../lang/readable-quantity.js';
import { parseUnit } from '../lang/units.js';
import { limitLines, limitReport } from './limit-text.js';
import type { VariableCheck } from './compare-samples.js';
import type { PopulationCheck } from './compare-spikes.js';
import { ownSteps, type Measurement } from './measure.js';
import type { OwnStep } from './own-step.js';

/** Returns a time in s as text. */
export const ms = (time: number): string => `${Number((time * 1e3).toPrecision(6))} ms`;

/** Returns the verdict of a measurement with its figures in one line. */
export const measurementText = (measurement: Measurement): string => measurementLines(measurement).join('; ');

/**
 * Returns the verdict of a measurement in a headline, and its figures by population and variable, the least close
 * first.
 *
 * @param named  gives a variable's name in the document
 */
export function measurementLines(
  measurement: Measurement,
  named: (variable: string) => string = (variable) => variable,
): readonly string[] {
  return blocksOf(measurement, named).flat();
}

/** Returns the verdicts of a measurement in one line, without figures. */
export const measurementHeadline = (measurement: Measurement): string =>
  blocksOf(measurement, (variable) => variable)
    .map(([headline]) => headline)
    .join('; ');

/** Returns each verdict of a measurement as a headline and its figures. */
function blocksOf(measurement: Measurement, named: (variable: string) => string): readonly (readonly string[])[] {
  const { verdict, limit } = measurement;
  if (verdict === 'exact') return [['exact, the same model when read back']];
  const decided = limit === undefined ? [] : limitLines(limit, named);
  const pairs = new Map<string, { readonly lines: readonly string[]; readonly between: readonly string[] }>();
  for (const grade of ownSteps(measurement)) {
    const lines = gradeLines(grade, named);
    const key = lines.join('\n');
    pairs.set(key, { lines, between: [...(pairs.get(key)?.between ?? []), ...(grade.between ? [grade.between] : [])] });
  }
  const graded = [...pairs.values()].map(({ lines: [first = '', ...figures], between }) => {
    const start = ['at its own step', ...between].join(', ');
    return [decided.length === 0 && between.length === 0 ? first : `${start}: ${first}`, ...figures];
  });
  return [...(decided.length === 0 ? [] : [decided]), ...graded];
}

/** Returns a grade at the own step, and its figures. */
function gradeLines({ verdict, reason, check }: OwnStep, named: (variable: string) => string): readonly string[] {
  if (reason !== undefined || check === undefined) return [`not measured: ${reason ?? ''}`];
  const drawsAnew = check.drawnAnew !== undefined;
  const { seconds, tolerance, populations, variables = [], with: tool, absent } = check;
  const order = (grade: Grade): number => -grades.indexOf(grade);
  const spiking = populations.filter(({ spikes }) => spikes[0] + spikes[1] > 0);
  const how = `${ms(seconds)}${tool === 'interneuron' ? '' : ` of ${tool}`}${drawsAnew ? ', the file draws its own numbers' : ''}`;
  const grade = gradeText(verdict === 'not measured' ? 'cannot say' : verdict, tolerance);
  return [
    `${grade} (${how})`,
    ...(populations.length > 0 && spiking.length === 0 ? ['no spikes'] : []),
    ...shortened(
      [...spiking].sort((a, b) => order(a.grade) - order(b.grade)).map((spikes) => populationText(spikes, drawsAnew)),
      'populations',
    ),
    ...shortened(
      [...variables].sort((a, b) => share(b) - share(a)).map((variable) => variableText(variable, named)),
      'variables',
    ),
    ...(absent.length > 0 ? [`not compared: ${shortened(absent, 'variables').join(', ')}`] : []),
  ];
}

/** Returns a measurement with the figures of both verdicts, for reports. */
export const measurementReport = ({ check, verdict, reason, between, limit, others = [] }: Measurement): object => ({
  ...check,
  verdict,
  reason,
  between,
  ...(others.length === 0 ? {} : { others: others.map(({ check: other, ...grade }) => ({ ...other, ...grade })) }),
  ...(limit ? { limit: limitReport(limit) } : {}),
});

/** Populations and variables that are shown. */
const mostShown = 4;

function shortened(parts: readonly string[], what: string): readonly string[] {
  const more = parts.length - mostShown;
  return more > 0 ? [...parts.slice(0, mostShown), `${more} more ${what} (--report)`] : parts;
}

/** With equal counts in each cell, all spikes have a partner by their number, however far apart. */
function populationText(check: PopulationCheck, drawsAnew: boolean): string {
  const { population, spikes, matched, cells, equalCounts, largest, largestShift } = check;
  if (drawsAnew) return `${population} ${spikes[0]} and ${spikes[1]} spikes`;
  const shift =
    equalCounts === cells ? `largest shift ${ms(largest)}` : `matched spikes at most ${ms(largestShift)} apart`;
  return (
    `${population} ${spikes[0]} and ${spikes[1]} spikes, ${matched} matched, ` +
    `equal counts in ${equalCounts} of ${cells} cells, ${shift}`
  );
}

/** Returns the largest difference of a variable, in its unit. */
function variableText(
  { population, variable, unit, largest }: VariableCheck,
  named: (variable: string) => string,
): string {
  const name = `${named(variable)} of ${population}`;
  if (largest === 0) return `${name} the same`;
  if (!Number.isFinite(largest)) return `${name} not a number in one of them`;
  return `${name} at most ${symbolicQuantity(Number(largest.toPrecision(2)), parseUnit(unit).dimension)} apart`;
}

/** Returns the difference of a variable relative to its range. */
const share = ({ rootMeanSquare, range }: VariableCheck): number => (range > 0 ? rootMeanSquare / range : 0);
