import { readdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import type { Protocol } from '../../../runtime/record/protocol.js';
import { playedPotential, playedSpike, playedStep, smallProgram } from './small-program.js';
import { keepingSink, play } from './played-run.js';

const run = (steps: number): Protocol[number] => ({ kind: 'run', steps });

/** Steps and values of one series, blocks joined. */
function series(
  sink: ReturnType<typeof keepingSink>,
  index = 0,
): { readonly steps: number[]; readonly values: number[] } {
  const blocks = sink.blocks.filter((block) => block.series === index);
  return {
    steps: blocks.flatMap((block) => [...block.steps]),
    values: blocks.flatMap((block) => [...block.values].map(Number)),
  };
}

function expectedTrain(cell: number, size: number, steps: number, from = 0): number[] {
  return Array.from({ length: steps - from }, (_, k) => from + k).filter((step) => playedSpike(step, cell, size));
}

describe('recorder', () => {
  test('keeps every spike of recorded populations, cell by cell, and every sample', async () => {
    const program = smallProgram();
    const sink = keepingSink();
    const { run: result, dispose } = await play(program, [run(500)], sink);
    expect(result.outcome).toBe('complete');
    expect(result.steps).toBe(500);
    const [trains] = result.trains;
    expect(trains!.plan).toEqual({ population: 'exc', event: 'spike', cells: { begin: 0, end: 4 } });
    for (let cell = 0; cell < 4; cell += 1)
      expect([...trains!.read(cell, cell + 1)]).toEqual(expectedTrain(cell, 4, 500));
    expect([...trains!.counts]).toEqual([0, 1, 2, 3].map((cell) => expectedTrain(cell, 4, 500).length));
    const { steps, values } = series(sink);
    expect(steps).toEqual(Array.from({ length: 500 }, (_, step) => step));
    expect(values).toEqual(steps.flatMap((step) => [0, 1, 2, 3].map((cell) => playedPotential(step, cell))));
    dispose();
  });

  test('counts spikes of populations that are not recorded, too', async () => {
    const { run: result, dispose } = await play(smallProgram(), [run(300)], keepingSink());
    expect(result.fingerprint.populations.inh!.spikes.count).toBe(
      Array.from({ length: 300 }, (_, step) => step).filter((step) => playedSpike(step + 1, 0, 2)).length,
    );
    dispose();
  });

  test('gives the same streams whatever the size of the logs and of the chunks', async () => {
    const played = async (capacity: number, chunkMilliseconds: number): Promise<unknown> => {
      const sink = keepingSink();
      const { run: result, dispose } = await play(smallProgram({ capacity }), [run(333)], sink, {
        recorder: { chunkMilliseconds },
      });
      const outcome = {
        fingerprint: result.fingerprint,
        series: series(sink),
        trains: [...result.trains[0]!.read(0, 4)],
      };
      dispose();
      return outcome;
    };
    const reference = await played(1000, 50);
    expect(await played(4, 50)).toEqual(reference);
    expect(await played(1000, 0.0001)).toEqual(reference);
  });

  test('tells the sink how far all series have come', async () => {
    const sink = keepingSink();
    const { dispose } = await play(smallProgram(), [run(100), run(50)], sink);
    expect(sink.advances.at(-1)).toBe(150);
    expect([...sink.advances].sort((a, b) => a - b)).toEqual(sink.advances);
    dispose();
  });

  test('numbers sub-sampled rows, and a first row before the first step, by their own steps', async () => {
    const program = smallProgram({ every: 10, initialSample: true });
    const sink = keepingSink();
    const { dispose } = await play(program, [run(45)], sink, { initial: ({ log }) => log('samples', [1, 2, 3, 4]) });
    expect(series(sink).steps).toEqual([-1, 9, 19, 29, 39]);
    expect(series(sink).values.slice(0, 4)).toEqual([1, 2, 3, 4]);
    dispose();
  });

  test('runs procedures between steps and names phases and segments', async () => {
    const called: string[] = [];
    const protocol: Protocol = [
      { kind: 'run', steps: 20, name: 'baseline' },
      { kind: 'call', procedure: 'stimulate' },
      run(30),
      { kind: 'segment', name: 'second' },
      run(10),
    ];
    const { run: result, dispose } = await play(smallProgram(), protocol, keepingSink(), {
      procedures: { stimulate: ({ step }) => called.push(`stimulate before step ${step}`) },
    });
    expect(called).toEqual(['stimulate before step 20']);
    expect(result.phases).toEqual([
      { name: 'baseline', segment: 'segment 1', begin: 0, end: 20 },
      { name: 'phase 2', segment: 'segment 1', begin: 20, end: 50 },
      { name: 'phase 3', segment: 'second', begin: 50, end: 60 },
    ]);
    dispose();
  });

  test('leaves out events that are logged while a recording is off, and lists the times when it was on', async () => {
    const events = [
      { recording: 'spikes', kind: 'events', population: 'exc', event: 'exc.spike', indices: { begin: 0, end: 4 } },
    ] as const;
    const program = smallProgram({ eventRecordings: events });
    const sink = keepingSink();
    const protocol: Protocol = [
      run(10),
      { kind: 'record', recording: 'v_exc', on: false },
      { kind: 'record', recording: 'spikes', on: false },
      run(20),
      { kind: 'record', recording: 'v_exc', on: true },
      { kind: 'record', recording: 'spikes', on: true },
      run(10),
    ];
    const { run: result, record, dispose } = await play(program, protocol, sink);
    const all = Array.from({ length: 40 }, (_, step) => step);
    expect(series(sink).steps).toEqual(all.filter((step) => step < 10 || step >= 30));
    expect([...result.trains[0]!.read(0, 1)]).toEqual(
      expectedTrain(0, 4, 40).filter((step) => step < 10 || step >= 30),
    );
    expect(record.trains[0]!.observed).toEqual([
      [0, 10],
      [30, 40],
    ]);
    expect(record.series[0]!.gaps).toBe(true);
    // The fingerprint is of all spikes, recorded or not.
    expect(result.fingerprint.populations.exc!.spikes.count).toBe(
      [0, 1, 2, 3].reduce((sum, cell) => sum + expectedTrain(cell, 4, 40).length, 0),
    );
    dispose();
  });

  test('records subsets of cells and joins overlapping ones', async () => {
    const program = smallProgram({
      eventRecordings: [
        { recording: 'a', kind: 'events', population: 'exc', event: 'exc.spike', indices: Uint32Array.of(0) },
        { recording: 'b', kind: 'events', population: 'exc', event: 'exc.spike', indices: Uint32Array.of(0, 2) },
      ],
    });
    const { run: result, dispose } = await play(program, [run(90)], keepingSink());
    expect(result.trains[0]!.plan.cells).toEqual({ list: [0, 2] });
    expect([...result.trains[0]!.read(1, 2)]).toEqual(expectedTrain(2, 4, 90));
    dispose();
  });

  test('computes the rate of a population in each step', async () => {
    const program = smallProgram({
      eventRecordings: [
        { recording: 'r', kind: 'rate', population: 'exc', event: 'exc.spike', indices: { begin: 0, end: 4 } },
      ],
    });
    const sink = keepingSink();
    const { dispose } = await play(program, [run(60)], sink);
    const { steps, values } = series(sink, 1);
    expect(steps).toEqual(Array.from({ length: 60 }, (_, step) => step));
    expect(values).toEqual(
      steps.map((step) => [0, 1, 2, 3].filter((cell) => playedSpike(step, cell, 4)).length / (4 * program.dt)),
    );
    dispose();
  });

  test('stops after the current chunk on request, and is marked as stopped', async () => {
    const controller = new AbortController();
    const {
      run: result,
      record,
      dispose,
    } = await play(smallProgram(), [run(1_000_000), run(5)], keepingSink(), {
      run: {
        signal: controller.signal,
        onProgress: (done) => {
          if (done > 200) controller.abort();
        },
      },
    });
    expect(result.outcome).toBe('stopped');
    expect(record.complete).toBe(false);
    expect(result.steps).toBeGreaterThan(200);
    expect(result.steps).toBeLessThan(1_000_000);
    expect(result.phases).toEqual([{ name: 'phase 1', segment: 'segment 1', begin: 0, end: result.steps }]);
    expect([...result.trains[0]!.read(0, 1)]).toEqual(expectedTrain(0, 4, result.steps));
    dispose();
  });

  test('ends with the sentence of a fault', async () => {
    const program = smallProgram({ faults: true });
    const played = playedStep(program);
    const { run: result, dispose } = await play(program, [run(1000)], keepingSink(), {
      step: (context) => {
        played(context);
        if (context.step === 77) context.buffer('faults')[0] = 2;
      },
    });
    expect(result.outcome).toBe('fault');
    expect(result.steps).toBe(78);
    expect(result.faults).toEqual(['a delay is too long']);
    dispose();
  });

  test('waits after each chunk until the sink can take more', async () => {
    const told: string[] = [];
    const kept = keepingSink();
    const sink = {
      ...kept,
      samples: (block: Parameters<typeof kept.samples>[0]) => {
        told.push('samples');
        kept.samples(block);
      },
      ready: async () => {
        told.push('asked');
        await new Promise((resolve) => setTimeout(resolve, 2));
        told.push('ready');
      },
    };
    const { dispose } = await play(smallProgram({ capacity: 50 }), [run(333)], sink);
    dispose();
    expect(told.filter((each) => each === 'asked').length).toBeGreaterThan(3);
    // Nothing comes between the question and its answer.
    for (const [k, each] of told.entries()) if (each === 'asked') expect(told[k + 1]).toBe('ready');
  });

  test('a session that stands still is our error, not an endless loop', async () => {
    const program = smallProgram({ capacity: 3 });
    await expect(play(program, [run(10)], keepingSink())).rejects.toThrow(/stands still at step 0/);
  });

  test('removes its temporary files', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'interneuron-recorder-'));
    const { run: result, dispose } = await play(
      smallProgram({ exc: 40, capacity: 4000 }),
      [run(60_000)],
      keepingSink(),
      {
        recorder: { spoolDirectory: directory, spoolLimits: { memory: 1000 } },
      },
    );
    expect(readdirSync(directory)).toEqual([]);
    expect([...result.trains[0]!.read(0, 1)]).toEqual(expectedTrain(0, 40, 60_000));
    dispose();
    expect(readdirSync(directory)).toEqual([]);
    rmSync(directory, { recursive: true });
  });
});
