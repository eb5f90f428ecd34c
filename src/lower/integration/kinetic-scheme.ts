/**
 * Implicit steps of kinetic schemes: states that are linear in each other, x' = A x + b, with A and b held over a step.
 * Sums of states do not change, and a step of any length is stable.
 *
 * @source NEURON 9, `sparse`: backward Euler, in which a sum of states that is constant replaces the rate of one
 */

import * as ir from '../../ir/builder.js';
import { folded } from '../../ir/fold.js';
import type { Expression as Ir } from '../../ir/program.js';
import type { Expression } from '../../lang/ast.js';
import { difference, integer, name as nameOf, product } from '../../lang/build.js';
import { derivative } from '../../lang/derivative.js';
import { linearRate } from '../../lang/linear.js';
import type { Mechanism, SynapseType } from '../../model/typed.js';
import { to, type IntegrationScope } from '../code/expressions.js';
import type { Scheme } from '../context/cable.js';
import { rateOf } from './rates.js';

/** Returns the kinetic schemes of a mechanism, in the names of a class, or of a synapse. */
export function schemesOf(
  { scheme = [], conserved = {} }: Mechanism | SynapseType,
  named = (name: string): string => name,
  code = (e: Expression): Expression => e,
): readonly Scheme[] {
  if (scheme.length === 0) return [];
  const sums = Object.entries(conserved).map(([name, e]) => [named(name), code(e)] as const);
  return [{ states: scheme.map(named), conserved: new Map(sums) }];
}

/** An equation of a scheme: the sum of coefficients times states, plus a constant. */
interface Row {
  readonly coefficients: ReadonlyMap<string, Expression>;
  readonly constant: Expression;
}

/** Returns the linear form of a rate; other rates are linearised at the states of the scope. */
function rowOf(e: Expression, states: readonly string[]): Row {
  const form = linearRate(e, states);
  if (form) return form;
  const slopes = states.map((name) => [name, derivative(e, name) ?? integer(0)] as const);
  const coefficients = new Map(slopes.filter(([, slope]) => slope.kind !== 'number' || slope.value !== 0));
  const linear = [...coefficients].map(([name, slope]) => product(slope, nameOf(name)));
  return { coefficients, constant: linear.reduce(difference, e) };
}

/** Share of the step in each stage of the method of second order, 1 - 1/sqrt(2), which damps states of any rate. */
const stage = 0.29289321881345254;

/**
 * Returns the states of a scheme after a step.
 *
 * @param rates  of all states
 * @param isSecondOrder  takes two stages (SDIRK2) in place of backward Euler, of the same matrix
 * @param before  values of states at the beginning of the step
 */
export function schemeStep(
  { states, conserved }: Scheme,
  rates: ReadonlyMap<string, Expression>,
  scope: IntegrationScope,
  { h, isSecondOrder, before }: { readonly h: Ir; readonly isSecondOrder: boolean; before(name: string): Ir },
): ReadonlyMap<string, Ir> {
  const { block, real } = scope;
  const number = (value: number): Ir => to(real, ir.f64(value));
  const share = isSecondOrder ? block.name('share', folded`${number(stage)} * ${h}`) : h;
  // States that sums replace come last: the matrix of the others needs no pivots.
  const order = [...states.filter((name) => !conserved.has(name)), ...states.filter((name) => conserved.has(name))];
  const given = order.map((name): Row => rowOf(conserved.get(name) ?? rates.get(name) ?? integer(0), states));
  const value = (e: Expression): Ir => to(real, rateOf(e, scope));
  const drives = given.map(({ constant }, i) => {
    const isNothing = constant.kind === 'number' && constant.value === 0;
    return isNothing ? null : block.name(`drive_${order[i] ?? ''}`, value(constant));
  });
  const matrix = given.map(({ coefficients }, i) => {
    const isSum = conserved.has(order[i] ?? '');
    return order.map((column, j): Ir | null => {
      const coefficient = coefficients.get(column);
      if (!coefficient) return i === j ? number(1) : null;
      const scaled = isSum ? value(coefficient) : folded`${share} * ${value(coefficient)}`;
      return block.name(
        `m_${order[i] ?? ''}_${column}`,
        i === j ? folded`${number(1)} - ${scaled}` : folded`-${scaled}`,
      );
    });
  });
  const solve = eliminated(matrix, scope);
  const x = order.map(before);
  const right = (from: readonly Ir[]): Ir[] =>
    from.map((start, i) => {
      const drive = drives[i];
      if (conserved.has(order[i] ?? '')) return drive ?? number(0);
      return drive ? folded`${start} + ${share} * ${drive}` : start;
    });
  const first = solve(right(x));
  if (!isSecondOrder) return new Map(order.map((name, i) => [name, first[i] ?? number(0)]));
  const further = number((1 - stage) / stage);
  const second = solve(
    right(
      x.map((start, i) =>
        block.name(`stage_${order[i] ?? ''}`, folded`${start} + ${further} * (${first[i] ?? start} - ${start})`),
      ),
    ),
  );
  return new Map(order.map((name, i) => [name, second[i] ?? number(0)]));
}

/** Eliminates a matrix, in which null is zero, and returns a function that solves it for a right-hand side. */
function eliminated(matrix: (Ir | null)[][], { block, real }: IntegrationScope): (right: readonly Ir[]) => Ir[] {
  const inverses: Ir[] = [];
  const factors: { readonly row: number; readonly from: number; readonly factor: Ir }[] = [];
  for (const [k, pivots] of matrix.entries()) {
    const inverse = block.name('inverse', folded`${to(real, ir.f64(1))} / ${pivots[k] ?? to(real, ir.f64(1))}`);
    inverses.push(inverse);
    for (const [row, line] of matrix.entries()) {
      const below = line[k];
      if (row <= k || !below) continue;
      const factor = block.name('factor', folded`${below} * ${inverse}`);
      factors.push({ row, from: k, factor });
      for (const [column, above] of pivots.entries()) {
        if (column <= k || !above) continue;
        const old = line[column];
        line[column] = block.name(
          'entry',
          old ? folded`${old} - ${factor} * ${above}` : folded`-(${factor} * ${above})`,
        );
      }
    }
  }
  return (given) => {
    const right = [...given];
    for (const { row, from, factor } of factors)
      right[row] = block.name('right', folded`${right[row] as Ir} - ${factor} * ${right[from] as Ir}`);
    for (let k = matrix.length - 1; k >= 0; k--) {
      let value = right[k] as Ir;
      for (const [column, above] of (matrix[k] ?? []).entries())
        if (column > k && above) value = folded`${value} - ${above} * ${right[column] as Ir}`;
      right[k] = block.name('state', folded`${value} * ${inverses[k] as Ir}`);
    }
    return right;
  };
}
