/**
 * Interval arithmetic over expressions: the least and greatest value of an expression. It determines the length of
 * delays and the width of fixed-point inboxes; infinite ends mean "no bound known". Our distributions are bounded,
 * since a uniform number is never nearer to 0 or 1 than 2^-53.
 */

import { libraryCall } from '../../ir/library-calls.js';
import type { Call, Expression } from '../../lang/ast.js';

/** Numbers from `low` to `high`, both included; either may be infinite. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** No bound known. */
export const everything: Interval = { low: -Infinity, high: Infinity };
/** One number; NaN has no bounds. */
export const exactly = (value: number): Interval => (Number.isNaN(value) ? everything : { low: value, high: value });

/** Largest |normal()| : sqrt(-2 log 2^-53), rounded up. */
const normalLimit = 8.58;
/** Largest exponential() of mean one: -log 2^-53, rounded up. */
const exponentialLimit = 36.8;

/** Whether both ends are finite. */
export const isBounded = (interval: Interval): boolean =>
  Number.isFinite(interval.low) && Number.isFinite(interval.high);
/** The least interval that holds both. */
export const hull = (a: Interval, b: Interval): Interval => ({
  low: Math.min(a.low, b.low),
  high: Math.max(a.high, b.high),
});

const of = (...values: number[]): Interval =>
  values.some(Number.isNaN) ? everything : { low: Math.min(...values), high: Math.max(...values) };
const negate = (a: Interval): Interval => ({ low: -a.high, high: -a.low });
const sum = (a: Interval, b: Interval): Interval => {
  const low = a.low + b.low;
  const high = a.high + b.high;
  return Number.isNaN(low) || Number.isNaN(high) ? everything : { low, high };
};
/** 0 · ∞ is 0 here: an exact zero times an unbounded factor is zero. */
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b);
const product = (a: Interval, b: Interval): Interval =>
  of(times(a.low, b.low), times(a.low, b.high), times(a.high, b.low), times(a.high, b.high));
const quotient = (a: Interval, b: Interval): Interval =>
  b.low > 0 || b.high < 0 ? of(a.low / b.low, a.low / b.high, a.high / b.low, a.high / b.high) : everything;

/** Relative widening of intervals of powers: powers are not correctly rounded. */
const widening = 1e-12;

/** Intervals of powers with a known exponent, and of functions that are not correctly rounded either. */
export interface FunctionBounds {
  readonly power: (base: Interval, exponent: number) => Interval;
  readonly exp: (a: Interval) => Interval;
  readonly log: (a: Interval) => Interval;
}

/**
 * For weights, squares of constants only. These bounds decide which sums are integers, so a change of them changes
 * bits.
 */
const squareBounds: FunctionBounds = {
  power: (a, exponent) => (a.low === a.high && exponent === 2 ? exactly(a.low * a.low) : everything),
  exp: () => everything,
  log: () => everything,
};

/** Whole powers up to the eighth, and the square root. */
function wholePowers(a: Interval, exponent: number): Interval {
  if (exponent === 0.5 && a.low >= 0) return widened({ low: Math.sqrt(a.low), high: Math.sqrt(a.high) });
  if (!Number.isInteger(exponent) || exponent < 1 || exponent > 8) return everything;
  const raised = (x: number): number => {
    let result = x;
    for (let k = 1; k < exponent; k++) result *= x;
    return result;
  };
  const ends = of(raised(a.low), raised(a.high));
  return widened(exponent % 2 === 0 && a.low < 0 && a.high > 0 ? { low: 0, high: ends.high } : ends);
}

const widened = ({ low, high }: Interval): Interval => ({
  low: low - widening * Math.abs(low),
  high: high + widening * Math.abs(high),
});

const byLibrary = (name: 'exp' | 'log', a: Interval): Interval => {
  const end = (x: number): number => libraryCall(name)?.([x]) ?? NaN;
  const [low, high] = [end(a.low), end(a.high)];
  return Number.isNaN(low) || Number.isNaN(high) ? everything : widened({ low, high });
};

/** Of delays: powers, exponentials and logarithms. */
export const functionBounds: FunctionBounds = {
  power: wholePowers,
  exp: (a) => byLibrary('exp', a),
  // The logarithm of a negative number is NaN and has no bounds.
  log: (a) => (a.low > 0 ? byLibrary('log', a) : everything),
};

const booleans: Interval = { low: 0, high: 1 };

/**
 * @param lookup interval of a name; undefined for an unknown name
 * @param power interval of a power with a known exponent
 */
export function boundsOf(
  e: Expression,
  lookup: (name: string) => Interval | undefined,
  power: FunctionBounds = squareBounds,
): Interval {
  switch (e.kind) {
    case 'number':
    case 'quantity':
      return exactly(e.value);
    case 'boolean':
      return exactly(e.value ? 1 : 0);
    case 'name':
      return lookup(e.name) ?? everything;
    case 'conditional':
      return hull(boundsOf(e.whenTrue, lookup, power), boundsOf(e.whenFalse, lookup, power));
    case 'unary': {
      const operand = boundsOf(e.operand, lookup, power);
      return e.operator === 'not' ? booleans : e.operator === '-' ? negate(operand) : operand;
    }
    case 'binary': {
      const a = boundsOf(e.left, lookup, power);
      const b = boundsOf(e.right, lookup, power);
      switch (e.operator) {
        case '+':
          return sum(a, b);
        case '-':
          return sum(a, negate(b));
        case '*':
          return product(a, b);
        case '/':
          return quotient(a, b);
        case '//': {
          const q = quotient(a, b);
          return { low: Math.floor(q.low), high: Math.ceil(q.high) };
        }
        case '%':
          return b.low > 0 ? { low: 0, high: b.high } : everything;
        case '**':
          return b.low === b.high ? power.power(a, b.low) : everything;
        default:
          return booleans;
      }
    }
    case 'call':
      return boundsOfCall(e, lookup, power);
  }
}

/** Of a normal number, as the engines draw it. */
function boundsOfNormal(centre: Interval, deviation: Interval): Interval {
  const most = Math.max(Math.abs(deviation.low), Math.abs(deviation.high));
  return sum(centre, product({ low: -most, high: most }, { low: -normalLimit, high: normalLimit }));
}

function boundsOfCall(call: Call, lookup: (name: string) => Interval | undefined, power: FunctionBounds): Interval {
  const args = call.arguments.map((argument) => boundsOf(argument, lookup, power));
  const [a = everything, b = everything, c = everything] = args;
  switch (call.function) {
    case 'uniform':
      return args.length === 0 ? { low: 0, high: 1 } : hull(a, b);
    case 'normal':
      return args.length === 0 ? boundsOfNormal(exactly(0), exactly(1)) : boundsOfNormal(a, b);
    case 'truncatedNormal': {
      const limits = { low: args[2]?.low ?? -Infinity, high: args[3]?.high ?? Infinity };
      const free = boundsOfNormal(a, b);
      return {
        low: limits.low > -Infinity ? limits.low : free.low,
        high: limits.high < Infinity ? limits.high : free.high,
      };
    }
    case 'vonMises':
      return { low: -3.1415926535897936, high: 3.1415926535897936 };
    case 'exponential':
      return product(a, { low: 0, high: exponentialLimit });
    case 'binomial':
      return { low: 0, high: Math.max(0, a.high) };
    case 'clip':
      return { low: Math.min(Math.max(a.low, b.low), c.low), high: Math.min(Math.max(a.high, b.high), c.high) };
    case 'min':
      return { low: Math.min(a.low, b.low), high: Math.min(a.high, b.high) };
    case 'max':
      return { low: Math.max(a.low, b.low), high: Math.max(a.high, b.high) };
    case 'abs':
      return { low: a.low > 0 ? a.low : a.high < 0 ? -a.high : 0, high: Math.max(Math.abs(a.low), Math.abs(a.high)) };
    case 'sqrt':
      // Correctly rounded, so it keeps the order of its operands; of less than zero it is not a number.
      return a.low >= 0 ? { low: Math.sqrt(a.low), high: Math.sqrt(a.high) } : everything;
    case 'exp':
      return power.exp(a);
    case 'log':
      return power.log(a);
    case 'floor':
    case 'int':
    case 'round':
      return { low: Math.floor(a.low), high: Math.ceil(a.high) };
    case 'ceil':
      return { low: Math.floor(a.low), high: Math.ceil(a.high) };
    case 'sign':
    case 'sin':
    case 'cos':
    case 'tanh':
    case 'erf':
      return { low: -1, high: 1 };
    default:
      return everything;
  }
}

/**
 * Whether an expression and all its parts are bounded. Such an expression is never NaN, because arithmetic of bounded
 * numbers is not. Bounds of the whole are not enough: `clip(x, 0, 1)` and similar calls bound a NaN, too.
 */
export function isBoundedThroughout(e: Expression, lookup: (name: string) => Interval | undefined): boolean {
  if (!isBounded(boundsOf(e, lookup))) return false;
  switch (e.kind) {
    case 'unary':
      return isBoundedThroughout(e.operand, lookup);
    case 'binary':
      return isBoundedThroughout(e.left, lookup) && isBoundedThroughout(e.right, lookup);
    case 'conditional':
      return [e.condition, e.whenTrue, e.whenFalse].every((part) => isBoundedThroughout(part, lookup));
    case 'call':
      return e.arguments.every((argument) => isBoundedThroughout(argument, lookup));
    default:
      return true;
  }
}
