/**
 * Membranes with a leak and mechanisms in NMODL, run freely. Their potentials are NEURON 9.0.2's, which
 * trials/record_trials.py prints: at its own steps, or extrapolated to steps of no length.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { convertModel } from '../../../src/convert/convert.js';
import { openModel } from '../../../src/session/open-model.js';
import { importModel, readSource } from '../../../src/pipeline/pipeline.js';
import { temporaryFolder } from '../../support/command.js';

const folder = temporaryFolder();
const here = join(import.meta.dirname, 'trials');
const file = (name: string): string => join(name === 'calcium_pool' ? join(here, '../files') : here, `${name}.mod`);

const section = { specificCapacitance: '1 uF/cm**2', resistivity: '100 ohm*cm' };
const soma = { ...section, length: '20 um', diameter: '20 um' };
const dend = { ...section, parent: { section: 'soma', fraction: 1 }, length: '100 um', diameter: '2 um' };
const leak = { reads: ['v'], writes: { i: '0.001*siemens/cm**2*(-65*mV - v)' } };

interface Trial {
  readonly celsius: number;
  readonly sections: object;
  /** Sections by the mechanisms on them. */
  readonly on: Readonly<Record<string, readonly string[]>>;
  readonly more?: object;
}

/** Returns the potentials of sections after 5 ms, in mV. @param dt  of a step in ms */
async function potentials(
  { celsius, sections, on, more }: Trial,
  dt = 0.025,
  method = 'cable-then-gates',
): Promise<readonly number[]> {
  const named = Object.entries(on).map(([name, places]) => [name, { nmodl: file(name), on: places }] as const);
  const document = {
    interneuron: 1,
    neurons: {
      cell: {
        compartments: {
          sections,
          mechanisms: { leak, ...Object.fromEntries(named) },
          initial: '-65 mV',
          temperature: `${celsius + 273.15} kelvin`,
        },
        inputs: { I: { unit: 'A', reduce: 'sum' } },
        method,
      },
    },
    populations: { cell: { type: 'cell', size: 1 }, source: { size: 1, spikes: { indices: [], times: [] } } },
    ...more,
    record: Object.keys(sections).map((name) => ({ of: 'cell', variables: ['v'], section: name, fraction: 0.5 })),
    experiment: { dt: `${dt} ms`, duration: '5 ms' },
  };
  const path = folder.file('trial.json');
  writeFileSync(path, JSON.stringify(document));
  const session = openModel(importModel(readSource(path), { allowPaths: ['/'] }));
  await session.run(0.0051);
  const { samples } = await session.take();
  await session.dispose();
  return samples.map(({ values }) => Number(values[Math.round(5 / dt)]) * 1e3);
}

/** Returns the potentials of sections after 5 ms, extrapolated to steps of no length. */
async function extrapolated(trial: Trial): Promise<readonly number[]> {
  const [coarse, fine] = [await potentials(trial, 0.005), await potentials(trial, 0.0025)];
  return fine.map((v, k) => 2 * v - (coarse[k] ?? NaN));
}

const expectClose = (found: readonly number[], expected: readonly number[], digits = 9): void => {
  expect(found).toHaveLength(expected.length);
  for (const [k, v] of expected.entries()) expect(found[k]).toBeCloseTo(v, digits);
};

/** Returns a point process on the soma, without events. */
const receiving = (name: string): object => ({
  synapses: { x: { nmodl: file(name) } },
  projections: {
    p: {
      from: 'source',
      to: { of: 'cell', places: { section: 'soma', fraction: 0.5 } },
      ...{ synapse: 'x', connect: 'all', delay: '1 ms', receptor: 'I' },
    },
  },
});

describe('the reversal potential of an ion', () => {
  it.each([
    ['stays where no mechanism reads a concentration', 'calcium_only', 6.3, 0.7775541025346502],
    ['stays at any temperature', 'calcium_only', 34, 0.7775541025346502],
    ["follows Nernst's equation where one does", 'potassium_level', 6.3, -71.07720677381684],
    ['follows it at the temperature', 'potassium_level', 34, -75.94877962188515],
  ])('%s', async (_, name, celsius, expected) => {
    expectClose(await potentials({ celsius, sections: { soma }, on: { [name]: ['soma'] } }), [expected]);
  });

  it.each([
    [6.3, [-12.908820098614147, -11.078553177227542]],
    [34, [-11.388608858284886, -9.753018519348279]],
  ])('differs between a section with a pool and one without, at %s degC', async (celsius, expected) => {
    const on = { calcium_only: ['soma', 'dend'], calcium_pool: ['soma'] };
    expectClose(await potentials({ celsius, sections: { soma, dend }, on }), expected);
  });

  const on = { calcium_only: ['soma'], calcium_pool: ['soma'] };
  it.each([
    ['a synapse', on, receiving('calcium_reader')],
    ['a mechanism', { ...on, calcium_reader: ['soma'] }, {}],
  ])('is that of the section for a point process that a document names as %s', async (_, placed, more) => {
    expectClose(await potentials({ celsius: 6.3, sections: { soma }, on: placed, more }), [14.220875013174762]);
  });
});

describe('a mechanism', () => {
  it.each([
    ['sets a factor after its first use', 'late_factor', -69.69439279989983],
    ['has a state with the name of a variable of an ion', 'own_calcium', -73.09086436728468],
    ['has parameters of six digits and states with START', 'six_digits', -44.34105499297427],
    ['keeps an activation while the slope of the current is measured', 'instant_calcium', 25.09957814067876],
    ['keeps an activation that it reads before the statement that sets it', 'solved_last', 25.09957814067876],
    ['has one state that an implicit step advances', 'implicit_gate', -72.62212317767624],
  ])('%s', async (_, name, expected) => {
    expectClose(await potentials({ celsius: 6.3, sections: { soma }, on: { [name]: ['soma'] } }), [expected]);
  });

  it('has a state that is not linear, for which NEURON takes several steps of Newton', async () => {
    const on = { implicit_square: ['soma'] };
    expectClose(await potentials({ celsius: 6.3, sections: { soma }, on }), [-73.58519030095209], 5);
  });

  it.each([
    ['settings(v)', []],
    ['', [4]],
  ])('has a note if a current reads a variable that INITIAL does not assign: %s', (settings, lines) => {
    const text = readFileSync(file('instant_calcium'), 'utf8').replace(
      'INITIAL { settings(v)',
      `INITIAL { ${settings}`,
    );
    const notes = importModel({ name: 'x.mod', text }).diagnostics.filter(({ code }) => code === 'nmodl/zero-at-first');
    expect(notes.map(({ place }) => place?.line)).toEqual(lines);
  });

  it('keeps no activation in steps of second order', async () => {
    const trial = { celsius: 6.3, sections: { soma }, on: { instant_calcium: ['soma'] } };
    const at = async (dt: number): Promise<number> => (await potentials(trial, dt, 'cable'))[0] ?? NaN;
    const [coarse, half, fine] = [await at(0.01), await at(0.005), await at(0.0025)];
    expect((coarse - half) / (half - fine)).toBeCloseTo(4, 1);
  });

  it('reads the fluxes of a reaction', async () => {
    const trial = { celsius: 6.3, sections: { soma }, on: { fluxes: ['soma'] } };
    expectClose(await extrapolated(trial), [-65.64298702801172], 4);
  });

  it('keeps its comments in a conversion', async () => {
    const { files } = await convertModel(importModel(readSource(file('six_digits'))).valid, 'neuroml');
    expect(files.map(({ text }) => text).join('')).toContain('NEURON keeps six digits of parameters');
  });
});

describe('a synapse', () => {
  it.each([
    ['has one state that an implicit step advances', 'implicit_synapse', -51.35560598943331],
    ['keeps its block while the slope of the current is measured', 'block_synapse', -63.335038526375996],
  ])('%s', async (_, name, expected) => {
    expectClose(await potentials({ celsius: 6.3, sections: { soma }, on: {}, more: receiving(name) }), [expected]);
  });
});
