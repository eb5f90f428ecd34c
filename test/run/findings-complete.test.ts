/**
 * What a finding tells, counted over mistakes of every notation: code, message, place, the line with its mark, what was
 * expected, what was found, a hint, a related place, and where its rule is explained.
 */

import { expect, test } from 'vitest';
import { DiagnosticError, type Diagnostic } from '../../src/diagnostics/diagnostic.js';
import { renderDiagnostics } from '../../src/diagnostics/render.js';
import { importModel } from '../../src/run/pipeline.js';

function errorsIn(name: string, text: string): readonly Diagnostic[] {
  try {
    return importModel({ name, text }).diagnostics.filter(({ severity }) => severity === 'error');
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.filter(({ severity }) => severity === 'error');
  }
}

/** How many of the nine a finding has. */
function score(finding: Diagnostic, text: string): number {
  const shown = renderDiagnostics([finding], { source: () => text });
  return [
    finding.code.includes('/'),
    finding.message !== '',
    finding.place?.line !== undefined && finding.place.column !== undefined,
    /^ +\| +\^+$/m.test(shown),
    finding.expected !== undefined,
    finding.found !== undefined,
    finding.hint !== undefined,
    (finding.related?.length ?? 0) > 0,
    /^ {2}rule /m.test(shown),
  ].filter(Boolean).length;
}

const B = (rest: string) => `format: interneuron/brian\n${rest}\nrun: 10 ms\n`;
const G = (model: string, more = '') => B(`neuron_groups:\n  G: { N: 2, model: "${model}"${more} }`);
const S = (more: string) =>
  B(
    'neuron_groups: { G: { N: 2, model: "v : 1", threshold: v > 1 } }\nsynapses: { S: { source: G' +
      `, on_pre: v_post += 1, ${more} } }`,
  );
const C = (type: string, rest = '') =>
  `interneuron: 1\nname: m\nneurons:\n  n: ${type}\npopulations: { p: { type: n, size: 2 } }\n` +
  `${rest}\nexperiment: { duration: 1 ms }\n`;
const P = (parts: object) =>
  JSON.stringify(
    {
      format: 'interneuron/pynn',
      version: 1,
      pynn: '0.13',
      populations: [
        { label: 'a', size: 2, cell: { type: 'IF_cond_exp' } },
        { label: 's', size: 2, cell: { type: 'SpikeSourcePoisson' } },
      ],
      phases: [{ run: 1 }],
      ...parts,
    },
    null,
    1,
  );
const proj = (o: object) =>
  P({
    projections: [
      {
        label: 'w',
        pre: 's',
        post: 'a',
        receptor_type: 'excitatory',
        connector: { type: 'AllToAllConnector' },
        synapse: { type: 'StaticSynapse', params: { weight: 0.1, delay: 1 } },
        ...o,
      },
    ],
  });
const X = (
  cell: string,
  net = '<population id="p" component="c" size="1"/>',
  sim = 'length="3ms" step="0.1ms" target="net"',
) =>
  '<Lems>\n<Target component="sim"/>\n<Include file="Cells.xml"/><Include file="Networks.xml"/>' +
  '<Include file="Simulation.xml"/><Include file="Inputs.xml"/><Include file="Synapses.xml"/>\n' +
  `${cell}\n<network id="net" type="network">\n${net}\n</network>\n<Simulation id="sim" ${sim}/` +
  '>\n</Lems>';
const iz = (a: string) => `<izhikevichCell id="c" v0="-70mV" thresh="30mV" a="0.02" b="0.2" c="-50" d="2" ${a}/>`;
const inputs: Readonly<Record<string, string>> = {
  b1: G('dv/dt = -v/tau : 1'),
  b2: G('dv/dt = (-v/ms : 1'),
  b3: G('dv/dt = -v : 1'),
  b4: G('v : mV'),
  b5: G('v = 3'),
  b6: G('v : 1', ', threshold: v > 1*mV'),
  b7: G('v : 1', ', treshold: v > 1'),
  b8: S('connect: { p: 2 }'),
  b9: S('connect: true, delay: 3'),
  b10: S('connect: { i: "k for" }'),
  b11: B('neuron_groups: { G: { N: two, model: "v : 1" } }'),
  b12: B('neuron_groups: { G: { N: 2, model: "v : 1" } }\nstate_monitors: { M: { source: H, variables: v } }'),
  b13: B('namespace: { a: b, b: a }\nneuron_groups: { G: { N: 2, model: "v = a : 1" } }'),
  b14: G('v : 1', ', reset: v == 0, threshold: v > 1'),
  b15: G('v : 1 ; u : 1'),
  b16: B('neuron_groups: [1]'),
  b17: G('dv/dt = xi/ms : 1\\nx = v + : 1'),
  b18: G('v : 1\\nv : 1'),
  b19: B('namespace: { tau: "0,5 ms" }\nneuron_groups: { G: { N: 2, model: "dv/dt=-v/tau : 1" } }'),
  b20: B('namespace: { tau: 5 foo }\nneuron_groups: { G: { N: 2, model: "dv/dt=-v/tau : 1" } }'),
  b21: B('namespace: { tau: 3 ms, tau: 4 ms }'),
  b22: 'format: interneuron/brian\nneuron_groups: { G: { N: 2',
  b23: G('dv/dt = foo(v)/ms : 1'),
  b24: G('dv/dt = sin(v, v)/ms : 1'),
  b25: G('v = 2 if v > 1 : 1'),
  b26: G('v : 1', ', method: eulr'),
  b27: S('on_post: w += 1'),
  b28: B('neuron_groups: { G: { N: 2, model: "v : 1", initializers: { v: [1, 2, 3] } } }'),
  b29: B('spike_generators: { G: { N: 2, indices: [0, 5], times: [1 ms, 2 ms] } }'),
  b30: S('connect: { condition: i }'),
  c1: C('{ state: { v: 1 }, derivatives: { v: -v } }'),
  c2: C('{ state: { v: { unit: mV } }, derivatives: { u: 1/s } }'),
  c3: C('{ parameters: { a: 1, b: c } }'),
  c4: C('{ state: { v: 1 }, events: { spike: { when: v } } }'),
  c5: C('{ states: { v: 1 } }'),
  c6: C('{}', 'projections: { q: { from: p, to: z, synapse: s } }'),
  c7: C('{ state: { v: 1 } }', 'record: [{ of: p, variables: u }]'),
  c8: C('{ state: { v: 1 } }').replace('1 ms', '-1 ms'),
  c9: C('{ derived: { a: b, b: a } }'),
  c10: C('{ state: { t: 1 } }'),
  c11: C('{ state: { v: 1 } }').replace('size: 2', 'size: 2.5'),
  c12: C('{ parameters: { v: 1 }, state: { v: 1 } }'),
  c13: C('{ state: { v: { initial: 1/0 } } }'),
  p1: P({ foo: 1 }),
  p2: P({ populations: [{ label: 'a', size: 2, cell: { type: 'IF_con_exp' } }] }),
  p3: P({ populations: [{ label: 'a', size: 2, cell: { type: 'IF_cond_exp', params: { tau: 3 } } }] }),
  p4: proj({ receptor_type: 'exc' }),
  p5: proj({ synapse: { type: 'StaticSynapse', params: { weight: -1, delay: 1 } } }),
  p6: proj({ connector: { type: 'FixedProbabilityConnector', params: {} } }),
  p7: proj({ connector: { type: 'FixedProbabilityConnector', params: { p_connect: 2 } } }),
  p8: proj({ synapse: { type: 'StaticSynapse', params: { weight: { expr: 'q*2', of: 'd' } } } }),
  p9: P({ populations: [{ label: 'a', size: 2, cell: { type: 'IF_cond_exp', params: { tau_m: [1, 2, 3] } } }] }),
  p10: P({ recordings: [{ target: 'a', variables: ['w'] }] }),
  p11: proj({ synapse: { type: 'StaticSynapse', params: { weight: 1, delay: 0.01 } } }),
  p12: P({ phases: [{ run: 'x' }] }),
  p13: '{"format": "interneuron/pynn", "version": 1,',
  p14: P({ version: 3 }),
  p15: P({
    populations: [
      { label: 'a', size: 2, cell: { type: 'SpikeSourceArray', params: { spike_times: { sequence: [3, 1] } } } },
    ],
  }),
  p16: P({ populations: [{ label: 'a', cell: { type: 'IF_cond_exp' } }] }),
  p17: P({ phases: [{ run: 3, reset: true }] }),
  p18: P({
    populations: [
      { label: 'a', size: 2, cell: { type: 'IF_cond_exp', params: { tau_m: { random: 'gaussian', params: {} } } } },
    ],
  }),
  x2: X(iz('').replace('a="0.02"', 'a="0.02mV"')),
  x3: X(iz('').replace('a="0.02"', '')),
  x4: X('<izhikevichCel id="c"/>'),
  x5: X(iz(''), '<population id="p" component="d" size="1"/>'),
  x6: X(iz('').replace('0.02"', '0.02')),
  x7: X(iz('').replace('-70mV', '-70mX')),
  x8: X(iz(''), undefined, 'length="3" step="0.1ms" target="net"'),
  x9: X(iz(''), undefined, 'length="3ms" step="0.1ms" target="nett"'),
  x10: X(iz('') + iz('')),
  x11: X(
    '<ComponentType name="T" extends="baseCell"><Parameter name="a" dimension="tim"/></ComponentT' +
      'ype><T id="c" a="1ms"/>',
  ),
  x12: X(
    '<ComponentType name="T" extends="baseCell"><Dynamics><StateVariable name="x" dimension="none' +
      '"/><TimeDerivative variable="x" value="x*"/></Dynamics></ComponentType><T id="c"/>',
  ),
  x13: X(
    '<ComponentType name="T" extends="baseCell"><Dynamics><StateVariable name="x" dimension="none' +
      '"/><TimeDerivative variable="y" value="1"/></Dynamics></ComponentType><T id="c"/>',
  ),
  x14: X(
    '<ComponentType name="T" extends="baseCell"><Dynamics><StateVariable name="x" dimension="none' +
      '"/><TimeDerivative variable="x" value="q"/></Dynamics></ComponentType><T id="c"/>',
  ),
  x15: X(
    '<ComponentType name="T" extends="baseCell"><Parameter name="tau" dimension="time"/><Dynamics' +
      '><StateVariable name="x" dimension="none"/><TimeDerivative variable="x" value="x*tau"/></Dyn' +
      'amics></ComponentType><T id="c" tau="1ms"/>',
  ),
  x16: X(iz('')).replace('</network>', ''),
  x17: X(
    iz(''),
    '<population id="p" component="c" size="1"/><projection id="pr" presynapticPopulation="q" pos' +
      'tsynapticPopulation="p" synapse="s"/>',
  ),
  x18: X(iz(''), '<population id="p" component="c" size="x"/>'),
};

test('there are enough of them', () => expect(Object.keys(inputs).length).toBeGreaterThan(60));

test.each(Object.entries(inputs))('%s', (name, text) => {
  const errors = errorsIn(name, text);
  expect(errors.length).toBeGreaterThan(0);
  for (const finding of errors)
    expect([finding.code, finding.message, score(finding, text) >= 8]).toEqual([finding.code, finding.message, true]);
});
