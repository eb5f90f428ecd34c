import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import type { Protocol } from '../../../runtime/record/protocol.js';
import { differenceText, firstDifference, incomparable, type Difference } from '../../../runtime/results/compare.js';
import { nwbWriter } from '../../../runtime/results/nwb/write.js';
import { openResult } from '../../../runtime/results/open.js';
import type { RunRecord } from '../../../runtime/results/result.js';
import { bitsText } from '../../../runtime/results/bit-patterns.js';
import type { Program } from '../../../src/ir/program.js';
import type { FakeStep } from '../record/fake-session.js';
import { keepingSink, play, playInto, type PlayOptions } from '../record/played-run.js';
import { playedPotential, playedStep, smallProgram } from '../record/small-program.js';
import { inFolder } from './formats.js';

const protocol: Protocol = [{ kind: 'run', steps: 400 }];

/** Runs the program into a file, `changed` into another, and compares them. */
async function compare(
  program: Program,
  changed: Program,
  options: PlayOptions = {},
  second: Protocol = protocol,
): Promise<Difference | null> {
  return inFolder(async (folder) => {
    const path = join(folder, 'result.nwb');
    await playInto(nwbWriter(path), program, protocol);
    const other = join(folder, 'other.nwb');
    await playInto(nwbWriter(other), changed, second, options);
    const [stored, found] = [await openResult(path), await openResult(other)];
    const first = firstDifference(stored, found);
    stored.close();
    found.close();
    return first;
  });
}

/** The played step with changed logs. */
function withSpikes(
  program: Program,
  change: (step: number, cell: number) => boolean | null,
): (step: FakeStep) => void {
  const played = playedStep(program);
  return (context) =>
    played({
      ...context,
      log: (name, row) => {
        if (name !== 'exc.log' || change(row[0]!, row[1]!) !== false) context.log(name, row);
      },
    });
}

describe('comparison of two results', () => {
  test('equal runs are identical', async () => {
    expect(await compare(smallProgram(), smallProgram({ capacity: 9 }))).toBeNull();
  });

  test('a missing spike is named by step and cell', async () => {
    const program = smallProgram();
    // Cell 2 spikes every seventh step: 5, 12, …, 299, …
    const first = await compare(program, program, {
      step: withSpikes(program, (step, cell) => (cell === 2 && step >= 299 ? false : null)),
    });
    expect(first).toEqual({
      kind: 'spikes',
      owner: 'exc',
      variable: 'spike',
      element: 2,
      step: 299,
      stored: 'a spike',
      found: 'no spike',
    });
    expect(differenceText(first!, 1e-4)).toBe(
      'first difference in step 299 (0.029900000000000003 s), exc[2].spike: stored a spike, now no spike',
    );
  });

  test('one bit of one sample is named by step, cell and variable', async () => {
    const program = smallProgram();
    const played = playedStep(program);
    const first = await compare(program, program, {
      step: (context) =>
        played({
          ...context,
          log: (name, row) =>
            context.log(
              name,
              name === 'samples' && context.step === 123 ? row.map((v, i) => (i === 3 ? nextAbove(v) : v)) : row,
            ),
        }),
    });
    expect(first).toMatchObject({ kind: 'samples', owner: 'exc', variable: 'v', element: 3, step: 123 });
    const sample = playedPotential(123, 3);
    const pattern = (value: number): string =>
      `0x${new BigUint64Array(Float64Array.of(value).buffer)[0]!.toString(16).padStart(16, '0')}`;
    expect(differenceText(first!, 1e-4)).toBe(
      `first difference in step 123 (0.0123 s), exc[3].v: stored ${sample}, now ${nextAbove(sample)} ` +
        `(${pattern(sample)} and ${pattern(nextAbove(sample))}, 1 ulp apart)`,
    );
  });

  test('the first of several differences is told', async () => {
    const program = smallProgram();
    const played = withSpikes(program, (step) => (step >= 200 ? false : null));
    const first = await compare(program, program, {
      step: (context) =>
        played({
          ...context,
          log: (name, row) =>
            context.log(name, name === 'samples' && context.step >= 100 ? row.map((v) => v + 1) : row),
        }),
    });
    expect(first).toMatchObject({ kind: 'samples', step: 100, element: 0 });
  });

  test('names the population and the variable that differ without recordings', async () => {
    const program = smallProgram();
    const played = playedStep(program);
    const late =
      (name: string, at: number) =>
      (context: FakeStep): void => {
        played(context);
        if (context.step === 399) context.buffer(name)[at] = 7;
      };
    expect(await compare(program, program, { step: late('inh.v', 2) })).toMatchObject({
      kind: 'digest',
      owner: 'inh',
      variable: 'v',
    });
    expect(await compare(program, program, { step: late('ee.w', 5) })).toMatchObject({
      kind: 'digest',
      owner: 'ee',
      variable: 'w',
    });
    const silenced = (context: FakeStep): void =>
      played({ ...context, log: (name, row) => (name === 'inh.log' ? undefined : context.log(name, row)) });
    expect(await compare(program, program, { step: silenced })).toMatchObject({
      kind: 'digest',
      owner: 'inh',
      variable: 'spike',
    });
  });

  test('ignores a change without a trace in state or spikes', async () => {
    const program = smallProgram();
    const played = playedStep(program);
    const first = await compare(program, program, {
      step: (context) => {
        played(context);
        context.buffer('exc.tau')[0] = 1;
      },
    });
    expect(first).toBeNull();
  });

  test('a shorter run is different', async () => {
    const first = await compare(smallProgram(), smallProgram(), {}, [{ kind: 'run', steps: 390 }]);
    expect(first).toMatchObject({ step: 390, stored: 'a sample', found: 'no sample' });
  });

  test('another selection of cells is told', async () => {
    const recordings = [
      { recording: 'spikes', kind: 'events', population: 'exc', event: 'exc.spike', indices: { begin: 0, end: 2 } },
    ] as const;
    expect(await compare(smallProgram(), smallProgram({ eventRecordings: recordings }))).toMatchObject({
      kind: 'setup',
      owner: 'exc',
      variable: 'spike',
      found: 'cells {"begin":0,"end":2}',
    });
  });

  test('results of other numerics or precision are not compared', async () => {
    const record = async (program: Program): Promise<RunRecord> => {
      const { record: own, dispose } = await play(program, protocol, keepingSink());
      dispose();
      return own;
    };
    const now = await record(smallProgram());
    expect(incomparable(now, now)).toBeNull();
    expect(incomparable(await record({ ...smallProgram(), numericsVersion: 0 }), now)).toBe(
      'the first has numerics version 0, the second 1',
    );
    expect(incomparable(now, { ...now, precision: 'float32' })).toBe(
      'the first was computed in float64, the second in float32',
    );
  });
});

describe('distances of numbers', () => {
  const apart = (a: number, b: number): string => bitsText(Float64Array.of(a), Float64Array.of(b), 0);
  test.each([
    [0.1, 0.1, '0x3fb999999999999a and 0x3fb999999999999a, 0 ulp apart'],
    [1, 1 + 2 ** -52, '0x3ff0000000000000 and 0x3ff0000000000001, 1 ulp apart'],
    [-1, -1 - 2 ** -51, '0xbff0000000000000 and 0xbff0000000000002, 2 ulp apart'],
    [0, -0, '0x0000000000000000 and 0x8000000000000000, 1 ulp apart'],
    [5e-324, -5e-324, '0x0000000000000001 and 0x8000000000000001, 3 ulp apart'],
    [0, 5.9e-6, '0x0000000000000000 and 0x3ed8bf13a6a5f197, 0.0000059 apart'],
    [Number.NaN, 1, '0x7ff8000000000000 and 0x3ff0000000000000'],
  ])('%d and %d', (a, b, text) => expect(apart(a, b)).toBe(text));

  test('in their unit, of other sizes', () => {
    expect(bitsText(Float64Array.of(-0.07), Float64Array.of(0.03), 0, 'V')).toMatch(/, 0\.1 V apart$/);
  });

  test('of other types', () => {
    expect(bitsText(Float32Array.of(1), Float32Array.of(1 + 2 ** -23), 0)).toBe(
      '0x3f800000 and 0x3f800001, 1 ulp apart',
    );
    expect(bitsText(Int32Array.of(-1), Int32Array.of(1), 0)).toBe('0xffffffff and 0x00000001');
  });
});

function nextAbove(value: number): number {
  const bits = new BigInt64Array(Float64Array.of(value).buffer);
  bits[0]! += 1n;
  return new Float64Array(bits.buffer)[0]!;
}
