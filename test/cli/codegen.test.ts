/** `interneuron codegen`: its files, and that the project builds without Node and gives the results of a run. */

import { existsSync, mkdirSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileFlags, runProgram } from '../../runtime/targets/c/compiler.js';
import { mpiTarget } from '../../runtime/targets/mpi/target.js';
import { anyCompiler, gcc, linksOpenMp, reasonOf } from '../runtime/targets/c/compilers.js';
import { runCommand, temporaryFolder } from '../support/command.js';
import { root } from '../support/import-graph.js';
import { simulate } from '../support/simulate.js';
import { withReason } from '../support/skip-reasons.js';

const folder = temporaryFolder();

/** Two populations, synapses with state of their own, recorded variables. */
const network = `
format: interneuron/brian
name: 'plastic, "quoted", with commas */'
dt: 0.1 ms
seed: 3
namespace: { tau: 10 ms, w: 0.8 mV }
neuron_groups:
  cells:
    N: 60
    model: |
      dv/dt = (drive - v)/tau : volt (unless refractory)
      drive : volt
    threshold: v > 10*mV
    reset: v = 0*mV
    refractory: 2 ms
    initializers: { v: "rand()*10*mV", drive: "12*mV + 10*mV*rand()" }
  others:
    N: 20
    model: "dv/dt = -v/tau : volt"
    threshold: v > 3*mV
    reset: v = 0*mV
synapses:
  plastic:
    source: cells
    target: others
    model: "g : volt"
    on_pre: "v_post += g; g = clip(g*1.01, 0*mV, 2*mV)"
    connect: { p: 0.3 }
    delay: 1.5 ms
    initializers: { g: "w*(0.5 + rand())" }
spike_monitors:
  spikes: { source: cells }
state_monitors:
  trace: { source: cells, variables: [v], record: [3, 5] }
run: 60 ms
`;

let written = 0;
/** Writes the model and generates its project. */
async function generate(text = network, ...words: string[]): Promise<string> {
  written += 1;
  const [model, project] = [folder.file(`model-${written}.yaml`), folder.file(`project-${written}`)];
  writeFileSync(model, text);
  const outcome = await runCommand(['codegen', model, '-o', project, ...words]);
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  return project;
}

/** Rows of a CSV file below its header. */
function rows(path: string): string[][] {
  const [, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => line.split(','));
}

const parallel = await linksOpenMp(gcc);
const compiler = gcc ?? anyCompiler;

/** Marks the files of a run, so that files of other programs are kept. */
const list = '.interneuron-outputs';

const mpi = await mpiTarget.probe();

describe.skipIf(!mpi.available)(withReason('codegen --target mpi', mpi.available ? null : mpi.reason), () => {
  test('gives the results of one process', async () => {
    const results = await Promise.all(
      ['c', 'mpi'].map(async (target) => {
        const project = await generate(network, '--target', target);
        const out = join(project, 'out');
        mkdirSync(out);
        const compilers = target === 'mpi' ? ['mpicc'] : compiler!.command;
        const built = await runProgram(
          [...compilers, ...compileFlags('-O1', false), 'main.c', 'network.c', '-o', 'network', '-lm'],
          { cwd: project },
        );
        expect(built).toMatchObject({ status: 0 });
        const start = target === 'mpi' ? ['mpirun', '--allow-run-as-root', '--oversubscribe', '-n', '3'] : [];
        const ran = await runProgram([...start, join(project, 'network'), '--output', 'out'], { cwd: project });
        expect(ran).toMatchObject({ status: 0, stderr: '' });
        if (target === 'mpi') {
          const data = readFileSync(join(project, 'initial.bin'));
          writeFileSync(join(project, 'other.bin'), data.with(-1, data.at(-1)! ^ 1));
          mkdirSync(join(project, 'none'));
          const run = ['./network', '--output', 'none'];
          const other = await runProgram([...start, ...run, ':', '-n', '1', ...run, '--data', 'other.bin'], {
            cwd: project,
          });
          expect(other.status).toBe(2);
          expect(other.stderr).toContain(
            'error: the ranks have different programs or initial values: start all of them',
          );
        }
        return ['spikes', 'samples', 'state'].map((name) => readFileSync(join(out, `${name}.csv`), 'utf8'));
      }),
    );
    expect(results[1]).toEqual(results[0]);
    expect(results[0]?.[0]?.split('\n').length).toBeGreaterThan(100);
  });

  test('ranks compare digests of all texts of the program', async () => {
    const digests = await Promise.all(
      ['10 ms', '10 ms', '20 ms'].map(async (duration) => {
        const project = await generate(network, '--target', 'mpi', '--duration', duration);
        return /own = 0x([0-9a-f]{16})u/.exec(readFileSync(join(project, 'network.c'), 'utf8'))?.[1];
      }),
    );
    expect(digests[0]).toMatch(/./);
    expect(digests[1]).toBe(digests[0]);
    expect(digests[2]).not.toBe(digests[0]);
  });

  test('writes a job for Slurm', async () => {
    const project = await generate(network, '--target', 'mpi');
    expect(readFileSync(join(project, 'job.sh'), 'utf8')).toContain('srun build/network');
  });
});

describe('codegen --target c', () => {
  test('writes a project', async () => {
    const project = await generate(network, '--target', 'c');
    expect(readdirSync(project).sort()).toEqual([
      list,
      'CMakeLists.txt',
      'README.md',
      'initial.bin',
      'main.c',
      'network.c',
      'network.h',
    ]);
    // No path of this machine is in it, so that it can be moved.
    for (const name of readdirSync(project))
      expect(readFileSync(join(project, name), 'latin1')).not.toContain(folder.path);
  });

  test('lists the files that it wrote, as an object with --json', async () => {
    const model = folder.file('model.yaml');
    writeFileSync(model, network);
    const outcome = await runCommand(['codegen', model, '--target', 'c', '-o', folder.file('said'), '--json']);
    expect(JSON.parse(outcome.stdout)).toMatchObject({
      target: 'c',
      outputs: expect.arrayContaining([join(folder.file('said'), 'main.c')]),
    });
  });

  test('writes the text of other programs', async () => {
    expect(readdirSync(await generate(network, '--target', 'wasm')).sort()).toEqual([
      list,
      'one-thread.wat',
      'threads.wat',
    ]);
    expect(readdirSync(await generate(network, '--target', 'ir')).sort()).toEqual([list, 'program.ir']);
  });

  test.each([
    {
      target: 'opencl',
      names: ['CMakeLists.txt', 'README.md', 'initial.bin', 'main.c', 'network.c', 'network.cl', 'network.h'],
      kernels: 'network.cl',
    },
    {
      target: 'cuda',
      names: ['CMakeLists.txt', 'README.md', 'host.cu', 'initial.bin', 'main.c', 'network.cu', 'network.h'],
      kernels: 'network.cu',
    },
  ])(
    'writes a project for $target that keeps text of the model out of the code',
    async ({ target, names, kernels }) => {
      const project = await generate(network, '--target', target);
      expect(readdirSync(project).sort()).toEqual([list, ...names]);
      for (const name of names) expect(readFileSync(join(project, name), 'latin1')).not.toContain(folder.path);
      expect(readFileSync(join(project, kernels), 'utf8')).toMatch(/^\/\* plastic, "quoted", with commas \* \/ \*\/\n/);
    },
  );

  test.each([
    [['--target', 'c'], /codegen needs --output/],
    [['-o', 'x'], /codegen needs --target/],
    [['--target', 'cc', '-o', 'x'], /--target cannot be cc/],
  ])('%j is refused', async (words, message) => {
    const model = folder.file('refused.yaml');
    writeFileSync(model, network);
    const outcome = await runCommand(['codegen', model, ...words]);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toMatch(message);
  });

  test('names a folder that it cannot write', async () => {
    const model = folder.file('nowhere.yaml');
    writeFileSync(model, network);
    const outcome = await runCommand(['codegen', model, '--target', 'c', '-o', join(model, 'below')]);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toMatch(
      /cannot write \S*nowhere\.yaml\/below: (?:part of its path is a file|it already exists)/,
    );
  });
});

describe.skipIf(compiler === undefined)(`the project in C${reasonOf(compiler, 'a C compiler')}`, () => {
  async function build(project: string, openMp = false): Promise<string> {
    const program = join(project, 'network');
    const command = [
      ...(compiler?.command ?? []),
      ...compileFlags('-O2', openMp),
      '-Wall',
      '-Werror',
      '-Wno-unknown-pragmas',
    ];
    const outcome = await runProgram([...command, 'main.c', 'network.c', '-o', program, '-lm'], { cwd: project });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    return program;
  }

  test.each([{ threads: 1 }, { threads: 3 }].filter(({ threads }) => threads === 1 || parallel))(
    'gives the spikes, samples and state of a run, with $threads threads',
    async ({ threads }) => {
      const project = await generate(network, '--target', 'c');
      const program = await build(project, threads > 1);
      const out = join(project, 'out');
      mkdirSync(out);
      const words = ['--output', out, '--data', join(project, 'initial.bin'), '--threads', String(threads)];
      expect(await runProgram([program, ...words])).toMatchObject({ status: 0, stdout: '', stderr: '' });
      const expected = await simulate(network);
      const spikes = rows(join(out, 'spikes.csv'));
      for (const [event, pairs] of expected.events) {
        const found = spikes
          .filter(([population, name]) => `${population}.${name}` === event)
          .map(([, , index, step]) => [Number(step), Number(index)]);
        expect(found).toEqual(pairs);
      }
      expect(expected.events.get('cells.spike')?.length).toBeGreaterThan(50);
      expect(expected.events.get('others.spike')?.length).toBeGreaterThan(10);
      const state = rows(join(out, 'state.csv'));
      for (const [name, values] of expected.final) {
        const found = state
          .filter(([owner, variable]) => `${owner}.${variable}` === name)
          .map(([, , , , value]) => Number(value));
        // Values that do not change with time are no state.
        if (found.length > 0) expect(found).toEqual(values);
      }
      expect(new Set(state.map(([owner, variable]) => `${owner}.${variable}`))).toEqual(
        new Set(['cells.v', 'others.v', 'plastic.g']),
      );
      const samples = rows(join(out, 'samples.csv'));
      const trace = expected.samples.get('trace/v') ?? [];
      expect(trace.length).toBe(600);
      expect(
        samples.map(([recording, owner, variable, , index, step, , value]) => [
          recording,
          owner,
          variable,
          Number(index),
          Number(step),
          Number(value),
        ]),
      ).toEqual(
        trace.flatMap((values, k) => [3, 5].map((index, column) => ['trace', 'cells', 'v', index, k, values[column]])),
      );
    },
  );

  test('has no undefined behaviour', async () => {
    const project = await generate(network, '--target', 'c', '--duration', '20 ms');
    const program = join(project, 'checked');
    const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-g'];
    const command = [...(compiler?.command ?? []), ...compileFlags('-O1', false), ...sanitizers];
    const built = await runProgram([...command, 'main.c', 'network.c', '-o', program, '-lm'], { cwd: project });
    // Not every installation has the libraries that this needs.
    if (built.status !== 0 && /asan|ubsan/.test(built.stderr)) return;
    expect(built.status).toBe(0);
    const outcome = await runProgram([program, '--output', project, '--data', join(project, 'initial.bin')]);
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
  });

  test('follows a protocol of several phases', async () => {
    const text = readFileSync(join(root, 'fixtures/brian/protocol.yaml'), 'utf8');
    const project = await generate(text, '--target', 'c');
    const program = await build(project);
    expect(await runProgram([program, '--output', project, '--data', join(project, 'initial.bin')])).toMatchObject({
      status: 0,
    });
    const expected = await simulate(text);
    expect(rows(join(project, 'spikes.csv')).map(([, , index, step]) => [Number(step), Number(index)])).toEqual(
      [...expected.events.values()].flat(),
    );
    const state = rows(join(project, 'state.csv'));
    expect(state.filter(([, variable]) => variable === 'v').map(([, , , , value]) => Number(value))).toEqual(
      expected.final.get('G.v'),
    );
  });

  test('reports wrong options and files', async () => {
    const project = await generate(network, '--target', 'c');
    const program = await build(project);
    const data = join(project, 'initial.bin');
    const failure = async (...words: string[]): Promise<string> => {
      const { status, stderr } = await runProgram([program, '--output', folder.path, ...words]);
      expect(status).toBe(2);
      return stderr;
    };
    expect(await failure('--speed', '3')).toContain('there is no option: --speed');
    expect(await failure('--threads', '0')).toContain('there cannot be so many threads: 0');
    expect(await failure('--threads')).toContain('an option needs a value: --threads');
    expect(await failure('--data', join(project, 'none'))).toContain('none cannot be read');
    expect(await failure('--data', join(project, 'main.c'))).toContain('not the initial values of this program');
    expect((await runProgram([program, '--output', join(project, 'none'), '--data', data])).stderr).toContain(
      'cannot be written',
    );
    truncateSync(data, 20);
    expect(await failure('--data', data)).toContain('initial values are cut short');
  });

  const cmake = existsSync('/usr/bin/cmake') || existsSync('/usr/local/bin/cmake');
  test.skipIf(!cmake)(`builds with cmake${cmake ? '' : ' (skipped: cmake is not installed)'}`, async () => {
    const project = await generate(network, '--target', 'c');
    const folderOfBuild = join(project, 'build');
    expect(await runProgram(['cmake', '-S', project, '-B', folderOfBuild])).toMatchObject({ status: 0 });
    expect(await runProgram(['cmake', '--build', folderOfBuild])).toMatchObject({ status: 0 });
    // It finds its initial values by itself.
    expect(await runProgram([join(folderOfBuild, 'network'), '--output', folder.path])).toMatchObject({ status: 0 });
    expect(rows(join(folder.path, 'spikes.csv')).length).toBeGreaterThan(60);
  });
});
