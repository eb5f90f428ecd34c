/** Options and output of commands that compare results. */

import { isAtLeast, type Grade } from '../compare/compare.js';
import type { ReadOptions } from '../compare/open-recorded.js';
import { readMargins, type CompareOptions } from '../compare/options.js';
import { cellMatching } from '../compare/pair-cells.js';
import { comparisonReport } from '../compare/report.js';
import { printable } from '../diagnostics/display.js';
import type { ResultComparison } from '../verify/compare-results.js';
import type { Cause } from '../verify/why-different.js';
import type { Options } from './arguments.js';
import { gradeNames } from './table/options.js';
import { causeLines, comparisonLines } from './comparison-text.js';
import type { CommandContext } from './context.js';
import { exitCodes } from './exit-codes.js';
import { printJson } from './failure.js';
import { readSeconds } from './values.js';

/** Grades by the names that options take. */
const gradesByName: Readonly<Record<(typeof gradeNames)[number], Grade>> = {
  identical: 'identical',
  'same-spikes': 'same spikes',
  within: 'same within δ',
  statistics: 'statistically the same',
  'not-shown-to-differ': 'not shown to differ',
};

/** Returns the grade that is needed for exit code 0; undefined if none was named. */
export function requiredGrade(options: Options): Grade | undefined {
  const name = gradeNames.find((gradeName) => gradeName === options.value('at-least'));
  return name && gradesByName[name];
}

/** Returns options for reading and comparing results. @throws UsageError for invalid values */
export function comparisonOptions(options: Options): CompareOptions & ReadOptions {
  const [within, from, to] = (['within', 'from', 'to'] as const).map((name) => readSeconds(name, options));
  const [times, only, ignore] = [options.value('times'), options.values('only'), options.values('ignore')];
  return {
    cells: cellMatching(options.value('cells') ?? 'id'),
    margins: readMargins(options.values('margin')),
    unpaired: options.flag('unpaired'),
    ...(within === undefined ? {} : { within }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(only.length === 0 ? {} : { only }),
    ignore,
    ...(times === undefined ? {} : { times }),
  };
}

/**
 * Prints a comparison.
 *
 * @param more  lines below the verdict
 * @param cause  null if nothing differs
 * @returns the exit code
 */
export function reportComparison(
  context: CommandContext,
  found: ResultComparison,
  least: Grade,
  more: readonly string[] = [],
  cause?: Cause | null,
): number {
  const { recorded, exact, comparison } = found;
  if (context.json)
    printJson(context.terminal, {
      ...comparisonReport(recorded, comparison, exact?.runs),
      ...(cause === undefined ? {} : { why: cause }),
    });
  const details = context.options.flag('details');
  const [verdict = '', ...lines] = comparisonLines(found, details);
  context.say([verdict, ...more, ...lines, ...causeLines(cause)].map(printable).join('\n'));
  if (isAtLeast(comparison.grade, least)) return exitCodes.done;
  const isOpen = comparison.grade === 'cannot say' || comparison.grade === 'not shown to differ';
  return isOpen && !isAtLeast(least, 'same within δ') ? exitCodes.uncertain : exitCodes.wrong;
}
