/** A model and its conversion, run and compared. */

import { expect, test } from 'vitest';
import { checkConversion } from '../support/check-conversion.js';
import { convertModel } from '../../src/convert/convert.js';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import type { ValidModel } from '../../src/model/model.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';
import '../../translators/pynn/road.js';

/** v rises towards 12 mV with a time constant of 10 ms, in steps of 0.1 ms, and never reaches its threshold. */
function relaxing(changes: object = {}, monitors: object = {}): ValidModel {
  const specification = {
    format: 'interneuron/brian',
    dt: '0.1 ms',
    neuron_groups: {
      cells: { N: 2, model: 'dv/dt = (12*mV - v)/(10*ms) : volt', threshold: 'v > 20*mV', method: 'exact', ...changes },
    },
    state_monitors: { M: { source: 'cells', variables: ['v'], record: [0], ...monitors } },
    run: '30 ms',
  };
  return importModel({ name: 'relaxing.json', text: JSON.stringify(specification) }, {}).valid;
}

/** The samples at 0, 0.1 ms and so on: exactly, and by forward Euler steps. */
const [exact, euler] = [Math.exp(-0.01), 1 - 0.01].map((factor) =>
  Array.from({ length: 300 }, (_, k) => 0.012 * (1 - factor ** k)),
) as [number[], number[]];

test('samples of a cell without spikes: forward Euler in LEMS in place of the solution', async () => {
  const { spikes, variables } = await checkConversion(relaxing(), 'lems');
  expect(spikes).toEqual([0, 0]);
  const apart = exact.map((value, k) => Math.abs(value - euler[k]!));
  expect(variables).toHaveLength(1);
  expect(variables?.[0]).toMatchObject({ population: 'cells', variable: 'v', unit: 'V' });
  // LEMS may have no sample of the start; of a recorded part of a population all cells are compared.
  expect(variables?.[0]?.samples).toBeGreaterThanOrEqual(2 * (apart.length - 1));
  expect(variables?.[0]?.largest).toBeCloseTo(Math.max(...apart), 12);
  expect(variables?.[0]?.range).toBeCloseTo(exact.at(-1)!, 12);
});

test('the same samples in PyNN, however far apart they are taken', async () => {
  const { variables } = await checkConversion(relaxing({}, { dt: '1 ms' }), 'pynn');
  expect(variables).toHaveLength(1);
  expect(variables?.[0]?.largest).toBeLessThan(1e-15);
});

test('samples of a segment are compared with samples of the same segment, and also samples of parameters', async () => {
  const text = JSON.stringify({
    format: 'interneuron/pynn',
    populations: [{ label: 'a', size: 1, cell: { type: 'IF_curr_exp', params: { i_offset: 0.5 } } }],
    recordings: [{ target: 'a', variables: ['v'] }],
    phases: [{ run: 5 }, { reset: {} }, { run: 5 }],
  });
  const segments = await checkConversion(importModel({ name: 'm.json', text }).valid, 'pynn-json');
  expect(segments.variables).toMatchObject([{ samples: 102, largest: 0 }]);
  const valid = relaxing({ model: 'dv/dt = (I - v)/(10*ms) : volt\nI : volt (shared)' }, { variables: ['I'] });
  const { variables, absent } = await checkConversion(valid, 'brian');
  expect({ variables, absent }).toMatchObject({ variables: [{ variable: 'I', largest: 0 }], absent: [] });
});

test('variables that have another name after conversion are not compared, and reported', async () => {
  const valid = relaxing(
    { model: 'dv/dt = (12*mV - v + I)/(10*ms) : volt\ndI/dt = -I/(5*ms) : volt' },
    { variables: ['v', 'I'] },
  );
  const { absent, variables } = await checkConversion(valid, 'pynn');
  expect([...absent, ...(variables ?? []).map((one) => `${one.population}.${one.variable}`)].sort()).toEqual([
    'cells.I',
    'cells.v',
  ]);
});

test('the only variable with another name after conversion is compared with its counterpart', async () => {
  const valid = relaxing(
    { model: 'dvm/dt = (12*mV - vm)/(10*ms) : volt', threshold: 'vm > 20*mV', reset: 'vm = 0*mV' },
    { variables: ['vm'] },
  );
  const { absent, variables } = await checkConversion(valid, 'pynn');
  expect(absent).toEqual([]);
  expect(variables).toMatchObject([{ population: 'cells', variable: 'vm' }]);
  expect(variables?.[0]?.largest).toBeLessThan(1e-15);
});

test('variables of other names or owners after conversion, and variables of synapses, are compared by their recordings', async () => {
  const text = `<Lems>
  <Target component="run"/>
  <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
  <iafCell id="other" leakReversal="-65mV" thresh="-50mV" reset="-68mV" C="20pF" leakConductance="2nS"/>
  <spikeGenerator id="clock" period="3ms"/>
  <blockingPlasticSynapse id="syn" gbase="0.5nS" erev="0mV" tauRise="1ms" tauDecay="5ms"/>
  <network id="net">
    <population id="others" component="other" size="1"/>
    <population id="clocks" component="clock" size="1"/>
    <synapticConnection from="clocks[0]" to="others[0]" synapse="syn" destination="synapses"/>
  </network>
  <Simulation id="run" length="10ms" step="0.01ms" target="net">
    <OutputFile id="out" fileName="out.dat">
      <OutputColumn id="a" quantity="clocks[0]/tsince"/>
      <OutputColumn id="b" quantity="others[0]/synapses:syn:0/g"/>
    </OutputFile>
  </Simulation>
</Lems>`;
  const { variables = [], absent } = await checkConversion(importModel({ name: 'm.xml', text }).valid, 'brian-json');
  // The clock becomes given spikes, which have no variables.
  expect(absent).toEqual(['clocks.tsince']);
  expect(variables.map(({ population, variable }) => `${population}.${variable}`)).toEqual(['clocks_others_syn.g']);
  expect(variables.every(({ samples, range }) => samples > 900 && range > 0)).toBe(true);
});

const membrane = 'specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm';
/** Cells that are charged from -60 mV on, recorded at two places. */
const cells = (recording = 'section: far, fraction: 0.9'): ValidModel =>
  importModel({
    name: 'cells.yaml',
    text: `
interneuron: 1
neurons:
  cell:
    compartments:
      initial: -60 mV
      sections:
        soma: { length: 20 um, diameter: 20 um, ${membrane} }
        far: { parent: soma, length: 100 um, diameter: 2 um, divisions: 3, ${membrane} }
      mechanisms:
        leak: { parameters: { g: 0.0003 S/cm**2 }, reads: [v], writes: { i: g*(-65*mV - v) } }
        other: { on: far, parameters: { g: 0.001 S/cm**2 }, reads: [v], writes: { i: g*(-70*mV - v) } }
    events: { spike: { when: v > 0*mV, edge: rising, section: soma } }
populations: { cells: { type: cell, size: 2 } }
record: [{ of: cells, variables: [v], every: 0.5 ms }, { of: cells, variables: [v], ${recording}, every: 0.5 ms }]
timing: grid
experiment: { dt: 0.025 ms, duration: 2 ms }`,
  }).valid;

test('samples of cells with compartments are compared at each place of its own', async () => {
  const { absent, variables = [] } = await checkConversion(cells(), 'lems');
  expect(absent).toEqual([]);
  expect(variables.map(({ variable, samples }) => [variable, samples])).toEqual([
    ['v', 10],
    ['v at far 0.9', 10],
  ]);
  for (const { largest } of variables) expect(largest).toBeLessThan(1e-12);
  const [near, far] = variables.map(({ range }) => range);
  expect(far).toBeGreaterThan(near! * 1.03);
});

test('parts without cells in a notation are not compared, and reported with their place', async () => {
  const valid = cells('section: far');
  const { sections, ...compartments } = valid.model.neurons['cell']!.compartments!;
  const far = { ...sections['far']!, resistivity: 2 };
  const neurons = {
    cell: { ...valid.model.neurons['cell']!, compartments: { ...compartments, sections: { ...sections, far } } },
  };
  const other = { ...valid, model: { ...valid.model, neurons } };
  const { absent, variables = [] } = await checkConversion(other, 'brian');
  expect(variables).toEqual([]);
  expect(absent).toEqual(['cells', 'cells.v', 'cells.v at far']);
});

test('samples of compartments are compared with samples of the places that they became', async () => {
  const { valid } = importModel(readSource('fixtures/brian/hodgkin-huxley-axon.yaml'));
  const { variables = [] } = await checkConversion(valid, 'lems', { seconds: 2e-3 });
  expect(variables.map(({ variable }) => variable).filter((one) => one.startsWith('v'))).toEqual([
    'v at trunk 0.025',
    'v at trunk 0.975',
    'v at left_1 0.6111',
    'v at right_3 0.5',
  ]);
  expect(variables.map(({ variable }) => variable.slice(0, 1)).sort()).toEqual([...'mmmmvvvv']);
  for (const { largest } of variables) expect(largest).toBeLessThan(0.05);
});

test('variables that a place lacks after conversion are not asked for there', async () => {
  const valid = cells('section: far');
  const mechanisms = { ...valid.model.neurons['cell']!.compartments!.mechanisms };
  mechanisms['pool'] = {
    ...mechanisms['leak']!,
    parameters: {},
    state: { c: { unit: 'mol*m**-3', type: 'real', initial: 1, shared: false } },
    derivatives: { c: { rate: '0*mol/m**3/s', eventDriven: false } },
    reads: [],
    writes: { na_i: 'c' },
  };
  const ions = { na: { valence: 1 } };
  const compartments = { ...valid.model.neurons['cell']!.compartments!, ions, mechanisms };
  const recordings = [{ of: { population: 'cells' }, variables: ['na_i', 'v'], section: 'far', name: 'both' }];
  const neurons = { cell: { ...valid.model.neurons['cell']!, compartments } };
  const { absent, variables } = await checkConversion({ ...valid, model: { ...valid.model, neurons, recordings } }, 'lems'); // prettier-ignore
  expect(absent).toEqual(['cells.na_i at far']);
  expect(variables?.map(({ variable }) => variable)).toEqual(['v at far']);
});

test('a current that becomes another function of the time between runs is left out of Brian', async () => {
  const { valid } = importModel({
    name: 'm.yaml',
    text: `
interneuron: 1
neurons:
  cell: { inputs: { I: nA }, state: { v: 0 mV }, derivatives: { v: (I*(10*Mohm) - v)/(5*ms) }, method: exponentialEuler }
populations: { cells: { type: cell, size: 2 } }
stimuli: { wave: { kind: current, to: cells, input: I, value: 1*nA*sin(2*pi*t/(4*ms)) } }
record: [{ of: cells, variables: [v], every: 0.7 ms }]
experiment:
  dt: 0.1 ms
  protocol: [{ run: 3.3 ms }, { currents: { wave: 2*nA*t/(3*ms) } }, { run: 2 ms }]`,
  });
  const { report } = await convertModel(valid, 'brian');
  expect(report).toContainEqual(
    expect.objectContaining({
      verdict: 'notExpressible',
      message: expect.stringContaining('new values of currents') as string,
    }),
  );
});

test('cells that are populations of their own are not taken for a population of the name of one', async () => {
  const times = { spike_times: { sequences: [[1], [2]] } };
  const { valid } = importModel({
    name: 'sources.json',
    text: JSON.stringify({
      format: 'interneuron/pynn',
      populations: ['in', 'in_1'].map((label) => ({
        label,
        size: 2,
        cell: { type: 'SpikeSourceArray', params: times },
      })),
      phases: [{ run: 5 }],
    }),
  });
  const { populations, matched, spikes } = await checkConversion(valid, 'neuroml');
  expect(populations.map(({ population }) => population)).toEqual(['in', 'in_1']);
  expect([matched, spikes]).toEqual([4, [4, 4]]);
});

test('values that are drawn under other names in PyNN are reported as having other random numbers', async () => {
  const converted = (weights: string): ReturnType<typeof convertModel> =>
    convertModel(
      importModel({
        name: 'm.yaml',
        text: `
interneuron: 1
neurons: { cell: { state: { v: 0 mV }, derivatives: { v: -v/(10*ms) }, events: { spike: { when: v > 15*mV, do: v = 0*mV } } } }
synapses: { s: { parameters: { w: 1 mV }, pathways: { pre: post.v += w } } }
populations: { a: { type: cell, size: 4 }, b: { size: 2, spikes: { indices: [0, 1], times: [1 ms, 2 ms] } } }
projections: { p: { from: b, to: a, synapse: s, connect: all, values: { w: "${weights}" }, delay: 0.5 ms } }
record: [{ of: a, variables: [v] }]
timing: grid
experiment: { dt: 0.1 ms, duration: 4 ms }`,
      }).valid,
      'pynn-json',
    );
  const [drawn, given] = [await converted('2*mV*uniform()'), await converted('2*mV')];
  expect(given.report.every(({ verdict }) => verdict === 'exact')).toBe(true);
  expect(drawn.report).toContainEqual(
    expect.objectContaining({ code: 'pynn/own-draws', verdict: 'convention', pointer: '/projections/p' }),
  );
});

test('cells that become populations of their own are compared with the cells that they were', async () => {
  const cells = {
    N: 3,
    model: 'dv/dt = (drive - v)/(10*ms) : volt\ndrive : volt',
    threshold: 'v > 10*mV',
    reset: 'v = 0*mV',
    initializers: { drive: '12*mV + 8*mV*(i % 2)' },
  };
  const document = { format: 'interneuron/brian', dt: '0.1 ms', neuron_groups: { cells }, run: '100 ms' };
  const { valid } = importModel({ name: 'm.json', text: JSON.stringify(document) });
  const converted = await convertModel(valid, 'neuroml', { name: 'm.nml' });
  expect(converted.files[0]?.text).toContain('<population id="cells_2"');
  const { populations, absent } = await checkConversion(valid, 'neuroml', { converted });
  // A period is 10*ln(6) ms at 12 mV and 10*ln(2) ms at 20 mV: 5 and 14 spikes in 100 ms.
  expect(absent).toEqual([]);
  expect(populations).toMatchObject([{ population: 'cells', spikes: [5 + 14 + 5, expect.any(Number)] }]);
  expect(Math.abs(populations[0]!.spikes[1] - 24)).toBeLessThanOrEqual(1);
});
