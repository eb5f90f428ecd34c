/**
 * Runs the networks of the gallery and draws their pictures: `npm run build`, then `node scripts/gallery.mjs
 * [NAME...]`. Writes docs/gallery.md and docs/pictures/gallery.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = join(root, 'dist/cli.js');

/** A network, its picture, and a sentence about it. */
const networks = [
  ['brian/vogels-abbott-cuba.yaml', 'raster', 'Balanced network with synaptic currents (Vogels and Abbott 2005).'],
  ['brian/vogels-abbott-coba.yaml', 'rates', 'The same with conductances.'],
  [
    'brian/brunel-hakim.yaml',
    'raster',
    'Fast oscillations of noisy cells with delayed inhibition (Brunel and Hakim 1999).',
  ],
  ['brian/cobahh.yaml', 'raster', 'Balanced network of Hodgkin–Huxley cells (Brette et al. 2007).'],
  [
    'brian/song-abbott-stdp.yaml',
    'weights',
    'Weights under spike-timing dependent plasticity (Song, Miller and Abbott 2000).',
  ],
  ['brian/single-hh.yaml', 'traces', 'One Hodgkin–Huxley cell with a constant current.'],
  ['brian/hodgkin-huxley-axon.yaml', 'traces', 'An action potential that travels along an axon.'],
  ['pynn/brunel.json', 'raster', 'Sparsely connected excitatory and inhibitory cells (Brunel 2000).'],
  ['pynn/short-term-plasticity-network.json', 'rates', 'Short-term depression and facilitation (Tsodyks and Markram).'],
  [
    'pynn/potjans-diesmann.json',
    'network',
    'The cortical microcircuit of Potjans and Diesmann (2014), its populations and projections.',
  ],
  ['neuroml/point-cells.xml', 'traces', "NeuroML's point cells, each with a current pulse."],
  ['neuroml/synapses.xml', 'traces', "NeuroML's synapses, with short-term and spike-timing dependent plasticity."],
];

/** Runs the command line and returns its output. */
function run(...words) {
  return execFileSync(process.execPath, [program, ...words], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
}

const chosen = process.argv.slice(2);
const pictures = join(root, 'docs/pictures/gallery');
const results = mkdtempSync(join(tmpdir(), 'interneuron-gallery-'));
mkdirSync(pictures, { recursive: true });
const page = [
  '# Gallery',
  '',
  'Twelve networks of this repository. `npm run build` and `node scripts/gallery.mjs` run them again and draw the pictures.',
  '',
];
for (const [file, kind, about] of networks) {
  const name = file.replace(/^\w+\//, '').replace(/\.\w+$/, '');
  const fixture = `fixtures/${file}`;
  const result = join(results, `${name}.nwb`);
  const picture = join(pictures, `${name}.png`);
  const drawn = kind === 'network' ? fixture : result;
  if (chosen.length === 0 || chosen.includes(name)) {
    if (drawn === result) run('run', fixture, '-o', result, '--output-dir', results, '--quiet', '--force');
    run('plot', drawn, '--kind', kind, '-o', picture, '--force', '--quiet');
  }
  const commands =
    drawn === result
      ? [`interneuron run ${fixture} -o ${name}.nwb`, `interneuron plot ${name}.nwb --kind ${kind} -o ${name}.png`]
      : [`interneuron plot ${fixture} --kind ${kind} -o ${name}.png`];
  page.push(
    `## ${name}`,
    '',
    about,
    '',
    '```sh',
    ...commands,
    '```',
    '',
    `![${about}](pictures/gallery/${name}.png)`,
    '',
  );
}
writeFileSync(join(root, 'docs/gallery.md'), page.join('\n'));
rmSync(results, { recursive: true });
