/**
 * A linear system whose coefficients are held over the step: x(t + dt) = exp(M dt) x(t) (with a constant part as one
 * more variable), by the series of the scaled matrix and repeated squaring, as in `matrix.ts`, for each element and
 * step.
 */

import * as ir from '../../ir/builder.js';
import type { Expression as Ir, Local, Statement } from '../../ir/program.js';
import { linearForm } from '../../lang/linear.js';
import { compileReal, to } from '../expressions.js';
import { fold } from '../../ir/fold.js';
import { taylorTerms } from '../matrix.js';
import * as messages from '../messages.js';
import type { RateCode } from './code.js';
import type { StepScope } from './scope.js';

const isZero = (e: { kind: string; value?: unknown }): boolean =>
  (e.kind === 'number' || e.kind === 'quantity') && e.value === 0;

/** The variables of the system with their new values. */
export function propagateLinear(rates: readonly RateCode[], scope: StepScope): Map<string, Ir> {
  const names = rates.map(({ name }) => name);
  const forms = rates.map(({ rate }) => linearForm(rate, names));
  const bad = rates.find((_, k) => forms[k] === null);
  if (bad) {
    scope.context.diagnostics.add(
      messages.methodRefused(
        'propagate',
        scope.owner.name,
        `the rate of ${bad.name} is not linear in ${names.join(', ')}`,
        'list it under state instead',
      ),
    );
    return new Map();
  }
  const constants = forms.map((form) => (form === null || isZero(form.constant) ? null : form.constant));
  const affine = constants.some((constant) => constant !== null);
  const n = names.length;
  const size = affine ? n + 1 : n;
  const zero = ir.f64(0);
  const entries = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (__, j): Ir => {
      if (i >= n) return zero;
      const e = j < n ? forms[i]?.coefficients.get(names[j] ?? '') : (constants[i] ?? undefined);
      return e ? scope.block.name(`m_${i}_${j}`, to('f64', compileReal(e, scope))) : zero;
    }),
  );
  const power = exponential(entries, scope);
  const x = names.map((name) => to('f64', scope.read(name)));
  const vector = affine ? [...x, ir.f64(1)] : x;
  return new Map(
    names.map((name, i) => {
      const sum = vector
        .map((value, j) => fold(ir.mul(power[i]?.[j] ?? zero, value)))
        .reduce((a, b) => fold(ir.add(a, b)));
      return [name, scope.block.name(`next_${name}`, to(scope.real, sum))];
    }),
  );
}

/** exp(M dt) as locals: P = I + A (I + A/2 (I + A/3 …)) for A = M dt / 2^d, then squared d times. */
function exponential(m: readonly (readonly Ir[])[], scope: StepScope): Ir[][] {
  const { block, context } = scope;
  const n = m.length;
  const grid = (name: string): Local[][] =>
    m.map((row, i) => row.map((_, j) => block.local(`${name}_${i}_${j}`, 'f64')));
  const [part, size] = [block.local('part', 'f64'), block.local('norm', 'f64')];
  const [doublings, count] = [block.local('doublings', 'u32'), block.local('k', 'u32')];
  block.emit(ir.set(size, ir.f64(0)), ir.set(part, ir.f64(context.dt)), ir.set(doublings, ir.u32(0)));
  for (const row of m) {
    const total = block.name(
      'row_sum',
      row.map((entry) => fold(ir.unary('abs', entry))).reduce((a, b) => fold(ir.add(a, b))),
    );
    block.emit(ir.set(size, ir.select(ir.gt(total, ir.get(size)), total, ir.get(size))));
  }
  block.emit(
    ir.whilst(ir.and(ir.gt(ir.mul(ir.get(size), ir.get(part)), ir.f64(0.5)), ir.lt(ir.get(doublings), ir.u32(60))), [
      ir.set(part, ir.mul(ir.get(part), ir.f64(0.5))),
      ir.set(doublings, ir.add(ir.get(doublings), ir.u32(1))),
    ]),
  );
  const a = m.map((row) => row.map((entry) => block.name('a', fold(ir.mul(entry, ir.get(part))))));
  const [p, next] = [grid('p'), grid('q')];
  const at = (g: readonly (readonly Local[])[], i: number, j: number): Local => (g[i] as readonly Local[])[j] as Local;
  const product = (left: (i: number, k: number) => Ir, right: (k: number, j: number) => Ir, i: number, j: number): Ir =>
    Array.from({ length: n }, (_, k) => fold(ir.mul(left(i, k), right(k, j)))).reduce((x, y) => fold(ir.add(x, y)));
  const each = (write: (i: number, j: number) => Statement): Statement[] =>
    m.flatMap((row, i) => row.map((_, j) => write(i, j)));
  const entry = (i: number, j: number): Ir => (a[i] as Ir[])[j] as Ir;
  const moved = each((i, j) => ir.set(at(p, i, j), ir.get(at(next, i, j))));
  block.emit(...each((i, j) => ir.set(at(p, i, j), ir.f64(i === j ? 1 : 0))));
  const divisor = block.local('divisor', 'f64');
  block.emit(
    ir.set(divisor, ir.f64(taylorTerms)),
    ir.loop(count, ir.u32(0), ir.u32(taylorTerms), [
      ...each((i, j) => {
        const scaled = ir.div(
          product(entry, (k, l) => ir.get(at(p, k, l)), i, j),
          ir.get(divisor),
        );
        return ir.set(at(next, i, j), i === j ? ir.add(ir.f64(1), scaled) : scaled);
      }),
      ...moved,
      ir.set(divisor, ir.sub(ir.get(divisor), ir.f64(1))),
    ]),
    ir.loop(count, ir.u32(0), ir.get(doublings), [
      ...each((i, j) =>
        ir.set(
          at(next, i, j),
          product(
            (r, k) => ir.get(at(p, r, k)),
            (k, l) => ir.get(at(p, k, l)),
            i,
            j,
          ),
        ),
      ),
      ...moved,
    ]),
  );
  return p.map((row) => row.map((local) => ir.get(local)));
}
