/**
 * Pass before all others, for profiles of slots: turns regimes into a variable, and gives every event its own name.
 *
 * A regime becomes a number: rates depend on it, and each transition is a separate condition. If several conditions
 * emit one event, this event gets a condition that holds if one of them does. Its multiplicity is the number of
 * conditions that hold.
 */

import type { EventDefinition, Model, NeuronType } from '../../model/typed.js';
import { withRegimesAsVariable } from '../../model/regimes.js';
import type { Expression, Statement } from '../../lang/ast.js';
import { binary, conditional, integer, sum } from '../../lang/build.js';
import type { LoweringDiagnostics } from '../context/context.js';
import * as messages from '../context/messages.js';
import type { Profile } from '../context/profile.js';
import { freeName } from '../../model/free-name.js';

/** Actions of neuron types on entry to their first regime, as statements. */
export type Entries = ReadonlyMap<string, readonly Statement[]>;

/** Conditions of neuron types that emit no event to other elements. */
export type SilentEvents = ReadonlyMap<string, ReadonlySet<string>>;

/** The parts of a model's types that the plain types lack. */
export interface Modes {
  readonly entries: Entries;
  readonly silent: SilentEvents;
}

/** Where there are no regimes to enter. */
export const noModes: Modes = { entries: new Map(), silent: new Map() };

/** The model without regimes and without events of other names. @diagnostic lower/unsupported-feature */
export function withoutModes(
  model: Model,
  profile: Profile,
  diagnostics: LoweringDiagnostics,
): { readonly model: Model; readonly modes: Modes } {
  if (Object.values(model.neurons).every((type) => isPlain(type))) return { model, modes: noModes };
  const entries = new Map<string, readonly Statement[]>();
  const silent = new Map<string, ReadonlySet<string>>();
  const neurons: Record<string, NeuronType> = {};
  for (const [name, type] of Object.entries(model.neurons)) {
    const initial = Object.values(type.regimes).find((regime) => regime.initial);
    if (initial && initial.onEntry.length > 0) entries.set(name, initial.onEntry);
    if (isPlain(type)) neurons[name] = type;
    else
      diagnostics.within(`/neurons/${name}`, () => {
        const named = withOwnNames(name, withRegimesAsVariable(type), profile, diagnostics);
        neurons[name] = named.type;
        silent.set(name, named.silent);
      });
  }
  return { model: { ...model, neurons }, modes: { entries, silent } };
}

const isPlain = (type: NeuronType): boolean =>
  Object.keys(type.regimes).length === 0 && Object.values(type.events).every(({ emits }) => emits === undefined);

/** Returns events under the names that other elements read, and the silent ones. */
function withOwnNames(
  owner: string,
  type: NeuronType,
  profile: Profile,
  diagnostics: LoweringDiagnostics,
): { readonly type: NeuronType; readonly silent: ReadonlySet<string> } {
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
      multiplicity: sources.map(({ when }): Expression => conditional(when, integer(1), integer(0))).reduce(sum),
    };
  }
  for (const [name, { emits, ...definition }] of all) {
    const seen = emits === undefined ? name : emits;
    const newName = newNames.get(name) ?? free(`${name}_condition`);
    // The effects of an event emitted under another name take the place of that event.
    const slots =
      seen === 'spike' && newName !== 'spike'
        ? {
            slot: definition.slot ?? profile.defaults.threshold,
            actionSlot: definition.actionSlot ?? profile.defaults.reset,
          }
        : {};
    newNames.set(name, newName);
    events[newName] = { ...definition, ...slots };
  }
  const renamed = (name: string): string => newNames.get(name) ?? name;
  const named = Object.entries(events).map(([name, event]) => {
    const { refractory } = event;
    return [name, refractory?.of ? { ...event, refractory: { ...refractory, of: refractory.of.map(renamed) } } : event];
  });
  return {
    type: { ...type, events: Object.fromEntries(named) as Record<string, EventDefinition> },
    silent: new Set(all.filter(([, { emits }]) => emits === null).map(([name]) => renamed(name))),
  };
}
