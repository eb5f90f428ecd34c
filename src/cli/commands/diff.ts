/** `interneuron diff`: where two results part. */

import { differenceText } from '../../../runtime/results/compare.js';
import { printable } from '../../diagnostics/display.js';
import { UsageError } from '../../diagnostics/diagnostic.js';
import { compareResults, type ResultComparison } from '../../run/compare-results.js';
import type { CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { formatTable } from '../table.js';

/** Compares two results to the bit and says where they first differ. */
export async function diff(context: CommandContext): Promise<number> {
  const [first, second, ...others] = context.files;
  if (first === undefined || second === undefined || others.length > 0)
    throw new UsageError(`diff compares two results, but got ${context.files.length}`, 'name two results of run');
  const comparison = await compareResults(first, second);
  const same = isSame(comparison);
  if (context.json) {
    const { reason, first: difference, populations } = comparison;
    printJson(context.terminal, { results: [first, second], same, reason, first: difference, populations });
  }
  context.say(lines(comparison).map(printable).join('\n'));
  return same ? exitCodes.done : exitCodes.wrong;
}

const isSame = ({ first, populations }: ResultComparison): boolean =>
  first === null && populations.every(({ same }) => same === true);

const columns = [
  { heading: 'population', align: 'left' },
  { heading: 'spikes in the first', align: 'right' },
  { heading: 'in the second', align: 'right' },
  { heading: 'spikes and final state', align: 'left' },
] as const;

function lines(comparison: ResultComparison): readonly string[] {
  const { records, reason, first, populations } = comparison;
  const [a, b] = records;
  const rows = populations.map(({ name, spikes, same }) => [
    name,
    ...spikes.map((count) => (count === null ? 'not recorded' : String(count))),
    same === null ? 'only in one' : same ? 'same' : 'different',
  ]);
  return [
    isSame(comparison) ? `the same: ${a.steps} steps, fingerprint ${a.fingerprint.total}` : 'different',
    ...(reason === null ? [] : [`the two are not expected to agree: ${reason}`]),
    ...(a.hashes.model === b.hashes.model ? [] : ['the two are of different models']),
    ...(first ? [differenceText(first, a.dt, ['first', 'second'])] : []),
    ...formatTable(columns, rows),
  ];
}
