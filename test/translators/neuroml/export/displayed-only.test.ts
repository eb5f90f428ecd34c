/** Quantities that a document only displays, in a model that has lost its displays, as models in a check have. */

import { expect, test } from 'vitest';
import { convertModel } from '../../../../src/convert/convert.js';
import { importModel } from '../../../../src/pipeline/pipeline.js';
import '../../../../translators/neuroml/road.js';

const text = `<Lems>
  <Target component="run"/>
  <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
  <iafCell id="cell" leakReversal="-65mV" thresh="-50mV" reset="-65mV" C="100pF" leakConductance="5nS"/>
  <pulseGenerator id="pulse" delay="2ms" duration="3ms" amplitude="1nA"/>
  <network id="net">
    <population id="cells" component="cell" size="2"/>
    <explicitInput target="cells[0]" input="pulse" destination="synapses"/>
  </network>
  <Simulation id="run" length="10ms" step="0.1ms" target="net">
    <Display id="d" title="current" timeScale="1ms" xmin="0" xmax="10" ymin="0" ymax="1">
      <Line id="i" quantity="cells[0]/pulse/i" scale="1nA" timeScale="1ms"/>
    </Display>
    <OutputFile id="out" fileName="out.dat"><OutputColumn id="v" quantity="cells[0]/v"/></OutputFile>
  </Simulation>
</Lems>`;

test.each([true, false])('is written to files; with displays: %s', async (isDisplayed) => {
  const { valid } = importModel({ name: 'model.xml', text });
  const { displays, ...annotations } = valid.model.annotations;
  expect(displays).toBeDefined();
  const recordings = [...valid.model.recordings, { of: { population: 'cells' }, variables: ['v'], name: 'all' }];
  const model = { ...valid.model, recordings, ...(isDisplayed ? {} : { annotations }) };
  const { files } = await convertModel({ ...valid, model }, 'lems');
  const columns = [...(files[0]?.text ?? '').matchAll(/<OutputColumn [^>]*quantity="([^"]*)"/g)].map(
    ([, path]) => path,
  );
  const current = isDisplayed ? [] : ['cells[0]/pulse/i'];
  expect(new Set(columns)).toEqual(new Set(['cells[0]/v', 'cells[1]/v', ...current]));
});
