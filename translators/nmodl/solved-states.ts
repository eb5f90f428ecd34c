/** Values of states that linear equations state. */

import type { Expression, Span } from '../../src/lang/ast.js';
import { integer, name as nameOf, negated } from '../../src/lang/build.js';
import { simplify } from '../../src/lang/fold.js';
import { linearForm } from '../../src/lang/linear.js';
import { namesIn } from '../../src/lang/walk.js';
import { Untranslatable, type Definitions, type Effects } from './definitions.js';
import type { Report } from './expressions.js';
import type { FileNames } from './file-names.js';
import { eliminate, type Equation } from './linear-system.js';
import * as messages from './messages.js';
import { pure, times } from './units.js';
import { inUnits, type Value } from './values.js';

/** Returns the equations of a LINEAR block. */
export function linearEquations({ zeros }: Effects): Equation[] {
  return zeros.map((value) => ({ zero: inUnits(value, value.unit ?? pure), unit: value.unit ?? pure }));
}

/**
 * Solves linear equations for the states that they hold. Each element becomes a definition, so that none grows.
 *
 * @param without  returns an expression without definitions that read one of the names
 */
export function solvedStates(
  equations: readonly Equation[],
  span: Span,
  own: FileNames,
  definitions: Definitions,
  report: Report,
  without: (e: Expression, names: ReadonlySet<string>) => Expression,
): Map<string, Value> {
  const { states, renamed } = own;
  const inFile = new Map([...states.keys()].map((name) => [renamed.get(name) ?? name, name]));
  const expanded = equations.map(({ zero }) => without(zero, new Set(inFile.keys())));
  const unknowns = [...inFile.keys()].filter((name) => expanded.some((e) => namesIn(e).has(name)));
  const rows = expanded.map((e) => {
    const form = linearForm(e, unknowns);
    return form && [...unknowns.map((name) => form.coefficients.get(name) ?? integer(0)), negated(form.constant)];
  });
  const matrix = rows.flatMap((row) => (row ? [row] : []));
  if (matrix.length < rows.length || rows.length !== unknowns.length) {
    report(messages.nonlinearSteady(unknowns[0] ?? ''), span);
    throw new Untranslatable();
  }
  const stateUnits = unknowns.map((name) => own.stateUnit(inFile.get(name) ?? name));
  const solved = eliminate(matrix, (value, row, column) => {
    const short = simplify(value);
    if (short.kind === 'number' || short.kind === 'quantity' || short.kind === 'name') return short;
    const whole = equations[row]?.unit ?? pure;
    const unit = column === unknowns.length ? whole : times(whole, stateUnits[column] ?? pure, -1);
    return nameOf(definitions.define('steady', short, unit, span));
  });
  return new Map(
    unknowns.map((name, k) => [
      inFile.get(name) ?? name,
      { expression: solved[k] ?? integer(0), unit: stateUnits[k] ?? pure },
    ]),
  );
}
