/** `interneuron sweep`: its rows equal single runs, however the work is shared. */

import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, test } from 'vitest';
import { anyCompiler, reasonOf } from '../runtime/targets/c/compilers.js';
import { runCommand, temporaryFolder } from '../support/command.js';
import { root } from '../support/import-graph.js';
import { missingEnvironment } from '../support/python.js';
import { withReason } from '../support/skip-reasons.js';

const folder = temporaryFolder();

/** Cells with noise, and synapses drawn from the seed. */
const network = `
format: interneuron/brian
dt: 0.1 ms
seed: 3
namespace: { tau: 10 ms, drive: 11 mV, w: 0.5 mV, p: 0.1 }
neuron_groups:
  cells:
    N: 40
    model: "dv/dt = (drive - v)/tau + 1*mV*sqrt(2/tau)*xi : volt (unless refractory)"
    threshold: v > 10*mV
    reset: v = 0*mV
    refractory: 2 ms
    method: euler
synapses:
  recurrent:
    source: cells
    target: cells
    on_pre: v_post += w
    connect: { p: p }
    delay: 1 ms
run: 50 ms
`;

function modelFile(): string {
  const path = folder.file('network.yaml');
  writeFileSync(path, network);
  return path;
}

/** Returns the lines of a table, without its headings. */
const rowsOf = (csv: string): string[][] =>
  csv
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));

describe('interneuron sweep', () => {
  test('gives the fingerprints and files of single runs', async () => {
    const model = modelFile();
    const runs = folder.file('runs');
    const outcome = await runCommand([
      'sweep',
      model,
      '--vary',
      'drive=9:11:3 mV',
      '--vary',
      'p=0.1,0.2',
      '--seeds',
      '4:5',
      '--jobs',
      '3',
      '-o',
      runs,
    ]);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    const rows = rowsOf(readFileSync(join(runs, 'table.csv'), 'utf8'));
    const combinations = ['9', '10', '11'].flatMap((drive) =>
      ['0.1', '0.2'].flatMap((p) => ['4', '5'].map((seed) => [drive, p, seed])),
    );
    expect(rows.map((row) => row.slice(0, 3))).toEqual(combinations);
    expect(new Set(rows.map((row) => row[4])).size).toBe(12);
    for (const [k, [drive, p, seed]] of combinations.entries()) {
      const file = folder.file('single.nwb');
      const settings = ['--set', `drive=${drive} mV`, '--set', `p=${p}`, '--seed', seed!];
      const single = await runCommand(['run', model, ...settings, '-o', file, '--json', '--force']);
      const { fingerprint, populations } = JSON.parse(single.stdout);
      expect(rows[k]!.slice(4, 7)).toEqual([fingerprint, ...Object.values(populations.cells).slice(1).map(String)]);
      const name = `run-${String(k + 1).padStart(2, '0')}.nwb`;
      expect(readFileSync(join(runs, name)).equals(readFileSync(file)), name).toBe(true);
    }
  });

  test('does not depend on the order and the number of runs at a time', async () => {
    const model = modelFile();
    const sweep = ['sweep', model, '--vary', 'drive=9:11:3 mV', '--seeds', '2', '-o', '-'];
    const [one, three] = [await runCommand([...sweep, '--jobs', '1']), await runCommand([...sweep, '--jobs', '3'])];
    expect(one.stdout).toBe(three.stdout);
    expect(rowsOf(one.stdout)).toHaveLength(6);
  });

  test.skipIf(anyCompiler === undefined)(
    `compiles the code of all values once${reasonOf(anyCompiler, 'a C compiler')}`,
    async () => {
      const cache = folder.file('cache');
      const words = ['sweep', modelFile(), '--vary', 'drive=9:11:5 mV', '--jobs', '1', '-o', '-'];
      const outcome = await runCommand([...words, '--target', 'c'], { environment: { INTERNEURON_CACHE: cache } });
      expect(rowsOf(outcome.stdout)).toHaveLength(5);
      // The first program still has its numbers in its code.
      expect(readdirSync(join(cache, 'c'))).toHaveLength(2);
      const other = await runCommand([...words, '--target', 'wasm']);
      expect(other.stdout).toBe(outcome.stdout);
    },
  );

  test.skipIf(anyCompiler === undefined)(
    `keeps compiled code in a folder of the user only${reasonOf(anyCompiler, 'a C compiler')}`,
    async () => {
      const [own, shared] = [folder.file('own-cache'), folder.file('shared-cache')];
      mkdirSync(shared);
      chmodSync(shared, 0o777);
      for (const cache of [own, shared]) {
        const words = ['run', modelFile(), '--target', 'c'];
        expect(await runCommand(words, { environment: { INTERNEURON_CACHE: cache } })).toMatchObject({ code: 0 });
      }
      expect([statSync(own).mode & 0o777, readdirSync(own)]).toEqual([0o700, ['c']]);
      expect(readdirSync(shared)).toEqual([]);
    },
  );

  test('keeps the rows of completed runs when it is stopped', async () => {
    const words = [
      'sweep',
      modelFile(),
      '--vary',
      'drive=9:11:200 mV',
      '--jobs',
      '1',
      '-o',
      folder.file('stopped.csv'),
    ];
    let press = (): void => undefined;
    const running = runCommand(words, { interrupt: (given) => (press = given) });
    await new Promise((resolve) => setTimeout(resolve, 500));
    press();
    expect(await running).toMatchObject({ code: 130 });
    const rows = rowsOf(readFileSync(folder.file('stopped.csv'), 'utf8'));
    expect(rows.length).toBeLessThan(200);
    for (const row of rows) expect(row[2]).toBe('complete');
  });

  test('has a row for each run that fails, and goes on', async () => {
    const model = folder.file('failing.yaml');
    writeFileSync(
      model,
      network.replace('cells:\n    N: 40', 'cells:\n    N: 40').replace('v_post += w', 'v_post += w*(1/(p - 0.2))'),
    );
    const { code, stdout, stderr } = await runCommand(['sweep', model, '--vary', 'p=0.1,0.2,0.3', '-o', '-']);
    expect(code).toBe(1);
    expect(rowsOf(stdout).map((row) => row[2])).toEqual(['complete', 'invalid', 'complete']);
    expect(stderr).toContain('run 2: ');
  });
});

describe('mistakes in a sweep', () => {
  test.each([
    ['drive', 'it gives no name and values'],
    ['drive=', 'it gives no name and values'],
    ['drive=9:11', 'a range is first:last:count, then the unit'],
    ['drive=9:11:1 mV', 'a range has at least two values'],
    ['drive=9,,11 mV', 'a value of the list is empty'],
    ['drive=9,9 mV', '9 mV is given twice'],
  ])('--vary %s', async (text, message) => {
    const { code, stderr } = await runCommand(['sweep', modelFile(), '--vary', text]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test.each([
    [['--vary', 'drve=9,10 mV'], 1, ['--vary drve=9 mV', 'did you mean drive?']],
    [['--vary', 'drive=9 mV,10 ms'], 1, ['lang/dimension-mismatch', 'expected', '--vary drive=10 ms']],
    [['--vary', 'drive=9,10 mV', '--set', 'drive=1 mV'], 2, ['in --vary and in --set']],
    [['--vary', 'drive=9,10 mV', '--vary', 'drive=11,12 mV'], 2, ['twice']],
    [['--seeds', '0x2'], 2, ['--seeds cannot be 0x2']],
    [['--seeds', '5:4'], 2, ['it has no seeds']],
    [['--seeds', '2', '--part', '3/2'], 2, ['--part cannot be 3/2']],
    [['--seeds', '2', '--jobs', '0'], 2, ['--jobs cannot be 0']],
    [['--seeds', '2', '-o', 'runs.nwb'], 2, ['a sweep has a file for each run']],
    [['--seeds', '2', '--emit', 'slurm'], 2, ['--emit needs a folder']],
    [['--seeds', '2', '--emit', 'slurm', '-o', 'a\ntouch RAN\n#'], 2, ['has a line break']],
    [['--seeds', '2', '--emit', 'dask', '-o', 'a\u2028b'], 2, ['has a line break']],
    [['--seeds', '2', '--emit', 'snakemake', '-o', 'a{wildcards}'], 2, ['which are wildcards in Snakemake']],
  ] as const)('%j', async (words, expected, parts) => {
    const { code, stdout, stderr } = await runCommand(['sweep', modelFile(), ...words]);
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    for (const part of parts) expect(stderr).toContain(part);
  });
});

const missing = missingEnvironment('.venv-workflows');

describe('sweep --emit', () => {
  const sweep = ['--vary', 'drive=9:11:5 mV', '--seeds', '2'];

  /** Runs a command in a folder with this program as `interneuron`. */
  async function shell(
    command: string,
    words: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const bin = folder.file('bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'interneuron'), `#!/bin/sh\nexec "${process.execPath}" "${inject('program')}" "$@"\n`, {
      mode: 0o755,
    });
    await promisify(execFile)(command, words, {
      cwd: folder.path,
      env: {
        ...process.env,
        INTERNEURON_CACHE: folder.file('cache'),
        PATH: `${bin}:${dirname(command)}:${process.env['PATH']}`,
        ...more,
      },
    });
  }

  async function emitted(
    scheduler: string,
    name: string,
  ): Promise<{ readonly folder: string; readonly whole: string }> {
    modelFile();
    await shell(process.execPath, [
      inject('program'),
      'sweep',
      'network.yaml',
      ...sweep,
      '--emit',
      scheduler,
      '--jobs',
      '3',
      `--output=${name}`,
    ]);
    const whole = await runCommand(['sweep', folder.file('network.yaml'), ...sweep, '-o', '-']);
    return { folder: folder.file(name), whole: whole.stdout };
  }

  test('writes a Slurm array, and its parts give the whole table', async () => {
    const { folder: scripts, whole } = await emitted(
      'slurm',
      '-it\'s "{slurm}" $(touch RAN) `touch RAN` a=1;touch RAN',
    );
    expect(readFileSync(join(scripts, 'sweep.sh'), 'utf8')).toContain('#SBATCH --array=1-3\n');
    for (const part of ['3', '1', '2'])
      await shell('/bin/bash', [join(scripts, 'sweep.sh')], { SLURM_ARRAY_TASK_ID: part });
    await shell('/bin/sh', [join(scripts, 'table.sh')]);
    expect(readFileSync(join(scripts, 'table.csv'), 'utf8')).toBe(whole);
    expect(existsSync(folder.file('RAN'))).toBe(false);
  });

  test.skipIf(missing !== null)(withReason('writes a Snakefile', missing), async () => {
    const { folder: scripts, whole } = await emitted('snakemake', `it's "snake" $(touch RAN) a=1`);
    await shell(join(root, '.venv-workflows/bin/snakemake'), [
      '-s',
      join(scripts, 'Snakefile'),
      '--cores',
      '2',
      '--quiet',
    ]);
    expect(readFileSync(join(scripts, 'table.csv'), 'utf8')).toBe(whole);
    expect(existsSync(join(scripts, 'parts/3.csv'))).toBe(true);
  });

  test.skipIf(missing !== null)(withReason('writes a script for Dask', missing), async () => {
    const { folder: scripts, whole } = await emitted('dask', `it's "dask" \\ $(touch RAN)`);
    await shell(join(root, '.venv-workflows/bin/python'), [join(scripts, 'sweep.py')]);
    expect(readFileSync(join(scripts, 'table.csv'), 'utf8')).toBe(whole);
  });
});
