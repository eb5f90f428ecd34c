/**
 * Scripts of the PyNN fixtures run under PyNN's simulators, or their report names the simulators that cannot run them.
 */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import type { ValidModel } from '../../src/model/model.js';
import { exportPynnScript } from '../../translators/pynn/export-script.js';
import { root } from '../support/import-graph.js';
import { peerRecords } from '../support/peer-records.js';
import { failed, missingPynn, runThere, type Outcome } from './pynn/backend.js';
import '../../src/notations.js';

/** Fixtures that take minutes: they are large, or NEST stops in each step to read synapses. */
const long: ReadonlySet<string> = new Set([
  ...['brunel.json', 'hodgkin-huxley-network.json', 'potjans-diesmann.json', 'stdp-network.json'],
  ...['stdp-additive.json', 'stdp-gutig.json', 'stdp-mixed.json', 'stdp-multiplicative.json'],
  ...['vogels-abbott-coba.json', 'vogels-abbott-cuba.json'],
]);
const simulators = ['nest', 'neuron'] as const;
const called = { nest: 'NEST', neuron: 'NEURON' } as const;

const fixtures = readdirSync(join(root, 'fixtures/pynn')).filter((name) => name.endsWith('.json') && !long.has(name));
const missing = missingPynn();
const records = peerRecords('pynn-fixtures');
/** Returns the recorded part of an outcome. */
const errorOf = (outcome: Outcome): Outcome =>
  failed(outcome) ? { error: outcome.error, trace: [] } : { populations: {}, synapses: {} };

/** Returns the remarks of a script's report on simulators, and whether parts are left out. */
async function remarksOf(
  valid: ValidModel,
): Promise<{ readonly remarks: readonly string[]; readonly isWhole: boolean }> {
  const { report } = await exportPynnScript(valid);
  return {
    remarks: report.map(({ message }) => message),
    isWhole: report.every(({ verdict }) => verdict !== 'notExpressible'),
  };
}

describe.skipIf(missing !== null)(`PyNN fixtures${missing === null ? '' : ` (skipped: ${missing})`}`, async () => {
  const all = await Promise.all(
    fixtures
      .map((name) => ({ what: name, valid: importModel(readSource(join(root, 'fixtures/pynn', name))).valid }))
      .map(async (one) => ({ ...one, ...(await remarksOf(one.valid)) })),
  );
  const models = all.filter(({ isWhole }) => isWhole);
  const outcomes = new Map<string, readonly Outcome[]>();

  beforeAll(async () => {
    for (const simulator of simulators) outcomes.set(simulator, await runThere(records, simulator, models, errorOf));
  });

  it.each(models.map(({ what, remarks }, k) => [what, remarks, k] as const))('%s', (_, remarks, k) => {
    for (const simulator of simulators) {
      const outcome = outcomes.get(simulator)?.[k];
      const isSaid = remarks.some(
        (remark) =>
          (/error|only with|not run|no \w+ for N|crashes/.test(remark) && remark.includes(called[simulator])) ||
          remark.includes("runs on PyNN's interneuron backend, not on other simulators"),
      );
      const error = outcome !== undefined && failed(outcome) ? outcome.error : null;
      expect([simulator, error !== null, error]).toEqual([simulator, isSaid, error]);
    }
  });
});
