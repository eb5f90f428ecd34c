/** The one event of a cell as its spike, whatever its port is called: other notations have one name for spikes. */

import type { End, EventDefinition, Model, NeuronType, Recording } from '../../model/model.js';
import { populationsOf } from '../../model/selected.js';
import { isRecording } from '../../model/tagged.js';
import { withColumnsOf } from '../file-columns.js';

/** The event that a type calls otherwise and that is its only one; undefined: it has a spike, several or none. */
function onlyEventOf({ events, regimes }: NeuronType): string | undefined {
  if (Object.hasOwn(events, 'spike')) return undefined;
  const told = new Set([
    ...Object.entries(events).map(([name, { emits }]) => (emits === undefined ? name : emits)),
    ...Object.values(regimes).flatMap(({ transitions }) => transitions.map(({ emit }) => emit)),
  ]);
  const names = [...told].filter((name) => name !== null && name !== undefined);
  return names.length === 1 && names[0] !== 'spike' ? names[0] : undefined;
}

function renamed(type: NeuronType, event: string): NeuronType {
  const called = (name: string): string => (name === event ? 'spike' : name);
  const told = ({ emits, refractory, ...rest }: EventDefinition): EventDefinition => ({
    ...rest,
    ...(emits === undefined ? {} : { emits: emits === null ? null : called(emits) }),
    ...(refractory === undefined
      ? {}
      : { refractory: { ...refractory, ...(refractory.of ? { of: refractory.of.map(called) } : {}) } }),
  });
  return {
    ...type,
    events: Object.fromEntries(Object.entries(type.events).map(([name, one]) => [called(name), told(one)])),
    regimes: Object.fromEntries(
      Object.entries(type.regimes).map(([name, regime]) => [
        name,
        {
          ...regime,
          transitions: regime.transitions.map(({ emit, ...one }) => ({
            ...one,
            ...(emit === undefined ? {} : { emit: called(emit) }),
          })),
        },
      ]),
    ),
    ...(type.sequence === undefined
      ? {}
      : {
          sequence: type.sequence.map((part) => ({
            ...part,
            ...(part.events ? { events: part.events.map(called) } : {}),
          })),
        }),
  };
}

/** The model with `spike` in the place of the only event of each type, wherever projections and recordings name it. */
export function withSpikesByName(model: Model): Model {
  const heard = new Set(
    Object.values(model.synapses).flatMap(({ pathways }) => Object.values(pathways).map(({ on }) => on)),
  );
  const only = new Map(
    Object.entries(model.neurons).flatMap(([name, type]) => {
      const event = onlyEventOf(type);
      const byName = heard.has(`pre.${event ?? ''}`) || heard.has(`post.${event ?? ''}`);
      return event === undefined || byName ? [] : [[name, event] as const];
    }),
  );
  if (only.size === 0) return model;
  const isOnly = (populations: readonly string[], event: string | undefined): boolean =>
    event !== undefined &&
    populations.length > 0 &&
    populations.every((name) => only.get(model.populations[name]?.type ?? '') === event);
  const end = ({ event, ...rest }: End): End =>
    event === undefined || isOnly(populationsOf(rest.of), event) ? rest : { ...rest, event };
  const recorded = (one: Recording): Recording =>
    isRecording(one, 'events') && typeof one.events === 'string' && isOnly(populationsOf(one.of), one.events)
      ? { ...one, events: 'spike' }
      : one;
  const recordings = model.recordings.map(recorded);
  return {
    ...model,
    neurons: Object.fromEntries(
      Object.entries(model.neurons).map(([name, type]) => {
        const event = only.get(name);
        return [name, event === undefined ? type : renamed(type, event)];
      }),
    ),
    projections: Object.fromEntries(
      Object.entries(model.projections).map(([name, one]) => [name, { ...one, from: end(one.from), to: end(one.to) }]),
    ),
    recordings,
    annotations: withColumnsOf(model, recordings),
  };
}
