/** Models that other simulators run, and failures of these: stand-ins for Python in the place of a simulator. */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { openResult } from '../../runtime/results/open.js';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import { runnerIn } from '../../src/verify/run-elsewhere.js';
import { writtenFor } from '../../src/simulators/written.js';
import { runCommand, temporaryFolder } from '../support/command.js';
import { missingEnvironment } from '../support/python.js';
import { withReason } from '../support/skip-reasons.js';
import { spiking } from '../translators/sonata/written-cells.js';
import { columns, standIn as standInFor } from './stand-in.js';

const folder = temporaryFolder();
const lif = 'fixtures/brian/single-lif.yaml';
const output = (name: string): string => folder.file(`${name}.nwb`);

const standIn = (name: string, line: string): string => standInFor(folder.path, name, line);

it.each([
  [
    'slurm',
    /^#SBATCH --ntasks=8\n[^]*\nexport INTERNEURON_MPIRUN=srun\ninterneuron run \S+ --on neuron --ranks 8 -o n.nwb\n$/m,
  ],
  [
    'snakemake',
    /^rule run:\n {4}output: 'n.nwb'\n {4}threads: 8\n {4}shell: "interneuron run \S+ --on neuron --ranks 8 -o n.nwb"\n$/,
  ],
])('a job of %s runs the command', async (scheduler, expected) => {
  const words = ['run', lif, '--on', 'neuron', '--ranks', '8', '--emit', scheduler, '-o', 'n.nwb'];
  const { code, stdout } = await runCommand(words);
  expect(code).toBe(0);
  expect(stdout).toMatch(expected);
});

// PyNN places spikes of NEST between steps unless a script says otherwise.
it.each([
  ['0.1 ms', true],
  ['0.0125 ms', true],
  ['0.0003 ms', false],
])('NEST has spikes on its steps of %s: %s', async (dt, isOnGrid) => {
  const { valid } = importModel(readSource('fixtures/pynn/connector-fixed-probability.json'), { dt });
  const { converted } = await writtenFor(valid, 'pynn-nestml', 'nest', { freeze: true });
  const isRefused = converted.report.some(({ refusedBy }) => refusedBy?.includes('nest'));
  expect([converted.files[0]!.text.includes('spike_precision="on_grid"'), isRefused]).toEqual([isOnGrid, !isOnGrid]);
});

describe('a simulator', () => {
  it('that writes columns gives a result with its version, and names what it did not record', async () => {
    const env = standIn('writing', columns());
    const words = ['run', lif, '--on', 'brian', '--env', env, '--no-check', '-o', output('columns'), '--json'];
    const { code, stdout } = await runCommand(words);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      target: 'brian',
      device: 'Brian 9.9.9',
      populations: { G: { spikes: 2 } },
      notRead: ['G.v: the simulator recorded none'],
    });
    const { record, trains } = await openResult(output('columns'));
    expect(record.versions).toMatchObject({ Brian: '9.9.9' });
    expect(record.environment.simulator).toMatchObject({ name: 'brian', ranks: 1, frozen: false });
    expect([...trains[0]!.read(0, 1)].map((step) => step + record.spikeLabel)).toEqual([10, 20]);
  });

  it('that is stopped leaves what it has recorded, as a result that says so', async () => {
    const stopped = columns('{"kind":"end","reached":0.003}');
    const waiting = 'echo; echo interneuron-progress 0.003; while [ ! -e stop ]; do sleep 0.05; done';
    const env = standIn('stopping', `${waiting}; ${stopped}`);
    const words = ['run', lif, '--on', 'brian', '--env', env, '--no-check', '-o', output('stopped'), '--json'];
    const { code, stdout, stderr } = await runCommand(words, { interrupt: (press) => setTimeout(press, 1500) });
    expect([code, stderr]).toEqual([130, expect.stringMatching(/^stopping/)]);
    const { record } = await openResult((JSON.parse(stdout) as { outputs: string[] }).outputs[0]!);
    expect([record.outcome, record.steps * record.dt, record.complete]).toEqual(['stopped', 0.003, false]);
  });

  it.each([
    ['that fails', "echo 'ValueError: no such cell' >&2; exit 1", /^error: brian failed: ValueError: no such cell/],
    ['that is killed', 'kill -9 $$', /^error: brian failed: it was killed \(SIGKILL\)/],
    ['that ends in the middle', 'exit 0', /^error: brian failed: it ended without all of its results/],
  ])('%s is named in one sentence, and leaves no file', async (name, line, message) => {
    const words = ['run', lif, '--on', 'brian', '--env', standIn(name, line), '--no-check', '-o', output('failed')];
    const { code, stderr } = await runCommand(words);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(readdirSync(folder.path).filter((file) => file.startsWith('failed'))).toEqual([]);
  });

  it.each([
    ['--threads', 'only NEST and BMTK with NEST take --threads'],
    ['--ranks', 'Brian is one process'],
  ])('refuses %s if it has none', async (option, message) => {
    const env = standIn('plain', 'exit 0');
    const words = ['run', lif, '--on', 'brian', '--env', env, option, '2', '--no-check', '-o', output('refused')];
    const { code, stderr } = await runCommand(words);
    expect([code, stderr.includes(message), existsSync(output('refused'))]).toEqual([2, true, false]);
  });

  it('that is not there is named with its package', async () => {
    const env = standIn('other', 'exit 0');
    const { code, stderr } = await runCommand(['run', lif, '--on', 'nest', '--env', env, '--no-check']);
    expect([code, stderr.includes('pip install nest-simulator PyNN')]).toEqual([2, true]);
  });

  it('refuses a model that records nothing, since an empty result would be identical to any other', async () => {
    const path = folder.file('silent.yaml');
    const text = readFileSync(lif, 'utf8').replace(/^\w+_monitors:.*\n(?: .*\n)*/gm, '');
    writeFileSync(path, text);
    const words = ['run', path, '--on', 'brian', '--env', standIn('silent', 'exit 0'), '--no-check'];
    const { code, stderr } = await runCommand([...words, '-o', output('silent')]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('the model records nothing')]);
    expect(existsSync(output('silent'))).toBe(false);
  });

  it('runs nothing of a model that its notation lacks parts of', async () => {
    const words = ['run', 'fixtures/cells/network-of-cells.xml', '--on', 'brian', '--env', standIn('part', 'exit 0')];
    const { code, stdout, stderr } = await runCommand([...words, '-o', output('part')]);
    expect([code, stdout]).toEqual([1, expect.stringContaining('nothing run: incomplete, 2 parts are left out')]);
    expect(stderr).toContain('brian/linked');
  });

  it.each(['--target', '--precision'])('takes no %s', async (option) => {
    const value = option === '--target' ? 'wasm' : 'float32';
    const { code, stderr } = await runCommand(['run', lif, '--on', 'brian', option, value]);
    expect([code, stderr.includes(`${option} is for our own engines`)]).toEqual([2, true]);
  });
});

describe('models of other commands', () => {
  let on: readonly string[] = [];
  let env = '';

  beforeAll(() => {
    env = standIn('brian', columns());
    on = ['--on', 'brian', '--env', env];
  });

  it('sweep runs each point there, with a file for each', async () => {
    const output = folder.file('sweep');
    const { code, stderr } = await runCommand(['sweep', lif, '--vary', 'tau=10,12 ms', ...on, '-o', output]);
    expect([code, stderr]).toEqual([0, '']);
    expect(
      readdirSync(output)
        .filter((name) => !name.startsWith('.'))
        .sort(),
    ).toEqual(['run-1.nwb', 'run-2.nwb', 'table.csv']);
    const [head, ...rows] = readFileSync(`${output}/table.csv`, 'utf8').trim().split('\n');
    const column = head!.split(',').indexOf('G.spikes');
    expect(rows.map((row) => row.split(',')[column])).toEqual(['2', '2']);
  });

  it.each([
    ['2', 0],
    ['3', 1],
  ])('test compares what it gives with %s expected spikes', async (count, expected) => {
    const path = folder.file(`${count}.expect.yaml`);
    writeFileSync(path, `expect: 1\nmodel: ${process.cwd()}/${lif}\nspikes:\n  G: { count: ${count} }\n`);
    const { code } = await runCommand(['test', path, ...on]);
    expect(code).toBe(expected);
  });

  it('certify runs its results there again, and other commands read them', async () => {
    const results = folder.file('results');
    mkdirSync(results);
    const result = `${results}/brian.nwb`;
    writeFileSync(`${results}/model.yaml`, readFileSync(lif));
    const ran = await runCommand(['run', `${results}/model.yaml`, ...on, '--no-check', '-o', result]);
    expect(ran.code).toBe(0);
    const certified = await runCommand(['certify', results, '--env', env, '-o', folder.file('certificate')]);
    expect([certified.code, certified.stdout]).toEqual([0, expect.stringContaining('brian.nwb: identical')]);
    for (const words of [
      ['plot', result, '-o', folder.file('plot.svg')],
      ['report', result, '-o', folder.file('report.html')],
      ['inspect', result],
      ['verify', result, '--env', env],
      ['compare', result, result],
    ])
      expect([words[0], (await runCommand(words)).code]).toEqual([words[0], 0]);
  });

  it('a full disk is named in one sentence, and leaves no file', async () => {
    const imported = importModel(readSource(lif));
    const run = runnerIn({ simulator: 'brian2', env, freeze: false, partial: false }, () => '');
    const full = Object.assign(new Error('write'), { code: 'ENOSPC' });
    const writer = {
      open: () => Promise.resolve(),
      samples: () => undefined,
      advance: () => {
        throw full;
      },
      close: () => Promise.resolve([]),
      abandon: () => Promise.resolve(),
    };
    const output = folder.file('full.nwb');
    await expect(run(imported, { outputs: [output], writers: [writer] })).rejects.toThrow(
      `cannot write ${output}: the disk is full`,
    );
    expect(readdirSync(folder.path).filter((name) => name.startsWith('full'))).toEqual([]);
  });
});

const none = missingEnvironment('.venv');

it.skipIf(none !== null)(withReason('Brian gives the spikes and samples of the model', none), async () => {
  const brian = await runCommand(['run', lif, '--on', 'brian', '--env', '.venv', '-o', output('brian')]);
  expect(brian.stdout).toMatch(/^conversion for Brian: exact/);
  await runCommand(['run', lif, '-o', output('own')]);
  const { code, stdout } = await runCommand(['compare', output('own'), output('brian')]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/18 of 18 spikes.* 1 of 1 variable/);
  const verified = await runCommand(['verify', output('brian'), '--env', '.venv']);
  expect([verified.code, verified.stdout]).toEqual([0, expect.stringMatching(/identical/)]);
});

it.skipIf(none !== null)(withReason('spikes that the model does not record are named', none), async () => {
  const words = ['run', 'fixtures/readme/first-steps.yaml', '--on', 'brian', '--env', '.venv', '--no-check'];
  const { code, stdout } = await runCommand(words);
  expect([code, stdout]).toEqual([0, expect.stringContaining('spikes of input: the model does not record them')]);
});

it.skipIf(none !== null)(withReason('cells that become populations of Brian keep their spikes', none), async () => {
  const path = folder.file('spiking.json');
  writeFileSync(path, JSON.stringify(spiking()));
  const run = async (...how: readonly string[]): Promise<{ populations: object; notRead?: readonly string[] }> =>
    JSON.parse((await runCommand(['run', path, '--duration', '15 ms', '--json', ...how])).stdout) as never;
  const on = ['--on', 'brian', '--env', '.venv', '--freeze', '--no-check'];
  const [own, there] = [await run('-o', output('shape')), await run(...on, '-o', output('shape-brian'))];
  expect(own.populations).toMatchObject({ cells: { spikes: 3 } });
  expect(there.populations).toMatchObject({ cells: { spikes: 3 } });
  expect(there.notRead).toEqual(['spikes of given, regular: the model does not record them']);
});

const noNest = missingEnvironment('.venv-nestml');

it.skipIf(noNest !== null)(withReason('NEST sends listed spikes in their own steps', noNest), async () => {
  const path = folder.file('listed.json');
  // 8.3 - 0.0125, which PyNN gives NEST, is more than 8.2875 in binary numbers.
  const cell = { type: 'SpikeSourceArray', params: { spike_times: [0.4, 8.3] } };
  const listed = { label: 'listed', size: 1, cell };
  const recordings = [{ target: 'listed', variables: ['spikes'] }];
  const setup = { timestep: 0.0125, min_delay: 0.0125 };
  const format = { format: 'interneuron/pynn', version: 1 };
  writeFileSync(path, JSON.stringify({ ...format, setup, populations: [listed], recordings, phases: [{ run: 10 }] }));
  const nest = ['--on', 'nest', '--env', '.venv-nestml', '--no-check'];
  expect((await runCommand(['run', path, ...nest, '-o', output('listed')])).code).toBe(0);
  await runCommand(['run', path, '-o', output('listed-own')]);
  const { code, stdout } = await runCommand(['compare', output('listed-own'), output('listed')]);
  expect([code, stdout]).toEqual([0, expect.stringContaining('identical: 2 spikes')]);
});
