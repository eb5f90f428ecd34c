/** Numbers with tolerances, such as `12.5 Hz ± 5 %`. */

import type { Finding } from '../../diagnostics/diagnostic.js';
import { itemAt } from '../../diagnostics/entry.js';
import type { Dimension } from '../../lang/ast.js';
import { dimensionText, equalDimensions } from '../../lang/dimension.js';
import { LangError } from '../../lang/lang-error.js';
import { parseQuantity, type Quantity } from '../../lang/quantity.js';
import { messages } from './messages.js';

/** A number that a run must give. */
export interface Expected {
  /** As written. */
  readonly text: string;
  /** In SI units. */
  readonly value: number;
  /** Largest difference in SI units. */
  readonly within: number;
  readonly dimension: Dimension;
  /** Unit as written, and its size in SI units. */
  readonly unit: { readonly name: string; readonly size: number };
}

/** A number that a document states wrongly. */
export class ExpectedError extends Error {
  readonly finding: Finding;

  constructor(finding: Finding) {
    super(finding.message);
    this.finding = finding;
  }
}

const number = /^\s*[-+\u2212]?\s*\d*\.?(\d*)(?:[eE]([-+]?\d+))?\s*\*?\s*/;

/**
 * Reads a number with its unit and a tolerance after `±`. A number without a tolerance stands for all numbers that have
 * the same digits when rounded.
 *
 * @param what  its name in messages
 * @param dimension  its dimension; absent: any
 * @throws ExpectedError
 */
export function readExpected(given: string | number, what: string, dimension?: Dimension): Expected {
  const text = String(given);
  const [first = '', tolerance, ...more] = text.split(/±|\+\/?-/);
  if (more.length > 0) throw new ExpectedError(messages.notAQuantity(text, 'there are two tolerances', '5 Hz ± 10 %'));
  const { value, dimension: own } = quantity(first, text);
  const check = (found: Dimension, wanted: Dimension): void => {
    if (equalDimensions(found, wanted)) return;
    throw new ExpectedError(messages.otherUnit(what, dimensionText(wanted), dimensionText(found)));
  };
  check(own, dimension ?? own);
  const [written = '', decimals = '', exponent = '0'] = number.exec(first) ?? [];
  const name = first.slice(written.length).trim();
  const size = name === '' ? 1 : quantity(`1 ${name}`, text).value;
  const unit = { name, size };
  if (tolerance === undefined)
    return { text, value, within: 0.5 * size * 10 ** (Number(exponent) - decimals.length), dimension: own, unit };
  const percent = /^(.*)%\s*$/s.exec(tolerance);
  const within = quantity(percent ? itemAt(percent, 1) : tolerance, text);
  if (!percent) check(within.dimension, own);
  if (!(within.value >= 0))
    throw new ExpectedError(messages.notAQuantity(text, 'a tolerance is not below zero', '5 Hz ± 10 %'));
  return {
    text,
    value,
    within: percent ? (within.value / 100) * Math.abs(value) : within.value,
    dimension: own,
    unit,
  };
}

function quantity(text: string, whole: string): Quantity {
  try {
    return parseQuantity(text);
  } catch (error) {
    if (!(error instanceof LangError)) throw error;
    throw new ExpectedError(messages.notAQuantity(whole, error.finding.message, '12.5 Hz ± 5 %'));
  }
}

/** Checks whether a number is the expected one. */
export const agrees = (found: number, { value, within }: Expected): boolean =>
  Math.abs(found - value) <= within + 1e-9 * Math.abs(value);

/** Returns a number in the unit of another. */
export function inUnitOf({ unit: { name, size } }: Expected, value: number): string {
  const written = String(Number((value / size).toPrecision(9)));
  return name === '' ? written : `${written} ${name}`;
}
