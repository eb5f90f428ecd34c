/**
 * Times interneuron against LEMS's reference interpreter (jNeuroML) on the examples of the NeuroML 2 repository, in one
 * run on one machine:
 *
 *     npm run build && NEUROML2_CHECKOUT=path/to/NeuroML2 npx tsx bench/neuroml.ts [repetitions] [part of a name]
 *
 * Both do the same work, each in turn: the whole command from reading the document to written output files, the starts
 * of Java and of Node included, WebAssembly on one thread; and the run phase alone, as each says itself. Medians over
 * the repetitions, and of the ratios of each pair. Prints a Markdown table.
 */

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const repetitions = Number(process.argv[2] ?? 3);
const wanted = process.argv[3] ?? '';
const checkout = process.env['NEUROML2_CHECKOUT'];
if (checkout === undefined || !existsSync(path.join(checkout, 'LEMSexamples')))
  throw new Error('NEUROML2_CHECKOUT is no checkout of NeuroML2');

/** The jar that the package pyneuroml brings. */
function findJar(): string {
  const lib = path.join(root, '.venv-neuroml/lib');
  for (const version of existsSync(lib) ? readdirSync(lib) : []) {
    const folder = path.join(lib, version, 'site-packages/pyneuroml/lib');
    const found = existsSync(folder) ? readdirSync(folder).find((name) => /^jNeuroML.*\.jar$/.test(name)) : undefined;
    if (found !== undefined) return path.join(folder, found);
  }
  throw new Error('no jNeuroML in .venv-neuroml; run scripts/python-environment.sh');
}

/** Seconds. */
interface Times {
  readonly whole: number;
  readonly run: number;
}

const jar = findJar();

function timed(
  command: string,
  args: readonly string[],
  cwd: string,
): { readonly seconds: number; readonly stdout: string } {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
  const seconds = (performance.now() - began) / 1000;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${(stderr || stdout).slice(-2000)}`);
  return { seconds, stdout };
}

function reference(model: string, folder: string): Times {
  const { seconds, stdout } = timed('java', ['-Xmx1G', '-cp', jar, 'org.neuroml.JNeuroML', model, '-nogui'], folder);
  if (/\(ERROR\)/.test(stdout)) throw new Error(stdout.slice(-2000));
  return { whole: seconds, run: Number(/Finished \d+ steps in ([\d.]+) seconds/.exec(stdout)?.[1] ?? NaN) };
}

function ours(model: string, folder: string, results: string): Times {
  const words = ['run', model, '--target', 'wasm', '--threads', '1', '--output-dir', results, '--json'];
  const { seconds, stdout } = timed('node', [path.join(root, 'dist/cli.js'), ...words], folder);
  return { whole: seconds, run: (JSON.parse(stdout) as { readonly timings: { readonly run: number } }).timings.run };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const short = (value: number): string => value.toPrecision(3);

const copy = mkdtempSync(path.join(tmpdir(), 'interneuron-bench-'));
// The interpreter writes beside the models.
for (const part of ['LEMSexamples', 'examples', 'NeuroML2CoreTypes'])
  cpSync(path.join(checkout, part), path.join(copy, part), { recursive: true });
const folder = path.join(copy, 'LEMSexamples');
mkdirSync(path.join(folder, 'results'), { recursive: true });
const models = readdirSync(folder)
  // Example 25 has cells with compartments, which neither runs.
  .filter((name) => /^LEMS_NML2_Ex\d+\w*\.xml$/.test(name) && !name.includes('Ex25') && name.includes(wanted))
  .sort((a, b) => Number(/Ex(\d+)/.exec(a)?.[1]) - Number(/Ex(\d+)/.exec(b)?.[1]) || a.localeCompare(b));

console.log(
  `${cpus().length} processors (${cpus()[0]?.model.trim() ?? '?'}), load ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}, ${repetitions} repetitions\n`,
);
console.log(
  '| model | jNeuroML, whole (s) | ours, whole (s) | times as fast | jNeuroML, run (s) | ours, run (s) | times as fast |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- |');
for (const model of models) {
  const pairs = Array.from({ length: repetitions }, (): readonly [Times, Times] => [
    reference(model, folder),
    ours(model, folder, path.join(copy, 'ours')),
  ]);
  const column = (of: (pair: readonly [Times, Times]) => number): string => short(median(pairs.map(of)));
  console.log(
    `| ${[
      model.replace(/^LEMS_NML2_|\.xml$/g, ''),
      column(([theirs]) => theirs.whole),
      column(([, own]) => own.whole),
      column(([theirs, own]) => theirs.whole / own.whole),
      column(([theirs]) => theirs.run),
      column(([, own]) => own.run),
      column(([theirs, own]) => theirs.run / own.run),
    ].join(' | ')} |`,
  );
}
rmSync(copy, { recursive: true });
