/** The functions that every program may call: mathematics and random numbers, written in the IR. */

import { invariant } from '../../diagnostics/diagnostic.js';
import type { IrFunction, Statement } from '../program.js';
import { calleesOf } from '../walk.js';
import { truncatedNormal, vonMises } from './bounded-draws.js';
import { binomial, poisson } from './counts.js';
import { type FloatType, type NumberType, definedFunction } from './define.js';
import { erf } from './error-function.js';
import { cosh, exp, expOrdinary, expm1, exprel, inverseExprel, sinh, tanh } from './exponential.js';
import { gamma } from './gamma.js';
import { hypergeometric } from './hypergeometric.js';
import { acos, asin, atan, atan2 } from './inverse-trigonometric.js';
import { log, log10, log1p, log2, logOrdinary } from './logarithm.js';
import {
  exponentialFromUniform,
  geometricSkip,
  normal,
  normalFromWords,
  normalPair,
  normalPerStep,
  philox4x32,
  uniform,
  uniformFromWords,
} from './philox.js';
import { pow } from './power.js';
import { floorDivide, fmod, modulo } from './remainder.js';
import { abs, ceil, clip, floor, max, min, round, sign, sqrt, timestep } from './rounding.js';
import { sampleSkip } from './sample-skip.js';
import { cos, sin, sinCosTurn, tan } from './trigonometric.js';

export type { NumberType } from './define.js';
export { gammaHazard } from './gamma-hazard.js';

const floatFunctions = {
  exp,
  expOrdinary,
  expm1,
  exprel,
  inverseExprel,
  sinh,
  cosh,
  tanh,
  log,
  logOrdinary,
  log1p,
  log2,
  log10,
  pow,
  sin,
  cos,
  tan,
  sinCosTurn,
  asin,
  acos,
  atan,
  atan2,
  erf,
  sqrt,
  floor,
  ceil,
  round,
} as const satisfies Record<string, (type: FloatType) => IrFunction>;

const numberFunctions = { modulo, floorDivide, fmod, abs, sign, min, max, clip } as const satisfies Record<
  string,
  (type: NumberType) => IrFunction
>;

const drawFunctions = {
  philox4x32,
  uniformFromWords,
  normalPair,
  normalFromWords,
  exponentialFromUniform,
  geometricSkip,
  uniform,
  normal,
  normalPerStep,
  poisson,
  binomial,
  gamma,
  hypergeometric,
  sampleSkip,
  truncatedNormal,
  vonMises,
  /** Makes a lognormal number from a normal one. */
  exp: () => exp('f64'),
} as const satisfies Record<string, () => IrFunction>;

/**
 * Functions of numbers. `modulo`, `floorDivide`, `fmod`, `abs`, `sign`, `min`, `max` and `clip` are written for i32
 * too; `timestep` for f64 only.
 */
export type LibraryName = keyof typeof floatFunctions | keyof typeof numberFunctions | 'timestep';
/** Functions that make random numbers; float64 in every precision. */
type DrawName = keyof typeof drawFunctions;

/** All names that `libraryFunction` takes. */
export const libraryNames: readonly LibraryName[] = [...keysOf(floatFunctions), ...keysOf(numberFunctions), 'timestep'];
/** All names that `drawFunction` takes. */
export const drawNames: readonly DrawName[] = keysOf(drawFunctions);

/**
 * A function of numbers, named `<name>_<type>`; its parameters and result have that type, except for `timestep` (f64,
 * f64 to i32) and `sinCosTurn`, which has two results.
 * @throws InvariantError when the function is not written for the type
 */
export function libraryFunction(name: LibraryName, type: NumberType): IrFunction {
  if (isKey(numberFunctions, name)) return numberFunctions[name](type);
  invariant(type !== 'i32', 'ir/library', `${name} is not written for i32`);
  if (isKey(floatFunctions, name)) return floatFunctions[name](type);
  invariant(type === 'f64', 'ir/library', `${name} is not written for ${type}`);
  return timestep();
}

/** Returns a function of random numbers; see `philox.ts`, `counts.ts` and `gamma.ts` for parameters. */
export function drawFunction(name: DrawName): IrFunction {
  return drawFunctions[name]();
}

/** Returns a function that is already defined, by name. @throws InvariantError if it is not defined */
export function namedFunction(name: string): IrFunction {
  const irFunction = definedFunction(name);
  invariant(irFunction, 'ir/library', `${name} does not exist`);
  return irFunction;
}

/**
 * The functions and all that they call, directly or not, each once and after its callees.
 * Callees are looked for among the functions given, then in the library.
 * @throws InvariantError for a callee that is in neither
 */
export function withCallees(functions: readonly IrFunction[]): IrFunction[] {
  const given = new Map(functions.map((f) => [f.name, f]));
  const ordered = new Map<string, IrFunction>();
  const visit = (f: IrFunction): void => {
    if (ordered.has(f.name)) return;
    for (const name of calleesOf(f.body)) {
      const callee = given.get(name) ?? definedFunction(name);
      invariant(callee, 'ir/library', `${f.name} calls ${name}, which does not exist`);
      visit(callee);
    }
    ordered.set(f.name, f);
  };
  functions.forEach(visit);
  return [...ordered.values()];
}

/** True when the function and all that it calls are straight-line, so it can run on vector lanes. */
export function isLaneSafe(f: IrFunction): boolean {
  return withCallees([f]).every((each) => each.body.every(isStraight));
}

function isStraight(statement: Statement): boolean {
  return statement.kind === 'set' || statement.kind === 'call' || statement.kind === 'comment';
}

function isKey<T extends object>(table: T, name: PropertyKey): name is keyof T {
  return Object.hasOwn(table, name);
}

function keysOf<T extends object>(table: T): (keyof T)[] {
  return Object.keys(table) as (keyof T)[];
}
