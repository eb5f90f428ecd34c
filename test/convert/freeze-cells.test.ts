/** Draws of cells with compartments, and of synapses at places on them, as numbers. */

import { expect, test } from 'vitest';
import type { ValidModel } from '../../src/model/model.js';
import { freeze } from '../../src/convert/freeze.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import { wasmTarget } from '../../runtime/targets/wasm/target.js';
import { fingerprint } from '../pipeline/fingerprint.js';
import { simulateModel } from '../support/simulate.js';

const network = (size: number, values: string, more = ''): ValidModel =>
  importModel({
    name: 'cells.yaml',
    text: `
interneuron: 1
neurons:
  source: { state: { x: { initial: 0 } }, derivatives: { x: 1/ms }, events: { spike: { when: x > 0.5 + 0.3*i, do: [x = -2] } } }
  cell:
    inputs: { I: nA }
    compartments:
      initial: "-65*mV + 5*mV*uniform(0, 1)"
      sections:
        soma: { length: 20 um, diameter: 20 um, specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm }
        tip: { parent: soma, length: 80 um, diameter: 2 um, divisions: 3, specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm }
      mechanisms:
        leak: { parameters: { g: "uniform(1, 2)*S/m**2", E: -60 mV }, values: { soma: { E: -62 mV } }, reads: [v], writes: { i: g*(E - v) } }
        other: { on: tip, parameters: { g: 1 S/m**2, E: -50 mV }, reads: [v], writes: { i: -g*(v - E) } }
        another: { on: soma, parameters: { g: 1 S/m**2, E: -40 mV }, reads: [v], writes: { i: -g*(v - E) } }
        k:
          on: soma
          state: { n: { initial: "uniform(0.1, 0.2)" } }
          derivatives: { n: (1/(1 + exp(-(v + 40*mV)/(9*mV))) - n)/(2*ms) }
          reads: [v]
          writes: { i: 10*S/m**2*n*(-90*mV - v) }
synapses:
  syn:
    parameters: { w: { unit: nS, value: "uniform(1, 2)*nS" } }
    state: { g: { unit: nS, initial: "uniform(0, 1)*nS" } }
    derivatives: { g: -g/(2*ms) }
    pathways: { pre: { on: pre.spike, do: [g += w], delay: "0.5*ms + uniform(0, 1)*ms" } }
    contributes: { post.I: g*(0*mV - post.v) }
populations: { s: { type: source, size: 4 }, cells: { type: cell, size: ${size}, values: { ${values} } } }
${more}
timing: grid
experiment: { dt: 0.025 ms, duration: 3 ms }`,
  }).valid;

test('each compartment has its drawn value, and the potential is the potential of its cell', async () => {
  const valid = network(3, 'other.g: "(1 + i)*S/m**2"');
  const frozen = await freeze(valid, wasmTarget);
  const { values } = frozen.valid.model.populations['cells']!;
  expect(values['leak.g']).toMatchObject({ array: { length: 12 } });
  expect(values['v']).toMatchObject({ array: { length: 3 } });
  expect(values['k.n']).toMatchObject({ array: { length: 3 } });
  expect(JSON.stringify(frozen.valid.model.neurons['cell'])).not.toContain('uniform');
  expect(frozen.remaining).toEqual([]);
  expect(await fingerprint(frozen.valid)).toBe(await fingerprint(valid));
});

test('draws of the only cell of a type are values on its sections', async () => {
  const valid = network(1, '');
  const frozen = await freeze(valid, wasmTarget);
  const { mechanisms } = frozen.valid.model.neurons['cell']!.compartments!;
  expect(mechanisms['leak']!.values).toMatchObject({ soma: { g: expect.any(Number) }, tip: { g: { array: { length: 3 } } } }); // prettier-ignore
  expect(Object.keys(frozen.valid.model.populations['cells']!.values)).toEqual(['v']);
  expect(await fingerprint(frozen.valid)).toBe(await fingerprint(valid));
});

test('synapses at places of their own have their drawn values', async () => {
  const projection = `
projections:
  p:
    from: s
    to: { of: cells, places: { sections: [soma, tip], section: [0, 1, 1, 0, 1], fraction: [0.5, 0.1, 0.9, 0.5, 0.5] } }
    synapse: syn
    connect: [{ rule: list, sources: [0, 1, 2, 3, 0], targets: [0, 1, 2, 0, 1] }]`;
  const valid = network(3, '', projection);
  const frozen = await freeze(valid, wasmTarget);
  const { values, delays } = frozen.valid.model.projections['p']!;
  for (const value of [values['w'], values['g'], delays['pre']]) expect(value).toMatchObject({ array: { length: 5 } });
  expect(await fingerprint(frozen.valid)).toBe(await fingerprint(valid));
});

test('values of mechanisms are of cells, or of the compartments of cells', async () => {
  const lists =
    'other.E: { array: [-50, -51, -52, -53, -54, -55], unit: mV }, another.E: { array: [-41, -42], unit: mV }';
  const places = ['{ of: cells, variables: [another.E], section: soma }'].concat(
    [0.1, 0.9].map((at) => `{ of: cells, variables: [other.E], section: tip, fraction: ${at}, name: at_${at * 10} }`),
  );
  const valid = network(2, lists, `record: [${places.join(', ')}]`);
  const { samples } = await simulateModel(valid, { engines: [{ target: 'wasm', threads: 1 }] });
  const first = [...samples].flatMap(([name, rows]) => (name.includes('/') ? [rows[0]] : []));
  expect(first).toEqual([
    [-0.041, -0.042],
    [-0.05, -0.051],
    [-0.054, -0.055],
  ]);
});

test.each([
  ['other.E: { array: [1, 2, 3, 4], unit: mV }', /wrong-length/],
  ['other.q: 3', /other\.q/],
])('%s is refused', (values, message) => {
  expect(() => network(2, values)).toThrow(message);
});
