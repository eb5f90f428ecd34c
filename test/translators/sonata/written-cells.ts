/** Cells with a shape in the canonical form, which become circuits of SONATA. */

/** A cell with a branched dendrite of cylinders and one of points, synapses of two kinds, and a clamp. */
export const branched = {
  interneuron: 1,
  name: 'branched',
  neurons: {
    tree: {
      compartments: {
        sections: {
          soma: { length: '20 um', diameter: '20 um', ...cable(1) },
          trunk: { parent: { section: 'soma', fraction: 1 }, length: '200 um', diameter: '2 um', ...cable(5) },
          left: { parent: { section: 'trunk', fraction: 1 }, length: '150 um', diameter: '1 um', ...cable(3) },
          right: { parent: { section: 'trunk', fraction: 1 }, length: '120 um', diameter: '1.5 um', ...cable(3) },
          tip: { parent: { section: 'left', fraction: 1 }, length: '128 um', diameter: '0.5 um', ...cable(3) },
          basal: {
            parent: { section: 'soma', fraction: 0.5 },
            points: [
              [0, 10, 0, 3],
              [0, 74, 0, 2],
              [48, 138, 0, 1],
            ].map((point) => point.map((value) => `${value} um`)),
            ...cable(3),
          },
          axis: { parent: { section: 'soma', fraction: 0 }, length: '100 um', diameter: '1 um', ...cable(3) },
        },
        groups: { thin: ['left', 'right', 'tip'] },
        mechanisms: {
          leak: {
            parameters: { g: { unit: 'S/cm**2', value: 0.0001 }, e: { unit: 'mV', value: -65 } },
            reads: ['v'],
            writes: { i: 'g*(e - v)' },
            values: { soma: { g: '0.0003 S/cm**2' }, thin: { g: '0.0002 S/cm**2', e: '-70 mV' } },
          },
        },
        initial: '-65 mV',
        temperature: '305.15 kelvin',
      },
      inputs: { I: { unit: 'A', reduce: 'sum' } },
      events: { spike: { when: 'v > -55*mV', edge: 'rising', section: 'soma' } },
      method: 'cable-then-gates',
    },
  },
  synapses: {
    decaying: {
      parameters: { tau: { unit: 'ms', value: 2 }, e: { unit: 'mV', value: 0 }, weight: { unit: 'uS', value: 0 } },
      state: { g: { unit: 'uS' } },
      derivatives: { g: '-g/tau' },
      pathways: { pre: { do: 'g += weight' } },
      ports: { port: 'A' },
      contributes: { port: 'g*(e - post.v)' },
    },
    rising: {
      parameters: {
        tau1: { unit: 'ms', value: 0.5 },
        tau2: { unit: 'ms', value: 4 },
        weight: { unit: 'uS', value: 0 },
      },
      state: { a: { unit: 'uS' }, b: { unit: 'uS' } },
      derived: {
        peak: { unit: 'ms', value: 'tau1*tau2/(tau2 - tau1)*log(tau2/tau1)' },
        factor: { unit: 1, value: '1/(exp(-peak/tau2) - exp(-peak/tau1))' },
      },
      derivatives: { a: '-a/tau1', b: '-b/tau2' },
      pathways: { pre: { do: ['a += weight*factor', 'b += weight*factor'] } },
      ports: { port: 'A' },
      contributes: { port: '(b - a)*(-10*mV - post.v)' },
    },
  },
  populations: {
    cells: { type: 'tree', size: 2, positions: { array: [[0, 0, 0], [50, 0, 0]], unit: 'um' } }, // prettier-ignore
    given: { size: 2, spikes: { indices: [0, 1, 0, 1], times: { array: [3, 11, 14.98, 30], unit: 'ms' } } },
  },
  projections: {
    drive: {
      from: 'given',
      to: {
        of: 'cells',
        places: { sections: ['trunk', 'tip', 'basal'], section: [0, 1, 2], fraction: [0.3, 0.9, 0.5] },
      },
      synapse: 'decaying',
      connect: { rule: 'list', sources: [0, 1, 1], targets: [0, 1, 0] },
      receptor: 'I',
      values: { weight: { array: [0.03, 0.003, 0.03], unit: 'uS' }, tau: { array: [2, 3, 2], unit: 'ms' } },
      delay: '1 ms',
    },
    chain: {
      from: 'cells',
      to: { of: 'cells', section: 'right', fraction: 0.5 },
      synapse: 'rising',
      connect: { rule: 'list', sources: [0, 1], targets: [1, 0] },
      receptor: 'I',
      values: { weight: '0.05 uS' },
      delay: { array: [1, 1.5], unit: 'ms' },
    },
  },
  stimuli: {
    step: {
      kind: 'current',
      to: { population: 'cells', indices: [1] },
      input: 'I',
      value: '0.8*nA if t >= 20*ms and t < 35*ms else 0*nA',
      section: 'trunk',
      fraction: 0.1,
    },
  },
  record: [
    { of: 'cells', events: 'spike', name: 'cells_spikes' },
    { of: 'cells', variables: ['v'], name: 'v_soma', section: 'soma', fraction: 0.5 },
  ],
  timing: 'grid',
  experiment: { dt: '0.025 ms', protocol: [{ run: '60 ms' }] },
};

function cable(divisions: number): object {
  return { divisions, specificCapacitance: '1 uF/cm**2', resistivity: '100 ohm*cm' };
}

/** The same cell, with a soma of one compartment beside dendrites that are divided more finely than `dL` could. */
export function finer(): typeof branched {
  const copy = structuredClone(branched);
  copy.neurons.tree.compartments.sections.tip = {
    ...copy.neurons.tree.compartments.sections.tip,
    ...{ divisions: 16 },
  };
  return copy;
}

/** The same cell with two channels on the soma and the thin dendrites, and a regular source. */
export function spiking(): object {
  const copy = structuredClone(branched);
  const { tree } = copy.neurons;
  const channel = (ion: string, g: string, gates: string): object => ({
    parameters: { gmax: { unit: 'S/cm**2', value: 0 }, shift: { unit: 'mV', value: 0 } },
    on: ['soma', 'thin'],
    reads: ['v', `e_${ion}`, 'temperature'],
    writes: { [`i_${ion}`]: `gmax*${gates}*(e_${ion} - v)` },
    values: { soma: { gmax: g }, thin: { gmax: '0.01 S/cm**2', shift: '-5 mV' } },
  });
  const derived = {
    q: { unit: 1, value: '3**((temperature/kelvin - 305.15)/10)' },
    u: { unit: 1, value: '(v - shift + 40*mV)/(10*mV)' },
  };
  const spikes = {
    ...tree.compartments,
    ions: { na: { valence: 1, reversal: '50 mV' }, k: { valence: 1, reversal: '-80 mV' } },
    mechanisms: {
      ...tree.compartments.mechanisms,
      sodium: {
        ...channel('na', '0.12 S/cm**2', 'm**3*h'),
        state: { m: { unit: 1, initial: 'm_inf' }, h: { unit: 1, initial: 0.6 } },
        derived: {
          ...derived,
          opening: { unit: '1/ms', value: '(1 + u/2)/ms if abs(u) < 1e-6 else u/(1 - exp(-u))/ms' },
          closing: { unit: '1/ms', value: '4*exp(-(v + 65*mV)/(18*mV))/ms' },
          m_inf: { unit: 1, value: 'opening/(opening + closing)' },
          gain: { unit: '1/ms', value: '-closing*m' },
        },
        derivatives: {
          m: 'q*(opening*(1 - m) + gain)',
          h: 'q*(0.07*exp(-(v + 65*mV)/(20*mV))*(1 - h) - h/(exp(-(v + 35*mV)/(10*mV)) + 1))/ms',
        },
      },
      // A mechanism of NEURON has this name.
      hh: {
        ...channel('k', '0.036 S/cm**2', 'n**4'),
        state: { n: { unit: 1, initial: 0.32 } },
        derived,
        derivatives: {
          n: '(0.1*(1.5 + u)*(1 - n)/(1 - exp(-1.5 - u)) - 0.125*exp(-(v + 65*mV)/(80*mV))*n)/ms',
        },
      },
    },
  };
  const source = {
    state: { next: { unit: 'ms', initial: '2.5*ms' } },
    events: { spike: { when: 't + dt > next - dt/2', edge: 'level', do: 'next += 12*ms' } },
  };
  return {
    ...copy,
    neurons: {
      tree: { ...tree, compartments: spikes, events: { spike: { ...tree.events.spike, when: 'v > 0*mV' } } },
      source,
    },
    populations: { ...copy.populations, regular: { type: 'source', size: 1 } },
    projections: {
      ...copy.projections,
      pace: {
        ...copy.projections.drive,
        from: 'regular',
        connect: { rule: 'list', sources: [0, 0, 0], targets: [0, 1, 0] },
      },
    },
  };
}
