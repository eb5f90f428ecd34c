/** nir from PyPI reads the written graphs, and its own graphs give the recorded values again. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRecorded } from '../../src/compare/open-recorded.js';
import { root } from '../support/import-graph.js';
import { missingEnvironment } from '../support/python.js';
import { runCommand, temporaryFolder } from '../support/command.js';

const python = resolve(root, '.venv-nir/bin/python');
const missing = missingEnvironment('.venv-nir');

describe.skipIf(missing !== null)(`nir${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  const folder = temporaryFolder();

  it.each(['affine-lif', 'recurrent-cuba', 'nested-delays', 'all-primitives', 'conv-pool'])(
    'reads %s after it is written again, with its types checked',
    async (name) => {
      const path = folder.file(`${name}.nir`);
      const { code } = await runCommand(['convert', `fixtures/nir/${name}.nir`, '--to', 'nir', '-o', path]);
      expect(code).toBe(0);
      const script = `import nir; print(sum(len(n.output_type['output']) for n in nir.read('${path}').nodes.values()))`;
      expect(Number(execFileSync(python, ['-c', script], { encoding: 'utf8' }))).toBeGreaterThan(0);
    },
  );

  it('writes spikes and traces that are read as recordings', async () => {
    const data = folder.file('data.h5');
    const script = `
import nir, numpy as np
spikes = np.zeros((1, 40, 3), dtype=bool); spikes[0, [0, 7, 7], [0, 1, 2]] = True
gridded = nir.TimeGriddedData(spikes, 1e-3)
trace = nir.TimeGriddedData(np.arange(80.0).reshape(1, 40, 2), 1e-3)
nodes = {'input': {'spikes': gridded}, '1': {'spikes': gridded.to_event(5), 'v': trace}}
nir.write_data('${data}', nir.NIRGraphData({name: nir.NIRNodeData(one) for name, one in nodes.items()}))`;
    execFileSync(python, ['-c', script]);
    const { trains, signals, end } = await openRecorded(data);
    for (const name of ['input', '1'])
      expect(trains.find(({ population }) => population === name)).toMatchObject({
        event: 'spike',
        trains: [Float64Array.of(0), Float64Array.of(0.007), Float64Array.of(0.007)],
      });
    expect(end).toBeCloseTo(0.04, 12);
    expect(signals).toMatchObject([{ owner: '1', variable: 'v', columns: ['0', '1'] }]);
    expect([...signals[0]!.values.subarray(0, 4)]).toEqual([0, 1, 2, 3]);
  });

  it('writes numbers of cells that are refused if they cannot be held', async () => {
    const data = folder.file('wide.h5');
    const script = `
import nir, numpy as np
spikes = nir.EventData(np.zeros((1, 1), dtype=int), np.zeros((1, 1)), 2**24 - 1, 1.0)
nir.write_data('${data}', nir.NIRGraphData({'lif': nir.NIRNodeData({'spikes': spikes})}))`;
    execFileSync(python, ['-c', script]);
    await expect(openRecorded(data)).rejects.toThrow('has no usable number of cells');
  });

  it('reads results as data of the nodes of their graph', async () => {
    const [graph, data] = [resolve(root, 'fixtures/nir/recurrent-cuba.nir'), folder.file('result.nirdata')];
    const spikes = folder.file('spikes.csv');
    writeFileSync(spikes, 'population,id,time (ms)\ninput,0,1\ninput,2,2.5\ninput,1,7\n');
    const run = ['run', graph, '--input', `input=${spikes}`, '--duration', '20 ms', '-o', data];
    const { code, stderr } = await runCommand([...run, '--record', 'cuba:v@0.5ms']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const script = `
import json, nir
data = nir.read_data('${data}')
data.check_nodes(nir.read('${graph}', type_check=False))
events, grid = data.nodes['input'].observables['spikes'], data.nodes['cuba'].observables['v']
print(json.dumps([events.idx.tolist(), events.time.tolist(), events.n_neurons, events.t_max, grid.shape, grid.dt]))`;
    expect(JSON.parse(execFileSync(python, ['-c', script], { encoding: 'utf8' }))).toEqual([
      [[0, 2, 1]],
      [[0.001, 0.0025, 0.007]],
      3,
      0.02,
      [1, 40, expect.any(Number)],
      0.0005,
    ]);
    const part = await runCommand([...run, '--record', 'cuba[0:1]:v', '--force']);
    expect(part).toMatchObject({ code: 2 });
    expect(part.stderr).toContain('cuba.v is recorded of some cells only');
  });

  it('reads results of nested graphs as data of nested nodes', async () => {
    const [graph, data] = [resolve(root, 'fixtures/nir/nested-delays.nir'), folder.file('nested.nirdata')];
    const spikes = folder.file('nested.csv');
    writeFileSync(spikes, 'population,id,time (ms)\ninput,0,1\ninput,2,2\n');
    const words = ['run', graph, '--input', `input=${spikes}`, '--duration', '20 ms', '--record', 'block.lif:v'];
    const { code, stderr } = await runCommand([...words, '-o', data]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const script = `
import json, nir
data, graph = nir.read_data('${data}'), nir.read('${graph}', type_check=False)
data.check_nodes(graph)
print(json.dumps([sorted(data.nodes), data.nodes['block'].nodes['lif'].observables['v'].shape]))`;
    const [nodes, shape] = JSON.parse(execFileSync(python, ['-c', script], { encoding: 'utf8' })) as unknown[];
    expect(nodes).toContain('block');
    expect(shape).toEqual([1, expect.any(Number), 4]);
    expect((await openRecorded(data)).signals.map(({ owner }) => owner)).toContain('block.lif');
  });

  it('gives the recorded values of the fixtures', () => {
    const again = folder.file('again');
    mkdirSync(again);
    execFileSync(python, [resolve(root, 'test/interoperability/python/nir_graphs.py'), again]);
    for (const name of ['recurrent-cuba', 'nested-delays', 'all-primitives'])
      expect(JSON.parse(readFileSync(`${again}/${name}.expected.json`, 'utf8'))).toEqual(
        JSON.parse(readFileSync(resolve(root, `fixtures/nir/${name}.expected.json`), 'utf8')),
      );
  });
});
