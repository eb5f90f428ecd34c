/** Text files that a model names, after conversion: their columns show the converted model's recordings. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { datFiles } from '../../runtime/results/dat/plan.js';
import { convertModel } from '../../src/convert/convert.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';
import '../../translators/pynn/road.js';

/** The columns of a fixture of LEMS in another notation, by file, and the report. */
async function columnsIn(fixture: string, to: 'brian-json' | 'pynn-json', given?: string) {
  const file = `fixtures/neuroml/${fixture}.xml`;
  const { valid } = importModel({ name: file, text: given ?? readFileSync(file, 'utf8') });
  const { files, report } = await convertModel(valid, to);
  const { model } = importModel({ name: 'model.json', text: files[0]?.text ?? '' }).valid;
  return { files: datFiles(model.annotations), codes: report.map(({ code }) => code), model };
}

describe('columns of text files', () => {
  test('follow synapses that the target sums: the synapses of one train to cells 1, 1 and 10', async () => {
    const { files, model } = await columnsIn('synapses', 'brian-json');
    const [, file] = files;
    expect(file?.kind === 'columns' && file.columns.slice(0, 2)).toEqual([
      { id: 'one', recording: 'toOne_g', variable: 'g_expOne', index: 1 },
      { id: 'delayed', recording: 'toOne_g', variable: 'g_expOne', index: 10 },
    ]);
    const recording = model.recordings.find(({ name }) => name === 'toOne_g');
    expect(recording?.of).toEqual({ population: 'cells', indices: [1, 10] });
  });

  test('name events that are no spikes', async () => {
    const text = `<Lems>
  <Target component="run"/>
  <Include file="Networks.xml"/><Include file="Simulation.xml"/>
  <ComponentType name="clock">
    <Parameter name="period" dimension="time"/>
    <EventPort name="ticks" direction="out"/>
    <Dynamics>
      <StateVariable name="next" dimension="time"/>
      <OnStart><StateAssignment variable="next" value="period"/></OnStart>
      <OnCondition test="t .gt. next">
        <StateAssignment variable="next" value="next + period"/>
        <EventOut port="ticks"/>
      </OnCondition>
    </Dynamics>
  </ComponentType>
  <clock id="clock" period="3ms"/>
  <network id="net"><population id="clocks" component="clock" size="1"/></network>
  <Simulation id="run" length="10ms" step="0.1ms" target="net">
    <EventOutputFile id="out" fileName="ticks.dat" format="TIME_ID">
      <EventSelection id="0" select="clocks[0]" eventPort="ticks"/>
    </EventOutputFile>
  </Simulation>
</Lems>`;
    const { files } = await columnsIn('clock', 'brian-json', text);
    const events = files.flatMap((file) => (file.kind === 'events' ? file.selections : []));
    expect(events.map(({ event }) => event)).toEqual(['ticks']);
  });

  test('are left out of PyNN, since its recordings have no names, and the report states it', async () => {
    const { files, codes } = await columnsIn('pynn-cells', 'pynn-json');
    expect(files).toEqual([]);
    expect(codes).toContain('pynn/output-files');
  });
});
