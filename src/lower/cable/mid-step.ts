/** Code evaluated half a step later, which drives cables of second order. */

import type { Expression } from '../../lang/ast.js';
import { name as nameOf, number, product, sum } from '../../lang/build.js';
import { drawsIn } from '../../lang/functions.js';
import { substitute } from '../../lang/walk.js';

/** `dt/2`. */
export const halfStep: Expression = product(number(0.5), nameOf('dt'));

/**
 * Returns an expression at the time of the middle of the step. An expression with random draws stays unchanged, because
 * draws are counted by steps.
 */
export const midStep = (e: Expression): Expression =>
  drawsIn(e) ? e : substitute(e, new Map([['t', sum(nameOf('t'), halfStep)]]));
