/** Delays and refractory periods of LEMS, whose time is a sum, in strict conversion for Brian. */

import { expect, test } from 'vitest';
import { during, stretchesOf } from '../../../src/library/gather/waits.js';
import { checkConversion } from '../../../src/run/check-conversion.js';
import { convertModel } from '../../../src/run/convert.js';
import { importModel } from '../../../src/run/pipeline.js';
import { expectSameRun } from '../../support/same-run.js';

test('a sum of steps is early or late for long stretches', () => {
  // Steps of a power of two add up without rounding.
  expect(stretchesOf(8 / 1024, 1 / 1024, false, 5000)).toEqual([{ from: 1, steps: 8 }]);
  expect(stretchesOf(8 / 1024, 1 / 1024, true, 5000)).toEqual([{ from: 1, steps: 9 }]);
  const dt = 1e-5;
  const found = stretchesOf(1.5e-3, dt, false, 20_000) ?? [];
  expect(found.length).toBeGreaterThan(2);
  // Each step, by its definition.
  const times = [0];
  for (let k = 1; k <= 21_000; k++) times.push((times[k - 1] ?? 0) + dt);
  const stepsAt = (n: number): number => found.filter(({ from }) => from <= n).at(-1)?.steps ?? 0;
  for (let n = 1; n <= 20_000; n++) {
    const due = (times[n] ?? 0) + 1.5e-3;
    const arrival = n + stepsAt(n);
    expect((times[arrival] ?? 0) >= due && (times[arrival - 1] ?? 0) < due, `from step ${n}`).toBe(true);
  }
  expect(during([{ from: 1, steps: 8 }], 8, { time: 't', later: 0, dt, names: new Set() })).toBeUndefined();
  const stretches = [
    { from: 1, steps: 8 },
    { from: 11, steps: 9 },
    { from: 101, steps: 8 },
  ];
  expect(during(stretches, 9, { time: 't', later: 0, dt: 1, names: new Set() })).toBe(
    't > 10*s - dt/2 and t < 100*s - dt/2',
  );
  expect(during(stretches, 8, { time: 't', later: 7, dt: 1, names: new Set() })).toBe(
    't < 17*s - dt/2 or t > 107*s - dt/2',
  );
});

/** Two populations of cells that fire regularly and drive each other with delays of several lengths. */
const network = (cell: string): string => `<Lems>
  <Target component="run"/>
  <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
  ${cell}
  <expOneSynapse id="one" gbase="4nS" erev="0mV" tauDecay="3ms"/>
  <alphaSynapse id="alpha" gbase="3nS" erev="-80mV" tau="4ms"/>
  <network id="net">
    <population id="a" component="cell" size="2"/>
    <population id="b" component="cell" size="3"/>
    <projection id="forth" presynapticPopulation="a" postsynapticPopulation="b" synapse="one">
      <connectionWD id="0" preCellId="../a[0]" postCellId="../b[0]" weight="1" delay="2ms"/>
      <connectionWD id="1" preCellId="../a[1]" postCellId="../b[1]" weight="1.5" delay="2.3ms"/>
      <connectionWD id="2" preCellId="../a[0]" postCellId="../b[2]" weight="0.5" delay="0.7ms"/>
    </projection>
    <projection id="back" presynapticPopulation="b" postsynapticPopulation="a" synapse="alpha">
      <connectionWD id="0" preCellId="../b[0]" postCellId="../a[0]" weight="1" delay="1ms"/>
      <connectionWD id="1" preCellId="../b[1]" postCellId="../a[1]" weight="1.5" delay="1ms"/>
    </projection>
  </network>
  <Simulation id="run" length="600ms" step="0.025ms" target="net">
    <OutputFile id="out" fileName="out.dat"><OutputColumn id="v" quantity="a[0]/v"/></OutputFile>
  </Simulation>
</Lems>`;

test.each([
  ['leaky', '<iafCell id="cell" leakReversal="-45mV" thresh="-50mV" reset="-70mV" C="0.1nF" leakConductance="5nS"/>'],
  [
    'refractory',
    '<iafRefCell id="cell" leakReversal="-45mV" thresh="-50mV" reset="-70mV" C="0.1nF" leakConductance="5nS" refract="3ms"/>',
  ],
  [
    'adaptive, of which w is advanced after v',
    '<adExIaFCell id="cell" C="281pF" gL="30nS" EL="-50mV" reset="-58.5mV" VT="-50.4mV" thresh="-40.4mV" refract="1.1ms" ' +
      'delT="2mV" tauw="40ms" a="4nS" b="0.02nA"/>',
  ],
])('cells that are %s spike in the same steps, however LEMS rounds its time', async (_, cell) => {
  const { valid } = importModel({ name: 'model.xml', text: network(cell) });
  const { report } = await convertModel(valid, 'brian-json', { strict: true });
  expect(report.filter(({ verdict }) => verdict !== 'exact' && verdict !== 'equivalent')).toEqual([]);
  expect(report).toContainEqual(expect.objectContaining({ verdict: 'equivalent', code: 'brian/delay' }));
  const check = await checkConversion(valid, 'brian-json', { strict: true });
  for (const { spikes } of check.populations) expect(spikes[0]).toBeGreaterThan(10);
  expectSameRun({ ...check, variables: [] }, 20);
});

test('synapses that read a potential which regimes advance are said to find it a step later than in LEMS', async () => {
  const cell =
    '<iafRefCell id="cell" leakReversal="-45mV" thresh="-50mV" reset="-70mV" C="0.1nF" leakConductance="5nS" refract="3ms"/>';
  const { valid } = importModel({ name: 'model.xml', text: network(cell) });
  const { report } = await convertModel(valid, 'brian-json');
  expect(report).toContainEqual(
    expect.objectContaining({ verdict: 'approximated', code: 'brian/parts', pointer: '/projections/forth' }),
  );
});

test('spikes without delay reach later cells in the same step where they change nothing at once', async () => {
  const cell = '<iafCell id="cell" leakReversal="-45mV" thresh="-50mV" reset="-70mV" C="0.1nF" leakConductance="5nS"/>';
  const text = network(cell)
    .replace(/<expOneSynapse[^>]*>/, '<expTwoSynapse id="one" gbase="4nS" erev="0mV" tauRise="0.5ms" tauDecay="3ms"/>')
    .replace(/ delay="(?:2|2\.3|0\.7)ms"/g, ' delay="0ms"');
  const { valid } = importModel({ name: 'model.xml', text });
  const { outcome } = await convertModel(valid, 'brian-json', { strict: true });
  expect(outcome).toBe('equivalent');
  const check = await checkConversion(valid, 'brian-json', { strict: true });
  for (const { spikes } of check.populations) expect(spikes[0]).toBeGreaterThan(10);
  expectSameRun(check, 20);
});
