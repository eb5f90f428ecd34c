import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { copyFileSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { DiagnosticError } from '../../src/diagnostics/diagnostic.js';
import { TablesBeside } from '../../translators/shared/tables-beside.js';
import { withTables as withBrianTables } from '../../translators/brian/export/connection-tables.js';
import { withTables as withPynnTables } from '../../translators/pynn/export/connection-tables.js';
import { degreesText } from '../../src/present/describe/degrees.js';
import { importModel } from '../../src/pipeline/import-model.js';
import type { ImportedModel } from '../../src/pipeline/read/imported-model.js';
import { readSource } from '../../src/pipeline/read/read-source.js';
import { parquetBytes } from '../../src/tables/write-parquet.js';
import { runCommand, temporaryFolder } from '../support/command.js';

const folder = temporaryFolder();
const files = join('test', 'tables', 'files');

/** Columns of the table that pandas wrote as CSV. */
const rows = readFileSync(join(files, 'edges.csv'), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(',').map(Number));
const column = (k: number): number[] => rows.map((row) => row[k]!);
const [pre, post, count, sign, delay] = [0, 1, 2, 3, 4].map(column) as [
  number[],
  number[],
  number[],
  number[],
  number[],
];
const weights = count.map((value, k) => value * sign[k]! * 0.275);

const brian = (rest: object, N = 20): object => ({
  format: 'interneuron/brian',
  version: 1,
  name: 'm',
  neuron_groups: { P: { N, model: 'dv/dt = -v/(20*ms) : volt', threshold: 'v > 15*mV', reset: 'v = 0*mV' } },
  synapses: { S: { source: 'P', target: 'P', model: 'w : volt', on_pre: 'v += w', ...rest } },
  run: '10 ms',
});
const values = {
  w: { column: 'count', sign: 'sign', factor: 0.275, unit: 'mV' },
  delay: { column: 'delay', unit: 'ms' },
};
const table = (from: string, rest: object = {}): object => ({
  connect: { from, source: 'pre', target: 'post', ...values, ...rest },
});
const listed = {
  connect: { i: pre, j: post },
  initializers: { w: { values: weights, unit: 'mV' }, delay: { values: delay, unit: 'ms' } },
};
const read = (document: object, at = files): ImportedModel =>
  importModel({ name: join(at, 'model.json'), text: JSON.stringify(document) });
/** Rewrites arrays outside the document, so that lists and arrays compare. */
const model = ({ valid }: ImportedModel): unknown =>
  JSON.parse(
    JSON.stringify(valid.model.projections, (_, value: unknown) => {
      const digest = typeof value === 'object' && value !== null && '$data' in value ? String(value.$data) : undefined;
      return digest === undefined ? value : Array.from(valid.data.get(digest) as Float64Array);
    }),
    (_, value: unknown) => (typeof value === 'object' && value !== null && 'array' in value ? value.array : value),
  );
const expected = model(read(brian(listed)));

describe('a table of connections is read as the list that it holds', () => {
  it.each([
    'edges.csv',
    'edges.tsv',
    'edges.csv.gz',
    'edges.npy',
    'edges.npz',
    'packed.npz',
    'big-endian.npz',
    'edges.parquet',
    'pages2.parquet',
    'bare.parquet',
  ])('%s', (file) => {
    expect(model(read(brian(table(file))))).toEqual(expected);
  });

  it.each([
    ['ids.csv', 'root_id'],
    ['ids.npz', 'root_id'],
    ['names.csv', 'name'],
    ['names.npz', 'name'],
    ['ids.parquet', 'root_id'],
    ['names.parquet', 'name'],
  ])('%s with identifiers', (file, id) => {
    expect(model(read(brian(table(file, { cells: { from: 'cells.csv', id } }))))).toEqual(expected);
  });

  it('in the canonical model', () => {
    const { valid } = read(brian({ ...listed, initializers: {}, connect: { i: [0], j: [1] } }));
    const { S } = valid.model.projections;
    const connect = { rule: 'table', from: 'edges.csv', source: 'pre', target: 'post', ...values };
    const document = { ...valid.model, projections: { S: { ...S, values: {}, delays: {}, connect } } };
    expect(model(read(document))).toEqual(expected);
  });

  it('with cells of two groups, which are numbered within their group', () => {
    const { valid } = read(
      brian(
        table('ids.csv', {
          cells: { from: 'cells.csv', id: 'root_id', group: 'type' },
          source: { column: 'pre', group: 'KC' },
          target: { column: 'post', group: 'MBON' },
        }),
      ),
    );
    // The first twelve cells are of the type KC.
    const kept = rows.filter(([i = 0, j = 0]) => i < 12 && j >= 12);
    expect(valid.model.projections['S']?.connect).toEqual([
      { rule: 'list', sources: kept.map(([i]) => i), targets: kept.map(([, j = 0]) => j - 12) },
    ]);
  });

  it('with identifiers of up to 64 bits and either sign, as numbers of one file and as texts of another', () => {
    const ids = [-7n, 9_223_372_036_854_775_807n, 9_100_000_000_000_000_013n];
    const head = "{'descr': [('id', '<i8')], 'fortran_order': False, 'shape': (3,), }".padEnd(117) + '\n';
    const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, head.length, 0]);
    writeFileSync(
      folder.file('wide.npy'),
      Buffer.concat([start, Buffer.from(head), Buffer.from(BigInt64Array.from(ids).buffer)]),
    );
    writeFileSync(folder.file('wide.csv'), `pre,post\n${ids[1]},${ids[0]}\n${ids[0]},${ids[2]}\n`);
    const connect = { from: 'wide.csv', source: 'pre', target: 'post', cells: { from: 'wide.npy', id: 'id' } };
    expect(read(brian({ connect }), folder.path).valid.model.projections['S']?.connect).toEqual([
      { rule: 'list', sources: [1, 0], targets: [0, 2] },
    ]);
  });

  it('with columns by number if the table has no header', () => {
    writeFileSync(folder.file('bare.csv'), '0,1,2.5\n# a comment\n3,4,1\n');
    const bare = { connect: { from: 'bare.csv', source: 0, target: 1, w: { column: 2, unit: 'mV' } } };
    expect(read(brian(bare), folder.path).valid.model.projections['S']).toMatchObject({
      connect: [{ rule: 'list', sources: [0, 3], targets: [1, 4] }],
      values: { w: { array: [0.0025, 0.001] } },
    });
  });

  it('by a FromFileConnector', () => {
    const network = (connector: object): object => ({
      format: 'interneuron/pynn',
      version: 1,
      populations: [{ label: 'a', size: 20, cell: { type: 'IF_curr_exp' } }],
      projections: [
        { label: 'x', pre: 'a', post: 'a', receptor_type: 'excitatory', synapse: { type: 'StaticSynapse' }, connector },
      ],
      phases: [{ run: 1 }],
    });
    const list = model(
      read(
        network({
          type: 'FromListConnector',
          params: { conn_list: pre.map((i, k) => [i, post[k], count[k], delay[k]]) },
        }),
      ),
    );
    for (const file of ['pynn.npz', 'pynn.npy'])
      expect(model(read(network({ type: 'FromFileConnector', params: { file } })))).toEqual(list);
  });
});

it('describe gives the degrees of cells', () => {
  const text = (name: string, ends: readonly number[]): string => {
    const degrees = Array.from({ length: 21 }, (_, cell) => ends.filter((end) => end === cell).length).sort(
      (a, b) => a - b,
    );
    return `${name} ${degrees[0]} to ${degrees[20]}, median ${degrees[10]}`;
  };
  // Of 21 cells, the last one has no synapses.
  const { model: whole, data } = read(brian(table('edges.csv'), 21)).valid;
  expect(degreesText(whole.projections['S']!, whole, data)).toBe(
    `; ${text('out-degrees', pre)}; ${text('in-degrees', post)}`,
  );
});

describe('conversions write long lists of connections', () => {
  it('as tables that PyArrow 26.0.1 reads', () => {
    const bytes = parquetBytes([
      { name: 'source', values: Uint32Array.of(3, 0) },
      { name: 'w', values: Float64Array.of(0.5, -2) },
    ]);
    // PyArrow reads these bytes as {'source': [3, 0], 'w': [0.5, -2.0]}.
    expect(Buffer.from(bytes).toString('base64')).toBe(
      'UEFSMRUAFRAVECwVBBUAFQYVBgAAAwAAAAAAAAAVABUgFSAsFQQVABUGFQYAAAAAAAAAAOA/AAAAAAAAAMAVAhk8SAtjb25uZWN0aW9ucxUEABUCJQAY' +
        'BnNvdXJjZQAVCiUAGAF3ABYEGRwZLCYIHBUCGSUABhkYBnNvdXJjZRUAFgQWMhYyJggAACY6HBUKGSUABhkYAXcVABYEFkIWQiY6AAAWdBYEACgLaW50' +
        'ZXJuZXVyb24AeQAAAFBBUjE=',
    );
  });

  it('in files beside a document, which is read as the same model', async () => {
    const lines = Array.from(
      { length: 100_000 },
      (_, k) => `${k % 20},${(3 * k) % 20},${k % 7},${(k % 5) / 10 + 0.1}\n`,
    );
    writeFileSync(folder.file('long.csv'), `pre,post,count,delay\n${lines.join('')}`);
    const { w, ...others } = values;
    const document = brian(table('long.csv', { w: { column: w.column, factor: w.factor, unit: w.unit }, ...others }));
    writeFileSync(folder.file('long.json'), JSON.stringify(document));
    for (const to of ['brian-json', 'pynn-json']) {
      const [short, listed] = [folder.file(`${to}.json`), `${to}-lists.json`];
      const convert = ['convert', folder.file('long.json'), '--to', to, '--freeze', '--no-check'];
      const { code, stdout, stderr } = await runCommand([...convert, '-o', short, '-q']);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toBe('');
      const whole = await runCommand([...convert, '-o', '-']);
      writeFileSync(folder.file(listed), whole.stdout);
      const text = readFileSync(short, 'utf8');
      expect(text).toContain(`${to}-S.parquet`);
      const [one, other] = [short, folder.file(listed)].map((path) =>
        JSON.stringify(model(importModel(readSource(path), { origin: false }))),
      );
      expect(one === other).toBe(true);
    }
    const canonical = ['convert', folder.file('long.json'), '--to', 'canonical', '--freeze', '--no-check', '-q'];
    const beside = folder.file('beside.json');
    expect((await runCommand([...canonical, '-o', beside])).code).toBe(0);
    expect(statSync(beside).size).toBeLessThan(10_000);
    const [one, other] = await Promise.all(
      [beside, folder.file('long.json')].map(
        async (path) => (await runCommand(['run', path, '--json', '--duration', '2 ms'])).stdout,
      ),
    );
    const fingerprint = /"fingerprint":[^}]*/;
    expect(fingerprint.exec(one ?? '')?.[0]).toBe(fingerprint.exec(other ?? '')?.[0] ?? 'none');
  });

  it('in a file for each projection, also where names differ only in signs or case', () => {
    const ends = (from: number): number[] => Array.from({ length: 100_000 }, (_, k) => (from + k) % 20);
    const synapses = Object.fromEntries(
      ['α', 'β', 'S', 's'].map((key, k) => [key, { connect: { i: ends(k), j: ends(0) } }]),
    );
    const projections = ['α', 'β'].map((label, k) => ({
      label,
      connector: { type: 'FromListConnector', params: { conn_list: ends(k).map((i) => [i, 0]) } },
    }));
    for (const [withTables, document, count] of [
      [withBrianTables, { synapses }, 4],
      [withPynnTables, { projections }, 2],
    ] as const) {
      const tables = new TablesBeside({ name: 'm.json', tableBytes: parquetBytes });
      const made = withTables(document, tables);
      const names = tables.files.map(({ name }) => name);
      expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(count);
      for (const name of names) expect(JSON.stringify(made)).toContain(`"${name}"`);
    }
  });
});

describe('the hash of a model', () => {
  it('covers the content of its tables and not their names', () => {
    const text = 'pre,post,w\n0,1,2\n';
    writeFileSync(folder.file('one.csv'), text);
    writeFileSync(folder.file('same.tsv'), text.replaceAll(',', '\t'));
    writeFileSync(folder.file('other.csv'), text.replace(',2', ',3'));
    const hash = (from: string): string =>
      read(brian({ connect: { from, source: 'pre', target: 'post', w: { column: 'w', unit: 'mV' } } }), folder.path)
        .hashes.model;
    expect(hash('same.tsv')).toBe(hash('one.csv'));
    expect(hash('other.csv')).not.toBe(hash('one.csv'));
  });
});

describe('a wrong table is reported with its file, row and column', () => {
  const header = 'pre,post,w';
  const write = (name: string, ...lines: readonly string[]): string => {
    writeFileSync(folder.file(name), `${lines.join('\n')}\n`);
    return name;
  };
  beforeAll(() => {
    mkdirSync(folder.file('below'), { recursive: true });
    write('edges.csv', header, '0,1,2');
    write('cells.csv', 'id,group', '7,a', '8,b');
    write('twice.csv', 'id,group', '7,a', '8,b', '7,a');
    for (const name of ['nested', 'empty-cell', 'text', 'zstd', 'encrypted', 'encrypted-column'])
      copyFileSync(join(files, `${name}.parquet`), folder.file(`${name}.parquet`));
    const parquet = readFileSync(join(files, 'edges.parquet'));
    writeFileSync(folder.file('cut.parquet'), parquet.subarray(0, 2000));
    // The pages are lost, and the end is whole.
    writeFileSync(folder.file('lost.parquet'), Buffer.concat([parquet.subarray(0, 4), parquet.subarray(1000)]));
    const bytes = readFileSync(join(files, 'packed.npz'));
    writeFileSync(folder.file('cut.npz'), bytes.subarray(0, 800));
    writeFileSync(folder.file('cut.npy'), readFileSync(join(files, 'edges.npy')).subarray(0, 900));
    writeFileSync(folder.file('cut.csv.gz'), readFileSync(join(files, 'edges.csv.gz')).subarray(0, 500));
    const many = Buffer.alloc(80 << 20, '0,1,2\n');
    const packed = gzipSync(many, { level: 1 });
    writeFileSync(folder.file('bomb.csv.gz'), Buffer.concat([gzipSync('pre,post,w\n'), packed]));
    // The last member is short, so the length at the end of the file tells nothing.
    writeFileSync(folder.file('members.csv.gz'), Buffer.concat([gzipSync('pre,post,w\n'), packed, gzipSync('0,1,2')]));
    writeFileSync(
      folder.file('sum.csv.gz'),
      gzipSync('pre,post,w\n0,1,2\n').map((byte, at, { length }) => (at === length - 8 ? byte ^ 1 : byte)),
    );
    writeFileSync(folder.file('bomb.npz'), zipSync({ 'pre.npy': new Uint8Array(80 << 20) }, { level: 1 }));
    copyFileSync(join(files, 'constant.parquet'), folder.file('constant.parquet'));
    const head =
      "{'descr': [('pre', '<i8'), ('post', '<i8'), ('w', '<f8')], 'fortran_order': False, 'shape': (1000000000,), }";
    writeFileSync(
      folder.file('long.npy'),
      Buffer.concat([Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, head.length, 0]), Buffer.from(head)]),
    );
  });
  const found = (from: string, rest: object = {}): string => {
    const connect = { from, source: 'pre', target: 'post', w: { column: 'w', unit: 'mV' }, ...rest };
    try {
      read(brian({ connect }), folder.path);
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      const [{ code, message, place, hint } = { code: '', message: '' }] = error.diagnostics;
      expect(hint).toBeTruthy();
      const at = [place?.line, place?.column].flatMap((number) => number ?? []).join(':');
      return `${code} ${place?.document.split('/').pop()}:${at || (place?.pointer ?? '')} ${message}`;
    }
    return 'nothing';
  };

  it.each([
    [
      'a missing column',
      ['a.csv', 'from,post,w', '0,1,2'],
      /^table\/missing-column a.csv:1:1 the table has no column pre/,
    ],
    ['a column twice', ['b.csv', 'pre,post,w,w', '0,1,2,3'], /^table\/repeated-column b.csv:1:1 /],
    ['an index out of range', ['c.csv', header, '0,1,2', '0,20,2'], /^brian\/out-of-range c.csv:3 /],
    [
      'an index that is no integer',
      ['d.csv', header, '0,1,2', '0.5,1,2'],
      /^table\/bad-cell d.csv:3:1 row 2 of the column pre is not an index/,
    ],
    ['a negative index', ['e.csv', header, '-1,1,2'], /^table\/bad-cell e.csv:2:1 /],
    [
      'a weight that is NaN',
      ['f.csv', header, '0,1,nan'],
      /^table\/bad-cell f.csv:2:5 row 1 of the column w is not a finite number/,
    ],
    ['an empty cell', ['g.csv', header, '0,1,'], /^table\/bad-cell g.csv:2:5 /],
    ['a short row', ['h.csv', header, '0,1,2', '0,1'], /^table\/row-length h.csv:3:1 /],
    ['a file without content', ['i.csv'], /^table\/damaged i.csv: it|^table\/damaged i.csv/],
  ])('%s', (_, [name = '', ...lines], expected) => {
    expect(found(write(name, ...lines))).toMatch(expected);
  });

  it('the largest index of a long table that is out of range', () => {
    const largest = Math.max(...pre);
    let message = '';
    try {
      read(brian(table('edges.csv'), largest));
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      message = error.diagnostics.map(({ place, found }) => `${place?.document}:${place?.line} ${found}`).join();
    }
    expect(message).toContain(`edges.csv:${pre.indexOf(largest) + 2} ${largest}`);
  });

  it('a table outside the folder, by its path or by a link', () => {
    const inner = folder.file('below');
    symlinkSync(folder.file('edges.csv'), join(inner, 'link.csv'));
    for (const from of ['../edges.csv', folder.file('edges.csv'), 'link.csv'])
      expect(() => read(brian({ connect: { from, source: 'pre', target: 'post' } }), inner)).toThrow(
        'it is outside the folder of the document',
      );
  });

  const cells = { from: 'cells.csv', id: 'id', group: 'group' };
  it.each([
    ['a file that is not there', 'none.csv', {}, /^table\/unreadable model.json:.* there is no such file/],
    ['an unknown ending', 'below', {}, /^table\/unreadable .* not a file/],
    ['an archive that is cut off', 'cut.npz', {}, /^table\/damaged cut.npz/],
    [
      'an array that is cut off',
      'cut.npy',
      {},
      /^table\/damaged cut.npy: the table cannot be read: the file is cut off/,
    ],
    ['a compressed file that is cut off', 'cut.csv.gz', {}, /^table\/damaged cut.csv.gz/],
    ['a compressed file with another sum', 'sum.csv.gz', {}, /^table\/damaged sum.csv.gz: .* gzip cannot unpack it/],
    [
      'a small file of 10^7 rows',
      'bomb.csv.gz',
      {},
      /^table\/too-long bomb.csv.gz: the table unpacks to more than \d\d\.?\d? MB/,
    ],
    ['the same in several members', 'members.csv.gz', {}, /^table\/too-long members.csv.gz/],
    [
      'a small archive of 80 MB',
      'bomb.npz',
      {},
      /^table\/too-long bomb.npz: the table unpacks to more than \d\d\.?\d? MB/,
    ],
    ['Parquet of 100 kB with 10^7 rows', 'constant.parquet', {}, /^table\/too-long constant.parquet/],
    ['10^9 rows', 'long.npy', {}, /^table\/too-long long.npy: the table has about 1,000,000,000 rows, which need/],
    ['Parquet that is cut off', 'cut.parquet', {}, /^table\/damaged cut.parquet: .* no complete Parquet file/],
    [
      'Parquet with damaged pages',
      'lost.parquet',
      { w: { column: 'count', unit: 'mV' } },
      /^table\/damaged lost.parquet: .* damaged/,
    ],
    ['Parquet with lists', 'nested.parquet', {}, /^table\/missing-column nested|^table\/column-type nested.parquet/],
    [
      'Parquet with an empty cell',
      'empty-cell.parquet',
      {},
      /^table\/bad-cell empty-cell.parquet:\/w\[1\] row 2 of the column w/,
    ],
    ['Parquet with numbers as text', 'text.parquet', {}, /^table\/column-type text.parquet:/],
    ['Parquet by zstd', 'zstd.parquet', {}, /^table\/damaged zstd.parquet: .* ZSTD/],
    ['encrypted Parquet', 'encrypted.parquet', {}, /^table\/damaged encrypted.parquet: .* encrypted/],
    [
      'Parquet with an encrypted column',
      'encrypted-column.parquet',
      {},
      /^table\/damaged encrypted-column.parquet: .* encrypted/,
    ],
    ['an unknown unit', 'edges.csv', { w: { column: 'w', unit: 'mVV' } }, /^lang\/unknown-unit/],
    ['a unit of another dimension', 'edges.csv', { w: { column: 'w', unit: 'ms' } }, /dimension/],
    ['an unknown variable', 'edges.csv', { x: { column: 'w', unit: 'mV' } }, /x/],
    [
      'an identifier that repeats',
      'edges.csv',
      { cells: { ...cells, from: 'twice.csv' } },
      /^table\/repeated-identifier twice.csv:4 the identifier 7 in row 3 of the column id is also in row 1/,
    ],
    [
      'an identifier without a cell',
      'edges.csv',
      { cells },
      /^table\/no-such-cell edges.csv:2 0 in row 1 of the column pre/,
    ],
    ['an unknown group', 'edges.csv', { cells, source: { column: 'pre', group: 'c' } }, /^table\/unknown-group/],
    ['a group without a table of cells', 'edges.csv', { source: { column: 'pre', group: 'a' } }, /^table\/no-groups/],
    ['a value without a column', 'edges.csv', { w: 'w' }, /^table\/form/],
    ['no target', 'edges.csv', { target: undefined }, /^table\/missing-key/],
  ])('%s', (_, from, rest, expected) => {
    expect(found(from, rest)).toMatch(expected);
  });
});
