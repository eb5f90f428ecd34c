import { expect, test } from 'vitest';
import { sketchModel } from '../../src/draw/draw.js';
import { importModel } from '../../src/pipeline/pipeline.js';

const projections = (rest: string): readonly string[] => {
  const text = `interneuron: 1
neurons: { cell: { state: { v: 0 }, events: { spike: { when: v > 1, do: v = 0 } } } }
synapses:
  one: { parameters: { w: 1 }, pathways: { pre: post.v += w } }
  equal: { parameters: { w: 1 }, pathways: { pre: post.v += w } }
  other: { parameters: { w: 2 }, pathways: { pre: post.v += w } }
populations: { a: { type: cell, size: 3 } }
projections:
  p: { from: a, to: a, synapse: one, connect: { rule: all } }
  q: { from: a, to: a, synapse: equal, connect: { rule: all } }
  r: { from: a, to: a, synapse: other, connect: { rule: all } }
  s: { from: a, to: a, synapse: one, connect: { rule: all }, values: { w: 3 } }
${rest}experiment: { dt: 0.1 ms, duration: 1 ms }
`;
  const { valid } = importModel({ name: 'model.yaml', text });
  return Object.keys(sketchModel(valid, Infinity, 1e6).drawn.model.projections);
};

test('a projection like an earlier one is left out of the sketch of a model', () =>
  expect(projections('')).toEqual(['p', 'r', 's']));

test('a projection that the protocol or a recording names stays', () =>
  expect(projections('record: [{ of: q, variables: [w] }]\n')).toEqual(['p', 'q', 'r', 's']));
