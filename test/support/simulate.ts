/**
 * Runs a model text through the whole chain, from its notation to results, on the reference interpreter and on
 * WebAssembly, and requires the same bits. It returns the data for tests of lowering: spikes, samples, final values,
 * synapses.
 */

import { expect } from 'vitest';
import { createFingerprinter } from '../../runtime/record/fingerprint.js';
import { countedPairs, drainLogs } from '../../runtime/record/drain.js';
import { readFaults } from '../../runtime/record/recorder.js';
import { resolveExtent } from '../../runtime/record/read-buffers.js';
import { createTimeline } from '../../runtime/record/timeline.js';
import { targets } from '../../runtime/targets/registry.js';
import type { Session, Target } from '../../runtime/targets/target.js';
import { DiagnosticError } from '../../src/diagnostics/diagnostic.js';
import { checkProgram } from '../../src/ir/check.js';
import type { Precision, Program } from '../../src/ir/program.js';
import { buildProgram } from '../../src/pipeline/build-program.js';
import { protocolOf, type ProtocolStep } from '../../src/lower/context/protocol.js';
import type { ValidModel } from '../../src/model/model.js';
import { importModel, type ImportOptions } from '../../src/pipeline/pipeline.js';
import { askedEffort, triesAll } from './effort.js';
import { expectEqual } from './equal.js';

export interface SimulateOptions extends ImportOptions {
  readonly precision?: Precision;
  /** Which engines to run and to compare; the first one's results are returned. */
  readonly engines?: readonly Engine[];
  /** Steps to run, instead of the protocol's durations. */
  readonly steps?: number;
  /** After so many steps everything is thrown away but a snapshot, and a new session takes it up. */
  readonly breakAt?: number;
}

export interface Engine {
  readonly target: 'reference' | 'wasm' | 'opencl' | 'cuda';
  readonly threads: number;
  /** Where compiled programs are kept. */
  readonly cacheDirectory?: string;
  /** Another target than the one that is registered under the name. */
  readonly use?: Target;
}

/** One synapse as storage has it. */
export interface StoredSynapse {
  readonly source: number;
  readonly target: number;
  /** Steps, by position in the sorted rows; a single delay if all are equal. */
  readonly delay: number;
  readonly creation: number;
}

export interface Simulation {
  readonly valid: ValidModel;
  readonly program: Program;
  readonly fingerprint: string;
  /** Sentences of faults. */
  readonly faults: readonly string[];
  /** (step, element) of every event, by `population.event`. */
  readonly events: ReadonlyMap<string, readonly (readonly [number, number])[]>;
  /** Rows of samples, by `owner.variable` (and by `recording/variable`). */
  readonly samples: ReadonlyMap<string, readonly (readonly number[])[]>;
  /** Values when the run ends, by `owner.variable`; of projections in storage order. */
  readonly final: ReadonlyMap<string, readonly number[]>;
  readonly synapses: ReadonlyMap<string, readonly StoredSynapse[]>;
}

const both: readonly Engine[] = [
  { target: 'reference', threads: 1 },
  { target: 'wasm', threads: 1 },
];

let programs = 0;

/**
 * Whether a program must be legal after every pass, not only after the last one; usual tests check each third program.
 */
const looksAtPasses = (): boolean => askedEffort === 'thorough' || (triesAll && programs++ % 3 === 0);

/** The model and its program; the program must be legal. */
export function lowered(text: string, options: SimulateOptions = {}): { valid: ValidModel; program: Program } {
  const { precision = 'float64', engines: _, steps: __, breakAt: ___, ...importing } = options;
  return loweredModel(importModel({ name: 'test.yaml', text }, importing).valid, precision);
}

function loweredModel(valid: ValidModel, precision: Precision): { valid: ValidModel; program: Program } {
  const onPass = (pass: string, partial: Program): void => expect(checkProgram(partial), pass).toEqual([]);
  const program = buildProgram(valid, { precision, ...(looksAtPasses() && { onPass }) });
  expect(checkProgram(program)).toEqual([]);
  return { valid, program };
}

/** Returns the codes and messages of a model's diagnostics. */
export function refused(text: string, options: SimulateOptions = {}): string[] {
  try {
    lowered(text, options);
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics.map(({ code, message }) => `${code}: ${message}`);
    throw error;
  }
  return [];
}

/** Runs a model in a notation of ours; all engines must agree to the bit. */
export const simulate = async (text: string, options: SimulateOptions = {}): Promise<Simulation> =>
  simulated(lowered(text, options), options);

/** Runs a model that has been read; all engines must agree to the bit. */
export const simulateModel = async (valid: ValidModel, options: SimulateOptions = {}): Promise<Simulation> =>
  simulated(loweredModel(valid, 'float64'), options);

async function simulated(
  { valid, program }: { readonly valid: ValidModel; readonly program: Program },
  options: SimulateOptions,
): Promise<Simulation> {
  const protocol =
    options.steps === undefined ? protocolOf(valid, program) : [{ kind: 'run', steps: options.steps } as const];
  const results: Simulation[] = [];
  for (const engine of options.engines ?? both) {
    results.push(await play(valid, program, engine, protocol, options.breakAt ?? Infinity));
  }
  const [first, ...others] = results;
  for (const other of others) {
    // The parts first, because their differences are more informative than different digests.
    expect(other.faults).toEqual(first!.faults);
    // A network that could not be built is not looked at.
    if (first!.faults.length > 0 && other.events.size === 0) continue;
    for (const part of ['events', 'samples', 'final', 'synapses'] as const)
      expectEqual([...other[part]], [...first![part]], part);
    expect(other.fingerprint).toBe(first!.fingerprint);
  }
  return first!;
}

/** A session of a program on an engine, initialised. */
export async function startSession(
  program: Program,
  { target, threads, cacheDirectory, use = targets[target]! }: Engine,
): Promise<Session> {
  const executable = await use.compile(program, {
    threads,
    ...(cacheDirectory === undefined ? {} : { cacheDirectory }),
  });
  const session = await executable.start();
  await session.initialise();
  return session;
}

async function play(
  valid: ValidModel,
  program: Program,
  engine: Engine,
  protocol: readonly ProtocolStep[],
  breakAt: number,
): Promise<Simulation> {
  let session = await startSession(program, engine);
  const takeUp = async (): Promise<void> => {
    const snapshot = await session.snapshot();
    await session.dispose();
    session = await startSession(program, engine);
    await session.restore(snapshot);
  };
  try {
    return await record(valid, program, () => session, takeUp, protocol, breakAt);
  } finally {
    await session.dispose();
  }
}

async function record(
  valid: ValidModel,
  program: Program,
  current: () => Session,
  takeUp: () => Promise<void>,
  protocol: readonly ProtocolStep[],
  breakAt: number,
): Promise<Simulation> {
  const events = new Map<string, (readonly [number, number])[]>(program.events.map(({ name }) => [name, []]));
  const samples = new Map<string, number[][]>();
  const fingerprinter = createFingerprinter(program);
  const timeline = await createTimeline(current, program, protocol);
  const drain = async (): Promise<void> => {
    const drained = await drainLogs(current(), program);
    for (const rows of drained) {
      const event = program.events.find(({ log }) => log === rows.log.name);
      if (event) {
        const multiples = program.manifest.events.find(({ event: name }) => name === event.name)?.multiples;
        const { steps, elements } = countedPairs(
          rows,
          drained.find(({ log }) => log.name === multiples),
        );
        for (let k = 0; k < steps.length; k += 1) steps[k]! += timeline.steps() - current().step;
        steps.forEach((step, k) => events.get(event.name)!.push([step, elements[k]!]));
        fingerprinter.spikes(event.name, steps, elements);
      }
      for (const location of program.manifest.samples.filter(({ log }) => log === rows.log.name)) {
        const width =
          location.indices instanceof Uint32Array
            ? location.indices.length
            : location.indices.end - location.indices.begin;
        for (let row = 0; row < rows.rows; row += 1) {
          const at = row * rows.log.rowLength + location.column;
          const values = Array.from(rows.data.slice(at, at + width) as Float64Array);
          for (const key of [`${location.owner}.${location.variable}`, `${location.recording}/${location.variable}`]) {
            if (!samples.has(key)) samples.set(key, []);
            samples.get(key)!.push(values);
          }
        }
      }
    }
  };
  let faults = (await readFaults(current(), program)).map(({ says }) => says);
  if (faults.length > 0)
    return {
      valid,
      program,
      faults,
      events: new Map(),
      samples,
      final: new Map(),
      synapses: new Map(),
      fingerprint: '',
    };
  for (const entry of protocol) {
    if (faults.length > 0) break;
    if (entry.kind === 'reset' || entry.kind === 'restore' || entry.kind === 'store') await drain();
    if (entry.kind !== 'run') {
      await timeline.perform(entry);
      continue;
    }
    for (let left = entry.steps; left > 0;) {
      const step = timeline.steps();
      left -= await current().run(step < breakAt ? Math.min(left, breakAt - step) : left);
      await drain();
      if (timeline.steps() === breakAt && step < breakAt) await takeUp();
      faults = (await readFaults(current(), program)).map(({ says }) => says);
      if (faults.length > 0) break;
    }
  }
  await drain();
  return {
    valid,
    program,
    faults,
    events,
    samples,
    final: await finalValues(program, current()),
    synapses: await storedSynapses(program, current()),
    fingerprint: (await fingerprinter.finish(current())).total,
  };
}

async function finalValues(program: Program, session: Session): Promise<Map<string, number[]>> {
  const values = new Map<string, number[]>();
  for (const { owner, variable, buffer, offset, length, exponent } of program.manifest.variables) {
    const stored: ArrayLike<number | bigint> = await session.read(buffer, offset, await resolveExtent(session, length));
    const unit = exponent === undefined ? 1 : 2 ** -exponent;
    values.set(
      `${owner}.${variable}`,
      Array.from(stored, (value) => Number(value) * unit),
    );
  }
  return values;
}

async function storedSynapses(program: Program, session: Session): Promise<Map<string, StoredSynapse[]>> {
  const all = new Map<string, StoredSynapse[]>();
  for (const { name, segments, targets: targetBuffer, creation, sources, delays } of program.manifest.projections) {
    const starts = await session.read(segments);
    const ends = await session.read(targetBuffer);
    const created = typeof creation === 'string' ? await session.read(creation) : null;
    const perRow = delays.last - delays.first + 1;
    const list: StoredSynapse[] = [];
    for (let segment = 0; segment < sources * perRow; segment += 1) {
      for (let p = Number(starts[segment]); p < Number(starts[segment + 1]); p += 1) {
        list.push({
          source: Math.floor(segment / perRow),
          target: Number(ends[p]),
          delay: delays.first + (segment % perRow),
          creation: created ? Number(created[p]) : p,
        });
      }
    }
    all.set(name, list);
  }
  return all;
}

// --- Looking at results ---------------------------------------------------------------------------------------------
/** Returns the steps of one element's events. */
export function stepsOf(run: Simulation, event: string, element = 0): number[] {
  const pairs = run.events.get(event);
  if (!pairs) throw new Error(`no event ${event} among ${[...run.events.keys()].join(', ')}`);
  return pairs.filter(([, index]) => index === element).map(([step]) => step);
}

/** The samples of one element (by its place in the recording) of `owner.variable`. */
export function trace(run: Simulation, key: string, column = 0): number[] {
  const rows = run.samples.get(key);
  if (!rows) throw new Error(`no samples ${key} among ${[...run.samples.keys()].join(', ')}`);
  return rows.map((row) => row[column]!);
}

/** Final values of `owner.variable`. */
export function finalOf(run: Simulation, key: string): readonly number[] {
  const values = run.final.get(key);
  if (!values) throw new Error(`no variable ${key} among ${[...run.final.keys()].join(', ')}`);
  return values;
}

/** (source, target) of the synapses in order of creation. */
export function created(run: Simulation, projection: string): [number, number][] {
  return [...run.synapses.get(projection)!]
    .sort((a, b) => a.creation - b.creation)
    .map(({ source, target }) => [source, target]);
}

/** Final values of a synapse's variable in order of creation. */
export function byCreation(run: Simulation, projection: string, variable: string): number[] {
  const values = finalOf(run, `${projection}.${variable}`);
  const result: number[] = [];
  run.synapses.get(projection)!.forEach(({ creation }, p) => {
    result[creation] = values[p]!;
  });
  return result;
}
