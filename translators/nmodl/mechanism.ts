/** A mechanism as equations: states with their rates, variables computed from them, currents and concentrations. */

import type { Expression, Span } from '../../src/lang/ast.js';
import { name as nameOf, number } from '../../src/lang/build.js';
import { substitute } from '../../src/lang/walk.js';
import type { Definitions } from './definitions.js';
import type { IonAccess } from './ions.js';
import type { EventStatement } from './receive.js';
import type { DelayedPathway, TimedEvent } from './self-events.js';
import type { NmodlFile, Table } from './syntax.js';
import { unitExpression, type Powers } from './units.js';
import { inUnits } from './values.js';

/** A parameter, by its value in its unit. */
export interface Parameter {
  readonly value: number;
  readonly unit: Powers;
  readonly span: Span;
}

/** A state with its first value and its rate of change; undefined: it changes only at events. */
export interface State {
  readonly unit: Powers;
  readonly initial: Expression;
  readonly rate: Expression | undefined;
  readonly span: Span;
}

/** An ion that the mechanism uses. */
export interface Ion extends IonAccess {
  readonly valence: number | undefined;
  readonly span: Span;
}

/** Effect of an event on a synapse. */
export interface Receipt {
  /** The weight, which is the first argument of NET_RECEIVE; undefined: it has none. */
  readonly weight: { readonly name: string; readonly unit: Powers } | undefined;
  /** Variables of the connection with their first values. */
  readonly variables: ReadonlyMap<string, { readonly unit: Powers; readonly initial: Expression }>;
  readonly statements: readonly EventStatement[];
  readonly pathways: readonly DelayedPathway[];
  readonly timed: readonly TimedEvent[];
}

/** A mechanism as equations. */
export interface Mechanism {
  readonly name: string;
  readonly kind: NmodlFile['kind'];
  readonly title: string | undefined;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly states: ReadonlyMap<string, State>;
  readonly derived: Definitions['list'];
  readonly ions: ReadonlyMap<string, Ion>;
  /** Currents and concentrations, by the names of ports; currents are inward positive. */
  readonly writes: ReadonlyMap<string, Expression>;
  readonly reads: readonly string[];
  /** Parameters that are first concentrations of ions, with their ports, such as `ca_i`. */
  readonly starts: ReadonlyMap<string, string>;
  /** States that are advanced together, by an implicit step. */
  readonly scheme: readonly string[];
  /** States of the scheme as expressions of others, by sums that are constant. */
  readonly conserved: ReadonlyMap<string, Expression>;
  readonly receipt: Receipt | undefined;
  /** Tables that NEURON interpolates, as the equations do. */
  readonly interpolated: ReadonlySet<Table>;
}

/** Values that parameters have, by their names; undefined for those with several values. */
export type GivenValues = ReadonlyMap<string, number | undefined>;

/** Returns a mechanism with other names of definitions. */
export function renamed(mechanism: Mechanism, names: ReadonlyMap<string, string>): Mechanism {
  const known = new Map([...names].map(([name, other]) => [name, nameOf(other)]));
  const of = (e: Expression): Expression => substitute(e, known);
  const values = (map: ReadonlyMap<string, Expression>): ReadonlyMap<string, Expression> =>
    new Map([...map].map(([name, e]) => [name, of(e)]));
  const starting = <T extends { readonly initial: Expression }>(map: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
    new Map([...map].map(([name, one]) => [name, { ...one, initial: of(one.initial) }]));
  const code = (statements: readonly EventStatement[]): EventStatement[] =>
    statements.map((one) => ({ ...one, value: of(one.value) }));
  const { states, derived, writes, conserved, receipt } = mechanism;
  return {
    ...mechanism,
    states: new Map([...starting(states)].map(([name, one]) => [name, { ...one, rate: one.rate && of(one.rate) }])),
    derived: derived.map((one) => ({ ...one, name: names.get(one.name) ?? one.name, expression: of(one.expression) })),
    writes: values(writes),
    conserved: values(conserved),
    receipt: receipt && {
      ...receipt,
      variables: starting(receipt.variables),
      statements: code(receipt.statements),
      pathways: receipt.pathways.map((one) => ({ ...one, delay: of(one.delay), statements: code(one.statements) })),
      timed: receipt.timed.map((one) => ({ ...one, when: of(one.when), statements: code(one.statements) })),
    },
  };
}

/** Returns a mechanism whose currents follow the potential within a step. */
export function withoutCopies(mechanism: Mechanism): Mechanism {
  const copies = new Map(mechanism.derived.flatMap((one) => (one.held ? [[one.name, one.expression] as const] : [])));
  if (copies.size === 0) return mechanism;
  return {
    ...mechanism,
    states: new Map(
      [...mechanism.states].map(([name, one]) => [name, { ...one, rate: one.rate && substitute(one.rate, copies) }]),
    ),
    derived: mechanism.derived.flatMap((one) =>
      one.held ? [] : [{ ...one, expression: substitute(one.expression, copies) }],
    ),
    writes: new Map([...mechanism.writes].map(([port, value]) => [port, substitute(value, copies)])),
  };
}

/** Returns the statements of all events. */
export const statementsOf = ({
  statements,
  pathways,
  timed,
}: Pick<Receipt, 'statements' | 'pathways' | 'timed'>): readonly EventStatement[] => [
  ...statements,
  ...[...pathways, ...timed].flatMap((one) => one.statements),
];

/** Returns a number with its unit, as the canonical language writes it. */
export function quantityOf(value: number, unit: Powers): Expression {
  const factor = unitExpression(unit);
  const literal = number(value, undefined, Number.isInteger(value));
  return factor ? inUnits({ expression: literal, unit: undefined }, unit) : literal;
}
