/**
 * Bundles entry points with all that they use.
 *
 * Small packages are bundled, since reading one file is quicker than finding a hundred. What is loaded by `import()`
 * stays in chunks of its own, so that a command pays only for what it uses: YAML, NWB and the assembler among them.
 * Packages that hold WebAssembly or native code stay where npm put them.
 */
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { bundledPackages, noticesOf, validators } from './notices.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** Packages that are not bundled, with the files of each that are used at run time. */
export const unbundledPackages = JSON.parse(await readFile(resolve(root, 'scripts/unbundled-packages.json'), 'utf8'));

/** Folders of texts that the program reads (`Platform.asset`); they keep their paths. */
export const textFolders = [
  'src/codegen/templates',
  'translators/brian/script',
  'translators/pynn/script',
  'translators/neuroml/core',
];

/** Programs that others start, at the path from `chunks` that they have from the code that starts them. */
const programs = [
  ['src/verify/python', 'chunks/python'],
  ['src/hdf5', 'chunks'],
];

/** Files of packages that are read at run time. */
const fonts = 'node_modules/@expo-google-fonts/open-sans';
const assets = [[`${fonts}/400Regular/OpenSans_400Regular.ttf`, 'chunks/OpenSans.ttf']];

/**
 * Modules that bundled packages import but do not need here: linkedom for style sheets and for text in HTML (pictures
 * begin with an empty document), handlebars for source maps.
 */
const unused = {
  'cssomnom/parse': 'export const parse = undefined;',
  htmlparser2: 'export class Parser { write() {} end() {} }',
  'dom-serializer': 'export default undefined;',
  'source-map': 'module.exports = {};',
};

/** Replaces unused modules of bundled packages by empty ones. */
export const withoutUnused = {
  name: 'without-unused',
  setup(context) {
    const filter = new RegExp(`^(${Object.keys(unused).join('|')})$`);
    context.onResolve({ filter }, ({ path }) => ({ path, namespace: 'unused' }));
    context.onLoad({ filter: /.*/, namespace: 'unused' }, ({ path }) => ({ contents: unused[path] }));
  },
};

/** Shortens names within bundled packages. Names of this program stay, because reports of errors contain them. */
const shortPackages = {
  name: 'short-packages',
  setup(context) {
    context.onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, 'utf8'), { minify: true, legalComments: 'none' });
      return { contents: code };
    });
  },
};

/** Bundles entry points, by name, into a folder. */
export async function bundle(entryPoints, folder) {
  const { version } = JSON.parse(await readFile(resolve(root, 'package.json'), 'utf8'));
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir: folder,
    bundle: true,
    metafile: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // ESM first: some packages' CommonJS form cannot be bundled.
    mainFields: ['module', 'main'],
    external: Object.keys(unbundledPackages).flatMap((name) => [name, `${name}/*`]),
    define: { INTERNEURON_VERSION: JSON.stringify(version) },
    plugins: [withoutUnused, shortPackages],
    // Bundled CommonJS packages ask for Node's own modules by `require`.
    banner: {
      js: "import { createRequire as createRequire$ } from 'node:module'; const require = createRequire$(import.meta.url);",
    },
    minifyWhitespace: true,
    minifySyntax: true,
    // Node shows the line of an error that nobody catches.
    lineLimit: 200,
    legalComments: 'none',
    sourcemap: false,
    logLevel: 'warning',
  });
  for (const [from, to] of [...textFolders.map((each) => [each, `chunks/assets/${each}`]), ...programs]) {
    await mkdir(resolve(folder, to), { recursive: true });
    for (const file of await readdir(resolve(root, from))) {
      if (/\.(hbs|xml|mjs|py)$/.test(file)) await cp(resolve(root, from, file), resolve(folder, to, file));
    }
  }
  for (const [from, to] of assets) await cp(resolve(root, from), resolve(folder, to));
  const unbundled = Object.keys(unbundledPackages).map((name) => `node_modules/${name}`);
  await writeFile(
    resolve(folder, 'THIRD-PARTY-NOTICES.txt'),
    await noticesOf([...bundledPackages(metafile), ...unbundled, validators, fonts]),
  );
}
