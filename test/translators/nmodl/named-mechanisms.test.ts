import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.js';
import { importModel, readSource } from '../../../src/pipeline/pipeline.js';
import { temporaryFolder } from '../../support/command.js';

const folder = temporaryFolder();
const allowPaths = [join(import.meta.dirname, 'files')];
const file = (name: string): string => join(allowPaths[0] ?? '', name);

/** A gap junction that reads the other potential by a pointer. */
const gap = `NEURON { POINT_PROCESS Gap NONSPECIFIC_CURRENT i RANGE g
POINTER vgap }
PARAMETER { g = 0.001 (uS) }
ASSIGNED { v (mV) vgap (mV)
i (nA) }
BREAKPOINT { i = g*(v - vgap) }
`;

/** A channel whose table is read at the potential and a parameter. */
const shifted = `NEURON { SUFFIX shifted NONSPECIFIC_CURRENT i GLOBAL shift }
PARAMETER { g = 0.001 (S/cm2) shift = -5 (mV) }
ASSIGNED { v (mV) i (mA/cm2) minf }
STATE { m }
INITIAL { rates(v + shift) m = minf }
BREAKPOINT { SOLVE st METHOD cnexp i = g*m*(v + 70) }
DERIVATIVE st { rates(v + shift) m' = (minf - m)/3 }
PROCEDURE rates(u (mV)) {
TABLE minf FROM -100 TO 60 WITH 40
minf = 1/(1 + exp(-(u + 40)/6)) }
`;

/** A cell of two sections with a channel, and a synapse on its dendrite. */
const model = (
  more: object = {},
  synapse: object = { nmodl: file('depressing_synapse.mod') },
  values: object = {},
) => ({
  interneuron: 1,
  neurons: {
    cell: {
      compartments: {
        sections: {
          soma: { length: '20 um', diameter: '20 um', specificCapacitance: '1 uF/cm**2', resistivity: '100 ohm*cm' },
          dend: {
            parent: 'soma',
            length: '200 um',
            diameter: '2 um',
            divisions: 3,
            specificCapacitance: '1 uF/cm**2',
            resistivity: '100 ohm*cm',
          },
        },
        mechanisms: { na: { nmodl: file('sodium.mod'), on: 'soma', ...more } },
        initial: '-65 mV',
        temperature: '295.15 kelvin',
      },
      inputs: { synaptic: { unit: 'A', reduce: 'sum' } },
    },
  },
  populations: { cell: { type: 'cell', size: 1 }, source: { size: 1, spikes: { indices: [0], times: [0.01] } } },
  synapses: { syn: synapse },
  projections: {
    input: {
      from: 'source',
      to: { of: 'cell', places: { section: 'dend', fraction: 0.9 } },
      synapse: 'syn',
      connect: 'all',
      delay: '1 ms',
      values,
      receptor: 'synaptic',
    },
  },
  record: [{ of: 'cell', variables: ['v', 'na.m'] }],
  experiment: { dt: '0.025 ms', duration: '20 ms' },
});

const read = (document: object) => {
  const path = folder.file('model.json');
  writeFileSync(path, JSON.stringify(document));
  return importModel(readSource(path), { allowPaths });
};

const codesOf = (document: object): readonly string[] => {
  try {
    read(document);
    return [];
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.flatMap(({ code, severity, place }) =>
      severity === 'error' ? [`${code} ${place?.pointer ?? `line ${place?.line}`}`] : [],
    );
  }
};

describe('mechanisms that a document names by their files', () => {
  it('have the equations of the files, and values in their units', () => {
    const { model: found } = read(model({ values: { soma: { gbar: 0.2 } } }, undefined, { weight: 0.003 })).valid;
    const { ions, mechanisms } = found.neurons['cell']?.compartments ?? {};
    // 0.2 S/cm2, and the reversal potential that NEURON gives sodium.
    expect(mechanisms?.['na']?.values?.['soma']?.['gbar']).toBe(2000);
    expect(mechanisms?.['na']?.writes).toEqual({ i_na: 'g*(e_na - v)' });
    expect(ions?.['na']).toMatchObject({ valence: 1, reversal: 0.05 });
    // 0.003 uS
    expect(found.projections['input']?.values).toMatchObject({ weight: 3e-9 });
  });

  it('have tables of the potential and a parameter where NEURON does', () => {
    writeFileSync(folder.file('shifted.mod'), shifted);
    const advanced = shifted
      .replace('METHOD cnexp', '')
      .replace(/DERIVATIVE st .*/, 'PROCEDURE st() { rates(v + shift) m = m + mexp*(minf - m) }')
      .replace('TABLE minf', 'TABLE minf, mexp DEPEND dt')
      .replace('minf = 1/', 'mexp = 1 - exp(-dt/(3 + u/100))\nminf = 1/')
      .replace('minf }', 'minf mexp dt (ms) }');
    writeFileSync(folder.file('advanced.mod'), advanced);
    const tableWith = (values: object, tables = true, name = 'shifted.mod') => {
      const document = model({ nmodl: folder.file(name), on: ['soma', 'dend'], tables, values });
      const { valid, diagnostics } = read({ ...document, record: [] });
      const { derived } = valid.model.neurons['cell']!.compartments!.mechanisms['na']!;
      return [derived['minf']?.table, diagnostics.filter(({ code }) => code === 'nmodl/tables').length];
    };
    // The table from -100 to 60 mV holds values at v + shift.
    expect(tableWith({})).toEqual([{ from: -0.095, to: 0.065, intervals: 40 }, 0]);
    expect(tableWith({ soma: { shift: 10 }, dend: { shift: 10 } })).toEqual([
      { from: -0.11, to: 0.05, intervals: 40 },
      0,
    ]);
    expect(tableWith({}, false)).toEqual([undefined, 0]);
    expect(tableWith({ soma: { shift: 10 } })).toEqual([undefined, 1]);
    // Values of the step are computed by their formulas.
    expect(tableWith({}, true, 'advanced.mod')).toEqual([{ from: -0.095, to: 0.065, intervals: 40 }, 1]);
    expect(tableWith({ soma: { shift: 10 }, dend: { shift: 4 } })).toEqual([undefined, 1]);
  });

  it('begin with the concentrations of the document', () => {
    const document = model({
      nmodl: file('calcium_shell.mod'),
      on: ['soma', 'dend'],
      values: { dend: { total: 0.02 } },
    });
    const compartments = {
      ...document.neurons.cell.compartments,
      ions: { ca: { inside: '7e-5 mM', at: { dend: { inside: '9e-5 mM' } } } },
    };
    const { na } =
      read({ ...document, neurons: { cell: { ...document.neurons.cell, compartments } }, record: [] }).valid.model
        .neurons['cell']?.compartments?.mechanisms ?? {};
    expect(na?.state['ca']?.initial).toBe('ca_i_start');
    expect(na?.parameters['ca_i_start']?.value).toBe(7e-5);
    expect(na?.values?.['dend']).toMatchObject({ ca_i_start: 9e-5, total: 0.02 });
  });

  it('hold the potential of the presynaptic end in variables that the document names', () => {
    const document = model({}, { nmodl: 'gap.mod', presynaptic: ['vgap'] });
    writeFileSync(folder.file('gap.mod'), gap);
    const { delay: _, ...input } = { ...document.projections.input, from: { of: 'cell', section: 'soma' } };
    const { syn } = read({ ...document, projections: { input } }).valid.model.synapses;
    expect(syn?.contributes).toEqual({ current: 'g*(pre.v - post.v)' });
    expect(syn?.pathways).toEqual({});
    expect(codesOf({ ...document, synapses: { syn: { nmodl: 'gap.mod' } } })).toEqual(['nmodl/refused line 2']);
    const others = { nmodl: 'gap.mod', presynaptic: ['vgap', 'i', 'vpeer'] };
    expect(codesOf({ ...document, synapses: { syn: others } })).toEqual([
      // Assigned by the file, and not declared.
      'nmodl/refused line 5',
      'nmodl/unknown-name line 1',
    ]);
  });

  const at = '/neurons/cell/compartments/mechanisms/na';
  it.each([
    [
      'a parameter that the file does not have',
      model({ values: { soma: { gbarr: 1 } } }),
      `nmodl/unknown-value ${at}/values/soma/gbarr`,
    ],
    ['a file that is not there', model({ nmodl: 'no.mod' }), `nmodl/not-read ${at}/nmodl`],
    ['a file of another folder', model({ nmodl: '/etc/passwd' }), `nmodl/not-read ${at}/nmodl`],
    ['a channel as a synapse', model({}, { nmodl: file('sodium.mod') }), 'nmodl/other-kind /synapses/syn/nmodl'],
    ['a synapse as a channel', model({ nmodl: file('depressing_synapse.mod') }), `nmodl/other-kind ${at}/nmodl`],
    [
      'connections that share a state that is no sum',
      model({}, { nmodl: file('saturating_synapse.mod'), shared: true }),
      'nmodl/shared-state /synapses/syn/nmodl',
    ],
  ])('refuse %s', (_, document, finding) => {
    expect(codesOf(document)).toContain(finding);
  });
});
