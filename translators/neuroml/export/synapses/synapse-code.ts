/** The synapse type of one projection, with the index values that its code reads. */

import type { Expression } from '../../../../src/lang/ast.js';
import { parseExpression, parseStatements } from '../../../../src/lang/parse.js';
import { expressionsOf, namesIn, visit } from '../../../../src/lang/walk.js';
import { ownNames } from '../../../../src/model/declared-names.js';
import type { Parameter, Projection, SynapseType, Value } from '../../../../src/model/model.js';
import { writtenBy } from './effects.js';
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
    values[read] = typeof known === 'number' ? known : { array: known };
  }
  return {
    type: { ...type, parameters: { ...type.parameters, ...parameters } },
    projection: { ...projection, values: { ...projection.values, ...values } },
  };
}

/** Texts of equations and of code of synapses. */
export function textsOf(type: SynapseType): {
  readonly expressions: readonly string[];
  readonly statements: readonly string[];
} {
  const events = Object.values(type.events ?? {});
  return {
    expressions: [
      ...Object.values(type.derived).map(({ value }) => value),
      ...Object.values(type.derivatives).map(({ rate }) => rate),
      ...Object.values(type.contributes),
      ...Object.values(type.summed),
      ...events.map(({ when }) => when),
    ],
    statements: [...Object.values(type.pathways), ...events].flatMap(({ do: actions }) => actions),
  };
}

/** Returns names that equations and code of synapses read. */
export function namesRead(type: SynapseType): Set<string> {
  const { expressions, statements } = textsOf(type);
  const read = [
    ...expressions.map(parseExpression),
    ...statements
      .flatMap(parseStatements)
      .flatMap((statement) => (statement.kind === 'send' ? [statement.value, statement.after] : [statement.value])),
  ];
  return new Set(read.flatMap((e) => [...namesIn(e)]));
}

/**
 * Returns names that a connection's weight can stand for: they only multiply what synapses add to the cell, as `w` in
 * `g_post += w*x`. `U` in `u += U*(1 - u)` is none, nor is a state with a rate.
 */
export function weightNames(type: SynapseType, { receptors }: Projection): ReadonlySet<string> {
  const { expressions, statements } = textsOf(type);
  const sums = [...Object.values(type.contributes), ...Object.values(type.summed)].map(parseExpression);
  const summed = new Set(sums.flatMap((sum) => [...namesIn(sum)]));
  const code = statements.flatMap(parseStatements);
  const added = code.flatMap((statement) => {
    if (statement.kind === 'send') return [statement.value];
    const { target, operator, value } = statement;
    const isSum = writtenBy(target, receptors, type.ports) !== null || summed.has(target);
    return isSum && operator === '+=' && !namesIn(value).has(target) ? [value] : [];
  });
  const factors = [...sums, ...added].flatMap(factorNames);
  const read = [...expressions.map(parseExpression), ...code.flatMap(expressionsOf)].flatMap(nameList);
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
