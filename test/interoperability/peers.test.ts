/**
 * Each simulator itself, with one small model: other tests compare with recorded outputs of the versions that are
 * installed here.
 */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { convertModel } from '../../src/convert/convert.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import { root } from '../support/import-graph.js';
import { missingEnvironment, recordsOf } from '../support/python.js';
import { inFolder } from './output-tables.js';
import { missingInterpreter, runReference } from './reference-interpreter.js';
import { withReason } from '../support/skip-reasons.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';
import '../../translators/pynn/road.js';

// From 0 towards 1.5 with a time constant of 10 ms, the cell is at 1 after 10 ms * ln 3, in the step that ends at 11
// ms.
const brian = `
format: interneuron/brian
dt: 0.1 ms
neuron_groups: { cells: { N: 1, model: 'dv/dt = (15*mV - v)/(10*ms) : volt', threshold: v > 10*mV, reset: v = 0*mV, method: exact } }
spike_monitors: { spikes: { source: cells } }
run: 20 ms
`;
const pynn = `
format: interneuron/pynn
setup: { timestep: 0.1 }
populations:
  - { label: cells, size: 1, cell: { type: IF_curr_exp, params: { v_rest: 15, v_reset: 0, v_thresh: 10, tau_m: 10 } }, initial_values: { v: 0 } }
recordings: [{ target: cells, variables: [spikes] }]
phases: [{ run: 20 }]
`;

async function spikesIn(
  environment: '.venv' | '.venv-pynn' | '.venv-nestml',
  text: string,
  to: 'brian' | 'pynn',
  words: readonly string[] = [],
): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'interneuron-peers-'));
  try {
    const { files } = await convertModel(importModel({ name: 'model.yaml', text }).valid, to, { name: 'model.py' });
    for (const file of files) writeFileSync(join(folder, file.name), file.text);
    return await recordsOf(environment, to, join(folder, 'model.py'), words);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const noBrian = missingEnvironment('.venv');
test.skipIf(noBrian !== null)(withReason('Brian 2', noBrian), async () => {
  expect(await spikesIn('.venv', brian, 'brian')).toMatchObject({ spikes: { i: [0], t: [expect.closeTo(0.0109, 9)] } });
});

const noPynn = missingEnvironment('.venv-pynn');
test.skipIf(noPynn !== null).each([
  // Between steps; a step after the end of its step; at the beginning of its step.
  ['nest', 10 * Math.log(3)],
  ['neuron', 11.1],
  ['brian2', 10.9],
])(withReason('%s by PyNN', noPynn), async (simulator, expected) => {
  const found = (await spikesIn('.venv-pynn', pynn, 'pynn', [simulator])) as {
    readonly populations: {
      readonly cells: readonly { readonly spikes: Readonly<Record<string, readonly number[]>> }[];
    };
  };
  expect(found.populations.cells[0]?.spikes['0']).toEqual([expect.closeTo(expected, 6)]);
});

const noInterpreter = missingInterpreter();
test.skipIf(noInterpreter !== null)(withReason('jNeuroML', noInterpreter), async () => {
  const { files } = await convertModel(importModel({ name: 'model.yaml', text: brian }).valid, 'lems', {
    name: 'model.xml',
  });
  await inFolder(async (folder) => {
    for (const { name, text } of files) writeFileSync(join(folder, name), text);
    await runReference(folder, 'model.xml');
    const [row = ''] = readFileSync(join(folder, 'spikes.spikes'), 'utf8').split('\n');
    expect(Math.abs(Number(row.split(/\s+/)[1]) - 0.01 * Math.log(3))).toBeLessThan(0.0003);
  });
});

describe('versions', () => {
  test.each([
    ['.venv', 'requirements'],
    ['.venv-pynn', 'requirements-pynn'],
    ['.venv-nestml', 'requirements-nestml'],
    ['.venv-neuroml', 'requirements-neuroml'],
  ])('%s has the versions of %s.txt', (environment, requirements) => {
    const installed = join(root, environment, 'installed-requirements.txt');
    const wanted = readFileSync(join(root, `test/interoperability/${requirements}.txt`), 'utf8');
    if (existsSync(installed)) expect(readFileSync(installed, 'utf8')).toBe(wanted);
    else expect(process.env['INTERNEURON_REQUIRE_PYTHON']).toBeUndefined();
  });
});
