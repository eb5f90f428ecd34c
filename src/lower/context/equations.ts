/** The equations of a type, as integration reads them. */

import type { Expression, Statement } from '../../lang/ast.js';
import { declaredNames } from '../../model/declared-names.js';
import { namesIn, substitute } from '../../lang/walk.js';
import { dependencyOrder } from '../../lang/graph.js';
import type {
  Derivative,
  DerivedVariable,
  EventDefinition,
  IntegrationMethod,
  NeuronType,
  Parameter,
  StateVariable,
  SynapseType,
  ValueType,
} from '../../model/typed.js';

interface Derived {
  readonly expression: Expression;
  readonly type: ValueType;
  readonly held: boolean;
  readonly shared: boolean;
  readonly unit: string;
}

/** An event of a type with its code. */
export interface EventCode {
  readonly name: string;
  /** Its condition. */
  readonly when: Expression;
  /** Its actions, in order. */
  readonly do: readonly Statement[];
  readonly definition: EventDefinition;
  /** Duration in seconds, or the condition that keeps the element refractory. */
  readonly refractoryFor: Expression | null;
  /** Null: the event does not make refractory in this way. */
  readonly refractoryWhile: Expression | null;
  /** Multiplicity of the event; null: 1. */
  readonly multiplicity: Expression | null;
}

/** The common parts of neuron and synapse types. */
export interface Equations {
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly state: ReadonlyMap<string, StateVariable>;
  /** Derived variables by name. */
  readonly derived: ReadonlyMap<string, Derived>;
  /** Right-hand sides with derived variables put in. */
  readonly derivatives: ReadonlyMap<string, Expression>;
  /** State variables that are advanced in closed form when a pathway runs. */
  readonly eventDriven: ReadonlySet<string>;
  /** Names of white noises. */
  readonly noise: readonly string[];
  readonly method: IntegrationMethod;
  /** All names that the type declares. */
  readonly names: ReadonlySet<string>;
}

const entries = <T>(record: Readonly<Record<string, T>>): [string, T][] =>
  Object.keys(record)
    .sort()
    .map((key) => [key, record[key] as T]);

/**
 * The equations of a type. `inlined`: derivatives get derived variables put in;
 * else they are as written.
 */
export function equationsOf(type: NeuronType | SynapseType, inlined = true): Equations {
  const names = declaredNames(type);
  const derived = new Map(
    entries<DerivedVariable>(type.derived).map(([name, variable]) => [
      name,
      {
        expression: variable.value,
        type: variable.type,
        held: variable.held,
        shared: variable.shared,
        unit: variable.unit,
      },
    ]),
  );
  const derivatives = entries<Derivative>(type.derivatives);
  return {
    parameters: new Map(entries(type.parameters)),
    state: new Map(entries(type.state)),
    derived,
    derivatives: new Map(
      derivatives.map(([name, derivative]) => {
        const { rate } = derivative;
        return [name, inlined ? inlineDerived(rate, derived) : rate];
      }),
    ),
    eventDriven: new Set(derivatives.filter(([, derivative]) => derivative.eventDriven).map(([name]) => name)),
    noise: type.noise,
    method: type.method,
    names,
  };
}

/** Returns the derived variables that a derived variable reads itself. */
export const derivedIn =
  (derived: ReadonlyMap<string, Pick<Derived, 'expression'>>) =>
  (name: string): readonly string[] =>
    [...namesIn(derived.get(name)?.expression as Expression)].filter((read) => derived.has(read));

/** Replaces the names of derived variables by their expressions, except for variables held over a step. */
export function inlineDerived(
  e: Expression,
  derived: ReadonlyMap<string, Pick<Derived, 'expression'> & { readonly held?: boolean }>,
): Expression {
  const used = (read: Expression): string[] =>
    [...namesIn(read)].filter((name) => derived.has(name) && !derived.get(name)?.held);
  const expressionOf = (name: string): Expression => derived.get(name)?.expression as Expression;
  const replacements = new Map<string, Expression>();
  for (const name of dependencyOrder(used(e), (each) => used(expressionOf(each))))
    replacements.set(name, substitute(expressionOf(name), replacements));
  return replacements.size === 0 ? e : substitute(e, replacements);
}

/**
 * Returns the derived variables that are held over a step, each after its operands. @source Brian 2.9,
 * `Equations.ordered`
 */
export function heldOf({ derived }: Equations): readonly (readonly [string, Derived])[] {
  const held = [...derived.keys()].filter((name) => derived.get(name)?.held);
  const reads = derivedIn(derived);
  return dependencyOrder(held, (name) => [...reads(name)].sort())
    .map((name) => [name, derived.get(name) as Derived] as const)
    .filter(([, variable]) => variable.held);
}

/** Returns the events of a neuron type in the order of their tests within a step. */
export function eventsOf(type: NeuronType): EventCode[] {
  return entries(type.events)
    .map(([name, definition]) => ({
      name,
      definition,
      when: definition.when,
      do: definition.do,
      refractoryFor: definition.refractory?.for ?? null,
      refractoryWhile: definition.refractory?.while ?? null,
      multiplicity: definition.multiplicity ?? null,
    }))
    .sort((a, b) => a.definition.order - b.definition.order);
}
