/** Phases of the protocol when stepping element by element. */

import { describe, expect, test } from 'vitest';
import { simulate, trace } from '../../support/simulate.js';

const document = (protocol: string, more = ''): string => `interneuron: 1
neurons:
  leaky:
    parameters: { tau: 10 ms, drive: 1 }
    state: { v: 0, w: 0 }
    inputs: { extra: 1 }
    derived: { target: drive + extra }
    derivatives: { v: (target - v)/tau }
    events: { over: { when: v > 0.5, do: w = t/ms, emits: null } }
populations: { a: { type: leaky, size: 2 } }
stimuli: { late: { kind: current, to: "a[1:2]", input: extra, value: 2 if t > 1.05*ms else 0 } }
record: [{ of: a, variables: [v, target, w] }]
timing: lems-euler
experiment: { dt: 0.1 ms, protocol: [${protocol}] }
${more}`;

/** v of one element after each step. */
function expected(drives: readonly number[], late: boolean): number[] {
  let [v, t] = [0, 0];
  return [
    0,
    ...drives.map((drive) => {
      t += 1e-4;
      v += 1e-4 * ((drive + (late && t > 1.05e-3 ? 2 : 0) - v) / 1e-2);
      return v;
    }),
  ];
}

const repeated = (value: number, count: number): number[] => Array.from({ length: count }, () => value);

describe('phases', () => {
  test('a parameter that is set holds from the next step on; a current reaches the elements that it names', async () => {
    const run = await simulate(document('{ run: 2 ms }, { set: { a.drive: 5 } }, { run: 2 ms }'));
    const drives = [...repeated(1, 20), ...repeated(5, 20)];
    trace(run, 'a.v', 0).forEach((v, k) => expect(v).toBeCloseTo(expected(drives, false)[k]!, 12));
    trace(run, 'a.v', 1).forEach((v, k) => expect(v).toBeCloseTo(expected(drives, true)[k]!, 12));
    expect(trace(run, 'a.target', 1).at(-1)).toBe(7);
  });

  test('a run in two parts is the run as a whole', async () => {
    const parts = await simulate(document('{ run: 2 ms }, { run: 2 ms }'));
    const whole = await simulate(document('{ run: 4 ms }'));
    expect(parts.fingerprint).toBe(whole.fingerprint);
  });
});
