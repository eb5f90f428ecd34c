/** Values of options, which the command line, programs and clients of the server give: one set of rules for all. */

import { suffixOf } from './output-names.js';
import type { RunOptions } from './run-options.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { shorten } from '../diagnostics/suggest.js';
import { parseQuantity } from '../lang/quantity.js';

const largestSeed = (1n << 64n) - 1n;
const mostThreads = 256;

/** A seed: a whole number of 64 bits, as text. @throws UsageError for any other text */
export function checkedSeed(text: string, name = 'seed'): string {
  if (/^\d{1,20}$/.test(text) && BigInt(text) <= largestSeed) return String(BigInt(text));
  throw new UsageError(`${name} cannot be ${shorten(text)}`, `use a whole number from 0 to ${largestSeed}`);
}

/** A number of worker threads. @throws UsageError for any other number */
export function checkedThreads(threads: number, name = 'threads', written: unknown = threads): number {
  if (Number.isInteger(threads) && threads >= 1 && threads <= mostThreads) return threads;
  throw new UsageError(`${name} cannot be ${shorten(written)}`, `use a whole number from 1 to ${mostThreads}`);
}

/** A time above zero with its unit; stays text, since the model converts it decimal-exact. @throws UsageError */
export function checkedTime(text: string, name: 'dt' | 'duration', prefix = ''): string {
  checkedSeconds(text, name, prefix);
  return text;
}

const examples = { dt: '0.1 ms', duration: '100 ms', checkpoint: '60 s' } as const;

/** A time above zero with its unit, in s. @throws UsageError */
export function checkedSeconds(text: string, name: keyof typeof examples, prefix = ''): number {
  const refuse = (why: string): UsageError =>
    new UsageError(
      `${prefix}${name} cannot be ${shorten(text)}: ${why}`,
      `write a time with its unit, such as ${prefix}${name} '${examples[name]}'`,
    );
  if (/^[\s\d.eE+-]+$/.test(text)) throw refuse('it has no unit');
  const seconds = parseTime(text);
  if (seconds === undefined) throw refuse('it is not a time');
  if (!(seconds > 0 && seconds < Infinity)) throw refuse('it is not above zero');
  return seconds;
}

function parseTime(text: string): number | undefined {
  try {
    const { value, dimension } = parseQuantity(text);
    return JSON.stringify(dimension) === JSON.stringify(parseQuantity('1 s').dimension) ? value : undefined;
  } catch (error) {
    if (error instanceof Error && 'finding' in error) return undefined;
    throw error;
  }
}

/** Options that change a model while it is read. @throws UsageError for a value that no option takes */
export function checkImportOptions(options: {
  readonly seed?: string;
  readonly dt?: string;
  readonly duration?: string;
}): void {
  if (options.seed !== undefined) checkedSeed(options.seed);
  if (options.dt !== undefined) checkedTime(options.dt, 'dt');
  if (options.duration !== undefined) checkedTime(options.duration, 'duration');
}

/** Options of a run. @throws UsageError for a value that no option takes */
export function checkRunOptions({ threads, outputs = [] }: Pick<RunOptions, 'threads' | 'outputs'>): void {
  if (threads !== undefined) checkedThreads(threads);
  for (const path of outputs) suffixOf(path);
}
