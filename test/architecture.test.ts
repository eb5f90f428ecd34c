import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  findCycles,
  folderGraph,
  importedNames,
  importGraph,
  importsOf,
  root,
  sourceFiles,
} from './support/import-graph.js';
import { forbiddenImports, forbiddenPackages } from './support/layers.js';
import { notationsIn, reachedNotations } from './support/reached-notations.js';

const graph = importGraph(sourceFiles(['src', 'translators', 'runtime']));

/** `src/lang`, `translators/brian`, `runtime/targets`; files of `src` itself stand for themselves. */
function folderOf(file: string): string {
  return file.split('/').slice(0, 2).join('/');
}

describe('the imports of the sources', () => {
  it('are found', () => {
    expect(graph.size).toBeGreaterThan(20);
    expect(graph.get('src/diagnostics/positions.ts')).toEqual(['src/diagnostics/diagnostic.ts']);
  });

  it('form no cycle of files, type imports included', () => {
    expect(findCycles(graph)).toEqual([]);
    expect(findCycles(importGraph(sourceFiles(['test', 'bench', 'scripts'])))).toEqual([]);
  });

  it('form no cycle of folders', () => {
    expect(findCycles(folderGraph(graph, folderOf))).toEqual([]);
  });

  it('are those that each folder may have', () => {
    expect(forbiddenImports(graph)).toEqual([]);
  });

  it('are no packages in the folders that do without', () => {
    const packages = [...graph.keys()].flatMap((file) =>
      forbiddenPackages(file, importedNames(readFileSync(join(root, file), 'utf8'))),
    );
    expect(packages).toEqual([]);
  });
});

describe('other programs', () => {
  it('are started by one file, which finds them outside the folders of models', () => {
    const starting = sourceFiles(['src', 'translators', 'runtime', 'site']).filter((file) =>
      importedNames(readFileSync(join(root, file), 'utf8')).some((name) =>
        /^(?:node:)?(?:child_process|cluster)$/.test(name),
      ),
    );
    expect(starting).toEqual(['src/platform/start-program.ts']);
  });
});

describe('passes of lowering', () => {
  it('get their builders only from the list of passes, and read no part but their own', () => {
    const making = [...graph.keys()].filter((file) => readFileSync(file, 'utf8').includes('new PartBuilder('));
    expect(making).toEqual(['src/lower/lower.ts']);
  });
});

describe('the folders of src/lower', () => {
  /** From the top down; `lower.ts` lists the passes, the other files of the folder itself join parts. */
  const order = (
    'lower.ts step elements neurons.ts links.ts manifest.ts unsupported-features.ts protocol cable projections features ' +
    'synapses rules plan space events integration scopes code context'
  ).split(' ');
  /** Imports of a higher folder, with the reason. */
  const upwards = new Map([
    ['src/lower/plan/plan-projections.ts', 'synapses that are ends of others are planned in the order of projections'],
  ]);

  it('import downwards only', () => {
    const rank = (file: string): number => order.indexOf(file.split('/')[2] ?? '');
    const files = [...graph].filter(([file]) => file.startsWith('src/lower/'));
    expect(files.filter(([file]) => rank(file) < 0).map(([file]) => file)).toEqual([]);
    const back = files.filter(([file, targets]) =>
      targets.some((target) => target.startsWith('src/lower/') && rank(target) < rank(file)),
    );
    expect(back.map(([file]) => file)).toEqual([...upwards.keys()]);
  });
});

describe('notations', () => {
  /** Files and folders that name a notation besides the registers and its own folders, with the reason. */
  const named = new Map([
    ['src/bundle/contents.ts', 'formats of COMBINE archives, by their own names'],
    ['src/library/', 'the catalogue of standard types, from which tables of notations are made, and of simulators'],
    ['src/present/describe/', 'tables of channels and cells are made of components of NeuroML'],
    ['src/simulators/', 'each simulator has the notation that is written for it'],
  ]);

  it('are named only by their folders and the registers', () => {
    const registers = ['src/pipeline/read/notation.ts', 'src/notations.ts'];
    const names = readdirSync(join(root, 'translators')).filter((name) => name !== 'shared');
    // A timing profile is named after Brian, too.
    const words = [...names.filter((name) => name !== 'brian'), 'lems', 'brian-json', 'pynn-json', 'pynn-nestml'];
    const naming = new RegExp(`'(?:${words.join('|')})'|translators/(?:${names.join('|')})/`);
    const files = sourceFiles(['src', 'site', 'runtime']).filter(
      (file) => !registers.includes(file) && !/^runtime\/results\/(?:nir|sonata)\//.test(file),
    );
    const found = files.filter((file) => naming.test(readFileSync(join(root, file), 'utf8')));
    const reasons = found.map((file) => [...named.keys()].find((place) => file.startsWith(place)) ?? file);
    expect([...new Set(reasons)]).toEqual([...named.keys()]);
  });

  it('are reached by the tests that use them: at most a quarter of all test files reach every one', () => {
    const reached = Object.values(reachedNotations());
    const most = Math.max(...reached.map(({ length }) => length));
    expect(reached.filter(({ length }) => length === most).length).toBeLessThan(reached.length / 4);
  });

  it('are reached by imports of their sources, not of their names', () => {
    const small = new Map([
      ['test/a.test.ts', ['src/b.ts', 'translators/swc/notation.ts']],
      ['src/b.ts', ['translators/shared/notation.ts', 'translators/nir/road.ts']],
    ]);
    expect(notationsIn(small, 'test/a.test.ts')).toEqual(['nir']);
  });
});

describe('kinds of data', () => {
  const tests = [...graph.keys()].flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/'([a-zA-Z_]+)' in [a-z]/g)].map(([, key = '']) => ({ file, key })),
  );

  it('of the written model are distinguished by one module, and the compiler checks their kinds', () => {
    const members =
      /^(?:assembly|from|projection|sample|indices|mask|events|variables|rate|run|runUntil|set|generator|structure)$/;
    const others = tests.filter(({ file, key }) => file !== 'src/model/tagged.ts' && members.test(key));
    expect(others).toEqual([]);
  });

  it('are mostly tags: few places look whether a member is there', () => {
    expect(tests.length).toBeLessThan(60);
  });
});

describe('the size of the sources', () => {
  it('is at most 40 files side by side in a folder', () => {
    const folders = new Set([...graph.keys()].map((file) => dirname(file)));
    const filesIn = (folder: string): number =>
      readdirSync(join(root, folder), { withFileTypes: true }).filter((entry) => entry.isFile()).length;
    expect([...folders].filter((folder) => filesIn(folder) > 40)).toEqual([]);
  });

  it('is at most 10 files that test a timing profile; the properties of profiles are a table', () => {
    const asking = [...graph.keys()].filter((file) => readFileSync(file, 'utf8').includes('timing ==='));
    expect(asking.length).toBeLessThanOrEqual(10);
  });
});

describe('the tools of this test', () => {
  it.each([
    ['src/lang/x.ts', 'src/diagnostics/suggest.ts', true],
    ['src/lang/x.ts', 'src/platform/node.ts', true],
    ['src/lang/x.ts', 'src/model/model.ts', false],
    ['src/diagnostics/x.ts', 'src/lang/ast.ts', false],
    ['src/ir/x.ts', 'src/lang/ast.ts', false],
    ['src/codegen/x.ts', 'src/model/model.ts', false],
    ['src/lower/x.ts', 'src/model/typed.ts', true],
    ['src/lower/x.ts', 'src/model/model.ts', false],
    ['src/lower/x.ts', 'translators/brian/import.ts', false],
    ['src/draw/x.ts', 'src/lang/parse.ts', false],
    ['translators/brian/x.ts', 'src/ir/program.ts', false],
    ['translators/brian/x.ts', 'translators/pynn/import.ts', false],
    ['runtime/results/x.ts', 'runtime/targets/target.ts', false],
    ['runtime/targets/x.ts', 'src/model/model.ts', false],
    ['src/verify/x.ts', 'src/convert/convert.ts', true],
    ['src/pipeline/x.ts', 'src/convert/convert.ts', false],
  ])('see that %s may import %s: %s', (file, target, allowed) => {
    expect(forbiddenImports(new Map([[file, [target]]]))).toEqual(allowed ? [] : [`${file} -> ${target}`]);
  });

  it('see packages, and those of Node', () => {
    const text = "import { parse } from 'yaml';\nimport { readFileSync } from 'node:fs';\nimport { x } from './x.js';";
    expect(forbiddenPackages('src/lang/x.ts', importedNames(text))).toEqual(['yaml', 'node:fs']);
    expect(forbiddenPackages('src/lang/x.ts', ['#platform'])).toEqual([]);
    expect(forbiddenPackages('src/model/x.ts', importedNames(text))).toEqual([]);
  });

  it('see every kind of import', () => {
    const text = `
      import { a } from './a.js';
      import type { B } from '../b.js';
      export * from './c.js';
      const d = await import('./d.js');
      import fs from 'node:fs';
    `;
    expect(importsOf('src/x/file.ts', text)).toEqual(['src/x/a.ts', 'src/b.ts', 'src/x/c.ts', 'src/x/d.ts']);
  });

  it('find cycles', () => {
    const cyclic = new Map([
      ['a/1', ['b/1']],
      ['b/1', []],
      ['b/2', ['a/2']],
      ['a/2', []],
    ]);
    expect(findCycles(cyclic)).toEqual([]);
    expect(findCycles(folderGraph(cyclic, (file) => file.slice(0, 1)))).toEqual([['a', 'b', 'a']]);
    expect(findCycles(new Map([['x', ['x']]]))).toEqual([['x', 'x']]);
    const long = new Map([
      ['x', ['y']],
      ['y', ['z', 'w']],
      ['z', []],
      ['w', ['x']],
    ]);
    expect(findCycles(long)).toEqual([['x', 'y', 'w', 'x']]);
  });
});
