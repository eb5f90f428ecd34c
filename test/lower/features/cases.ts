/** A small model for each feature of the table, with the feature and without it. */

import type { FeatureName, SelectionKind, SelectionPlace } from '../../../src/lower/features/table.js';

/** A part of a document. */
export interface Tree {
  readonly [key: string]: unknown;
}

/** A document that differs in one feature from another. */
export interface Case {
  /** Another network. */
  readonly network?: Tree;
  /** The common base of both documents, besides the network. */
  readonly base?: Tree;
  /** The addition with the feature. */
  readonly adds: Tree;
  /** Its numbers differ between profiles, like draws in each step: only the existence of an effect is compared. */
  readonly drawn?: true;
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** One tree laid over another; `undefined` takes away. */
export function laidOver(under: Tree, over: Tree): Tree {
  const result: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = result[key];
    result[key] = isTree(value) && isTree(below) ? laidOver(below, value) : value;
    if (value === undefined) Reflect.deleteProperty(result, key);
  }
  return result;
}

const run = { run: '12 ms' };
/** Places of four elements. */
const line = {
  array: [
    [0, 0, 0],
    [1, 0, 0],
    [2, 0, 0],
    [3, 0, 0],
  ],
  unit: 'um',
};
const halves = (...phases: readonly Tree[]): Tree => ({
  experiment: { protocol: [{ run: '5.3 ms' }, ...phases, { run: '6.7 ms' }] },
});

/** Cells `a` fire by themselves, at different rates; cells `b` receive their spikes and given spikes without firing. */
export const network: Tree = {
  interneuron: 1,
  neurons: {
    cell: {
      parameters: { tau: '5 ms', bias: 0, gain: 1 },
      state: { v: 0 },
      inputs: { I: 1 },
      derivatives: { v: '(bias + gain*I - v)/tau' },
      events: { spike: { when: 'v > 1', do: 'v = 0' } },
    },
  },
  synapses: {
    kick: {
      parameters: { w: 0.04 },
      pathways: { pre: { on: 'pre.spike', delay: '1 ms', do: 'post.v += w' } },
    },
    tick: { pathways: { pre: { on: 'pre.spike', delay: '1 ms', do: 'post.v += 0.1' } } },
  },
  populations: {
    a: { type: 'cell', size: 4, values: { bias: '1.5 + 0.3*i' } },
    b: { type: 'cell', size: 4, order: 1 },
    given: { size: 2, spikes: { indices: [0, 1, 0], times: ['2 ms', '4.5 ms', '8 ms'] }, order: 2 },
  },
  projections: {
    ab: { from: 'a', to: 'b', synapse: 'kick', connect: 'all' },
    gb: { from: 'given', to: 'b', synapse: 'tick', connect: 'all' },
  },
  record: [
    { of: 'a', variables: ['v'], name: 'of_a' },
    { of: 'b', variables: ['v'], name: 'of_b' },
  ],
  experiment: { dt: '0.02 ms', seed: 5, protocol: [run] },
};

const cell = (more: Tree): Tree => ({ neurons: { cell: more } });
const kick = (more: Tree): Tree => ({ synapses: { kick: more } });
/** A cell with an event that acts later than its test. */
const actsLater = cell({
  state: { v: 0, n: 0 },
  derivatives: { v: '(bias + n - v)/tau' },
  events: {
    over: { when: 'v > 1', do: 'n = v - 0.3', slot: 'thresholds', actionSlot: 'resets', order: -1 },
    spike: { do: ['v = 0'], order: 1 },
  },
});
const spike = (more: Tree): Tree => cell({ events: { spike: more } });
const pathway = (more: Tree): Tree => kick({ pathways: { pre: more } });
const ab = (more: Tree): Tree => ({ projections: { ab: more } });
const connect = (...rules: readonly unknown[]): Case => ({
  base: { projections: { ab: { connect: { rule: 'list', sources: [], targets: [] } } } },
  adds: ab({ connect: rules }),
});
const current = (more: Tree = {}): Tree => ({
  stimuli: { drive: { kind: 'current', to: 'b', input: 'I', value: 0.5, ...more } },
});
const recorded = (...more: readonly Tree[]): Tree => ({
  record: [...(network['record'] as readonly Tree[]), ...more],
});
const numpy = (order: number): Tree => ({
  generator: 'numpy-mt19937',
  seed: '7',
  distribution: 'uniform',
  arguments: [0, 0.9],
  order,
});
const refractory = (more: Tree | string): Tree => spike({ refractory: more });

/** Two cells of three compartments, coupled only by a cable, with spikes onto one compartment. */
const fork: Tree = {
  interneuron: 1,
  neurons: {
    cell: {
      parameters: { g: '1 nS' },
      state: { v: { unit: 'V', initial: '-60*mV if i < 2 else -70*mV' } },
      cable: {
        parents: [-1, 0, 0],
        near: { array: [9, 9, 9], unit: 'nm' },
        far: { array: [5, 5, 5], unit: 'nm' },
        resistivity: '1 ohm*m',
        voltage: 'v',
        capacitance: '20*pF',
        current: 'g*(-65*mV - v)',
      },
      events: { spike: { when: 'v > -62*mV', edge: 'rising' } },
    },
  },
  synapses: { kick: { pathways: { pre: { on: 'pre.spike', delay: '1 ms', do: 'post.v += 1*mV' } } } },
  populations: { a: { type: 'cell', size: 6 } },
  projections: { ab: { from: 'a', to: 'a', synapse: 'kick', connect: 'all' } },
  record: [{ of: 'a', variables: ['v'], name: 'r' }],
  experiment: { dt: '0.02 ms', seed: 5, protocol: [run] },
};

/** Cells with structure, and a current into them. */
const tree: Tree = {
  ...network,
  neurons: {
    cell: {
      compartments: {
        initial: '-65 mV',
        sections: {
          soma: { length: '20 um', diameter: '20 um', specificCapacitance: '1 uF/cm**2', resistivity: '1 ohm*m' },
        },
        mechanisms: {
          leak: {
            parameters: { g: '1 S/m**2' },
            state: { m: 0 },
            derivatives: { m: '1/ms' },
            reads: ['v'],
            writes: { i: 'g*(-65*mV - v)' },
          },
        },
      },
      inputs: { I: 'A' },
      events: { spike: { when: 'v > 0*mV', edge: 'rising', section: 'soma' } },
    },
  },
  synapses: { kick: { pathways: { pre: { on: 'pre.spike', delay: '1 ms', do: 'post.v += 1*mV' } } } },
  populations: { a: { type: 'cell', size: 2 }, b: { type: 'cell', size: 2 } },
  projections: { ab: { from: 'a', to: { of: 'b', section: 'soma' }, synapse: 'kick', connect: 'all' } },
  record: [{ of: 'a', variables: ['v'], section: 'soma', name: 'r' }],
};

/** One case for each feature. */
export const cases: Readonly<Record<FeatureName, Case>> = {
  // Cells
  noise: {
    adds: cell({ derivatives: { v: '(bias + gain*I - v)/tau + 0.1*xi*ms**-0.5' }, noise: ['xi'] }),
    drawn: true,
  },
  integration: { adds: cell({ method: 'rk4' }) },
  cableMethod: {
    network: tree,
    base: laidOver(cell({ compartments: { mechanisms: { leak: { writes: { i: 'g*(1 + m)*(-60*mV - v)' } } } } }), {}),
    adds: cell({ method: 'cable-then-gates' }),
  },
  sequence: { adds: cell({ sequence: [{ events: ['spike'] }, { state: ['v'] }] }) },
  currentVariables: { adds: cell({ sequence: [{ events: ['spike'], current: ['v'] }, { state: ['v'] }] }) },
  held: {
    base: cell({ derivatives: { v: '(bias + gain*I - v)/tau - 0.1*load' }, derived: { load: '0*Hz' } }),
    adds: cell({ derived: { load: { value: 'v/ms', held: true } } }),
  },
  sharedVariable: {
    adds: cell({ parameters: { gain: { value: 2, shared: true }, bias: { value: 1.3, shared: false } } }),
    base: current(),
  },
  productInput: {
    base: laidOver(cell({ inputs: { I: { unit: '1' } } }), current({ value: 0.5 })),
    adds: cell({ inputs: { I: { unit: '1', reduce: 'product' } } }),
  },
  event: { base: cell({ events: undefined }), adds: cell({ events: { spike: { when: 'v > 1', do: 'v = 0' } } }) },
  risingEdge: {
    base: cell({
      state: { v: 0, n: 0 },
      events: { over: { when: 'v > 0.5', do: 'n += 0.001', emits: null } },
      derivatives: { v: '(bias + 0.1*n - v)/tau' },
    }),
    adds: cell({ events: { over: { edge: 'rising' } } }),
  },
  otherName: {
    base: cell({ events: { over: { when: 'v > 1.2', do: 'v = 0.5' }, spike: undefined } }),
    adds: cell({ events: { over: { emits: 'spike' } } }),
  },
  silentEvent: {
    base: cell({ events: { over: { when: 'v > 0.5', edge: 'rising' } } }),
    adds: cell({ events: { over: { emits: null } } }),
  },
  eventSlot: { adds: spike({ slot: 'before_start' }) },
  actionSlot: {
    base: actsLater,
    adds: cell({ events: { over: { actionSlot: 'before_end' } } }),
  },
  actionOrder: {
    base: actsLater,
    adds: cell({ events: { over: { actionOrder: 2 } } }),
  },
  eventOrder: {
    base: cell({
      state: { v: 0, n: 0 },
      derivatives: { v: '(bias + 0.01*n - v)/tau' },
      events: {
        first: { when: 'v > 0.6', do: 'n = 1', emits: null },
        second: { when: 'v > 0.6', do: 'n = 2', emits: null },
      },
    }),
    adds: cell({ events: { first: { order: 3 } } }),
  },
  multiplicity: { adds: spike({ multiplicity: '3' }) },
  refractory: { adds: refractory('5 ms') },
  refractoryFor: { adds: refractory({ for: '5 ms' }) },
  refractoryWhile: { adds: refractory({ while: 't - lastspike < 5*ms' }) },
  refractoryRate: { base: refractory({ for: '1 ms' }), adds: refractory({ rate: ['v'] }) },
  refractoryWrites: {
    base: laidOver(refractory({ for: '3 ms', rate: ['v'], writes: 'block' }), ab({ to: 'a', from: 'a' })),
    adds: refractory({ writes: 'allow' }),
  },
  refractorySuppress: { base: refractory({ for: '9 ms', suppress: true }), adds: refractory({ suppress: false }) },
  refractoryOf: {
    base: laidOver(
      cell({ state: { v: 0 }, events: { over: { when: 'v > 0.3 and v < 0.4', edge: 'rising', do: 'v += 0.1' } } }),
      refractory({ for: '4 ms', suppress: false }),
    ),
    adds: refractory({ of: ['over'] }),
  },
  refractoryRounding: { base: refractory({ for: '0.99 ms', rate: ['v'] }), adds: refractory({ rounding: 'up' }) },
  refractoryEvaluated: {
    base: laidOver(cell({ parameters: { still: '5 ms' } }), refractory({ for: 'still' })),
    adds: refractory({ for: '(1 + v)*still', evaluated: 'eachStep' }),
  },
  eventSection: { network: tree, adds: spike({ when: 'v > -70*mV', edge: 'rising' }) },
  regime: {
    base: cell({
      derivatives: { v: undefined },
      events: { spike: undefined, never: { when: 'v > 100', emits: 'spike' } },
    }),
    adds: cell({
      regimes: {
        up: {
          initial: true,
          derivatives: { v: '(bias + I - v)/tau' },
          transitions: [{ when: 'v > 0.7', do: 'v = 0.2', to: 'slow', emit: 'spike' }],
        },
        slow: { derivatives: { v: '-v/tau' }, transitions: [{ when: 'v < 0.1', to: 'up' }] },
      },
    }),
  },
  compartments: {
    network: tree,
    base: cell({ compartments: { initial: '-60 mV' } }),
    adds: cell({ compartments: { sections: { soma: { specificCapacitance: '2 uF/cm**2' } } } }),
  },
  cable: {
    network: fork,
    base: cell({ cable: { near: { array: [9, 9, 9], unit: 'nm' } } }),
    adds: cell({ cable: { near: { array: [90, 90, 90], unit: 'nm' } } }),
  },
  lastspike: { adds: cell({ derivatives: { v: '(bias - v)/tau + (0.1 if t - lastspike < 1*ms else 0)/ms' } }) },
  notRefractory: {
    base: spike({ refractory: '1 ms' }),
    adds: cell({ derivatives: { v: '(bias - v)/tau + (0 if not_refractory else 0.1)/ms' } }),
  },
  stepNumber: { adds: cell({ derivatives: { v: '(bias + 0.001*t_in_timesteps - v)/tau' } }) },
  lastupdate: { adds: pathway({ do: 'post.v += w*exp(-(t - lastupdate)/ms)' }) },
  delayRead: { adds: pathway({ do: 'post.v += w*delay/ms' }) },
  synapseCount: { adds: pathway({ do: 'post.v += w*N' }) },
  coordinates: {
    base: { populations: { a: { positions: line }, b: { positions: line } } },
    adds: cell({ derivatives: { v: '(bias + 0.05*x/um - v)/tau' } }),
  },
  // Synapses
  synapseHeld: {
    base: kick({ derived: { load: '0.1*post.v' }, pathways: { pre: { do: 'post.v += w + load' } } }),
    adds: kick({ derived: { load: { value: '0.1*post.v', held: true } } }),
  },
  pathway: {
    base: kick({ pathways: undefined }),
    adds: pathway({ on: 'pre.spike', delay: '1 ms', do: 'post.v += w' }),
  },
  postPathway: {
    base: laidOver(kick({ state: { g: 0.01 }, pathways: { pre: { do: 'post.v += g' } } }), {
      populations: { b: { values: { bias: 1.5 } } },
    }),
    adds: kick({ pathways: { post: { on: 'post.spike', do: 'g += 0.02' } } }),
  },
  pathwaySlot: { adds: pathway({ slot: 'before_start' }) },
  pathwayOrder: {
    base: kick({ pathways: { zoom: { on: 'pre.spike', delay: '1 ms', do: 'post.v *= 1.5' } } }),
    adds: kick({ pathways: { pre: { order: 3 } } }),
  },
  send: {
    base: { synapses: { kick: { ports: { port: '1' } } }, projections: { ab: { receptors: { port: 'v' } } } },
    adds: pathway({ do: 'send(port, w, 1*ms)' }),
  },
  stepped: {
    base: kick({ state: { g: 1 }, pathways: { pre: { do: 'post.v += w*g' } } }),
    adds: kick({ derivatives: { g: '-g/(5*ms)' } }),
  },
  eventDriven: {
    base: kick({ state: { g: 1 }, pathways: { pre: { do: ['post.v += w*g', 'g += 0.5'] } } }),
    adds: kick({ derivatives: { g: { rate: '-g/(5*ms)', eventDriven: true } } }),
  },
  synapseNoise: {
    base: kick({ state: { g: 0 }, derivatives: { g: '1/ms' }, pathways: { pre: { do: 'post.v += 0.005*g' } } }),
    adds: kick({ derivatives: { g: '1/ms + 20*xi*ms**-0.5' }, noise: ['xi'] }),
    drawn: true,
  },
  synapseEvent: {
    base: kick({ state: { g: 0 }, derivatives: { g: '1/ms' }, pathways: { pre: { do: 'post.v += 0.005*g' } } }),
    adds: kick({ events: { over: { when: 'g > 3', do: 'g = 0' } } }),
  },
  contribution: { adds: kick({ contributes: { 'post.I': '0.02*pre.v' } }) },
  preContribution: {
    base: laidOver(ab({ from: 'b', to: 'a' }), {}),
    adds: kick({ contributes: { 'pre.I': '0.02*post.v' } }),
  },
  stateContribution: {
    base: cell({ state: { n: 0 }, derivatives: { n: '-n/tau', v: '(bias + 0.1*n - v)/tau' } }),
    adds: kick({ contributes: { 'post.n': '0.002' } }),
  },
  summed: {
    base: cell({ state: { v: 0, n: 0 }, derivatives: { v: '(bias + 0.1*n - v)/tau' } }),
    adds: kick({ summed: { 'post.n': '0.1*pre.v' } }),
  },
  sumSlot: {
    base: laidOver(
      cell({ state: { v: 0, n: 0 }, derivatives: { v: '(bias + 0.1*n - v)/tau' } }),
      kick({ summed: { 'post.n': '0.1*pre.v' } }),
    ),
    adds: kick({ sumSlots: { 'post.n': { slot: 'after_groups' } } }),
  },
  receptor: {
    base: {},
    adds: {
      synapses: { kick: { ports: { port: '1' }, pathways: { pre: { do: 'port += 2*w' } } } },
      projections: { ab: { receptors: { port: 'v' } } },
    },
  },
  // Populations
  linked: { adds: { populations: { b: { linked: { bias: { population: 'a', variable: 'v' } } } } } },
  positions: {
    base: { populations: { b: { positions: line } } },
    adds: { populations: { a: { positions: line, values: { bias: '1.5 + 0.35*x/um' } } } },
  },
  structure: {
    base: { populations: { b: { positions: line } } },
    adds: {
      populations: {
        a: { positions: { structure: 'line', arguments: { dx: '2 um' } }, values: { bias: '1.5 + 0.2*x/um' } },
      },
    },
  },
  spikes: {
    base: { populations: { given: { spikes: { indices: [], times: [] } } } },
    adds: { populations: { given: { spikes: { indices: [0, 1], times: ['2 ms', '4.5 ms'] } } } },
  },
  period: {
    adds: { populations: { given: { spikes: { indices: [0, 1], times: ['0.5 ms', '1 ms'], period: '2 ms' } } } },
  },
  spikesSlot: {
    base: { synapses: { tick: { pathways: { pre: { delay: '0 ms' } } } } },
    adds: { populations: { given: { slot: 'end' } } },
  },
  spikeFile: {
    adds: { populations: { given: { spikes: { file: 'spikes.json', indices: undefined, times: undefined } } } },
  },
  clock: {
    base: {
      neurons: { listener: { state: { v: 0 }, derivatives: { v: '-v/(5*ms)' } } },
      populations: { b: { type: 'listener' } },
    },
    adds: { clocks: { slow: '1 ms' }, populations: { b: { clock: 'slow' } } },
  },
  projectionClock: {
    base: kick({
      state: { g: 1 },
      derivatives: { g: '-g**2/(5*ms)' },
      pathways: { pre: { do: ['post.v += w*g', 'g = 1'] } },
    }),
    adds: { clocks: { slow: '1 ms' }, ...ab({ clock: 'slow' }) },
  },
  // Values
  drawnValue: { adds: { populations: { a: { values: { bias: 'uniform(1.2, 2.5)' } } } } },
  givenValue: { adds: { populations: { a: { values: { bias: [1.3, 1.6, 2.2, 2.9] } } } } },
  pairValue: {
    adds: ab({
      values: {
        w: {
          array: [
            [0.1, 0, 0, 0],
            [0, 0.1, 0, 0],
            [0, 0, 0.1, 0],
            [0, 0, 0, 0.1],
          ],
        },
      },
    }),
  },
  hostDraw: { adds: { populations: { b: { values: { bias: numpy(0) } } } } },
  // Projections
  section: {
    network: tree,
    base: {
      ...spike({ when: 'v > -70*mV', edge: 'rising' }),
      projections: { ab: { connect: { rule: 'list', sources: [], targets: [] } } },
      record: [{ of: 'b', variables: ['v'], section: 'soma', name: 'r' }],
    },
    adds: ab({ connect: 'all' }),
  },
  otherEvent: {
    base: cell({ events: { over: { when: 'v > 0.3 and v < 0.4', edge: 'rising' } } }),
    adds: ab({ from: { of: 'a', event: 'over' } }),
  },
  all: connect('all'),
  oneToOne: connect('oneToOne'),
  pairs: connect({ rule: 'pairs', p: 0.5 }),
  generator: connect({ rule: 'generator', index: 'k', variable: 'k', range: { to: 'i' } }),
  list: connect({ rule: 'list', sources: [0, 1], targets: [1, 3] }),
  fixedInDegree: connect({ rule: 'fixedInDegree', n: 2 }),
  fixedOutDegree: connect({ rule: 'fixedOutDegree', n: 2 }),
  fixedTotal: connect({ rule: 'fixedTotal', n: 5 }),
  smallWorld: {
    base: {
      populations: {
        a: {
          positions: line,
        },
        b: {
          positions: line,
        },
      },
    },
    adds: ab({ connect: { rule: 'smallWorld', degree: '1.5 um', rewiring: 0.2 } }),
  },
  clone: {
    base: {
      projections: {
        other: { from: 'a', to: 'b', synapse: 'kick', connect: { rule: 'list', sources: [0, 3], targets: [1, 2] } },
      },
    },
    adds: ab({ connect: { rule: 'clone', of: 'other' } }),
  },
  hostDrawn: {
    adds: ab({
      connect: {
        rule: 'hostDrawn',
        arguments: {
          connector: 'fixedProbability',
          p: 0.5,
          generator: { name: 'numpy-mt19937', seed: '4' },
          order: 0,
        },
      },
    }),
  },
  csa: {
    adds: ab({
      connect: {
        rule: 'csa',
        arguments: {
          edges: [
            [0, 1],
            [2, 3],
          ],
        },
      },
    }),
  },
  delay: { adds: ab({ delays: { pre: '3 ms' } }) },
  clippedDelay: {
    base: ab({ delays: { pre: '0.5*ms*(1 + i)' } }),
    adds: ab({ delayRange: { min: '0.8 ms', max: '1.2 ms', outOfRange: 'clip' } }),
  },
  redrawnDelay: {
    base: ab({ delays: { pre: 'uniform(0.2*ms, 4*ms)' } }),
    adds: ab({ delayRange: { min: '0.8 ms', max: '1.2 ms', outOfRange: 'redraw' } }),
  },
  checkedDelay: {
    base: ab({ delays: { pre: '0.5*ms*(1 + i)' } }),
    adds: ab({ delayRange: { min: '0.1 ms', max: '1.2 ms', outOfRange: 'error' } }),
  },
  space: {
    base: laidOver(ab({ values: { w: '0.02*distance/um' } }), {
      populations: { a: { positions: line }, b: { positions: line } },
    }),
    adds: ab({ space: { scale: 0.5 } }),
  },
  // Stimuli
  poisson: {
    adds: { stimuli: { rain: { kind: 'poisson', to: 'b', variable: 'v', n: 50, rate: '50 Hz', weight: '0.05' } } },
    drawn: true,
  },
  poissonSlot: {
    base: { stimuli: { rain: { kind: 'poisson', to: 'b', variable: 'v', n: 50, rate: '50 Hz', weight: '0.05' } } },
    adds: { stimuli: { rain: { slot: 'before_start' } } },
    drawn: true,
  },
  current: { adds: current() },
  sharedCurrent: {
    base: current({ value: 'uniform(0, 0.9)', every: '1 ms' }),
    adds: { stimuli: { drive: { shared: true } } },
  },
  heldCurrent: { base: current({ value: '0.1*t/ms' }), adds: { stimuli: { drive: { every: '4 ms', from: '1 ms' } } } },
  detachedCurrent: { base: current(), adds: { stimuli: { drive: { attached: false } } } },
  currentSection: {
    network: tree,
    adds: { stimuli: { drive: { kind: 'current', to: 'a', input: 'I', value: '1 nA', section: 'soma' } } },
  },
  // Operations
  operation: { adds: { operations: { pull: { on: 'b', do: 'v += 0.001' } } } },
  operationInterval: {
    base: { operations: { pull: { on: 'b', do: 'v += 0.002' } } },
    adds: { operations: { pull: { every: '1 ms' } } },
  },
  operationTimes: {
    base: { operations: { pull: { on: 'b', do: 'v += 0.002' } } },
    adds: { operations: { pull: { times: ['1 ms', '2.5 ms'] } } },
  },
  operationSlot: {
    base: { operations: { pull: { on: 'a', do: 'v = clip(v, 0, 0.9995) if i == 1 else v' } } },
    adds: { operations: { pull: { slot: 'before_thresholds' } } },
  },
  table: {
    base: current({ value: 0 }),
    adds: laidOver(current({ value: 'course(t)' }), {
      tables: { course: { dt: '2 ms', unit: 1, values: [0, 0.2, 0.5, 0.1] } },
    }),
  },
  tableColumns: {
    base: current({ value: 0 }),
    adds: laidOver(current({ value: 'course(t, i)' }), {
      tables: { course: { dt: '2 ms', unit: 1, columns: 4, values: [0, 0.2, 0.5, 0.1, 0.6, 0.3, 0.2, 0.1] } },
    }),
  },
  // Recordings
  recordedEvents: { base: { record: [] }, adds: { record: [{ of: 'a', events: 'spike', name: 'r' }] } },
  variablesAtSpikes: { adds: recorded({ of: 'a', events: 'spike', variables: ['v'], name: 'r' }) },
  recordedVariables: { base: { record: [] }, adds: { record: [{ of: 'a', variables: ['v'], name: 'r' }] } },
  samplingInterval: { adds: recorded({ of: 'b', variables: ['v', 'bias'], every: '0.7 ms', name: 'r' }) },
  samplingSlot: {
    base: laidOver(
      { operations: { pull: { on: 'b', do: 'v += 0.001', slot: 'after_start' } } },
      recorded({ of: 'b', variables: ['v', 'bias'], every: '0.7 ms', name: 'r' }),
    ),
    adds: recorded({ of: 'b', variables: ['v', 'bias'], every: '0.7 ms', slot: 'before_groups', name: 'r' }),
  },
  recordedRate: { base: { record: [] }, adds: { record: [{ of: 'a', rate: true, name: 'r' }] } },
  recordedSection: {
    network: tree,
    base: { record: [] },
    adds: { record: [{ of: 'a', variables: ['v'], section: 'soma', name: 'r' }] },
  },
  mechanismVariable: {
    network: tree,
    adds: { record: [{ of: 'a', variables: ['leak.m'], section: 'soma', name: 'r' }] },
  },
  recordedSpecial: {
    base: spike({ refractory: '1 ms' }),
    adds: recorded({ of: 'a', variables: ['not_refractory'], name: 'r' }),
  },
  // Phases
  set: { base: halves(), adds: halves({ set: { 'b.v': 0.7 } }) },
  setWhere: { base: halves({ set: { 'b.v': 0.7 } }), adds: halves({ set: { 'b.v': 0.7 }, where: 'i > 1' }) },
  numbered: {
    base: halves({ set: { v: '0.1*i' }, of: { population: 'b', slice: [1, 4, 1] } }),
    adds: halves({ set: { v: '0.1*i' }, of: { population: 'b', slice: [1, 4, 1] }, numbered: 'selection' }),
  },
  initialise: { base: halves(), adds: halves({ initialise: { 'b.v': 0.6 } }) },
  delays: { base: halves(), adds: halves({ delays: { 'ab.pre': '3 ms' } }) },
  currents: { base: laidOver(current(), halves()), adds: halves({ currents: { drive: '0.8' } }) },
  replay: { base: halves(), adds: halves({ replay: { given: { indices: [0, 1], times: ['6 ms', '7.5 ms'] } } }) },
  attach: { base: laidOver(current({ attached: false }), halves()), adds: halves({ attach: 'drive' }) },
  detach: { base: laidOver(current(), halves()), adds: halves({ detach: 'drive' }) },
  record: { base: halves(), adds: halves({ record: 'of_b', on: false }) },
  reset: { base: halves(), adds: halves({ reset: true }) },
  store: {
    base: {
      experiment: {
        protocol: [{ store: 'here' }, { run: '2.5 ms' }, { run: '3 ms' }, { restore: 'here' }, { run: '6.5 ms' }],
      },
    },
    adds: {
      experiment: {
        protocol: [
          { store: 'here' },
          { run: '2.5 ms' },
          { store: 'here' },
          { run: '3 ms' },
          { restore: 'here' },
          { run: '6.5 ms' },
        ],
      },
    },
  },
  restore: {
    base: { experiment: { protocol: [{ run: '2.5 ms' }, { store: 'here' }, { run: '3 ms' }, { run: '6.5 ms' }] } },
    adds: {
      experiment: {
        protocol: [{ run: '2.5 ms' }, { store: 'here' }, { run: '3 ms' }, { restore: 'here' }, { run: '6.5 ms' }],
      },
    },
  },
};

// --- Selections ------------------------------------------------------------------------------------------------------

/** Selections of cells, and of synapses. */
export const selected: Readonly<Record<SelectionKind, unknown>> = {
  slice: { population: 'b', slice: [1, 3, 1] },
  indices: { population: 'b', indices: [0, 3] },
  mask: { population: 'b', mask: [1, 0, 1, 0] },
  sample: { population: 'b', sample: 2, generator: { ...numpy(0), distribution: 'permutation', arguments: [] } },
  sampleOf: {
    sample: 3,
    from: { assembly: ['a', 'b'] },
    generator: { ...numpy(0), distribution: 'permutation', arguments: [] },
  },
  assembly: { assembly: ['b', { population: 'a', slice: [0, 1, 1] }] },
  synapses: { projection: 'ab', indices: [1, 2] },
};

const replaced = { given: { indices: [0], times: ['7 ms'] } };
const sources: Readonly<Record<SelectionKind, unknown>> = {
  slice: { population: 'given', slice: [0, 1, 1] },
  indices: { population: 'given', indices: [1] },
  mask: { population: 'given', mask: [0, 1] },
  sample: { population: 'given', sample: 1, generator: { ...numpy(0), distribution: 'permutation', arguments: [] } },
  sampleOf: {
    sample: 1,
    from: { assembly: ['given'] },
    generator: { ...numpy(0), distribution: 'permutation', arguments: [] },
  },
  assembly: { assembly: ['given'] },
  synapses: { projection: 'ab', indices: [1] },
};

/** A case for a selection of a kind in each place. */
export const selecting: Readonly<Record<SelectionPlace, (kind: SelectionKind) => Case>> = {
  end: (kind) =>
    kind === 'synapses'
      ? {
          base: kick({ state: { g: 1 }, pathways: { pre: { do: 'post.v += w*g' } } }),
          adds: {
            synapses: { tune: { pathways: { pre: { on: 'pre.spike', delay: '1 ms', do: 'post.g += 0.5' } } } },
            projections: {
              tuning: {
                from: 'a',
                to: { projection: 'ab' },
                synapse: 'tune',
                connect: { rule: 'list', pairs: [[0, 1]] },
              },
            },
          },
        }
      : { adds: { projections: { ab: { to: selected[kind] } } } },
  poissonTarget: (kind) => ({
    adds: {
      stimuli: { rain: { kind: 'poisson', to: selected[kind], variable: 'v', n: 50, rate: '50 Hz', weight: '0.05' } },
    },
    drawn: true,
  }),
  currentTarget: (kind) => ({ adds: current({ to: selected[kind] }) }),
  operated: (kind) =>
    kind === 'synapses'
      ? {
          base: kick({ state: { g: 1 }, pathways: { pre: { do: 'post.v += w*g' } } }),
          adds: { operations: { pull: { on: selected[kind], do: 'g += 0.02', every: '1 ms' } } },
        }
      : { adds: { operations: { pull: { on: selected[kind], do: 'v += 0.001' } } } },
  recordedEvents: (kind) => ({
    base: { record: [] },
    adds: { record: [{ of: selected[kind], events: 'spike', name: 'r' }] },
  }),
  recordedVariables: (kind) => ({
    base: { record: [] },
    adds: { record: [{ of: selected[kind], variables: kind === 'synapses' ? ['w'] : ['v'], name: 'r' }] },
  }),
  recordedRate: (kind) => ({
    base: { record: [] },
    adds: { record: [{ of: selected[kind], rate: true, name: 'r' }] },
  }),
  set: (kind) => ({
    base: halves(),
    adds: halves({ set: kind === 'synapses' ? { w: 0.3 } : { v: 0.7 }, of: selected[kind] }),
  }),
  initialised: (kind) => ({
    base: laidOver(halves(), kick({ state: { g: 1 }, pathways: { pre: { do: 'post.v += w*g' } } })),
    adds: halves({ initialise: kind === 'synapses' ? { g: 3 } : { v: 0.6 }, of: selected[kind] }),
  }),
  replayed: (kind) => ({ base: halves(), adds: halves({ replay: replaced, of: sources[kind] }) }),
};

/** Combined features that may lose an effect in one way of stepping. */
export const combinations: Readonly<Record<string, Case>> = {
  'events add to an input through a port': {
    base: { synapses: { kick: { ports: { port: '1' }, pathways: { pre: { do: 'port += 4*w' } } } } },
    adds: { projections: { ab: { receptors: { port: 'I' } } } },
  },
  'an operation reads an input': {
    base: current(),
    adds: { operations: { pull: { on: 'b', do: 'v += 0.002*I' } } },
  },
  'a Poisson input into an input': {
    adds: {
      stimuli: { rain: { kind: 'poisson', to: 'b', variable: 'I', n: 1, rate: '50 kHz', weight: '0.4' } },
    },
  },
  'a current and synapses add to an input that is recorded': {
    base: laidOver(current(), recorded({ of: 'b', variables: ['I'], every: '0.1 ms', name: 'r' })),
    adds: { stimuli: { drive: { value: 0.4 } }, ...kick({ contributes: { 'post.I': '0.003*pre.v' } }) },
  },
  'the last spike of an event of another name': {
    base: cell({ events: { spike: undefined, over: { when: 'v > 1', do: 'v = 0', emits: 'spike' } } }),
    adds: cell({ derivatives: { v: '(bias - v)/tau + (0.1 if t - lastspike < 1*ms else 0)/ms' } }),
  },
  'a refractory period of an event of another name': {
    base: cell({ events: { spike: undefined, over: { when: 'v > 1', do: 'v = 0', emits: 'spike' } } }),
    adds: cell({ events: { over: { refractory: { for: '2 ms', rate: ['v'] } } } }),
  },
  'spikes that come again after a phase': {
    base: halves(),
    adds: halves({ replay: { given: { indices: [0, 1], times: ['0.4 ms', '1.2 ms'], period: '1.5 ms' } } }),
  },
  'a summed variable of the presynaptic end': {
    base: cell({ state: { v: 0, n: 0 }, derivatives: { v: '(bias + 0.1*n - v)/tau' } }),
    adds: kick({ summed: { 'pre.n': '0.1*post.v' } }),
  },
  'synapses within a population read its elements': {
    base: ab({ to: 'a', from: 'a', connect: { rule: 'pairs', condition: 'i != j' } }),
    adds: kick({ contributes: { 'post.I': '0.03*pre.v' } }),
  },
  'an event-driven variable that a derived one scales': {
    base: kick({
      state: { g: 1 },
      derived: { rate: '-g/(5*ms)' },
      pathways: { pre: { do: ['post.v += w*g', 'g += 0.5'] } },
    }),
    adds: kick({ derivatives: { g: { rate: 'rate', eventDriven: true } } }),
  },
  'noise that is scaled by a derived variable': {
    base: cell({ derived: { size: '0.1*xi*ms**-0.5' }, noise: ['xi'] }),
    adds: cell({ derivatives: { v: '(bias + gain*I - v)/tau + size' } }),
    drawn: true,
  },
};
