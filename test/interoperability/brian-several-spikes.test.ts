/** Sources that may spike several times in a step, under real Brian 2. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { spikesOf } from '../../src/run/check-conversion.js';
import { convertModel } from '../../src/run/convert.js';
import { importModel } from '../../src/run/pipeline.js';
import { givenCountsIn, withGivenCounts } from '../support/counted-sources.js';
import { fastSources, severalSpikesModels } from '../support/several-spikes-models.js';
import { inSteps } from '../support/same-run.js';
import { chiSquareP } from '../support/statistics.js';
import { missingPython, runPython } from './python-environment.js';

const missing = missingPython(['brian2']);
const folder = mkdtempSync(join(tmpdir(), 'interneuron-several-spikes-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Monitor {
  readonly i: readonly number[];
  readonly t: readonly number[];
  readonly n_spikes?: readonly number[];
}

/** Steps of the spikes of each cell under Brian, by population. */
async function underBrian(text: string, edit: (script: string) => string): Promise<Record<string, number[][]>> {
  const { valid } = importModel({ name: 'model.json', text });
  const { files } = await convertModel(valid, 'brian', { strict: true, name: 'model.py' });
  // Scripts that draw nothing set no seed, of which the run has one line; what is run is no file beside the lists.
  const seeded = (script: string): string =>
    (/^seed\(/m.test(script) ? script : script.replace(/^defaultclock\.dt.*$/m, '$&\nseed(7)')).replace(
      'Path(__file__).parent',
      `Path(${JSON.stringify(folder)})`,
    );
  for (const file of files) writeFileSync(join(folder, file.name), seeded(edit(file.text)));
  const [records] = (await runPython('collect_brian_runs.py', [join(folder, 'model.py'), '7'])) as readonly Record<
    string,
    Monitor
  >[];
  return Object.fromEntries(
    Object.entries(valid.model.populations).map(([name, { size }]) => {
      const trains = Array.from({ length: size }, (): number[] => []);
      const { i, t, n_spikes: counts } = records?.[`${name}_spikes`] ?? { i: [], t: [] };
      i.forEach((cell, k) => {
        for (let spike = 0; spike < (counts?.[k] ?? 1); spike++) trains[cell]?.push(Math.round((t[k] ?? NaN) * 1e4));
      });
      return [name, trains];
    }),
  );
}

describe.skipIf(missing !== null)(`Brian 2${missing === null ? '' : ` (${missing})`}`, () => {
  test.each(severalSpikesModels)('has all spikes in the same steps: %s', { timeout: 180_000 }, async (_, text) => {
    const source = withGivenCounts(importModel({ name: 'model.json', text }).valid);
    expect(await underBrian(text, givenCountsIn)).toEqual(inSteps(await spikesOf(source), 1e-4));
  });

  test('draws numbers of spikes from a Poisson distribution', async () => {
    const { s: trains = [] } = await underBrian(fastSources, (script) => script);
    const counts = trains.flatMap((train) => {
      const steps = new Array<number>(500).fill(0);
      for (const step of train) steps[step]! += 1;
      return steps;
    });
    const p = (k: number): number => (k === 0 ? Math.exp(-0.4) : (p(k - 1) * 0.4) / k);
    expect(chiSquareP(counts, p)).toBeGreaterThan(1e-3);
  });
});
