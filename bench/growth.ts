/**
 * How the time to the first step grows with the number of projections, populations, cells and inputs of a cell:
 *
 *     npm run build && npx tsx bench/growth.ts [projections] [populations] [cells] [fan-in] [--target c]...
 *       [--limit 60]
 *
 * Writes canonical models into a temporary folder and runs one step of each with `interneuron run`. Prints a Markdown
 * table for each kind of growth: wall time by phase, peak memory, and the slope of each phase on a log-log scale.
 * A slope of 1 is linear. Sizes after one that took longer than the limit (in s) are left out.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const root = path.resolve(import.meta.dirname, '..');

const neurons = {
  lif: {
    parameters: { tau: '20 ms', tau_s: '5 ms', drive: '11 mV' },
    state: { v: { unit: 'mV', initial: '10*mV*uniform(0, 1)' }, I: { unit: 'mV' } },
    derivatives: { v: '(drive + I - v)/tau', I: '-I/tau_s' },
    events: { spike: { when: 'v >= 10*mV', do: ['v = 0*mV'] } },
  },
};
const synapses = { fixed: { parameters: { w: '0 mV' }, ports: { port: 'mV' }, pathways: { pre: 'port += w' } } };

/** A model with these populations and projections. */
const model = (
  populations: readonly (readonly [string, number])[],
  projections: readonly (readonly [string, object])[],
): object => ({
  interneuron: 1,
  name: 'growth',
  neurons,
  synapses,
  populations: Object.fromEntries(populations.map(([name, size]) => [name, { type: 'lif', size }])),
  projections: Object.fromEntries(projections.map(([name, it]) => [name, { synapse: 'fixed', receptor: 'I', ...it }])),
  record: populations.map(([name]) => ({ of: name, events: 'spike' })),
  timing: 'grid',
  experiment: { dt: '0.1 ms', protocol: [{ run: '0.1 ms' }] },
});

const numbered = <T>(count: number, item: (k: number) => T): T[] => Array.from({ length: count }, (_, k) => item(k));

/** Projections of one connection each, with its own weight and delay, among a tenth as many populations of one cell. */
function projections(count: number): object {
  const cells = Math.ceil(count / 10);
  return model(
    numbered(cells, (k) => [`c${k}`, 1]),
    numbered(count, (k) => [
      `p${k}`,
      {
        from: `c${k % cells}`,
        to: `c${(k + Math.floor(k / cells) + 1) % cells}`,
        connect: { rule: 'list', sources: [0], targets: [0] },
        values: { w: `${((k % 16) + 1) / 16} mV` },
        delay: `${1 + (k % 50) / 10} ms`,
      },
    ]),
  );
}

/** Populations of one cell, without projections. */
const populations = (count: number): object =>
  model(
    numbered(count, (k) => [`c${k}`, 1]),
    [],
  );

/** Cells in one population, each with this many inputs on average. */
const network = (cells: number, inputs: number): object =>
  model(
    [['cells', cells]],
    [
      [
        'inputs',
        {
          from: 'cells',
          to: 'cells',
          delay: '1 ms',
          connect: { rule: 'probability', p: inputs / cells },
          values: { w: '0.1 mV' },
        },
      ],
    ],
  );

const kinds: Readonly<Record<string, { readonly sizes: readonly number[]; readonly made: (size: number) => object }>> =
  {
    projections: { sizes: [250, 1000, 4000], made: projections },
    populations: { sizes: [625, 2500, 10_000], made: populations },
    cells: { sizes: [62_500, 250_000, 1_000_000], made: (cells) => network(cells, 10) },
    'fan-in': { sizes: [100, 400, 1600], made: (inputs) => network(10_000, inputs) },
  };

const phases = ['import', 'lower', 'compile', 'connect', 'run'] as const;
type Times = Readonly<Record<(typeof phases)[number], number>>;

function measured(file: string, target: string, limit: number): { times: Times; gigabytes: number; total: number } {
  const words = ['run', file, '--json', '--target', target, '--threads', '1'];
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync('node', [path.join(root, 'dist/cli.js'), ...words], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    timeout: 10_000 * limit,
    // Without compiled code of an earlier run.
    env: { ...process.env, INTERNEURON_CACHE: path.join(path.dirname(file), 'cache', `${Date.now()}`) },
  });
  const total = (performance.now() - began) / 1000;
  if (status !== 0) throw new Error(`${words.join(' ')}: ${(stderr || stdout).slice(-2000)}`);
  const { timings, memory } = JSON.parse(stdout) as { timings: Times; memory: { peak: number } };
  return { times: timings, gigabytes: memory.peak / 1e9, total };
}

/** Slope of the line of least squares through the logarithms of points. */
function slope(points: readonly (readonly [number, number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(Math.max(y, 1e-3))] as const);
  const mean = (k: 0 | 1): number => logs.reduce((sum, log) => sum + log[k], 0) / logs.length;
  const [x0, y0] = [mean(0), mean(1)];
  const sum = (term: (x: number, y: number) => number): number =>
    logs.reduce((all, [x, y]) => all + term(x - x0, y - y0), 0);
  return sum((x, y) => x * y) / sum((x) => x * x);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    target: { type: 'string', multiple: true, default: ['wasm', 'c'] },
    limit: { type: 'string', default: '60' },
    sizes: { type: 'string' },
  },
});
const folder = mkdtempSync(path.join(tmpdir(), 'interneuron-growth-'));
try {
  for (const name of positionals.length > 0 ? positionals : Object.keys(kinds)) {
    const kind = kinds[name];
    if (!kind) throw new Error(`no kind ${name}: ${Object.keys(kinds).join(', ')}`);
    for (const target of values.target) {
      console.log(`\n| ${name}, ${target} | ${phases.join(' (s) | ')} (s) | command (s) | peak memory (GB) |`);
      console.log(`| --- |${' --- |'.repeat(phases.length + 2)}`);
      const rows: { readonly size: number; readonly times: Times; readonly total: number }[] = [];
      for (const size of values.sizes?.split(',').map(Number) ?? kind.sizes) {
        const file = path.join(folder, `${name}-${size}.json`);
        writeFileSync(file, JSON.stringify(kind.made(size)));
        const { times, gigabytes, total } = measured(file, target, Number(values.limit));
        const cells = [...phases.map((phase) => times[phase]), total].map((time) => time.toPrecision(3));
        console.log(`| ${size} | ${cells.join(' | ')} | ${gigabytes.toFixed(2)} |`);
        rows.push({ size, times, total });
        if (total > Number(values.limit)) break;
      }
      const slopes = [
        ...phases.map((phase) => (row: (typeof rows)[number]) => row.times[phase]),
        (row: (typeof rows)[number]) => row.total,
      ];
      console.log(
        `| slope | ${slopes.map((time) => slope(rows.map((row) => [row.size, time(row)])).toFixed(2)).join(' | ')} | |`,
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
