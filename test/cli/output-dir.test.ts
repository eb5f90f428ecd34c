import { existsSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCommand, temporaryFolder } from '../support/command.js';

const folder = temporaryFolder();

/** One cell that decays by a hundredth of its distance in each step, with a table that is written to `file`. */
const lems = (file: string): string => `
  <Lems>
    <Target component="run"/>
    <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
    <iafTauCell id="cell" leakReversal="-60mV" thresh="-50mV" reset="-70mV" tau="10ms"/>
    <network id="net"><population id="cells" component="cell" size="1"/></network>
    <Simulation id="run" length="0.3ms" step="0.1ms" target="net">
      <OutputFile id="v" fileName="${file}"><OutputColumn id="v" quantity="cells[0]/v"/></OutputFile>
    </Simulation>
  </Lems>`;

function write(name: string, file: string): string {
  const path = folder.file(name);
  writeFileSync(path, lems(file));
  return path;
}

describe('files that a model names', () => {
  it('are written below the folder that --output-dir names, with missing folders made', async () => {
    const path = write('inside.xml', 'results/deep/v.dat');
    const outcome = await runCommand(['run', path, '--output-dir', folder.file('out'), '--quiet']);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(folder.file('out/results/deep/v.dat'), 'utf8')).toBe(
      '0.0\t-0.06\t\n1.0E-4\t-0.06\t\n2.0E-4\t-0.06\t\n3.0E-4\t-0.06\t\n',
    );
  });

  it('are listed among the outputs', async () => {
    const path = write('listed.xml', 'v.dat');
    const outcome = await runCommand(['run', path, '--output-dir', folder.file('listed'), '--json']);
    expect(JSON.parse(outcome.stdout).outputs).toEqual([folder.file('listed/v.dat')]);
  });

  it.each(['../v.dat', '/tmp/v.dat', 'results/../../v.dat'])('are refused outside of it: %s', async (file) => {
    const path = write('outside.xml', file);
    const outcome = await runCommand(['run', path, '--output-dir', folder.file('kept')]);
    expect(outcome.code).not.toBe(0);
    expect(outcome.stderr).toContain(`the model writes to ${file}, which is outside`);
    expect(outcome.stderr).toContain('--output-dir');
    expect(existsSync(folder.file('kept')) ? readdirSync(folder.file('kept')) : []).toEqual([]);
    expect(existsSync(folder.file('v.dat'))).toBe(false);
  });

  it.each(['.bashrc', 'results/.v.dat', 'run.sh', 'Makefile', '.git/config.txt'])(
    'are refused that are hidden or no results, with their places: %s',
    async (file) => {
      const path = write('no-result.xml', file);
      const outcome = await runCommand(['run', path, '--output-dir', folder.file('none')]);
      expect(outcome.code).toBe(1);
      expect(outcome.stderr).toMatch(/no-result\.xml:8:\d+/);
      expect(outcome.stderr).toContain('run/file-refused');
      expect(existsSync(folder.file('none'))).toBe(false);
    },
  );

  it('replace files of an earlier run, and no others', async () => {
    const path = write('again.xml', 'v.dat');
    const run = ['run', path, '--output-dir', folder.file('again'), '--quiet'];
    expect((await runCommand(run)).code).toBe(0);
    expect((await runCommand(run)).code).toBe(0);
    writeFileSync(folder.file('again/v.dat'), 'mine');
    const outcome = await runCommand(run);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain('was changed after interneuron wrote it');
    expect(outcome.stderr).toContain('--force');
    expect(readFileSync(folder.file('again/v.dat'), 'utf8')).toBe('mine');
    expect((await runCommand([...run, '--force'])).code).toBe(0);
    expect(readFileSync(folder.file('again/v.dat'), 'utf8')).toMatch(/^0\.0\t/);
  });
});

describe('an output that exists', () => {
  const model = 'fixtures/readme/first-steps.yaml';
  const commands = (name: string): readonly (readonly [string, readonly string[]])[] => [
    [`${name}.nwb`, ['run', model, '--quiet', '-o']],
    [`${name}.json`, ['run', model, '--quiet', '-o']],
    [`${name}.csv`, ['run', model, '--quiet', '-o']],
    [`${name}-canonical.json`, ['convert', model, '--to', 'canonical', '--quiet', '-o']],
    [`${name}.py`, ['convert', model, '--to', 'brian', '--no-check', '--quiet', '-o']],
  ];

  it.each(commands('kept'))('is kept when it is not ours: %s', async (name, words) => {
    const path = folder.file(name);
    writeFileSync(path, 'precious,\n');
    const outcome = await runCommand([...words, path]);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain('interneuron did not write it');
    expect(readFileSync(path, 'utf8')).toBe('precious,\n');
    expect((await runCommand([...words, path, '--force'])).code).toBe(0);
    expect(readFileSync(path, 'latin1')).not.toBe('precious,\n');
  });

  it.each(commands('ours'))('is replaced when it is ours: %s', async (name, words) => {
    expect((await runCommand([...words, folder.file(name)])).code).toBe(0);
    expect(await runCommand([...words, folder.file(name)])).toMatchObject({ code: 0, stderr: '' });
  });

  it('is kept by codegen, and its own projects are renewed', async () => {
    const project = folder.file('project');
    const words = ['codegen', model, '--target', 'c', '-o', project, '--quiet'];
    expect((await runCommand(words)).code).toBe(0);
    expect((await runCommand(words)).code).toBe(0);
    writeFileSync(`${project}/README.md`, 'notes of mine');
    expect((await runCommand(words)).code).toBe(2);
    expect(readFileSync(`${project}/README.md`, 'utf8')).toBe('notes of mine');
  });

  it('is never replaced when it is no regular file', async () => {
    const outcome = await runCommand(['convert', model, '--to', 'brian', '--no-check', '-o', '/dev/null', '--force']);
    expect(outcome).toMatchObject({ code: 2 });
    expect(outcome.stderr).toContain('not a regular file');
  });

  it('has a name, and a folder that takes files', async () => {
    const noName = await runCommand(['run', model, '-o', `${folder.file('')}/`]);
    expect(noName.code).toBe(2);
    expect(noName.stderr).toContain('is not the name of a file');
    const kernel = await runCommand(['run', model, '-o', '/proc/x.nwb']);
    expect(kernel.code).toBe(2);
    expect(kernel.stderr).toContain('its folder does not accept files');
  });

  it('is kept by describe, by dumps of programs and by new', async () => {
    const table = folder.file('tables.md');
    writeFileSync(table, 'precious');
    const words = ['describe', model, '--format', 'markdown', '-o', table];
    expect((await runCommand(words)).stderr).toContain('interneuron did not write it');
    expect(readFileSync(table, 'utf8')).toBe('precious');
    expect((await runCommand([...words, '--force'])).code).toBe(0);
    expect((await runCommand(words)).code).toBe(0);

    const dump = folder.file('passes');
    const run = ['run', model, '--duration', '1 ms', '--dump-ir', dump, '--quiet'];
    expect((await runCommand(run)).code).toBe(0);
    expect((await runCommand(run)).code).toBe(0);
    const [first = ''] = readdirSync(dump).filter((name) => name.endsWith('.ir'));
    writeFileSync(`${dump}/${first}`, 'precious');
    expect((await runCommand(run)).code).toBe(2);
    expect(readFileSync(`${dump}/${first}`, 'utf8')).toBe('precious');

    symlinkSync(table, folder.file('link.yaml'));
    expect((await runCommand(['new', 'brian', '-o', folder.file('link.yaml')])).code).toBe(2);
  });
});

describe('two outputs that are one file', () => {
  const model = 'fixtures/readme/first-steps.yaml';

  it.each([
    ['same.json', 'same.json'],
    ['same.json', './same.json'],
    ['same.json', 'SAME.json'],
    ['same.csv', 'same.provenance.json'],
    ['same.json', 'same.incomplete.json'],
    ['real.json', 'link.json'],
    ['sub/../same.json', 'same.json'],
  ])('are refused before running: %s and %s', async (one, other) => {
    writeFileSync(folder.file('real.json'), '');
    if (!existsSync(folder.file('link.json'))) symlinkSync(folder.file('real.json'), folder.file('link.json'));
    const paths = [one, other].flatMap((name) => ['-o', `${folder.path}/${name}`]);
    const outcome = await runCommand(['run', model, ...paths]);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toMatch(/two outputs are (written to|the same file)/);
    expect(existsSync(folder.file('same.json'))).toBe(false);
  });

  it('are refused if the model names one or both', async () => {
    const table = write('named.xml', 'v.json');
    const words = ['run', table, '--output-dir', folder.path, '-o', folder.file('V.json')];
    expect((await runCommand(words)).stderr).toContain('two outputs are the same file');
    const twice = folder.file('twice.xml');
    const file = /<OutputFile.*<\/OutputFile>/.exec(lems('v.dat'))?.[0] ?? '';
    writeFileSync(twice, lems('v.dat').replace(file, `${file}\n${file.replace('v.dat', './V.dat')}`));
    const outcome = await runCommand(['run', twice, '--output-dir', folder.file('twice')]);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(/run\/same-file[^]*twice\.xml:9:|twice\.xml:9:[^]*run\/same-file/);
    expect(existsSync(folder.file('twice'))).toBe(false);
  });

  it('are refused of a conversion and its report', async () => {
    const path = folder.file('both.json');
    const outcome = await runCommand(['convert', model, '--to', 'canonical', '-o', path, '--report', path]);
    expect(outcome.code).toBe(2);
    expect(existsSync(path)).toBe(false);
  });
});
