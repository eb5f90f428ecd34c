/**
 * Bundles entry points with all that they use.
 *
 * Small packages are bundled, since reading one file is quicker than finding a hundred. What is loaded by `import()`
 * stays in chunks of its own, so that a command pays only for what it uses: YAML, NWB and the assembler among them.
 * Packages that hold WebAssembly or native code stay where npm put them.
 */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { build, transform } from 'esbuild';
import ts from 'typescript';
import { bundledPackages, noticesOf, validators } from './notices.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** Packages that are not bundled, with the files of each that are used at run time. */
export const unbundledPackages = JSON.parse(await readFile(resolve(root, 'scripts/unbundled-packages.json'), 'utf8'));

/** Folders of texts that the program reads (`Platform.asset`); they keep their paths. */
const textFolders = ['src/codegen/templates', 'translators/neuroml/core'];

/** Programs that others start, at the path from `chunks` that they have from the code that starts them. */
const programs = [
  ['src/simulators/python', 'chunks/python'],
  ['src/hdf5', 'chunks'],
  ['src/platform', 'platform'],
];

/** Files of packages that are read at run time. */
const fonts = 'node_modules/@expo-google-fonts/open-sans';
const assets = [[`${fonts}/400Regular/OpenSans_400Regular.ttf`, 'chunks/OpenSans.ttf']];

/**
 * Modules that bundled packages import but do not need here: linkedom for style sheets and for text in HTML (pictures
 * begin with an empty document), handlebars for source maps, fast-xml-parser for document types and entities (which
 * src/xml refuses and decodes) and for numbers (texts stay texts), yargs for the width of emoji, whose tables take
 * longer to set up than the arguments to read. The command's own texts have one column for each character.
 */
const unused = {
  'string-width': 'module.exports = (text) => text.length;',
  'cssomnom/parse': 'export const parse = undefined;',
  htmlparser2: 'export class Parser { write() {} end() {} }',
  'dom-serializer': 'export default undefined;',
  'source-map': 'module.exports = {};',
  '@nodable/entities': `
    export class EntityDecoder { reset() {} setXmlVersion() {} }
    export const [COMMON_HTML, CURRENCY, ENTITY_ACTION, XML] = [{}, {}, {}, {}];`,
  'is-unsafe': 'export const isUnsafe = undefined, HTML = undefined, XML = undefined;',
  strnum: 'export default undefined;',
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

/**
 * Leaves out the sentences of the shapes of the model, which only the schema has: the program reads the schema itself.
 */
const withoutSentences = {
  name: 'without-sentences',
  setup(context) {
    context.onLoad({ filter: /[\\/]src[\\/]model[\\/]shape[\\/]\w[\w-]*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const sentences = [];
      const visit = (node) => {
        if (ts.isStringLiteral(node) && / .*\.$/.test(node.text)) sentences.push(node);
        ts.forEachChild(node, visit);
      };
      const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
      visit(source);
      const contents = sentences.reduceRight(
        (rest, node) => `${rest.slice(0, node.getStart(source))}''${rest.slice(node.end)}`,
        text,
      );
      return { contents, loader: 'ts' };
    });
  },
};

/** Shortens names within bundled packages. */
const shortPackages = {
  name: 'short-packages',
  setup(context) {
    context.onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, 'utf8'), { minify: true, legalComments: 'none' });
      return { contents: code };
    });
  },
};

/** Returns the commit of a clone without changes, else null. */
function commitOf(folder) {
  const git = (...words) => spawnSync('git', ['-C', folder, ...words], { encoding: 'utf8' });
  const [top, changes, commit] = [
    git('rev-parse', '--show-prefix'),
    git('status', '--porcelain', '--untracked-files=no'),
    git('rev-parse', 'HEAD'),
  ];
  const isClean = top.status === 0 && top.stdout.trim() === '' && changes.status === 0 && changes.stdout === '';
  return isClean && commit.status === 0 ? commit.stdout.trim() : null;
}

/** Modules of Node in bundled CommonJS packages, which modules of JavaScript cannot get by `require`. */
const requiredOfNode = {
  name: 'required-of-node',
  setup(context) {
    context.onResolve({ filter: /./ }, ({ path, kind }) =>
      kind === 'require-call' && builtinModules.includes(path) ? { path, namespace: 'node' } : undefined,
    );
    context.onLoad({ filter: /./, namespace: 'node' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}');`,
    }));
  },
};

/** Oldest browsers that run the program. */
export const browsers = ['chrome111', 'firefox115', 'safari17'];

/** Returns core types of LEMS without comments, indents and descriptions, which nothing reads. */
const shortXml = (text) =>
  text
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .replaceAll(/\s+description="[^"]*"/g, '')
    .replaceAll(/\s*\n\s*/g, '\n');

/** Gives `interneuron:assets` the core types of LEMS, the texts that programs in browsers read (`Platform.asset`). */
export const textAssets = {
  name: 'text-assets',
  setup(context) {
    context.onResolve({ filter: /^interneuron:assets$/ }, ({ path }) => ({ path, namespace: 'assets' }));
    context.onLoad({ filter: /./, namespace: 'assets' }, async () => {
      const [texts, folder] = [{}, 'translators/neuroml/core'];
      for (const name of (await readdir(resolve(root, folder))).filter((each) => each.endsWith('.xml')))
        texts[`${folder}/${name}`] = shortXml(await readFile(resolve(root, folder, name), 'utf8'));
      return { contents: `export const assetTexts = ${JSON.stringify(texts)};` };
    });
  },
};

/**
 * Lets Node and browsers share chunks: `#platform`, `#hdf5` and `#targets` become variables. `#default` and `#browser`
 * set them, by the names that `imports` of package.json has for implementations.
 */
const sharedMachine = (imports) => ({
  name: 'shared-machine',
  setup(context) {
    const variables = `
      export let platform, readHdf5Tree, hdf5File, loadTargets;
      export const use = (machine) => { ({ platform, readHdf5Tree, hdf5File, loadTargets } = machine); };`;
    const setter = (machine) => `
      import { use } from '#platform';
      import { platform } from '${imports['#platform'][machine]}';
      import * as hdf5 from '${imports['#hdf5'][machine]}';
      import { loadTargets } from '${imports['#targets'][machine]}';
      use({ platform, ...hdf5, loadTargets });`;
    context.onResolve({ filter: /^#/ }, ({ path }) => ({
      path: path in imports ? 'variables' : path.slice(1),
      namespace: 'machine',
    }));
    context.onLoad({ filter: /./, namespace: 'machine' }, ({ path }) => ({
      contents: path === 'variables' ? variables : setter(path),
      resolveDir: root,
    }));
  },
});

/** Longest line that neither makes nor throws an error. */
const longestLine = 1000;

/**
 * Returns code with the line breaks near errors that it makes or throws: Node shows the line of an error that nobody
 * catches. Others only make pages larger.
 *
 * @param broken  the code in short lines
 * @param whole   the same code without these line breaks
 */
function withFewBreaks(broken, whole) {
  const near = 250;
  const parts = [];
  let [start, last, j] = [0, 0, 0];
  for (let i = 0; i < broken.length;) {
    // In strings a line break follows a backslash. One can also stand for a blank.
    const isInString = broken.startsWith('\\\n', i) && !whole.startsWith('\\\n', j);
    if (!isInString && (broken[i] === whole[j] || (broken[i] === '\n' && whole[j] === ' '))) {
      i += 1;
      j += 1;
      continue;
    }
    const length = isInString ? 2 : 1;
    if (!isInString && broken[i] !== '\n')
      throw new Error(`more than line breaks differ at ${broken.slice(i, i + 40)}`);
    const isNear = ['throw', 'Error('].some((word) =>
      [broken.lastIndexOf(word, i), broken.indexOf(word, i)].some((at) => at >= 0 && Math.abs(at - i) < near),
    );
    if (isNear || i - last > longestLine) last = i;
    else {
      parts.push(broken.slice(start, i));
      start = i + length;
    }
    i += length;
  }
  return parts.join('') + broken.slice(start);
}

/** Statements of a bundled module that scripts do not have. */
const ofModules = /^#!.*\n|(?<=^|[;}\n])(?:import(?:(?:\*as |[ {])[^"']*from)?"[^"]+"|export\{[^}]*\});/g;

/**
 * Shortens names within functions of a bundled module. Names of functions stay, because reports of errors contain them:
 * esbuild keeps the outer names of scripts, so it gets the text without imports and exports.
 */
async function withShortLocals(text, form) {
  const moved = text.match(ofModules) ?? [];
  const script = `'use strict';${text.replaceAll(ofModules, '').replaceAll('import.meta', 'importMeta$')}`;
  try {
    new Script(script);
  } catch {
    // Modules that wait while they are loaded are no scripts.
    return text;
  }
  const { code } = await transform(script, { ...form, minifyIdentifiers: true });
  return [...moved, code.replaceAll('importMeta$', 'import.meta')].join('\n');
}

/**
 * Bundles entry points, by name, into a folder.
 *
 * @param library  entry points for browsers, which share chunks with the others
 * @returns the files of `library` with all that they import, each after its imports, those of modules that are loaded
 *   later, by their sources, and the packages in them
 */
export async function bundle(entryPoints, folder, library = {}) {
  const { version, imports } = JSON.parse(await readFile(resolve(root, 'package.json'), 'utf8'));
  // Each entry point imports its machine before anything else runs.
  const machines = Object.fromEntries([
    ...Object.keys(entryPoints).map((name) => [resolve(folder, `${name}.js`), 'chunks/default']),
    ...Object.keys(library).map((name) => [resolve(folder, `${name}.js`), 'chunks/browser']),
  ]);
  const target = [...browsers, 'node20.19'];
  const form = { minifyWhitespace: true, minifySyntax: true, legalComments: 'none', charset: 'utf8', target };
  const { metafile, outputFiles } = await build({
    ...form,
    absWorkingDir: root,
    entryPoints: {
      ...entryPoints,
      ...library,
      ...Object.fromEntries(Object.values(machines).map((name) => [name, name.replace('chunks/', '#')])),
    },
    outdir: folder,
    write: false,
    bundle: true,
    metafile: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    platform: 'neutral',
    // ESM first: some packages' CommonJS form cannot be bundled.
    mainFields: ['module', 'main'],
    // Its usual form reads files of Node.
    alias: {
      handlebars: 'handlebars/dist/cjs/handlebars.js',
      // It is exported for Node and browsers only.
      'vscode-jsonrpc/node': resolve(root, 'node_modules/vscode-jsonrpc/lib/node/main.js'),
    },
    external: ['node:*', ...builtinModules, ...Object.keys(unbundledPackages).flatMap((name) => [name, `${name}/*`])],
    define: { INTERNEURON_VERSION: JSON.stringify(version), INTERNEURON_COMMIT: JSON.stringify(commitOf(root)) },
    plugins: [requiredOfNode, withoutUnused, withoutSentences, shortPackages, textAssets, sharedMachine(imports)],
    sourcemap: false,
    logLevel: 'warning',
  });
  for (const { path, text } of outputFiles) {
    await mkdir(dirname(path), { recursive: true });
    const [broken, whole] = await Promise.all(
      [{ ...form, lineLimit: 200 }, form].map((each) => withShortLocals(text, each)),
    );
    const code = withFewBreaks(broken, whole);
    const machine = machines[path] && relative(dirname(path), resolve(folder, machines[path]));
    const first = machine ? `import './${machine.replaceAll('\\', '/')}.js';\n` : '';
    await writeFile(
      path,
      code.replace(/^(?:#!.*\n)?/, (line) => line + first),
    );
  }
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
  const files = new Set();
  const follow = (path) => {
    if (files.has(path)) return;
    for (const { path: imported } of metafile.outputs[path].imports) if (imported in metafile.outputs) follow(imported);
    files.add(path);
  };
  for (const name of ['chunks/browser', ...Object.keys(library)])
    if (name in library || Object.values(machines).includes(name))
      follow(relative(root, resolve(folder, `${name}.js`)));
  const inputs = Object.assign({}, ...[...files].map((path) => metafile.outputs[path].inputs));
  const inFolder = (path) => relative(folder, resolve(root, path)).replaceAll('\\', '/');
  return {
    files: [...files].map(inFolder),
    loaded: Object.fromEntries(
      [...files].flatMap((path) => {
        const { entryPoint } = metafile.outputs[path];
        return entryPoint === undefined ? [] : [[entryPoint, inFolder(path)]];
      }),
    ),
    packages: bundledPackages({ inputs }),
  };
}
