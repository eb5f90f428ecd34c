import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCommand, temporaryFolder } from '../support/command.js';

const folder = temporaryFolder();

/** One cell that decays by a hundredth of its distance in each step, with a table that is written to `file`. */
const model = (file: string): string => `
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
  writeFileSync(path, model(file));
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
    expect(outcome.stderr).toContain(`the model writes to ${file}, which is outside of`);
    expect(outcome.stderr).toContain('--output-dir');
    expect(existsSync(folder.file('kept')) ? readdirSync(folder.file('kept')) : []).toEqual([]);
    expect(existsSync(folder.file('v.dat'))).toBe(false);
  });
});
