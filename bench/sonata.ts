/**
 * Time and memory of writing and reading a circuit of SONATA:
 *
 *     npm run build && npx tsx bench/sonata.ts [edges]
 *
 * Writes a network of as many edges (10⁶ unless told; each with a weight and a delay of its own, 1000 cells to 1000) in
 * the canonical form into a temporary folder, converts it to SONATA, and validates the circuit, whole commands. Prints
 * a Markdown table; peak memory is the resident set of the process.
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const edges = Number(process.argv[2] ?? 1e6);
const cells = 1000;
const folder = mkdtempSync(path.join(tmpdir(), 'interneuron-sonata-'));
const each = (valueOf: (k: number) => number): Float64Array =>
  Float64Array.from({ length: edges }, (_, k) => valueOf(k));

/** Stores an array beside the document, and returns what refers to it. */
function stored(array: Float64Array, unit?: string): object {
  const bytes = new Uint8Array(array.buffer);
  const $data = createHash('sha256').update(bytes).digest('hex');
  mkdirSync(path.join(folder, 'model.data'), { recursive: true });
  writeFileSync(path.join(folder, 'model.data', $data), bytes);
  return { $data, dtype: 'f64', shape: [edges], ...(unit === undefined ? {} : { unit }) };
}

const sayPeak =
  'data:text/javascript,process.on("exit",()=>{const{maxRSS,userCPUTime,systemCPUTime}=process.resourceUsage();process.stderr.write(`peak ${maxRSS} kB, ${userCPUTime+systemCPUTime} us`)})';

function measured(...command: readonly string[]): string {
  const began = performance.now();
  const program = ['--import', sayPeak, path.join(root, 'dist/cli.js')];
  const { status, stdout, stderr } = spawnSync('node', [...program, ...command], { cwd: folder, encoding: 'utf8' });
  const seconds = (performance.now() - began) / 1000;
  if (status !== 0) throw new Error(`${command.join(' ')}: ${(stderr || stdout).slice(-2000)}`);
  const gigabytes = (Number(/peak (\d+) kB/.exec(stderr)?.[1]) * 1024) / 1e9;
  const processor = Number(/, (\d+) us/.exec(stderr)?.[1]) / 1e6;
  return `| \`${command.join(' ')}\` | ${seconds.toPrecision(3)} | ${processor.toPrecision(3)} | ${gigabytes.toFixed(2)} |`;
}

try {
  const network = {
    format: 'interneuron/pynn',
    version: 1,
    pynn: '0.13',
    setup: { timestep: 0.1 },
    populations: ['pre', 'post'].map((label) => ({ label, size: cells, cell: { type: 'IF_curr_exp' } })),
    projections: [
      {
        label: 'all',
        pre: 'pre',
        post: 'post',
        receptor_type: 'excitatory',
        connector: { type: 'FromListConnector', params: { conn_list: [[0, 0]] } },
        synapse: { type: 'StaticSynapse', params: { weight: 0.01, delay: 1 } },
      },
    ],
    phases: [{ run: 10 }],
  };
  writeFileSync(path.join(folder, 'one.json'), JSON.stringify(network));
  measured('convert', 'one.json', '--to', 'canonical', '-o', 'model.json', '--no-origin');
  const model = JSON.parse(readFileSync(path.join(folder, 'model.json'), 'utf8'));
  Object.assign(model.projections.all, {
    connect: {
      rule: 'list',
      sources: stored(each((k) => k % cells)),
      targets: stored(each((k) => ((k % cells) + Math.floor(k / cells) + 1) % cells)),
    },
    values: { weight: stored(each((k) => (0.01 + ((k * 7919) % 100_003) / 1e7) * 1e-9)) },
    delay: stored(each((k) => (1 + (k % 50) / 10) * 1e-3)),
  });
  delete model.projections.all.delays;
  writeFileSync(path.join(folder, 'model.json'), JSON.stringify(model));
  console.log('| command | time (s) | processor (s) | peak memory (GB) |\n| --- | --- | --- | --- |');
  console.log(measured('convert', 'model.json', '--to', 'sonata', '-o', 'circuit'));
  console.log(measured('validate', 'circuit/simulation_config.json'));
} finally {
  rmSync(folder, { recursive: true });
}
