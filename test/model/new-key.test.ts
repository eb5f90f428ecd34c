/** A key of the model is added in one place: its shape. All that reads, checks and shows models then has it. */

import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { validatorSource } from '../../scripts/build-schemas.mjs';
import { defaultsModule } from '../../scripts/schema-defaults.mjs';
import type { DiagnosticError } from '../../src/diagnostics/diagnostic.js';
import { pathAt, schemasAt } from '../../site/completion.js';
import type { ImportedModel } from '../../src/pipeline/read/imported-model.js';
import { root } from '../support/import-graph.js';

/** The shape with one more line. */
const shape = 'src/model/shape/connections.ts';
const before = "    p: otherwise(1, chance('the probability')),\n";
const added = "    share: usually(1, chance('the share', 'Share of the pairs that are kept.')),\n";

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
  const texts = { [shape]: text.replace(before, before + added) };
  const { schema } = await exportsOf<Program>('schema', "export { schema } from './src/model/shape/schema.js';", texts);
  made = await exportsOf<Program>('program', program, {
    ...texts,
    'src/model/schema-validator.generated.js': await validatorSource('schemas/model.schema.json', schema),
    'src/model/defaults.generated.ts': await defaultsModule(shape, schema),
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
