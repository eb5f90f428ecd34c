/**
 * Remainders and floor division: `fmod` as in C (sign of the dividend, exact), `modulo` and `floorDivide` as Python's %
 * and // on floats (sign of the divisor), with NumPy's results for a divisor of zero instead of an exception.
 *
 * The versions for floats are not straight-line: a quotient of 2^52 and more takes a loop.
 */

import { add, and, binary, call, constant, convert, div, eq, gt, i32, lt, ne, select, sub, unary } from '../builder.js';
import type { Expression, IrFunction } from '../program.js';
import { type FloatType, type NumberType, define, perType } from './define.js';
import { formatOf, twoProduct, withSignOf } from './formats.js';
import { powerOfTwo } from '../power-of-two.js';

/**
 * x - trunc(x / y) * y without rounding, with the sign of x; of floats NaN for y = 0 or infinite x, of integers 0 for y
 * = 0.
 */
export const fmod = perType<NumberType>((type) =>
  type === 'f64' ? fmodDouble() : type === 'f32' ? fmodSingle() : fmodInteger(),
);

function fmodDouble(): IrFunction {
  return define('fmod_f64', 'remainder with the sign of the dividend, exact', { x: 'f64', y: 'f64' }, (body, { x }) => {
    const format = formatOf('f64');
    const at = body.write`
        let a = abs(x)
        let b = abs(y)
        let ratio = a / b
        let quotient = trunc(ratio)
        # The rounded quotient is the true one or, having been rounded up, one more; its product with b is exact as a
        # pair.
        ${(at, inner) => {
          const { high, low } = twoProduct(inner, format, at('quotient'), at('b'));
          return { high, low };
        }}
        let difference = a - high - low
        var rest = select(difference < 0.0, difference + b, difference)
        let legal = a < inf & b > 0.0
        if legal & ratio >= ${powerOfTwo(52)} {
          rest = a
          var step = b
          while step + step <= a {
            step = step + step
          }
          while step >= b {
            rest = select(rest >= step, rest - step, rest)
            step = step * 0.5
          }
        }
        let value = select(b == inf, a, rest)
        let result = select(legal, ${(at) => withSignOf(format, at('value'), x)}, nan)`;
    return at('result');
  });
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
    const rest = body.name('rest', call(fmod(type), x, y));
    const moved = body.name('moved', select(otherSign(rest, y, zero), add(rest, y), rest));
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
    const rest = body.name('rest', call(fmod(type), x, y));
    const near = div(sub(x, rest), y);
    const quotient = body.name('quotient', select(otherSign(rest, y, n(0)), sub(near, n(1)), near));
    const down = body.name('down', unary('floor', quotient));
    // The quotient is a whole number except for rounding.
    const whole = body.name('whole', select(gt(sub(quotient, down), n(0.5)), add(down, n(1)), down));
    const ratio = body.name('ratio', div(x, y));
    const value = select(eq(quotient, n(0)), withSignOf(format, n(0), ratio), whole);
    return select(eq(y, n(0)), ratio, body.name('value', value));
  });
}

function floorDivideInteger(): IrFunction {
  return define('floorDivide_i32', 'quotient rounded down', { x: 'i32', y: 'i32' }, (body, { x, y }) => {
    const rest = body.name('rest', binary('rem', x, y));
    return sub(div(x, y), convert('i32', otherSign(rest, y, i32(0))));
  });
}
