import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Folders of tests that leave no state in the process behind: their files share it, and load the program once. */
const shared = ['codegen', 'diagnostics', 'draw', 'ir', 'lang', 'library', 'lower', 'model', 'optimise', 'translators'];
const own = '{' + shared.join(',') + '}';
/** Tests of these folders that run compilers have processes of their own. */
const compiling = 'test/codegen/**/{hostile-names,differential,pace,opencl-project,cuda-project}.test.ts';

// Processes rather than threads: what native code breaks is then the failure of one file.
export default defineConfig({
  test: {
    testTimeout: 60_000,
    pool: 'forks',
    maxWorkers: availableParallelism(),
    projects: [
      {
        extends: true,
        test: { name: 'shared', include: [`test/${own}/**/*.test.ts`], exclude: [compiling], isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'apart',
          include: [`test/!(${shared.join('|')})/**/*.test.ts`, 'test/*.test.ts', compiling],
          globalSetup: 'test/support/program-bundle.ts',
        },
      },
    ],
  },
});
