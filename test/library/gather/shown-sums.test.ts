/** Recorded variables that follow sums over synapses: in Brian their samples are those of LEMS, one step early. */

import { expect, test } from 'vitest';
import { convertModel } from '../../../src/run/convert.js';
import { importModel } from '../../../src/run/pipeline.js';
import { simulateModel } from '../../support/simulate.js';

const model = `interneuron: 1
timing: lems-euler
neurons:
  unit:
    parameters: { tau: 10 ms, drive: 0 }
    inputs: { I: '1' }
    state: { r: 0.5 }
    derived: { total: { unit: '1', value: I + drive }, mix: { unit: '1', value: I + r } }
    derivatives: { r: (total - r)/tau }
    events: { spike: { when: r > 100 } }
synapses:
  rate: { parameters: { w: 0.2 }, contributes: { post.I: w*pre.r } }
populations:
  a: { type: unit, size: 2, values: { drive: [0.5, 0.9] } }
  b: { type: unit, size: 2, values: { drive: [0.1, 0.2] } }
projections:
  forth: { from: a, to: b, synapse: rate, connect: all }
  back: { from: b, to: a, synapse: rate, connect: all, values: { w: 0.3 } }
record:
  - { of: a, variables: [r, total, mix] }
  - { of: b, variables: [total, r] }
experiment: { dt: 0.1 ms, duration: 2 ms }
`;

test.each([true, false])('sums are recorded behind what is added in their step; strict: %s', async (strict) => {
  const { valid } = importModel({ name: 'm.yaml', text: model });
  const { files, report } = await convertModel(valid, 'brian-json', { strict });
  expect(report).toContainEqual(
    expect.objectContaining({ verdict: 'equivalent', code: 'brian/sampling', pointer: '/recordings/0' }),
  );
  const again = importModel({ name: 'm.json', text: files[0]?.text ?? '' }).valid;
  const [lems, brian] = await Promise.all(
    [valid, again].map((one) => simulateModel(one, { engines: [{ target: 'wasm', threads: 1 }] })),
  );
  const rows = (of: typeof lems, name: string): readonly (readonly number[])[] => of?.samples.get(name) ?? [];
  for (const name of ['a.total', 'a.mix', 'b.total']) {
    const [expected, found] = [rows(lems, name), rows(brian, name)];
    expect(found).toHaveLength(20);
    found.forEach((row, k) => row.forEach((value, j) => expect(value).toBeCloseTo(expected[k + 1]?.[j] ?? NaN, 12)));
  }
});
