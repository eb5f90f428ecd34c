import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.js';

/**
 * Tests with processes of their own: they load native libraries, set variables of the environment, run compilers, or
 * start the program. All others leave no state in the process behind: their files share it, and load sources once.
 */
const apart = [
  'test/runtime/targets/**/*.test.ts',
  'test/fixtures/targets/*.test.ts',
  'test/{fuzz,python,scripts,serve}/*.test.ts',
  'test/cli/{bad-input,process,progress,starting,sweep}.test.ts',
  'test/run/choose-target.test.ts',
  'test/runtime/results/{damaged,nwb/memory}.test.ts',
  'test/interoperability/pynn-native.test.ts',
  'test/docs/transcripts.test.ts',
  'test/site/page.test.ts',
  'test/codegen/**/{hostile-names,differential,pace,opencl-project,cuda-project,cable-teams}.test.ts',
];

// Processes rather than threads: what native code breaks is then the failure of one file.
export default defineConfig({
  test: {
    testTimeout: 60_000,
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    maxWorkers: availableParallelism(),
    // Python compiles what it imports once for all tests: without it, each start of Brian 2 or PyNN takes seconds more.
    env: { PYTHONDONTWRITEBYTECODE: '', PYTHONPYCACHEPREFIX: fileURLToPath(new URL('out/bytecode', import.meta.url)) },
    projects: [
      {
        extends: true,
        test: { name: 'shared', include: ['test/**/*.test.ts'], exclude: apart, isolate: false },
      },
      {
        extends: true,
        test: { name: 'apart', include: apart, globalSetup: 'test/support/program-bundle.ts' },
      },
    ],
  },
});
