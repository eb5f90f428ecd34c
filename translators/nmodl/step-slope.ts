/** How steps of NEURON advance states: slopes by the step, and rates that `cnexp` has no solution for. */

import type { Expression } from '../../src/lang/ast.js';
import {
  binary,
  conditional,
  difference,
  integer,
  isZero,
  negated,
  product,
  quotient,
  sum,
} from '../../src/lang/build.js';
import { simplify } from '../../src/lang/fold.js';
import { linearForm } from '../../src/lang/linear.js';
import { substitute } from '../../src/lang/walk.js';
import { constantOf } from './execute.js';
import type { Report } from './expressions.js';
import { unitNames, type FileNames } from './file-names.js';
import * as messages from './messages.js';
import type { NmodlFile } from './syntax.js';

const unitsAsOne = new Map([...unitNames].map((name) => [name, integer(1)]));

/** Returns a slope by the step at a step of zero. */
export function atNoStep(e: Expression): Expression {
  if (e.kind === 'name') return e.name === 'dt' ? integer(0) : e;
  if (e.kind === 'unary' && e.operator === '-') return negated(atNoStep(e.operand));
  if (e.kind === 'call') {
    const [argument, ...others] = e.arguments.map(atNoStep);
    if (e.function === 'exp' && argument && isZero(argument)) return integer(1);
    return argument ? { ...e, arguments: [argument, ...others] } : e;
  }
  if (e.kind === 'conditional') {
    const condition = atNoStep(e.condition);
    // Values of a step of zero are zero in any unit.
    const decided = constantOf(simplify(substitute(condition, unitsAsOne)));
    const [whenTrue, whenFalse] = [atNoStep(e.whenTrue), atNoStep(e.whenFalse)];
    return decided === undefined ? conditional(condition, whenTrue, whenFalse) : decided ? whenTrue : whenFalse;
  }
  if (e.kind !== 'binary') return e;
  const [left, right] = [atNoStep(e.left), atNoStep(e.right)];
  const { operator } = e;
  if (operator === '+') return sum(left, right);
  if (operator === '-') return difference(left, right);
  if (operator === '*') return product(left, right);
  return operator === '/' ? quotient(left, right) : binary(operator, left, right, e.span);
}

/**
 * Reports rates that are not linear in their states, for which `cnexp` has no solution.
 *
 * @param without  returns an expression without definitions that read one of the names
 */
export function checkExponential(
  file: NmodlFile,
  rates: ReadonlyMap<string, Expression>,
  { renamed }: FileNames,
  without: (e: Expression, names: ReadonlySet<string>) => Expression,
  report: Report,
): void {
  for (const solve of file.breakpoint) {
    if (solve.kind !== 'solve' || solve.method !== 'cnexp') continue;
    for (const one of file.blocks.get(solve.block)?.body ?? []) {
      if (one.kind !== 'assign' || !one.isRate) continue;
      const name = renamed.get(one.target.name) ?? one.target.name;
      const rate = rates.get(name) ?? rates.get(one.target.name);
      if (rate && !linearForm(without(rate, new Set([name])), [name]))
        report(messages.nonlinearRate(one.target.name), one.span);
    }
  }
}
