import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { Durations } from './test/support/durations.js';
import { longFiles, longTestsNow, type LongChoice } from './test/support/long-tests.js';
import { LongestFirst } from './test/support/longest-first.js';
import { testsByPython } from './test/support/python-tests.js';
import { SkipReasons } from './test/support/skip-reasons.js';

/**
 * Tests with processes of their own: they load native libraries, set variables of the environment, run compilers, or
 * start the program. All others leave no state in the process behind: their files share it, and load sources once.
 */
const apart = [
  'test/runtime/targets/**/*.test.ts',
  'test/fixtures/targets/*.test.ts',
  'test/{fuzz,python,scripts,serve}/*.test.ts',
  'test/cli/{bad-input,process,progress,starting,sweep,what-is}.test.ts',
  'test/pipeline/choose-target.test.ts',
  'test/runtime/results/{damaged,nwb/memory}.test.ts',
  'test/interoperability/pynn-{compartments,native}.test.ts',
  'test/docs/transcripts.test.ts',
  'test/matrix/matrix.test.ts',
  'test/simulators/run-on.test.ts',
  'test/simulators/ranks.test.ts',
  'test/site/page.test.ts',
  'test/site/reports.test.ts',
  'test/codegen/**/{hostile-names,differential,pace,opencl-project,cuda-project,cable-teams}.test.ts',
];

/** As `askedEffort` in test/support/effort.ts, which needs a running test. */
const effort = process.env['INTERNEURON_TESTS'] ?? 'quick';
/** Files that are named are always run. */
const isNamed = process.argv.some((word) => word.startsWith('test/'));
const all: LongChoice = { run: new Map(), left: [], cases: new Map() };
const quick = (): LongChoice => ({ ...all, left: longFiles() });
/** While the environments of Python are made, `.ci/run` runs the tests that need none, and then the others. */
const part = process.env['INTERNEURON_PART'];
const otherPart = (): readonly string[] => testsByPython()[part === 'with-python' ? 'without-python' : 'with-python'];

async function choose(): Promise<{ readonly long: LongChoice; readonly left: string[] }> {
  const long = isNamed ? all : effort === 'quick' ? quick() : effort === 'change' ? await longTestsNow() : all;
  return { long, left: [...long.left, ...(part === undefined ? [] : otherPart())] };
}

/** Vitest evaluates this file for each project; the choice takes seconds. */
const shared = globalThis as { choice?: ReturnType<typeof choose> };
const { long, left } = await (shared.choice ??= choose());

/** What is kept of a run of all tests. */
const jsonReport: [string, Record<string, unknown>] = [
  'json',
  { outputFile: part === undefined ? 'out/tests.json' : `out/tests-${part}.json` },
];
const reports = [jsonReport, new Durations()];

// Processes rather than threads: what native code breaks is then the failure of one file.
export default defineConfig({
  test: {
    // By the clock, on a machine that does much else: it ends only what waits for ever.
    testTimeout: 1_200_000,
    hookTimeout: 1_200_000,
    pool: 'forks',
    setupFiles: ['test/support/measure-file.ts', 'test/support/cases.ts', 'test/support/notations.ts'],
    reporters: ['default', new SkipReasons(long), ...(isNamed || effort === 'quick' ? [] : reports)],
    sequence: { sequencer: LongestFirst },
    maxWorkers: availableParallelism(),
    // Both projects and later runs take a source that has not changed from there.
    experimental: { fsModuleCache: true, fsModuleCachePath: fileURLToPath(new URL('out/modules', import.meta.url)) },
    // Python compiles what it imports once for all tests: without it, each start of Brian 2 or PyNN takes seconds more.
    provide: { leftCases: Object.fromEntries([...long.cases].map(([file, cases]) => [file, cases.left])) },
    env: { PYTHONDONTWRITEBYTECODE: '', PYTHONPYCACHEPREFIX: fileURLToPath(new URL('out/bytecode', import.meta.url)) },
    projects: [
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: [...apart, ...left],
          isolate: false,
          globalSetup: ['test/support/page-program.ts', 'test/support/reached-roads.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'apart',
          include: apart,
          exclude: left,
          globalSetup: ['test/support/program-bundle.ts', 'test/support/reached-roads.ts'],
        },
      },
    ],
  },
});
