/** Bundles the page in which models run, for browsers. */
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { browsers, bundle, textAssets, withoutUnused } from './bundle.js';
import { bundledPackages, noticesOf, validators } from './notices.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** Folders of models that a site offers as examples. */
const exampleFolders = ['readme', 'brian', 'pynn', 'neuroml', 'model'];

/** Longest example, in bytes: a site holds them all. */
const longestExample = 20_000;

/** Gives sites `interneuron:examples`, the texts of models, and all schemas. Pages of one file have neither. */
const ofSites = (isSite) => ({
  name: 'of-sites',
  setup(context) {
    if (!isSite)
      context.onLoad({ filter: /[\\/]site[\\/]schemas\.ts$/ }, () => ({ contents: 'export const schemas = {};' }));
    context.onResolve({ filter: /^interneuron:examples$/ }, ({ path }) => ({ path, namespace: 'examples' }));
    context.onLoad({ filter: /.*/, namespace: 'examples' }, async () => {
      const texts = {};
      for (const folder of isSite ? exampleFolders : [])
        for (const name of await readdir(resolve(root, 'fixtures', folder))) {
          if (!/\.(yaml|json|xml|nml)$/.test(name)) continue;
          const text = await readFile(resolve(root, 'fixtures', folder, name), 'utf8');
          if (text.length <= longestExample) texts[`${folder}/${name}`] = text;
        }
      return { contents: `export const examples = ${JSON.stringify(texts)};` };
    });
  },
});

async function bundled(entryPoints, folder, { isSite = true, ...options } = {}) {
  const { version } = JSON.parse(await readFile(resolve(root, 'package.json'), 'utf8'));
  return build({
    absWorkingDir: root,
    entryPoints,
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['browser'],
    target: browsers,
    charset: 'utf8',
    minify: true,
    define: { INTERNEURON_VERSION: JSON.stringify(version) },
    plugins: [textAssets, withoutUnused, ofSites(isSite)],
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    // Pages of one file have no address of their own.
    logOverride: { 'empty-import-meta': 'silent' },
    ...options,
  });
}

/** Bundles a site for browsers: parts that are needed later are files of their own. @returns what esbuild returns */
export const bundleSite = (folder, options = {}) =>
  bundled({ main: 'site/main.ts', worker: 'site/worker.ts', hdf5: 'site/hdf5-library.ts' }, folder, options);

/** Bytes of a text as files of a package hold it: as small as possible. */
const compressed = (text) =>
  brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS } });

/** Writers of notations in HDF5, which pages without its library leave out. */
const writersOfHdf5 = ['translators/nir/write.ts', 'translators/sonata/write.ts'];

/** Packages that pages hold besides those of the bundle. */
const held = ['node_modules/h5wasm', validators];

/**
 * Writes the program: commands, libraries for Node and for browsers, and the parts that `interneuron page` puts into
 * one file. The library for browsers is also the worker of pages.
 */
export async function bundleProgram(folder) {
  const page = resolve(folder, 'page');
  const [library, main] = await Promise.all([
    bundle({ cli: 'src/cli/main.ts', biosimulators: 'src/cli/biosimulators-main.ts', index: 'src/index.ts' }, folder, {
      'browser/index': 'site/library.ts',
    }),
    bundled({ main: 'site/main.ts' }, page, { isSite: false, write: false, splitting: false, format: 'iife' }),
    bundled({ page: 'site/page.css' }, page),
  ]);
  await mkdir(page, { recursive: true });
  await writeFile(resolve(page, 'main.js.br'), compressed(main.outputFiles[0].contents));
  const hdf5 = writersOfHdf5.map((source) => library.loaded[source]);
  await writeFile(resolve(page, 'worker.json'), JSON.stringify({ modules: library.files, hdf5 }));
  const packages = [...library.packages, ...bundledPackages(main.metafile)];
  await writeFile(resolve(page, 'notices.txt'), await noticesOf([...packages, ...held]));
  await cp(resolve(root, 'site/page.html'), resolve(page, 'page.html'));
}

/** Headers with which browsers give a site threads, as Netlify, Cloudflare Pages and others read them from a file. */
const isolation = `/*
  Cross-Origin-Opener-Policy: same-origin
  Cross-Origin-Embedder-Policy: require-corp
`;

/** Writes a site of static files. */
export async function writeSite(folder) {
  await rm(folder, { recursive: true, force: true });
  const { metafile } = await bundleSite(folder);
  await bundled({ page: 'site/page.css' }, folder);
  await writeFile(resolve(folder, 'notices.txt'), await noticesOf([...bundledPackages(metafile), validators]));
  await writeFile(resolve(folder, '_headers'), isolation);
  const html = await readFile(resolve(root, 'site/page.html'), 'utf8');
  await writeFile(
    resolve(folder, 'index.html'),
    html
      .replace('<body>', '<body class="empty">')
      .replace(' aria-labelledby="open-heading" hidden', ' aria-labelledby="open-heading"')
      .replace('<!-- style -->', '<link rel="stylesheet" href="page.css" />')
      .replace('<!-- notices -->', '<a href="notices.txt">Licences of third-party software</a>')
      .replace('<!-- parts -->', '<script type="module" src="main.js"></script>'),
  );
}
