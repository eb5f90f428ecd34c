import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseProgram, printProgram } from '../../src/ir/text.js';
import type { RunReport } from '../../src/pipeline/results/report.js';
import { runCommand, temporaryFolder, whenRecording } from '../support/command.js';

const folder = temporaryFolder();

/**
 * Neurons that start at random potentials and decay to a rest above threshold: tau, rest and threshold decide the rate.
 */
const network = `
format: interneuron/brian
name: small network
dt: 0.1 ms
seed: 1
namespace: { tau: 10 ms, drive: 20 mV, w: 0.5 mV }
neuron_groups:
  cells:
    N: 40
    model: "dv/dt = (drive - v)/tau : volt"
    threshold: v > 10*mV
    reset: v = 0*mV
    initializers: { v: "rand()*10*mV" }
synapses:
  recurrent: { source: cells, target: cells, on_pre: v += w, connect: { p: 0.2 }, delay: 1.5 ms }
spike_monitors:
  spikes: { source: cells }
run: 50 ms
`;

let model = '';
beforeAll(() => {
  model = folder.file('network.yaml');
  writeFileSync(model, network);
});

/** The object that `run --json` prints. */
async function report(...words: string[]): Promise<RunReport> {
  const outcome = await runCommand(['run', model, '--json', ...words]);
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(outcome.stdout);
}

describe('run --json', () => {
  it('has the keys that other tools build on', async () => {
    const found = await report('-o', folder.file('keys.csv'));
    expect(Object.keys(found)).toEqual([
      'model',
      'target',
      'device',
      'precision',
      'seed',
      'dt',
      'steps',
      'threads',
      'fingerprint',
      'populations',
      'timings',
      'memory',
      'outputs',
      'diagnostics',
    ]);
    expect(Object.keys(found.model)).toEqual(['name', 'hash']);
    expect(Object.keys(found.timings)).toEqual(['import', 'lower', 'compile', 'connect', 'run', 'write', 'total']);
    expect(found).toMatchObject({
      model: { name: 'small network', hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      target: 'wasm',
      precision: 'float64',
      seed: '1',
      dt: 0.0001,
      steps: 500,
      threads: 1,
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      populations: { cells: { size: 40 } },
      outputs: expect.arrayContaining([folder.file('keys.csv')]),
      diagnostics: [],
    });
    expect(found.memory.peak).toBeGreaterThan(10_000_000);
    for (const seconds of Object.values(found.timings)) expect(seconds).toBeGreaterThanOrEqual(0);
    const { size, spikes, rate } = found.populations['cells']!;
    expect(rate).toBeCloseTo(spikes / size / 0.05, 9);
    // Without synapses a cell fires every tau*ln(drive/(drive - threshold)) = 6.93 ms: 7 or 8 times in 50 ms; synapses
    // add to it.
    expect(spikes / size).toBeGreaterThan(7);
  });

  it('gives the same fingerprint on every target and for any number of threads', async () => {
    const prints = await Promise.all([
      report(),
      report('--threads', '2'),
      report('--target', 'reference'),
      report('--target', 'wasm'),
    ]);
    expect(new Set(prints.map(({ fingerprint }) => fingerprint)).size).toBe(1);
  });

  it('gives another fingerprint for another seed, precision, setting or step', async () => {
    const all = [
      report(),
      report('--seed', '2'),
      report('--precision', 'float32'),
      report('--set', 'w=0.6 mV'),
      report('--dt', '0.05 ms'),
    ];
    expect(new Set((await Promise.all(all)).map(({ fingerprint }) => fingerprint)).size).toBe(all.length);
  });

  it('states the requested seed, duration and precision', async () => {
    const found = await report('--seed', '18446744073709551615', '--duration', '20 ms', '--precision', 'float32');
    expect(found).toMatchObject({ seed: '18446744073709551615', steps: 200, precision: 'float32' });
  });

  it('has no fingerprint and no outputs for the null target', async () => {
    expect(await report('--target', 'null')).toMatchObject({
      target: 'null',
      steps: 0,
      fingerprint: null,
      outputs: [],
    });
  });
});

describe('output files', () => {
  it('CSV holds every spike at its time', async () => {
    const path = folder.file('spikes.csv');
    const found = await report('-o', path);
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    expect(lines.length - 1).toBe(found.populations['cells']!.spikes);
  });

  it('several formats at once, each whole', async () => {
    const paths = ['both.nwb', 'both.json'].map((name) => folder.file(name));
    expect((await report('-o', paths[0]!, '-o', paths[1]!)).outputs).toEqual(expect.arrayContaining(paths));
    for (const path of paths) expect(existsSync(path)).toBe(true);
    expect(readdirSync(folder.path).filter((name) => /partial|incomplete/.test(name))).toEqual([]);
  });

  it('more recordings than the model has', async () => {
    const path = folder.file('recorded.json');
    await report('--record', 'cells:v@1ms', '--duration', '5 ms', '-o', path);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('cells_v');
  });

  it('the program after each pass, as text that reads back', async () => {
    await report('--dump-ir', folder.file('ir'), '--target', 'null');
    // A hidden file lists the program's own files.
    const files = readdirSync(folder.file('ir'))
      .filter((name) => !name.startsWith('.'))
      .sort();
    expect(files.length).toBeGreaterThan(3);
    const texts = files.map((name) => readFileSync(join(folder.file('ir'), name), 'utf8'));
    expect(files.map((name) => Number(/^(\d\d)\.[a-z-]+\.ir$/.exec(name)?.[1]))).toEqual(files.map((_, i) => i + 1));
    for (const text of texts) expect(printProgram(parseProgram(text))).toBe(text);
    // Every pass adds to the program; the last text is the one that runs.
    expect(texts.at(-1)!.length).toBeGreaterThan(texts[0]!.length);
  });
});

describe('values that are no numbers', () => {
  const roots = `
format: interneuron/brian
neuron_groups:
  cells:
    N: 3
    model: "dv/dt = -v/(10*ms) : 1"
    initializers: { v: "sqrt(i - 1)" }
  others:
    N: 2
    model: |
      dv/dt = -v/(10*ms) : 1
      w : 1
    initializers: { v: "log(i - 2)" }
synapses:
  s:
    source: cells
    target: others
    model: "dx/dt = -x/(10*ms) : 1 (clock-driven)"
    connect: true
    initializers: { x: "sqrt(1.0*i - j)" }
run: 1 ms
`;

  it('are warned of, by population and variable', async () => {
    const path = folder.file('roots.yaml');
    writeFileSync(path, roots);
    const { code, stdout } = await runCommand(['run', path, '--json', '-o', folder.file('roots.nwb')]);
    expect(code).toBe(0);
    const { diagnostics } = JSON.parse(stdout) as RunReport;
    expect(
      diagnostics.map(({ code: of, severity, message, found }) => [of, severity, message.split(' is ')[0], found]),
    ).toEqual([
      ['run/not-a-number', 'warning', 'v of cells', 'NaN in 1 of 3 elements'],
      ['run/not-a-number', 'warning', 'v of others', 'NaN in all 2 elements'],
      // From 0 to 1.
      ['run/not-a-number', 'warning', 'x of s', 'NaN in 1 of 6 elements'],
    ]);
    const people = await runCommand(['run', path]);
    expect([people.code, people.stderr.match(/^warning\[run\/not-a-number\]/gm)?.length]).toEqual([0, 3]);
    expect(await runCommand(['run', path, '--quiet'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

describe('variables that are infinite when a run ends', () => {
  it('are warned of like NaN', async () => {
    const path = folder.file('blows-up.yaml');
    const grows = 'model: "dv/dt = v*v/ms : 1", method: euler, initializers: { v: 5 }';
    writeFileSync(
      path,
      `format: interneuron/brian\ndt: 0.1 ms\nneuron_groups: { cells: { N: 3, ${grows} } }\nrun: 4 ms\n`,
    );
    const { code, stdout } = await runCommand(['run', path, '--json', '-o', folder.file('blows-up.nwb')]);
    const { diagnostics } = JSON.parse(stdout) as RunReport;
    expect([code, ...diagnostics.map(({ code: of, severity, found }) => [of, severity, found])]).toEqual([
      0,
      ['run/infinite', 'warning', 'infinity in all 3 elements'],
    ]);
  });
});

describe('infinity from a computation', () => {
  it('is warned of in first values, which stay constant, and in samples', async () => {
    const path = folder.file('infinite.yaml');
    writeFileSync(
      path,
      `format: interneuron/brian
neuron_groups:
  given: { N: 2, model: "v : 1", initializers: { v: 1/(i-i) } }
  sampled: { N: 2, model: "dx/dt = 1/ms : 1\\ny = exp(1000*x) : 1\\nz = log(0*x - 1) : 1" }
state_monitors: { M: { source: sampled, variables: [x, y, z] } }
run: 1 ms
`,
    );
    const { stdout } = await runCommand(['run', path, '--json', '-o', folder.file('infinite.csv')]);
    const { diagnostics } = JSON.parse(stdout) as RunReport;
    // exp overflows beyond 709.8: at 0.8 ms and 0.9 ms. The logarithm of -1 has no value at any of ten times.
    expect(diagnostics.map(({ code, message, found }) => [code, message.slice(0, 22), found])).toEqual([
      ['run/infinite', 'v of given is infinite', 'infinity in all 2 elements'],
      ['run/samples-not-finite', '4 samples of y of samp', 'infinity'],
      ['run/samples-not-finite', '20 samples of z of sam', 'NaN'],
    ]);
  });

  it('is a finding if explicit steps are too long for a conductance, though it ends', async () => {
    // From 2 ms until 2.5 ms v becomes 1 - dt * g/C = -9 times as large in each step, beginning at 60 mV.
    const path = folder.file('unstable.yaml');
    writeFileSync(
      path,
      `format: interneuron/brian
dt: 0.1 ms
neuron_groups:
  clamped:
    N: 1
    model: |
      dv/dt = -g*v/(1*uF) : volt
      g = 100*msiemens*int(t >= 2*ms)*int(t < 2.7*ms) + 1*nsiemens : siemens
    method: euler
    initializers: { v: 60*mV }
state_monitors: { M: { source: clamped, variables: [v] } }
run: 4 ms
`,
    );
    const { stdout } = await runCommand(['run', path, '--json', '-o', folder.file('unstable.csv')]);
    const { diagnostics } = JSON.parse(stdout) as RunReport;
    // 0.06 V * 9**5 is 3543 V.
    expect(diagnostics.map(({ code, message, found }) => [code, message, found])).toEqual([
      ['run/potentials-too-large', '15 samples of v of clamped are beyond 1000 V, the first at 2.5 ms', '-3540 V'],
    ]);
  });
});

describe('a recording of an unknown variable', () => {
  it('is a finding at the option that names it', async () => {
    const outcome = await runCommand(['run', model, '--record', 'cells:u', '--json']);
    expect(outcome.code).toBe(1);
    expect(JSON.parse(outcome.stdout).diagnostics).toContainEqual(
      expect.objectContaining({ place: expect.objectContaining({ document: '--record cells:u' }) }),
    );
  });
});

describe('a setting of an unknown name', () => {
  it('is refused with a suggestion', async () => {
    const outcome = await runCommand(['run', model, '--set', 'drve=10 mV']);
    expect(outcome.code).not.toBe(0);
    expect(outcome.stderr).toContain('did you mean drive?');
  });
});

describe('text for people', () => {
  it('names populations, rates, the fingerprint and the files', async () => {
    const path = folder.file('people.csv');
    const { code, stdout, stderr } = await runCommand(['run', model, '-o', path]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^small network {2}\(model [0-9a-f]{12}\)$/m);
    expect(stdout).toMatch(/^population +cells +spikes +rate \(Hz\)$/m);
    expect(stdout).toMatch(/^cells +40 +\d+ +\d+\.\d\d$/m);
    expect(stdout).toMatch(/^fingerprint {2}[0-9a-f]{64}$/m);
    expect(stdout).toContain(`wrote        ${path}`);
    expect(stdout).not.toMatch(/[\u2800-\u28ff]/);
  });

  it('draws a raster on a terminal', async () => {
    const { stdout } = await runCommand(['run', model], { onTerminal: true, columns: 60 });
    expect(stdout).toMatch(/^cells │.*[\u2801-\u28ff]/m);
    expect(
      Math.max(
        ...stdout
          .split('\n')
          .filter((line) => line.includes('│'))
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(60);
  });

  it('is empty with --quiet', async () => {
    expect(await runCommand(['run', model, '--quiet', '-o', folder.file('quiet.csv')])).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect(existsSync(folder.file('quiet.csv'))).toBe(true);
  });
});

describe('Ctrl-C', () => {
  it('during the run keeps the recorded data, in a file that is marked as stopped', async () => {
    const path = folder.file('stopped.nwb');
    let press = (): void => undefined;
    const running = runCommand(['run', model, '--duration', '100000 s', '--record', 'cells:v', '-o', path], {
      interrupt: (given) => (press = given),
    });
    whenRecording(folder.path, () => press());
    const { code, stdout, stderr } = await running;
    expect(code).toBe(130);
    expect(stderr).toContain('stopping; data recorded so far are kept');
    expect(stdout).toContain('the run was stopped at');
    expect(existsSync(path)).toBe(false);
    expect(existsSync(folder.file('stopped.incomplete.nwb'))).toBe(true);
    const verified = await runCommand(['verify', folder.file('stopped.incomplete.nwb')]);
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringMatching(/^identical: /) });
  });

  it('is left to the system until the model is lowered', async () => {
    const refused = folder.file('refused.yaml');
    writeFileSync(
      refused,
      'format: interneuron/brian\nneuron_groups: { G: { N: 1, model: "dv/dt = -v**2/second : 1", method: exact } }\nrun: 1 ms\n',
    );
    let listens = false;
    const { code, stderr } = await runCommand(['run', refused], { interrupt: () => (listens = true) });
    expect([code, stderr.includes('lower/method-refused'), listens]).toEqual([1, true, false]);
  });

  it('before the first step writes no file', async () => {
    const { code, stderr } = await runCommand(['run', model, '-o', folder.file('early.csv')], {
      interrupt: (press) => press(),
    });
    expect([code, stderr.includes('nothing was written')]).toEqual([130, true]);
    expect(readdirSync(folder.path).filter((name) => name.startsWith('early'))).toEqual([]);
  });
});

describe('a membrane that ends as NaN', () => {
  it('fails the run, which is kept, and names the first step and cell', async () => {
    const words = ['run', 'fixtures/neuroml/cells.net.nml', '--dt', '0.1 ms', '--json', '-o', folder.file('nan.csv')];
    const { code, stdout } = await runCommand([...words, '--duration', '100 ms']);
    const { diagnostics } = JSON.parse(stdout) as RunReport;
    const faults = diagnostics.filter(({ code: of }) => of.startsWith('run/'));
    expect([code, ...faults.map(({ code: of, severity }) => `${of} ${severity}`)]).toEqual([
      1,
      'run/membrane-not-a-number error',
      'run/membrane-not-a-number error',
    ]);
    expect(existsSync(folder.file('nan.csv'))).toBe(true);
    const [, step] = /^v of exc\[\d\] is not a number \(NaN\) from step (\d+) on/.exec(faults[0]?.message ?? '') ?? [];
    const codes = [];
    for (const steps of [Number(step) - 1, Number(step)])
      codes.push((await runCommand([...words, '--force', '--duration', `${steps / 10} ms`])).code);
    expect(codes).toEqual([0, 1]);
  });
});
