/**
 * Times interneuron against Brian 2 on three networks, in one run on one machine:
 *
 *     npm run build && npx tsx bench/brian.ts [repetitions] [--target wasm|c] [--duration 1] [--network cuba] [--whole]
 *
 * For each network: the run phase of Brian's `cpp_standalone` (its own measure, the compiled program run again and again)
 * against the run phase of `interneuron run` with one thread, in turn, for so many seconds of model time. With `--whole` also the whole
 * commands, Brian's from an empty build folder and warm Cython's. Prints a Markdown table of medians and of the medians of paired ratios.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const python = path.join(root, '.venv/bin/python');
const words = process.argv.slice(2);
const option = (name: string, otherwise: string): string => {
  const place = words.indexOf(`--${name}`);
  return (place < 0 ? undefined : words[place + 1]) ?? otherwise;
};
const repetitions = Number(words[0]?.startsWith('--') === false ? words[0] : 5);
const whole = words.includes('--whole');
const target = option('target', 'wasm');
const duration = option('duration', '1');
const networks = [
  { name: 'cuba', fixture: 'vogels-abbott-cuba' },
  { name: 'cobahh', fixture: 'cobahh' },
  { name: 'brunel-hakim', fixture: 'brunel-hakim' },
].filter(({ name }) => option('network', name) === name);

interface BrianTimes {
  readonly run: number | null;
  readonly whole: number;
  readonly spikes: number;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const seconds = (value: number): string => value.toPrecision(3);

function brianScript(name: string, mode: string, directory: string): BrianTimes & { readonly process: number } {
  const began = performance.now();
  const text = execFileSync(python, [path.join(root, 'bench/brian/models.py'), name, mode, directory, duration], { encoding: 'utf8' });
  const line = text.trim().split('\n').at(-1) ?? '{}';
  return { ...(JSON.parse(line) as BrianTimes), process: (performance.now() - began) / 1000 };
}

function brianAgain(directory: string): number {
  execFileSync('./main', { cwd: directory, stdio: 'ignore' });
  return Number(readFileSync(path.join(directory, 'results/last_run_info.txt'), 'utf8').split(/\s+/)[0]);
}

interface Run {
  readonly timings: { readonly run: number };
  readonly populations: Readonly<Record<string, { readonly spikes: number }>>;
}

function ours(fixture: string, threads: number, folder: string): { readonly run: number; readonly whole: number; readonly spikes: number } {
  const began = performance.now();
  const output = path.join(folder, `${fixture}.nwb`);
  const args = [
    'dist/cli.js',
    'run',
    `fixtures/brian/${fixture}.yaml`,
    '--target',
    target,
    '--duration',
    `${duration} s`,
    '--threads',
    String(threads),
    '--json',
    '-o',
    output,
  ];
  const result = JSON.parse(execFileSync('node', args, { cwd: root, encoding: 'utf8' })) as Run;
  const spikes = Object.values(result.populations).reduce((sum, population) => sum + population.spikes, 0);
  return { run: result.timings.run, whole: (performance.now() - began) / 1000, spikes };
}

const folder = mkdtempSync(path.join(tmpdir(), 'interneuron-bench-'));
const rows: string[] = [];
for (const { name, fixture } of networks) {
  const build = path.join(folder, name);
  const first = brianScript(name, 'cpp_standalone', build);
  const cython = whole ? (brianScript(name, 'cython', build), brianScript(name, 'cython', build)) : null;
  ours(fixture, 1, folder);
  const theirs: number[] = [];
  const mine: number[] = [];
  const commands: number[] = [];
  const two: number[] = [];
  for (let k = 0; k < repetitions; k++) {
    theirs.push(brianAgain(build));
    const one = ours(fixture, 1, folder);
    mine.push(one.run);
    commands.push(one.whole);
    if (availableParallelism() > 1) two.push(one.run / ours(fixture, 2, folder).run);
  }
  const ratio = median(mine.map((value, k) => value / (theirs[k] ?? NaN)));
  rows.push(
    `| ${name} | ${seconds(median(theirs))} | ${seconds(median(mine))} | ${ratio.toFixed(2)} | ${two.length > 0 ? median(two).toFixed(2) : '–'} | ${seconds(first.process)} | ${cython ? seconds(cython.process) : '–'} | ${seconds(median(commands))} |`,
  );
}
rmSync(folder, { recursive: true, force: true });
console.log(
  '| network | Brian run (s) | ours run (s) | ours / Brian | 1 thread / 2 threads | Brian whole (s) | Cython whole, warm (s) | ours whole (s) |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
console.log(rows.join('\n'));
