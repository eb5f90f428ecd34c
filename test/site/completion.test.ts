import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pathAt, schemasAt } from '../../site/completion.js';

const schema = JSON.parse(readFileSync('schemas/brian.schema.json', 'utf8')) as Parameters<typeof schemasAt>[1];

const keysAt = (text: string): readonly string[] => [
  ...new Set(schemasAt(pathAt(text.split('\n')), schema).flatMap(({ properties = {} }) => Object.keys(properties))),
];

describe('completion', () => {
  it('finds the keys around a place by indentation', () => {
    expect(pathAt(['a:', '  b:', '    c: 1', '    d'])).toEqual(['a', 'b']);
    expect(pathAt(['a:', '  b: 1', '', '# no key', 'd'])).toEqual([]);
    expect(pathAt(['run:', '  - set:', '      x: 1', '  - rest'])).toEqual(['run', '[]']);
    expect(pathAt(['list:', '  - first: 1', '    second'])).toEqual(['list', '[]']);
  });

  it('offers the keys that the schema has there', () => {
    expect(keysAt('nam')).toContain('neuron_groups');
    expect(keysAt('neuron_groups:\n  cells:\n    thr')).toEqual(
      expect.arrayContaining(['N', 'model', 'threshold', 'reset']),
    );
    expect(keysAt('neuron_groups:\n  cells:\n    thr')).not.toContain('neuron_groups');
    expect(keysAt('authors:\n  - na')).toEqual(expect.arrayContaining(['name', 'orcid']));
  });
});
