/** Channels and pools that act on conditions, on cells with compartments: as on a cell that is a point. */

import { expect, test } from 'vitest';
import { importModel } from '../../../../src/pipeline/pipeline.js';
import { simulateModel } from '../../../support/simulate.js';
import '../../../../translators/neuroml/road.js';

const channel = (name: string, parameters: string, state: string, dynamics: string): string => `
<ComponentType name="${name}" extends="baseIonChannel">
  ${parameters}
  <Constant name="conductance" dimension="conductance" value="10pS"/>
  <Dynamics>
    <StateVariable name="q" dimension="none"/>
    ${state}
    <DerivedVariable name="fopen" dimension="none" exposure="fopen" value="q"/>
    <DerivedVariable name="g" dimension="conductance" exposure="g" value="q*conductance"/>
    ${dynamics}
  </Dynamics>
</ComponentType>`;

const threshold = '<Parameter name="threshold" dimension="voltage"/><Parameter name="tau" dimension="time"/>';

const types = [
  channel(
    'latch',
    `${threshold}<Parameter name="period" dimension="time"/>`,
    '<StateVariable name="next" dimension="time"/>',
    `<TimeDerivative variable="q" value="-q/tau"/>
    <OnStart><StateAssignment variable="next" value="period"/></OnStart>
    <OnCondition test="t .gt. next"><StateAssignment variable="q" value="q+1"/><StateAssignment variable="next" value="t+period"/></OnCondition>
    <OnCondition test="v .gt. threshold .and. q .gt. 0.2"><StateAssignment variable="q" value="0.2"/></OnCondition>`,
  ),
  channel(
    'modal',
    threshold,
    '<StateVariable name="since" dimension="time"/>',
    `<Regime name="closed" initial="true"><TimeDerivative variable="q" value="-q/tau"/>
      <OnCondition test="v .gt. threshold"><Transition regime="opened"/></OnCondition></Regime>
    <Regime name="opened"><OnEntry><StateAssignment variable="since" value="t"/></OnEntry>
      <TimeDerivative variable="q" value="(1-q)/tau"/>
      <OnCondition test="t .gt. since + 3*tau"><Transition regime="closed"/></OnCondition></Regime>`,
  ),
].join('');

const ball =
  '<segment id="0"><proximal x="0" y="0" z="0" diameter="20"/><distal x="20" y="0" z="0" diameter="20"/></segment>';
const stick =
  '<segment id="1"><parent segment="0"/><proximal x="20" y="0" z="0" diameter="10"/><distal x="120" y="0" z="0" diameter="10"/></segment>';
const density = (channel: string, size: string, erev: string, more = 'ion="non_specific"'): string =>
  `<channelDensity id="of_${channel}" ionChannel="${channel}" condDensity="${size}mS_per_cm2" erev="${erev}mV" ${more}/>`;

/** A cell without points of current: all of it has one potential. */
const document = (segments: string, path: string, densities: string, inside = ''): string => `<Lems>
<Target component="run"/><Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
${types}
<ionChannelPassive id="leak" conductance="10pS"/>
<ionChannelPassive id="outward" conductance="10pS"/>
<latch id="l" threshold="-40mV" tau="3ms" period="4ms"/>
<modal id="m" threshold="-55mV" tau="1ms"/>
<fixedFactorConcentrationModel id="pool" ion="ca" restingConc="1e-4mM" decayConstant="50ms" rho="20mol_per_m_per_A_per_s"/>
<cell id="c"><morphology id="shape">${segments}</morphology><biophysicalProperties id="b"><membraneProperties>
${density('leak', '0.3', '-65')}${densities}
<spikeThresh value="-20mV"/><specificCapacitance value="1uF_per_cm2"/><initMembPotential value="-65mV"/></membraneProperties>
<intracellularProperties>${inside}<resistivity value="0.1kohm_cm"/></intracellularProperties></biophysicalProperties></cell>
<network id="net"><population id="cells" component="c" size="1"/></network>
<Simulation id="run" length="13ms" step="0.005ms" target="net"><OutputFile id="o" fileName="o.dat">
<OutputColumn id="x" quantity="${path}"/></OutputFile></Simulation></Lems>`;

const trace = async (text: string, step = 0.005): Promise<readonly number[]> => {
  const { valid, diagnostics } = importModel({ name: 'd.xml', text }, { timing: 'grid', dt: `${step} ms` });
  expect(diagnostics).toEqual([]);
  const { samples } = await simulateModel(valid, { engines: [{ target: 'wasm', threads: 1 }] });
  return [...samples.values()][0]!.map(([value = NaN]) => value);
};

test('conditions and regimes of channels act as on a cell of one segment', async () => {
  const channels = density('l', '1', '20') + density('m', '2', '-80');
  // Conditions are met at one step or the next, while the potential changes by up to 140 mV/ms.
  const apart = async (step: number): Promise<number> => {
    const [one, two] = [
      await trace(document(ball, 'cells[0]/v', channels), step),
      await trace(document(ball + stick, 'cells/0/c/1/v', channels), step),
    ];
    expect(Math.max(...one)).toBeGreaterThan(-0.06);
    return Math.max(...one.map((v, k) => Math.abs(two[k]! - v)));
  };
  const coarse = await apart(0.005);
  expect(coarse).toBeLessThan(1e-3);
  expect(await apart(0.0005)).toBeLessThan(0.4 * coarse);
});

test('a pool that outward currents empty stays at zero', async () => {
  const species =
    '<species id="ca" ion="ca" concentrationModel="pool" initialConcentration="1e-4mM" initialExtConcentration="2mM"/>';
  const levels = await trace(
    document(ball + stick, 'cells/0/c/1/caConc', density('outward', '0.1', '-90', 'ion="ca"'), species),
  );
  expect(Math.min(...levels)).toBe(0);
  expect(levels.at(-1)).toBe(0);
});
