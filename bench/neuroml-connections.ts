/**
 * Time and memory of a NeuroML network whose connections are all listed in XML:
 *
 *     npm run build && npx tsx bench/neuroml-connections.ts [connections]
 *
 * Writes a network of as many connections (10⁶ unless told; each with a weight and a delay of its own, 1000 cells to 1000) and a simulation of it
 * into a temporary folder, then validates and runs them, whole commands. Prints a Markdown table; peak memory is the resident set of the process.
 */

import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const connections = Number(process.argv[2] ?? 1e6);
const cells = 1000;

/** The k-th of pairs that are all different: each round of 1000 shifts the targets by one. */
function connection(k: number): string {
  const from = k % cells;
  const to = (from + Math.floor(k / cells) + 1) % cells;
  const ends = `preCellId="../pre/${from}/cell" postCellId="../post/${to}/target"`;
  return `<connectionWD id="${k}" ${ends} weight="${0.5 + (k % 16) / 16}" delay="${1 + (k % 50) / 10}ms"/>\n`;
}

function writeNetwork(file: string): void {
  const output = openSync(file, 'w');
  writeSync(
    output,
    `<?xml version="1.0" encoding="UTF-8"?>
<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="large">
<expOneSynapse id="syn" gbase="5pS" erev="0mV" tauDecay="2ms"/>
<iafTauCell id="cell" leakReversal="-50mV" thresh="-55mV" reset="-70mV" tau="30ms"/>
<iafCell id="target" leakReversal="-60mV" thresh="-35mV" reset="-70mV" C="10pF" leakConductance="0.5nS"/>
<network id="net">
<population id="pre" component="cell" size="${cells}"/>
<population id="post" component="target" size="${cells}"/>
<projection id="all" presynapticPopulation="pre" postsynapticPopulation="post" synapse="syn">
`,
  );
  const atOnce = 10_000;
  for (let begin = 0; begin < connections; begin += atOnce)
    writeSync(output, Array.from({ length: Math.min(atOnce, connections - begin) }, (_, k) => connection(begin + k)).join(''));
  writeSync(output, '</projection>\n</network>\n</neuroml>\n');
  closeSync(output);
}

const simulation = `<Lems>
<Target component="sim"/>
<Include file="Simulation.xml"/>
<Include file="large.nml"/>
<Simulation id="sim" length="50ms" step="0.1ms" target="net">
<OutputFile id="of" fileName="v.dat"><OutputColumn id="v" quantity="post[0]/v"/></OutputFile>
</Simulation>
</Lems>
`;

const sayPeak = 'data:text/javascript,process.on("exit",()=>process.stderr.write(`peak ${process.resourceUsage().maxRSS} kB`))';

function measured(words: readonly string[], folder: string): { readonly seconds: number; readonly gigabytes: number } {
  const began = performance.now();
  const command = ['--import', sayPeak, path.join(root, 'dist/cli.js'), ...words];
  const { status, stdout, stderr } = spawnSync('node', command, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 });
  const seconds = (performance.now() - began) / 1000;
  if (status !== 0) throw new Error(`${words.join(' ')}: ${(stderr || stdout).slice(-2000)}`);
  return { seconds, gigabytes: (Number(/peak (\d+) kB/.exec(stderr)?.[1]) * 1024) / 1e9 };
}

const folder = mkdtempSync(path.join(tmpdir(), 'interneuron-connections-'));
try {
  const network = path.join(folder, 'large.nml');
  writeNetwork(network);
  writeFileSync(path.join(folder, 'LEMS_large.xml'), simulation);
  console.log(`${connections} connections, ${(statSync(network).size / 1e6).toFixed(0)} MB of XML\n`);
  console.log('| command | time (s) | peak memory (GB) |\n| --- | --- | --- |');
  const commands: readonly (readonly string[])[] = [
    ['validate', 'large.nml'],
    ['validate', 'LEMS_large.xml'],
    ['run', 'LEMS_large.xml', '--target', 'wasm', '--threads', '1', '--json'],
  ];
  for (const words of commands) {
    const { seconds, gigabytes } = measured(words, folder);
    console.log(`| \`${words.join(' ')}\` | ${seconds.toPrecision(3)} | ${gigabytes.toFixed(2)} |`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
