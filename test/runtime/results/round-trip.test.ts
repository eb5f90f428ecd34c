import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import type { Protocol } from '../../../runtime/record/protocol.js';
import { bytesOf } from '../../../runtime/results/arrays.js';
import { openResult } from '../../../runtime/results/open.js';
import type { StoredResult } from '../../../runtime/results/result.js';
import type { Program, TypedArray } from '../../../src/ir/program.js';
import type { FakeStep } from '../record/fake-session.js';
import { playInto, type PlayOptions } from '../record/played-run.js';
import { playedPotential, playedSpike, smallProgram, type SmallProgramOptions } from '../record/small-program.js';
import { formats, inFolder } from './formats.js';

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

const cases: readonly {
  readonly name: string;
  readonly program?: SmallProgramOptions;
  readonly protocol: Protocol;
  readonly play?: PlayOptions;
}[] = [
  { name: 'one phase', protocol: [run(500)] },
  { name: 'several phases and segments', protocol: [run(100), { kind: 'segment', name: 'after "reset"' }, run(50)] },
  { name: 'no spikes', protocol: [run(40)], play: { step: ({ log }) => log('samples', [0, -0, 1, 2]) } },
  { name: 'one cell, one sample', program: { exc: 1, inh: 1, every: 50 }, protocol: [run(10)] },
  { name: 'no steps', protocol: [] },
  {
    name: 'a sample at time zero',
    program: { initialSample: true },
    protocol: [run(20)],
    play: { initial: ({ log }) => log('samples', [1, 2, 3, 4]) },
  },
  { name: 'sub-sampled', program: { every: 7 }, protocol: [run(100)] },
  { name: 'a rate', program: { eventRecordings: [...events, rate] }, protocol: [run(80)] },
  {
    name: 'a list of cells',
    program: { eventRecordings: [{ ...events[0], indices: Uint32Array.of(0, 2, 3) }] },
    protocol: [run(80)],
  },
  { name: 'no recorded spikes', program: { eventRecordings: [] }, protocol: [run(30)] },
  { name: 'many cells', program: { exc: 3000, capacity: 40_000 }, protocol: [run(12)] },
  {
    name: 'recordings switched',
    program: { eventRecordings: [...events, rate] },
    protocol: [
      run(10),
      { kind: 'record', recording: 'v_exc', on: false },
      { kind: 'record', recording: 'spikes', on: false },
      { kind: 'record', recording: 'rate', on: false },
      run(10),
      { kind: 'record', recording: 'v_exc', on: true },
      { kind: 'record', recording: 'spikes', on: true },
      { kind: 'record', recording: 'rate', on: true },
      run(15),
    ],
  },
  {
    name: 'numbers of all kinds',
    protocol: [run(3)],
    play: {
      step: ({ log, step }) =>
        log(
          'samples',
          [
            [NaN, Infinity, -Infinity, -0],
            [5e-324, 1.7976931348623157e308, 0.1, 1 / 3],
            [1, 2, 3, 4],
          ][step]!,
        ),
    },
  },
];

/** Everything that a result holds, in a form that `toEqual` compares to the bit. */
function contents(result: StoredResult): unknown {
  return {
    record: result.record,
    data: [...result.data].map(([digest, array]) => [digest, Buffer.from(bytesOf(array)).toString('hex')]),
    trains: result.trains.map(({ plan, counts, read }) => ({
      plan,
      counts: [...counts],
      steps: [...read(0, counts.length)],
    })),
    series: result.series.map(({ plan, samples, steps, read }) => ({
      plan,
      samples,
      steps: [...steps(0, samples)],
      bits: Buffer.from(bytesOf(read(0, samples))).toString('hex'),
    })),
  };
}

/** The same, computed only from the played functions. */
function expectedTrains(program: Program, protocol: Protocol, options: PlayOptions): number[][] | null {
  if (options.step || program.manifest.eventRecordings) return null;
  const steps = protocol.reduce((sum, entry) => sum + (entry.kind === 'run' ? entry.steps : 0), 0);
  const { size } = program.manifest.populations[0]!;
  return Array.from({ length: size }, (_, cell) =>
    Array.from({ length: steps }, (_value, step) => step).filter((step) => playedSpike(step, cell, size)),
  );
}

const roundTrips = formats.flatMap((format) =>
  cases.map((given) => ({ ...given, format: format.name, writer: format.writer })),
);

test.each(roundTrips)(
  '$format reads back the written result: $name',
  async ({ writer, format, program: programOptions, protocol, play = {} }) => {
    await inFolder(async (folder) => {
      const program = smallProgram({ capacity: 600, ...programOptions });
      const path = join(folder, `result.${format}`);
      const data = new Map<string, TypedArray>([
        ['f'.repeat(64), Float64Array.of(1.5, -0)],
        ['e'.repeat(64), Uint32Array.of(1, 4294967295)],
      ]);
      const { record, paths } = await playInto(writer(path), program, protocol, { ...play, data });
      expect(paths[0]).toBe(path);
      expect(readdirSync(folder).sort()).toEqual(paths.map((written) => written.slice(folder.length + 1)).sort());
      const result = await openResult(path);
      expect(result.record).toEqual(record);
      expect(result.data).toEqual(data);
      const expected = expectedTrains(program, protocol, play);
      if (expected) {
        expect(result.trains[0]!.plan.population).toBe('exc');
        expect(expected.map((_, cell) => [...result.trains[0]!.read(cell, cell + 1)])).toEqual(expected);
      }
      // Writing the played samples to another format must give the same contents as this one: the first format is the
      // yardstick.
      const yardstick = formats[0]!.name === format ? formats[1]! : formats[0]!;
      const other = join(folder, `yardstick.${yardstick.name}`);
      await playInto(yardstick.writer(other), program, protocol, { ...play, data });
      const otherResult = await openResult(other);
      expect(contents(result)).toEqual({
        ...(contents(otherResult) as object),
        data: (contents(result) as { data: unknown }).data,
      });
      result.close();
      otherResult.close();
    });
  },
);

describe.each(formats)('$name', ({ name, writer }) => {
  test("samples equal the session's, to the bit", async () =>
    inFolder(async (folder) => {
      const path = join(folder, `result.${name}`);
      await playInto(writer(path), smallProgram(), [run(200)]);
      const result = await openResult(path);
      const [series] = result.series;
      expect(series!.samples).toBe(200);
      expect([...series!.read(0, 200)]).toEqual(
        Array.from({ length: 200 }, (_, step) => [0, 1, 2, 3].map((cell) => playedPotential(step, cell))).flat(),
      );
      expect([...series!.read(150, 151)]).toEqual([0, 1, 2, 3].map((cell) => playedPotential(150, cell)));
      result.close();
    }));

  test('equal runs give equal bytes, whatever the chunks', async () =>
    inFolder(async (folder) => {
      const written: string[][] = [];
      for (const [i, chunkMilliseconds] of [50, 0.001].entries()) {
        const program = smallProgram({ exc: 300, capacity: i === 0 ? 5000 : 1100 });
        const { paths } = await playInto(writer(join(folder, `run-${i}.${name}`)), program, [run(700), run(300)], {
          recorder: { chunkMilliseconds },
        });
        written.push(paths.map((path) => createHash('sha256').update(readFileSync(path)).digest('hex')));
        // The second is written at another time.
        if (i === 0) await new Promise((resolve) => setTimeout(resolve, 1100));
      }
      expect(written[1]).toEqual(written[0]);
    }));

  test('a stopped run has a name of its own and is marked as stopped', async () =>
    inFolder(async (folder) => {
      const controller = new AbortController();
      const path = join(folder, `result.${name}`);
      const { record, paths } = await playInto(writer(path), smallProgram(), [run(1_000_000)], {
        run: {
          signal: controller.signal,
          onProgress: (done) => {
            if (done > 100) controller.abort();
          },
        },
      });
      expect(record.complete).toBe(false);
      expect(paths[0]).toBe(join(folder, `result.incomplete.${name}`));
      expect(readdirSync(folder)).toHaveLength(paths.length);
      const result = await openResult(paths[0]!);
      expect(result.record.outcome).toBe('stopped');
      expect(result.series[0]!.samples).toBe(record.steps);
      result.close();
    }));

  test('abandoning removes every file', async () =>
    inFolder(async (folder) => {
      const failing = (context: FakeStep): void => {
        if (context.step === 20) throw new Error('the target broke down');
      };
      const started = writer(join(folder, `result.${name}`));
      await expect(playInto(started, smallProgram(), [run(100)], { step: failing })).rejects.toThrow('broke down');
      await started.abandon();
      expect(readdirSync(folder)).toEqual([]);
    }));
});
