/**
 * Times cells with structure against NEURON, in one run on one machine:
 *
 *     npm run build && npx tsx bench/cells.ts [repetitions] [--cells 1000] [--duration 20] [--targets wasm,c]
 *
 * Arbor takes part where the variable ARBOR_PYTHON names a Python that has it.
 *
 * Cells of 100 compartments with Hodgkin and Huxley's channels everywhere, 0.025 ms, one thread each: the run phase of
 * NEURON, with and without tables of rates, and of `interneuron run`, in turn, in seconds of the processor. Prints a
 * Markdown table of medians, in nanoseconds a compartment and step, and of the medians of the ratios of pairs.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const words = process.argv.slice(2);
const option = (name: string, otherwise: string): string => {
  const place = words.indexOf(`--${name}`);
  return (place < 0 ? undefined : words[place + 1]) ?? otherwise;
};
const repetitions = Number(words[0]?.startsWith('--') === false ? words[0] : 3);
const cells = option('cells', '1000');
const duration = option('duration', '20');
const targets = option('targets', 'wasm,c').split(',');

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

function neuron(tables: boolean): number {
  const script = path.join(root, 'bench/cells/cable.py');
  const python = path.join(root, '.venv-pynn/bin/python');
  const given = [script, cells, duration, tables ? '1' : '0'];
  const text = execFileSync(python, given, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return Number(text.split(' ')[0]);
}

function arbor(python: string): number {
  const given = [path.join(root, 'bench/cells/cable_arbor.py'), cells, duration];
  return Number(execFileSync(python, given, { encoding: 'utf8' }).split(' ')[0]);
}

function ours(model: string, target: string): number {
  const text = execFileSync('node', ['bench/run-phase.js', model, target, `${duration} ms`, '1'], {
    cwd: root,
    encoding: 'utf8',
  });
  return (JSON.parse(text) as { readonly processor: number }).processor;
}

const arborPython = process.env['ARBOR_PYTHON'];
const folder = mkdtempSync(path.join(tmpdir(), 'cells-'));
const model = path.join(folder, 'cable.yaml');
const document = readFileSync(path.join(root, 'bench/cells/cable.yaml'), 'utf8');
writeFileSync(model, document.replace('cells: 1000 }', `cells: ${cells} }`));
try {
  const runs = [
    { name: 'NEURON, tables of rates', seconds: (): number => neuron(true) },
    { name: 'NEURON, no tables', seconds: (): number => neuron(false) },
    ...(arborPython === undefined ? [] : [{ name: 'Arbor', seconds: (): number => arbor(arborPython) }]),
    ...targets.map((target) => ({ name: target, seconds: (): number => ours(model, target) })),
  ];
  const times = runs.map((): number[] => []);
  for (let k = 0; k < repetitions; k++) runs.forEach(({ seconds }, at) => times[at]?.push(seconds()));
  const steps = Number(cells) * 100 * (Number(duration) / 0.025);
  const [tables = []] = times;
  console.log('| | seconds | ns a compartment and step | NEURON with tables / this |\n|---|---|---|---|');
  runs.forEach(({ name }, at) => {
    const own = times[at] ?? [];
    const ratio = median(own.map((value, k) => (tables[k] ?? NaN) / value));
    console.log(
      `| ${name} | ${median(own).toPrecision(3)} | ${((median(own) / steps) * 1e9).toPrecision(3)} | ${ratio.toFixed(2)} |`,
    );
  });
} finally {
  rmSync(folder, { recursive: true });
}
