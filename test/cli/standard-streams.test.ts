import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCommand, temporaryFolder } from '../support/command.js';

const folder = temporaryFolder();
const path = 'fixtures/readme/first-steps.yaml';
const model = readFileSync(path, 'utf8');
const wrong = readFileSync('fixtures/readme/two-slips.yaml', 'utf8');

describe('- as the model', () => {
  it('validate finds the mistakes of the text on standard input', async () => {
    const { code, stdout, stderr } = await runCommand(['validate', '-'], { input: wrong });
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(/^<stdin>: not valid \(2 errors\)\n$/m);
    expect(stdout).toContain('--> <stdin>:14:15');
    expect(stdout).toContain('14 |       dv/dt = -v : volt (unless refractory)');
  });

  it('convert prints a conversion without --output, and findings go to stderr', async () => {
    const { code, stdout } = await runCommand(['convert', path, '--to', 'brian', '--no-check']);
    expect(code).toBe(0);
    expect(stdout).toBe((await runCommand(['convert', path, '--to', 'brian', '--no-check', '-o', '-'])).stdout);
    expect(stdout).toMatch(/^from brian2 import|^import|^"""|^#/);
    expect(await runCommand(['convert', path])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('convert needs --to or --output'),
    });
    expect(await runCommand(['convert', path, path, '--to', 'brian'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('name a folder'),
    });
  });

  it('validate has the verdict of the file', async () => {
    const { stdout } = await runCommand(['validate', path]);
    expect(await runCommand(['validate', '-'], { input: model })).toEqual({
      code: 0,
      stderr: '',
      stdout: stdout.replace(path, '<stdin>'),
    });
  });

  it('an empty input is not valid', async () => {
    expect(await runCommand(['validate', '-'], { input: '' })).toMatchObject({ code: 1 });
  });

  it('run gives the fingerprint of the file', async () => {
    const words = ['--json', '--duration', '20 ms'];
    const [one, other] = await Promise.all([
      runCommand(['run', path, ...words]),
      runCommand(['run', '-', ...words], { input: model }),
    ]);
    expect(JSON.parse(other.stdout)).toMatchObject({
      fingerprint: (JSON.parse(one.stdout) as { fingerprint: string }).fingerprint,
    });
  });

  it('describe prints the tables of the file', async () => {
    expect(await runCommand(['describe', '-'], { input: model })).toEqual(await runCommand(['describe', path]));
  });

  it('an HDF5 file is refused', async () => {
    const input = Buffer.from('894844460d0a1a0a', 'hex');
    expect(await runCommand(['describe', '-'], { input })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('standard input is an HDF5 file'),
    });
  });
});

describe('-o -', () => {
  it('new prints a model that - reads', async () => {
    const { stdout } = await runCommand(['new', 'brian', '-o', '-']);
    expect(await runCommand(['validate', '-'], { input: stdout })).toMatchObject({ code: 0 });
  });

  it('describe prints the tables', async () => {
    expect(await runCommand(['describe', path, '-o', '-'])).toEqual(await runCommand(['describe', path]));
  });

  it.each([
    [['run', path, '-o', '-'], 'run writes files, not the standard output'],
    [['codegen', path, '--target', 'c', '-o', '-'], 'codegen writes files, not the standard output'],
  ])('%j is refused', async (words, message) => {
    expect(await runCommand(words)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });

  it('is refused together with --json', async () => {
    const { code, stdout } = await runCommand(['describe', path, '-o', '-', '--json']);
    expect([code, JSON.parse(stdout)]).toMatchObject([
      2,
      { error: { message: '--json and -o - both write to the standard output' } },
    ]);
  });

  it('./- is a file', async () => {
    const file = `${folder.path}/-`;
    writeFileSync(file, model);
    expect(await runCommand(['validate', file])).toMatchObject({ code: 0 });
  });
});
