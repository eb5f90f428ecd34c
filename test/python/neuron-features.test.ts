/** Scripts of NEURON with one feature each: each is read as NEURON runs it, or what is not read is named. */

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { documentText } from '../../src/convert/document-text.js';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import { openModel } from '../../src/session/open-model.js';
import { temporaryFolder } from '../support/command.js';
import { peerRecords, peers } from '../support/peer-records.js';
import { python } from '../support/python.js';

/** What NEURON computes by a script, and what is read of it. */
interface Outcome {
  /** mV at the soma, every 1 ms. */
  readonly samples: readonly number[];
  /** The model in the canonical notation; null if none is read. */
  readonly model: string | null;
  /** Sentences on what is not read, and notes. */
  readonly said: readonly string[];
}

/** What the program in Python prints of a script. */
interface Printed {
  readonly samples: readonly number[];
  readonly document: string | null;
  readonly left: readonly string[];
  readonly said: readonly string[];
}

const folder = temporaryFolder();
const runner = join('test/interoperability/python', 'neuron_features.py');
const records = peerRecords('neuron-features');

/** Steps of 0.025 ms in the time between kept samples. */
const every = 40;

async function outcomeOf({ samples, document, left, said }: Printed): Promise<Outcome> {
  const notes = said.filter((line) => /variable time step|second order/.test(line));
  const kept = samples.filter((_, k) => k % every === 0);
  if (document === null || left.length > 0) return { samples: kept, model: null, said: [...left, ...said] };
  const { valid, diagnostics } = importModel(readSource(document), { allowPaths: [folder.file('mod')] });
  const findings = diagnostics
    .filter(({ code }) => /own-step|nonlinear-rate|tables/.test(code))
    .map(({ message }) => message);
  return { samples: kept, model: await documentText(valid.model, 'model.yaml'), said: [...notes, ...findings] };
}

/** Returns the largest difference of a model's potentials from NEURON's, in mV, after the first sample. */
async function difference(text: string, samples: readonly number[]): Promise<number> {
  const session = openModel(importModel({ name: 'model.yaml', text }));
  await session.run();
  const { samples: ours, segments } = await session.take();
  await session.dispose();
  const { values } = ours.find(({ variable }) => variable === 'v')!;
  // NEURON keeps the samples of its last run.
  const { begin, end } = segments.at(-1)!;
  const start = values.length - 1 - (end - begin);
  return Math.max(...samples.map((v, k) => (k === 0 ? 0 : Math.abs(Number(values[start + k * every]) * 1e3 - v))));
}

it('reads what NEURON runs, or names what it does not read', async () => {
  const outcomes = await records.output<Readonly<Record<string, Outcome>>>(
    peers.neuron,
    { what: 'scripts with one feature each', texts: [], runners: [runner] },
    async () => {
      const lines = (await python('.venv-pynn', [runner, folder.path])).trim().split('\n');
      const printed = Object.entries(JSON.parse(lines.at(-1)!) as Readonly<Record<string, Printed>>);
      const found: [string, Outcome][] = [];
      for (const [name, one] of printed) found.push([name, await outcomeOf(one)]);
      return Object.fromEntries(found);
    },
  );
  const verdicts: Record<'right' | 'named' | 'silent', string[]> = { right: [], named: [], silent: [] };
  for (const [name, { samples, model, said }] of Object.entries(outcomes)) {
    const largest = model === null || samples.length === 0 ? Infinity : await difference(model, samples);
    verdicts[largest < 1e-6 ? 'right' : said.length > 0 ? 'named' : 'silent'].push(name);
  }
  expect(verdicts.silent).toEqual([]);
  expect(verdicts.right.length).toBeGreaterThan(90);
  expect(verdicts.named.length).toBeLessThan(30);
}, 3_600_000);
