/** Single cells in a network of many projections: kernels for each projection, with the bits of one for each cell. */

import { expect, test } from 'vitest';
import { generateC } from '../../../src/codegen/c/generate.js';
import { lowered, simulate } from '../../support/simulate.js';
import { engines } from './all-engines.js';

const cells = 9;

/** Projections of all kinds between cells; `more`: other entries of the document's map of projections. */
function network(count: number, more: readonly string[] = []): string {
  const projections = Array.from({ length: count }, (_, k) => {
    const [from, to] = [k % cells, (k + 1 + (Math.floor(k / cells) % (cells - 1))) % cells];
    const synapse = k % 5 === 3 ? 'gap' : k % 7 === 5 ? 'gate' : 'conductance';
    const values = synapse === 'conductance' ? `, values: { weight: ${1 + (k % 3)} }` : '';
    const delays = synapse === 'conductance' && k % 4 === 1 ? `, delays: { pre: ${k % 3} ms }` : '';
    const ends = `from: c${from}, to: c${to}, connect: { rule: list, pairs: [[0, 0]] }`;
    return `  p${k}: { ${ends}, synapse: ${synapse}, order: ${k}${values}${delays} }`;
  });
  const each = (write: (k: number) => string): string => Array.from({ length: cells }, (_, k) => write(k)).join('\n');
  return `interneuron: 1
neurons:
  cell:
    parameters: { C: 10 pF, g: 1 nS, E: -65 mV, level: 26 pA }
    inputs: { flow: pA, gain: { unit: 1, reduce: product } }
    state: { v: { unit: mV, initial: E + 5*mV*uniform() }, high: 0 }
    derived: { drive: { unit: A, value: flow*gain + level } }
    derivatives: { v: (g*(E - v) + drive)/C }
    events: { spike: { when: v > -50*mV, do: [v = -70*mV] }, rise: { when: v > -55*mV, edge: rising, do: high += 1, emits: null } }
    sequence: [{ derived: [drive], state: [v], events: [spike, rise] }]
synapses:
  conductance:
    parameters: { tau: 3 ms, weight: 1 }
    state: { w: 0 }
    derived: { s: { unit: A, value: weight*w*0.1*nS*(0*mV - post.v) } }
    derivatives: { w: -w/tau }
    pathways: { pre: { on: pre.spike, do: w += 1 + 0.1*normal() }, back: { on: post.spike, delay: 0.35 ms, do: w *= 0.5 } }
    contributes: { post.flow: s }
  gap: { parameters: { k: 0.01 nS }, contributes: { post.flow: k*(pre.v - post.v), pre.flow: k*(post.v - pre.v) } }
  gate: { contributes: { post.gain: 1 + 0.1*pre.high/(1 + pre.high) } }
  idle: { parameters: { k: 1 } }
populations:
${each((k) => `  c${k}: { type: cell, size: 1, order: ${(4 * k) % cells}, values: { level: ${20 + 2 * k} pA } }`)}
projections:
${[...projections, ...more].join('\n')}
stimuli: { pulse: { kind: current, to: c2, input: flow, value: "5*pA*sin(t/(3*ms))" } }
record:
${each((k) => `  - { of: c${k}, variables: [v, drive] }\n  - { of: c${k}, events: spike }`)}
timing: lems-euler
experiment: { dt: 0.05 ms, duration: 40 ms }
`;
}

/** An idle synapse of each cell onto itself leaves the step of the cell in one kernel. */
const ordered = Array.from(
  { length: cells },
  (_, k) => `  i${k}: { from: c${k}, to: c${k}, synapse: idle, connect: all, order: ${100 + k} }`,
);

test('cells in kernels of their own give the bits of one kernel, on all engines', async () => {
  const divided = await simulate(network(200), { engines });
  const whole = await simulate(network(200, ordered), { engines: engines.slice(1, 2) });
  const kernels = (text: string): readonly string[] => lowered(text).program.kernels.map(({ name }) => name);
  expect(kernels(network(200))).toContain('p3.pre.inputs');
  expect(kernels(network(200, ordered))).not.toContain('p3.pre.inputs');
  expect([...divided.events]).toEqual([...whole.events]);
  expect([...divided.samples]).toEqual([...whole.samples]);
  for (const [name, values] of divided.final) expect(whole.final.get(name), name).toEqual(values);
  expect(divided.events.get('c1.spike')!.length).toBeGreaterThan(2);
});

test('functions of generated C do not grow with projections, and a long step is a table', () => {
  const source = (count: number): string => generateC(lowered(network(count)).program).source;
  const functions = (count: number): number => source(count).match(/^static .*\bkernel_\w+\(struct network/gm)!.length;
  expect(source(200)).toContain('static const struct call');
  expect(functions(300)).toBe(functions(200));
});
