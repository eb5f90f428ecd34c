/**
 * Variables of synapses that one end owns: all synapses of an element of this end have the same value at its events, so
 * it is kept once for the element.
 *
 *     on_pre:  w += apost; apre += 0.01      apre belongs to the source, apost to the target
 *     on_post: w += apre; apost -= 0.01
 *
 * Each element has the values at its last event. Between events they follow in closed form.
 */

import * as ir from '../../ir/builder.js';
import { folded } from '../../ir/fold.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { Side } from '../../lang/ast.js';
import type { ValueType } from '../../model/typed.js';
import { programStep } from '../code/clocks.js';
import { to, type IntegrationScope } from '../code/expressions.js';
import { scalarTypeOf } from '../code/typed-values.js';
import { valueAfterTime, type Course, type Factor } from './course.js';

/** A variable of synapses that is kept with one end. */
export interface OwnedVariable {
  readonly side: Side;
  readonly type: ValueType;
  /** Value of each element of the end at its last event. */
  readonly value: Buffer;
  /** Null: it stays the same between events. */
  readonly course: Course | null;
}

/** The variables of a projection that its ends own. */
export interface OwnedVariables {
  /** By name. */
  readonly variables: ReadonlyMap<string, OwnedVariable>;
  /** I32 step of the last event of each element; null: the end has no events, or events reach its synapses apart. */
  readonly lastEvent: { readonly [S in Side]: Buffer | null };
  /** Factors of courses after each number of steps below `tabled`. */
  readonly tables: ReadonlyMap<Factor, Buffer>;
}

/** Steps for which factors are tabled: later events compute them. */
export const tabled = 4096;

/** Seconds of the model's precision after an i32 number of steps. */
export const secondsAfter = (steps: Ir, { context, real }: IntegrationScope): Ir =>
  to(real, folded`f64(${steps}) * ${programStep(context)}`);

/** Returns the value of an element at its last event. */
export const valueAtEvent = ({ value, type }: OwnedVariable, element: Ir, { real }: IntegrationScope): Ir =>
  to(scalarTypeOf(type, real), ir.load(value, element));

/** Returns the value of an element's variable an i32 number of steps after its last event. */
export function valueSince(name: string, owned: OwnedVariables, element: Ir, since: Ir, scope: IntegrationScope): Ir {
  const of = (variable: string): Ir => {
    const known = owned.variables.get(variable) as OwnedVariable;
    return valueAtEvent(known, element, scope);
  };
  const { course } = owned.variables.get(name) as OwnedVariable;
  if (!course) return of(name);
  return scope.block.name(
    name,
    valueAfterTime(name, course, of, (factor) => factorAfter(factor, owned.tables.get(factor), since, scope)),
  );
}

/** Returns a factor of a course. */
function factorAfter(factor: Factor, table: Buffer | undefined, since: Ir, scope: IntegrationScope): Ir {
  if (!table) return factor(scope.block.name('elapsed', secondsAfter(since, scope)), scope);
  const outer = scope.block;
  const result = outer.local('factor', scope.real);
  const within = (block: typeof outer, value: () => Ir): void => {
    scope.block = block;
    block.write`${result} = ${value()}`;
    scope.block = outer;
  };
  outer.write`
    let steps = u32(${since})
    if steps < ${tabled}u {
      ${(at, inner) => within(inner, () => ir.load(table, at('steps')))}
    } else {
      ${(_, inner) => within(inner, () => factor(inner.name('elapsed', secondsAfter(since, scope)), scope))}
    }`;
  return ir.get(result);
}

/** Returns the i32 step of the last event of either end. */
export function lastUpdate({ lastEvent }: OwnedVariables, elements: { readonly [S in Side]: Ir }): Ir {
  const [pre, post] = (['pre', 'post'] as const).map((side) => {
    const last = lastEvent[side];
    return last && ir.load(last, elements[side]);
  });
  return pre && post ? code`select(${pre} > ${post}, ${pre}, ${post})` : (pre ?? post ?? ir.i32(0));
}
