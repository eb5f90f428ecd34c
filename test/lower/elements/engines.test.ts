/**
 * A network with every kind of connection, stepped element by element: the same bits on all engines, and after being
 * taken up again.
 */

import { describe, expect, test } from 'vitest';
import { simulate } from '../../support/simulate.js';
import { engines } from './all-engines.js';
import { someOf } from '../../support/effort.js';

const cells = 5;
const ring = JSON.stringify(Array.from({ length: cells }, (_, k) => [k, (k + 1) % cells]));
const far = JSON.stringify(Array.from({ length: 2 * cells }, (_, k) => [k % cells, (3 * k + 2) % cells]));

const document = `interneuron: 1
neurons:
  cell:
    parameters: { C: 10 pF, g: 1 nS, E: -65 mV, thresh: -50 mV, reset: -70 mV, refract: 2 ms }
    inputs: { flow: pA, gain: { unit: 1, reduce: product } }
    state: { v: { unit: mV, initial: E + 5*mV*uniform() }, n: { unit: 1, initial: v/(1*V) }, last: { unit: ms }, noisy: 0, a: 1, b: 0 }
    derived: { drive: { unit: A, value: flow*gain + 24*pA + 2*pA*nOpen }, nOpen: n**2, up: { unit: Hz, value: exp(v/(20*mV))/ms }, down: { unit: Hz, value: 0.5/ms } }
    derivatives: { n: (1 - n)/(30*ms), a: down*b - up*a, b: up*a - down*b }
    regimes:
      integrating: { initial: true, derivatives: { v: (g*(E - v) + drive)/C }, transitions: [{ when: v > thresh, do: noisy = uniform(), emit: spike, to: resting }] }
      resting: { onEntry: [last = t, v = reset], transitions: [{ when: t > last + refract, to: integrating }] }
    events: { dice: { when: noisy > 0.5, do: [noisy = 0, v += 1*mV], emits: extra } }
    sequence:
      - { derived: [nOpen, up, down], propagate: [a, b], state: [n] }
      - { derived: [drive], events: [dice], regimes: true }
synapses:
  conductance:
    parameters: { tau: 3 ms, weight: 1 }
    state: { w: 0, latch: 0 }
    derived: { s: { unit: A, value: weight*w*0.1*nS*(0*mV - post.v) } }
    derivatives: { w: -w/tau }
    events: { high: { when: w > 0.9, do: latch += 1, edge: rising } }
    pathways: { pre: { on: pre.spike, do: w += 1 + 0.1*normal() }, other: { on: post.extra, delay: 0.35 ms, do: w *= 0.5 } }
    contributes: { post.flow: s }
  gap: { parameters: { k: 0.1 nS }, contributes: { post.flow: k*(pre.v - post.v), pre.flow: k*(post.v - pre.v) } }
  gate: { contributes: { post.gain: 1 + 0.1*pre.level } }
  kick: { pathways: { pre: { on: pre.spike, delay: 1 ms, do: post.v += 0.2*mV } } }
populations:
  noise: { size: 3, spikes: { indices: [0, 1, 2, 0, 2], times: [1 ms, 2.5 ms, 3 ms, 7 ms, 7 ms] }, order: 0 }
  cells: { type: cell, size: ${cells}, order: 1 }
  level: { type: meter, size: 2, order: 2, linked: { source: { population: cells, variable: v, index: [0, 3] } } }
projections:
  ring: { from: cells, to: cells, synapse: conductance, connect: { rule: list, pairs: ${ring} }, order: 0 }
  late: { from: cells, to: cells, synapse: conductance, connect: { rule: list, pairs: ${far} }, values: { weight: "uniform(0.5, 1.5)" }, delays: { pre: "uniform(0*ms, 3*ms)" }, order: 1 }
  gaps: { from: cells, to: cells, synapse: gap, connect: { rule: list, pairs: ${ring} }, order: 2 }
  gates: { from: level, to: "cells[1:4]", synapse: gate, connect: all, order: 3 }
  kicks: { from: noise, to: cells, synapse: kick, connect: { rule: probability, p: 0.6 }, order: 4 }
record:
  - { of: cells, variables: [v, drive, a] }
  - { of: cells, events: spike }
  - { of: cells, events: extra }
  - { of: { projection: late, indices: [0, 3, 7] }, variables: [w, s] }
timing: lems-euler
experiment: { dt: 0.05 ms, duration: 60 ms }
`.replace(
  'synapses:\n',
  '  meter: { parameters: { source: 0 mV }, derived: { level: (source + 65*mV)/(20*mV) } }\nsynapses:\n',
);

describe.each(someOf(['float64', 'float32'] as const, 2, 'precisions'))('in %s', (precision) => {
  test('all engines give the same bits, and everything in the network happens', async () => {
    const run = await simulate(document, { precision, engines });
    expect(run.events.get('cells.spike')!.length).toBeGreaterThan(20);
    expect(run.events.get('cells.extra')!.length).toBeGreaterThan(5);
    expect(run.final.get('late.latch')!.some((count) => count > 0)).toBe(true);
    expect(Math.max(...run.final.get('cells.a')!)).toBeLessThan(1);
    expect(new Set(run.final.get('late.weight')).size).toBe(2 * cells);
  });

  test('a session that takes up a snapshot goes on as the one before', async () => {
    const whole = await simulate(document, { precision, engines: engines.slice(1, 2) });
    const broken = await simulate(document, { precision, engines: engines.slice(1, 2), breakAt: 577 });
    expect(broken.fingerprint).toBe(whole.fingerprint);
    expect([...broken.samples]).toEqual([...whole.samples]);
  });
});

test('another seed gives other results', async () => {
  const one = await simulate(document, { engines: engines.slice(1, 2) });
  const other = await simulate(document, { engines: engines.slice(1, 2), seed: '77' });
  expect(other.fingerprint).not.toBe(one.fingerprint);
});
