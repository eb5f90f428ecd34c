/** Recordings that end, and begin again, in scripts. */

import { expect, test } from 'vitest';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { exportPynnScript } from '../../../translators/pynn/export-script.js';
import { documentOf } from './support.js';
import '../../../translators/pynn/road.js';

const document = (phases: readonly object[]): string =>
  documentOf({
    populations: [
      { label: 'a', size: 3, cell: { type: 'IF_cond_exp', params: { i_offset: 1 } } },
      { label: 'b', size: 2, cell: { type: 'IF_cond_exp' } },
    ],
    recordings: [{ target: 'a', variables: ['spikes'] }],
    phases,
  });

const exported = async (phases: readonly object[]): ReturnType<typeof exportPynnScript> =>
  await exportPynnScript(importModel({ name: 'm.json', text: document(phases) }).valid, 'm');

test('scripts record throughout if a recording is on for some of the time, and state it', async () => {
  const { files, report } = await exported([
    { run: 20 },
    { record: { target: 'b', variables: ['v'] } },
    { run: 50 },
    { record: { target: 'a', variables: null } },
    { run: 60 },
  ]);
  expect(files[0]?.text.match(/.*\.record\(.*|sim\.run\(.*/g)).toEqual([
    'a.record("spikes")',
    'b.record("v")',
    'sim.run(20)',
    'sim.run(50)',
    'sim.run(60)',
  ]);
  expect(report).toContainEqual(expect.objectContaining({ code: 'pynn/recorded-throughout', verdict: 'different' }));
});

test('a recording that begins before the run is one from the start', async () => {
  const { files, report } = await exported([{ record: { target: 'b', variables: ['v'] } }, { run: 50 }]);
  expect(files[0]?.text).toContain('b.record("v")');
  expect(report.map(({ code }) => code)).not.toContain('pynn/recorded-throughout');
});
