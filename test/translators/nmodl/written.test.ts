/** Mechanisms that are written in NMODL: read again, they run as before. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import '../../../translators/nmodl/road.js';
import '../../../translators/pynn/road.js';
import { convertModel } from '../../../src/convert/convert.js';
import { importModel, readSource, type Source } from '../../../src/pipeline/pipeline.js';
import { openModel } from '../../../src/session/open-model.js';

const folder = 'test/translators/nmodl/files';

/** Potentials in mV of the cell on which a file is placed. */
async function potentials(source: Source): Promise<readonly number[]> {
  const session = openModel(importModel(source, { allowPaths: [folder] }));
  await session.run(0.02);
  const { samples } = await session.take();
  await session.dispose();
  return [...samples[0]!.values].map((v) => Number(v) * 1e3);
}

/** Files whose mechanism is written, and sentences on the others. */
const left: Readonly<Record<string, string>> = {
  'calcium_shell.mod': 'cashell: the state start_2, which does not change',
  'prolonged_synapse.mod': 'prolonged_synapse: noise or events of its own',
  'pulse_train.mod': 'pulse_train: noise or events of its own',
  'pulsed_synapse.mod': 'pulsed_synapse: several pathways, which may have delays of their own',
  'receptor_scheme.mod': 'receptor: noise or events of its own',
};

it.each(readdirSync(folder).filter((name) => name.endsWith('.mod')))('writes %s as it runs', async (name) => {
  const source = readSource(join(folder, name));
  const { files, report } = await convertModel(importModel(source).valid, 'nmodl');
  if (left[name] !== undefined) {
    expect(report.map(({ message }) => message)).toContain(left[name]);
    return;
  }
  // A file of several mechanisms becomes as many.
  if (files.length > 1) return;
  const [before, after] = [await potentials(source), await potentials({ name, text: files[0]!.text })];
  expect(Math.max(...before.map((v, k) => Math.abs(v - after[k]!)))).toBeLessThan(1e-7);
});

it('says which parts are no mechanisms', async () => {
  const { valid } = importModel({ name: 'lif.yaml', text: readFileSync('fixtures/pynn/if-cond-exp.json', 'utf8') });
  const { files, report } = await convertModel(valid, 'nmodl');
  expect(files).toEqual([]);
  expect(report.map(({ message }) => message)).toEqual([
    'IF_cond_exp: a change of v by the event spike, which no mechanism makes',
    'StaticSynapse_conductance: no current of its own: it changes variables of its target',
  ]);
});

it('has the values of populations and projections, and names those that differ', async () => {
  const model = {
    interneuron: 1,
    neurons: {
      cell: {
        parameters: { gl: '0 mS', gk: '0 mS', C: '1 uF' },
        state: { v: { unit: 'mV', initial: '-65 mV' }, n: 0 },
        inputs: { I: 'A' },
        derivatives: { v: '(gl*(-54.4*mV - v) + gk*n**4*(-77*mV - v) + I)/C', n: '(0.5 - n)/(5*ms)' },
      },
    },
    synapses: {
      exponential: {
        parameters: { tau: '5 ms', weight: '1 nS' },
        state: { g: '0 nS' },
        derivatives: { g: '-g/tau' },
        contributes: { 'post.I': '-g*post.v' },
        pathways: { pre: { do: ['g += weight'] } },
      },
    },
    populations: { p: { type: 'cell', size: 2, values: { gl: ['0.1 mS', '0.3 mS'], gk: '2 mS', n: 0.3 } } },
    projections: {
      s: {
        from: { of: 'p', event: 'e' },
        to: 'p',
        synapse: 'exponential',
        connect: 'all',
        values: { tau: '9 ms', weight: '3 nS' },
      },
    },
  };
  const { cell } = model.neurons;
  const text = JSON.stringify({ ...model, neurons: { cell: { ...cell, events: { e: 'v > 10 * V' } } } });
  const { files, report } = await convertModel(importModel({ name: 'model.json', text }).valid, 'nmodl');
  const [membrane, synapse] = files.map((file) => file.text);
  expect(membrane).toMatch(/gk = 0\.002/);
  expect(membrane).toMatch(/n = 0\.3/);
  expect(synapse).toMatch(/tau = 9 /);
  const lost = report.filter(({ verdict }) => verdict === 'notExpressible').map(({ message }) => message);
  expect(lost).toContain('cell: values of gl, which differ');
  expect(lost.some((message) => message.startsWith('exponential: '))).toBe(false);
});
