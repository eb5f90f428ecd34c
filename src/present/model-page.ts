/** A page of HTML in which a model runs: one file with the model and the program. */

import { narrow } from '../pictures/layout.js';
import { readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Marked } from 'marked';
import { brotliDecompressSync } from 'node:zlib';
import { platform } from '#platform';
import { treesAsText } from '../hdf5/held-trees.js';
import { treesReadBy } from '../hdf5/read-tree.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { markupText } from '../diagnostics/display.js';
import { packageBytes, packageFile } from '../pipeline/package-files.js';
import { isHdf5 } from '../pipeline/read/included-files.js';
import { countAllSynapses } from '../pipeline/compile-model.js';
import { importModel, readSource, runModel, type RunResult } from '../pipeline/pipeline.js';
import type { ImportedModel } from '../pipeline/read/imported-model.js';
import { factsOf, markupNotation, type Notation } from '../pipeline/read/notation.js';
import type { ImportOptions } from '../pipeline/read/import-options.js';
import { numericsVersion } from '../ir/program.js';
import { version } from '../pipeline/version.js';
import { isPlainModel, modelDiagram } from '../pictures/model-diagram.js';
import { recordingOf } from '../compare/recorded.js';
import { labelledBadge } from './badge.js';
import { describeModel, networkCaption } from './describe/describe.js';
import { descriptionBlocks } from './describe/formats.js';
import { tablesIn } from './describe/membrane.js';
import { recordedPicture } from './draw-picture.js';
import { modelTitle } from './model-title.js';

/** A model for a page. */
interface PageModel {
  /** Path of the document. */
  readonly document: string;
  /** Paths of files that it reads. */
  readonly others: readonly string[];
  /** Options that it was read with. */
  readonly read: ImportOptions;
  /** Text about the model in Markdown. */
  readonly about?: string;
  /** A task for readers. */
  readonly task?: PageTask;
  /** Receives the run of the page. */
  readonly onRun?: (result: RunResult) => void;
  /** Whether readers can save their runs as NWB, for which the page holds the library of HDF5. */
  readonly savesNwb?: boolean;
}

/** A task for readers, and the condition on spikes that ticks it (`src/verify/expect/task.ts`). */
export interface PageTask {
  readonly text: string;
  readonly check?: string;
}

/** A page, and the files that must stand beside it. */
interface WrittenPage {
  readonly text: string;
  readonly fingerprint: string;
  /** Files by their paths in the model, with their names beside the page. */
  readonly beside: readonly { readonly path: string; readonly name: string; readonly bytes: Uint8Array }[];
}

/** Longest file that a page holds, in bytes: browsers show nothing until they have read the whole page. */
const longestHeld = 8e6;

/** Names of the parts of the program. */
type Part = 'page.html' | 'page.css' | 'notices.txt' | 'main.js' | 'worker.json';

/** A module of JavaScript, which may import those before it. */
type Module = readonly [name: string, text: string];

/** Returns a part of the program for browsers, which the build writes. @throws UsageError without a build */
function builtPart(name: Part): string {
  try {
    if (!name.endsWith('.js')) return packageFile(`dist/page/${name}`);
    return brotliDecompressSync(packageBytes(`dist/page/${name}.br`)).toString('utf8');
  } catch {
    throw new UsageError('the program for browsers is missing', 'build it: npm run build');
  }
}

/**
 * Returns the modules of the worker, with short names: they import each other more than a thousand times.
 *
 * @param hasHdf5  whether the page holds the library of HDF5; else writers of such files only say that it is missing
 */
function workerModules(hasHdf5: boolean): readonly Module[] {
  const { modules: paths, hdf5 } = JSON.parse(builtPart('worker.json')) as {
    readonly modules: readonly string[];
    readonly hdf5: readonly string[];
  };
  const names = new Map(paths.map((path, k) => [basename(path), `${k}.js`]));
  const renamed = (text: string): string =>
    text.replaceAll(/(?<=\/)[\w.-]+\.js(?=["'])/g, (name) => names.get(name) ?? name);
  /** The imports at the beginning of a module need no line breaks. */
  const joined = (text: string): string => text.replace(/^(?:import[^;]*;\n)+/, (lines) => lines.replaceAll('\n', ''));
  return paths.map((path) => [
    names.get(basename(path)) ?? path,
    (!hasHdf5 && hdf5.includes(path) ? withoutLibrary : joined)(renamed(packageFile(`dist/${path}`))),
  ]);
}

/** Returns a module of writers that only ask for the library of HDF5, which a page without it refuses. */
function withoutLibrary(module: string): string {
  const [, exported = ''] = /export\{([^}]*)\}/.exec(module) ?? [];
  const names = exported.split(',').map((one) => `write as ${one.split(' as ').at(-1) ?? one}`);
  return `const write=(valid,{hdf5Bytes})=>hdf5Bytes({});export{${names.join(',')}}`;
}

/** Splits a build of the HDF5 library at its WebAssembly, which it holds as text of JavaScript. */
function splitAtBinary(text: string): readonly [before: string, binary: string, after: string] {
  const opening = "binaryDecode('";
  const start = text.indexOf(opening) + opening.length;
  const literal = /(?:[^'\\]|\\.)*/sy;
  literal.lastIndex = start;
  const binary = literal.exec(text)?.[0] ?? '';
  return [text.slice(0, start), binary, text.slice(start + binary.length)];
}

/**
 * Returns the modules of the HDF5 library for browsers; each may import the ones before it by their names. Their
 * WebAssembly is that of the build for Node, so packages hold it once. It imports one function more, which prints
 * failed assertions.
 */
function hdf5Modules(): readonly Module[] {
  const folder = dirname(fileURLToPath(import.meta.resolve('h5wasm/node')));
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const [, binary] = splitAtBinary(text('hdf5_util.js'));
  const [before, , after] = splitAtBinary(text('../esm/hdf5_util.js'));
  const imports = 'var wasmImports={';
  return [
    ['hdf5_util.js', `${before}${binary}${after.replace(imports, `${imports}emscripten_err:()=>{},`)}`],
    ['hdf5_hl.js', text('hdf5_hl.js')],
  ];
}

/**
 * Returns modules as an element that no browser runs, compressed: a line of JSON with their names and lengths (only the
 * length for one that is named by its number), then their texts, which JSON would lengthen by an escape for each quote.
 */
function held(id: string, modules: readonly Module[]): string {
  const contents = JSON.stringify(
    modules.map(([name, text], k) => (name === `${k}.js` ? text.length : [name, text.length])),
  );
  const texts = modules.map(([, text]) => text).join('');
  return `<script type="text/plain" id="${id}">${platform.bytes.toBase64(platform.bytes.deflate(`${contents}\n${texts}`))}</script>`;
}

/**
 * Returns the part with which a page reads its HDF5 files: the trees that its model reads in them, or the library if
 * the page also writes such files or the trees are longer.
 */
function hdf5Part({ document, read }: PageModel, writes: boolean, reads: boolean): readonly string[] {
  if (!writes && !reads) return [];
  const library = held('part-hdf5', hdf5Modules());
  if (writes) return [library];
  const trees = treesReadBy(() => {
    const source = readSource(document);
    tablesIn(importModel(source, read), source, read.allowPaths);
  });
  const part = held('part-trees', [['trees.json', treesAsText(trees)]]);
  return [part.length < library.length ? part : library];
}

/** Returns JSON that can stand in an element. */
const inElement = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

/** Returns the schema of the model's notation, by which the editor of the page completes keys. */
const schemaPart = (name: string): string =>
  `<script type="application/json" id="schema-${name}">${inElement(JSON.parse(packageFile(`schemas/${name}.schema.json`)))}</script>`;

/** What the page of a model with a network has in addition. */
interface RunParts {
  readonly imported: ImportedModel;
  readonly fingerprint: string;
  readonly picture: Awaited<ReturnType<typeof pictureOfRun>>;
  readonly synapses: Awaited<ReturnType<typeof countAllSynapses>>;
  readonly tables: ReturnType<typeof tablesIn>;
}

/** Runs a model, and returns its page. @throws UsageError for files that cannot be read */
export async function modelPage(imported: ImportedModel, model: PageModel): Promise<WrittenPage> {
  const result = await runModel(imported);
  if (result.kind !== 'run') throw new UsageError('nothing was run', 'choose a target that runs models');
  model.onRun?.(result);
  const picture = await pictureOfRun(result, imported);
  result.dispose();
  return writtenPage(model, imported.notation, {
    imported,
    fingerprint: result.record.fingerprint.total,
    picture,
    synapses: await countAllSynapses(imported),
    tables: tablesIn(imported, readSource(model.document), model.read.allowPaths),
  });
}

/** Returns the page of a document of channels, which has no run: the page draws their curves. */
export const channelPage = (model: PageModel): WrittenPage => writtenPage(model, markupNotation, undefined);

function writtenPage(model: PageModel, notation: Notation, run: RunParts | undefined): WrittenPage {
  const paths = [model.document, ...model.others].map((path) => resolve(path));
  const folder = commonFolder(paths);
  const nameOf = (path: string): string => relative(folder, path).replaceAll(sep, '/');
  const contents = [...new Set(paths)].map((path) => [nameOf(path), readFileSync(path)] as const);
  const main = nameOf(resolve(model.document));
  const isHeld = ([name, bytes]: (typeof contents)[number]): boolean => name === main || bytes.length <= longestHeld;
  const files = contents.filter(isHeld).map(([name, bytes]) => [name, platform.bytes.toBase64(bytes)]);
  const beside = contents
    .filter((each) => !isHeld(each))
    .map(([name, bytes]) => ({ path: name, name: name.replaceAll('/', '-'), bytes }));
  const data = {
    files,
    main,
    ...(beside.length === 0
      ? {}
      : { beside: beside.map(({ path, name, bytes }) => ({ path, name, bytes: bytes.length })) }),
    options: pageOptions(model.read),
    ...(model.task === undefined ? {} : { task: model.task }),
    ...(run && {
      recorded: {
        fingerprint: run.fingerprint,
        experiment: run.imported.hashes.experiment,
        version,
        numerics: numericsVersion,
      },
    }),
  };
  const { schema } = factsOf(notation);
  const hdf5 = hdf5Part(
    model,
    model.savesNwb === true,
    contents.some(([, bytes]) => isHdf5(bytes)),
  );
  const parts = [
    `<script type="application/json" id="model">${inElement(data)}</script>`,
    ...(schema === undefined ? [] : [schemaPart(schema)]),
    held('part-worker', workerModules(hdf5.some((part) => part.includes('id="part-hdf5"')))),
    ...hdf5,
    `<script type="module">${builtPart('main.js').replaceAll('</script', '<\\/script')}</script>`,
  ];
  const document = run?.imported.valid.model;
  const title = document ? modelTitle(document, resolve(model.document)) : basename(model.document);
  const { description: summary = '' } = document?.metadata ?? {};
  const text = builtPart('page.html')
    // Indentation is for people who read the source.
    .replaceAll(/\n\s+/g, '\n')
    .replace('<title>interneuron</title>', () => `<title>${markupText(title)}</title>`)
    .replace('Run a spiking network', () => markupText(title))
    .replace('<!-- recorded -->', () => run?.picture?.html ?? '')
    .replace('Each mark is a spike of a cell.', (spikes) => (run?.picture?.kind === 'rates' ? ratesCaption : spikes))
    .replace(
      '<p id="summary" class="summary" hidden></p>',
      () => `<p id="summary" class="summary"${summary === '' ? ' hidden' : ''}>${markupText(summary)}</p>`,
    )
    .replace(/(<section id="task"[^>]*) hidden>/, (whole, opening: string) => (model.task ? `${opening}>` : whole))
    .replace('<p id="task-text"></p>', () => `<p id="task-text">${markupText(model.task?.text ?? '')}</p>`)
    .replace('<p id="citation"></p>', () => `<p id="citation">${markupText(title)}.</p>`)
    .replace('<!-- facts -->', () =>
      run ? `<dt>recorded fingerprint</dt><dd><code>${run.fingerprint}</code></dd>` : '',
    )
    .replace('<!-- about -->', () => (model.about === undefined ? '' : htmlOfMarkdown(model.about)))
    .replace('<!-- style -->', () => `<style>${builtPart('page.css')}</style>`)
    .replace(
      '<!-- notices -->',
      () =>
        `<details><summary>Licences of third-party software</summary><pre>${markupText(builtPart('notices.txt'))}</pre></details>`,
    )
    .replace('<!-- parts -->', () => parts.join('\n'));
  return { text: run ? withNetwork(text, run) : text, fingerprint: run?.fingerprint ?? '', beside };
}

/** Returns a page with the diagram and description of its network. */
function withNetwork(page: string, { imported, synapses, tables }: RunParts): string {
  const { model: document } = imported.valid;
  const diagram = modelDiagram(document, synapses);
  const description = descriptionBlocks(describeModel(imported.valid, imported.hashes, synapses, tables)).join('\n');
  return page
    .replace('<figure id="diagram-figure" class="card" hidden>', (hidden) =>
      isPlainModel(document) ? hidden : '<figure id="diagram-figure" class="card">',
    )
    .replace(
      /(<svg id="diagram" [^>]*)>/,
      (_, opening: string) =>
        `${opening} viewBox="0 0 ${diagram.width} ${diagram.height}" width="${diagram.width}">${diagram.svg}`,
    )
    .replace(
      '<figcaption id="diagram-caption">',
      (opening) => `${opening}${networkCaption(document, synapses, tables)}`,
    )
    .replace(/(<div id="description"[^>]*>)/, (opening) => `${opening}${description}`);
}

/** Most spikes that a page shows as marks: pictures of more would make the page too large. */
const mostMarks = 4000;

const ratesCaption = 'Mean rate of a cell of each population.';

/** Returns the spikes of a run as a picture, or rates if there are many; undefined if it has no spikes. */
async function pictureOfRun(
  { trains, record }: RunResult,
  { valid }: ImportedModel,
): Promise<{ readonly kind: 'rates' | 'raster'; readonly html: string } | undefined> {
  const { dt } = valid.model.experiment;
  const recorded = trains.filter(({ plan, counts }) => plan.event === 'spike' && counts.some((count) => count > 0));
  if (recorded.length === 0) return undefined;
  const spikes = recorded.reduce((sum, { counts }) => counts.reduce((a, b) => a + b, sum), 0);
  const kind = spikes > mostMarks ? 'rates' : 'raster';
  const picture = await recordedPicture(
    {
      ...recordingOf({
        path: valid.model.name,
        format: '',
        dt,
        end: record.steps * dt,
        trains: recorded.map(({ plan, counts, read }) => {
          // One reading of all rows: each reading passes over all spikes.
          const steps = read(0, counts.length);
          let end = 0;
          return {
            population: plan.population,
            event: 'spike',
            ids: [...counts].map((_, row) => row),
            trains: [...counts].map((count) =>
              Float64Array.from(steps.subarray(end, (end += count)), (step) => step * dt),
            ),
            listsSilent: true,
          };
        }),
      }),
      record,
    },
    { kind, title: 'Recorded run' },
  );
  const { drawPicture } = await import('../pictures/canvas.js');
  const phone = drawPicture(picture, narrow).replace('<svg', '<svg class="narrow"');
  return { kind, html: `<div id="recorded">${drawPicture(picture)}${phone}</div>` };
}

/** Returns the options that readers of a page share with its author. */
const pageOptions = (read: ImportOptions): Partial<ImportOptions> =>
  Object.fromEntries(
    (['set', 'seed', 'dt', 'duration', 'from', 'timing'] as const).flatMap((name) =>
      read[name] === undefined ? [] : [[name, read[name]]],
    ),
  );

/** Addresses that a text of an author may lead to. */
const safeAddress = /^(?:https?:|mailto:|#)/i;

/** Returns Markdown as HTML. HTML in it is shown as text, and links lead only to pages, to mail and within the page. */
function htmlOfMarkdown(text: string): string {
  const markdown = new Marked({
    renderer: {
      html: ({ text: html }) => markupText(html),
      // Headings of the page are above those of the text.
      heading({ tokens, depth }) {
        const level = Math.min(6, depth + 1);
        return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>\n`;
      },
      link({ href, tokens }) {
        return safeAddress.test(href) ? false : this.parser.parseInline(tokens);
      },
      image: ({ href, text: described }) => (safeAddress.test(href) ? false : markupText(described)),
    },
  });
  return markdown.parse(text, { async: false });
}

/** Returns a picture of the fingerprint for other pages. */
export const badge = (fingerprint: string): string =>
  labelledBadge('reproducible', fingerprint.slice(0, 12), 'good', `fingerprint ${fingerprint}`);

/** Returns the deepest folder with all of some files. */
function commonFolder(paths: readonly string[]): string {
  let folder = dirname(paths[0] ?? '.');
  const isWithin = (path: string): boolean => path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
  while (!paths.every(isWithin) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
}
