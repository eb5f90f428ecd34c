/**
 * Steps element by element, against loops written by hand from the published account of the reference interpreter, and
 * against numbers that it gives.
 */

import { describe, expect, test } from 'vitest';
import { finalOf, simulate, stepsOf, trace } from '../../support/simulate.js';

/** Times in s of the rows after which a trace is above a threshold for the first time. */
function upward(values: readonly number[], threshold: number, dt: number): number[] {
  return values.flatMap((value, k) =>
    k > 0 && value > threshold && (values[k - 1] ?? 0) <= threshold ? [k * dt] : [],
  );
}

describe('integrate and fire with a refractory regime', () => {
  const document = `interneuron: 1
neurons:
  iafTauRef:
    parameters: { leakReversal: -50 mV, thresh: -55 mV, reset: -70 mV, tau: 30 ms, refract: 5 ms }
    state: { v: { unit: mV, initial: leakReversal }, lastSpikeTime: { unit: ms } }
    regimes:
      integrating: { initial: true, derivatives: { v: (leakReversal - v)/tau }, transitions: [{ when: v > thresh, emit: spike, to: refractory }] }
      refractory: { onEntry: [lastSpikeTime = t, v = reset], transitions: [{ when: t > lastSpikeTime + refract, to: integrating }] }
  iafTau:
    parameters: { leakReversal: -50 mV, thresh: -55 mV, reset: -70 mV, tau: 30 ms }
    state: { v: { unit: mV, initial: leakReversal } }
    derivatives: { v: (leakReversal - v)/tau }
    events: { spike: { when: v > thresh, do: v = reset } }
populations: { a: { type: iafTauRef, size: 1 }, b: { type: iafTau, size: 1 } }
record: [{ of: a, variables: v }, { of: b, variables: v }]
timing: lems-euler
experiment: { dt: 5 us, duration: 200 ms }
`;

  test('crosses at the time of the reference interpreter, one row later for other elements', async () => {
    const run = await simulate(document);
    const seen = upward(trace(run, 'a.v'), -0.0551, 5e-6).map((time) => Math.round(time * 1e6) / 1e3);
    expect(seen).toEqual([46.01, 92.605, 139.195, 185.785]);
    const plain = upward(trace(run, 'b.v'), -0.0551, 5e-6).map((time) => Math.round(time * 1e6) / 1e3);
    expect(plain).toEqual([41, 82.59, 124.18, 165.77]);
  });

  test('is, to the last bit, the loop that the reference describes', async () => {
    const run = await simulate(document, { duration: '60 ms' });
    const dt = 5e-6;
    const [v, spikes] = [[-0.05], [] as number[]];
    let [own, last, refractory, t] = [-0.05, 0, false, 0];
    for (let k = 1; k <= 12000; k += 1) {
      t += dt;
      v.push(own);
      if (refractory) {
        if (t > last + 0.005) refractory = false;
      } else {
        own += dt * ((-0.05 - own) / 0.03);
        if (own > -0.055) {
          spikes.push(k);
          refractory = true;
          last = t;
          own = -0.07;
        }
      }
    }
    expect(trace(run, 'a.v')).toEqual(v);
    // A step's number counts from 0, a row's from 1.
    expect(stepsOf(run, 'a.spike').map((step) => step + 1)).toEqual(spikes);
    expect(finalOf(run, 'a.v')).toEqual([own]);
  });
});
