import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as interneuron from '../src/index.js';
import { temporaryFolder } from './support/command.js';
import { root } from './support/import-graph.js';

const folder = temporaryFolder();

describe('the public names', () => {
  it('grow by decision only', () => {
    expect(Object.keys(interneuron).sort()).toEqual([
      'DiagnosticError',
      'InterruptedError',
      'InvariantError',
      'UsageError',
      'compare',
      'convertModel',
      'describe',
      'hashModel',
      'importModel',
      'openModel',
      'plot',
      'probeTargets',
      'readSource',
      'renderDiagnostics',
      'runModel',
      'runReport',
      'validate',
      'verifyResult',
      'version',
    ]);
  });

  it('of types grow by decision only', () => {
    const text = readFileSync(join(root, 'src/index.ts'), 'utf8');
    const types = [...text.matchAll(/export type \{([^}]*)\}/g)].flatMap(([, names]) =>
      names!.split(',').map((name) => name.trim()),
    );
    expect(types.filter((name) => name !== '').sort()).toEqual([
      'AdvanceOptions',
      'Availability',
      'Comparison',
      'ComparisonOptions',
      'ConversionEntry',
      'ConvertOptions',
      'ConvertedModel',
      'DataStore',
      'DescriptionFormat',
      'DescriptionSection',
      'Diagnostic',
      'Engine',
      'Fingerprint',
      'GeneratedResult',
      'ImportOptions',
      'ImportedModel',
      'Model',
      'ModelDescription',
      'ModelHashes',
      'ModelSession',
      'Notation',
      'Place',
      'PlotOptions',
      'PopulationComparison',
      'PopulationReport',
      'RenderOptions',
      'RunOptions',
      'RunRecord',
      'RunReport',
      'RunResult',
      'SessionOptions',
      'Severity',
      'SignalComparison',
      'Source',
      'SpikeTrains',
      'StageTimes',
      'Taken',
      'TakenSamples',
      'TakenSpikes',
      'TakenSynapses',
      'TargetNotation',
      'ValidModel',
      'Validation',
      'Verdict',
      'Verification',
    ]);
  });

  it('validate, describe, compare and plot', async () => {
    const wrong = await interneuron.validate(interneuron.readSource('fixtures/readme/two-slips.yaml'));
    expect(wrong.valid).toBe(false);
    expect(wrong.diagnostics.map(({ code, place }) => [code, place?.line])).toEqual([
      ['lang/dimension-mismatch', 14],
      ['lang/dimension-mismatch', 28],
    ]);
    const source = interneuron.readSource('fixtures/readme/first-steps.yaml');
    expect(await interneuron.validate(source)).toMatchObject({ valid: true, notation: 'brian' });
    const imported = interneuron.importModel(source, { duration: '100 ms' });
    expect(await interneuron.describe(imported)).toMatchObject({ title: 'First steps' });
    expect(await interneuron.describe(imported, { format: 'markdown' })).toMatch(/^# First steps\n/);
    const [a, b] = [folder.file('a.json'), folder.file('b.json')];
    const result = await interneuron.runModel(imported, { outputs: [a, b] });
    if (result.kind === 'run') result.dispose();
    expect((await interneuron.compare(a, b, { within: '0.1 ms' })).grade).toBe('identical');
    expect(await interneuron.plot(a, { title: 'Spikes' })).toMatch(/^<svg[^]*Spikes/);
    const png = await interneuron.plot(a, { format: 'png' });
    expect([...png.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  });

  it('run a model', async () => {
    const imported = interneuron.importModel(interneuron.readSource('fixtures/brian/single-lif.yaml'), {
      duration: '20 ms',
    });
    const result = await interneuron.runModel(imported);
    if (result.kind !== 'run') throw new Error('nothing was run');
    expect(result.record.steps).toBe(200);
    expect(result.trains.length).toBe(1);
    result.dispose();
  });
});
