/** Phases that meet each other, such as a change and a reset; single features are in `features/matrix.test.ts`. */

import { describe, expect, test } from 'vitest';
import type { Simulation } from '../../support/simulate.js';
import { simulate } from '../../support/simulate.js';

/** Leaky cells `a` and `b`, and given spikes that reach `b`; steps small enough for Euler to come close. */
const network = (timing: string, protocol: string, stimuli = ''): string => `interneuron: 1
neurons:
  leaky:
    parameters: { tau: 10 ms, gain: 1 }
    state: { v: 0 }
    inputs: { drive: 1 }
    derived: { target: gain*drive }
    derivatives: { v: (target - v)/tau }
    events: { spike: { when: v > 1, do: v = 0 } }
synapses:
  kick: { parameters: { w: 0.4 }, pathways: { pre: { on: pre.spike, delay: 1 ms, do: post.v += w } } }
populations:
  a: { type: leaky, size: 3 }
  b: { type: leaky, size: 2 }
  given: { size: 2, spikes: { indices: [0, 1, 0], times: [5 ms, 12.5 ms, 31 ms] } }
projections: { kicks: { from: given, to: b, synapse: kick, connect: all } }
stimuli: { ${stimuli} }
timing: ${timing}
record: [{ of: a, variables: v, name: of_a }, { of: b, variables: v, name: of_b }]
experiment: { dt: 0.02 ms, seed: 3, protocol: [${protocol}] }
`;

const dt = 0.02;

/** Times of the events of each element (ms), and samples by variable. */
function compareRuns(one: Simulation, other: Simulation): void {
  for (const [source, events] of one.events) {
    const ofOther = other.events.get(source) ?? [];
    for (const element of new Set([...events, ...ofOther].map(([, index]) => index))) {
      const times = [events, ofOther].map((list) => list.filter(([, k]) => k === element).map(([step]) => step * dt));
      expect(times[1]!.length, `${source}[${element}]`).toBe(times[0]!.length);
      times[0]!.forEach((time, k) => expect(Math.abs(time - times[1]![k]!), `${source}[${element}]`).toBeLessThan(0.3));
    }
  }
  for (const [variable, rows] of one.samples) {
    const ofOther = other.samples.get(variable)!;
    expect(ofOther.length, variable).toBe(rows.length);
    const apart = rows.flatMap((row, k) => row.map((value, i) => Math.abs(value - ofOther[k]![i]!)));
    const size = rows.flat().reduce((sum, value) => sum + Math.abs(value), 0);
    expect(
      apart.reduce((sum, value) => sum + value, 0),
      variable,
    ).toBeLessThanOrEqual(0.03 * size);
  }
}

const current = (more: string): string => `i: { kind: current, input: drive, ${more} }`;

describe('phases in a row: lems-euler equals grid', () => {
  test.each([
    [
      'delays that a phase changes, and a reset',
      '{ run: 13 ms }, { delays: { kicks.pre: 5 ms } }, { run: 5 ms }, { reset: true }, { run: 20 ms }',
      '',
    ],
    [
      'spikes that a phase replaces at the start, and a reset',
      '{ replay: { given: { indices: [0, 1], times: [0 ms, 9 ms] } } }, { run: 20 ms }, { reset: true }, { run: ' +
        '20 ms }',
      '',
    ],
    [
      'values that are set at the start and later',
      '{ set: { a.v: 0.5, a.gain: 2 } }, { run: 20 ms }, { set: { "a[1].v": 0.9 } }, { run: 20 ms }',
      current('to: a, value: 2'),
    ],
    [
      'values that are set, and a reset',
      '{ run: 20 ms }, { set: { a.gain: 2 } }, { reset: true }, { run: 20 ms }',
      current('to: a, value: 2'),
    ],
  ])('%s', async (_, protocol, stimuli) => {
    const plain = await simulate(network('grid', '{ run: 40 ms }'));
    const grid = await simulate(network('grid', protocol, stimuli));
    const elements = await simulate(network('lems-euler', protocol, stimuli));
    // The tested feature has an effect.
    expect(grid.fingerprint).not.toBe(plain.fingerprint);
    compareRuns(grid, elements);
  });
});
