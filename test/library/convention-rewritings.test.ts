/** Rewritings of code: names of variables that are units, or that begin with other names, mean nothing to them. */

import { expect, test } from 'vitest';
import {
  refractoryBy,
  resetBySubtraction,
  thresholdReached,
  weightsTimes,
} from '../../src/library/convention-rewritings.js';
import type { ConventionRewriting } from '../../src/library/convention-rewritings.js';
import type { Model } from '../../src/model/model.js';
import { typedValid, writtenValid } from '../../src/model/typed-model.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import '../../translators/brian/road.js';

/** A cell with a variable that is called like the unit of a second. */
const text = JSON.stringify({
  format: 'interneuron/brian',
  dt: '0.1 ms',
  neuron_groups: {
    cells: {
      N: 1,
      model: 'dv/dt = (1.3 - v)/(10*ms) : 1 (unless refractory)\nds/dt = -s/(10*ms) : 1',
      threshold: 'v > 1',
      reset: 'v = 0\ns += 1',
      refractory: '2*ms',
      method: 'euler',
    },
  },
  synapses: { all: { source: 'cells', target: 'cells', on_pre: 's_post += 2*s_pre\nv += 1', connect: {} } },
  run: '10 ms',
});

async function after({ apply }: ConventionRewriting): Promise<Model> {
  const made = await apply(typedValid(importModel({ name: 'model.json', text }).valid), {});
  if (typeof made === 'string') throw new Error(made);
  return writtenValid(made.valid).model;
}

test('a refractory period one step longer', async () => {
  const { neurons } = await after(refractoryBy(1));
  expect(Object.values(neurons)[0]?.events['spike']?.refractory?.for).toBe('0.002*second + 0.0001*second');
});

test('thresholds the other way', async () => {
  const { neurons } = await after(thresholdReached);
  expect(Object.values(neurons)[0]?.events['spike']?.when).toBe('v >= 1');
});

test('resets by subtraction of the threshold', async () => {
  const { neurons } = await after(resetBySubtraction);
  expect(Object.values(neurons)[0]?.events['spike']?.do).toEqual(['v -= 1', 's += 1']);
});

test('weights', async () => {
  const { synapses } = await after(weightsTimes(1000));
  expect(Object.values(synapses)[0]?.pathways['pre']?.do).toEqual(['post.s += 1000.0*(2*pre.s)', 'post.v += 1000.0']);
});
