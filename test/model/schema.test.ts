import { readFileSync, readdirSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { declaration, validatorSource } from '../../scripts/build-schemas.mjs';
import { exampleOf, typeHint } from '../../src/model/schema/schema-hints.js';
import { nodeAt } from '../../src/model/pointer.js';
import { readDocument } from '../../src/model/text/read.js';
import { schema as shapes } from '../../src/model/shape/schema.js';
import { validate } from '../../src/model/schema-validator.generated.js';
import { normalised } from './support.js';

const root = new URL('../../', import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const schema = JSON.parse(text('schemas/model.schema.json')) as Record<string, unknown>;
const documents = [
  'fixtures/model/sketch.yaml',
  ...readdirSync(new URL('fixtures/model/hard', root)).map((name) => `fixtures/model/hard/${name}`),
];

/** Returns the keys that have a default in a part of a schema. */
const withDefaultIn = (part: unknown): readonly string[] =>
  typeof part === 'object' && part !== null
    ? Object.entries(part).flatMap(([key, node]: [string, unknown]) => [
        ...(typeof node === 'object' && node !== null && 'default' in node ? [key] : []),
        ...withDefaultIn(node),
      ])
    : [];

describe('shapes', () => {
  test('yield the schema', () => expect(shapes).toEqual(schema));

  test('are the only source of the types of documents and the defaults that hashes leave out', () => {
    const files = readdirSync(new URL('src/model', root), { recursive: true, encoding: 'utf8' });
    const handWritten = files.filter((path) => path.endsWith('.ts') && !/generated|^shape/.test(path));
    const declaring = handWritten.filter((path) =>
      /^export (interface|type) \w+Document\b/m.test(text(`src/model/${path}`)),
    );
    expect(declaring).toEqual([]);
    // Members of the whole document, and the order of a pathway, which depends on its event.
    const others = new Set([...Object.keys(schema['properties'] as object), 'order']);
    const withDefault = new Set(withDefaultIn(shapes));
    const hashed = text('src/model/hashed-form.ts');
    const named = [...withDefault].filter((key) => !others.has(key) && new RegExp(`[{,]\\s+${key}:`).test(hashed));
    expect(withDefault.size).toBeGreaterThan(20);
    expect(named).toEqual([]);
  });
});

describe('the generated validator', () => {
  test('is the output for the schema', async () => {
    expect(await validatorSource('schemas/model.schema.json')).toBe(text('src/model/schema-validator.generated.js'));
    expect(declaration('src/model')).toBe(text('src/model/schema-validator.generated.d.ts'));
  });

  test.each([
    ['model', 'src/model'],
    ['brian', 'translators/brian'],
    ['pynn', 'translators/pynn'],
  ])('names rules by their places in %s.schema.json', (name, folder) => {
    const whole: unknown = JSON.parse(text(`schemas/${name}.schema.json`));
    const places = text(`${folder}/schema-validator.generated.js`).matchAll(/schemaPath:"#([^"]*)"/g);
    const missing = [...places]
      .map(([, place = '']) => decodeURIComponent(place))
      .filter((place) => nodeAt(whole, place) === undefined);
    expect(missing).toEqual([]);
  });

  // The validator is compiled from a form of the schema with better error messages; the two must accept the same
  // documents.
  const whole = new Ajv2020({
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
    discriminator: true,
  }).compile(schema);
  test.each(documents)('agrees with the schema as it stands about %s', (path) => {
    const { value } = readDocument(text(path), path);
    expect([validate(value), whole(value)]).toEqual([true, true]);
    const { model } = normalised(text(path));
    expect([validate(model), whole(model)]).toEqual([true, true]);
  });

  test.each<[string, unknown]>([
    ['an unknown key', { interneuron: 1, clocs: {} }],
    ['an unknown key below', { interneuron: 1, populations: { a: { size: 1, typ: 'x' } } }],
    ['an unknown tag', { interneuron: 1, stimuli: { a: { kind: 'dc', to: 'x' } } }],
    ['a missing tag', { interneuron: 1, stimuli: { a: { to: 'x' } } }],
    ['a missing key', { interneuron: 1, populations: { a: {} } }],
    ['a bad name', { interneuron: 1, populations: { 'a b': { size: 1 } } }],
    ['no version', {}],
    ['no map', []],
  ])('agrees about %s', (_, value) => expect([validate(value), whole(value)]).toEqual([false, false]));
});

test('every key of the schema has a description of its purpose, its own or the one it refers to', () => {
  const bare: string[] = [];
  const defs = schema['$defs'] as Record<string, Record<string, unknown>>;
  const described = (node: Record<string, unknown>): boolean => {
    const ref = node['$ref'];
    return (
      typeof node['description'] === 'string' ||
      (typeof ref === 'string' && described(defs[ref.replace('#/$defs/', '')] ?? {}))
    );
  };
  const plain = new Set([
    'generator',
    'dtype',
    'shape',
    'arguments',
    'reduce',
    'name',
    'title',
    'description',
    'doi',
    'species',
    'region',
    'replace',
    'condition',
    'outer',
    'on',
    'rule',
    'kind',
    'valence',
  ]);
  for (const [name, node] of Object.entries(defs)) {
    if (!described(node)) bare.push(name);
  }
  for (const [name, node] of Object.entries((schema['properties'] ?? {}) as Record<string, Record<string, unknown>>)) {
    const items = (node['additionalProperties'] ?? {}) as Record<string, unknown>;
    if (!plain.has(name) && !described(node) && !described(items)) bare.push(`/${name}`);
  }
  expect(bare).toEqual([]);
});

describe('the remedy for a document that breaks its schema', () => {
  /** Keys that some place of a schema requires. */
  const required = (node: unknown): readonly string[] => {
    if (typeof node !== 'object' || node === null) return [];
    const own: unknown = 'required' in node ? node.required : undefined;
    return [
      ...(Array.isArray(own) ? own.filter((key) => typeof key === 'string') : []),
      // The message about a parameter that a type needs names the type.
      ...Object.entries(node).flatMap(([key, inner]) => (['allOf', 'not'].includes(key) ? [] : required(inner))),
    ];
  };

  test.each(['model', 'brian', 'pynn'])('each key that %s.schema.json requires has an example', (notation) => {
    const keys = new Set(required(JSON.parse(text(`schemas/${notation}.schema.json`))));
    expect(keys.size).toBeGreaterThan(10);
    for (const key of keys)
      expect(exampleOf(notation, key), key).toMatch(
        notation === 'pynn' ? /^"|^\$data|^dtype|^shape|^array/ : /^[A-Za-z_$]+: /,
      );
  });

  test.each([
    [['number'], '3', 'write 3 without quotes'],
    [['integer'], 2.5, 'write a whole number, such as 3'],
    [['boolean'], 'yes', 'write true'],
    [['array'], 'v', 'write a list: [v]'],
    [['array'], 3, 'write a list: [3]'],
    [['string'], 10, 'write text, with a unit if it has one: "10 ms"'],
    [['string'], true, 'put it in quotes: "true"'],
    [['string', 'number'], ['v'], 'write v alone, not a list'],
    [['object'], [1, 2], 'write a map, with a key for each entry of this list'],
    [['object'], null, 'write a value after the key, or remove the key'],
  ])('%j, for the value %j', (types, found, expected) => {
    expect(typeHint(types, found)).toBe(expected);
  });
});
