/** Integers have 32 bits: larger constants become real numbers, or are rejected. */

import { describe, expect, test } from 'vitest';
import { DiagnosticError } from '../../src/diagnostics/diagnostic.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import { findings } from '../model/support.js';
import { simulate } from '../support/simulate.js';
import '../../translators/brian/road.js';

/** Values of v, w, u after code has run once, for constants a and b and cells 0 and 1. */
async function afterCode(constant: string, code: string): Promise<readonly (readonly number[])[]> {
  const { final } = await simulate(`
format: interneuron/brian
namespace: { a: ${constant}, b: ${constant} }
neuron_groups:
  G: { N: 2, model: "v : 1\\nw : 1\\nu : 1\\nn : integer", run_regularly: [{ code: "${code}" }] }
run: 0.1 ms`);
  return ['v', 'w', 'u'].map((name) => [...(final.get(`G.${name}`) ?? [])]);
}

describe('sums and products of integers that become real do not wrap', () => {
  test.each(['1000000', '2147483647', '3000000000', '1e12', '-2147483648', '-5000000000'])('%s', async (constant) => {
    const a = Number(constant);
    const code = 'v = a*b*(i + 1); w = a*(i + 1)*b - a; u = -(a + b) - i*b*b';
    expect(await afterCode(constant, code)).toEqual([
      [a * a, a * a * 2],
      [a * a - a, a * 2 * a - a],
      [-(a + a), -(a + a) - a * a],
    ]);
  });
});

describe('comparisons of constants that do not fit are comparisons of real numbers', () => {
  test.each(['1000000', '3000000000'])('%s', async (constant) => {
    expect(await afterCode(constant, 'v = int(a*b > 10); w = int(a + a > a); u = int(-a*b < 0)')).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
  });
});

describe('integer variables and parameters take only numbers of 32 bits', () => {
  const model = (parameter: string, initial: string, values: string, set: string): string => `
interneuron: 1
neurons: { t: { parameters: { p: { type: integer, value: ${parameter} } }, state: { n: { type: integer, initial: ${initial} } } } }
populations: { P: { type: t, size: 2, values: { ${values} } } }
experiment: { protocol: [{ set: { P.n: ${set} } }, { run: 1 ms }] }`;
  test.each([
    [model('2147483647', '-2147483648', 'n: [2147483647, 0]', '7'), []],
    [model('2147483648', '0', '', '7'), ['model/out-of-range@3:58']],
    [model('1', '-2147483649', '', '7'), ['model/out-of-range@3:103']],
    [model('1', '0', 'n: [1, 5000000000]', '7'), ['model/out-of-range@4:56']],
    [model('1', '0', 'p: 1e10', '7'), ['model/out-of-range@4:52']],
    [model('1', '0', '', '3000000000'), ['model/out-of-range@5:40']],
  ])('%s', (text, expected) => {
    expect(findings(text)).toEqual(expected);
  });
});

describe('integer variables that code or a subexpression gives a value which they cannot hold', () => {
  const found = (model: string, code: string): readonly string[] => {
    const text =
      'format: interneuron/brian\nnamespace: { a: 3000000000, b: 7 }\n' +
      `neuron_groups: { G: { N: 2, model: "${model}\\nn : integer\\nx : 1", run_regularly: [{ code: "${code}" }] } }\n` +
      'run: 1 ms\n';
    try {
      importModel({ name: 'model.yaml', text });
      return [];
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      return error.diagnostics.map(({ code: one, place }) => `${one}@${place?.line}`);
    }
  };
  test.each([
    ['s = 3000000000 : integer', '', ['model/out-of-range@3']],
    ['s = 2147483647 + 1 : integer', '', ['model/out-of-range@3']],
    ['s = int(a) : integer', '', ['model/out-of-range@3']],
    ['s = -int(a)*b : integer', '', ['model/out-of-range@3']],
    ['s = int(1e10*x) : integer', '', []],
    ['s = 2147483647 : integer', '', []],
    ['s = -2147483647 - 1 : integer', '', []],
    ['s = a : 1', '', []],
    ['', 'n = 3000000000', ['model/out-of-range@3']],
    ['', 'n = int(a)', ['model/out-of-range@3']],
    ['', 'n = b; x = a', []],
  ])('%s %s', (model, code, expected) => {
    expect(found(model, code === '' ? 'x = 0' : code)).toEqual(expected);
  });
});
