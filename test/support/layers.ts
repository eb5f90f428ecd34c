/** Which folders a folder may import from (docs/architecture.md), and what in a graph of imports breaks these rules. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, type Graph } from './import-graph.js';

/** What a folder may import besides itself. */
interface Layer {
  readonly from: readonly string[];
  /** Whether it may import packages. */
  readonly packages: boolean;
}

const notations = readdirSync(join(root, 'translators'))
  .filter((name) => name !== 'shared')
  .map((name) => `translators/${name}`);

/**
 * The layers, in the order in which data passes through them. Translators know nothing of one another, but for PyNN's
 * scripts for NEST, which hold models in NESTML; what several need is in `translators/shared`.
 */
const layers: Readonly<Record<string, Layer>> = {
  'src/diagnostics': { from: [], packages: false },
  'src/lang': { from: ['src/diagnostics', 'src/ir'], packages: false },
  'src/model': { from: ['src/diagnostics', 'src/lang', 'schemas'], packages: true },
  'src/library': { from: ['src/diagnostics', 'src/lang', 'src/model'], packages: true },
  'src/ir': { from: ['src/diagnostics'], packages: false },
  'src/numpy': { from: ['src/ir'], packages: false },
  'src/draw': { from: ['src/diagnostics', 'src/lang', 'src/model', 'src/ir', 'src/numpy'], packages: false },
  'src/lower': { from: ['src/diagnostics', 'src/lang', 'src/model', 'src/draw', 'src/ir'], packages: false },
  'src/optimise': { from: ['src/diagnostics', 'src/ir'], packages: false },
  'src/codegen': { from: ['src/diagnostics', 'src/ir'], packages: true },
  'src/xml': { from: ['src/diagnostics'], packages: true },
  'translators/shared': {
    from: ['src/diagnostics', 'src/lang', 'src/model', 'src/library', 'src/tables'],
    packages: false,
  },
  ...Object.fromEntries(
    notations.map((folder) => [
      folder,
      {
        from: [
          'src/diagnostics',
          'src/lang',
          'src/model',
          'src/library',
          'src/numpy',
          'src/tables',
          'src/xml',
          'translators/shared',
          ...(folder === 'translators/pynn' ? ['translators/nestml'] : []),
          'schemas',
        ],
        packages: true,
      },
    ]),
  ),
  'runtime/targets': { from: ['src/diagnostics', 'src/ir', 'src/optimise', 'src/codegen'], packages: true },
  'runtime/results': { from: ['src/diagnostics', 'src/ir'], packages: true },
  'src/tables': { from: ['src/diagnostics'], packages: true },
  'src/bundle': { from: ['src/diagnostics', 'src/model', 'src/xml', 'runtime/results'], packages: true },
  'src/compare': {
    from: ['src/bundle', 'src/diagnostics', 'src/lang', 'src/tables', 'runtime/results'],
    packages: true,
  },
  'runtime/record': { from: ['src/diagnostics', 'src/ir', 'runtime/targets', 'runtime/results'], packages: true },
};

/** Folders of what is done with models. Each may import from those before it, and from all layers. */
const floors = [
  'src/hdf5',
  'src/pictures',
  'src/pipeline',
  'src/session',
  'src/biosimulators',
  'src/convert',
  'src/sweep',
  'src/simulators',
  'src/present',
  'src/verify',
  'src/pack',
  'src/serve',
  'src/cli',
];

/** Folders and files that the rules are about: imports of others, such as `src/platform`, are free. */
const roots = [
  ...Object.keys(layers),
  ...floors,
  'src/index.ts',
  'src/package-functions.ts',
  'test',
  'bench',
  'scripts',
  'schemas',
];

/** What a model means is decided on its typed form: code is not parsed again, kinds are told by their tags. */
const typedOnly = ['src/draw', 'src/lower'];
const writtenForm = [
  'src/model/model.ts',
  'src/lang/parse.ts',
  'src/lang/parse-expression.ts',
  'src/lang/parse-statements.ts',
];

const isBelow = (file: string, place: string): boolean => file === place || file.startsWith(`${place}/`);

/** Returns each import of a layer or floor that it may not have, as `file -> target`. */
export function forbiddenImports(graph: Graph): string[] {
  return [...graph].flatMap(([file, targets]) => {
    const folder = roots.find((place) => isBelow(file, place)) ?? '';
    const layer = layers[folder];
    const floor = floors.indexOf(folder);
    const forbidden = [
      ...(layer ? roots.filter((place) => place !== folder && !layer.from.includes(place)) : []),
      ...(floor >= 0 ? floors.slice(floor + 1) : []),
      ...(typedOnly.includes(folder) ? writtenForm : []),
    ];
    return targets
      .filter((target) => forbidden.some((place) => isBelow(target, place)))
      .map((target) => `${file} -> ${target}`);
  });
}

/** Returns the packages, also Node's, that a file imports although its layer may not; `#platform` is free. */
export function forbiddenPackages(file: string, imported: readonly string[]): string[] {
  const layer = Object.entries(layers).find(([folder]) => isBelow(file, folder))?.[1];
  return layer?.packages === false ? imported.filter((name) => !/^\.|^#platform$/.test(name)) : [];
}
