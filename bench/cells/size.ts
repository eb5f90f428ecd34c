/**
 * Sizes of cells with structure, on WebAssembly with one thread:
 *
 *     npm run build && npx tsx bench/cells/size.ts
 *
 * A cell of 1,000 compartments with 20 mechanisms, one of 100,000 compartments, and 10,000 cells of 100 compartments.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const cable = readFileSync(path.join(root, 'bench/cells/cable.yaml'), 'utf8');
const membrane = 'specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm';

/** One long section in place of the four. */
const long = (divisions: number): string =>
  cable
    .replace(
      / {6}sections:\n[^]*? {6}mechanisms:/,
      `      sections: { soma: { length: ${10 * divisions} um, diameter: 2 um, divisions: ${divisions}, ${membrane} } }\n      mechanisms:`,
    )
    .replace('cells: 1000', 'cells: 1');

/** Twenty channels, each with a gate of its own that opens at another voltage. */
const many = (text: string): string => {
  const channels = Array.from({ length: 19 }, (_, k) => {
    const gate = `1/(1 + exp(-(v + ${20 + 2 * k}*mV)/(${5 + k}*mV)))`;
    const own = `parameters: { g: 0.00${k + 1} mS/cm**2 }, state: { q: "${gate}" }`;
    const rate = `derivatives: { q: "(${gate} - q)/(${k + 1}*ms*(1 + exp((v + ${30 + k}*mV)/(${10 + k}*mV))))" }`;
    return `        channel${k}: { ${own}, ${rate}, reads: [v], writes: { i: "g*q**${1 + (k % 4)}*(-${50 + k}*mV - v)" } }\n`;
  });
  return text.replace('      mechanisms:\n', `      mechanisms:\n${channels.join('')}`);
};

/** What `run --json` prints. */
interface Summary {
  readonly timings: Readonly<Record<string, number>>;
  readonly memory: { readonly peak: number };
}

const folder = mkdtempSync(path.join(tmpdir(), 'cells-'));
try {
  console.log(
    '| what | read and lowered (s) | compiled (s) | built (s) | run (s) | peak memory (GB) |\n|---|---|---|---|---|---|',
  );
  for (const [what, text] of [
    ['1,000 compartments, 20 mechanisms, 40 steps', many(long(1000))],
    ['100,000 compartments, 40 steps', long(100_000)],
    ['10,000 cells of 100 compartments, 40 steps', cable.replace('cells: 1000', 'cells: 10000')],
  ] as const) {
    const model = path.join(folder, 'cells.yaml');
    writeFileSync(model, text);
    const given = ['dist/cli.js', 'run', model, '--target', 'wasm', '--threads', '1', '--duration', '1 ms', '--json'];
    const output = ['-o', path.join(folder, 'cells.csv'), '--force'];
    // Nothing is in the cache of compiled programs.
    const env = { ...process.env, XDG_CACHE_HOME: folder };
    const { stdout, stderr, status } = spawnSync('node', [...given, ...output], { cwd: root, encoding: 'utf8', env });
    if (status !== 0) throw new Error(stderr);
    const { timings, memory } = JSON.parse(stdout) as Summary;
    const { import: read = 0, lower = 0, compile = 0, connect = 0, run = 0 } = timings;
    const cells = [read + lower, compile, connect, run, memory.peak / 1e9].map((value) => value.toPrecision(2));
    console.log(`| ${[what, ...cells].join(' | ')} |`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
