import { createHash } from 'node:crypto';
import { Decimal } from 'decimal.js';
import { fc } from '../../support/property.js';
import { describe, expect, test } from 'vitest';
import { parseUnit } from '../../../src/lang/units.js';
import type { DataStore } from '../../../src/model/model.js';
import { scaledNumbers, scaler } from '../../../src/model/normalise/arrays.js';
import { check, findings, normalised } from '../support.js';

/** A neuron type with one parameter written as given; its normal form. */
function parameter(written: string): unknown {
  return normalised(
    'interneuron: 1\nparameters: { k: 3, tau_p: 10 ms, V: 2 mV }\nneurons:\n  n:\n    parameters:\n      m: ' +
      `0.5\n      p: ${written}`,
  ).model.neurons['n']?.parameters['p'];
}
const real = (unit: string, value: unknown): unknown => ({ unit, type: 'real', value, shared: false });

describe('parameters', () => {
  test.each<[string, string, unknown]>([
    ['a quantity', '-70 mV', real('V', -0.07)],
    ['a quantity as a product', '9*nS', real('S', 9e-9)],
    ['a compound unit', '1 uF/cm**2', real('F*m**-2', 0.01)],
    ['a quotient by a unit', '5/ms', real('Hz', 5000)],
    ['a number', '0.5', real('1', 0.5)],
    ['a whole number', '3', real('1', 3)],
    ['a number as text', "'3'", real('1', 3)],
    ['a number in a declared unit', '{ unit: mV, value: -70 }', real('V', -0.07)],
    ['a quantity in another unit than declared', '{ unit: mV, value: -70000 uV }', real('V', -0.07)],
    ['nothing but a unit', '{ unit: nS }', real('S', 0)],
    ['a parameter of the model', 'tau_p', real('s', 0.01)],
    ['arithmetic with parameters of the model', '2*tau_p/k', real('s', 0.02 / 3)],
    ['an expression of its own parameters', '2*m', real('1', '2*m')],
    // m is a parameter here, so that the metre is written long.
    ['a unit that a parameter hides', 'm*(1 + normal())*cm', real('m', 'm*(1 + normal())*(0.01*meter)')],
    ['an unknown parameter hides the unit of its name', 'k*V', real('V', 0.006)],
    ['true', 'true', { unit: '1', type: 'boolean', value: 1, shared: false }],
    ['a condition', 'm > 0.3', { unit: '1', type: 'boolean', value: 'm > 0.3', shared: false }],
    ['an integer', '{ type: integer, value: 3 }', { unit: '1', type: 'integer', value: 3, shared: false }],
    ['one value for all', '{ unit: s, value: 1, shared: true }', { unit: 's', type: 'real', value: 1, shared: true }],
    ['a draw', 'normal(-60*mV, 2*mV)', real('V', 'normal(-0.06*V, 0.002*V)')],
    ['a list with a unit', '{ unit: mV, value: [1, 2.5, -70] }', real('V', { array: [0.001, 0.0025, -0.07] })],
    ['a list of quantities', '{ unit: mV, value: [1 mV, 200 uV] }', real('V', { array: [0.001, 0.0002] })],
    ['zero with a unit', '0 mV', real('V', 0)],
    ['Unicode signs of units', '10 µs', real('s', 1e-5)],
  ])('%s: %s', (_, written, expected) => expect(parameter(written)).toEqual(expected));

  test('equal quantities are equal numbers, however they are written', () => {
    const spellings = [
      '0.07 ms',
      '70 us',
      '0.07*ms',
      '70*us',
      '70000 ns',
      '7e-5 s',
      '{ unit: ms, value: 0.07 }',
      '{ unit: us, value: 70 }',
    ];
    expect(new Set(spellings.map((written) => JSON.stringify(parameter(written)))).size).toBe(1);
  });
});

describe('numbers in a unit', () => {
  // The exact product, rounded once, by an independent decimal arithmetic.
  test.each(['mV', 'uF/cm**2', 'nS', 'minute', 'kHz', 'um3'])('in %s are scaled exactly', (text) => {
    const unit = parseUnit(text);
    const scaled = scaler(unit);
    const Exact = Decimal.clone({ precision: 60 });
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e200, max: 1e200 }), (value) => {
        const exact = new Exact(String(value))
          .times(unit.scale.numerator.toString())
          .div(unit.scale.denominator.toString());
        expect(scaled(value) + 0).toBe(exact.toNumber() + 0);
      }),
    );
  });
  test.each(['mV', 'nA', 'minute', 'kHz'])('in %s are scaled likewise in long lists', (text) => {
    const unit = parseUnit(text);
    const long = Array.from({ length: 3000 }, (_, k) => Math.sqrt(k + 2));
    const same = (values: readonly number[]): void => {
      const many = [...scaledNumbers(values, unit)].map((value) => value + 0);
      expect(many).toEqual(values.map((value) => scaler(unit)(value) + 0));
    };
    same(long);
    same([...long, 1e-7 / 3, -1e300, NaN, Infinity, 0.5, 12]);
    fc.assert(fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })), same));
  });
});

describe('large arrays', () => {
  const values = Float64Array.of(1, 2, 3, 4);
  const digest = createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex');
  const data: DataStore = new Map([[digest, values]]);
  const model = (unit: string, shape = '[4]', name = digest): string =>
    'interneuron: 1\nneurons: { n: { parameters: { E: 0 mV } } }\npopulations: { a: { type: n, size: 4, values: ' +
    `{ E: { $data: "${name}", dtype: f64, shape: ${shape}${unit} } } } }`;

  test('in SI are kept as they are', () => {
    const { model: result, data: store } = normalised(model(', unit: V'), { data });
    expect(result.populations['a']?.values['E']).toEqual({ array: { $data: digest, dtype: 'f64', shape: [4] } });
    expect(store.get(digest)).toBe(values);
  });
  test('in another unit are converted, and have another digest', () => {
    const { model: result, data: store } = normalised(model(', unit: mV'), { data });
    const converted = Float64Array.of(0.001, 0.002, 0.003, 0.004);
    const expected = createHash('sha256').update(new Uint8Array(converted.buffer)).digest('hex');
    expect(result.populations['a']?.values['E']).toEqual({ array: { $data: expected, dtype: 'f64', shape: [4] } });
    expect(store.get(expected)).toEqual(converted);
  });
  test('are not needed to check the rest', () => expect(findings(model(', unit: V'))).toEqual([]));
  test.each<[string, string, string]>([
    ['that are missing', model(', unit: V', '[4]', 'a'.repeat(64)), 'model/missing-data@3:'],
    ['of another length than stated', model(', unit: V', '[5]'), 'model/wrong-length@3:'],
    ['with a shape that is none', model(', unit: V', '[-4]'), 'model/bad-shape@3:'],
    ['in a unit of another dimension', model(', unit: A'), 'lang/dimension-mismatch@3:'],
  ])('%s are refused', (_, text, expected) => {
    const found = findings(text, { data });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  });
  test('may be infinite, and are numbers', () => {
    const having = (last: number): Map<string, Float64Array> => new Map([[digest, Float64Array.of(1, 2, 3, last)]]);
    expect(findings(model(', unit: V'), { data: having(-Infinity) })).toEqual([]);
    expect(findings(model(', unit: V'), { data: having(NaN) })[0]).toContain('model/not-finite@3:');
  });
});

describe('long and deep expressions', () => {
  const model = (expression: string): string =>
    `interneuron: 1\nneurons: { n: { parameters: { a: 1 }, derived: { d: "${expression}" } } }`;
  test('a sum of 1000 terms is read', () => expect(findings(model(Array(1000).fill('a').join(' + ')))).toEqual([]));
  test('a sum of 10^5 characters is refused or read, in reason', () => {
    const { list } = check(model(Array(25_000).fill('a').join(' + ')));
    expect(list.every(({ code }) => code.startsWith('lang/'))).toBe(true);
    expect(list.length).toBeLessThanOrEqual(1);
  });
  test('10^5 parentheses are refused', () => expect(findings(model('('.repeat(100_000)))[0]).toMatch(/^lang\//));
});

test('a million wrong items are not all spoken of', () => {
  const list = JSON.stringify(Array(1_000_000).fill('x'));
  const { list: found } = check(
    '{"interneuron": 1, "neurons": {"n": {"parameters": {"E": "0 mV"}}}, "populations": {"a": {"type": "n", ' +
      `"size": 1000000, "values": {"E": ${list}}}}}`,
  );
  expect(found.length).toBeGreaterThan(0);
  expect(found.length).toBeLessThan(20);
});

test.each(['hasOwnProperty', 'constructor', '__proto__', 'toString'])(
  'a member that every object of the language has is no parameter: %s',
  (name) => expect(findings(`{ interneuron: 1, parameters: { a: '2*${name}' } }`)).toEqual(['lang/unknown-name@1:39']),
);

test.each(['toString', 'constructor', 'hasOwnProperty'])('nor a type or a population: %s', (name) => {
  const text = `{ interneuron: 1, populations: { p: { type: ${name}, size: 2 }, q: { type: ${name}, size: 2 } },
    projections: { s: { from: ${name}, to: q, synapse: ${name}, connect: all } },
    record: [{ of: ${name}, variables: [v], name: r }] }`;
  const codes = findings(text).map((finding) => finding.replace(/@.*/, ''));
  expect(new Set(codes)).toEqual(
    new Set(['model/unknown-neuron-type', 'model/unknown-synapse-type', 'model/unknown-population']),
  );
});

describe('connections of a named generator', () => {
  const between = (rule: string): string[] =>
    findings(
      'interneuron: 1\nneurons: { n: { state: { v: 0 } } }\nsynapses: { s: {} }\npopulations: { p: { type: n, size: 3 } }\n' +
        `projections: { pp: { from: p, to: p, synapse: s, connect: { rule: hostDrawn, arguments: ${rule} } } }`,
    ).map((finding) => finding.replace(/:.*/, ''));
  const generator = "generator: { name: numpy-mt19937, seed: '4' }";
  test.each([
    [`{ connector: fixedProbability, p: 0.5, ${generator} }`, []],
    [`{ connector: probability, p: '1/(1 + i + j)', ${generator} }`, []],
    [`{ connector: fixedNumberPre, n: 2, ${generator} }`, []],
    [`{ connector: fixedProbability, p: null, ${generator} }`, ['model/wrong-type@5']],
    [`{ connector: fixedProbability, p: 1.5, ${generator} }`, ['model/out-of-range@5']],
    [`{ connector: fixedProbability, p: 'nobody', ${generator} }`, ['lang/unknown-name@5']],
    [`{ connector: fixedNumberPost, ${generator} }`, ['model/missing-key@5']],
    [`{ connector: smallWorld, degree: -1, rewiring: 0.1, ${generator} }`, ['model/out-of-range@5']],
    [`{ connector: everybody, ${generator} }`, ['model/not-allowed@5']],
    ['{ p: 0.5 }', ['model/missing-key@5']],
  ])('%s', (rule, expected) => expect(between(rule)).toEqual(expected));
});

test.each([
  ['[null, 3]', { population: 'p', slice: [0, 3, 1] }],
  ['[1, null]', { population: 'p', slice: [1, 4, 1] }],
  ['[null, null, 2]', { population: 'p', slice: [0, 4, 2] }],
  ['[null, -1, null]', { population: 'p', slice: [0, 3, 1] }],
])('a slice without bounds: %s', (slice, expected) => {
  const text = `{ interneuron: 1, neurons: { n: { state: { v: 0 } } }, populations: { p: { type: n, size: 4 } },
    record: [{ of: { population: p, slice: ${slice} }, variables: [v], name: r }] }`;
  expect(normalised(text).model.recordings[0]?.of).toEqual(expected);
});
