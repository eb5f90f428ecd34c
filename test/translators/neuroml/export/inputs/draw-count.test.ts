/** How many of many inputs have an event in a step: LEMS inverts the binomial distribution at a uniform number. */

import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { convertModel } from '../../../../../src/convert/convert.js';
import { importModel } from '../../../../../src/pipeline/pipeline.js';
import '../../../../../translators/brian/road.js';
import '../../../../../translators/neuroml/road.js';

const converted = (N: number, rate: string) =>
  convertModel(
    importModel({
      name: 'model.yaml',
      text: stringify({
        format: 'interneuron/brian',
        dt: '0.1 ms',
        neuron_groups: { G: { N: 1, model: 'x : 1', threshold: 'x > 1e9' } },
        poisson_inputs: { drive: { target: 'G', target_var: 'x', N, rate, weight: 1 } },
        state_monitors: { trace: { source: 'G', variables: ['x'], record: true } },
        run: '10 ms',
      }),
    }).valid,
    'lems',
  );

/** The probability of so many successes in n trials, as a product of n factors. */
function binomial(n: number, p: number, k: number): number {
  let chance = 1;
  for (let i = 0; i < n; i++) chance *= i < k ? ((n - i) / (k - i)) * p : 1 - p;
  return chance;
}

test.each([
  [30, '500 Hz', 0.05],
  [200, '20 Hz', 0.002],
  [1000, '300 Hz', 0.03],
])('%i inputs at %s: a number more above each value of the distribution function', async (n, rate, p) => {
  const { files, report } = await converted(n, rate);
  expect(report.some(({ code }) => code === 'lems/poisson')).toBe(false);
  const text = files[0]?.text ?? '';
  const sum = /<StateAssignment variable="drawn" value="([^"]*)"/.exec(text)?.[1] ?? '';
  const terms = sum.split(' + ');
  const least = /^\d+$/.test(terms[0] ?? '') ? Number(terms.shift()) : 0;
  const borders = terms.map((term) => Number(/^H\(uniform - (.*)\)$/.exec(term)?.[1]));
  let below = Array.from({ length: least }, (_, k) => binomial(n, p, k)).reduce((a, b) => a + b, 0);
  borders.forEach((border, index) => {
    below += binomial(n, p, least + index);
    expect(Math.abs(border - below)).toBeLessThan(n * 1e-15);
  });
  // Numbers beyond the last one are less likely than a uniform number can tell.
  expect(binomial(n, p, least + borders.length + 1)).toBeLessThan(1e-15);
  expect(borders.length).toBeGreaterThan(5);
});

test('more numbers than LEMS is to tell apart are a normal number, which the report states', async () => {
  const { report } = await converted(100_000, '1000 Hz');
  expect(report.some(({ code, verdict }) => code === 'lems/poisson' && verdict === 'different')).toBe(true);
});
