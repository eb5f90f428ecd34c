/** Results contain the positions of cells, in micrometres. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importModel, runModel } from '../../../../src/pipeline/pipeline.js';
import '../../../../translators/neuroml/road.js';

const model = `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="d">
  <iafCell id="cell" leakReversal="-50mV" thresh="-55mV" reset="-70mV" C="0.2nF" leakConductance="0.01uS"/>
  <network id="n"><population id="p" component="cell" type="populationList">
    <instance id="0"><location x="1" y="2" z="3"/></instance><instance id="1"><location x="4.5" y="5" z="-6"/></instance></population>
    <population id="q" component="cell" size="1"/></network></neuroml>`;

interface Written {
  readonly blocks: readonly [
    {
      readonly segments: readonly [
        {
          readonly spiketrains: readonly { readonly annotations: Readonly<Record<string, unknown>> }[];
          readonly analogsignals: readonly { readonly array_annotations: Readonly<Record<string, unknown>> }[];
        },
      ];
    },
  ];
}

test('trains and signals of cells with places', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'interneuron-places-'));
  try {
    const path = join(folder, 'result.json');
    const imported = importModel(
      { name: 'd.nml', text: model },
      { duration: '1 ms', dt: '0.1 ms', record: ['p:spikes', 'q:spikes', 'p:v@0.5ms', 'q:v@0.5ms'] },
    );
    const result = await runModel(imported, { target: 'wasm', outputs: [path] });
    if (result.kind === 'run') result.dispose();
    const [segment] = (JSON.parse(readFileSync(path, 'utf8')) as Written).blocks[0].segments;
    expect(segment.spiketrains.map(({ annotations }) => annotations)).toEqual([
      { population: 'p', cell_id: 0, event: 'spike', x: 1, y: 2, z: 3 },
      { population: 'p', cell_id: 1, event: 'spike', x: 4.5, y: 5, z: -6 },
      { population: 'q', cell_id: 0, event: 'spike' },
    ]);
    expect(segment.analogsignals.map(({ array_annotations: places }) => places)).toEqual([
      { cell_id: [0, 1], x: [1, 4.5], y: [2, 5], z: [3, -6] },
      { cell_id: [0] },
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
