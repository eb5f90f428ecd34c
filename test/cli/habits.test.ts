/** Formats of findings, defaults of options, `inspect` and `doctor`. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { XMLParser } from 'fast-xml-parser';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectDefaults, withProject } from '../../src/cli/defaults.js';
import { runCommand, temporaryFolder } from '../support/command.js';

const folder = temporaryFolder();
const model = 'fixtures/readme/first-steps.yaml';
const wrong = 'fixtures/readme/two-slips.yaml';

describe('validate --output-format', () => {
  it('github prints an annotation for each finding', async () => {
    const { code, stdout, stderr } = await runCommand(['validate', wrong, 'a,b.yaml', '--output-format', 'github']);
    expect([code, stderr]).toEqual([2, '']);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(
        /^::error file=fixtures\/readme\/two-slips\.yaml,line=14,col=15,title=lang\/dimension-mismatch::the rate of v /,
      ),
      expect.stringMatching(/^::error file=fixtures\/readme\/two-slips\.yaml,line=28,col=18,/),
      '::error file=a%2Cb.yaml,title=unreadable::there is no file a,b.yaml; hint: check its name and folder',
      '',
    ]);
  });

  it('sarif is a log with rules, levels and places', async () => {
    const { code, stdout } = await runCommand(['validate', wrong, '--output-format', 'sarif']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'interneuron', rules: [{ id: 'lang/dimension-mismatch' }] } },
          results: [14, 28].map((startLine) => ({
            ruleId: 'lang/dimension-mismatch',
            level: 'error',
            locations: [{ physicalLocation: { artifactLocation: { uri: wrong }, region: { startLine } } }],
          })),
        },
      ],
    });
  });

  it('junit has a case for each model', async () => {
    const { stdout } = await runCommand(['validate', wrong, model, '--output-format', 'junit']);
    const parsed: unknown = new XMLParser({ ignoreAttributes: false }).parse(stdout);
    expect(parsed).toMatchObject({
      testsuites: {
        '@_tests': '2',
        '@_failures': '1',
        testsuite: {
          testcase: [
            { '@_name': wrong, failure: { '#text': expect.stringContaining('28:18: lang/dimension-mismatch') } },
            { '@_name': model },
          ],
        },
      },
    });
  });
});

describe('validate --watch', () => {
  it('checks again when a file changes, until Ctrl-C', async () => {
    const path = folder.file('watched.yaml');
    writeFileSync(path, readFileSync(wrong));
    let press = (): void => undefined;
    const { code, stdout } = await runCommand(['validate', path, '--watch'], {
      interrupt: (callback) => (press = callback),
      onOutput: (text) => {
        if (text.includes('not valid')) setTimeout(() => writeFileSync(path, readFileSync(model)), 300);
        if (text.includes(': valid')) setTimeout(() => press(), 0);
      },
    });
    expect(code).toBe(130);
    expect(stdout).toMatch(/watched\.yaml: not valid \(2 errors\)\n\n.*watched\.yaml: valid, brian/);
  });
});

describe('defaults of options', () => {
  const ran = async (words: readonly string[], environment: Readonly<Record<string, string>>): Promise<unknown> => {
    const all = ['run', model, '--duration', '1 ms', '--json', ...words];
    return JSON.parse((await runCommand(all, { environment })).stdout);
  };

  it('come from the environment, unless an option is given', async () => {
    const environment = { INTERNEURON_TARGET: 'reference' };
    expect(await ran([], environment)).toMatchObject({ target: 'reference' });
    expect(await ran(['--target', 'wasm'], { ...environment, INTERNEURON_THREADS: '2' })).toMatchObject({
      target: 'wasm',
      threads: 2,
    });
  });

  it('come from the configuration file, unless the environment overrides them', async () => {
    const home = folder.file('config');
    mkdirSync(`${home}/interneuron`, { recursive: true });
    writeFileSync(`${home}/interneuron/config.json`, '{ "target": "reference", "threads": 1 }');
    expect(await ran([], { XDG_CONFIG_HOME: home })).toMatchObject({ target: 'reference' });
    expect(await ran([], { XDG_CONFIG_HOME: home, INTERNEURON_TARGET: 'wasm' })).toMatchObject({ target: 'wasm' });
    writeFileSync(`${home}/interneuron/config.json`, '{ "targt": "c" }');
    expect(await ran([], { XDG_CONFIG_HOME: home })).toMatchObject({
      error: { message: expect.stringContaining('has no setting targt'), hint: 'did you mean target?' },
    });
    writeFileSync(`${home}/interneuron/config.json`, '{ target: c }');
    expect(await ran([], { XDG_CONFIG_HOME: home })).toMatchObject({
      error: { message: expect.stringContaining('is not a JSON object') },
    });
  });

  it('do not affect the checks of validate', async () => {
    const environment = { INTERNEURON_TARGET: 'none' };
    expect(await runCommand(['validate', model], { environment })).toMatchObject({ code: 0 });
  });
});

describe('a project file', () => {
  const project = (text: string): string => {
    const place = folder.file('project');
    mkdirSync(place, { recursive: true });
    writeFileSync(`${place}/interneuron.yaml`, text);
    return place;
  };

  it('sets options of commands that the command line does not give', async () => {
    const place = project('run:\n  target: reference\n  seed: 7\n  quiet: true\nconvert: { to: pynn }\n');
    const read = await projectDefaults('run', place);
    expect(read).toEqual({ target: ['reference'], seed: ['7'], quiet: true });
    const given = { flag: () => false, value: (name: string) => (name === 'seed' ? '3' : undefined), values: () => [] };
    const options = withProject(given, read);
    expect([options.value('seed'), options.value('target'), options.flag('quiet')]).toEqual(['3', 'reference', true]);
    expect(await projectDefaults('plot', place)).toEqual({});
  });

  it('that is a model sets no options', async () => {
    expect(await projectDefaults('run', project(readFileSync(model, 'utf8')))).toEqual({});
  });

  it.each([
    ['run: { output: x.nwb }', 'interneuron.yaml cannot set the option output of run'],
    ['run: { allow-path: / }', 'interneuron.yaml cannot set the option allow-path of run'],
    ['run: { force: true }', 'interneuron.yaml cannot set the option force of run'],
    ['run: { targt: c }', 'interneuron.yaml: run has no option targt'],
    ['run: { target: wsam }', 'interneuron.yaml: run.target cannot be wsam'],
    ['run: { target: [c] }', 'interneuron.yaml: run.target cannot be'],
    ['run: { quiet: 1 }', 'interneuron.yaml: run.quiet cannot be 1'],
    ['run: 3', 'interneuron.yaml: run takes options'],
    ['rnu: {}', 'interneuron.yaml has the unknown command rnu'],
    ['- run', 'interneuron.yaml is no table of commands'],
    ['run: {', 'interneuron.yaml is not YAML'],
    ['a: &a [1]\nrun: { seed: *a }', 'interneuron.yaml is not YAML'],
  ])('%j is refused', async (text, message) => {
    const error = await projectDefaults('run', project(text)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: 'UsageError',
      message: expect.stringContaining(message),
      hint: expect.stringMatching(/./),
    });
  });
});

describe('inspect', () => {
  it('lists the run and its recordings', async () => {
    const path = folder.file('result.nwb');
    const { stdout: ran } = await runCommand(['run', model, '-o', path, '--json']);
    const { fingerprint, populations } = JSON.parse(ran) as {
      fingerprint: string;
      populations: { cells: { spikes: number } };
    };
    const { code, stdout } = await runCommand(['inspect', path]);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^fingerprint +${fingerprint}$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^cells +spike +20 +${populations.cells.spikes}$`, 'm'));
    expect(stdout).toMatch(/^cells +v +V +2 +5,000$/m);
    const { stdout: json } = await runCommand(['inspect', path, '--json']);
    expect(JSON.parse(json)).toMatchObject({
      run: { fingerprint, seed: '1' },
      end: 0.5,
      samples: [{ owner: 'cells', variable: 'v', unit: 'V', columns: 2, samples: 5000 }],
    });
  });

  it('lists files of other programs', async () => {
    const path = folder.file('spikes.dat');
    writeFileSync(path, '# NEST version: 3.8\nsender\ttime_ms\n1\t0.5\n2\t1.5\n1\t2.5\n');
    const { code, stdout } = await runCommand(['inspect', path]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/spike +2 +3$/m);
  });
});

describe('doctor', () => {
  it('runs a network on each engine, with one fingerprint', async () => {
    const { code, stdout } = await runCommand(['doctor', '--json']);
    const { healthy, engines } = JSON.parse(stdout) as {
      healthy: boolean;
      engines: { target: string; state: string; fingerprint?: string }[];
    };
    expect([code, healthy]).toEqual([0, true]);
    const states = new Map(engines.map(({ target, state }) => [target, state]));
    expect([states.get('reference'), states.get('wasm')]).toEqual(['works', 'works']);
    expect([...states.keys()]).toEqual(['reference', 'wasm', 'c', 'mpi', 'opencl', 'cuda']);
    expect(new Set(engines.flatMap(({ fingerprint }) => fingerprint ?? [])).size).toBe(1);
  });
});

describe('scripts in Python', () => {
  const script = (): string => folder.file('network.py');
  const python = (): string => folder.file('python');
  beforeAll(() => {
    writeFileSync(script(), 'from brian2 import *\nrun(1*ms)\n');
    // A stand-in for Python with the package: it prints its arguments.
    writeFileSync(python(), '#!/bin/sh\ncase "$*" in *find_spec*) exit 0;; esac\necho "$@"\nexit 3\n', { mode: 0o755 });
  });

  it.each(['run', 'validate', 'describe'])('%s offers to execute them, in one line', async (command) => {
    const { code, stdout, stderr } = await runCommand([command, script()]);
    expect(code).toBe(1);
    expect(`${stdout}${stderr}`).toContain('models are read, never executed');
    expect(stderr).toMatch(new RegExp(`\n  interneuron ${command} \\S*network\\.py --execute\n$`));
  });

  it('executes them with --execute, with arguments of the script', async () => {
    const words = ['convert', script(), '--to', 'lems', '--execute', '--', '--size', '5'];
    expect(await runCommand(words, { environment: { INTERNEURON_PYTHON: python() } })).toEqual({
      code: 3,
      stdout: `-I -W ignore -m interneuron convert ${script()} --to lems -- --size 5\n`,
      stderr: `${script()}: ${python()} executes it with your rights\n`,
    });
  });

  it.each([
    ['fixtures/brian/single-lif.yaml', 'python', 'there is no script to execute'],
    ['network.py', 'no-python', 'no Python has the package interneuron'],
  ])('refuses to execute %s with %s', async (model, name, message) => {
    const path = model === 'network.py' ? script() : model;
    const environment = { INTERNEURON_PYTHON: folder.file(name) };
    const outcome = await runCommand(['run', path, '--execute'], { environment });
    expect(outcome).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });
});
