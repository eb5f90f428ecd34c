/**
 * Compiling, as processes meet it: two of them at once, one that is killed in the middle, one that may not write, and
 * compilers that are missing or fail. A run that ends well has the fingerprint of the reference; a cache has whole
 * entries or none.
 */

import { chmodSync, existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runProgram } from '../../../runtime/targets/c/compiler.js';
import { startProgram, until } from '../../support/program-process.js';
import type { Ended, ProcessOptions, ProgramProcess } from '../../support/program-process.js';
import { runCommand } from '../../support/command.js';
import { slow, someOf, triesAll } from '../../support/effort.js';
import { root } from '../../support/import-graph.js';
import { openFolders } from '../../support/open-folders.js';
import { anyCompiler, reasonOf } from './c/compilers.js';
import { hasOpencl, reason } from './opencl/devices.js';

const { all, folder } = openFolders('interneuron-processes-');
const model = 'fixtures/brian/delays-small.yaml';
const cache = (): string => join(folder(), 'cache');
const fingerprintOf = (printed: string): string => /^fingerprint {2}([0-9a-f]{64})$/m.exec(printed)?.[1] ?? printed;
const expected = fingerprintOf((await runCommand(['run', join(root, model), '--target', 'reference'])).stdout);

function start(
  target: string,
  environment: ProcessOptions['environment'] = {},
  words: readonly string[] = [],
): ProgramProcess {
  return startProgram(['run', model, '--target', target, ...words], {
    environment: { INTERNEURON_CACHE: cache(), ...environment },
  });
}

/** The fingerprint, or the error. */
const outcome = ({ code, stdout, stderr }: Ended): string =>
  code === 0 ? fingerprintOf(stdout) : `${code}: ${stderr}`;

/** Names in a target's folder of the cache. */
const names = (target: string): string[] =>
  existsSync(join(cache(), target)) ? readdirSync(join(cache(), target)) : [];
const lines = (path: string): number => (existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0);

/** Ends a program and, unless it is to become an orphan, all processes that it started. */
async function kill({ child, ended }: ProgramProcess, which: 'alone' | 'with its compiler'): Promise<void> {
  if (which === 'alone') child.kill('SIGKILL');
  else process.kill(-(child.pid ?? 0), 'SIGKILL');
  expect((await ended).code).toBeNull();
}

/**
 * A C compiler that appends a line to `compilations` for each library; `first` is run before, when only half a library
 * is written.
 */
function compilerThat(first: string): string {
  const path = join(folder(), 'cc.sh');
  const real = anyCompiler?.command.join(' ') ?? '';
  writeFileSync(
    path,
    `#!/bin/sh
case "$*" in
  *-shared*network.so*) echo x >> '${folder()}/compilations'; ${first} ;;
esac
exec ${real} "$@"
`,
  );
  chmodSync(path, 0o755);
  return path;
}

const compilations = (): number => lines(join(folder(), 'compilations'));

describe.skipIf(anyCompiler === undefined)(`the c target${reasonOf(anyCompiler, 'a C compiler')}`, () => {
  const entries = (): string[] => names('c').filter((name) => !name.startsWith('.'));

  const shared = 'two processes that compile the same model at once share one whole entry';
  test.skipIf(!triesAll)(slow(shared), async () => {
    // Neither goes on before both compile.
    const CC = compilerThat(`while [ $(wc -l < '${folder()}/compilations') -lt 2 ]; do sleep 0.02; done`);
    const both = [start('c', { CC }), start('c', { CC })];
    expect(await Promise.all(both.map(async ({ ended }) => outcome(await ended)))).toEqual([expected, expected]);
    expect(compilations()).toBe(2);
    expect(names('c')).toEqual(entries());
    expect(entries()).toHaveLength(1);
    expect(outcome(await start('c', { CC }).ended)).toBe(expected);
    expect(compilations()).toBe(2);
  });

  test.each(someOf(['alone', 'with its compiler'] as const, 2, 'ways to be killed'))(
    'killed %s in the middle of compiling: the next run compiles again',
    async (which) => {
      const CC = compilerThat(
        `[ $(wc -l < '${folder()}/compilations') -gt 1 ] || { echo 'half a library' > network.so; until [ -e ` +
          `'${folder()}/go' ]; do sleep 0.02; done; }`,
      );
      const first = start('c', { CC });
      await until(() => compilations() === 1, 'the compiler starts');
      await kill(first, which);
      expect(entries()).toEqual([]);
      expect(names('c')).toHaveLength(1);
      // Nothing of the first waits for anybody or is waited for.
      expect(outcome(await start('c', { CC }).ended)).toBe(expected);
      expect(entries()).toHaveLength(1);
      // An orphaned compiler that ends later has no effect.
      writeFileSync(join(folder(), 'go'), '');
      const left = names('c').find((name) => name.startsWith('.')) ?? '';
      const library = join(cache(), 'c', left, 'network.so');
      if (which === 'alone') await until(() => statSync(library).size > 1000, 'the compiler that was left behind ends');
      expect(outcome(await start('c', { CC }).ended)).toBe(expected);
      expect(compilations()).toBe(2);
      expect(entries()).toHaveLength(1);
    },
  );

  test('without a compiler it names the package to install', async () => {
    const { code, stderr } = await start('c', { CC: undefined, PATH: join(folder(), 'nothing') }).ended;
    expect(code).toBe(2);
    expect(stderr).toContain('no C compiler was found: none of cc, gcc and clang can be started');
    expect(stderr).toMatch(process.platform === 'darwin' ? /xcode-select/ : /apt-get install gcc/);
  });

  test.each(someOf(['no-such-compiler --fast', 'false', '/', '"gcc'], 4, 'values of CC'))(
    'CC that names no compiler is not passed over: %s',
    async (CC) => {
      const { code, stderr } = await start('c', { CC }).ended;
      expect(code).toBe(2);
      expect(stderr).toContain(`the C compiler that CC names cannot be started: ${CC}`);
      expect(stderr).toMatch(
        process.platform === 'darwin' ? /unset CC.*xcode-select/ : /unset CC.*apt-get install gcc/,
      );
      const listed = await startProgram(['targets'], { environment: { CC } }).ended;
      expect(listed.code).toBe(0);
      expect(listed.stdout).toContain(`the C compiler that CC names cannot be started: ${CC}`);
    },
  );

  test('a compiler that reports success without an output is found out', async () => {
    const { code, stderr } = await start('c', { CC: 'echo compiled' }).ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/reported success for the generated source \S+network\.c but wrote no library/);
    expect(entries()).toEqual([]);
  });

  test('a cache without room only costs time', async () => {
    const CC = compilerThat(
      'case "$PWD" in */cache/*) echo "ld: final link failed: No space left on device" >&2; exit 1 ;; esac',
    );
    expect(outcome(await start('c', { CC }).ended)).toBe(expected);
    expect(compilations()).toBe(2);
    expect(names('c')).toEqual([]);
  });

  test('a disk without room anywhere is named', async () => {
    const nowhere = startProgram(['run', model, '--target', 'c'], {
      environment: { INTERNEURON_CACHE: cache() },
      fileBlocks: 32,
    });
    const { code, stderr } = await nowhere.ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/compiling needs a folder, and \S+ cannot be written: EFBIG/);
    expect(stderr).toContain('set TMPDIR and INTERNEURON_CACHE to folders with more');
  });

  test('a compiler that fails is quoted, with the path of the source, which stays', async () => {
    const CC = compilerThat('echo "network.c:7:3: error: no space for registers" >&2; exit 1');
    const { code, stderr } = await start('c', { CC }).ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /cannot compile the generated source \S+network\.c: network\.c:7:3: error: no space for registers/,
    );
    const source = /source (\S+network\.c)/.exec(stderr)?.[1] ?? '';
    expect(readFileSync(source, 'utf8')).toContain('network_create');
    expect(readFileSync(join(source, '../compiler.log'), 'utf8')).toContain('no space for registers');
    expect(entries()).toEqual([]);
    rmSync(join(source, '..'), { recursive: true });
  });
});

/** A library in place of the loader of drivers, which knows the worst of times. */
async function stub(): Promise<string> {
  const path = join(all, 'stub.so');
  const source = join(root, 'test/support/opencl-stub/stub.c');
  const options = [
    '-shared',
    '-fPIC',
    '-O1',
    '-Wall',
    '-Werror',
    '-o',
    path,
    source,
    '-Wl,--no-as-needed',
    '-l:libOpenCL.so.1',
    '-ldl',
  ];
  const { status, stderr } = await runProgram([...(anyCompiler?.command ?? ['cc']), ...options]);
  if (status !== 0) throw new Error(stderr);
  return path;
}

const canStub = hasOpencl && anyCompiler !== undefined && process.platform === 'linux';
const loader = canStub ? await stub() : '';

describe.skipIf(!canStub || !triesAll)(
  slow(`the opencl target${canStub ? '' : reason || ' (skipped: no C compiler for the stub)'}`),
  () => {
    const environment = (more: Record<string, string> = {}): Record<string, string> => ({
      INTERNEURON_OPENCL_LIBRARY: loader,
      STUB_FOLDER: folder(),
      POCL_CACHE_DIR: join(folder(), 'driver'),
      ...more,
    });
    const builds = (): number => lines(join(folder(), 'builds'));

    test('two processes that compile the same model at once share one whole entry', async () => {
      // The first builds are only for the trust kernel; later ones wait until both processes have reached them. Each
      // has its own cache of the driver: PoCL 3.1 may end a process that compiles the same source as another one.
      const both = [1, 2].map((k) =>
        start('opencl', environment({ STUB_TOGETHER: '2', POCL_CACHE_DIR: join(folder(), `driver-${k}`) })),
      );
      expect(await Promise.all(both.map(async ({ ended }) => outcome(await ended)))).toEqual([expected, expected]);
      expect(names('opencl')).toHaveLength(1);
      expect(outcome(await start('opencl', environment()).ended)).toBe(expected);
    });

    test('killed in the middle of compiling: the next run compiles again', async () => {
      const first = start('opencl', environment({ STUB_WAIT: '1' }));
      await until(() => builds() === 1, 'the compiler starts');
      await kill(first, 'alone');
      expect(names('opencl')).toEqual([]);
      expect(outcome(await start('opencl', environment()).ended)).toBe(expected);
      expect(names('opencl')).toHaveLength(1);
    });

    test.each([0, 400])('killed %i ms after the compiler was let go: no wrong result', async (milliseconds) => {
      const first = start('opencl', environment({ STUB_WAIT: '1' }));
      await until(() => builds() === 1, 'the compiler starts');
      writeFileSync(join(folder(), 'go'), '');
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      first.child.kill('SIGKILL');
      await first.ended;
      expect(outcome(await start('opencl', environment()).ended)).toBe(expected);
      expect(names('opencl').filter((name) => name.endsWith('.clbin'))).toHaveLength(1);
    });

    test('a device that vanishes during a run ends it, and leaves a file that is marked as incomplete', async () => {
      const output = join(folder(), 'out.nwb');
      const run = start('opencl', environment(), ['--duration', '100000 s', '-o', output]);
      await until(() => readdirSync(folder()).some((name) => name.startsWith('out.')), 'the run begins');
      writeFileSync(join(folder(), 'gone'), '');
      const { code, stderr } = await run.ended;
      expect(code).toBe(2);
      expect(stderr).toMatch(/the OpenCL device .* stopped working: CL_OUT_OF_RESOURCES from clFinish/);
      expect(existsSync(output)).toBe(false);
    });

    test('a driver that contracts is refused before anything runs, and listed with the reason', async () => {
      const { code, stderr } = await start('opencl', environment({ STUB_CONTRACT: '1' })).ended;
      expect(code).toBe(2);
      expect(stderr).toMatch(/cannot be trusted: multiplication and addition are contracted/);
      const listed = await startProgram(['targets', '--json'], { environment: environment({ STUB_CONTRACT: '1' }) })
        .ended;
      const { targets } = JSON.parse(listed.stdout) as {
        targets: { target: string; available: boolean; reason?: string }[];
      };
      expect(targets.find(({ target }) => target === 'opencl')).toMatchObject({
        available: false,
        reason: expect.stringContaining('contracted') as string,
      });
    });

    test('a model that is too large for the device: the needed and the present amount', async () => {
      const large = join(folder(), 'large.yaml');
      writeFileSync(
        large,
        'format: interneuron/brian\nneuron_groups: { cells: { N: 300000000, model: "dv/dt = -v/(10*ms) : 1" } ' +
          '}\nrun: 1 ms\n',
      );
      // PoCL, which offers the machine's memory, is limited to one GiB.
      const { code, stderr } = await startProgram(['run', large, '--target', 'opencl'], {
        environment: environment({ INTERNEURON_CACHE: cache(), POCL_MEMORY_LIMIT: '1' }),
      }).ended;
      expect(code).toBe(1);
      expect(stderr).toMatch(/the model needs 2\.\d GB of memory; opencl can use (?:1\.0\d|0\.\d\d) GB/);
    });
  },
);

const anyTarget = ['wasm', ...(anyCompiler ? ['c'] : []), ...(hasOpencl ? ['opencl'] : [])];

/** Files of a target's cache, below whatever folders it has. */
const keptFiles = (target: string): string[] =>
  readdirSync(cache(), { recursive: true, encoding: 'utf8' })
    .map((name) => join(cache(), name))
    .filter((path) => statSync(path).isFile() && (target === 'wasm' || path.includes(`/${target}/`)));

const openclToo = hasOpencl && triesAll;
describe.each(
  someOf(
    anyTarget.filter((target) => target !== 'opencl' || openclToo),
    3,
    'targets',
  ),
)('what is kept for the target %s', (target) => {
  // The driver's own cache is not tested here.
  const driver = { POCL_CACHE_DIR: join(all, 'driver') };
  const run = async (): Promise<string> => outcome(await start(target, driver).ended);

  test.skipIf(!triesAll)(slow('is made anew where it is damaged, byte for byte'), async () => {
    expect(await run()).toBe(expected);
    const [path = ''] = keptFiles(target)
      .filter((file) => /\.(?:wasm|so|dylib|clbin)$/.test(file))
      .sort((one, other) => statSync(other).size - statSync(one).size);
    const whole = readFileSync(path);
    const middle = Math.floor(whole.length / 2);
    const flipped = (from: number, to: number): Buffer =>
      Buffer.from(whole.map((byte, k) => (k >= from && k < to ? byte ^ 0xff : byte)));
    const damaged: readonly Buffer[] = [
      whole.subarray(0, middle),
      Buffer.alloc(0),
      Buffer.alloc(whole.length),
      flipped(middle, middle + 1),
      flipped(whole.length - 1, whole.length),
      flipped(0, 8),
    ];
    for (const bytes of damaged) {
      writeFileSync(path, bytes);
      expect(await run()).toBe(expected);
      // Drivers may put dates into binaries.
      if (target === 'wasm') expect(readFileSync(path).equals(whole)).toBe(true);
      else expect(readFileSync(path).equals(bytes)).toBe(false);
    }
  });

  const places = [
    { where: 'a file', make: () => (writeFileSync(cache(), 'something'), cache()) },
    { where: 'below a file', make: () => (writeFileSync(cache(), 'something'), join(cache(), 'a/b')) },
    { where: 'where the system makes no folders', make: () => '/proc/no/such/folder' },
    { where: 'a device', make: () => '/dev/null' },
    { where: 'a name that is too long', make: () => join(folder(), 'a'.repeat(300)) },
    { where: 'not there yet', make: () => join(folder(), 'some/where/else') },
    {
      where: 'a name that shells and compilers read otherwise',
      make: () => join(folder(), `-o "a' $(touch x) ;b\n`),
    },
  ];
  // Targets have the code for places in common, and take turns at them.
  test.each(someOf(places.slice(anyTarget.indexOf(target)), 3, 'places', 3))('may be $where', async ({ make }) => {
    const INTERNEURON_CACHE = make();
    expect(outcome(await start(target, { INTERNEURON_CACHE, ...driver }).ended)).toBe(expected);
    expect(existsSync(join(folder(), 'x'))).toBe(false);
  });
});

test("a variable that names no cache is ignored: no file is written outside the user's folder", async () => {
  const before = readdirSync(root);
  const environment = { INTERNEURON_CACHE: '', XDG_CACHE_HOME: 'relative', HOME: folder() };
  expect(outcome(await start(anyTarget.includes('c') ? 'c' : 'wasm', environment).ended)).toBe(expected);
  expect(readdirSync(root)).toEqual(before);
  expect(readdirSync(join(folder(), '.cache', 'interneuron')).length).toBeGreaterThan(0);
});

const isRoot = process.getuid?.() === 0;
/** A user with read access to all files here and no write access. */
const nobody = 65534;

describe.skipIf(!isRoot || anyCompiler === undefined)(
  `a cache that may only be read${isRoot ? '' : ' (skipped: only root can become somebody else)'}`,
  () => {
    const targets = ['wasm', 'c', ...(openclToo ? ['opencl'] : [])];
    test.each(someOf(targets, 3, 'targets'))(
      'serves what it has, and costs time for what it has not: %s',
      async (target) => {
        expect(outcome(await start(target).ended)).toBe(expected);
        const before = names(target);
        chmodSync(cache(), 0o755);
        const environment = { INTERNEURON_CACHE: cache(), HOME: folder(), POCL_CACHE_DIR: join(folder(), 'driver') };
        const asNobody = (...words: string[]): Promise<Ended> =>
          startProgram(['run', model, '--target', target, ...words], { uid: nobody, environment }).ended;
        expect(outcome(await asNobody())).toBe(expected);
        expect(await asNobody('--precision', 'float32', '--quiet')).toMatchObject({ code: 0, stderr: '' });
        expect(names(target)).toEqual(before);
      },
    );
  },
);
