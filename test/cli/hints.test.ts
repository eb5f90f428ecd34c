/** Hints of the command line, followed: the command that a hint gives no longer ends as the first one did. */

import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand, temporaryFolder } from '../support/command.js';

const folder = temporaryFolder();
const at = (name: string): string => folder.file(name);
const misspelt = (from: string, to: string): void =>
  writeFileSync(at('misspelt.yaml'), readFileSync(at('m.yaml'), 'utf8').replace(from, to));

beforeAll(async () => {
  copyFileSync('fixtures/readme/first-steps.yaml', at('m.yaml'));
  copyFileSync('fixtures/nir/affine-lif.nir', at('g.nir'));
  copyFileSync('fixtures/readme/two-slips.yaml', at('slips.yaml'));
  writeFileSync(at('mine.csv'), 'notes\n');
  expect((await runCommand(['run', at('m.yaml'), '--duration', '5 ms', '-o', at('r.nwb'), '-q'])).code).toBe(0);
});

/** Words of a command, with `@` before names of files in the folder. */
const words = (text: string): readonly string[] =>
  (text.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^'(.*)'$/, '$1').replace(/^@/, `${folder.path}/`));

/** Returns the exit code of a command, and all that it prints. */
async function outcomeOf(command: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  const { code, stdout, stderr } = await runCommand(command);
  return { code, said: stdout + stderr };
}

const short = "--duration '1 ms' -q";
const hints: readonly (readonly [command: string, hint: string, followed: string])[] = [
  // Names of commands, options, choices and others.
  ['runn @m.yaml', 'did you mean run?', `run @m.yaml ${short}`],
  ['--versoin', 'did you mean --version?', '--version'],
  ['--hlep', 'did you mean --help?', '--help'],
  ['--versoin run', 'did you mean --version?', '--version'],
  ['--quiet run @m.yaml', 'interneuron --help lists', '--help'],
  ['validate @m.yaml --fromm brian', 'did you mean --from?', 'validate @m.yaml --from brian'],
  [`run @m.yaml ${short} --target wasn`, 'did you mean wasm?', `run @m.yaml ${short} --target wasm`],
  ['explain lang/dimension-mismatc', 'did you mean lang/dimension-mismatch?', 'explain lang/dimension-mismatch'],
  ['schema brain', 'did you mean brian?', 'schema brian'],
  ['new brain', 'did you mean brian?', 'new brian -o @new.yaml'],
  ['convert @m.yaml --to brain --no-check', 'did you mean brian?', 'convert @m.yaml --to brian --no-check'],
  ['completion bsh', 'did you mean bash or zsh?', 'completion bash'],
  // Values of options.
  ["run @m.yaml --set 'ww=1 mV' -q", 'did you mean w?', `run @m.yaml --set 'w=1 mV' ${short}`],
  ['run @m.yaml --record cell:v -q', 'did you mean cells?', `run @m.yaml --record cells:v ${short}`],
  ['run @m.yaml --dt 0.1', "such as --dt '0.1 ms'", `run @m.yaml --dt '0.1 ms' ${short}`],
  ['diff @m.yaml @m.yaml --limit 30', "such as --limit '30 s'", 'diff @m.yaml @m.yaml --limit 30s'],
  ['run @m.yaml --threads 0', 'from 1 to 256', `run @m.yaml --threads 1 ${short}`],
  // Names of files to write.
  ['run @m.yaml -o @a.xyz', 'write ', `run @m.yaml -o @a.nwb ${short}`],
  [`run @m.yaml -o @mine.csv ${short}`, 'with --force', `run @m.yaml -o @mine.csv --force ${short}`],
  ['report @r.nwb -o @x.txt', '-o report.html', 'report @r.nwb -o @report.html'],
  ['page @m.yaml -o @x.txt', '-o model.html', 'page @m.yaml -o @model.html'],
  ['plot @r.nwb -o @x.jpg', '-o raster.svg', 'plot @r.nwb -o @raster.svg'],
  ['convert @m.yaml --to brian --no-check -o @x.nml', 'use -o ', 'convert @m.yaml --to brian --no-check -o @x.py'],
  // Commands for other files.
  ['inspect @m.yaml', 'diff compares models', 'diff @m.yaml @m.yaml'],
  ['verify @m.yaml', 'give a result of interneuron run', 'verify @r.nwb'],
  ['compare @m.yaml', 'name two models, two results', 'compare @m.yaml @m.yaml'],
  ['certify @m.yaml', 'interneuron pack writes a bundle', 'pack @m.yaml -o @m.omex'],
];

describe('after a hint, the exit code is 0', () => {
  it.each(hints)('%s', async (command, hint, followed) => {
    const first = await outcomeOf(words(command));
    expect(first.said).toMatch(/^ +hint /m);
    expect(first.said).toContain(hint);
    expect(first.code).not.toBe(0);
    expect(await outcomeOf(words(followed))).toMatchObject({ code: 0 });
  });

  it('of a key in a model', async () => {
    misspelt('neuron_groups', 'neuron_grups');
    const { code, said } = await outcomeOf(['validate', at('misspelt.yaml')]);
    expect([code, said]).toEqual([1, expect.stringContaining('did you mean neuron_groups?')]);
    misspelt('', '');
    expect(await runCommand(['validate', at('misspelt.yaml')])).toMatchObject({ code: 0 });
  });

  it('of units in a model', async () => {
    const text = readFileSync(at('slips.yaml'), 'utf8');
    const { code, said } = await outcomeOf(['validate', at('slips.yaml')]);
    expect([code, said]).toEqual([1, expect.stringContaining('divide it by a value in s')]);
    expect(said).toContain('this would match if w were in V');
    writeFileSync(at('slips.yaml'), text.replace('dv/dt = -v', 'dv/dt = -v/tau').replace('w: 0.8', 'w: 0.8 mV'));
    expect(await runCommand(['validate', at('slips.yaml')])).toMatchObject({ code: 0 });
  });
});

it('a warning about the duration of a run ends when its hint is followed', async () => {
  const first = await outcomeOf(['validate', at('g.nir')]);
  expect(first.said).toContain("give --duration '100 ms'");
  const next = await outcomeOf(['run', at('g.nir'), '--duration', '100 ms']);
  expect(next.code).toBe(0);
  expect(next.said).not.toContain('run/no-duration');
});
