import { someOf } from '../../support/effort.js';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { convertModel } from '../../../src/convert/convert.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { documentOf } from '../../interoperability/pynn/probe.js';
import { networkProbes, probes } from '../../interoperability/pynn/probes/all.js';
import { simulate } from '../../support/simulate.js';
import '../../../translators/pynn/road.js';

const folder = new URL('../../../fixtures/pynn/', import.meta.url);
/** Connections of a file are read if the document is a file; `connectors.test.ts` does. */
const fixtures = readdirSync(folder).filter((name) => name.endsWith('.json') && name !== 'connector-from-file.json');
const textOf = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
/** Networks that take the interpreter too long. */
const networks =
  /^(vogels-abbott-|brunel|hodgkin-huxley-network|potjans-diesmann|short-term-plasticity-network|stdp-network)/;
const small = fixtures.filter((name) => !networks.test(name));
const large = fixtures.filter((name) => networks.test(name));

describe('the fixtures', () => {
  it('hold a document for each cell and connector', () => {
    expect(fixtures.length).toBeGreaterThan(30);
  });

  it.each(someOf(small, 6, 'documents'))('%s runs alike on all engines', async (name) => {
    const result = await simulate(textOf(name), { steps: 300 });
    expect(result.faults).toEqual([]);
  });

  it.each(large)('%s runs alike on one thread and on two', async (name) => {
    const engines = [
      { target: 'wasm', threads: 1 },
      { target: 'wasm', threads: 2 },
    ] as const;
    const result = await simulate(textOf(name), { steps: 200, engines });
    expect(result.faults).toEqual([]);
    expect([...result.events.values()].some((events) => events.length > 0)).toBe(true);
  });

  it.each(fixtures.filter((name) => name !== 'current-sources.json'))(
    '%s loses nothing when it is written and read again',
    async (name) => {
      const { valid, hashes } = importModel({ name, text: textOf(name) });
      const { files, report } = await convertModel(valid, 'pynn-json');
      expect(report.filter(({ verdict }) => verdict !== 'exact')).toEqual([]);
      const again = importModel({ name: 'again', text: files[0]!.text });
      expect([again.hashes.model, again.hashes.experiment]).toEqual([hashes.model, hashes.experiment]);
      expect(again.valid.model.recordings.map(({ of }) => of)).toEqual(valid.model.recordings.map(({ of }) => of));
    },
  );

  it('connector-from-file.json, read from its file, loses no part either', async () => {
    const name = fileURLToPath(new URL('connector-from-file.json', folder));
    const { valid, hashes } = importModel({ name, text: textOf('connector-from-file.json') });
    const { files, report } = await convertModel(valid, 'pynn-json');
    expect(report.filter(({ verdict }) => verdict !== 'exact')).toEqual([]);
    const again = importModel({ name: 'again', text: files[0]!.text });
    expect([again.hashes.model, again.hashes.experiment]).toEqual([hashes.model, hashes.experiment]);
  });

  it('a current source that a phase changes is written as the steps that it makes', async () => {
    const { valid } = importModel({ name: 'x', text: textOf('current-sources.json') });
    const { files, report } = await convertModel(valid, 'pynn-json');
    expect(report.filter(({ verdict }) => verdict !== 'exact')).toEqual([]);
    const sources = (JSON.parse(files[0]!.text) as { current_sources: object[] }).current_sources;
    expect(sources).toMatchObject([
      { type: 'StepCurrentSource', params: { times: [10, 20, 32, 40], amplitudes: [1, 0, 2, 0] }, inject_into: ['c0'] },
      { type: 'StepCurrentSource', params: { times: [5, 15, 30], amplitudes: [0.5, -0.5, 0.25] } },
      { type: 'ACSource', params: { amplitude: 0.5, frequency: 50, start: 10 } },
      { type: 'NoisyCurrentSource', params: { mean: 0.2, stdev: 0.5, dt: 0.1 } },
    ]);
    // The same currents: only the noise could tell the two apart, and it has the name of its source.
    const again = await simulate(files[0]!.text);
    const first = await simulate(textOf('current-sources.json'));
    expect(again.samples.get('cells.v')).toEqual(first.samples.get('cells.v'));
  });
});

/** A current that a phase changes is written as its steps (see above); probes with files need their folder. */
const probed = [...probes, ...networkProbes].filter((probe) => probe.name !== 'set_source' && !('files' in probe));

describe('the documents that are compared with PyNN’s simulators lose no part when they are written and read again', () => {
  it.each(probed.map((probe) => [`${probe.section}: ${probe.name}`, probe.document] as const))(
    '%s',
    async (_, document) => {
      const { valid, hashes } = importModel({ name: 'x', text: JSON.stringify(documentOf(document)) });
      const { files, report } = await convertModel(valid, 'pynn-json');
      expect(report.filter(({ verdict }) => verdict !== 'exact')).toEqual([]);
      const again = importModel({ name: 'again', text: files[0]!.text });
      expect([again.hashes.model, again.hashes.experiment]).toEqual([hashes.model, hashes.experiment]);
    },
  );
});

describe('a PyNN script', () => {
  it('names standard types, generators, connectors and recordings', async () => {
    const { valid } = importModel({ name: 'x', text: textOf('seeded-connections.json') });
    const { files } = await convertModel(valid, 'pynn', { name: 'seeded.py' });
    expect(files.map(({ name }) => name)).toEqual(['seeded.py']);
    const text = files[0]!.text;
    expect(text).toContain('connections = NumpyRNG(seed=42)');
    expect(text).toContain('sim.FixedProbabilityConnector(p_connect=0.4, rng=connections)');
    expect(text).toContain('weight=RandomDistribution("uniform", low=0.1, high=0.2, rng=weights)');
    expect(text).toContain('receivers.record("v", sampling_interval=1)');
    expect(text).toContain('sim.run(50)');
  });
});
