/** A file without a command: what it is, whether it is valid, what it holds, and commands that accept it. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand, temporaryFolder } from '../support/command.js';

const folder = temporaryFolder();

/** A file of each kind, with its kind in words and a line of its content. */
const files: readonly (readonly [path: string, kind: string, content: RegExp])[] = [
  ['fixtures/brian/single-lif.yaml', 'a Brian-like specification, valid', /^ {2}POPULATIONS$/m],
  ['fixtures/pynn/if-cond-exp.json', 'PyNN-style JSON, valid', /^ {2}POPULATIONS$/m],
  ['fixtures/neuroml/channels.xml', 'NeuroML or LEMS, valid', /^ {2}POPULATIONS$/m],
  ['fixtures/neuroml/soma.cell.nml', 'NeuroML or LEMS, valid', /^ {2}CHANNEL DENSITIES$/m],
  ['fixtures/sonata/psc-alpha/config.json', 'a config of SONATA, valid', /^ {2}POPULATIONS$/m],
  ['fixtures/nir/affine-lif.nir', 'a graph of NIR, valid', /^ {2}POPULATIONS$/m],
  ['fixtures/nir/two-nodes.nirdata', 'a result of another program', /^ {2}lif {2,}spike {2,}3 {2,}2$/m],
];

beforeAll(() => {
  writeFileSync(
    folder.file('bad.yaml'),
    'format: interneuron/brian\nneuron_groups:\n  G: { N: 1, model: "v : vlt" }\n',
  );
  writeFileSync(folder.file('script.py'), 'from brian2 import *\n');
  writeFileSync(folder.file('cell.py'), 'from neuron import h\n');
  writeFileSync(folder.file('cell.swc'), '1 1 0 0 0 5 -1\n2 3 0 10 0 1 1\n');
  writeFileSync(
    folder.file('leak.mod'),
    'NEURON { SUFFIX pas2 NONSPECIFIC_CURRENT i RANGE g, e }\nPARAMETER { g = .001 (S/cm2) e = -70 (mV) }\n' +
      'ASSIGNED { v (mV) i (mA/cm2) }\nBREAKPOINT { i = g*(v - e) }\n',
  );
  mkdirSync(folder.file('models'));
  for (const name of ['a.yaml', 'b.yaml'])
    writeFileSync(folder.file(`models/${name}`), 'interneuron: 1\nneurons: {}\npopulations: {}\n');
});

describe('interneuron FILE', () => {
  it.each(files)('%s', async (path, kind, content) => {
    const { code, stdout } = await runCommand([path]);
    expect(code).toBe(0);
    expect(stdout.split('\n').find((line) => line.startsWith(path))).toContain(`${path}: ${kind}`);
    expect(stdout).toMatch(content);
    expect(stdout.split('\n').length).toBeLessThan(50);
    const lines = stdout.split('\n').filter((line) => /^\S.* {2}interneuron \w+ /.test(line));
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).toContain(path);
  });

  it('accepts shapes, mechanisms and results', async () => {
    await runCommand(['run', 'fixtures/brian/single-lif.yaml', '-o', folder.file('result.json')]);
    const kindOf = async (name: string): Promise<string | undefined> =>
      (await runCommand([folder.file(name)])).stdout.split('\n').find((line) => line.startsWith(folder.file(name)));
    expect(await kindOf('cell.swc')).toContain('a shape in SWC, valid');
    expect(await kindOf('leak.mod')).toContain('a mechanism in NMODL, valid');
    expect(await kindOf('result.json')).toContain('a result of interneuron, with its model');
    expect(await kindOf('models')).toContain('a folder with 2 models');
  });

  it('prints commands that run', async () => {
    const path = 'fixtures/brian/single-lif.yaml';
    const { stdout } = await runCommand([path]);
    for (const [purpose, output] of [
      ['run', 'out.nwb'],
      ['convert', 'out.nml'],
    ] as const) {
      const words = new RegExp(`^${purpose} +interneuron (.*) -o`, 'm').exec(stdout)?.[1]?.split(' ') ?? [];
      expect(words).toContain(path);
      expect(await runCommand([...words, '-o', folder.file(output)])).toMatchObject({ code: 0 });
    }
    const again = await runCommand([folder.file('result.json')]);
    const words = /^run again and compare +interneuron (.*)$/m.exec(again.stdout)?.[1]?.split(' ') ?? [];
    expect(await runCommand(words)).toMatchObject({ code: 0 });
  });

  it('names the command that executes a script', async () => {
    const brian = await runCommand([folder.file('script.py')]);
    expect(brian.code).toBe(0);
    expect(brian.stdout).toContain(`interneuron run ${folder.file('script.py')} --execute\n`);
    const neuron = await runCommand([folder.file('cell.py')]);
    expect(neuron.stdout).toContain(`python -m interneuron neuron ${folder.file('cell.py')} -o cell.yaml\n`);
  });

  it('shows what is wrong, and exits with 1', async () => {
    const { code, stdout } = await runCommand([folder.file('bad.yaml')]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^error\[.*did you mean volt\?.*bad\.yaml: a model, not valid \(1 error, 1 warning\)$/ms);
    expect(stdout).toMatch(/^explain the first {2}interneuron explain [\w/-]+$/m);
  });

  it('takes several files, and prints JSON', async () => {
    const { code, stdout } = await runCommand([
      'about',
      folder.file('bad.yaml'),
      'fixtures/brian/single-lif.yaml',
      '--json',
    ]);
    expect(code).toBe(1);
    const { files: found } = JSON.parse(stdout) as {
      readonly files: readonly {
        readonly valid: boolean;
        readonly commands: readonly { readonly purpose: string }[];
      }[];
    };
    expect(found.map(({ valid }) => valid)).toEqual([false, true]);
    expect(found[1]?.commands.map(({ purpose }) => purpose)).toEqual(['run', 'convert', 'compare with another model']);
  });

  it('refuses other files and names of no file', async () => {
    expect(await runCommand(['README.md'])).toMatchObject({ code: 2 });
    expect(await runCommand(['nowhere.yaml'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no file nowhere.yaml'),
    });
  });
});
