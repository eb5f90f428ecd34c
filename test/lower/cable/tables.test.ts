/** Variables that are interpolated in a table of the potential. */

import { expect, test } from 'vitest';
import { withFormulas } from '../../../src/convert/with-formulas.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { simulate } from '../../support/simulate.js';

const document = (initial: string): string => `
interneuron: 1
name: a table
neurons:
  cell:
    compartments:
      initial: ${initial}
      sections:
        soma: { length: 20 um, diameter: 20 um, specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm }
      mechanisms:
        gate:
          reads: [v]
          derived:
            part: exp(v/(20*mV))
            rise: { value: part*part, table: { from: -100 mV, to: 100 mV, intervals: 4 } }
populations: { cells: { type: cell, size: 1 } }
record: [{ of: cells, variables: [gate.rise], name: seen }]
experiment: { dt: 0.1 ms, duration: 0.2 ms }
`;

const at = (mV: number): number => Math.exp(mV / 10);

test.each([
  ['-30 mV', 0.6 * at(-50) + 0.4 * at(0)],
  ['-50 mV', at(-50)],
  ['99 mV', 0.02 * at(50) + 0.98 * at(100)],
  ['-130 mV', at(-100)],
  ['130 mV', at(100)],
])('is linear between the values at equidistant potentials, at %s', async (initial, expected) => {
  const { samples } = await simulate(document(initial), { engines: [{ target: 'wasm', threads: 1 }] });
  expect(samples.get('seen/gate.rise')!.at(-1)![0]! / expected).toBeCloseTo(1, 12);
});

test('other notations get the formulas', () => {
  const { valid } = importModel({ name: 'a.yaml', text: document('-30 mV') });
  const tableOf = ({ model }: typeof valid): unknown =>
    model.neurons['cell']!.compartments!.mechanisms['gate']!.derived['rise']!.table;
  expect(tableOf(valid)).toEqual({ from: -0.1, to: 0.1, intervals: 4 });
  expect(tableOf(withFormulas(valid))).toBeUndefined();
});
