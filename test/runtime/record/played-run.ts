/** A whole run of the small program on a fake session, with any sink, for tests of recorder and formats. */

import {
  createRecorder,
  runRecord,
  type RecordedRun,
  type RecorderOptions,
  type RunOptions,
} from '../../../runtime/record/recorder.js';
import { recordingPlan } from '../../../runtime/record/plan.js';
import type { Protocol } from '../../../runtime/record/protocol.js';
import type {
  ResultWriter,
  RunHeader,
  RunMetadata,
  RunRecord,
  RunSetup,
  SampleBlock,
  SampleSink,
} from '../../../runtime/results/result.js';
import type { Program, TypedArray } from '../../../src/ir/program.js';
import { fakeSession, type FakeStep } from './fake-session.js';
import { playedStep } from './small-program.js';

/** A header with pinned dates and a model text that exercises escapes. */
export function exampleHeader(program: Program): RunHeader {
  return {
    name: 'small',
    model: '{"interneuron":1,"metadata":{"title":"Größe \\"µ\\" 神経"},"name":"small"}',
    hashes: { model: 'a'.repeat(64), experiment: 'b'.repeat(64), document: 'c'.repeat(64) },
    seed: '18446744073709551615',
    dt: program.dt,
    precision: program.precision,
    numericsVersion: program.numericsVersion,
    target: 'reference',
    device: 'this process',
    threads: 1,
    versions: { interneuron: '0.1.0', node: '20.20.0' },
    date: '2026-01-02T03:04:05Z',
    environment: { system: 'Linux 6.1 x64', processor: 'a processor' },
  };
}

export interface PlayOptions {
  readonly step?: (step: FakeStep) => void;
  readonly procedures?: Record<string, (step: FakeStep) => void>;
  readonly initial?: (step: FakeStep) => void;
  readonly run?: RunOptions;
  readonly recorder?: RecorderOptions;
  readonly metadata?: RunMetadata;
  readonly data?: ReadonlyMap<string, TypedArray>;
  readonly header?: Partial<RunHeader>;
  readonly positions?: Readonly<Record<string, Float64Array>>;
}

/** The setup that a writer is opened with. */
export function exampleSetup(program: Program, protocol: Protocol, options: PlayOptions = {}): RunSetup {
  const { setup } = recordingPlan(program, protocol);
  return {
    ...setup,
    populations: setup.populations.map((population) => {
      const positions = options.positions?.[population.name];
      return positions ? { ...population, positions } : population;
    }),
    header: { ...exampleHeader(program), ...options.header },
    metadata: options.metadata ?? {},
    data: options.data ?? new Map(),
  };
}

/** Plays the protocol into a sink; the caller reads the trains before `dispose`. */
export async function play(
  program: Program,
  protocol: Protocol,
  sink: SampleSink,
  options: PlayOptions = {},
): Promise<{ readonly run: RecordedRun; readonly record: RunRecord; readonly dispose: () => void }> {
  const session = fakeSession(program, options.step ?? playedStep(program), options.procedures, options.initial);
  const recorder = createRecorder(program, protocol, sink, undefined, options.recorder);
  await session.initialise();
  const run = await recorder.run(session, options.run);
  const record = runRecord(exampleSetup(program, protocol, options).header, recorder.plan, run, []);
  return { run, record, dispose: () => recorder.dispose() };
}

/** Plays the protocol into a writer from open to close. */
export async function playInto(
  writer: ResultWriter,
  program: Program,
  protocol: Protocol,
  options: PlayOptions = {},
): Promise<{ readonly record: RunRecord; readonly paths: readonly string[] }> {
  await writer.open(exampleSetup(program, protocol, options));
  const { run, record, dispose } = await play(program, protocol, writer, options);
  const paths = await writer.close(record, run.trains);
  dispose();
  return { record, paths };
}

/** A sink that keeps all it gets. */
export function keepingSink(): SampleSink & {
  readonly blocks: readonly SampleBlock[];
  readonly advances: readonly number[];
} {
  const blocks: SampleBlock[] = [];
  const advances: number[] = [];
  return { blocks, advances, samples: (block) => blocks.push(block), advance: (step) => advances.push(step) };
}
