/** Checks of conversions as text for people. */

import { symbolicQuantity } from '../lang/readable-quantity.js';
import { parseUnit } from '../lang/units.js';
import { grades, type Grade } from '../compare/compare.js';
import { gradeText } from '../compare/headline.js';
import type { ConversionCheck, PopulationCheck } from '../run/check/check-conversion.js';
import type { Measurement } from '../run/check/measure.js';
import type { VariableCheck } from '../run/check/check-samples.js';
import { quantityText } from './comparison-text.js';

/** Returns details of the comparison of both runs: parts that are not compared, and populations that differ. */
export function checkLines(check: ConversionCheck, frozen: boolean): readonly string[] {
  const { populations, absent, failure, drawnAnew = [], ownIntegration = [], givenUp } = check;
  if (failure !== undefined) return [];
  return [
    ...(givenUp === undefined
      ? []
      : [
          `  ${ms(givenUp)} more are not compared: Brian's monitors lose what came after a stored state when a run returns to it`,
        ]),
    ...drawnLines(drawnAnew, frozen),
    ...ownIntegration.map((sentence) => `  ${sentence}`),
    ...populations.flatMap(({ population, divergence, grade, quantities = [] }) =>
      divergence === null
        ? []
        : [
            `  ${population}: ${grade}, the same until ${ms(divergence.time)} (cell ${divergence.cell})`,
            ...quantities.map((quantity) => `    ${quantityText(quantity)}`),
          ],
    ),
    ...(absent.length === 0
      ? []
      : [
          `  not compared: ${absent.join(', ')}; nothing has ${absent.length === 1 ? 'this name and dimension' : 'these names and dimensions'} after conversion`,
        ]),
  ];
}

const ms = (time: number): string => `${Number((time * 1e3).toPrecision(6))} ms`;

/** Returns the verdict of a measurement with its figures by population and variable, the least close first. */
export function measurementText({ verdict, reason, check, frozen = false }: Measurement): string {
  if (verdict === 'exact') return 'exact, the same model when read back';
  if (reason !== undefined || check === undefined) return `not measured: ${reason ?? ''}`;
  const { seconds, tolerance, populations, variables = [], with: tool } = check;
  const order = (grade: Grade): number => -grades.indexOf(grade);
  const spiking = populations.filter(({ spikes }) => spikes[0] + spikes[1] > 0);
  const parts = [
    ...(populations.length > 0 && spiking.length === 0 ? ['no spikes'] : []),
    ...shortened([...spiking].sort((a, b) => order(a.grade) - order(b.grade)).map(populationText), 'populations'),
    ...shortened([...variables].sort((a, b) => share(b) - share(a)).map(variableText), 'variables'),
  ];
  const how = `${ms(seconds)}${tool === 'interneuron' ? '' : ` of ${tool}`}${frozen ? ', draws listed' : ''}`;
  return `${gradeText(verdict === 'not measured' ? 'cannot say' : verdict, tolerance)} (${how}): ${parts.join('; ')}`;
}

/** Populations and variables that are shown. */
const mostShown = 4;

function shortened(parts: readonly string[], what: string): readonly string[] {
  const more = parts.length - mostShown;
  return more > 0 ? [...parts.slice(0, mostShown), `${more} more ${what} (--report)`] : parts;
}

/** With equal counts in each cell, all spikes have a partner by their number, however far apart. */
function populationText(one: PopulationCheck): string {
  const { population, spikes, matched, cells, equalCounts, largest, largestShift } = one;
  const shift =
    equalCounts === cells ? `largest shift ${ms(largest)}` : `matched spikes at most ${ms(largestShift)} apart`;
  return (
    `${population} ${spikes[0]} and ${spikes[1]} spikes, ${matched} matched, ` +
    `equal counts in ${equalCounts} of ${cells} cells, ${shift}`
  );
}

/** Returns the largest difference of a variable, in its unit. */
function variableText({ population, variable, unit, largest }: VariableCheck): string {
  const name = `${variable} of ${population}`;
  if (largest === 0) return `${name} the same`;
  if (!Number.isFinite(largest)) return `${name} not a number in one of them`;
  return `${name} at most ${symbolicQuantity(Number(largest.toPrecision(2)), parseUnit(unit).dimension)} apart`;
}

/** Returns the difference of a variable relative to its range. */
const share = ({ rootMeanSquare, range }: VariableCheck): number => (range > 0 ? rootMeanSquare / range : 0);

/** Returns lines about random draws that are made anew, so that both runs differ by chance. */
function drawnLines([first, second, ...more]: readonly string[], frozen: boolean): readonly string[] {
  if (first === undefined) return [];
  const parts =
    second === undefined ? first : `${first}; ${second}${more.length === 0 ? '' : `; and ${more.length} more`}`;
  const hint = frozen ? '' : ' (--freeze keeps what can be listed)';
  return [`  drawn anew after conversion, so that both differ by chance: ${parts}${hint}`];
}
