/** The text of types in NESTML, and the report of a conversion to them. */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { convertModel, type ConvertedModel } from '../../../src/convert/convert.js';
import { importModel, readSource } from '../../../src/pipeline/pipeline.js';
import { root } from '../../support/import-graph.js';
import { axonalRule, plasticRules, twoTypes } from './nestml-model.js';
import '../../../translators/brian/road.js';
import '../../../translators/nestml/road.js';
import '../../../translators/neuroml/road.js';
import '../../../translators/pynn/road.js';

const converted = (text: string): Promise<ConvertedModel> =>
  convertModel(importModel({ name: 'model.yaml', text }).valid, 'pynn-nestml', { name: 'model.py' });

const fixture = (name: string): Promise<ConvertedModel> =>
  convertModel(importModel(readSource(join(root, 'fixtures', name))).valid, 'pynn-nestml');

/** One group of cells, as Brian has it. */
const group = (lines: string): string =>
  `format: interneuron/brian\nversion: 1\nname: one\ndt: 0.1 ms\nneuron_groups:\n  G:\n    N: 2\n${lines
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')}\nspike_monitors:\n  spikes: { source: G }\nrun: 10 ms\n`;

/** The models of a script. */
const modelIn = async (text: string): Promise<string> => {
  const { files } = await converted(text);
  return files[1]?.text ?? '';
};

const reasons = ({ report }: ConvertedModel): readonly string[] =>
  report.flatMap(({ verdict, code, message }) =>
    verdict === 'notExpressible' && code === 'pynn/not-in-nestml' ? [message] : [],
  );

// NEST 3.10: "Resolution must be a multiple of the tic length", which is 0.001 ms.
it.each([
  ['0.1 ms', 0],
  ['0.005 ms', 0],
  ['0.0025 ms', 1],
  ['0.0004 ms', 1],
])('a time step of %s is left out %s times', async (dt, count) => {
  const text = group('model: "dv/dt = (2 - v)/(10*ms) : 1"\nthreshold: v > 1\nreset: v = 0').replace('0.1 ms', dt);
  expect(reasons(await converted(text)).filter((one) => one.includes('no whole number of microseconds'))).toHaveLength(
    count,
  );
});

it('each event that emits the spike sends one', async () => {
  const { valid } = importModel(readSource('test/translators/nestml/files/ports.nestml'));
  const { files } = await convertModel(valid, 'pynn-nestml');
  expect(files[1]?.text.match(/emit_spike\(\)/g)).toHaveLength(2);
});

describe('two types', () => {
  it('thresholds are tested after spikes have arrived', async () => {
    const { files, outcome } = await converted(twoTypes);
    expect(outcome).toBe('not measured');
    expect(files.map(({ name }) => name)).toEqual(['model.py', 'model.nestml']);
    expect(files[1]?.text).toContain(`model leaky_neuron:
    state:
        v mV = 0 mV
        g mV = 0 mV
        theta mV = 0 mV
        steps_to_code real = 0    # steps until code runs that does so every 10 steps
        refr_t ms = 0 ms    # time to the end of the refractory period

    equations:
        v' = (-55 mV - v + g)/tau
        g' = -g/5 ms

    parameters:
        Vt mV = -50 mV
        Vr mV = -65 mV
        tau ms = 0 ms

    input:
        spikes_g <- spike
        spikes_v <- spike

    output:
        spike

    update:
        if steps_to_code <= 0:
            theta *= 0.9
            steps_to_code = 10
        steps_to_code -= 1
        if refr_t > resolution()/2:
            refr_t -= resolution()
        if refr_t > resolution()/2:
            integrate_odes(g)
        else:
            integrate_odes()

    onReceive(spikes_g):
        g += spikes_g * 1 s * 0.001 mV

    onReceive(spikes_v):
        if refr_t <= resolution()/2:
            v += spikes_v * 1 s * 0.001 mV

    onCondition(refr_t <= resolution()/2 and v > Vt + theta):
        refr_t = 2 ms + resolution()
        v = Vr
        theta += 1 mV
        emit_spike()
`);
  });

  it('scripts without such types are for NEST, too, with spikes on steps', async () => {
    const text = `format: interneuron/pynn
populations: [{ label: G, size: 1, cell: { type: IF_curr_exp, params: { tau_refrac: 1 } } }]
phases: [{ run: 10 }]`;
    const { files } = await converted(text);
    expect(files.map(({ name }) => name)).toEqual(['model.py']);
    expect(files[0]?.text).toContain('Usage: python model.py nest\n');
    expect(files[0]?.text).toContain('spike_precision="on_grid")\n');
    const { files: portable } = await convertModel(importModel({ name: 'model.yaml', text }).valid, 'pynn');
    expect(portable[0]?.text).not.toContain('on_grid');
  });

  it('NESTML compiles the models of a file, and PyNN has types of them', async () => {
    const { files } = await converted(twoTypes);
    const script = files[0]?.text ?? '';
    expect(script).toContain(`import pyNN.nest as sim
from pyNN.parameters import Sequence
from pynestml.frontend.pynestml_frontend import generate_nest_target

sim.setup(timestep=0.1, min_delay=0.1, spike_precision="on_grid")

generate_nest_target(
    str(Path(__file__).with_name("model.nestml")),
    target_path=mkdtemp(),
    module_name="model_module",
)
sim.nest.Install("model_module")


class leaky_neuron(sim.native_cell_type("leaky_neuron")):
    units = {"spikes": "ms", "v": "mV", "g": "mV", "theta": "mV"}
    conductance_based = False
`);
    expect(files[1]?.text).toContain('        if refr > 0 and not (x > -0.5):\n            refr = 0\n');
    expect(script).toContain('leaky_neuron(tau=lambda i: 10.0 + 2.0 * i)');
    expect(script).toContain('sim.StaticSynapse(weight=-2, delay=0.3),\n    receptor_type="SPIKES_V",');
  });
});

describe('plastic synapses', () => {
  it('are models that NESTML compiles with their targets', async () => {
    const { files, report } = await converted(plasticRules);
    const [script, models] = files.map(({ text }) => text);
    expect(models).toContain(`    onReceive(post_spikes):
        o1 += 1.0
        o2 += 1.0
        w = clip(w + r1*(0.3 mV + (1 mV)*o2), 0 mV, 20 mV)
`);
    expect(models).toContain(`model P_synapse:
    state:
        w mV = 0 mV
        x real = 0.0
        y real = 0.0

    equations:
        x' = -x/20 ms
        y' = -y/taupost

    parameters:
        taupost ms = 25 ms
        wmax mV = 20 mV
        eta real = 0.2

    input:
        pre_spikes <- spike
        post_spikes <- spike

    output:
        spike

    update:
        integrate_odes()

    onReceive(pre_spikes):
        emit_spike(w)
        x += 1.0
        w = clip(w - 0.1*w*y, 0 mV, wmax)
`);
    expect(script).toContain('{"P_synapse": {"post_ports": ["post_spikes"]}}');
    expect(script).toContain('"strictly_synaptic_vars": {"P_synapse": ["y"], "T_synapse": ["o1", "o2"]}');
    expect(script).toContain('class P_synapse(sim.native_synapse_type("P_synapse__with_paired_neuron")):\n');
    expect(script).toContain('R_synapse(weight=15, delay=0.3, U=Expression2())');
    expect(script).toContain('P_w = SynapseRecorder(P, "w", interval=1)');
    expect(report.flatMap(({ code, pointer }) => (code === 'pynn/dendritic-delay' ? [pointer] : []))).toEqual([
      '/projections/P',
      '/projections/T',
    ]);
  });

  it('are NESTML if NEST refuses the delay of a mechanism of PyNN', async () => {
    const text = axonalRule.replace(
      'run: 120 ms',
      'run: [{ duration: 60 ms }, { set: { S.w: 5 mV }, duration: 60 ms }]',
    );
    const { files, report } = await converted(text);
    const [script = '', models = ''] = files.map((file) => file.text);
    expect(models).toContain(
      '        emit_spike(w)\n        tr += 1.0\n        w = clip(w - (0.3 mV)*po, 0 mV, 12 mV)\n',
    );
    expect(script).toContain('    S_synapse(weight=Expression1(), delay=2),\n');
    expect(script).toContain('S.set(w=5)\n');
    expect(script).not.toContain('STDPMechanism');
    const rows = report.filter(({ code }) => code === 'pynn/nestml-step');
    expect(rows.map(({ pointer, verdict }) => [pointer, verdict])).toEqual([
      ['/recordings/2', 'convention'],
      ['/experiment/protocol/1', 'different'],
    ]);
    // By the names of PyNN, which NEURON runs.
    const { files: named } = await convertModel(importModel({ name: 'model.yaml', text }).valid, 'pynn');
    expect(named[0]?.text).toContain('dendritic_delay_fraction=0');
  });

  const rule = (onPre: string, onPost: string): string =>
    group('model: "dv/dt = -v/(10*ms) : 1\\nu : 1"\nthreshold: v > 1\nreset: v = 0').replace(
      'spike_monitors',
      `synapses:
  S:
    source: G
    target: G
    model: |
      w : 1
      dx/dt = -x/(20*ms) : 1 (event-driven)
      dy/dt = -y/(20*ms) : 1 (event-driven)
    on_pre: ${onPre}
    on_post: ${onPost}
    connect: true
spike_monitors`,
    );

  it.each([
    ['v += w*u_post; x += 1', 'y += 1; w += x', 'synapses whose effect depends on the state of a cell'],
    ['v += w; x += 1', 'y += 1; w += x; u_post += 1', 'synapses that change their target at its own spikes'],
    ['v += w; u += w*y', 'y += 1', 'plastic synapses that add several values'],
    ['v += w*rand(); x += 1', 'y += 1; w += x', 'synapses that draw random numbers'],
  ])('%s, %s', async (onPre, onPost, reason) => {
    expect(reasons(await converted(rule(onPre, onPost)))).toEqual([`NESTML: ${reason}`]);
  });
});

describe('code of cells', () => {
  it("units are NEST's, which are coherent", async () => {
    const text = await modelIn(
      group(
        'model: |\n  dv/dt = (I - g*(v + 54.4*mV)*m)/C : volt\n  dm/dt = (1 - m)*(v + 54.4*mV)/(10*mV*ms) : 1\n  I : amp/metre**2\nthreshold: v > 0*mV\nreset: v = -60*mV\n' +
          'namespace: { C: 1*uF/cm**2, g: 0.3*msiemens/cm**2 }\nmethod: exponential_euler',
      ),
    );
    expect(text).toContain("v' = (I - g*(v + 54.4 mV)*m)/C");
    expect(text).toContain('C pF/um**2 = 0.01 pF/(1 um)**2');
    expect(text).toContain('g nS/um**2 = 0.003 nS/(1 um)**2');
  });

  it('values that depend on the time hold over a step, as t does under Brian', async () => {
    const text = await modelIn(
      group(
        'model: |\n  dv/dt = (a - v**3)/(10*ms) : 1\n  a = 2*sin(2*pi*t/(50*ms)) : 1\nthreshold: v > 1\nreset: v = 0',
      ),
    );
    expect(text).toMatch(/ {4}update:\n {8}a = 2\*sin\(.*\(t - resolution\(\)\).*\)\n {8}integrate_odes\(\)\n/);
  });

  it('noise is added at the end of a step', async () => {
    const text = await modelIn(
      group(
        'model: |\n  dv/dt = -v/(10*ms) + 2*mV*sqrt(2/(10*ms))*xi : volt\nthreshold: v > 5*mV\nreset: v = 0*mV\nmethod: euler',
      ),
    );
    expect(text).toContain(
      '*resolution()**0.5*random_normal(0.0, 1.0)\n        integrate_odes()\n        v += noise_v\n',
    );
    const { report } = await fixture('brian/noisy-group.yaml');
    expect(report.filter(({ code }) => code === 'pynn/nestml-step').map(({ verdict }) => verdict)).toContain(
      'different',
    );
  });
});

describe('constants of each cell', () => {
  it('listed values have the digits that people type', async () => {
    const text = group(
      'model: "dv/dt = (I - v**3)/(10*ms) : 1\\nI : 1"\nthreshold: v > 1\nreset: v = 0\ninitializers: { I: 0.1*(i + 2) }',
    ).replace('N: 2', 'N: 4');
    const { valid } = importModel({ name: 'model.yaml', text });
    const { files } = await convertModel(valid, 'pynn-nestml', { name: 'model.py', freeze: true });
    // In doubles, 0.1*3 is 0.30000000000000004.
    expect(files[0]?.text).toContain('I=[0.2, 0.3, 0.4, 0.5]');
  });

  it('columns of tables are parameters, among which cells choose by the time', async () => {
    const { files, outcome } = await fixture('brian/timed-array.yaml');
    expect(outcome).toBe('not measured');
    const text = files.map((file) => file.text).join('');
    expect(text).toContain(
      'drive = (t - resolution()) < 2.5 ms ? steps_0 : ((t - resolution()) < 5 ms ? steps_1 : steps_2)\n',
    );
    expect(text).toContain('steps_0=[0, 1, 2], steps_1=[2, 1, 0], steps_2=[1.5, 1.5, 1.5]');
    expect(text).toContain("v' = (pulse_ - v)/tau\n");
  });

  it('the index is a parameter of code at regular times, which runs before or after the equations', async () => {
    const { files, outcome } = await fixture('brian/run-regularly.yaml');
    expect(outcome).toBe('not measured');
    const text = files.map((file) => file.text).join('');
    expect(text).toContain('v += kick*(index + 1)\n');
    expect(text).toContain('G_neuron(index=[0, 1])');
    expect(text).toContain('        integrate_odes()\n        late = v\n');
  });
});

describe('equations', () => {
  it('noise in the sense of Stratonovich has the drift that it has in the sense of Itô', async () => {
    const text = await modelIn(
      group('model: "dz/dt = -z/(10*ms) + z*xi*sqrt(2/second) : 1"\nthreshold: z > 5\nreset: z = 1\nmethod: heun'),
    );
    // Half of z*sqrt(2/s) times its derivative, sqrt(2/s).
    expect(text).toContain("z' = -z/10 ms + 0.5*(z*(0.002/(1 ms))**0.5*(0.002/(1 ms))**0.5)\n");
  });

  it('choices compare by < and >, since the solver takes other signs for equations', async () => {
    const text = await modelIn(
      group('model: |\n  dv/dt = (int(v <= 1 and v != 0) - v)/(10*ms) : 1\nthreshold: v > 2\nreset: v = 0'),
    );
    expect(text).toContain("v' = ((v > 1 ? 0.0 : (v < 0 ? 1.0 : (v > 0 ? 1.0 : 0.0))) - v)/10 ms\n");
  });

  it('a quantity before a slash stands in parentheses, or the slash would belong to its unit', async () => {
    const text = await modelIn(
      group(
        'model: |\n  dv/dt = (1 - v)/tau : 1\n  tau = 2*ms/q : second\n  q = 1 + v : 1\nthreshold: v > 2\nreset: v = 0',
      ),
    );
    expect(text).toContain('tau ms = (2 ms)/q\n');
  });

  it('numbers with exponents that would lose a zero are products, and equations have them as parameters', async () => {
    const text = await modelIn(
      group(
        'model: |\n  dv/dt = (1e20*exp(-v) - v)/(10*ms) : 1\n  du/dt = (x - u)/ms : 1\n  x = 1e20*exp(-v) : 1\nthreshold: v > 2\nreset: v = 3e10',
      ),
    );
    expect(text).toContain("v' = (constant*exp(-v) - v)/10 ms\n");
    expect(text).toContain('constant real = 100000000000000000.0*1000.0\n');
    expect(text).toContain('return 100000000000000000.0*1000.0*exp(-v)\n');
    expect(text).toContain('v = 30000000.0*1000.0\n');
  });

  it('derived variables that are not linear are functions', async () => {
    const text = await modelIn(
      group(
        'model: |\n  dv/dt = (b + d - v)/(10*ms) : 1\n  b = sin(v) : 1\n  d = 2*b : 1\nthreshold: v > 2\nreset: v = 0',
      ),
    );
    expect(text).toContain("v' = (b(v) + d(v) - v)/10 ms\n");
    expect(text).toContain(
      '    function b(v real) real:\n        return sin(v)\n\n    function d(v real) real:\n        return 2*b(v)\n',
    );
  });

  it('sources with intervals that PyNN lacks are cells that draw them', async () => {
    const { files, outcome } = await fixture('neuroml/random-inputs.xml');
    expect(outcome).toBe('not measured');
    expect(files[1]?.text).toContain('isi = minISI + (1 ms)*((maxISI - minISI)/(1 ms)*random_uniform(0.0, 1.0))\n');
  });
});

it('a synapse acts through a port on the variable that its projection names', async () => {
  const model = `interneuron: 1
neurons:
  cell:
    state: { v: { unit: mV, initial: -70 mV }, a: { unit: nS }, n: { unit: nS } }
    derivatives: { v: (10*nS*(-70*mV - v) - a*v - n*v/(1 + exp(-v/(16*mV))))/(200*pF), a: -a/(2*ms), n: -n/(80*ms) }
    events: { spike: { when: v > -50*mV, edge: level, do: [v = -60*mV] } }
synapses:
  static: { parameters: { w: 2 nS }, pathways: { pre: { on: pre.spike, delay: 1 ms, do: [port += w] } } }
populations: { cells: { type: cell, size: 3 } }
projections:
  fast: { from: cells, to: cells, synapse: static, connect: { rule: all }, receptor: a }
  slow: { from: cells, to: cells, synapse: static, connect: { rule: all }, receptor: n, values: { w: 3 nS } }
experiment: { dt: 0.1 ms, protocol: [ run: 10 ms ] }
`;
  expect(reasons(await converted(model))).toEqual([]);
  const text = await modelIn(model);
  expect(text).toContain('onReceive(spikes_a):\n        a += spikes_a');
  expect(text).toContain('onReceive(spikes_n):\n        n += spikes_n');
  // Two ports of one variable are called after their projections.
  const twice = model
    .replace(
      'populations:',
      '  double: { state: { w: { unit: nS, initial: 2 nS } }, pathways: { pre: { on: pre.spike, delay: 1 ms, do: [port += w, w = 0.9*w] } } }\npopulations:',
    )
    .replace(
      'experiment:',
      '  strong: { from: cells, to: cells, synapse: double, connect: { rule: all }, receptor: a }\nexperiment:',
    );
  const ports = (await modelIn(twice)).match(/\bspikes\w* <- spike/g);
  expect(ports).toEqual(['spikes_fast <- spike', 'spikes_n <- spike', 'spikes_strong <- spike']);
});

it('names parts without an equivalent in NESTML', async () => {
  const said = async (name: string): Promise<readonly string[]> => [...new Set(reasons(await fixture(name)))];
  expect(await said('brian/summed.yaml')).toEqual(['NESTML: sums over synapses']);
  expect(await said('brian/hodgkin-huxley-axon.yaml')).toEqual([
    'NESTML: cells with compartments; NESTML has models of points here',
  ]);
  expect(await said('brian/custom-event.yaml')).toEqual([
    "NESTML: synapses that react to half; NEST's cells send spikes",
  ]);
  expect(await said('brian/stdp-pair.yaml')).toEqual([
    'NESTML: synapses onto listed spikes: NEST keeps the spikes of a target in cells with equations',
  ]);
  expect(await said('neuroml/own-types.xml')).toContain('NESTML: regimes');
});

it('models that PyNN has names for are scripts for any simulator', async () => {
  const { files } = await fixture('brian/single-lif.yaml');
  expect(files[0]?.text).toContain('sim, options = get_simulator()');
  expect(files[0]?.text).not.toContain('nestml');
});

describe('names that NESTML, NEST or Python has itself', () => {
  const cells = `format: interneuron/brian
version: 1
name: one
dt: 0.1 ms
spike_generators:
  source: { N: 1, indices: [0], times: { values: [1], unit: ms } }
neuron_groups:
  G:
    N: 2
    model: |
      dv/dt = (switch - v)/tau_Ca : volt
      dCa/dt = -Ca/(20*ms) : volt
      tau_Ca : second (constant)
      switch : volt
    threshold: v > 10*mV
    reset: |
      v = 0*mV
      Ca += 1*mV
    run_regularly:
      - { code: "switch *= 0.9", dt: 1 ms }
    initializers: { tau_Ca: 10*ms + 1*ms*i, switch: 20*mV }
synapses:
  S: { source: source, target: G, on_pre: "Ca += 2*mV", connect: true }
state_monitors:
  samples: { source: G, variables: [Ca, switch], record: true }
run:
  - duration: 5 ms
  - set: { G.switch: 5*mV }
    duration: 5 ms
`;

  it('are renamed at every use in the model, and the report lists them', async () => {
    const { files, report } = await converted(cells);
    const text = files.map((file) => file.text).join('\n');
    expect(text).toContain("v' = (switch_ - v)/tau_Ca_");
    expect(text).toContain("Ca_' = -Ca_/20 ms");
    expect(text).toContain('switch_ *= 0.9');
    expect(text).toContain('Ca_ += 1 mV');
    expect(text).toContain('tau_Ca_=lambda i: 10.0 + i');
    expect(text).toContain('.record(["Ca_", "switch_"])');
    expect(text).toContain('.initialize(switch_=5)');
    expect(text).not.toMatch(/\b(?:Ca|tau_Ca|switch)\b(?!_)/);
    expect(report.flatMap(({ code, message }) => (code === 'pynn/renamed' ? [message] : [])).sort()).toEqual([
      'Ca is called Ca_: NESTML, NEST or Python has Ca itself',
      'switch is called switch_: NESTML, NEST or Python has switch itself',
      'tau_Ca is called tau_Ca_: NESTML, NEST or Python has tau_Ca itself',
    ]);
  });

  it('E is renamed, as ODE-toolbox 3.0 takes it for the base of the logarithm in linear equations', async () => {
    const model = 'model: "dv/dt = (E - v)/(10*ms) : volt\\ndu/dt = (v - u)/(5*ms) : volt"\nnamespace: { E: -60 mV }';
    expect(await modelIn(group(`${model}\nthreshold: u > -40*mV\nreset: u = E`))).toContain("v' = (E_ - v)/10 ms");
  });
});

it('large whole numbers have an exponent, as C++ has no integers of so many digits', async () => {
  const model = 'model: "dv/dt = -v*(v/(2e16*volt))/second : volt"\nthreshold: v > 1*volt\nreset: v = 0*volt';
  expect(await modelIn(group(model))).toContain('2e19 mV');
});

it('leaves out recordings that its cells do not have, at their place', async () => {
  const text = `format: interneuron/brian
dt: 0.1 ms
spike_generators: { kick: { N: 1, indices: [0], times: [4 ms] } }
neuron_groups:
  A:
    N: 1
    model: |
      dv/dt = (-70*mV - v + u)/(16*ms) : volt
      du/dt = -u/(4*ms) : volt
    threshold: v > -52*mV
    reset: v = -70*mV
    initializers: { v: -70*mV }
synapses: { S: { source: kick, target: A, on_pre: u += 7*mV, delay: 1 ms, connect: true } }
spike_monitors: { spikes: { source: A } }
state_monitors: { M: { source: A, variables: [v, u], record: true } }
run: 40 ms
`;
  const { outcome, files, report } = await converted(text);
  expect(outcome).toBe('not measured');
  expect(files[0]?.text).toContain('A.record(["spikes", "v"])');
  expect(report.filter(({ verdict }) => verdict === 'notExpressible')).toMatchObject([
    { pointer: '/recordings/1', message: expect.stringContaining('isyn_exc') as string },
  ]);
  expect(report.filter(({ recorded }) => recorded !== undefined)).toEqual([]);
});
