/**
 * Times interneuron's `c` target against GeNN's single-threaded CPU back end on the cortical microcircuit, in one run
 * on one machine:
 *
 *     npm run build && GENN_PYTHON=/path/to/venv/bin/python npx tsx bench/genn.ts [repetitions] [--scale 0.1]
 *     [--duration 2.5]
 *
 * GeNN runs `bench/genn/microcircuit.py` as its users would: float32, `optimize_code`; and once more compiled for this
 * machine's processor, which it doesn't do by itself. Ours runs `fixtures/model/cortical-microcircuit.yaml` in float64
 * and in float32. All run in turn on one thread; what is measured is the run phase, after the network is built. Prints
 * a Markdown table: medians, real-time factors, medians of paired ratios, rates.
 */

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const root = path.resolve(import.meta.dirname, '..');
const python = process.env['GENN_PYTHON'] ?? 'python3';
const words = process.argv.slice(2);
const option = (name: string, otherwise: string): string => {
  const place = words.indexOf(`--${name}`);
  return (place < 0 ? undefined : words[place + 1]) ?? otherwise;
};
const repetitions = Number(words[0]?.startsWith('--') === false ? words[0] : 5);
const scale = option('scale', '0.1');
const duration = Number(option('duration', '2.5'));

interface Measured {
  readonly run: number;
  readonly rates: Readonly<Record<string, number>>;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/** GeNN's run phase; the network is built anew, compiled code and all, which is not timed. */
function genn(folder: string, compiler: string): Promise<Measured> {
  const script = path.join(root, 'bench/genn/microcircuit.py');
  const child = spawn(python, [script, folder, scale, String(1000 * duration), 'float'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, CXX: compiler, OMP_NUM_THREADS: '1' },
  });
  return new Promise((resolve, reject) => {
    let found: Measured | undefined;
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.startsWith('{')) return;
      const said = JSON.parse(line) as Partial<Measured> & { readonly ready?: string };
      if (said.ready !== undefined) child.stdin.end('\n');
      if (said.run !== undefined && said.rates !== undefined) found = { run: said.run, rates: said.rates };
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (found) resolve(found);
      else reject(new Error(`${python} ${script} ended with ${code}`));
    });
  });
}

interface Run {
  readonly timings: { readonly run: number };
  readonly populations: Readonly<Record<string, { readonly size: number; readonly spikes: number }>>;
}

/** Our run phase, and mean rates over all of it. */
function ours(precision: string, folder: string): Measured {
  const args = [
    ...[
      'dist/cli.js',
      'run',
      'fixtures/model/cortical-microcircuit.yaml',
      '--target',
      'c',
      '--threads',
      '1',
      '--precision',
      precision,
    ],
    ...[
      '--set',
      `scale=${scale}`,
      '--duration',
      `${duration} s`,
      '--json',
      '-o',
      path.join(folder, 'microcircuit.nwb'),
    ],
  ];
  const { timings, populations } = JSON.parse(execFileSync('node', args, { cwd: root, encoding: 'utf8' })) as Run;
  const rates = Object.fromEntries(
    Object.entries(populations).map(([name, { size, spikes }]) => [name, spikes / size / duration]),
  );
  return { run: timings.run, rates };
}

const folder = mkdtempSync(path.join(tmpdir(), 'interneuron-bench-'));
const runners: readonly { readonly name: string; readonly run: () => Promise<Measured> }[] = [
  { name: 'GeNN, float32', run: () => genn(path.join(folder, 'genn'), 'g++') },
  { name: 'GeNN, float32, -march=native', run: () => genn(path.join(folder, 'genn-native'), 'g++ -march=native') },
  { name: 'c, float64', run: () => Promise.resolve(ours('float64', folder)) },
  { name: 'c, float32', run: () => Promise.resolve(ours('float32', folder)) },
];
const all = new Map<string, Measured[]>(runners.map(({ name }) => [name, []]));
try {
  for (let k = 0; k < repetitions; k++) for (const { name, run } of runners) all.get(name)?.push(await run());
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const first = all.get(runners[0]?.name ?? '') ?? [];
const populations = Object.keys(first[0]?.rates ?? {});
console.log(`| scale ${scale}, ${duration} s | run (s) | real-time factor | of GeNN's | ${populations.join(' | ')} |`);
console.log(`| --- | --- | --- | --- |${populations.map(() => ' --- |').join('')}`);
for (const [name, runs] of all) {
  const time = median(runs.map(({ run }) => run));
  const ratio = median(runs.map(({ run }, k) => run / (first[k]?.run ?? NaN)));
  const rates = populations.map((population) => (runs[0]?.rates[population] ?? NaN).toFixed(2));
  console.log(
    `| ${name} | ${time.toPrecision(3)} | ${(time / duration).toFixed(3)} | ${ratio.toFixed(2)} | ${rates.join(' | ')} |`,
  );
}
