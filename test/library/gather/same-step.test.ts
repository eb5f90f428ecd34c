/** What LEMS does within one step, in strict conversion for Brian: the same spikes in the same steps, and the same values. */

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkConversion } from '../../../src/run/check-conversion.js';
import { convertModel } from '../../../src/run/convert.js';
import { importModel, readSource } from '../../../src/run/pipeline.js';
import type { ValidModel } from '../../../src/model/model.js';
import { root } from '../../support/import-graph.js';
import { coreNetwork } from './core-types.js';

/** A network of NeuroML's core types. */
const network = (parts: string, inside: string, shown: readonly string[], step = '0.05ms'): ValidModel => {
  const columns = shown.map((cell, k) => `<OutputColumn id="c${k}" quantity="${cell}"/>`);
  const events = [...new Set(shown.map((one) => one.split('/')[0]))].map(
    (cell, k) => `<EventSelection id="${k}" select="${cell}" eventPort="spike"/>`,
  );
  return coreNetwork(
    parts,
    inside,
    `length="400ms" step="${step}"`,
    `<OutputFile id="v" fileName="v.dat">${columns.join('')}</OutputFile>
    <EventOutputFile id="s" fileName="s.dat" format="ID_TIME">${events.join('')}</EventOutputFile>`,
  );
};

/** Spikes of both sides, and by how much variables differ that are not shown a step later. */
async function compared(
  valid: ValidModel,
): Promise<{ readonly approximated: readonly string[]; readonly spikes: readonly number[]; readonly apart: number }> {
  const { report } = await convertModel(valid, 'brian-json', { strict: true });
  const { populations, variables = [] } = await checkConversion(valid, 'brian-json', { strict: true });
  const sum = (of: (one: (typeof populations)[number]) => number): number =>
    populations.map(of).reduce((a, b) => a + b, 0);
  const late = populations.map(({ largest }) => largest);
  expect(Math.max(0, ...late)).toBeLessThan(1e-9);
  const same = variables.filter(({ variable }) => variable === 'v');
  return {
    approximated: report.filter(({ verdict }) => verdict === 'approximated').map(({ code }) => code),
    spikes: [sum((one) => one.spikes[0]), sum((one) => one.spikes[1]), sum((one) => one.matched)],
    apart: Math.max(0, ...same.map(({ largest, range }) => largest / range)),
  };
}

const cells = `
  <iafCell id="fast" leakReversal="-48mV" thresh="-50mV" reset="-65mV" C="100pF" leakConductance="5nS"/>
  <iafCell id="slow" leakReversal="-54mV" thresh="-50mV" reset="-62mV" C="60pF" leakConductance="5nS"/>
  <expOneSynapse id="one" gbase="4nS" erev="0mV" tauDecay="4ms"/>
  <expOneSynapse id="inh" gbase="6nS" erev="-80mV" tauDecay="8ms"/>
  <spikeGenerator id="clock" period="7ms"/>
  <spikeArray id="train"><spike id="0" time="2ms"/><spike id="1" time="11ms"/></spikeArray>`;

/** Names whose order is not that of the populations. */
const chain = `
  <population id="zeta" component="fast" size="3"/>
  <population id="clocks" component="clock" size="1"/>
  <population id="beta" component="slow" size="3"/>
  <population id="trains" component="train" size="1"/>
  <population id="alpha" component="slow" size="2"/>
  <projection id="m" presynapticPopulation="zeta" postsynapticPopulation="beta" synapse="one">
    <connectionWD id="0" preCellId="../zeta[0]" postCellId="../beta[0]" weight="1" delay="0ms"/>
    <connectionWD id="1" preCellId="../zeta[2]" postCellId="../beta[2]" weight="2" delay="1.5ms"/>
  </projection>
  <projection id="b" presynapticPopulation="beta" postsynapticPopulation="alpha" synapse="one">
    <connection id="0" preCellId="../beta[0]" postCellId="../alpha[0]"/>
    <connection id="1" preCellId="../beta[2]" postCellId="../alpha[1]"/>
  </projection>
  <projection id="a" presynapticPopulation="alpha" postsynapticPopulation="zeta" synapse="inh">
    <connection id="0" preCellId="../alpha[0]" postCellId="../zeta[0]"/>
  </projection>
  <projection id="x" presynapticPopulation="clocks" postsynapticPopulation="beta" synapse="one">
    <connection id="0" preCellId="../clocks[0]" postCellId="../beta[1]"/>
  </projection>
  <projection id="y" presynapticPopulation="trains" postsynapticPopulation="alpha" synapse="one">
    <connection id="0" preCellId="../trains[0]" postCellId="../alpha[0]"/>
  </projection>`;

test('spikes without delay through three populations, forth and back', async () => {
  const shown = ['zeta[0]/v', 'zeta[2]/v', 'beta[0]/v', 'beta[1]/v', 'beta[2]/v', 'alpha[0]/v', 'alpha[1]/v'];
  const { approximated, spikes, apart } = await compared(network(cells, chain, shown));
  expect(approximated).toEqual([]);
  expect(spikes[0]).toBeGreaterThan(50);
  expect([spikes[1], spikes[2]]).toEqual([spikes[0], spikes[0]]);
  expect(apart).toBeLessThan(1e-9);
});

test('spikes without delay within a population stay approximate', async () => {
  const within = `<population id="zeta" component="fast" size="2"/>
    <projection id="m" presynapticPopulation="zeta" postsynapticPopulation="zeta" synapse="one">
      <connection id="0" preCellId="../zeta[0]" postCellId="../zeta[1]"/>
    </projection>`;
  const valid = network(cells, within, ['zeta[0]/v', 'zeta[1]/v']);
  const { report } = await convertModel(valid, 'brian-json', { strict: true });
  expect(report.filter(({ verdict }) => verdict === 'approximated').map(({ code }) => code)).toEqual([
    'brian/order-in-step',
  ]);
});

test('inputs with spikes of their own, and clamps, on cells with regimes', async () => {
  const parts = `${cells}
    <iafRefCell id="refractory" leakReversal="-49mV" thresh="-50mV" reset="-65mV" C="10pF" leakConductance="0.5nS" refract="3ms"/>
    <voltageClamp id="clamp" delay="100ms" duration="200ms" targetVoltage="-45mV" simpleSeriesResistance="500Mohm"/>
    <timedSynapticInput id="timed" synapse="one" spikeTarget="./one">
      <spike id="0" time="4ms"/><spike id="1" time="112ms"/>
    </timedSynapticInput>`;
  const inside = `<population id="cells" component="refractory" size="2"/>
    <explicitInput target="cells[0]" input="clamp" destination="synapses"/>
    <explicitInput target="cells[1]" input="timed" destination="synapses"/>`;
  const { approximated, spikes } = await compared(network(parts, inside, ['cells[0]/v', 'cells[1]/v'], '0.01ms'));
  expect(approximated).toEqual([]);
  expect(spikes[0]).toBeGreaterThan(20);
  expect([spikes[1], spikes[2]]).toEqual([spikes[0], spikes[0]]);
});

/** Currents that follow a source's own variables and the time, and one that a condition resets. */
const sources = `
  <ComponentType name="wave" extends="basePointCurrent">
    <Parameter name="tau" dimension="time"/><Parameter name="amp" dimension="current"/>
    <Property name="weight" dimension="none" defaultValue="1"/>
    <Dynamics>
      <StateVariable name="x" dimension="none"/><StateVariable name="y" dimension="none"/>
      <DerivedVariable name="i" dimension="current" exposure="i" value="weight*amp*x*(1 + t/tau/500)"/>
      <TimeDerivative variable="x" value="y/tau"/><TimeDerivative variable="y" value="(0 - x)/tau"/>
      <OnStart><StateAssignment variable="x" value="1"/></OnStart>
    </Dynamics>
  </ComponentType>
  <ComponentType name="bursts" extends="basePointCurrent">
    <Parameter name="tau" dimension="time"/><Parameter name="amp" dimension="current"/><Parameter name="gap" dimension="time"/>
    <Property name="weight" dimension="none" defaultValue="1"/>
    <Dynamics>
      <StateVariable name="x" dimension="none"/><StateVariable name="since" dimension="time"/>
      <DerivedVariable name="i" dimension="current" exposure="i" value="weight*amp*x"/>
      <TimeDerivative variable="x" value="(0 - x)/tau"/><TimeDerivative variable="since" value="1"/>
      <OnCondition test="since .gt. gap">
        <StateAssignment variable="x" value="1"/><StateAssignment variable="since" value="0"/>
      </OnCondition>
    </Dynamics>
  </ComponentType>
  <wave id="zz" tau="9ms" amp="300pA"/><wave id="aa" tau="5ms" amp="300pA"/><bursts id="mm" tau="5ms" amp="500pA" gap="7.3ms"/>
  <iafCell id="cell" leakReversal="-55mV" thresh="-50mV" reset="-65mV" C="100pF" leakConductance="5nS"/>`;

test('currents that are computed before their source is advanced, whatever its name', async () => {
  const inside = `<population id="kk" component="cell" size="3"/>
    <explicitInput target="kk[0]" input="zz" destination="synapses"/>
    <explicitInput target="kk[1]" input="aa" destination="synapses"/>
    <explicitInput target="kk[2]" input="mm" destination="synapses"/>`;
  const shown = ['kk[0]/v', 'kk[1]/v', 'kk[2]/v'];
  const { approximated, spikes, apart } = await compared(network(sources, inside, shown));
  expect(approximated).toEqual([]);
  expect(spikes[0]).toBeGreaterThan(50);
  expect([spikes[1], spikes[2]]).toEqual([spikes[0], spikes[0]]);
  expect(apart).toBeLessThan(1e-9);
});

test.each(['inputs', 'kinetic-scheme', 'own-types', 'synapses', 'times-of-events'])(
  '%s: equivalent, with the same spikes',
  async (name) => {
    const { valid } = importModel(readSource(join(root, `fixtures/neuroml/${name}.xml`)));
    const { approximated, spikes, apart } = await compared(valid);
    expect(approximated).toEqual([]);
    expect([spikes[1], spikes[2]]).toEqual([spikes[0], spikes[0]]);
    expect(apart).toBeLessThan(1e-9);
  },
);
