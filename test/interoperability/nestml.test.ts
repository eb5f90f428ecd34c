/** Types in NESTML under NEST, which compiles them: the spikes equal ours in the same order of a step. */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { convertModel } from '../../src/convert/convert.js';
import { spikesOf } from '../../src/verify/check-conversion.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import { peerRecords, peers } from '../support/peer-records.js';
import { missingEnvironment, recordsOf } from '../support/python.js';
import { twoTypes } from '../translators/pynn/nestml-model.js';

const headers = ['ltdl.h', 'gsl/gsl_odeiv.h', 'boost/version.hpp'];
const missing =
  headers.flatMap((name) => (existsSync(join('/usr/include', name)) ? [] : [`no header ${name} here`]))[0] ??
  missingEnvironment('.venv-nestml', 'lib64/nest');

const records = peerRecords('nestml');

interface Results {
  readonly populations: Readonly<Record<string, readonly { readonly spikes: Readonly<Record<string, number[]>> }[]>>;
}

test.skipIf(missing !== null)(
  `cells of two types spike in the same steps${missing === null ? '' : `: ${missing}`}`,
  { timeout: 600_000 },
  async () => {
    const { valid } = importModel({ name: 'two.yaml', text: twoTypes });
    const { files, report } = await convertModel(valid, 'pynn-nestml', { name: 'two.py' });
    const texts = files.flatMap(({ name, text }) => [name, text]);
    const input = { what: 'cells of two types', texts, runners: ['src/verify/python/run_script.py'] };
    const { populations } = await records.output(peers.nestml, input, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'nestml-'));
      try {
        for (const { name, text } of files) writeFileSync(join(folder, name), text);
        return (await recordsOf('.venv-nestml', 'pynn', join(folder, 'two.py'))) as Results;
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
    // The report states the conventions of a step that differ; with those of PyNN, the model has NEST's spikes.
    const codes = report.map(({ code }) => code);
    for (const convention of ['listed-spikes', 'refractory', 'delivery', 'regular-code'])
      expect(codes).toContain(`convention/${convention}`);
    const here = await spikesOf(importModel({ name: 'two.yaml', text: twoTypes }, { timing: 'grid' }).valid);
    let count = 0;
    for (const name of ['leaky', 'quadratic']) {
      const expected = here.get(name)?.map((train) => train.map((time) => Math.round(time / 1e-4))) ?? [];
      const [segment] = populations[name] ?? [];
      expect(expected.map((_, cell) => (segment?.spikes[cell] ?? []).map((time) => Math.round(time * 10)))).toEqual(
        expected,
      );
      count += expected.flat().length;
    }
    expect(count).toBeGreaterThan(10);
  },
);
