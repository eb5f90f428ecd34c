/** `interneuron compare`: how well two results of any programs agree. */

import { isAtLeast, type Grade } from '../../compare/compare.js';
import { comparisonReport } from '../../compare/report.js';
import { cellMatching } from '../../compare/pair-cells.js';
import { readMargins } from '../../compare/options.js';
import { printable } from '../../diagnostics/display.js';
import { UsageError } from '../../diagnostics/diagnostic.js';
import { compareResults } from '../../run/compare-results.js';
import { gradeNames } from '../command-table.js';
import { comparisonLines } from '../comparison-text.js';
import type { CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { readSeconds } from '../values.js';

/** Grades by the names that options take. */
const gradesByName: Readonly<Record<(typeof gradeNames)[number], Grade>> = {
  identical: 'identical',
  'same-spikes': 'same spikes',
  within: 'same within δ',
  statistics: 'statistically the same',
};

/** Compares two results and prints how well they agree. */
export async function compare(context: CommandContext): Promise<number> {
  const { files, options } = context;
  const [first, second, ...others] = files;
  if (first === undefined || second === undefined || others.length > 0)
    throw new UsageError(`compare takes two results, but got ${files.length}`, 'name two files of spikes or samples');
  const least = gradesByName[gradeNames.find((name) => name === options.value('at-least')) ?? 'statistics'];
  const [within, from, times] = [readSeconds('within', options), readSeconds('from', options), options.value('times')];
  const found = await compareResults(first, second, {
    cells: cellMatching(options.value('cells') ?? 'id'),
    margins: readMargins(options.values('margin')),
    unpaired: options.flag('unpaired'),
    ...(within === undefined ? {} : { within }),
    ...(from === undefined ? {} : { from }),
    ...(times === undefined ? {} : { times }),
  });
  const { recorded, exact, comparison } = found;
  if (context.json) printJson(context.terminal, comparisonReport(recorded, comparison, exact?.runs));
  context.say(comparisonLines(found).map(printable).join('\n'));
  if (isAtLeast(comparison.grade, least)) return exitCodes.done;
  return comparison.grade === 'cannot say' && least === 'statistically the same'
    ? exitCodes.uncertain
    : exitCodes.wrong;
}
