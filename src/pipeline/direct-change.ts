/**
 * Changes of values that a running program can make without being recompiled: numbers for variables that it keeps in
 * memory, if no other value was computed from them.
 */

import { itemAt } from '../diagnostics/entry.js';
import { createArray } from '../ir/arrays.js';
import type { Program, ProjectionLocation, TypedArray, VariableLocation } from '../ir/program.js';
import { propagatorsProcedure } from '../lower/integration/propagators.js';
import { deriveAgain } from '../lower/protocol/phases.js';
import { arrayOf } from '../model/arrays.js';
import { assignedBy, numbersIn } from '../model/assigned.js';
import type { DataStore, Phase, SelectionRule, Value } from '../model/typed.js';
import type { ProtocolEntry } from '../../runtime/record/protocol.js';

type Write = Extract<ProtocolEntry, { kind: 'write' }>;

/** The program and the state that a direct change is checked against. */
interface Running {
  readonly program: Program;
  readonly data: DataStore;
  /** Whether no time has passed since the start or the last reset. */
  readonly atStart: boolean;
  /** Elements of a buffer as they are now. */
  read(buffer: string, offset: number, length: number): Promise<TypedArray>;
  /** Where each synapse of a projection, in order of creation, is in storage. */
  positions(projection: ProjectionLocation): Promise<Uint32Array>;
  /** Lowest and highest number that synapses have had, by buffer: units of sums follow from the document's bounds. */
  readonly reached: Map<string, readonly [low: number, high: number]>;
}

/**
 * Returns the writes that a phase stands for.
 *
 * @returns null if the program cannot take the change
 */
export async function directChange(
  phase: Extract<Phase, { kind: 'set' | 'initialise' }>,
  running: Running,
): Promise<readonly Write[] | null> {
  if ((phase.kind === 'set' && phase.where !== undefined) || phase.numbered !== undefined) return null;
  const first = phase.kind === 'initialise';
  const values = phase.kind === 'set' ? phase.set : phase.initialise;
  const writes: Write[] = [];
  for (const [key, value] of Object.entries(values)) {
    const target = targetOf(key, phase.of, running.data);
    const write = target && (await writeTo(target, value, first, running));
    if (!write) return null;
    writes.push(write);
  }
  return writes;
}

interface Target {
  readonly owner: string;
  readonly variable: string;
  /** Elements by number; absent: all. */
  readonly elements?: ArrayLike<number>;
}

function targetOf(key: string, of: SelectionRule | undefined, data: DataStore): Target | null {
  if (of === undefined) {
    const assigned = assignedBy(key);
    const elements = numbersIn(assigned);
    return { owner: assigned.owner, variable: assigned.variable, ...(elements ? { elements } : {}) };
  }
  if (of.kind === 'indices') return { owner: of.population, variable: key, elements: arrayOf(of.indices, data) };
  return null;
}

async function writeTo(target: Target, value: Value, first: boolean, running: Running): Promise<Write | null> {
  const { program, data, atStart } = running;
  const { owner, variable, elements } = target;
  const projection = program.manifest.projections.find(({ name }) => name === owner);
  if (projection && !elements) return writeToSynapses(projection, variable, value, first, running);
  const location = program.manifest.variables.find((each) => each.owner === owner && each.variable === variable);
  const population = program.manifest.populations.find(({ name }) => name === owner);
  if (!location || !population || typeof location.length !== 'number') return null;
  const buffer = program.buffers.find(({ name }) => name === location.buffer);
  // The value of a variable that is never written may appear in the code as a constant.
  if (buffer?.role !== 'state' || buffer.element === 'i64') return null;
  if (!location.buffer.endsWith(`.${variable}`)) return null;
  const { size } = population;
  const isSingle = location.length === 1 && size !== 1;
  if ((isSingle || first) && elements) return null;
  const count = elements ? elements.length : isSingle ? 1 : size;
  const numbers = numbersOf(value, count, data);
  if (!numbers) return null;
  const begin = location.offset;
  const array = elements
    ? await running.read(location.buffer, begin, location.length)
    : createArray(buffer.element, count);
  if (array instanceof BigInt64Array) return null;
  for (let k = 0; k < count; k += 1) array[elements ? (elements[k] ?? 0) : k] = numbers(k);
  const after = [propagatorsProcedure(groupOf(location)), ...(atStart ? [deriveAgain] : [])];
  return {
    kind: 'write',
    buffer: location.buffer,
    offset: begin,
    data: array,
    procedures: after.filter((name) => program.schedule.procedures[name] !== undefined),
    ...(first ? { first: true as const } : {}),
  };
}

/**
 * Writes numbers for all synapses of a projection, within the range that they had: others would change the units of
 * sums.
 */
async function writeToSynapses(
  projection: ProjectionLocation,
  variable: string,
  value: Value,
  first: boolean,
  running: Running,
): Promise<Write | null> {
  const { program, data, reached } = running;
  const { name: owner } = projection;
  const location = program.manifest.variables.find((each) => each.owner === owner && each.variable === variable);
  const buffer = program.buffers.find(({ name }) => name === location?.buffer);
  if (!location || buffer?.role !== 'state' || buffer.element === 'i64' || location.offset !== 0) return null;
  if (!location.buffer.endsWith(`.${variable}`) || program.manifest.shown?.includes(location.buffer)) return null;
  // A value shared by all synapses is one number.
  const positions = buffer.length === 1 ? [0] : await running.positions(projection);
  const now = await running.read(location.buffer, 0, positions.length);
  const numbers = numbersOf(value, positions.length, data);
  if (!numbers || now instanceof BigInt64Array || now.length !== positions.length || now.length === 0) return null;
  let [low, high] = reached.get(location.buffer) ?? [Infinity, -Infinity];
  for (const number of now) [low, high] = [Math.min(low, number), Math.max(high, number)];
  reached.set(location.buffer, [low, high]);
  const written = createArray(buffer.element, now.length);
  if (written instanceof BigInt64Array) return null;
  for (let k = 0; k < now.length; k += 1) {
    const number = numbers(k);
    if (!(number >= low && number <= high)) return null;
    written[itemAt(positions, k)] = number;
  }
  const after = propagatorsProcedure(groupOf(location));
  return {
    kind: 'write',
    buffer: location.buffer,
    offset: 0,
    data: written,
    procedures: program.schedule.procedures[after] === undefined ? [] : [after],
    ...(first ? { first: true as const } : {}),
  };
}

function numbersOf(value: Value, count: number, data: DataStore): ((k: number) => number) | null {
  if (typeof value === 'number') return () => value;
  if (value.kind !== 'array' || value.columns !== undefined || value.pairs !== undefined || value.gaps) return null;
  const numbers = arrayOf(value.array, data);
  return numbers.length === count ? (k) => numbers[k] ?? 0 : null;
}

/** Returns the group of a buffer, which has the name that the buffer's begins with. */
const groupOf = ({ buffer, variable }: VariableLocation): string => buffer.slice(0, -variable.length - 1);
