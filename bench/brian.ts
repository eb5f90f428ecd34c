/**
 * Times interneuron against Brian 2 on three networks, in one run on one machine:
 *
 *     npm run build && npx tsx bench/brian.ts [repetitions] [--target wasm|c] [--duration 1] [--network cuba] [--whole]
 *
 * For each network: the run phase of Brian's `cpp_standalone` (the compiled program run again and again) against that
 * of `interneuron run` with one thread, in turn, for so many seconds of model time; both by the clock and in seconds of
 * the processor. With `--whole` also the whole commands, Brian's from an empty build folder and warm Cython's. Prints
 * Markdown tables of medians and least values, of the median of the ratios of pairs and of the ratio of the least.
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

interface Times {
  /** Seconds of the run phase by the clock and of the processor. */
  readonly clock: number;
  readonly processor: number;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const least = (values: readonly number[]): number => Math.min(...values);
const seconds = (value: number): string => value.toPrecision(3);

/** Runs the script; seconds of the whole command. */
function brianScript(name: string, mode: string, directory: string): number {
  const began = performance.now();
  execFileSync(python, [path.join(root, 'bench/brian/models.py'), name, mode, directory, duration], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return (performance.now() - began) / 1000;
}

function brianAgain(directory: string): Times {
  execFileSync('./main', { cwd: directory, stdio: 'ignore' });
  const [clock = NaN, processor = NaN] = readFileSync(path.join(directory, 'results/run_phase.txt'), 'utf8')
    .trim()
    .split(' ')
    .map(Number);
  return { clock, processor };
}

/** The run phase; what is recorded stays in memory, as in Brian's, or goes to a file as well. */
function ours(fixture: string, threads: number, output?: string): Times {
  const words = [
    `fixtures/brian/${fixture}.yaml`,
    target,
    `${duration} s`,
    String(threads),
    ...(output === undefined ? [] : [output]),
  ];
  return JSON.parse(execFileSync('node', ['bench/run-phase.js', ...words], { cwd: root, encoding: 'utf8' })) as Times;
}

/** Seconds of the whole command. */
function ourCommand(fixture: string, folder: string): number {
  const began = performance.now();
  const words = [
    'run',
    `fixtures/brian/${fixture}.yaml`,
    '--target',
    target,
    '--duration',
    `${duration} s`,
    '--threads',
    '1',
    '--quiet',
  ];
  execFileSync('node', ['dist/cli.js', ...words, '-o', path.join(folder, `${fixture}.nwb`)], {
    cwd: root,
    stdio: 'ignore',
  });
  return (performance.now() - began) / 1000;
}

/** A row for a measure of both. */
function phaseRow(name: string, measure: string, theirs: readonly number[], mine: readonly number[]): string {
  const paired = median(mine.map((value, k) => value / (theirs[k] ?? NaN)));
  const values = [median(theirs), least(theirs), median(mine), least(mine)].map(seconds);
  return `| ${name} | ${measure} | ${values.join(' | ')} | ${paired.toFixed(2)} | ${(least(mine) / least(theirs)).toFixed(2)} |`;
}

const folder = mkdtempSync(path.join(tmpdir(), 'interneuron-bench-'));
const phases: string[] = [];
const commands: string[] = [];
for (const { name, fixture } of networks) {
  const build = path.join(folder, name);
  const script = brianScript(name, 'cpp_standalone', build);
  // The second time, what Cython compiled is there.
  const cython = whole ? (brianScript(name, 'cython', build), brianScript(name, 'cython', build)) : NaN;
  const file = path.join(folder, `${fixture}.nwb`);
  ours(fixture, 1);
  const theirs: Times[] = [];
  const mine: Times[] = [];
  const written: Times[] = [];
  const two: number[] = [];
  const command: number[] = [];
  for (let k = 0; k < repetitions; k++) {
    theirs.push(brianAgain(build));
    const one = ours(fixture, 1);
    mine.push(one);
    written.push(ours(fixture, 1, file));
    if (availableParallelism() > 1) two.push(one.clock / ours(fixture, 2).clock);
    if (whole) command.push(ourCommand(fixture, folder));
  }
  const clock = theirs.map((times) => times.clock);
  const processor = theirs.map((times) => times.processor);
  phases.push(
    phaseRow(
      name,
      'clock',
      clock,
      mine.map((times) => times.clock),
    ),
    phaseRow(
      name,
      'clock, with an NWB file',
      clock,
      written.map((times) => times.clock),
    ),
    phaseRow(
      name,
      'processor',
      processor,
      mine.map((times) => times.processor),
    ),
  );
  commands.push(`| ${[name, median(two).toFixed(2), ...[script, cython, median(command)].map(seconds)].join(' | ')} |`);
}
rmSync(folder, { recursive: true, force: true });
console.log(
  `| network, ${duration} s | measure | Brian, median (s) | least | ours, median (s) | least | ours / Brian, median | least |`,
);
console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
console.log(phases.join('\n'));
console.log('\n| network | 1 thread / 2 threads | Brian whole (s) | Cython whole, warm (s) | ours whole (s) |');
console.log('| --- | --- | --- | --- | --- |');
console.log(commands.join('\n'));
