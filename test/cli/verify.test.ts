import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand, temporaryFolder } from '../support/command.js';

const folder = temporaryFolder();
const formats = ['nwb', 'json', 'csv'];

beforeAll(async () => {
  const model = {
    format: 'interneuron/brian',
    name: 'noise',
    dt: '0.1 ms',
    seed: 3,
    neuron_groups: {
      cells: {
        N: 5,
        model: 'dv/dt = (15*mV - v)/(10*ms) + 3*mV*xi*(10*ms)**-0.5 : volt',
        method: 'euler',
        threshold: 'v > 10*mV',
        reset: 'v = 0*mV',
      },
    },
    spike_monitors: { spikes: { source: 'cells' } },
    run: '100 ms',
  };
  writeFileSync(folder.file('model.json'), JSON.stringify(model));
  for (const format of formats) {
    const outcome = await runCommand(['run', folder.file('model.json'), '-q', '-o', folder.file(`noise.${format}`)]);
    expect(outcome).toEqual({ code: 0, stdout: '', stderr: '' });
  }
});

describe.each(formats)('verify of a %s file', (format) => {
  it('answers identical, on the engine that wrote it and on another', async () => {
    for (const target of ['wasm', 'reference']) {
      const { code, stdout } = await runCommand(['verify', folder.file(`noise.${format}`), '--target', target]);
      expect(stdout).toMatch(
        new RegExp(`^identical: 1000 steps, fingerprint [0-9a-f]{16} \\(written by wasm, run again on ${target}\\)\n$`),
      );
      expect(code).toBe(0);
    }
  });
});

describe('verify --everywhere', () => {
  it('runs the model on each engine of the machine, with a line that stands by itself for each', async () => {
    const { code, stdout } = await runCommand(['verify', folder.file('noise.nwb'), '--everywhere', '--json']);
    const { runs } = JSON.parse(stdout) as { readonly runs: readonly Readonly<Record<string, unknown>>[] };
    expect(code).toBe(0);
    const engines = new Set(runs.map(({ engine }) => String(engine).replace(/ \(.*/, '')));
    expect(engines).toEqual(new Set(['wasm', 'c', 'mpi', 'opencl', 'cuda']));
    for (const { verdict, found, fingerprint, reason } of runs)
      if (verdict === 'identical') expect(found).toBe(fingerprint);
      else expect([verdict, reason]).toEqual([expect.stringMatching(/^not (available|run)$/), expect.any(String)]);
    expect(
      runs.some(({ engine, threads, verdict }) => engine === 'wasm' && threads === 1 && verdict === 'identical'),
    ).toBe(true);
  });

  it('takes no engine', async () => {
    const { code, stderr } = await runCommand(['verify', folder.file('noise.nwb'), '--everywhere', '--target', 'c']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--everywhere takes a result only')]);
  });
});

describe('a result that differs from a run of its model', () => {
  it('differs, with the first place of a difference', async () => {
    const path = folder.file('noise.csv');
    const lines = readFileSync(path, 'utf8').split('\n');
    const removed = lines[10]!;
    writeFileSync(path, lines.filter((line) => line !== removed).join('\n'));
    const { code, stdout } = await runCommand(['verify', path]);
    writeFileSync(path, lines.join('\n'));
    expect(code).toBe(1);
    expect(stdout).toMatch(/^different/);
    expect(stdout).toMatch(/first difference in step \d+ .*cells\[\d\]\.spike: stored no spike, now a spike/);
  });

  it('with another model inside is refused', async () => {
    const path = folder.file('noise.provenance.json');
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('0.015');
    writeFileSync(path, text.replaceAll('0.015', '0.016'));
    const { code, stderr } = await runCommand(['verify', folder.file('noise.csv')]);
    writeFileSync(path, text);
    expect(code).toBe(1);
    expect(stderr).toContain('verify/changed-model');
  });

  it('--json reports the same to programs', async () => {
    const { code, stdout } = await runCommand(['verify', folder.file('model.json'), '--json']);
    expect(code).not.toBe(0);
    expect(JSON.parse(stdout)).toHaveProperty('error');
  });
});

describe('a file that is no result', () => {
  it.each([
    ['noise.txt', 'hello'],
    ['empty.nwb', ''],
    ['other.json', '{"a": 1}'],
  ])('%s', async (name, text) => {
    writeFileSync(folder.file(name), text);
    const { code, stderr } = await runCommand(['verify', folder.file(name)]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: .* is not a result/);
  });
});

describe('verify with a model', () => {
  const verify = (...words: string[]): ReturnType<typeof runCommand> =>
    runCommand(['verify', ...words.map((word) => (/\.\w+$/.test(word) ? folder.file(word) : word))]);

  it('recognises the model that made a result, and its spikes', async () => {
    const { code, stdout } = await verify('noise.nwb', 'model.json');
    expect(stdout).toMatch(
      /^identical: 42 spikes\nthe model is the one that made the result\n.*42 of 42 spikes .*1 of 1 population, 5 of 5 cells/,
    );
    expect(code).toBe(0);
  });

  it('tells another model, and the populations that spike differently', async () => {
    const text = readFileSync(folder.file('model.json'), 'utf8');
    writeFileSync(folder.file('driven.json'), text.replace('15*mV', '25*mV'));
    const { code, stdout } = await verify('noise.nwb', 'driven.json');
    expect(stdout).toMatch(/^different: rate of cells \(.*\nthe model is not the one that made the result\n/);
    expect(code).toBe(1);
  });

  it('compares a result of another program with a new run', async () => {
    const spikes = readFileSync(folder.file('noise.csv'), 'utf8').replace(/time_s/, 'time (s)');
    writeFileSync(folder.file('foreign.csv'), spikes);
    const { code, stdout } = await verify('foreign.csv', 'model.json', '--within', '0.01 ms', '--details');
    expect(stdout).toMatch(/^identical: 42 spikes\n.*\nfirst .*foreign\.csv: table of spikes\nsecond +a new run/);
    expect(code).toBe(0);
  });

  it('--within compares a result with a new run of its own model', async () => {
    expect((await verify('noise.csv', '--within', '0.1 ms')).stdout).toMatch(/^identical: .*\nthe model is the one /);
  });

  it('a result of another program needs a model', async () => {
    const { code, stderr } = await verify('foreign.csv', '--within', '0.1 ms');
    expect(stderr).toMatch(/^error: .*foreign\.csv holds no model\n {2}hint {2}name the model after the result/);
    expect(code).toBe(2);
    expect((await verify('noise.csv', 'model.json', 'model.json')).code).toBe(2);
  });
});

describe('a result as a model', () => {
  it.each(formats)('run, describe and convert take the model of a %s file', async (format) => {
    const path = folder.file(`noise.${format}`);
    const again = folder.file(`again-${format}.csv`);
    expect((await runCommand(['run', path, '-q', '-o', again])).code).toBe(0);
    expect((await runCommand(['same', path, again])).stdout).toMatch(/^identical: \d+ spikes\n/);
    expect((await runCommand(['describe', path])).stdout).toMatch(/^noise\n/);
    const converted = folder.file(`model-${format}.json`);
    expect((await runCommand(['convert', path, '--to', 'canonical', '-o', converted])).code).toBe(0);
    expect((await verifyWith(path, converted)).stdout).toMatch(/\nthe model is the one that made the result\n/);
  });

  it('options of a run apply to it', async () => {
    const again = folder.file('seeded.csv');
    expect((await runCommand(['run', folder.file('noise.nwb'), '-q', '--seed', '9', '-o', again])).code).toBe(0);
    expect((await runCommand(['same', folder.file('noise.nwb'), again])).stdout).toMatch(/^runs +seed 3 and 9$/m);
  });

  const verifyWith = (path: string, model: string): ReturnType<typeof runCommand> =>
    runCommand(['verify', path, model]);
});

describe('same, of two results', () => {
  it('of one model in other formats is the same', async () => {
    const files = [folder.file('noise.nwb'), folder.file('noise.csv')];
    const { code, stdout } = await runCommand(['same', ...files]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^identical: \d+ spikes\n/)]);
    for (const name of ['diff', 'compare']) expect(await runCommand([name, ...files])).toMatchObject({ code, stdout });
  });

  it('of other seeds names the first spike, and the populations that differ', async () => {
    const other = folder.file('other.csv');
    expect((await runCommand(['run', folder.file('model.json'), '-q', '--seed', '4', '-o', other])).code).toBe(0);
    const { code, stdout } = await runCommand(['same', folder.file('noise.csv'), other]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/^cannot say: /);
    expect(stdout).toMatch(
      /^runs +seed 3 and 4\nearliest +in step \d+ \(.* s\), cells\[\d\]\.spike: first (?:no|a) spike, second (?:no|a) spike$/m,
    );
  });

  it('of other steps compares times, and lists the differences of the runs first', async () => {
    const other = folder.file('halved.csv');
    const words = ['run', folder.file('model.json'), '-q', '--dt', '0.05 ms', '--duration', '50 ms', '-o', other];
    expect((await runCommand(words)).code).toBe(0);
    const { code, stdout } = await runCommand(['same', folder.file('noise.csv'), other]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^different: only in the first: 50 ms of time\n/);
    expect(stdout).toMatch(/^runs +dt 0\.1 ms and 0\.05 ms; duration 100 ms and 50 ms$/m);
  });

  it('of one result runs its model again, as verify does', async () => {
    const path = folder.file('noise.csv');
    expect(await runCommand(['same', path])).toEqual(await runCommand(['verify', path]));
  });

  it('of three files is refused', async () => {
    const path = folder.file('noise.csv');
    const { code, stderr } = await runCommand(['same', path, path, path]);
    expect([code, stderr.split('\n')[0]]).toEqual([2, 'error: same takes two files, but got 3']);
  });
});
