import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as interneuron from '../src/index.js';
import { root } from './support/import-graph.js';

describe('the public names', () => {
  it('grow by decision only', () => {
    expect(Object.keys(interneuron).sort()).toEqual([
      'DiagnosticError',
      'InterruptedError',
      'InvariantError',
      'UsageError',
      'convertModel',
      'hashModel',
      'importModel',
      'openModel',
      'probeTargets',
      'readSource',
      'renderDiagnostics',
      'runModel',
      'runReport',
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
      'ConversionEntry',
      'ConvertOptions',
      'ConvertedModel',
      'DataStore',
      'Diagnostic',
      'Engine',
      'Fingerprint',
      'GeneratedResult',
      'ImportOptions',
      'ImportedModel',
      'Model',
      'ModelHashes',
      'ModelSession',
      'Notation',
      'Place',
      'PopulationReport',
      'RenderOptions',
      'RunOptions',
      'RunRecord',
      'RunReport',
      'RunResult',
      'SessionOptions',
      'Severity',
      'Source',
      'SpikeTrains',
      'StageTimes',
      'Taken',
      'TakenSamples',
      'TakenSpikes',
      'TakenSynapses',
      'TargetNotation',
      'ValidModel',
      'Verdict',
      'Verification',
    ]);
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
