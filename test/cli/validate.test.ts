import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand, temporaryFolder } from '../support/command.js';

const folder = temporaryFolder();
const good = 'fixtures/brian/single-lif.yaml';

beforeAll(() =>
  writeFileSync(
    folder.file('bad.yaml'),
    'format: interneuron/brian\nneuron_groups:\n  G: { N: 1, model: "v : vlt" }\nrun: 1 s\n',
  ),
);

describe('validate', () => {
  it('prints valid, the notation and the hash', async () => {
    expect(await runCommand(['validate', good])).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/single-lif\.yaml: valid, brian, model [0-9a-f]{12}\n/),
    });
  });

  it('prints only errors with --quiet', async () => {
    const wrong = await runCommand(['validate', folder.file('bad.yaml'), good, '-q']);
    expect([wrong.code, wrong.stderr]).toEqual([1, '']);
    expect(wrong.stdout).toMatch(/^error\[.*did you mean volt\?/s);
    expect(wrong.stdout).not.toMatch(/valid/);
    const missing = await runCommand(['validate', folder.file('none.yaml'), good, '-q']);
    expect(missing).toMatchObject({
      code: 2,
      stderr: '',
      stdout: expect.stringMatching(/^\S*none\.yaml: there is no file/),
    });
    expect(await runCommand(['validate', good, '-q'])).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  it('goes on after a model that is wrong, and exits with 1', async () => {
    const { code, stdout, stderr } = await runCommand(['validate', folder.file('bad.yaml'), good]);
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(/bad\.yaml: not valid \(1 error\)\n.*single-lif\.yaml: valid/);
    expect(stdout).toMatch(/bad\.yaml:3:2\d/);
    expect(stdout).toMatch(/did you mean volt/);
  });

  it('shows the findings in a model before it reads the next one', async () => {
    const next = folder.file('next.yaml');
    writeFileSync(next, readFileSync(good));
    const { stdout } = await runCommand(['validate', folder.file('bad.yaml'), next], {
      onOutput: (text) => {
        if (text.includes('bad.yaml: not valid')) rmSync(next);
      },
    });
    expect(stdout).toMatch(/bad\.yaml: not valid.*\n.*there is no file .*next\.yaml/);
  });

  it('goes on after a file that is not there, and exits with 2', async () => {
    const { code, stdout } = await runCommand(['validate', folder.file('none.yaml'), good]);
    expect(code).toBe(2);
    expect(stdout).toMatch(/there is no file .*none\.yaml.*\n.*single-lif\.yaml: valid/);
  });

  it('--json holds everything found', async () => {
    const { code, stdout, stderr } = await runCommand([
      'validate',
      folder.file('bad.yaml'),
      good,
      folder.file('none.yaml'),
      '--json',
    ]);
    expect([code, stderr]).toEqual([2, '']);
    expect(JSON.parse(stdout).documents).toEqual([
      {
        document: folder.file('bad.yaml'),
        valid: false,
        diagnostics: [expect.objectContaining({ severity: 'error', place: expect.objectContaining({ line: 3 }) })],
      },
      {
        document: good,
        valid: true,
        notation: 'brian',
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        diagnostics: [],
      },
      {
        document: folder.file('none.yaml'),
        valid: false,
        error: expect.objectContaining({ hint: expect.any(String) }),
        diagnostics: [],
      },
    ]);
  });
});

describe('a fault that a run would refuse', () => {
  const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;
  const lems =
    '<Lems><Target component="run"/><Include file="Cells.xml"/><Include file="Networks.xml"/>' +
    '<Include file="Simulation.xml"/>\n<iafTauCell id="cell" leakReversal="-60mV" thresh="-50mV" reset="-70mV" tau="10ms"/>' +
    '<network id="net"><population id="cells" component="cell" size="1"/></network>\n' +
    '<Simulation id="run" length="1ms" step="0.1ms" target="net">\n' +
    '<OutputFile id="v" fileName=".bashrc"><OutputColumn id="v" quantity="cells[0]/v"/></OutputFile></Simulation></Lems>';
  const cases: readonly (readonly [file: string, text: string, code: string, line: number])[] = [
    [
      'spikes.yaml',
      lines(
        'interneuron: 1',
        'neurons: { n: { state: { v: 0 } } }',
        'synapses: { s: {} }',
        'populations:',
        '  p: { size: 2, spikes: { file: spikes.nwb } }',
        'experiment: { dt: 0.1 ms, duration: 1 ms }',
      ),
      'lower/unsupported-feature',
      5,
    ],
    [
      'interval.yaml',
      lines(
        'interneuron: 1',
        'neurons: { n: { state: { v: 0 } } }',
        'populations: { p: { type: n, size: 2 } }',
        'record:',
        '  - { of: p, variables: [v], every: 0.15 ms, name: r }',
        'experiment: { dt: 0.1 ms, duration: 1 ms }',
      ),
      'lower/not-a-whole-number-of-steps',
      5,
    ],
    ['hidden.xml', lems, 'run/file-refused', 4],
  ];

  it.each(cases)('is a warning with its place: %s', async (file, text, code, line) => {
    writeFileSync(folder.file(file), text);
    const outcome = await runCommand(['validate', folder.file(file), '--json']);
    expect(outcome.code).toBe(0);
    const [{ diagnostics }] = JSON.parse(outcome.stdout).documents;
    expect(diagnostics).toContainEqual(
      expect.objectContaining({ code, severity: 'warning', place: expect.objectContaining({ line }) }),
    );
    const run = await runCommand(['run', folder.file(file), '--json', '--output-dir', folder.file('none')]);
    expect(run.code).toBe(1);
    expect(JSON.parse(run.stdout).diagnostics).toContainEqual(expect.objectContaining({ code }));
  });
});

describe('targets', () => {
  it('lists every engine', async () => {
    const { code, stdout } = await runCommand(['targets']);
    expect(code).toBe(0);
    for (const name of ['wasm', 'reference', 'null']) expect(stdout).toMatch(new RegExp(`^${name} +yes`, 'm'));
  });

  it('--json', async () => {
    const { targets } = JSON.parse((await runCommand(['targets', '--json'])).stdout);
    expect(targets).toContainEqual({ target: 'reference', available: true, devices: ['interpreter'] });
  });
});
