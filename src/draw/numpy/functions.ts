/** Functions of numbers for draws, from the kernel IR's library, so that every machine draws the same. */

import { createEvaluator } from '../../ir/evaluate.js';
import { libraryFunction, withCallees, type LibraryName } from '../../ir/library/index.js';
import { ordinaryExp, ordinaryLog } from './fast-functions.js';

const names = ['exp', 'log', 'pow', 'cos', 'acos', 'fmod'] as const satisfies readonly LibraryName[];
const functions = new Map(names.map((name) => [name, libraryFunction(name, 'f64')]));
const evaluator = createEvaluator(withCallees([...functions.values()]));

function evaluate(name: (typeof names)[number], ...args: readonly number[]): number {
  return Number(evaluator.call(functions.get(name)?.name ?? name, args)[0]);
}

/** e to the power x. */
export const exp = (x: number): number => ordinaryExp(x) ?? evaluate('exp', x);
/** Natural logarithm. */
export const log = (x: number): number => ordinaryLog(x) ?? evaluate('log', x);
/** x to the power y. */
export const pow = (x: number, y: number): number => evaluate('pow', x, y);
/** Cosine of an angle in rad. */
export const cos = (x: number): number => evaluate('cos', x);
/** Angle in rad, in [0, π]. */
export const acos = (x: number): number => evaluate('acos', x);
/** Remainder of x / y with the sign of x. */
export const fmod = (x: number, y: number): number => evaluate('fmod', x, y);
