/**
 * Times interneuron against PyNN's simulators on the Vogels–Abbott networks, end to end and on one thread, in one run
 * on one machine:
 *
 *     npm run build && npx tsx bench/pynn.ts [repetitions]
 *
 * What is timed is the whole command, from reading the document or script to written results: `interneuron run` on
 * WebAssembly with one thread, and the exported script under pyNN.neuron and pyNN.brian2 (compiled by Cython, whose
 * cache is warm after the first round, which is not counted). Prints a Markdown table of medians, and of ratios of the
 * faster simulator to interneuron.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const environment = path.join(root, '.venv-pynn/bin');
const repetitions = Number(process.argv[2] ?? 3);
const networks = ['vogels-abbott-cuba', 'vogels-abbott-coba'];
const simulators = ['neuron', 'brian2', 'nest'];

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/** Wall time in s of a command. */
function timed(command: string, args: readonly string[], cwd: string): number {
  const began = performance.now();
  execFileSync(command, args, {
    cwd,
    stdio: 'ignore',
    env: {
      ...process.env,
      PATH: `${environment}:${process.env.PATH ?? ''}`,
      OMP_NUM_THREADS: '1',
      PYTHONWARNINGS: 'ignore',
    },
  });
  return (performance.now() - began) / 1000;
}

const folder = mkdtempSync(path.join(tmpdir(), 'interneuron-bench-'));
console.log(
  `| network | interneuron | ${simulators.map((simulator) => `pyNN.${simulator}`).join(' | ')} | faster of NEURON and Brian 2 |`,
);
console.log(`|---|---|${simulators.map(() => '---|').join('')}---|`);
for (const network of networks) {
  const cli = path.join(root, 'dist/cli.js');
  const document = path.join(root, `fixtures/pynn/${network}.json`);
  const script = path.join(folder, `${network}.py`);
  timed('node', [cli, 'convert', document, '--to', 'pynn', '-o', script], folder);
  const ours: number[] = [];
  const theirs = simulators.map((): number[] => []);
  for (let round = 0; round <= repetitions; round++) {
    const here = timed(
      'node',
      [cli, 'run', document, '--target', 'wasm', '--threads', '1', '-o', path.join(folder, `${network}.nwb`)],
      folder,
    );
    const there = simulators.map((simulator) =>
      timed(path.join(environment, 'python'), [script, simulator, path.join(folder, `${simulator}.json`)], folder),
    );
    // The first round fills caches.
    if (round === 0) continue;
    ours.push(here);
    there.forEach((seconds, k) => theirs[k]?.push(seconds));
  }
  const ratios = ours.map((seconds, k) => Math.min(theirs[0]?.[k] ?? Infinity, theirs[1]?.[k] ?? Infinity) / seconds);
  const cells = [median(ours), ...theirs.map(median)].map((seconds) => `${seconds.toPrecision(3)} s`);
  console.log(`| ${network} | ${cells.join(' | ')} | ${median(ratios).toPrecision(3)} times as long |`);
}
rmSync(folder, { recursive: true });
