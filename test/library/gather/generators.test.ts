/** Generators of LEMS elsewhere: currents in the same steps, and recordings of what a generator no longer has. */

import { expect, test } from 'vitest';
import { join } from 'node:path';
import { borderText, stepReaching } from '../../../src/library/gather/step-times.js';
import { checkConversion } from '../../../src/run/check-conversion.js';
import { convertModel } from '../../../src/run/convert.js';
import { importModel, readSource } from '../../../src/run/pipeline.js';
import { root } from '../../support/import-graph.js';

test('conditions of the time hold when the sum of steps has come', () => {
  expect(stepReaching(4 / 1024, 1 / 1024)).toBe(4);
  expect(borderText(4 / 1024, 1 / 1024, 0)).toBe('0.00390625*second - dt/2');
  expect(borderText(4 / 1024, 1 / 1024, 1)).toBe('0.00390625*second - 1.5*dt');
  // 500 steps of 0.01 ms add up to less than 5 ms, 200 of them to more than 2 ms.
  expect(stepReaching(5e-3, 1e-5)).toBe(501);
  expect(stepReaching(2e-3, 1e-5)).toBe(200);
  expect(borderText(5e-3, 1e-5, 1)).toBe('0.005*second - dt/2');
  expect(borderText(2e-3, 1e-5, 1)).toBe('0.002*second - 1.5*dt');
  // A time in the middle of a step is reached at the end of the step: a border there is one in the middle of another.
  expect(borderText(0.755e-3, 1e-5, 1)).toBe('0.00076*second - 1.5*dt');
  expect(borderText(0.755e-3, 1e-5, 0)).toBe('0.00076*second - dt/2');
});

test('cells driven by pulses, sines and ramps spike in the same steps in Brian', async () => {
  const { valid } = importModel(readSource(join(root, 'fixtures/neuroml/inputs.xml')));
  const { populations } = await checkConversion(valid, 'brian-json');
  const izhs = populations.find(({ population }) => population === 'izhs');
  expect(izhs?.spikes[0]).toBeGreaterThan(4);
  expect(izhs?.spikes[1]).toBe(izhs?.spikes[0]);
  expect(izhs?.largest).toBeLessThan(1e-9);
});

const document = (cell: string, columns: string): string => `<Lems>
  <Target component="run"/>
  <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
  ${cell}
  <pulseGenerator id="pulse" delay="2ms" duration="30ms" amplitude="1nA"/>
  <spikeGenerator id="clock" period="5ms"/>
  <network id="net">
    <population id="cells" component="cell" size="1"/>
    <population id="clocks" component="clock" size="1"/>
    <explicitInput target="cells[0]" input="pulse" destination="synapses"/>
  </network>
  <Simulation id="run" length="40ms" step="0.01ms" target="net">
    <OutputFile id="out" fileName="out.dat">${columns}</OutputFile>
  </Simulation>
</Lems>`;

const adaptive =
  '<adExIaFCell id="cell" C="281pF" gL="30nS" EL="-70.6mV" reset="-48.5mV" VT="-50.4mV" thresh="-40.4mV" refract="0ms" ' +
  'delT="2mV" tauw="40ms" a="4nS" b="0.08nA"/>';
const leaky =
  '<iafRefCell id="cell" leakReversal="-65mV" thresh="-50mV" reset="-68mV" C="200pF" leakConductance="10nS" refract="3ms"/>';

test('variables of generators that become spikes or currents are recorded all the same', async () => {
  const columns =
    '<OutputColumn id="a" quantity="cells[0]/v"/><OutputColumn id="b" quantity="clocks[0]/tsince"/>' +
    '<OutputColumn id="c" quantity="cells[0]/synapses:pulse:0/i"/>';
  const { valid } = importModel({ name: 'model.xml', text: document(leaky, columns) });
  const { files, report } = await convertModel(valid, 'brian-json');
  expect(report.filter(({ verdict }) => verdict === 'notExpressible')).toEqual([]);
  const text = files[0]?.text ?? '';
  expect(importModel({ name: 'model.json', text }).valid.model.recordings.length).toBe(valid.model.recordings.length);
  expect(text).toContain('"tsince"');
});

test("currents of generators are recorded of PyNN's sources, each once", async () => {
  const columns = ['cells[0]/v', 'cells[0]/synapses:pulse:0/i']
    .map((quantity, k) => `<OutputColumn id="c${k}" quantity="${quantity}"/>`)
    .join('');
  const text = document(adaptive, columns).replace('1nA', '0.4nA');
  const { valid } = importModel({ name: 'model.xml', text });
  const { files, report } = await convertModel(valid, 'pynn', { name: 'model.py' });
  expect(report.filter(({ verdict }) => verdict === 'notExpressible')).toEqual([]);
  expect(files[0]?.text).toMatch(/^pulse\.record\(\)$/m);
  expect(files[0]?.text).toContain('np.save("model-pulse.npy", pulse.get_data())');
  const { variables = [], absent } = await checkConversion(valid, 'pynn-json');
  expect(absent).toEqual([]);
  const current = variables.find(({ population }) => population === 'pulse');
  expect(current?.range).toBeCloseTo(0.4e-9, 15);
  // The sum of LEMS's steps passes the end of the pulse up to a step late, in each of its two edges.
  expect((current?.rootMeanSquare ?? NaN) ** 2 * (current?.samples ?? NaN)).toBeLessThan(2.01 * 0.4e-9 ** 2);
});

test.each([
  ['falls below 0', '-3pA', '5pA'],
  ['loses a digit', '0.09nA', '0.002nA'],
])('a ramp that %s is steps at equal distances', async (_, from, to) => {
  const ramp =
    `<rampGenerator id="ramp" delay="2ms" duration="8ms" startAmplitude="${from}" finishAmplitude="${to}" ` +
    'baselineAmplitude="0pA"/>';
  const text = document(leaky + ramp, '').replace('input="pulse"', 'input="ramp"');
  const { files } = await convertModel(importModel({ name: 'model.xml', text }).valid, 'pynn', { name: 'model.py' });
  expect(files[0]?.text).toMatch(/amplitudes=np\.append\(np\.round\(np\.linspace/);
});

test('a current of nothing that the events of a generator read stays', async () => {
  const ramp =
    '<rampGenerator id="ramp" delay="2ms" duration="20ms" startAmplitude="1pA" finishAmplitude="9pA" baselineAmplitude="0pA"/>';
  const text = document(leaky + ramp, '<OutputColumn id="a" quantity="cells[0]/synapses:ramp:0/i"/>').replace(
    '</network>',
    '<explicitInput target="cells[0]" input="ramp" destination="synapses"/></network>',
  );
  const { files } = await convertModel(importModel({ name: 'model.xml', text }).valid, 'brian-json');
  expect(files[0]?.text).toContain('baselineAmplitude');
  expect(importModel({ name: 'model.json', text: files[0]?.text ?? '' }).valid.model.recordings).toHaveLength(1);
});

test('regimes whose variables follow one another, and periods that rounding changes, are approximated', async () => {
  const verdicts = async (cell: string): Promise<readonly string[]> => {
    const { valid } = importModel({ name: 'model.xml', text: document(cell, '') });
    const { report } = await convertModel(valid, 'brian-json');
    return report
      .filter(({ pointer }) => pointer.startsWith('/neurons/'))
      .map(({ verdict, code }) => `${verdict} ${code}`);
  };
  expect(await verdicts(adaptive)).toContain('approximated brian/parts');
  expect(await verdicts(adaptive)).toContain('equivalent brian/refractory-regime');
  expect(await verdicts(leaky)).toContain('approximated brian/refractory-regime');
});

test.each(['brian-json', 'pynn-json'] as const)(
  'cells that only know the time spike in the same steps in %s, whatever their conditions read',
  async (notation) => {
    const text = `interneuron: 1
timing: lems-euler
neurons:
  direct: { state: { n: 0 }, events: { spike: { when: t >= 1.05*ms and n < 1, do: n = 1 } } }
  derived:
    state: { n: 0 }
    derived: { late: { unit: s, value: t - 1.05*ms } }
    events: { spike: { when: late >= 0*ms and n < 1, do: n = 1 } }
  regimes:
    regimes:
      waiting: { initial: true, transitions: [{ when: t >= 1.05*ms, to: done, emit: spike }] }
      done: {}
  rising:
    derived: { phase: { unit: '1', value: sin(t/ms) } }
    events: { spike: { when: phase > 0.5, edge: rising } }
  refractory:
    derived: { phase: { unit: '1', value: sin(t/ms) } }
    events: { spike: { when: phase > 0.5, refractory: { for: 0.35 ms } } }
  several:
    derived: { phase: { unit: '1', value: sin(t/ms) } }
    events: { spike: { when: phase > 0.9 } }
  counted:
    state: { k: 1 }
    derived: { phase: { unit: '1', value: sin(t/ms) } }
    events:
      double: { when: phase < 0, edge: rising, emits: null, do: k *= 2 }
      spike: { when: phase > 0.5 and k > 1, do: k /= 2 }
populations:
${['direct', 'derived', 'regimes', 'rising', 'refractory', 'several', 'counted'].map((name) => `  ${name}_: { type: ${name}, size: 1 }`).join('\n')}
record:
${['direct', 'derived', 'regimes', 'rising', 'refractory', 'several', 'counted'].map((name) => `  - { of: ${name}_, events: spike }`).join('\n')}
experiment: { dt: 0.1 ms, duration: 20 ms }
`;
    const { valid } = importModel({ name: 'm.yaml', text });
    const { populations } = await checkConversion(valid, notation);
    expect(populations).toHaveLength(7);
    for (const { population, spikes, largest } of populations) {
      expect(spikes[0], population).toBeGreaterThan(0);
      expect(spikes[1], population).toBe(spikes[0]);
      expect(largest, population).toBeLessThan(1e-9);
    }
  },
);

test.each(['brian-json', 'pynn-json'] as const)(
  'generators and responses that the protocol or an operation changes stay equations in %s',
  async (notation) => {
    const text = `interneuron: 1
timing: lems-euler
neurons:
  clock:
    parameters: { pause: 0 ms }
    state: { last: { unit: s, initial: 0 }, period: { unit: s, initial: 2 ms } }
    events: { spike: { when: t - last >= period + pause - dt/2, do: [last = t] } }
  step:
    parameters: { size_: 1 mV }
    derived: { out: { unit: V, value: 'size_*int(t > 5*ms)' } }
    events: { never: { when: t < 0*ms, emits: null } }
  cell:
    parameters: { tau: 10 ms, th: 6 mV }
    inputs: { I: V }
    state: { v: { unit: V } }
    derivatives: { v: (I - v)/tau }
    events: { spike: { when: v > th, do: [v = 0*mV] } }
synapses:
  exps:
    parameters: { tau: 5 ms, w: { unit: V, value: 3 mV } }
    state: { g: { unit: V } }
    derivatives: { g: -g/tau }
    pathways: { pre: { on: pre.spike, do: [g += w] } }
    contributes: { post.I: g }
  current: { contributes: { post.I: pre.out } }
populations:
  operated: { type: clock, size: 1 }
  told: { type: clock, size: 2, values: { pause: [0 ms, 1 ms] } }
  steady: { type: clock, size: 1 }
  wave: { type: step, size: 1 }
  p: { type: cell, size: 3 }
projections:
  s: { from: told, to: p, synapse: exps, connect: all, delay: 0.5 ms }
  u: { from: steady, to: p, synapse: exps, connect: all, delay: 0.5 ms }
  x: { from: wave, to: p, synapse: current, connect: all }
operations: { quicker: { on: operated, do: [period *= 0.9], every: 5 ms } }
record:
  - { of: operated, events: spike }
  - { of: told, events: spike }
  - { of: steady, events: spike }
  - { of: p, events: spike }
experiment:
  dt: 0.1 ms
  protocol:
    - run: 20 ms
    - set: { told.pause: 2.5 ms }
    - run: 20 ms
    - set: { s.tau: 15 ms, wave.size_: 6 mV }
    - run: 20 ms
`;
    const { valid } = importModel({ name: 'm.yaml', text });
    const { populations } = await checkConversion(valid, notation);
    expect(populations.map(({ population }) => population)).toEqual(['operated', 'told', 'steady', 'p']);
    for (const { population, spikes, largest } of populations) {
      expect(spikes[0], population).toBeGreaterThan(20);
      expect(spikes[1], population).toBe(spikes[0]);
      if (population !== 'p') expect(largest, population).toBeLessThan(1e-9);
    }
  },
);

test.each([
  ['t - last >= 2*ms', true, true],
  ['since > wait', true, true],
  ['t - last >= 2.05*ms', false, false],
  ['since > odd', false, false],
  ['since > changing', true, true],
  // Where LEMS is written, a border that is known lies between two steps.
  ['t >= 5*ms and last < 1*ms', true, false],
  ['t > wait', true, false],
  // The remainder of 3 ms is 0, or nearly 1 ms.
  ['t % ms < 0.55*ms', true, true],
  ['v > 1', false, false],
])('%s rests on how the time is rounded, read from LEMS: %s, written there: %s', async (when, read, written) => {
  const verdicts = async (timing: string, notation: 'brian-json' | 'lems'): Promise<readonly string[]> => {
    const text = `interneuron: 1
timing: ${timing}
neurons:
  cell:
    parameters: { wait: 2 ms, odd: 2.05 ms }
    inputs: { I: '1' }
    state: { v: 0, last: { unit: s }, changing: { unit: s, initial: 2 ms } }
    derived: { since: { unit: s, value: t - last } }
    derivatives: { v: (1 + I)/s }
    events: { spike: { when: ${when}, do: [last = t, v = 0] } }
populations: { p: { type: cell, size: 1 } }
stimuli: { s: { kind: current, to: p, input: I, value: '1' } }
record: [{ of: p, events: spike }]
experiment: { dt: 0.1 ms, duration: 20 ms }
`;
    const { report } = await convertModel(importModel({ name: 'm.yaml', text }).valid, notation);
    return report.map(({ code }) => code);
  };
  expect((await verdicts('lems-euler', 'brian-json')).includes('brian/summed-time')).toBe(read);
  expect((await verdicts('grid', 'lems')).includes('lems/summed-time')).toBe(written);
});

test.each([
  ['next < t + dt and t > onset - dt/2', ['next += exponential(10*ms)'], false],
  // An interval that is a whole number of steps is not drawn.
  ['next < t + dt', ['next += 2*ms'], true],
  ['next < t + dt', ['next += exponential(10*ms)', 'next = onset'], true],
])('%s, after %s, rests on how LEMS adds up its time: %s', async (when, actions, rests) => {
  const text = `interneuron: 1
timing: grid
neurons:
  source:
    parameters: { onset: 1 ms }
    state: { next: { unit: s, initial: 2 ms } }
    events: { spike: { when: '${when}', do: ${JSON.stringify(actions)} } }
populations: { p: { type: source, size: 2, values: { onset: 3 ms } } }
record: [{ of: p, events: spike }]
experiment: { dt: 0.1 ms, duration: 20 ms }
`;
  const { report } = await convertModel(importModel({ name: 'm.yaml', text }).valid, 'lems');
  expect(report.some(({ code }) => code === 'lems/summed-time')).toBe(rests);
});
