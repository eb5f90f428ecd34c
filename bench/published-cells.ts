/**
 * Times published cells with structure against NEURON, which runs what jNeuroML exports for it, with the same step:
 *
 *     npm run build && INTERNEURON_PUBLISHED_MODELS=… npx tsx bench/published-cells.ts [repetitions]
 *
 * The variable names a folder with checkouts of github.com/OpenSourceBrain. Run phases on one thread, in turn, in
 * seconds of the processor, with what is recorded kept in memory; prints a Markdown table of medians.
 */

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { exportToNeuron } from '../test/interoperability/reference-interpreter.js';

const root = path.resolve(import.meta.dirname, '..');
const checkouts = process.env['INTERNEURON_PUBLISHED_MODELS'];
if (checkouts === undefined) throw new Error('INTERNEURON_PUBLISHED_MODELS names no folder');
const repetitions = Number(process.argv[2] ?? 3);
const generated = 'neuroConstruct/generatedNeuroML2';

/** Repository, folder and name of the document, milliseconds, and the step in ms. */
const models = [
  ['MainenEtAl_PyramidalCell', generated, 'LEMS_MainenEtAl_PyramidalCell', 60, 0.01],
  ['NetPyNEShowcase', 'NeuroML2/TwoCells', 'LEMS_TwoCell', 700, 0.01],
  ['NetPyNEShowcase', 'NeuroML2/chanDens', 'LEMS_cck', 300, 0.01],
  ['L5bPyrCellHayEtAl2011', generated, 'LEMS_TestL5PC', 50, 0.01],
  ['VervaekeEtAl-GolgiCellNetwork', 'NeuroML2', 'LEMS_Pacemaking', 100, 0.0025],
] as const;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

console.log('| model | NEURON (s) | c (s) | wasm (s) | NEURON / c | NEURON / wasm |\n|---|---|---|---|---|---|');
for (const [repository, below, name, duration, step] of models) {
  const folder = mkdtempSync(path.join(tmpdir(), 'cells-'));
  try {
    cpSync(path.join(checkouts, repository), folder, { recursive: true, filter: (file) => !/\.(git|mod)$/.test(file) });
    const cwd = path.join(folder, below);
    await exportToNeuron(cwd, `${name}.xml`);
    const neuron = (): number =>
      Number(
        execFileSync(
          path.join(root, '.venv-pynn/bin/python'),
          [path.join(root, 'bench/cells/exported.py'), `${name}_nrn.py`, String(duration), String(step)],
          { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
        ),
      );
    const ours = (target: string): number => {
      const given = [
        'bench/run-phase.js',
        path.join(cwd, `${name}.xml`),
        target,
        `${duration} ms`,
        '1',
        'none',
        `${step} ms`,
      ];
      return (JSON.parse(execFileSync('node', given, { cwd: root, encoding: 'utf8' })) as { processor: number })
        .processor;
    };
    const [theirs, c, wasm] = [neuron, () => ours('c'), () => ours('wasm')].map((seconds) =>
      median(Array.from({ length: repetitions }, seconds)),
    ) as [number, number, number];
    const cells = [name, ...[theirs, c, wasm, theirs / c, theirs / wasm].map((value) => value.toPrecision(2))];
    console.log(`| ${cells.join(' | ')} |`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
