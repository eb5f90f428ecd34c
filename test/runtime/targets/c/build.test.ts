/** Compiling, and the cache of libraries: failures give their reason, and damaged entries are compiled again. */

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildLibrary, cacheKey } from '../../../../runtime/targets/c/build.js';
import type { Sources } from '../../../../runtime/targets/c/build.js';
import { askCompiler, compileFlags } from '../../../../runtime/targets/c/compiler.js';
import type { Compiler } from '../../../../runtime/targets/c/compiler.js';
import { cTargetWith } from '../../../../runtime/targets/c/target.js';
import { UsageError } from '../../../../src/diagnostics/diagnostic.js';
import { twoPopulations } from '../../../support/two-populations.js';
import { anyCompiler, reasonOf } from './compilers.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interneuron-build-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const source = 'int network_answer(void);\nint network_answer(void) { return 42; }\n';

/** A compiler that counts its calls and can be told to fail. */
function scripted(body: string): Compiler {
  const path = join(folder, 'compiler.sh');
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return { command: [path], title: 'scripted 1.0', version: 'scripted 1.0' };
}

/** Passes its arguments on to a real compiler, and logs a line for each call. */
function counting(compiler: Compiler): Compiler {
  return scripted(`echo call >> '${join(folder, 'calls')}'\nexec ${compiler.command.join(' ')} "$@"`);
}

const calls = (): number =>
  existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n').length : 0;
const sourcesOf = (compiler: Compiler, text = source): Sources => ({
  files: new Map([['network.c', text]]),
  compiler,
  flags: ['-fPIC'],
});

const isRoot = process.getuid?.() === 0;

describe.skipIf(anyCompiler === undefined)(`the cache of libraries${reasonOf(anyCompiler, 'a C compiler')}`, () => {
  const compiler = anyCompiler as Compiler;
  const cache = (): string => join(folder, 'cache');
  const entries = (): string[] => readdirSync(cache());

  test('compiles once', async () => {
    const sources = sourcesOf(counting(compiler));
    const first = await buildLibrary(sources, cache());
    const second = await buildLibrary(sources, cache());
    expect(second.path).toBe(first.path);
    expect(calls()).toBe(1);
    expect(entries()).toEqual([cacheKey(sources)]);
  });

  test('an entry depends on the source, the compiler, its version and its options', () => {
    const sources = sourcesOf(compiler);
    const others: Sources[] = [
      sourcesOf(compiler, `${source}\n`),
      { ...sources, compiler: { ...compiler, version: `${compiler.version}.1` } },
      { ...sources, compiler: { ...compiler, command: ['other'] } },
      { ...sources, flags: ['-fPIC', '-O1'] },
      { ...sources, files: new Map([...sources.files, ['network.h', '']]) },
    ];
    expect(new Set([sources, ...others].map(cacheKey)).size).toBe(6);
    expect(cacheKey(sourcesOf(compiler))).toBe(cacheKey(sources));
  });

  test.each([
    { damage: 'cut short', change: (path: string) => truncateSync(path, 100) },
    { damage: 'emptied', change: (path: string) => truncateSync(path, 0) },
    { damage: 'removed', change: (path: string) => rmSync(path) },
    { damage: 'overwritten', change: (path: string) => writeFileSync(path, 'no library at all') },
  ])('a library $damage is made anew', async ({ change }) => {
    const sources = sourcesOf(counting(compiler));
    const { path } = await buildLibrary(sources, cache());
    const whole = readFileSync(path);
    change(path);
    const again = await buildLibrary(sources, cache());
    expect(calls()).toBe(2);
    expect(readFileSync(again.path).length).toBe(whole.length);
    expect(await buildLibrary(sources, cache())).toMatchObject({ path });
    expect(calls()).toBe(2);
    expect(entries()).toEqual([cacheKey(sources)]);
  });

  test('an entry without its digest, as a kill in the middle would leave one, is made anew', async () => {
    const sources = sourcesOf(counting(compiler));
    const { path } = await buildLibrary(sources, cache());
    rmSync(`${path}.sha256`);
    await buildLibrary(sources, cache());
    expect(calls()).toBe(2);
    expect(existsSync(`${path}.sha256`)).toBe(true);
  });

  test('many at once make one entry that is whole', async () => {
    const sources = sourcesOf(compiler);
    const built = await Promise.all(Array.from({ length: 6 }, () => buildLibrary(sources, cache())));
    expect(new Set(built.map(({ path }) => path)).size).toBe(1);
    expect(entries()).toEqual([cacheKey(sources)]);
    expect(existsSync(built[0]?.path ?? '')).toBe(true);
  });

  test('a cache path without a possible folder is no error', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const built = await buildLibrary(sourcesOf(compiler), join(file, 'below'));
    expect(existsSync(built.path)).toBe(true);
    await built.discard();
    expect(existsSync(built.path)).toBe(false);
  });

  test.skipIf(isRoot)(
    `a folder that may only be read is no error${isRoot ? ' (skipped: root may write everywhere)' : ''}`,
    async () => {
      await buildLibrary(sourcesOf(compiler), cache());
      chmodSync(cache(), 0o555);
      try {
        const known = await buildLibrary(sourcesOf(compiler), cache());
        expect(known.path.startsWith(cache())).toBe(true);
        const fresh = await buildLibrary(sourcesOf(compiler, `${source}/* other */\n`), cache());
        expect(fresh.path.startsWith(cache())).toBe(false);
        expect(existsSync(fresh.path)).toBe(true);
        await fresh.discard();
      } finally {
        chmodSync(cache(), 0o755);
      }
    },
  );

  test("the compiler's message is kept, with the place of the source", async () => {
    const broken = sourcesOf(compiler, 'int network_answer(void) { return oops; }\n');
    const failure = await buildLibrary(broken, cache()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UsageError);
    const { message, hint } = failure as UsageError;
    expect(message).toContain(`${compiler.title} cannot compile the generated source`);
    expect(message).toMatch(/error: .*oops/);
    const path = /source (\S+network\.c)/.exec(message)?.[1] ?? '';
    expect(readFileSync(path, 'utf8')).toContain('oops');
    expect(readFileSync(/in (\S+compiler\.log)/.exec(hint ?? '')?.[1] ?? '', 'utf8')).toContain('oops');
    // It is no entry: the next attempt compiles again.
    expect(existsSync(join(cache(), cacheKey(broken)))).toBe(false);
  });

  test('files of a killed compilation are removed after a day', async () => {
    const [old, recent] = ['.old', '.recent'].map((name) => join(cache(), name)) as [string, string];
    for (const path of [old, recent]) mkdirSync(path, { recursive: true });
    const twoDaysAgo = new Date(Date.now() - 48 * 3600 * 1000);
    utimesSync(old, twoDaysAgo, twoDaysAgo);
    await buildLibrary(sourcesOf(compiler), cache());
    expect([existsSync(old), existsSync(recent)]).toEqual([false, true]);
  });

  test('a compiler that dies is an error', async () => {
    const dying = scripted('echo half a library > network.so\nkill -9 $$');
    await expect(buildLibrary(sourcesOf(dying), cache())).rejects.toThrow(/scripted 1\.0 cannot compile/);
    expect(entries().filter((name) => !name.startsWith('.'))).toEqual([]);
  });
});

describe('the compiler', () => {
  test('that is not there is undefined', async () => {
    expect(await askCompiler(['/no/such/compiler'])).toBeUndefined();
  });

  test.each([
    ['gcc (Debian 12.2.0-14+deb12u1) 12.2.0\nCopyright (C) 2022 Free Software Foundation, Inc.', 'gcc 12.2.0'],
    ['cc (GCC) 13.2.1 20240316 (Red Hat 13.2.1-7)\nCopyright (C) 2023 Free Software Foundation, Inc.', 'gcc 13.2.1'],
    ['Debian clang version 14.0.6\nTarget: x86_64-pc-linux-gnu', 'clang 14.0.6'],
    ['Apple clang version 15.0.0 (clang-1500.3.9.4)', 'clang 15.0.0'],
  ])('says its name and version: %j', async (version, title) => {
    const file = join(folder, 'version');
    writeFileSync(file, version);
    expect(await askCompiler([...scripted(`cat '${file}'`).command])).toMatchObject({ title });
  });

  test('gets options that keep the bits', () => {
    for (const parallel of [false, true]) {
      const flags = compileFlags('-O3', parallel);
      expect(flags).toEqual(expect.arrayContaining(['-ffp-contract=off', '-fno-fast-math']));
      expect(flags.some((flag) => /^-(?:Ofast|ffast-math|funsafe)/.test(flag))).toBe(false);
      expect(flags.includes('-fopenmp')).toBe(parallel);
      // gcc's -fno-fast-math turns the error numbers and traps of arithmetic on again, which keep it from using vector
      // lanes.
      expect(flags.indexOf('-fno-fast-math')).toBeLessThan(flags.indexOf('-fno-math-errno'));
    }
  });

  test.skipIf(anyCompiler === undefined)(
    `that computes fast instead of right is refused when compiling${reasonOf(anyCompiler, 'a C compiler')}`,
    async () => {
      const fast = scripted(`exec ${(anyCompiler as Compiler).command.join(' ')} "$@" -ffast-math`);
      const target = cTargetWith({ compiler: fast });
      await expect(target.compile(twoPopulations, { threads: 1, cacheDirectory: folder })).rejects.toThrow(
        /-ffast-math/,
      );
    },
  );
});

describe('missing tools', () => {
  test('a compiler: the target names the package to install', async () => {
    const target = cTargetWith({ compiler: null });
    const { available, reason, hint } = await target.probe();
    expect(available).toBe(false);
    expect(reason).toMatch(/no C compiler/);
    expect(hint).toMatch(process.platform === 'darwin' ? /xcode-select/ : /apt-get install gcc/);
    const failure = await target.compile(twoPopulations, {}).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UsageError);
    expect(failure).toMatchObject({ message: reason, hint });
  });

  test.skipIf(anyCompiler === undefined)(
    `OpenMP: threads that were asked for are refused, others are one${reasonOf(anyCompiler, 'a C compiler')}`,
    async () => {
      const without = scripted(
        'for word; do [ "$word" = -fopenmp ] && { echo "error: no libomp" >&2; exit 1; }; done\nexec ' +
          `${(anyCompiler as Compiler).command.join(' ')} "$@"`,
      );
      const target = cTargetWith({ compiler: { ...without, title: 'clang 99.0' }, available: 4 });
      const failure = await target
        .compile(twoPopulations, { threads: 2, cacheDirectory: folder })
        .catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(UsageError);
      expect(failure).toMatchObject({
        message: 'clang 99.0 has no OpenMP, which is needed for 2 threads',
        hint: expect.stringContaining('libomp-dev') as string,
      });
      const large = {
        ...twoPopulations.manifest,
        populations: [{ name: 'a', size: 1_000_000, event: null, recorded: false }],
      };
      const executable = await target.compile({ ...twoPopulations, manifest: large }, { cacheDirectory: folder });
      expect(executable.threads).toBe(1);
    },
  );
});
