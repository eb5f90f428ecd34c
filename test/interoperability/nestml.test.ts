/** Types in NESTML under NEST, which compiles them: the spikes equal ours in the same order of a step. */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { convertModel, type ConvertedModel } from '../../src/convert/convert.js';
import { spikesOf } from '../../src/verify/check-conversion.js';
import { measure } from '../../src/verify/measure.js';
import { readBack } from '../../src/verify/read-back.js';
import type { ImportedModel } from '../../src/pipeline/read/imported-model.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import { peerRecords, peers } from '../support/peer-records.js';
import { missingEnvironment, recordsOf } from '../support/python.js';
import { axonalRule, plasticRules, twoTypes } from '../translators/pynn/nestml-model.js';
import '../../translators/pynn/road.js';

const headers = ['ltdl.h', 'gsl/gsl_odeiv.h', 'boost/version.hpp'];
const missing =
  headers.flatMap((name) => (existsSync(join('/usr/include', name)) ? [] : [`no header ${name} here`]))[0] ??
  missingEnvironment('.venv-nestml', 'lib64/nest');

const records = peerRecords('nestml');

interface Results {
  readonly populations: Readonly<
    Record<
      string,
      readonly {
        readonly spikes: Readonly<Record<string, number[]>>;
        readonly signals: Readonly<Record<string, { readonly values: readonly (readonly number[])[] }>>;
      }[]
    >
  >;
  readonly synapses: Readonly<Record<string, Readonly<Record<string, readonly (readonly number[])[]>>>>;
}

/** Runs a conversion under NEST. */
function inNest(what: string, { files }: ConvertedModel): Promise<Results> {
  const texts = files.flatMap(({ name, text }) => [name, text]);
  const input = { what, texts, runners: ['test/interoperability/python/run_script.py'] };
  return records.output(peers.nestml, input, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nestml-'));
    try {
      for (const { name, text } of files) writeFileSync(join(folder, name), text);
      return (await recordsOf('.venv-nestml', 'pynn', join(folder, files[0]?.name ?? ''), ['nest'])) as Results;
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

/** Expects the spikes of a model in the results, in the same steps, and returns their number. */
async function expectSpikes(
  valid: ImportedModel['valid'],
  { populations }: Results,
  names: readonly string[],
): Promise<number> {
  const here = await spikesOf(valid);
  const dt = valid.model.experiment.dt;
  const inSteps = (times: readonly number[] = [], step: number): readonly number[] =>
    times.map((time) => Math.round(time / step));
  let count = 0;
  for (const name of names) {
    const expected = here.get(name)?.map((train) => inSteps(train, dt)) ?? [];
    const [segment] = populations[name] ?? [];
    expect(expected.map((_, cell) => inSteps(segment?.spikes[cell], dt * 1e3))).toEqual(expected);
    count += expected.flat().length;
  }
  return count;
}

const title = (text: string): string => `${text}${missing === null ? '' : `: ${missing}`}`;

test.skipIf(missing !== null)(title('cells of two types spike in the same steps'), async () => {
  const { valid } = importModel({ name: 'two.yaml', text: twoTypes });
  const converted = await convertModel(valid, 'pynn-nestml', { name: 'two.py' });
  const results = await inNest('cells of two types', converted);
  // The report states the conventions of a step that differ; with those of PyNN, the model has NEST's spikes.
  const codes = converted.report.map(({ code }) => code);
  for (const convention of ['listed-spikes', 'refractory', 'delivery', 'regular-code'])
    expect(codes).toContain(`convention/${convention}`);
  const onGrid = importModel({ name: 'two.yaml', text: twoTypes }, { timing: 'grid' }).valid;
  expect(await expectSpikes(onGrid, results, ['leaky', 'quadratic'])).toBeGreaterThan(10);
});

test.skipIf(missing !== null)(
  title('plastic synapses of the model itself give the spikes that `convert` compares'),
  async () => {
    const { valid } = importModel({ name: 'rules.yaml', text: plasticRules });
    const converted = await convertModel(valid, 'pynn-nestml', { name: 'rules.py' });
    const results = await inNest('plastic rules', converted);
    const written = await readBack(valid, 'pynn-nestml');
    // Variables have the names of the source.
    const [paired] = results.populations['paired'] ?? [];
    expect(Object.keys(paired?.signals ?? {}).sort()).toEqual(['drive', 'v']);
    expect(Object.keys(results.synapses['P'] ?? {})).toEqual(['w']);
    expect(await expectSpikes(written, results, ['paired', 'triple', 'releasing'])).toBeGreaterThan(80);
  },
);

test.skipIf(missing !== null)(
  title('synapses with a delay that NEST refuses give the spikes that `convert` compares'),
  async () => {
    const { valid } = importModel({ name: 'axonal.yaml', text: axonalRule });
    const converted = await convertModel(valid, 'pynn-nestml', { name: 'axonal.py' });
    const results = await inNest('axonal rule', converted);
    const written = await readBack(valid, 'pynn-nestml');
    expect(await expectSpikes(written, results, ['out', 'drive'])).toBeGreaterThan(70);
  },
);

/** Cells that NEST computes by a step of Euler's, marks at a maximum, or would place between steps. */
const cellsOfPynn = {
  format: 'interneuron/pynn',
  setup: { timestep: 0.025, min_delay: 0.1 },
  populations: [
    {
      label: 'hh',
      size: 2,
      cell: { type: 'HH_cond_exp', params: { gbar_Na: 18, g_leak: 0.012, cm: 0.25, i_offset: [0.3, 0.6] } },
    },
    {
      label: 'iz',
      size: 3,
      cell: {
        type: 'Izhikevich',
        params: { a: [0.02, 0.1, 0.02], c: -60, d: [6, 2, 4], i_offset: [0.008, 0.01, 0.02] },
      },
    },
    { label: 'lif', size: 2, cell: { type: 'IF_curr_exp', params: { tau_refrac: 2, i_offset: [0.93, 1.17] } } },
    { label: 'source', size: 1, cell: { type: 'SpikeSourceArray', params: { spike_times: [20, 24, 28, 60] } } },
  ],
  projections: [
    ['hh', 0.04],
    ['iz', 3],
    ['lif', 1.5],
  ].map(([post, weight]) => ({
    pre: 'source',
    post,
    connector: { type: 'AllToAllConnector' },
    synapse: { type: 'StaticSynapse', params: { weight, delay: 1 } },
    receptor_type: 'excitatory',
  })),
  recordings: ['hh', 'iz', 'lif'].map((target) => ({ target, variables: ['spikes'] })),
  phases: [{ run: 100 }],
};

test.skipIf(missing !== null)(
  title('cells that NEST computes otherwise give the spikes that `convert` compares'),
  async () => {
    const { valid } = importModel({ name: 'cells.json', text: JSON.stringify(cellsOfPynn) });
    const converted = await convertModel(valid, 'pynn-nestml', { name: 'cells.py' });
    expect(converted.files.map(({ name }) => name)).toEqual(['cells.py']);
    const results = await inNest('cells of PyNN', converted);
    const written = await readBack(valid, 'pynn-nestml');
    expect(await expectSpikes(written, results, ['hh', 'iz', 'lif'])).toBeGreaterThan(30);
    const { verdict, check } = await measure(valid, 'pynn-nestml', converted);
    expect(verdict).toBe('apart');
    expect(check?.populations.map(({ population, matched }) => [population, matched > 0])).toEqual([
      ['hh', false],
      ['iz', true],
      ['lif', true],
      ['source', true],
    ]);
  },
);
