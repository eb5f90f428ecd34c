/** The C compiler of this machine: its command, and the properties that its output depends on. */

import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import { runProgram as run, type Outcome } from '../../../src/platform/start-program.js';

/** A compiler that answered. */
export interface Compiler {
  /** The program and its fixed arguments, as in `ccache gcc`. */
  readonly command: readonly [string, ...string[]];
  /** `gcc 12.2.0`, `clang 14.0.6`. */
  readonly title: string;
  /** The complete output of its version option. */
  readonly version: string;
}

/** Runs a program whose messages are in English, so that they can be read for the first error. */
export const runProgram = (command: readonly string[], options: { readonly cwd?: string } = {}): Promise<Outcome> =>
  run(command, { ...options, environment: { LC_ALL: 'C' } });

/** The compiler that `$CC` names, as for `make` and `cmake`: none other is tried then. */
const wanted = (): string => (process.env['CC'] ?? '').trim();

/** Compilers to try, in order. */
function candidates(): readonly (readonly [string, ...string[]])[] {
  const [program, ...words] = wanted().split(/\s+/);
  return program === undefined || program === '' ? [['cc'], ['gcc'], ['clang']] : [[program, ...words]];
}

/** Returns `gcc 12.2.0` from the output of `--version`. */
function titleOf(version: string): string {
  const [first = ''] = version.split('\n');
  const number =
    /\b(\d+\.\d+(?:\.\d+)?)\b/.exec(first.replace(/\([^)]*\)/g, ''))?.[1] ??
    /\d+\.\d+(?:\.\d+)?/.exec(first)?.[0] ??
    '';
  const family = /clang/i.test(first) ? 'clang' : /gcc|\bcc\b/i.test(first) ? 'gcc' : (first.split(' ')[0] ?? 'cc');
  return `${family} ${number}`.trim();
}

/** The compiler that a command starts, or undefined. */
export async function askCompiler(command: readonly [string, ...string[]]): Promise<Compiler | undefined> {
  const { status, stdout } = await runProgram([...command, '--version']);
  return status === 0 && stdout !== '' ? { command, title: titleOf(stdout), version: stdout.trim() } : undefined;
}

const firstCompilers = new Map<string, Promise<Compiler | undefined>>();

/** The first compiler that answers; asked once for each value of `$CC`. */
export function findCompiler(): Promise<Compiler | undefined> {
  const known = firstCompilers.get(wanted());
  if (known) return known;
  const found = (async () => {
    for (const command of candidates()) {
      const compiler = await askCompiler(command);
      if (compiler) return compiler;
    }
    return undefined;
  })();
  firstCompilers.set(wanted(), found);
  return found;
}

const install =
  process.platform === 'darwin'
    ? 'install the command line tools: xcode-select --install'
    : 'install a C compiler: apt-get install gcc (Debian, Ubuntu), dnf install gcc (Fedora)';

/** The error for a missing compiler, with the package to install. */
export function missingCompiler(): UsageError {
  const wantedCompiler = wanted();
  return wantedCompiler === ''
    ? new UsageError(
        'no C compiler was found: none of cc, gcc and clang can be started',
        `${install}, or set CC to your compiler`,
      )
    : new UsageError(
        `the C compiler that CC names cannot be started: ${wantedCompiler}`,
        `unset CC to use cc, gcc or clang, or ${install}`,
      );
}

/**
 * Long kernels run a tenth faster when gcc orders instructions with an eye on registers. Where rates choose between
 * long expressions, it finds vector lanes for the loop only as long as it does not copy code for known outcomes.
 */
const gccFlags = ['-fschedule-insns', '-fsched-pressure', '-fno-thread-jumps'];

/** Options that keep the bits; `-march=native` may change the instructions, never the results. */
export function compileFlags(level: OptimisationLevel, parallel: boolean, compiler = ''): readonly string[] {
  const machine = { x64: ['-march=native'], arm64: ['-mcpu=native'] }[process.arch as string] ?? [];
  return [
    '-std=c11',
    level,
    ...machine,
    // Must come before the other options, which it would override.
    '-fno-fast-math',
    '-ffp-contract=off',
    '-fno-math-errno',
    '-fno-trapping-math',
    '-fno-strict-aliasing',
    ...(compiler.startsWith('gcc') ? gccFlags : []),
    '-fPIC',
    parallel ? '-fopenmp' : '-fopenmp-simd',
  ];
}

/** Level of the compiler's optimisation; no result depends on it. */
export type OptimisationLevel = '-O0' | '-O1' | '-O2' | '-O3';

/**
 * The output of `-march=native` depends on the processor's kind and features, so a cache shared by several machines
 * must include them.
 */
export function processorFeatures(): string {
  const models = new Set(cpus().map(({ model }) => model));
  let features = '';
  try {
    features = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
  } catch {
    // On other systems the processor's model name suffices.
  }
  return `${process.platform} ${process.arch} ${[...models].sort().join(', ')} ${features}`;
}
