/**
 * Parts of a synapse's code that only one end determines: they are computed once for each element of that end, not once
 * for each synapse.
 *
 *     post.J = Σ w*tanh(pre.x)    before: tanh for each synapse
 *     S.pre_0 = tanh(x)           after: once for each source
 *     post.J = Σ w*S.pre_0
 *
 * Only real numbers that call a function or take a power move. Their values and the order of additions stay, so no bit
 * changes.
 */

import type { Expression, Side, ValueType } from '../../lang/ast.js';
import { name } from '../../lang/build.js';
import { drawsIn, functions } from '../../lang/functions.js';
import { equalExpressions, referencesIn, visit, withChildren } from '../../lang/walk.js';
import type { Equations } from '../context/equations.js';
import type { ProjectionEnd, ProjectionPlan } from '../plan/projection.js';

/** A part of the code of a synapse that one end determines. */
export interface EndValue {
  /** Its name in the code that remains. */
  readonly name: string;
  readonly end: Side;
  /** It reads variables of that end only. */
  readonly value: Expression;
}

/** The code of a sum over synapses, without the parts that one end determines. */
export interface SplitSum {
  readonly value: Expression;
  readonly derived: Equations['derived'];
  readonly moved: readonly EndValue[];
}

/** Functions that cost less than reading a stored value. */
const cheap: ReadonlySet<string> = new Set(['abs', 'min', 'max', 'clip', 'floor', 'ceil', 'round', 'sign', 'int']);

/** Returns the code of a sum over the synapses of a projection, and the parts that one end determines. */
export function splitByEnd(value: Expression, { equations, pre, post }: ProjectionPlan): SplitSum {
  const moved: EndValue[] = [];
  const derivedOf = { pre: derivedVariables(pre), post: derivedVariables(post) };
  const split = (e: Expression): Expression => {
    const end = endOf(e);
    if (end === null || !isReal(e, derivedOf[end]) || !costs(e, derivedOf[end])) return withChildren(e, split);
    const known = moved.find((each) => equalExpressions(each.value, e));
    const part = known ?? { name: `value ${moved.length} of ${end}`, end, value: e };
    if (!known) moved.push(part);
    return { ...name(part.name), to: { kind: 'own', variable: part.name } };
  };
  const derived = new Map(
    [...equations.derived].map(([key, variable]) => [
      key,
      variable.held ? variable : { ...variable, expression: split(variable.expression) },
    ]),
  );
  return { value: split(value), derived, moved };
}

/** Returns the only end that an expression reads; null if it reads anything else, or draws. */
function endOf(e: Expression): Side | null {
  const [first, ...others] = referencesIn(e);
  if (first?.kind !== 'end' || drawsIn(e)) return null;
  return others.every((other) => other.kind === 'end' && other.end === first.end) ? first.end : null;
}

/** Returns the derived variable of a name, if the elements of an end do not store it. */
type DerivedVariables = (variable: string) => { readonly expression: Expression; readonly type: ValueType } | undefined;

const derivedVariables =
  ({ group }: ProjectionEnd): DerivedVariables =>
  (variable) =>
    group?.storage.has(variable) ? undefined : group?.equations.derived.get(variable);

const arithmetic: ReadonlySet<string> = new Set(['+', '-', '*', '/', '**']);

/** Whether an expression is certainly real. Integers are converted with the expression around them. */
function isReal(e: Expression, derivedOf: DerivedVariables): boolean {
  switch (e.kind) {
    case 'name':
      return derivedOf(e.to.variable)?.type === 'real';
    case 'unary':
      return e.operator !== 'not' && isReal(e.operand, derivedOf);
    case 'binary':
      return arithmetic.has(e.operator) && (isReal(e.left, derivedOf) || isReal(e.right, derivedOf));
    case 'conditional':
      return isReal(e.whenTrue, derivedOf) && isReal(e.whenFalse, derivedOf);
    case 'call':
      return functions.get(e.function)?.result === 'real';
    case 'number':
      return !e.integer;
    case 'quantity':
      return true;
    case 'boolean':
      return false;
    default:
      return e satisfies never;
  }
}

/** Whether an expression calls a function or takes a power, also in derived variables of the end. */
function costs(e: Expression, derivedOf: DerivedVariables): boolean {
  const open = [e];
  const seen = new Set<string>();
  for (const expression of open) {
    let found = false;
    visit(expression, (part) => {
      found ||= part.kind === 'call' ? !cheap.has(part.function) : part.kind === 'binary' && part.operator === '**';
      if (part.kind !== 'name' || seen.has(part.to.variable)) return;
      seen.add(part.to.variable);
      const definition = derivedOf(part.to.variable);
      if (definition) open.push(definition.expression);
    });
    if (found) return true;
  }
  return false;
}
