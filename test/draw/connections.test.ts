import { describe, expect, it } from 'vitest';
import { drawModel } from '../../src/draw/draw.js';
import type { DrawnModel } from '../../src/draw/drawn-model.js';
import type { Projection } from '../../src/model/model.js';
import { writtenModel } from '../../src/model/typed-model.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import '../../translators/pynn/road.js';

/** A population of eight connected to itself; generators `r` (seed 12345) and `w` (seed 7). */
const documentOf = (connector: object, weight: unknown, size = 8): string =>
  JSON.stringify({
    format: 'interneuron/pynn',
    rngs: { r: { type: 'NumpyRNG', seed: 12345 }, w: { type: 'NumpyRNG', seed: 7 } },
    populations: [{ label: 'p', size, cell: { type: 'IF_curr_exp' } }],
    projections: [
      {
        label: 'x',
        pre: 'p',
        post: 'p',
        receptor_type: 'excitatory',
        connector,
        synapse: { type: 'StaticSynapse', params: { weight, delay: 1 } },
      },
    ],
    phases: [{ run: 1 }],
  });

function resolved(text: string): Projection {
  const drawn = drawModel(importModel({ name: 'x', text }).valid);
  return written(writtenModel(drawn.model).projections['x'], drawn) as Projection;
}

/** A part of a model with its large arrays written out. */
function written(part: unknown, { data }: DrawnModel): unknown {
  return JSON.parse(
    JSON.stringify(part, (_, value: unknown) => {
      const digest =
        typeof value === 'object' && value !== null && '$data' in value ? data.get(String(value.$data)) : undefined;
      return digest ? Array.from(digest, Number) : value;
    }),
  );
}

/**
 * Connections and weights that PyNN 0.13.0's mock backend makes, in its order:
 * `Projection(p, p, connector, StaticSynapse(weight=RandomDistribution('normal', mu=0.5, sigma=0.1, rng=...)))`.
 */
const made: readonly {
  name: string;
  type: string;
  params: object;
  weights: string;
  pairs: readonly (readonly number[])[];
  values: readonly number[];
}[] = [
  {
    name: 'FixedProbabilityConnector no self',
    type: 'FixedProbabilityConnector',
    params: { p_connect: 0.3, allow_self_connections: false },
    weights: 'none',
    pairs: [
      [2, 0],
      [3, 0],
      [4, 1],
      [5, 1],
      [6, 1],
      [5, 3],
      [6, 3],
      [1, 4],
      [5, 4],
      [3, 5],
      [4, 5],
      [1, 6],
      [3, 6],
      [7, 6],
    ],
    values: [],
  },
  {
    name: 'FixedProbabilityConnector shared',
    type: 'FixedProbabilityConnector',
    params: { p_connect: 0.3 },
    weights: 'r',
    pairs: [
      [2, 0],
      [3, 0],
      [4, 1],
      [5, 1],
      [6, 1],
      [5, 3],
      [6, 3],
      [1, 4],
      [5, 4],
      [3, 5],
      [4, 5],
      [5, 5],
      [1, 6],
      [3, 6],
      [7, 6],
      [7, 7],
    ],
    values: [
      0.4795292340515287, 0.5478943338057548, 0.4480561284943262, 0.44442696956525096, 0.6965780572502714,
      0.639340583297299, 0.5092907876743717, 0.5281746152830202, 0.5769022567611839, 0.6246434736386283,
      0.6007189357583005, 0.37037788908877367, 0.5274991633432125, 0.5228912878935316, 0.635291683516545,
      0.5886429340591589,
    ],
  },
  {
    name: 'FixedNumberPreConnector',
    type: 'FixedNumberPreConnector',
    params: { n: 3 },
    weights: 'w',
    pairs: [
      [7, 0],
      [3, 0],
      [4, 0],
      [0, 1],
      [3, 1],
      [4, 1],
      [4, 2],
      [5, 2],
      [7, 2],
      [3, 3],
      [0, 3],
      [7, 3],
      [6, 4],
      [2, 4],
      [0, 4],
      [0, 5],
      [6, 5],
      [2, 5],
      [4, 6],
      [6, 6],
      [0, 6],
      [1, 7],
      [7, 7],
      [0, 7],
    ],
    values: [
      0.6690525703800356, 0.45340626294591674, 0.5032820163678584, 0.5407516282996507, 0.42110769713742613,
      0.5002065572905948, 0.4999109614142069, 0.3245275693654579, 0.6017658005663493, 0.560049851591955,
      0.43745710260332404, 0.48284517388042786, 0.5505299374196752, 0.4738643584808353, 0.47572509213274533,
      0.3546758587509209, 0.5554580311891888, 0.5123880905287038, 0.5274459923759963, 0.34734754681301594,
      0.6650699691186476, 0.5154335535456358, 0.4612860056713612, 0.7029072220761112,
    ],
  },
  {
    name: 'FixedNumberPreConnector no self replacement',
    type: 'FixedNumberPreConnector',
    params: { n: 3, allow_self_connections: false, with_replacement: true },
    weights: 'none',
    pairs: [
      [2, 0],
      [5, 0],
      [5, 0],
      [6, 1],
      [4, 1],
      [6, 1],
      [5, 2],
      [1, 2],
      [5, 2],
      [6, 3],
      [1, 3],
      [6, 3],
      [1, 4],
      [3, 4],
      [7, 4],
      [6, 5],
      [0, 5],
      [2, 5],
      [1, 6],
      [3, 6],
      [5, 6],
      [2, 7],
      [1, 7],
      [2, 7],
    ],
    values: [],
  },
  {
    name: 'FixedNumberPostConnector replacement',
    type: 'FixedNumberPostConnector',
    params: { n: 3, with_replacement: true },
    weights: 'w',
    pairs: [
      [6, 0],
      [1, 1],
      [1, 1],
      [3, 1],
      [4, 1],
      [5, 1],
      [7, 1],
      [0, 2],
      [3, 2],
      [7, 2],
      [4, 3],
      [5, 3],
      [7, 3],
      [1, 4],
      [0, 5],
      [0, 5],
      [2, 5],
      [3, 5],
      [2, 6],
      [2, 6],
      [4, 6],
      [5, 6],
      [6, 6],
      [6, 7],
    ],
    values: [
      0.6690525703800356, 0.45340626294591674, 0.5032820163678584, 0.5407516282996507, 0.42110769713742613,
      0.5002065572905948, 0.4999109614142069, 0.3245275693654579, 0.6017658005663493, 0.560049851591955,
      0.43745710260332404, 0.48284517388042786, 0.5505299374196752, 0.4738643584808353, 0.47572509213274533,
      0.3546758587509209, 0.5554580311891888, 0.5123880905287038, 0.5274459923759963, 0.34734754681301594,
      0.6650699691186476, 0.5154335535456358, 0.4612860056713612, 0.7029072220761112,
    ],
  },
  {
    name: 'FixedNumberPostConnector no self',
    type: 'FixedNumberPostConnector',
    params: { n: 3, allow_self_connections: false },
    weights: 'r',
    pairs: [
      [1, 0],
      [2, 0],
      [3, 0],
      [6, 0],
      [4, 1],
      [5, 1],
      [5, 2],
      [6, 2],
      [7, 2],
      [2, 3],
      [0, 4],
      [1, 4],
      [6, 4],
      [7, 4],
      [0, 5],
      [1, 5],
      [2, 5],
      [3, 5],
      [4, 5],
      [5, 6],
      [7, 6],
      [0, 7],
      [3, 7],
      [4, 7],
    ],
    values: [
      0.5899689994658783, 0.5554778490170769, 0.607300151937472, 0.5536930004334536, 0.47561764137703116,
      0.46309680541379933, 0.6495228075088232, 0.40945091418611645, 0.23882753866711776, 0.45362125063966213,
      0.6285044102725001, 0.5687209462356227, 0.6825932127464609, 0.5542930930923597, 0.462029226206964,
      0.6096839972396538, 0.6629229123649647, 0.45724366500808455, 0.48720266669406587, 0.2644726524794003,
      0.6130333698674859, 0.44176071851941534, 0.5153235179716043, 0.5069834900855502,
    ],
  },
  {
    name: 'FixedTotalNumberConnector',
    type: 'FixedTotalNumberConnector',
    params: { n: 20 },
    weights: 'w',
    pairs: [
      [5, 1],
      [4, 1],
      [5, 1],
      [6, 1],
      [5, 2],
      [0, 2],
      [5, 2],
      [1, 2],
      [1, 3],
      [1, 3],
      [1, 3],
      [7, 4],
      [7, 5],
      [7, 5],
      [6, 6],
      [3, 6],
      [7, 6],
      [6, 7],
      [3, 7],
      [0, 7],
    ],
    values: [
      0.6690525703800356, 0.45340626294591674, 0.5032820163678584, 0.5407516282996507, 0.42110769713742613,
      0.5002065572905948, 0.4999109614142069, 0.3245275693654579, 0.6017658005663493, 0.560049851591955,
      0.43745710260332404, 0.48284517388042786, 0.5505299374196752, 0.4738643584808353, 0.47572509213274533,
      0.3546758587509209, 0.5554580311891888, 0.5123880905287038, 0.5274459923759963, 0.34734754681301594,
    ],
  },
  {
    name: 'default generator',
    type: 'FixedProbabilityConnector',
    params: { p_connect: 0.3 },
    weights: 'unnamed',
    pairs: [
      [5, 0],
      [0, 1],
      [6, 1],
      [1, 2],
      [3, 2],
      [4, 2],
      [6, 2],
      [7, 2],
      [4, 4],
      [1, 5],
      [2, 5],
      [2, 6],
      [5, 6],
    ],
    values: [],
  },
];

describe('connections that a NumpyRNG draws', () => {
  it.each(made)('$name: as PyNN makes them', ({ type, params, weights, pairs, values }) => {
    const weight = ['r', 'w'].includes(weights)
      ? { random: 'normal', params: { mu: 0.5, sigma: 0.1 }, rng: weights }
      : 0.2;
    const projection = resolved(documentOf({ type, params, ...(weights === 'unnamed' ? {} : { rng: 'r' }) }, weight));
    const [rule] = projection.connect;
    if (rule?.rule !== 'list') throw new Error('not a list');
    const [sources, targets] = [rule.sources as readonly number[], rule.targets as readonly number[]];
    expect(sources.map((source, k) => [source, targets[k]])).toEqual(pairs);
    const drawn = projection.values['weight'];
    if (typeof drawn !== 'object' || !('array' in drawn)) expect(values).toEqual([]);
    else (drawn.array as readonly number[]).forEach((value, k) => expect(value * 1e9).toBeCloseTo(values[k]!, 12));
  });

  it('draws values for given connections receiver by receiver', () => {
    const weight = { random: 'uniform', params: { low: 0, high: 1 }, rng: 'w' };
    const listed = resolved(
      documentOf(
        {
          type: 'FromListConnector',
          params: {
            conn_list: [
              [0, 1],
              [2, 0],
              [1, 1],
            ],
          },
        },
        weight,
      ),
    ).values['weight'];
    // RandomState(7).uniform(size=2): PyNN copies the parameters of a list of connections for each receiver, generator
    // included.
    const [first, second] = [0.07630828937395717, 0.7799187922401146];
    expect(listed).toEqual({ array: [first, first, second].map((value) => value / 1e9) });
  });
});

describe('projections between selections with gaps', () => {
  const text = (connector: object): string =>
    JSON.stringify({
      format: 'interneuron/pynn',
      populations: [
        { label: 'in', size: 6, cell: { type: 'SpikeSourcePoisson' } },
        ...['a', 'b'].map((label) => ({ label, size: 3, cell: { type: 'IF_curr_exp' } })),
      ],
      views: [
        { label: 'odd', of: 'in', select: { slice: [1, 6, 2] } },
        { label: 'two', of: 'a', select: { indices: [2, 0] } },
      ],
      assemblies: [{ label: 'both', of: ['two', 'b'] }],
      projections: [
        {
          label: 'x',
          pre: 'odd',
          post: 'both',
          receptor_type: 'excitatory',
          connector,
          synapse: { type: 'StaticSynapse', params: { weight: 1 } },
        },
      ],
      phases: [{ run: 1 }],
    });

  it("become projections between populations, with the populations' indices", () => {
    const drawn = drawModel(
      importModel({
        name: 'x',
        text: text({
          type: 'FromListConnector',
          params: {
            conn_list: [
              [0, 0, 1, 2],
              [2, 1, 3, 4],
              [1, 4, 5, 6],
            ],
          },
        }),
      }).valid,
    );
    const plain = Object.fromEntries(
      Object.entries(writtenModel(drawn.model).projections).map(([name, { connect, values, delays }]) => [
        name,
        { connect, values, delays },
      ]),
    );
    expect(written(plain, drawn)).toEqual({
      x_in_a: {
        connect: [{ rule: 'list', sources: [1, 5], targets: [0, 2] }],
        values: { weight: { array: [1e-9, 3e-9] } },
        delays: { pre: { array: [0.002, 0.004] } },
      },
      x_in_b: {
        connect: [{ rule: 'list', sources: [3], targets: [2] }],
        values: { weight: { array: [5e-9] } },
        delays: { pre: { array: [0.006] } },
      },
    });
  });
});
