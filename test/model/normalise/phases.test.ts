/** Phases of the protocol in their normalised form, and errors of others. */

import { describe, expect, test } from 'vitest';
import { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { normalise } from '../../../src/model/normalise.js';
import { readDocument } from '../../../src/model/text/read.js';

function phaseOf(text: string): { phase: unknown; codes: string[] } {
  const document = `
interneuron: 1
name: phases
neurons:
  cell: { parameters: { E: { unit: V } }, inputs: { I: A }, state: { v: { unit: V } }, events: { spike: { when: v > 1*V } } }
synapses:
  s: { parameters: { w: { unit: V } }, state: { x: 0 }, pathways: { pre: { on: pre.spike, do: post.v += w } } }
  both: { pathways: { one: { on: pre.spike, do: post.v += 1*mV }, two: { on: pre.spike, do: post.v += 1*mV } } }
populations: { a: { type: cell, size: 8 }, b: { type: cell, size: 2 }, r: { size: 3, spikes: { indices: [], times: [] } } }
projections:
  p: { from: a, to: b, synapse: s, connect: all, delay: 1 ms }
  q: { from: a, to: b, synapse: both, connect: all, delays: { one: 1 ms, two: 1 ms } }
stimuli:
  dc: { kind: current, to: a, input: I, value: 1 nA }
  noise: { kind: poisson, to: a, variable: v, rate: 1 Hz, weight: 1 mV }
experiment: { protocol: [${text}] }
`;
  const diagnostics = new Diagnostics();
  const { value, positions } = readDocument(document, 'm.yaml');
  const valid = normalise(value, positions, diagnostics);
  return { phase: valid?.model.experiment.protocol[0], codes: diagnostics.list.map(({ code }) => code) };
}

describe('a phase', () => {
  test.each<[string, unknown]>([
    ['{ set: { a.E: -60 mV } }', { set: { 'a.E': -0.06 } }],
    ['{ set: { "a[1, 3].v": [1 mV, 2 mV] } }', { set: { 'a[1, 3].v': { array: [0.001, 0.002] } } }],
    // A selection that has a text goes into the keys.
    ['{ set: { v: 1 mV, E: 2 mV }, of: "a[0:8:2]" }', { set: { 'a[0:8:2].v': 0.001, 'a[0:8:2].E': 0.002 } }],
    [
      '{ set: { v: 1 mV }, of: a + b }',
      { set: { v: 0.001 }, of: { assembly: [{ population: 'a' }, { population: 'b' }] } },
    ],
    [
      '{ initialise: { v: 1 mV }, of: { population: a, sample: 2 } }',
      { initialise: { v: 0.001 }, of: { population: 'a', sample: 2 } },
    ],
    ['{ delays: { p: 2 ms } }', { delays: { 'p.pre': 0.002 } }],
    ['{ delays: { q.two: 2 ms } }', { delays: { 'q.two': 0.002 } }],
    ['{ currents: { dc: 2*nA if t > 1*ms else 0*A } }', { currents: { dc: '2e-9*A if t > 0.001*s else 0*A' } }],
    [
      '{ replay: { r: { indices: [1, 0], times: [2 ms, 1 ms] } } }',
      { replay: { r: { indices: [0, 1], times: [0.001, 0.002] } } },
    ],
    [
      '{ reset: true, segment: two, annotations: { trial: 1 } }',
      { reset: true, segment: 'two', annotations: { trial: 1 } },
    ],
  ])('%s', (text, normal) => {
    const { phase, codes } = phaseOf(text);
    expect(codes).toEqual([]);
    expect(JSON.parse(JSON.stringify(phase))).toEqual(normal);
  });

  test.each<[string, string]>([
    ['{ set: { v: 1 mV, w: 1 mV }, of: a + b }', 'model/unknown-variable'],
    ['{ set: { v: [1 mV, 2 mV] }, of: a + b }', 'model/wrong-length'],
    ['{ run: 1 ms, of: a }', 'model/conflicting-keys'],
    ['{ initialise: { E: 1 mV }, of: a }', 'model/unknown-variable'],
    ['{ delays: { a: 2 ms } }', 'model/unknown-projection'],
    ['{ delays: { q: 2 ms } }', 'model/delay-pathways'],
    ['{ delays: { p.post: 2 ms } }', 'model/unknown-pathway'],
    ['{ delays: { p: 2 mV } }', 'lang/dimension-mismatch'],
    ['{ currents: { ac: 1 nA } }', 'model/unknown-stimulus'],
    ['{ currents: { dc: 1 mV } }', 'lang/dimension-mismatch'],
    ['{ replay: { x: { indices: [], times: [] } } }', 'model/unknown-population'],
    ['{ replay: { a: { indices: [], times: [] } } }', 'model/replays-nothing'],
    ['{ replay: { r: { indices: [3], times: [1 ms] } } }', 'model/index-out-of-range'],
    ['{ run: 1 ms, annotations: { a: 1 } }', 'model/conflicting-keys'],
  ])('%s: %s', (text, code) => {
    expect(phaseOf(text).codes).toContain(code);
  });
});
