/** Models in several environments. Runs of simulators were recorded, with their versions, from `cells.yaml`. */

import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { ModelMatrix } from '../../src/matrix/matrix.js';
import { runCommand, temporaryFolder } from '../support/command.js';
import { root } from '../support/import-graph.js';
import { missingEnvironment, python } from '../support/python.js';

const cells = 'test/matrix/cells.yaml';
const recorded = 'test/recorded/matrix.json';
const folder = temporaryFolder();
const work = (): string => folder.path;

/** Makes a folder with a `python` of a few lines of shell, as that of an environment. */
function madeEnvironment(name: string, lines: readonly string[]): string {
  const python = join(work(), name, 'bin', 'python');
  mkdirSync(dirname(python), { recursive: true });
  writeFileSync(python, ['#!/bin/sh', ...lines, ''].join('\n'));
  chmodSync(python, 0o755);
  return join(work(), name);
}

const probed = (has: readonly string[], versions: Readonly<Record<string, string>> = { brian2: '9.9.9' }): string =>
  `echo '${JSON.stringify({
    python: '3.12.0',
    has: Object.fromEntries(has.map((module) => [module, true])),
    versions,
  })}'`;

/** A model whose cells PyNN has no name for. */
const ownCell = 'fixtures/brian/refractory-variants.yaml';

const matrixOf = (stdout: string): ModelMatrix => (JSON.parse(stdout) as { models: [ModelMatrix] }).models[0];

describe('recorded runs of simulators', () => {
  let found: ModelMatrix;
  beforeAll(async () => {
    const { code, stdout } = await runCommand(['matrix', cells, '--add', recorded, '--why', '--json']);
    expect(code).toBe(3);
    found = matrixOf(stdout);
  });
  const numberOf = (name: string): number =>
    found.runs.findIndex(({ environment }) => environment.name.startsWith(name));
  const pair = (one: string, other: string): ModelMatrix['pairs'][number] | undefined => {
    const between = [numberOf(one), numberOf(other)].sort((a, b) => a - b);
    return found.pairs.find((candidate) => candidate.between.join() === between.join());
  };

  it('are compared in pairs', () => {
    const count = found.runs.length;
    expect(count).toBe(6);
    expect(found.pairs).toHaveLength((count * (count - 1)) / 2);
    expect(pair('interneuron', 'Brian 2.10')).toMatchObject({ grade: 'identical', matched: 55, spikes: 55 });
    expect(pair('Brian 2.9', 'Brian 2.10')).toMatchObject({ grade: 'identical' });
    // A refractory period of 2 ms excludes one step more in NEST and NEURON: 55 spikes there are 54 here.
    expect(pair('interneuron', 'NEST')).toMatchObject({
      grade: expect.not.stringMatching(/^(identical|same)/) as string,
    });
  });

  it('differ for a reason that was measured', () => {
    expect(pair('interneuron', 'Brian 2.10')?.because).toBeUndefined();
    expect(pair('interneuron', 'NEST')?.because).toBe('steps of PyNN');
  });

  it('state versions', () => {
    const { runs } = found;
    expect(runs[numberOf('NEST')]?.environment.versions).toMatchObject({ NEST: '3.10.0', PyNN: '0.13.0' });
    for (const { environment } of runs.slice(1)) expect(environment.versions['Python']).toMatch(/^3\.\d+/);
  });
});

it('is written in each form, and its JSON can be added to', async () => {
  const [markdown, page, text, stored] = ['md', 'html', 'txt', 'json'].map((suffix) => join(work(), `all.${suffix}`));
  const outputs = [markdown!, page!, text!, stored!];
  const { code, stdout } = await runCommand([
    'matrix',
    cells,
    '--add',
    recorded,
    ...outputs.flatMap((one) => ['-o', one]),
  ]);
  expect(code).toBe(3);
  expect(stdout).toContain(`wrote ${markdown!}`);
  expect(readFileSync(markdown!, 'utf8')).toContain('| 2 | Brian 2.10.1 | 55 | identical |');
  expect(readFileSync(page!, 'utf8')).toMatch(/<!doctype html>[\s\S]*Brian 2\.10\.1/);
  expect(readFileSync(text!, 'utf8')).toMatch(/Brian 2\.10\.1 +55 +identical/);
  const again = await runCommand(['matrix', cells, '--add', stored!, '--json']);
  expect(matrixOf(again.stdout)).toEqual(
    (JSON.parse(readFileSync(stored!, 'utf8')) as { models: unknown[] }).models[0],
  );
});

it('leaves out stored runs of another model', async () => {
  const { code, stdout } = await runCommand(['matrix', cells, '--dt', '0.05 ms', '--add', recorded, '--json']);
  expect(code).toBe(0);
  expect(matrixOf(stdout).runs).toHaveLength(1);
});

it('compares scripts also after the part that is in the model', async () => {
  const { runs, hash } = (JSON.parse(readFileSync(recorded, 'utf8')) as { models: [ModelMatrix] }).models[0];
  const { spikes: { cells: [train = [], ...others] = [] } = {}, ...run } = runs[1]!;
  const scripts = [[], [0.25]].map((more, k) => ({
    ...run,
    environment: { ...run.environment, name: `Brian ${k}` },
    ran: 'script',
    spikes: { cells: [[...train, ...more], ...others] },
  }));
  const file = join(work(), 'scripts.json');
  writeFileSync(file, JSON.stringify({ matrix: 1, models: [{ hash, runs: scripts }] }));
  const { stdout } = await runCommand(['matrix', cells, '--add', file, '--json']);
  const [count, ...pairs] = [train.length + others.flat().length, ...matrixOf(stdout).pairs];
  expect(pairs.map(({ between, matched, spikes }) => [...between, matched, spikes])).toEqual([
    [0, 1, count, count],
    [0, 2, count, count],
    [1, 2, count, count + 1],
  ]);
});

describe('an environment', () => {
  it('whose run fails has the reason in its row', async () => {
    const failing = madeEnvironment('failing', [
      `case "$*" in *run_columns*) echo 'ImportError: no module named scipy' >&2; exit 1;; esac`,
      probed(['brian2']),
    ]);
    const { code, stdout } = await runCommand(['matrix', cells, '--in', failing, '-q', '--json']);
    expect(code).toBe(1);
    const [, run] = matrixOf(stdout).runs;
    expect(run).toMatchObject({ environment: { name: 'Brian 9.9.9' }, failure: /scipy/ });
    expect(run?.spikes).toBeUndefined();
  });

  it('without the compiler that a model needs is told apart from one that fails', async () => {
    const plain = madeEnvironment('plain', [
      `case "$*" in *pynestml*find_spec*|*find_spec*pynestml*) case "$*" in *platform*) ;; *) exit 1;; esac;; esac`,
      probed(['pyNN', 'nest']),
    ]);
    const { code, stdout } = await runCommand(['matrix', ownCell, '--in', plain, '-q', '--json']);
    expect(code).toBe(3);
    const [, run] = matrixOf(stdout).runs;
    expect(run).toMatchObject({ lack: 'needs NESTML', failure: /nest needs NESTML for cells or synapses/ });
    const text = await runCommand(['matrix', ownCell, '--in', plain]);
    expect(text.stdout).toMatch(/NEST of unknown version +needs NESTML/);
  });

  it('with a compiler has its version', async () => {
    const both = madeEnvironment('both', [probed(['pyNN', 'nest', 'pynestml'], { nestml: '9.1.0' })]);
    const { stdout } = await runCommand(['matrix', ownCell, '--in', both, '-q', '--json']);
    expect(matrixOf(stdout).runs[1]?.environment.versions).toMatchObject({ NESTML: '9.1.0' });
  });

  it.each([
    ['without Python', () => work(), /there is no Python in/],
    ['without a simulator', () => madeEnvironment('empty', [probed([])]), /has no simulator that runs conversions/],
    ['whose Python does not run', () => madeEnvironment('broken', ['exit 3']), /does not run as Python/],
    ['that does not exist', () => join(work(), 'nowhere'), /there is no Python in/],
  ])('%s is refused', async (_, made, expected) => {
    const { code, stdout, stderr } = await runCommand(['matrix', cells, '--in', made()]);
    expect([code, stdout + stderr]).toEqual([2, expect.stringMatching(expected)]);
  });
});

it.each([
  ['text', 'it is not JSON'],
  ['{"models": []}', 'it lacks "matrix": 1 or a list of models'],
  ['{"matrix": 1, "models": [{"hash": "a", "runs": [{"environment": {}}]}]}', 'models[0] lacks a hash, or a run'],
  [
    '{"matrix": 1, "models": [{"hash": "a", "runs": [{"environment": {"name": "", "simulator": ""}, "spikes": {"a": [["x"]]}}]}]}',
    'models[0] lacks a hash, or a run',
  ],
  [
    '{"matrix": 1, "models": [{"hash": "a", "runs": [{"environment": {"name": "", "simulator": ""}, "lack": [1]}]}]}',
    'models[0] lacks a hash, or a run',
  ],
])('refuses to add %s', async (text, expected) => {
  const file = join(work(), 'bad.json');
  writeFileSync(file, text);
  const { code, stdout, stderr } = await runCommand(['matrix', cells, '--add', file]);
  expect(code).toBe(2);
  expect(stdout + stderr).toContain(expected);
});

it('refuses another form of output before it runs', async () => {
  const { code, stdout, stderr } = await runCommand(['matrix', cells, '-o', join(work(), 'table.pdf')]);
  expect(code).toBe(2);
  expect(stdout + stderr).toContain('a matrix is written as .md, .html, .txt, .json');
});

const none = missingEnvironment('.venv');

/** The network of `cells.yaml` as a script. @param drive  smallest drive in mV */
const script = (drive: number | string): string => `
import sys
from brian2 import *
defaultclock.dt = 0.1*ms
cells = NeuronGroup(5, '''dv/dt = (I - v)/tau : volt (unless refractory)
I : volt (constant)
tau : second (constant)''', threshold='v > 15*mV', reset='v = 0*mV', refractory=2*ms, method='exact')
cells.v = 'i*1*mV'
cells.tau = 10*ms
cells.I = '(${drive}+i)*mV'
spikes = SpikeMonitor(cells)
run(200*ms)
`;

describe.skipIf(none !== null)(`Brian${none === null ? '' : ` (skipped: ${none})`}`, () => {
  it('runs the conversion of a model, with the same spikes', async () => {
    const { code, stdout } = await runCommand(['matrix', cells, '--in', join(root, '.venv'), '-q', '--json']);
    expect(code).toBe(0);
    expect(matrixOf(stdout).pairs).toEqual([
      { between: [0, 1], grade: 'identical', verdict: 'identical', matched: 55, spikes: 55 },
    ]);
  });

  it.each([
    [17, true],
    [19, false],
  ])('runs a script as it is: with a drive of %d mV the same spikes: %s', async (drive, isSame) => {
    const path = join(work(), `network-${drive}.py`);
    writeFileSync(path, script(drive));
    // Compiling takes longer than the run.
    writeFileSync(join(work(), 'brian_preferences'), "codegen.target = 'numpy'\n");
    const words = ['matrix', cells, '--captured-from', path, '--in', join(root, '.venv'), '-q', '--json'];
    const { runs, pairs } = matrixOf((await runCommand(words)).stdout);
    expect(runs.map(({ ran }) => ran)).toEqual(['model', 'script']);
    expect(pairs.map(({ grade }) => grade === 'identical')).toEqual([isSame]);
  });

  it('gives a script its arguments', async () => {
    const path = join(work(), 'network-given.py');
    writeFileSync(path, script(`{float(sys.argv[1])}`).replace("I = '(", "I = f'("));
    writeFileSync(join(work(), 'brian_preferences'), "codegen.target = 'numpy'\n");
    const words = ['matrix', path, '--in', join(root, '.venv'), '-q', '--json', '--', '17'];
    const stdout = await python('.venv', ['-m', 'interneuron', ...words], {
      INTERNEURON_PROGRAM: inject('program'),
    });
    const { runs, pairs } = matrixOf(stdout);
    expect(runs.map(({ ran }) => ran)).toEqual(['model', 'script']);
    expect(pairs).toMatchObject([{ grade: 'identical', spikes: 55 }]);
  });
});

const noPynn = missingEnvironment('.venv-pynn');

/** A script for NEST that clears its records, and asks for no data in the end. @param weight  of its synapses in µS */
const pynnScript = (weight: string): string => `
import pyNN.nest as sim

def simulate():
    sim.setup(timestep=0.1, min_delay=0.1)
    inputs = sim.Population(2, sim.SpikeSourceArray(spike_times=[[5.0, 20.0, 40.0, 70.0], [10.0, 30.0, 60.0]]), label="in put")
    cells = sim.Population(3, sim.IF_cond_exp(tau_m=10.0))
    cells.set(i_offset=[0.0, 0.3, 0.6])
    cells.record("spikes")
    sim.Projection(inputs, cells, sim.AllToAllConnector(), sim.StaticSynapse(weight=${weight}, delay=1.0))
    sim.run(50.0)
    cells.get_data(clear=True)
    sim.run(50.0)
    sim.end()

simulate()
`;

describe.skipIf(noPynn !== null)(`simulators of PyNN${noPynn === null ? '' : ` (skipped: ${noPynn})`}`, () => {
  it.each([
    [0.05, true],
    [0.07, false],
  ])('run a script as it is: with weights of %d µS the same spikes: %s', async (weight, isSame) => {
    const [written, other] = [join(work(), 'network.py'), join(work(), `network-${weight}.py`)];
    writeFileSync(written, pynnScript('0.05'));
    // The simulator of the row takes the place of a simulator's name.
    writeFileSync(
      other,
      `import sys\nassert sys.argv[2] in ("nest", "neuron"), sys.argv\n${pynnScript('float(sys.argv[1])')}`,
    );
    const captured = join(work(), 'network.json');
    const words = ['-m', 'interneuron_pynn.launcher', captured, written, '--instead-of', 'nest', '--', 'interneuron'];
    await python('.venv-pynn', words);
    const { stdout } = await runCommand([
      ...['matrix', captured, '--captured-from', other, '--in', join(root, '.venv-pynn'), '-q', '--json'],
      ...[`--script-argument=${weight}`, '--script-argument=interneuron'],
    ]);
    const { runs, pairs } = matrixOf(stdout);
    const ran = (name: string): number => runs.findIndex(({ environment }) => environment.simulator === name);
    const [own, nest, neuron] = ['interneuron', 'nest', 'neuron'].map(ran);
    for (const place of [nest, neuron]) {
      expect(runs[place!]).toMatchObject({ ran: 'script' });
      // The script records no spikes of its inputs.
      expect(Object.keys(runs[place!]?.spikes ?? {})).toEqual(['cells']);
    }
    const pair = pairs.find(({ between }) => between[0] === own && between[1] === nest);
    expect(pair?.matched === pair?.spikes).toBe(isSame);
    expect(pair?.spikes).toBeGreaterThan(5);
  });

  it('run no script that records no spikes', async () => {
    const path = join(work(), 'silent.py');
    writeFileSync(path, pynnScript('0.05').replace('cells.record("spikes")', ''));
    const captured = join(work(), 'silent.json');
    await python('.venv-pynn', [
      ...['-m', 'interneuron_pynn.launcher', captured, path, '--instead-of', 'nest', '--', 'interneuron'],
    ]);
    const { code, stdout } = await runCommand([
      ...['matrix', captured, '--captured-from', path, '--in', join(root, '.venv-pynn'), '-q', '--json'],
    ]);
    expect(code).toBe(3);
    expect(matrixOf(stdout).runs[1]).toMatchObject({ lack: 'no spikes' });
  });
});
