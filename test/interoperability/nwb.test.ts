/** NWB files under the field's own programs: pynwb and its validator, nwbinspector, Neo's NWBIO, h5py. */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Protocol } from '../../runtime/record/protocol.js';
import { neoWriter } from '../../runtime/results/neo/write.js';
import { nwbWriter, type NwbOptions } from '../../runtime/results/nwb/write.js';
import { playInto, type PlayOptions } from '../runtime/record/played-run.js';
import {
  playedPotential,
  playedSpike,
  smallProgram,
  type SmallProgramOptions,
} from '../runtime/record/small-program.js';
import { clocked, runInto, segmented, verifierOf } from '../pipeline/forged.js';
import { runCommand } from '../support/command.js';
import { askedEffort } from '../support/effort.js';
import { compareResults } from '../../src/verify/compare-results.js';
import type { RunReport } from '../../src/pipeline/results/report.js';
import {
  importedPython,
  missingPython,
  pythonPackageFolder,
  runPython,
  type ImportedPython,
} from './python-environment.js';

const missing = missingPython(['pynwb', 'nwbinspector', 'neo', 'h5py', 'quantities']);

/** One process checks all files. */
let checking: ImportedPython | undefined;
const checkNwb = (words: readonly string[]): Promise<unknown> =>
  (checking ??= importedPython('check_nwb.py')).run(words);
afterAll(() => checking?.end());

const run = (steps: number): Protocol[number] => ({ kind: 'run', steps });
const events = [
  { recording: 'spikes', kind: 'events', population: 'exc', event: 'exc.spike', indices: { begin: 0, end: 4 } },
] as const;
const rate = {
  recording: 'rate',
  kind: 'rate',
  population: 'exc',
  event: 'exc.spike',
  indices: { begin: 0, end: 4 },
} as const;
const subject = {
  subject_id: 'model-rat',
  species: 'Rattus norvegicus',
  sex: 'U',
  age: 'P90D',
  description: 'The animal that the model is of.',
};

interface Case {
  readonly name: string;
  readonly program?: SmallProgramOptions;
  readonly protocol: Protocol;
  readonly play?: PlayOptions;
  readonly options?: NwbOptions;
  /** Checks of the inspector, other than suggestions, that the case must meet. */
  readonly breaches?: readonly string[];
}

const cases: readonly Case[] = [
  { name: 'plain', protocol: [run(1000)], play: { metadata: { subject } } },
  { name: 'without-subject', protocol: [run(300)], breaches: ['check_subject_exists'] },
  {
    name: 'metadata',
    protocol: [run(300)],
    play: {
      metadata: {
        subject,
        description: 'A network of µ cells',
        experimenters: ['Hodgkin, Alan'],
        institution: 'Plymouth',
        laboratory: 'Marine',
        keywords: ['axon'],
        publications: ['https://doi.org/10.1113/jphysiol.1952.sp004764'],
      },
      data: new Map([['d'.repeat(64), Float64Array.of(1, 2, 3)]]),
    },
  },
  {
    name: 'positions',
    protocol: [run(200)],
    play: { metadata: { subject }, positions: { exc: Float64Array.from({ length: 12 }, (_, i) => i * 1e-6) } },
  },
  {
    name: 'phases',
    protocol: [{ kind: 'run', steps: 200, name: 'baseline' }, { kind: 'segment', name: 'second' }, run(300)],
    play: { metadata: { subject } },
  },
  {
    name: 'switched',
    program: { eventRecordings: [...events, rate] },
    play: { metadata: { subject } },
    protocol: [
      run(100),
      { kind: 'record', recording: 'v_exc', on: false },
      run(51),
      { kind: 'record', recording: 'v_exc', on: true },
      run(100),
    ],
  },
  {
    name: 'spikes-switched',
    play: { metadata: { subject } },
    program: { eventRecordings: events },
    protocol: [
      run(100),
      { kind: 'record', recording: 'spikes', on: false },
      run(50),
      { kind: 'record', recording: 'spikes', on: true },
      run(100),
    ],
  },
  {
    name: 'silent',
    protocol: [run(100)],
    play: { metadata: { subject }, step: ({ log }) => log('samples', [1, 2, 3, 4]) },
  },
  {
    name: 'no-spikes-recorded',
    program: { eventRecordings: [] },
    protocol: [run(100)],
    play: { metadata: { subject } },
  },
  {
    name: 'wide',
    program: { exc: 500, capacity: 5000 },
    protocol: [run(40)],
    play: { metadata: { subject } },
    breaches: ['check_data_orientation'],
  },
  {
    name: 'cached-schema',
    protocol: [run(100)],
    play: { metadata: { subject } },
    options: { schemaDirectory: 'pynwb' },
  },
];

interface Report {
  readonly structure: readonly string[];
  readonly validate: readonly string[];
  readonly inspect: readonly { readonly check: string; readonly importance: string; readonly message: string }[];
  readonly pynwb: {
    readonly units: {
      readonly population: string[];
      readonly cell_id: number[];
      readonly spike_times: string[][];
      readonly obs_intervals: number[][][];
      readonly resolution: number;
    } | null;
    readonly series: Readonly<
      Record<
        string,
        {
          readonly unit: string;
          readonly rate: number | null;
          readonly starting_time: number | null;
          readonly timestamps: number[] | null;
          readonly shape: number[];
          readonly data: string[];
        }
      >
    >;
    readonly cells:
      | readonly {
          readonly series: string;
          readonly column: number;
          readonly population: string;
          readonly cell_id: number;
          readonly unit?: number;
        }[]
      | null;
    readonly epochs: readonly { readonly start: number; readonly stop: number; readonly tags: string[] }[] | null;
    readonly source_script: string;
    readonly source_script_file_name: string;
    readonly record: { readonly fingerprint: { readonly total: string }; readonly seed: string };
    readonly generated_by: string[][];
    readonly start: string;
  };
  readonly neo: readonly {
    readonly name: string;
    readonly segments: readonly {
      readonly name: string;
      readonly spiketrains: readonly {
        readonly name: string;
        readonly units: string;
        readonly t_stop: number;
        readonly times: string[];
      }[];
      readonly analogsignals: readonly {
        readonly name: string;
        readonly units: string;
        readonly shape: number[];
        readonly sampling_rate: number;
        readonly t_start: number;
        readonly data: string[];
      }[];
      readonly irregular: readonly string[];
      readonly epochs: readonly { readonly name: string; readonly times: number[]; readonly durations: number[] }[];
    }[];
  }[];
}

/** A double as Python's `float.hex` writes it. */
function hex(value: number): string {
  const [bits] = new BigUint64Array(Float64Array.of(value).buffer);
  const exponent = Number((bits! >> 52n) & 0x7ffn);
  const fraction = (bits! & 0xfffffffffffffn).toString(16).padStart(13, '0');
  const sign = bits! >> 63n === 0n ? '' : '-';
  if (value === 0) return `${sign}0x0.0p+0`;
  const power = exponent - 1023;
  return `${sign}0x1.${fraction}p${power < 0 ? '' : '+'}${power}`;
}

function spikeTimes(cell: number, size: number, steps: number): string[] {
  return Array.from({ length: steps }, (_, step) => step)
    .filter((step) => playedSpike(step, cell, size))
    .map((step) => hex(step * 1e-4));
}

describe.skipIf(missing !== null)(`NWB files in the field's programs${missing === null ? '' : ` (${missing})`}`, () => {
  const folder = missing === null ? mkdtempSync(join(tmpdir(), 'interneuron-nwb-')) : '';
  const reports = new Map<string, Report>();
  const report = (name: string): Report => reports.get(name)!;

  beforeAll(async () => {
    const paths = new Map<string, string>();
    for (const { name, program, protocol, play, options = {} } of cases) {
      const path = join(folder, `${name}.nwb`);
      const { schemaDirectory, ...rest } = options;
      const given =
        schemaDirectory === undefined ? rest : { ...rest, schemaDirectory: pythonPackageFolder(schemaDirectory) };
      await playInto(nwbWriter(path, given), smallProgram({ capacity: 3000, ...program }), protocol, play);
      paths.set(path, name);
    }
    // Neo cannot open a file with keywords, a limitation of its reader.
    const readable = [...paths].filter(([, name]) => name !== 'metadata').map(([path]) => path);
    const basic = (await checkNwb(['structure,validate,inspect,pynwb', ...paths.keys()])) as Record<string, Report>;
    const neo = (await checkNwb(['neo', ...readable])) as Record<string, Report>;
    for (const [path, name] of paths) reports.set(name, { ...basic[path]!, ...neo[path] });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(cases)('$name: the layout rules hold', ({ name }) => expect(report(name).structure).toEqual([]));

  test.each(cases)('$name: pynwb finds no errors', ({ name }) => expect(report(name).validate).toEqual([]));

  test.each(cases)(
    '$name: nwbinspector finds no critical fault and no breach of best practice',
    ({ name, breaches = [] }) => {
      const found = report(name)
        .inspect.filter(({ importance }) => importance !== 'BEST_PRACTICE_SUGGESTION')
        .map(({ check }) => check);
      expect(found).toEqual(breaches);
    },
  );

  test('pynwb reads all spikes, bit for bit, with populations and cells', () => {
    const { units } = report('plain').pynwb;
    expect(units!.population).toEqual(['exc', 'exc', 'exc', 'exc']);
    expect(units!.cell_id).toEqual([0, 1, 2, 3]);
    expect(units!.spike_times).toEqual([0, 1, 2, 3].map((cell) => spikeTimes(cell, 4, 1000)));
    expect(units!.spike_times[0]!.length).toBeGreaterThan(300);
    expect(units!.spike_times[3]).toEqual([]);
    expect(units!.obs_intervals).toEqual(Array.from({ length: 4 }, () => [[0, 0.1]]));
    expect(units!.resolution).toBe(1e-4);
  });

  test('pynwb reads all samples, bit for bit, with their unit and rate', () => {
    const series = report('plain').pynwb.series.exc_v!;
    expect(series).toMatchObject({ unit: 'volts', rate: 10_000, starting_time: 0, timestamps: null, shape: [1000, 4] });
    expect(series.data).toEqual(
      Array.from({ length: 1000 }, (_, step) => [0, 1, 2, 3].map((cell) => hex(playedPotential(step, cell)))).flat(),
    );
  });

  test('a switched series has times of its own', () => {
    const { series } = report('switched').pynwb;
    expect(series.exc_v!.rate).toBeNull();
    expect(series.exc_v!.timestamps).toEqual(
      Array.from({ length: 251 }, (_, step) => step)
        .filter((step) => step < 100 || step >= 151)
        .map((step) => step * 1e-4),
    );
    expect(series.exc_rate).toMatchObject({ unit: 'hertz', shape: [251] });
  });

  test('a table names the cell of each column', () => {
    expect(report('plain').pynwb.cells).toEqual(
      [0, 1, 2, 3].map((cell) => ({ series: 'exc_v', column: cell, population: 'exc', cell_id: cell, unit: cell })),
    );
    expect(report('no-spikes-recorded').pynwb.cells![0]).toEqual({
      series: 'exc_v',
      column: 0,
      population: 'exc',
      cell_id: 0,
    });
  });

  test('phases are epochs', () => {
    expect(report('phases').pynwb.epochs).toEqual([
      { start: 0, stop: 200 * 1e-4, tags: ['baseline', 'segment 1'] },
      { start: 200 * 1e-4, stop: 500 * 1e-4, tags: ['phase 2', 'second'] },
    ]);
    expect(report('plain').pynwb.epochs).toBeNull();
  });

  test('a run without any spike, or without recorded spikes, has no table of units', () => {
    expect(report('silent').pynwb.units).toBeNull();
    expect(report('no-spikes-recorded').pynwb.units).toBeNull();
  });

  test('model, versions and record are there', () => {
    const {
      source_script: model,
      source_script_file_name: name,
      record,
      generated_by: by,
      start,
    } = report('plain').pynwb;
    expect(JSON.parse(model)).toEqual({ interneuron: 1, metadata: { title: 'Größe "µ" 神経' }, name: 'small' });
    expect(name).toBe('model.json');
    expect(record.seed).toBe('18446744073709551615');
    expect(record.fingerprint.total).toMatch(/^[0-9a-f]{64}$/);
    expect(by).toEqual([
      ['interneuron', '0.1.0'],
      ['node', '20.20.0'],
    ]);
    expect(start).toBe('2026-01-02T03:04:05+00:00');
  });

  test('Neo reads all spikes, samples and units', () => {
    const [block] = report('plain').neo;
    const [segment] = block!.segments;
    expect([block!.name, segment!.name]).toEqual(['small', 'run']);
    expect(segment!.spiketrains.map(({ name, units, t_stop: stop }) => [name, units, stop])).toEqual(
      [0, 1, 2, 3].map((cell) => [`exc[${cell}]`, 's', 0.1]),
    );
    expect(segment!.spiketrains.map(({ times }) => times)).toEqual(
      [0, 1, 2, 3].map((cell) => spikeTimes(cell, 4, 1000)),
    );
    expect(segment!.analogsignals).toHaveLength(1);
    expect(segment!.analogsignals[0]).toMatchObject({
      name: 'exc_v',
      units: 'V',
      shape: [1000, 4],
      sampling_rate: 10_000,
      t_start: 0,
    });
    expect(segment!.analogsignals[0]!.data).toEqual(report('plain').pynwb.series.exc_v!.data);
  });

  test('Neo reads epochs and irregular series', () => {
    expect(report('phases').neo[0]!.segments[0]!.epochs).toEqual([
      { name: 'phases', times: [0, 200 * 1e-4], durations: [200 * 1e-4, 500 * 1e-4 - 200 * 1e-4] },
    ]);
    expect(report('switched').neo[0]!.segments[0]!.irregular).toEqual(['exc_v']);
  });
});

describe.skipIf(missing !== null)(
  `The Vogels-Abbott network, from specification to NWB${missing === null ? '' : ` (${missing})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'interneuron-cuba-'));
    const paths = { alone: join(folder, 'alone.nwb'), subject: join(folder, 'subject.nwb') };
    let reports: Record<string, Report> = {};
    let spikes = 0;

    beforeAll(async () => {
      const model = 'fixtures/brian/vogels-abbott-cuba.yaml';
      const fields = Object.entries({ ...subject, species: 'Mus musculus' }).flatMap(([name, value]) => [
        '--subject',
        `${name}=${value}`,
      ]);
      const ran = await runCommand(['run', model, '-o', paths.subject, '--json', ...fields]);
      expect([ran.code, ran.stderr]).toEqual([0, '']);
      spikes = (JSON.parse(ran.stdout) as RunReport).populations['P']!.spikes;
      expect((await runCommand(['run', model, '-o', paths.alone, '--quiet'])).code).toBe(0);
      reports = (await checkNwb(['structure,validate,inspect,pynwb,neo', ...Object.values(paths)])) as Record<
        string,
        Report
      >;
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    const breaches = (path: string): string[] =>
      reports[path]!.inspect.filter(({ importance }) => importance !== 'BEST_PRACTICE_SUGGESTION').map(
        ({ check }) => check,
      );

    test('is valid and, if the subject is given, without any breach of best practice', () => {
      expect([reports[paths.subject]!.structure, reports[paths.subject]!.validate, breaches(paths.subject)]).toEqual([
        [],
        [],
        [],
      ]);
    });

    test('lacks only the subject otherwise', () => {
      expect([reports[paths.alone]!.structure, reports[paths.alone]!.validate, breaches(paths.alone)]).toEqual([
        [],
        [],
        ['check_subject_exists'],
      ]);
    });

    test('gives all its spikes to pynwb and to Neo', () => {
      const { pynwb, neo } = reports[paths.subject]!;
      const trains = pynwb.units!.spike_times;
      expect(spikes).toBeGreaterThan(10_000);
      expect([trains.length, trains.flat().length]).toEqual([4000, spikes]);
      expect(neo[0]!.segments[0]!.spiketrains.map(({ times }) => times)).toEqual(trains);
    });
  },
);

describe.skipIf(missing !== null)(`Runs with resets in Neo${missing === null ? '' : ` (${missing})`}`, () => {
  test('open with a segment for each, in the units of the notation, and no time comes twice', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'interneuron-resets-'));
    const path = join(folder, 'segmented.nwb');
    await runInto(segmented, path);
    const reports = (await checkNwb(['structure,validate,neo', path])) as Record<string, Report>;
    rmSync(folder, { recursive: true });
    const { structure, validate, neo } = reports[path]!;
    expect([structure, validate]).toEqual([[], []]);
    const [block] = neo;
    expect(block!.segments.map(({ name, spiketrains }) => [name, spiketrains.length])).toEqual([
      ['segment000', 5],
      ['segment001', 5],
    ]);
    const [first, second] = block!.segments;
    expect(first!.analogsignals.map(({ name, units, shape }) => [name, units, shape])).toContainEqual([
      'p_v_segment000',
      'mV',
      [13, 2],
    ]);
    // PyNN's resting potential, and its first state.
    expect(first!.analogsignals.find(({ name }) => name === 'p_v_segment000')!.data[0]).toBe(hex(-65));
    // 6 ms were run before the reset.
    for (const { t_start: start } of second!.analogsignals) expect(start).toBeCloseTo(0.006, 12);
    expect(first!.epochs).toHaveLength(1);
    expect(second!.epochs[0]!.times).toHaveLength(2);
  });
});

describe.skipIf(missing !== null)(`Edits of NWB files by h5py${missing === null ? '' : ` (${missing})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'interneuron-edited-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  // Of the second, only kinds that the first one lacks: values of other types, and of synapses.
  test.each([
    ['segmented', segmented, askedEffort === 'thorough' ? 'all' : 'turns'],
    ['clocked', clocked, 'values'],
  ] as const)(
    '%s: each attribute, dataset and group, changed, removed or added, is found and named',
    async (name, text, kinds) => {
      const path = join(folder, `${name}.nwb`);
      const copies = join(folder, name);
      mkdirSync(copies);
      await runInto(text, path);
      const verify = verifierOf(join(folder, `${name}-again`));
      expect(await verify(path)).toBeNull();
      const edits = (await runPython('forge_nwb.py', [path, copies, kinds])) as readonly {
        path: string;
        edit: string;
      }[];
      expect(edits.length).toBeGreaterThan({ all: 400, turns: 200, values: 30 }[kinds]);
      const missed: string[] = [];
      const unnamed: string[] = [];
      const usual = edits.filter((_, k) => kinds === 'values' || k % 3 === 0);
      for (const { path: edited, edit } of askedEffort === 'thorough' ? edits : usual) {
        const said = await verify(edited);
        const place = edit.slice(edit.indexOf(' ') + 1);
        if (said === null) missed.push(edit);
        // The record and the model are found by their wrong parts, and the end of a path is enough.
        else if (!said.includes(place) && !/record|model|verify\/damaged/.test(said)) unnamed.push(`${edit}: ${said}`);
      }
      expect([missed, unnamed]).toEqual([[], []]);
    },
  );

  // No such file may be opened: a pipe would never end.
  test('contents that lie in other files are a difference for verify, and are not read by diff', async () => {
    const [path, copies] = [join(folder, 'outside.nwb'), join(folder, 'outside')];
    mkdirSync(copies);
    await runInto(segmented, path);
    const verify = verifierOf(join(folder, 'outside-again'));
    const edits = (await runPython('forge_nwb.py', [path, copies, 'outside'])) as readonly {
      path: string;
      edit: string;
    }[];
    expect(edits.length).toBeGreaterThan(100);
    const missed: string[] = [];
    const read: string[] = [];
    // Places come in turns of up to five ways.
    for (const { path: edited, edit } of edits.filter((_, k) => askedEffort === 'thorough' || k % 7 === 0)) {
      const said = await verify(edited);
      const place = edit.slice(edit.indexOf(' ') + 1);
      if (said === null || !(said.includes(place) || /verify\/|usage/.test(said))) missed.push(`${edit}: ${said}`);
      if (!/\/acquisition|spike_times$|spike_times_index$/.test(place)) continue;
      const compared = await compareResults(path, edited).then(
        () => 'compared',
        (error: unknown) => (error as Error).message,
      );
      if (!/lies in|compared/.test(compared) || (compared === 'compared' && /\/data$|spike_times/.test(place)))
        read.push(`${edit}: ${compared}`);
    }
    expect([missed, read]).toEqual([[], []]);
  });
});

describe.skipIf(missing !== null)(`Neo-like JSON in Neo${missing === null ? '' : ` (${missing})`}`, () => {
  test('loads into Neo objects, bit for bit', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'interneuron-neo-'));
    const path = join(folder, 'result.json');
    await playInto(neoWriter(path), smallProgram({ capacity: 3000, eventRecordings: [...events, rate] }), [
      run(500),
      { kind: 'record', recording: 'rate', on: false },
      run(500),
    ]);
    const [block] = (await runPython('load_neo_json.py', [path])) as [Record<string, unknown>];
    rmSync(folder, { recursive: true });
    expect(block).toEqual({
      name: 'small',
      complete: true,
      spiketrains: [0, 1, 2, 3].map((cell) => ({
        name: `exc[${cell}]`,
        units: 's',
        t_stop: 0.1,
        cell_id: cell,
        times: spikeTimes(cell, 4, 1000),
      })),
      analogsignals: [
        {
          name: 'exc_v',
          units: 'V',
          sampling_rate: 10_000,
          shape: [1000, 4],
          cell_id: [0, 1, 2, 3],
          data: Array.from({ length: 1000 }, (_, step) =>
            [0, 1, 2, 3].map((cell) => hex(playedPotential(step, cell))),
          ).flat(),
        },
      ],
      irregular: [{ name: 'exc_rate', times: Array.from({ length: 500 }, (_, step) => step * 1e-4) }],
      epochs: [{ labels: ['phase 1', 'phase 2'], times: [0, 0.05] }],
      groups: { exc: [0, 1, 2, 3].map((cell) => `exc[${cell}]`) },
    });
  });
});
