import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.js';
import { SkipReasons } from './test/support/skip-reasons.js';

/**
 * Tests with processes of their own: they load native libraries, set variables of the environment, run compilers, or
 * start the program. All others leave no state in the process behind: their files share it, and load sources once.
 */
const apart = [
  'test/runtime/targets/**/*.test.ts',
  'test/fixtures/targets/*.test.ts',
  'test/{fuzz,python,scripts,serve}/*.test.ts',
  'test/cli/{bad-input,process,progress,starting,sweep}.test.ts',
  'test/pipeline/choose-target.test.ts',
  'test/runtime/results/{damaged,nwb/memory}.test.ts',
  'test/interoperability/pynn-{compartments,native}.test.ts',
  'test/docs/transcripts.test.ts',
  'test/site/page.test.ts',
  'test/codegen/**/{hostile-names,differential,pace,opencl-project,cuda-project,cable-teams}.test.ts',
];

/**
 * Tests that take half of the time of all, and that the change of a newcomer is unlikely to break alone: comparisons of
 * engines, large sizes, random programs and killed processes.
 */
const long = [
  'test/{fuzz/fuzz,translators/passes,translators/brian/import-properties,translators/{nir,sonata}/errors}.test.ts',
  'test/translators/{neuroml/{export-restored,export/every-fixture,large,renamed},pynn/protocol-fixtures}.test.ts',
  'test/pipeline/{budgets,checkpoint,forged,hostile-texts,results/names-and-units}.test.ts',
  'test/session/{cells-between-runs,open-model}.test.ts',
  'test/cli/{codegen,process,sweep}.test.ts',
  'test/codegen/{hostile-names,wasm/growth,c/{differential,pace}}.test.ts',
  'test/codegen/c/device/{cable-teams,cuda,cuda-project,one-path,opencl-project,strategies}.test.ts',
  'test/fixtures/{brunel-2000,going-on,later-phases,neuroml,targets/{model,mpi,neuroml,pynn}}.test.ts',
  'test/lower/{elements/{any-order,engines,single-cells},features/matrix}.test.ts',
  'test/optimise/{arrivals,integer-weights}.test.ts',
  'test/runtime/targets/{fixed-point,processes,trust,cuda/{compilers,processes,session},mpi/mpi}.test.ts',
  'test/runtime/results/{crash-safety,unwritable}.test.ts',
  'test/interoperability/{lems-export,neuroml-kept}.test.ts',
  'test/{scripts/continuous-integration,site/page}.test.ts',
  'test/ir/library/random.test.ts',
  'test/python/installed.test.ts',
];
/** As `triesAll` in test/support/effort.ts, which needs a running test; files that are named are always run. */
const triesAll =
  ['usual', 'thorough'].includes(process.env['INTERNEURON_TESTS'] ?? '') ||
  process.argv.some((word) => word.startsWith('test/'));
const left = triesAll ? [] : long;

// Processes rather than threads: what native code breaks is then the failure of one file.
export default defineConfig({
  test: {
    testTimeout: 60_000,
    pool: 'forks',
    reporters: ['default', new SkipReasons(left.length > 0)],
    sequence: { sequencer: LongestFirst },
    maxWorkers: availableParallelism(),
    // Python compiles what it imports once for all tests: without it, each start of Brian 2 or PyNN takes seconds more.
    env: { PYTHONDONTWRITEBYTECODE: '', PYTHONPYCACHEPREFIX: fileURLToPath(new URL('out/bytecode', import.meta.url)) },
    projects: [
      {
        extends: true,
        test: { name: 'shared', include: ['test/**/*.test.ts'], exclude: [...apart, ...left], isolate: false },
      },
      {
        extends: true,
        test: { name: 'apart', include: apart, exclude: left, globalSetup: 'test/support/program-bundle.ts' },
      },
    ],
  },
});
