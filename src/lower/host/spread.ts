/** What a model says of a projection that several stand for, said of each of these. */

import type { Model, Value } from '../../model/model.js';
import { HostError } from './draws.js';

/** Projections that stand for one between several populations, by its name. */
export type Pieces = ReadonlyMap<string, readonly string[]>;

/** A recording of a projection that several stand for becomes one of each. */
export function spreadRecording(recording: Model['recordings'][number], pieces: Pieces): Model['recordings'] {
  const { of } = recording;
  const projections = 'projection' in of ? pieces.get(of.projection) : undefined;
  if (!projections || !('projection' in of)) return [recording];
  if (of.slice || of.indices)
    throw new HostError(`recording ${recording.name} of some synapses of a projection between several populations`);
  return projections.map((projection) => ({ ...recording, name: `${recording.name}_${projection}`, of: { projection } }));
}

type Phase = Model['experiment']['protocol'][number];

/** What a phase sets of a projection that several stand for, it sets of each. */
export function spreadPhase(phase: Phase, pieces: Pieces): Phase {
  if (pieces.size === 0) return phase;
  if ('set' in phase) return { ...phase, set: spreadValues(phase.set, pieces) };
  return 'initialise' in phase ? { ...phase, initialise: spreadValues(phase.initialise, pieces) } : phase;
}

function spreadValues(values: Readonly<Record<string, Value>>, pieces: Pieces): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => {
      const [, owner = '', rest = ''] = /^(\w+)(.*)$/.exec(key) ?? [];
      const projections = pieces.get(owner);
      if (!projections) return [[key, value] as const];
      if (!rest.startsWith('.') || (typeof value === 'object' && 'array' in value))
        throw new HostError(`setting ${key}, of a projection between several populations, synapse by synapse`);
      return projections.map((projection) => [`${projection}${rest}`, value] as const);
    }),
  );
}
