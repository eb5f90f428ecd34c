/**
 * Values for the pairs that a connector has connected: lists, matrices with gaps and numbers that NumPy draws. PyNN
 * 0.13 gives `Projection.set` a number for each connected pair by sender and then receiver, or draws one for each pair
 * of cells, row by row.
 */

import { describe, expect, test } from 'vitest';
import { simulate, type Simulation } from '../../support/simulate.js';
import { documentOf, run, spikeTimes } from './support.js';
import '../../../translators/pynn/road.js';

/** First numbers of `numpy.random.RandomState(1).uniform(0, 1, 12)`. */
const numpy = [
  0.417022004702574, 0.7203244934421581, 0.00011437481734488664, 0.30233257263183977, 0.14675589081711304,
  0.0923385947687978, 0.1862602113776709, 0.34556072704304774, 0.39676747423066994, 0.538816734003357,
  0.4191945144032948, 0.6852195003967595,
];

const random = { random: 'uniform', params: { low: 0, high: 1 }, rng: 'values' };

const network = (connector: object, phases: readonly object[], synapse: object = {}, rest: object = {}): string =>
  documentOf({
    seed: 3,
    rngs: { values: { type: 'NumpyRNG', seed: 1 }, native: { type: 'NativeRNG' } },
    populations: [
      { label: 'a', size: 3, cell: { type: 'IF_curr_exp' } },
      { label: 'b', size: 4, cell: { type: 'IF_curr_exp' } },
    ],
    projections: [
      {
        label: 'x',
        pre: 'a',
        post: 'b',
        receptor_type: 'excitatory',
        connector,
        synapse: { type: 'StaticSynapse', params: { weight: 0.5, delay: 1 }, ...synapse },
        ...rest,
      },
    ],
    phases: [...phases, { run: 1 }],
  });

/** Values of the synapses by pair, in a unit. */
function byPair(run: Simulation, variable: string, unit: number, owner = 'x'): Map<string, number> {
  const values = run.final.get(`${owner}.${variable}`)!;
  return new Map(run.synapses.get(owner)!.map(({ source, target }, k) => [`${source} ${target}`, values[k]! * unit]));
}

const sorted = (pairs: Iterable<string>): string[] => [...pairs].sort();

describe.each([
  ['a NumpyRNG', { type: 'FixedProbabilityConnector', params: { p_connect: 0.5 } }],
  ['the target', { type: 'FixedNumberPreConnector', params: { n: 2 }, rng: 'native' }],
])('connections that %s draws', (_, connector) => {
  test('take a random number for each pair, row by row', async () => {
    const run = await simulate(network(connector, [{ set_projection: { target: 'x', params: { weight: random } } }]));
    const weights = byPair(run, 'weight', 1e9);
    expect(weights.size).toBeGreaterThan(2);
    for (const [pair, weight] of weights) {
      const [i = 0, j = 0] = pair.split(' ').map(Number);
      expect(weight).toBeCloseTo(numpy[4 * i + j]!, 12);
    }
  });

  test('take a list by sender and then receiver', async () => {
    const before = byPair(
      await simulate(network(connector, [{ set_projection: { target: 'x', params: { weight: random } } }])),
      'weight',
      1e9,
    );
    const list = Array.from({ length: before.size }, (_, k) => k + 1);
    const run = await simulate(network(connector, [{ set_projection: { target: 'x', params: { weight: list } } }]));
    const weights = byPair(run, 'weight', 1e9);
    expect(sorted(weights.keys())).toEqual(sorted(before.keys()));
    sorted(weights.keys()).forEach((pair, k) => expect(weights.get(pair)).toBeCloseTo(k + 1, 12));
    const short = simulate(network(connector, [{ set_projection: { target: 'x', params: { weight: [1] } } }]));
    await expect(short).rejects.toThrow(/must have one value for each connected pair/);
  });

  test('take a matrix with gaps at pairs without connections, and no other', async () => {
    const all = byPair(
      await simulate(network(connector, [{ set_projection: { target: 'x', params: { weight: random } } }])),
      'weight',
      1,
    );
    const matrix = (leftOut: (pair: string) => boolean): (number | null)[][] =>
      [0, 1, 2].map((i) => [0, 1, 2, 3].map((j) => (leftOut(`${i} ${j}`) ? null : 10 * i + j + 1)));
    const weight = matrix((pair) => !all.has(pair));
    const run = await simulate(network(connector, [], { params: { weight, delay: 1 } }));
    for (const [pair, value] of byPair(run, 'weight', 1e9)) {
      const [i = 0, j = 0] = pair.split(' ').map(Number);
      expect(value).toBeCloseTo(10 * i + j + 1, 12);
    }
    const [first = ''] = all.keys();
    const gap = simulate(network(connector, [], { params: { weight: matrix((pair) => pair === first), delay: 1 } }));
    await expect(gap).rejects.toThrow(`no value for the connection from ${first.replace(' ', ' to ')}`);
  });
});

test('synapses of one pair share the value that set gives', async () => {
  const twice = {
    type: 'FromListConnector',
    params: {
      conn_list: [
        [2, 3],
        [0, 1],
        [0, 1],
        [1, 0],
      ],
    },
  };
  const run = await simulate(
    network(twice, [{ set_projection: { target: 'x', params: { weight: [0.1, 0.2, 0.3] } } }]),
  );
  const weights = run.final.get('x.weight')!.map((weight) => Math.round(weight * 1e10) / 10);
  const pairs = run.synapses.get('x')!.map(({ source, target }, k) => [source, target, weights[k]]);
  expect(pairs).toEqual([
    [0, 1, 0.1],
    [0, 1, 0.1],
    [1, 0, 0.2],
    [2, 3, 0.3],
  ]);
});

describe('delays of plastic synapses, drawn during the run', () => {
  const stdp = {
    type: 'STDPMechanism',
    timing_dependence: { type: 'SpikePairRule' },
    weight_dependence: { type: 'AdditiveWeightDependence' },
    params: { weight: 0.5, delay: 1 },
  };
  const delay = (rng: string | undefined): object => ({
    random: 'uniform',
    params: { low: 1, high: 3 },
    ...(rng === undefined ? {} : { rng }),
  });

  test.each([
    ['all of it dendritic', 1],
    ['none of it dendritic', 0],
  ])('%s: the delay, and the rest of it, follow from NumPy’s number of the pair', async (_, fraction) => {
    const set = { set_projection: { target: 'x', params: { delay: delay('values') } } };
    const text = network({ type: 'AllToAllConnector' }, [{ run: 1 }, set], {
      ...stdp,
      dendritic_delay_fraction: fraction,
    });
    const { valid, final } = await simulate(text);
    expect(valid.model.experiment.protocol.some((phase) => 'delays' in phase)).toBe(true);
    if (fraction === 0) return;
    const left = final.get('x.transmission')!;
    left.forEach((seconds, k) => expect(seconds / 1e-3).toBeCloseTo(1 + 2 * numpy[k]!, 6));
  });

  test('a change of delays that are partly dendritic is refused', async () => {
    const set = { set_projection: { target: 'x', params: { delay: 2 } } };
    const text = network({ type: 'AllToAllConnector' }, [{ run: 1 }, set], { ...stdp, dendritic_delay_fraction: 0.75 });
    await expect(simulate(text)).rejects.toThrow('a change of delays that are partly dendritic cannot be imported');
  });

  test('without a NumpyRNG they follow from the seed of the model', async () => {
    const text = network(
      { type: 'AllToAllConnector' },
      [{ set_projection: { target: 'x', params: { delay: delay(undefined) } } }],
      stdp,
    );
    const [one, again, other] = [
      await simulate(text),
      await simulate(text),
      await simulate(text.replace('"seed": 3', '"seed": 4')),
    ];
    const left = one.final.get('x.transmission')!;
    expect(new Set(left).size).toBe(12);
    expect(left.every((seconds) => seconds >= 1e-3 && seconds <= 3e-3)).toBe(true);
    expect(again.final.get('x.transmission')).toEqual(left);
    expect(other.final.get('x.transmission')).not.toEqual(left);
  });
});

test('synapses between assemblies take lists, matrices and drawn numbers, and are recorded', async () => {
  const text = (weight: unknown): string =>
    documentOf({
      rngs: { values: { type: 'NumpyRNG', seed: 1 } },
      populations: [
        { label: 'a', size: 2, cell: { type: 'IF_curr_exp' } },
        { label: 'b', size: 2, cell: { type: 'IF_curr_exp' } },
        { label: 'c', size: 2, cell: { type: 'IF_curr_exp' } },
      ],
      assemblies: [
        { label: 'from', of: ['a', 'b'] },
        { label: 'into', of: ['b', 'c'] },
      ],
      projections: [
        {
          label: 'x',
          pre: 'from',
          post: 'into',
          receptor_type: 'excitatory',
          connector: { type: 'FixedNumberPostConnector', params: { n: 2 }, rng: 'values' },
          synapse: { type: 'StaticSynapse', params: { weight: 0.5, delay: 1 } },
        },
      ],
      recordings: [{ target: 'x', variables: ['weight'] }],
      phases: [{ set_projection: { target: 'x', params: { weight } } }, { run: 1 }],
    });
  const matrix = Array.from({ length: 4 }, (_, i) => Array.from({ length: 4 }, (_, j) => 10 * i + j + 1));
  const whole = await simulate(text(matrix));
  const pieces = ['a', 'b'].flatMap((from, i) =>
    ['b', 'c'].map((into, j) => [`x_${from}_${into}`, 2 * i, 2 * j] as const),
  );
  const found = new Map(
    pieces
      .filter(([name]) => whole.synapses.has(name))
      .flatMap(([name, i, j]) =>
        [...byPair(whole, 'weight', 1e9, name)].map(([pair, weight]) => {
          const [source = 0, target = 0] = pair.split(' ').map(Number);
          return [`${source + i} ${target + j}`, weight] as const;
        }),
      ),
  );
  expect(found.size).toBe(8);
  for (const [pair, weight] of found) {
    const [i = 0, j = 0] = pair.split(' ').map(Number);
    expect(weight).toBeCloseTo(10 * i + j + 1, 10);
  }
  // A list is for the same pairs in the same order as their places in the matrix.
  const list = await simulate(text(sorted(found.keys()).map((_, k) => k + 1)));
  const numbers = pieces
    .filter(([name]) => list.synapses.has(name))
    .flatMap(([name, i, j]) =>
      [...byPair(list, 'weight', 1e9, name)].map(([pair, weight]) => {
        const [source = 0, target = 0] = pair.split(' ').map(Number);
        return [`${source + i} ${target + j}`, Math.round(weight)] as const;
      }),
    )
    .sort(([one], [other]) => (one < other ? -1 : 1));
  expect(numbers.map(([, weight]) => weight)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  const recorded = [...whole.samples].filter(([key]) => /^x_\w+\.weight$/.test(key)).map(([, rows]) => rows.at(-1)!);
  expect(recorded.flat().length).toBe(8);
});

test('a connector may draw no connections, which have no delays', async () => {
  const result = await run({
    rngs: { r: { type: 'NumpyRNG', seed: 1 } },
    populations: [{ label: 'a', size: 2, cell: { type: 'IF_curr_exp', params: { i_offset: 1 } } }],
    projections: [
      {
        ...{ label: 'p', pre: 'a', post: 'a', receptor_type: 'excitatory' },
        connector: { type: 'FixedProbabilityConnector', params: { p_connect: 0 }, rng: 'r' },
        synapse: {
          type: 'StaticSynapse',
          params: {
            weight: 0.1,
            delay: { random: 'normal_clipped', params: { mu: 1, sigma: 1, low: 0.5, high: 3 }, rng: 'r' },
          },
        },
      },
    ],
    recordings: [{ target: 'a', variables: 'spikes' }],
    phases: [{ run: 30 }],
  });
  // Driven with 1 nA, a cell of 20 ms reaches 15 of 20 mV after 20 ms * ln 4.
  expect(spikeTimes(result, 'a')).toEqual([27.8, 27.8]);
});
