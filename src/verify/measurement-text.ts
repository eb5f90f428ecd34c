/** Measurements of conversions as text for people. */

import { symbolicQuantity } from '../lang/readable-quantity.js';
import { parseUnit } from '../lang/units.js';
import { limitLines, limitReport } from './limit-text.js';
import type { VariableCheck } from './compare-samples.js';
import { agreements, type PopulationCheck } from './compare-spikes.js';
import { ownSteps, type Measurement } from './measure.js';
import type { OwnStep } from './own-step.js';

/** Returns a time in s as text. */
export const ms = (time: number): string => `${Number((time * 1e3).toPrecision(6))} ms`;

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

const atOwnStep = 'at its own step';

/** Returns each verdict of a measurement as a headline and its figures. */
function blocksOf(measurement: Measurement, named: (variable: string) => string): readonly (readonly string[])[] {
  const { verdict, limit } = measurement;
  if (verdict === 'exact') return [['exact, the same model when read back']];
  const decided = limit === undefined ? [] : limitLines(limit, named);
  const pairs = new Map<string, { readonly lines: readonly string[]; readonly between: readonly string[] }>();
  for (const step of ownSteps(measurement)) {
    const lines = stepLines(step, named);
    const key = lines.join('\n');
    pairs.set(key, { lines, between: [...(pairs.get(key)?.between ?? []), ...(step.between ? [step.between] : [])] });
  }
  const atStep = [...pairs.values()].map(({ lines: [where = '', line = '', ...figures], between }) => [
    // Without another verdict, the reason why nothing was measured is the verdict.
    where === atOwnStep && decided.length === 0 ? line : `${[where, ...between].join(', ')}: ${line}`,
    ...figures,
  ]);
  return [...(decided.length === 0 ? [] : [decided]), ...atStep];
}

/** Returns the step of two runs, their agreement, and its figures by population and variable, the least close first. */
function stepLines({ reason, check }: OwnStep, named: (variable: string) => string): readonly string[] {
  if (check === undefined || check.failure !== undefined) return [atOwnStep, `not measured: ${reason ?? ''}`];
  const { dt, seconds, spikes, populations, variables = [], with: tool, absent, drawnAnew } = check;
  const order = ({ grade }: PopulationCheck): number => -agreements.indexOf(grade);
  const spiking = populations.filter((one) => one.spikes[0] + one.spikes[1] > 0);
  const agreement = drawnAnew ? 'each with draws of its own' : agreementText(spiking);
  const counts = `${spikes[0]} and ${spikes[1]} spikes`;
  const found =
    spiking.length > 0
      ? `${counts}, ${agreement}`
      : variables.length > 0 || reason === undefined
        ? 'no spikes'
        : `not measured: ${reason}`;
  return [
    `at ${ms(dt)}`,
    `${found} (${ms(seconds)}${tool === 'interneuron' ? '' : ` of ${tool}`})`,
    ...shortened(
      spiking.length < 2
        ? []
        : [...spiking]
            .sort((a, b) => order(a) - order(b))
            .map(
              (one) =>
                `${one.population} ${one.spikes[0]} and ${one.spikes[1]} spikes${drawnAnew ? '' : `, ${agreementText([one])}`}`,
            ),
      'populations',
    ),
    ...shortened(
      [...variables].sort((a, b) => share(b) - share(a)).map((variable) => variableText(variable, named)),
      'variables',
    ),
    ...(absent.length > 0 ? [`not compared: ${shortened(absent, 'variables').join(', ')}`] : []),
  ];
}

/** Returns how far spikes with the same number are apart, where a cell has as many of them in both runs. */
function agreementText(populations: readonly PopulationCheck[]): string {
  const sum = (read: (check: PopulationCheck) => number): number =>
    populations.reduce((all, one) => all + read(one), 0);
  const [cells, equal] = [sum((one) => one.cells), sum((one) => one.equalCounts)];
  const largest = Math.max(...populations.map((one) => one.largest));
  const apart = largest === 0 ? 'the same' : `up to ${Number((largest * 1e3).toPrecision(2))} ms apart`;
  if (equal === cells) return apart;
  const other = `other counts in ${cells - equal} of ${cells} cells`;
  return equal === 0 ? other : `${other}, ${apart} in the rest`;
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
