/**
 * Values of NMODL: expressions of quantities, with the unit in which NEURON counts them.
 *
 * A value stands for the number that NEURON computes, times its unit. Operations follow the numbers: where the units of
 * two operands do not fit, a number of the formula takes up the missing unit (`v + 40` with v in mV becomes
 * `v + 40*mV`), and without such a number a factor is written.
 */

import type { BinaryOperator, Expression } from '../../src/lang/ast.js';
import { binary, call, conditional, integer, isZero, unary } from '../../src/lang/build.js';
import { isPure, pure, sameDimension, sameUnit, times, unitExpression, type Powers } from './units.js';

/** A value with its unit. */
export interface Value {
  readonly expression: Expression;
  /** Undefined: a number without a unit, which may be of any. */
  readonly unit: Powers | undefined;
  /** Whether it is a condition. */
  readonly isCondition?: boolean;
}

/** Called where a formula uses the number of a value in a multiple of its unit. */
export type Contradiction = (from: Powers, to: Powers, at: Expression) => void;

const withFactor = (e: Expression, unit: Powers): Expression => {
  const positive = Object.values(unit).some((power) => power > 0);
  const factor = unitExpression(unit);
  if (!factor) return e;
  if (positive) return binary('*', e, factor, e.span);
  const inverse = unitExpression(times(pure, unit, -1));
  return inverse ? binary('/', e, inverse, e.span) : e;
};

/** Returns an expression times a unit, which one of its numbers takes up; undefined if it has no such number. */
function taken(e: Expression, factor: Powers): Expression | undefined {
  switch (e.kind) {
    case 'number':
      return withFactor(e, factor);
    case 'unary': {
      const operand = e.operator === 'not' ? undefined : taken(e.operand, factor);
      return operand && unary(e.operator, operand, e.span);
    }
    case 'binary': {
      const { operator, left, right, span } = e;
      if (operator === '+' || operator === '-') {
        const [a, b] = [taken(left, factor), taken(right, factor)];
        return a && b && binary(operator, a, b, span);
      }
      if (operator !== '*' && operator !== '/') return undefined;
      const a = taken(left, factor);
      if (a) return binary(operator, a, right, span);
      const b = taken(right, operator === '*' ? factor : times(pure, factor, -1));
      return b && binary(operator, left, b, span);
    }
    case 'conditional': {
      const [a, b] = [taken(e.whenTrue, factor), taken(e.whenFalse, factor)];
      return a && b && conditional(e.condition, a, b, e.span);
    }
    default:
      return undefined;
  }
}

/** Returns a value as a quantity of a unit: the same number of it. */
export function inUnits(value: Value, wanted: Powers, contradiction?: Contradiction): Expression {
  const { expression, unit } = asNumber(value);
  if (unit !== undefined && sameUnit(unit, wanted)) return expression;
  const factor = times(wanted, unit ?? pure, -1);
  const absorbed = taken(expression, factor);
  if (absorbed) return absorbed;
  if (contradiction && unit !== undefined && sameDimension(unit, wanted)) contradiction(unit, wanted, expression);
  return withFactor(expression, factor);
}

/** Returns a value as a pure number if one of its numbers can take up the unit, else as it is. */
export function asPure(value: Value): Value {
  const { expression, unit } = asNumber(value);
  if (unit === undefined || isPure(unit)) return { expression, unit };
  const plain = taken(expression, times(pure, unit, -1));
  return plain ? { expression: plain, unit: pure } : { expression, unit };
}

/** Returns the unit of two values that are added, compared or chosen from: that of the one without a fitting number. */
function commonUnit(a: Value, b: Value): Powers | undefined {
  if ((a.unit === undefined) !== (b.unit === undefined)) return asPure(a.unit === undefined ? b : a).unit;
  if (a.unit === undefined || b.unit === undefined || sameUnit(a.unit, b.unit)) return a.unit ?? b.unit;
  const takesRight = taken(b.expression, times(a.unit, b.unit, -1));
  return !takesRight && taken(a.expression, times(b.unit, a.unit, -1)) ? b.unit : a.unit;
}

/** Returns a condition as the number 1 or 0, and any other value as it is. */
function asNumber(value: Value): Value {
  return value.isCondition
    ? { expression: conditional(value.expression, integer(1), integer(0)), unit: undefined }
    : value;
}

/** Returns a value as a condition: NMODL takes any number but 0 as true. */
export function asCondition(value: Value): Expression {
  if (value.isCondition) return value.expression;
  return binary('!=', inUnits(value, pure), integer(0), value.expression.span);
}

/** Returns the result of an operator. */
export function operate(operator: BinaryOperator, a: Value, b: Value, contradiction: Contradiction): Value {
  const span = { start: a.expression.span.start, end: b.expression.span.end };
  if (operator === 'and' || operator === 'or')
    return { expression: binary(operator, asCondition(a), asCondition(b), span), unit: pure, isCondition: true };
  const [left, right] = [asNumber(a), asNumber(b)];
  switch (operator) {
    case '*':
    case '/': {
      const unit =
        left.unit === undefined && right.unit === undefined
          ? undefined
          : times(left.unit ?? pure, right.unit ?? pure, operator === '*' ? 1 : -1);
      return { expression: binary(operator, left.expression, right.expression, span), unit };
    }
    case '**': {
      const exponent = right.expression;
      const whole = exponent.kind === 'number' && Number.isInteger(exponent.value) ? exponent.value : undefined;
      if (whole !== undefined && (left.unit === undefined || whole !== 0))
        return {
          expression: binary('**', left.expression, exponent, span),
          unit: left.unit && times(pure, left.unit, whole),
        };
      const base = left.unit === undefined ? left.expression : inUnits(left, pure);
      return { expression: binary('**', base, inUnits(right, pure), span), unit: left.unit && pure };
    }
    default: {
      const unit = commonUnit(left, right);
      const common = unit ?? pure;
      const expression = binary(
        operator,
        unit === undefined ? left.expression : inUnits(left, common, contradiction),
        unit === undefined ? right.expression : inUnits(right, common, contradiction),
        span,
      );
      const isCondition = operator !== '+' && operator !== '-';
      return isCondition ? { expression, unit: pure, isCondition } : { expression, unit };
    }
  }
}

/** Returns the result of a prefix operator. */
export function negate(operator: '-' | 'not', value: Value): Value {
  if (operator === 'not') return { expression: unary('not', asCondition(value)), unit: pure, isCondition: true };
  const { expression, unit } = asNumber(value);
  return { expression: unary('-', expression), unit };
}

/** Returns a choice of two values. */
export function choose(condition: Expression, a: Value, b: Value, contradiction: Contradiction): Value {
  const unit = commonUnit(a, b);
  const of = (value: Value): Expression =>
    unit === undefined ? asNumber(value).expression : inUnits(value, unit, contradiction);
  return { expression: conditional(condition, of(a), of(b)), unit };
}

/** Functions of pure numbers, by their names in NMODL. */
const pureFunctions: Readonly<Record<string, string>> = Object.fromEntries(
  'exp log log10 sin cos tan sinh cosh tanh asin acos atan'.split(' ').map((name) => [name, name]),
);

/** Functions with one unit for all arguments and the result. */
const sameFunctions: Readonly<Record<string, string>> = {
  fabs: 'abs',
  abs: 'abs',
  floor: 'floor',
  ceil: 'ceil',
  fmod: 'fmod',
  min: 'min',
  max: 'max',
};

/** Functions of NMODL that return random numbers. */
export const randomFunctions: readonly string[] = [
  ...['scop_random', 'exprand', 'normrand', 'poisrand'],
  ...['random_uniform', 'random_negexp', 'random_normal', 'random_ipick', 'random_dpick'],
];

/** Functions of the language. */
export const functionNames: readonly string[] = [
  ...Object.keys(pureFunctions),
  ...Object.keys(sameFunctions),
  ...['sqrt', 'exprelr', 'pow', 'atan2'],
];

/** Returns the result of a function of the language, or undefined for another function. */
export function callFunction(name: string, given: readonly Value[], contradiction: Contradiction): Value | undefined {
  const span = given[0]?.expression.span;
  const [first, second] = given;
  if (!first) return undefined;
  const known = (table: Readonly<Record<string, string>>): string | undefined =>
    Object.hasOwn(table, name) ? table[name] : undefined;
  const plain = known(pureFunctions);
  if (plain !== undefined && given.length === 1)
    return { expression: call(plain, [inUnits(first, pure, contradiction)], span), unit: pure };
  const same = known(sameFunctions);
  if (same !== undefined) {
    const unit = given.find((value) => value.unit !== undefined)?.unit;
    const parts = given.map((one) => (unit === undefined ? one.expression : inUnits(one, unit, contradiction)));
    return { expression: call(same, parts, span), unit };
  }
  if (name === 'sqrt') return { expression: call('sqrt', [inUnits(first, pure)], span), unit: pure };
  if (name === 'exprelr')
    return {
      expression: binary('/', integer(1), call('exprel', [inUnits(first, pure, contradiction)], span)),
      unit: pure,
    };
  if (name === 'pow' && second) return operate('**', first, second, contradiction);
  if (name === 'atan2' && second)
    return { expression: call('atan2', [inUnits(first, pure), inUnits(second, pure)], span), unit: pure };
  return undefined;
}

/** Whether an expression is 0, with a unit or without. */
export const isNothing = (e: Expression): boolean =>
  isZero(e) ||
  (e.kind === 'binary' && e.operator === '*' && isNothing(e.left)) ||
  (e.kind === 'quantity' && e.value === 0);
