/** Operations on cells with compartments have the effects of phases with the same assignments. */

import { describe, expect, test } from 'vitest';
import { refused, simulate } from '../../support/simulate.js';

const membrane = 'specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm';

const network = (operation: string, phases = 'duration: 6 ms', more = ''): string => `
interneuron: 1
name: operated cells
neurons:
  cell:
    inputs: { I: nA }
    compartments:
      initial: -60 mV
      sections:
        soma: { length: 20 um, diameter: 20 um, ${membrane} }
        stick: { parent: soma, length: 200 um, diameter: 2 um, divisions: 4, ${membrane} }
      ions: { ca: { valence: 2, inside: 1 mM, outside: 2 mM } }
      mechanisms:
        leak: { on: soma, parameters: { g: 0.0003 S/cm**2 }, reads: [v], writes: { i: g*(-65*mV - v) } }
        far: { on: stick, parameters: { g: 0.0001 S/cm**2 }, reads: [v], writes: { i: g*(-55*mV - v) } }
    events: { spike: { when: v > 0*mV, edge: rising, section: soma } }
  point:
    state: { v: { unit: V } }
populations: { cells: { type: cell, size: 3 }, others: { type: cell, size: 2 }, points: { type: point, size: 2 } }
record:
  - { of: cells, variables: [v], section: soma, every: 0.1 ms, name: near }
  - { of: cells, variables: [v], section: stick, fraction: 0.6, every: 0.1 ms, name: far }
  - { of: points, variables: [v], every: 0.1 ms }
${more}
operations: { kick: ${operation} }
timing: grid
experiment: { dt: 0.1 ms, ${phases} }
`;

type Run = Awaited<ReturnType<typeof simulate>>;
const rows = (run: Run, name: string): readonly (readonly number[])[] => run.samples.get(name) ?? [];

describe('an operation', () => {
  test('sets the potential everywhere, as a phase does', async () => {
    const operated = await simulate(network('{ on: cells, do: v = -70*mV + i*mV, every: 3 ms }'));
    const set = '{ set: { cells.v: -70*mV + i*mV } }';
    const phased = await simulate(
      network('{ on: points, do: v = 0*mV }', `protocol: [${set}, { run: 3 ms }, ${set}, { run: 3 ms }]`),
    );
    // Where both set it, one is sampled before and one after.
    const between = (run: Run, place: string): unknown => rows(run, `${place}/v`).filter((_, k) => k % 30 !== 0);
    for (const place of ['near', 'far']) {
      expect(rows(operated, `${place}/v`).length).toBeGreaterThan(59);
      expect(between(operated, place)).toEqual(between(phased, place));
    }
  });

  test('reads the potential of each compartment', async () => {
    const run = await simulate(network('{ on: cells, do: v += 0.5*(-65*mV - v), every: 3 ms }'));
    const [near, far] = [rows(run, 'near/v')[4]![0]!, rows(run, 'far/v')[4]![0]!];
    expect(near).not.toBe(far);
  });

  test('draws a number for each compartment, whatever other compartments do', async () => {
    const kick = '{ on: { assembly: [cells, others] }, do: "v = -65*mV + 5*mV*uniform(0, 1)", every: 6 ms }';
    const input =
      'stimuli: { s: { kind: current, to: cells, input: I, value: 1*nA if t > 1*second else 0*nA, section: stick, fraction: 0.6 } }';
    const runs = await Promise.all(['', input].map((more) => simulate(network(kick, 'duration: 0.2 ms', more))));
    const [near, far] = [rows(runs[0]!, 'near/v')[1]!, rows(runs[0]!, 'far/v')[1]!];
    expect(new Set([...near, ...far]).size).toBe(6);
    expect(rows(runs[1]!, 'far/v')[1]).toEqual(far);
  });

  test('on some cells leaves the other cells unchanged', async () => {
    const run = await simulate(network('{ on: { population: cells, indices: [2, 0] }, do: v = -70*mV + i*mV, every: 6 ms }', 'duration: 0.2 ms')); // prettier-ignore
    for (const place of ['near', 'far'])
      expect(rows(run, `${place}/v`)[1]!.map((v) => Math.round(v * 500) * 2)).toEqual([-70, -60, -68]);
  });

  test('on points draws the same numbers as without cells', async () => {
    const [both, alone] = await Promise.all(
      ['{ assembly: [points, cells] }', 'points'].map((on) =>
        simulate(network(`{ on: ${on}, do: "v = uniform(0, 1)*mV" }`)),
      ),
    );
    expect(rows(both!, 'points.v')[3]).toEqual(rows(alone!, 'points.v')[3]);
  });

  test.each([
    ['v = -65*mV + I*ohm', 'uses I'],
    ['v = -65*mV*ca_i/(1*mM)', 'uses ca_i'],
    ['v = -65*mV if t - lastspike > 1*ms else v', 'uses lastspike'],
  ])('%s is refused by name', (code, message) => {
    expect(refused(network(`{ on: cells, do: "${code}" }`)).join()).toContain(message);
  });

  test('on synapses that writes the cells that they end at is refused by name', () => {
    const more = `synapses: { s: { pathways: { pre: { on: pre.spike, delay: 1 ms, do: post.v += 1*mV } } } }
projections: { p: { from: cells, to: { of: cells, section: stick }, synapse: s, connect: all } }`;
    const found = refused(network('{ on: { projection: p }, do: post.v += 1*mV }', 'duration: 1 ms', more)).join();
    expect(found).toContain('an operation (kick) on synapses that writes variables of cells with compartments');
  });
});
