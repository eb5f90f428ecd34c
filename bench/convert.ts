/**
 * Time and memory of conversions of a network whose connections are all listed:
 *
 *     npm run build && npx tsx bench/convert.ts [connections]
 *
 * Writes a network of as many connections (10⁶ unless told; each with a weight and a delay of its own, 1000 cells to
 * 1000) in PyNN's notation into a temporary folder, converts it to each notation, and each of these documents to each
 * of the others and to scripts of Brian and PyNN, whole commands. Prints a Markdown table; peak memory is the resident
 * set of the process.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const connections = Number(process.argv[2] ?? 1e6);
const cells = 1000;
const notations = { 'pynn-json': 'json', 'brian-json': 'json', lems: 'xml', canonical: 'json' } as const;
const targets = { ...notations, brian: 'py', pynn: 'py' } as const;

/** The k-th of pairs that are all different, its weight in nA and its delay in ms. */
const connection = (k: number): readonly number[] => {
  const from = k % cells;
  return [from, (from + Math.floor(k / cells) + 1) % cells, 0.01 + (k % 16) / 1600, 1 + (k % 50) / 10];
};

const network = {
  format: 'interneuron/pynn',
  version: 1,
  pynn: '0.13',
  name: 'Listed connections',
  setup: { timestep: 0.1, min_delay: 0.1 },
  populations: [
    { label: 'pre', size: cells, cell: { type: 'IF_curr_exp', params: { i_offset: 0.9 } } },
    { label: 'post', size: cells, cell: { type: 'IF_curr_exp' } },
  ],
  projections: [
    {
      label: 'all',
      pre: 'pre',
      post: 'post',
      receptor_type: 'excitatory',
      connector: {
        type: 'FromListConnector',
        params: {
          conn_list: Array.from({ length: connections }, (_, k) => connection(k)),
          column_names: ['weight', 'delay'],
        },
      },
      synapse: { type: 'StaticSynapse', params: { weight: 0.01, delay: 1.0 } },
    },
  ],
  recordings: [{ target: 'post', variables: ['spikes'] }],
  phases: [{ run: 10.0 }],
};

const sayPeak =
  'data:text/javascript,process.on("exit",()=>{const{maxRSS,userCPUTime,systemCPUTime}=process.resourceUsage();process.stderr.write(`peak ${maxRSS} kB, ${userCPUTime+systemCPUTime} us`)})';

/** The time and memory of one conversion, as cells of a table. */
function converted(from: string, to: string, notation: string, folder: string): string {
  const began = performance.now();
  const words = ['convert', from, '--to', notation, '-o', to, '--force', '-q'];
  const { status, stdout, stderr } = spawnSync(
    'node',
    ['--import', sayPeak, path.join(root, 'dist/cli.js'), ...words],
    { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  const seconds = (performance.now() - began) / 1000;
  const used = /peak (\d+) kB, (\d+) us/.exec(stderr);
  const gigabytes = (Number(used?.[1]) * 1024) / 1e9;
  const processor = Number(used?.[2]) / 1e6;
  if (status !== 0) return `failed: ${(stderr || stdout).slice(0, 200).split('\n')[0]} | | |`;
  const size = statSync(path.join(folder, to)).size / 1e6;
  return `${seconds.toPrecision(3)} | ${processor.toPrecision(3)} | ${gigabytes.toFixed(2)} | ${size.toFixed(0)} |`;
}

const folder = mkdtempSync(path.join(tmpdir(), 'interneuron-convert-'));
try {
  writeFileSync(path.join(folder, 'network.json'), JSON.stringify(network));
  console.log(`${connections} connections\n`);
  console.log(
    '| from | to | time (s) | processor (s) | peak memory (GB) | written (MB) |\n| --- | --- | --- | --- | --- | --- |',
  );
  for (const [from, suffix] of Object.entries(notations)) {
    const source = `${from}.${suffix}`;
    const first = converted('network.json', source, from, folder);
    console.log(`| list | ${from} | ${first}`);
  }
  for (const [from, suffix] of Object.entries(notations))
    for (const [to, other] of Object.entries(targets))
      if (from !== to) console.log(`| ${from} | ${to} | ${converted(`${from}.${suffix}`, `out.${other}`, to, folder)}`);
} finally {
  rmSync(folder, { recursive: true });
}
