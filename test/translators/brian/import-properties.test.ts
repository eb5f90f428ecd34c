/** Whatever a document holds, importing it ends with a model or with findings, never with an exception. */

import { fc } from '../../support/property.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { hashModel } from '../../../src/model/hash.js';
import { isKeyword } from '../../../src/lang/parse-expression.js';
import { parseQuantity } from '../../../src/lang/quantity.js';
import { parseUnit, unitInText } from '../../../src/lang/units.js';
import { brianUnits } from '../../../translators/brian/units.js';
import { brian } from '../../support/brian-text.js';
import { exportBrian } from '../../../translators/brian/export.js';
import { writtenQuantity } from '../../../src/lang/readable-quantity.js';
import { exportBrianScript } from '../../../translators/brian/export-script.js';
import { check, document, fixture, importText, valid, type Loose } from './support.js';

const seeds = [
  'events-of-every-kind.yaml',
  'summed.yaml',
  'protocol.yaml',
  'timed-array.yaml',
  'custom-event.yaml',
  'stdp-pair.yaml',
].map((name) => parse(fixture(name)));

/** All paths to nodes of a tree, root first. */
function paths(tree: unknown, here: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (tree === null || typeof tree !== 'object') return [here];
  const children = Array.isArray(tree) ? tree.map((item, index) => [index, item] as const) : Object.entries(tree);
  return [here, ...children.flatMap(([key, item]) => paths(item, [...here, key]))];
}

/** Returns the tree with the node at `path` changed by `change`; undefined removes it. */
function changed(tree: Loose, path: readonly (string | number)[], change: (node: unknown) => unknown): Loose {
  const [key, ...rest] = path;
  if (key === undefined) return change(tree);
  const copy: Loose = Array.isArray(tree) ? [...tree] : { ...tree };
  copy[key] = changed(tree[key], rest, change);
  if (copy[key] === undefined) {
    if (Array.isArray(copy)) copy.splice(Number(key), 1);
    else Reflect.deleteProperty(copy, key);
  }
  return copy;
}

/** Pieces of text that mean something somewhere. */
const fragments = [
  'v',
  'P',
  'i',
  'j',
  'rand()',
  'xi',
  '5 ms',
  '-3*mV',
  'if',
  'for k in range(3)',
  'int(',
  ')',
  '1/0',
  '**',
  'inf',
  'volt',
  ':',
  '=',
  '+=',
  '(unless refractory)',
  '_pre',
  '[',
  'P[:3]',
  '\n',
  ';',
  '#',
  'x_post',
  'lastspike',
  'é',
  '0',
  '1e999',
  '-',
  '',
  'True',
  'not',
  'd',
  'dt',
  't',
  '__proto__',
  'constructor',
] as const;
const junk = fc.oneof(
  fc.constantFrom(...fragments),
  fc.string({ maxLength: 8 }),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.constant([]),
  fc.constant({}),
);

/** Mutations of a node: cut or splice its text, or replace it. */
const mutation = fc.oneof(
  fc.constant(() => undefined),
  junk.map((other) => () => other),
  fc
    .tuple(fc.constantFrom(...fragments), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([piece, at]) => (node: unknown) => {
      if (typeof node !== 'string') return piece;
      const cut = Math.floor(at * (node.length + 1));
      return node.slice(0, cut) + piece + node.slice(cut);
    }),
  fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(6)).map(([at, length]) => (node: unknown) => {
    if (typeof node !== 'string') return node;
    const cut = Math.floor(at * node.length);
    return node.slice(0, cut) + node.slice(cut + length);
  }),
);

const mutated = fc
  .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(), mutation), { minLength: 1, maxLength: 3 }))
  .map(([seed, mutations]) =>
    mutations.reduce((tree: Loose, [choice, change]) => {
      const all = paths(tree);
      return changed(tree, all[choice % all.length] ?? [], change);
    }, seed),
  );

describe('a specification that was changed at random', () => {
  test('is imported, or refused with findings that have a code, a sentence and a place', () => {
    fc.assert(
      fc.property(mutated, (tree) => {
        const { valid: model, list } = check(JSON.stringify(tree) ?? 'null');
        if (model === null) expect(list.some(({ severity }) => severity === 'error')).toBe(true);
        for (const finding of list) {
          expect(finding.code).toMatch(/^[a-z]+\/[a-z0-9-]+$/);
          expect(finding.message).not.toBe('');
          expect(finding.place?.document).toBe('m.yaml');
        }
      }),
      { numRuns: 400 },
    );
  });

  test('can be written out when it is valid, and is the same model if the report has only exact entries', () => {
    fc.assert(
      fc.property(mutated, (tree) => {
        const { valid: model } = check(JSON.stringify(tree) ?? 'null');
        if (model === null) return;
        const { document, report } = exportBrian(model);
        expect(exportBrianScript(model).files[0]?.text).toContain('from brian2 import *');
        if (report.every(({ verdict }) => verdict === 'exact'))
          expect(hashModel(valid(JSON.stringify(document)).model).model).toBe(hashModel(model.model).model);
      }),
      { numRuns: 300 },
    );
  });
});

test('a constant of any size is written as the number that it is', () => {
  const size = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.tuple(fc.integer({ min: -9, max: 9 }), fc.nat(40)).map(([digit, exponent]) => Number(`${digit}e${exponent}`)),
  );
  fc.assert(
    fc.property(size, (c) => {
      fc.pre(c === 0 || Math.abs(c) >= 2.3e-308);
      const model = valid(brian(`namespace: { c: ${String(c)} }\nneuron_groups: { G: { N: 1, model: "x = c : 1" } }`));
      expect(hashModel(valid(JSON.stringify(exportBrian(model).document)).model).model).toBe(
        hashModel(model.model).model,
      );
      const literal = /^c = (.*)$/m.exec(exportBrianScript(model).files[0]?.text ?? '')?.[1] ?? '';
      expect(literal).toMatch(/^-?([0-9]+(\.[0-9]+)?(e-?[0-9]+)?)$/);
      expect(Number(literal)).toBe(Number(String(c)));
    }),
  );
});

test('text of any kind is read or refused', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => {
      expect(() =>
        check(`format: interneuron/brian\nneuron_groups: { G: { N: 1, model: ${JSON.stringify(text)} } }`),
      ).not.toThrow();
      expect(() => check(`format: interneuron/brian\n${text}`)).not.toThrow();
    }),
    { numRuns: 300 },
  );
});

const letters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'];
test.each([
  ['2*mV*i + 1*mV', '0.002*V*i + 0.001*V'],
  ['0.3*mV*x - 0.1*mV*i', '0.0003*V*x - 0.0001*V*i'],
])('in %s the quantity multiplies the first term only', (written, value) => {
  const group = `{ N: 5, model: "x : 1\\nv : volt", initializers: { x: 3*i, v: "${written}" } }`;
  const { model } = valid(`format: interneuron/brian\ndt: 0.1 ms\nneuron_groups:\n  a: ${group}\nrun: 1 ms\n`);
  expect(model.populations['a']?.values['v']).toBe(value);
});

/** Symbols of units that a constant in Brian may be called: all of one and two characters, some longer ones. */
const symbols = [
  ...letters.flatMap((a) => [a, ...[...letters, '2', '3'].map((b) => a + b)]),
  ...['min', 'mol', 'rad', 'kat', 'day', 'hour', 'minute', 'mPa', 'daV', 'm3', 'um2', 'kHz', 'MOhm'],
].filter((name) => unitInText(name) !== undefined && !brianUnits.has(name) && !isKeyword(name));

describe('a name of the model wins over a unit with its symbol', () => {
  /** A constant of 0.5 ms, 0.25 mV or 3, under a name, in every place that reads a quantity. */
  const places = {
    namespace: (n: string) => ['0.5 ms', `namespace: { @: 0.5 ms, tau: 4*${n} }`, 'model: "dv/dt = -v/tau : 1"', ''],
    'unit before': (n: string) => [
      '0.25 mV',
      'namespace: { @: 0.25 mV }',
      `model: "v : volt**2"\n    initializers: { v: 2 mV*${n} }`,
      '',
    ],
    initializer: (n: string) => [
      '0.25 mV',
      'namespace: { @: 0.25 mV }',
      `model: "v : volt"\n    initializers: { v: 4*${n} }`,
      '',
    ],
    'condition and value': (n: string) => [
      '0.25 mV',
      'namespace: { @: 0.25 mV }',
      `model: "v : volt"\n    initializers: { v: [{ value: 4*${n}, where: i > 1 }] }`,
      '',
    ],
    refractory: (n: string) => [
      '0.5 ms',
      'namespace: { @: 0.5 ms }',
      `model: "v : 1"\n    threshold: v > 1\n    refractory: 4*${n}`,
      '',
    ],
    'own clock': (n: string) => ['0.5 ms', 'namespace: { @: 0.5 ms }', `model: "v : 1"\n    dt: 4*${n}`, ''],
    run_regularly: (n: string) => [
      '0.5 ms',
      'namespace: { @: 0.5 ms }',
      `model: "v : 1"\n    run_regularly: [{ code: v = 0, dt: 4*${n} }]`,
      '',
    ],
    size: (n: string) => [
      '3',
      'namespace: { @: 3 }',
      'model: "v : 1"',
      `poisson_groups: { P: { N: 4*${n}, rates: 1*Hz } }`,
    ],
    // An expression of Brian, which has none of the units: no warning is due.
    rates: (n: string) => [
      '3',
      'namespace: { @: 3*Hz }',
      'model: "v : 1"',
      `poisson_groups: { P: { N: 4, rates: 4*${n} } }`,
    ],
    delay: (n: string) => [
      '0.5 ms',
      'namespace: { @: 0.5 ms }',
      'model: "v : 1"\n    threshold: v > 1',
      `synapses: { S: { source: G, on_pre: v += 1, connect: true, delay: 4*${n} } }`,
    ],
    'timed array': (n: string) => [
      '0.5 ms',
      'namespace: { @: 0.5 ms }',
      'model: "dv/dt = f(t)/ms : 1"',
      `timed_arrays: { f: { values: [1, 2], dt: 4*${n} } }`,
    ],
    duration: (n: string) => ['0.5 ms', 'namespace: { @: 0.5 ms }', 'model: "v : 1"', '', `4*${n}`],
    'value set in a phase': (n: string) => [
      '0.25 mV',
      'namespace: { @: 0.25 mV }',
      'model: "v : volt"',
      '',
      `[{ duration: 1 ms, set: { G.v: 4*${n} } }]`,
    ],
  } satisfies Record<string, (name: string) => readonly string[]>;

  const written = (place: keyof typeof places, name: string): string => {
    const [, namespace = '', group = '', rest = '', run = '1 ms'] = places[place](name);
    return brian(`${namespace.replace('@', name)}\nneuron_groups:\n  G:\n    N: 2\n    ${group}\n${rest}\nrun: ${run}`);
  };

  test('there are symbols of every kind', () => {
    expect(symbols).toEqual(
      expect.arrayContaining(['h', 'm', 'S', 'A', 'C', 'F', 'g', 's', 'H', 'J', 'K', 'N', 'T', 'V', 'W', 'mS', 'min']),
    );
  });

  test.each(Object.keys(places) as (keyof typeof places)[])('%s', (place) => {
    const expected = JSON.stringify(document(written(place, 'named')));
    for (const symbol of symbols) {
      // `d` is the name of the constant in all of the texts; N, i and the like have a meaning of their own.
      if (['N', 'i', 'j', 't', 'dt', 'e'].includes(symbol) && place !== 'namespace') continue;
      const { document: found, list } = importText(written(place, symbol));
      expect(JSON.stringify(found), `${symbol} ${place}`).toBe(expected.replaceAll('named', symbol));
      expect(
        list.map(({ code, severity, related }) => [code, severity, related?.length]),
        symbol,
      ).toEqual(place === 'rates' ? [] : [['lang/unit-shadowed', 'warning', 1]]);
    }
  });

  test('a number directly before a symbol is a quantity', () => {
    const { document: found, list } = importText(
      brian(
        'namespace: { h: 0.5 ms, tau: 4 h }\nneuron_groups: { G: { N: 1, model: "dv/dt = -v/tau : 1" } }\nrun: 1 ms',
      ),
    );
    expect(found.neurons.G.parameters.tau.value).toBe(14_400);
    expect(list.map(({ code }) => code)).toEqual(['lang/unit-shadowed']);
  });

  test('a list reads no names', () => {
    const { list } = importText(
      brian(
        'namespace: { h: 0.5 ms }\nneuron_groups: { G: { N: 1, model: "v : second", initializers: { v: [4*h] } } ' +
          '}\nrun: 1 ms',
      ),
    );
    expect(list.map(({ code, place, related }) => [code, place?.line, related?.length])).toEqual([
      ['lang/bad-quantity', 7, 1],
    ]);
  });
});

test('a quantity in the unit that reads best is the same double when it is read again', () => {
  const units = fc.constantFrom('V', 's', 'A', 'S', 'F', 'ohm', 'Hz', 'm', '1');
  const digits = fc.tuple(fc.integer({ min: 1, max: 99999 }), fc.integer({ min: -16, max: 9 }));
  const anyNumber = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: 1e-20, max: 1e12 }),
    digits.map(([number, exponent]) => Number(`${number}e${exponent}`)),
  );
  fc.assert(
    fc.property(anyNumber, units, (value, unit) => {
      const { number, unit: best } = writtenQuantity(value, parseUnit(unit).dimension, 'decimal');
      expect(parseQuantity(best === '1' ? String(number) : `${number}*${best}`).value).toBe(value);
    }),
  );
});
