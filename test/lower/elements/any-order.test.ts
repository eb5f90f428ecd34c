/**
 * Populations for which the order of elements has no effect: stepped all at once, with the bits of sequential stepping.
 */

import { describe, expect, test } from 'vitest';
import { bodyOf } from '../../../src/ir/walk.js';
import { lowered, simulate } from '../../support/simulate.js';
import { engines } from './all-engines.js';
import { someOf } from '../../support/effort.js';

const pairs = (from: number, to: number): string =>
  JSON.stringify(
    Array.from({ length: 2 * from }, (_, k) => [k % from, (3 * k + 1) % to]).filter((pair, k) => pair && k % 7 !== 5),
  );

/**
 * Two populations of a type with regimes, events, noise and rates, with connections of all kinds between them;
 * `within`: more of the document.
 */
const network = (within = '', type = ''): string => `interneuron: 1
neurons:
  cell:
    parameters: { C: 10 pF, g: 1 nS, E: -65 mV, thresh: -50 mV, reset: -70 mV, refract: 2 ms, level: 26 pA }
    inputs: { flow: pA, gain: { unit: 1, reduce: product } }
    state: { v: { unit: mV, initial: E + 5*mV*uniform() }, n: { unit: 1, initial: v/(1*V) }, last: { unit: ms }, noisy: 0, high: 0 }
    derived: { drive: { unit: A, value: flow*gain + level + 2*pA*nOpen }, nOpen: n**2, up: { unit: Hz, value: exp(v/(20*mV))/ms } }
    derivatives: { n: (1 - n)*up - n/(30*ms) }
    regimes:
      integrating: { initial: true, derivatives: { v: (g*(E - v) + drive)/C }, transitions: [{ when: v > thresh, do: noisy = uniform(), emit: spike, to: resting }] }
      resting: { onEntry: [last = t, v = reset], transitions: [{ when: t > last + refract, to: integrating }] }
    events: { dice: { when: noisy > 0.5, do: [noisy = 0, v += 1*mV], emits: extra }, rise: { when: v > -55*mV, edge: rising, do: high += 1, emits: null } }
    sequence:
      - { derived: [nOpen, up], state: [n] }
      - { derived: [drive], events: [dice, rise], regimes: true }
  meter: { parameters: { source: 0 mV }, derived: { level: (source + 65*mV)/(20*mV) } }
${type}
synapses:
  conductance:
    parameters: { tau: 3 ms, weight: 1 }
    state: { w: 0, latch: 0 }
    derived: { s: { unit: A, value: weight*w*0.1*nS*(0*mV - post.v) } }
    derivatives: { w: -w/tau }
    events: { high: { when: w > 0.9, do: latch += 1, edge: rising } }
    pathways: { pre: { on: pre.spike, do: w += 1 + 0.1*normal() + pre.refract/(20*ms) }, back: { on: post.spike, delay: 0.35 ms, do: w *= 0.5 } }
    contributes: { post.flow: s }
  gap: { parameters: { k: 0.1 nS }, contributes: { post.flow: k*(pre.v - post.v), pre.flow: k*(post.v - pre.v) } }
  gate: { contributes: { post.gain: 1 + 0.1*pre.level } }
  idle: { parameters: { k: 1 } }
  push: { pathways: { pre: { on: pre.spike, do: pre.v -= 0.1*mV } } }
  seen: { state: { w: { unit: mV } }, pathways: { pre: { on: pre.spike, do: w += pre.v } } }
populations:
  a: { type: cell, size: 5, values: { level: { array: [26, 20, 30, 24, 28], unit: pA } }, order: 0 }
  b: { type: cell, size: 7, order: 1 }
  meters: { type: meter, size: 2, order: 2, linked: { source: { population: a, variable: v, index: [0, 3] } } }
projections:
  there: { from: a, to: b, synapse: conductance, connect: { rule: list, pairs: ${pairs(5, 7)} }, values: { weight: "uniform(0.5, 1.5)" }, order: 0 }
  back: { from: b, to: a, synapse: conductance, connect: { rule: list, pairs: ${pairs(7, 5)} }, delays: { pre: "uniform(0*ms, 3*ms)" }, order: 1 }
  gaps: { from: a, to: b, synapse: gap, connect: { rule: list, pairs: [[0, 1], [2, 3], [2, 6], [4, 0]] }, order: 2 }
  gates: { from: meters, to: "b[1:4]", synapse: gate, connect: all, order: 3 }
${within}
stimuli: { pulse: { kind: current, to: "b[0:6:2]", input: flow, value: "5*pA*sin(t/(3*ms))" } }
record:
  - { of: a, variables: [v, drive, n] }
  - { of: b, variables: [v, high] }
  - { of: a, events: spike }
  - { of: b, events: spike }
  - { of: b, events: extra }
  - { of: { projection: back, indices: [0, 3, 7] }, variables: [w, s] }
timing: lems-euler
experiment: { dt: 0.05 ms, duration: 60 ms }
`;

/** An idle synapse within each population forces its elements into order. */
const inOrder = `  within_a: { from: a, to: a, synapse: idle, connect: all, order: 8 }
  within_b: { from: b, to: b, synapse: idle, connect: all, order: 9 }`;

describe.each(someOf(['float64', 'float32'] as const, 2, 'precisions'))('in %s', (precision) => {
  test('elements at once have the bits of one after another, on all engines', async () => {
    const apart = await simulate(network(), { precision, engines });
    const ordered = await simulate(network(inOrder), { precision, engines: engines.slice(1, 2) });
    expect([...apart.events]).toEqual([...ordered.events]);
    expect([...apart.samples]).toEqual([...ordered.samples]);
    for (const [name, values] of apart.final) expect(ordered.final.get(name), name).toEqual(values);
    expect(apart.events.get('a.spike')!.length).toBeGreaterThan(10);
    expect(apart.events.get('b.spike')!.length).toBeGreaterThan(10);
    expect(apart.events.get('b.extra')!.length).toBeGreaterThan(3);
    expect(apart.final.get('there.latch')!.some((count) => count > 0)).toBe(true);
    expect(apart.final.get('b.high')!.some((count) => count > 0)).toBe(true);
  });

  test('a session that takes up a snapshot goes on as the one before', async () => {
    const whole = await simulate(network(), { precision, engines: engines.slice(1, 2) });
    const broken = await simulate(network(), { precision, engines: engines.slice(1, 2), breakAt: 577 });
    expect(broken.fingerprint).toBe(whole.fingerprint);
    expect([...broken.samples]).toEqual([...whole.samples]);
  });
});

describe('which populations go apart', () => {
  const kernelsOf = (text: string, population: string): (string | undefined)[] =>
    ['inputs', 'step', 'emit'].map(
      (name) => lowered(text).program.kernels.find((kernel) => kernel.name === `${population}.${name}`)?.shape,
    );

  test.each([
    ['what reaches them is summed first, and what their events do comes last', '', 'a', ['map', 'map', 'sequential']],
    ['the same behind those that reach them', '', 'b', ['map', 'map', 'sequential']],
    ['nothing reaches the readers of others', '', 'meters', [undefined, 'map', undefined]],
    [
      'synapses within a population',
      '  x: { from: b, to: b, synapse: gap, connect: { rule: list, pairs: [[0, 1]] } }',
      'b',
      [undefined, 'sequential', undefined],
    ],
    [
      'events that change their own element',
      '  x: { from: a, to: b, synapse: push, connect: all }',
      'a',
      [undefined, 'sequential', undefined],
    ],
    [
      'events that read what their own element changes',
      '  x: { from: a, to: b, synapse: seen, connect: all }',
      'a',
      [undefined, 'sequential', undefined],
    ],
    [
      'events of others that read it',
      '  x: { from: a, to: b, synapse: seen, connect: all }',
      'b',
      ['map', 'map', 'sequential'],
    ],
  ] as const)('%s', (_, within, population, shapes) => {
    expect(kernelsOf(network(within), population)).toEqual(shapes);
  });

  test('an element that may emit two events in a step keeps its order, when both have receivers', () => {
    const twice = (event: string, second = 'spike'): string => `interneuron: 1
neurons:
  n: { state: { x: 0 }, derivatives: { x: 1/ms }, events: { one: { when: x > 1, do: x = 0, emits: spike }, two: { when: x > 2, do: x = 0, emits: ${second} } } }
synapses:
  s: { state: { w: 0 }, pathways: { pre: { on: pre.spike, do: w += 1 }, other: { on: pre.${second}, do: w += 2 } } }
  quiet: { parameters: { k: 1 } }
populations: { p: { type: n, size: 3 }, q: { type: n, size: 1 } }
projections: { pq: { from: p, to: q, synapse: ${event}, connect: all } }
timing: lems-euler
experiment: { dt: 0.1 ms, duration: 1 ms }
`;
    expect(kernelsOf(twice('s', 'burst'), 'p')).toEqual([undefined, 'sequential', undefined]);
    expect(kernelsOf(twice('quiet', 'burst'), 'p')).toEqual([undefined, 'map', undefined]);
    // Of one event it is counted how often an element emits it.
    expect(kernelsOf(twice('s'), 'p')).toEqual([undefined, 'map', 'sequential']);
    expect(kernelsOf(twice('quiet'), 'p')).toEqual([undefined, 'map', undefined]);
    // One element has nobody to be apart from.
    expect(kernelsOf(twice('quiet'), 'q')).toEqual([undefined, 'sequential', undefined]);
  });

  test('a population that is linked to itself keeps its order', () => {
    const linked = `interneuron: 1
neurons: { n: { parameters: { other: 0 }, state: { x: 1 }, derivatives: { x: other/ms } } }
populations: { p: { type: n, size: 3, linked: { other: { population: p, variable: x, index: [1, 2, 0] } } } }
timing: lems-euler
experiment: { dt: 0.1 ms, duration: 1 ms }
`;
    expect(kernelsOf(linked, 'p')).toEqual([undefined, 'sequential', undefined]);
  });
});

test('cells without branches but conditions run on vector lanes', () => {
  const plain = lowered(`interneuron: 1
neurons: { n: { parameters: { E: -65 mV }, state: { v: { unit: mV }, up: 0 }, derivatives: { v: (E - v)/ms }, events: { spike: { when: v > -60*mV and up < 0.5, do: [up = 1, v -= 5*mV] }, down: { when: v < -60*mV, do: up = 0, emits: null } } } }
populations: { p: { type: n, size: 9 } }
timing: lems-euler
experiment: { dt: 0.1 ms, duration: 1 ms }
`).program.kernels.find(({ name }) => name === 'p.step')!;
  expect(plain.shape === 'map' && plain.lanes).toBe(true);
  expect(bodyOf(plain).some(({ kind }) => kind === 'if')).toBe(false);
});
