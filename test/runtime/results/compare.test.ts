import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import type { Protocol } from '../../../runtime/record/protocol.js';
import { compareWith, differenceText, type Verdict } from '../../../runtime/results/compare.js';
import { nwbWriter } from '../../../runtime/results/nwb/write.js';
import { openResult } from '../../../runtime/results/open.js';
import type { Program } from '../../../src/ir/program.js';
import type { FakeStep } from '../record/fake-session.js';
import { playInto, type PlayOptions } from '../record/played-run.js';
import { playedStep, smallProgram } from '../record/small-program.js';
import { inFolder } from './formats.js';

const protocol: Protocol = [{ kind: 'run', steps: 400 }];

/** Runs the program into a file, then `changed` against that file. */
async function verify(
  program: Program,
  changed: Program,
  options: PlayOptions = {},
  second: Protocol = protocol,
): Promise<Verdict> {
  return inFolder(async (folder) => {
    const path = join(folder, 'result.nwb');
    await playInto(nwbWriter(path), program, protocol);
    const stored = await openResult(path);
    const comparison = compareWith(stored);
    await playInto(comparison, changed, second, options);
    stored.close();
    return comparison.verdict();
  });
}

/** The played step with a change made to what is logged. */
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

describe('comparison with a stored result', () => {
  test('equal runs are identical', async () => {
    expect(await verify(smallProgram(), smallProgram({ capacity: 9 }))).toEqual({ verdict: 'identical' });
  });

  test('a missing spike is named by step and cell', async () => {
    const program = smallProgram();
    // Cell 2 spikes every seventh step: 5, 12, …, 299, …
    const verdict = await verify(program, program, {
      step: withSpikes(program, (step, cell) => (cell === 2 && step >= 299 ? false : null)),
    });
    expect(verdict).toEqual({
      verdict: 'different',
      first: {
        kind: 'spikes',
        owner: 'exc',
        variable: 'spike',
        element: 2,
        step: 299,
        stored: 'a spike',
        found: 'no spike',
      },
    });
    if (verdict.verdict === 'different') {
      expect(differenceText(verdict.first, 1e-4)).toBe(
        'first difference in step 299 (0.029900000000000003 s), exc[2].spike: stored a spike, now no spike',
      );
    }
  });

  test('one bit of one sample is named by step, cell and variable', async () => {
    const program = smallProgram();
    const played = playedStep(program);
    const verdict = await verify(program, program, {
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
    expect(verdict).toMatchObject({
      verdict: 'different',
      first: { kind: 'samples', owner: 'exc', variable: 'v', element: 3, step: 123 },
    });
  });

  test('the first of several differences is told', async () => {
    const program = smallProgram();
    const played = withSpikes(program, (step) => (step >= 200 ? false : null));
    const verdict = await verify(program, program, {
      step: (context) =>
        played({
          ...context,
          log: (name, row) =>
            context.log(name, name === 'samples' && context.step >= 100 ? row.map((v) => v + 1) : row),
        }),
    });
    expect(verdict).toMatchObject({ verdict: 'different', first: { kind: 'samples', step: 100, element: 0 } });
  });

  test('where nothing was recorded, the population and the variable are named', async () => {
    const program = smallProgram();
    const played = playedStep(program);
    const late =
      (name: string, at: number) =>
      (context: FakeStep): void => {
        played(context);
        if (context.step === 399) context.buffer(name)[at] = 7;
      };
    expect(await verify(program, program, { step: late('inh.v', 2) })).toMatchObject({
      first: { kind: 'digest', owner: 'inh', variable: 'v' },
    });
    expect(await verify(program, program, { step: late('ee.w', 5) })).toMatchObject({
      first: { kind: 'digest', owner: 'ee', variable: 'w' },
    });
    const silenced = (context: FakeStep): void =>
      played({ ...context, log: (name, row) => (name === 'inh.log' ? undefined : context.log(name, row)) });
    expect(await verify(program, program, { step: silenced })).toMatchObject({
      first: { kind: 'digest', owner: 'inh', variable: 'spike' },
    });
  });

  test('what changes without a trace in state or spikes is no difference', async () => {
    const program = smallProgram();
    const played = playedStep(program);
    const verdict = await verify(program, program, {
      step: (context) => {
        played(context);
        context.buffer('exc.tau')[0] = 1;
      },
    });
    expect(verdict).toEqual({ verdict: 'identical' });
  });

  test('a shorter run is different', async () => {
    const verdict = await verify(smallProgram(), smallProgram(), {}, [{ kind: 'run', steps: 390 }]);
    expect(verdict).toMatchObject({
      verdict: 'different',
      first: { step: 390, stored: 'a sample', found: 'no sample' },
    });
  });

  test('another selection of cells is told', async () => {
    const recordings = [
      { recording: 'spikes', kind: 'events', population: 'exc', event: 'exc.spike', indices: { begin: 0, end: 2 } },
    ] as const;
    expect(await verify(smallProgram(), smallProgram({ eventRecordings: recordings }))).toMatchObject({
      verdict: 'different',
      first: { kind: 'setup', owner: 'exc', variable: 'spike', found: 'cells {"begin":0,"end":2}' },
    });
  });

  test('results of other numerics or precision are not compared', async () => {
    expect(await verify({ ...smallProgram(), numericsVersion: 0 }, smallProgram())).toEqual({
      verdict: 'incomparable',
      reason: 'it was made by numerics version 0, and this program has version 1',
    });
    expect(await verify({ ...smallProgram(), precision: 'float32' }, smallProgram())).toMatchObject({
      verdict: 'incomparable',
    });
  });
});

function nextAbove(value: number): number {
  const bits = new BigInt64Array(Float64Array.of(value).buffer);
  bits[0]! += 1n;
  return new Float64Array(bits.buffer)[0]!;
}
