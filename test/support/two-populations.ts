/**
 * A small program written by hand, with every kernel shape and results that can be computed on paper.
 *
 * Population `a` (3 neurons, elements 0 to 2 of the merged arrays) has a drive of 0.5, 1 and 0.25 a step; population
 * `b` (2 neurons, elements 64 and 65) has no drive. A neuron adds drive + input / 4 to v and spikes when v ≥ 1, which
 * sets v to 0. Synapses a → b (source → target, delay in steps, weight): 0 → 0, 1, 1; 0 → 1, 3, 2; 1 → 0, 2, 1; 2 → 1,
 * 1, 1; 2 → 1, 3, 3.
 */

import * as ir from '../../src/ir/builder.js';
import type {
  Buffer,
  EventRing,
  IrFunction,
  Kernel,
  Local,
  Log,
  Manifest,
  Program,
  ScalarType,
} from '../../src/ir/program.js';

const local = (name: string, type: ScalarType): Local => ({ name, type });
const index = ir.get(local('index', 'u32'));
const position = ir.get(local('position', 'u32'));
const step = ir.get(local('step', 'i32'));

const state = (name: string, element: Buffer['element'], length: number, comment = ''): Buffer => ({
  name,
  element,
  length,
  role: 'state',
  comment,
});
const v = state('v', 'f64', 66, 'membrane potential, 1');
const drive: Buffer = {
  ...state('drive', 'f64', 66, 'growth of v in a step, 1'),
  role: 'constant',
  initial: Float64Array.from({ length: 66 }, (_, k) => [0.5, 1, 0.25][k] ?? 0),
};
const input = state('input', 'i32', 66, 'sum of weights that arrived');
const mask = state('mask', 'u32', 4, 'who spiked');
const listA = state('a.list', 'u32', 12);
const countsA = state('a.counts', 'u32', 4);
const listB = state('b.list', 'u32', 2);
const countsB = state('b.counts', 'u32', 1);
const rowsA = state('a.rows', 'u32', 20);
const rowsB = state('b.rows', 'u32', 200);
const cursors = state('cursors', 'u32', 3);
const samples = state('samples', 'f64', 20, 'v of b[0]');
const spikesOfB = state('b.total', 'u32', 2, 'spikes of each neuron of b so far');
const faults = state('faults', 'u32', 1);
const segments: Buffer = {
  name: 'ab.segments',
  element: 'u32',
  length: 10,
  role: 'constant',
  initial: Uint32Array.of(0, 1, 1, 2, 2, 3, 3, 4, 4, 5),
  comment: 'rows of 3 delays',
};
const targets: Buffer = {
  name: 'ab.targets',
  element: 'u8',
  length: 5,
  role: 'constant',
  initial: Uint8Array.of(0, 1, 0, 1, 1),
  comment: '',
};
const table: Buffer = {
  name: 'ab.table',
  element: 'i8',
  length: 5,
  role: 'constant',
  initial: Int8Array.of(1, 2, 1, 1, 3),
  comment: '',
};
const count: Buffer = { name: 'ab.count', element: 'u32', length: 1, role: 'constant', comment: 'number of synapses' };
const weights: Buffer = {
  name: 'ab.weights',
  element: 'i32',
  length: { buffer: 'ab.count', index: 0 },
  role: 'constant',
  comment: '',
};

const x = local('x', 'f64');
const y = local('y', 'f64');
/** x + y / 4. */
const advance: IrFunction = {
  name: 'advance',
  comment: 'x + y / 4',
  parameters: [x, y],
  locals: [],
  body: [ir.set(x, ir.add(ir.get(x), ir.mul(ir.f64(0.25), ir.get(y))))],
  results: [x],
};

const next = local('next', 'f64');
const spiked = local('spiked', 'bool');
const target = local('target', 'u32');
const row = local('logRow', 'u32');

const kernels: readonly Kernel[] = [
  {
    name: 'ab.size',
    comment: 'counts the synapses',
    shape: 'sequential',
    locals: [],
    body: [ir.store(count, ir.u32(0), ir.load(segments, ir.u32(9)))],
  },
  {
    name: 'ab.fill',
    comment: 'weights of all synapses',
    shape: 'map',
    domain: { kind: 'count', count: { buffer: 'ab.count', index: 0 } },
    lanes: false,
    locals: [],
    body: [ir.store(weights, index, ir.load(table, index))],
  },
  {
    name: 'ab.deliver',
    comment: 'spikes of a reach b',
    shape: 'propagate',
    event: 'a.spike',
    elements: { begin: 0, end: 3 },
    delays: { first: 1, last: 3 },
    segments: 'ab.segments',
    order: { kind: 'byTarget', targets: 'ab.targets', targetCount: 2 },
    locals: [target],
    body: [
      ir.set(target, ir.load(targets, position)),
      ir.accumulate(input, ir.add(ir.get(target), ir.u32(64)), ir.load(weights, position)),
    ],
  },
  {
    name: 'neurons',
    comment: 'both populations: integrate, threshold, reset',
    shape: 'map',
    lanes: true,
    locals: [next, spiked],
    domain: {
      kind: 'ranges',
      ranges: [
        { begin: 0, end: 3 },
        { begin: 64, end: 66 },
      ],
    },
    body: [
      ir.comment('v + drive + input / 4'),
      ir.set(
        next,
        ir.add(ir.call(advance, ir.load(v, index), ir.convert('f64', ir.load(input, index))), ir.load(drive, index)),
      ),
      ir.set(spiked, ir.ge(ir.get(next), ir.f64(1))),
      ir.store(v, index, ir.select(ir.get(spiked), ir.f64(0), ir.get(next))),
      ir.store(input, index, ir.i32(0)),
      { kind: 'setBit', mask: 'mask', condition: ir.get(spiked) },
      ir.fault(4, ir.gt(ir.get(next), ir.f64(100))),
    ],
  },
  { name: 'a.compact', comment: 'lists spikes of a', shape: 'compact', event: 'a.spike' },
  { name: 'b.compact', comment: 'lists spikes of b', shape: 'compact', event: 'b.spike' },
  {
    name: 'b.count',
    comment: 'counts spikes of b',
    shape: 'map',
    domain: { kind: 'spikes', event: 'b.spike' },
    lanes: false,
    locals: [],
    body: [ir.store(spikesOfB, index, ir.add(ir.load(spikesOfB, index), ir.u32(1)))],
  },
  {
    name: 'sample',
    comment: 'v of b[0]',
    shape: 'sequential',
    locals: [row],
    body: [
      ir.set(row, ir.load(cursors, ir.u32(2))),
      ir.store(samples, ir.get(row), ir.load(v, ir.u32(64))),
      ir.store(cursors, ir.u32(2), ir.add(ir.get(row), ir.u32(1))),
    ],
  },
  {
    name: 'clear',
    comment: 'v of all to zero',
    shape: 'map',
    domain: { kind: 'count', count: 66 },
    lanes: false,
    locals: [],
    body: [ir.store(v, index, ir.f64(0))],
  },
  {
    name: 'watch',
    comment: 'a fault in step 30',
    shape: 'sequential',
    locals: [],
    body: [ir.when(ir.eq(step, ir.i32(30)), [ir.fault(1, ir.bool(true))])],
  },
];

const events: readonly EventRing[] = [
  { name: 'a.spike', size: 3, mask: 'mask', maskBegin: 0, list: 'a.list', counts: 'a.counts', slots: 4, log: 'a' },
  { name: 'b.spike', size: 2, mask: 'mask', maskBegin: 64, list: 'b.list', counts: 'b.counts', slots: 1, log: 'b' },
];

const logs: readonly Log[] = [
  {
    name: 'a',
    buffer: 'a.rows',
    cursor: { buffer: 'cursors', index: 0 },
    rowLength: 2,
    capacity: 10,
    maxRowsPerStep: 3,
  },
  {
    name: 'b',
    buffer: 'b.rows',
    cursor: { buffer: 'cursors', index: 1 },
    rowLength: 2,
    capacity: 100,
    maxRowsPerStep: 2,
  },
  {
    name: 'v',
    buffer: 'samples',
    cursor: { buffer: 'cursors', index: 2 },
    rowLength: 1,
    capacity: 20,
    maxRowsPerStep: 1,
  },
];

const manifest: Manifest = {
  populations: [
    { name: 'a', size: 3, event: 'a.spike', recorded: true },
    { name: 'b', size: 2, event: 'b.spike', recorded: true },
  ],
  events: [
    { event: 'a.spike', population: 'a', name: 'spike' },
    { event: 'b.spike', population: 'b', name: 'spike' },
  ],
  variables: [{ owner: 'a', variable: 'v', buffer: 'v', offset: 0, length: 3, unit: '1', state: true }],
  projections: [
    {
      name: 'ab',
      count: { buffer: 'ab.count', index: 0 },
      targets: 'ab.targets',
      segments: 'ab.segments',
      sources: 3,
      delays: { first: 1, last: 3 },
    },
  ],
  samples: [
    {
      recording: 'v of b',
      owner: 'b',
      variable: 'v',
      unit: '1',
      log: 'v',
      column: 0,
      indices: Uint32Array.of(0),
      element: 'f64',
      every: 4,
      offset: 2,
      label: 0,
    },
  ],
  spikeLabel: 0,
  faults: { 1: { says: 'step 30 was reached', pointer: '' }, 4: { says: 'v is above 100', pointer: '' } },
  notes: ['written by hand'],
};

/** The program; without faults in its first 30 steps. */
export const twoPopulations: Program = {
  name: 'two populations',
  precision: 'float64',
  dt: 0.0001,
  numericsVersion: 1,
  functions: [advance],
  buffers: [
    v,
    drive,
    input,
    mask,
    listA,
    countsA,
    listB,
    countsB,
    rowsA,
    rowsB,
    cursors,
    samples,
    spikesOfB,
    faults,
    segments,
    targets,
    table,
    count,
    weights,
  ],
  kernels,
  events,
  logs,
  schedule: {
    initialise: [
      { kind: 'run', kernel: 'ab.size' },
      { kind: 'allocate', buffers: ['ab.weights'] },
      { kind: 'run', kernel: 'ab.fill' },
    ],
    step: [
      { kernel: 'ab.deliver', every: 1, offset: 0, slot: 'synapses' },
      { kernel: 'neurons', every: 1, offset: 0, slot: 'thresholds' },
      { kernel: 'a.compact', every: 1, offset: 0, slot: 'thresholds' },
      { kernel: 'b.compact', every: 1, offset: 0, slot: 'thresholds' },
      { kernel: 'b.count', every: 1, offset: 0, slot: 'thresholds' },
      { kernel: 'sample', every: 4, offset: 2, slot: 'end' },
      { kernel: 'watch', every: 1, offset: 0, slot: 'end' },
    ],
    procedures: { clear: [{ kind: 'run', kernel: 'clear' }] },
  },
  manifest,
};
