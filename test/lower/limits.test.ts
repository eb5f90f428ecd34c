/** Valid models that exceed the limits of a program are rejected with their place, without internal errors. */

import { expect, test } from 'vitest';
import { DiagnosticError } from '../../src/diagnostics/diagnostic.js';
import { runModel, importModel } from '../../src/pipeline/pipeline.js';
import '../../translators/brian/road.js';

async function refusal(text: string): Promise<readonly (readonly [string, string | undefined])[]> {
  try {
    await runModel(importModel({ name: 'limits.yaml', text: `format: interneuron/brian\n${text}run: 1 ms\n` }), {
      target: 'null',
    });
    return [];
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.map(({ code, place }) => [code, place?.pointer] as const);
  }
}

const cells = 'N: 3, model: "dv/dt = -v/(10*ms) : 1", method: exact, threshold: v > 1, reset: v = 0';
const draws = (count: number): string => Array.from({ length: count }, () => 'rand()').join(' + ');
const synapses = (key: string, code: string): string =>
  `neuron_groups:\n  G: { ${cells} }\nsynapses:\n  S: { source: G, target: G, on_pre: v_post += 0.1, ${key}: ` +
  `${code} }\n`;

test.each([256, 257])('%i draws in a first value', async (count) => {
  const found = await refusal(`neuron_groups:\n  G: { ${cells}, initializers: { v: "${draws(count)}" } }\n`);
  expect(found).toEqual(count > 256 ? [['lower/too-many-draws', '/neuron_groups/G/initializers/v']] : []);
});

test.each(['{ j: "k for k in range(N)" }', '{ condition: "i < N" }', '{ p: "1.0/N" }'])(
  'the number of synapses while they are made: %s',
  async (connect) => {
    const [first, ...others] = await refusal(synapses('connect', connect));
    expect(others).toEqual([]);
    expect(first?.[0]).toMatch(/^(lower|brian|model|lang)\//);
  },
);

test('more connections than can be counted', async () => {
  const found = await refusal(synapses('connect', '{ condition: "i != j", n: 4294967297 }'));
  expect(found.map(([code]) => code)).toEqual(['model/too-large']);
});

test.each([4, 60])('%i variables that all depend on each other, solved exactly', async (count) => {
  const rows = Array.from({ length: count }, (_, i) => {
    const others = Array.from({ length: count }, (__, j) => `${i === j ? 4 : 1}*x${j}`);
    return `dx${i}/dt = -(${others.join(' + ')})/second : 1`;
  });
  const found = await refusal(
    `neuron_groups:\n  G: { N: 1, method: exact, model: ${JSON.stringify(rows.join('\n'))} }\n`,
  );
  expect(found).toEqual(count > 40 ? [['lower/method-refused', '/neuron_groups/G']] : []);
});
