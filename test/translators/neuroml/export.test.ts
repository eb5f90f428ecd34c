/**
 * Models written as LEMS and read back: the same number of spikes, at times that differ by what forward Euler and the order of a step explain.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { convertModel } from '../../../src/convert.js';
import { importModel, readSource, runModel, type ImportedModel, type ImportOptions } from '../../../src/pipeline.js';
import { missingInterpreter, runReference } from '../../interoperability/reference-interpreter.js';

/** Spike times in s of each population. */
async function spikesOf(model: ImportedModel): Promise<ReadonlyMap<string, number>> {
  const result = await runModel(model, { target: 'wasm' });
  if (result.kind !== 'run') throw new Error('nothing was run');
  const counts = new Map(result.record.populations.map(({ name, spikes }) => [name, spikes]));
  result.dispose();
  return counts;
}

async function converted(path: string, options: ImportOptions = {}, freeze = false) {
  const original = importModel(readSource(path), options);
  const { files, report } = await convertModel(original.valid, 'lems', { freeze });
  const text = files[0]?.text ?? '';
  return { original, text, report, back: importModel({ name: 'exported.xml', text }) };
}

describe('models that LEMS can say', () => {
  it.each([
    ['a leaky cell with refractoriness', 'fixtures/brian/single-lif.yaml', ['G']],
    ['synapses that add to a current', 'fixtures/pynn/if-curr-exp.json', ['driven', 'receiver']],
    ['synapses that add to a conductance', 'fixtures/pynn/if-cond-exp.json', ['driven', 'receiver']],
    ['cells with channels, of NeuroML', 'fixtures/neuroml/network.xml', ['exc', 'inh']],
  ])(
    '%s',
    async (_, path, populations) => {
      const { original, report, back } = await converted(path);
      expect(report.filter(({ verdict, pointer }) => verdict === 'notExpressible' && !pointer.startsWith('/recordings'))).toEqual([]);
      expect(back.valid.model.timing).toBe('lems-euler');
      const [ours, theirs] = [await spikesOf(original), await spikesOf(back)];
      for (const population of populations) {
        expect(ours.get(population), population).toBeDefined();
        expect(theirs.get(population), population).toBe(ours.get(population));
      }
    },
    60_000,
  );
});

describe('the report', () => {
  it('says that forward Euler stands for the method', async () => {
    const { report } = await converted('fixtures/brian/single-lif.yaml');
    expect(report.map(({ code }) => code)).toContain('lems/forward-euler');
  });

  it('names what LEMS has no words for', async () => {
    const model = importModel(readSource('fixtures/brian/run-regularly.yaml'));
    const { report } = await convertModel(model.valid, 'lems');
    expect(report).toContainEqual(expect.objectContaining({ verdict: 'notExpressible', message: 'LEMS runs no code during a simulation' }));
  });
});

it('keeps the rules of connections that were drawn', async () => {
  const { text } = await converted('fixtures/pynn/connector-fixed-probability.json', {}, true);
  expect(text).toMatch(/<property tag="connect [^"]*" value="\[\{&quot;rule&quot;:&quot;/);
  expect(readFileSync('fixtures/pynn/connector-fixed-probability.json', 'utf8')).toContain('FixedProbabilityConnector');
});

describe.skipIf(missingInterpreter() !== null)('the reference interpreter', () => {
  it.each([
    ['fixtures/brian/single-lif.yaml', 'spikes.spikes'],
    ['fixtures/pynn/if-cond-exp.json', 'driven_spikes.spikes'],
  ])(
    'runs %s, exported, to the same spikes',
    async (path, file) => {
      const { text, back } = await converted(path);
      const folder = mkdtempSync(join(tmpdir(), 'interneuron-lems-'));
      try {
        writeFileSync(join(folder, 'exported.xml'), text);
        await runReference(folder, 'exported.xml');
        const theirs = readFileSync(join(folder, file), 'utf8');
        const result = await runModel(back, { target: 'wasm', outputFolder: folder });
        if (result.kind === 'run') result.dispose();
        expect(theirs.split('\n').length).toBeGreaterThan(5);
        expect(readFileSync(join(folder, file), 'utf8').replace(/\s+/g, ' ')).toBe(theirs.replace(/\s+/g, ' '));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    60_000,
  );
});
