/** Describes the meaning of a program's buffers in the model. */

import type { Manifest, ProjectionLocation, VariableLocation } from '../ir/program.js';
import type { Known } from './context/context.js';
import type { EventSource } from './events/events.js';
import type { Group } from './context/groups.js';
import type { Recordings } from './protocol/recordings.js';
import type { BuiltProjection } from './plan/synapse-scope.js';
import { updatesOf } from './synapses/synapse-values.js';
import { averageSynapses } from './synapses/expected.js';

/** Results of the passes. */
export interface Found {
  readonly groups: readonly Group[];
  readonly projections: readonly BuiltProjection[];
  /** By `population.event`. */
  readonly rings: ReadonlyMap<string, EventSource>;
  readonly recordings: Recordings;
  /** Delays given as times rather than steps, by `projection.pathway`: one value in s for all synapses, or a buffer. */
  readonly delays?: ReadonlyMap<string, number | string>;
}

/** Where variables, synapses, samples and spikes are found. */
export function manifestOf(
  { groups, projections, rings, recordings, delays: times }: Found,
  { faults, notes }: Pick<Manifest, 'faults' | 'notes'>,
  context: Known,
): Manifest {
  const { model, profile } = context;
  const variables: VariableLocation[] = [];
  for (const group of groups) {
    for (const member of group.members) {
      const add = (variable: string, unit: string, state: boolean): void => {
        const storage = group.storage.get(variable);
        if (!storage || storage.kind === 'folded') return;
        const shared = storage.kind === 'table';
        variables.push({
          owner: member.name,
          variable,
          buffer: storage.buffer.name,
          offset: shared ? member.ordinal : member.begin,
          length: shared ? 1 : member.population.size,
          unit,
          state,
        });
      };
      for (const [name, variable] of group.equations.state) add(name, variable.unit, true);
      for (const [name, parameter] of group.equations.parameters) add(name, parameter.unit, false);
    }
  }
  const locations: ProjectionLocation[] = [];
  for (const { plan, connectivity, storage } of projections) {
    for (const [name, variable] of [...plan.equations.state, ...plan.equations.parameters]) {
      const place = storage.get(name);
      if (!place || place.kind === 'folded') continue;
      variables.push({
        owner: plan.name,
        variable: name,
        buffer: place.buffer.name,
        offset: 0,
        length: place.kind === 'table' ? 1 : connectivity.count,
        unit: variable.unit,
        state: plan.equations.state.has(name),
      });
    }
    const delays = plan.sortedBy?.steps ??
      plan.pathways.find((pathway) => pathway.side === 'pre')?.steps ?? { first: 0, last: 0 };
    const average = averageSynapses(plan);
    const { drawn } = connectivity;
    locations.push({
      name: plan.name,
      ...(plan.stream !== plan.name || context.parts.get(plan.name)?.cells ? { pieceOf: plan.stream } : {}),
      count: connectivity.count,
      ...(typeof connectivity.count === 'number' || average === null ? {} : { expected: Math.round(average) }),
      targets: connectivity.targets.name,
      segments: connectivity.segments.name,
      ...(drawn === null ? {} : { drawn: { ...drawn, first: 0, size: plan.post.size } }),
      ...(connectivity.columns
        ? { columns: { starts: connectivity.columns.starts.name, positions: connectivity.columns.positions.name } }
        : {}),
      sources: plan.pre.size,
      delays,
      ...(connectivity.creation ? { creation: connectivity.creation.name } : {}),
      pathways: plan.pathways
        .filter(({ window }) => (window?.version ?? 0) === 0)
        .map(({ name, steps }) => {
          const buffer = connectivity.delayed.get(name)?.steps.name;
          const seconds = times?.get(`${plan.name}.${name}`);
          return {
            name,
            ...steps,
            ...(buffer === undefined ? {} : { buffer }),
            ...(seconds === undefined ? {} : { seconds }),
          };
        }),
    });
  }
  const shown = projections.flatMap(({ plan, storage }) => {
    if (!plan.owned) return [];
    const arrays = [...plan.owned.variables.keys()].flatMap((name) => storage.get(name) ?? []);
    return [
      ...arrays.flatMap((place) => (place.kind === 'array' ? [place.buffer.name] : [])),
      ...(storage.has('last update') ? [] : [updatesOf(plan.name)]),
    ];
  });
  const recorded = new Set(
    recordings.events.filter((location) => location.kind === 'events').map((location) => location.event),
  );
  return {
    populations: Object.entries(model.populations)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, population]) => ({
        name,
        size: population.size,
        event: rings.has(`${name}.spike`) ? `${name}.spike` : null,
        recorded: recorded.has(`${name}.spike`),
      })),
    events: [...rings.values()].map(({ ring, population, event, times }) => ({
      event: ring.name,
      population,
      name: event,
      ...(times ? { multiples: times.logName } : {}),
    })),
    variables,
    projections: locations,
    samples: recordings.samples,
    eventRecordings: recordings.events,
    spikeLabel: profile.spikeLabel,
    faults,
    ...(shown.length > 0 ? { shown } : {}),
    notes,
  };
}
