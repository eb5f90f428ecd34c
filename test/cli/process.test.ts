/** The program as a process of its own: signals, exit codes and streams. */

import type { ChildProcess } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { RunReport } from '../../src/pipeline/results/report.js';
import { temporaryFolder, whenRecording } from '../support/command.js';
import { startProgram } from '../support/program-process.js';
import type { Ended } from '../support/program-process.js';
import { slow, triesAll } from '../support/effort.js';

const folder = temporaryFolder();
const model = 'fixtures/brian/single-lif.yaml';

/** Runs the program to its end; `then` may send signals or close streams. */
function program(words: readonly string[], then?: (child: ChildProcess) => void): Promise<Ended> {
  const { child, ended } = startProgram(words, {
    environment: { INTERNEURON_CACHE: folder.file('cache') },
  });
  then?.(child);
  return ended;
}

describe('includes of a model in an unpacked repository', () => {
  const nml = (content: string): string =>
    `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="n">${content}</neuroml>\n`;
  beforeAll(() => {
    for (const name of ['models', 'types']) mkdirSync(folder.file(`unpacked/${name}`), { recursive: true });
    writeFileSync(folder.file('unpacked/models/m.nml'), nml('<include href="../types/c.nml"/>'));
    writeFileSync(
      folder.file('unpacked/types/c.nml'),
      nml('<iafCell id="c" C="1 nF" thresh="-50mV" reset="-65mV" leakConductance="10nS" leakReversal="-65mV"/>'),
    );
  });
  const validated = (path: string, cwd: string, environment = {}): Promise<Ended> =>
    startProgram(['validate', path], { cwd, environment }).ended;

  it('may lie in the folder in which the command runs', async () => {
    expect(await validated('models/m.nml', folder.file('unpacked'))).toMatchObject({ code: 0 });
  });

  it.each([
    ['a folder beside the model', 'm.nml', 'unpacked/models', {}],
    ['a home folder', 'models/m.nml', 'unpacked', { HOME: 'unpacked' }],
    ['the folder for temporary files', 'models/m.nml', 'unpacked', { TMPDIR: 'unpacked' }],
    ['a folder that the model is not in', '../models/m.nml', 'unpacked/types', {}],
  ])('may not lie elsewhere if the command runs in %s', async (_, path, cwd, variables) => {
    const environment = Object.fromEntries(Object.entries(variables).map(([name, to]) => [name, folder.file(to)]));
    const { code, stdout } = await validated(path, folder.file(cwd), environment);
    expect([code, stdout]).toEqual([1, expect.stringContaining('--allow-path')]);
  });
});

const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot)(
  `files that may not be read${isRoot ? '' : ' (skipped: only root can become somebody else)'}`,
  () => {
    const server = createServer();
    const reasons = {
      'closed.yaml': /permission denied/,
      'shut/model.yaml': /permission denied/,
      'shut/none/model.yaml': /permission denied/,
      shut: /permission denied|is a folder/,
      folder: /is a folder|no models in/,
      socket: /not a file/,
    };
    beforeAll(async () => {
      for (const name of ['closed.yaml', 'shut/model.yaml']) {
        mkdirSync(dirname(folder.file(name)), { recursive: true });
        copyFileSync(model, folder.file(name));
      }
      chmodSync(folder.path, 0o755);
      chmodSync(folder.file('closed.yaml'), 0o000);
      chmodSync(folder.file('shut'), 0o700);
      mkdirSync(folder.file('folder'));
      // Closing it removes the file.
      await new Promise<void>((listening) => server.listen(folder.file('socket'), listening));
    });
    afterAll(() => void server.close());
    /** Converted folders need a folder to be written to. */
    const folderFor = (name: string): readonly string[] =>
      name === 'shut' || name === 'folder' ? ['-o', folder.file('converted')] : [];

    it.each(
      ['run', 'validate', 'describe', 'convert', 'inspect'].flatMap((command) =>
        Object.entries(reasons).map(([name, reason]) => [command, name, reason] as const),
      ),
    )('%s of %s exits with 2 and the reason', async (command, name, reason) => {
      const words = [
        command,
        folder.file(name),
        ...(command === 'convert' ? ['--to', 'brian', '--no-check', ...folderFor(name)] : []),
      ];
      const { ended } = startProgram(words, {
        uid: 65_534,
        environment: { INTERNEURON_CACHE: '/nowhere', HOME: folder.path },
      });
      const { code, stdout, stderr } = await ended;
      expect(code).toBe(2);
      expect(`${stdout}${stderr}`).toMatch(reason);
      expect(stderr).not.toContain('internal error');
    });
  },
);

describe('the program', () => {
  it('exits with 0 and prints no escape codes, bars or rasters into a pipe', async () => {
    const { code, stdout, stderr } = await program(['run', model]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^fingerprint {2}[0-9a-f]{64}$/m);
    expect(stdout).not.toMatch(/[\u001b\u2588\u2800-\u28ff]/);
  });

  it('exits with 1 for a wrong model, with 2 for a wrong command', async () => {
    expect((await program(['run', 'package.json'])).code).toBe(1);
    expect((await program(['runn'])).code).toBe(2);
  });

  it('has the files beside its modules that these name', () => {
    const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const named = sources.flatMap((file) =>
      [...readFileSync(join('src', file), 'utf8').matchAll(/new URL\('\.\/([^']+)', import\.meta\.url\)/g)].map(
        ([, path = '']) => path,
      ),
    );
    expect(named).toContain('python/run_columns.py');
    const chunks = join(dirname(inject('program')), 'chunks');
    expect(named.filter((path) => !existsSync(join(chunks, path)))).toEqual([]);
  });

  it('on Ctrl-C leaves a file that is marked as incomplete, and exits with 130', async () => {
    const output = folder.file('long.nwb');
    const ended = await program(['run', model, '--duration', '100000 s', '-o', output], (child) => {
      whenRecording(folder.path, () => child.kill('SIGINT'));
    });
    expect(ended.stderr).toContain('stopping; data recorded so far are kept');
    expect(ended.code).toBe(130);
    expect(existsSync(output)).toBe(false);
    expect(existsSync(join(folder.path, 'long.incomplete.nwb'))).toBe(true);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('on %s leaves a file that is marked as incomplete, and exits with %d', async (signal, code) => {
    const output = folder.file(`${signal}.nwb`);
    const ended = await program(['run', model, '--duration', '100000 s', '-o', output], (child) => {
      whenRecording(folder.path, () => child.kill(signal));
    });
    expect([ended.code, ended.stderr]).toEqual([code, 'stopping; data recorded so far are kept\n']);
    expect(existsSync(join(folder.path, `${signal}.incomplete.nwb`))).toBe(true);
  });

  it.each([
    ['SIGINT', 'wasm', 3000],
    ['SIGTERM', 'wasm', 3000],
    ['SIGINT', 'c', 3000],
    ['SIGTERM', 'c', 3000],
    ['SIGINT', 'c', 300],
    ['SIGTERM', 'wasm', 300],
  ] as const)('ends within two seconds of %s in the preparation for %s, after %d ms', async (signal, target, after) => {
    const large = folder.file('large.yaml');
    writeFileSync(
      large,
      `
format: interneuron/brian
neuron_groups: { cells: { N: 100000, model: "v : 1", threshold: v > 1 } }
synapses: { all: { source: cells, target: cells, on_pre: v += 1, connect: { p: 0.01 } } }
run: 1 s
`,
    );
    const output = folder.file(`${signal}-${target}-${after}.csv`);
    let sent = 0;
    const ended = await program(['run', large, '--target', target, '--threads', '1', '-o', output], (child) => {
      setTimeout(() => {
        sent = Date.now();
        child.kill(signal);
      }, after);
    });
    expect([130, 143].includes(ended.code ?? 0) || ended.signal === signal, JSON.stringify(ended)).toBe(true);
    expect(Date.now() - sent).toBeLessThan(3000);
    expect(existsSync(output)).toBe(false);
  });

  it('ends by SIGTERM when closing its files takes longer than two seconds', async () => {
    const many = folder.file('many.yaml');
    writeFileSync(
      many,
      `
format: interneuron/brian
neuron_groups: { cells: { N: 20000, model: "v : 1", threshold: i >= 0 } }
spike_monitors: { spikes: { source: cells } }
run: 1000 s
`,
    );
    // Spikes are written when the run ends, and it takes seconds to write some millions of them.
    let sent = 0;
    const words = ['run', many, '--target', 'wasm', '--threads', '1', '-o', folder.file('many.csv')];
    const ended = await program(words, (child) => {
      setTimeout(() => {
        sent = Date.now();
        child.kill('SIGTERM');
      }, 4000);
    });
    expect([ended.code, ended.signal]).toEqual([null, 'SIGTERM']);
    expect(Date.now() - sent).toBeLessThan(3000);
  });

  it
    .skipIf(!existsSync('/dev/full'))
    .each([
      [['run', model, '--json']],
      [['validate', model]],
      [['validate', 'package.json', '--json']],
      [['describe', model]],
      [['schema', 'brian']],
      [['targets']],
      [['explain', 'lang/unknown-name']],
      [['--help']],
    ])('exits with 2 when its output cannot be written: %j', async (words) => {
    const full = openSync('/dev/full', 'w');
    const { code, stderr } = await startProgram(words, { stdout: full }).ended;
    closeSync(full);
    expect([code, stderr]).toEqual([2, 'error: cannot write to standard output: the disk is full\n']);
  });

  it('leaves a checkpoint when it is killed, so that its data can be read and the run continues', async () => {
    const home = folder.file('killed');
    mkdirSync(home);
    const words = (name: string): readonly string[] => ['run', model, '--duration', '60 s', '-o', join(home, name)];
    const fingerprintOf = ({ stdout }: Ended): string | undefined => /^fingerprint {2}(\w+)$/m.exec(stdout)?.[1];
    const whole = await program(words('whole.nwb'));
    const checkpoint = join(home, 'cell.checkpoint');
    const killed = await program([...words('cell.nwb'), '--checkpoint', '100 ms'], (child) => {
      const timer = setInterval(() => {
        if (!existsSync(join(checkpoint, 'state'))) return;
        clearInterval(timer);
        child.kill('SIGKILL');
      }, 5);
    });
    expect(killed.signal).toBe('SIGKILL');
    expect(readdirSync(home).filter((name) => name.includes('.partial-'))).toHaveLength(1);
    const recovered = await program(['run', '--recover', checkpoint]);
    expect(recovered.code).toBe(0);
    // The next run removes the files of the killed one.
    expect(readdirSync(home).sort()).toEqual(['cell.checkpoint', 'cell.incomplete.nwb', 'whole.nwb']);
    const resumed = await program(['run', '--resume', checkpoint]);
    expect([resumed.code, fingerprintOf(resumed)]).toEqual([0, fingerprintOf(whole)]);
    expect(readFileSync(join(home, 'cell.nwb')).equals(readFileSync(join(home, 'whole.nwb')))).toBe(true);
    expect(readdirSync(home).sort()).toEqual(['cell.incomplete.nwb', 'cell.nwb', 'whole.nwb']);
  });

  it.skipIf(!triesAll)(
    slow('holds no more memory for a run that records 200 MB than for one that records a tenth'),
    async () => {
      const recorded = folder.file('recorded.yaml');
      writeFileSync(
        recorded,
        `
format: interneuron/brian
neuron_groups:
  cells: { N: 1000, model: "dv/dt = (2 - v)/(10*ms) : 1", threshold: v > 1, reset: v = 0, initializers: { v: rand() } }
spike_monitors: { spikes: { source: cells } }
state_monitors: { trace: { source: cells, variables: v, record: true } }
run: 1 s
`,
      );
      const peaks: number[] = [];
      for (const duration of ['0.25 s', '2.5 s']) {
        const words = ['run', recorded, '--duration', duration, '-o', folder.file('recorded.nwb'), '--json'];
        const { code, stdout } = await program(words);
        expect(code).toBe(0);
        peaks.push((JSON.parse(stdout) as RunReport).memory.peak);
      }
      expect(peaks[1]! - peaks[0]!).toBeLessThan(100e6);
    },
  );

  it('runs without a folder for compiled code', async () => {
    const file = folder.file('no-folder');
    writeFileSync(file, '');
    const { ended } = startProgram(['--version'], { environment: { NODE_COMPILE_CACHE: file } });
    expect(await ended).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^interneuron \d+\.\d+\.\d+ \(numerics version \d+\)\n$/) as string,
      stderr: '',
    });
  });

  it('ends quietly when its reader does', async () => {
    // The exit code that shells report for programs that end by SIGPIPE.
    const { code, stderr } = await program(['--help'], (child) => child.stdout?.destroy());
    expect([code, stderr]).toEqual([141, '']);
  });
});
