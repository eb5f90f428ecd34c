/** The synapse type of one projection, with the index values that its code reads. */

import type { Expression } from '../../../../src/lang/ast.js';
import { namesIn, visit } from '../../../../src/lang/walk.js';
import { ownNames } from '../../../../src/model/declared-names.js';
import {
  expressionsIn,
  statementsIn,
  type Parameter,
  type Projection,
  type SynapseType,
  type Value,
} from '../../../../src/model/typed.js';
import { variableOfTarget } from './effects.js';
import { placesOf, type Pairs } from './pairs.js';

/** A type with index values as parameters. */
interface OwnSynapse {
  readonly type: SynapseType;
  readonly projection: Projection;
}

/** Names of a synapse's index values among its parameters. */
export const placeWords: Readonly<Record<string, string>> = {
  i: 'source_number',
  j: 'target_number',
  N: 'synapse_count',
};

/** Returns the type of a projection's synapses, with the index values that its code needs. */
export function ownSynapse(projection: Projection, type: SynapseType, pairs: Pairs): OwnSynapse {
  const parameters: Record<string, Parameter> = {};
  const values: Record<string, Value> = {};
  const place = placesOf(pairs);
  const declared = ownNames(type);
  for (const read of namesRead(type)) {
    const known = declared.has(read) ? undefined : place(read);
    if (known === undefined) continue;
    parameters[read] = { unit: '1', type: 'real', value: 0, shared: false };
    values[read] = typeof known === 'number' ? known : { kind: 'array', array: known };
  }
  return {
    type: { ...type, parameters: { ...type.parameters, ...parameters } },
    projection: { ...projection, values: { ...projection.values, ...values } },
  };
}

/** Returns all expressions of the equations and of the code of synapses. */
export const expressionsOf = ({
  derived,
  derivatives,
  contributes,
  summed,
  pathways,
  events,
}: SynapseType): readonly Expression[] => [
  ...expressionsIn([derived, derivatives, contributes, summed, events]),
  ...Object.values(pathways).flatMap(({ do: code }) => expressionsIn(code)),
];

/** Returns names that equations and code of synapses read. */
export const namesRead = (type: SynapseType): Set<string> =>
  new Set(expressionsOf(type).flatMap((e) => [...namesIn(e)]));

/**
 * Returns names that a connection's weight can stand for: they only multiply what synapses add to the cell, as `w` in
 * `g_post += w*x`. `U` in `u += U*(1 - u)` is none, nor is a state with a rate.
 */
export function weightNames(type: SynapseType, { receptors }: Projection): ReadonlySet<string> {
  const sums = [...type.contributes, ...type.summed].map(({ value }) => value);
  const summed = new Set(sums.flatMap((sum) => [...namesIn(sum)]));
  const added = statementsIn([type.pathways, type.events]).flatMap((statement) => {
    if (statement.kind === 'send') return [statement.value];
    const { target, to, operator, value } = statement;
    const isSum = variableOfTarget(to, receptors, type.ports) !== null || summed.has(target);
    return isSum && operator === '+=' && !namesIn(value).has(target) ? [value] : [];
  });
  const factors = [...sums, ...added].flatMap(factorNames);
  const read = expressionsOf(type).flatMap(nameList);
  const count = (names: readonly string[], name: string): number => names.filter((other) => other === name).length;
  return new Set(
    factors.filter((name) =>
      Object.hasOwn(type.state, name)
        ? !Object.hasOwn(type.derivatives, name)
        : count(factors, name) === count(read, name),
    ),
  );
}

/** Returns the names that multiply an expression. */
function factorNames(e: Expression): readonly string[] {
  if (e.kind === 'name') return [e.name];
  if (e.kind === 'unary') return factorNames(e.operand);
  if (e.kind !== 'binary') return [];
  if (e.operator === '*') return [...factorNames(e.left), ...factorNames(e.right)];
  return e.operator === '/' ? factorNames(e.left) : [];
}

/** Returns the names in an expression, as often as they occur. */
function nameList(e: Expression): readonly string[] {
  const names: string[] = [];
  visit(e, (part) => {
    if (part.kind === 'name') names.push(part.name);
  });
  return names;
}
