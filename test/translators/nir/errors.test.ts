import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.js';
import { importModel, readSource } from '../../../src/pipeline/pipeline.js';
import { runCommand, temporaryFolder } from '../../support/command.js';
import { edges, floats, graph, ints, lif, matrix, nodes, writeHdf5, type Tree } from './support.js';

const folder = temporaryFolder();
let files = 0;

const square: Tree = {
  input: { type: 'Input', shape: ints(1, 4, 4) },
  conv: {
    type: 'Conv2d',
    weight: { values: new Array<number>(9).fill(1), shape: [1, 1, 3, 3] },
    bias: floats(0),
    stride: ints(1, 1),
    padding: ints(0, 0),
    dilation: ints(1, 1),
    groups: 1,
  },
  output: { type: 'Output', shape: ints(1, 2, 2) },
};
const through = (name: string): readonly (readonly [string, string])[] => [
  ['input', name],
  [name, 'output'],
];

/** Codes and places of the findings about a file, without notes. */
async function findings(tree: Tree): Promise<readonly string[]> {
  const path = folder.file(`graph-${++files}.nir`);
  await writeHdf5(path, tree);
  try {
    return importModel(readSource(path)).diagnostics.flatMap(({ code, severity, place }) =>
      severity === 'note' ? [] : [`${code} ${place?.pointer}`],
    );
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.map(({ code, place }) => {
      expect(place?.document).toBe(path);
      return `${code} ${place?.pointer}`;
    });
  }
}

describe('mistakes in graphs', () => {
  it('are absent in correct graphs', async () => {
    expect(await findings({ node: graph(nodes, edges), version: '1.0.8' })).toEqual([]);
    expect(await findings({ node: graph(square, through('conv')) })).toEqual([]);
  });

  it.each<readonly [string, Tree, readonly string[]]>([
    ['no graph', { version: '1.0.8' }, ['nir/missing /']],
    ['another class at the root', { node: { ...graph(nodes, edges), type: 'LIF' } }, ['nir/wrong-type /node/type']],
    [
      'no nodes and no edges',
      { node: { type: 'NIRGraph' } },
      ['nir/missing /node/nodes', 'nir/missing /node/edges', 'nir/no-end /node/nodes', 'nir/no-end /node/nodes'],
    ],
    [
      'unknown primitives, misspelt ones among them, and nodes without a type',
      { node: graph({ ...nodes, lif: { ...lif, type: 'Lif' }, x: { weight: matrix(1, 1) } }, edges) },
      ['nir/unknown-primitive /node/nodes/lif/type', 'nir/missing /node/nodes/x/type'],
    ],
    [
      'datasets that are missing, unknown, of another type, or a group',
      {
        node: graph(
          {
            ...nodes,
            lif: { ...lif, tau: 'fast', v_leak: { a: 1 }, weight: floats(1, 2) },
            fc: { type: 'Affine', bias: floats(0, 0) },
          },
          edges,
        ),
      },
      [
        'nir/missing /node/nodes/fc/weight',
        'nir/unknown-field /node/nodes/lif/weight',
        'nir/wrong-type /node/nodes/lif/tau',
        'nir/wrong-type /node/nodes/lif/v_leak',
      ],
    ],
    [
      'sizes that are no integers, and numbers out of range',
      {
        node: graph(
          {
            ...square,
            conv: { ...(square['conv'] as Tree), stride: floats(1.5, 1), dilation: ints(1, 0) },
            lif: { ...lif, tau: floats(0.01, -1), r: floats(NaN, 1) },
          },
          through('conv'),
        ),
      },
      [
        'nir/wrong-type /node/nodes/conv/stride',
        'nir/out-of-range /node/nodes/conv/dilation[1]',
        'nir/out-of-range /node/nodes/lif/tau[1]',
        'nir/out-of-range /node/nodes/lif/r[0]',
      ],
    ],
    [
      'edges to nodes that are not there, twice, into an Input and out of an Output',
      {
        node: graph(nodes, [...edges, ['fc', 'out'], ['fc', 'lif'], ['lif', 'input'], ['output', 'fc']]),
      },
      [
        'nir/unknown-node /node/edges[3]',
        'nir/edge-twice /node/edges[4]',
        'nir/wrong-end /node/edges[5]',
        'nir/wrong-end /node/edges[6]',
      ],
    ],
    [
      'edges that are no pairs of names',
      { node: { ...graph(nodes, edges), edges: matrix(3, 2) } },
      ['nir/wrong-type /node/edges'],
    ],
    [
      'no Input and no Output',
      { node: graph({ fc: nodes['fc']!, lif }, [['fc', 'lif']]) },
      ['nir/no-end /node/nodes', 'nir/no-end /node/nodes'],
    ],
    [
      'shapes that differ between the ends of edges',
      {
        node: graph(
          { ...nodes, input: { type: 'Input', shape: ints(4) }, output: { type: 'Output', shape: ints(3) } },
          edges,
        ),
      },
      ['nir/shapes-differ /node/edges[0]', 'nir/shapes-differ /node/edges[2]'],
    ],
    [
      'shapes that differ within a node',
      {
        node: graph(
          { ...nodes, lif: { ...lif, r: floats(1) }, fc: { ...(nodes['fc'] as Tree), bias: floats(0) } },
          edges,
        ),
      },
      ['nir/wrong-shape /node/nodes/fc/bias', 'nir/unequal-shapes /node/nodes/lif'],
    ],
    [
      'windows that do not fit',
      { node: graph({ ...square, input: { type: 'Input', shape: ints(1, 2, 2) } }, through('conv')) },
      ['nir/window-too-large /node/nodes/conv'],
    ],
    [
      'a dimension that is not there',
      {
        node: graph({ ...square, conv: { type: 'Flatten', start_dim: 3, end_dim: -1 } }, through('conv')),
      },
      ['nir/out-of-range /node/nodes/conv/start_dim'],
    ],
    [
      'types that only interneuron has',
      { node: graph({ ...nodes, lif: { type: 'Previous' } }, edges) },
      ['nir/unknown-primitive /node/nodes/lif/type'],
    ],
    [
      'parts in other files',
      { node: graph({ ...nodes, lif: { ...lif, tau: { external: 'other.h5' } }, x: { external: 'other.h5' } }, edges) },
      ['nir/elsewhere /node/nodes/x', 'nir/elsewhere /node/nodes/lif/tau'],
    ],
    [
      'a delay of a signal that is no spikes',
      {
        node: graph(
          {
            input: { type: 'Input', shape: ints(2) },
            li: { type: 'I', r: floats(1, 1) },
            delay: { type: 'Delay', delay: floats(0.1, 0.1) },
            lif,
            output: nodes['output']!,
          },
          [
            ['input', 'li'],
            ['li', 'delay'],
            ['delay', 'lif'],
            ['lif', 'output'],
          ],
        ),
      },
      ['nir/unsupported /node/nodes/delay'],
    ],
  ])('%s', async (_, tree, codes) => {
    expect(await findings(tree)).toEqual(codes);
  });

  it('are told for graphs that contain each other too deep', async () => {
    const nested = (level: number): Tree =>
      level === 0
        ? graph(nodes, edges)
        : graph({ input: nodes['input']!, output: nodes['output']!, g: nested(level - 1) }, [
            ['input', 'g'],
            ['g', 'output'],
          ]);
    expect(await findings({ node: nested(16) })).toEqual([]);
    expect(await findings({ node: nested(17) })).toEqual([`nir/too-deep /node${'/nodes/g'.repeat(17)}`]);
  });

  it('are warnings if parameters are single numbers, as snnTorch writes them', async () => {
    const one = { values: [1], shape: [] };
    const scalar = { type: 'LI', tau: one, r: one, v_leak: one };
    expect(await findings({ node: graph({ ...nodes, lif: scalar }, edges) })).toEqual([
      'nir/broadcast /node/nodes/lif',
    ]);
    expect(await findings({ node: graph({ ...nodes, lif: { ...lif, r: one } }, edges) })).toEqual([
      'nir/broadcast /node/nodes/lif',
    ]);
  });

  it('are absent in texts that are not UTF-8', async () => {
    const path = folder.file('latin.nir');
    await writeHdf5(path, { node: graph({ ...nodes, lif: { ...lif, metadata: { author: 'qqqq' } } }, edges) });
    // Bytes of half a surrogate pair, which h5wasm decodes as one.
    const file = readFileSync(path).toString('latin1').replaceAll('qqqq', '\xed\xa0\x80q');
    writeFileSync(path, Buffer.from(file, 'latin1'));
    const { valid } = importModel(readSource(path));
    expect(JSON.stringify(valid.model.annotations)).toContain('"author":"\ufffdq"');
  });

  it('report a damaged file that the library never ends to read', () => {
    const bytes = readFileSync('fixtures/nir/recurrent-cuba.nir');
    // The size of a free block of a heap of names: without it, the list of free blocks has no end.
    expect(bytes.subarray(2424, 2448).toString('latin1')).toMatch(/^\x04\0{7}cuba\0{4}\x10\0{7}$/);
    bytes[2440] = 0;
    const path = folder.file('endless.nir');
    writeFileSync(path, bytes);
    expect(() => readSource(path)).toThrow(/cannot be read as HDF5: it is damaged, or takes too long/);
  });

  it('end with exit code 1, and no file is written', async () => {
    const path = folder.file('wrong.nir');
    await writeHdf5(path, { node: graph({ ...nodes, lif: { ...lif, type: 'Lif' } }, edges) });
    const output = folder.file('out.json');
    const { code, stderr } = await runCommand(['convert', path, '--to', 'canonical', '-o', output]);
    expect(code).toBe(1);
    expect(stderr).toContain('did you mean LIF, LI or IF?');
    const { code: later } = await runCommand(['describe', output]);
    expect(later).toBe(2);
  });
});
