/**
 * A session that begins at a later step, with its history. Values of variables are the document's. The start adds the
 * state that no document holds: events that delays have still to bring, and times of last activity of each element and
 * synapse.
 */

import { longAgo, neverSpiked } from '../lower/context/groups.js';
import { receivedStepBuffers } from '../lower/projections/pending-delivery.js';
import { isNoiseKernel } from '../lower/integration/noise.js';
import type { Program, TypedArray, VariableLocation } from '../ir/program.js';
import type { Session } from '../../runtime/targets/target.js';
import { mostSteps } from './messages.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { shorten } from '../diagnostics/suggest.js';
import { projectionsByName, synapsesOf } from './synapses.js';

/** Where a session begins. Steps count from time 0. */
export interface StartState {
  /** Steps before the first one: time begins at step * dt. */
  readonly step: number;
  /**
   * Earlier events, by `population.event`: events of the last steps, as far back as the longest delay. Events of one
   * step are in order of action.
   */
  readonly events: Readonly<Record<string, { readonly steps: ArrayLike<number>; readonly cells: ArrayLike<number> }>>;
  /** Step of the last event of each element, by `population.event`; -2^30 for an element without events. */
  readonly lastEvents: Readonly<Record<string, ArrayLike<number>>>;
  /** 1 for each element that is not refractory, by `population.event`. */
  readonly free: Readonly<Record<string, ArrayLike<number>>>;
  /** Step of the last update of each synapse, in order of creation, by projection. */
  readonly lastUpdates: Readonly<Record<string, ArrayLike<number>>>;
  /**
   * Range of steps [from, until) with events under way that each synapse has received, in order of creation, by
   * `projection.pathway`. Absent pathways have received all of them.
   */
  readonly received?: Readonly<Record<string, { readonly from: ArrayLike<number>; readonly until: ArrayLike<number> }>>;
}

/** Least and greatest number of an array of a start. */
type Limits = readonly [least: number, most: number];

/** @throws UsageError for a start with numbers that no session can have reached */
export function checkStart({ step, events, lastEvents, free, lastUpdates, received = {} }: StartState): void {
  if (!Number.isInteger(step) || step < 0 || step > mostSteps)
    throw new UsageError(`the step of the start is ${shorten(step)}`, `give a whole number from 0 to ${mostSteps}`);
  const past: Limits = [longAgo, step - 1];
  for (const [key, { steps, cells }] of Object.entries(events)) {
    checkWhole(`the steps of events ${key}`, steps, past);
    checkWhole(`the cells of events ${key}`, cells, [0, mostSteps]);
    if (steps.length !== cells.length) throw wrongLength(key, steps.length, cells.length);
  }
  for (const [key, steps] of Object.entries(lastEvents)) checkWhole(`lastEvents of ${key}`, steps, past);
  for (const [key, flags] of Object.entries(free)) checkWhole(`free of ${key}`, flags, [0, 1]);
  for (const [key, steps] of Object.entries(lastUpdates)) checkWhole(`lastUpdates of ${key}`, steps, [longAgo, step]);
  for (const [key, { from, until }] of Object.entries(received)) {
    checkWhole(`received.from of ${key}`, from, [longAgo, step]);
    checkWhole(`received.until of ${key}`, until, [longAgo, step]);
  }
}

function checkWhole(what: string, values: ArrayLike<number>, [least, most]: Limits): void {
  for (let k = 0; k < values.length; k += 1) {
    const value = values[k];
    if (Number.isInteger(value) && value! >= least && value! <= most) continue;
    throw new UsageError(
      `item ${k} of ${what} is ${shorten(value)}`,
      `give whole numbers from ${least} to ${most} for a session that starts at this step`,
    );
  }
}

/** Procedure that draws the noise of the step before an odd one: two steps have one draw. */
const drawNoise = 'draw_noise';

/** Returns the program with a procedure for starts at a later step. */
export function startingLate(program: Program): Program {
  const kernels = program.schedule.step.filter(({ kernel }) => isNoiseKernel(kernel));
  if (kernels.length === 0) return program;
  const actions = kernels.map(({ kernel }) => ({ kind: 'run' as const, kernel }));
  const procedures = { ...program.schedule.procedures, [drawNoise]: actions };
  return { ...program, schedule: { ...program.schedule, procedures } };
}

/** Takes an initialised session to its start state. @throws UsageError for a state of another model */
export async function startFrom(session: Session, program: Program, state: StartState): Promise<void> {
  const { buffers } = await session.snapshot();
  const write = (name: string, from: number, values: ArrayLike<number>): void => {
    const buffer = buffers.get(name);
    if (!buffer || buffer instanceof BigInt64Array) return;
    buffer.set(values, from);
  };
  for (const [key, values] of Object.entries(state.lastEvents)) {
    const { group, offset, event } = placeOf(key, values.length, program);
    write(`${group}.last_${event}`, offset, values);
  }
  for (const [key, values] of Object.entries(state.free)) {
    const { group, offset, event } = placeOf(key, values.length, program);
    write(`${group}.not_refractory_${event}`, offset, values);
  }
  for (const [name, values] of Object.entries(state.lastUpdates)) {
    const location = program.manifest.projections.find((each) => each.name === name);
    const buffer = buffers.get(`${name}.last_update`);
    if (!location || !buffer || buffer instanceof BigInt64Array) continue;
    const { position } = await synapsesOf(location, session);
    if (position.length !== values.length) throw wrongLength(name, position.length, values.length);
    position.forEach((at, k) => {
      buffer[at] = values[k] ?? 0;
    });
  }
  for (const [key, { from, until }] of Object.entries(state.received ?? {}))
    await putHeard(key, from, until, program, session);
  for (const [key, { steps, cells }] of Object.entries(state.events))
    putEvents(key, steps, cells, state, program, buffers);
  if (state.step % 2 === 1 && program.schedule.procedures[drawNoise]) {
    await session.restore({ step: state.step - 1, buffers });
    await session.call(drawNoise);
    for (const [name, buffer] of (await session.snapshot()).buffers)
      (buffers as Map<string, TypedArray>).set(name, buffer);
  }
  await session.restore({ step: state.step, buffers });
}

/** Writes the steps of the events that each synapse of a pathway has received. */
async function putHeard(
  key: string,
  from: ArrayLike<number>,
  until: ArrayLike<number>,
  program: Program,
  session: Session,
): Promise<void> {
  const location = program.manifest.projections.find(({ name }) => key.startsWith(`${name}.`));
  const names = receivedStepBuffers(key);
  if (!location || !program.buffers.some(({ name }) => name === names.from))
    throw new UsageError(`the state names ${key}, which is no pathway of the model`, 'give projection.pathway');
  const { position } = await synapsesOf(location, session);
  for (const [buffer, values] of [[names.from, from] as const, [names.until, until] as const]) {
    if (position.length !== values.length) throw wrongLength(key, position.length, values.length);
    const stored = new Int32Array(position.length);
    position.forEach((at, k) => {
      stored[at] = values[k] ?? 0;
    });
    await session.write(buffer, stored);
  }
}

/** Puts events into the ring of an event, each in the slot of its step. */
function putEvents(
  key: string,
  steps: ArrayLike<number>,
  cells: ArrayLike<number>,
  state: StartState,
  program: Program,
  buffers: ReadonlyMap<string, TypedArray>,
): void {
  const ring = program.events.find(({ name }) => name === key);
  if (!ring) throw unknownEvent(key, program);
  if (steps.length !== cells.length) throw wrongLength(key, steps.length, cells.length);
  const list = buffers.get(ring.list);
  const counts = buffers.get(ring.counts);
  if (!list || !counts || list instanceof BigInt64Array || counts instanceof BigInt64Array) return;
  const sorted = Array.from(steps, (step, k) => ({ step, cell: cells[k] ?? 0 }));
  sorted.sort((a, b) => a.step - b.step);
  for (const { step, cell } of sorted) {
    if (cell >= ring.size)
      throw new UsageError(`${key} has an event of cell ${cell}`, `its cells are numbered from 0 to ${ring.size - 1}`);
    if (step <= state.step - ring.slots) continue;
    const slot = ((step % ring.slots) + ring.slots) % ring.slots;
    const count = Number(counts[slot]);
    if (count >= ring.size)
      throw new UsageError(`${key} has more events in step ${step} than cells`, 'give each event once');
    list[slot * ring.size + count] = cell;
    counts[slot] = count + 1;
  }
}

/** Returns the number of a hidden variable for each element or synapse; undefined if the program does not keep it. */
export async function readHidden(
  owner: string,
  variable: string,
  program: Program,
  session: Session,
): Promise<Float64Array | undefined> {
  const { dt, manifest } = program;
  const time = (step: number): number => (step <= longAgo ? neverSpiked : step * dt);
  const has = (name: string): boolean => program.buffers.some((buffer) => buffer.name === name);
  const projections = projectionsByName(manifest);
  if (Object.hasOwn(projections, owner)) {
    const buffer = `${owner}.last_update`;
    if (variable !== 'lastupdate' || !has(buffer)) return undefined;
    const { position } = await synapsesOf(projections[owner]!, session);
    const stored = await session.read(buffer);
    return Float64Array.from(position, (at) => Number(stored[at]) * dt);
  }
  const population = manifest.populations.find(({ name }) => name === owner);
  if (!population || (variable !== 'lastspike' && variable !== 'not_refractory')) return undefined;
  const { group, offset, event } = placeOf(`${owner}.spike`, population.size, program);
  const buffer = variable === 'lastspike' ? `${group}.last_${event}` : `${group}.not_refractory_${event}`;
  if (!has(buffer)) return undefined;
  const stored = await session.read(buffer, offset, population.size);
  const numbers = Array.from(stored, Number);
  return Float64Array.from(variable === 'lastspike' ? numbers.map(time) : numbers);
}

/**
 * Returns the group of a population, and the offset of its elements in the group's arrays, which are named after the
 * group.
 */
function placeOf(
  key: string,
  length: number,
  program: Program,
): { readonly group: string; readonly offset: number; readonly event: string } {
  const [owner = '', event = ''] = key.split('.');
  const population = program.manifest.populations.find(({ name }) => name === owner);
  if (!population || !program.events.some(({ name }) => name === key)) throw unknownEvent(key, program);
  if (length !== population.size) throw wrongLength(key, population.size, length);
  const isOwn = ({ owner: of, buffer, variable, length: own }: VariableLocation): boolean =>
    of === owner && own === population.size && buffer.endsWith(`.${variable}`);
  const location = program.manifest.variables.find(isOwn);
  if (!location) return { group: owner, offset: 0, event };
  return { group: location.buffer.slice(0, -location.variable.length - 1), offset: location.offset, event };
}

const unknownEvent = (key: string, program: Program): UsageError =>
  new UsageError(
    `the state names ${key}, which is no event of the model`,
    `known: ${program.events.map((e) => e.name).join(', ')}`,
  );

const wrongLength = (key: string, expected: number, found: number): UsageError =>
  new UsageError(`the state has ${found} numbers for ${key}`, `give ${expected}`);
