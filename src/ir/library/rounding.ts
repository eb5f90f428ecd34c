/**
 * Rounding, sign, minimum, maximum, clip and the number of a time step, as functions. Straight-line.
 *
 * Their results for NaN are defined: `min(a, b)` is b if b < a, else a; `max(a, b)` is b if b > a, else a; `clip(x,
 * low, high)` is min(max(x, low), high), so that NaN stays NaN and high wins over low; `sign` of NaN is NaN.
 */

import { add, constant, convert, div, eq, f64, gt, lt, mul, select, unary } from '../builder.js';
import type { Expression, IrFunction, UnaryOperator } from '../program.js';
import { type FloatType, type NumberType, define, once, perType } from './define.js';

const unaryFunction = <T extends NumberType>(
  name: string,
  op: UnaryOperator,
  comment: string,
): ((type: T) => IrFunction) =>
  perType<T>((type) => define(`${name}_${type}`, comment, { x: type }, (_, { x }) => unary(op, x)));

/** Square root, correctly rounded; NaN below zero. */
export const sqrt = unaryFunction<FloatType>('sqrt', 'sqrt', 'square root, correctly rounded');
/** Largest whole number not above x. */
export const floor = unaryFunction<FloatType>('floor', 'floor', 'largest whole number not above x');
/** Smallest whole number not below x. */
export const ceil = unaryFunction<FloatType>('ceil', 'ceil', 'smallest whole number not below x');
/** Nearest whole number, half to even. */
export const round = unaryFunction<FloatType>('round', 'nearest', 'nearest whole number, half to even');
/** Magnitude. */
export const abs = unaryFunction<NumberType>('abs', 'abs', 'magnitude');

/** -1, 0 or 1; 0 for both zeros, NaN for NaN. */
export const sign = perType<NumberType>((type) =>
  define(`sign_${type}`, 'sign: -1, 0 or 1', { x: type }, (_, { x }) => {
    const n = (value: number): Expression => constant(type, value);
    return select(gt(x, n(0)), n(1), select(lt(x, n(0)), n(-1), select(eq(x, n(0)), n(0), x)));
  }),
);

/** b if b < a, else a: a NaN in a is returned, a NaN in b is not. */
export const min = perType<NumberType>((type) =>
  define(`min_${type}`, 'b if b < a, else a', { a: type, b: type }, (_, { a, b }) => select(lt(b, a), b, a)),
);

/** b if b > a, else a: a NaN in a is returned, a NaN in b is not. */
export const max = perType<NumberType>((type) =>
  define(`max_${type}`, 'b if b > a, else a', { a: type, b: type }, (_, { a, b }) => select(gt(b, a), b, a)),
);

/** x raised to `low`, and then lowered to `high`. */
export const clip = perType<NumberType>((type) =>
  define(`clip_${type}`, 'min(max(x, low), high)', { x: type, low: type, high: type }, (body, { x, low, high }) => {
    const raised = body.name('raised', select(gt(low, x), low, x));
    return select(lt(high, raised), high, raised);
  }),
);

/** Number of the step that time t (s) falls in, as Brian counts it: trunc((t + 0.001 dt) / dt), i32, saturating. */
export const timestep = once(() =>
  define('timestep_f64', 'whole steps of dt in t', { t: 'f64', dt: 'f64' }, (_, { t, dt }) =>
    convert('i32', div(add(t, mul(f64(0.001), dt)), dt)),
  ),
);
