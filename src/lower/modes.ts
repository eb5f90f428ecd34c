/**
 * Pass before others, for profiles that go by slots: a model in which regimes are a variable, and in which every event
 * is seen under its own name.
 *
 * A regime becomes a number: rates choose by it, and each transition is a separate condition. Where several
 * conditions emit one event, that event gets a condition that holds when one of theirs does.
 */

import type { Derivative, EventDefinition, Model, NeuronType, Regime, StateVariable } from '../model/typed.js';
import type { Expression, Statement } from '../lang/ast.js';
import { assignment, binary, conditional, integer, name } from '../lang/build.js';
import type { LoweringDiagnostics } from './context.js';
import * as messages from './messages.js';
import type { Profile } from './profile.js';
import { freeName } from '../model/free-name.js';

/** What neuron types do when their first regime is entered, as statements. */
export type Entries = ReadonlyMap<string, readonly Statement[]>;

/** Where there are no regimes to enter. */
export const noEntries: Entries = new Map();

/** The model without regimes and without events of other names. @diagnostic lower/unsupported-feature */
export function withoutModes(
  model: Model,
  profile: Profile,
  diagnostics: LoweringDiagnostics,
): { readonly model: Model; readonly entries: Entries } {
  const entries = new Map<string, readonly Statement[]>();
  if (Object.values(model.neurons).every((type) => isPlain(type))) return { model, entries };
  const neurons: Record<string, NeuronType> = {};
  for (const [name, type] of Object.entries(model.neurons)) {
    const initial = Object.values(type.regimes).find((regime) => regime.initial);
    if (initial && initial.onEntry.length > 0) entries.set(name, initial.onEntry);
    neurons[name] = isPlain(type)
      ? type
      : diagnostics.within(`/neurons/${name}`, () => withOwnNames(name, withoutRegimes(type), profile, diagnostics));
  }
  return { model: { ...model, neurons }, entries };
}

const isPlain = (type: NeuronType): boolean =>
  Object.keys(type.regimes).length === 0 && Object.values(type.events).every(({ emits }) => emits === undefined);

/** Whether the regime with a number is the active one. */
const isIn = (mode: string, k: number): Expression => binary('==', name(mode), integer(k));

/** Makes the regime with a number the active one. */
const enter = (mode: string, k: number): Statement => assignment(mode, '=', integer(k));

function withoutRegimes(type: NeuronType): NeuronType {
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

/** Rates that are those of the active regime, and zero in regimes that do not state one. */
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

/** Events that all go by the name under which others see them. */
function withOwnNames(owner: string, type: NeuronType, profile: Profile, diagnostics: LoweringDiagnostics): NeuronType {
  const all = Object.entries(type.events);
  const emittedBy = new Map<string, string[]>();
  for (const [name, { emits }] of all) {
    const seen = emits === undefined ? name : emits;
    if (seen !== null) emittedBy.set(seen, [...(emittedBy.get(seen) ?? []), name]);
  }
  const events: Record<string, EventDefinition> = {};
  const newNames = new Map<string, string>();
  const free = (wanted: string): string =>
    freeName(wanted, (name) => Object.hasOwn(events, name) || emittedBy.has(name));
  for (const [seen, emitters] of emittedBy) {
    const [only] = emitters;
    if (emitters.length === 1 && only !== undefined) {
      newNames.set(only, seen);
      continue;
    }
    const sources = emitters.map((name) => type.events[name] as EventDefinition);
    if (
      sources.some(
        ({ edge, refractory, multiplicity }) => edge === 'rising' || refractory || multiplicity !== undefined,
      )
    )
      diagnostics.add(
        messages.unsupportedFeature(
          `an event that several conditions emit, one of which waits or makes refractory (${owner}.${seen})`,
        ),
      );
    events[seen] = {
      when: sources.map(({ when }) => when).reduce((either, when) => binary('or', either, when)),
      edge: 'level',
      do: [],
      order: Math.min(...sources.map(({ order }) => order)),
    };
  }
  for (const [name, { emits, ...definition }] of all) {
    const seen = emits === undefined ? name : emits;
    const own = newNames.get(name) ?? free(`${name}_condition`);
    // What comes of an event that others see under another name comes when that event would.
    const slots =
      seen === 'spike' && own !== 'spike'
        ? {
            slot: definition.slot ?? profile.defaults.threshold,
            actionSlot: definition.actionSlot ?? profile.defaults.reset,
          }
        : {};
    newNames.set(name, own);
    events[own] = { ...definition, ...slots };
  }
  const renamed = (name: string): string => newNames.get(name) ?? name;
  return {
    ...type,
    events: Object.fromEntries(
      Object.entries(events).map(([name, event]) => {
        const { refractory } = event;
        return [
          name,
          refractory?.of ? { ...event, refractory: { ...refractory, of: refractory.of.map(renamed) } } : event,
        ];
      }),
    ),
  };
}
