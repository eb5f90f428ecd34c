/** Folders and patterns in place of files. */

import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand, temporaryFolder } from '../support/command.js';

const folder = temporaryFolder();
const path = (name: string): string => folder.file(`models/${name}`);

beforeAll(() => {
  mkdirSync(path('cells'), { recursive: true });
  mkdirSync(path('empty'));
  copyFileSync('fixtures/brian/single-lif.yaml', path('a.yaml'));
  copyFileSync('fixtures/pynn/if-curr-exp.json', path('cells/b.json'));
  copyFileSync('fixtures/neuroml/soma.cell.nml', path('cells/soma.cell.nml'));
  copyFileSync('package.json', path('package.json'));
  writeFileSync(path('notes.yaml'), 'bread: 2\n');
  writeFileSync(path('cells/bad.yaml'), 'format: interneuron/brian\nneuron_groups: 1\n');
});

describe('validate', () => {
  it('checks the models in a folder, and no other files', async () => {
    const { code, stdout } = await runCommand(['validate', path('')]);
    expect(code).toBe(1);
    const verdicts = [...stdout.matchAll(/models\/(\S+): (valid|not valid)/g)];
    expect(verdicts.map(([, name, verdict]) => [name, verdict])).toEqual([
      ['a.yaml', 'valid'],
      ['cells/b.json', 'valid'],
      ['cells/bad.yaml', 'not valid'],
      ['cells/soma.cell.nml', 'valid'],
    ]);
  });

  it('finds graphs of NIR, circuits of SONATA and bundles', async () => {
    const other = (name: string): string => folder.file(`others/${name}`);
    mkdirSync(other(''));
    copyFileSync('fixtures/nir/affine-lif.nir', other('graph.nir'));
    cpSync('fixtures/sonata/models-by-type', other('circuit'), { recursive: true });
    const packed = await runCommand(['pack', 'fixtures/pynn/if-curr-exp.json', '-o', other('model.omex')]);
    expect(packed.code, packed.stderr).toBe(0);
    const { code, stdout } = await runCommand(['validate', other('')]);
    expect(code).toBe(0);
    expect([...stdout.matchAll(/others\/(\S+): (valid, \w+)/g)].map(([, name, verdict]) => [name, verdict])).toEqual([
      // A config that names the other two, the circuit, a model without a run, and the simulation, which has it beside.
      ['circuit/circuit_config.json', 'valid, sonata'],
      ['circuit/config.json', 'valid, sonata'],
      ['circuit/simulation_config.json', 'valid, sonata'],
      ['graph.nir', 'valid, nir'],
      ['model.omex', 'valid, canonical'],
    ]);
  });

  it('checks the files that a pattern matches, including files that are no models', async () => {
    const { code, stdout } = await runCommand(['validate', path('*.yaml')]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/models\/a\.yaml: valid, .*\n[^]*models\/notes\.yaml: not valid .*\n$/);
  });

  it.each([
    ['empty', 'there are no models in'],
    ['*.xyz', 'no file matches'],
  ])('refuses %s', async (name, message) => {
    expect(await runCommand(['validate', path(name)])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(message),
    });
  });
});

describe('convert', () => {
  it('writes the models of a folder into another, as they lie in it', async () => {
    const out = folder.file('out');
    const words = ['convert', path(''), '--to', 'canonical', '-o', `${out}/`];
    const { code, stdout, stderr } = await runCommand(words);
    expect(code).toBe(1);
    expect(stdout).toContain(
      `${path('a.yaml')}:\nwrote ${out}/a.json\nconversion: exact, the same model when read back\n`,
    );
    expect(stdout).toContain(`${path('cells/bad.yaml')}:\nnothing written: 1 error\n`);
    expect(stderr).toContain('models/cells/bad.yaml:2:');
    expect(existsSync(`${out}/cells/soma.cell.json`)).toBe(true);
    expect(JSON.parse(readFileSync(`${out}/cells/b.json`, 'utf8'))).toMatchObject({ interneuron: 1 });
  });

  it('keeps the suffixes of models that differ in nothing else', async () => {
    for (const suffix of ['yaml', 'json'])
      copyFileSync(
        `fixtures/${suffix === 'json' ? 'pynn/if-curr-exp' : 'brian/single-lif'}.${suffix}`,
        path(`empty/twin.${suffix}`),
      );
    const words = ['convert', path('empty'), '--to', 'canonical', '--no-check', '-o', folder.file('twins/')];
    expect(await runCommand(words)).toMatchObject({ code: 0 });
    for (const name of ['twin.yaml.json', 'twin.json.json'])
      expect(existsSync(folder.file(`twins/${name}`))).toBe(true);
  });

  it('reports each model in JSON', async () => {
    const words = [
      'convert',
      path('a.yaml'),
      path('cells/bad.yaml'),
      '--to',
      'nml',
      '-o',
      folder.file('some'),
      '--json',
    ];
    const { stdout } = await runCommand(words);
    expect(JSON.parse(stdout)).toMatchObject({
      documents: [
        {
          source: path('a.yaml'),
          from: 'brian',
          to: 'neuroml',
          outputs: expect.arrayContaining([folder.file('some/a.nml')]),
        },
        { source: path('cells/bad.yaml'), outputs: [], diagnostics: [{ severity: 'error' }] },
      ],
    });
  });

  it('writes one model into a folder that is there', async () => {
    const words = ['convert', path('a.yaml'), '--to', 'brian', '-o', path('empty')];
    expect(await runCommand(words)).toMatchObject({ code: 0 });
    expect(existsSync(path('empty/a.py'))).toBe(true);
  });

  it.each([
    [['x.nml'], 'several models cannot be written to x.nml'],
    [['-'], 'several models cannot be written to -'],
    [['out/', '--to', 'pynn', path('a.yaml')], 'would both be written to out/a.py'],
    [['out/'], 'convert needs --to'],
  ])('refuses -o %j', async ([output = '', ...more], message) => {
    const words = ['convert', path('*.yaml'), ...more, '-o', output];
    expect(await runCommand(words)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });
});

describe('--from', () => {
  it('states the notation of a document that does not', async () => {
    const text = readFileSync('fixtures/brian/single-lif.yaml', 'utf8').replace(/^format: .*$/m, '');
    expect(await runCommand(['validate', '-'], { input: text })).toMatchObject({ code: 1 });
    expect(await runCommand(['validate', '-', '--from', 'brian'], { input: text })).toMatchObject({ code: 0 });
  });

  it.each([
    ['pynn', 'fixtures/brian/single-lif.yaml', 'found     a Brian-like specification'],
    ['brian', 'fixtures/neuroml/network.xml', 'found     NeuroML or LEMS'],
    ['lems', 'fixtures/pynn/if-curr-exp.json', 'found     PyNN-style JSON'],
  ])('%s refuses %s', async (from, model, found) => {
    const { code, stdout } = await runCommand(['validate', model, '--from', from]);
    expect(code).toBe(1);
    expect(stdout).toContain('the document is in another notation than --from states');
    expect(stdout).toContain(found);
  });
});
