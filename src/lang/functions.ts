import { second } from './dimension.js';
import { dimensionless, type Dimension, type Expression, type ValueType } from './ast.js';
import { callsIn } from './walk.js';

/** The dimensions of a function's arguments and result. */
type DimensionRule =
  /** All arguments and the result are pure numbers. */
  | 'pure'
  /** All arguments have one dimension, the result has it too. */
  | 'same'
  /** All arguments have one dimension, the result is a pure number. */
  | 'ratio'
  /** One argument of any dimension, the result has its square root. */
  | 'root'
  /** Times in, number of steps out. */
  | 'steps'
  /** A pure number and a value of any dimension; the result has the second's. */
  | 'second'
  /** Given in full, for tables and other functions of a model. */
  | { readonly arguments: readonly Dimension[]; readonly result: Dimension };

/** How the type of the result follows from the arguments. */
type TypeRule = ValueType | 'widest';

/** The signature of a function in the expression language. */
export interface FunctionSignature {
  readonly name: string;
  /** Numbers of arguments that a call may have. */
  readonly arity: readonly number[];
  /** How the dimension of the result follows from the arguments. */
  readonly dimension: DimensionRule;
  /** Type of the result; `widest`: the type of the widest argument, boolean to real. */
  readonly result: TypeRule;
  /** Whether each evaluation draws a new random number. */
  readonly random: boolean;
  /** Whether an argument may be a condition (`int(v > 0)`). */
  readonly acceptsBoolean: boolean;
}

function signature(
  name: string,
  arity: readonly number[],
  dimension: DimensionRule,
  result: TypeRule,
  random = false,
): FunctionSignature {
  return { name, arity, dimension, result, random, acceptsBoolean: name === 'int' };
}

const pureFunctions = 'exp expm1 log log1p log10 log2 sin cos tan sinh cosh tanh asin acos atan erf exprel'.split(' ');

/**
 * The functions of the canonical syntax by name.
 *
 * - exprel(x) = (exp(x) - 1)/x, 1 at 0; fmod(x, y) has the sign of x, `%` that of y.
 * - int(x) truncates towards zero, a condition gives 1 or 0; floor, ceil and round (halves to even) give reals.
 * - gammahazard(k, x) is density over survival of the gamma distribution of shape k and scale 1.
 * - clip(x, low, high); sign(x) in -1, 0, 1; timestep(t, dt) is the number of whole steps in t.
 * - Draws, new at each evaluation: uniform() in (0, 1), uniform(low, high), normal(), normal(mean, sd),
 *   exponential(mean),
 *   gamma(shape, scale), lognormal(mean and sd of the logarithm), poisson(mean), binomial(n, p), truncatedNormal(mean,
 *   sd, low, high)
 *   (drawn again until it is within the limits), vonMises(mean, concentration) in (-pi, pi].
 */
export const functions: ReadonlyMap<string, FunctionSignature> = new Map(
  [
    ...pureFunctions.map((name) => signature(name, [1], 'pure', 'real')),
    signature('sqrt', [1], 'root', 'real'),
    signature('atan2', [2], 'ratio', 'real'),
    signature('abs', [1], 'same', 'widest'),
    signature('floor', [1], 'same', 'real'),
    signature('ceil', [1], 'same', 'real'),
    signature('round', [1], 'same', 'real'),
    signature('sign', [1], 'ratio', 'widest'),
    signature('clip', [3], 'same', 'widest'),
    signature('min', [2], 'same', 'widest'),
    signature('max', [2], 'same', 'widest'),
    signature('fmod', [2], 'same', 'widest'),
    signature('int', [1], 'pure', 'integer'),
    signature('gammahazard', [2], 'pure', 'real'),
    signature('timestep', [2], 'steps', 'integer'),
    signature('uniform', [0, 2], 'same', 'real', true),
    signature('normal', [0, 2], 'same', 'real', true),
    signature('exponential', [1], 'same', 'real', true),
    signature('truncatedNormal', [4], 'same', 'real', true),
    signature('vonMises', [2], 'pure', 'real', true),
    signature('gamma', [2], 'second', 'real', true),
    signature('lognormal', [2], 'pure', 'real', true),
    signature('poisson', [1], 'pure', 'integer', true),
    signature('binomial', [2], 'pure', 'integer', true),
  ].map((entry) => [entry.name, entry]),
);

/** Whether a name is a function that draws random numbers. */
export function isRandom(name: string): boolean {
  return functions.get(name)?.random ?? false;
}

/** Whether each evaluation of an expression draws random numbers. */
export const drawsIn = (e: Expression): boolean => callsIn(e).some((call) => isRandom(call.function));

/** Constants of the canonical syntax: pure numbers. `inf` is for limits, such as clip(x, 0, inf). */
export const constants: ReadonlyMap<string, number> = new Map([
  ['pi', 3.141592653589793],
  ['e', 2.718281828459045],
  ['inf', Infinity],
]);

/**
 * The signature of a table of a model, f(t) or f(t, i).
 *
 * @param columns whether the table has a second, integer argument
 */
export function tableSignature(name: string, result: Dimension, columns: boolean): FunctionSignature {
  const parameters = columns ? [second, dimensionless] : [second];
  return {
    name,
    arity: [parameters.length],
    dimension: { arguments: parameters, result },
    result: 'real',
    random: false,
    acceptsBoolean: false,
  };
}
