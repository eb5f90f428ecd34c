/**
 * Time and memory of `compare` and `verify` for many spikes, through the built command.
 *
 *   npm run build && npx tsx bench/compare.ts [SPIKES...]     spikes of each side [1e6 1e7 5e7]
 *
 * Files are NWB as other programs write it, with Poisson trains of 1000
 * cells at 20 Hz each, in two draws. `verify` runs 1000 Poisson sources of 1 kHz for 10 s again.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadH5 } from '../runtime/results/nwb/h5.js';

const folder = mkdtempSync(join(tmpdir(), 'interneuron-bench-'));
const cells = 1000;
const rate = 20;

/** Writes units with so many spikes in all. */
async function writeUnits(path: string, spikes: number, seed: number): Promise<void> {
  const h5 = await loadH5();
  let state = seed;
  const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  const each = Math.round(spikes / cells);
  const times = new Float64Array(each * cells);
  for (let cell = 0; cell < cells; cell += 1)
    for (let k = 0, time = 0; k < each; k += 1) times[cell * each + k] = time -= Math.log(random()) / rate;
  const file = new h5.File(path, 'w');
  file.create_dataset({ name: 'session_start_time', data: '2020-01-01T00:00:00Z' });
  const units = file.create_group('units');
  units.create_dataset({ name: 'id', data: Int32Array.from({ length: cells }, (_, k) => k) });
  units.create_dataset({ name: 'spike_times', data: times });
  units.create_dataset({
    name: 'spike_times_index',
    data: Int32Array.from({ length: cells }, (_, k) => (k + 1) * each),
  });
  file.close();
}

/** Runs the command, and returns its time by the clock and of the processor, and its largest memory. */
function measured(words: readonly string[]): string {
  const began = performance.now();
  const { stderr, stdout, status } = spawnSync(
    '/usr/bin/env',
    ['time', '-f', '%M %U %S', process.execPath, 'dist/cli.js', ...words],
    {
      encoding: 'utf8',
    },
  );
  const seconds = (performance.now() - began) / 1000;
  const [kilobytes = NaN, user = NaN, system = NaN] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return `${seconds.toFixed(1)} s (${(user + system).toFixed(1)} s of the processor), ${(kilobytes / 1e6).toFixed(2)} GB, exit ${status}: ${stdout.split('\n')[0] ?? ''}`;
}

const sizes = process.argv.slice(2).map(Number);
try {
  for (const spikes of sizes.length > 0 ? sizes : [1e6, 1e7, 5e7]) {
    const [a, b] = [join(folder, 'a.nwb'), join(folder, 'b.nwb')];
    await writeUnits(a, spikes, 7);
    await writeUnits(b, spikes, 11);
    console.log(`compare, ${spikes} spikes a side, other draws: ${measured(['compare', a, b])}`);
    console.log(`compare, ${spikes} spikes a side, the same:    ${measured(['compare', a, a])}`);
  }
  const model = join(folder, 'poisson.json');
  const sources = { label: 'p', size: 1000, cell: { type: 'SpikeSourcePoisson', params: { rate: 1000 } } };
  const network = {
    format: 'interneuron/pynn',
    version: 1,
    name: 'Poisson sources',
    setup: { timestep: 0.1 },
    populations: [sources],
    recordings: [{ target: 'p', variables: 'spikes' }],
    phases: [{ run: 10_000 }],
  };
  writeFileSync(model, JSON.stringify(network));
  const result = join(folder, 'result.nwb');
  console.log(`run, about 1e7 spikes:    ${measured(['run', model, '-o', result, '--quiet'])}`);
  console.log(`verify, about 1e7 spikes: ${measured(['verify', result])}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
