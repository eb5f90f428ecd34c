/** Regimes as a variable, for engines and notations without regimes. */

import type { Derivative, EventDefinition, NeuronType, Regime, StateVariable } from './typed.js';
import type { Expression, Statement } from '../lang/ast.js';
import { assignment, binary, conditional, integer, name } from '../lang/build.js';
import { freeName } from './free-name.js';

/** Checks whether the regime with a number is the active one. */
const isIn = (mode: string, k: number): Expression => binary('==', name(mode), integer(k));

/** Makes the regime with a number the active one. */
const enter = (mode: string, k: number): Statement => assignment(mode, '=', integer(k));

/**
 * Returns the type without regimes. A variable holds the number of the active one, rates choose by it, and each
 * transition is a separate event. Entry actions of the first regime are left to the caller.
 */
export function withRegimesAsVariable(type: NeuronType): NeuronType {
  const regimes = Object.entries(type.regimes).sort(([a], [b]) => (a < b ? -1 : 1));
  if (regimes.length === 0) return type;
  const declared = (name: string): boolean =>
    [type.parameters, type.state, type.derived, type.inputs].some((map) => Object.hasOwn(map, name));
  const mode = freeName('regime', declared);
  const first = Math.max(
    0,
    regimes.findIndex(([, regime]) => regime.initial),
  );
  const state: Record<string, StateVariable> = {
    ...type.state,
    [mode]: { unit: '1', type: 'integer', initial: first, shared: false },
  };
  const events: Record<string, EventDefinition> = { ...type.events };
  const last = Math.max(0, ...Object.values(type.events).map(({ order }) => order));
  regimes.forEach(([id, regime], k) =>
    regime.transitions.forEach(({ when, do: actions, to, emit }, ordinal) => {
      const next = regimes.findIndex(([other]) => other === to);
      const entered = next < 0 ? [] : [...(regimes[next]?.[1].onEntry ?? []), enter(mode, next)];
      events[freeName(`leave_${id}_${ordinal}`, (name) => Object.hasOwn(events, name))] = {
        when: binary('and', isIn(mode, k), when),
        edge: 'level',
        do: [...actions, ...entered],
        order: last + 1 + ordinal,
        emits: emit ?? null,
      };
    }),
  );
  return { ...type, state, derivatives: { ...type.derivatives, ...chosenRates(mode, regimes) }, events, regimes: {} };
}

/** Returns rates that equal the active regime's, and zero in regimes that do not state one. */
function chosenRates(mode: string, regimes: readonly (readonly [string, Regime])[]): Record<string, Derivative> {
  const names = new Set(regimes.flatMap(([, { derivatives }]) => Object.keys(derivatives)));
  return Object.fromEntries(
    [...names].sort().map((name) => {
      const rate = regimes.reduceRight(
        (otherwise, [, { derivatives }], k) => {
          const own = derivatives[name]?.rate;
          return own === undefined ? otherwise : conditional(isIn(mode, k), own, otherwise);
        },
        integer(0) as Expression,
      );
      return [name, { rate, eventDriven: false }];
    }),
  );
}
