/**
 * The fingerprint of a run: SHA-256 of all spikes and of the final time-varying state. `docs/determinism.md` restates
 * this layout.
 *
 * - spikes of a population: for each spike, ascending by (step, index), the step as u64 and the index as u32,
 *   little-endian; a spike is repeated by its multiplicity
 * - a variable recorded at events: its value at each event as f64, in the order of the events, every NaN as the
 *   canonical
 *   NaN
 * - a variable: its elements little-endian in their own width, every NaN as the canonical NaN; of a population in order
 *   of
 *   index, of a projection in order of (source, target, copy)
 * - a population: the lines `numerics N`, `precision P`, `population NAME SIZE`, `spikes COUNT DIGEST`, then
 *   `recorded NAME COUNT DIGEST` for each variable recorded at its events, and `variable NAME ELEMENT COUNT DIGEST` for
 *   each, sorted by name; the former's name is `EVENT.VARIABLE` for events other than spikes
 * - a projection that has state: `numerics N`, `precision P`, `projection NAME COUNT`, and its variables likewise
 * - the total: `numerics N`, `precision P`, then `population NAME DIGEST` and `projection NAME DIGEST` for each, sorted
 *   by name
 *
 * Each line ends with a line feed, digests are hexadecimal, names sort by their characters' codes.
 */

import { entryOf } from '../../src/diagnostics/entry.js';
import { platform } from '#platform';

import { invariant } from '../../src/diagnostics/diagnostic.js';
import { canonicaliseNaN } from '../../src/ir/arrays.js';
import type {
  Buffer,
  ElementType,
  Program,
  ProjectionLocation,
  TypedArray,
  VariableLocation,
} from '../../src/ir/program.js';
import { bytesOf } from '../results/arrays.js';
import type { Fingerprint, PopulationDigest, ProjectionDigest } from '../results/result.js';
import type { Sha256 } from '../../src/platform/platform.js';
import type { Session } from '../targets/target.js';
import { readBlock, resolveExtent } from './read-buffers.js';
import { synapseBlocks } from './synapse-order.js';

/** Takes spikes as they come and reads the state at the end. */
export interface Fingerprinter {
  /** Digests of the spikes so far, for a fingerprinter that follows this one. */
  readonly hashes: ReadonlyMap<string, SpikeHash>;
  /**
   * Events of one ring, ascending by (step, element), and the values of variables recorded at them; times of events
   * other than spikes are not hashed.
   */
  spikes(event: string, steps: Uint32Array, elements: Uint32Array, recorded?: readonly RecordedValues[]): void;
  /** Number of spikes so far of a population. */
  count(population: string): number;
  /** Reads the time-varying state and closes all digests. `null`: another simulator ran, and the state is not known. */
  finish(session: Session | null): Promise<Fingerprint>;
  /**
   * Returns variables of the state, and parameters of populations, with values found by `finish` that are not finite.
   */
  notNumbers(): readonly NotNumbers[];
}

/** Values of a variable at events, in their order. */
export interface RecordedValues {
  /** Unique among the variables of the event. */
  readonly name: string;
  readonly values: Float64Array;
}

/** A variable of the final state with NaN or infinite elements; `count` of them are NaN. */
export interface NotNumbers {
  /** The population or projection. */
  readonly owner: string;
  /** Its name in the model. */
  readonly variable: string;
  /** Number of NaN elements. */
  readonly count: number;
  /** Number of infinite elements, of either sign. */
  readonly infinite: number;
  /** Number of elements. */
  readonly elements: number;
}

/**
 * Creates the fingerprinter of one run of `program`. @param before the fingerprinter of the same run so far, which must
 * not be used afterwards
 */
export function createFingerprinter(program: Program, before?: Fingerprinter): Fingerprinter {
  invariant(new Uint8Array(Uint32Array.of(1).buffer)[0] === 1, 'fingerprint', 'this machine is not little-endian');
  const streams = new Map<string, SpikeHash>();
  const byEvent = new Map<string, SpikeHash>();
  for (const { name, event } of program.manifest.populations) {
    const stream = before?.hashes.get(name) ?? createSpikeHash(name);
    streams.set(name, stream);
    if (event !== null) byEvent.set(event, stream);
  }
  const recorded = createValueHashes(program);
  const variablesOf = variablesByOwner(program, true);
  const fixedOf = variablesByOwner(program, false);
  const buffers = new Map(program.buffers.map((buffer): [string, Buffer] => [buffer.name, buffer]));
  const notNumbers: NotNumbers[] = [];
  const finish = async (session: Session | null): Promise<Fingerprint> => {
    const { numericsVersion, precision } = program;
    notNumbers.length = 0;
    const head = [`numerics ${numericsVersion}`, `precision ${precision}`];
    const populations: Record<string, PopulationDigest> = {};
    for (const { name, size } of sortedByName(program.manifest.populations)) {
      const spikes = entryOf(streams, name).digest();
      const state = session ? await populationState(session, buffers, variablesOf(name)) : noState;
      const fixed = session ? await populationState(session, buffers, fixedOf(name)) : noState;
      notNumbers.push(...state.notNumbers, ...fixed.notNumbers);
      const values = recorded.of(name);
      const lines = [
        ...head,
        `population ${name} ${size}`,
        `spikes ${spikes.count} ${spikes.digest}`,
        ...values.lines,
        ...state.lines,
      ];
      populations[name] = {
        digest: digestOfLines(lines),
        spikes,
        ...(values.lines.length > 0 ? { recorded: values.digests } : {}),
        state: state.digests,
      };
    }
    const projections: Record<string, ProjectionDigest> = {};
    for (const projection of sortedByName(program.manifest.projections)) {
      const variables = variablesOf(projection.name);
      if (variables.length === 0 || session === null) continue;
      const count = await resolveExtent(session, projection.count);
      const state = await projectionState(session, buffers, projection, variables);
      notNumbers.push(...state.notNumbers);
      projections[projection.name] = {
        digest: digestOfLines([...head, `projection ${projection.name} ${count}`, ...state.lines]),
        state: state.digests,
      };
    }
    const total = digestOfLines([
      ...head,
      ...Object.entries(populations).map(([name, { digest }]) => `population ${name} ${digest}`),
      ...Object.entries(projections).map(([name, { digest }]) => `projection ${name} ${digest}`),
    ]);
    return { numericsVersion, precision, total, populations, projections };
  };
  return {
    hashes: streams,
    spikes: (event, steps, elements, values = []) => {
      byEvent.get(event)?.add(steps, elements);
      for (const each of values) recorded.add(event, each);
    },
    count: (population) => streams.get(population)?.count() ?? 0,
    finish,
    notNumbers: () => [...notNumbers],
  };
}

function digestOfLines(lines: readonly string[]): string {
  return platform
    .sha256()
    .update(lines.map((line) => `${line}\n`).join(''))
    .hex();
}

function sortedByName<T extends { readonly name: string }>(list: readonly T[]): readonly T[] {
  return [...list].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** Returns variables by owner, sorted by name: either variables that change over time, or the others. */
function variablesByOwner(program: Program, varying: boolean): (owner: string) => readonly VariableLocation[] {
  const byOwner = new Map<string, VariableLocation[]>();
  for (const variable of program.manifest.variables.filter(({ state }) => state === varying)) {
    const others = byOwner.get(variable.owner);
    if (others === undefined) byOwner.set(variable.owner, [variable]);
    else others.push(variable);
  }
  return (owner) =>
    (byOwner.get(owner) ?? []).toSorted((a, b) => (a.variable < b.variable ? -1 : a.variable > b.variable ? 1 : 0));
}

// --- Spikes ---------------------------------------------------------------------------------------------------------
export interface SpikeHash {
  add(steps: Uint32Array, elements: Uint32Array): void;
  count(): number;
  digest(): { readonly count: number; readonly digest: string };
}

function createSpikeHash(population: string): SpikeHash {
  const hash = platform.sha256();
  let count = 0;
  let lastStep = -1;
  let lastElement = -1;
  const add = (steps: Uint32Array, elements: Uint32Array): void => {
    const words = new Uint32Array(steps.length * 3);
    for (let i = 0; i < steps.length; i += 1) {
      const step = steps[i]!;
      const element = elements[i]!;
      if (step < lastStep || (step === lastStep && element < lastElement)) {
        invariant(false, 'fingerprint', `spikes of ${population} are out of order at step ${step}, element ${element}`);
      }
      lastStep = step;
      lastElement = element;
      words[3 * i] = step;
      words[3 * i + 2] = element;
    }
    hash.update(bytesOf(words));
    count += steps.length;
  };
  return { add, count: () => count, digest: () => ({ count, digest: hash.copy().hex() }) };
}

/** Digests of variables that are recorded at events. */
interface ValueHashes {
  add(event: string, recorded: RecordedValues): void;
  /** Of all events of a population. */
  of(population: string): { readonly lines: readonly string[]; readonly digests: Readonly<Record<string, string>> };
}

function createValueHashes({ manifest }: Program): ValueHashes {
  const hashes = new Map<string, Map<string, { readonly hash: Sha256; count: number }>>();
  return {
    add: (ring, { name, values }) => {
      const event = manifest.events.find((each) => each.event === ring);
      invariant(event, 'fingerprint', `no event is named ${ring}`);
      const hashesOfPopulation =
        hashes.get(event.population) ?? new Map<string, { readonly hash: Sha256; count: number }>();
      hashes.set(event.population, hashesOfPopulation);
      const key = event.name === 'spike' ? name : `${event.name}.${name}`;
      const known = hashesOfPopulation.get(key) ?? { hash: platform.sha256(), count: 0 };
      hashesOfPopulation.set(key, known);
      const copy = values.slice();
      canonicaliseNaN(copy);
      known.hash.update(bytesOf(copy));
      known.count += copy.length;
    },
    of: (population) => {
      const all = sortedByName([...(hashes.get(population) ?? [])].map(([name, each]) => ({ name, ...each })));
      const digests = all.map(({ name, hash, count }) => ({ name, count, digest: hash.copy().hex() }));
      return {
        lines: digests.map(({ name, count, digest }) => `recorded ${name} ${count} ${digest}`),
        digests: Object.fromEntries(digests.map(({ name, digest }) => [name, digest])),
      };
    },
  };
}

// --- State ----------------------------------------------------------------------------------------------------------
interface StateDigest {
  readonly lines: readonly string[];
  readonly digests: Readonly<Record<string, string>>;
  readonly notNumbers: readonly NotNumbers[];
}

const noState: StateDigest = { lines: [], digests: {}, notNumbers: [] };

/** The buffers of a program by name. */
type Buffers = ReadonlyMap<string, Buffer>;

interface VariableHash {
  readonly variable: VariableLocation;
  readonly hash: Sha256;
  readonly element: ElementType;
  count: number;
  notNumbers: number;
  infinite: number;
}

function countInfinite(data: TypedArray): number {
  if (!(data instanceof Float64Array) && !(data instanceof Float32Array)) return 0;
  let count = 0;
  for (let k = 0; k < data.length; k += 1) if (data[k] === Infinity || data[k] === -Infinity) count += 1;
  return count;
}

function addElements(target: VariableHash, data: TypedArray): void {
  target.notNumbers += canonicaliseNaN(data);
  target.infinite += countInfinite(data);
  target.hash.update(bytesOf(data));
  target.count += data.length;
}

function closeVariables(hashes: readonly VariableHash[]): StateDigest {
  const lines: string[] = [];
  const digests: Record<string, string> = {};
  const notFiniteVariables: NotNumbers[] = [];
  for (const { variable, hash, element, count, notNumbers, infinite } of hashes) {
    const digest = hash.hex();
    digests[variable.variable] = digest;
    lines.push(`variable ${variable.variable} ${element} ${count} ${digest}`);
    if (notNumbers > 0 || infinite > 0)
      notFiniteVariables.push({
        owner: variable.owner,
        variable: variable.variable,
        count: notNumbers,
        infinite,
        elements: count,
      });
  }
  return { lines, digests, notNumbers: notFiniteVariables };
}

function openVariables(buffers: Buffers, variables: readonly VariableLocation[]): VariableHash[] {
  return variables.map((variable) => {
    const buffer = buffers.get(variable.buffer);
    invariant(
      buffer,
      'fingerprint',
      `variable ${variable.owner}.${variable.variable} lies in no buffer of the program`,
    );
    return { variable, hash: platform.sha256(), element: buffer.element, count: 0, notNumbers: 0, infinite: 0 };
  });
}

async function populationState(
  session: Session,
  buffers: Buffers,
  variables: readonly VariableLocation[],
): Promise<StateDigest> {
  const hashes = openVariables(buffers, variables);
  for (const target of hashes) {
    const { buffer, offset } = target.variable;
    const length = await resolveExtent(session, target.variable.length);
    for (let at = 0; at < length; at += readBlock) {
      addElements(target, await session.read(buffer, offset + at, Math.min(readBlock, length - at)));
    }
  }
  return closeVariables(hashes);
}

/** Returns variables of the present state of all populations with values that are not finite. */
export async function cellsNotFinite(program: Program, session: Session): Promise<readonly NotNumbers[]> {
  const found: NotNumbers[] = [];
  const variablesOf = variablesByOwner(program, true);
  for (const { name } of program.manifest.populations)
    for (const { owner, variable, buffer, offset, length } of variablesOf(name)) {
      const elements = await resolveExtent(session, length);
      let [count, infinite] = [0, 0];
      for (let at = 0; at < elements; at += readBlock) {
        const data = await session.read(buffer, offset + at, Math.min(readBlock, elements - at));
        count += canonicaliseNaN(data);
        infinite += countInfinite(data);
      }
      if (count > 0 || infinite > 0) found.push({ owner, variable, count, infinite, elements });
    }
  return found;
}

async function projectionState(
  session: Session,
  buffers: Buffers,
  projection: ProjectionLocation,
  variables: readonly VariableLocation[],
): Promise<StateDigest> {
  const hashes = openVariables(buffers, variables);
  const count = await resolveExtent(session, projection.count);
  const lengths = await Promise.all(variables.map((variable) => resolveExtent(session, variable.length)));
  for (const [i, target] of hashes.entries()) {
    if (lengths[i] === count) continue;
    // A variable shared by the entire projection has one element and no order.
    addElements(target, await session.read(target.variable.buffer, target.variable.offset, lengths[i]));
  }
  const perSynapse = hashes.filter((_, i) => lengths[i] === count);
  for await (const { begin, end, order } of synapseBlocks(session, projection)) {
    for (const target of perSynapse) {
      const stored = await session.read(target.variable.buffer, target.variable.offset + begin, end - begin);
      addElements(target, order === null ? stored : reordered(stored, order));
    }
  }
  return closeVariables(hashes);
}

function reordered(data: TypedArray, order: Uint32Array): TypedArray {
  if (data instanceof BigInt64Array) return BigInt64Array.from(order, (position) => data[position]!);
  const result = data.slice();
  for (let i = 0; i < order.length; i += 1) result[i] = data[order[i]!]!;
  return result;
}
