/** Connectors of documents: their implementation, and forms that only a document has. */

import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { exportPynn } from '../../../translators/pynn/export.js';
import { created, simulate } from '../../support/simulate.js';
import { documentOf } from './support.js';
import '../../../translators/pynn/road.js';

const network = (connector: object, rest: object = {}, more: object = {}): Record<string, unknown> => ({
  rngs: { n: { type: 'NativeRNG' } },
  populations: [
    { label: 'a', size: 4, cell: { type: 'IF_curr_exp' } },
    { label: 'b', size: 5, cell: { type: 'IF_curr_exp' } },
  ],
  projections: [
    {
      label: 'x',
      pre: 'a',
      post: 'b',
      receptor_type: 'excitatory',
      connector,
      synapse: { type: 'StaticSynapse', params: { weight: 0.5, delay: 1 } },
      ...rest,
    },
  ],
  phases: [{ run: 1 }],
  ...more,
});
const modelOf = (parts: Record<string, unknown>) => importModel({ name: 'x', text: documentOf(parts) }).valid.model;
const ruleOf = (connector: object, rest: object = {}): unknown =>
  modelOf(network(connector, rest)).projections['x']?.connect[0];

describe('lists in other forms', () => {
  test('the bits of a matrix in base64', () => {
    // Rows 10010 01100 00001 11111, most significant bit first, then four bits of padding.
    const bits = '10010011000000111111'.padEnd(24, '0');
    const bytes = Buffer.from([0, 8, 16].map((at) => parseInt(bits.slice(at, at + 8), 2)));
    const pairs = [0, 1, 2, 3, 4].flatMap((j) =>
      [0, 1, 2, 3].filter((i) => bits[i * 5 + j] === '1').map((i) => [i, j] as const),
    );
    const connector = { type: 'ArrayConnector', params: { array: bytes.toString('base64') } };
    expect(ruleOf(connector)).toEqual({
      rule: 'list',
      sources: pairs.map(([i]) => i),
      targets: pairs.map(([, j]) => j),
    });
  });

  test('columns in place of rows', () => {
    const connector = {
      type: 'FromListConnector',
      params: { conn_list: { i: [0, 3], j: [4, 1], weight: [0.25, 0.5], delay: [1, 2] } },
    };
    const projection = modelOf(network(connector)).projections['x'];
    expect(projection?.connect).toEqual([{ rule: 'list', sources: [0, 3], targets: [4, 1] }]);
    expect(projection?.values['weight']).toEqual({ array: [2.5e-10, 5e-10] });
    expect(projection?.delays['pre']).toEqual({ array: [0.001, 0.002] });
  });

  test('the mask of a connection set has each pair once, by receiver', () => {
    const connector = {
      type: 'CSAConnector',
      params: {
        cset: [
          [3, 1],
          [0, 1],
          [2, 0],
          [0, 1],
        ],
      },
    };
    expect(ruleOf(connector)).toEqual({ rule: 'list', sources: [2, 0, 3], targets: [0, 1, 1] });
  });
});

describe('connections that the target draws', () => {
  const native = (type: string, params: object): object => ({ type, params, rng: 'n' });
  test.each<[string, object, object]>([
    [
      'NoMutual',
      native('FixedProbabilityConnector', { p_connect: 0.5, allow_self_connections: 'NoMutual' }),
      { rule: 'pairs', condition: 'i > j', p: 0.5, copies: 1, self: true },
    ],
    [
      'a random number of receivers',
      native('FixedNumberPostConnector', { n: { random: 'uniform_int', params: { low: 1, high: 4 } } }),
      { rule: 'fixedOutDegree', n: 'int(floor(uniform(1, 4)))', replace: false, self: true },
    ],
    [
      'a total without repetition',
      native('FixedTotalNumberConnector', { n: 7, with_replacement: false }),
      { rule: 'fixedTotal', n: 7, replace: false, self: true },
    ],
    [
      'a small world',
      native('SmallWorldConnector', { degree: 2.5, rewiring: 0.1, n_connections: 3 }),
      { rule: 'smallWorld', degree: 2.5e-6, rewiring: 0.1, n: 3, self: true },
    ],
    [
      'a comparison of distances as a number',
      native('DistanceDependentProbabilityConnector', { d_expression: '(d < 3) * 0.5' }),
      { rule: 'pairs', condition: null, p: '(1.0 if distance/(0.000001*m) < 3 else 0.0)*0.5', copies: 1, self: true },
    ],
  ])('%s', (_, connector, expected) => {
    const recurrent = { post: 'a' };
    expect(ruleOf(connector, recurrent)).toEqual(expected);
  });

  test('a copy of drawn connections has the same pairs', async () => {
    const first = network({ type: 'FixedNumberPreConnector', params: { n: 2, with_replacement: true }, rng: 'n' });
    const [projection] = first['projections'] as object[];
    const copy = { ...projection, label: 'y', connector: { type: 'CloneConnector', params: { reference: 'x' } } };
    const run = await simulate(documentOf({ ...first, projections: [projection, copy] }), { steps: 0 });
    expect(created(run, 'x')).toHaveLength(10);
    expect(created(run, 'y')).toEqual(created(run, 'x'));
  });

  test('clipped and circular distributions, without a NumpyRNG', async () => {
    const weight = { random: 'normal_clipped', params: { mu: 0.5, sigma: 1, low: 0.25, high: 0.75 } };
    const delay = { random: 'normal_clipped', params: { mu: 1, sigma: 2, low: 0.5, high: 1.5 } };
    const run = await simulate(
      documentOf(
        network({ type: 'AllToAllConnector' }, { synapse: { type: 'StaticSynapse', params: { weight, delay } } }),
      ),
      { steps: 0 },
    );
    const weights = run.final.get('x.weight')!;
    expect(new Set(weights).size).toBe(20);
    expect(weights.every((w) => w >= 0.25e-9 && w <= 0.75e-9)).toBe(true);
    expect(run.synapses.get('x')!.every((synapse) => synapse.delay >= 5 && synapse.delay <= 15)).toBe(true);
  });
});

test('a list and a matrix of weights for connections that are drawn', async () => {
  const connector = { type: 'FixedNumberPostConnector', params: { n: 2 } };
  const matrix = [0, 1, 2, 3].map((i) => [0, 1, 2, 3, 4].map((j) => (10 * i + j + 1) / 1000));
  const weighted = (weight: unknown): string =>
    documentOf(network(connector, { synapse: { type: 'StaticSynapse', params: { weight, delay: 1 } } }));
  const run = await simulate(weighted(matrix), { steps: 0 });
  const synapses = run.synapses.get('x')!;
  run.final
    .get('x.weight')!
    .forEach((w, k) => expect(w * 1e9).toBeCloseTo(matrix[synapses[k]!.source]![synapses[k]!.target]!, 12));
  const listed = await simulate(weighted([1, 2, 3, 4, 5, 6, 7, 8]), { steps: 0 });
  listed.final
    .get('x.weight')!
    .forEach((w, k) => expect(Math.round(w * 1e9)).toBe(listed.synapses.get('x')![k]!.creation + 1));
  await expect(simulate(weighted([1, 2, 3]), { steps: 0 })).rejects.toThrow(
    /weight of projection x must have one value for each synapse/,
  );
});

test('a population without a structure stands on a line only if distances are needed', () => {
  const byDistance = { type: 'DistanceDependentProbabilityConnector', params: { d_expression: 'exp(-d)' } };
  expect(modelOf(network(byDistance)).populations['a']?.positions).toEqual({
    structure: 'line',
    arguments: { dx: 1e-6 },
  });
  expect(modelOf(network({ type: 'AllToAllConnector' })).populations['a']?.positions).toBeUndefined();
});

describe('files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'connections-'));
  const outside = mkdtempSync(join(tmpdir(), 'outside-'));
  afterAll(() => [folder, outside].forEach((path) => rmSync(path, { recursive: true })));
  writeFileSync(join(folder, 'plain.txt'), '0 1 0.5 1.0\n3 4 0.25 2.0\n');
  writeFileSync(join(folder, 'bad.txt'), '0 1 0.5 1.0\n3 x 0.25 2.0\n');
  writeFileSync(join(folder, 'rank.txt.0'), '0 1\n');
  writeFileSync(join(outside, 'secret.txt'), '0 1 0.5 1.0\n');
  symlinkSync(join(outside, 'secret.txt'), join(folder, 'link.txt'));
  const read = (file: string, more: object = {}, allowPaths: readonly string[] = []) =>
    importModel(
      {
        name: join(folder, 'model.json'),
        text: documentOf(network({ type: 'FromFileConnector', params: { file, ...more } })),
      },
      { allowPaths },
    ).valid.model.projections['x'];
  const refusal = (action: () => unknown): string => {
    try {
      action();
    } catch (error) {
      if (error instanceof DiagnosticError)
        return error.diagnostics.map(({ code, message }) => `${code} ${message}`).join();
      throw error;
    }
    return '';
  };

  test('rows of weights and delays, without a header', () => {
    expect(read('plain.txt')).toMatchObject({
      connect: [{ rule: 'list', sources: [0, 3], targets: [1, 4] }],
      values: { weight: { array: [5e-10, 2.5e-10] } },
      delays: { pre: { array: [0.001, 0.002] } },
    });
    expect(read('rank.txt', { distributed: true })?.connect).toEqual([{ rule: 'list', sources: [0], targets: [1] }]);
  });

  test('the fixture, with a header that names a parameter of its synapses', () => {
    const path = 'fixtures/pynn/connector-from-file.json';
    const projection = importModel({ name: path, text: readFileSync(path, 'utf8') }).valid.model.projections['file'];
    expect(projection?.values['U']).toEqual({ array: [0.5, 0.4, 0.3, 0.9] });
  });

  test.each([
    ['a file that is not there', 'none.txt', /no such file/],
    ['a cell that is no number', 'bad.txt', /row 2 of the file/],
    ['a path out of the folder', `../${outside.split('/').pop()}/secret.txt`, /outside the folder/],
    ['an absolute path', join(outside, 'secret.txt'), /outside the folder/],
    ['a link out of the folder', 'link.txt', /outside the folder/],
  ])('%s is refused', (_, file, expected) => {
    expect(refusal(() => read(file))).toMatch(expected);
  });

  test('a folder that is allowed', () => {
    expect(read(join(outside, 'secret.txt'), {}, [outside])?.connect).toEqual([
      { rule: 'list', sources: [0], targets: [1] },
    ]);
  });
});

describe('written again', () => {
  const draw = { random: 'uniform', params: { low: 0.1, high: 0.3 }, rng: 'r' };
  const network = (rest: object, params: object, onto = 'IF_cond_exp'): string =>
    documentOf({
      rngs: { r: { type: 'NumpyRNG', seed: 7 } },
      populations: [
        { label: 'a', size: 3, cell: { type: 'IF_cond_exp' } },
        { label: 'b', size: 3, cell: { type: onto } },
      ],
      views: [{ label: 'some', of: 'b', select: { slice: [0, 2] } }],
      projections: [
        {
          label: 'x',
          pre: 'a',
          post: 'some',
          receptor_type: 'excitatory',
          synapse: { type: 'StaticSynapse', params },
          ...rest,
        },
      ],
      phases: [{ run: 1 }],
    });
  const again = async (text: string): Promise<void> => {
    const { valid, hashes } = importModel({ name: 'm.json', text });
    const { document, report } = await exportPynn(valid);
    expect(report.filter(({ verdict }) => verdict !== 'exact')).toEqual([]);
    expect(importModel({ name: 'again.json', text: JSON.stringify(document) }).hashes).toEqual(hashes);
  };
  const list = (rows: readonly (readonly number[])[], more: object = {}): object => ({
    connector: { type: 'FromListConnector', params: { conn_list: rows, ...more } },
  });
  const matrix = {
    connector: {
      type: 'ArrayConnector',
      params: {
        array: [
          [true, true],
          [true, false],
          [false, true],
        ],
      },
    },
  };

  // A list begins again with a generator for each target, a matrix does not.
  test.each([
    [
      'a list with drawn weights',
      list([
        [0, 0],
        [1, 0],
        [0, 1],
        [2, 1],
      ]),
      { weight: draw, delay: 1 },
    ],
    ['a matrix with drawn weights', matrix, { weight: draw, delay: 1 }],
    [
      'a matrix with drawn weights and listed delays',
      matrix,
      {
        weight: draw,
        delay: [
          [1, 1.5],
          [1, 1],
          [1, 1],
        ],
      },
    ],
    ['a list of nothing with names of columns', list([], { column_names: ['weight'] }), { delay: 1 }],
  ])('%s', async (_, rest, params) => {
    await again(network(rest, params));
  });

  test.each([
    ['drawn', { ...draw, params: { low: -9, high: -3 } }],
    ['by distance', { expr: '-3*(1 + 0.1*d)', of: 'd' }],
  ])('weights of one sign, %s, onto cells whose receptors are one variable', async (_, weight) => {
    const rest = { connector: { type: 'AllToAllConnector' }, receptor_type: 'inhibitory' };
    await again(network(rest, { weight, delay: 1 }, 'IF_curr_delta'));
  });
});
