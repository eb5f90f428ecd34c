/**
 * The exact method: x(h) = P x + R b with the propagators of `matrix.ts`.
 *
 * Where every coefficient is a constant the propagators are numbers in the code. Where one is a parameter that differs between
 * elements or that a phase may set, a kernel computes them into buffers at initialisation and after each `set`.
 * Variables whose rate is zero while refractory have a second set of rows for that mode.
 */

import * as ir from '../ir/builder.js';
import type { Buffer, Expression as Ir, Local } from '../ir/program.js';
import type { Expression } from '../lang/ast.js';
import { Block } from './block.js';
import type { Context } from './context.js';
import { ElementScope, rangesAddress } from './element-scope.js';
import { compileReal, compile, to } from './expressions.js';
import type { IntegrationScope } from './expressions.js';
import { fold } from './fold.js';
import type { Group } from './groups.js';
import type { LinearSystem } from './integrate.js';
import type { Matrix } from './matrix.js';
import { propagators, reach, taylorTerms } from './matrix.js';

/** One entry of P or R as code finds it; null is zero. */
type Entry = number | Buffer | null;

export interface Propagators {
  readonly p: readonly (readonly Entry[])[];
  readonly r: readonly (readonly Entry[])[];
  /** Kernels that compute the buffers, to be run at initialisation and after a `set`. */
  readonly kernels: readonly string[];
}

/** The propagators of a system in which the rows of `frozen` variables are zero. */
export function propagatorsOf(system: LinearSystem, frozen: ReadonlySet<string>, group: Group, context: Context): Propagators {
  const rows = system.matrix.map((row, i) => row.map((entry) => (frozen.has(system.names[i] as string) ? null : entry)));
  const closed = reach(rows.map((row) => row.map((entry) => entry !== null)));
  const scope = new ElementScope(context, group, rangesAddress, new Block(), null);
  return constantPropagators(rows, closed, scope) ?? storedPropagators(system, rows, closed, frozen, group, context);
}

/** Propagators of a system whose coefficients are all constants in a scope, else null. */
export function propagatorsIn(system: LinearSystem, scope: IntegrationScope): Propagators | null {
  return constantPropagators(system.matrix, reach(system.matrix.map((row) => row.map((entry) => entry !== null))), scope);
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

/** A kernel that fills buffers with the propagators of each element, by the series and the doublings of `matrix.ts`. */
function storedPropagators(
  system: LinearSystem,
  rows: readonly (readonly (Expression | null)[])[],
  closed: readonly (readonly boolean[])[],
  frozen: ReadonlySet<string>,
  group: Group,
  context: Context,
): Propagators {
  const { builder, dt } = context;
  const n = system.names.length;
  const mode = frozen.size > 0 ? '.refractory' : '';
  const block = new Block();
  const scope = new ElementScope(context, group, rangesAddress, block, null);
  const local = (name: string): Local => block.local(name, 'f64');
  const grid = <T>(make: (i: number, j: number) => T): (T | null)[][] =>
    Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (closed[i]?.[j] ? make(i, j) : null)));
  const m = grid((i, j) => {
    const entry = rows[i]?.[j];
    return entry ? block.name(`m_${i}_${j}`, to('f64', compile(entry, scope))) : ir.f64(0);
  });
  const part = local('part');
  const doublings = block.local('doublings', 'u32');
  const count = block.local('k', 'u32');
  const size = local('norm');
  block.emit(ir.set(size, ir.f64(0)), ir.set(part, ir.f64(dt)), ir.set(doublings, ir.u32(0)));
  for (const [i, row] of m.entries()) {
    // As in `norm`: entries on cycles only.
    const sum = row
      .filter((entry, j) => entry !== null && closed[j]?.[i])
      .map((entry) => ir.unary('abs', entry as Ir))
      .reduce((a, b) => ir.add(a, b), ir.f64(0));
    const total = block.name('row_sum', sum);
    block.emit(ir.set(size, ir.select(ir.gt(total, ir.get(size)), total, ir.get(size))));
  }
  block.emit(
    ir.whilst(ir.and(ir.gt(ir.mul(ir.get(size), ir.get(part)), ir.f64(0.5)), ir.lt(ir.get(doublings), ir.u32(60))), [
      ir.set(part, ir.mul(ir.get(part), ir.f64(0.5))),
      ir.set(doublings, ir.add(ir.get(doublings), ir.u32(1))),
    ]),
  );
  const [p, r, term, next] = ['p', 'r', 'term', 'next'].map((name) => grid((i, j) => local(`${name}_${i}_${j}`))) as [
    (Local | null)[][],
    (Local | null)[][],
    (Local | null)[][],
    (Local | null)[][],
  ];
  const cells = (f: (i: number, j: number) => void): void => {
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (closed[i]?.[j]) f(i, j);
  };
  const cell = (a: (Local | null)[][], i: number, j: number): Local => a[i]?.[j] as Local;
  /** Σ_k a_ik b_kj over the entries that exist. */
  const dot = (a: (i: number, k: number) => Ir, b: (k: number, j: number) => Ir, i: number, j: number): Ir => {
    let sum: Ir | null = null;
    for (let k = 0; k < n; k++) {
      if (!closed[i]?.[k] || !closed[k]?.[j]) continue;
      const factor = ir.mul(a(i, k), b(k, j));
      sum = sum ? ir.add(sum, factor) : factor;
    }
    return sum ?? ir.f64(0);
  };
  cells((i, j) => {
    for (const a of [p, r, term]) block.emit(ir.set(cell(a, i, j), ir.f64(i === j ? 1 : 0)));
  });
  for (let k = 1; k <= taylorTerms; k++) {
    cells((i, j) =>
      block.emit(
        ir.set(
          cell(next, i, j),
          ir.mul(
            ir.mul(
              dot(
                (a, b) => ir.get(cell(term, a, b)),
                (a, b) => m[a]?.[b] as Ir,
                i,
                j,
              ),
              ir.get(part),
            ),
            ir.f64(1 / k),
          ),
        ),
      ),
    );
    cells((i, j) =>
      block.emit(
        ir.set(cell(term, i, j), ir.get(cell(next, i, j))),
        ir.set(cell(p, i, j), ir.add(ir.get(cell(p, i, j)), ir.get(cell(term, i, j)))),
        ir.set(cell(r, i, j), ir.add(ir.get(cell(r, i, j)), ir.mul(ir.get(cell(term, i, j)), ir.f64(1 / (k + 1))))),
      ),
    );
  }
  cells((i, j) => block.emit(ir.set(cell(r, i, j), ir.mul(ir.get(cell(r, i, j)), ir.get(part)))));
  const doubling = block.nested((inner) => {
    cells((i, j) =>
      inner.emit(
        ir.set(
          cell(next, i, j),
          ir.add(
            ir.get(cell(r, i, j)),
            dot(
              (a, b) => ir.get(cell(p, a, b)),
              (a, b) => ir.get(cell(r, a, b)),
              i,
              j,
            ),
          ),
        ),
      ),
    );
    cells((i, j) => inner.emit(ir.set(cell(r, i, j), ir.get(cell(next, i, j)))));
    cells((i, j) =>
      inner.emit(
        ir.set(
          cell(next, i, j),
          dot(
            (a, b) => ir.get(cell(p, a, b)),
            (a, b) => ir.get(cell(p, a, b)),
            i,
            j,
          ),
        ),
      ),
    );
    cells((i, j) => inner.emit(ir.set(cell(p, i, j), ir.get(cell(next, i, j)))));
  });
  block.emit(ir.loop(count, ir.u32(0), ir.get(doublings), doubling));
  const buffers = (label: string, a: (Local | null)[][]): Entry[][] =>
    a.map((row, i) =>
      row.map((entry, j) => {
        if (!entry) return null;
        const [to_, from] = [system.names[i] as string, system.names[j] as string];
        const buffer = builder.buffer(
          `${group.name}.${label}.${to_}.${from}${mode}`,
          context.real,
          group.length,
          `propagator of ${to_} from ${label === 'P' ? from : `the drive of ${from}`} in ${group.name}`,
        );
        block.emit(ir.store(buffer, rangesAddress.index, to(context.real, ir.get(entry))));
        return buffer;
      }),
    );
  const result = { p: buffers('P', p), r: buffers('R', r) };
  const ranges = group.members.map(({ begin, end }) => ({ begin, end }));
  const kernel = builder.map(
    `${group.name}.propagators${mode}`,
    `propagators of the linear equations of ${group.name}`,
    { kind: 'ranges', ranges },
    false,
    block.locals.declared,
    block.statements,
  );
  return { ...result, kernels: [kernel] };
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
  const entry = (e: Entry): Ir => (typeof e === 'number' ? to(scope.real, ir.f64(e)) : ir.load(e as Buffer, rangesAddress.index));
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
