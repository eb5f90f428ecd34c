/** Checks of conversions as text for people. */

import type { ConversionCheck } from '../verify/check-conversion.js';
import { ms } from '../verify/measurement-text.js';

/** Returns details of the comparison of both runs: parts that are not compared, and populations that differ. */
export function checkLines(check: ConversionCheck, frozen: boolean): readonly string[] {
  const { populations, failure, drawnAnew = [], givenUp } = check;
  if (failure !== undefined) return [];
  return [
    ...(givenUp === undefined
      ? []
      : [
          `  ${ms(givenUp)} more are not compared: Brian's monitors lose what came after a stored state when a run returns to it`,
        ]),
    ...drawnLines(drawnAnew, frozen),
    ...(drawnAnew.length > 0 ? [] : populations).flatMap(({ population, divergence }) =>
      divergence === null ? [] : [`  ${population}: the same until ${ms(divergence.time)} (cell ${divergence.cell})`],
    ),
  ];
}

/** Returns lines about random draws that are made anew, so that both runs differ by chance. */
function drawnLines([first, second, ...more]: readonly string[], frozen: boolean): readonly string[] {
  if (first === undefined) return [];
  const parts =
    second === undefined ? first : `${first}; ${second}${more.length === 0 ? '' : `; and ${more.length} more`}`;
  const hint = frozen ? '' : ' (--freeze keeps what can be listed)';
  return [`  drawn anew after conversion, so that both differ by chance: ${parts}${hint}`];
}
