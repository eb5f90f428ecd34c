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
  ['fixtures/model/sketch.yaml', 'the canonical form, valid', /^ {2}POPULATIONS$/m],
  ['test/translators/nestml/files/conductances.nestml', 'a model in NESTML, valid', /^ {2}POPULATIONS$/m],
  ['test/translators/nmodl/files/leak.mod', 'a mechanism in NMODL, valid', /^ {2}NEURONS?/m],
  ['test/translators/swc/files/three_points_1.swc', 'a shape in SWC, valid', /^ {2}SUMMARY$/m],
  ['fixtures/nir/two-nodes.nirdata', 'a result of another program', /^ {2}lif {2,}spike {2,}3 {2,}2$/m],
];

beforeAll(() => {
  writeFileSync(
    folder.file('bad.yaml'),
    'format: interneuron/brian\nneuron_groups:\n  G: { N: 1, model: "v : vlt" }\n',
  );
  writeFileSync(folder.file('script.py'), 'from brian2 import *\n');
  writeFileSync(folder.file('cell.py'), 'from neuron import h\n');
  writeFileSync(folder.file('init.hoc'), 'create soma\n');
  writeFileSync(folder.file('network.py'), 'from pyNN import nest as sim\n');
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

  it('accepts results, archives, folders and scripts of each simulator', async () => {
    const path = 'fixtures/brian/single-lif.yaml';
    const results = ['nwb', 'json', 'csv'].map((suffix) => `result.${suffix}`);
    for (const name of results) await runCommand(['run', path, '-o', folder.file(name)]);
    await runCommand(['pack', path, '-o', folder.file('model.omex'), '-q']);
    const kindOf = async (name: string): Promise<string | undefined> =>
      (await runCommand([folder.file(name)])).stdout.split('\n').find((line) => line.startsWith(folder.file(name)));
    for (const name of results) expect(await kindOf(name)).toContain('a result of interneuron, with its model');
    expect(await kindOf('model.omex')).toContain('an archive with the canonical form, valid');
    expect(await kindOf('models')).toContain('a folder with 2 models');
    for (const name of ['script.py', 'network.py', 'cell.py'])
      expect(await kindOf(name)).toContain('a Python script, which is read by executing it');
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
    expect(neuron.stdout).toContain(`python -I -m interneuron neuron ${folder.file('cell.py')} -o cell.yaml\n`);
    const hoc = await runCommand([folder.file('init.hoc')]);
    expect([hoc.code, hoc.stdout]).toEqual([0, expect.stringContaining('a hoc script, which is read by executing it')]);
    expect(hoc.stdout).toContain(
      `python -I -m interneuron neuron ${folder.file('init.hoc')} --to neuroml -o init.nml\n`,
    );
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
