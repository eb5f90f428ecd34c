import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { convertModel } from '../../../src/convert/convert.js';
import { inFolder } from '../../../src/convert/in-folder.js';
import { checkConversion } from '../../support/check-conversion.js';
import { importModel, readSource } from '../../../src/pipeline/pipeline.js';
import { root } from '../../support/import-graph.js';
import '../../../translators/brian/road.js';
import '../../../translators/sonata/road.js';
import '../../../translators/pynn/road.js';

describe('circuits that are written again', () => {
  it.each(['psc-alpha', 'groups-nsyns', 'aeif-cond-exp', 'glif-adapting', 'models-by-type'])(
    '%s keeps its model and experiment',
    async (name) => {
      const { valid, hashes } = importModel(readSource(resolve(root, 'fixtures/sonata', name, 'config.json')));
      const { files, outcome } = await convertModel(valid, 'sonata');
      expect(outcome).not.toBe('incomplete');
      const again = await inFolder(files, (path) => importModel(readSource(path)));
      expect([again.hashes.model, again.hashes.experiment]).toEqual([hashes.model, hashes.experiment]);
    },
  );

  it('keep spikes and samples if clamps and reports are divided among populations', async () => {
    const { valid } = importModel(readSource(resolve(root, 'fixtures/sonata/several-populations/config.json')));
    const { grade, spikes, variables } = await checkConversion(valid, 'sonata');
    expect([grade, spikes]).toEqual(['same spikes', [295, 295]]);
    expect(variables?.map(({ variable, largest }) => [variable, largest])).toEqual([
      ['v', 0],
      ['v', 0],
      ['gsyn_exc', 0],
    ]);
  });

  it('are read as the model that they carry, until a file of them changes', async () => {
    const { valid, hashes } = importModel(readSource(resolve(root, 'fixtures/pynn/if-curr-exp.json')));
    const { files } = await convertModel(valid, 'sonata', { origin: true });
    expect(files.at(-1)?.name).toBe('simulation_config.interneuron.json');
    const again = await inFolder(files, (path) => importModel(readSource(path)));
    expect(again.hashes.model).toBe(hashes.model);
    const changed = files.map((file) =>
      file.name === 'network/driven_nodes.h5' ? { ...file, bytes: file.bytes!.with(-1, 1) } : file,
    );
    const other = await inFolder(changed, (path) => importModel(readSource(path)));
    expect(other.hashes.model).not.toBe(hashes.model);
    expect(other.diagnostics.map(({ code }) => code)).toContain('origin/changed');
  });

  it('have the same bytes each time', async () => {
    const { valid } = importModel(readSource(resolve(root, 'fixtures/sonata/psc-alpha/config.json')));
    const [first, second] = [await convertModel(valid, 'sonata'), await convertModel(valid, 'sonata')];
    expect(second.files).toEqual(first.files);
  });
});

describe('models of other notations', () => {
  it.each<readonly [path: string, grade: string, codes: readonly string[]]>([
    ['brian/poisson-input.yaml', 'same within δ', ['poisson-input']],
    ['pynn/connector-fixed-probability.json', 'same spikes', ['drawn']],
    ['pynn/connector-from-list.json', 'same spikes', []],
    ['pynn/eif-cond-exp-isfa-ista.json', 'same within δ', ['reset', 'all-spikes']],
    ['pynn/if-cond-exp-gsfa-grr.json', 'same spikes', ['all-spikes']],
    ['pynn/if-curr-delta.json', 'same spikes', ['all-spikes']],
    ['pynn/sources.json', 'same spikes', ['drawn']],
    ['pynn/vogels-abbott-coba.json', 'same spikes', ['drawn', 'node-parameters']],
  ])('%s', async (path, grade, codes) => {
    const { valid } = importModel(readSource(resolve(root, 'fixtures', path)));
    const converted = await convertModel(valid, 'sonata');
    expect(converted.outcome).toBe('not measured');
    const found = converted.report.filter(({ verdict }) => verdict !== 'exact').map(({ code }) => code);
    expect(found).toEqual(expect.arrayContaining(codes.map((code) => `sonata/${code}`)));
    expect((await checkConversion(valid, 'sonata', { converted, seconds: 0.1 })).grade).toBe(grade);
  });

  it.each<readonly [path: string, pointer: string, message: string]>([
    ['pynn/stdp-additive.json', '/projections/plastic', 'synapses that are not static'],
    ['pynn/electrical.json', '/projections/gap', 'synapses that are not static'],
    ['pynn/delays-changed.json', '/experiment/protocol/1', 'changes during a run'],
    ['pynn/current-sources.json', '/stimuli/noise', 'a current that is drawn'],
    ['pynn/gif-cond-exp.json', '/populations/driven', 'cells of the type GIF_cond_exp'],
  ])('%s: %s cannot be said', async (path, pointer, message) => {
    const { valid } = importModel(readSource(resolve(root, 'fixtures', path)));
    const { outcome, report } = await convertModel(valid, 'sonata');
    expect(outcome).toBe('incomplete');
    expect(report).toContainEqual({
      verdict: 'notExpressible',
      code: 'sonata/not-expressible',
      pointer,
      message: expect.stringContaining(message) as string,
    });
  });
});
