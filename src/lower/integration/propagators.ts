/**
 * Propagators of linear equations by Taylor series and doubling: for x' = M x + b over a time h, x(h) = P x + R b with
 * P = exp(M h) and R = ∫ exp(M s) ds. Nothing divides by M, so equal or vanishing time constants are no special case.
 *
 * The code is written once. Where all coefficients are known it is carried out when lowering, by the interpreter; else
 * a kernel carries it out for each element, so it makes no difference to a bit.
 */

import * as ir from '../../ir/builder.js';
import { createEvaluator } from '../../ir/evaluate.js';
import { folded } from '../../ir/fold.js';
import type { Buffer, Expression as Ir, Local } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { Expression } from '../../lang/ast.js';
import { reach } from '../../lang/linear.js';
import { Block } from '../code/block.js';
import type { Context } from '../context/context.js';
import { compile, compileReal, to } from '../code/expressions.js';
import type { IntegrationScope, Scope } from '../code/expressions.js';
import { constantOf } from '../context/invariant.js';
import { settled, settledNumber } from '../code/settled.js';

/** Terms of the series: at a norm of at most 1/2 the remainder is below 2^-70. */
const taylorTerms = 16;

/** Name of the procedure that computes the propagators of a group or projection again. */
export const propagatorsProcedure = (owner: string): string => `propagators.${owner}`;

/** One entry of P or R as code finds it; null is zero. */
export type Entry = number | Buffer;

/** Matrices of a linear system over one step: x becomes P x + R b. */
export interface Propagators {
  /** exp(M h); null: 0. */
  readonly p: readonly (readonly (Entry | null)[])[];
  /** The integral of exp(M s) over the step; null: 0. */
  readonly r: readonly (readonly (Entry | null)[])[];
  /** Contributions of phase-invariant terms to each variable. */
  readonly constants: readonly (Entry | null)[];
  /** Where the buffers are read. */
  readonly at: Ir;
  /** Kernels that compute the buffers, to be run at initialisation and after a `set`. */
  readonly kernels: readonly string[];
}

/** Whose propagators are computed: elements of a group, or synapses of a projection. */
export interface Site {
  readonly name: string;
  /** Arguments of all passes. */
  readonly context: Context;
  /** Where the buffers are read in the code of a step. */
  readonly at: Ir;
  /** Resolves names in code that computes the propagators. */
  scope(block: Block): Scope;
  /** Room for one number for each element or synapse. */
  buffer(name: string, comment: string): Buffer;
  /** A kernel that runs code for each element. `write` takes the index to store at. */
  kernel(name: string, comment: string, write: (scope: Scope, at: Ir) => void): string;
}

/** Rates of change as a matrix of expressions, and the terms that hold; null is zero. */
interface Coefficients {
  readonly names: readonly string[];
  readonly rows: readonly (readonly (Expression | null)[])[];
  /** Which entries of its powers are not zero. */
  readonly closed: readonly (readonly boolean[])[];
  readonly held: readonly (Expression | null)[];
  /** Variables with a rate of zero because the element is refractory. */
  readonly frozen: ReadonlySet<string>;
  /** If given, only this number of first variables may differ from zero before the step, and R is not needed. */
  readonly columns?: number;
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
  matrix.forEach((local, i, j) => block.write`${local} = ${value(i, j)}`);
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
    const factor = folded`${left} * ${right}`;
    sum = sum ? folded`${sum} + ${factor}` : factor;
  }
  return sum ?? ir.f64(0);
}

/** Contributions of the terms that hold to each variable: the rows of R times the terms; null: none. */
function contributions(
  r: (i: number, j: number) => Ir | null,
  closed: readonly (readonly boolean[])[],
  held: readonly (Ir | null)[],
): (Ir | null)[] {
  const term = (j: number): Ir | null => held[j] ?? null;
  return closed.map((row, i) =>
    row.some((present, j) => present && held[j]) ? product((_, j) => r(i, j), term, i, 0, closed.length) : null,
  );
}

/**
 * Returns the propagators. They are numbers if all coefficients are known, and so are contributions of known terms.
 * Kernels compute the others into buffers.
 */
export function storedPropagators(coefficients: Coefficients, site: Site): Propagators {
  const { names, rows, closed, held, frozen, columns } = coefficients;
  const { context, at } = site;
  const matrixIn = (scope: Scope): Sparse<Ir> =>
    new Sparse(closed, (i, j) => {
      const entry = rows[i]?.[j];
      return entry ? scope.block.name(`m_${i}_${j}`, to('f64', compile(entry, scope))) : ir.f64(0);
    });
  const termsIn = (scope: Scope): (Ir | null)[] =>
    held.map((term, i) => {
      const value = term && scope.block.name(`term_${i}`, to('f64', compile(term, scope)));
      return value && (constantOf(value) ?? value);
    });
  const ofKnown = numbersOf(matrixIn(site.scope(new Block())), closed, context.dt);
  const ofKnownR = ofKnown?.r.map((row) => row.map((entry) => (entry === null ? null : ir.f64(entry))));
  const rOfKnown = (i: number, j: number): Ir | null => ofKnownR?.[i]?.[j] ?? null;
  const ofTerms = ofKnown && contributions(rOfKnown, closed, termsIn(site.scope(new Block())));
  const mode = frozen.size > 0 ? '.refractory' : '';
  const entryBuffer = (label: string, result: string, from: string, comment: string): Buffer =>
    site.buffer(`${site.name}.${label}.${result}${from}${mode}`, comment);
  const matrix = (label: 'P' | 'R', known: readonly (readonly (number | null)[])[] | undefined): (Entry | null)[][] =>
    closed.map((row, i) =>
      row.map((present, j) => {
        if (!present || (columns !== undefined && (label === 'R' || j >= columns))) return null;
        const number = known?.[i]?.[j] ?? null;
        if (number !== null) return settledNumber(number, context.real);
        const [result, from] = [names[i] as string, names[j] as string];
        const source = label === 'P' ? from : `the drive of ${from}`;
        return entryBuffer(label, result, `.${from}`, `propagator of ${result} from ${source} in ${site.name}`);
      }),
    );
  const stored = {
    p: matrix('P', ofKnown?.p),
    r: matrix('R', ofKnown?.r),
    constants: closed.map((row, i) => {
      if (!row.some((present, j) => present && held[j])) return null;
      const known = ofTerms?.[i] ?? null;
      if (known?.kind === 'const') return settledNumber(Number(known.value), context.real);
      const name = names[i] as string;
      return entryBuffer('C', name, '', `constant change of ${name} of ${site.name} in a step`);
    }),
  };
  const isBuffer = (entry: Entry | null | undefined): entry is Buffer => typeof entry === 'object' && entry !== null;
  if (![...stored.p.flat(), ...stored.r.flat(), ...stored.constants].some(isBuffer))
    return { ...stored, at, kernels: [] };
  const kernel = site.kernel(
    `${site.name}.propagators${mode}`,
    `propagators of the linear equations of ${site.name}`,
    (scope, place) => {
      const store = (entry: Entry | null | undefined, value: Ir | null): void => {
        if (isBuffer(entry) && value)
          scope.block.write`${entry}[${place}] = ${settled(to(context.real, value), scope.block)}`;
      };
      const m = ofKnown ? null : matrixIn(scope);
      const terms = termsIn(scope);
      const computed = m && exponential(m, closed, context.dt, scope.block);
      computed?.p.forEach((local, i, j) => store(stored.p[i]?.[j], ir.get(local)));
      computed?.r.forEach((local, i, j) => store(stored.r[i]?.[j], ir.get(local)));
      const r = computed ? (i: number, j: number) => valueAt(computed.r, i, j) : rOfKnown;
      contributions(r, closed, terms).forEach((value, i) => store(stored.constants[i], value));
    },
  );
  return { ...stored, at, kernels: [kernel] };
}

/** P and R as numbers; null is zero. */
interface NumericPropagators {
  readonly p: readonly (readonly (number | null)[])[];
  readonly r: readonly (readonly (number | null)[])[];
}

/** Returns P and R as computed by the interpreter, or null if a coefficient is not known when lowering. */
function numbersOf(m: Sparse<Ir>, closed: readonly (readonly boolean[])[], dt: number): NumericPropagators | null {
  let complete = true;
  const matrix = new Sparse(closed, (i, j) => {
    const e = m.at(i, j) ?? ir.f64(0);
    const constant = constantOf(e);
    complete &&= constant !== null;
    return constant ?? e;
  });
  if (!complete) return null;
  const block = new Block();
  const { p, r } = exponential(matrix, closed, dt, block);
  const results: Local[] = [];
  p.forEach((local) => results.push(local));
  r.forEach((local) => results.push(local));
  const name = 'propagators';
  const body = { name, comment: '', parameters: [], locals: block.locals.declared, body: block.statements, results };
  const values = createEvaluator([body]).call(name, []).map(Number);
  let next = 0;
  const take = (): number => values[next++] ?? NaN;
  return { p: p.map(take), r: r.map(take) };
}

/** P (dimensionless) and R (seconds) of a matrix of numbers (1/s) over `step` seconds. */
export function propagators(
  matrix: readonly (readonly number[])[],
  step: number,
): { readonly p: readonly (readonly number[])[]; readonly r: readonly (readonly number[])[] } {
  const closed = reach(matrix.map((row) => row.map((x) => x !== 0)));
  const m = new Sparse(closed, (i, j) => ir.f64(matrix[i]?.[j] ?? 0));
  const result = numbersOf(m, closed, step);
  const full = (rows: NumericPropagators['p'] = []): number[][] => rows.map((row) => row.map((x) => Number(x ?? 0)));
  return { p: full(result?.p), r: full(result?.r) };
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
  // Entries on cycles only. Others, such as the 1/C of a current, only scale their input. They may have any size in SI
  // units, and more doublings for them would only lose digits.
  halve(m, (i, j) => closed[j]?.[i] === true, step, { part, doublings }, block);
  const matrix = (name: string): Sparse<Local> => new Sparse(closed, (i, j) => block.local(`${name}_${i}_${j}`, 'f64'));
  const [p, r, term, next] = [matrix('p'), matrix('r'), matrix('term'), matrix('next')];
  p.forEach((_, i, j) => {
    for (const a of [p, r, term]) block.write`${a.at(i, j) as Local} = ${i === j ? 1 : 0}`;
  });
  const of = (a: Sparse<Local>) => (i: number, j: number) => valueAt(a, i, j);
  const order = block.local('order', 'f64');
  const added = block.nested((inner) => {
    inner.write`${order} = ${order} + 1.0`;
    const share = inner.name('share', code`1.0 / ${order}`);
    const ofIntegral = inner.name('share', code`1.0 / (${order} + 1.0)`);
    const powers = (i: number, j: number): Ir => product(of(term), (a, b) => m.at(a, b), i, j, n);
    assign(next, (i, j) => code`${powers(i, j)} * ${part} * ${share}`, inner);
    term.forEach((local, i, j) => {
      const [sum, integral] = [p.at(i, j) as Local, r.at(i, j) as Local];
      inner.write`
        ${local} = ${next.at(i, j) as Local}
        ${sum} = ${sum} + ${local}
        ${integral} = ${integral} + ${local} * ${ofIntegral}`;
    });
  });
  block.emit(ir.set(order, ir.f64(0)), ir.loop(count, ir.u32(0), ir.u32(taylorTerms), added));
  assign(r, (i, j) => code`${r.at(i, j) as Local} * ${part}`, block);
  const doubled = block.nested((inner) => {
    assign(next, (i, j) => code`${r.at(i, j) as Local} + ${product(of(p), of(r), i, j, n)}`, inner);
    assign(r, (i, j) => valueAt(next, i, j) as Ir, inner);
    assign(next, (i, j) => product(of(p), of(p), i, j, n), inner);
    assign(p, (i, j) => valueAt(next, i, j) as Ir, inner);
  });
  block.emit(ir.loop(count, ir.u32(0), ir.get(doublings), doubled));
  return { p, r };
}

/**
 * Code that halves the step until the norm of the matrix times the part is at most a half. Only rows and columns of a
 * pattern count.
 */
function halve(
  m: Sparse<Ir>,
  counts: (i: number, j: number) => boolean,
  step: number,
  { part, doublings }: { readonly part: Local; readonly doublings: Local },
  block: Block,
): void {
  const norm = block.local('norm', 'f64');
  block.write`
    ${norm} = 0.0
    ${part} = ${step}
    ${doublings} = 0u`;
  for (const [i, row] of m.map((entry) => entry).entries()) {
    const sum = row
      .filter((entry, j) => entry !== null && counts(i, j))
      .map((entry) => folded`abs(${entry as Ir})`)
      .reduce((a, b) => folded`${a} + ${b}`, ir.f64(0));
    block.write`
      let row_sum = ${sum}
      ${norm} = select(row_sum > ${norm}, row_sum, ${norm})`;
  }
  block.write`
    while ${norm} * ${part} > 0.5 & ${doublings} < 60u {
      ${part} = ${part} * 0.5
      ${doublings} = ${doublings} + 1u
    }`;
}

/**
 * Writes code for P = e^(M h), without R, for coefficients that change in each step: P = I + A (I + A/2 (I + A/3 …))
 * for A = M h / 2^d, then squared d times. All entries are computed, since any of them may become nonzero.
 */
function exponentialOfStep(entries: readonly (readonly Ir[])[], step: number, block: Block): Sparse<Local> {
  const n = entries.length;
  const all = entries.map((row) => row.map(() => true));
  const [part, divisor] = [block.local('part', 'f64'), block.local('divisor', 'f64')];
  const [doublings, count] = [block.local('doublings', 'u32'), block.local('k', 'u32')];
  const m = new Sparse(all, (i, j) => entries[i]?.[j] as Ir);
  halve(m, () => true, step, { part, doublings }, block);
  const a = new Sparse(all, (i, j) => block.name('a', folded`${m.at(i, j) as Ir} * ${part}`));
  const [p, next] = ['p', 'q'].map((name) => new Sparse(all, (i, j) => block.local(`${name}_${i}_${j}`, 'f64'))) as [
    Sparse<Local>,
    Sparse<Local>,
  ];
  const of = (matrix: Sparse<Local>) => (i: number, j: number) => valueAt(matrix, i, j);
  const move = (inner: Block): void => assign(p, (i, j) => valueAt(next, i, j) as Ir, inner);
  assign(p, (i, j) => ir.f64(i === j ? 1 : 0), block);
  const term = block.nested((inner) => {
    const ofTerms = (i: number, j: number): Ir => product((r, k) => a.at(r, k), of(p), i, j, n);
    const scaled = (i: number, j: number): Ir => code`${ofTerms(i, j)} / ${divisor}`;
    assign(next, (i, j) => (i === j ? code`1.0 + ${scaled(i, j)}` : scaled(i, j)), inner);
    move(inner);
    inner.write`${divisor} = ${divisor} - 1.0`;
  });
  const square = block.nested((inner) => {
    assign(next, (i, j) => product(of(p), of(p), i, j, n), inner);
    move(inner);
  });
  block.emit(
    ir.set(divisor, ir.f64(taylorTerms)),
    ir.loop(count, ir.u32(0), ir.u32(taylorTerms), term),
    ir.loop(count, ir.u32(0), ir.get(doublings), square),
  );
  return p;
}

/**
 * Returns new values of a linear system with constant coefficients during the step: x(t + h) = e^(M h) x(t). The
 * constant part is one more variable with the value 1.
 *
 * @param rows coefficients of each variable's rate, in 1/s; null is zero
 * @param constants constant part of each variable's rate; null is zero
 */
export function steppedLinearly(
  names: readonly string[],
  rows: readonly (readonly (Expression | null)[])[],
  constants: readonly (Expression | null)[],
  scope: IntegrationScope,
): Map<string, Ir> {
  const { block } = scope;
  const affine = constants.some((constant) => constant !== null);
  const size = affine ? names.length + 1 : names.length;
  const entries = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (__, j): Ir => {
      const e = j < names.length ? rows[i]?.[j] : constants[i];
      return e ? block.name(`m_${i}_${j}`, to('f64', compileReal(e, scope))) : ir.f64(0);
    }),
  );
  const p = exponentialOfStep(entries, scope.context.dt, block);
  const x = [...names.map((name) => to('f64', scope.read(name))), ...(affine ? [ir.f64(1)] : [])];
  return new Map(
    names.map((name, i) => {
      const sum = product(
        (_, j) => valueAt(p, i, j),
        (j) => x[j] ?? null,
        i,
        0,
        size,
      );
      return [name, block.name(`next_${name}`, to(scope.real, sum))];
    }),
  );
}
