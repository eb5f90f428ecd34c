/**
 * Builds dist/: the command (cli.js), the library (index.js) and its declarations (types/).
 *
 * Small packages are bundled, since reading one file is quicker than finding a hundred. What is loaded by `import()` stays in
 * chunks of its own, so that a command pays only for what it uses: YAML, NWB and the assembler among them. Packages
 * that hold WebAssembly or native code stay where npm put them.
 */
import { execFile } from 'node:child_process';
import { chmod, cp, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const { version } = JSON.parse(await readFile(resolve(root, 'package.json'), 'utf8'));

await rm(resolve(root, 'dist'), { recursive: true, force: true });

const bundle = build({
  absWorkingDir: root,
  entryPoints: { cli: 'src/cli/main.ts', index: 'src/index.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // ESM first: some packages' CommonJS form cannot be bundled.
  mainFields: ['module', 'main'],
  external: ['h5wasm', 'h5wasm/*', 'wabt', 'koffi'],
  define: { INTERNEURON_VERSION: JSON.stringify(version) },
  // Bundled CommonJS packages ask for Node's own modules by `require`.
  banner: { js: "import { createRequire as createRequire$ } from 'node:module'; const require = createRequire$(import.meta.url);" },
  legalComments: 'external',
  sourcemap: false,
  logLevel: 'warning',
});

const declarations = promisify(execFile)(
  process.execPath,
  [resolve(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
  {
    cwd: root,
  },
).catch((error) => {
  process.stderr.write(error.stdout);
  process.exitCode = 1;
});

await Promise.all([bundle, declarations]);

// Templates are read from where the code that renders them expects them: beside it, and that lies in a chunk.
for (const [folder, expected] of [
  ['src/codegen/templates', 'dist/chunks'],
  ['translators/brian/script', 'dist/chunks/script'],
  ['translators/pynn/script', 'dist/chunks/script'],
  ['translators/neuroml/core', 'dist/chunks/core'],
  ['translators/neuroml/hdf5', 'dist/chunks'],
]) {
  for (const file of await readdir(resolve(root, folder))) {
    if (/\.(hbs|xml|mjs)$/.test(file)) await cp(resolve(root, folder, file), resolve(root, expected, file));
  }
}
await chmod(resolve(root, 'dist/cli.js'), 0o755);
