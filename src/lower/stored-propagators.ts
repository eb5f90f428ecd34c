/**
 * Propagators of linear equations whose coefficients differ between elements: a kernel computes them, by the series and
 * the doublings of `matrix.ts`.
 */

import * as ir from '../ir/builder.js';
import type { Buffer, Expression as Ir, Local } from '../ir/program.js';
import type { Expression } from '../lang/ast.js';
import { Block } from './block.js';
import type { Context } from './context.js';
import { ElementScope, rangesAddress } from './element-scope.js';
import { compile, to } from './expressions.js';
import type { Group } from './groups.js';
import { taylorTerms } from './matrix.js';

/** One entry of P or R as code finds it; null is zero. */
export type Entry = number | Buffer | null;

export interface Propagators {
  readonly p: readonly (readonly Entry[])[];
  readonly r: readonly (readonly Entry[])[];
  /** Kernels that compute the buffers, to be run at initialisation and after a `set`. */
  readonly kernels: readonly string[];
}

/** Rates of change as a matrix of expressions; null is zero. */
export interface Coefficients {
  readonly names: readonly string[];
  readonly rows: readonly (readonly (Expression | null)[])[];
  /** Which entries of its powers are not zero. */
  readonly closed: readonly (readonly boolean[])[];
  /** Variables whose rate is zero here, because the element is refractory. */
  readonly frozen: ReadonlySet<string>;
}

/** A square matrix of expressions or locals that has the entries of a pattern only. */
class Sparse<T> {
  readonly #entries: readonly (readonly (T | null)[])[];

  constructor(pattern: readonly (readonly boolean[])[], entry: (i: number, j: number) => T) {
    this.#entries = pattern.map((row, i) => row.map((present, j) => (present ? entry(i, j) : null)));
  }

  at(i: number, j: number): T | null {
    return this.#entries[i]?.[j] ?? null;
  }

  forEach(action: (entry: T, i: number, j: number) => void): void {
    this.#entries.forEach((row, i) => row.forEach((entry, j) => entry !== null && action(entry, i, j)));
  }

  map<U>(f: (entry: T, i: number, j: number) => U): (U | null)[][] {
    return this.#entries.map((row, i) => row.map((entry, j) => (entry === null ? null : f(entry, i, j))));
  }
}

/** Assigns every entry of a matrix of locals. */
function assign(matrix: Sparse<Local>, value: (i: number, j: number) => Ir, block: Block): void {
  matrix.forEach((local, i, j) => block.emit(ir.set(local, value(i, j))));
}

const valueAt = (matrix: Sparse<Local>, i: number, j: number): Ir | null => {
  const local = matrix.at(i, j);
  return local && ir.get(local);
};

/** Σ_k a_ik b_kj over the entries that exist, in ascending k. */
function product(
  a: (i: number, k: number) => Ir | null,
  b: (k: number, j: number) => Ir | null,
  i: number,
  j: number,
  n: number,
): Ir {
  let sum: Ir | null = null;
  for (let k = 0; k < n; k++) {
    const [left, right] = [a(i, k), b(k, j)];
    if (left === null || right === null) continue;
    const factor = ir.mul(left, right);
    sum = sum ? ir.add(sum, factor) : factor;
  }
  return sum ?? ir.f64(0);
}

/** A kernel that fills buffers with the propagators of each element of a group. */
export function storedPropagators(coefficients: Coefficients, group: Group, context: Context): Propagators {
  const { names, rows, closed, frozen } = coefficients;
  const mode = frozen.size > 0 ? '.refractory' : '';
  const block = new Block();
  const scope = new ElementScope(context, group, rangesAddress, block, null);
  const m = new Sparse(closed, (i, j) => {
    const entry = rows[i]?.[j];
    return entry ? block.name(`m_${i}_${j}`, to('f64', compile(entry, scope))) : ir.f64(0);
  });
  const { p, r } = exponential(m, closed, context.dt, block);
  const store = (label: string, matrix: Sparse<Local>): Entry[][] =>
    matrix.map((entry, i, j) => {
      const [result, from] = [names[i] as string, names[j] as string];
      const buffer = context.builder.buffer(
        `${group.name}.${label}.${result}.${from}${mode}`,
        context.real,
        group.length,
        `propagator of ${result} from ${label === 'P' ? from : `the drive of ${from}`} in ${group.name}`,
      );
      block.emit(ir.store(buffer, rangesAddress.index, to(context.real, ir.get(entry))));
      return buffer;
    });
  const stored = { p: store('P', p), r: store('R', r) };
  const kernel = context.builder.map(
    `${group.name}.propagators${mode}`,
    `propagators of the linear equations of ${group.name}`,
    { kind: 'ranges', ranges: group.members.map(({ begin, end }) => ({ begin, end })) },
    false,
    block.locals.declared,
    block.statements,
  );
  return { ...stored, kernels: [kernel] };
}

/** Code for P = e^(M h) and R = ∫₀ʰ e^(M s) ds: of a part of the step by Taylor's series, then by doubling the part. */
function exponential(
  m: Sparse<Ir>,
  closed: readonly (readonly boolean[])[],
  step: number,
  block: Block,
): { readonly p: Sparse<Local>; readonly r: Sparse<Local> } {
  const n = closed.length;
  const part = block.local('part', 'f64');
  const doublings = block.local('doublings', 'u32');
  const count = block.local('k', 'u32');
  halve(m, closed, step, { part, doublings }, block);
  const matrix = (name: string): Sparse<Local> => new Sparse(closed, (i, j) => block.local(`${name}_${i}_${j}`, 'f64'));
  const [p, r, term, next] = [matrix('p'), matrix('r'), matrix('term'), matrix('next')];
  p.forEach((_, i, j) => {
    for (const a of [p, r, term]) block.emit(ir.set(a.at(i, j) as Local, ir.f64(i === j ? 1 : 0)));
  });
  const of = (a: Sparse<Local>) => (i: number, j: number) => valueAt(a, i, j);
  const sum = (a: Sparse<Local>, i: number, j: number, more: Ir): Ir => ir.add(valueAt(a, i, j) as Ir, more);
  for (let k = 1; k <= taylorTerms; k++) {
    assign(
      next,
      (i, j) =>
        ir.mul(
          ir.mul(
            product(of(term), (a, b) => m.at(a, b), i, j, n),
            ir.get(part),
          ),
          ir.f64(1 / k),
        ),
      block,
    );
    term.forEach((local, i, j) => {
      block.emit(ir.set(local, valueAt(next, i, j) as Ir));
      block.emit(ir.set(p.at(i, j) as Local, sum(p, i, j, ir.get(local))));
      block.emit(ir.set(r.at(i, j) as Local, sum(r, i, j, ir.mul(ir.get(local), ir.f64(1 / (k + 1))))));
    });
  }
  assign(r, (i, j) => ir.mul(valueAt(r, i, j) as Ir, ir.get(part)), block);
  const doubled = block.nested((inner) => {
    assign(next, (i, j) => sum(r, i, j, product(of(p), of(r), i, j, n)), inner);
    assign(r, (i, j) => valueAt(next, i, j) as Ir, inner);
    assign(next, (i, j) => product(of(p), of(p), i, j, n), inner);
    assign(p, (i, j) => valueAt(next, i, j) as Ir, inner);
  });
  block.emit(ir.loop(count, ir.u32(0), ir.get(doublings), doubled));
  return { p, r };
}

/** Code that halves the step until the norm of the matrix times the part is at most a half. */
function halve(
  m: Sparse<Ir>,
  closed: readonly (readonly boolean[])[],
  step: number,
  { part, doublings }: { readonly part: Local; readonly doublings: Local },
  block: Block,
): void {
  const norm = block.local('norm', 'f64');
  block.emit(ir.set(norm, ir.f64(0)), ir.set(part, ir.f64(step)), ir.set(doublings, ir.u32(0)));
  for (const [i, row] of m.map((entry) => entry).entries()) {
    // As in `norm`: entries on cycles only.
    const sum = row
      .filter((entry, j) => entry !== null && closed[j]?.[i])
      .map((entry) => ir.unary('abs', entry as Ir))
      .reduce((a, b) => ir.add(a, b), ir.f64(0));
    const total = block.name('row_sum', sum);
    block.emit(ir.set(norm, ir.select(ir.gt(total, ir.get(norm)), total, ir.get(norm))));
  }
  block.emit(
    ir.whilst(ir.and(ir.gt(ir.mul(ir.get(norm), ir.get(part)), ir.f64(0.5)), ir.lt(ir.get(doublings), ir.u32(60))), [
      ir.set(part, ir.mul(ir.get(part), ir.f64(0.5))),
      ir.set(doublings, ir.add(ir.get(doublings), ir.u32(1))),
    ]),
  );
}
