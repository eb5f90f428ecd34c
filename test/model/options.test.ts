import { describe, expect, test } from 'vitest';
import { check, normalised } from './support.js';

const base = `interneuron: 1
parameters: { n: 4, tau_p: 10 ms, w_p: { unit: mV, value: 2 } }
neurons:
  lif:
    parameters: { tau: tau_p, E: { unit: mV, value: -60 } }
    state: { v: { unit: mV, initial: E } }
    derivatives: { v: (E - v)/tau }
    events: { spike: v > -50*mV }
synapses: { s: { parameters: { w: w_p }, pathways: { pre: post.v += w } } }
populations: { a: { type: lif, size: 2*n } }
projections: { aa: { from: a, to: a, synapse: s, connect: all } }
experiment: { protocol: [run: 10 ms, { reset: true }, { runUntil: 20 ms }, { set: { a.E: -61 mV } }] }
`;
const found = (options: Parameters<typeof check>[1]): string[] =>
  check(base, options).list.map(({ code, place }) => `${code} ${place?.document}`);

describe('options from outside', () => {
  test('a model parameter, wherever it is used', () => {
    const { populations, neurons, parameters } = normalised(base, { set: { n: '10', tau_p: '20 ms' } }).model;
    expect(populations['a']?.size).toBe(20);
    expect(neurons['lif']?.parameters['tau']?.value).toBe(0.02);
    expect(parameters).toMatchObject({ n: { unit: '1', value: 10 }, tau_p: { unit: 's', value: 0.02 } });
  });
  test.each<[string, number]>([
    ['round(2.5)', 2],
    ['round(3.5) + floor(1.9)', 5],
    ['sqrt(16) * 2**3', 32],
    ['max(3, ceil(4.2)) - min(1, abs(-2))', 4],
    ['int(7.9) / 7 * 10**-1 * 100', 10],
  ])('exact functions are evaluated: %s', (written, value) =>
    expect(normalised(base, { set: { n: written } }).model.populations['a']?.size).toBe(2 * value),
  );
  test('a bare number is in the unit of the parameter', () =>
    expect(normalised(base, { set: { w_p: '3' } }).model.parameters['w_p']).toEqual({ unit: 'V', value: 0.003 }));
  test('a value of a population', () =>
    expect(normalised(base, { set: { 'a.E': '-55 mV' } }).model.populations['a']?.values).toEqual({ E: -0.055 }));
  test('a value of a population as a bare number, in its unit', () =>
    expect(normalised(base, { set: { 'a.E': '-55' } }).model.populations['a']?.values).toEqual({ E: -0.055 }));
  test('a value of a projection', () =>
    expect(normalised(base, { set: { 'aa.w': '1 mV' } }).model.projections['aa']?.values).toEqual({ w: 0.001 }));
  test('seed and step', () =>
    expect(normalised(base, { seed: '7', dt: '0.05 ms' }).model.experiment).toMatchObject({ seed: '7', dt: 0.00005 }));

  test.each<[string, Parameters<typeof check>[1], string[]]>([
    ['a parameter that is not there', { set: { m: '3' } }, ['model/unknown-model-parameter --set m=3']],
    ['a population that is not there', { set: { 'b.E': '3' } }, ['model/unknown-population-or-projection --set b.E=3']],
    ['a variable that is not there', { set: { 'a.F': '3' } }, ['model/unknown-variable --set a.F=3']],
    ['a value of another dimension', { set: { tau_p: '20 mV' } }, ['lang/dimension-mismatch --set tau_p=20 mV']],
    [
      'a value of a population of another dimension',
      { set: { 'a.E': '20 ms' } },
      ['lang/dimension-mismatch --set a.E=20 ms'],
    ],
    ['what is no value', { set: { n: 'x y' } }, ['lang/expected-operator --set n=x y']],
    ['a step that is no time', { dt: '1 mV' }, ['lang/dimension-mismatch --dt 1 mV']],
    ['a negative duration', { duration: '-1 s' }, ['model/negative --duration -1 s']],
  ])('%s is spoken of as the option', (_, options, expected) => expect(found(options)).toEqual(expected));
});

describe('the time to run in all', () => {
  const set = { set: { 'a.E': -0.061 } };
  test.each<[string, string, unknown[]]>([
    ['less than the first run', '4 ms', [{ run: 0.004 }]],
    ['the first run', '10 ms', [{ run: 0.01 }]],
    ['into the second', '15 ms', [{ run: 0.01 }, { reset: true }, { run: 0.005 }]],
    ['all of it', '30 ms', [{ run: 0.01 }, { reset: true }, { runUntil: 0.02 }]],
    ['more', '50 ms', [{ run: 0.01 }, { reset: true }, { runUntil: 0.04 }, set]],
  ])('%s', (_, duration, protocol) =>
    expect(normalised(base, { duration }).model.experiment.protocol).toEqual(protocol),
  );

  test('without a protocol', () =>
    expect(normalised(base.replace(/experiment.*/, ''), { duration: '5 ms' }).model.experiment.protocol).toEqual([
      { run: 0.005 },
    ]));
});
