/** `interneuron test`: files of expectations, and tests of OMV. */

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { areClose, detectedSpikes, meanRate, numbersIn } from '../../../src/verify/expect/omv-measures.js';
import { agrees, ExpectedError, readExpected } from '../../../src/verify/expect/expected-quantity.js';
import { hertz, volt } from '../../../src/lang/dimension.js';
import { runCommand, temporaryFolder } from '../../support/command.js';

const folder = temporaryFolder();
const examples = 'fixtures/expectations';

beforeAll(() => {
  copyFileSync('fixtures/brian/single-lif.yaml', folder.file('lif.yaml'));
  for (const name of ['LEMS_ramp.xml', 'ramp.mep']) copyFileSync(`${examples}/omv/${name}`, folder.file(name));
});

/** Checks the expectations of the cell in `lif.yaml`. */
async function checked(text: string, ...words: string[]): ReturnType<typeof runCommand> {
  const path = folder.file('lif.expect.yaml');
  writeFileSync(path, `expect: 1\nmodel: lif.yaml\n${text}`);
  return runCommand(['test', path, ...words]);
}

/** Codes and places of findings. */
async function findings(text: string): Promise<readonly string[]> {
  const { stdout, code } = await checked(text, '--json');
  expect(code).toBe(1);
  const { tests } = JSON.parse(stdout) as {
    readonly tests: readonly { readonly diagnostics: readonly { code: string; place: { line: number } }[] }[];
  };
  return tests[0]!.diagnostics.map(({ code: name, place }) => `${place.line} ${name}`);
}

describe('interneuron test', () => {
  it('finds the tests of a folder, and names the tests that it does not check', async () => {
    const { code, stdout, stderr } = await runCommand(['test', examples]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.replaceAll('\\', '/')).toBe(
      [
        `${examples}/omv/.test.ramp.jnml.omt: passed, 6 expectations`,
        `${examples}/omv/.test.ramp.nrn.omt: not checked: it is for jNeuroML_NEURON (--engine any checks it here)`,
        `${examples}/omv/.test.validate.omt: passed, 1 expectation`,
        `${examples}/single-lif.expect.yaml: passed, 7 expectations`,
        '3 passed, 1 not checked',
        '',
      ].join('\n'),
    );
  });

  it('shows for each missed expectation the expected and the found value', async () => {
    const { code, stdout, stderr } = await checked('spikes:\n  G: { count: 17 ± 0.5, rate: 80 Hz ± 5 % }\n');
    expect(code).toBe(1);
    expect(stdout).toMatch(/lif\.expect\.yaml: failed\n1 failed\n/);
    expect(stderr).toMatch(/lif\.expect\.yaml:4:15/);
    expect(stderr).toMatch(/expected {2}80 Hz ± 5 %\n {2}found {5}90 Hz/);
  });

  it('--target, seed, duration and settings reach the run', async () => {
    // Half the time: 9 spikes. Without current, none.
    const half = 'run: { duration: 100 ms, seed: 3 }\nspikes: { G: { count: 9 } }\n';
    expect(await checked(half, '--target', 'reference')).toMatchObject({ code: 0 });
    expect(await checked('run: { set: { R: 0 ohm } }\nspikes: { G: { count: 0 } }\n')).toMatchObject({ code: 0 });
  });

  it.each<[text: string, findings: readonly string[]]>([
    ['fingerprint: "0123456789"\n', ['3 expect/differs']],
    ['spikes:\n  G[0]:\n    times: [9.1 ms]\n', ['5 expect/differs']],
    ['values:\n  G[0].v:\n    5 ms: -60.1 mV\n    8 ms: -56.23 mV\n', ['5 expect/differs']],
    ['values:\n  G[0].v:\n    5 ms: 5 s\n    5.05 ms: 1 V\n', ['5 expect/other-unit', '6 expect/no-sample']],
    ['values:\n  G[0].w:\n    5 ms: 5 s\n', ['4 model/unknown-variable']],
    ['spikes:\n  H: { count: 1 }\n  G[1]: { count: 1 }\n', ['4 expect/unknown-name', '5 expect/no-such-cell']],
    ['spikes:\n  G.burst: { count: 1 }\n', ['4 expect/unknown-name']],
    ['spikes:\n  G: { rate: 5 Hz ± 5 }\n  g h: { count: 1 }\n', ['4 expect/other-unit', '5 expect/bad-name']],
    ['spikes:\n  G: { count: 5 ± 1 ± 1, rate: five }\n', ['4 expect/bad-quantity', '4 expect/bad-quantity']],
    ['spikes:\n  G: { within: 1 ms, cv: 1 }\n', ['4 expect/within-without-times']],
    ['spikes:\n  G: { counts: 1 }\n', ['4 expect/unknown-key']],
    ['', ['1 expect/nothing-expected']],
    ['run: { duration: 1 }\nspikes: { G: { count: 1 } }\n', ['3 expect/wrong-type']],
  ])('%j', async (text, expected) => {
    expect(await findings(text)).toEqual(expected);
  });

  it('a missing model, folder or file is an error of the command, and others are checked all the same', async () => {
    writeFileSync(folder.file('none.expect.yaml'), 'expect: 1\nmodel: none.yaml\nspikes: { G: { count: 1 } }\n');
    const good = `${examples}/single-lif.expect.yaml`;
    const { code, stdout } = await runCommand(['test', folder.file('none.expect.yaml'), good]);
    expect(code).toBe(2);
    expect(stdout).toMatch(/there is no file .*none\.yaml.*\n.*passed, 7 expectations\n1 passed, 1 failed\n$/);
    mkdirSync(folder.file('empty'));
    expect(await runCommand(['test', folder.file('empty')])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/there are no tests in/),
    });
  });

  it('JUnit and annotations of GitHub', async () => {
    const junit = await runCommand(['test', examples, '--output-format', 'junit']);
    expect(junit.stdout).toContain('<testsuite name="interneuron test" tests="4" failures="0" skipped="1">');
    expect(junit.stdout).toContain('<skipped message="it is for jNeuroML_NEURON');
    const { code, stdout } = await checked('spikes:\n  G: { count: 17 }\n', '--output-format', 'github');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^::error file=.*lif\.expect\.yaml,line=4,col=15,title=expect\/differs::G: count differs/);
  });
});

describe('numbers with tolerances', () => {
  it.each<[text: string | number, value: number, yes: boolean]>([
    ['18.07 Hz', 18.0749, true],
    ['18.07 Hz', 18.0751, false],
    ['90 Hz ± 5 %', 94.5, true],
    ['90 Hz ± 5 %', 94.6, false],
    ['90 Hz +- 2 Hz', 88, true],
    ['0.09 kHz +/- 2 Hz', 87.9, false],
    ['1e2 Hz', 149, true],
  ])('%s and %f', (text, value, yes) => {
    expect(agrees(value, readExpected(text, 'rate', hertz))).toBe(yes);
  });

  it('needs the dimension of its quantity', () => {
    expect(() => readExpected('5 mV', 'rate', hertz)).toThrow(ExpectedError);
    expect(readExpected('-65 mV ± 0.1 mV', 'v', volt)).toMatchObject({ value: -0.065, within: 1e-4 });
  });
});

describe('OMV', () => {
  /** A test of the ramp, with one experiment. */
  async function outcome(experiment: string, observables: string): Promise<string> {
    const test = `target: LEMS_ramp.xml\nengine: jNeuroML\nmep: ramp.mep\nexperiments:\n  ${experiment}: { observables: { ${observables} } }\n`;
    writeFileSync(folder.file('.test.one.omt'), test);
    const { stdout, stderr } = await runCommand(['test', folder.file('.test.one.omt')]);
    return `${stdout.split('\n')[0]!.replace(/^.*\.omt: /, '')} ${/error\[[^\]]*\] {2}.*/.exec(stderr)?.[0] ?? ''}`.trim();
  }

  it('tolerances are relative to the expected values', async () => {
    // Each period is one step of 0.01 ms longer, since the ramp must exceed 1: 92 ms come 0.11 ms late.
    const file = 'file: { path: ramp.dat, scaling: [1000, 1] }, spike detection: { threshold: 0.5 }';
    expect(await outcome('ramp', `spike times: { ${file}, tolerance: 0.0027 }`)).toMatch(/^passed/);
    expect(await outcome('ramp', `spike times: { ${file}, tolerance: 0.0009 }`)).toMatch(/^failed .*differs/);
  });

  it.each([
    [
      'ramp',
      'spike times: { file: { path: other.dat } }',
      'failed error[expect/no-file]  the run wrote no file other.dat',
    ],
    [
      'ramp',
      'resting: { file: { path: ramp.dat, columns: [0, 7] } }',
      'failed error[expect/no-data]  the data of ramp.dat cannot be used: it has 2 columns, not column 7',
    ],
    ['rmp', 'spike times: { file: { path: ramp.dat } }', /has no experiment rmp$/],
    ['often', 'spike times: { file: { path: ramp.dat } }', /expects no spike times of often$/],
    ['seldom', "spike times: { spiketimes file: { path: regular.spikes, format: ID_TIME, ids: '*' } }", /there are 2$/],
  ])('%s: %s', async (experiment, observables, expected) => {
    if (typeof expected === 'string') expect(await outcome(experiment, observables)).toBe(expected);
    else expect(await outcome(experiment, observables)).toMatch(expected);
  });

  it('the value that differs is shown, also after the first eight', async () => {
    const mep = readFileSync(`${examples}/omv/ramp.mep`, 'utf8');
    const times = Array.from({ length: 12 }, (_, k) => (k === 10 ? 85 : 4 + 8 * k));
    writeFileSync(folder.file('ramp.mep'), `${mep}  late:\n    expected: { spike times: [${times.join(', ')}] }\n`);
    const file = 'file: { path: ramp.dat, scaling: [1000, 1] }, spike detection: { threshold: 0.5 }';
    expect(await outcome('late', `spike times: { ${file}, tolerance: 0.004 }`)).toMatch(
      /value 11 of late: spike times/,
    );
    const { stderr } = await runCommand(['test', folder.file('.test.one.omt')]);
    // The ramp exceeds 1 a step later each time: 84.11 ms, see above.
    expect(stderr).toMatch(/expected {2}4 values, 36, 44, 52, 60, 68, 76, 85, 92 within 0\.004 of each/);
    expect(stderr).toMatch(/found {5}4 values, 36\.\d+, .*, 84\.\d+, 92\.\d+\n/);
  });

  it('tests for other engines that read LEMS run with --engine any', async () => {
    const test = `target: LEMS_ramp.xml\nengine: jNeuroML_NEURON\nexperiments: {}\n`;
    writeFileSync(folder.file('.test.other.omt'), test);
    const run = async (...words: string[]): Promise<string> =>
      (await runCommand(['test', folder.file('.test.other.omt'), ...words])).stdout;
    expect(await run()).toMatch(/not checked: it is for jNeuroML_NEURON \(--engine any checks it here\)/);
    expect(await run('--engine', 'any')).toMatch(/passed, 1 expectation/);
  });

  it('a test for NEURON says whether it fails by the error of forward Euler', async () => {
    // With the step of the model, the last spike of 92 ms comes 0.11 ms late; with a tenth of it, 0.011 ms.
    const file = 'file: { path: ramp.dat, scaling: [1000, 1] }, spike detection: { threshold: 0.5 }';
    const hintFor = async (tolerance: number): Promise<string | undefined> => {
      writeFileSync(
        folder.file('.test.nrn.omt'),
        `target: LEMS_ramp.xml\nengine: jNeuroML_NEURON\nmep: ramp.mep\nexperiments:\n  ramp: { observables: { spike times: { ${file}, tolerance: ${tolerance} } } }\n`,
      );
      const { code, stderr } = await runCommand(['test', folder.file('.test.nrn.omt'), '--engine', 'any']);
      expect(code).toBe(1);
      return /hint +(.*)/.exec(stderr)?.[1];
    };
    expect(await hintFor(0.0009)).toBe(
      'the test is for jNeuroML_NEURON: with a tenth of the step it passes, so the difference is that of forward Euler',
    );
    expect(await hintFor(0.00001)).toMatch(/a tenth of the step does not make it pass$/);
  });

  it('an observable that other engines have is named', async () => {
    const mep = readFileSync(`${examples}/omv/ramp.mep`, 'utf8');
    writeFileSync(folder.file('ramp.mep'), `${mep}  warm:\n    expected: { temperature: 6.3 }\n`);
    expect(await outcome('warm', 'temperature: {}')).toBe('not checked: its observable temperature is not supported');
  });

  it('spikes and rates by their definitions', () => {
    const rows = [0, 0, 1, 2, 1, 1, 3, 0].map((v, k) => [k, v]);
    expect(detectedSpikes(rows, 'threshold', 0.5)).toEqual([2]);
    expect(detectedSpikes(rows, 'threshold', 1)).toEqual([3, 6]);
    expect(detectedSpikes(rows, 'derivative', 0)).toEqual([3, 6]);
    const cells = [[0.1, 0.2, 0.3, 0.4], []];
    expect(meanRate(cells, { method: 'isi based', start: 0, end: Infinity })).toBeCloseTo(5, 12);
    expect(meanRate(cells, { method: 'duration based', start: 0.15, end: 0.35 })).toBeCloseTo(5, 12);
    expect(areClose([1, 2], [1.0009, 2], 1e-3)).toBe(true);
    expect(areClose([1], [1, 2], 1)).toBe(false);
    expect(numbersIn('# t v\n1 2\n\n3 4 # end\n', 0)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(numbersIn('1 2\n3\n', 0)).toBeNull();
  });
});
