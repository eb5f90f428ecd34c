/** Parts of a population of cells with compartments. */

import { expect, test } from 'vitest';
import { simulate } from '../../support/simulate.js';

const membrane = 'specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm';
const network = (part: string): string => `
interneuron: 1
name: driven cells
neurons:
  cell:
    inputs: { I: nA }
    compartments:
      initial: -65 mV
      sections:
        soma: { length: 20 um, diameter: 20 um, ${membrane} }
        stick: { parent: soma, length: 200 um, diameter: 2 um, divisions: 4, ${membrane} }
populations: { cells: { type: cell, size: 4 } }
stimuli:
  drive: { kind: current, to: { population: cells, ${part} }, section: stick, fraction: 0.6, input: I, value: 0.1 nA }
record: [{ of: cells, variables: [v], section: stick, fraction: 0.6, every: 1 ms, name: far }]
experiment: { dt: 0.1 ms, duration: 5 ms }
`;

test.each(['mask: [0, 1, 0, 1]', 'indices: [1, 3]', 'slice: [1, 4, 2]'])(
  'a current flows into the cells of %s',
  async (part) => {
    const { samples } = await simulate(network(part), { engines: [{ target: 'wasm', threads: 1 }] });
    const last = samples.get('far/v')!.at(-1)!;
    // Without a current a cell without channels stays where it is.
    expect([last[0], last[2]]).toEqual([-0.065, -0.065]);
    for (const v of [last[1]!, last[3]!]) expect(v).toBeGreaterThan(-0.064);
  },
);

test('a list sets a variable of each compartment of each cell', async () => {
  const values = (from: number): number[] => Array.from({ length: 8 }, (_, k) => from + k);
  // Without channels, and nearly without axial currents, potentials stay.
  const isolated = membrane.replace('100', '1e20');
  const document = `
interneuron: 1
name: values of compartments
neurons:
  cell:
    compartments:
      sections:
        soma: { length: 20 um, diameter: 20 um, ${isolated} }
        stick: { parent: soma, length: 200 um, diameter: 2 um, divisions: 3, ${isolated} }
      mechanisms:
        gate: { state: { x: { unit: 1 } }, derivatives: { x: 0/s } }
populations: { cells: { type: cell, size: 2 } }
record:
  - { of: cells, variables: [gate.x, v], section: soma, fraction: 0.5, name: near }
  - { of: cells, variables: [gate.x, v], section: stick, fraction: 0.9, name: far }
experiment:
  dt: 0.1 ms
  protocol:
    - { run: 0.1 ms }
    - set: { cells.gate.x: [${values(1).join(', ')}], cells.v: { array: [${values(-70).join(', ')}], unit: mV } }
    - { run: 0.1 ms }
`;
  const { samples } = await simulate(document, { engines: [{ target: 'wasm', threads: 1 }] });
  // By compartment, and in each by cell.
  const last = (name: string): readonly number[] => samples.get(name)!.at(-1)!;
  expect([...last('near/gate.x'), ...last('far/gate.x')]).toEqual([1, 2, 7, 8]);
  [...last('near/v'), ...last('far/v')].forEach((v, k) =>
    expect(v).toBeCloseTo([-0.07, -0.069, -0.064, -0.063][k]!, 12),
  );
});
