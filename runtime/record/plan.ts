/** The plan of a recording, from a program's manifest and a protocol. */

import { itemAt } from '../../src/diagnostics/entry.js';
import { areListed } from '../results/result.js';
import type { EventRecordingLocation, EventValueLocation, Program, SampleLocation } from '../../src/ir/program.js';
import { invariant } from '../../src/diagnostics/diagnostic.js';

import type { Elements, RunSetup, SeriesPlan, SpikeVariable, TrainsPlan, WrittenUnit } from '../results/result.js';
import {
  isSwitched,
  isSwitchedWithin,
  protocolSteps,
  recordedSpans,
  segmentSpans,
  turnsBack,
  unionSpans,
  type Protocol,
} from './protocol.js';

/** A series from a log's columns. */
export interface SampledSeries {
  readonly kind: 'samples';
  readonly plan: SeriesPlan;
  /** The log, its columns and their meaning. */
  readonly location: SampleLocation;
}

/** A series of a population's rate, computed from its events. */
export interface RateSeries {
  readonly kind: 'rate';
  readonly plan: SeriesPlan;
  /** Name of the event ring with the counted log. */
  readonly event: string;
  /** Elements with counted events; the rate is their mean in Hz. */
  readonly elements: Elements;
}

/** Trains, with their event ring and the recordings that request them. */
export interface RecordedTrains {
  readonly plan: TrainsPlan;
  /** Name of the event ring. */
  readonly event: string;
  /** Number of elements of the population. */
  readonly size: number;
  /** Each requests some of its elements; together they request the elements of the plan. */
  readonly recordings: readonly EventRecordingLocation[];
  /** Where the values of the plan's variables are, one for each. */
  readonly values: readonly EventValueLocation[];
}

/** All series and trains of a run, with their sources. */
export interface RecordingPlan {
  /** In the order of the run's set-up. */
  readonly series: readonly (SampledSeries | RateSeries)[];
  /** One for each event of a population that is recorded. */
  readonly trains: readonly RecordedTrains[];
  /** The part of a run's set-up that the program decides. */
  readonly setup: Pick<RunSetup, 'populations' | 'trains' | 'series' | 'spikeLabel' | 'segments' | 'expectedSteps'>;
}

/** Units of samples in files, by SI unit; missing units are in SI. */
export type WrittenUnits = Readonly<Record<string, WrittenUnit>>;

/**
 * Returns the recordings of a run of `protocol` on `program`, in a fixed order.
 *
 * @param first steps before the run
 */
export function recordingPlan(
  program: Program,
  protocol: Protocol,
  units: WrittenUnits = {},
  first = 0,
): RecordingPlan {
  const { manifest } = program;
  const events = manifest.eventRecordings ?? defaultEventRecordings(program);
  const named = uniqueNames([
    ...manifest.samples.map((location) => ({
      recording: location.recording,
      base: `${location.owner}_${location.variable}`,
    })),
    ...events
      .filter(({ kind }) => kind === 'rate')
      .map(({ recording, population }) => ({ recording, base: `${population}_rate` })),
  ]);
  const several = turnsBack(protocol);
  const switched = (recording: string): boolean => isSwitchedWithin(protocol, recording);
  const samples = manifest.samples.map((location, position): SampledSeries => ({
    kind: 'samples',
    location,
    plan: samplePlan(program, location, itemAt(named, position), switched(location.recording)),
  }));
  const rates = events
    .filter(({ kind }) => kind === 'rate')
    .map((location, position): RateSeries => ({
      kind: 'rate',
      event: location.event,
      elements: elementsOf(location.indices),
      plan: ratePlan(program, location, itemAt(named, samples.length + position), switched(location.recording)),
    }));
  const trains = trainsPlans(
    program,
    protocol,
    events.filter(({ kind }) => kind === 'events'),
    units,
    first,
  );
  const series = [...samples, ...rates].map((entry) => ({ ...entry, plan: inUnits(entry.plan, units) }));
  return {
    series,
    trains,
    setup: {
      populations: manifest.populations.map(({ name, size }) => ({ name, size })),
      trains: trains.map(({ plan }) => plan),
      series: series.map(({ plan }) => plan),
      spikeLabel: manifest.spikeLabel,
      ...(several ? { segments: segmentSpans(protocol) } : {}),
      expectedSteps: first + protocolSteps(protocol),
    },
  };
}

function defaultEventRecordings(program: Program): readonly EventRecordingLocation[] {
  return program.manifest.populations.flatMap(({ name, size, event, recorded }) =>
    recorded && event !== null
      ? [{ recording: name, kind: 'events', population: name, event, indices: { begin: 0, end: size } }]
      : [],
  );
}

/** Adds the unit in files to a plan; integers have no unit. */
function inUnits(plan: SeriesPlan, units: WrittenUnits): SeriesPlan {
  return plan.element.startsWith('f') ? { ...plan, ...writtenIn(plan.unit, units) } : plan;
}

const writtenIn = (unit: string, units: WrittenUnits): { readonly written?: WrittenUnit } => {
  const written = Object.hasOwn(units, unit) ? units[unit] : undefined;
  return written ? { written } : {};
};

function samplePlan(program: Program, location: SampleLocation, name: string, gaps: boolean): SeriesPlan {
  const isProjection = program.manifest.projections.some(
    ({ name: own, pieceOf }) => own === location.owner || pieceOf === location.owner,
  );
  return {
    name,
    gaps,
    recording: location.recording,
    owner: location.owner,
    ownerKind: isProjection ? 'projection' : 'population',
    variable: location.variable,
    unit: location.unit,
    element: location.element,
    elements: elementsOf(location.indices),
    every: location.every,
    offset: location.offset,
    label: location.label,
  };
}

function ratePlan(program: Program, location: EventRecordingLocation, name: string, gaps: boolean): SeriesPlan {
  return {
    name,
    gaps,
    recording: location.recording,
    owner: location.population,
    ownerKind: 'population',
    variable: 'rate',
    unit: 'Hz',
    element: 'f64',
    elements: null,
    every: location.every ?? 1,
    offset: 0,
    label: program.manifest.spikeLabel,
  };
}

function trainsPlans(
  program: Program,
  protocol: Protocol,
  recordings: readonly EventRecordingLocation[],
  units: WrittenUnits,
  first: number,
): readonly RecordedTrains[] {
  const byEvent = new Map<string, EventRecordingLocation[]>();
  for (const recording of recordings)
    byEvent.set(recording.event, [...(byEvent.get(recording.event) ?? []), recording]);
  return [...byEvent].map(([event, all]) => {
    const population = program.manifest.populations.find(({ name }) => name === itemAt(all, 0).population);
    invariant(
      population,
      'record',
      `a recording names the population ${itemAt(all, 0).population}, which the program lacks`,
    );
    const observed =
      first > 0 || all.some(({ recording }) => isSwitched(protocol, recording))
        ? unionSpans(all.map(({ recording }) => recordedSpans(protocol, recording))).map(
            ([begin, end]) => [begin + first, end + first] as const,
          )
        : null;
    const name =
      population.event === event
        ? 'spike'
        : (program.manifest.events.find((entry) => entry.event === event)?.name ?? event);
    const { variables, values } = variablesOf(all, units);
    return {
      event,
      size: population.size,
      recordings: all,
      values,
      plan: {
        population: population.name,
        event: name,
        cells: unionElements(all.map(({ indices }) => elementsOf(indices))),
        ...(observed ? { observed } : {}),
        ...(variables.length > 0 ? { variables } : {}),
      },
    };
  });
}

/**
 * Returns the variables that recordings of one event request, each once; different ones of one name get the name of
 * their recording.
 */
function variablesOf(
  recordings: readonly EventRecordingLocation[],
  units: WrittenUnits,
): { readonly variables: readonly SpikeVariable[]; readonly values: readonly EventValueLocation[] } {
  const variablesByName = new Map<string, { readonly recording: string; readonly value: EventValueLocation }>();
  for (const { recording, values = [] } of recordings)
    for (const value of values) {
      const place = `${value.log} ${value.column}`;
      if (!variablesByName.has(place)) variablesByName.set(place, { recording, value });
    }
  const all = [...variablesByName.values()];
  const names = uniqueNames(all.map(({ recording, value }) => ({ recording, base: value.variable })));
  return {
    variables: all.map(({ value: { unit } }, k) => ({ name: itemAt(names, k), unit, ...writtenIn(unit, units) })),
    values: all.map(({ value }) => value),
  };
}

function elementsOf(indices: SampleLocation['indices']): Elements {
  if (!(indices instanceof Uint32Array)) return { begin: indices.begin, end: indices.end };
  const contiguous = indices.every((index, position) => index === itemAt(indices, 0) + position);
  return contiguous && indices.length > 0
    ? { begin: itemAt(indices, 0), end: itemAt(indices, 0) + indices.length }
    : { list: [...indices] };
}

function unionElements(sets: readonly Elements[]): Elements {
  if (sets.length === 1 && !areListed(itemAt(sets, 0))) return itemAt(sets, 0);
  const all = new Set<number>();
  for (const set of sets) {
    if (areListed(set)) for (const index of set.list) all.add(index);
    else for (let index = set.begin; index < set.end; index += 1) all.add(index);
  }
  return elementsOf(Uint32Array.from(all).sort());
}

/** Adds the recording's name, then a number, to names that are taken. */
function uniqueNames(wanted: readonly { readonly recording: string; readonly base: string }[]): readonly string[] {
  const uses = new Map<string, number>();
  for (const { base } of wanted) uses.set(base, (uses.get(base) ?? 0) + 1);
  const taken = new Set<string>();
  // Numbers from which to look for free names, so that many equal names take linear time.
  const next = new Map<string, number>();
  return wanted.map(({ recording, base }) => {
    const stem = uses.get(base) === 1 ? base : `${base}_${recording}`;
    let name = stem;
    let n = next.get(stem) ?? 2;
    for (; taken.has(name); n += 1) name = `${stem}_${n}`;
    next.set(stem, n);
    taken.add(name);
    return name;
  });
}
