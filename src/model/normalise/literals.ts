import { mostUint32 } from '../../lang/integers.js';
import type { Finding } from '../../diagnostics/diagnostic.js';
import type { Expression } from '../../lang/ast.js';
import { constantValue } from '../../lang/constant-value.js';
import { dimensionText, equalDimensions } from '../../lang/dimension.js';
import type { Unit } from '../../lang/units.js';
import { messages } from '../messages.js';
import type { Context } from './context.js';
import { canCheck, checkedExpression, readExpression, settle } from './expressions.js';
import { noNames, pureUnit } from './names.js';

/** Returns the number of a literal expression, in SI; undefined if it is not a literal. */
export function literalValue(e: Expression): number | undefined {
  if (e.kind === 'number' || e.kind === 'quantity') return e.value;
  if (e.kind === 'unary' && e.operator === '-') {
    const value = literalValue(e.operand);
    return value === undefined ? undefined : -value;
  }
  return undefined;
}

/**
 * Returns the least and greatest possible value of a literal, a uniform draw or a clip with literal limits; infinite if
 * unknown.
 */
export function literalBounds(e: Expression): { readonly low: number; readonly high: number } {
  const value = literalValue(e);
  if (value !== undefined) return { low: value, high: value };
  const limits =
    e.kind === 'call' && e.function === 'uniform'
      ? e.arguments
      : e.kind === 'call' && e.function === 'clip'
        ? e.arguments.slice(1)
        : [];
  const [low, high] = limits.map(literalValue);
  return { low: low ?? -Infinity, high: high ?? Infinity };
}

/** Computes a quantity of literals and model parameters, which must be known now; in SI, undefined after a finding. */
export function normaliseQuantity(
  context: Context,
  written: string | number,
  unit: Unit,
  what: string,
  pointer: string,
): number | undefined {
  const e = checkedExpression(context, written, [noNames], { what, unit, type: 'real' }, pointer);
  return e && constant(context, e, what, pointer);
}

function constant(context: Context, e: Expression, what: string, pointer: string): number | undefined {
  const value = constantValue(e);
  if (value === undefined) {
    if (canCheck(context, e, noNames)) context.report(messages.notConstant(what), pointer);
  } else if (!Number.isFinite(value)) context.report(messages.notFinite(value), pointer);
  else return value + 0;
  return undefined;
}

type Bounded = (
  context: Context,
  written: string | number,
  unit: Unit,
  what: string,
  pointer: string,
) => number | undefined;

/** Returns a check that a quantity is within bounds, with a finding otherwise. */
const bounded =
  (fits: (value: number) => boolean, finding: (what: string, value: number) => Finding): Bounded =>
  (context, written, unit, what, pointer) => {
    const value = normaliseQuantity(context, written, unit, what, pointer);
    if (value === undefined || fits(value)) return value;
    context.report(finding(what, value), pointer);
    return undefined;
  };

/** A positive quantity; undefined after a finding. */
export const positiveQuantity = bounded((value) => value > 0, messages.notPositive);

/** A quantity that is not negative; undefined after a finding. */
export const nonNegativeQuantity = bounded((value) => value >= 0, messages.negative);

/** Sizes and indices above this exceed the integers that targets count with. */
export const largestCount = 2_147_483_648;

/** Computes a whole number from 0 to 2^31, of literals and model parameters; undefined after a finding. */
export function normaliseCount(
  context: Context,
  written: string | number,
  what: string,
  pointer: string,
): number | undefined {
  const value = wholeNumber(context, written, what, pointer);
  if (value === undefined) return undefined;
  if (value < 0) context.report(messages.negative(what, value), pointer);
  else if (value > largestCount) context.report(messages.tooLarge(what, value, largestCount), pointer);
  else return value;
  return undefined;
}

/** Computes a whole number of either sign; undefined after a finding. */
export function wholeNumber(
  context: Context,
  written: string | number,
  what: string,
  pointer: string,
): number | undefined {
  const e = readExpression(context, written, pureUnit, pointer);
  const folded = e && settle(context, e, noNames);
  if (!e || !folded || !canCheck(context, e, noNames)) return undefined;
  if (folded.kind === 'quantity' && !equalDimensions(folded.dimension, pureUnit.dimension)) {
    context.report(messages.notWhole(what, `${folded.value} ${dimensionText(folded.dimension)}`), pointer);
    return undefined;
  }
  const value = constantValue(folded);
  if (value === undefined) {
    // The check of names reports any mistake; a value without mistakes cannot be computed beforehand.
    if (checkedExpression(context, written, [noNames], { what, unit: pureUnit, type: 'real' }, pointer))
      context.report(messages.notConstant(what), pointer);
    return undefined;
  }
  if (Number.isInteger(value)) return value + 0;
  context.report(messages.notWhole(what, String(value)), pointer);
  return undefined;
}

/** Checks a seed of NumPy's legacy generator, which accepts 32 bits and rejects others. */
export function checkGeneratorSeed(context: Context, seed: number | string, pointer: string): void {
  if (Number(seed) > mostUint32)
    context.report(messages.outOfRange('the seed of the generator', 0, mostUint32, Number(seed)), pointer);
}
