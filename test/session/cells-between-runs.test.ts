/** Cells with compartments in sessions, snapshots and phases: they equal a run in one piece. */

import { describe, expect, test } from 'vitest';
import { hashModel, importModel, openModel, runModel } from '../../src/index.js';
import { simulate, type Engine } from '../support/simulate.js';

const membrane = 'specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm';
const gate = '1/(1 + exp(-(v + 40*mV)/(6*mV)))';

const network = (phases = 'duration: 6 ms'): string => `
interneuron: 1
name: cells between runs
neurons:
  cell:
    inputs: { I: nA }
    parameters: { threshold: -20 mV }
    compartments:
      initial: -65 mV
      temperature: 300 kelvin
      sections:
        soma: { length: 20 um, diameter: 20 um, ${membrane} }
        stick: { parent: soma, length: 200 um, diameter: 2 um, divisions: 3, ${membrane} }
      ions: { ca: { valence: 2, inside: 0.0001 mM, outside: 2 mM, reversal: nernst } }
      mechanisms:
        leak: { on: soma, parameters: { g: 0.0003 S/cm**2 }, reads: [v], writes: { i: g*(-65*mV - v) } }
        calcium:
          on: stick
          parameters: { g: 0.001 S/cm**2 }
          state: { m: "${gate}" }
          derivatives: { m: "(${gate} - m)/(3*ms)" }
          reads: [v, e_ca]
          writes: { i_ca: g*m*(e_ca - v) }
        pool:
          on: stick
          state: { c: { unit: mM, initial: 0.0001 mM } }
          derivatives: { c: "i_ca/(2*96485*coulomb/mole*0.1*um) + (0.0001*mM - c)/(20*ms)" }
          reads: [i_ca]
          writes: { ca_i: c }
    events: { spike: { when: v > threshold, edge: rising, section: soma } }
  source:
    state: { phase: 0.3 }
    derivatives: { phase: 1/(2*ms) }
    events: { spike: { when: phase > 1, do: phase -= 1 } }
synapses:
  excitatory:
    parameters: { w: 20 nS, tau: 2 ms }
    state: { g: { unit: nS } }
    derivatives: { g: -g/tau }
    pathways: { pre: g += w }
    contributes: { post.I: g*(0*mV - post.v) }
populations: { cells: { type: cell, size: 3 }, sources: { type: source, size: 2 } }
projections:
  inward: { from: sources, to: { of: cells, section: stick, fraction: 0.8 }, synapse: excitatory, connect: all, delay: 0.5 ms }
  onward: { from: cells, to: { of: cells, section: stick, fraction: 0.2 }, synapse: excitatory, connect: { rule: all, self: false }, delay: 1 ms }
record: [{ of: cells, variables: [v, ca_i], section: stick, fraction: 0.6, every: 0.1 ms, name: far }, { of: cells, events: spike }]
timing: grid
experiment: { dt: 0.05 ms, ${phases} }
`;

const wasm: readonly Engine[] = [{ target: 'wasm', threads: 1 }];

test('a snapshot in the middle of a run, and a state that is restored, go on with the same bits', async () => {
  const whole = await simulate(network());
  expect(whole.events.get('cells.spike')!.length).toBeGreaterThan(2);
  const broken = await simulate(network(), { engines: wasm, breakAt: 61 });
  expect(broken.fingerprint).toBe(whole.fingerprint);
  const again = await simulate(
    network('protocol: [{ run: 3.05 ms }, { store: s }, { run: 1 ms }, { restore: s }, { run: 2.95 ms }]'),
    { engines: wasm },
  );
  expect([...again.final]).toEqual([...whole.final]);
  const reset = await simulate(network('protocol: [{ run: 3.05 ms }, { reset: true }, { run: 6 ms }]'), {
    engines: wasm,
  });
  expect([...reset.final]).toEqual([...whole.final]);
});

test('a session sets, records and goes back, and is the document that it has been', async () => {
  const live = openModel(
    importModel({ name: 'cells.yaml', text: network('dt: 0.05 ms').replace('dt: 0.05 ms, ', '') }),
    {
      target: 'wasm',
    },
  );
  try {
    await live.run(0.002);
    await live.set({ 'cells.v': -0.06 });
    expect(Array.from((await live.read('cells', 'v')) as Float64Array)).toEqual([-0.06, -0.06, -0.06]);
    await live.record('cells', 'pool.c', undefined, { section: 'stick', fraction: 0.9 });
    await live.record('cells', 'I', undefined, { section: 'soma' });
    await live.record('cells', 'calcium.g', undefined, { section: 'stick' });
    await live.snapshot('here');
    await live.run(0.001);
    await live.set({ 'cells[2].calcium.m': 0.5, 'cells.calcium.g': [10, 20, 30], 'inward.w': 1e-8 });
    await live.run(0.001);
    await live.restore('here');
    await live.set({ 'cells[1, 2].v': [-0.05, -0.04] });
    await live.run(0.001);
    const taken = await live.take();
    expect(taken.samples.map(({ variable, steps }) => [variable, steps.length])).toContainEqual(['pool.c', 60]);
    const set = taken.samples.find(({ variable }) => variable === 'calcium.g')!.values;
    expect([set[0], set[87], set[88], set[89], set[90]]).toEqual([10, 10, 20, 30, 10]);
    for (const [variable, place, message] of [
      ['pool.c', { section: 'soma' }, 'pool.c'],
      ['v', { section: 'sticks' }, 'no section of cells sticks'],
      ['v', { section: 'stick', fraction: 1.5 }, 'beyond the ends'],
      ['v', { fraction: 0.5 }, 'without a section'],
      ['spike', { section: 'soma' }, 'where their event is detected'],
      ['w', {}, 'no variable of cells w'],
    ] as const)
      await expect(live.record('cells', variable, undefined, place)).rejects.toThrow(message);
    await expect(live.set({ 'cells.pool.q': 1 })).rejects.toThrow('pool.q');
    await live.run(0.001);
    const valid = live.model();
    const result = await live.finish();
    result.dispose();
    const run = await runModel({ valid, hashes: hashModel(valid.model) }, { target: 'wasm' });
    if (run.kind !== 'run') throw new Error('nothing was run');
    run.dispose();
    expect(run.record.fingerprint.total).toBe(result.record.fingerprint.total);
  } finally {
    await live.dispose();
  }
});

describe('phases that set values of some cells', () => {
  const after = async (phase: string): Promise<readonly unknown[]> => {
    const protocol = `protocol: [{ run: 0.5 ms }, ${phase}, { run: 0.5 ms }]`;
    return [...(await simulate(network(protocol), { engines: wasm })).final];
  };

  test('set the same, however the cells are named', async () => {
    const all = await after('{ set: { cells.v: -50*mV + i*mV } }');
    expect(await after('{ of: { population: cells, mask: [1, 1, 1] }, set: { v: -50*mV + i*mV } }')).toEqual(all);
    const given = '{ set: { v: { array: [-48 mV, -50 mV, -49 mV] } }, of: { population: cells, indices: [2, 0, 1] } }';
    expect(await after(given)).toEqual(all);
    const some = await after('{ set: { cells.v: -50*mV + i*mV }, where: i != 1 }');
    expect(some).not.toEqual(all);
    expect(await after('{ set: { "cells[0:3:2].v": -50*mV + i*mV } }')).toEqual(some);
  });

  test('draw for each cell the number that they draw for all', async () => {
    const all = await after('{ set: { cells.pool.c: 1*mM*uniform() } }');
    expect(await after('{ set: { "cells[0, 1, 2].pool.c": 1*mM*uniform() } }')).toEqual(all);
  });
});
