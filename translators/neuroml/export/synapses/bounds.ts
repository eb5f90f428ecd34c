/** Bounds of variables of synapses, as conditions at the end of a step. LEMS lacks minima and maxima. */

import type { Expression, Statement } from '../../../../src/lang/ast.js';
import { equalExpressions, namesIn } from '../../../../src/lang/walk.js';
import { mapped } from '../../../../src/model/collections.js';
import type { SynapseType } from '../../../../src/model/typed.js';

/** A synapse type without its bounds, and the bounds. */
interface Bounded {
  readonly type: SynapseType;
  /** Least and largest values, by variable. */
  readonly bounds: ReadonlyMap<string, readonly [least: Expression, most: Expression]>;
}

/**
 * Returns a synapse type without bounds that code sets after its last use of a variable.
 *
 *     w = clip(w + Apost, 0, wmax)   becomes   w = w + Apost, with the bounds 0 and wmax of w
 */
export function withBounds(type: SynapseType): Bounded {
  const bounds = new Map<string, readonly [Expression, Expression]>();
  for (const variable of Object.keys(type.state)) {
    const own = Object.values(type.pathways)
      .map(({ do: code }) => boundsIn(variable, code))
      .filter((one) => one !== undefined);
    const [first] = own;
    if (first && own.every((one) => one?.every((bound, k) => equalExpressions(bound, first[k]!))))
      bounds.set(variable, first);
  }
  const withoutBounds = (statement: Statement): readonly Statement[] => {
    const [x] = statement.kind === 'assignment' && bounds.has(statement.target) ? (clipped(statement) ?? []) : [];
    if (!x || statement.kind !== 'assignment') return [statement];
    return x.kind === 'name' && x.name === statement.target ? [] : [{ ...statement, value: x }];
  };
  const pathways = mapped(type.pathways, (pathway) => ({ ...pathway, do: pathway.do.flatMap(withoutBounds) }));
  return { type: { ...type, pathways }, bounds };
}

/** Returns the arguments of `clip`, if a statement assigns its value. */
const clipped = (statement: Statement): readonly Expression[] | undefined =>
  statement.kind === 'assignment' &&
  statement.operator === '=' &&
  statement.value.kind === 'call' &&
  statement.value.function === 'clip'
    ? statement.value.arguments
    : undefined;

/**
 * Returns the bounds that code sets of a variable; null if it does not keep them; undefined if it does not set the
 * variable.
 */
function boundsIn(variable: string, code: readonly Statement[]): readonly [Expression, Expression] | null | undefined {
  const last = code.findLastIndex((one) => one.kind === 'assignment' && one.target === variable);
  const [statement] = code.slice(last);
  if (last < 0 || !statement) return undefined;
  const [, least, most] = clipped(statement) ?? [];
  const isRead = code.slice(last + 1).some(({ value }) => namesIn(value).has(variable));
  return least && most && !isRead ? [least, most] : null;
}
