/** The script of a fixture with every kind of object, as a golden file; `UPDATE_GOLDEN=1` rewrites it. */

import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { exportBrian } from '../../../translators/brian/export.js';
import { exportBrianScript } from '../../../translators/brian/export-script.js';
import { isUsed, pythonString, pythonValue } from '../../../translators/brian/script/python-text.js';
import { brian } from '../../support/brian-text.js';
import { fixture, valid } from './support.js';

test.each(['events-of-every-kind', 'vogels-abbott-cuba', 'protocol'])('%s', (name) => {
  const { files } = exportBrianScript(valid(fixture(`${name}.yaml`)), name);
  const golden = new URL(`./golden/${name}.py`, import.meta.url);
  if (process.env['UPDATE_GOLDEN']) writeFileSync(golden, files[0]?.text ?? '');
  expect(files.map((file) => file.name)).toEqual([`${name}.py`]);
  expect(files[0]?.text).toBe(readFileSync(golden, 'utf8'));
});

test('names that the script needs itself are not taken from it', () => {
  const text = brian(
    'namespace: { seed: 2 ms }\nneuron_groups:\n  run: { N: 1, model: "dv/dt = -v/seed : 1", threshold: v > 1 ' +
      '}\nspike_monitors:\n  data: { source: run }\nrun: 1 ms',
  );
  const script = exportBrianScript(valid(text)).files[0]?.text ?? '';
  expect(script).toContain('run_ = NeuronGroup(');
  expect(script).toContain('namespace={"seed": 2 * ms}');
  expect(script).toContain('data_ = SpikeMonitor(run_, name="data")');
  expect(script).not.toMatch(/^seed = /m);
});

test('a constant that is called like a group is in the namespaces of those who read it', () => {
  const text = brian(
    'namespace: { C: 2 ms, tau: 3 ms }\nneuron_groups:\n  C: { N: 1, model: "dv/dt = -v/C : 1", threshold: v > 1 }\n' +
      '  D: { N: 1, model: "dv/dt = -v/tau : 1", threshold: v > 1 }\nrun: 1 ms',
  );
  const script = exportBrianScript(valid(text)).files[0]?.text ?? '';
  expect(script).not.toMatch(/^C = 2/m);
  expect(script.match(/namespace=\{"C": 2 \* ms\}/g)).toHaveLength(1);
  expect(script).toMatch(/^tau = 3 \* ms$/m);
});

test('operations on part of a group are of a variable that the script holds', () => {
  const text = brian(
    'neuron_groups:\n  G: { N: 5, model: "x : 1", run_regularly: [{ code: "x = i - 1 + N", slice: "2:4" }, ' +
      '{ code: "x = (i - 2)*rand()", slice: "2:4", order: 1 }] }\nrun: 1 ms',
  );
  const script = exportBrianScript(valid(text)).files[0]?.text ?? '';
  expect(script.match(/^G_2_4 = G\[2:4\]$/gm)).toHaveLength(1);
  expect(script).toContain('G_2_4.run_regularly("x = (i + 2) - 1 + 5")');
  expect(script).toMatch(/G_2_4\.run_regularly\("x = i\*rand\(\)", order=1/);
});

test("synapses that are called like a group's resetter are the only thing of that name", () => {
  const text = brian(
    'neuron_groups:\n  a: { N: 1, model: "x : 1" }\n  b: { N: 1, model: "dv/dt = 1/ms : 1", threshold: v > 5 }\n' +
      'synapses:\n  b_spike_resetter: { source: b, target: a, on_pre: x_post = 1, connect: true }\nrun: 1 ms',
  );
  expect(exportBrianScript(valid(text)).files[0]?.text ?? '').not.toContain('reset=');
  expect(exportBrianScript(valid(text.replaceAll('b_spike_resetter', 'other'))).files[0]?.text).toContain('reset=""');
});

test('groups that others are linked to come before them', () => {
  const text = brian(
    'neuron_groups:\n  follower: { N: 2, model: "x : 1 (linked)\\ndv/dt = (x - v)/(5*ms) : 1", ' +
      'linked: { x: { variable: leader.v, index: [1, 0] } } }\n' +
      '  leader: { N: 2, model: "dv/dt = -v/(9*ms) : 1", initializers: { v: 1 + i } }\nrun: 1 ms',
  );
  const script = exportBrianScript(valid(text)).files[0]?.text ?? '';
  expect(script.indexOf('leader = NeuronGroup(')).toBeLessThan(script.indexOf('follower = NeuronGroup('));
  expect(script).toContain('follower.x = linked_var(leader, "v", index=[1, 0])');
  expect(script).toContain('x : 1 (linked)');
});

test('binomial draws are BinomialFunctions, which are the same model when they are read again', () => {
  const text = brian(
    'binomial_functions: { few: { n: 4, p: 0.3 }, many: { n: 5000, p: 0.3, approximate: false } }\n' +
      'neuron_groups:\n  G: { N: 5, model: "v : 1\\nk : 1", threshold: v > 1, reset: "k += few() + 2*few()" }\n' +
      'synapses:\n  S: { source: G, target: G, model: "n : integer", on_pre: v_post += 0.1*few(), connect: true }\nrun: 1 ms',
  );
  const { document, report } = exportBrian(valid(text));
  expect(report.every(({ verdict }) => verdict === 'exact')).toBe(true);
  expect(document.binomial_functions).toEqual({ binomial_4: { n: 4, p: 0.3, approximate: false } });
  expect(valid(stringify(document)).model).toEqual(valid(text).model);
  const script = exportBrianScript(valid(text)).files[0]?.text ?? '';
  expect(script).toMatch(/^binomial_4 = BinomialFunction\(n=4, p=0.3, approximate=False\)$/m);
  expect(script).toContain('k += binomial_4() + 2*binomial_4()');
  // Brian would compute the probability that none of 5000 trials succeeds as zero.
  const large = exportBrian(valid(text.replaceAll('few()', 'many()'))).report;
  expect(new Set(large.filter(({ code }) => code === 'brian/function').map(({ pointer }) => pointer))).toEqual(
    new Set(['/neurons/G', '/synapses/S']),
  );
});

describe('Python', () => {
  test.each([
    ['20 mV', '20 * mV'],
    ['-0.5 volt', '-0.5 * volt'],
    ['10 siemens*meter**-2', '10 * siemens * meter**-2'],
    ['3.5', '3.5'],
    ['v + 1*mV', '"v + 1*mV"'],
    [2, '2'],
    [1e-7, '1e-7'],
    [true, 'True'],
  ])('%s is %s', (value, code) => {
    expect(pythonValue(value)).toBe(code);
  });

  test('strings of several lines are in three quotes, those with quotes are escaped', () => {
    expect(pythonString('a\nb')).toBe('"""\n    a\n    b\n    """');
    expect(pythonString("a'b\\")).toBe('"a\'b\\\\"');
  });

  test("Python's words and Brian's classes are used", () => {
    expect(['lambda', 'NeuronGroup', 'mV', 'v'].map(isUsed)).toEqual([true, true, true, false]);
  });
});

test('variables called like functions of Python have other names, and no connection is made of empty lists', () => {
  const text = brian(
    'neuron_groups:\n  G: { N: 2, model: "did/dt = (2 - id)/(10*ms) : 1", threshold: id > 1, reset: id = 0 }\n' +
      'synapses:\n  S: { source: G, target: G, on_pre: id_post += 1, connect: { i: [], j: [] } }\nrun: 1 ms',
  );
  const script = exportBrianScript(valid(text)).files[0]?.text ?? '';
  expect(script).toContain('"did_/dt = (2 - id_)/(10*ms) : 1"');
  expect(script).toContain('S.connect(False)');
});

test('monitors of spikes record a group, or a range of it: Brian 2 takes a list for True', () => {
  const cells = (indices: readonly number[]): { readonly text: string; readonly report: readonly object[] } => {
    const document = {
      ...{ format: 'interneuron/brian', version: 1, run: '1 ms' },
      neuron_groups: { G: { N: 3, model: 'v : 1', threshold: 'v > 1', reset: 'v = 0' } },
      spike_monitors: { m: { source: 'G', record: indices } },
      state_monitors: { s: { source: 'G', variables: 'v', record: indices } },
    };
    const { files, report } = exportBrianScript(valid(stringify(document)));
    return { text: files[0]!.text, report: report.filter(({ code }) => code === 'brian/recorded-cells') };
  };
  expect(cells([0, 1, 2])).toMatchObject({ text: expect.stringContaining('m = SpikeMonitor(G)'), report: [] });
  expect(cells([0, 1, 2]).text).toContain('s = StateMonitor(G, "v", record=True)');
  expect(cells([1]).text).toContain('s = StateMonitor(G, "v", record=1)');
  expect(cells([1, 2])).toMatchObject({ text: expect.stringContaining('m = SpikeMonitor(G[1:])'), report: [] });
  expect(cells([0, 2])).toMatchObject({
    text: expect.stringContaining('m = SpikeMonitor(G)'),
    report: [{ verdict: 'equivalent', message: expect.stringContaining('m records all cells of G') }],
  });
});

test('some values of a variable that ends with _ are set as state: G.x_ is x without its unit', () => {
  const text = brian(
    'neuron_groups:\n  G: { N: 3, model: "x_ : 1", threshold: "x_ > 1", reset: "x_ = 0", ' +
      'initializers: { x_: { value: 0.5, where: i > 0 } } }\nrun: [{ duration: 1 ms }, { set: { G.x_: 2 }, index: [0, 2], duration: 1 ms }]',
  );
  const script = exportBrianScript(valid(text)).files[0]?.text ?? '';
  expect(script).toContain('G.state("x_")["i > 0"] = 0.5\n');
  expect(script).toContain('G.state("x_")[[0, 2]] = 2\n');
});

test("what Brian's groups have of their own is no name of a variable: it is set as state, or called otherwise", () => {
  const text = brian(
    'neuron_groups:\n  G: { N: 2, model: "dv/dt = start/ms : 1\\norder : 1\\nstart : 1", threshold: "v > 1", reset: "v = 0", ' +
      'method: euler, initializers: { order: 2, start: i } }\nsynapses:\n  S: { source: G, target: G, on_pre: v += order_post, connect: {} }\nrun: 1 ms',
  );
  const script = exportBrianScript(valid(text)).files[0]?.text ?? '';
  expect(script).toContain('G.state("order")[:] = 2\n');
  expect(script).toContain('G.start_ = "i"\n');
  expect(script).toContain('dv/dt = start_/ms : 1');
});

test.each([
  ['nothing', '', [false, true]],
  ['values', ', initializers: { v: rand() }', [true, true]],
  ['noise', '', [true, true]],
])('scripts seed what they draw, and keep a seed that is given: %s', (drawn, more, seeds) => {
  const rate = drawn === 'noise' ? '-v/tau + xi*tau**-0.5' : '-v/tau';
  const seeded = ['', 'seed: 3\n'].map((seed) => {
    const text =
      `format: interneuron/brian\n${seed}namespace: { tau: 2 ms }\nneuron_groups:\n  G: { N: 1, model: "dv/dt = ${rate} : 1", threshold: v > 1, ` +
      `method: euler${more} }\nrun: 1 ms`;
    return /^seed\(/m.test(exportBrianScript(valid(text)).files[0]?.text ?? '');
  });
  expect(seeded).toEqual(seeds);
});

describe('names that people leave out', () => {
  const scriptOf = (synapses: object, more: object = {}): string => {
    const cells = { N: 4, model: 'dv/dt = -v/(5*ms) : 1\ng : 1\nw : 1', threshold: 'v > 1', reset: 'v = 0' };
    const document = {
      format: 'interneuron/brian',
      version: 1,
      run: '1 ms',
      neuron_groups: { G: cells },
      synapses,
      ...more,
    };
    return exportBrianScript(valid(stringify(document))).files[0]?.text ?? '';
  };
  const to = (on_pre: string, more: object = {}): object => ({
    source: 'G[0:2]',
    target: 'G',
    on_pre,
    connect: true,
    ...more,
  });

  test('variables of the cell that synapses lead to, and the ends of a group in its slices', () => {
    const text = scriptOf({ S: to('g_post += 1'), T: to('v_post += 2', { source: 'G[2:4]' }) });
    expect(text).toContain('S = Synapses(G[:2], G, on_pre="g += 1")\n');
    expect(text).toContain('T = Synapses(G[2:], G, on_pre="v += 2")\n');
  });

  test.each([
    ['the sender has it, too', to('g_post += v_pre*v_post'), {}, 'g += v_pre*v'],
    ['an object of the script has it', to('g_post += 1'), { spike_monitors: { g: { source: 'G' } } }, 'g_post += 1'],
    ['alone it is another number', to('g_post += i*N_post'), {}, 'g += i*N_post'],
  ])('%s', (_, synapses, more, code) => {
    expect(scriptOf({ S: synapses }, more)).toContain(`"${code}"`);
  });

  // Brian runs what shares a slot and an order by their names: B before the object that it would call synapses.
  test.each([
    ['one after the other sets and adds', { Z: to('v_post = 0.5'), B: to('v_post += 1') }],
    ['one reads what the other changes', { Z: to('g_post += v_post'), B: to('v_post += 1') }],
    ['sums', { Z: to('g_post += 1', { model: 'x : 1\nw_post = x : 1 (summed)' }), B: to('v_post += 1') }],
    ['clock-driven equations', { Z: to('g_post += x', { model: 'dx/dt = v_post/ms : 1 (clock-driven)' }) }],
    ['operations', { Z: to('g_post += 1', { model: 'x : 1', run_regularly: [{ code: 'x = 1', dt: '1 ms' }] }) }],
  ])('names stay where the order of objects may matter: %s', (_, synapses) => {
    expect(scriptOf(synapses)).toContain('name="Z"');
  });
});
