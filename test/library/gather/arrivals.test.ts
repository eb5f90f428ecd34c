/** In which steps spikes of LEMS arrive in Brian, and in which samples are taken. Steps are those of jLEMS. */

import { expect, test } from 'vitest';
import { endsOfSteps } from '../../../src/library/gather/step-times.js';
import { checkConversion } from '../../../src/run/check-conversion.js';
import { convertModel } from '../../../src/run/convert.js';
import { importModel } from '../../../src/run/pipeline.js';
import type { ValidModel } from '../../../src/model/model.js';

const cell = (id: string, leak: string): string =>
  `<iafCell id="${id}" leakReversal="${leak}" thresh="-55mV" reset="-70mV" C="200pF" leakConductance="20nS"/>`;
const twoExponentials = '<expTwoSynapse id="syn" gbase="5nS" erev="0mV" tauRise="1ms" tauDecay="3ms"/>';
const oneExponential = '<expOneSynapse id="syn" gbase="5nS" erev="0mV" tauDecay="3ms"/>';

/** A pacemaker and a cell that it excites. */
function network(synapse: string, connection: string, { columns = '', step = '0.01ms' } = {}): ValidModel {
  const text = `<Lems>
  <Target component="run"/>
  <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
  ${cell('pacer', '-50mV')}${cell('other', '-65mV')}${synapse}
  <network id="net">
    <population id="pacers" component="pacer" size="1"/>
    <population id="others" component="other" size="1"/>
    <projection id="link" presynapticPopulation="pacers" postsynapticPopulation="others" synapse="syn">
      ${connection}
    </projection>
  </network>
  <Simulation id="run" length="40ms" step="${step}" target="net">
    <OutputFile id="out" fileName="out.dat"><OutputColumn id="v" quantity="others[0]/v"/>${columns}</OutputFile>
  </Simulation>
</Lems>`;
  return importModel({ name: 'model.xml', text }).valid;
}
const plain = '<connection id="0" preCellId="../pacers[0]" postCellId="../others[0]"/>';
const delayed = (delay: string): string =>
  `<connectionWD id="0" preCellId="../pacers[0]" postCellId="../others[0]" weight="1" delay="${delay}"/>`;
const ofSynapse = '<OutputColumn id="g" quantity="others[0]/synapses:syn:0/g"/>';

async function said(valid: ValidModel): Promise<readonly string[]> {
  const { report } = await convertModel(valid, 'brian-json');
  return report
    .filter(({ code }) => /order-in-step|delay|sampling/.test(code ?? ''))
    .map(({ verdict, code }) => `${verdict} ${code}`);
}

const apart = async (valid: ValidModel, variable: string): Promise<number> => {
  const { variables = [] } = await checkConversion(valid, 'brian-json');
  const found = variables.find((one) => one.variable === variable);
  return found === undefined ? NaN : found.largest / found.range;
};

test('spikes are due at the first sum of steps that is no less than their time', () => {
  // 950 steps of 0.01 ms add up to less than 9.5 ms. What is due at 0 comes with the first step.
  expect(endsOfSteps([9.5e-3, 3e-3, 20.013e-3, 0], 1e-5)).toEqual([9.51e-3, 3e-3, 20.02e-3, 1e-5]);
});

test('spikes of arrays are in the steps in which LEMS has them', async () => {
  const text = `<Lems>
  <Target component="run"/>
  <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
  <spikeArray id="array"><spike id="0" time="3ms"/><spike id="1" time="9.5ms"/><spike id="2" time="20.013ms"/></spikeArray>
  <network id="net"><population id="arrays" component="array" size="1"/></network>
  <Simulation id="run" length="30ms" step="0.01ms" target="net">
    <EventOutputFile id="out" fileName="out.spikes" format="ID_TIME">
      <EventSelection id="0" select="arrays[0]" eventPort="spike"/>
    </EventOutputFile>
  </Simulation>
</Lems>`;
  const { valid } = importModel({ name: 'model.xml', text });
  const { files } = await convertModel(valid, 'brian-json');
  // jNeuroML 0.14 writes 3, 9.51 and 20.02 ms; Brian calls a step by its beginning.
  const { spike_generators: generators } = JSON.parse(files[0]?.text ?? '') as {
    spike_generators: { arrays: { times: unknown } };
  };
  expect(JSON.stringify(generators.arrays.times)).toMatch(/2\.99.*9\.5\b.*20\.01\b/);
  const { matched, populations } = await checkConversion(valid, 'brian-json');
  expect(matched).toBe(3);
  expect(populations[0]?.largest).toBeLessThan(1e-9);
});

test('a spike that changes nothing at once is felt in the same step, where synapses are advanced before they are summed', async () => {
  const valid = network(twoExponentials, plain, { columns: ofSynapse });
  expect(await said(valid)).toEqual([]);
  expect(await apart(valid, 'v')).toBeLessThan(1e-9);
  expect(await apart(valid, 'g')).toBeLessThan(1e-9);
});

test('a spike that acts at once on a later cell does so a step later', async () => {
  const valid = network(oneExponential, plain);
  expect(await said(valid)).toEqual(['approximated brian/order-in-step']);
  expect(await apart(valid, 'v')).toBeGreaterThan(1e-5);
});

test('delays by which the sum of steps decides are approximated; others are as many steps', async () => {
  // 150 steps of 0.01 ms are sometimes more and sometimes less than 1.5 ms.
  expect(await said(network(oneExponential, delayed('1.5ms')))).toEqual(['approximated brian/delay']);
  for (const delay of ['1.503ms', '1.507ms']) {
    const valid = network(oneExponential, delayed(delay));
    expect((await said(valid)).filter((one) => one.startsWith('approximated'))).toEqual([]);
    expect(await apart(valid, 'v')).toBeLessThan(1e-9);
  }
});

test('what is computed from the state is recorded a step apart, which is said', async () => {
  const valid = network(oneExponential, plain, { columns: '<OutputColumn id="i" quantity="others[0]/iMemb"/>' });
  expect(await said(valid)).toContain('equivalent brian/sampling');
  const before = network(oneExponential, plain);
  expect(await said(before)).not.toContain('equivalent brian/sampling');
});
