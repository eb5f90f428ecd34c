/** Models of synapses that SONATA names, and places at ends of sections, against NEURON at the same step. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import { temporaryFolder } from '../support/command.js';
import { peerRecords, peers } from '../support/peer-records.js';
import { python } from '../support/python.js';
import { simulateModel } from '../support/simulate.js';
import { writeTables } from '../translators/sonata/support.js';
import '../../translators/nmodl/road.js';
import '../../translators/sonata/road.js';

type Numbers = Readonly<Record<string, number>>;

/**
 * Models of synapses: the file of parameters of one, and the values that BMTK gives to the point process. Only the
 * reversal potential has another name, and tau_1 where it is all there is.
 *
 * @source BMTK 1.2.0, bmtk/simulator/bionet/default_setters/synapse_models.py
 */
const models: Readonly<Record<string, readonly [given: Numbers, values: Numbers]>> = {
  exp1syn: [
    { erev: 2, tau_1: 3 },
    { e: 2, tau: 3 },
  ],
  exp1isyn: [
    { erev: -20, tau_1: 2 },
    { e: -20, tau: 2 },
  ],
  stp1syn: [{ erev: 1 }, { e: 1, p0: 0.5, tau_r: 200, tau_1: 5 }],
  stp2syn: both({ p0: 0.27, tau_r0: 2059, tau_FDR: 569, tau_1: 3 }),
  stp3syn: [{ erev: 1 }, { e: 1, p0: 0.6, tau_r0: 200, tau_FDR: 2000, tau_D: 500, tau_1: 5 }],
  stp4syn: [{ erev: 1 }, { e: 1, p0: 0.6, tau_r: 200, tau_1: 5 }],
  stp5syn: both({ tau_1: 3, tau_r0: 300, tau_FDR: 400, a_FDR: 0.5, a_D: 0.2, a_i: 0.1, a_f: 0.3, pbtilde: 0.4 }),
  stp5isyn: both({ tau_1: 4, tau_r0: 310, tau_FDR: 410, a_FDR: 0.4, a_D: 0.3, a_i: 0.2, a_f: 0.1, pbtilde: 0.6 }),
  tmgsyn: both({ tau_1: 3, tau_rec: 100, tau_facil: 50, U: 0.4, u0: 0.1 }),
  exp2syn: [
    { erev: 0, tau1: 0.5, tau2: 4 },
    { e: 0, tau1: 0.5, tau2: 4 },
  ],
  expsyn: [
    { erev: -75, tau1: 5 },
    { e: -75, tau: 5 },
  ],
};

function both(values: Numbers): readonly [Numbers, Numbers] {
  return [
    { erev: -10, ...values },
    { e: -10, ...values },
  ];
}

const processes: Readonly<Record<string, string>> = { exp2syn: 'Exp2Syn', expsyn: 'ExpSyn' };

/** Returns a depressing synapse that depends on all its parameters, each with another factor. */
function mechanism(name: string, values: Numbers): string {
  const { e: _, ...own } = values;
  const names = Object.keys(own);
  const sum = names.map((parameter, k) => `${(k + 1) / 1000}*${parameter}`).join(' + ');
  return `TITLE Synapse that tells apart its parameters
NEURON { POINT_PROCESS ${name} RANGE e, i, ${names.join(', ')} NONSPECIFIC_CURRENT i }
UNITS { (nA) = (nanoamp) (mV) = (millivolt) (uS) = (microsiemens) }
PARAMETER { e = 0 (mV) ${names.map((parameter) => `${parameter} = 1`).join(' ')} }
ASSIGNED { v (mV) i (nA) }
STATE { g (uS) n }
INITIAL { g = 0 n = 1 }
BREAKPOINT { SOLVE states METHOD cnexp i = ${name.endsWith('isyn') ? 'g*e' : 'g*(v - e)'} }
DERIVATIVE states { g' = -g/${names.includes('tau') ? 'tau' : 'tau_1'} n' = (1 - n)/20 }
NET_RECEIVE(weight (uS)) { g = g + weight*n*(${sum}) n = 0.7*n }
`;
}

/** A soma of 60 um, and a dendrite at its end. */
const swc = '1 1 0 0 0 5 -1\n2 1 60 0 0 4 1\n3 3 70 10 0 1 2\n4 3 160 40 0 0.5 3\n';
const [dt, tstop] = [0.05, 60];

/** Both ends and places between of both sections. The beginning of the dendrite is the end of the soma. */
const places: readonly (readonly [section: number, pos: number])[] = [
  ...([[0, 0], [0, 1], [1, 0], [1, 1]] as const), // prettier-ignore
  ...([[0, 0.5], [1, 0.3], [1, 0.9]] as const), // prettier-ignore
];
const spikes: Readonly<Record<string, readonly number[]>> = { 0: [3, 7.2, 12, 33.33], 1: [5, 5.5, 6, 41.775] };

const synapses = Object.entries(models).map(([template, [given, values]], k) => {
  const [section, pos] = places[k % places.length]!;
  const weight = Number((0.0005 * (1 + k / 10)).toFixed(6));
  return { template, given, values, section, pos, weight, delay: 1 + k / 4, source: k % 2 };
});

const folder = temporaryFolder();
const records = peerRecords('sonata-synapses');
const runner = 'test/interoperability/python/neuron_synapses.py';
const mechanisms = Object.entries(models)
  .filter(([name]) => !Object.hasOwn(processes, name))
  .map(([name, [, values]]) => [`${name}.mod`, mechanism(name, values)] as const);

const write = (name: string, text: string): string => {
  const path = folder.file(name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
};

it('synapses act as in NEURON, at places and ends of sections, within 3e-6 mV', async () => {
  for (const [name, text] of mechanisms) write(`mechanisms/${name}`, text);
  const shape = write('shapes/cell.swc', swc);
  const run = {
    ...{ dL: 7, dt, tstop, v_init: -65, spikes },
    synapses: synapses.map(({ template, values, section, pos, weight, delay, source }) => ({
      process: processes[template] ?? template,
      ...{ section, pos, values, weight, delay, source: String(source) },
    })),
  };
  const expected = await records.output<readonly number[]>(
    peers.bionet,
    { what: 'synapses on a cell', texts: [swc, JSON.stringify(run), ...mechanisms.flat()], runners: [runner] },
    async () => {
      const input = write(
        'run.json',
        JSON.stringify({ ...run, swc: shape, modfiles: join(dirname(shape), '../mechanisms') }),
      );
      return JSON.parse(
        (await python('.venv-sonata', [runner, input])).trim().split('\n').at(-1)!,
      ) as readonly number[];
    },
  );
  for (const { template, given } of synapses) write(`synapses/${template}.json`, JSON.stringify(given));
  write(
    'edge_types.csv',
    [
      'edge_type_id model_template dynamics_params syn_weight delay',
      ...synapses.map(({ template, weight, delay }, k) => `${k} ${template} ${template}.json ${weight} ${delay}`),
      '',
    ].join('\n'),
  );
  write(
    'node_types.csv',
    'node_type_id model_type model_template morphology\n0 biophysical ctdb:Biophys1.hoc cell.swc\n1 virtual NULL NULL\n',
  );
  write(
    'spikes.csv',
    [
      'timestamps population node_ids',
      ...Object.entries(spikes).flatMap(([id, times]) => times.map((time) => `${time} ext ${id}`)),
      '',
    ].join('\n'),
  );
  await writeTables(folder.file('nodes.h5'), {
    '/nodes/cells/node_type_id': [0],
    '/nodes/cells/0/x': [0],
    '/nodes/ext/node_type_id': [1, 1],
    '/nodes/ext/0/x': [0, 0],
  });
  await writeTables(folder.file('edges.h5'), {
    '/edges/ext_cells/source_node_id': { values: synapses.map(({ source }) => source), node_population: 'ext' },
    '/edges/ext_cells/target_node_id': { values: synapses.map(() => 0), node_population: 'cells' },
    '/edges/ext_cells/edge_type_id': [...synapses.keys()],
    '/edges/ext_cells/0/afferent_section_id': synapses.map(({ section }) => section),
    '/edges/ext_cells/0/afferent_section_pos': new Float64Array(synapses.map(({ pos }) => pos)),
  });
  const config = write(
    'config.json',
    JSON.stringify({
      target_simulator: 'NEURON',
      run: { dt, tstop, dL: run.dL, spike_threshold: 0 },
      conditions: { celsius: 34, v_init: run.v_init },
      components: { morphologies_dir: 'shapes', mechanisms_dir: 'mechanisms', synaptic_models_dir: 'synapses' },
      networks: {
        nodes: [{ nodes_file: 'nodes.h5', node_types_file: 'node_types.csv' }],
        edges: [{ edges_file: 'edges.h5', edge_types_file: 'edge_types.csv' }],
      },
      inputs: { ext: { input_type: 'spikes', module: 'csv', input_file: 'spikes.csv', node_set: 'ext' } },
      reports: { v: { cells: 'cells', variable_name: 'v', module: 'membrane_report', sections: 'soma' } },
    }),
  );
  const { valid } = importModel(readSource(config));
  const { samples } = await simulateModel(valid, { engines: [{ target: 'wasm', threads: 1 }] });
  const own = samples.get('v/v')!.map((row) => row[0]! * 1e3);
  expect(own.length).toBe(tstop / dt + 1);
  expect(Math.max(...own)).toBeGreaterThan(-60);
  expect(Math.max(...own.map((v, k) => Math.abs(v - expected[k]!)))).toBeLessThan(3e-6);
});
