/** A key of the model is added in one place: its shape. All that reads, checks and shows models then has it. */

import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { validatorSource } from '../../scripts/build-schemas.mjs';
import type { DiagnosticError } from '../../src/diagnostics/diagnostic.js';
import { pathAt, schemasAt } from '../../site/completion.js';
import type { ImportedModel } from '../../src/pipeline/read/imported-model.js';
import { root } from '../support/import-graph.js';

/** The shape of connection rules with one more line. */
const shape = 'src/model/shape/connections.ts';
const before = "    p: otherwise(1, chance('the probability')),\n";
const added = "    share: usually(1, chance('the share', 'Share of the pairs that are kept.')),\n";

/** Other objects that get a key: their shapes, where these begin, and where a document has the object. */
const others = [
  ['a parameter', 'variables.ts', 'parameter = {', 'neurons/n/parameters/k'],
  ['a state variable', 'variables.ts', 'stateVariable = {', 'neurons/n/state/v'],
  ['a derived variable', 'variables.ts', 'derivedVariable = {', 'neurons/n/derived/w'],
  ['a rate', 'variables.ts', 'derivative = {', 'neurons/n/derivatives/v'],
  ['an input', 'cells.ts', 'input = {', 'neurons/n/inputs/I'],
  ['an event', 'events.ts', 'event = {', 'neurons/n/events/spike'],
  ['a cell', 'cells.ts', 'neuron = {', 'neurons/n'],
  ['a section', 'cells.ts', 'section = {', 'neurons/c/compartments/sections/soma'],
  ['an ion', 'cells.ts', 'ion = {', 'neurons/c/compartments/ions/ca'],
  ['a mechanism', 'cells.ts', 'mechanism = {', 'neurons/c/compartments/mechanisms/leak'],
  ['a tree of sections', 'cells.ts', 'compartments = {', 'neurons/c/compartments'],
  ['a pathway', 'synapses.ts', 'pathway = {', 'synapses/s/pathways/pre'],
  ['a synapse', 'synapses.ts', 'synapse = {', 'synapses/s'],
  ['a population', 'populations.ts', "source of given spikes.', {", 'populations/a'],
  ['an end', 'projections.ts', 'end = record({', 'projections/p/from'],
  ['a projection', 'projections.ts', "type between two selections.', {", 'projections/p'],
  ['an operation', 'drives.ts', 'operation = {', 'operations/o'],
  ['a draw', 'values.ts', "that a notation prescribes.',\n  {", 'populations/a/values/k'],
  ['a phase', 'protocol.ts', 'record: {', 'experiment/protocol/0'],
  ['a recording', 'protocol.ts', 'recorded = {', 'recordings/0'],
  ['a selection', 'selections.ts', 'members = {', 'operations/o/on'],
] as const;
/** Kinds of objects that list their members: where these begin. */
const listed = [
  ['protocol.ts', 'events: {', 'recordings/0', 'recorded'],
  ['selections.ts', 'sample: {', 'operations/o/on', 'members'],
] as const;
const keyOf = (path: string): string => path.replaceAll('/', '_');
const lineOf = (path: string): string => `\n  ${keyOf(path)}: usual(1, graded('A grade.')),`;
const imported = "import { usually as usual, whole as graded } from './form.js';\n";

const program = `
export { compareModels } from './src/verify/compare-models.js';
export { describeModel } from './src/present/describe/describe.js';
export { importModel } from './src/pipeline/import-model.js';
export { schema } from './src/model/shape/schema.js';
export { typedModel, writtenModel } from './src/model/typed-model.js';
`;

/** The program of these sources, with unchecked types. */
interface Program {
  readonly compareModels: (typeof import('../../src/verify/compare-models.js'))['compareModels'];
  readonly describeModel: (typeof import('../../src/present/describe/describe.js'))['describeModel'];
  readonly importModel: (typeof import('../../src/pipeline/import-model.js'))['importModel'];
  readonly schema: (typeof import('../../src/model/shape/schema.js'))['schema'];
  readonly typedModel: (typeof import('../../src/model/typed-model.js'))['typedModel'];
  readonly writtenModel: (typeof import('../../src/model/typed-model.js'))['writtenModel'];
}

const folder = join(root, 'out', `new-key-${process.pid}`);

/** Bundles sources with other texts of some files, and returns their exports. */
async function exportsOf<T>(name: string, contents: string, texts: Readonly<Record<string, string>>): Promise<T> {
  const outfile = join(folder, `${name}.mjs`);
  const plugin: Plugin = {
    name: 'texts',
    setup: ({ onLoad }) =>
      onLoad({ filter: /src[\\/]model[\\/].*\.[jt]s$/ }, ({ path }) => {
        const [file] = Object.keys(texts).filter((each) => join(root, each) === path);
        return file === undefined ? undefined : { contents: texts[file] ?? '', loader: 'ts' };
      }),
  };
  await build({
    stdin: { contents, resolveDir: root },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    plugins: [plugin],
    logLevel: 'error',
  });
  return (await import(pathToFileURL(outfile).href)) as T;
}

let made: Program;
beforeAll(async () => {
  const text = readFileSync(join(root, shape), 'utf8');
  expect(text.split(before)).toHaveLength(2);
  const texts: Record<string, string> = { [shape]: text.replace(before, before + added) };
  for (const [, file, begin, place] of others) {
    const path = `src/model/shape/${file}`;
    const now = texts[path] ?? imported + readFileSync(join(root, path), 'utf8');
    expect(now.split(` ${begin}\n`).length + now.split(` ${begin} `).length).toBe(3);
    texts[path] = now.replace(` ${begin}`, ` ${begin}${lineOf(place)}`);
  }
  for (const [file, begin, place, all] of listed) {
    const path = `src/model/shape/${file}`;
    texts[path] = texts[path]?.replace(` ${begin}`, ` ${begin} ${keyOf(place)}: ${all}.${keyOf(place)},`) ?? '';
  }
  const { schema } = await exportsOf<Program>('schema', "export { schema } from './src/model/shape/schema.js';", texts);
  made = await exportsOf<Program>('program', program, {
    ...texts,
    'src/model/schema-validator.generated.js': await validatorSource('schemas/model.schema.json', schema),
  });
}, 600_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const model = (rule: string): ImportedModel =>
  made.importModel({
    name: 'model.yaml',
    text: `interneuron: 1
neurons:
  n: { state: { v: { unit: mV } }, events: { spike: v > 1*mV } }
synapses:
  s: { pathways: { pre: [post.v += 1*mV] } }
populations: { a: { type: n, size: 4 } }
projections:
  p: { from: a, to: a, synapse: s, connect: { rule: pairs, p: 0.5${rule} } }
`,
  });
const ruleOf = ({ valid }: ImportedModel): object | undefined => valid.model.projections['p']?.connect[0];

test('is read, with its usual value if absent', () => {
  expect(ruleOf(model(''))).toMatchObject({ share: 1 });
  expect(ruleOf(model(', share: 1/4'))).toMatchObject({ share: 0.25 });
});

test('is refused with a value out of its range', () => {
  let error: unknown;
  try {
    model(', share: 2');
  } catch (caught) {
    error = caught;
  }
  expect((error as DiagnosticError).diagnostics).toMatchObject([
    { code: 'model/out-of-range', message: expect.stringContaining('the share') as string, place: { line: 8 } },
  ]);
});

test('is hashed unless it has its usual value', () => {
  const [absent, usual, other] = ['', ', share: 1', ', share: 0.5'].map((rule) => model(rule).hashes.model);
  expect(usual).toBe(absent);
  expect(other).not.toBe(absent);
});

test('is code in the typed form', () => {
  const { model: written } = model(', share: "1/(1 + i)"').valid;
  const typed = made.typedModel(written);
  expect(typed.projections['p']?.connect[0]).toMatchObject({ share: { kind: 'binary', operator: '/' } });
  expect(made.writtenModel(structuredClone(typed))).toEqual(written);
});

test('is compared', () => {
  expect(made.compareModels(model(''), model(', share: 0.5')).differences).toEqual([
    { property: 'connect.share', parts: ['projection p'], first: '1', second: '0.5' },
  ]);
});

test('is described', () => {
  const { valid, hashes } = model(', share: 0.5');
  expect(JSON.stringify(made.describeModel(valid, hashes, new Map()))).toContain(
    'pairwise with probability 0.5, share 0.5',
  );
});

test('is completed in the editor, with its sentence', () => {
  const lines = ['projections:', '  p:', '    connect:', '      rule: pairs', '      sh'];
  const here = schemasAt(pathAt(lines), made.schema);
  const offered = here.flatMap(({ properties = {} }) => properties['share'] ?? []);
  expect(offered).toMatchObject([{ description: 'Share of the pairs that are kept; default: 1.' }]);
});

/** A document with each of the objects. `more`: an object and a member for it. */
function documentWith(more?: readonly [path: string, grade: unknown]): ImportedModel {
  const draw = { generator: 'numpy-mt19937', seed: 1, distribution: 'normal', arguments: [1, 2] };
  const leak = { parameters: { g: '1 S/m**2' }, reads: ['v'], writes: { i: '-g*v' } };
  const section = { length: '10 um', diameter: '10 um', specificCapacitance: '1 uF/cm**2', resistivity: '1 ohm*m' };
  const n = {
    parameters: { k: { value: 1 } },
    state: { v: { unit: 'mV' } },
    derived: { w: { value: '2*v' } },
    derivatives: { v: { rate: '-v/(10*ms)' } },
    inputs: { I: { unit: 'nA' } },
    events: { spike: { when: 'v > 1*mV' } },
  };
  const model = {
    interneuron: 1,
    neurons: {
      n,
      c: { compartments: { sections: { soma: section }, ions: { ca: { valence: 2 } }, mechanisms: { leak } } },
    },
    synapses: { s: { pathways: { pre: { do: ['post.v += 1*mV'] } } } },
    populations: { a: { type: 'n', size: 4, values: { k: draw } }, cells: { type: 'c', size: 1 } },
    projections: { p: { from: { of: 'a' }, to: 'a', synapse: 's', connect: 'all' } },
    operations: { o: { on: { population: 'a', sample: 2 }, do: ['v = 0*mV'] } },
    recordings: [{ of: 'a', events: 'spike', name: 'spikes' }],
    experiment: { protocol: [{ record: 'spikes' }] },
  };
  if (more) Object.assign(at(model, more[0]) ?? {}, { [keyOf(more[0])]: more[1] });
  return made.importModel({ name: 'model.json', text: JSON.stringify(model) });
}
const at = (tree: unknown, path: string): object | undefined =>
  path.split('/').reduce<unknown>((part, key) => (part as Record<string, unknown>)[key], tree) as object | undefined;

/** What a comparison shows of objects that it does not walk: recordings are no part of it, draws are compared whole. */
const differences: Readonly<Record<string, readonly object[]>> = { 'a recording': [], 'a draw': [{ property: 'k' }] };

test.each(others)('of %s is read, refused, hashed and compared', (name, _file, _begin, path) => {
  const [absent, usual, other] = [documentWith(), documentWith([path, 1]), documentWith([path, 2])];
  expect(at(absent.valid.model, path)).toMatchObject({ [keyOf(path)]: 1 });
  expect(at(other.valid.model, path)).toMatchObject({ [keyOf(path)]: 2 });
  expect(usual.hashes.document).toBe(absent.hashes.document);
  expect(other.hashes.document).not.toBe(absent.hashes.document);
  expect(() => documentWith([path, 'none'])).toThrow();
  const typed = made.typedModel(other.valid.model);
  expect(at(typed, path)).toMatchObject({ [keyOf(path)]: 2 });
  expect(made.writtenModel(structuredClone(typed))).toEqual(other.valid.model);
  const expected = differences[name] ?? [{ first: '1', second: '2' }];
  expect(made.compareModels(absent, other).differences).toMatchObject(expected);
});
