/** A page of HTML in which a model runs: one file with the model and the program. */

import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { platform } from '#platform';
import { UsageError } from '../diagnostics/diagnostic.js';
import { escaped } from '../diagnostics/escaped-markup.js';
import { packageFile } from './package-files.js';
import type { ImportOptions } from './read/import-options.js';
import { version } from './version.js';

/** A model for a page. */
export interface PageModel {
  readonly title: string;
  /** Path of the document. */
  readonly document: string;
  /** Paths of files that it reads. */
  readonly others: readonly string[];
  readonly options: Pick<ImportOptions, 'set' | 'seed' | 'dt' | 'duration' | 'from' | 'timing'>;
  /** The fingerprint of a run, and the hash of its experiment. */
  readonly recorded: { readonly fingerprint: string; readonly experiment: string };
}

/** Names of the parts of the program. */
type Part = 'page.html' | 'page.css' | 'main.js' | 'worker.js';

/** Returns a part of the program for browsers, which the build writes. @throws UsageError without a build */
export function builtPart(name: Part): string {
  try {
    return packageFile(`dist/page/${name}`);
  } catch {
    throw new UsageError('the program for browsers is missing', 'build it: npm run build');
  }
}

/** Returns the modules of the HDF5 library for browsers; each may import the ones before it by their names. */
export function hdf5Modules(): readonly (readonly [name: string, text: string])[] {
  const folder = dirname(fileURLToPath(import.meta.resolve('h5wasm')));
  return ['hdf5_util.js', 'hdf5_hl.js'].map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const);
}

/** Returns text as an element that no browser runs, compressed. */
const held = (id: string, text: string): string =>
  `<script type="text/plain" id="${id}">${platform.bytes.toBase64(platform.bytes.deflate(text))}</script>`;

/** Returns JSON that can stand in an element. */
const inElement = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

/** Returns the page. @param part  parts of the program by name; absent: those of the build */
export function modelPage(
  model: PageModel,
  part: (name: Part) => string = builtPart,
  hdf5: ReturnType<typeof hdf5Modules> = hdf5Modules(),
): string {
  const paths = [model.document, ...model.others].map((path) => resolve(path));
  const folder = commonFolder(paths);
  const nameOf = (path: string): string => relative(folder, path).replaceAll(sep, '/');
  const files = [...new Set(paths)].map((path) => [nameOf(path), platform.bytes.toBase64(readFileSync(path))]);
  const data = {
    files,
    main: nameOf(resolve(model.document)),
    options: model.options,
    recorded: { ...model.recorded, version },
  };
  const parts = [
    `<script type="application/json" id="model">${inElement(data)}</script>`,
    held('part-worker', part('worker.js')),
    held('part-hdf5', JSON.stringify(hdf5)),
    `<script type="module">${part('main.js').replaceAll('</script', '<\\/script')}</script>`,
  ];
  return part('page.html')
    .replace('<title>interneuron</title>', () => `<title>${escaped(model.title)}</title>`)
    .replace('<!-- style -->', () => `<style>${part('page.css')}</style>`)
    .replace('<!-- parts -->', () => parts.join('\n'));
}

/** Returns the deepest folder with all of some files. */
function commonFolder(paths: readonly string[]): string {
  let folder = dirname(paths[0] ?? '.');
  const isWithin = (path: string): boolean => path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
  while (!paths.every(isWithin) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
}
