/**
 * The parts of a finding, counted over mistakes of every notation: code, message, place, the line with its mark, the
 * expected and the found value, a hint, a related place, and the explanation of its rule.
 */

import { expect, test } from 'vitest';
import { DiagnosticError, type Diagnostic } from '../../src/diagnostics/diagnostic.js';
import { renderDiagnostics } from '../../src/diagnostics/render.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';
import '../../translators/pynn/road.js';

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

/** A Brian-like specification of two groups, with one thing in it exchanged. */
const brianWith = (right: string, wrong: string): string => {
  const text = `format: interneuron/brian
namespace:
  tau_m: 10 ms
  w_exc: 0.5 mV
neuron_groups:
  pyramidal:
    N: 10
    model: |
      dv/dt = (g_exc - v)/tau_m : volt
      dg_exc/dt = -g_exc/tau_m : volt
    threshold: v > 10*mV
    reset: v = 0*mV
    method: exact
poisson_groups:
  noise: { N: 10, rates: 5 Hz }
synapses:
  drive: { source: noise, target: pyramidal, on_pre: g_exc_post += w_exc, connect: { p: 0.1 } }
state_monitors:
  trace: { source: pyramidal, variables: [v], record: [0] }
run: 10 ms
`;
  if (!text.includes(right)) throw new Error(right);
  return text.replace(right, () => wrong);
};

const canonicalWith = (right: string, wrong: string): string => {
  const text = `interneuron: 1
name: m
parameters: { tau_m: 10 ms, w: 0.5 mV }
neurons:
  lif:
    state: { v: { unit: mV } }
    derivatives: { v: -v/tau_m }
    events: { spike: { when: v > 10*mV, do: v = 0*mV } }
synapses:
  pulse: { ports: { port: mV }, pathways: { pre: port += w } }
populations:
  cells: { type: lif, size: 10 }
projections:
  loop: { from: cells, to: cells, synapse: pulse, receptor: v, connect: all }
record:
  - { of: cells, variables: v }
experiment: { duration: 10 ms }
`;
  if (!text.includes(right)) throw new Error(right);
  return text.replace(right, () => wrong);
};

const pynnWith = (right: string, wrong: string): string => {
  const text = proj({}).replace(
    '"projections"',
    '"recordings": [{"target": "a", "variables": ["v"]}],\n "projections"',
  );
  if (!text.includes(right)) throw new Error(right);
  return text.replace(right, () => wrong);
};

const lemsWith = (right: string, wrong: string): string => {
  const text = X(
    `${iz('')}\n<expOneSynapse id="syn" gbase="1nS" erev="0mV" tauDecay="2ms"/>`,
    '<population id="cells" component="c" size="2"/>\n' +
      '<projection id="pr" presynapticPopulation="cells" postsynapticPopulation="cells" synapse="syn">' +
      '<connection id="0" preCellId="../cells[0]" postCellId="../cells[1]"/></projection>',
  );
  if (!text.includes(right)) throw new Error(right);
  return text.replace(right, () => wrong);
};

/** A slip, the code of the first finding, its hint, and the message about a related place (null: there is none). */
type Slip = readonly [name: string, text: string, code: string, hint: string, related: string | null];

const slips: readonly Slip[] = [
  [
    'brian: a constant mistyped',
    brianWith('/tau_m : volt', '/taum : volt'),
    'brian/unknown-name',
    'did you mean tau_m?',
    'tau_m is defined here',
  ],
  [
    'brian: a variable mistyped',
    brianWith('(g_exc - v)', '(g_exe - v)'),
    'brian/unknown-name',
    'did you mean g_exc or w_exc?',
    'g_exc is defined here',
  ],
  [
    'brian: a group mistyped',
    brianWith('target: pyramidal', 'target: pyramidl'),
    'brian/unknown-group',
    'did you mean pyramidal?',
    'pyramidal is defined here',
  ],
  [
    'brian: a group that is none',
    brianWith('source: noise', 'source: thalamus'),
    'brian/unknown-group',
    'use pyramidal or noise, or define thalamus',
    null,
  ],
  [
    'brian: a variable of the target',
    brianWith('g_exc_post', 'g_ex_post'),
    'brian/unknown-name',
    'did you mean g_exc_post?',
    null,
  ],
  [
    'brian: a monitored variable',
    brianWith('variables: [v]', 'variables: [vm]'),
    'brian/unknown-variable',
    'did you mean v?',
    'v is defined here',
  ],
  [
    'brian: a method',
    brianWith('method: exact', 'method: euler2'),
    'brian/unknown-method',
    'did you mean euler?',
    null,
  ],
  ['brian: a key', brianWith('threshold:', 'treshold:'), 'brian/unknown-key', 'did you mean threshold?', null],
  [
    'brian: a unit that is none',
    brianWith('10 ms\n  w_exc', '10 mss\n  w_exc'),
    'lang/unknown-unit',
    'did you mean mS or ms?',
    null,
  ],
  [
    'brian: a unit of another dimension',
    brianWith('tau_m: 10 ms', 'tau_m: 10 mV'),
    'lang/dimension-mismatch',
    'this would match if tau_m were in s (it is in V)',
    'tau_m is defined here, in V',
  ],
  [
    'brian: a threshold without unit',
    brianWith('v > 10*mV', 'v > 10'),
    'lang/dimension-mismatch',
    '10 needs a unit: V, or one with a prefix',
    'v is defined here, in V',
  ],
  [
    'brian: a reset without unit',
    brianWith('v = 0*mV', 'v = 1'),
    'lang/dimension-mismatch',
    '1 needs a unit: V, or one with a prefix',
    'v is defined here',
  ],
  [
    'brian: a probability above 1',
    brianWith('p: 0.1', 'p: 10'),
    'brian/out-of-range',
    'write a probability from 0 to 1, not 10',
    null,
  ],
  [
    'brian: a function',
    brianWith('(g_exc - v)', 'sqroot(g_exc - v)'),
    'brian/unknown-function',
    'did you mean sqrt?',
    null,
  ],
  ['brian: a bracket', brianWith('(g_exc - v)', '(g_exc - v'), 'lang/unclosed-parenthesis', 'add )', null],
  [
    'brian: a rate in another unit',
    brianWith('rates: 5 Hz', 'rates: 5 ms'),
    'brian/wrong-dimension',
    'change it so that its unit is Hz, not s: check the unit of each value in it',
    null,
  ],
  [
    'brian: two equations of a variable',
    brianWith('    threshold', '      dv/dt = 0*volt/second : volt\n    threshold'),
    'lang/duplicate-definition',
    'rename or remove one of the two definitions of v',
    'v is defined here',
  ],
  [
    'brian: a monitored cell',
    brianWith('record: [0]', 'record: [10]'),
    'brian/out-of-range',
    'write a value of 0 to 9, not 10',
    null,
  ],
  [
    'canonical: a parameter mistyped',
    canonicalWith('-v/tau_m', '-v/tau_n'),
    'lang/unknown-name',
    'did you mean tau_m?',
    'tau_m is defined here',
  ],
  [
    'canonical: a type mistyped',
    canonicalWith('type: lif', 'type: lfi'),
    'model/unknown-neuron-type',
    'did you mean lif?',
    'lif is defined here',
  ],
  [
    'canonical: a population mistyped',
    canonicalWith('to: cells', 'to: cell'),
    'model/unknown-population',
    'did you mean cells?',
    'cells is defined here',
  ],
  [
    'canonical: a synapse mistyped',
    canonicalWith('synapse: pulse', 'synapse: puls'),
    'model/unknown-synapse-type',
    'did you mean pulse?',
    'pulse is defined here',
  ],
  [
    'canonical: a recorded variable',
    canonicalWith('variables: v', 'variables: u'),
    'model/unknown-variable',
    'use another name, such as v, t or dt, or define u',
    null,
  ],
  ['canonical: a unit', canonicalWith('10 ms, w', '10 mss, w'), 'lang/unknown-unit', 'did you mean mS or ms?', null],
  [
    'canonical: a dimension',
    canonicalWith('tau_m: 10 ms', 'tau_m: 10 mV'),
    'lang/dimension-mismatch',
    'this would match if tau_m were in s (it is in V)',
    'tau_m is defined here, in V',
  ],
  [
    'canonical: a key',
    canonicalWith('derivatives:', 'derivative:'),
    'model/unknown-key',
    'did you mean derivatives?',
    null,
  ],
  [
    'canonical: a size',
    canonicalWith('size: 10', 'size: ten'),
    'lang/unknown-name',
    'define ten, for example among the parameters',
    null,
  ],
  [
    'pynn: a cell type',
    pynnWith('"IF_cond_exp"', '"IF_cond_expp"'),
    'pynn/unknown-type',
    'did you mean IF_cond_exp or GIF_cond_exp?',
    null,
  ],
  [
    'pynn: a population',
    pynnWith('"post": "a"', '"post": "aa"'),
    'pynn/unknown-reference',
    'did you mean a?',
    'a is defined here',
  ],
  ['pynn: a receptor', pynnWith('"excitatory"', '"exc"'), 'pynn/unknown-reference', 'did you mean excitatory?', null],
  [
    'pynn: a connector',
    pynnWith('"AllToAllConnector"', '"AllToAll"'),
    'pynn/unknown-type',
    'did you mean AllToAllConnector?',
    null,
  ],
  [
    'pynn: a synapse type',
    pynnWith('"StaticSynapse"', '"StaticSynapses"'),
    'pynn/unknown-type',
    'did you mean StaticSynapse?',
    null,
  ],
  ['pynn: a recorded variable', pynnWith('["v"]', '["vm"]'), 'pynn/unknown-variable', 'did you mean v?', null],
  ['pynn: a size as text', pynnWith('"size": 2', '"size": "two"'), 'pynn/wrong-type', 'write a number in digits', null],
  [
    'pynn: a negative delay',
    pynnWith('"delay": 1', '"delay": -1'),
    'pynn/delay-out-of-range',
    'min_delay and max_delay in setup set the range; min_delay defaults to the time step',
    null,
  ],
  [
    'lems: a component mistyped',
    lemsWith('component="c"', 'component="cc"'),
    'lems/dangling-reference',
    'did you mean c?',
    'c is defined here',
  ],
  [
    'lems: a synapse mistyped',
    lemsWith('synapse="syn"', 'synapse="sny"'),
    'lems/dangling-reference',
    'did you mean syn?',
    'syn is defined here',
  ],
  [
    'lems: a component type',
    lemsWith('<izhikevichCell', '<izhikevichCel'),
    'lems/unknown-type',
    'did you mean izhikevichCell?',
    null,
  ],
  ['lems: an attribute', lemsWith('tauDecay=', 'tauDeca='), 'lems/unknown-attribute', 'did you mean tauDecay?', null],
  ['lems: a unit', lemsWith('2ms', '2msec'), 'lems/unknown-unit', 'did you mean ms?', null],
  [
    'lems: a value without unit',
    lemsWith('gbase="1nS"', 'gbase="1"'),
    'lems/wrong-dimension',
    'write 1S, 1mS or 1uS',
    null,
  ],
  ['lems: a dimension', lemsWith('thresh="30mV"', 'thresh="30ms"'), 'lems/wrong-dimension', 'write 30V or 30mV', null],
  [
    'lems: the target',
    lemsWith('target="net"', 'target="nett"'),
    'lems/dangling-reference',
    'did you mean net?',
    'net is defined here',
  ],
  [
    'lems: a cell of a population',
    lemsWith('../cells[1]', '../cells[7]'),
    'lems/index-out-of-range',
    'write an index from 0 to 1, not 7',
    null,
  ],
  [
    'brian: a key twice',
    brianWith('  w_exc', '  tau_m: 5 ms\n  w_exc'),
    'read/duplicate-key',
    'remove one of the two',
    'the first one is here',
  ],
  [
    'pynn: a key twice',
    pynnWith('"size": 2,', '"size": 2, "size": 3,'),
    'read/duplicate-key',
    'remove one of the two',
    'the first one is here',
  ],
  ['brian: milliseconds', brianWith('10 ms\n  w', '10 msec\n  w'), 'lang/unknown-unit', 'did you mean ms?', null],
  ['brian: in words', brianWith('0.5 mV', '0.5 MilliVolts'), 'lang/unknown-unit', 'did you mean mV?', null],
  [
    'brian: values by number',
    brianWith('run: 10 ms', 'run:\n  - set: { pyramidal.v: { 0: 1 mV, 4: 2 mV } }\n  - duration: 10 ms'),
    'brian/bad-form',
    'write index: [0, 4] beside set, and pyramidal.v: [1 mV, 2 mV] in it',
    null,
  ],
  [
    'brian: first values by number',
    brianWith('method: exact', 'initializers: { v: { 0: 1 mV, 4: 2 mV } }'),
    'brian/bad-form',
    'write v: { value: [1 mV, 2 mV], index: [0, 4] }',
    null,
  ],
  [
    'lems: an attribute twice',
    lemsWith('erev="0mV"', 'erev="0mV" erev="1mV"'),
    'xml/duplicate-attribute',
    'remove one of the two',
    'the first one is here',
  ],
  [
    'lems: a dimension twice',
    lemsWith('<Target', '<Dimension name="d" t="1"/><Dimension name="d" t="2"/><Target'),
    'lems/conflicting-definition',
    'remove one of them',
    'd is defined here',
  ],
  [
    'lems: a unit twice',
    lemsWith(
      '<Target',
      '<Unit symbol="fu" dimension="time" power="1"/><Unit symbol="fu" dimension="time" power="2"/><Target',
    ),
    'lems/conflicting-definition',
    'remove one of them',
    'fu is defined here',
  ],
  [
    'pynn: a label twice',
    pynnWith('"label": "s"', '"label": "a", "size": 1, "cell": { "type": "SpikeSourcePoisson" } },\n  { "label": "s"'),
    'pynn/duplicate-label',
    'rename one of the two: labels identify populations',
    'a is defined here',
  ],
];

test('there are enough slips', () => expect(slips.length).toBeGreaterThanOrEqual(40));

test.each(slips)('%s', (name, text, code, hint, related) => {
  const [finding] = errorsIn(name, text);
  expect([finding?.code, finding?.hint, finding?.related?.[0]?.message ?? null]).toEqual([code, hint, related]);
  if (finding) expect(score(finding, text)).toBeGreaterThanOrEqual(8);
  // One slip is one finding, unless several places read the changed part.
  expect(errorsIn(name, text).filter((one) => one.code !== code && !one.related)).toEqual([]);
});

/** Names that every object of JavaScript has are as unknown as others, wherever a document refers to something. */
test.each(['valueOf', 'constructor', 'toString', 'hasOwnProperty'])('%s is no name of a model', (name) => {
  const linked = canonicalWith(
    'size: 10 }',
    `size: 10, linked: { load: { population: cells, variable: ${name} } } }`,
  ).replace('    state: {', '    parameters: { load: 0 }\n    state: {');
  const texts = [
    linked,
    linked.replace('population: cells', `population: ${name}`),
    canonicalWith('-v/tau_m', `-v/${name}`),
    canonicalWith('type: lif', `type: ${name}`),
    canonicalWith('to: cells', `to: ${name}`),
    canonicalWith('synapse: pulse', `synapse: ${name}`),
    canonicalWith('receptor: v', `receptor: ${name}`),
    canonicalWith('variables: v', `variables: ${name}`),
    brianWith('/tau_m : volt', `/${name} : volt`),
    brianWith('target: pyramidal', `target: ${name}`),
    brianWith('variables: [v]', `variables: [${name}]`),
    brianWith('method: exact', `method: ${name}`),
    pynnWith('"post": "a"', `"post": "${name}"`),
    pynnWith('"excitatory"', `"${name}"`),
    pynnWith('"AllToAllConnector"', `"${name}"`),
    pynnWith('["v"]', `["${name}"]`),
    lemsWith('component="c"', `component="${name}"`),
    lemsWith('synapse="syn"', `synapse="${name}"`),
  ];
  for (const text of texts) expect(errorsIn('m', text), text).not.toEqual([]);
});
