/** Pass: writes samples of variables to logs, and describes the recordings. */

import * as ir from '../../ir/builder.js';
import type { Buffer, EventRecordingLocation, Expression as Ir, SampleLocation } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { referenceOf } from '../../lang/reference.js';
import { readsAny } from '../../lang/walk.js';
import { ownersOf } from '../../model/typed.js';
import type { Recording, SelectionRule } from '../../model/typed.js';
import { Block, item } from '../code/block.js';
import { onClock, onClockOf } from '../code/clocks.js';
import type { Context } from '../context/context.js';
import type { Current } from './currents.js';
import type { Equations } from '../context/equations.js';
import type { EventSource } from '../events/events.js';
import { eventValues, type EventValues } from '../events/event-values.js';
import { currentValue, everFlows, flowsNow } from './currents.js';
import { ElementScope } from '../scopes/element-scope.js';
import { atLabel, step } from '../code/step-time.js';
import { to } from '../code/expressions.js';
import { unitOfVariable, type Group } from '../context/groups.js';
import * as messages from '../context/messages.js';
import type { Indices, Part, Piece } from '../scopes/selections.js';
import { indexCount, memberOf, partsOf, pieceDomain } from '../scopes/selections.js';
import { initialSample } from '../context/protocol.js';
import type { BuiltProjection } from '../plan/synapse-scope.js';
import { creationIndices, synapsePlaces, unitOfSynapse } from './recorded-synapses.js';
import { SynapseScope } from '../plan/synapse-scope.js';
import { inStep, type PlacedEntry } from '../context/place.js';
import { wholeSteps } from '../code/whole-steps.js';

/** The recordings of a program, and the meaning of their rows. */
export interface Recordings {
  readonly samples: SampleLocation[];
  /** Events and rates. */
  readonly events: EventRecordingLocation[];
}

/** Where the values of a column go: a row of a log. */
interface RowPlace {
  readonly log: Buffer;
  /** u32[1]: the row that is written. */
  readonly cursor: Buffer;
  /** Values in a row, and place of the column's first among them. */
  readonly rowLength: number;
  readonly column: number;
}

/** One variable of one recording, to become columns of a log. */
interface Column {
  readonly recording: Extract<Recording, { kind: 'variables' }>;
  readonly variable: string;
  readonly owner: string;
  readonly unit: string;
  readonly indices: Indices;
  readonly count: number;
  /** Writes the kernel that stores the values into a row of the log. */
  readonly sample: (into: RowPlace, first: boolean) => string;
  /** Whether the sample of the first state needs its own kernel. */
  readonly ownFirst?: boolean;
}

/** The sources of recordings. */
interface Sources {
  readonly groups: readonly Group[];
  readonly projections: readonly BuiltProjection[];
  /** By `population.event`. */
  readonly rings: ReadonlyMap<string, EventSource>;
}

/** Adds logs, and kernels that write to them. */
export function lowerRecordings(
  sources: Sources,
  context: Context,
): { readonly recordings: Recordings; readonly entries: readonly PlacedEntry[] } {
  const { model, profile } = context;
  const values = eventValues(sources.groups, sources.rings, context);
  const events: EventRecordingLocation[] = [];
  const schedules = new Map<string, { every: number; slot: string; order: number; columns: Column[] }>();
  for (const [k, recording] of model.recordings.entries()) {
    context.diagnostics.at(`/recordings/${k}`);
    if (recording.kind !== 'variables') {
      events.push(...eventRecordings(recording, values, context));
      continue;
    }
    const every =
      recording.every === undefined
        ? ticksOf(recording.of, context)
        : wholeSteps(`the sampling interval of ${recording.name}`, recording.every, context);
    if (every === null) continue;
    const slot = recording.slot ?? profile.defaults.sample;
    const order = recording.order ?? 0;
    const key = `${every} ${slot} ${order}`;
    const schedule = schedules.get(key) ?? { every, slot, order, columns: [] };
    schedules.set(key, schedule);
    for (const variable of recording.variables)
      schedule.columns.push(...columnsOf(recording, variable, sources, context));
  }
  const logs = [...schedules.values()].map((schedule, k) => sampleLog(`samples${k}`, schedule, context));
  const samples = logs.flatMap(({ locations }) => locations);
  return {
    recordings: { samples, events },
    entries: [...values.entries(), ...logs.flatMap(({ entries }) => entries)],
  };
}

/** Returns the steps between ticks of the recorded objects if they share one clock; else 1. */
function ticksOf(of: SelectionRule, context: Context): number {
  const every = new Set(ownersOf(of).map((owner) => onClockOf(owner, context).every));
  const [only = 1] = every;
  return every.size === 1 ? only : 1;
}

/** One location for each population of the selection. */
function eventRecordings(
  recording: Extract<Recording, { kind: 'events' | 'rate' }>,
  values: EventValues,
  context: Context,
): readonly EventRecordingLocation[] {
  const event = recording.kind === 'events' ? recording.events : 'spike';
  const parts = partsOf(recording.of, `recording ${recording.name}`, context) ?? [];
  return parts.map((part) => {
    const { population, indices } = part;
    const recorded = recording.kind === 'events' ? values.of(recording, part) : [];
    const { every } = onClockOf(population, context);
    return {
      recording: recording.name,
      kind: recording.kind,
      population,
      event: `${population}.${event}`,
      indices,
      ...(recorded.length > 0 ? { values: recorded } : {}),
      ...(recording.kind === 'rate' && every > 1 ? { every } : {}),
    };
  });
}

/** Columns of one variable: for each population of the selection its own. */
function columnsOf(
  recording: Column['recording'],
  variable: string,
  sources: Sources,
  context: Context,
): readonly Column[] {
  if (recording.of.kind === 'synapses') {
    const column = synapseColumn(recording, recording.of, variable, sources, context);
    return column ? [column] : [];
  }
  const parts = partsOf(recording.of, `recording ${recording.name}`, context) ?? [];
  return parts.flatMap((part) => {
    const memberOfGroup = memberOf(part.population, sources.groups);
    if (memberOfGroup) return [cellColumn(recording, variable, { ...part, ...memberOfGroup }, context)];
    context.diagnostics.add(
      messages.unsupportedFeature(`recording ${variable} of ${part.population}, which replays spikes,`),
    );
    return [];
  });
}

function cellColumn(recording: Column['recording'], variable: string, piece: Piece & Part, context: Context): Column {
  const { group, population, indices } = piece;
  const current = currentOf(variable, group, context);
  const readsTime = seesTime(variable, [group.equations]);
  const later = readsTime ? atLabel(recording.slot ?? context.profile.defaults.sample, context) : context;
  return {
    recording,
    variable,
    owner: population,
    unit: current ? (group.type.inputs[current.input]?.unit ?? 'A') : unitOfVariable(group, variable),
    indices,
    count: indexCount(indices),
    ownFirst: current !== null || readsTime,
    sample: (into, first) =>
      current
        ? currentKernel({ recording, name: variable, current, piece }, into, first, context)
        : sampleKernel(recording, variable, piece, into, first ? context : later),
  };
}

/** Whether a variable is the time, or derived from it. */
const seesTime = (variable: string, owners: readonly Equations[]): boolean =>
  timeNames.has(variable) ||
  owners.some(
    ({ derived, state, parameters }) =>
      !state.has(variable) &&
      !parameters.has(variable) &&
      [...derived.values()].some(({ expression }) => readsAny(expression, timeNames)),
  );

const timeNames: ReadonlySet<string> = new Set(['t', 't_in_timesteps']);

/** Returns the current that a recording names, if the population has no variable of that name. */
function currentOf(name: string, { equations, type }: Group, { model }: Context): Current | null {
  const { parameters, state, derived } = equations;
  if (parameters.has(name) || state.has(name) || derived.has(name) || Object.hasOwn(type.inputs, name)) return null;
  const stimulus = model.stimuli[name];
  return stimulus?.kind === 'current' ? stimulus : null;
}

/** A recorded current and its target elements. */
interface RecordedCurrent {
  readonly recording: Column['recording'];
  readonly name: string;
  readonly current: Current;
  readonly piece: Piece;
}

/**
 * Stores the value of a current in cells at the time of the sample. If samples are labelled by the end of a step, it is
 * the value in the next step. `first`: the kernel runs before the first step, so that the next step is the current one.
 */
function currentKernel(
  { recording, name, current, piece }: RecordedCurrent,
  into: RowPlace,
  first: boolean,
  context: Context,
): string {
  const block = new Block();
  const kernel = `${recording.name}.${name}${first ? '.first' : ''}`;
  const { address } = pieceDomain(asCount(piece), kernel, block, context);
  const next = context.profile.sampleLabel === 1 && !first;
  const none = to(context.real, ir.f64(0));
  const at = {
    population: piece.member.name,
    element: address.local,
    tick: next ? code`${step} + 1i` : step,
    shifted: next && context.profile.stepping === 'slots',
  };
  const value = everFlows(name, current, context)
    ? currentValue(name, current, at, new ElementScope(context, piece.group, address, block, null))
    : none;
  const flows = flowsNow(name, context);
  const flowing = flows ? code`select(${flows}, ${value}, ${none})` : value;
  block.write`${into.log}[${logIndex(into)}] = ${to(context.real, flowing)}`;
  return context.builder.map(
    `${kernel}.sample`,
    `records the current ${name} into ${piece.member.name}`,
    { kind: 'count', count: indexCount(piece.indices) },
    false,
    block,
  );
}

/**
 * Returns a piece as a list of elements, even for a range: the index of a column in the row is its index in the list.
 */
const asCount = (piece: Piece): Piece =>
  piece.indices instanceof Uint32Array || piece.indices.begin > 0
    ? piece
    : { ...piece, indices: Uint32Array.from({ length: piece.indices.end }, (_, k) => k) };

/** Stores the values of one variable into the current row of the log. */
function sampleKernel(
  recording: Column['recording'],
  variable: string,
  { group, member, indices }: Piece,
  into: RowPlace,
  context: Context,
): string {
  const name = `${recording.name}.${variable}`;
  const block = new Block();
  const listed =
    indices instanceof Uint32Array
      ? context.builder.buffer(
          `${name}.indices`,
          'u32',
          indices.length,
          `elements of ${member.name} with recorded ${variable}`,
          {
            role: 'constant',
            initial: indices,
          },
        )
      : null;
  const first = indices instanceof Uint32Array ? 0 : indices.begin;
  const localIndex = block.name('element', listed ? ir.load(listed, item) : code`index + ${first}u`);
  const address = {
    index: block.name('place', code`${localIndex} + ${member.begin}u`),
    ordinal: ir.u32(member.ordinal),
    local: localIndex,
  };
  const scope = new ElementScope(context, group, address, block, null, {
    slot: recording.slot ?? context.profile.defaults.sample,
  });
  const value = to(context.real, scope.read(variable));
  block.write`${into.log}[${logIndex(into)}] = ${value}`;
  return context.builder.map(
    `${name}.sample`,
    `records ${variable} of ${member.name}`,
    { kind: 'count', count: indexCount(indices) },
    false,
    block,
  );
}

const logIndex = ({ cursor, rowLength, column }: RowPlace): Ir =>
  code`${cursor}[0u] * ${rowLength}u + ${column}u + index`;

/** Synapses are recorded by index of creation. */
function synapseColumn(
  recording: Column['recording'],
  selection: Extract<SelectionRule, { projection: string }>,
  variable: string,
  { projections }: Sources,
  context: Context,
): Column | null {
  const { projection } = selection;
  const built = projections.find(({ plan }) => plan.name === projection);
  if (!built) return null;
  const { plan, connectivity } = built;
  const indices = creationIndices(selection, connectivity.known ?? context.counts.get(projection) ?? null, context);
  if (!indices) {
    context.diagnostics.add(
      messages.unsupportedFeature(
        `recording all synapses of projection ${projection}, whose number is drawn,`,
        'name the synapses to record by their indices',
      ),
    );
    return null;
  }
  const count = indices instanceof Uint32Array ? indices.length : indices.end - indices.begin;
  const unit = unitOfSynapse(plan, variable);
  const reference = referenceOf(variable);
  const ends = [plan.pre, plan.post].flatMap(({ group }) => (group ? [group.equations] : []));
  const readsTime =
    reference.kind === 'end' ? seesTime(reference.variable, ends) : seesTime(variable, [plan.equations, ...ends]);
  const name = `${recording.name}.${variable}`;
  const { positions, sources } = synapsePlaces(name, indices, count, built, context);
  return {
    recording,
    variable,
    owner: projection,
    unit,
    indices,
    count,
    ownFirst: readsTime,
    sample: (into, first) => {
      const block = new Block();
      const position = block.name('position', ir.load(positions, item));
      const address = {
        position,
        source: block.name('source', ir.load(sources, item)),
        target: block.name('target', code`u32(${connectivity.targets}[${position}])`),
      };
      const slot = recording.slot ?? context.profile.defaults.sample;
      const projectionContext = onClock(plan.projection.clock, readsTime && !first ? atLabel(slot, context) : context);
      const scope = new SynapseScope(projectionContext, built, address, block, null, { slot });
      const value = reference.kind === 'end' ? scope.readEnd(reference) : scope.read(variable);
      block.write`${into.log}[${logIndex(into)}] = ${to(context.real, value)}`;
      return context.builder.map(
        `${name}.sample`,
        `records ${variable} of synapses of ${projection}`,
        { kind: 'count', count },
        false,
        block,
      );
    },
  };
}

/** The locations of samples with one schedule, and the kernels that take them. */
interface SampleLog {
  readonly locations: readonly SampleLocation[];
  readonly entries: readonly PlacedEntry[];
}

/** One log for all columns with the same schedule; a row is one sampling time. */
function sampleLog(
  name: string,
  schedule: { every: number; slot: string; order: number; columns: readonly Column[] },
  context: Context,
): SampleLog {
  const { builder, profile, real } = context;
  const rowLength = schedule.columns.reduce((sum, column) => sum + column.count, 0);
  if (rowLength === 0) return { locations: [], entries: [] };
  const capacity = Math.max(16, Math.min(4096, Math.ceil((1 << 20) / rowLength)));
  const comment = `samples every ${schedule.every} steps, one row a time`;
  const { log, cursor } = builder.log(name, real, comment, { rowLength, capacity, maxRowsPerStep: 1 });
  const locations: SampleLocation[] = [];
  const kernels: { readonly kernel: string; readonly name: string; readonly first: string }[] = [];
  let column = 0;
  for (const entry of schedule.columns) {
    const kernel = entry.sample({ log, cursor, rowLength, column }, false);
    const isFirstSeparate = entry.ownFirst === true && profile.sampleLabel === 1;
    kernels.push({
      kernel,
      name: entry.recording.name,
      first: isFirstSeparate ? entry.sample({ log, cursor, rowLength, column }, true) : kernel,
    });
    locations.push({
      recording: entry.recording.name,
      owner: entry.owner,
      variable: entry.variable,
      unit: entry.unit,
      log: name,
      column,
      indices: entry.indices,
      element: real,
      every: schedule.every,
      // If labels are at the end of steps, the first sample has the initial state, as of the step before the first.
      offset: profile.sampleLabel === 1 ? -1 : 0,
      label: profile.sampleLabel,
    });
    column += entry.count;
  }
  const advance = builder.sequential(`${name}.advance`, `begins the next row of ${name}`, [
    ir.store(cursor, ir.u32(0), code`${cursor}[0u] + 1u`),
  ]);
  kernels.push({ kernel: advance, name: '\uffff', first: advance });
  const offset = profile.sampleLabel === 1 ? schedule.every - 1 : 0;
  // With labels at the end of steps there is a sample of the initial state too.
  if (profile.sampleLabel === 1)
    builder.procedure(initialSample, ...kernels.map(({ first }) => ({ kind: 'run' as const, kernel: first })));
  return {
    locations,
    entries: kernels.map(({ kernel, name: object }) =>
      inStep(kernel, { ...schedule, name: object }, schedule.every, offset),
    ),
  };
}
