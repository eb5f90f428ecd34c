/** Functions of numbers for draws, from the kernel IR's library, so that every machine draws the same. */

import { createEvaluator } from '../ir/evaluate.js';
import { libraryFunction, withCallees, type LibraryName } from '../ir/library/index.js';
import { ordinaryExp, ordinaryLog } from './fast-functions.js';

const evaluators = new Map<LibraryName, (args: readonly number[]) => number>();

/** Returns a function that is compiled when it is first needed. */
function evaluatorOf(name: LibraryName): (args: readonly number[]) => number {
  const known = evaluators.get(name);
  if (known !== undefined) return known;
  const callee = libraryFunction(name, 'f64');
  const evaluator = createEvaluator(withCallees([callee]));
  const evaluate = (args: readonly number[]): number => Number(evaluator.call(callee.name, args)[0]);
  evaluators.set(name, evaluate);
  return evaluate;
}

const evaluate = (name: LibraryName, ...args: readonly number[]): number => evaluatorOf(name)(args);

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
