/** Whatever a document holds, importing it ends with a model or with findings, never with an exception. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { hashModel } from '../../../src/model/hash.js';
import { exportBrian } from '../../../translators/brian/export.js';
import { exportBrianScript } from '../../../translators/brian/export-script.js';
import { check, fixture, valid, type Loose } from './support.js';

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

/** The tree with what is at `path` changed by `change`; undefined removes it. */
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

/** What a mutation does to a node: cut or splice its text, or put something else in its place. */
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

  test('can be written out when it is valid, and is the same model when the report says so', () => {
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
