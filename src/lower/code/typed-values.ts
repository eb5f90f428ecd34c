/** Conversions between the types of variables, expressions and buffers. */

import { folded } from '../../ir/fold.js';
import type { Buffer, Expression as Ir, ScalarType } from '../../ir/program.js';
import type { ValueType } from '../../model/typed.js';
import type { Real } from '../context/context.js';
import type { Scope } from './expressions.js';
import { library, to, unify } from './expressions.js';

/** Type in which code computes a variable. */
export const scalarTypeOf = (type: ValueType, real: Real): ScalarType =>
  type === 'boolean' ? 'bool' : type === 'integer' ? 'i32' : real;

/** Converts a value to the element type of a buffer. */
export function storedValue(buffer: Buffer, value: Ir): Ir {
  if (buffer.element === 'u8') return to('u32', value);
  return to(
    buffer.element === 'i32'
      ? 'i32'
      : buffer.element === 'f64' || buffer.element === 'f32'
        ? buffer.element
        : value.type,
    value,
  );
}

/** `a op= b`. */
export function combine(operator: '+=' | '-=' | '*=' | '/=' | '%=', a: Ir, b: Ir, scope: Scope): Ir {
  const number = (e: Ir): Ir => (e.type === 'bool' ? to('i32', e) : e);
  if (operator === '/=') {
    const real = (e: Ir): Ir => (e.type === 'f64' || e.type === 'f32' ? e : to(scope.real, e));
    const [x, y] = unify(real(a), real(b), scope.real);
    return folded`${x} / ${y}`;
  }
  const [x, y] = unify(number(a), number(b), scope.real);
  switch (operator) {
    case '+=':
      return folded`${x} + ${y}`;
    case '-=':
      return folded`${x} - ${y}`;
    case '*=':
      return folded`${x} * ${y}`;
    case '%=':
      return library('modulo', [x, y]);
  }
}
