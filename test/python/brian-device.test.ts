/** The Brian 2 device: its own checks, and scripts as models. */

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.js';
import { askedEffort } from '../support/effort.js';
import { root } from '../support/import-graph.js';
import { missingEnvironment, python, variables } from '../support/python.js';

const run = promisify(execFile);
const folder = temporaryFolder();
const program = (): Readonly<Record<string, string>> => ({
  INTERNEURON_PROGRAM: inject('program'),
  INTERNEURON_NODE: process.execPath,
  INTERNEURON_CACHE: folder.file('cache'),
});

const noPython = missingEnvironment('.venv');
describe.skipIf(noPython !== null)(`the Brian 2 device${noPython === null ? '' : ` (skipped: ${noPython})`}`, () => {
  it('keeps rules and distributions when scripts are converted', async () => {
    const said = await python('.venv', ['-W', 'ignore', 'python/brian2-interneuron/tests/rules.py'], program());
    const outcomes = JSON.parse(said.trim().split('\n').at(-1) ?? '{}') as Readonly<Record<string, string>>;
    expect(Object.keys(outcomes).length).toBeGreaterThan(10);
    expect(Object.entries(outcomes).filter(([, outcome]) => outcome !== 'same')).toEqual([]);
  });

  it('runs scripts for devices of other packages, which need not be installed', async () => {
    writeFileSync(
      folder.file('cuda.py'),
      'import brian2cuda, brian2genn\nfrom brian2 import *\nprefs.devices.cuda_standalone.parallel_blocks = 1\n' +
        "prefs['devices.genn.kernel_timing'] = True\nset_device('cuda_standalone', directory='code', compile=True)\n" +
        "G = NeuronGroup(2, 'dv/dt = (1.2 - v)/(5*ms) : 1', threshold='v > 1', reset='v = 0', method='exact')\n" +
        'M = SpikeMonitor(G)\nrun(20*ms)\nprint(get_device().last_run_native, M.num_spikes)\n',
    );
    const words = ['-W', 'ignore', '-m', 'interneuron', 'brian', '--strict', folder.file('cuda.py')];
    // Each neuron takes 5 ms * log(6) to its threshold.
    expect((await python('.venv', words, program())).trim().split('\n').at(-1)).toBe('True 4');
  });

  it("reports a variable that is no longer finite by Brian's own warning", async () => {
    writeFileSync(
      folder.file('grows.py'),
      'from brian2 import *\nfrom brian2.utils.logger import catch_logs\n' +
        "G = NeuronGroup(2, 'dv/dt = v**3/ms : 1', method='euler', name='grows')\nG.v = 5\n" +
        'with catch_logs() as logs:\n    run(5*ms)\nprint(get_device().last_run_native, [text for _, _, text in logs])\n',
    );
    const words = ['-W', 'ignore', '-m', 'interneuron', 'brian', '--strict', folder.file('grows.py')];
    expect(await python('.venv', words, program())).toMatch(/True .*grows's variable 'v' has NaN, very large values/);
  });

  describe('takes scripts as models', () => {
    const interneuron = (...words: string[]): Promise<string> =>
      python('.venv', ['-W', 'ignore', '-m', 'interneuron', ...words], program());
    beforeAll(() =>
      writeFileSync(
        folder.file('network.py'),
        'from brian2 import *\n' +
          "G = NeuronGroup(2, 'dv/dt = (1.2 - v)/(5*ms) : 1', threshold='v > 1', reset='v = 0', method='exact')\n" +
          'M = SpikeMonitor(G)\nrun(20*ms)\n',
      ),
    );

    it('in validate, together with documents', async () => {
      const said = await interneuron('validate', folder.file('network.py'), 'fixtures/brian/single-lif.yaml');
      expect(said).toMatch(/single-lif\.yaml: valid, brian, model .*\n.*network\.py: valid, brian, model /);
    });

    it('in describe', async () => {
      expect(await interneuron('describe', folder.file('network.py'))).toContain('dv/dt = (1.2 - v)/(5*ms)');
    });

    it('in run and in verify', async () => {
      const result = folder.file('network.json');
      const said = await interneuron('run', folder.file('network.py'), '-o', result, '--json');
      // Each neuron takes 5 ms * log(6) to its threshold.
      expect(JSON.parse(said)).toMatchObject({ populations: { G: { spikes: 4 } } });
      expect(await interneuron('verify', result)).toContain('identical');
      const compared = await interneuron('verify', result, folder.file('network.py'));
      expect(compared).toContain('the model is the one that made the result');
    });

    it('from standard input', async () => {
      const words = `cat ${folder.file('network.py')} | ${join(root, '.venv/bin/python')} -W ignore -m interneuron convert - --from brian --to pynn-json -o - --partial`;
      const { stdout } = await run('bash', ['-c', words], { env: variables(program()) });
      expect(JSON.parse(stdout)).toMatchObject({ format: 'interneuron/pynn' });
    });

    it('and reports a missing script', async () => {
      const error: unknown = await interneuron('validate', `${folder.file('network.py')}.py`).catch(
        (failed: unknown) => failed,
      );
      expect(error).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no file') });
    });
  });

  it('writes the later runs of scripts as phases', async () => {
    const said = await python('.venv', ['-W', 'ignore', 'python/brian2-interneuron/tests/later_runs.py'], program());
    const outcomes = JSON.parse(said.trim().split('\n').at(-1) ?? '{}') as Readonly<Record<string, string>>;
    expect(Object.keys(outcomes).length).toBeGreaterThanOrEqual(8);
    expect(Object.entries(outcomes).filter(([, outcome]) => outcome !== 'same')).toEqual([]);
  });

  it("integrates by Brian's choice of method if a specification names none", async () => {
    const said = await python('.venv', ['-W', 'ignore', 'python/brian2-interneuron/tests/methods.py'], program());
    const outcomes = JSON.parse(said.trim().split('\n').at(-1) ?? '{}') as Readonly<Record<string, string>>;
    expect(Object.keys(outcomes).length).toBeGreaterThanOrEqual(30);
    expect(Object.entries(outcomes).filter(([, outcome]) => outcome !== 'same')).toEqual([]);
  });

  it.each([
    ['knows what scripts run after what is converted', 'check_runs_to_come'],
    ['says what is wrong in scripts that cannot be converted', 'check_bad_scripts'],
  ])('%s', async (_what, name) => {
    const said = await python('.venv', [`python/interneuron/tests/${name}.py`], program());
    expect(said.trim()).toBe('checked');
  });

  it('runs networks on the engine that is asked for, or refuses to', async () => {
    const said = await python('.venv', ['-W', 'ignore', 'python/brian2-interneuron/tests/check_engines.py'], program());
    expect(said.trim()).toBe('checked');
  });

  it("gives the results of Brian's runtime", async () => {
    // Usual tests make up two networks of seven, by their seeds.
    const networks = askedEffort === 'usual' ? { RANDOM_NETWORKS: '0-1' } : {};
    const words = ['-W', 'ignore', 'python/brian2-interneuron/tests/conformance.py'];
    const said = await python('.venv', words, { ...program(), ...networks });
    const outcomes = JSON.parse(said.trim().split('\n').at(-1) ?? '{}') as Readonly<Record<string, string>>;
    expect(Object.keys(outcomes).length).toBeGreaterThanOrEqual(36);
    expect(Object.entries(outcomes).filter(([, outcome]) => outcome !== 'same')).toEqual([]);
  });

  const noPytest = missingEnvironment('.venv', 'bin/pytest');
  const about = noPytest === null ? '' : ` (skipped: ${noPytest})`;
  it.skipIf(noPytest !== null)(`passes Brian's own tests of refractoriness and inputs${about}`, async () => {
    const modules = ['refractory', 'poissongroup', 'poissoninput', 'spikegenerator'];
    const words = ['-W', 'ignore', 'python/brian2-interneuron/tests/brians_tests.py', ...modules];
    const said = await python('.venv', words, program());
    const { passed, failed } = JSON.parse(said.trim().split('\n').at(-1) ?? '{}') as {
      readonly passed: number;
      readonly failed: Readonly<Record<string, string>>;
    };
    expect(failed).toEqual({});
    // Scripts that Brian's runtime has run, since the device leaves them to it, are not counted.
    expect(passed).toBeGreaterThanOrEqual(36);
  });
});
