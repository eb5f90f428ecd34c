/** Types that not all of PyNN's simulators have, or get right. */

import { expect, test } from 'vitest';
import { convertModel } from '../../../src/convert/convert.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { exportPynnScript } from '../../../translators/pynn/export-script.js';
import { simulators } from '../../../src/library/simulators/simulators.js';
import {
  rowsOfBackends,
  runsNowhere,
  sentencesOf,
  wrongSpikesUnderNeuron,
  usualSimulator,
} from '../../../translators/pynn/script/backends.js';
import type { PynnSpecification } from '../../../translators/pynn/specification.generated.js';
import { peerRecords, peers } from '../../support/peer-records.js';
import { python } from '../../support/python.js';
import { documentOf } from './support.js';

const records = peerRecords('pynn-backends');

/** Returns the JSON that a script of PyNN prints after `found`. @param what the name of its record */
const foundBy = (what: string, script: string): Promise<unknown> =>
  records.output(peers.backends, { what, texts: [script] }, async () => {
    const said = await python('.venv-pynn', ['-W', 'ignore', '-c', script]);
    return JSON.parse(said.slice(said.lastIndexOf('found ') + 'found '.length));
  });

const remarksOn = (document: PynnSpecification): readonly string[] => sentencesOf(rowsOfBackends(document));

/** Prints the types that one of the backends lacks, of all that PyNN declares, native ones aside. */
const listed = `
import importlib, inspect, json
from pyNN.standardmodels import cells, receptors, synapses
backends = {title: importlib.import_module("pyNN." + title.lower()) for title in ("NEST", "NEURON")}
lacked = {}
for module in (cells, synapses, receptors):
    for name, each in vars(module).items():
        if not inspect.isclass(each) or each.__module__ != module.__name__:
            continue
        lacking = [title for title, backend in backends.items() if not hasattr(backend, name)]
        if len(lacking) == 1:
            lacked[name] = lacking[0]
failed = {}
for title, backend in backends.items():
    for name, each in vars(cells).items():
        # Those that are made of parts aside.
        if not hasattr(backend, name) or name in ("LIF", "AdExp", "PointNeuron", "MultiCompartmentNeuron"):
            continue
        if getattr(each, "__module__", None) != cells.__name__:
            continue
        backend.setup(timestep=0.1)
        try:
            backend.Population(1, getattr(backend, name)())
            backend.run(1.0)
        except Exception:
            failed[name] = title
print("found " + json.dumps([lacked, failed]))
`;

test('PyNN has them', async () => {
  const [found, failed] = (await foundBy('types that a simulator lacks', listed)) as readonly [unknown, unknown];
  const titles = { nest: 'NEST', neuron: 'NEURON' } as const;
  const rows = Object.values(simulators);
  const lacked = rows.flatMap(({ lacks }) => lacks.map(({ part, simulator }) => [part, titles[simulator]] as const));
  // BetaPSR of PyNN's notation has another name as a class.
  const named = lacked.map(([part, title]) => [part === 'BetaPSR' ? 'CondBetaPostSynapticResponse' : part, title]);
  expect(found).toEqual(Object.fromEntries(named));
  const raising = rows.flatMap(({ fails }) =>
    fails.flatMap(({ part, simulator, effect }) =>
      effect === 'raises' && part !== 'ElectricalSynapse' ? [[part, titles[simulator]] as const] : [],
    ),
  );
  // Scripts give NEST the names that this cell lacks there.
  expect(failed).toEqual({ ...Object.fromEntries(raising), IF_cond_exp_gsfa_grr: 'NEST' });
});

test('of cells, receptors, synapses and rules of plasticity', () => {
  const document = {
    populations: [
      { label: 'a', size: 1, cell: { type: 'SpikeSourceInhGamma' } },
      { label: 'c', size: 1, cell: { type: 'SpikeSourceGamma', params: { start: 5 } } },
      { label: 'd', size: 1, cell: { type: 'SpikeSourcePoissonRefractory', params: { rate: 5 } } },
      { label: 'b', size: 1, cell: { type: 'PointNeuron', receptors: { e: { type: 'BetaPSR' } } } },
    ],
    projections: [
      { connector: { type: 'AllToAllConnector' }, synapse: { type: 'ElectricalSynapse' } },
      {
        connector: { type: 'AllToAllConnector' },
        synapse: { type: 'STDPMechanism', timing_dependence: { type: 'Vogels2011Rule' } },
      },
    ],
  };
  expect(remarksOn(document as unknown as PynnSpecification)).toEqual([
    'ElectricalSynapse of PyNN 0.13 raises an error under NEURON, too',
    'PyNN has no BetaPSR for NEURON, where the script does not run',
    'PyNN has no ElectricalSynapse for NEST, where the script does not run',
    'PyNN has no SpikeSourceInhGamma for NEURON, where the script does not run',
    'PyNN has no Vogels2011Rule for NEST, where the script does not run',
    'SpikeSourceGamma of PyNN 0.13 has no start and no duration under NEST, where the script does not run',
    'SpikeSourceInhGamma of PyNN 0.13: it raises an error under NEST, too',
  ]);
});

test('values of parameters, and times of runs', () => {
  const document = {
    setup: { timestep: 0.1 },
    populations: [
      { label: 'a', size: 2, cell: { type: 'IF_cond_exp', params: { v_reset: [-60, -40], tau_syn_E: 0 } } },
      { label: 'b', size: 1, cell: { type: 'IF_curr_exp', params: { tau_refrac: 0, cm: 0 } } },
      { label: 'c', size: 1, cell: { type: 'SpikeSourceGamma', params: { alpha: 0.5 } } },
      { label: 'd', size: 1, cell: { type: 'HH_cond_exp', params: { cm: 0.2 } } },
      { label: 'e', size: 2, cell: { type: 'SpikeSourceArray', params: { spike_times: { sequences: [[5], [0.1]] } } } },
      { label: 'f', size: 1, cell: { type: 'SpikeSourceArray', params: { spike_times: [0, 7] } } },
      // Of PyNN's default cell, NEURON sends 16 of 16 spikes at -42 mV, 15 at -40 mV and 8 at -30 mV.
      { label: 'g', size: 2, cell: { type: 'EIF_cond_exp_isfa_ista', params: { v_spike: [-42, -40] } } },
      { label: 'h', size: 1, cell: { type: 'EIF_cond_alpha_isfa_ista', params: { v_spike: -42 } } },
      { label: 'i', size: 1, cell: { type: 'Izhikevich' } },
    ],
    phases: [{ run: 50.05 }, { run: 0.3 }],
  };
  expect(sentencesOf(wrongSpikesUnderNeuron(document as unknown as PynnSpecification))).toEqual([
    'EIF_cond_exp_isfa_ista with v_spike above -41.3 mV loses spikes under NEURON in steps of 0.1 ms',
  ]);
  // With a = 0.1 at 0.02 nA, NEURON sends 66 spikes in steps of 0.1 ms, 63 of 0.125 ms and 31 of 0.2 ms.
  const coarse = { setup: { timestep: 0.2 }, populations: [{ label: 'i', size: 1, cell: { type: 'Izhikevich' } }] };
  expect(sentencesOf(wrongSpikesUnderNeuron(coarse as unknown as PynnSpecification))).toEqual([
    'Izhikevich loses or repeats spikes under NEURON in steps of 0.2 ms',
  ]);
  expect(remarksOn(document as unknown as PynnSpecification)).toEqual([
    'IF_cond_exp with tau_syn_E that is not positive does not run under NEST',
    'IF_cond_exp with v_reset at v_thresh or above does not run under NEST',
    'IF_curr_exp with cm that is not positive does not run under NEST or NEURON',
    'IF_curr_exp with tau_refrac below a time step does not run under NEST without spike_precision="on_grid"',
    // PyNN takes them a shortest delay earlier there: at 0, which NEST refuses, or before.
    'SpikeSourceArray with spikes before 0.2 ms loses them under NEST, or raises an error',
    'SpikeSourceGamma with alpha below 1 does not run under NEST',
    'runs that are no multiple of the time step raise an error under NEST',
  ]);
});

// NEST 3.10: "Resolution must be a multiple of the tic length", which is 0.001 ms.
test.each([
  [0.001, []],
  [0.1, []],
  [0.0025, ['a time step of 0.0025 ms, which is no whole number of microseconds, raises an error under NEST']],
])('of steps of %s ms', (timestep, expected) => {
  expect(remarksOn({ setup: { timestep } } as unknown as PynnSpecification)).toEqual(expected);
});

test('scripts that neither simulator runs', () => {
  const views = [{ label: 'half', population: 'a', slice: [0, 1] }];
  const populations = [{ label: 'a', size: 2, cell: { type: 'IF_curr_exp' } }];
  const phases = [{ initialize: { target: 'half', values: { v: -60 } } }, { run: 1 }];
  const runs = (document: object): boolean => !runsNowhere(document as unknown as PynnSpecification);
  expect(runs({ populations, phases: [{ run: 1 }] })).toBe(true);
  // PyNN 0.13: NEST's view lacks a method, and NEURON's cannot keep the values.
  expect(runs({ populations, views, phases })).toBe(false);
});

const late = `
import json
import pyNN.nest as sim
found = []
for least in (0.1, 0.5):
    sim.setup(timestep=0.1, min_delay=least, spike_precision="on_grid")
    cell = sim.Population(1, sim.IF_curr_exp())
    cell.record("v")
    sim.run(10.0)
    cell.set(i_offset=1.0)
    sim.run(10.0)
    samples = cell.get_data().segments[0].analogsignals[0].magnitude[:, 0]
    found.append(next(k for k, v in enumerate(samples) if v > -64.999))
    sim.end()
print("found " + json.dumps(found))
`;

test('NEST changes values later by the shortest delay', async () => {
  // The first sample after 10 ms, which the change affects by itself, is number 101.
  expect(await foundBy('samples before a change', late)).toEqual([102, 106]);
  const remarks = (...phases: readonly object[]): readonly string[] =>
    remarksOn({ setup: { timestep: 0.1, min_delay: 0.5 }, phases } as unknown as PynnSpecification);
  const set = { set: { target: 'a', params: { i_offset: 1 } } };
  expect(remarks({ run: 10 }, set, { run: 10 })).toEqual([
    'values that change after a run act 0.5 ms later under NEST, by the shortest delay',
  ]);
  expect(remarks(set, { run: 10 })).toEqual([]);
  expect(remarks({ run: 10 }, set, { run: 10 }, { reset: {} })).toHaveLength(2);
  expect(remarks({ run: 10 }, set)).toEqual([]);
});

/** A cell that fires once at 12 ms, and plastic synapses onto it of 1 mV, at most 2 mV. */
const plastic = {
  format: 'interneuron/pynn',
  setup: { timestep: 0.1, min_delay: 0.1 },
  populations: [
    { label: 'pre', size: 1, cell: { type: 'SpikeSourceArray', params: { spike_times: [10, 20, 30, 40] } } },
    { label: 'driver', size: 1, cell: { type: 'SpikeSourceArray', params: { spike_times: [12] } } },
    { label: 'post', size: 1, cell: { type: 'IF_curr_delta', params: { tau_refrac: 1 } } },
  ],
  projections: [
    {
      label: 'learning',
      pre: 'pre',
      post: 'post',
      connector: { type: 'AllToAllConnector' },
      synapse: {
        type: 'STDPMechanism',
        timing_dependence: { type: 'SpikePairRule', params: { A_plus: 0.1 } },
        weight_dependence: { type: 'AdditiveWeightDependence', params: { w_max: 2 } },
        params: { weight: 1, delay: 0.1 },
      },
      receptor_type: 'excitatory',
    },
    {
      label: 'driving',
      pre: 'driver',
      post: 'post',
      connector: { type: 'AllToAllConnector' },
      synapse: { type: 'StaticSynapse', params: { weight: 20, delay: 0.1 } },
      receptor_type: 'excitatory',
    },
  ],
  recordings: [{ target: 'post', variables: ['spikes'] }],
  phases: [{ run: 50 }],
};

test('weights in mV that a script reads from NEST are named in the report', async () => {
  // `_get_attributes_as_list` of PyNN 0.13 multiplies all weights by 0.001.
  const recordings = [{ target: 'learning', variables: ['weight'], sampling_interval: 1 }];
  const { valid } = importModel({ name: 'model.json', text: JSON.stringify({ ...plastic, recordings }) });
  const { report } = await convertModel(valid, 'pynn');
  expect(report.map(({ message }) => message)).toContain('recorded weights of learning are in V under NEST, not in mV');
});

test('a script gives NEST the largest weight in mV', async () => {
  const { valid } = importModel({ name: 'model.json', text: JSON.stringify(plastic) });
  const { files } = await convertModel(valid, 'pynn');
  const text = files[0]?.text ?? '';
  const spikes = (what: string, script: string): Promise<unknown> => {
    const shown = script.replace(
      /post\.write_data\(.*\)/,
      'print("found", [len(each) for each in post.get_data().segments[0].spiketrains])',
    );
    return foundBy(what, `import sys\nsys.argv[1:] = ["nest"]\n${shown}`);
  };
  expect(await spikes('weights up to the largest', text)).toEqual([1]);
  // PyNN 0.13 lets the weight grow by 200 mV.
  const without = text.replace(/ {4}learning\.set\(.*\)/, '    pass');
  expect(await spikes('weights without a largest', without)).not.toEqual([1]);
});

/** Peaks of the potential after one, two and three spikes at the same time. */
const simultaneous = `
import json
import pyNN.nest as sim
found = []
for count in (1, 2, 3):
    sim.setup(timestep=0.1, min_delay=0.1, spike_precision="on_grid")
    cell = sim.Population(1, sim.IF_curr_exp())
    cell.record("v")
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[5.0] * count))
    sim.Projection(source, cell, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.1, delay=0.1))
    sim.run(20.0)
    found.append(float(cell.get_data().segments[0].analogsignals[0].magnitude.max()) + 65)
    sim.end()
print("found " + json.dumps(found))
`;
import '../../../translators/pynn/road.js';

test('NEST sends all simultaneous spikes, as reports assume', async () => {
  const peaks = (await foundBy('peaks after simultaneous spikes', simultaneous)) as number[];
  const [one = 0, two = 0, three = 0] = peaks;
  expect(one).toBeGreaterThan(0.1);
  expect(two / one).toBeCloseTo(2, 9);
  expect(three / one).toBeCloseTo(3, 9);
});

test.each<[string, string, { readonly type: string; readonly params?: Readonly<Record<string, number>> }]>([
  ['nest', 'NEST has all spikes of', { type: 'EIF_cond_exp_isfa_ista' }],
  ['neuron', 'NEURON, too, has all spikes of', { type: 'EIF_cond_exp_isfa_ista', params: { v_spike: -42 } }],
  ['nest', 'NEURON raises an error at', { type: 'IF_curr_delta' }],
  ['neuron', 'it has', { type: 'IF_curr_exp' }],
])('the usage of a script names %s: %s %o', async (simulator, _why, cell) => {
  const document = { format: 'interneuron/pynn', populations: [{ label: 'a', size: 1, cell }], phases: [{ run: 10 }] };
  expect(usualSimulator(document as unknown as PynnSpecification)).toBe(simulator);
  const { valid } = importModel({ name: 'model.json', text: JSON.stringify(document) });
  const { files, report } = await convertModel(valid, 'pynn');
  expect(files[0]?.text).toContain(`Usage: python model.py ${simulator}\n`);
  const loss = report.find(({ message }) => message.includes('loses spikes under NEURON'));
  const isLost = cell.type.startsWith('EIF') && cell.params?.['v_spike'] === undefined;
  expect(loss?.verdict).toBe(isLost ? (simulator === 'neuron' ? 'different' : 'convention') : undefined);
});

test('the usage of a script names NEURON if only NEST refuses a value', () => {
  const cell = { type: 'EIF_cond_exp_isfa_ista', params: { tau_syn_E: 0 } };
  const document = { format: 'interneuron/pynn', populations: [{ label: 'a', size: 1, cell }], phases: [{ run: 10 }] };
  expect(usualSimulator(document as unknown as PynnSpecification)).toBe('neuron');
});

test('first values: a script gives NEURON the values that PyNN loses, and the report names the rest', async () => {
  const populations = [
    { label: 'a', size: 2, cell: { type: 'Izhikevich' }, initial_values: { v: -64, u: [-16, -15] } },
    { label: 'b', size: 1, cell: { type: 'Izhikevich' }, initial_values: { u: -14 } },
    {
      label: 'c',
      size: 1,
      cell: { type: 'EIF_cond_exp_isfa_ista', params: { v_spike: -45 } },
      initial_values: { w: 0.05, gsyn_exc: 0 },
    },
    { label: 'd', size: 1, cell: { type: 'IF_curr_exp' }, initial_values: { isyn_exc: 0.1 } },
    { label: 'e', size: 1, cell: { type: 'HH_cond_exp' }, initial_values: { m: 0.2, gsyn_inh: 0.01 } },
  ];
  // Recorded under PyNN 0.13: NEST 3.8 has w = 5e-5 nA and g = 1e-5 uS, no current, and the gate; NEURON zeros.
  expect(remarksOn({ populations } as unknown as PynnSpecification)).toEqual([
    'first values of gsyn_inh of HH_cond_exp are lost under NEURON and a thousand times smaller under NEST',
    'first values of isyn_exc of IF_curr_exp are lost under NEURON and NEST',
    'first values of m of HH_cond_exp are lost under NEURON',
    'first values of w of EIF_cond_exp_isfa_ista are a thousand times smaller under NEST',
  ]);
  const text = documentOf({ populations, phases: [{ run: 1 }] });
  const [script] = (await exportPynnScript(importModel({ name: 'x', text }).valid)).files;
  expect(script!.text.match(/for each in .*\n.*/g)).toEqual([
    'for each in a:\n        each._cell.izh.uinit = each._cell.initial_values["u"]',
    'for each in c:\n        each._cell.adexp.winit = each._cell.initial_values["w"]',
  ]);
});

test('populations, projections and currents of one label are different things in a script', async () => {
  const text = documentOf({
    populations: [{ label: 'E', size: 2, cell: { type: 'IF_cond_exp' } }],
    projections: ['E', 'again'].map((label) => ({
      ...{ label, pre: 'E', post: 'E', receptor_type: 'excitatory', connector: { type: 'AllToAllConnector' } },
      synapse: { type: 'StaticSynapse', params: { weight: 0.01, delay: 1 } },
    })),
    current_sources: [{ label: 'E', type: 'DCSource', params: { amplitude: 1 }, inject_into: ['E'] }],
    recordings: [{ target: 'E', variables: ['spikes'] }],
    phases: [{ set_projection: { target: 'E', params: { weight: 0.02 } } }, { run: 0 }],
  });
  const { files, report } = await exportPynnScript(importModel({ name: 'x', text }).valid);
  const script = files[0]!.text.replace(/\s+/g, '');
  expect(report.filter(({ verdict }) => verdict === 'notExpressible')).toEqual([]);
  expect(script.match(/sim\.Projection\(E,E,/g)).toHaveLength(2);
  for (const line of ['E.inject(E_3)', 'E.record("spikes")', 'E_2.set(weight=0.02)']) expect(script).toContain(line);
  // Nothing was run that could be read.
  expect(script).not.toContain('write_data');
});

test.each<[readonly (readonly number[])[], string]>([
  // PyNN 0.13 ends with "numpy.int64 object is not iterable" under NEURON if a list has only integers.
  [[[0, 0, 1], [1, 1, -2]], '[(0,0,1.0),(1,1,-2.0)]'], // prettier-ignore
  [[[0, 0, 1e21], [1, 1, 2]], '[(0,0,1e+21),(1,1,2.0)]'], // prettier-ignore
  [[[0, 0, 1.5], [1, 1, 2]], '[(0,0,1.5),(1,1,2)]'], // prettier-ignore
])('weights in lists are floats: %j', async (list, expected) => {
  const text = documentOf({
    populations: [{ label: 'E', size: 2, cell: { type: 'IF_curr_exp' } }],
    projections: [
      {
        ...{ label: 'S', pre: 'E', post: 'E', receptor_type: 'excitatory' },
        connector: { type: 'FromListConnector', params: { conn_list: list, column_names: ['weight'] } },
        synapse: { type: 'StaticSynapse', params: { delay: 1 } },
      },
    ],
  });
  const { files } = await exportPynnScript(importModel({ name: 'x', text }).valid);
  expect(files[0]!.text.replace(/\s+/g, '')).toContain(`sim.FromListConnector(${expected}`);
});

test('lines that scripts write differently because simulators fail with the usual ones', async () => {
  const cell = { type: 'IF_curr_exp' };
  const quantal = { type: 'MultiQuantalSynapse', params: { weight: 0.5, delay: 1, n: 4 } };
  const oneToOne = (pre: string, post: string): Readonly<Record<string, unknown>> => ({
    label: `${pre} to ${post}`,
    pre,
    post,
    connector: { type: 'OneToOneConnector' },
    synapse: { type: 'StaticSynapse', params: { weight: 0.5, delay: 1 } },
    receptor_type: 'excitatory',
  });
  const text = documentOf({
    populations: [
      { label: 'one', size: 1, cell },
      { label: 'three', size: 3, cell },
      { label: 'silent', size: 2, cell: { type: 'SpikeSourcePoisson', params: { rate: [0, 5] } } },
    ],
    views: [{ label: 'last', of: 'three', select: { indices: [2] } }],
    projections: [['one', 'one'] as const, ['last', 'three'] as const, ['three', 'three'] as const]
      .map(([pre, post]) => oneToOne(pre, post))
      .concat({
        ...{ label: 'quantal', pre: 'three', post: 'three', receptor_type: 'excitatory' },
        ...{ connector: { type: 'AllToAllConnector' }, synapse: quantal },
      }),
    phases: [{ run: 1 }, { set: { target: 'silent', params: { rate: 0 } } }, { run: 1 }],
  });
  const { files, report } = await exportPynnScript(importModel({ name: 'x', text }).valid);
  const script = files[0]!.text.replace(/\s+/g, '');
  expect(script.match(/sim\.\w+Connector\([^)]*\)/g)).toEqual([
    'sim.AllToAllConnector()',
    'sim.FromListConnector([(0,0)',
    'sim.OneToOneConnector()',
    'sim.AllToAllConnector()',
  ]);
  expect(script).toContain('quantal.initialize(u=0.5,a=larray(4,dtype=int))');
  expect(script.match(/rate=[^)]*/g)).toEqual(['rate=[1e-9,5]', 'rate=1e-9']);
  expect(report.filter(({ code }) => code === 'pynn/zero-rate')).toHaveLength(1);
});

test('of runs with an end that NEURON never reaches, with PyNN 0.13 and NEURON 8.2 on both sides of it', () => {
  const ending = (run: number): PynnSpecification =>
    ({
      populations: [],
      projections: [{ label: 'p', pre: 'a', post: 'b', connector: { type: 'AllToAllConnector' } }],
      recordings: [{ target: 'p', variables: ['weight'] }],
      phases: [{ run }],
    }) as unknown as PynnSpecification;
  expect(remarksOn(ending(1500))).toEqual([]);
  expect(remarksOn(ending(1800))).toEqual([
    'a run that reads synapses until 1800 ms never ends under NEURON: its time does not reach it',
  ]);
});
