/**
 * Checks and times a target where its device is: every fixture against its golden fingerprint, then the cortical microcircuit.
 *
 *     run.js [test|bench|all] [--target cuda] [--only name] [--steps 200] [--scale 1] [--seconds 10] [--drive poisson|dc] [--json file]
 *
 * Needs no package of npm's but those beside it, no network and no test runner: `pack.js` makes a folder of all that it needs. The exit code is 1
 * when a fingerprint differs or something fails.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { targets } from '../../runtime/targets/registry.js';
import type { Target } from '../../runtime/targets/target.js';
import { checkFixtures } from './fixtures.js';
import type { FixtureRow } from './fixtures.js';
import { timeMicrocircuit } from './microcircuit.js';
import type { MicrocircuitRow } from './microcircuit.js';

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const seconds = (value: number): string => `${value.toPrecision(3)} s`;
const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`;

async function test(target: Target, only: string | undefined, steps: number): Promise<readonly FixtureRow[]> {
  const cacheDirectory = mkdtempSync(join(tmpdir(), 'interneuron-fixtures-'));
  const rows: FixtureRow[] = [];
  say('| fixture | precision | against | | compile | build | run |\n|---|---|---|---|---|---|---|');
  try {
    for await (const row of checkFixtures({ target, cacheDirectory, steps, ...(only === undefined ? {} : { only }) })) {
      rows.push(row);
      const verdict = row.error ?? (row.equal ? 'equal' : 'DIFFERENT');
      const times = [row.seconds.compile, row.seconds.connect, row.seconds.run].map(seconds);
      say(`| ${[row.name, row.precision, row.against, verdict, ...times].join(' | ')} |`);
    }
  } finally {
    rmSync(cacheDirectory, { recursive: true, force: true });
  }
  say(`\n${rows.filter(({ equal }) => equal).length} of ${rows.length} fingerprints are equal\n`);
  return rows;
}

function benchText(row: MicrocircuitRow): string {
  const rates = Object.entries(row.rates).map(([population, rate]) => `${population} ${rate.toFixed(2)}`);
  return [
    `| ${row.drive} | ${row.neurons} | ${row.synapses} | ${seconds(row.compile)} | ${seconds(row.compileAgain)} | ${seconds(row.build)} | ${seconds(row.run)} | ${row.factor.toFixed(3)} | ${gigabytes(row.memory)} | ${row.spikes} |`,
    `  rates in Hz: ${rates.join(', ')}; fingerprint ${row.fingerprint.slice(0, 16)}`,
  ].join('\n');
}

interface BenchOptions {
  readonly scale: number;
  readonly duration: number;
  readonly drives: readonly ('poisson' | 'dc')[];
}

async function bench(target: Target, { scale, duration, drives }: BenchOptions): Promise<readonly MicrocircuitRow[]> {
  say(`Cortical microcircuit, scale ${scale}, ${duration} s, all spikes recorded\n`);
  say(
    '| drive | neurons | synapses | compile | again | build | run | run / simulated | memory | spikes |\n|---|---|---|---|---|---|---|---|---|---|',
  );
  const rows: MicrocircuitRow[] = [];
  for (const drive of drives) {
    const row = await timeMicrocircuit({ target, scale, duration, drive });
    rows.push(row);
    say(benchText(row));
  }
  return rows;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    target: { type: 'string', default: 'cuda' },
    only: { type: 'string' },
    steps: { type: 'string', default: '200' },
    scale: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '10' },
    drive: { type: 'string' },
    json: { type: 'string' },
  },
});
const [what = 'all'] = positionals;
const target = targets[values.target];
if (!['test', 'bench', 'all'].includes(what) || target === undefined) {
  process.stderr.write(`what to do is test, bench or all, and a target is one of ${Object.keys(targets).join(', ')}\n`);
  process.exit(2);
}
const availability = await target.probe();
if (!availability.available) {
  process.stderr.write(`${target.name} is not available: ${availability.reason ?? ''}\n${availability.hint ?? ''}\n`);
  process.exit(2);
}
say(`${target.name}: ${availability.devices.join(', ')}\n`);
const drives = (['poisson', 'dc'] as const).filter((drive) => values.drive === undefined || values.drive === drive);
const fixtures = what === 'bench' ? [] : await test(target, values.only, Number(values.steps));
const microcircuit = what === 'test' ? [] : await bench(target, { scale: Number(values.scale), duration: Number(values.seconds), drives });
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ ...availability, fixtures, microcircuit }, null, 2)}\n`);
process.exitCode = fixtures.every(({ equal }) => equal) ? 0 : 1;
