/** The canonical model in Brian's notation, and the report's remarks on parts that Brian lacks. */

import { describe, expect, test } from 'vitest';
import { readdirSync, readFileSync } from 'node:fs';
import { hashModel } from '../../../src/model/hash.js';
import type { Dimension } from '../../../src/lang/ast.js';
import { parseQuantity } from '../../../src/lang/quantity.js';
import type { ConversionEntry } from '../../../src/model/conversion-report.js';
import { exportBrian } from '../../../translators/brian/export.js';
import { exportBrianScript } from '../../../translators/brian/export-script.js';
import { quantityText } from '../../../src/lang/readable-quantity.js';
import { normalised } from '../../model/support.js';
import { brian } from '../../support/brian-text.js';
import { created, simulate } from '../../support/simulate.js';
import { importText, valid, type Loose } from './support.js';

/** A canonical model of one neuron type `n` in one population `P`. */
function exported(neuron: string, rest = ''): { document: Loose; report: readonly ConversionEntry[] } {
  return exportBrian(
    normalised(
      `interneuron: 1\ntiming: brian\nneurons:\n  P:\n${neuron.replace(/^/gm, '    ')}\npopulations: { P: { ` +
        `type: P, size: 4 } }\n${rest}`,
    ),
  );
}
const group = (neuron: string, rest = ''): Loose => exported(neuron, rest).document.neuron_groups.P;
/** `verdict code` of all but the exact. */
const remarks = (report: readonly ConversionEntry[]): string[] =>
  report.filter(({ code }) => code !== 'brian/exact').map(({ verdict, code }) => `${verdict} ${code}`);

test("a name that begins as Brian's noise does is changed", () => {
  const model = group('state: { xi: { unit: "1" }, xi_a: { unit: "1" } }\nderivatives: { xi_a: xi/second }').model;
  expect(model).toBe('dxi1_a/dt = xi1/second : 1\nxi1 : 1');
});

test('actions in the slot of their condition have a larger order, and act in the same step', async () => {
  const neuron =
    'state: { v: { unit: "1" }, n: { unit: "1" } }\nderivatives: { v: 1/ms }\nevents:\n' +
    '  first: { when: "v > 1", do: [n = n + v], slot: end, actionSlot: end, order: -1 }\n' +
    '  second: { when: "n > 3", do: [v = 0, n = n/2], slot: end, actionSlot: end }';
  const { document, report } = exported(neuron, 'experiment: { dt: 0.5 ms, duration: 6 ms }');
  expect(document.neuron_groups.P.events).toEqual({
    first: {
      condition: 'v > 1',
      condition_when: 'end',
      condition_order: -2,
      code: 'n = n + v',
      when: 'end',
      order: -1,
    },
    second: {
      condition: 'n > 3',
      condition_when: 'end',
      code: 'v = 0\nn = n/2',
      when: 'end',
      order: 1,
      condition_order: 0,
    },
  });
  expect(remarks(report)).toEqual([]);
  // v grows by 0.5 a step. In steps 3 and 4 n becomes 1.5 and 3.5, then 1.75; in step 7 1.625, in step 10 1.5625.
  const { final } = await simulate(JSON.stringify(document));
  expect([final.get('P.v')?.[0], final.get('P.n')?.[0]]).toEqual([1, 1.5625]);
});

describe('derived variables in code', () => {
  test.each([
    ['x = q; v = 1', 'x = q; v = 1', []],
    ['v = 1; x = q + r', 'v = 1; x = 2*v + (2*v + 1)', ['convention brian/subexpression']],
  ])('%s is %s', (code, text, remark) => {
    const { document, report } = exported(
      `state: { v: { unit: "1" }, x: { unit: "1" } }\nderived: { q: { value: 2*v, unit: "1" }, r: { value: q + 1, unit: "1" } }\n` +
        `events: { spike: { when: x > 1, do: ${JSON.stringify(code.split('; '))} } }`,
    );
    expect(document.neuron_groups.P.reset).toBe(text.replace('; ', '\n'));
    expect(remarks(report)).toEqual(remark);
  });
});

test('weights of Poisson inputs count the neurons of a part from its first', () => {
  const { document } = exported(
    'state: { v: { unit: "1" } }',
    'stimuli: { p: { kind: poisson, to: { population: P, slice: [1, 3, 1] }, variable: v, n: 2, rate: 5, weight: "0.1*i + (i - 1)/N" } }',
  );
  expect(document.poisson_inputs.p).toMatchObject({ target: 'P[1:3]', weight: '0.1*(i + 1) + i/4' });
});

test('Poisson inputs into inputs, which Brian has as expressions, are left out', () => {
  const { document, report } = exported(
    'inputs: { I: "1" }\nstate: { v: { unit: "1" } }\nderivatives: { v: (I - v)/(10*ms) }',
    'stimuli: { p: { kind: poisson, to: P, variable: I, n: 2, rate: 5, weight: 0.1 } }',
  );
  expect(document.poisson_inputs).toBeUndefined();
  expect(remarks(report)).toEqual(['notExpressible brian/input']);
});

describe('expressions', () => {
  const threshold = (when: string): string =>
    group(`state: { v: { unit: mV }, x: { unit: "1" }, V: { unit: "1" } }\nevents: { spike: { when: "${when}" } }`)
      .threshold;
  test.each([
    ['v > 20*mV', 'v > 20*mV'],
    ['v > 0.0205*volt', 'v > 20.5*mV'],
    ['v/(20*mV) > V', 'v/(20*mV) > V'],
    ['uniform() < x', 'rand() < x'],
    ['normal() > asin(x)', 'randn() > arcsin(x)'],
    ['x > 1 and not v < -70*mV', 'x > 1 and not v < -70*mV'],
    ['x**2 > 3e-5', 'x**2 > 0.00003'],
    ['v*x > 1*uV', 'v*x > 1*uvolt'],
    ['sin(2*pi*x) > pi*V', 'sin(2*pi*x) > pi*V'],
    ['x/(4*pi) > x*pi/2', 'x/(4*pi) > x*pi/2'],
  ])('%s is %s', (canonical, text) => {
    expect(threshold(canonical)).toBe(text);
  });

  test.each([
    ['x = max(x, 1.5)', 'x = clip(x, 1.5, inf)'],
    ['v = min(20*mV, v)', 'v = clip(v, -inf*volt, 20*mV)'],
    ['v = v if v <= 20*mV else 20*mV', 'v = clip(v, -inf*volt, 20*mV)'],
    ['v = v if v > 20*mV else 20*mV', 'v = clip(v, 20*mV, inf*volt)'],
    ['x = min(max(x, 0), 1)', 'x = clip(x, 0, 1)'],
    ['x = min(uniform(), x)', 'x = clip(rand(), -inf, x)'],
    ['x = V if x <= 2 else 2', 'x = int(x <= 2)*V + 2*int(x > 2)'],
  ])('%s is %s, with one value for all x', (statement, text) => {
    const { document } = exported(
      `state: { v: { unit: mV }, x: { unit: "1" }, V: { unit: "1" } }\nevents: { spike: { when: v > 1*mV, do: "${statement}" } }`,
    );
    expect(document.neuron_groups.P.reset).toBe(text);
  });

  test.each([
    ['v = 1*mV if x > 0 else v', 'v = int(x > 0)*mV + int(x <= 0)*v', 'convention brian/conditional'],
    // 0/0 would stay 0/0 times 0.
    [
      'x = 1 if x == 0 else x/(1 - exp(-x))',
      'x = int(x == 0) + int(x != 0)*x/(1 - exp(-(x + int(x == 0))))',
      'convention brian/conditional',
    ],
    [
      'x = v/(v - 3*mV) if v != 3*mV else 0',
      'x = int(v != 3*mV)*v/(v + int(v == 3*mV)*mV - 3*mV)',
      'convention brian/conditional',
    ],
    [
      'x = 2 if x == 0 else 1/x if x != 0 else 5',
      'x = 2*int(x == 0) + int(x != 0)/(x + int(x == 0))',
      'convention brian/conditional',
    ],
    ['x = log2(x)', 'x = log(x)/log(2)', 'convention brian/function'],
    ['x = uniform(1, 3)', 'x = 1 + (3 - 1)*rand()', 'convention brian/function'],
    ['x = max(x*x, 1/x)', 'x = int(x*x >= 1/x)*x*x + int(x*x < 1/x)/x', 'convention brian/function'],
    ['x = erf(x)', 'x = erf(x)', 'notExpressible brian/function'],
    ['x = gamma(2.0, x)', 'x = gamma(2.0, x)', 'notExpressible brian/function'],
  ])('%s is %s, with a remark', (statement, text, remark) => {
    const { document, report } = exported(
      `state: { v: { unit: mV }, x: { unit: "1" } }\nevents: { spike: { when: x > 1, do: ["${statement}"] } }`,
    );
    expect(document.neuron_groups.P.reset).toBe(text);
    expect(remarks(report)).toEqual([remark]);
  });
});

describe('types', () => {
  test('shared parameters that code reads are constants of the namespace, others are declared', () => {
    const { document } = exported(
      'parameters:\n  tau: { value: 10 ms, shared: true }\n  unread: { value: 3 mV, shared: true }\n  own: 2 ' +
        'mV\nstate: { v: { unit: mV } }\nderivatives: { v: (own - v)/tau }',
    );
    expect(document.namespace).toEqual({ tau: '10 ms' });
    expect(document.neuron_groups.P).toMatchObject({
      model: 'dv/dt = (own - v)/tau : volt\nunread : volt (constant, shared)\nown : volt (constant)',
      initializers: { unread: '3 mV', own: '2 mV' },
    });
  });

  test("constants of two groups that differ go to the groups' own namespaces", () => {
    const text = brian(
      'neuron_groups:\n  A: { N: 1, model: "dv/dt = -v/tau : 1", namespace: { tau: 1 ms } }\n  B: { N: 1, model: ' +
        '"dv/dt = -v/tau : 1", namespace: { tau: 2 ms } }\nrun: 1 ms',
    );
    const { document } = exportBrian(valid(text));
    expect(document.namespace).toBeUndefined();
    expect([document.neuron_groups?.['A']?.namespace, document.neuron_groups?.['B']?.namespace]).toEqual([
      { tau: '1 ms' },
      { tau: '2 ms' },
    ]);
  });

  test('names that Brian does not take are changed, and the report lists them', () => {
    const { document, report } = exported(
      'parameters: { tau: { value: 1 ms, shared: true } }\nstate: { mS: { unit: "1" }, gain_pre: { unit: "1" }, ' +
        'sin: { unit: "1" } }\nderivatives: { gain_pre: -gain_pre/tau }',
    );
    expect(document.neuron_groups.P.model).toBe('dgain_pre_/dt = -gain_pre_/tau : 1\nmS : 1\nsin_ : 1');
    expect(report.filter(({ code }) => code === 'brian/renamed').map(({ message }) => message)).toEqual([
      'gain_pre is called gain_pre_ in Brian',
      'sin is called sin_ in Brian',
    ]);
  });

  test("a population of another type than its name loses the type's name", () => {
    const { report } = exportBrian(
      normalised(
        'interneuron: 1\ntiming: brian\nneurons: { t: { state: { v: { unit: "1" } } } }\npopulations: { P: { ' +
          'type: t, size: 1 } }',
      ),
    );
    expect(remarks(report)).toEqual(['exact brian/type-name']);
  });

  test('a type of the form of a PoissonGroup becomes one, under any name', () => {
    const { document } = exported('parameters: { rates: 20 Hz }\nevents: { spike: "uniform() < rates*dt" }');
    expect(document.poisson_groups).toEqual({ P: { N: 4, rates: '20 Hz' } });
  });

  test.each([
    [
      'a rising edge',
      'state: { v: { unit: "1" } }\nevents: { spike: { when: v > 1, edge: rising } }',
      'convention brian/rising',
    ],
    [
      'a multiplicity',
      'state: { v: { unit: "1" } }\nevents: { spike: { when: v > 1, multiplicity: "2" } }',
      'notExpressible brian/multiplicity',
    ],
    [
      'refractoriness of another event',
      'state: { v: { unit: "1" } }\nevents: { e: { when: v > 1, refractory: 1 ms } }',
      'notExpressible brian/refractory',
    ],
    [
      'actions in the slot of their event',
      'state: { v: { unit: "1" } }\nevents: { e: { when: v > 1, do: [v = 0], slot: end, actionSlot: end, order: 1, actionOrder: 0 } }',
      'notExpressible brian/event-slot',
    ],
    [
      'a duration fixed at the spike',
      'state: { v: { unit: "1" }, r: { unit: ms } }\nevents: { spike: { when: v > 1, refractory: { for: r } } }',
      'different brian/refractory-time',
    ],
  ])('%s is in the report', (_, neuron, remark, timing = 'brian') => {
    const text =
      `interneuron: 1\ntiming: ${timing}\nneurons:\n  P:\n${neuron.replace(/^/gm, '    ')}\npopulations: { P: { ` +
      'type: P, size: 1 } }';
    expect(remarks(exportBrian(normalised(text)).report)).toEqual([remark]);
  });
});

describe('inputs', () => {
  const cell = 'inputs: { I: pA }\nstate: { v: { unit: mV } }\nderivatives: { v: "-v/(10*ms) + I/(200*pF)" }';

  test('steps of a current are a sum over their times, the earliest first', () => {
    const steps = '0.2*nA if t > 30*ms else -0.5*nA if t > 20*ms else 0.4*nA if t > 10*ms else 0*nA';
    const { document } = exported(cell, `stimuli: { steps: { kind: current, to: P, input: I, value: "${steps}" } }`);
    expect(document.neuron_groups.P.model.split('\n').at(-1)).toBe(
      'I = 0.4*nA*int(t > 10*ms and t <= 20*ms) - 0.5*nA*int(t > 20*ms and t <= 30*ms) + 0.2*nA*int(t > 30*ms) : amp (constant over dt)',
    );
  });

  test('of bounds that are multiples of a variable, which may be negative, none is known to be the narrower', () => {
    const { document } = exported(
      'parameters: { E: -70*mV }\nstate: { v: { unit: mV } }\n' +
        'derived: { y: { unit: "1", value: "1 if v > 1.5*E else 2 if v > 2*E else 3" } }',
    );
    expect(document.neuron_groups.P.model.split('\n')).toContain(
      'y = 3*int(v <= 2*E and v <= 1.5*E) + 2*int(v > 2*E and v <= 1.5*E) + int(v > 1.5*E) : 1',
    );
  });

  test('currents are terms of a subexpression, switched by a parameter', () => {
    const { document, report } = exported(
      cell,
      'stimuli:\n  dc: { kind: current, to: P, input: I, value: 100*pA }\n  pulse: { kind: current, to: ' +
        '"P[0:2]", input: I, value: 20*pA, attached: false }\nexperiment: { protocol: [{ run: 1 ms }, { attach: ' +
        'pulse }, { run: 1 ms }] }',
    );
    expect(document.neuron_groups.P.model).toBe(
      'dv/dt = -v/(10*ms) + I/(200*pF) : volt\npulse_on : 1 (constant, shared)\n' +
        'I = 0.1*nA + 20*pA*pulse_on*int(i < 2) : amp (constant over dt)',
    );
    expect(document.run).toEqual([{ duration: '1 ms' }, { set: { 'P.pulse_on': 1 }, duration: '1 ms' }]);
    expect(remarks(report)).toEqual(['convention brian/current', 'convention brian/current']);
  });

  test('new values of currents between runs are left out, and the report lists them', () => {
    const { report } = exported(
      cell,
      'stimuli: { dc: { kind: current, to: P, input: I, value: 100*pA } }\n' +
        'experiment: { protocol: [{ run: 1 ms }, { currents: { dc: 50*pA } }, { run: 1 ms }] }',
    );
    expect(report).toContainEqual(
      expect.objectContaining({
        verdict: 'notExpressible',
        code: 'brian/phase',
        pointer: '/experiment/protocol/1',
        message: 'Brian cannot express new values of currents between runs',
      }),
    );
  });

  test('stored is the state before the next run', () => {
    const { document } = exported(
      'state: { v: { unit: mV } }',
      'experiment: { protocol: [{ run: 1 ms }, { store: here }, { run: 2 ms }, { restore: here }, { run: 3 ms }] }',
    );
    expect(document.run).toEqual([
      { duration: '1 ms' },
      { store: 'here' },
      { duration: '2 ms' },
      { restore: 'here', duration: '3 ms' },
    ]);
  });

  test('resets are phases, before which new first values are first values', () => {
    const { document, report } = exported(
      'parameters: { p: 1 mV }\nstate: { v: { unit: mV } }',
      'experiment: { protocol: [{ run: 1 ms }, { initialise: { P.v: 1 mV } }, { reset: true, segment: second, ' +
        'annotations: { trial: 1 } }, { set: { P.p: 2 mV } }, { runUntil: 1 ms }, { initialise: { P.v: 3 mV } }] }',
    );
    expect(document.run).toEqual([
      { duration: '1 ms' },
      { initialize: { 'P.v': '1 mV' } },
      { reset: true, segment: 'second', annotations: { trial: 1 } },
      { set: { 'P.p': '2 mV' }, duration: '1 ms' },
      { set: { 'P.v': '3 mV' } },
    ]);
    expect(remarks(report)).toEqual([]);
  });

  test('new first values are set, if no reset follows', () => {
    const { document, report } = exported(
      'state: { v: { unit: mV } }',
      'experiment: { protocol: [{ run: 1 ms }, { initialise: { P.v: 1 mV } }, { run: 1 ms }] }',
    );
    expect(document.run).toEqual([{ duration: '1 ms' }, { set: { 'P.v': '1 mV' }, duration: '1 ms' }]);
    expect(remarks(report)).toEqual([]);
  });

  test('the continuous part of synapses is a summed variable for each projection', () => {
    const { document, report } = exported(
      cell,
      'synapses: { gap: { parameters: { g: 1 nS }, contributes: { post.I: g*(pre.v - post.v), pre.I: g*(post.v - ' +
        'pre.v) } } }\nprojections: { gap: { from: P, to: P, synapse: gap, connect: all } }',
    );
    expect(document.neuron_groups.P.model).toBe(
      'dv/dt = -v/(10*ms) + I/(200*pF) : volt\nI = I_gap + I_gap_back : amp\nI_gap : amp\nI_gap_back : amp',
    );
    expect(document.synapses.gap.model).toBe(
      'g : siemens (constant)\nI_gap_post = g*(v_pre - v_post) : amp (summed)\nI_gap_back_pre = g*(v_post - ' +
        'v_pre) : amp (summed)',
    );
    expect(remarks(report)).toEqual(['different brian/contributes']);
    expect(importText(JSON.stringify(document)).list).toEqual([]);
  });

  test('synapses onto synapses, which follow the synapses that they refer to', () => {
    const model = valid(
      brian(
        'neuron_groups:\n  A: { N: 2, model: "v : 1", threshold: v > 1 }\n  B: { N: 2, model: "y : 1" }\n' +
          'synapses:\n  T: { source: A, target: S, on_pre: w_post += 1, connect: true }\n' +
          '  U: { source: S, target: B, model: "y_post = w_pre : 1 (summed)", connect: true }\n' +
          '  S: { source: A, target: B, model: "w : 1", connect: true }\nrun: 1 ms\n',
      ),
    );
    const { document, report } = exportBrian(model);
    expect(remarks(report)).toEqual([]);
    expect(hashModel(valid(JSON.stringify(document)).model)).toEqual(hashModel(model.model));
    const script = exportBrianScript(model).files[0]?.text ?? '';
    expect([...script.matchAll(/^(\w) = Synapses\(\s*(\w),\s*(\w)/gm)].map(([, ...names]) => names)).toEqual([
      ['S', 'A', 'B'],
      ['T', 'A', 'S'],
      ['U', 'S', 'B'],
    ]);
  });

  test('sums in slots and orders of their own', () => {
    const text = readFileSync('fixtures/brian/summed.yaml', 'utf8').replace(
      'connect: true',
      'summed_updaters: { mean_post: { when: after_groups, order: 2 } }\n    connect: true',
    );
    const model = valid(text);
    expect(hashModel(model.model)).not.toEqual(
      hashModel(valid(readFileSync('fixtures/brian/summed.yaml', 'utf8')).model),
    );
    const { document } = exportBrian(model);
    expect(hashModel(valid(JSON.stringify(document)).model)).toEqual(hashModel(model.model));
    expect(exportBrianScript(model).files[0]?.text).toContain(
      'means.summed_updaters["mean_post"].order = 2\nmeans.summed_updaters["mean_post"].when = "after_groups"\n',
    );
  });

  test('values that synapses share and that other synapses onto them read stay a variable', () => {
    const model = valid(
      brian(`
      neuron_groups:
        G: { N: 4, model: "dv/dt = (1.5 - v)/(10*ms) : 1", threshold: v > 1, reset: v = 0 }
        H: { N: 4, model: "g : 1" }
      synapses:
        A: { source: G, target: S, model: "f : 1 (constant)", on_pre: w_post += f*k_post, connect: { i: [0, 1], j: [2, 3] }, initializers: { f: 0.25 } }
        S: { source: G, target: H, model: "w : 1\\nk : 1 (shared)\\nx = k : 1", on_pre: g_post += w, connect: { j: i }, initializers: { w: 0.1*i } }
        U: { source: S, target: H, model: "g_post = w_pre*k_pre : 1 (summed)", connect: { j: i } }
      run: 10 ms
    `),
    );
    const { document, report } = exportBrian(model);
    expect(remarks(report)).toEqual([]);
    expect(hashModel(valid(JSON.stringify(document)).model)).toEqual(hashModel(model.model));
    const script = exportBrianScript(model).files[0]?.text ?? '';
    expect(script.indexOf('S = Synapses(')).toBeLessThan(script.indexOf('A = Synapses('));
    expect(script).toContain('k : 1 (constant, shared)');
  });

  test('ports are written as the variables that they are bound to', () => {
    const { document, report } = exported(
      'state: { ge: { unit: nS } }\nevents: { spike: ge > 1*nS }',
      'synapses: { s: { parameters: { w: 1 nS }, ports: { out: nS }, pathways: { pre: { do: [out += w] } } } ' +
        '}\nprojections: { s: { from: P, to: P, synapse: s, connect: all, receptor: ge } }',
    );
    expect(document.synapses.s.on_pre).toBe('ge_post += w');
    expect(remarks(report)).toEqual([]);
  });
});

test('channels of NeuroML’s cells are called without their place', () => {
  const long = 'biophysicalProperties_membraneProperties';
  const { model } = group(
    `state: { ${long}_h: { unit: "1" }, ${long}_n: { unit: "1" }, n: { unit: "1" } }\n` +
      `derivatives: { ${long}_h: "-${long}_h*n/(1*ms)", ${long}_n: "(n - ${long}_n)/(1*ms)" }`,
  );
  expect(model).toContain('dh/dt = -h*n/ms : 1');
  expect(model).toContain(`d${long}_n/dt = (n - ${long}_n)/ms : 1`);
});

describe('quantities', () => {
  const volt: Dimension = [2, 1, -3, -1, 0, 0, 0];
  const second: Dimension = [0, 0, 1, 0, 0, 0, 0];
  const ampere: Dimension = [0, 0, 0, 1, 0, 0, 0];
  test.each([
    [0.02, volt, '20 mV', '20 mV'],
    [-0.009, volt, '-9 mV', '-9 mV'],
    [0.0001, second, '0.1 ms', '0.1 ms'],
    [1, second, '1 second', '1 second'],
    [0.1, second, '100 ms', '100 ms'],
    [0, volt, '0 mV', '0 mV'],
    [0.30000000000000004, second, '300.00000000000006 ms', '0.30000000000000004 second'],
    [1.0000000000000002e-10, ampere, '0.10000000000000002 nA', '0.1 nA'],
  ] as const)('%d is %s, and %s if Python multiplies', (value, dimension, decimal, double) => {
    for (const [text, arithmetic] of [
      [decimal, 'decimal'],
      [double, 'double'],
    ] as const) {
      const written = String(quantityText(value, dimension, arithmetic));
      if (value !== 0.30000000000000004) expect(written).toBe(text);
      const [number, unit] = written.split(' ');
      const product = Number(number) * ({ mV: 1e-3, ms: 1e-3, nA: 1e-9 }[unit ?? ''] ?? 1);
      // The text is the value, or Python's product of its number and its unit is.
      expect([parseQuantity(written).value, ...(arithmetic === 'double' ? [product] : [])]).toContain(value);
    }
  });
});

test('new spikes of generators, and currents that change, are phases', () => {
  const text = brian(`
    spike_generators: { A: { N: 3, indices: [0, 1], times: [1 ms, 2 ms] } }
    spike_monitors: { m: { source: A } }
    run:
      - { duration: 5 ms }
      - { set_spikes: { A: { indices: [2, 0], times: [8 ms, 6 ms] } }, duration: 5 ms }
  `);
  const { model } = valid(text);
  expect(model.experiment.protocol).toEqual([
    { run: 0.005 },
    { replay: { A: { indices: [0, 2], times: [0.006, 0.008] } } },
    { run: 0.005 },
  ]);
  const { document, report } = exportBrian(valid(text));
  expect(report.filter(({ verdict }) => verdict !== 'exact')).toEqual([]);
  expect(hashModel(valid(JSON.stringify(document)).model)).toEqual(hashModel(model));
  const script = exportBrianScript(valid(text), 'm').files[0]?.text;
  expect(script).toContain('run(5 * ms)\nA.set_spikes([0, 2], [6, 8] * ms)\nrun(5 * ms)');
});

test('generators may spike in another slot, before pathways of the same step', () => {
  const text = brian(`
    neuron_groups: { G: { N: 2, model: 'v : 1' } }
    spike_generators: { A: { N: 2, indices: [0, 1], times: [1 ms, 2 ms], when: groups, order: 1 } }
    synapses: { S: { source: A, target: G, on_pre: v += 1, connect: true, pathways: { pre: { when: groups, order: 2 } } } }
    run: 5 ms
  `);
  const { model } = valid(text);
  expect(model.populations['A']).toMatchObject({ slot: 'groups', order: 1 });
  // The pathway follows the spikes, so that Brian adds no step to its delay.
  expect(model.synapses['S']?.pathways['pre']?.delay).toBe(0);
  const { document, report } = exportBrian(valid(text));
  expect(report.filter(({ verdict }) => verdict !== 'exact')).toEqual([]);
  expect(hashModel(valid(JSON.stringify(document)).model)).toEqual(hashModel(model));
  expect(exportBrianScript(valid(text), 'm').files[0]?.text).toContain('when="groups", order=1');
});

test.each([
  ['{ B: { indices: [0], times: [1 ms] } }', 'brian/unknown-group@/run/0/set_spikes/B'],
  ['{ A: { indices: [3], times: [1 ms] } }', 'brian/out-of-range@/run/0/set_spikes/A/indices/0'],
  ['{ A: { indices: [0, 1], times: [1 ms] } }', 'brian/length-mismatch@/run/0/set_spikes/A/times'],
  ['{ A: { indices: [0], times: [-1 ms] } }', 'brian/out-of-range@/run/0/set_spikes/A/times'],
  ['{ A: { indices: [0, 0], times: [1 ms, 1 ms] } }', 'brian/duplicate-spike@/run/0/set_spikes/A/times'],
  ['{ A: { indices: [0] } }', 'brian/missing-key@/run/0/set_spikes/A'],
])('spikes that cannot be set: %s', (spikes, code) => {
  const text = brian(`
    spike_generators: { A: { N: 3, indices: [0, 1], times: [1 ms, 2 ms] } }
    spike_monitors: { m: { source: A } }
    run: [{ set_spikes: ${spikes}, duration: 5 ms }]
  `);
  const { list } = importText(text);
  expect(list.map(({ code, place }) => `${code}@${place?.pointer}`)).toEqual([code]);
});

describe('the hard cases of the canonical model', () => {
  const folder = new URL('../../../fixtures/model/hard/', import.meta.url);
  test.each(readdirSync(folder).filter((name) => name.endsWith('.yaml')))('%s: every part is in the report', (name) => {
    const model = normalised(readFileSync(new URL(name, folder), 'utf8'));
    const { report } = exportBrian(model);
    const about = (pointer: string): boolean =>
      report.some((entry) => entry.pointer === pointer || entry.pointer.startsWith(`${pointer}/`));
    for (const section of [
      'neurons',
      'synapses',
      'tables',
      'populations',
      'projections',
      'stimuli',
      'operations',
    ] as const) {
      for (const id of Object.keys(model.model[section])) expect([id, about(`/${section}/${id}`)]).toEqual([id, true]);
    }
    for (const index of model.model.recordings.keys()) expect(about(`/recordings/${index}`)).toBe(true);
    expect(exportBrianScript(model).files.length).toBeGreaterThan(0);
  });
});

test('large arrays are written out in full, and a script keeps them in a file of its own', () => {
  const n = 500;
  const lists = Array.from({ length: n }, (_, index) => index % 50);
  const text = JSON.stringify({
    format: 'interneuron/brian',
    neuron_groups: { G: { N: 50, model: 'v : 1', threshold: 'v > 1' } },
    synapses: {
      S: {
        source: 'G',
        target: 'G',
        model: 'w : volt',
        on_pre: 'v_post += w/volt',
        connect: { i: lists, j: [...lists].reverse() },
        initializers: { w: { values: lists, unit: 'mV' }, delay: { values: lists, unit: 'ms' } },
      },
    },
    run: '1 ms',
  });
  const model = valid(text);
  const { document } = exportBrian(model);
  expect(hashModel(valid(JSON.stringify(document)).model)).toEqual(hashModel(model.model));
  const { files } = exportBrianScript(model, 'net');
  expect(files.map(({ name }) => name)).toEqual(['net.py', 'net-data.json']);
  expect(JSON.parse(files[1]?.text ?? '')).toMatchObject({
    'S.i': lists,
    'S.delay': lists,
  });
  expect(files[0]?.text).toContain('S.delay = data["S.delay"] * ms');
});

test.each([
  [4, 4, { j: 'i' }],
  [3, 4, { j: 'i' }],
  [4, 3, { j: 'i', skip_if_invalid: true }],
])('%i cells one to one with %i: cells without a counterpart have no synapse', async (before, after, connect) => {
  const { document } = exportBrian(
    normalised(
      'interneuron: 1\ntiming: brian\nneurons: { n: { state: { v: { unit: "1" } }, events: { spike: { when: v > 1 } } } }\n' +
        'synapses: { s: { pathways: { pre: { on: pre.spike, do: ["post.v += 1"] } } } }\n' +
        `populations: { P: { type: n, size: ${before} }, Q: { type: n, size: ${after} } }\n` +
        'projections: { S: { from: P, to: Q, synapse: s, connect: { rule: oneToOne } } }\n',
    ),
  );
  expect(document.synapses?.['S']?.connect).toEqual(connect);
  const run = await simulate(JSON.stringify(document), { steps: 1 });
  expect(created(run, 'S')).toEqual(Array.from({ length: Math.min(before, after) }, (_, k) => [k, k]));
});

test.each(['2*k for k in range(1)', '0 for k in range(1) if k == i', 'i + 1'])('one synapse each, by %s', (j) => {
  const model = valid(
    JSON.stringify({
      format: 'interneuron/brian',
      neuron_groups: { G: { N: 3, model: 'v : 1', threshold: 'v > 1' } },
      synapses: { S: { source: 'G', target: 'G', on_pre: 'v += 1', connect: { j, skip_if_invalid: true } } },
      run: '1 ms',
    }),
  );
  const { document } = exportBrian(model);
  expect(document.synapses?.['S']?.connect).toEqual({ j, skip_if_invalid: true });
  expect(hashModel(valid(JSON.stringify(document)).model)).toEqual(hashModel(model.model));
});

test('global parameters are numbers at their uses, which is exact', () => {
  const cell = (rate: string): string => `state: { v: { unit: mV } }\nderivatives: { v: ${rate} }`;
  const named = exported(cell('(2*E - v)/tau'), 'parameters: { E: 20 mV, tau: 10 ms }\n');
  const plain = exported(cell('(2*20*mV - v)/(10*ms)'));
  expect(named.document.neuron_groups).toEqual(plain.document.neuron_groups);
  expect(remarks(named.report)).toEqual([...remarks(plain.report), 'exact brian/parameters']);
});
