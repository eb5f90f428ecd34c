/**
 * Cells with the same equations in all compartments: each has every mechanism of the cell, without effect at places
 * that lack it. For notations with one set of equations per cell.
 */

import type { Expression } from '../../lang/ast.js';
import { binary, integer, isZero, name as nameOf, product, sum } from '../../lang/build.js';
import { UniqueNames } from '../../model/free-name.js';
import type { Compartments, DerivedVariable, EventDefinition, Mechanism, Parameter } from '../../model/typed.js';
import { inlineDerived } from '../context/equations.js';
import type { GivenAtSection, Instance } from './mechanisms.js';
import { derivedOf, levelOn } from './ion-values.js';
import type { Compartment } from '../../model/compartment-tree.js';
import { mapped } from '../../model/collections.js';

/** How cells are to become ones of a single type. */
export interface OneType {
  /** Ordinals of a cell's compartments, in the requested order. */
  readonly orderOf: (compartments: Compartments, cut: readonly Compartment[]) => readonly number[];
}

/** Returns the mechanisms of each compartment, with missing ones of other compartments added. */
export function withEveryMechanism(
  instances: readonly (readonly Instance[])[],
  cut: readonly Compartment[],
  compartments: Compartments,
): readonly (readonly Instance[])[] {
  const shapes = [...new Set(instances.flat().map(({ shape }) => shape))];
  const completed = instances.map((): Instance[] => []);
  for (const shape of shapes) {
    const instancesOfShape = instances.map((all) => all.filter((one) => one.shape === shape));
    const most = Math.max(...instancesOfShape.map(({ length }) => length));
    for (let copy = 0; copy < most; copy++) {
      const here = instancesOfShape.map((all) => all[copy]);
      const [first] = here.flatMap((one) => one ?? []);
      if (!first) continue;
      const named = withNamedCurrents(shape.mechanism);
      const { mechanism, given } = here.includes(undefined)
        ? withoutEffect(named, compartments)
        : { mechanism: named, given: noLevels };
      here.forEach((instance, k) => {
        const presentInstance = instance ?? { ...first, given: new Map() };
        const absent = instance ? [] : given(cut[k]?.section ?? '');
        const parameters = mapped(mechanism.parameters, (parameter, name) => ({
          ...parameter,
          value: presentInstance.mechanism.parameters[name]?.value ?? parameter.value,
        }));
        completed[k]?.push({
          ...presentInstance,
          mechanism: { ...mechanism, state: presentInstance.mechanism.state, parameters },
          given: new Map([...presentInstance.given, ...absent]),
          absent: !instance,
        });
      });
    }
  }
  return completed;
}

/** Rewrites a mechanism with its currents as derived variables. */
function withNamedCurrents(mechanism: Mechanism): Mechanism {
  const names = new UniqueNames(
    [mechanism.parameters, mechanism.state, mechanism.derived].flatMap((map) => Object.keys(map)),
  );
  const unit = mechanism.density ? 'A*m**-2' : 'A';
  const added: Record<string, DerivedVariable> = {};
  const writes = mapped(mechanism.writes, (e, key): Expression => {
    if (!/^i($|_)/.test(key) || e.kind === 'name') return e;
    const name = names.take(key === 'i' ? 'current' : `current_${key.slice('i_'.length)}`);
    added[name] = derivedOf(unit, e);
    return nameOf(name);
  });
  return { ...mechanism, writes, derived: { ...mechanism.derived, ...added } };
}

type AbsentValues = (section: string) => readonly (readonly [string, GivenAtSection])[];

const noLevels: AbsentValues = () => [];

/** Returns a mechanism that can be without effect, and the parameter values that make it so. */
function withoutEffect(
  mechanism: Mechanism,
  compartments: Compartments,
): { readonly mechanism: Mechanism; readonly given: AbsentValues } {
  const { parameters, writes } = mechanism;
  const derived = new Map(
    Object.entries(mechanism.derived).map(([name, { value, held }]) => [name, { expression: value, held }]),
  );
  const currents = Object.entries(writes).filter(([key]) => /^i($|_)/.test(key));
  const levels = Object.keys(writes).filter((key) => !/^i($|_)/.test(key));
  const scale = Object.keys(parameters).find((name) =>
    currents.every(([, e]) => vanishes(inlineDerived(e, derived), name)),
  );
  if (levels.length === 0 && scale !== undefined) return { mechanism, given: () => [[scale, valueOf(0)]] };
  const names = new UniqueNames(
    [mechanism.parameters, mechanism.state, mechanism.derived].flatMap((map) => Object.keys(map)),
  );
  const present = names.take('present');
  const outside = levels.map((key) => [key, names.take(`${key}_elsewhere`)] as const);
  const level = (key: string, section: string): number =>
    levelOn(compartments, key.slice(0, -2), key.endsWith('_i') ? 'inside' : 'outside', section) ??
    levelOn(compartments, key.slice(0, -2), key.endsWith('_i') ? 'inside' : 'outside', '') ??
    1;
  const elsewhere = new Map(outside);
  const factor = nameOf(present);
  const added: Record<string, Parameter> = { [present]: { unit: '1', type: 'real', value: 1, shared: false } };
  for (const [, name] of outside) added[name] = { unit: 'mol*m**-3', type: 'real', value: 0, shared: false };
  return {
    mechanism: {
      ...mechanism,
      parameters: { ...parameters, ...added },
      writes: mapped(writes, (e, key): Expression => {
        const name = elsewhere.get(key);
        return name === undefined ? product(factor, e) : sum(product(factor, e), nameOf(name));
      }),
    },
    given: (section) => [
      [present, valueOf(0)],
      ...outside.map(([key, name]) => [name, valueOf(level(key, section))] as const),
    ],
  };
}

/** Whether an expression is zero when a name is zero, judged by its form. */
function vanishes(e: Expression, name: string): boolean {
  switch (e.kind) {
    case 'name':
      return e.name === name;
    case 'unary':
      return vanishes(e.operand, name);
    case 'conditional':
      return vanishes(e.whenTrue, name) && vanishes(e.whenFalse, name);
    case 'binary':
      if (e.operator === '*') return vanishes(e.left, name) || vanishes(e.right, name);
      if (e.operator === '/') return vanishes(e.left, name);
      return (e.operator === '+' || e.operator === '-') && vanishes(e.left, name) && vanishes(e.right, name);
    default:
      return isZero(e);
  }
}

const valueOf = (value: number): GivenAtSection => ({ value, first: 0 });

/**
 * Returns the events of a cell on a type for all compartments: each condition holds only at the elements of its place.
 *
 * @param at events by the compartment of their detection
 * @param ordinalOf of a compartment among the elements of a cell
 */
export function eventsAtPlaces(
  at: ReadonlyMap<number, Readonly<Record<string, EventDefinition>>>,
  ordinalOf: (compartment: number) => number,
  cells: number,
): Record<string, EventDefinition> {
  const element = nameOf('i');
  const among = (compartment: number): Expression => {
    const first = ordinalOf(compartment) * cells;
    if (cells === 1) return binary('==', element, integer(first));
    return binary('and', binary('>=', element, integer(first)), binary('<', element, integer(first + cells)));
  };
  const events: Record<string, EventDefinition> = {};
  const places = new Map<string, Expression>();
  for (const [compartment, eventsAtCompartment] of at)
    for (const [name, event] of Object.entries(eventsAtCompartment)) {
      const known = places.get(name);
      const where = known ? binary('or', known, among(compartment)) : among(compartment);
      places.set(name, where);
      events[name] = { ...event, when: binary('and', event.when, where) };
    }
  return events;
}
