/**
 * Remainders and floor division: `fmod` as in C (sign of the dividend, exact), `modulo` and `floorDivide` as Python's %
 * and // on floats (sign of the divisor), with NumPy's results for a divisor of zero instead of an exception.
 *
 * The versions for floats are not straight-line: a quotient of 2^52 and more takes a loop.
 */

import {
  add,
  and,
  binary,
  call,
  constant,
  convert,
  div,
  eq,
  f64,
  ge,
  get,
  gt,
  i32,
  le,
  lt,
  mul,
  ne,
  select,
  sub,
  unary,
} from '../builder.js';
import type { Expression, IrFunction } from '../program.js';
import { type FloatType, type NumberType, define, perType } from './define.js';
import { abs, formatOf, powerOfTwo, twoProduct, withSignOf } from './formats.js';

/**
 * x - trunc(x / y) * y without rounding, with the sign of x; of floats NaN for y = 0 or infinite x, of integers 0 for y
 * = 0.
 */
export const fmod = perType<NumberType>((type) =>
  type === 'f64' ? fmodDouble() : type === 'f32' ? fmodSingle() : fmodInteger(),
);

function fmodDouble(): IrFunction {
  return define(
    'fmod_f64',
    'remainder with the sign of the dividend, exact',
    { x: 'f64', y: 'f64' },
    (body, { x, y }) => {
      const format = formatOf('f64');
      const a = body.let('a', abs(x));
      const b = body.let('b', abs(y));
      const ratio = body.let('ratio', div(a, b));
      // The rounded quotient is the true one or, having been rounded up, one more; its product with b is exact as a
      // pair.
      const product = twoProduct(body, format, body.let('quotient', unary('trunc', ratio)), b);
      const difference = body.let('difference', sub(sub(a, product.high), product.low));
      const rest = body.variable('rest', select(lt(difference, f64(0)), add(difference, b), difference));
      const infinite = f64(Infinity);
      const legal = body.let('legal', and(lt(a, infinite), gt(b, f64(0))));
      body.when(and(legal, ge(ratio, f64(powerOfTwo(52)))), () => {
        body.set(rest, a);
        const step = body.variable('step', b);
        body.whilst(le(add(get(step), get(step)), a), () => body.set(step, add(get(step), get(step))));
        body.whilst(ge(get(step), b), () => {
          body.set(rest, select(ge(get(rest), get(step)), sub(get(rest), get(step)), get(rest)));
          body.set(step, mul(get(step), f64(0.5)));
        });
      });
      const value = select(eq(b, infinite), a, get(rest));
      return select(legal, withSignOf(format, body.let('value', value), x), f64(NaN));
    },
  );
}

/** The remainder of two float32 numbers is one, so the float64 function gives it exactly. */
function fmodSingle(): IrFunction {
  return define('fmod_f32', 'remainder with the sign of the dividend, exact', { x: 'f32', y: 'f32' }, (_, { x, y }) =>
    convert('f32', call(fmod('f64'), convert('f64', x), convert('f64', y))),
  );
}

function fmodInteger(): IrFunction {
  return define('fmod_i32', 'remainder with the sign of the dividend', { x: 'i32', y: 'i32' }, (_, { x, y }) =>
    binary('rem', x, y),
  );
}

/** Whether a nonzero remainder and the divisor have different signs. */
const otherSign = (rest: Expression, divisor: Expression, zero: Expression): Expression =>
  and(ne(rest, zero), ne(lt(rest, zero), lt(divisor, zero)));

/** Python's x % y, with the sign of y; for y = 0 NaN of floats, 0 of integers. */
export const modulo = perType<NumberType>((type) =>
  define(`modulo_${type}`, 'remainder with the sign of the divisor', { x: type, y: type }, (body, { x, y }) => {
    const zero = constant(type, 0);
    const rest = body.let('rest', call(fmod(type), x, y));
    const moved = body.let('moved', select(otherSign(rest, y, zero), add(rest, y), rest));
    return type === 'i32' ? moved : select(eq(rest, zero), withSignOf(formatOf(type), zero, y), moved);
  }),
);

/** Python's x // y; for y = 0 the quotient x / y of floats, 0 of integers. */
export const floorDivide = perType<NumberType>((type) =>
  type === 'i32' ? floorDivideInteger() : floorDivideFloat(type),
);

function floorDivideFloat(type: FloatType): IrFunction {
  return define(`floorDivide_${type}`, 'quotient rounded down', { x: type, y: type }, (body, { x, y }) => {
    const format = formatOf(type);
    const { number: n } = format;
    const rest = body.let('rest', call(fmod(type), x, y));
    const near = div(sub(x, rest), y);
    const quotient = body.let('quotient', select(otherSign(rest, y, n(0)), sub(near, n(1)), near));
    const down = body.let('down', unary('floor', quotient));
    // The quotient is a whole number except for rounding.
    const whole = body.let('whole', select(gt(sub(quotient, down), n(0.5)), add(down, n(1)), down));
    const ratio = body.let('ratio', div(x, y));
    const value = select(eq(quotient, n(0)), withSignOf(format, n(0), ratio), whole);
    return select(eq(y, n(0)), ratio, body.let('value', value));
  });
}

function floorDivideInteger(): IrFunction {
  return define('floorDivide_i32', 'quotient rounded down', { x: 'i32', y: 'i32' }, (body, { x, y }) => {
    const rest = body.let('rest', binary('rem', x, y));
    return sub(div(x, y), convert('i32', otherSign(rest, y, i32(0))));
  });
}
