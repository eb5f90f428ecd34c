/** Generators of LEMS elsewhere: currents in the same steps, and recordings of them. */

import { expect, test } from 'vitest';
import { checkConversion } from '../../support/check-conversion.js';
import { convertModel } from '../../../src/convert/convert.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { readSource } from '../../../src/pipeline/read/read-source.js';
import '../../../translators/brian/road.js';
import '../../../translators/neuroml/road.js';
import '../../../translators/pynn/road.js';

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

test('of generators in Brian, currents are recorded and other variables are left out', async () => {
  const columns =
    '<OutputColumn id="a" quantity="cells[0]/v"/><OutputColumn id="b" quantity="clocks[0]/tsince"/>' +
    '<OutputColumn id="c" quantity="cells[0]/synapses:pulse:0/i"/>';
  const { valid } = importModel({ name: 'model.xml', text: document(leaky, columns) });
  const { files, report } = await convertModel(valid, 'brian-json');
  expect(report.filter(({ verdict }) => verdict === 'notExpressible').map(({ message }) => message)).toEqual([
    'tsince of a source of spikes or currents, which has no equations here',
  ]);
  const { recordings } = importModel({ name: 'model.json', text: files[0]?.text ?? '' }).valid.model;
  expect(recordings).toHaveLength(valid.model.recordings.length - 1);
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

test('a source whose variables synapses read is no list of spikes', async () => {
  const { valid } = importModel(readSource('fixtures/cells/network-of-cells.xml'));
  const { report } = await convertModel(valid, 'brian-json');
  expect(report.filter(({ verdict }) => verdict === 'notExpressible').map(({ code }) => code)).toEqual([
    'brian/emits',
    'brian/linked',
  ]);
});
