/** Two mistakes in one document are two findings, whichever stages find them. */

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { DiagnosticError } from '../../src/diagnostics/diagnostic.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';
import '../../translators/pynn/road.js';

/** Code and line of each error in a text. */
function errors(text: string): string[] {
  try {
    importModel({ name: 'm', text });
    return [];
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.map(({ code, place }) => `${code} in line ${place?.line}`);
  }
}

type Mistake = readonly [right: string, wrong: string];

/** Tries all pairs: each gives the findings of both mistakes. */
function pairs(base: string, mistakes: readonly Mistake[]): void {
  const alone = mistakes.map(([right, wrong]) => {
    expect(base.split(right)).toHaveLength(2);
    const found = errors(base.replace(right, () => wrong));
    expect(found, wrong).toHaveLength(1);
    return found;
  });
  expect(errors(base)).toEqual([]);
  const lost: string[] = [];
  for (const [i, [first, one]] of mistakes.entries())
    for (const [j, [second, other]] of mistakes.entries()) {
      if (j <= i) continue;
      const found = errors(base.replace(first, () => one).replace(second, () => other));
      const wanted = [...(alone[i] ?? []), ...(alone[j] ?? [])];
      if (JSON.stringify(found.toSorted()) !== JSON.stringify(wanted.toSorted()))
        lost.push(`${one} with ${other}: ${found.join(', ')}`);
    }
  expect(lost).toEqual([]);
}

describe('two mistakes are two findings', () => {
  test('in a Brian-like specification', () =>
    pairs(
      `format: interneuron/brian
seed: 1
namespace:
  tau: 10 ms
  taug: 5 ms
  w: 1 mV
neuron_groups:
  A:
    N: 10
    model: |
      dv/dt = -v/tau + g/tau : volt (unless refractory)
      dg/dt = -g/taug : volt
    threshold: v > 20*mV
    reset: v = 0*mV
    refractory: 5 ms
  B:
    N: 4
    model: "u : 1"
    threshold: u > 1
poisson_groups:
  P: { N: 20, rates: 10*Hz }
synapses:
  S: { source: P, target: A, on_pre: g_post += w, connect: { p: 0.1 }, delay: 1 ms }
  T: { source: A, target: B, on_pre: u_post += 1, connect: true }
state_monitors:
  M: { source: A, variables: v, record: [0] }
run: 100 ms
`,
      [
        ['N: 4', 'N: -4'],
        ['  w: 1 mV', '  w: 1 mX'],
        ['-g/taug', '-g*taug'],
        ['v > 20*mV', 'v > 20'],
        ['u : 1"', 'u : 1 (constantt)"'],
        ['rates: 10*Hz', 'rates: 10*mV'],
        ['p: 0.1', 'p: 1.1'],
        ['delay: 1 ms', 'delay: 1 mV'],
        ['target: B', 'target: C'],
        ['record: [0]', 'record: [99]'],
        ['seed: 1', 'seed: [1]'],
        ['refractory: 5 ms', 'refractry: 5 ms'],
        ['run: 100 ms', 'run: 100'],
        ['v = 0*mV', 'v = (0*mV'],
      ],
    ));

  test('in a PyNN-style document', () => {
    const document = {
      format: 'interneuron/pynn',
      version: 1,
      pynn: '0.13',
      setup: { timestep: 0.1, min_delay: 0.1 },
      rngs: { r: { type: 'NumpyRNG', seed: 1 } },
      populations: [
        { label: 's', size: 4, cell: { type: 'SpikeSourcePoisson', params: { rate: 10 } } },
        { label: 'c', size: 8, cell: { type: 'IF_cond_exp', params: { tau_m: 15, v_rest: -65 } } },
        { label: 'd', size: 9, cell: { type: 'IF_curr_exp', params: { tau_m: 17 } } },
      ],
      projections: [
        {
          label: 'w',
          pre: 's',
          post: 'c',
          receptor_type: 'excitatory',
          connector: { type: 'FixedProbabilityConnector', params: { p_connect: 0.25 } },
          synapse: { type: 'StaticSynapse', params: { weight: 0.01, delay: 1.5 } },
        },
        {
          label: 'u',
          pre: 's',
          post: 'd',
          receptor_type: 'inhibitory',
          connector: { type: 'AllToAllConnector' },
          synapse: { type: 'StaticSynapse', params: { weight: -0.02, delay: 2.5 } },
        },
      ],
      current_sources: [{ label: 'i', type: 'DCSource', params: { amplitude: 0.75 }, inject_into: ['d'] }],
      recordings: [{ target: 'c', variables: ['v'], sampling_interval: 0.5 }],
      phases: [{ run: 77 }],
    };
    // A projection with an unknown part is not read on: it has one mistake each here.
    pairs(JSON.stringify(document, null, 1), [
      ['"version": 1', '"version": 7'],
      ['"seed": 1', '"seed": -1'],
      ['"size": 8', '"size": -3'],
      ['"size": 9', '"size": "ten"'],
      ['"tau_m": 15', '"tau_m": "x"'],
      ['"tau_m": 17', '"taum": 17'],
      ['"v_rest": -65', '"v_rst": -65'],
      ['"p_connect": 0.25', '"p_connect": 1.25'],
      ['"AllToAllConnector"', '"AllToAlConnector"'],
      ['"amplitude": 0.75', '"ampl": 0.75'],
      ['"sampling_interval": 0.5', '"sampling_interval": 0.25'],
      ['"run": 77', '"run": "long"'],
    ]);
  });
});

test('one mistake in a part that is read twice is reported once', () => {
  const text =
    '<Lems><Target component="s"/><Include file="Cells.xml"/><Include file="Networks.xml"/>' +
    '<Include file="Simulation.xml"/><Include file="Inputs.xml"/>' +
    '<izhikevichCell id="c" v0="-70mV" thresh="30mV" a="0.02" b="0.2" c="-50" d="2"/>' +
    '<pulseGeneratorDL id="p" delay="1ms" duration="1ms" amplitude="1"/>' +
    '<network id="n"><population id="cells" component="c" size="2"/><explicitInput target="cells[7]" input="p"/>' +
    '</network><Simulation id="s" length="2ms" step="0.1ms" target="n"/></Lems>';
  expect(errors(text)).toEqual(['lems/index-out-of-range in line 1']);
});

test.each([
  [
    'brian/wrong-type in line 2',
    'format: interneuron/brian\nneuron_groups: [{ name: G, N: 3, model: "v : 1", threshold: v > 1 }]\n' +
      'synapses: { S: { source: G, target: G, on_pre: v_post += 1, connect: true } }\n' +
      'spike_monitors: { sp: { source: G } }\nrun: 1 ms',
  ],
  [
    'pynn/wrong-type in line 2',
    '{ "format": "interneuron/pynn",\n"populations": { "a": { "size": 3, "cell": { "type": "IF_cond_exp" } } },\n' +
      '"recordings": [{ "target": "a", "variables": ["v"] }], "phases": [{ "run": 10 }] }',
  ],
  [
    'model/wrong-type in line 2',
    '{ "interneuron": 1,\n"neurons": [{ "id": "a" }],\n"populations": { "P": { "type": "a", "size": 3 } } }',
  ],
])('%s: definitions in the wrong form are one finding, whatever refers to them', (expected, text) => {
  expect(errors(text)).toEqual([expected]);
});

describe('an equation with a mistake is one finding', () => {
  const model = (equations: string): string =>
    `format: interneuron/brian
namespace: { El: -70 mV }
neuron_groups:
  G:
    N: 2
    model: |
${equations.replace(/^/gm, '      ')}
      tau : second
    threshold: v > -50*mV
    reset: v = El
state_monitors: { M: { source: G, variables: v, record: true } }
run: 1 ms
`;

  test.each([
    ['dv/dt = (El - v)/tau : vlt', 'lang/unknown-unit'],
    ['dv/dt = (El - v/tau : volt', 'lang/unclosed-parenthesis'],
    ['dv/dt = (El - v)/tau', 'lang/equation-without-unit'],
    ["v' = (El - v)/tau : volt", 'lang/equation-left-side'],
    ['d(v)/dt = (El - v)/tau : volt', 'lang/equation-left-side'],
    ['dv/dt = (El - )/tau : volt', 'lang/expected-operand'],
  ])('%s', (equation, code) => {
    expect(errors(model(`${equation}\nu = v + 3*mV : volt`))).toEqual([`${code} in line 7`]);
  });

  test('and a mistake elsewhere is another finding', () => {
    const text = model('dv/dt = (El - v)/tau : vlt').replace('reset: v = El', 'reset: v = El + 3*nS');
    expect(errors(text)).toEqual(['lang/unknown-unit in line 7', 'lang/dimension-mismatch in line 10']);
  });
});

/** Returns all copies of a document with one misspelt key. */
function misspelt(node: unknown): unknown[] {
  if (typeof node !== 'object' || node === null) return [];
  if (Array.isArray(node)) return node.flatMap((item, at) => misspelt(item).map((made) => node.with(at, made)));
  const entries = Object.entries(node);
  return entries.flatMap(([key, value], at) =>
    [[`${key}x`, value] as const, ...misspelt(value).map((made) => [key, made] as const)].map((changed) =>
      Object.fromEntries(entries.with(at, [...changed])),
    ),
  );
}

test.each(['gap-junction', 'replayed-spikes', 'places-on-cells', 'timed-table'])(
  'any misspelt key of %s is a finding',
  (name) => {
    const document: unknown = parse(readFileSync(`fixtures/model/hard/${name}.yaml`, 'utf8'));
    // Anything but a DiagnosticError is thrown.
    const counts = misspelt(document).map((changed) => errors(JSON.stringify(changed)).length);
    expect(counts.some((count) => count > 0)).toBe(true);
  },
);
