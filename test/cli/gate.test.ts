/** `interneuron gate`: what stands in its rows and above them. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand, temporaryFolder } from '../support/command.js';

const folder = temporaryFolder();
const cell = `format: interneuron/brian
name: m
dt: 0.1 ms
seed: 1
neuron_groups:
  g: { N: 1, model: "dv/dt = (1.2 - v)/(10*ms) : 1", threshold: v > 1, reset: v = 0, method: exact }
spike_monitors: { s: { source: g } }
run: 50 ms
`;
/** Valid, with a finding on the order of its elements. */
const unordered = `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="order">
  <network id="net"><population id="cells" component="leaky" size="1"/></network>
  <iafCell id="leaky" leakReversal="-60mV" thresh="-45mV" reset="-62mV" C="0.9nF" leakConductance="0.03uS"/>
</neuroml>
`;

beforeAll(() => {
  for (const name of ['options', 'lines']) mkdirSync(folder.file(name));
  for (const name of ['-h.yaml', '--json.yaml', '-o.yaml']) writeFileSync(folder.file(`options/${name}`), cell);
  writeFileSync(folder.file('lines/a\n::error title=x::y\nb.yaml'), cell);
  writeFileSync(folder.file('cell.yaml'), cell);
  writeFileSync(folder.file('order.nml'), unordered);
  writeFileSync(folder.file('other.omt'), 'target: cell.yaml\nengine: NEURON\n');
});

describe('names of files', () => {
  it('are no options of the commands that it combines', async () => {
    const { code, stdout } = await runCommand(['gate', folder.file('options'), '--to', 'lems']);
    expect(code, stdout).toBe(0);
    expect(stdout.match(/ ✓ /g)).toHaveLength(6);
  });

  it.each(['gate', 'validate', 'about'])('start no line of the output of %s', async (command) => {
    const words = [command, folder.file(command === 'about' ? 'lines/a\n::error title=x::y\nb.yaml' : 'lines')];
    const { code, stdout, stderr } = await runCommand(words);
    expect(code).toBe(0);
    expect(`${stdout}${stderr}`).not.toMatch(/^::/m);
  });
});

describe('rows', () => {
  it('show the verdict of a conversion', async () => {
    const { stdout } = await runCommand(['gate', folder.file('cell.yaml'), '--to', 'neuroml']);
    expect(stdout).toMatch(/converts to neuroml +✓ +the same model: .*; at 0.1 ms, Brian → jNeuroML: /);
  });

  it('have no ✓ without a verdict', async () => {
    const { code, stdout } = await runCommand(['gate', folder.file('cell.yaml'), '--test', folder.file('other.omt')]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^NOT FAILED: 1 PASSED, 1 WITHOUT A VERDICT$/m);
    expect(stdout).toMatch(/ test +– +1 not checked$/m);
    expect((await runCommand(['test', folder.file('other.omt')])).stdout).toMatch(/^1 not checked$/m);
  });

  it('fail with a finding of the level of --fail-on, below a heading that says so', async () => {
    const summary = folder.file('summary.md');
    writeFileSync(summary, '');
    const words = ['gate', folder.file('order.nml'), '--fail-on', 'best-practice'];
    const { code, stdout } = await runCommand(words, { environment: { GITHUB_STEP_SUMMARY: summary } });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^FAILED\n[^]*order\.nml +valid +✗ .*places iafCell before network/m);
    expect(readFileSync(summary, 'utf8')).toMatch(/^#+ Failed\n[^]*order\.nml \| valid \| ✗ \|/m);
    expect(await runCommand(words.slice(0, 2))).toMatchObject({ code: 0, stdout: expect.stringMatching(/^PASSED$/m) });
  });
});
