/** Contents that documents should be able to hold without harm. */

/** Numbers at the edges of types, and beyond. */
export const numbers: readonly number[] = [
  0, -0, 1, -1, 2, 3, 0.5, -2.5, 1e-320, 1e-9, 1e9, 1e15, 1e308, -1e308, Infinity, -Infinity, NaN,
  255, 256, 65535, 65536, 2147483647, 2147483648, 4294967295, 4294967296, 4294967297,
  9007199254740991, 9007199254740992, 18446744073709552000,
]; // prettier-ignore

/** Names that mean something to JavaScript, to the language of equations, or to a file system. */
export const names: readonly string[] = [
  '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__', 'length',
  'i', 'j', 'k', 'N', 'N_pre', 'N_post', 'N_incoming', 't', 'dt', 't_in_timesteps', 'xi', 'lastspike', 'not_refractory', 'pi', 'inf', 'e', 'rand', 'exp',
  'mV', 'second', 'S', 'h', 'and', 'if', 'else', 'not', 'True', 'v', 'v_pre', 'v_post', 'pre', 'post', 'self', 'if_', 'while', 'int', '_', '_x', 'x_',
  '', ' ', '.', '..', '../../etc/passwd', '/etc/passwd', '.bashrc', 'a/b', 'a~1b', '~', 'a b', 'ä', '\u{1d465}', 'a\u0000b', '\ud800', '\u202e', '\ufeff',
  'x'.repeat(300), '$data', '$ref', '<<', '*', '&a', '!!js/function', '---', '{{x}}', '%s%n', '-1', '0', '1e999',
]; // prettier-ignore

/** Quantities, well and badly written. */
export const quantities: readonly string[] = [
  '1 mV', '0 ms', '-1 ms', '1e400 mV', '1e-400 s', 'inf*mV', 'nan', '1/0*mV', '10 ms', '1e12 s', '1 mV/ms', '3 m', '3*m', '1 um', '1 Hz', '1e30 Hz', '1 mV mV',
  '1 parsec', '1 m**99', '1 m**-999999999999', '1 kilogram**2', '0x10 mV', '1_000 mV', '٣ mV', '1 µS', '1 μS', '1 Ω', '5 degC', '50%', '1e', '.', '+', '--1 mV', '1 mV;', '',
]; // prettier-ignore
