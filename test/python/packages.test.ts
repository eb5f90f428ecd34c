/** The Python packages: their own checks, and their types. */

import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { temporaryFolder } from '../support/command.js';
import { askedEffort } from '../support/effort.js';
import { root } from '../support/import-graph.js';
import { examplesOf, withOutputs } from './page.js';
import { runnable } from '../interoperability/pynn/scripts.js';
import { missingEnvironment, python, variables } from '../support/python.js';

const folder = temporaryFolder();
const run = promisify(execFile);
const program = (): Readonly<Record<string, string>> => ({
  INTERNEURON_PROGRAM: inject('program'),
  INTERNEURON_NODE: process.execPath,
  INTERNEURON_CACHE: folder.file('cache'),
});

const noPython = missingEnvironment('.venv');
describe.skipIf(noPython !== null)(
  `the package interneuron${noPython === null ? '' : ` (skipped: ${noPython})`}`,
  () => {
    it('gives the results of the program', async () => {
      expect(await python('.venv', ['python/interneuron/tests/check_package.py'], program())).toBe('checked\n');
    });

    it('has the outputs in docs/python.md; UPDATE_README=1 writes them', async () => {
      const page = readFileSync('docs/python.md', 'utf8');
      const end = '---end---';
      const script = examplesOf(page)
        .map(({ code }) => `${code}print(${JSON.stringify(end)})\n`)
        .join('');
      const printed = (await python('.venv', ['-c', script], program())).split(`${end}\n`).slice(0, -1);
      if (process.env['UPDATE_README']) writeFileSync('docs/python.md', withOutputs(page, printed));
      expect(printed.length).toBeGreaterThan(3);
      expect(printed).toEqual(examplesOf(readFileSync('docs/python.md', 'utf8')).map((example) => example.printed));
    });

    it.each(['interneuron', 'interneuron.__main__', 'brian2_interneuron.launcher', 'interneuron_neuron.launcher'])(
      'python -m %s imports nothing of the current folder',
      async (name) => {
        const here = folder.file(name);
        mkdirSync(here);
        for (const module of ['ast', 'brian2', 'json', 'numpy', 're', 'subprocess', 'tempfile', 'traceback', 'typing'])
          writeFileSync(join(here, `${module}.py`), "open('RAN', 'a').write(__name__)\n");
        // Launchers are no commands: they end with an error.
        const { stdout } = await run(join(root, '.venv/bin/python'), ['-m', name, '--version'], {
          cwd: here,
          env: variables(program()),
        }).catch((error: unknown) => error as { readonly stdout: string });
        expect(readdirSync(here)).not.toContain('RAN');
        expect(stdout).toMatch(name.endsWith('launcher') ? /^$/ : /^interneuron \d/);
      },
    );

    it.each(['interneuron', 'pynn-interneuron', 'neuron-interneuron'])('%s is typed', async (name) => {
      const words = ['-m', 'mypy', '--cache-dir', folder.file('mypy')];
      const checked = async (...more: readonly string[]): Promise<string> => {
        const { stdout } = await run(join(root, '.venv/bin/python'), [...words, ...more], {
          cwd: join(root, 'python', name),
          env: { ...process.env, MYPYPATH: 'src' },
        }).catch(
          // mypy prints what it found and ends with 1.
          (error: unknown) => error as { readonly stdout: string },
        );
        return stdout;
      };
      expect(await checked('--config-file', 'pyproject.toml')).toContain('Success');
      if (name === 'interneuron') expect(await checked('--strict', 'tests/typed_calls.py')).toContain('Success');
    });
  },
);

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

const noPynn = missingEnvironment('.venv-pynn', 'sources/test/system/scenarios');
describe.skipIf(noPynn !== null)(`the PyNN backend${noPynn === null ? '' : ` (skipped: ${noPynn})`}`, () => {
  it('agrees with NEST and NEURON, on every engine, and refuses as PyNN does', async () => {
    const said = await python(
      '.venv-pynn',
      ['-W', 'ignore', 'python/pynn-interneuron/tests/check_backend.py'],
      program(),
    );
    expect(said.trim().split('\n').at(-1)).toBe('checked');
  });

  it("runs PyNN's own examples", async () => {
    const all = process.env['INTERNEURON_TESTS'] === 'thorough';
    const scripts = runnable(all);
    const words = [
      '-W',
      'ignore',
      'python/pynn-interneuron/tests/examples.py',
      '.venv-pynn/sources',
      ...scripts.keys(),
    ];
    const said = await python('.venv-pynn', [...words, ...(all ? ['--compare'] : [])], program());
    const outcomes = JSON.parse(said.trim().split('\n').at(-1) ?? '{}') as Readonly<Record<string, string | null>>;
    expect(Object.keys(outcomes)).toEqual([...scripts.keys()]);
    const isExpected = ([script, wrong]: readonly [string, string | null]): boolean =>
      wrong === null || (all && scripts.get(script)?.unlikeNeuron?.test(wrong) === true);
    expect(Object.entries(outcomes).filter((outcome) => !isExpected(outcome))).toEqual([]);
  });

  it('has the spikes and samples of NEURON for cells with compartments', async () => {
    interface Run {
      readonly spikes: readonly (readonly number[])[];
      readonly samples: Readonly<Record<string, readonly (readonly number[])[]>>;
    }
    const of = async (simulator: string, dt: number): Promise<Run> => {
      const script = 'test/interoperability/python/pynn_compartments.py';
      const said = await python('.venv-pynn', ['-W', 'ignore', script, simulator, String(dt)], program());
      return JSON.parse(said.trim().split('\n').at(-1) ?? '') as Run;
    };
    const [neuron, ours] = [await of('pyNN.neuron', 0.0025), await of('interneuron_pynn', 0.01)];
    expect(ours.spikes.map(({ length }) => length)).toEqual([2, 2, 1]);
    const apart = (a: readonly (readonly number[])[], b: typeof a, counts: (value: number) => boolean): number =>
      Math.max(...a.flatMap((row, i) => row.map((value, k) => (counts(value) ? Math.abs(value - b[i]![k]!) : 0))));
    // NEURON is of first order, and its spikes are at the end of a step.
    expect(apart(neuron.spikes, ours.spikes, () => true)).toBeLessThan(0.02);
    expect(Object.keys(ours.samples).sort()).toEqual(Object.keys(neuron.samples).sort());
    for (const [name, values] of Object.entries(neuron.samples)) {
      const voltage = name.endsWith('.v');
      // In a step of 0.01 ms the pulse charges the soma by 0.25 mV.
      const within = voltage ? 0.25 : 0.005;
      expect(apart(values, ours.samples[name]!, (value) => !voltage || value < -52)).toBeLessThan(within);
    }
  });

  const all = process.env['INTERNEURON_TESTS'] === 'thorough';
  it.each(all ? ['', '--whole-numbers'] : [''])("runs PyNN's own scenarios %s", async (how) => {
    // PyNN's repository has four more than its package.
    const checkout = process.env['PYNN_CHECKOUT'];
    const sources = checkout ?? '.venv-pynn/sources';
    const given = [...(how === '' ? [] : [how]), sources];
    const words = ['-W', 'ignore', 'python/pynn-interneuron/tests/scenarios.py', ...given, '-W', 'ignore'];
    const said = await python('.venv-pynn', words, program());
    const outcomes = JSON.parse(said.trim().split('\n').at(-1) ?? '{}') as Readonly<Record<string, string>>;
    const others = Object.entries(outcomes).filter(([, outcome]) => outcome !== 'passed');
    expect(Object.keys(outcomes).length).toBeGreaterThanOrEqual(checkout === undefined ? 66 : 70);
    expect(others).toEqual([]);
  });
});
