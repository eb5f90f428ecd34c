/** Findings about a document that was captured from a script stand in the script. */

import { expect, it } from 'vitest';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { placeOf } from '../../../src/pipeline/read/placed.js';
import '../../../translators/brian/road.js';

const script = `from brian2 import *

tau = 10*ms
P = None
P = NeuronGroup(2, eqs, threshold='v > 1')
self.Q = NeuronGroup(2, eqs, name='other')
S = Synapses(P, P)
`;
const group = { N: 2, model: 'dv/dt = -v/tau : 1', threshold: 'v > 1', reset: 'v = 0', namespace: { tau: '10 ms' } };
const text = JSON.stringify({
  format: 'interneuron/brian',
  version: 1,
  neuron_groups: { P: group, Q: group, other: group, absent: group },
  synapses: { S: { source: 'P', target: 'Q', on_pre: 'v += 1', connect: [{}] } },
  run: '1 ms',
});

it.each([
  ['/populations/P', 5, 1],
  ['/populations/Q/values/v', 6, 6],
  ['/populations/other', 6, 36],
  ['/projections/S/connect', 7, 1],
  ['/populations/absent', undefined, undefined],
  ['', undefined, undefined],
])('%s is in line %s', (pointer, line, column) => {
  const { positions } = importModel({ name: '/tmp/model.json', text, script: { name: 'script.py', text: script } });
  const place = placeOf(positions, pointer);
  expect([place.document, place.line, place.column]).toEqual(['script.py', line, column]);
});

it('a constant of a group has the place of its value', () => {
  const source = {
    name: '/tmp/model.json',
    text: text.replace('"10 ms"', '"ten"'),
    script: { name: 'script.py', text: script },
  };
  const place = expect.objectContaining({ document: 'script.py', line: 3 }) as unknown;
  const found = expect.arrayContaining([expect.objectContaining({ place })]) as unknown;
  expect(() => importModel(source)).toThrow(expect.objectContaining({ diagnostics: found }));
});
