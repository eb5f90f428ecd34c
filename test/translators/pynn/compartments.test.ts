/** Cells with compartments: their reading, their refusals, and their writing. */

import { describe, expect, it, test } from 'vitest';
import { convertModel } from '../../../src/convert/convert.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { documentOf, findings, run } from './support.js';
import '../../../translators/neuroml/road.js';
import '../../../translators/pynn/road.js';

type Parts = Readonly<Record<string, unknown>>;

const cell = (more: Parts = {}): Parts => ({
  type: 'MultiCompartmentNeuron',
  Ra: 500,
  sections: {
    soma: { points: [[18.8, 0, 0, 18.8], [0, 0, 0, 18.8]] }, // prettier-ignore
    dendrite: { parent: 'soma', points: [[0, 0, 0, 2], [-500, 0, 0, 2]] }, // prettier-ignore
  },
  groups: { basal_dendrites: ['dendrite'] },
  ionic_species: { na: { reversal_potential: 50 }, k: { reversal_potential: -77, internal_concentration: 54.4 } },
  ion_channels: {
    pas: { type: 'PassiveLeak', params: { e_rev: -54.3 } },
    na: { type: 'NaChannel', params: { conductance_density: { uniform: 0.12, on: 'soma' } } },
    kdr: {
      type: 'KdrChannel',
      params: {
        conductance_density: {
          any: [
            { uniform: 0.036, on: 'soma' },
            { by_distance: '0.001*(d < 50)', on: 'dendrites' },
          ],
        },
      },
    },
  },
  receptors: {
    AMPA: { type: 'CondExpPostSynapticResponse', params: { tau_syn: 2 }, locations: ['soma', 'dendrite'] },
    GABA: { type: 'CondAlphaPostSynapticResponse', params: { e_syn: -70 }, locations: 'dendrite' },
  },
  ...more,
});

const network = (more: Parts = {}, own: Parts = {}): Parts => ({
  setup: { timestep: 0.025 },
  populations: [
    { label: 'cells', size: 3, cell: cell(own), initial_values: { v: [-65, -64, -66] } },
    { label: 'input', size: 3, cell: { type: 'SpikeSourceArray', params: { spike_times: { sequence: [2, 4, 5] } } } },
  ],
  projections: [
    projection('ex', 'AMPA', { location: [['soma', 'dendrite'], ['soma']].flat() }, [[0, 0], [1, 0], [2, 2]]), // prettier-ignore
    projection('in', 'GABA', {}, [[0, 1]]),
    {
      ...projection('tm', 'AMPA', { location: 'basal_dendrites' }, [[1, 1]]),
      synapse: { type: 'TsodyksMarkramSynapse', params: { weight: 0.004, delay: 1, U: 0.4 } },
    },
  ],
  current_sources: [
    {
      label: 'pulse',
      type: 'DCSource',
      params: { start: 6, stop: 9, amplitude: 0.2 },
      inject_into: ['cells'],
      location: 'dendrite',
    },
  ],
  recordings: [
    { target: 'cells', variables: ['spikes'] },
    { target: 'cells', variables: ['v', 'kdr.n'], locations: ['soma', { section: 'dendrite', fraction: 0.9 }] },
  ],
  phases: [{ run: 12 }],
  ...more,
});

const projection = (label: string, receptor: string, more: Parts, pairs: readonly (readonly number[])[]): Parts => ({
  label,
  pre: 'input',
  post: 'cells',
  receptor_type: receptor,
  connector: { type: 'FromListConnector', params: { conn_list: pairs, column_names: [] } },
  synapse: { type: 'StaticSynapse', params: { weight: 0.003, delay: 1 } },
  ...more,
});

describe('a network of them', () => {
  it('runs, with the same bits on every engine', async () => {
    const result = await run(network());
    expect(result.events.get('cells.spike')?.length).toBeGreaterThan(1);
  });

  it('is cut as PyNN cuts it, and has channels at their places', () => {
    const { valid } = importModel({ name: 'm.json', text: documentOf(network()) });
    const { sections = {}, mechanisms = {} } = valid.model.neurons['MultiCompartmentNeuron']?.compartments ?? {};
    // lambda(100 Hz) = 1e5*sqrt(2/(4*pi*100*500*1)) = 178 um, so 500 um take 29 pieces of at most 17.8 um.
    expect([sections['soma']?.divisions, sections['dendrite']?.divisions]).toEqual([1, 29]);
    expect([mechanisms['na']?.on, mechanisms['kdr']?.on, mechanisms['pas']?.on]).toEqual([
      ['soma'],
      undefined,
      undefined,
    ]);
    expect(mechanisms['na']?.parameters['e_rev']?.value).toBe(0.05);
  });

  it.each(['pynn-json', 'neuroml'] as const)('is written as %s or refused by name', async (to) => {
    const model = importModel({ name: 'm.json', text: documentOf(network()) });
    const { files, report } = await convertModel(model.valid, to);
    if (to === 'neuroml') {
      const left = report.filter(({ verdict }) => verdict === 'notExpressible').map(({ message }) => message);
      expect(left).toEqual(['potentials at the start that differ within a population']);
      return;
    }
    expect(JSON.parse(files[0]!.text)).not.toHaveProperty('native');
    expect(report.map(({ message }) => message)).toEqual([
      'MultiCompartmentNeuron; the rates of its gates were compared at 16 potentials',
    ]);
    const back = importModel({ name: 'back.json', text: files[0]!.text });
    expect(back.hashes.model).toBe(model.hashes.model);
    expect(back.hashes.experiment).toBe(model.hashes.experiment);
  });
});

const sections = { soma: { points: [[0, 0, 0, 10], [10, 0, 0, 10]] } }; // prettier-ignore
const leak = (params: Parts): Parts => ({ ion_channels: { pas: { type: 'PassiveLeak', params } } });
const ex = (location: unknown): Parts => ({ projections: [projection('ex', 'AMPA', { location }, [[0, 0]])] });

test.each<readonly [string, Parts, string]>([
  ['no shape', network({}, { sections: undefined }), 'pynn/missing-parameter /populations/0/cell:'],
  [
    'a parent that is not there',
    network({}, { sections: { ...sections, a: { parent: 'sona', points: sections.soma.points } } }),
    'pynn/unknown-reference /populations/0/cell/sections/a/parent: there is no section sona',
  ],
  [
    'a loop',
    network({}, {
      sections: {
        ...sections,
        a: { parent: 'b', points: sections.soma.points },
        b: { parent: 'a', points: sections.soma.points },
      },
    }), // prettier-ignore
    'pynn/wrong-value /populations/0/cell/sections: the tree of sections has the wrong form | no section among its own',
  ],
  [
    'two roots',
    network({}, { sections: { a: sections.soma, b: sections.soma } }),
    'pynn/wrong-value /populations/0/cell/sections: the tree of sections has the wrong form | one section without',
  ],
  [
    'no diameter',
    network({}, { sections: { soma: { points: [[0, 0, 0, 10], [10, 0, 0, 0]] } } }), // prettier-ignore
    'pynn/out-of-range /populations/0/cell/sections/soma/points/1: a diameter is out of range | more than 0 um',
  ],
  [
    'no length',
    network({}, { sections: { soma: { points: [[0, 0, 0, 10], [0, 0, 0, 10]] } } }), // prettier-ignore
    'pynn/out-of-range /populations/0/cell/sections/soma: the length of a section is out of range',
  ],
  [
    'a group of nothing',
    network({}, { groups: { far: ['tuft'] } }),
    'pynn/unknown-reference /populations/0/cell/groups/far/0: there is no section tuft',
  ],
  [
    'a value on no sections',
    network({}, leak({ conductance_density: { uniform: 1, on: [] } })),
    'pynn/no-places /populations/0/cell/ion_channels/pas/params/conductance_density/on: the list of sections is empty',
  ],
  ['synapses at no place', network(ex([])), 'pynn/wrong-length /projections/0/location'],
  [
    'a receptor at no place',
    network({}, { receptors: { AMPA: { type: 'CondExpPostSynapticResponse', locations: [] } } }),
    'pynn/no-places /populations/0/cell/receptors/AMPA/locations',
  ],
  [
    'a channel that PyNN lacks',
    network({}, { ion_channels: { ca: { type: 'CaChannel' } } }),
    'pynn/unknown-type /populations/0/cell/ion_channels/ca/type: PyNN has no ion channel CaChannel',
  ],
  [
    'a parameter that channels lack',
    network({}, leak({ gbar: 1 })),
    'pynn/unknown-parameter /populations/0/cell/ion_channels/pas/params/gbar',
  ],
  [
    'a value on a label that is not there',
    network({}, leak({ conductance_density: { uniform: 1, on: 'axon' } })),
    'pynn/unknown-reference /populations/0/cell/ion_channels/pas/params/conductance_density/on',
  ],
  [
    'a value of two forms',
    network({}, leak({ conductance_density: { uniform: 1, by_distance: 'd' } })),
    'pynn/wrong-value /populations/0/cell/ion_channels/pas/params/conductance_density',
  ],
  [
    'a formula of other things',
    network({}, leak({ conductance_density: { by_distance: 'x + 1' } })),
    'pynn/formula /populations/0/cell/ion_channels/pas/params/conductance_density/by_distance',
  ],
  ['a capacitance of nothing', network({}, { cm: 0 }), 'pynn/out-of-range /populations/0/cell/cm: cm is out of range'],
  ['a resistance below zero', network({}, { Ra: -1 }), 'pynn/out-of-range /populations/0/cell/Ra: Ra is out of range'],
  ['a place that is not there', network(ex('tuft')), 'pynn/unknown-reference /projections/0/location'],
  ['synapses where their receptor is not', network({ projections: [projection('in', 'GABA', { location: 'soma' }, [[0, 0]])] }), 'pynn/receptor-elsewhere /projections/0/location'], // prettier-ignore
  ['synapses at one of several places', network(ex(undefined)), 'pynn/place-needed /projections/0'],
  ['too many places', network(ex(['soma', 'dendrite'])), 'pynn/wrong-length /projections/0/location'],
  [
    'a place on a point',
    { ...network(), recordings: [{ target: 'input', variables: ['spikes'] }], projections: [], current_sources: [],
      populations: [{ label: 'input', size: 1, cell: { type: 'IF_cond_exp' } }, { label: 'x', size: 1, cell: { type: 'IF_cond_exp' } }],
      ...ex2() }, // prettier-ignore
    'pynn/no-compartments /projections/0/location',
  ],
  [
    'sections of a point neuron',
    { populations: [{ label: 'p', size: 1, cell: { type: 'IF_cond_exp', sections } }] },
    'pynn/unknown-parameter /populations/0/cell/sections',
  ],
])('%s is refused', (_, parts, expected) => {
  expect(findings(parts)[0]).toContain(expected);
});

test.each<readonly [string, Parts, string]>([
  ['a group without sections', { groups: { none: [] } }, 'model/empty-group'],
  [
    'a channel nowhere',
    { ion_channels: { pas: { type: 'PassiveLeak', params: { conductance_density: 0 } } } },
    'pynn/channel-nowhere',
  ],
  [
    'a gap',
    { sections: { ...sections, far: { parent: 'soma', points: [[500, 0, 0, 2], [600, 0, 0, 2]] } } }, // prettier-ignore
    'model/section-gap',
  ],
  ['10 m', { sections: { soma: { points: [[0, 0, 0, 10], [1e7, 0, 0, 10]], divisions: 1 } } }, 'model/huge-cell'], // prettier-ignore
])('%s is said, with its place', (_, own, expected) => {
  const text = documentOf({ populations: [{ label: 'cells', size: 1, cell: cell({ ion_channels: {}, receptors: {}, groups: {}, ...own }) }], phases: [{ run: 1 }] }); // prettier-ignore
  const found = importModel({ name: 'm.json', text }).diagnostics.filter(({ severity }) => severity === 'warning');
  expect(found.map(({ code }) => code)).toEqual([expected]);
  expect(found[0]?.place?.pointer).toMatch(/^\/populations\/0\/cell/);
  expect(found[0]?.hint).toBeDefined();
});

test('a negative density of a channel is left out with a warning', () => {
  const { ion_channels: channels } = cell() as { readonly ion_channels: Parts };
  const pas = { type: 'PassiveLeak', params: { conductance_density: { uniform: -0.0003 } } };
  const parts = network({}, { ion_channels: { ...channels, pas } });
  const text = JSON.stringify({ format: 'interneuron/pynn', ...parts });
  const { diagnostics } = importModel({ name: 'model.json', text });
  expect(diagnostics.map(({ code, message }) => `${code}: ${message}`)).toContain(
    'model/negative-conductance: the conductance conductance_density of pas is negative',
  );
});

function ex2(): Parts {
  return { projections: [{ ...projection('ex', 'excitatory', { location: 'soma' }, [[0, 0]]), post: 'x' }] };
}

describe('plastic synapses at places', () => {
  const plastic = (synapse: Parts): Parts =>
    network({
      projections: [
        { ...projection('ex', 'AMPA', { location: 'dendrite' }, [[0, 0], [2, 2]]), synapse }, // prettier-ignore
      ],
      current_sources: [
        { label: 'pulse', type: 'DCSource', params: { start: 1, stop: 11, amplitude: 1 }, inject_into: ['cells'], location: 'soma' }, // prettier-ignore
      ],
      recordings: [
        { target: 'cells', variables: ['spikes'] },
        { target: 'cells', variables: ['v'], locations: ['dendrite'] },
        { target: 'ex', variables: ['weight'] },
      ],
    });
  const rule = (A_plus: number, A_minus: number, fraction: number): Parts => ({
    type: 'STDPMechanism',
    dendritic_delay_fraction: fraction,
    params: { weight: 0.003, delay: 1 },
    timing_dependence: { type: 'SpikePairRule', params: { A_plus, A_minus, tau_plus: 15, tau_minus: 25 } },
    weight_dependence: { type: 'AdditiveWeightDependence', params: { w_max: 0.01 } },
  });

  test.each([1, 0.5, 0])('that do not change are static ones, with %d of the delay dendritic', async (fraction) => {
    const [still, usual] = [
      await run(plastic(rule(0, 0, fraction))),
      await run(plastic({ type: 'StaticSynapse', params: { weight: 0.003, delay: 1 } })),
    ];
    expect(still.samples.get('cells.v')).toEqual(usual.samples.get('cells.v'));
  });

  test.each([1, 0.5, 0])('keep their rule when they are written, with %d of the delay dendritic', async (fraction) => {
    const model = importModel({ name: 'm.json', text: documentOf(plastic(rule(0.05, 0.06, fraction))) });
    const { files } = await convertModel(model.valid, 'pynn-json');
    expect(JSON.parse(files[0]!.text)).not.toHaveProperty('native');
    expect(importModel({ name: 'back.json', text: files[0]!.text }).hashes).toEqual(model.hashes);
  });

  test('have the weights of the rule', async () => {
    const result = await run(plastic(rule(0.05, 0.06, 1)));
    const posts = (result.events.get('cells.spike') ?? []).flatMap(([step, one]) => (one === 0 ? [(step + 1) * 0.025] : [])); // prettier-ignore
    expect(posts.length).toBeGreaterThan(0);
    const events = [
      ...[2, 4, 5].map((time) => ({ time, pre: true })),
      ...posts.map((time) => ({ time: time + 1, pre: false })),
    ].sort((a, b) => a.time - b.time);
    let [weight, x, y, last] = [0.003, 0, 0, 0];
    for (const { time, pre } of events.filter((event) => event.time < 12)) {
      x *= Math.exp((last - time) / 15);
      y *= Math.exp((last - time) / 25);
      last = time;
      weight += 0.01 * (pre ? -0.06 * y : 0.05 * x);
      if (pre) x++;
      else y++;
    }
    expect(Math.abs(weight - 0.003)).toBeGreaterThan(1e-4);
    expect(result.samples.get('ex.weight')!.at(-1)![0]! * 1e6).toBeCloseTo(weight, 6);
  });
});
