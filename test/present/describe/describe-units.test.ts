/** Numbers in the tables of `describe` have their units. */

import { describe, expect, it } from 'vitest';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { describeModel } from '../../../src/present/describe/describe.js';
import { lineText } from '../../../src/present/describe/description.js';
import '../../../translators/pynn/road.js';

/** All cells and lines of a description, one a line. */
function textOf(document: unknown): string {
  const { valid, hashes } = importModel({ name: 'model.json', text: JSON.stringify(document) });
  const { sections } = describeModel(valid, hashes, new Map());
  return sections
    .flatMap(({ parts }) => parts)
    .flatMap((part) =>
      part.kind === 'table' ? part.rows.flat() : part.kind === 'code' ? part.lines.map(lineText) : [part.text],
    )
    .join('\n');
}

/** Two populations in PyNN with a projection with weights that are drawn or computed. */
const network = (weight: unknown): unknown => ({
  format: 'interneuron/pynn',
  setup: { timestep: 0.1 },
  rngs: { draws: { type: 'NumpyRNG', seed: 1 } },
  populations: [
    { label: 'a', size: 2, cell: { type: 'IF_cond_exp' } },
    { label: 'b', size: 2, cell: { type: 'IF_cond_exp' } },
  ],
  projections: [
    {
      label: 'p',
      pre: 'a',
      post: 'b',
      receptor_type: 'excitatory',
      connector: { type: 'AllToAllConnector' },
      synapse: { type: 'StaticSynapse', params: { weight, delay: 1 } },
    },
  ],
  phases: [{ run: 10 }],
});

describe('weights of PyNN, in uS', () => {
  it.each([
    [{ random: 'uniform', params: { low: 0, high: 0.001 }, rng: 'draws' }, 'weight = uniform(0 S, 1 nS), drawn by'],
    [{ random: 'normal', params: { mu: 0.5, sigma: 0.1 }, rng: 'draws' }, 'weight = normal(500 nS, 100 nS), drawn by'],
    [{ random: 'gamma', params: { k: 2, theta: 0.5 }, rng: 'draws' }, 'weight = gamma(2, 0.5)*uS, drawn by'],
    [{ random: 'lognormal', params: { mu: 0, sigma: 1 }, rng: 'draws' }, 'weight = lognormal(0, 1)*uS, drawn by'],
    [{ expr: '0.002*d', of: 'd' }, 'weight = 0.002*(distance/um)*uS'],
  ])('%j', (weight, text) => {
    expect(textOf(network(weight))).toContain(text);
  });
});
