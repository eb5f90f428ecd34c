/** Programs written by hand, for tests and benchmarks of the wasm target. */

import * as b from '../../../../src/ir/builder.js';
import { numericsVersion } from '../../../../src/ir/program.js';
import type {
  Buffer,
  ElementType,
  Expression,
  IrFunction,
  Kernel,
  MapKernel,
  Program,
  Schedule,
  Statement,
  StepEntry,
} from '../../../../src/ir/program.js';

/** A buffer of zeros, or with the given contents. */
export function buffer(
  name: string,
  element: ElementType,
  length: Buffer['length'],
  initial?: Buffer['initial'],
): Buffer {
  return { name, element, length, role: 'state', comment: name, ...(initial === undefined ? {} : { initial }) };
}

/** The implicit local of a map. */
export const index = b.get({ name: 'index', type: 'u32' });

/** A map over [0, count). */
export function mapOver(
  name: string,
  count: number,
  body: Statement[],
  locals: readonly { name: string; type: 'f64' | 'f32' | 'i32' | 'u32' | 'i64' | 'bool' }[] = [],
  lanes = false,
): MapKernel {
  return { shape: 'map', name, comment: name, domain: { kind: 'count', count }, lanes, locals, body };
}

/** A program of the given parts; every kernel runs each step unless a schedule is given. */
export function program(parts: {
  readonly buffers: readonly Buffer[];
  readonly kernels: readonly Kernel[];
  readonly functions?: readonly IrFunction[];
  readonly events?: Program['events'];
  readonly logs?: Program['logs'];
  readonly schedule?: Partial<Schedule>;
}): Program {
  const everyStep = (kernel: Kernel): StepEntry => ({ kernel: kernel.name, every: 1, offset: 0, slot: 'step' });
  return {
    name: 'written by hand',
    precision: 'float64',
    dt: 1e-4,
    numericsVersion,
    functions: parts.functions ?? [],
    buffers: parts.buffers,
    kernels: parts.kernels,
    events: parts.events ?? [],
    logs: parts.logs ?? [],
    schedule: { initialise: [], procedures: {}, step: parts.kernels.map(everyStep), ...parts.schedule },
    manifest: {
      populations: [],
      events: [],
      variables: [],
      projections: [],
      samples: [],
      spikeLabel: 0,
      faults: {},
      notes: [],
    },
  };
}

/** A small generator of numbers for test data (xorshift32); the seed is not zero. */
export function randomNumbers(seed: number): () => number {
  let x = seed;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2 ** 32;
  };
}

export interface CubaOptions {
  readonly size: number;
  readonly rowLength: number;
  readonly delay: number;
  readonly lanes: boolean;
  readonly order?: 'byTarget' | 'any' | 'byRow' | 'sequential';
}

/**
 * A network like CUBA (Vogels and Abbott 2005; Brette et al. 2007): leaky integrate-and-fire neurons with exponential
 * currents, 4/5 excitatory. Potentials in mV relative to rest, time in ms, dt 0.1; inboxes in fixed point with 2^-30.
 */
export function cuba({ size, rowLength, delay, lanes, order = 'byTarget' }: CubaOptions): Program {
  const random = randomNumbers(4711);
  const padded = Math.ceil(size / 64) * 64;
  const state = {
    v: buffer(
      'v',
      'f64',
      padded,
      Float64Array.from({ length: padded }, () => 11 * random()),
    ),
    ge: buffer('ge', 'f64', padded),
    gi: buffer('gi', 'f64', padded),
    until: buffer('until', 'i32', padded),
    inE: buffer('inbox_e', 'i64', padded),
    inI: buffer('inbox_i', 'i64', padded),
  };
  const mask = buffer('mask', 'u32', padded / 32);
  const slots = 2 ** Math.ceil(Math.log2(delay + 2));
  const list = buffer('list', 'u32', slots * size);
  const counts = buffer('counts', 'u32', slots);
  const cursor = buffer('cursor', 'u32', 1);
  const log = buffer('log', 'u32', 2 * 1_000_000);
  const targets = Uint32Array.from({ length: size * rowLength }, () => Math.floor(random() * size));
  for (let row = 0; row < size; row += 1) targets.subarray(row * rowLength, (row + 1) * rowLength).sort();
  const segments = buffer(
    'segments',
    'u32',
    size + 1,
    Uint32Array.from({ length: size + 1 }, (_, k) => k * rowLength),
  );
  const target = buffer('target', 'u32', size * rowLength, targets);
  const step = b.get({ name: 'step', type: 'i32' });
  const locals = new b.Locals();
  const v = locals.fresh('v', 'f64');
  const active = locals.fresh('active', 'bool');
  const scale = 2 ** 30;
  const [tauM, tauE, tauI, dt] = [20, 5, 10, 0.1];
  // Decay over a step, from published tables of exp(-0.005), exp(-0.02), exp(-0.01) to the last place a test needs.
  const [decayM, decayE, decayI] = [0.9950124791926823, 0.9801986733067553, 0.9900498337491681];
  const coupling = (tau: number, decay: number): number => (tau / (tau - tauM)) * (decay - decayM);
  const integrate: Kernel = {
    shape: 'map',
    name: 'integrate',
    comment: 'membrane and currents over one step, then the threshold',
    lanes,
    domain: { kind: 'ranges', ranges: [{ begin: 0, end: size }] },
    locals: locals.declared,
    body: [
      b.set(active, b.ge(step, b.load(state.until, index))),
      b.set(
        v,
        b.add(
          b.add(
            b.mul(b.load(state.v, index), b.f64(decayM)),
            b.mul(b.load(state.ge, index), b.f64(coupling(tauE, decayE))),
          ),
          b.add(b.mul(b.load(state.gi, index), b.f64(coupling(tauI, decayI))), b.f64(11 * (1 - decayM))),
        ),
      ),
      b.set(v, b.select(b.get(active), b.get(v), b.load(state.v, index))),
      b.store(state.v, index, b.get(v)),
      b.store(state.ge, index, b.mul(b.load(state.ge, index), b.f64(decayE))),
      b.store(state.gi, index, b.mul(b.load(state.gi, index), b.f64(decayI))),
      { kind: 'setBit', mask: 'mask', condition: b.and(b.get(active), b.gt(b.get(v), b.f64(10))) },
    ],
  };
  const compact: Kernel = { shape: 'compact', name: 'compact', comment: 'spikes of this step', event: 'spike' };
  const position = b.get({ name: 'position', type: 'u32' });
  const excitatory = Math.floor(size * 0.8);
  const propagate = (name: string, begin: number, end: number, inbox: Buffer, weight: number): Kernel => ({
    shape: 'propagate',
    name,
    comment: `synapses of ${begin} to ${end}`,
    event: 'spike',
    elements: { begin, end },
    delays: { first: delay, last: delay },
    segments: `segments_${name}`,
    locals: [],
    order: order === 'byTarget' ? { kind: order, targets: 'target', targetCount: size } : { kind: order },
    body: [b.accumulate(inbox, b.load(target, position), b.i64(BigInt(Math.round(weight * scale))))],
  });
  const all = segments.initial as Uint32Array;
  const segmentsOf = (name: string, begin: number, end: number): Buffer =>
    buffer(`segments_${name}`, 'u32', end - begin + 1, all.slice(begin, end + 1));
  const flush: Kernel = {
    shape: 'map',
    name: 'flush',
    comment: 'adds what arrived',
    lanes,
    domain: { kind: 'ranges', ranges: [{ begin: 0, end: size }] },
    locals: [],
    body: [state.ge, state.gi].flatMap((g, k) => {
      const inbox = k === 0 ? state.inE : state.inI;
      return [
        b.store(g, index, b.add(b.load(g, index), b.mul(b.convert('f64', b.load(inbox, index)), b.f64(1 / scale)))),
        b.store(inbox, index, b.i64(0n)),
      ];
    }),
  };
  const reset: Kernel = {
    shape: 'map',
    name: 'reset',
    comment: 'reset and refractoriness',
    lanes: false,
    domain: { kind: 'spikes', event: 'spike' },
    locals: [],
    body: [b.store(state.v, index, b.f64(0)), b.store(state.until, index, b.add(step, b.i32(Math.round(5 / dt))))],
  };
  const kernels = [
    integrate,
    compact,
    propagate('exc', 0, excitatory, state.inE, 1.62),
    propagate('inh', excitatory, size, state.inI, -9),
    flush,
    reset,
  ];
  return program({
    buffers: [
      ...Object.values(state),
      mask,
      list,
      counts,
      cursor,
      log,
      segmentsOf('exc', 0, excitatory),
      segmentsOf('inh', excitatory, size),
      target,
      buffer('faults', 'u32', 1),
    ],
    kernels,
    events: [{ name: 'spike', size, mask: 'mask', maskBegin: 0, list: 'list', counts: 'counts', slots, log: 'spikes' }],
    logs: [
      {
        name: 'spikes',
        buffer: 'log',
        cursor: { buffer: 'cursor', index: 0 },
        rowLength: 2,
        capacity: 1_000_000,
        maxRowsPerStep: size,
      },
    ],
  });
}

/** The same spikes in every step, each over a row of random targets. */
export function propagation(size: number, rowLength: number, spikes: number): Program {
  const whole = cuba({ size, rowLength, delay: 1, lanes: true });
  const all = whole.kernels.find((kernel) => kernel.name === 'exc');
  if (all?.shape !== 'propagate') throw new Error('no propagate kernel');
  const kernel: Kernel = {
    ...all,
    delays: { first: 0, last: 0 },
    elements: { begin: 0, end: size },
    segments: 'segments',
  };
  const random = randomNumbers(99);
  const slots = 4;
  const list = Uint32Array.from({ length: slots * size }, () => Math.floor(random() * size));
  const replaced = new Map([
    ['list', buffer('list', 'u32', slots * size, list)],
    ['counts', buffer('counts', 'u32', slots, { fill: spikes })],
    [
      'segments_exc',
      buffer(
        'segments',
        'u32',
        size + 1,
        Uint32Array.from({ length: size + 1 }, (_, k) => k * rowLength),
      ),
    ],
  ]);
  return program({
    buffers: whole.buffers.filter((known) => known.name !== 'cursor').map((known) => replaced.get(known.name) ?? known),
    kernels: [kernel],
    events: whole.events.map(({ log: _, ...event }) => event),
  });
}

/**
 * One population with synaptic delays of 1 to 4 steps. Its items write the elements that each order allows: of their
 * target, of their row, and of their synapse; under `sequential`, a running value that depends on the order.
 */
export function delays(order: 'any' | 'byTarget' | 'byRow' | 'sequential'): Program {
  const size = 200;
  const columns = 4;
  const random = randomNumbers(31337);
  const lengths = Array.from({ length: size * columns }, () => Math.floor(random() * 12));
  const segments = new Uint32Array(size * columns + 1);
  lengths.forEach((length, k) => {
    segments[k + 1] = (segments[k] ?? 0) + length;
  });
  const synapses = segments[size * columns] ?? 0;
  const targets = new Uint16Array(synapses);
  lengths.forEach((length, k) =>
    targets
      .subarray(segments[k], segments[k + 1])
      .set(Uint16Array.from({ length }, () => Math.floor(random() * size)).sort()),
  );
  const target = buffer('target', 'u16', synapses, targets);
  const phase = buffer(
    'phase',
    'u32',
    256,
    Uint32Array.from({ length: 256 }, () => Math.floor(random() * 7)),
  );
  const inbox = buffer('inbox', 'i64', size);
  const rows = buffer('rows', 'i32', size);
  const own = buffer('own', 'f64', synapses);
  const running = buffer('running', 'f64', 1);
  const local = (name: string, type: 'u32' | 'i32'): Expression => b.get({ name, type });
  const [position, row, delay, step] = [
    local('position', 'u32'),
    local('row', 'u32'),
    local('delay', 'i32'),
    local('step', 'i32'),
  ];
  const ownStore = b.store(own, position, b.add(b.mul(b.load(own, position), b.f64(0.9)), b.convert('f64', delay)));
  const toTarget = b.accumulate(inbox, b.load(target, position), b.convert('i64', b.add(b.convert('i32', row), delay)));
  const bodies: Record<typeof order, Statement[]> = {
    any: [toTarget, ownStore, b.accumulate(rows, row, delay)],
    byTarget: [toTarget, ownStore],
    byRow: [ownStore, b.accumulate(rows, row, b.i32(1)), b.store(rows, row, b.mul(b.load(rows, row), b.i32(3)))],
    sequential: [
      b.store(
        running,
        b.u32(0),
        b.add(b.mul(b.load(running, b.u32(0)), b.f64(0.999)), b.convert('f64', b.load(target, position))),
      ),
    ],
  };
  const fire: Kernel = {
    shape: 'map',
    name: 'fire',
    comment: 'each element in one of seven steps',
    lanes: true,
    domain: { kind: 'ranges', ranges: [{ begin: 0, end: size }] },
    locals: [],
    body: [
      {
        kind: 'setBit',
        mask: 'mask',
        condition: b.eq(b.binary('rem', b.convert('u32', step), b.u32(7)), b.load(phase, index)),
      },
    ],
  };
  return program({
    buffers: [
      phase,
      target,
      inbox,
      rows,
      own,
      running,
      buffer('segments', 'u32', segments.length, segments),
      buffer('mask', 'u32', 8),
      buffer('list', 'u32', 8 * size),
      buffer('counts', 'u32', 8),
    ],
    events: [{ name: 'spike', size, mask: 'mask', maskBegin: 0, list: 'list', counts: 'counts', slots: 8 }],
    kernels: [
      fire,
      { shape: 'compact', name: 'compact', comment: 'spikes', event: 'spike' },
      {
        shape: 'propagate',
        name: 'deliver',
        comment: 'all delays',
        event: 'spike',
        elements: { begin: 10, end: size },
        delays: { first: 1, last: columns },
        segments: 'segments',
        locals: [],
        order: order === 'byTarget' ? { kind: order, targets: 'target', targetCount: size } : { kind: order },
        body: bodies[order],
      },
      {
        shape: 'map',
        name: 'last',
        comment: 'spikes of this step',
        domain: { kind: 'spikes', event: 'spike' },
        lanes: false,
        locals: [],
        body: [b.store(rows, index, b.add(b.load(rows, index), step))],
      },
    ],
  });
}
