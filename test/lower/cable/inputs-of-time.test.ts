/**
 * Inputs that conditions of time switch, under `grid`: in force from their time on, from 0 too, and of second order on
 * cells with structure. Expected values are solutions of the membrane's equation.
 */

import { describe, expect, test } from 'vitest';
import { openModel } from '../../../src/session/open-model.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { simulate, stepsOf, trace } from '../../support/simulate.js';
import '../../../translators/brian/road.js';
import '../../../translators/neuroml/road.js';

const milli = 1e-3;

describe('a point cell', () => {
  const delays = [0, 1, 0.02];
  const lems = `<Lems><Target component="sim"/><Include file="Cells.xml"/><Include file="Networks.xml"/>
    <Include file="Inputs.xml"/><Include file="Simulation.xml"/>
    <iafCell id="iaf" leakReversal="-60mV" thresh="0mV" reset="-60mV" C="0.2nF" leakConductance="0.01uS"/>
    ${delays.map((delay, k) => `<pulseGenerator id="p${k}" delay="${delay}ms" duration="50ms" amplitude="0.3nA"/>`).join('')}
    <network id="net"><population id="a" component="iaf" size="3"/>
    ${delays.map((_, k) => `<explicitInput target="a[${k}]" input="p${k}"/>`).join('')}</network>
    <Simulation id="sim" length="4ms" step="0.02ms" target="net"><OutputFile id="f" fileName="v.dat">
    ${delays.map((_, k) => `<OutputColumn id="c${k}" quantity="a[${k}]/v"/>`).join('')}
    </OutputFile></Simulation></Lems>`;

  test('has currents of all generators from their delay on', async () => {
    const run = await simulate(lems, { timing: 'grid' });
    delays.forEach((delay, column) =>
      trace(run, 'a.v', column).forEach((v, k) => {
        const time = Math.max(0, k * 0.02 - delay);
        expect(v).toBeCloseTo(-0.06 + 0.03 * (1 - Math.exp(-time / 20)), 12);
      }),
    );
  });
});

/** A cell of one compartment, 20 um long and thick, with inputs that conditions switch. */
const model = (dt: number, duration: number, inputs: readonly string[]): string => `interneuron: 1
neurons:
  ball:
    inputs: { I: nA }
    events: { spike: { when: v > 0*mV, edge: rising } }
    compartments:
      initial: -65 mV
      sections: { soma: { length: 20 um, diameter: 20 um, specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm } }
      mechanisms: { leak: { parameters: { g: 3 S/m**2 }, reads: [v], writes: { i: g*(-65*mV - v) } } }
${inputs
  .map(
    (value, k) => `  ${value.includes(' v') ? `clamp${k}` : `input${k}`}:
    parameters: { delay: 0 ms, length: 50 ms, v: 0 mV }
    state: { i_: { unit: nA } }
    events:
      before: { when: t + dt < delay, do: i_ = 0*nA, emits: null }
      within: { when: t + dt >= delay and t + dt < delay + length, do: 'i_ = ${value}', emits: null, order: 1 }
      after: { when: t + dt >= delay + length, do: i_ = 0*nA, emits: null, order: 2 }`,
  )
  .join('\n')}
synapses: { attached: { contributes: { post.I: pre.i_ } } }
populations:
${inputs
  .map(
    (value, k) => `  b${k}: { type: ball, size: 1 }
  a${k}: { type: ${value.includes(' v') ? `clamp${k}, linked: { v: { population: b${k}, variable: v } }` : `input${k}`}, size: 1 }`,
  )
  .join('\n')}
projections:
${inputs.map((_, k) => `  p${k}: { from: a${k}, to: b${k}, synapse: attached, connect: all }`).join('\n')}
record: [${inputs.map((_, k) => `{ of: b${k}, variables: v }`).join(', ')}]
timing: grid
experiment: { dt: ${dt} ms, duration: ${duration} ms }
`;

describe('a cell with structure', () => {
  const area = Math.PI * 20e-6 * 20e-6;
  const [capacitance, leak] = [area * 0.01, area * 3];
  const rate = (leak / capacitance) * milli;
  /** Potential of a clamp with a series resistance (ohm), at a time in ms since its beginning. */
  const clamped = (resistance: number, time: number): number => {
    const all = leak + 1 / resistance;
    const end = (leak * -0.065 + -0.05 / resistance) / all;
    return end + (-0.065 - end) * Math.exp((-time * milli * all) / capacitance);
  };
  const clamp = (megohm: number): string => `(-50*mV - v)/(${megohm}*Mohm)`;
  const amplitude = 0.03e-9;
  const expected: readonly (readonly [string, string, (time: number) => number])[] = [
    ['a current from the start', '0.03*nA', (time) => -0.065 + (amplitude / leak) * (1 - Math.exp(-time * rate))],
    [
      'a sine',
      '0.03*nA*sin(6.2831853*(t + dt)/(5*ms))',
      (time) => {
        const turn = 6.2831853 / 5;
        const rotating = rate * Math.sin(turn * time) - turn * Math.cos(turn * time) + turn * Math.exp(-rate * time);
        return -0.065 + ((amplitude / capacitance) * milli * rotating) / (rate * rate + turn * turn);
      },
    ],
    ['a clamp', clamp(10), (time) => clamped(10e6, time)],
  ];
  const steps = [0.02, 0.005];

  test('has inputs of second order', async () => {
    const inputs = expected.map(([, input]) => input);
    const errors = await Promise.all(
      steps.map(async (dt) => {
        const run = await simulate(model(dt, 4, inputs));
        return inputs.map((_, k) =>
          trace(run, `b${k}.v`, 0).reduce((most, v, row) => Math.max(most, Math.abs(v - expected[k]![2](row * dt))), 0),
        );
      }),
    );
    expected.forEach(([name], k) => {
      const [coarse = NaN, fine = NaN] = errors.map((all) => all[k]);
      expect([name, coarse < 1.5e-4, coarse / fine > 14]).toEqual([name, true, true]);
    });
  });

  test('follows a clamp of hardly any resistance, without ringing', async () => {
    const run = await simulate(model(0.02, 4, [clamp(0.001)]));
    trace(run, 'b0.v', 0)
      .slice(2)
      .forEach((v) => expect(v).toBeCloseTo(clamped(1e3, 1), 7));
  });
});

test('a current that no condition ends flows on', async () => {
  const text = model(0.1, 60, ['30*pA']);
  const run = await simulate(
    text.replace(/ {6}after: .*\n/, '').replace('{ delay: 0 ms, length: 50 ms', '{ delay: 1 ms, length: 1 ms'),
  );
  const v = trace(run, 'b0.v', 0);
  expect(v[10]).toBeCloseTo(-0.065, 12);
  expect(v.at(-1)).toBeCloseTo(-0.065 + 30e-12 / (Math.PI * 4e-10 * 3), 8);
});

test('a session that begins after a current has ended does not have it', async () => {
  const text = model(0.1, 1, ['30*pA'])
    .replace('length: 50 ms', 'length: 1 ms')
    .replace('record: [', 'record: [{ of: a0, variables: i_ }, ');
  const start = { step: 20, events: {}, lastEvents: {}, free: {}, lastUpdates: {} };
  const session = openModel(importModel({ name: 'test.yaml', text }), { target: 'reference', start });
  await session.run(0.0005);
  const { samples } = await session.take();
  (await session.finish()).dispose();
  const [current, v] = samples.map(({ values }) => [...values].map((value) => Math.round(Number(value) * 1e15) / 1e15));
  expect([current, v]).toEqual([Array(6).fill(0), Array(6).fill(-0.065)]);
});

describe('conditions of models of LEMS, which read the time at the end of a step', () => {
  /** Cells that spike once 1.05 ms have come, by conditions that read the time in different ways. */
  const waiting = (derived: string): string => `interneuron: 1
timing: lems-euler
neurons:
  direct:
    parameters: { at: 1.05 ms }
    state: { n: 0 }
    events: { spike: { when: t >= at and n < 1, do: n = 1 } }
  derived:
    parameters: { at: 1.05 ms }
    state: { n: 0 }
    derived: { late: { unit: s, value: t - at }, later: { unit: s, value: '${derived}' } }
    events: { spike: { when: later >= 0*ms and n < 1, do: n = 1 } }
  regimes:
    parameters: { at: 1.05 ms }
    regimes:
      waiting: { initial: true, transitions: [{ when: t >= at, to: done, emit: spike }] }
      done: {}
  driven:
    inputs: { x: 1 }
    state: { n: 0 }
    events: { spike: { when: x > 0.5 and n < 1, do: n = 1 } }
synapses:
  switched:
    parameters: { at: 1.05 ms }
    state: { on: 0 }
    events: { begin: { when: t >= at and on < 1, do: on = 1 } }
    contributes: { post.x: on }
populations:
  a: { type: direct, size: 1 }
  b: { type: derived, size: 1 }
  c: { type: regimes, size: 1 }
  d: { type: driven, size: 1 }
projections: { p: { from: d, to: d, synapse: switched, connect: all } }
record: [{ of: a, events: spike }, { of: b, events: spike }, { of: c, events: spike }, { of: p, variables: on }]
experiment: { dt: 0.1 ms, duration: 2 ms }
`;

  test.each(['lems-euler', 'grid'] as const)(
    'hold in the step that ends after their time, under %s',
    async (timing) => {
      const run = await simulate(waiting('2*late'), { timing });
      for (const name of ['a', 'b', 'c']) expect(stepsOf(run, `${name}.spike`)).toEqual([10]);
      const on = trace(run, 'p.on');
      expect([...on].findIndex((value) => value > 0)).toBe(11);
    },
  );

  test('are refused if variables that read the time double too often', () => {
    const doubled = Array.from({ length: 40 }, (_, k) => `x${k}: { unit: s, value: x${k + 1} + x${k + 1} }`);
    const text = waiting('2*late').replace(
      /late: \{.*$/m,
      `${doubled.join(', ')}, x40: { unit: s, value: t }, later: { unit: s, value: x0 } }`,
    );
    expect(() => importModel({ name: 'm.yaml', text }, { timing: 'grid' })).toThrow(/becomes too large/);
  });
});

describe('recorded variables that read the time', () => {
  const recorded = `interneuron: 1
neurons:
  cell:
    state: { x: 0 }
    derived: { late: { unit: s, value: t - 1*ms }, twice: { unit: s, value: late + t } }
synapses:
  link: { derived: { own: { unit: s, value: 3*t }, of_cell: { unit: s, value: post.twice } } }
populations: { a: { type: cell, size: 2 } }
projections: { p: { from: a, to: a, synapse: link, connect: all } }
record:
  - { of: a, variables: [late, twice, t, x] }
  - { of: p, variables: [own, of_cell] }
experiment:
  dt: 0.1 ms
  protocol: [{ run: 0.3 ms }, { set: { 'a.x': 1 } }, { run: 0.2 ms }]
`;

  test.each([
    ['brian', 0],
    ['grid', 1],
    ['lems-euler', 1],
  ] as const)('have the values of the times that they are labelled with, under %s', async (timing, more) => {
    const run = await simulate(recorded, { timing });
    const times = Array.from({ length: 5 + more }, (_, k) => k * 0.1e-3);
    const expected = {
      'a.late': (t: number): number => t - 1e-3,
      'a.twice': (t: number): number => 2 * t - 1e-3,
      'a.t': (t: number): number => t,
      'p.own': (t: number): number => 3 * t,
      // Elements of LEMS read the values of others before they advanced.
      ...(timing === 'lems-euler' ? {} : { 'p.of_cell': (t: number): number => 2 * t - 1e-3 }),
    };
    for (const [key, valueAt] of Object.entries(expected)) {
      const found = trace(run, key);
      expect(found, key).toHaveLength(times.length);
      times.forEach((t, k) => expect(found[k], `${key} at ${t}`).toBeCloseTo(valueAt(t), 12));
    }
  });

  test.each(['brian', 'grid'] as const)('at a spike, too, have the value of its time, under %s', async (timing) => {
    const spiking = `interneuron: 1
neurons:
  cell:
    state: { n: 0 }
    derived: { since: { unit: s, value: t - lastspike }, now: { unit: s, value: t } }
    events: { spike: { when: t >= 0.3*ms and n < 1, do: n = 1 } }
populations: { a: { type: cell, size: 1 } }
record: [{ of: a, events: spike, variables: [since, now, lastspike] }]
experiment: { dt: 0.1 ms, duration: 1 ms }
`;
    const live = openModel(importModel({ name: 'm.yaml', text: spiking }, { timing }), { target: 'wasm' });
    await live.run(1e-3);
    const [train] = (await live.take()).spikes;
    await live.finish();
    const label = timing === 'grid' ? 0.4e-3 : 0.3e-3;
    const values = Object.fromEntries(train!.variables.map(({ name, values }) => [name, values[0]]));
    expect(values['since']).toBeCloseTo(0, 12);
    expect(values['now']).toBeCloseTo(label, 12);
    expect(values['lastspike']).toBeCloseTo(label, 12);
  });
});
