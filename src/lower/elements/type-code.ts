/**
 * The parsed form of a type for profiles that step element by element: its parts, and the values that outlive a part or
 * a step.
 */

import { isNeuronType } from '../../model/typed.js';
import type { Expression, Statement } from '../../lang/ast.js';
import { integer } from '../../lang/build.js';
import { dependencyOrder } from '../../lang/graph.js';
import { expressionsOf, namesIn, writtenBy } from '../../lang/walk.js';
import type { NeuronType, Part, SynapseType, ValueType } from '../../model/typed.js';
import type { Equations } from '../context/equations.js';
import { derivedIn } from '../context/equations.js';

/** A derived variable and its expression. */
export interface DerivedCode {
  readonly name: string;
  readonly expression: Expression;
  readonly type: ValueType;
}

/** A state variable and its rate. */
export interface RateCode {
  readonly name: string;
  readonly rate: Expression;
}

/** A condition, its actions, and the event that it emits. */
export interface ConditionCode {
  readonly name: string;
  readonly when: Expression;
  readonly do: readonly Statement[];
  /** Whether it acts only when it begins to hold. */
  readonly rising: boolean;
  /** Its name for other elements; null: they do not receive it. */
  readonly emits: string | null;
  /** Index of the next regime; null to stay. */
  readonly to: number | null;
}

/** A regime of the type, by its position among them. */
export interface RegimeCode {
  readonly name: string;
  readonly initial: boolean;
  readonly rates: readonly RateCode[];
  /** Actions when an element enters it. */
  readonly onEntry: readonly Statement[];
  /** Tested in this order. */
  readonly transitions: readonly ConditionCode[];
}

/** The variables that advance together, in the order of members. */
export interface PartCode {
  /** In the order of computation. */
  readonly derived: readonly DerivedCode[];
  /** A linear system, advanced by its matrix exponential. */
  readonly propagate: readonly RateCode[];
  /** Rates that are evaluated together and then applied. */
  readonly state: readonly RateCode[];
  /** In the order of tests. */
  readonly events: readonly ConditionCode[];
  /** Regimes that are advanced at the end of the part; empty: none. */
  readonly regimes: readonly RegimeCode[];
  /** State variables of other parts that it reads as they are. */
  readonly current: ReadonlySet<string>;
}

/** The parts of a type in order. */
export interface TypeCode {
  /** In the order of advance. */
  readonly parts: readonly PartCode[];
  /** Derived variables, each after its operands if possible. */
  readonly ordered: readonly DerivedCode[];
  /** Part of each state variable. Code of this part reads the current value; most other code reads the last copy. */
  readonly homes: ReadonlyMap<string, number>;
  /** Derived variables that are read before they are computed: their values of the step before are kept. */
  readonly stale: ReadonlySet<string>;
  /** State variables that other parts read although they change after their own part has shown them. */
  readonly lagging: ReadonlySet<string>;
}

const sortedKeys = (record: Readonly<Record<string, unknown>>): string[] => Object.keys(record).sort();

/** Parses a type. `writtenByOthers`: state variables that code of projections writes. */
export function typeCodeOf(
  type: NeuronType | SynapseType,
  equations: Equations,
  writtenByOthers: ReadonlySet<string>,
): TypeCode {
  const ordered = inDependencyOrder(equations);
  const rateOf = (name: string): RateCode => ({ name, rate: type.derivatives[name]?.rate ?? integer(0) });
  const byName = new Map(ordered.map((variable) => [variable.name, variable]));
  const events = conditionsOf(type);
  const regimes = isNeuronType(type) ? regimesOf(type) : [];
  const parts = (type.sequence ?? [wholeType(type, ordered, events)]).map((part): PartCode => ({
    derived: (part.derived ?? []).map((name) => byName.get(name)).filter((variable) => variable !== undefined),
    propagate: (part.propagate ?? []).map(rateOf),
    state: (part.state ?? []).map(rateOf),
    events: (part.events ?? [])
      .map((name) => events.find((event) => event.name === name))
      .filter((event) => event !== undefined),
    regimes: part.regimes ? regimes : [],
    current: new Set(part.current ?? []),
  }));
  const homes = homesOf(parts, Object.keys(type.state));
  return { parts, ordered, homes, stale: staleIn(parts), lagging: laggingIn(parts, homes, writtenByOthers) };
}

/** The one part of a type without a sequence. */
function wholeType(
  type: NeuronType | SynapseType,
  ordered: readonly DerivedCode[],
  events: readonly ConditionCode[],
): Part {
  return {
    derived: ordered.map(({ name }) => name),
    state: sortedKeys(type.derivatives).filter((name) => type.derivatives[name]?.eventDriven !== true),
    events: events.map(({ name }) => name),
    ...(isNeuronType(type) && Object.keys(type.regimes).length > 0 ? { regimes: true as const } : {}),
  };
}

function conditionsOf(type: NeuronType | SynapseType): ConditionCode[] {
  return sortedKeys(type.events ?? {})
    .map((name) => {
      const event = (type.events ?? {})[name] as NeuronType['events'][string];
      const emits = !isNeuronType(type) ? null : event.emits === undefined ? name : event.emits;
      const code: ConditionCode = {
        name,
        when: event.when,
        do: event.do,
        rising: event.edge === 'rising',
        emits,
        to: null,
      };
      return { code, order: event.order };
    })
    .sort((a, b) => a.order - b.order)
    .map(({ code }) => code);
}

function regimesOf(type: NeuronType): RegimeCode[] {
  const ids = sortedKeys(type.regimes);
  return ids.map((name) => {
    const regime = type.regimes[name] as NeuronType['regimes'][string];
    return {
      name,
      initial: regime.initial,
      rates: (regime.order ?? sortedKeys(regime.derivatives)).map((variable) => ({
        name: variable,
        rate: regime.derivatives[variable]?.rate ?? integer(0),
      })),
      onEntry: regime.onEntry,
      transitions: regime.transitions.map((transition, k) => ({
        name: `${name}_${k}`,
        when: transition.when,
        do: transition.do,
        rising: false,
        emits: transition.emit ?? null,
        to: transition.to === undefined ? null : ids.indexOf(transition.to),
      })),
    };
  });
}

/**
 * Sorts derived variables by dependency, then by name; cyclic ones by name. Variables with noise are left out, because
 * they are only used inside rates.
 */
function inDependencyOrder({ derived, noise }: Equations): DerivedCode[] {
  const noisy = new Set(noise);
  const ordered: DerivedCode[] = [];
  const reads = derivedIn(derived);
  for (const name of dependencyOrder(derived.keys(), (each) => [...reads(each)].sort())) {
    const { expression, type } = derived.get(name) as Omit<DerivedCode, 'name'>;
    if ([...namesIn(expression)].some((used) => noisy.has(used))) noisy.add(name);
    else ordered.push({ name, expression, type });
  }
  return ordered;
}

const namesInStatements = (statements: readonly Statement[]): string[] =>
  statements.flatMap((statement) => [
    ...expressionsOf(statement).flatMap((e) => [...namesIn(e)]),
    ...(statement.kind === 'assignment' && statement.operator !== '=' ? [statement.target] : []),
  ]);

const regimeWrites = (part: PartCode): string[] =>
  part.regimes.flatMap((regime) => [
    ...regime.rates.map(({ name }) => name),
    ...writtenBy(regime.onEntry),
    ...regime.transitions.flatMap((transition) => [...writtenBy(transition.do)]),
  ]);

const eventWrites = (part: PartCode): string[] => part.events.flatMap((event) => [...writtenBy(event.do)]);

function homesOf(parts: readonly PartCode[], state: readonly string[]): Map<string, number> {
  const homes = new Map<string, number>();
  const last = Math.max(0, parts.length - 1);
  for (const name of state) {
    const stepped = parts.findIndex((part) => [...part.state, ...part.propagate].some((rate) => rate.name === name));
    const moded = parts.findIndex((part) => regimeWrites(part).includes(name));
    const acted = parts.map((part) => eventWrites(part).includes(name)).lastIndexOf(true);
    homes.set(name, [stepped, moded, acted].find((index) => index >= 0) ?? last);
  }
  return homes;
}

/** All names that a part reads after its derived variables are known. */
function readLater(part: PartCode): string[] {
  const conditions = [...part.events, ...part.regimes.flatMap((regime) => regime.transitions)];
  return [
    ...[...part.propagate, ...part.state, ...part.regimes.flatMap((regime) => regime.rates)].flatMap(({ rate }) => [
      ...namesIn(rate),
    ]),
    ...conditions.flatMap((condition) => [...namesIn(condition.when), ...namesInStatements(condition.do)]),
    ...part.regimes.flatMap((regime) => namesInStatements(regime.onEntry)),
  ];
}

function staleIn(parts: readonly PartCode[]): Set<string> {
  const all = new Set(parts.flatMap((part) => part.derived.map(({ name }) => name)));
  const known = new Set<string>();
  const stale = new Set<string>();
  const read = (names: Iterable<string>): void => {
    for (const name of names) if (all.has(name) && !known.has(name)) stale.add(name);
  };
  for (const part of parts) {
    for (const { name, expression } of part.derived) {
      read(namesIn(expression));
      known.add(name);
    }
    read(readLater(part));
  }
  return stale;
}

function laggingIn(
  parts: readonly PartCode[],
  homes: ReadonlyMap<string, number>,
  writtenByOthers: ReadonlySet<string>,
): Set<string> {
  const changed = new Set(writtenByOthers);
  parts.forEach((part, k) => {
    for (const name of regimeWrites(part)) changed.add(name);
    for (const name of eventWrites(part)) if (homes.get(name) !== k) changed.add(name);
  });
  return new Set([...changed].filter((name) => homes.has(name)));
}

/** Lagging variables that a part other than their own reads. */
export function readElsewhere({ parts, homes, lagging }: TypeCode): Set<string> {
  const laggingNames = new Set<string>();
  parts.forEach((part, k) => {
    for (const name of [...part.derived.flatMap(({ expression }) => [...namesIn(expression)]), ...readLater(part)])
      if (lagging.has(name) && homes.get(name) !== k && !part.current.has(name)) laggingNames.add(name);
  });
  return laggingNames;
}
