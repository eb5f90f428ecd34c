/** What LEMS does within one step of a cell with regimes, and within one of a source that carries a plastic synapse, in Brian. */

import { expect, test } from 'vitest';
import { checkConversion } from '../../../src/run/check-conversion.js';
import { convertModel } from '../../../src/run/convert.js';
import { importModel } from '../../../src/run/pipeline.js';
import type { ValidModel } from '../../../src/model/model.js';

/** A cell that a second variable slows down, with an input. */
const cell = (members: string, input = '', parts = ''): ValidModel =>
  importModel({
    name: 'cell.xml',
    text: `<Lems>
  <Target component="run"/>
  <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
  <ComponentType name="slowed" extends="baseCellMembPotCap">
    <Constant name="E" dimension="voltage" value="-64mV"/><Constant name="MV" dimension="voltage" value="1mV"/>
    <Constant name="g" dimension="conductance" value="5nS"/><Constant name="drive" dimension="current" value="0.2nA"/>
    <Constant name="tau" dimension="time" value="4ms"/>
    <Exposure name="w" dimension="none"/>
    <Attachments name="synapses" type="basePointCurrent"/>
    <Dynamics>
      <StateVariable name="v" dimension="voltage" exposure="v"/><StateVariable name="w" dimension="none" exposure="w"/>
      <StateVariable name="last" dimension="time"/>
      <DerivedVariable name="iSyn" dimension="current" exposure="iSyn" select="synapses[*]/i" reduce="add"/>
      <DerivedVariable name="iMemb" dimension="current" exposure="iMemb" value="g * (E - v) + drive + iSyn - w * g * MV"/>
      <DerivedVariable name="u" dimension="none" value="(v - E) / MV"/>
      <OnStart><StateAssignment variable="v" value="E"/></OnStart>
      ${members}
    </Dynamics>
  </ComponentType>
  <slowed id="slow" C="40pF"/>${parts}
  <network id="net"><population id="cells" component="slow" size="1"/>${input}</network>
  <Simulation id="run" length="300ms" step="0.1ms" target="net">
    <EventOutputFile id="s" fileName="s.dat" format="ID_TIME"><EventSelection id="0" select="cells[0]" eventPort="spike"/></EventOutputFile>
  </Simulation>
</Lems>`,
  }).valid;

/** Two regimes: one that integrates until a condition, and one that waits. */
const regimes = ({ rateOfW = '(u - w) / tau', until = 'v .gt. E + 12 * MV', fires = '', enters = '', waits = '' }) => `
  <Regime name="integrating" initial="true">
    <TimeDerivative variable="v" value="iMemb / C"/><TimeDerivative variable="w" value="${rateOfW}"/>
    <OnCondition test="${until}">${fires}<EventOut port="spike"/><Transition regime="waiting"/></OnCondition>
  </Regime>
  <Regime name="waiting">
    <OnEntry>
      <StateAssignment variable="last" value="t"/><StateAssignment variable="v" value="E - 2 * MV"/>${enters}
    </OnEntry>
    ${waits}
    <OnCondition test="${waits === '' ? '' : 'w .lt. 1 .or. '}t .gt. last + tau"><Transition regime="integrating"/></OnCondition>
  </Regime>`;
const goesOn = '<TimeDerivative variable="w" value="(u - w) / tau"/>';
const adds = '<StateAssignment variable="w" value="w + 0.4 * u"/>';

/** Spikes of a model, those of its strict conversion, and those of both in the same steps. */
async function spikesOf(valid: ValidModel): Promise<readonly (readonly number[])[]> {
  const { populations } = await checkConversion(valid, 'brian-json', { strict: true });
  return populations.map(({ spikes, matched, largest }) => [...spikes, largest < 1e-9 ? matched : NaN]);
}

test.each([
  ['a variable from the new value of another one', regimes({ rateOfW: '((v - E) / MV - w) / tau' })],
  [
    'the same where the other regime does more than wait',
    regimes({ rateOfW: '((v - E) / MV - w) / tau', waits: goesOn }),
  ],
  ['a condition on what was computed before the step', regimes({ until: 'u .gt. 12' })],
  ['an assignment of what was computed before the step', regimes({ fires: adds })],
  ['the same on entry, and in a condition of the other regime', regimes({ enters: adds, waits: goesOn })],
])('regimes have %s', async (_, members) => {
  const valid = cell(members);
  const { outcome } = await convertModel(valid, 'brian-json', { strict: true });
  expect(outcome).toBe('equivalent');
  const [[ours = 0, theirs, same] = []] = await spikesOf(valid);
  expect(ours).toBeGreaterThan(10);
  expect([theirs, same]).toEqual([ours, ours]);
  const plain = await convertModel(valid, 'brian-json');
  expect(plain.report.map(({ code, verdict }) => `${code} ${verdict}`)).toContain('brian/parts approximated');
});

test('conditions outside of regimes are tested before these change what they read, which is said', async () => {
  const eases = '<OnCondition test="w .gt. 4"><StateAssignment variable="v" value="v - 6 * MV"/></OnCondition>';
  const { report } = await convertModel(cell(eases + regimes({})), 'brian-json', { strict: true });
  expect(report.filter(({ verdict }) => verdict === 'approximated')).toMatchObject([
    { code: 'brian/parts', message: expect.stringContaining('before these change w') as string },
  ]);
});

test('a cell whose regimes and other conditions emit spikes has one threshold', async () => {
  const also =
    '<OnCondition test="w .gt. 4"><StateAssignment variable="w" value="0"/><EventOut port="spike"/></OnCondition>';
  const { report } = await convertModel(cell(also + regimes({})), 'brian-json');
  expect(report.filter(({ verdict }) => verdict === 'notExpressible')).toEqual([]);
});

const plastic = `
  <blockingPlasticSynapse id="syn" gbase="4nS" erev="0mV" tauRise="1ms" tauDecay="4ms">
    <plasticityMechanism type="tsodyksMarkramDepFacMechanism" initReleaseProb="0.4" tauRec="30ms" tauFac="20ms"/>
  </blockingPlasticSynapse>
  <timedSynapticInput id="timed" synapse="syn" spikeTarget="./syn">
    ${[10, 14, 15.5, 40, 41, 80].map((time, id) => `<spike id="${id}" time="${time}ms"/>`).join('')}
  </timedSynapticInput>
  <poissonFiringSynapse id="noise" averageRate="400per_s" synapse="syn" spikeTarget="./syn"/>`;
const fires =
  '<TimeDerivative variable="v" value="iMemb / C"/><TimeDerivative variable="w" value="(u - w) / tau"/>' +
  '<OnCondition test="v .gt. E + 12 * MV"><StateAssignment variable="v" value="E"/><EventOut port="spike"/></OnCondition>';

test('plasticity of a synapse that an input carries is that of a synapse in Brian', async () => {
  const valid = cell(fires, '<explicitInput target="cells[0]" input="timed" destination="synapses"/>', plastic);
  const { outcome } = await convertModel(valid, 'brian-json', { strict: true });
  expect(outcome).toBe('equivalent');
  const [[ours = 0, theirs, same] = []] = await spikesOf(valid);
  expect(ours).toBeGreaterThan(5);
  expect([theirs, same]).toEqual([ours, ours]);
});

test.each([true, false])(
  'an input of which spikes come in neighbouring steps stays one cell (strict: %s)',
  async (strict) => {
    const near =
      plastic.replace('time="14ms"', 'time="10.08ms"').replace(/<blocking[^]*?<\/blockingPlasticSynapse>/, '') +
      '<expOneSynapse id="syn" gbase="4nS" erev="0mV" tauDecay="4ms"/>';
    const valid = cell(fires, '<explicitInput target="cells[0]" input="timed" destination="synapses"/>', near);
    const { files, outcome } = await convertModel(valid, 'brian-json', { strict });
    expect(Object.keys(importModel(files[0]!).valid.model.populations)).toContain('timed');
    expect(outcome).toBe('approximate');
  },
);

test.each([true, false])('also where it is driven at random (strict: %s)', async (strict) => {
  const valid = cell(fires, '<explicitInput target="cells[0]" input="noise" destination="synapses"/>', plastic);
  const { files } = await convertModel(valid, 'brian-json', { strict });
  // The uses of a spike are of the synapse, as its variables are.
  expect(Object.keys(importModel(files[0]!).valid.model.synapses)).toHaveLength(1);
});

test('a synapse that an input carries reads the potential of the step before, which is kept or said', async () => {
  const simple = `<expOneSynapse id="syn" gbase="4nS" erev="0mV" tauDecay="4ms"/>
    <timedSynapticInput id="timed" synapse="syn" spikeTarget="./syn"><spike id="0" time="10ms"/></timedSynapticInput>`;
  const valid = cell(fires, '<explicitInput target="cells[0]" input="timed" destination="synapses"/>', simple);
  const [plain, strict] = [
    await convertModel(valid, 'brian-json'),
    await convertModel(valid, 'brian-json', { strict: true }),
  ];
  expect(plain.report.filter(({ code }) => code === 'brian/parts')).toMatchObject([
    {
      pointer: '/populations/timed',
      verdict: 'approximated',
      message: expect.stringContaining('inner ones read v') as string,
    },
  ]);
  expect([plain.outcome, strict.outcome]).toEqual(['approximate', 'equivalent']);
});
