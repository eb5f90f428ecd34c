/** Arithmetic on the host, for comparing functions at points: its last digits may differ between machines. */

import type { Expression } from '../../lang/ast.js';
import { number } from '../../lang/build.js';
import { evaluate, type Functions } from '../../lang/evaluate.js';
import { foldConstants } from '../../lang/fold.js';
import { parseExpression } from '../../lang/parse.js';
import { isChoice, mapExpression, namesIn, visit } from '../../lang/walk.js';

const functions: Readonly<Record<string, (x: number, y: number) => number>> = {
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  log10: Math.log10,
  log2: Math.log2,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  pow: Math.pow,
  atan2: Math.atan2,
  exprel: (x) => (x === 0 ? 1 : Math.expm1(x) / x),
  timestep: (t, dt) => Math.floor((t + 1e-3 * dt) / dt),
};

/** Functions of expressions, computed by the host. */
export const hostFunctions: Functions = (name, [x = 0, y = 0]) => functions[name]?.(x, y);

/**
 * Returns the value of an expression at a point.
 *
 * @param more  functions besides the ones that all expressions have
 * @throws NoNumber for random draws, and for expressions without a value there
 */
export function valueAt(e: Expression, lookup: (name: string) => number, more?: Functions): number {
  return evaluate(
    e,
    lookup,
    more ? (name, values) => more(name, values) ?? hostFunctions(name, values) : hostFunctions,
  );
}

/** Returns the value of an expression without names; undefined if it has no value. */
export function constantOf(e: Expression): number | undefined {
  try {
    return valueAt(e, () => {
      throw new RangeError('a name');
    });
  } catch {
    return undefined;
  }
}

/**
 * Functions that have other values at few points or in a few intervals, so that a comparison at points may miss them.
 */
const stepwise: ReadonlySet<string> = new Set(['floor', 'ceil', 'int', 'sign', 'clip', 'min', 'max', 'timestep']);

/** Checks whether the form of an expression depends on the values of names in it. */
export function hasCases(e: Expression): boolean {
  let found = false;
  visit(e, (part) => {
    found ||= (isChoice(part) || (part.kind === 'call' && stepwise.has(part.function))) && namesIn(part).size > 0;
  });
  return found;
}

/** Returns the value of an expression that is the same for all values of its names; undefined for other expressions. */
export function everywhere(e: Expression): number | undefined {
  if (hasCases(e)) return undefined;
  try {
    const [first = NaN, ...others] = [1, 2, 3].map((seed) => {
      const next = sequence(seed);
      const values = new Map<string, number>();
      return valueAt(e, (name) => {
        const value = values.get(name) ?? 0.5 + next();
        values.set(name, value);
        return value;
      });
    });
    return others.every((other) => near(first, other)) ? tidy(first) : undefined;
  } catch {
    return undefined;
  }
}

/** Names that have the meaning given by the model, even if units have the same names. */
export interface Declared {
  /** Whether the model gives a name its meaning. */
  has(name: string): boolean;
}

const none: ReadonlyMap<string, Expression> = new Map();

/** Returns a text of the model, or an expression of it, with pure numbers in SI in the place of quantities. */
export function plain(e: Expression | string, declared: Declared): Expression {
  const tree = typeof e === 'string' ? parseExpression(e) : e;
  const inSI = foldConstants(tree, none, (name) => declared.has(name));
  return mapExpression(inSI, (part) => (part.kind === 'quantity' ? number(part.value) : part));
}

/** Folds an expression that is already plain: none of its names is a unit. */
export const fold = (e: Expression): Expression => foldConstants(e, none, () => true);

/**
 * Without the digits that rounding adds in the 14th place and after it.
 *
 * @param apart  how far the value may be from that without them, as a part of it
 */
export function tidy(value: number, apart = 4e-15): number {
  const short = Number(value.toPrecision(14));
  return Math.abs(short - value) <= apart * Math.abs(value) ? short : value;
}

/**
 * Returns 1.4 for 1.4000000000000001, as 0.28*5 is in doubles.
 *
 * @param digits  a number of more digits stays as it is
 * @param apart   how far the value may be from the result, as a part of it
 */
export function withoutRounding(value: number, digits = 12, apart = 4e-15): number {
  const short = Number(value.toPrecision(digits));
  return Math.abs(short - value) <= apart * Math.abs(value) ? short : value;
}

/** Returns a value without the effect of constants of few digits: models have pi as 3.14159265 and e as 2.7182818. */
export const withoutShortConstants = (value: number): number => withoutRounding(value, 6, 1.1e-8);

/** Checks whether two numbers agree up to rounding; `scale` is the size of the numbers that they were computed from. */
export const near = (a: number, b: number, scale = 0): boolean =>
  a === b || (Number.isFinite(a - b) && Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), scale));

/** Returns numbers in (0, 1) that are always the same. */
export function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
}

/** Returns the number at which a test changes between two numbers with different results, by some bisections. */
export function changeBetween(from: number, to: number, test: (value: number) => boolean, bisections = 60): number {
  const first = test(from);
  let [before, after] = [from, to];
  for (let k = 0; k < bisections; k += 1) {
    const middle = (before + after) / 2;
    if (test(middle) === first) before = middle;
    else after = middle;
  }
  return after;
}
