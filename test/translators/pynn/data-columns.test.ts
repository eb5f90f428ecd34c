/** Connections with columns in files of the document, from there to spikes. */

import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.js';
import { importModel, runModel } from '../../../src/pipeline/pipeline.js';
import { documentOf } from './support.js';
import '../../../translators/pynn/road.js';

const folder = mkdtempSync(join(tmpdir(), 'columns-'));
afterAll(() => rmSync(folder, { recursive: true }));

const senders = [0, 2, 1, 1, 3];
const receivers = [1, 0, 1, 2, 2];
const weights = [0.8, 1.2, 0.9, 1.1, 1.5];
const delays = [0.5, 1.25, 2, 0.1, 3];

/** A column in a file of its name. */
function column(array: Uint32Array | Float64Array): object {
  const bytes = new Uint8Array(array.buffer);
  const $data = createHash('sha256').update(bytes).digest('hex');
  mkdirSync(join(folder, 'model.data'), { recursive: true });
  writeFileSync(join(folder, 'model.data', $data), bytes);
  return { $data, dtype: array instanceof Float64Array ? 'f64' : 'u32', shape: [array.length] };
}

const text = (list: unknown): string =>
  documentOf({
    populations: [
      {
        label: 'source',
        size: 4,
        cell: { type: 'SpikeSourceArray', params: { spike_times: { sequences: [[1, 9], [3], [2, 7], [4]] } } },
      },
      { label: 'cells', size: 3, cell: { type: 'IF_curr_exp', params: { i_offset: 0.7 } } },
    ],
    projections: [
      {
        label: 'way',
        pre: 'source',
        post: 'cells',
        receptor_type: 'excitatory',
        connector: {
          type: 'FromListConnector',
          params: { conn_list: list, ...(Array.isArray(list) ? { column_names: ['weight', 'delay'] } : {}) },
        },
        synapse: { type: 'StaticSynapse' },
      },
    ],
    recordings: [{ target: 'cells', variables: ['v', 'spikes'] }],
    phases: [{ run: 40 }],
  });

const fingerprint = async (list: unknown): Promise<string> => {
  const run = await runModel(importModel({ name: join(folder, 'model.json'), text: text(list) }), {
    target: 'wasm',
    threads: 1,
  });
  if (run.kind !== 'run') throw new Error('nothing was run');
  run.dispose();
  expect(run.record.faults).toEqual([]);
  return run.record.fingerprint.total;
};

const columns = (): Record<string, object> => ({
  i: column(Uint32Array.from(senders)),
  j: column(Uint32Array.from(receivers)),
  weight: column(Float64Array.from(weights)),
  delay: column(Float64Array.from(delays)),
});

test('give the fingerprint of the same rows', async () => {
  const rows = senders.map((i, k) => [i, receivers[k], weights[k], delays[k]]);
  expect(await fingerprint(columns())).toBe(await fingerprint(rows));
  // The columns matter: with one number changed the run is another.
  expect(
    await fingerprint({ ...columns(), weight: column(Float64Array.from([...weights.slice(0, 4), 1.4])) }),
  ).not.toBe(await fingerprint(rows));
});

const codes = (list: unknown): readonly string[] => {
  try {
    importModel({ name: join(folder, 'model.json'), text: text(list) });
    return [];
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.map(({ code, place }) => `${code} ${place?.pointer ?? ''}`);
  }
};

test.each<[string, () => object, RegExp]>([
  [
    'a column of another length',
    () => ({ ...columns(), weight: column(Float64Array.of(1, 2)) }),
    /pynn\/wrong-length .*conn_list\/weight/,
  ],
  [
    'an index of a cell that is not there',
    () => ({ ...columns(), i: column(Uint32Array.of(0, 2, 1, 1, 4)) }),
    /index-out-of-range|out-of-range/,
  ],
  [
    'a column that is not beside the document',
    () => ({ ...columns(), j: { $data: 'a'.repeat(64), dtype: 'u32', shape: [5] } }),
    /missing-data/,
  ],
  [
    'a parameter that the synapse does not have',
    () => ({ ...columns(), U: column(new Float64Array(5)) }),
    /pynn\/unknown-parameter/,
  ],
])('%s is found', (_, list, expected) => {
  const found = codes(list());
  expect(
    found.some((one) => expected.test(one)),
    found.join('\n'),
  ).toBe(true);
});
