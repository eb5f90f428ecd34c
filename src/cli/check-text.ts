/** Checks of conversions as text for people. */

import type { ConversionCheck } from '../run/check/check-conversion.js';
import type { VariableCheck } from '../run/check/check-samples.js';
import { quantityText } from './comparison-text.js';

/** The comparison of both runs, in a few lines. */
export function checkText(check: ConversionCheck, frozen: boolean): string {
  const { with: tool, seconds, matched, spikes, tolerance, populations, variables = [], absent, failure } = check;
  const { drawnAnew = [], ownIntegration = [], givenUp } = check;
  if (failure !== undefined) return `check: ${tool} failed: ${failure}`;
  const [ours, theirs] = spikes;
  const ms = (time: number | null): string => (time === null ? 'none' : `${Number((time * 1e3).toPrecision(8))} ms`);
  const all = matched === ours && ours === theirs;
  const time = `${Number(seconds.toPrecision(12))} s`;
  const found =
    ours + theirs === 0
      ? `no spikes in ${time}`
      : `${matched} of ${ours} spikes within ${ms(tolerance)} in ${time}${all ? '' : ` (${theirs} after conversion)`}`;
  const lines = [
    `check: ${found}, by ${tool}`,
    ...(givenUp === undefined
      ? []
      : [
          `  ${ms(givenUp)} more are not compared: Brian's monitors lose what came after a stored state when a run returns to it`,
        ]),
    ...drawnLines(drawnAnew, frozen),
    ...ownIntegration.map((sentence) => `  ${sentence}`),
    ...variableLines(variables),
    ...populations.flatMap(({ population, divergence, grade, quantities = [], spikes: [a, b] }) =>
      divergence === null
        ? []
        : [
            `  ${population}: ${grade}, ${a} and ${b} spikes, which agree up to ${ms(divergence.time)} (cell ${divergence.cell})`,
            ...quantities.map((quantity) => `    ${quantityText(quantity)}`),
          ],
    ),
    ...(absent.length === 0
      ? []
      : [
          `  not compared: ${absent.join(', ')}; nothing has ${absent.length === 1 ? 'this name and dimension' : 'these names and dimensions'} after conversion`,
        ]),
  ];
  return lines.join('\n');
}

/** Returns lines about random draws that are made anew, so that both runs differ by chance. */
function drawnLines([first, second, ...more]: readonly string[], frozen: boolean): readonly string[] {
  if (first === undefined) return [];
  const parts =
    second === undefined ? first : `${first}; ${second}${more.length === 0 ? '' : `; and ${more.length} more`}`;
  const hint = frozen ? '' : ' (--freeze keeps what can be listed)';
  return [`  drawn anew after conversion, so that both differ by chance: ${parts}${hint}`];
}

/** Returns the variables that are the farthest apart; all are in the report. */
function variableLines(variables: readonly VariableCheck[]): readonly string[] {
  const share = ({ rootMeanSquare, range, largest, magnitude }: VariableCheck): number =>
    range > 0 && largest > rounding * magnitude ? rootMeanSquare / range : 0;
  const shown = [...variables].sort((a, b) => share(b) - share(a)).slice(0, mostVariables);
  const others = variables.length - shown.length;
  return [...shown.map(variableText), ...(others > 0 ? [`  and ${others} that are nearer (--report lists all)`] : [])];
}

/** Largest difference of two samples that only rounding causes, relative to the largest value. */
const rounding = 1e-12;

/** Variables that are shown. */
const mostVariables = 8;

/** Returns the difference of a variable: in parts of its range, as files have units of their own. */
function variableText({ population, variable, range, largest, rootMeanSquare, magnitude }: VariableCheck): string {
  const name = `  ${variable} of ${population}`;
  if (largest === 0) return `${name}: the same samples`;
  if (largest <= rounding * magnitude) return `${name}: the same samples up to rounding`;
  if (!(range > 0 && Number.isFinite(largest))) return `${name}: other samples`;
  const percent = (apart: number): string => `${Number(((100 * apart) / range).toPrecision(2))} %`;
  return (
    `${name}: samples at most ${percent(largest)} of their range apart, ` +
    `${percent(rootMeanSquare)} in the root mean square`
  );
}
