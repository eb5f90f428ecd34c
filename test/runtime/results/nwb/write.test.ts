import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { RegionReference } from 'h5wasm';
import { describe, expect, test } from 'vitest';

import { readNwbResult } from '../../../../runtime/results/nwb/read.js';
import { loadH5 } from '../../../../runtime/results/nwb/h5.js';
import { uuidFrom, type Dataset, type File, type Group } from '../../../../runtime/results/nwb/h5-writer.js';
import { nwbUnit } from '../../../../runtime/results/nwb/series.js';
import { nwbWriter, type NwbOptions } from '../../../../runtime/results/nwb/write.js';
import type { RunSetup, SeriesPlan, SpikeTrains } from '../../../../runtime/results/result.js';
import { trainsFromLists } from '../../../../runtime/results/stored-trains.js';
import { exampleHeader, play, playInto, type PlayOptions } from '../../record/played-run.js';
import { smallProgram, type SmallProgramOptions } from '../../record/small-program.js';
import { inFolder } from '../formats.js';
import { slow, triesAll } from '../../../support/effort.js';

/** Writes a played run and hands the open file over. */
async function withFile(
  program: SmallProgramOptions,
  options: PlayOptions & NwbOptions,
  look: (file: File) => void,
  steps: readonly number[] = [300],
): Promise<void> {
  await inFolder(async (folder) => {
    const path = join(folder, 'result.nwb');
    const { schemaDirectory } = options;
    await playInto(
      nwbWriter(path, schemaDirectory === undefined ? {} : { schemaDirectory }),
      smallProgram({ capacity: 2000, ...program }),
      steps.map((count) => ({ kind: 'run', steps: count })),
      options,
    );
    const h5 = await loadH5();
    const file = new h5.File(path, 'r');
    try {
      look(file);
    } finally {
      file.close();
    }
  });
}

/** Every group and dataset with its path. */
function objects(file: File): { readonly path: string; readonly object: Group | Dataset }[] {
  return ['/', ...file.paths()].map((path) => ({ path, object: file.get(path) as Group | Dataset }));
}

function text(object: Group | Dataset, name: string): string | undefined {
  const attribute = object.attrs[name];
  return typeof attribute?.value === 'string' ? attribute.value : undefined;
}

/** Returns the path that a reference in an attribute points at. */
function referred(file: File, object: Group | Dataset, name: string): string {
  const [reference] = object.attrs[name]!.value as unknown as readonly [RegionReference];
  const target = file.dereference(reference) as unknown as Group | Dataset;
  return target.path;
}

const everything = {
  eventRecordings: [
    { recording: 'spikes', kind: 'events', population: 'exc', event: 'exc.spike', indices: { begin: 0, end: 4 } },
    { recording: 'rate', kind: 'rate', population: 'exc', event: 'exc.spike', indices: { begin: 0, end: 4 } },
  ],
} as const;

describe('layout of NWB files', () => {
  test('typed objects have type, namespace and an id of their own', async () => {
    await withFile(
      everything,
      {},
      (file) => {
        const typed = objects(file).filter(({ object }) => object.attrs.neurodata_type !== undefined);
        expect(typed.length).toBeGreaterThan(20);
        const ids = typed.map(({ object }) => text(object, 'object_id'));
        expect(new Set(ids).size).toBe(typed.length);
        for (const id of ids)
          expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        const common = ['DynamicTable', 'VectorData', 'VectorIndex', 'ElementIdentifiers', 'DynamicTableRegion'];
        for (const { object } of typed) {
          expect(text(object, 'namespace')).toBe(
            common.includes(text(object, 'neurodata_type')!) ? 'hdmf-common' : 'core',
          );
        }
      },
      [100, 200],
    );
  });

  test('text is of variable length, single texts are scalars, dates are ASCII', async () => {
    await withFile({}, {}, (file) => {
      for (const { path, object } of objects(file)) {
        if ('metadata' in object && object.metadata.type === 3)
          expect([path, object.metadata.vlen]).toEqual([path, true]);
        for (const [name, attribute] of Object.entries(object.attrs)) {
          if (attribute.metadata.type === 3) expect([path, name, attribute.metadata.vlen]).toEqual([path, name, true]);
        }
      }
      for (const path of ['/identifier', '/session_description', '/session_start_time', '/general/source_script']) {
        expect((file.get(path) as Dataset).shape).toEqual([]);
      }
      expect((file.get('/file_create_date') as Dataset).shape).toEqual([1]);
      // HDF5's codes of character sets: 0 is ASCII, 1 is UTF-8.
      expect((file.get('/session_start_time') as Dataset).metadata.cset).toBe(0);
      expect((file.get('/general/source_script') as Dataset).metadata.cset).toBe(1);
    });
  });

  test('tables name their columns and have equal heights; indices end at the ends of their targets', async () => {
    await withFile(
      everything,
      {},
      (file) => {
        const tables = objects(file).filter(({ object }) => object.attrs.colnames !== undefined);
        expect(tables.map(({ path }) => path).sort((a, b) => a.localeCompare(b))).toEqual([
          'intervals/epochs',
          'processing/misc/recorded_cells',
          'units',
        ]);
        for (const { object } of tables) {
          const group = object as Group;
          const columns = group.keys().filter((name) => name !== 'id' && !name.endsWith('_index'));
          expect([...(group.attrs.colnames!.value as string[])].sort((a, b) => a.localeCompare(b))).toEqual(
            columns.sort((a, b) => a.localeCompare(b)),
          );
          const height = (group.get('id') as Dataset).shape![0];
          for (const name of columns) {
            const index = group.get(`${name}_index`) as Dataset | null;
            const column = group.get(name) as Dataset;
            expect([name, (index ?? column).shape![0]]).toEqual([name, height]);
            if (!index) continue;
            const ends = Array.from(index.value as Uint32Array);
            expect(index.metadata.signed).toBe(false);
            expect(ends).toEqual([...ends].sort((a, b) => a - b));
            expect(ends.at(-1)).toBe(column.shape![0]);
            expect(referred(file, index, 'target')).toBe(column.path);
          }
        }
      },
      [100, 200],
    );
  });

  test('each series has one base of time', async () => {
    await withFile(everything, {}, (file) => {
      const group = file.get('/acquisition') as Group;
      expect(group.keys().sort((a, b) => a.localeCompare(b))).toEqual(['exc_rate', 'exc_v']);
      for (const name of group.keys()) {
        expect((group.get(name) as Group).keys().sort((a, b) => a.localeCompare(b))).toEqual(['data', 'starting_time']);
        expect((group.get(`${name}/starting_time`) as Dataset).attrs.rate!.value).toBe(10_000);
        expect((group.get(`${name}/data`) as Dataset).attrs.conversion!.value).toBe(1);
      }
    });
  });

  test('one phase makes no table of epochs', async () =>
    withFile({}, {}, (file) => expect(file.get('/intervals')).toBeNull()));

  test('metadata are the given ones only', async () => {
    await withFile({}, {}, (file) => {
      const general = file.get('/general') as Group;
      expect(general.keys().sort((a, b) => a.localeCompare(b))).toEqual([
        'data_collection',
        'devices',
        'session_id',
        'source_script',
        'was_generated_by',
      ]);
    });
    const subject = { subject_id: 'm1', species: 'Mus musculus', age: 'P0D/', sex: 'U' };
    await withFile(
      {},
      {
        metadata: {
          publications: ['10.1/x', 'Dayan and Abbott (2001)'],
          keywords: ['größe', '神経'],
          experimenters: ['Hodgkin, Alan'],
          subject,
        },
      },
      (file) => {
        expect((file.get('/general/keywords') as Dataset).value).toEqual(['größe', '神経']);
        expect((file.get('/general/related_publications') as Dataset).value).toEqual([
          'doi:10.1/x',
          'Dayan and Abbott (2001)',
        ]);
        expect((file.get('/general/subject/species') as Dataset).value).toBe('Mus musculus');
        expect((file.get('/general/subject/age') as Dataset).attrs.reference!.value).toBe('birth');
      },
    );
  });

  test('positions are in micrometers, and NaN for a population without positions', async () => {
    const exc = Float64Array.from({ length: 12 }, (_, i) => i * 1e-5);
    await withFile({}, { positions: { exc } }, (file) => {
      const y = [...((file.get('/units/y') as Dataset).value as Float64Array)];
      y.forEach((value, cell) => expect(value).toBeCloseTo((3 * cell + 1) * 10, 9));
    });
  });
});

describe('units', () => {
  test.each([
    ['V', 'volts'],
    ['A', 'amperes'],
    ['S', 'siemens'],
    ['s', 'seconds'],
    ['Hz', 'hertz'],
    ['1', '1'],
    ['S*m**-2', 'S*m**-2'],
  ])('%s is %s', (unit, name) => expect(nwbUnit(unit)).toBe(name));
});

test('identifiers follow from a text, and have the form of version 4', () => {
  expect(uuidFrom('a')).toBe(uuidFrom('a'));
  expect(uuidFrom('a')).not.toBe(uuidFrom('b'));
  // SHA-256 of "abc" (FIPS 180-2, appendix B.1) begins ba7816bf 8f01cfea 414140de 5dae2223; version and variant are
  // set.
  expect(uuidFrom('abc')).toBe('ba7816bf-8f01-4fea-8141-40de5dae2223');
});

// --- Size, order, and crashes ---------------------------------------------------------------------------------------
function series(name: string, columns: number): SeriesPlan {
  return {
    name,
    recording: name,
    owner: 'p',
    ownerKind: 'population',
    variable: name,
    unit: 'V',
    element: 'f32',
    elements: { begin: 0, end: columns },
    every: 1,
    offset: 0,
    label: 0,
    gaps: false,
  };
}

function setupOf(plans: readonly SeriesPlan[], steps: number, cells = 10): RunSetup {
  return {
    header: { ...exampleHeader(smallProgram()), precision: 'float32' },
    populations: [{ name: 'p', size: cells }],
    trains: [{ population: 'p', event: 'spike', cells: { begin: 0, end: cells } }],
    series: plans,
    spikeLabel: 0,
    expectedSteps: steps,
    metadata: {},
    data: new Map(),
  };
}

async function recordFor(setup: RunSetup): Promise<Parameters<ReturnType<typeof nwbWriter>['close']>[0]> {
  const { record, dispose } = await play(smallProgram(), [], { samples: () => undefined, advance: () => undefined });
  dispose();
  return { ...record, ...setup.header, steps: setup.expectedSteps, series: setup.series, trains: setup.trains };
}

/** Feeds two series of many chunks in pieces of the given size, and gives the file's digest. */
async function digestOfPieces(path: string, piece: number): Promise<string> {
  const steps = 3000;
  const plans = [series('u', 300), series('v', 700)];
  const setup = setupOf(plans, steps);
  const writer = nwbWriter(path);
  await writer.open(setup);
  for (let begin = 0; begin < steps; begin += piece) {
    const end = Math.min(steps, begin + piece);
    for (const [position, plan] of plans.entries()) {
      const width = plan.name === 'u' ? 300 : 700;
      writer.samples({
        series: position,
        steps: Int32Array.from({ length: end - begin }, (_, k) => begin + k),
        values: Float32Array.from({ length: (end - begin) * width }, (_, i) => begin * width + i + position),
      });
    }
    writer.advance(end);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const none = trainsFromLists(
    setup.trains[0]!,
    Array.from({ length: 10 }, () => []),
  );
  await writer.close(await recordFor(setup), [none]);
  const result = await readNwbResult(path);
  expect(result.series[1]!.samples).toBe(steps);
  expect([...result.series[1]!.read(2999, 3000)]).toEqual(
    Array.from({ length: 700 }, (_, i) => Math.fround(2999 * 700 + i + 1)),
  );
  result.close();
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

describe('files', () => {
  test('have the same bytes however the samples of several series came', async () =>
    inFolder(async (folder) => {
      const digests = [];
      for (const piece of [3000, 1, 777]) digests.push(await digestOfPieces(join(folder, `${piece}.nwb`), piece));
      expect(new Set(digests).size).toBe(1);
    }));

  test('compress series only if numbers repeat, and keep chunks nearly full', async () =>
    inFolder(async (folder) => {
      const [width, rows] = [1025, 40];
      const path = join(folder, 'levels.nwb');
      const setup = setupOf([series('own', width), series('few', width)], rows);
      const writer = nwbWriter(path);
      await writer.open(setup);
      const steps = Int32Array.from({ length: rows }, (_, k) => k);
      for (const [position, most] of [Infinity, 100].entries())
        writer.samples({
          series: position,
          steps,
          values: Float32Array.from({ length: width * rows }, (_, i) => i % most),
        });
      writer.advance(rows);
      const none = trainsFromLists(
        setup.trains[0]!,
        Array.from({ length: 10 }, () => []),
      );
      await writer.close(await recordFor(setup), [none]);
      const file = new (await loadH5()).File(path, 'r');
      const dataOf = (name: string): Dataset => file.get(`/acquisition/${name}/data`) as Dataset;
      const [own, few] = [dataOf('own'), dataOf('few')];
      expect([own, few].map(({ filters }) => filters.map(({ name, cd_values }) => [name, cd_values[0]]))).toEqual([
        [['deflate', 0]],
        [['deflate', 1]],
      ]);
      expect(own.metadata.chunks).toEqual([rows, 513]);
      expect(Array.from(own.value as Float32Array)).toEqual(Array.from({ length: width * rows }, (_, i) => i));
      file.close();
    }));

  test.skipIf(!triesAll)(slow('hold a hundred thousand cells'), async () =>
    inFolder(async (folder) => {
      const cells = 100_000;
      const path = join(folder, 'many.nwb');
      const setup = setupOf([series('v', cells)], 3, cells);
      const trains: SpikeTrains = trainsFromLists(
        setup.trains[0]!,
        Array.from({ length: cells }, (_, cell) => (cell % 3 === 0 ? [cell % 7, 100 + cell] : [])),
      );
      const writer = nwbWriter(path);
      await writer.open(setup);
      writer.samples({
        series: 0,
        steps: Int32Array.of(0, 1, 2),
        values: Float32Array.from({ length: 3 * cells }, (_, i) => i),
      });
      writer.advance(3);
      await writer.close(await recordFor(setup), [trains]);
      const result = await readNwbResult(path);
      expect([...result.trains[0]!.read(99_999, 100_000)]).toEqual([99_999 % 7, 100 + 99_999]);
      expect(result.trains[0]!.counts.reduce((sum, count) => sum + count, 0)).toBe(2 * 33_334);
      expect(result.series[0]!.read(2, 3)[99_999]).toBe(299_999);
      result.close();
    }),
  );

  test('hold names of any script', async () =>
    withFile({}, { header: { name: 'Größe 神経' } }, (file) => {
      expect((file.get('/session_description') as Dataset).value).toBe('Simulation of Größe 神経');
      expect((file.get('/units/block') as Dataset).value).toEqual(Array.from({ length: 4 }, () => 'Größe 神経'));
    }));

  test.skipIf(!triesAll)(slow('open after the process was killed, with what had been flushed'), async () =>
    inFolder(async (folder) => {
      const root = new URL('../../../../', import.meta.url).pathname;
      const script = join(folder, 'killed.mts');
      // 64 MiB of samples make the writer flush once; then the process is killed with more on the way.
      writeFileSync(
        script,
        `
      import { nwbWriter } from '${root}runtime/results/nwb/write.js';
      import { loadH5 } from '${root}runtime/results/nwb/h5.js';
      const plan = ${JSON.stringify(series('v', 1000))};
      const setup = { ...${JSON.stringify({ ...setupOf([], 1e6), data: undefined })}, series: [plan], data: new Map() };
      const writer = nwbWriter('${folder}/result.nwb');
      await writer.open(setup);
      await loadH5();
      for (let begin = 0; begin < 20000; begin += 1000) {
        await new Promise((resolve) => setImmediate(resolve));
        const values = Float32Array.from({ length: 1e6 }, (_, i) => begin + Math.floor(i / 1000));
        writer.samples({ series: 0, steps: Int32Array.from({ length: 1000 }, (_, k) => begin + k), values });
        writer.advance(begin + 1000);
      }
      process.kill(process.pid, 'SIGKILL');`,
      );
      const signal = await new Promise((resolve) => {
        execFile(process.execPath, ['--import', 'tsx', script], { cwd: root }, (error) => resolve(error?.signal));
      });
      expect(signal).toBe('SIGKILL');
      const [name] = readdirSync(folder).filter((file) => file.includes('.partial-'));
      const h5 = await loadH5();
      const file = new h5.File(join(folder, name!), 'r');
      const data = file.get('/acquisition/v/data') as Dataset;
      expect(data.shape![0]).toBeGreaterThan(16_000);
      expect([
        ...(data.slice([
          [16_000, 16_001],
          [0, 3],
        ]) as Float32Array),
      ]).toEqual([16_000, 16_000, 16_000]);
      file.close();
      await expect(readNwbResult(join(folder, name!))).rejects.toThrow(
        /no record of a run \(written when a run ends\)/,
      );
    }),
  );
});

describe('a cached schema', () => {
  const namespaces: Readonly<Record<string, string>> = {
    'core/nwb.namespace.yaml':
      'namespaces:\n- name: core\n  version: 2.9.0\n  doc: core\n  schema:\n  - namespace: hdmf-common\n  - ' +
      'source: nwb.base.yaml\n',
    'core/nwb.base.yaml': 'groups: []\n',
    'common/namespace.yaml':
      'namespaces:\n- name: hdmf-common\n  version: 1.8.0\n  doc: common\n  schema:\n  - source: table.yaml\n' +
      '- name: hdmf-experimental\n  version: 0.5.0\n  doc: more\n  schema:\n  - namespace: hdmf-common\n',
    'common/table.yaml': 'datasets:\n- data_type_def: Data\n  doc: "yes: a text"\n',
  };
  const writeFiles = (folder: string, files: Readonly<Record<string, string>>): void => {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(join(folder, name, '..'), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
  };

  test('is stored as JSON, with the reference that readers look for', async () =>
    inFolder(async (folder) => {
      writeFiles(folder, namespaces);
      await withFile({}, { schemaDirectory: folder }, (file) => {
        expect(referred(file, file, '.specloc')).toBe('/specifications');
        const core = JSON.parse(
          (file.get('/specifications/core/2.9.0/namespace') as Dataset).value as string,
        ) as unknown;
        expect(core).toEqual({
          namespaces: [
            {
              name: 'core',
              version: '2.9.0',
              doc: 'core',
              schema: [{ namespace: 'hdmf-common' }, { source: 'nwb.base' }],
            },
          ],
        });
        expect(JSON.parse((file.get('/specifications/hdmf-common/1.8.0/table') as Dataset).value as string)).toEqual({
          datasets: [{ data_type_def: 'Data', doc: 'yes: a text' }],
        });
        expect(text(file, 'nwb_version')).toBe('2.9.0');
      });
    }));

  test.each([
    ['a folder that is not there', null, /cannot read the folder/],
    ['no schema', {}, /no schema of core, hdmf-common, hdmf-experimental is in/],
    [
      'a missing source',
      {
        ...namespaces,
        'core/nwb.namespace.yaml': namespaces['core/nwb.namespace.yaml']!.replace('nwb.base', 'nwb.none'),
      },
      /cannot read .*nwb\.none\.yaml/,
    ],
    [
      'a version that is too old',
      { ...namespaces, 'core/nwb.namespace.yaml': namespaces['core/nwb.namespace.yaml']!.replace('2.9.0', '2.6.0') },
      /is NWB 2\.6\.0/,
    ],
  ])('%s is told in a sentence, and no file is left', async (_name, files, message) =>
    inFolder(async (folder) => {
      const schemaDirectory = join(folder, 'schema');
      if (files) {
        mkdirSync(schemaDirectory);
        writeFiles(schemaDirectory, files);
      }
      await expect(nwbWriter(join(folder, 'result.nwb'), { schemaDirectory }).open(setupOf([], 1))).rejects.toThrow(
        message,
      );
      expect(readdirSync(folder).filter((name) => name !== 'schema')).toEqual([]);
    }),
  );
});
