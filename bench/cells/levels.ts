/**
 * How much of the tree of published cells can be solved at once:
 *
 *     INTERNEURON_PUBLISHED_MODELS=… npx tsx bench/cells/levels.ts
 *
 * The variable names a folder with checkouts of github.com/OpenSourceBrain. Counts steps that wait for each other, from
 * the leaves to the root: nodes one by one, level by level (nodes at one distance from the root), and branches as
 * wholes, where a round of branches that are ready takes as long as the longest. Prints a Markdown table.
 */

import path from 'node:path';
import { buildProgram } from '../../src/pipeline/build-program.js';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import { registerNotations } from '../../src/notations.js';

registerNotations();

const checkouts = process.env['INTERNEURON_PUBLISHED_MODELS'];
if (checkouts === undefined) throw new Error('INTERNEURON_PUBLISHED_MODELS names no folder');
const generated = 'neuroConstruct/generatedNeuroML2';

const documents = [
  `VervaekeEtAl-GolgiCellNetwork/NeuroML2/LEMS_Pacemaking`,
  `L5bPyrCellHayEtAl2011/${generated}/LEMS_TestL5PC`,
  'SmithEtAl2013-L23DendriticSpikes/NeuroML2/LEMS_L23_One',
  `MainenEtAl_PyramidalCell/${generated}/LEMS_MainenEtAl_PyramidalCell`,
  `PurkinjeCell/${generated}/LEMS_PurkinjeCell`,
  `CA1PyramidalCell/${generated}/LEMS_BigCA1`,
];

/** By place of the parents, which come before their children. */
function roundsOf(up: Uint32Array): { readonly levels: number; readonly widest: number; readonly branches: number } {
  const depth = new Uint32Array(up.length);
  const children = new Uint32Array(up.length);
  for (let node = 1; node < up.length; node++) {
    depth[node] = depth[up[node]!]! + 1;
    children[up[node]!]! += 1;
  }
  const widths = new Map<number, number>();
  for (const level of depth) widths.set(level, (widths.get(level) ?? 0) + 1);
  // A branch begins at the root, and below each node that has not just one child.
  const begin = new Uint32Array(up.length);
  const length = new Uint32Array(up.length);
  for (let node = 0; node < up.length; node++) {
    begin[node] = node > 0 && children[up[node]!] === 1 ? begin[up[node]!]! : node;
    length[begin[node]!]! += 1;
  }
  const round = new Uint32Array(up.length);
  const longest: number[] = [];
  for (let node = up.length - 1; node >= 0; node--) {
    if (begin[node] !== node) continue;
    longest[round[node]!] = Math.max(longest[round[node]!] ?? 0, length[node]!);
    const parent = begin[up[node]!]!;
    if (node > 0) round[parent] = Math.max(round[parent]!, round[node]! + 1);
  }
  const branches = longest.reduce((sum, steps) => sum + steps, 0);
  return { levels: widths.size, widest: Math.max(...widths.values()), branches };
}

console.log('| cell | nodes | levels | nodes of the widest | nodes / levels | steps by branches |');
console.log('|---|---|---|---|---|---|');
for (const document of documents) {
  const { valid } = importModel(readSource(path.join(checkouts, `${document}.xml`)), {});
  const { buffers } = buildProgram(valid, { precision: 'float64' });
  for (const { name, initial } of buffers) {
    if (!name.endsWith('.parents') || !(initial instanceof Uint32Array) || initial.length < 100) continue;
    const { levels, widest, branches } = roundsOf(initial);
    const row = [name.slice(0, -8), initial.length, levels, widest, (initial.length / levels).toFixed(1), branches];
    console.log(`| ${row.join(' | ')} |`);
  }
}
