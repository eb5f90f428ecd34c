/** Readers of results of other programs: the contents of each file, in s and SI units. */

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadH5 } from '../../runtime/results/nwb/h5.js';
import type { Group } from '../../runtime/results/nwb/h5-writer.js';
import { openRecorded } from '../../src/compare/open-recorded.js';
import type { Recorded } from '../../src/compare/recorded.js';
import { temporaryFolder } from '../support/command.js';
import { root } from '../support/import-graph.js';
import { missingEnvironment, python } from '../support/python.js';

const folder = temporaryFolder();

async function read(name: string, text: string, times?: string): Promise<Recorded> {
  writeFileSync(folder.file(name), text);
  return openRecorded(folder.file(name), times === undefined ? {} : { times });
}

/** Trains by population and id. */
const trainsOf = ({ trains }: Recorded): unknown =>
  Object.fromEntries(
    trains.map(({ population, ids, trains: own }) => [
      population,
      Object.fromEntries(ids.map((id, k) => [id, [...own[k]!]])),
    ]),
  );

describe('text', () => {
  it('spikes of NEST, in any order', async () => {
    const text =
      '# NEST version: 3.10.0\n# RecordingBackendASCII version: 2\nsender\ttime_ms\n2\t18.000\n1\t27.800\n2\t12.5\n';
    const found = await read('nest.dat', text);
    expect(found).toMatchObject({ format: 'NEST spikes', resolution: 0.5e-6 });
    expect(trainsOf(found)).toEqual({ '': { 1: [0.0278], 2: [0.0125, 0.018] } });
  });

  it('samples of NEST, with the units that its headers leave out', async () => {
    const text = '# NEST version: 3.10.0\nsender\ttime_ms\tV_m\n1\t0.100\t-69.841\n2\t0.100\t-70\n1\t0.200\t-69.683\n';
    const { signals } = await read('nest.dat', text);
    expect(
      signals.map(({ variable, unit, columns, times, values }) => [
        variable,
        unit,
        ...columns,
        [...times],
        [...values],
      ]),
    ).toEqual([
      ['V_m', 'V', '1', [0.0001, 0.0002], [-0.069841, -0.069683]],
      ['V_m', 'V', '2', [0.0001], [-0.07]],
    ]);
  });

  it('spikes of NEST 2, in files with ms and without a header', async () => {
    expect(trainsOf(await read('spikes.gdf', '3\t12.100\t\n1\t13.200\t\n'))).toEqual({
      '': { 1: [0.0132], 3: [0.0121] },
    });
  });

  it.each([
    ['id and time', '0 0.0121\n1 0.0132\n'],
    ['time and id', '0.0121 0\n0.0132 1\n'],
  ])('spikes of LEMS: %s in s', async (_, text) => {
    const found = await read('lems.spikes', text);
    expect(found.format).toBe('LEMS spikes');
    expect(trainsOf(found)).toEqual({ '': { 0: [0.0121], 1: [0.0132] } });
    expect(found.resolution).toBeCloseTo(0.5e-4, 12);
  });

  it('samples of LEMS, in SI units', async () => {
    const { format, signals } = await read('lems.dat', '0.0\t-0.07\t-0.065\n1.0E-4\t-0.069\t-0.065\n');
    expect(format).toBe('LEMS samples');
    expect(signals.map(({ variable, times, values }) => [variable, [...times], [...values]])).toEqual([
      ['column 2', [0, 0.0001], [-0.07, -0.069]],
      ['column 3', [0, 0.0001], [-0.065, -0.065]],
    ]);
  });

  it('tables with a header, with units in names', async () => {
    expect(trainsOf(await read('t.csv', 'population,id,time (ms)\nexc,1,5\ninh,0,7\n'))).toEqual({
      exc: { 1: [0.005] },
      inh: { 0: [0.007] },
    });
    const { signals } = await read('t.csv', 'time_ms,v (mV)\n0,-70\n1,-60\n');
    expect(signals).toMatchObject([{ variable: 'v', unit: 'V' }]);
    expect([...signals[0]!.values]).toEqual([-0.07, -0.06]);
  });

  it('times without a unit have the unit of --times', async () => {
    expect(trainsOf(await read('t.txt', 'id t\n1 5\n', 'ms'))).toEqual({ '': { 1: [0.005] } });
  });
});

describe('steps of NEST', () => {
  const head = '# NEST version: 3.10.0\n# RecordingBackendASCII version: 2\n';

  it('times are steps less offsets in ms', async () => {
    const found = await read('steps.dat', `${head}sender\ttime_step\ttime_offset\n1\t91\t0\n1\t202\t0.05\n`, '0.1 ms');
    expect(found.format).toBe('NEST spikes');
    expect(trainsOf(found)).toEqual({ '': { 1: [0.0091, expect.closeTo(0.02015, 12)] } });
  });

  it('samples', async () => {
    const text = `${head}sender\ttime_step\ttime_offset\tV_m\n1\t1\t0\t-70\n1\t2\t0\t-69\n`;
    const { signals } = await read('steps.dat', text, '0.2 ms');
    expect(signals).toMatchObject([{ variable: 'V_m', unit: 'V', columns: ['1'] }]);
    expect([...signals[0]!.times]).toEqual([0.0002, 0.0004]);
  });
});

it('imports no package of the current folder, nor of PYTHONPATH', async () => {
  const [folderOfModel, here] = [folder.file('downloads'), process.cwd()];
  mkdirSync(folderOfModel);
  for (const name of ['neo', 'json'])
    writeFileSync(join(folderOfModel, `${name}.py`), `open(${JSON.stringify(folder.file('RAN'))}, 'w')\n`);
  writeFileSync(join(folderOfModel, 'a.mat'), 'not MATLAB');
  const { PYTHONPATH } = process.env;
  try {
    process.chdir(folderOfModel);
    process.env['PYTHONPATH'] = folderOfModel;
    await expect(openRecorded('a.mat')).rejects.toThrow(/a\.mat/);
    expect(existsSync(folder.file('RAN'))).toBe(false);
  } finally {
    process.chdir(here);
    if (PYTHONPATH === undefined) delete process.env['PYTHONPATH'];
    else process.env['PYTHONPATH'] = PYTHONPATH;
  }
});

const [noNeo, noNumpy] = [missingEnvironment('.venv-pynn'), missingEnvironment('.venv')];

describe.skipIf(noNeo !== null)(`files of Neo${noNeo === null ? '' : ` (skipped: ${noNeo})`}`, () => {
  it('through its Python package', async () => {
    const path = folder.file('neo.mat');
    const code = [
      'import neo, quantities as pq, numpy, sys',
      'block = neo.Block(); segment = neo.Segment(); block.segments.append(segment)',
      'segment.spiketrains.append(neo.SpikeTrain([5, 12.5] * pq.ms, t_stop=100 * pq.ms))',
      // As PyNN 0.13 annotates them.
      'of = dict(source_population="exc", source_index=4, channel_id=7)',
      'segment.spiketrains.append(neo.SpikeTrain([8] * pq.ms, t_stop=100 * pq.ms, **of))',
      'values = numpy.array([[-70.0], [-60.0]]) * pq.mV',
      'segment.analogsignals.append(neo.AnalogSignal(values, sampling_rate=10 * pq.kHz, t_start=1 * pq.ms, name="v"))',
      'segment.analogsignals.append(neo.AnalogSignal(values, sampling_rate=10 * pq.kHz, name="v", source_population="exc"))',
      'neo.io.NeoMatlabIO(sys.argv[1]).write_block(block)',
    ].join('\n');
    await python('.venv-pynn', ['-c', code, path]);
    const { PATH } = process.env;
    process.env['PATH'] = `${join(root, '.venv-pynn/bin')}:${PATH ?? ''}`;
    try {
      const found = await openRecorded(path);
      expect(found).toMatchObject({
        format: 'Neo mat',
        end: 0.1,
        signals: [
          { variable: 'v', unit: 'V' },
          { owner: 'exc', columns: ['0'] },
        ],
      });
      expect(trainsOf(found)).toEqual({ '': { 0: [0.005, 0.0125] }, exc: { 4: [0.008] } });
      expect([...found.signals[0]!.times, ...found.signals[0]!.values]).toEqual([0.001, 0.0011, -0.07, -0.06]);
      writeFileSync(path, 'not MATLAB');
      await expect(openRecorded(path)).rejects.toThrow(/Neo cannot read it/);
      process.env['PATH'] = '/nowhere';
      await expect(openRecorded(path)).rejects.toThrow(/it needs the Python package neo/);
    } finally {
      process.env['PATH'] = PATH;
    }
  });
});

describe.skipIf(noNumpy !== null)(`archives of NumPy${noNumpy === null ? '' : ` (skipped: ${noNumpy})`}`, () => {
  beforeAll(async () => {
    const code = [
      'import numpy as np, os, sys',
      'os.chdir(sys.argv[1])',
      // Arrays of monitors of Brian as get_states(units=False) returns them.
      'np.savez("spikes.npz", i=np.array([1, 0, 1], "i4"), t=np.array([1e-3, 2e-3, 3e-3]), count=np.array([1, 2, 0]), N=3)',
      'np.savez_compressed("state.npz", t=np.arange(3) * 1e-4, v=np.array([[1.0, 2, 3], [4, 5, 6]]), N=3)',
      'np.savez("turned.npz", t=np.arange(3) * 1e-4, v=np.asfortranarray(np.array([[1.0, 4], [2, 5], [3, 6]])))',
      'np.savez("two.npz", exc_i=np.array([3], ">i2"), exc_t=np.array([5], ">f4"), t_inh=np.array([7]), i_inh=np.array([0], "u1"))',
      'np.savez("nest.npz", senders=np.array([2, 1]), times=np.array([1.5, 2.5]))',
      'np.savez("objects.npz", i=np.array([None]), t=np.array([1.0]))',
      'np.savez("other.npz", weights=np.ones(3))',
    ];
    await python('.venv', ['-c', code.join('\n'), folder.path]);
  });

  it('spikes of Brian with silent cells, of several populations, and events of NEST', async () => {
    const spikes = await openRecorded(folder.file('spikes.npz'));
    expect(spikes).toMatchObject({ format: 'NumPy', trains: [{ listsSilent: true }] });
    expect(trainsOf(spikes)).toEqual({ '': { 0: [0.002], 1: [0.001, 0.003], 2: [] } });
    expect(trainsOf(await openRecorded(folder.file('two.npz'), { times: 'ms' }))).toEqual({
      exc: { 3: [0.005] },
      inh: { 0: [0.007] },
    });
    expect(trainsOf(await openRecorded(folder.file('nest.npz')))).toEqual({ '': { 1: [0.0025], 2: [0.0015] } });
  });

  it.each(['state.npz', 'turned.npz'])('samples in %s', async (name) => {
    const { signals } = await openRecorded(folder.file(name));
    expect(signals).toMatchObject([{ variable: 'v', unit: null, columns: ['0', '1'] }]);
    expect([...signals[0]!.values]).toEqual([1, 4, 2, 5, 3, 6]);
  });

  it.each([
    ['objects.npz', /i\.npy holds other objects than numbers/],
    ['other.npz', /it holds no arrays i and t of spikes/],
  ])('%s', async (name, message) => {
    await expect(openRecorded(folder.file(name))).rejects.toThrow(message);
  });
});

describe('Neo JSON', () => {
  const document = {
    blocks: [
      {
        segments: [
          {
            spiketrains: [
              { times: [5, 3], units: 'ms', t_stop: 10, annotations: { population: 'exc', source_index: 4 } },
            ],
            analogsignals: [{ name: 'v', signal: [[-70], [-60]], units: 'mV', sampling_rate: '10 kHz' }],
          },
        ],
      },
    ],
  };

  it('trains and signals', async () => {
    const found = await read('neo.json', JSON.stringify(document));
    expect(found).toMatchObject({ format: 'Neo JSON', end: 0.01 });
    expect(trainsOf(found)).toEqual({ exc: { 4: [0.003, 0.005] } });
    expect([...found.signals[0]!.values]).toEqual([-0.07, -0.06]);
    expect(found.signals[0]!.times[1]).toBeCloseTo(1e-4, 12);
  });
});

describe('HDF5', () => {
  async function write(name: string, fill: (root: Group) => void): Promise<string> {
    const h5 = await loadH5();
    const file = new h5.File(folder.file(name), 'w');
    fill(file);
    file.close();
    return folder.file(name);
  }
  const unit = (object: { create_attribute(name: string, value: string): void }, text: string): void =>
    object.create_attribute('units', text);

  it('spikes of SONATA', async () => {
    const path = await write('spikes.h5', (root) => {
      const group = root.create_group('spikes').create_group('exc');
      unit(group.create_dataset({ name: 'timestamps', data: Float64Array.of(12.3, 50, 10) }), 'ms');
      group.create_dataset({ name: 'node_ids', data: BigUint64Array.of(0n, 0n, 7n) });
    });
    expect(trainsOf(await openRecorded(path))).toEqual({ exc: { 0: [0.0123, 0.05], 7: [0.01] } });
  });

  it('reports of SONATA, with several elements of a node', async () => {
    const path = await write('report.h5', (root) => {
      const group = root.create_group('report').create_group('exc');
      unit(group.create_dataset({ name: 'data', data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] }), 'mV');
      const mapping = group.create_group('mapping');
      mapping.create_dataset({ name: 'node_ids', data: Int32Array.of(4, 9) });
      mapping.create_dataset({ name: 'index_pointers', data: Int32Array.of(0, 2, 3) });
      unit(mapping.create_dataset({ name: 'time', data: Float64Array.of(0, 0.2, 0.1) }), 'ms');
    });
    const found = await openRecorded(path);
    expect(found).toMatchObject({ dt: 1e-4, end: 2e-4 });
    expect(found.signals).toMatchObject([{ owner: 'exc', unit: 'V', columns: ['4/0', '4/1', '9'] }]);
    expect([...found.signals[0]!.values]).toEqual([0.001, 0.002, 0.003, 0.004, 0.005, 0.006]);
  });

  it('units and time series of NWB', async () => {
    const path = await write('foreign.nwb', (root) => {
      root.create_dataset({ name: 'session_start_time', data: '2020-01-01T00:00:00Z' });
      const units = root.create_group('units');
      units.create_dataset({ name: 'id', data: Int32Array.of(5, 6) });
      units.create_dataset({ name: 'spike_times', data: Float64Array.of(0.1, 0.2, 0.3) });
      units.create_dataset({ name: 'spike_times_index', data: Uint8Array.of(1, 3) });
      const series = root.create_group('acquisition').create_group('v');
      const data = series.create_dataset({ name: 'data', data: Float64Array.of(-70, -60) });
      data.create_attribute('unit', 'volts');
      data.create_attribute('conversion', 0.001);
      series.create_dataset({ name: 'timestamps', data: Float64Array.of(0, 0.1) });
      root
        .create_group('processing')
        .create_group('movie')
        .create_dataset({ name: 'data', data: Float64Array.of(0) });
    });
    const found = await openRecorded(path);
    expect(trainsOf(found)).toEqual({ '': { 5: [0.1], 6: [0.2, 0.3] } });
    expect(found.signals).toMatchObject([{ variable: 'v', unit: 'V' }]);
    expect([...found.signals[0]!.values]).toEqual([-0.07, -0.06]);
  });

  it('units in processing modules of NWB, as spike sorters store them', async () => {
    const path = await write('sorted.nwb', (root) => {
      root.create_dataset({ name: 'session_start_time', data: '2020-01-01T00:00:00Z' });
      const units = root.create_group('processing').create_group('ecephys').create_group('sorted');
      units.create_dataset({ name: 'id', data: Int32Array.of(0, 1) });
      units.create_dataset({ name: 'spike_times', data: Float64Array.of(0.1, 0.2, 0.3) });
      units.create_dataset({ name: 'spike_times_index', data: Uint8Array.of(1, 3) });
    });
    expect(trainsOf(await openRecorded(path))).toEqual({ sorted: { 0: [0.1], 1: [0.2, 0.3] } });
  });

  it.each([
    ['before 0', [-0.2, 0.1, 0.3], 'has 1 of 3 times before 0 s'],
    ['back in time', [0.1, 0.3, 0.2], 'goes back in time in 1 of 2 units, and was sorted'],
    ['in samples', [30000, ...Array.from({ length: 11 }, (_, k) => 100 * k)], 'only whole numbers, up to 30000'],
    ['in seconds', [0.1, 0.2, 0.3], undefined],
  ])('says where times of NWB lie %s', async (_, times, note) => {
    const path = await write('times.nwb', (root) => {
      root.create_dataset({ name: 'session_start_time', data: '2020-01-01T00:00:00Z' });
      const units = root.create_group('units');
      units.create_dataset({ name: 'spike_times', data: Float64Array.from(times) });
      units.create_dataset({ name: 'spike_times_index', data: Uint8Array.of(1, times.length) });
    });
    expect((await openRecorded(path)).notes).toEqual(note === undefined ? [] : [expect.stringContaining(note)]);
  });

  it('numbers of 16 bits, also of units', async () => {
    const found = await openRecorded('test/compare/files/half.nwb');
    // As NumPy prints float16(0.1) and float16(0.3).
    expect(trainsOf(found)).toEqual({ '': { 0: [0.0999755859375], 1: [0.300048828125] } });
  });

  it('tables of intervals of NWB are trains of their beginnings and ends', async () => {
    const path = await write('trials.nwb', (root) => {
      root.create_dataset({ name: 'session_start_time', data: '2020-01-01T00:00:00Z' });
      const trials = root.create_group('intervals').create_group('trials');
      trials.create_dataset({ name: 'start_time', data: Float64Array.of(0, 1) });
      trials.create_dataset({ name: 'stop_time', data: Float64Array.of(0.5, 1.5) });
    });
    const { trains } = await openRecorded(path);
    expect(trains.map(({ population, event, trains: [own] }) => [population, event, [...own!]])).toEqual([
      ['trials', 'start_time', [0, 1]],
      ['trials', 'stop_time', [0.5, 1.5]],
    ]);
  });

  it('data in other files are not read', async () => {
    await write('other.h5', (root) => root.create_dataset({ name: 'secret', data: Float64Array.of(1) }));
    const path = await write('linked.h5', (root) => {
      const group = root.create_group('spikes').create_group('exc');
      group.create_external_link(folder.file('other.h5'), '/secret', 'timestamps');
    });
    await expect(openRecorded(path)).rejects.toThrow(/cannot be read as a result: .*timestamps lies in another file/);
    const nwb = await write('linked.nwb', (root) => {
      root.create_dataset({ name: 'session_start_time', data: '2020-01-01T00:00:00Z' });
      root.create_group('acquisition').create_external_link(folder.file('other.h5'), '/secret', 'v');
    });
    expect((await openRecorded(nwb)).notes).toEqual([expect.stringMatching(/v lies in another file, .* not read/)]);
  });
});

describe('files that cannot be compared', () => {
  it.each([
    ['empty.dat', '', /it is empty/],
    ['a.zip', 'PK\x03\x04rest', /cannot be read as a ZIP archive/],
    ['a.xml', '<Lems/>', /it is XML, not a result/],
    ['m.yaml', 'format: interneuron/brian\nrun: 1 s\n', /it is a model, not a result/],
    ['m.json', '{"format": "interneuron/pynn"}', /it is a model, not a result/],
    ['a.bin', 'ab\0cd', /neither text nor HDF5/],
    ['cut.json', '{"blocks": [', /its JSON is incomplete/],
    ['other.json', '{"a": 1}', /neither a result of interneuron nor blocks of Neo/],
    ['cut.h5', '\x89HDF\r\n\x1a\nrest', /not a complete HDF5 file/],
    ['prose.txt', 'hello world\n', /no column of its header \(hello, world\) is a time/],
    ['steps.dat', 'sender\ttime_step\ttime_offset\n1\t10\t0\n', /it has times in steps/],
    ['unit.txt', 'id t\n1 5\n', /states no unit of its times/],
    ['unit.csv', 'id,time (mV)\n1,5\n', /mV is no unit of time/],
    ['nan.dat', 'sender\ttime_ms\n1\tnan\n', /the time in line 2 is nan, not a number/],
    ['word.dat', 'sender\ttime_ms\n1\t5\nx\t6\n', /the identifier in line 3 is x, not a number/],
    ['cut.dat', 'sender\ttime_ms\n1\t5\n2\n', /line 3 has 1 columns, not 2/],
    [
      'trains.json',
      '{"segments": [{"spiketrains": [{"times": [1, null], "units": "ms"}]}]}',
      /a number of spike train 0 is null/,
    ],
    ['units.json', '{"segments": [{"spiketrains": [{"times": [1]}]}]}', /spike train 0 has no unit of time/],
  ])('%s', async (name, text, message) => {
    writeFileSync(folder.file(name), text, 'latin1');
    await expect(openRecorded(folder.file(name))).rejects.toThrow(message);
  });

  it('no file, and a folder', async () => {
    await expect(openRecorded(folder.file('absent'))).rejects.toThrow(/there is no file/);
    await expect(openRecorded(folder.path)).rejects.toThrow(/is a folder, not a file/);
  });
});
