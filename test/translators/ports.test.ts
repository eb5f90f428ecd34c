/** Synapses that contribute through a port: a projection binds it to a variable of the target. */

import { describe, expect, it } from 'vitest';
import { convertModel } from '../../src/convert/convert.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import { measure } from '../../src/verify/measure.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';

/** Two populations; synapses add their current to `syn`. @param key of the contribution @param bound how it is bound */
const network = (key: string, bound: string): string => `
interneuron: 1
name: ports
neurons:
  lif:
    parameters: { C: {unit: F, value: 200 pF}, gl: {unit: S, value: 10 nS}, I: {unit: A, value: 250 pA} }
    inputs: { syn: {unit: A, reduce: sum} }
    state: { v: {unit: V, initial: -65 mV} }
    derivatives: { v: {rate: "(gl*(-65*mV - v) + I + syn)/C"} }
    method: euler
    events: { spike: { when: v > -50*mV, do: ["v = -65*mV"], refractory: 2 ms } }
synapses:
  cond:
    parameters: { w: {unit: S, value: 4 nS}, e: {unit: V, value: 0 mV} }
    state: { g: {unit: S} }
    derivatives: { g: {rate: -g/(5*ms)} }
    ${bound === '' ? '' : 'ports: { current: A }'}
    contributes: { ${key}: g*(e - post.v) }
    pathways: { pre: { on: pre.spike, do: [g += w], delay: 1 ms } }
populations: { A: {type: lif, size: 5}, B: {type: lif, size: 4, values: {I: 0 pA}} }
projections: { AB: { from: A, to: B, synapse: cond, connect: all ${bound} } }
record: [ {of: A, events: spike}, {of: B, events: spike} ]
experiment: { dt: 0.1 ms, duration: 100 ms }
`;
const read = (text: string) => importModel({ name: 'model.yaml', text });

describe('a contribution through a port', () => {
  it.each(['neuroml', 'lems', 'brian', 'brian-json'] as const)('is written to %s as one to a variable', async (to) => {
    const texts: string[] = [];
    for (const text of [network('current', ', receptor: syn'), network('post.syn', '')]) {
      const { files, outcome } = await convertModel(read(text).valid, to);
      expect(outcome).toBe('not measured');
      texts.push(files.map((file) => file.text).join('\n'));
    }
    expect(texts[0]).toContain(to.startsWith('brian') ? 'v_post' : 'value="g * (e - v)"');
    expect(texts[0]).toBe(texts[1]);
  });
});

/** Sources that spike once, each with its own weight on the dendrite of a passive cell. */
const placed = (weights: readonly number[]): string =>
  JSON.stringify({
    interneuron: 1,
    name: 'placed',
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
          mechanisms: {
            leak: {
              density: true,
              parameters: { g: { unit: 'S*m**-2', value: 1 }, e: { unit: 'V', value: '-65 mV' } },
              reads: ['v'],
              writes: { i: 'g*(e - v)' },
            },
          },
          initial: '-65 mV',
        },
        inputs: { syn: { unit: 'A', reduce: 'sum' } },
      },
    },
    synapses: {
      cond: {
        parameters: { weight: { unit: 'S', value: '1 nS' } },
        state: { g: { unit: 'S' } },
        derivatives: { g: { rate: '-g/(5*ms)' } },
        ports: { current: 'A' },
        contributes: { current: 'g*(0*mV - post.v)' },
        pathways: { pre: { on: 'pre.spike', do: ['g += weight'], delay: '1 ms' } },
      },
    },
    populations: {
      cell: { type: 'cell', size: 1 },
      source: {
        size: weights.length,
        spikes: { indices: [...weights.keys()], times: weights.map((_, k) => 0.002 + 0.003 * k) },
      },
    },
    projections: {
      input: {
        from: 'source',
        to: { of: 'cell', places: { section: 'dend', fraction: 0.9 } },
        synapse: 'cond',
        connect: 'all',
        values: { weight: weights.map((weight) => Number(`${weight}e-9`)) },
        receptor: 'syn',
      },
    },
    record: [{ of: 'cell', variables: 'v' }],
    experiment: { dt: '0.025 ms', duration: '15 ms' },
  });

describe('synapses on cells with compartments, with a parameter called weight', () => {
  it.each([[[4, 4]], [[4, 9]]])('keep weights of %j nS in NeuroML', async (weights) => {
    const { valid } = read(placed(weights));
    const { files, outcome } = await convertModel(valid, 'neuroml', { name: 'placed.nml' });
    expect(outcome).toBe('not measured');
    const text = files.map((file) => file.text).join('\n');
    const [, base = ''] = /gbase="([\d.]+)nS"/.exec(text) ?? [];
    const written = [...text.matchAll(/<connectionWD .*weight="([\d.e-]+)"/g)].map(([, one]) => Number(one));
    expect(written.map((one) => one * Number(base))).toEqual(weights);
    const measured = await measure(valid, 'neuroml', await convertModel(valid, 'neuroml', { name: 'placed.nml' }));
    expect(measured.verdict).toMatch(/^same/);
  });
});
