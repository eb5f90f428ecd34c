/** Places of instances reach the canonical model and the results. */

import { describe, expect, it } from 'vitest';
import { importModel, runModel } from '../../../../src/pipeline/pipeline.js';
import type { ResultWriter, RunSetup } from '../../../../runtime/results/result.js';
import { documentOf } from '../support/importing.js';
import '../../../../translators/neuroml/road.js';

const cell = '<iafTauCell id="iaf" leakReversal="-50mV" thresh="-55mV" reset="-70mV" tau="30ms"/>';
const instance = (id: number, place: string): string => `<instance id="${id}">${place}</instance>`;
const at = (x: string, y: string, z: string): string => `<location x="${x}" y="${y}" z="${z}"/>`;
const network = (
  instances: string,
): string => `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="d">${cell}<network id="n">
<population id="p" type="populationList" component="iaf">${instances}</population><population id="q" component="iaf" size="2"/></network></neuroml>`;

describe('instances with places', () => {
  const placed = network(instance(0, at('1.5', '-20', '0')) + instance(1, at('100', '0.25', '1e3')));

  it('give their population positions in micrometres', () => {
    const { populations } = documentOf(placed);
    expect(populations?.['p']?.positions).toEqual({ array: [1.5, -20, 0, 100, 0.25, 1000], unit: 'um' });
    expect(populations?.['q']).not.toHaveProperty('positions');
  });

  it('give results the places of the cells, in metres', async () => {
    const imported = importModel({ name: 'placed.nml', text: placed }, { duration: '5 ms', record: ['p:spikes'] });
    const setups: RunSetup[] = [];
    const writer: ResultWriter = {
      open: (setup) => Promise.resolve(void setups.push(setup)),
      samples: () => undefined,
      close: () => Promise.resolve([]),
      advance: () => undefined,
      abandon: () => Promise.resolve(),
    };
    const result = await runModel(imported, { target: 'wasm', writers: [writer] });
    if (result.kind === 'run') result.dispose();
    const [p, q] = ['p', 'q'].map((name) => setups[0]!.populations.find((population) => population.name === name));
    expect([...p!.positions!].map((value) => Math.round(value * 1e8) / 1e2)).toEqual([1.5, -20, 0, 100, 0.25, 1000]);
    expect(q).not.toHaveProperty('positions');
  });
});
