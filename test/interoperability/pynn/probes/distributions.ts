/**
 * Random distributions as weights: with a NumpyRNG PyNN's own numbers, without one numbers of the same distribution.
 */

import type { NetworkProbe } from '../network.js';

interface Distribution {
  readonly params: Readonly<Record<string, number>>;
  readonly mean: number;
  readonly variance: number;
}

const standardNormal = (x: number): number => Math.exp(-(x * x) / 2) / Math.sqrt(2 * Math.PI);

const distributions: Readonly<Record<string, Distribution>> = {
  uniform: { params: { low: 0.1, high: 0.4 }, mean: 0.25, variance: 0.3 ** 2 / 12 },
  normal: { params: { mu: 2, sigma: 0.5 }, mean: 2, variance: 0.25 },
  exponential: { params: { beta: 0.5 }, mean: 0.5, variance: 0.25 },
  gamma: { params: { k: 2, theta: 0.5 }, mean: 1, variance: 0.5 },
  lognormal: { params: { mu: 0, sigma: 0.5 }, mean: Math.exp(0.125), variance: (Math.exp(0.25) - 1) * Math.exp(0.25) },
  poisson: { params: { lambda_: 3 }, mean: 3, variance: 3 },
  binomial: { params: { n: 10, p: 0.3 }, mean: 3, variance: 2.1 },
  uniform_int: { params: { low: 1, high: 7 }, mean: 3.5, variance: 35 / 12 },
  normal_clipped: {
    params: { mu: 1, sigma: 1, low: 0, high: 2 },
    mean: 1,
    variance: 1 - (2 * standardNormal(1)) / 0.6826894921370859,
  },
  normal_clipped_to_boundary: {
    params: { mu: 1, sigma: 1, low: 0, high: 2 },
    mean: 1,
    // Within the limits as the clipped one, beyond them one standard deviation off.
    variance: 0.6826894921370859 - 2 * standardNormal(1) + (1 - 0.6826894921370859),
  },
  vonmises: { params: { mu: 2, kappa: 50 }, mean: 2, variance: NaN },
};

const document = (distribution: object): Record<string, unknown> => ({
  seed: 5,
  rngs: { values: { type: 'NumpyRNG', seed: 7 } },
  populations: [
    { label: 'pre', size: 40, cell: { type: 'SpikeSourceArray' } },
    { label: 'post', size: 50, cell: { type: 'IF_cond_exp' } },
  ],
  projections: [
    {
      label: 'way',
      pre: 'pre',
      post: 'post',
      receptor_type: 'excitatory',
      connector: { type: 'AllToAllConnector' },
      synapse: { type: 'StaticSynapse', params: { weight: distribution, delay: 1 } },
    },
  ],
  phases: [{ run: 1 }],
});

export const distributionProbes: readonly NetworkProbe[] = Object.entries(distributions).flatMap(
  ([name, { params, mean, variance }]): NetworkProbe[] => [
    {
      section: 'Random distributions',
      name: `${name} with a NumpyRNG`,
      document: document({ random: name, params, rng: 'values' }),
      same: { within: 1e-12 },
    },
    {
      section: 'Random distributions',
      name: `${name} without an rng`,
      document: document({ random: name, params }),
      exact: {
        what: 'mean and variance of the distribution',
        within: { mean: 4, ...(Number.isNaN(variance) ? {} : { variance: 6 }) },
        distances: ({ synapses }) => {
          const numbers = (synapses['way'] ?? []).map(([, , weight]) => weight);
          const found = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
          const spread = numbers.reduce((sum, value) => sum + (value - found) ** 2, 0) / (numbers.length - 1);
          const fourth = numbers.reduce((sum, value) => sum + (value - found) ** 4, 0) / numbers.length;
          const known = Number.isNaN(variance) ? spread : variance;
          return {
            mean: [Math.abs(found - mean) / Math.sqrt(known / numbers.length), 'standard errors'],
            ...(Number.isNaN(variance)
              ? {}
              : {
                  variance: [
                    Math.abs(spread - variance) / Math.sqrt((fourth - spread ** 2) / numbers.length),
                    'standard errors',
                  ] as const,
                }),
          };
        },
      },
    },
  ],
);
