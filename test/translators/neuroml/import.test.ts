/**
 * Documents from their text to spikes, against loops written by hand after section 3 of the LEMS interpreter's account
 * and against its numbers.
 */

import { describe, expect, it } from 'vitest';
import { simulate, stepsOf, trace } from '../../support/simulate.js';
import { cellTypes, networkTypes } from './support/importing.js';
import { lems } from './support/reading.js';
import '../../../translators/neuroml/road.js';

describe('a cell with a synapse and a pulse', () => {
  const document = (first: string, second: string): string =>
    lems(`${networkTypes}${cellTypes}<Leaky id="cell" tau="10ms" rest="-60mV" top="-50mV" perSiemens="2e9per_F"/><Conductance id="syn" peak="2nS" towards="0mV" decay="5ms"/>
    <Pulse id="pulse" from="3ms" until="30ms" height="1.2nA"/><Clock id="clock" every="7ms"/>
    <Net id="net">${first}${second}<Bundle id="b" by="syn"><Link a="../c[0]" b="../p[0]" w="1.5" d="0ms"/></Bundle><Drive on="p[0]" by="pulse"/></Net>
    <Run id="r" length="50ms" step="0.05ms" target="net"><File id="f" name="x"><Column id="u" q="p[0]/u"/><Column id="g" q="p[0]/syn/g"/></File>
    <List id="l" name="y" order="ID_TIME"><Source id="s" of="p[0]" port="out"/></List></Run><Target component="r"/>`);
  const [cell, clock] = ['<Group id="p" of="cell" count="1"/>', '<Group id="c" of="clock" count="1"/>'];

  /**
   * Computes the interpreter's results, step by step: instances in the order of the document, attached ones before the
   * instance that they are attached to.
   */
  function byHand(clockFirst: boolean): {
    readonly u: readonly number[];
    readonly g: readonly number[];
    readonly spikes: readonly number[];
  } {
    const dt = 5e-5;
    let [t, u, g, shown, pulse, next] = [0, -0.06, 0, 0, 0, 0.007];
    const result = { u: [u], g: [g], spikes: [] as number[] };
    const advanceClock = (): void => {
      if (t >= next) {
        next += 0.007;
        g += 1.5 * 2e-9;
      }
    };
    for (let step = 1; step <= 1000; step += 1) {
      t += dt;
      if (clockFirst) advanceClock();
      const synaptic = g * (0 - u);
      g += dt * (-g / 0.005);
      shown = g;
      if (t >= 0.003) pulse = 1.2e-9;
      if (t >= 0.03) pulse = 0;
      u += dt * ((-0.06 - u) / 0.01 + (synaptic + pulse) * 2e9);
      if (u > -0.05) {
        u = -0.06;
        result.spikes.push(step - 1);
      }
      if (!clockFirst) advanceClock();
      result.u.push(u);
      result.g.push(shown);
    }
    return result;
  }

  it.each([
    ['before', true],
    ['after', false],
  ])('equals the loop, with its source declared %s it', async (_, clockFirst) => {
    const run = await simulate(clockFirst ? document(clock, cell) : document(cell, clock));
    const expected = byHand(clockFirst);
    expect(expected.spikes.length).toBeGreaterThan(3);
    expect(stepsOf(run, 'p.out')).toEqual(expected.spikes);
    expect(trace(run, 'b.g')).toEqual(expected.g);
    // Currents are added in fixed point: their last digits may differ.
    trace(run, 'p.u').forEach((value, row) =>
      expect(Math.abs(value - expected.u[row]!), `row ${row}`).toBeLessThan(1e-15),
    );
  });

  it('gives the same spikes under any names', async () => {
    const words = [
      ...[
        'Net',
        'Group',
        'Bundle',
        'Link',
        'Drive',
        'Run',
        'File',
        'Column',
        'Plot',
        'List',
        'Source',
        'Leaky',
        'Conductance',
        'Pulse',
        'Clock',
        'Current',
      ],
      ...[
        'groups',
        'links',
        'drives',
        'each',
        'of',
        'by',
        'on',
        'count',
        'w',
        'd',
        'length',
        'target',
        'files',
        'lists',
        'plots',
        'columns',
        'sources',
      ],
      ...[
        'tau',
        'rest',
        'top',
        'perSiemens',
        'inward',
        'amount',
        'u',
        'i',
        'g',
        'weight',
        'peak',
        'towards',
        'decay',
        'until',
        'height',
        'every',
        'next',
        'tick',
      ],
    ];
    const original = document(clock, cell);
    // The vocabulary of LEMS itself stays: the Run section of a type, and the Link member.
    const renamed = original.replace(
      new RegExp(`(?<!["'=]#)\\b(${words.join('|')})\\b(?!\\s+(?:component|name)="(?:target|length|source)")`, 'g'),
      (word) => `other_${word}`,
    );
    expect(renamed).not.toContain('"Leaky"');
    const spikes = stepsOf(await simulate(original), 'p.out');
    expect(stepsOf(await simulate(renamed), 'p.out')).toEqual(spikes);
  });
});

describe('another timing profile', () => {
  it('takes the place of the one that LEMS prescribes, and comes to the same within the error of Euler steps', async () => {
    const text =
      lems(`${networkTypes}${cellTypes}<Leaky id="cell" tau="10ms" rest="-60mV" top="-50mV" perSiemens="2e9per_F"/><Pulse id="pulse" from="3ms" until="60ms" height="1.2nA"/>
    <Net id="net"><Group id="p" of="cell" count="1"/><Drive on="p[0]" by="pulse"/></Net><Run id="r" length="60ms" step="0.01ms" target="net"/><Target component="r"/>`);
    const [euler, grid] = [await simulate(text), await simulate(text, { timing: 'grid' })];
    expect([euler.valid.model.timing, grid.valid.model.timing]).toEqual(['lems-euler', 'grid']);
    const [steps, others] = [stepsOf(euler, 'p.out'), stepsOf(grid, 'p.out')];
    // From rest the cell takes tau ln(24/14) to its threshold of 10 mV, towards 24 mV.
    const interval = 10 * Math.log(24 / 14);
    expect(others).toHaveLength(Math.floor(57 / interval));
    expect(others).toHaveLength(steps.length);
    others.forEach((step, k) => expect(Math.abs(step * 0.01 - 3 - (k + 1) * interval)).toBeLessThan(0.02 * (k + 2)));
  });
});

describe('the order of events', () => {
  // Numbers from the LEMS interpreter (jLEMS), at a step of 0.1 ms.
  const document = (
    first: string,
    second: string,
    connection: string,
  ): string => `<Lems><Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
    <spikeArray id="spikes"><spike id="0" time="10ms"/><spike id="1" time="10.3ms"/></spikeArray>
    <iafCell id="iaf" C="1nF" thresh="0mV" reset="-60mV" leakConductance="10nS" leakReversal="-60mV"/><expOneSynapse id="syn" gbase="0.01nS" erev="0mV" tauDecay="2ms"/>
    <network id="net">${first}${second}<projection id="j" presynapticPopulation="a" postsynapticPopulation="b" synapse="syn">${connection}</projection></network>
    <Simulation id="sim" length="12ms" step="0.1ms" target="net"><OutputFile id="f" fileName="g.dat"><OutputColumn id="g" quantity="b[0]/synapses:syn:0/g"/></OutputFile>
    <EventOutputFile id="e" fileName="e.txt" format="ID_TIME"><EventSelection id="0" select="a[0]" eventPort="spike"/></EventOutputFile></Simulation><Target component="sim"/></Lems>`;
  const [source, sink] = [
    '<population id="a" component="spikes" size="1"/>',
    '<population id="b" component="iaf" size="1"/>',
  ];
  const plain = '<connection id="0" preCellId="../a[0]" postCellId="../b[0]"/>';

  it.each([
    ['a target declared after its source', source, sink, plain, 101, 9.5e-12],
    ['a target declared before its source', sink, source, plain, 102, 9.5e-12],
    [
      'a delay of 1 ms and a weight of 2',
      source,
      sink,
      '<connectionWD id="0" preCellId="../a[0]" postCellId="../b[0]" weight="2" delay="1ms"/>',
      112,
      1.9e-11,
    ],
  ])('%s', async (_, first, second, connection, row, conductance) => {
    const run = await simulate(document(first, second, connection));
    // A spike at 10 ms is due in the row at which the sum of the steps has reached it, and 100 steps sum to a little
    // less: rows 101 and 104.
    expect(stepsOf(run, 'a.spike').map((step) => step + 1)).toEqual([101, 104]);
    const g = trace(run, 'j.g');
    expect(g.findIndex((value) => value > 0)).toBe(row);
    expect(g[row]).toBeCloseTo(conductance, 20);
  });
});

describe('values on their way down', () => {
  it('take a step for each instance that requires them itself', async () => {
    // Each level copies its requirements when it is advanced, parts before the whole: a part of a part reads the value
    // that the cell had two steps before.
    const run = await simulate(
      lems(`<ComponentType name="Cell"><Exposure name="v" dimension="none"/><Constant name="s" dimension="time" value="1s"/><Child name="outer" type="Outer"/><Exposure name="seen" dimension="none"/>
      <Dynamics><StateVariable name="v" dimension="none" exposure="v"/><DerivedVariable name="seen" exposure="seen" dimension="none" select="outer/x"/><TimeDerivative variable="v" value="1/s"/></Dynamics></ComponentType>
      <ComponentType name="Outer"><Requirement name="v" dimension="none"/><Child name="inner" type="Inner"/><Exposure name="x" dimension="none"/><Dynamics><DerivedVariable name="x" exposure="x" dimension="none" select="inner/y"/></Dynamics></ComponentType>
      <ComponentType name="Inner"><Requirement name="v" dimension="none"/><Exposure name="y" dimension="none"/><Dynamics><DerivedVariable name="y" exposure="y" dimension="none" value="v"/></Dynamics></ComponentType>
      <Cell id="c"><outer type="Outer"><inner type="Inner"/></outer></Cell>
      <ComponentType name="Run"><Parameter name="length" dimension="time"/><Parameter name="step" dimension="time"/><ComponentReference name="target" type="Component"/><Children name="columns" type="Column"/><Simulation><Run component="target" variable="t" increment="step" total="length"/></Simulation></ComponentType>
      <ComponentType name="File"><Text name="name"/><Children name="columns" type="Column"/><Simulation><DataWriter fileName="name"/></Simulation></ComponentType>
      <ComponentType name="Column"><Path name="q"/><Simulation><Record quantity="q"/></Simulation></ComponentType>
      <ComponentType name="Full" extends="Run"><Children name="files" type="File"/></ComponentType>
      <Full id="r" length="6s" step="1s" target="c"><File id="f" name="x"><Column id="a" q="v"/><Column id="b" q="seen"/></File></Full><Target component="r"/>`),
    );
    expect(trace(run, 'c.v')).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(trace(run, 'c.seen')).toEqual([0, 0, 0, 1, 2, 3, 4]);
  });
});

// jNeuroML 0.14.0 gives 0, 3, 6, 9.
it('values of a wrong dimension are numbers in SI units, as in the reference interpreter', async () => {
  const text = lems(`${networkTypes}<ComponentType name="Slip"><Parameter name="tau" dimension="time"/>
<DerivedParameter name="q" dimension="none" value="tau * 200"/><Exposure name="u" dimension="none"/>
<Dynamics><StateVariable name="u" dimension="none" exposure="u"/>
<ConditionalDerivedVariable name="half" dimension="none"><Case condition="u + tau .gt. 9" value="7"/><Case value="tau * 75"/></ConditionalDerivedVariable>
<TimeDerivative variable="u" value="half * q / tau / 0.5"/></Dynamics></ComponentType>
<Slip id="cell" tau="10ms"/><Net id="net"><Group id="p" of="cell" count="1"/></Net>
<Run id="r" length="0.03s" step="0.01s" target="net"><File id="f" name="x"><Column id="u" q="p[0]/u"/></File></Run><Target component="r"/>`);
  const values = trace(await simulate(text), 'p.u');
  [0, 3, 6, 9].forEach((value, row) => expect(values[row]).toBeCloseTo(value, 12));
});
