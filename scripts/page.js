/** Bundles the page in which models run, for browsers. */
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { textFolders, withoutUnused } from './bundle.js';
import { bundledPackages, noticesOf, validators } from './notices.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** Gives `interneuron:assets` the texts that the program reads (`Platform.asset`). */
const assets = {
  name: 'assets',
  setup(context) {
    context.onResolve({ filter: /^interneuron:assets$/ }, ({ path }) => ({ path, namespace: 'assets' }));
    context.onLoad({ filter: /.*/, namespace: 'assets' }, async () => {
      const texts = {};
      for (const folder of textFolders)
        for (const name of (await readdir(resolve(root, folder))).filter((each) => /\.(hbs|xml)$/.test(each)))
          texts[`${folder}/${name}`] = await readFile(resolve(root, folder, name), 'utf8');
      return { contents: `export const assetTexts = ${JSON.stringify(texts)};` };
    });
  },
};

/** Folders of models that a site offers as examples. */
const exampleFolders = ['readme', 'brian', 'pynn', 'neuroml', 'model'];

/** Longest example, in bytes: a site holds them all. */
const longestExample = 20_000;

/** Gives `interneuron:examples` the texts of models. @param isSite  pages of one file have none */
const examples = (isSite) => ({
  name: 'examples',
  setup(context) {
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
    target: ['chrome111', 'firefox115', 'safari17'],
    charset: 'utf8',
    minify: true,
    define: { INTERNEURON_VERSION: JSON.stringify(version) },
    plugins: [assets, withoutUnused, examples(isSite)],
    // The library takes HDF5 from its package.
    external: isSite ? [] : ['h5wasm'],
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

/** Packages that pages hold besides those of the bundle. */
const held = ['node_modules/h5wasm', validators];

/**
 * Writes the library for browsers, which is also the worker of pages, and the parts that `interneuron page` puts into
 * one file.
 *
 * @param folder  of the program
 */
export async function bundlePage(folder) {
  const [browser, page] = [resolve(folder, 'browser'), resolve(folder, 'page')];
  const written = { isSite: false, write: false, splitting: false };
  const [library, main] = await Promise.all([
    bundled({ index: 'site/library.ts' }, browser, { ...written, lineLimit: 200 }),
    bundled({ main: 'site/main.ts' }, page, { ...written, format: 'iife' }),
    bundled({ page: 'site/page.css' }, page),
  ]);
  for (const each of [browser, page]) await mkdir(each, { recursive: true });
  const [worker, program] = [library, main].map(({ outputFiles }) => outputFiles[0].contents);
  await writeFile(resolve(browser, 'index.js'), worker);
  // Wheels have the compressed form only, packages of npm the other one.
  await writeFile(resolve(page, 'worker.js.br'), compressed(worker));
  await writeFile(resolve(page, 'main.js.br'), compressed(program));
  const packages = [library, main].flatMap(({ metafile }) => bundledPackages(metafile));
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
      .replace('<!-- style -->', '<link rel="stylesheet" href="page.css" />')
      .replace('<!-- notices -->', '<a href="notices.txt">Licences of third-party software</a>')
      .replace('<!-- parts -->', '<script type="module" src="main.js"></script>'),
  );
}
