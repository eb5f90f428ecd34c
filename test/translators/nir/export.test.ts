import { describe, expect, it } from 'vitest';
import { importModel, readSource } from '../../../src/pipeline/pipeline.js';
import type { ImportedModel, ImportOptions } from '../../../src/pipeline/pipeline.js';
import { convertModel } from '../../../src/convert/convert.js';
import { runCommand, temporaryFolder } from '../../support/command.js';
import { simulateModel } from '../../support/simulate.js';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readHdf5Tree } from '../../../src/hdf5/read-tree.js';
import { edges, floats, graph, ints, lif, matrix, nodes, writeHdf5 } from './support.js';
import { hashModel } from '../../../src/model/hash.js';
import type { ValidModel } from '../../../src/model/model.js';
import type { Hdf5File } from '../../../translators/shared/hdf5.js';
import { root } from '../../support/import-graph.js';

const folder = temporaryFolder();

const spikesOf = async ({ valid }: ImportedModel, population: string): Promise<readonly (readonly number[])[]> => {
  const { events } = await simulateModel(valid, { engines: [{ target: 'wasm', threads: 1 }] });
  return [...(events.get(`${population}.spike`) ?? [])]
    .map(([step, cell]) => [step, cell])
    .sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!);
};

/** Spikes at the elements of an input in turn. */
const input = {
  kind: 'spikes',
  elements: Uint32Array.from({ length: 120 }, (_, k) => k % 3),
  times: Float64Array.from({ length: 120 }, (_, k) => (4 * k + (k % 3)) * 1e-4),
} as const;

describe('graphs', () => {
  it.each([
    ['recurrent-cuba', 'cuba'],
    ['nested-delays', 'lif'],
  ])('%s has the same spikes after it is written again', async (name, population) => {
    const options: ImportOptions = { inputs: { input }, duration: '48 ms' };
    const path = resolve(root, `fixtures/nir/${name}.nir`);
    const written = folder.file(`${name}.nir`);
    const { code, stdout } = await runCommand(['convert', path, '--to', 'nir', '-o', written]);
    expect(code).toBe(0);
    expect(stdout).toContain('conversion: exact, the same model when read back');
    const spikes = await spikesOf(importModel(readSource(path), options), population);
    expect(spikes.length).toBeGreaterThan(5);
    expect(await spikesOf(importModel(readSource(written), options), population)).toEqual(spikes);
  });

  it('are compared with scripts by random spikes', async () => {
    const convert = ['convert', 'fixtures/nir/affine-lif.nir', '--to', 'brian', '-o', folder.file('affine-lif.py')];
    const { code, stdout } = await runCommand(convert);
    expect(code).toBe(0);
    expect(stdout).toMatch(/random spikes as input: (\d+) and \1 spikes, the same \(200 ms\)\n {2}input \d{3}/);
  });

  it.each(['affine-lif', 'all-primitives', 'conv-pool', 'nested-delays', 'recurrent-cuba'])(
    '%s comes back with the same nodes, edges, numbers and types of numbers',
    async (name) => {
      const path = resolve(root, `fixtures/nir/${name}.nir`);
      const { valid } = importModel(readSource(path));
      expect(await writtenTree(valid)).toEqual(treeAt(path));
    },
  );

  it('comes back with a bias on a path that closes a cycle', async () => {
    const path = folder.file('recurrent-bias.nir');
    const rec = { type: 'Affine', weight: matrix(2, 2, 0.2), bias: floats(0.05, 0.1) };
    await writeHdf5(path, {
      version: '1.0.8',
      node: graph({ ...nodes, rec }, [...edges, ['lif', 'rec'], ['rec', 'lif']]),
    });
    expect(await writtenTree(importModel(readSource(path)).valid)).toEqual(treeAt(path));
  });

  it('states settings that it does not have', async () => {
    const path = resolve(root, 'fixtures/nir/affine-lif.nir');
    const options: ImportOptions = { set: { method: 'exact' }, dt: '1 ms' };
    const { valid } = importModel(readSource(path), options);
    const again = folder.file('stated.nir');
    writeFileSync(again, (await convertModel(valid, 'nir')).files[0]!.bytes!);
    const back = importModel(readSource(again)).valid;
    expect(hashModel(back.model).model).toBe(hashModel(valid.model).model);
    expect(back.model.experiment.dt).toBe(1e-3);
  });

  it.each([
    ['conv-pool', { 'if.v_threshold': '2' }, 'if', 'v_threshold', 2],
    ['affine-lif', { 'lif.tau': '30 ms' }, 'lif', 'tau', 0.03],
  ])('%s comes back with a changed value in its node', async (name, set, node, field, value) => {
    const path = resolve(root, `fixtures/nir/${name}.nir`);
    const { valid } = importModel(readSource(path), { set });
    const changed = JSON.parse(JSON.stringify(treeAt(path)), function (this: Named, key, given: unknown) {
      const isField = key === 'tables' && this.name === node;
      return isField
        ? (given as readonly Named[]).map((table) =>
            table.name === field
              ? {
                  ...table,
                  type: 'double',
                  values: Object.fromEntries(Object.keys(table.values ?? {}).map((k) => [k, value])),
                }
              : table,
          )
        : given;
    }) as Hdf5File;
    expect(JSON.parse(JSON.stringify(await writtenTree(valid)))).toEqual(changed);
  });

  it('names what becomes weights if weights of a convolution have changed', async () => {
    const { valid } = importModel(readSource(resolve(root, 'fixtures/nir/conv-pool.nir')));
    const [[name, projection] = ['', undefined]] = Object.entries(valid.model.projections);
    const projections = { ...valid.model.projections, [name]: { ...projection!, values: { weight: 0.5 } } };
    const { report } = await convertModel({ ...valid, model: { ...valid.model, projections } }, 'nir');
    expect(report.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        'conv (Conv2d) is written as weights',
        'pool (SumPool2d) is written as weights',
        'flat (Flatten) is written as weights',
      ]),
    );
  });
});

interface Named {
  readonly name: string;
  readonly values?: object;
}

/** Returns the contents of a file. */
const treeAt = (path: string): Hdf5File => readHdf5Tree(path, ['node', 'version']);

/** Returns the contents of a model's graph. */
async function writtenTree(valid: ValidModel): Promise<Hdf5File> {
  const { files, report } = await convertModel(valid, 'nir');
  expect(report).toEqual([]);
  const path = folder.file(`written-${++written}.nir`);
  writeFileSync(path, files[0]!.bytes!);
  return treeAt(path);
}
let written = 0;

describe('names of nodes', () => {
  const input = floats(0, 1);
  const tree = graph(
    {
      input: { type: 'Input', shape: ints(2) },
      0: { type: 'Affine', weight: matrix(2, 2, 30), bias: floats(0, 0) },
      1: lif,
      'out.put': { type: 'Output', shape: ints(2) },
    },
    [
      ['input', '0'],
      ['0', '1'],
      ['1', 'out.put'],
    ],
  );

  it('stay in graphs that are written again', async () => {
    const numbered = folder.file('numbered.nir');
    await writeHdf5(numbered, { version: '1.0.8', node: tree });
    const again = folder.file('again.nir');
    expect(await runCommand(['convert', numbered, '--to', 'nir', '-o', again])).toMatchObject({ code: 0 });
    const read = readHdf5Tree(again, ['node']);
    if (!('groups' in read)) throw new Error(read.refused);
    const nodes = read.groups[0]?.groups.find(({ name }) => name === 'nodes');
    expect(nodes?.groups.map(({ name }) => name).sort()).toEqual(['0', '1', 'input', 'out.put']);
  });

  it.each(['csv', 'nwb', 'json'])('stay in results as %s', async (format) => {
    const numbered = folder.file('numbered.nir');
    await writeHdf5(numbered, { version: '1.0.8', node: tree });
    const spikes = folder.file('spikes.csv');
    writeFileSync(spikes, `population,id,time (ms)\n${input.values.map((id) => `input,${id},${id}`).join('\n')}\n`);
    const result = folder.file(`named.${format}`);
    const run = ['run', numbered, '--input', `input=${spikes}`, '--dt', '1 ms', '--duration', '20 ms', '-o', result];
    expect(await runCommand([...run, '-q', '--force'])).toMatchObject({ code: 0 });
    // Forward Euler: the first spike brings both cells to 3 and 1.5, the second after a reset again.
    const expected = folder.file('expected.csv');
    writeFileSync(expected, 'population,id,time (ms)\n1,0,0\n1,1,0\n1,0,1\n1,1,1\n');
    const { stdout } = await runCommand(['compare', result, expected, '--ignore', 'input']);
    expect(stdout).toMatch(/^(identical|same spikes): .*\n.* 2 of 2 cells/);
    expect((await runCommand(['verify', result])).stdout).toMatch(/^identical/);
  });

  it('also name options, summaries and pictures', async () => {
    const [numbered, result, svg] = ['shown.nir', 'shown.nwb', 'shown.svg'].map((name) => folder.file(name)) as [
      string,
      string,
      string,
    ];
    await writeHdf5(numbered, { version: '1.0.8', node: tree });
    const run = await runCommand(['run', numbered, '--duration', '1 ms', '--record', '1:v', '-o', result]);
    expect(run.stdout).toMatch(/^1 +2 +0 /m);
    const { stdout } = await runCommand(['inspect', result]);
    expect(stdout).toMatch(/^1 +v +1 +2 +10$/m);
    for (const kind of ['traces', 'network']) {
      expect(await runCommand(['plot', result, '--kind', kind, '-o', svg, '--force'])).toMatchObject({ code: 0 });
      const texts = Array.from(readFileSync(svg, 'utf8').matchAll(/>([^<>]*)</g), ([, text]) => text);
      expect(texts.filter((text) => /^_?1\b/.test(text ?? ''))).not.toEqual([]);
      expect(texts).not.toContain('_1');
    }
  });
});

const pynn = (params: object): string =>
  JSON.stringify({
    format: 'interneuron/pynn',
    version: 1,
    setup: { timestep: 0.1 },
    populations: [
      { label: 'source', size: 3, cell: { type: 'SpikeSourceArray', params: { spike_times: [] } } },
      { label: 'cells', size: 2, cell: { type: 'IF_curr_exp', params: { tau_refrac: 0, ...params } } },
    ],
    projections: [
      {
        label: 'p',
        pre: 'source',
        post: 'cells',
        receptor_type: 'excitatory',
        connector: { type: 'AllToAllConnector' },
        synapse: { type: 'StaticSynapse', params: { weight: 2, delay: 0.5 } },
      },
    ],
    recordings: [{ target: 'cells', variables: ['spikes'] }],
    phases: [{ run: 48 }],
  });

describe('models of PyNN', () => {
  it('with leaky cells are graphs with spikes within three steps', async () => {
    const text = pynn({ tau_syn_E: 4, tau_syn_I: 4, i_offset: 0.2 });
    const model = importModel({ name: 'model.json', text }, { inputs: { source: input } });
    const bare = importModel({ name: 'model.json', text });
    const converted = await convertModel(bare.valid, 'nir');
    expect(converted.outcome).toBe('not measured');
    const path = folder.file('pynn.nir');
    writeFileSync(path, converted.files[0]!.bytes!);
    const graph = importModel(readSource(path), { inputs: { source: input }, duration: '48 ms' });
    const [expected, found] = [await spikesOf(model, 'cells'), await spikesOf(graph, 'cells')];
    expect(expected.length).toBeGreaterThan(5);
    expect(found.map(([, cell]) => cell)).toEqual(expected.map(([, cell]) => cell));
    for (const [k, [step]] of found.entries()) expect(Math.abs(step! - expected[k]![0]!)).toBeLessThanOrEqual(3);
  });

  it.each([
    ['a refractory period', { tau_refrac: 2, tau_syn_E: 4, tau_syn_I: 4 }],
    ['two time constants of synapses in one cell', { tau_syn_E: 4, tau_syn_I: 5 }],
  ])('with %s are refused by name', async (reason, params) => {
    const { valid } = importModel({ name: 'model.json', text: pynn(params) });
    const { outcome, report } = await convertModel(valid, 'nir');
    expect(outcome).toBe('incomplete');
    expect(report.map(({ message }) => message)).toContain(reason);
  });
});
