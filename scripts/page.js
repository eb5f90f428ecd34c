/** Bundles the page in which models run, for browsers. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { textFolders } from './bundle.js';

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

/**
 * wabt asks for Node's files where it finds Node. In a bundle for browsers that branch never runs, and the module is
 * empty, as a `browser` field of the package would make it.
 */
const withoutNode = {
  name: 'without-node',
  setup(context) {
    context.onResolve({ filter: /^fs$/ }, ({ importer }) =>
      /[\\/]node_modules[\\/]wabt[\\/]/.test(importer) ? { path: 'fs', namespace: 'empty' } : undefined,
    );
    context.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: '' }));
  },
};

/** Bundles entry points, by name, into a folder. @returns what esbuild returns */
export async function bundleForBrowsers(entryPoints, folder, options = {}) {
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
    plugins: [assets, withoutNode],
    legalComments: 'external',
    metafile: true,
    logLevel: 'warning',
    ...options,
  });
}
