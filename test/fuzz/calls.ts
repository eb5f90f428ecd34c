/** Sequences of calls as bytes that a server receives: calls that it knows, with values that it should refuse. */

import { encodeMessage } from '../../src/serve/frames.js';
import { names, numbers, quantities } from './nasty.js';
import type { Random } from './random.js';

/** Target of a sequence; `onTarget` puts another one in its place. */
const target = '"target":"reference"';

const models: readonly string[] = [
  {
    format: 'interneuron/brian',
    seed: 3,
    neuron_groups: {
      G: {
        N: 5,
        model: 'dv/dt = (a - v)/(10*ms) : volt (unless refractory)\na : volt\nn : integer\nb : boolean',
        threshold: 'v > 1*mV',
        reset: 'v = 0*mV',
        refractory: '1*ms',
        initializers: { a: '5*mV' },
      },
    },
    synapses: {
      S: { source: 'G', model: 'w : volt', on_pre: 'v_post += w', delay: '1*ms', connect: [{ p: 0.5 }] },
    },
    spike_monitors: { spikes: { source: 'G' } },
    run: '2 ms',
  },
  {
    format: 'interneuron/pynn',
    version: 1,
    setup: { timestep: 0.1 },
    populations: [
      { label: 'G', size: 2, cell: { type: 'IF_cond_exp', params: { i_offset: 3 } } },
      { label: 'P', size: 3, cell: { type: 'SpikeSourcePoisson', params: { rate: 1000 } } },
    ],
    recordings: [{ target: 'G', variables: ['spikes', 'v'] }],
    phases: [{ run: 1 }, { reset: {} }, { run: 1 }],
  },
].map((document) => JSON.stringify(document));

const keys = [
  ...['G.v', 'G.a', 'G.n', 'G.b', 'S.w', 'S.pre.delay', 'G[0, 1].v', 'G[0:3].v', 'G.tau_m', 'P.rate', 'G.lastspike', 'G', ''],
  ...['G[9].v', 'G[-1].v', 'G[0:99].a', 'G.v.w', 'S[0].w', 'X.y'],
]; // prettier-ignore
const dtypes = ['f64', 'f32', 'i64', 'i32', 'u32', 'u8', 'q', ''];

/** A number of a size that the models have, or any other. */
const length = (random: Random): number => random.pick([0, 1, 2, 3, 3, 5, 5, 5, 12, 25, 1000]);
const number = (random: Random): unknown =>
  random.once(3) ? random.pick([...numbers, -1e-3, 1.5e-4]) : random.pick([0, 1e-4, 2e-4, 1e-3, 2e-3, 1, 2]);

function frame(random: Random): unknown {
  const shape = Array.from({ length: random.pick([1, 1, 1, 2, 0, 3]) }, () => length(random));
  const dtype = random.once(2) ? 'f64' : random.pick(dtypes);
  const size = Number(/\d+/.exec(dtype)?.[0] ?? 8) / 8;
  const bytes = new Uint8Array(Math.min(1e6, size * shape.reduce((all, side) => all * side, 1)));
  if (dtype === 'f64') new Float64Array(bytes.buffer).fill(Number(number(random)));
  else if (random.once(3)) bytes.fill(random.below(256));
  return { dtype, shape, bytes };
}

function value(random: Random): unknown {
  switch (random.below(8)) {
    case 0:
      return frame(random);
    case 1:
      return new Array<unknown>(length(random)).fill(number(random));
    case 2:
      return Array.from({ length: length(random) }, () => [number(random), number(random)]);
    case 3:
      return random.pick([null, true, {}, [], '', ...quantities, ...names]);
    default:
      return number(random);
  }
}

const values = (random: Random): unknown =>
  random.once(12)
    ? value(random)
    : Object.fromEntries(Array.from({ length: random.pick([1, 1, 2, 0]) }, () => [random.pick(keys), value(random)]));
const text = (random: Random, usual: readonly string[]): unknown =>
  random.once(8) ? random.pick<unknown>([...names, ...numbers, null, [], {}]) : random.pick(usual);
const sometimes = (random: Random, name: string, make: () => unknown): object =>
  random.once(3) ? { [name]: make() } : {};

function start(random: Random): unknown {
  const one = (): unknown => (random.once(4) ? value(random) : frame(random));
  const key = (): string => random.pick(['G.spike', 'S', 'S.pre', 'X.spike']);
  return {
    step: random.once(2) ? 10 : number(random),
    ...sometimes(random, 'events', () => ({ [key()]: { steps: one(), cells: one() } })),
    ...sometimes(random, 'lastEvents', () => ({ [key()]: one() })),
    ...sometimes(random, 'free', () => ({ [key()]: one() })),
    ...sometimes(random, 'lastUpdates', () => ({ [key()]: one() })),
    ...sometimes(random, 'received', () => ({ [key()]: { from: one(), until: one() } })),
  };
}

function opening(random: Random): object {
  const one = (usual: readonly unknown[]): unknown =>
    random.once(3)
      ? random.pick<unknown>([...numbers, ...names, ...quantities, null, [], {}, true])
      : random.pick(usual);
  const option = random.below(40);
  const given = [
    ['threads', () => one([1, 2])],
    ['seed', () => one([1, '7'])],
    ['dt', () => one(['0.1 ms', '0.2 ms'])],
    ['duration', () => one(['1 ms'])],
    ['precision', () => one(['float32', 'float64'])],
    ['device', () => one(['0', 'x'])],
    ['outputs', () => [one(['/dev/null/a.nwb', 'x.txt'])]],
    ['set', () => ({ [random.pick([...keys, ...names])]: one(['1 mV', 2]) })],
    ['recordings', () => [one(['G:v', 'G:v@1ms'])]],
    ['data', () => ({ abc: value(random) })],
    ['start', () => start(random)],
    ['start', () => start(random)],
    ['force', () => one([true])],
  ] as const;
  const [name, make] = given[option] ?? [];
  return name === undefined ? {} : { [name]: make() };
}

function call(random: Random): readonly [method: string, parameters: object] {
  const owner = (): unknown => text(random, ['G', 'S', 'G', 'P']);
  const variable = (): unknown => text(random, ['v', 'a', 'w', 'spike', 'lastspike', 'n', 'rate']);
  switch (random.below(14)) {
    case 0:
    case 1:
    case 2:
      return ['set', { values: values(random), ...sometimes(random, 'atOnce', () => random.pick([true, false, 1])) }];
    case 3:
      return ['initialise', { values: values(random) }];
    case 4:
    case 5:
      return ['run', random.once(6) ? {} : { time: random.once(4) ? value(random) : random.pick([0, 1e-4, 1e-3]) }];
    case 6:
      return [
        'record',
        {
          population: owner(),
          variable: variable(),
          ...sometimes(random, 'every', () => number(random)),
          ...sometimes(random, 'section', () => random.pick(names)),
          ...sometimes(random, 'fraction', () => number(random)),
        },
      ];
    case 7:
      return [
        'reset',
        sometimes(random, 'annotations', () => random.pick([{ a: 1 }, { a: value(random) }, value(random)])),
      ];
    case 8:
      return ['snapshot', { name: text(random, ['one', 'two']) }];
    case 9:
      return ['restore', { name: text(random, ['one', 'two']) }];
    case 10:
      return ['take', {}];
    case 11:
    case 12:
      return ['read', { owner: owner(), variable: variable() }];
    default:
      return random.pick<readonly [string, object]>([
        ['synapses', { projection: owner() }],
        ['count', { projection: owner() }],
        ['close', {}],
        ['extend', { text: random.pick(models) }],
        ['validate', { text: random.pick([...models, '{', '[]']) }],
        ['nothing', {}],
        [random.pick(names), {}],
      ]);
  }
}

/** A message as a server receives it. */
function framed(message: unknown): Uint8Array {
  const body = encodeMessage(message);
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
}

/** A sequence of calls; of some the bytes are changed. */
export function callSequence(random: Random): Uint8Array {
  const calls: (readonly [string, object])[] = [
    ['open', { text: random.pick(models), target: 'reference', ...opening(random) }],
    ...Array.from({ length: 1 + random.below(6) }, () => call(random)),
    ['finish', {}],
  ];
  const bytes = Buffer.concat(
    calls.map(([method, parameters], id) =>
      framed({ jsonrpc: '2.0', id, method, params: { ...(method === 'open' ? {} : { session: 1 }), ...parameters } }),
    ),
  );
  if (random.once(8))
    for (let k = random.below(4); k >= 0; k -= 1) {
      const at = random.below(bytes.length);
      bytes[at] = random.pick([bytes[at]! ^ (1 << random.below(8)), 0, 34, 91, 123, 255]);
    }
  return bytes;
}

/** Returns the same sequence on another engine with a name that is no longer. */
export const onTarget = (bytes: Uint8Array, name: string): Uint8Array =>
  Buffer.from(
    Buffer.from(bytes).toString('latin1').replaceAll(target, `"target":"${name}"`.padEnd(target.length)),
    'latin1',
  );
