import type { Dimension } from './ast.js';
import { dimensionless } from './ast.js';
import { isKept, scaleDecimal } from './decimal.js';
import { LangError } from './lang-error.js';
import * as messages from './messages.js';
import { one } from './rational.js';
import { parseUnit } from './units.js';

export { scaleDecimal } from './decimal.js';

/** A value in SI units with its dimension. */
export interface Quantity {
  /** In SI, correctly rounded from its decimal text. */
  readonly value: number;
  /** Exponents of the SI base units. */
  readonly dimension: Dimension;
}

const leadingNumber = /^\s*([-+\u2212]?\s*(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)/;
/** Longest number: see the lexer. */
const longestNumber = 1000;

/**
 * Reads a number with a unit: `-70 mV`, `9*nS`, `0.07 ms`, `200 uF/cm**2`, `5 /s`, `0.5`. Decimal-exact: the text is
 * scaled and rounded once, so that `0.07 ms` and `70 us` are one double.
 *
 * @returns the value in SI units
 * @throws LangError lang/bad-quantity, lang/quantity-not-finite, or an error of `parseUnit`; spans are offsets in
 * `text`
 */
export function parseQuantity(text: string): Quantity {
  const whole = { start: 0, end: text.length };
  const match = leadingNumber.exec(text);
  if (!match) {
    const finite = !/^\s*[+-]?\s*(nan|inf|infinity)\b/i.test(text);
    throw new LangError(finite ? messages.badQuantity(text) : messages.quantityNotFinite(text), whole);
  }
  const digits = (match[1] ?? '').replace('\u2212', '-').replace(/\s+/g, '');
  if (digits.length > longestNumber) throw new LangError(messages.numberTooLong(digits.length, longestNumber), whole);
  const unit = readUnit(text, match[0].length);
  const value = scaleDecimal(digits, unit.scale);
  if (!isKept(digits, value) && !isKept(digits, Number(digits)))
    throw new LangError(messages.numberOutOfRange(digits, Number(digits)), whole);
  if (!Number.isFinite(value) || (value === 0 && Number(digits) !== 0))
    throw new LangError(messages.numberOutOfRange(text, value), whole);
  return { value, dimension: unit.dimension };
}

/** A quantity at the beginning of a text that may contain names of the model. */
interface LeadingQuantity {
  /** The number and its unit: all of the text when no factor follows. */
  readonly text: string;
  /** Offset of the first factor that is a name of the model: from there on the text is an expression. */
  readonly rest?: number;
  /** Symbols that were read as units, since they follow the number or a slash directly. */
  readonly units: readonly string[];
}

/**
 * Splits a quantity from factors that are names of the model. A symbol directly after a number is a unit (`3 m`); after
 * `*`, a name of the model is never read as a unit (`3*m`).
 *
 * @param text a number and the text after it
 * @param isName whether the model has a name; called only for symbols after `*`
 * @returns `text` is only the number if its first factor is a name
 */
export function leadingQuantity(text: string, isName: (name: string) => boolean): LeadingQuantity {
  const from = leadingNumber.exec(text)?.[0].length ?? 0;
  const units: string[] = [];
  for (const { 0: symbol, index } of text.slice(from).matchAll(/[A-Za-z_][A-Za-z0-9_]*/g)) {
    const before = text.slice(0, from + index);
    const star = /(?<!\*)\*\s*$/.exec(before);
    if (star && isName(symbol)) return { text: before.slice(0, star.index), rest: from + index, units };
    units.push(symbol);
  }
  return { text, units };
}

/** Reads the unit after the number: empty, ` mV`, `*mV` or `/ms`; positions of errors refer to the entire text. */
function readUnit(text: string, from: number): ReturnType<typeof parseUnit> {
  const rest = text.slice(from);
  if (rest.trim() === '') return { dimension: dimensionless, scale: one };
  if (/^[0-9.]/.test(rest)) throw new LangError(messages.badQuantity(text), { start: 0, end: text.length });
  const times = /^\s*\*(?!\*)\s*/.exec(rest)?.[0].length ?? 0;
  const over = /^\s*\//.test(rest);
  const unitText = over ? `1${rest}` : rest.slice(times);
  const offset = over ? from - 1 : from + times;
  try {
    return parseUnit(unitText);
  } catch (error) {
    if (!(error instanceof LangError)) throw error;
    throw new LangError(error.finding, { start: Math.max(0, error.span.start + offset), end: error.span.end + offset });
  }
}
