/**
 * The exact method: x(h) = P x + R b with the propagators of `matrix.ts`.
 *
 * Where every coefficient is a constant the propagators are numbers in the code. Where one is a parameter that differs
 * between elements or that a phase may set, a kernel computes them into buffers at initialisation and after each `set`.
 * Variables whose rate is zero while refractory have a second set of rows for that mode.
 */

import * as ir from '../ir/builder.js';
import type { Buffer, Expression as Ir } from '../ir/program.js';
import type { Expression } from '../lang/ast.js';
import { Block } from './block.js';
import type { Context } from './context.js';
import { ElementScope, rangesAddress } from './element-scope.js';
import { compileReal, compile, to } from './expressions.js';
import type { IntegrationScope } from './expressions.js';
import { fold } from '../ir/fold.js';
import type { Group } from './groups.js';
import type { LinearSystem } from './integrate.js';
import type { Matrix } from './matrix.js';
import { propagators, reach } from './matrix.js';
import { storedPropagators, type Entry, type Propagators } from './stored-propagators.js';

/** The propagators of a system in which the rows of `frozen` variables are zero. */
export function propagatorsOf(
  system: LinearSystem,
  frozen: ReadonlySet<string>,
  group: Group,
  context: Context,
): Propagators {
  const rows = system.matrix.map((row, i) =>
    row.map((entry) => (frozen.has(system.names[i] as string) ? null : entry)),
  );
  const closed = reach(rows.map((row) => row.map((entry) => entry !== null)));
  const scope = new ElementScope(context, group, rangesAddress, new Block(), null);
  return (
    constantPropagators(rows, closed, scope) ??
    storedPropagators({ names: system.names, rows, closed, frozen }, group, context)
  );
}

/** Propagators of a system whose coefficients are all constants in a scope, else null. */
export function propagatorsIn(system: LinearSystem, scope: IntegrationScope): Propagators | null {
  return constantPropagators(
    system.matrix,
    reach(system.matrix.map((row) => row.map((entry) => entry !== null))),
    scope,
  );
}

function constantPropagators(
  rows: readonly (readonly (Expression | null)[])[],
  closed: readonly (readonly boolean[])[],
  scope: IntegrationScope,
): Propagators | null {
  const numbers = constantMatrix(rows, scope);
  if (!numbers) return null;
  const { p, r } = propagators(numbers, scope.context.dt);
  const masked = (m: Matrix): Entry[][] => m.map((row, i) => row.map((x, j) => (closed[i]?.[j] ? x : null)));
  return { p: masked(p), r: masked(r), kernels: [] };
}

/** The matrix as numbers when all its entries fold to constants. */
function constantMatrix(rows: readonly (readonly (Expression | null)[])[], scope: IntegrationScope): Matrix | null {
  const result: number[][] = [];
  for (const row of rows) {
    const numbers: number[] = [];
    for (const entry of row) {
      if (entry === null) {
        numbers.push(0);
        continue;
      }
      const value = to('f64', compile(entry, scope));
      if (value.kind !== 'const') return null;
      numbers.push(Number(value.value));
    }
    result.push(numbers);
  }
  return result;
}

/** New value of one variable: its row of P times the old values plus its row of R times the terms. */
export function propagated(
  i: number,
  system: LinearSystem,
  propagators_: Propagators,
  terms: readonly (Ir | null)[],
  scope: IntegrationScope,
): Ir {
  // Stored propagators exist only for groups, whose kernels run over `index`.
  const entry = (e: Entry): Ir =>
    typeof e === 'number' ? to(scope.real, ir.f64(e)) : ir.load(e as Buffer, rangesAddress.index);
  let sum: Ir | null = null;
  const include = (value: Ir): void => {
    sum = sum ? fold(ir.add(sum, value)) : value;
  };
  system.names.forEach((name, j) => {
    const p = propagators_.p[i]?.[j] ?? null;
    if (p === null || p === 0) return;
    const x = to(scope.real, scope.read(name));
    include(p === 1 ? x : fold(ir.mul(entry(p), x)));
  });
  // Terms that are constants add up to one constant.
  let constant = 0;
  terms.forEach((term, j) => {
    const r = propagators_.r[i]?.[j] ?? null;
    if (r === null || r === 0 || term === null) return;
    if (typeof r === 'number' && term.kind === 'const') constant += r * Number(term.value);
    else include(fold(ir.mul(entry(r), term.kind === 'const' ? to(scope.real, term) : term)));
  });
  if (constant !== 0) include(to(scope.real, ir.f64(constant)));
  return sum ?? to(scope.real, ir.f64(0));
}

/** The terms of a system, compiled once and named; constants stay float64. */
export function compiledTerms(system: LinearSystem, scope: IntegrationScope): (Ir | null)[] {
  return system.terms.map((term, i) => {
    if (term === null) return null;
    const value = compile(term, scope);
    if (value.kind === 'const') return to('f64', value);
    return scope.block.name(`drive_${system.names[i] as string}`, compileReal(term, scope));
  });
}
