/** Code of LEMS, which reads the time at the end of a step, on a grid that reads the time at its start. */

import { expect, test } from 'vitest';
import { Diagnostics } from '../../src/diagnostics/diagnostic.js';
import { unplaced } from '../../src/diagnostics/positions.js';
import { atEndOfStep } from '../../src/model/end-of-step.js';
import { importModel } from '../../src/pipeline/pipeline.js';

/** Variables that each read the one before it twice; the first of them is the time. */
const doubled = (count: number): Record<string, { unit: string; value: string }> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, k) => [
      `d${k}`,
      { unit: '1', value: k === 0 ? 't/(10*ms)' : `d${k - 1}*(1 - d${k - 1})` },
    ]),
  );

const laterCell = (when: string) => {
  const document = {
    interneuron: 1,
    neurons: {
      cell: {
        state: { v: { unit: '1' } },
        derived: doubled(40),
        derivatives: { v: 'd39/ms' },
        events: { spike: { when, do: ['v = 0'] } },
      },
    },
    populations: { cells: { type: 'cell', size: 1 } },
    experiment: { dt: '0.1 ms', protocol: [{ run: '1 ms' }] },
    timing: 'grid',
  };
  const diagnostics = new Diagnostics();
  const { valid } = importModel({ name: 'model.json', text: JSON.stringify(document) });
  const { model } = atEndOfStep(valid, unplaced, diagnostics);
  return { when: model.neurons['cell']?.events['spike']?.when, codes: diagnostics.list.map(({ code }) => code) };
};

test('derived variables that no condition reads do not matter, however large they would be', () => {
  expect(laterCell('t > 5*ms')).toEqual({ when: 't + dt > 0.005*s', codes: [] });
  expect(laterCell('v + d1 > 1').when).toBe('v + (t + dt)/(0.01*s)*(1 - (t + dt)/(0.01*s)) > 1');
});

test('variables that a condition reads are put into it, up to the limit of its size', () => {
  expect(laterCell('d39 > 1').codes).toEqual(['lang/too-large']);
});
