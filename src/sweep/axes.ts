/** The runs of a sweep: all combinations of varied values and seeds. */

import { UsageError } from '../diagnostics/diagnostic.js';
import { shorten } from '../diagnostics/suggest.js';
import { checkedSeed } from '../pipeline/option-values.js';

/** A setting of the model, and its values as text. */
export interface Axis {
  readonly name: string;
  readonly values: readonly string[];
}

/** One run of a sweep. */
export interface Point {
  /** From 1, in the order of the table. */
  readonly number: number;
  /** Varied values by name. */
  readonly set: Readonly<Record<string, string>>;
  /** Absent: the seed of the model. */
  readonly seed?: string;
}

/** Most runs of a sweep. */
const mostRuns = 1_000_000;

const number = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?`;
const rangeForm = new RegExp(`^(${number}):(${number}):(\\d{1,7})(?:\\s+(\\S.*)|([^\\s\\d].*))?$`);
const quantityForm = new RegExp(`^(${number})\\s*(.*)$`);

/** Returns the number and the unit of a value; null if it is no number with a unit. */
export function partsOf(value: string): { readonly number: string; readonly unit: string } | null {
  const [, digits, unit = ''] = quantityForm.exec(value) ?? [];
  return digits === undefined ? null : { number: digits, unit: unit.trim() };
}

/**
 * Returns the values of `name=first:last:count unit` or of `name=value,value,…`.
 *
 * @throws UsageError for other text
 */
export function readAxis(text: string): Axis {
  const at = text.indexOf('=');
  const name = text.slice(0, at).trim();
  const given = text.slice(at + 1).trim();
  const refuse = (why: string): UsageError =>
    new UsageError(
      `--vary cannot be ${shorten(text)}: ${why}`,
      "write a range with its number of values (--vary 'w=0.1:1:10 mV') or a list (--vary 'w=0.1,0.2,0.5 mV')",
    );
  if (at < 0 || name === '' || given === '') throw refuse('it gives no name and values');
  const [, first, last, count, spaced, joined] = rangeForm.exec(given) ?? [];
  if (first !== undefined && last !== undefined) {
    const values = rangeValues(Number(first), Number(last), Number(count));
    if (values.length < 2) throw refuse('a range has at least two values');
    if (values.length > mostRuns) throw refuse(`it has more than ${mostRuns} values`);
    const unit = spaced ?? joined;
    return distinct({ name, values: values.map((value) => (unit === undefined ? value : `${value} ${unit}`)) }, refuse);
  }
  if (/^[^,]*:/.test(given)) throw refuse('a range is first:last:count, then the unit');
  const items = given.split(',').map((item) => item.trim());
  if (items.includes('')) throw refuse('a value of the list is empty');
  const unit = partsOf(items[items.length - 1] ?? '')?.unit ?? '';
  const values = items.map((item) => (unit !== '' && partsOf(item)?.unit === '' ? `${item} ${unit}` : item));
  return distinct({ name, values }, refuse);
}

function distinct(axis: Axis, refuse: (why: string) => UsageError): Axis {
  const twice = axis.values.find((value, k) => axis.values.indexOf(value) < k);
  if (twice !== undefined) throw refuse(`${shorten(twice)} is given twice`);
  return axis;
}

/** Returns evenly spaced numbers, both ends included, in twelve digits: 0.3 rather than 0.30000000000000004. */
const rangeValues = (first: number, last: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, k) =>
    String(Number(((first * (count - 1 - k) + last * k) / (count - 1)).toPrecision(12))),
  );

/**
 * Returns the seeds of `count`, which are 1 to `count`, or of `first:last`.
 *
 * @throws UsageError for other text
 */
export function readSeeds(text: string): readonly string[] {
  const refuse = (why: string): UsageError =>
    new UsageError(`--seeds cannot be ${shorten(text)}: ${why}`, 'give a number of seeds (20), or a range (101:120)');
  const [, start = '1', end] = /^(?:(\d{1,20}):)?(\d{1,20})$/.exec(text) ?? [];
  if (end === undefined) throw refuse('it is no whole number');
  const [first, last] = [start, end].map((seed) => BigInt(checkedSeed(seed, '--seeds'))) as [bigint, bigint];
  if (last < first) throw refuse('it has no seeds');
  if (last - first >= BigInt(mostRuns)) throw refuse(`it has more than ${mostRuns} seeds`);
  return Array.from({ length: Number(last - first) + 1 }, (_, k) => String(first + BigInt(k)));
}

/**
 * Returns all combinations; the seed varies fastest, then the last axis.
 *
 * @param seeds  empty: each combination has one run, with the seed of the model
 * @throws UsageError if an axis is repeated, or if there are too many runs
 */
export function pointsOf(axes: readonly Axis[], seeds: readonly string[]): readonly Point[] {
  const repeated = axes.find(({ name }, k) => axes.findIndex((axis) => axis.name === name) < k);
  if (repeated) throw new UsageError(`--vary gives ${shorten(repeated.name)} twice`, 'put all values into one option');
  const runs = axes.reduce((product, { values }) => product * values.length, Math.max(1, seeds.length));
  if (runs > mostRuns)
    throw new UsageError(`the sweep has ${runs} runs`, `at most ${mostRuns} are possible; split it into several`);
  const combinations = axes.reduce<readonly Readonly<Record<string, string>>[]>(
    (sets, { name, values }) => sets.flatMap((set) => values.map((value) => ({ ...set, [name]: value }))),
    [{}],
  );
  const all = combinations.flatMap((set) => (seeds.length === 0 ? [{ set }] : seeds.map((seed) => ({ set, seed }))));
  return all.map((point, k) => ({ number: k + 1, ...point }));
}

/**
 * Returns one of several consecutive parts of a sweep.
 *
 * @param text  `part/parts`, counted from 1
 * @throws UsageError for other text
 */
export function partOfSweep(text: string, points: readonly Point[]): readonly Point[] {
  const [, part, parts] = (/^(\d{1,7})\/(\d{1,7})$/.exec(text) ?? []).map(Number);
  if (part === undefined || parts === undefined || part < 1 || part > parts)
    throw new UsageError(`--part cannot be ${shorten(text)}`, 'write it as part/parts, such as 3/10');
  const edge = (k: number): number => Math.floor((points.length * k) / parts);
  return points.slice(edge(part - 1), edge(part));
}
