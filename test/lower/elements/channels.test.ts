/** Cells made of parts: channels with gates, kinetic schemes, values that lag, links, gap junctions. */

import { describe, expect, test } from 'vitest';
import { finalOf, simulate, stepsOf, trace } from '../../support/simulate.js';

const closeTo = (found: readonly number[], expected: readonly number[], tolerance: number): void => {
  expect(found.length).toBe(expected.length);
  const size = Math.max(...expected.map(Math.abs));
  const worst = found.reduce((most, value, k) => Math.max(most, Math.abs(value - expected[k]!)), 0);
  expect(worst / size).toBeLessThan(tolerance);
};

/** Hodgkin and Huxley's cell as a tree of parts: three gates, two channels, the membrane; the spike is latched. */
export const hodgkinHuxley = `
    parameters: { C: 10 pF, gNa: 1200 nS, gK: 360 nS, gL: 3 nS, eNa: 50 mV, eK: -77 mV, eL: -54.387 mV, thresh: 0 mV }
    inputs: { injected: pA }
    state: { v: { unit: mV, initial: -65 mV }, m: 0.0529324852572, h: 0.596120753508, n: 0.317676914061, spiking: 0 }
    derived:
      mAlpha: { unit: Hz, value: "1/ms * (1 if abs((v + 40*mV)/(10*mV)) < 1e-9 else (v + 40*mV)/(10*mV)/(1 - exp(-(v + 40*mV)/(10*mV))))" }
      mBeta: { unit: Hz, value: "4/ms * exp(-(v + 65*mV)/(18*mV))" }
      mOpen: m**3
      hAlpha: { unit: Hz, value: "0.07/ms * exp(-(v + 65*mV)/(20*mV))" }
      hBeta: { unit: Hz, value: "1/ms / (1 + exp(-(v + 35*mV)/(10*mV)))" }
      hOpen: h
      nAlpha: { unit: Hz, value: "0.1/ms * (1 if abs((v + 55*mV)/(10*mV)) < 1e-9 else (v + 55*mV)/(10*mV)/(1 - exp(-(v + 55*mV)/(10*mV))))" }
      nBeta: { unit: Hz, value: "0.125/ms * exp(-(v + 65*mV)/(80*mV))" }
      nOpen: n**4
      iNa: gNa*mOpen*hOpen*(eNa - v)
      iK: gK*nOpen*(eK - v)
      iMemb: { unit: A, value: iNa + iK + gL*(eL - v) + injected }
    derivatives: { v: iMemb/C, m: mAlpha*(1 - m) - mBeta*m, h: hAlpha*(1 - h) - hBeta*h, n: nAlpha*(1 - n) - nBeta*n }
    events:
      spike: { when: v > thresh and spiking < 0.5, do: spiking = 1, order: 0 }
      fall: { when: v < thresh, do: spiking = 0, emits: null, order: 1 }
    sequence:
      - { derived: [mAlpha, mBeta, mOpen], state: [m] }
      - { derived: [hAlpha, hBeta, hOpen], state: [h] }
      - { derived: [nAlpha, nBeta, nOpen], state: [n] }
      - { derived: [iNa] }
      - { derived: [iK] }
      - { derived: [iMemb], state: [v], events: [spike, fall] }
`;

describe('a cell with channels', () => {
  const document = `interneuron: 1
neurons:
  hh:${hodgkinHuxley}
populations: { a: { type: hh, size: 3 } }
stimuli: { step: { kind: current, to: "a[1:3]", input: injected, value: 80*pA if t >= 5*ms else 0*pA } }
record: [{ of: a, variables: [v, m, mAlpha, iMemb] }]
timing: lems-euler
experiment: { dt: 0.01 ms, duration: 60 ms }
`;

  test('is advanced by forward Euler, and values computed from children use their values before the step', async () => {
    const run = await simulate(document);
    const dt = 1e-5;
    const rate = (v: number): readonly [number, number, number, number, number, number] => {
      const [x, y] = [(v + 0.04) / 0.01, (v + 0.055) / 0.01];
      return [
        (1e3 * x) / (1 - Math.exp(-x)),
        4e3 * Math.exp(-(v + 0.065) / 0.018),
        70 * Math.exp(-(v + 0.065) / 0.02),
        1e3 / (1 + Math.exp(-(v + 0.035) / 0.01)),
        (100 * y) / (1 - Math.exp(-y)),
        125 * Math.exp(-(v + 0.065) / 0.08),
      ];
    };
    let [v, m, h, n, spiking] = [-0.065, 0.0529324852572, 0.596120753508, 0.317676914061, false];
    const current = (t: number): number =>
      1200e-9 * m ** 3 * h * (0.05 - v) +
      360e-9 * n ** 4 * (-0.077 - v) +
      3e-9 * (-0.054387 - v) +
      (t >= 5e-3 ? 80e-12 : 0);
    const rows = { v: [v], m: [m], mAlpha: [rate(v)[0]], iMemb: [current(0)] };
    const spikes: number[] = [];
    let t = 0;
    for (let k = 1; k <= 6000; k += 1) {
      t += dt;
      const [am, bm, ah, bh, an, bn] = rate(v);
      const iMemb = current(t);
      m += dt * (am * (1 - m) - bm * m);
      h += dt * (ah * (1 - h) - bh * h);
      n += dt * (an * (1 - n) - bn * n);
      v += (dt * iMemb) / 10e-12;
      if (v > 0 && !spiking) {
        spiking = true;
        spikes.push(k);
      }
      if (v < 0) spiking = false;
      rows.v.push(v);
      rows.m.push(m);
      rows.mAlpha.push(am);
      rows.iMemb.push(iMemb);
    }
    expect(spikes.length).toBeGreaterThan(2);
    expect(stepsOf(run, 'a.spike', 1).map((step) => step + 1)).toEqual(spikes);
    expect(stepsOf(run, 'a.spike', 0)).toEqual([]);
    closeTo(trace(run, 'a.v', 1), rows.v, 1e-9);
    closeTo(trace(run, 'a.m', 1), rows.m, 1e-9);
    closeTo(trace(run, 'a.mAlpha', 1), rows.mAlpha, 1e-9);
    closeTo(trace(run, 'a.iMemb', 2), rows.iMemb, 1e-8);
  });
});

describe('values that parts read of each other', () => {
  test('a value of a later part is, for an earlier part, the value of the step before', async () => {
    const run = await simulate(`interneuron: 1
neurons:
  chain:
    state: { x: 0, y: 0 }
    derived: { early: late + 1, late: x*2 }
    derivatives: { x: 1/ms, y: early/ms }
    sequence: [{ derived: [early], state: [y] }, { derived: [late], state: [x] }]
populations: { a: { type: chain, size: 1 } }
record: [{ of: a, variables: [early, late, x, y] }]
timing: lems-euler
experiment: { dt: 1 ms, duration: 5 ms }
`);
    let [x, y, late, early] = [0, 0, 0, 1];
    const rows = [[early], [late], [x], [y]] as [number[], number[], number[], number[]];
    for (let k = 1; k <= 5; k += 1) {
      early = late + 1;
      y += 1e-3 * (early / 1e-3);
      late = x * 2;
      x += 1e-3 * (1 / 1e-3);
      [early, late, x, y].forEach((value, r) => rows[r]!.push(value));
    }
    ['early', 'late', 'x', 'y'].forEach((name, r) => closeTo(trace(run, `a.${name}`), rows[r]!, 1e-12));
  });

  test('variables of a regime are advanced one after another, and others see them as they were before', async () => {
    const run = await simulate(`interneuron: 1
neurons:
  pair:
    state: { v: 0, w: 0, child: 0 }
    derived: { seen: v + w }
    derivatives: { child: seen/ms }
    regimes: { only: { initial: true, derivatives: { v: 1/ms, w: v/ms }, order: [v, w] } }
    sequence: [{ derived: [seen], state: [child] }, { regimes: true }]
  other: { parameters: { far: 0 }, state: { copy: 0 }, events: { tick: { when: t >= 0*s, do: copy = far, emits: null } } }
populations:
  a: { type: pair, size: 2, order: 0 }
  b: { type: other, size: 2, order: 1, linked: { far: { population: a, variable: v, index: [1, 0] } } }
record: [{ of: a, variables: [v, w, child] }, { of: b, variables: [copy] }]
timing: lems-euler
experiment: { dt: 1 ms, duration: 4 ms }
`);
    // v: 1, 2, 3, 4; w grows by the new v: 1, 3, 6, 10; recorded a row later; the child adds v + w as shown then.
    expect(trace(run, 'a.v').map(Math.round)).toEqual([0, 0, 1, 2, 3]);
    expect(trace(run, 'a.w').map(Math.round)).toEqual([0, 0, 1, 3, 6]);
    expect(trace(run, 'a.child').map(Math.round)).toEqual([0, 0, 0, 2, 7]);
    expect(trace(run, 'b.copy', 1).map(Math.round)).toEqual([0, 0, 1, 2, 3]);
    expect(finalOf(run, 'a.v').map(Math.round)).toEqual([4, 4]);
  });
});

describe('linear systems with held coefficients', () => {
  test.each([
    ['slow', 1],
    ['stiff', 3000],
  ])('a %s scheme of three states follows its matrix exponential', async (_, factor) => {
    const run = await simulate(`interneuron: 1
neurons:
  scheme:
    parameters: { f: ${factor} }
    state: { C: 1, O: 0, I: 0, z: 0 }
    derived: { open: { unit: Hz, value: f*(2/ms + 1/ms*sin(t/ms)) }, close: { unit: Hz, value: f*0.5/ms } }
    derivatives: { C: -open*C + close*O, O: open*C - (close + 0.3/ms)*O + 0.1/ms*I, I: 0.3/ms*O - 0.1/ms*I, z: O/ms }
    sequence: [{ derived: [open, close] }, { propagate: [C, O, I] }, { state: [z] }]
populations: { a: { type: scheme, size: 1 } }
record: [{ of: a, variables: [C, O, I] }]
timing: lems-euler
experiment: { dt: 0.1 ms, duration: 5 ms }
`);
    // Each step by a great many small steps of fourth order.
    let x = [1, 0, 0];
    const rows = [[1], [0], [0]] as [number[], number[], number[]];
    let t = 0;
    for (let k = 1; k <= 50; k += 1) {
      t += 1e-4;
      const open = factor * (2e3 + 1e3 * Math.sin(t / 1e-3));
      const close = factor * 500;
      const rate = ([c, o, i]: readonly number[]): number[] => [
        -open * c! + close * o!,
        open * c! - (close + 300) * o! + 100 * i!,
        300 * o! - 100 * i!,
      ];
      const parts = 200 * factor;
      const dt = 1e-4 / parts;
      for (let p = 0; p < parts; p += 1) {
        const step = (from: readonly number[], by: readonly number[], scale: number): number[] =>
          from.map((value, q) => value + scale * by[q]!);
        const k1 = rate(x);
        const k2 = rate(step(x, k1, dt / 2));
        const k3 = rate(step(x, k2, dt / 2));
        const k4 = rate(step(x, k3, dt));
        x = x.map((value, q) => value + (dt / 6) * (k1[q]! + 2 * k2[q]! + 2 * k3[q]! + k4[q]!));
        if (factor > 1 && p > 40 * 200) break;
      }
      if (factor > 1) {
        // The fast pair is at rest within the step; the slow exchange with I goes on with its mean.
        const share = open / (open + close);
        const [a, b] = [300 * share, 100];
        const [before, total] = [rows[2].at(-1)!, 1];
        const rest = (a * total) / (a + b);
        x[2] = rest + (before - rest) * Math.exp(-(a + b) * 1e-4);
        x[1] = share * (1 - x[2]);
        x[0] = 1 - x[1] - x[2];
      }
      x.forEach((value, q) => rows[q]!.push(value));
    }
    ['C', 'O', 'I'].forEach((name, q) => closeTo(trace(run, `a.${name}`), rows[q]!, factor > 1 ? 2e-3 : 1e-11));
  });
});

describe('a gap junction', () => {
  test('adds to both ends, and each end reads the present value of the other', async () => {
    const run = await simulate(`interneuron: 1
neurons: { leaky: { parameters: { C: 10 pF, g: 1 nS }, inputs: { flow: pA }, state: { v: { unit: mV } }, derivatives: { v: (flow - g*v)/C } } }
synapses: { gap: { parameters: { k: 2 nS }, contributes: { post.flow: k*(pre.v - post.v), pre.flow: k*(post.v - pre.v) } } }
populations: { a: { type: leaky, size: 3, values: { v: { array: [10, 0, -20], unit: mV } } } }
projections: { p: { from: a, to: a, synapse: gap, connect: { rule: list, pairs: [[0, 1], [2, 0]] } } }
record: [{ of: a, variables: v }]
timing: lems-euler
experiment: { dt: 0.1 ms, duration: 5 ms }
`);
    const v = [0.01, 0, -0.02];
    const rows = [[...v]];
    for (let k = 0; k < 50; k += 1) {
      for (let e = 0; e < 3; e += 1) {
        const flow = [1, 0, 0].map((_, q) => 2e-9 * ((v[q === 0 ? (e === 0 ? 2 : 0) : 0] ?? 0) - v[e]!));
        const sum = e === 0 ? 2e-9 * (v[2]! - v[0]!) + 2e-9 * (v[1]! - v[0]!) : flow[0]!;
        v[e] = v[e]! + 1e-4 * ((sum - 1e-9 * v[e]!) / 10e-12);
      }
      rows.push([...v]);
    }
    rows.forEach((row, k) => closeTo(run.samples.get('a.v')![k]!, row, 1e-12));
  });
});
