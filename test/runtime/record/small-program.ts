/** A program of two populations and a projection, with only a manifest and buffers: a test plays its steps. */

import type {
  Buffer,
  EventRecordingLocation,
  Log,
  Manifest,
  Program,
  SampleLocation,
  TypedArray,
} from '../../../src/ir/program.js';
import type { FakeStep } from './fake-session.js';

export interface SmallProgramOptions {
  readonly exc?: number;
  readonly inh?: number;
  readonly every?: number;
  /** Samples from step -1, as a timing profile with a sample at time zero has it. */
  readonly initialSample?: boolean;
  readonly eventRecordings?: readonly EventRecordingLocation[];
  readonly capacity?: number;
  readonly faults?: boolean;
  /** Final weights of the projection, in storage order. */
  readonly weights?: Float64Array;
}

/**
 * `exc` and `inh` with a membrane potential `v` each (V) and logs of their spikes; `v` of all of exc is recorded; a
 * projection `ee` of six synapses from two sources, stored by (source, delay, target).
 */
export function smallProgram(options: SmallProgramOptions = {}): Program {
  const exc = options.exc ?? 4;
  const inh = options.inh ?? 2;
  const capacity = options.capacity ?? 64;
  const buffer = (name: string, element: Buffer['element'], length: number, initial?: TypedArray): Buffer => ({
    name,
    element,
    length,
    role: 'state',
    comment: name,
    ...(initial ? { initial } : {}),
  });
  const sample: SampleLocation = {
    recording: 'v_exc',
    owner: 'exc',
    variable: 'v',
    unit: 'V',
    log: 'samples',
    column: 0,
    indices: { begin: 0, end: exc },
    element: 'f64',
    every: options.every ?? 1,
    offset: options.initialSample ? -1 : 0,
    label: options.initialSample ? 1 : 0,
  };
  const manifest: Manifest = {
    populations: [
      { name: 'exc', size: exc, event: 'exc.spike', recorded: true },
      { name: 'inh', size: inh, event: 'inh.spike', recorded: false },
    ],
    events: [
      { event: 'exc.spike', population: 'exc', name: 'spike' },
      { event: 'inh.spike', population: 'inh', name: 'spike' },
    ],
    variables: [
      { owner: 'exc', variable: 'v', buffer: 'exc.v', offset: 0, length: exc, unit: 'V', state: true },
      { owner: 'exc', variable: 'tau', buffer: 'exc.tau', offset: 0, length: exc, unit: 's', state: false },
      { owner: 'inh', variable: 'v', buffer: 'inh.v', offset: 1, length: inh, unit: 'V', state: true },
      { owner: 'ee', variable: 'w', buffer: 'ee.w', offset: 0, length: 6, unit: 'S', state: true },
    ],
    projections: [
      {
        name: 'ee',
        count: 6,
        targets: 'ee.targets',
        segments: 'ee.segments',
        sources: 2,
        delays: { first: 1, last: 2 },
        creation: 'ee.creation',
      },
    ],
    samples: [sample],
    ...(options.eventRecordings ? { eventRecordings: options.eventRecordings } : {}),
    spikeLabel: options.initialSample ? 1 : 0,
    faults: {
      1: { says: 'a fixed-point sum overflowed', pointer: '' },
      2: { says: 'a delay is too long', pointer: '' },
    },
    notes: [],
  };
  const spikeLog = (name: string, index: number, size: number): Log => ({
    name: `${name}.log`,
    buffer: `${name}.rows`,
    cursor: { buffer: 'cursors', index },
    rowLength: 2,
    capacity,
    maxRowsPerStep: size,
  });
  return {
    name: 'small',
    precision: 'float64',
    dt: 1e-4,
    numericsVersion: 1,
    functions: [],
    kernels: [],
    buffers: [
      buffer('cursors', 'u32', 3),
      buffer('exc.rows', 'u32', 2 * capacity),
      buffer('inh.rows', 'u32', 2 * capacity),
      buffer('sample.rows', 'f64', exc * capacity),
      buffer('exc.v', 'f64', exc),
      buffer('exc.tau', 'f64', exc),
      buffer('inh.v', 'f64', inh + 2),
      // Row 0: delay 1 to 3, delay 2 to 0 and 3; row 1: delay 1 to 1 twice, delay 2 to 1 again.
      buffer('ee.segments', 'u32', 5, Uint32Array.of(0, 1, 3, 5, 6)),
      buffer('ee.targets', 'u32', 6, Uint32Array.of(3, 0, 3, 1, 1, 1)),
      buffer('ee.creation', 'u32', 6, Uint32Array.of(2, 0, 1, 4, 5, 3)),
      buffer('ee.w', 'f64', 6, options.weights ?? Float64Array.of(30, 0, 31, 11, 12, 10)),
      ...(options.faults ? [buffer('faults', 'u32', 1)] : []),
    ],
    events: [
      { name: 'exc.spike', size: exc, mask: 'm', maskBegin: 0, list: 'l', counts: 'c', slots: 2, log: 'exc.log' },
      { name: 'inh.spike', size: inh, mask: 'm', maskBegin: 64, list: 'l2', counts: 'c2', slots: 2, log: 'inh.log' },
    ],
    logs: [
      spikeLog('exc', 0, exc),
      spikeLog('inh', 1, inh),
      {
        name: 'samples',
        buffer: 'sample.rows',
        cursor: { buffer: 'cursors', index: 2 },
        rowLength: exc,
        capacity,
        maxRowsPerStep: 1,
      },
    ],
    schedule: { initialise: [], step: [], procedures: {} },
    manifest,
  };
}

/**
 * Membrane potential of a cell in a step, for the played runs: an arbitrary function with different bits for each cell.
 */
export function playedPotential(step: number, cell: number): number {
  return -0.07 + ((step + 1) * 1e-5) / (cell + 3);
}

/**
 * Whether a cell spikes in a step of the played runs: every third step for cell 0, rarer for the others, never for the
 * last.
 */
export function playedSpike(step: number, cell: number, size: number): boolean {
  return cell < size - 1 && (step + cell) % (3 + 2 * cell) === 0;
}

/** A script for `fakeSession` on `smallProgram`: spikes, potentials and samples by the two functions above. */
export function playedStep(program: Program): (step: FakeStep) => void {
  const { size: excSize } = program.manifest.populations[0]!;
  const { size: inhSize } = program.manifest.populations[1]!;
  const { every, offset } = program.manifest.samples[0]!;
  return ({ step, buffer, log }) => {
    for (let cell = 0; cell < excSize; cell += 1) {
      buffer('exc.v')[cell] = playedPotential(step, cell);
      if (playedSpike(step, cell, excSize)) log('exc.log', [step, cell]);
    }
    for (let cell = 0; cell < inhSize; cell += 1) {
      buffer('inh.v')[1 + cell] = 2 * playedPotential(step, cell);
      if (playedSpike(step + 1, cell, inhSize)) log('inh.log', [step, cell]);
    }
    if ((step - offset) % every === 0) log('samples', [...(buffer('exc.v') as Float64Array)]);
  };
}
