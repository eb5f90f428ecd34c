/** What a verdict on two models compared, row by row, and how. */

import { firstFew } from '../diagnostics/suggest.js';

/**
 * How a row was compared, the best word first: by equal expressions and numbers; at sampled states; by runs in which it
 * acted; by runs in which it did not act; or not at all.
 */
export const comparisons = ['by value', 'by state', 'by run', 'never acted', 'not looked at'] as const;
export type Comparison = (typeof comparisons)[number];

/** Reason of rows that acted in no run of the authors, but under a protocol of our own. */
export const protocol1 = 'protocol 1';

/** Quantity of a part of two models. */
export interface LedgerRow {
  /** Population, projection, stimulus or operation of the first model, or `experiment`. */
  readonly part: string;
  /** Its name in the second model, if another. */
  readonly counterpart?: string;
  /** Such as `rate of v`, `threshold`, `effects` or `given spikes`. */
  readonly quantity: string;
  readonly how: Comparison;
  /** Cells whose synapses were compared, and all of them; absent: all. */
  readonly elements?: { readonly compared: number; readonly of: number };
  /** Compared time in s, and all of it; absent: all, or no time is involved. */
  readonly seconds?: { readonly compared: number; readonly of: number };
  /** Reason why the row was compared no better. */
  readonly reason?: string;
}

/** A quantity with other values in both models. */
export interface FirstDifference {
  /** Population, projection, stimulus or operation of the first model, or `experiment`. */
  readonly part: string;
  /** Number of the element; absent: the whole part. */
  readonly element?: number;
  /** Such as `refractory period`. */
  readonly quantity: string;
  /** Values with units; null for a part that one of the models lacks. */
  readonly values: readonly [first: string | null, second: string | null];
}

/** Rows of a verdict, as reports hold them. */
export interface Ledger {
  readonly version: 1;
  readonly rows: readonly LedgerRow[];
  /** First difference of the models; absent: none was found. */
  readonly difference?: FirstDifference;
}

/** Verdicts on two models. Only the first one says that nothing is missing in its ledger. */
export type ModelVerdict = 'the same model' | 'the same model as far as it acted' | 'another model' | 'no limit';

/** Returns the rows that forbid to call two models the same: without a comparison, or of a part of the time only. */
export const emptyRows = ({ rows }: Ledger): readonly LedgerRow[] =>
  rows.filter(
    ({ how, seconds }) =>
      how === 'never acted' ||
      how === 'not looked at' ||
      (seconds !== undefined && seconds.compared < seconds.of - 1e-9),
  );

/** Returns what empty rows lack, in one line: `in 200 of 5,000 ms; never: threshold of cells`. */
export function lackText(ledger: Ledger): string {
  const rows = emptyRows(ledger);
  const [time] = rows.flatMap(({ seconds }) => seconds ?? []);
  const ms = (seconds: number): string => Number((seconds * 1e3).toPrecision(6)).toLocaleString('en');
  const namesOf = (all: readonly LedgerRow[]): readonly string[] => [
    ...new Set(all.map(({ quantity, part }) => `${quantity} of ${part}`)),
  ];
  const list = (word: string, names: readonly string[]): readonly string[] =>
    names.length === 0 ? [] : [`${word}: ${firstFew(names, mostNamed)}`];
  return [
    ...(time ? [`in ${ms(time.compared)} of ${ms(time.of)} ms`] : []),
    ...list('never', namesOf(rows.filter(({ how }) => how === 'never acted'))),
    ...list('not looked at', namesOf(rows.filter(({ how }) => how === 'not looked at'))),
  ].join('; ');
}

/** Returns a line for parts of which some cells were compared with their synapses; empty if all were. */
export function someText({ rows }: Ledger): readonly string[] {
  const parts = new Map(rows.flatMap(({ part, elements }) => (elements ? [[part, elements] as const] : [])));
  const [first] = parts;
  if (first === undefined) return [];
  const [name, { compared, of }] = first;
  const others = parts.size - 1;
  const more = others === 0 ? '' : ` (and ${others} more projection${others === 1 ? '' : 's'})`;
  return [`synapses of ${name} on ${compared.toLocaleString('en')} of ${of.toLocaleString('en')} cells${more}`];
}

/** Most rows that one line names. */
const mostNamed = 3;
