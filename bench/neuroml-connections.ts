/**
 * Time and memory of a NeuroML network whose connections are all listed in XML:
 *
 *     npm run build && npx tsx bench/neuroml-connections.ts [connections] [apart]
 *
 * Writes a network of as many connections (10⁶ unless told; each with a weight and a delay of its own, 1000 cells to
 * 1000) and a simulation of it into a temporary folder, then validates and runs them, whole commands. Prints a Markdown
 * table; peak memory is the resident set of the process. With the word `apart`, each cell is a population and each
 * connection a projection, as in models of nervous systems whose cells have names (4000 connections unless told, among
 * 400 cells).
 */

import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const words = process.argv.slice(2);
const apart = words.includes('apart');
const connections = Number(words.find((word) => word !== 'apart') ?? (apart ? 4000 : 1e6));
const cells = apart ? 400 : 1000;

/** The k-th of pairs that are all different: each round of cells shifts the targets by one. */
function connection(k: number): string {
  const from = k % cells;
  const to = (from + Math.floor(k / cells) + 1) % cells;
  const values = `weight="${0.5 + (k % 16) / 16}" delay="${1 + (k % 50) / 10}ms"`;
  if (!apart)
    return `<connectionWD id="${k}" preCellId="../pre/${from}/cell" postCellId="../post/${to}/target" ${values}/>\n`;
  return `<projection id="p${k}" presynapticPopulation="c${from}" postsynapticPopulation="c${to}" synapse="syn">
<connectionWD id="0" preCellId="../c${from}/0/firing" postCellId="../c${to}/0/firing" ${values}/>
</projection>\n`;
}

const populations = apart
  ? Array.from({ length: cells }, (_, k) => `<population id="c${k}" component="firing" size="1"/>`).join('\n')
  : `<population id="pre" component="cell" size="${cells}"/>
<population id="post" component="target" size="${cells}"/>
<projection id="all" presynapticPopulation="pre" postsynapticPopulation="post" synapse="syn">`;

function writeNetwork(file: string): void {
  const output = openSync(file, 'w');
  writeSync(
    output,
    `<?xml version="1.0" encoding="UTF-8"?>
<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="large">
<expOneSynapse id="syn" gbase="5pS" erev="0mV" tauDecay="2ms"/>
<iafTauCell id="cell" leakReversal="-50mV" thresh="-55mV" reset="-70mV" tau="30ms"/>
<iafCell id="firing" leakReversal="-30mV" thresh="-35mV" reset="-70mV" C="10pF" leakConductance="0.5nS"/>
<iafCell id="target" leakReversal="-60mV" thresh="-35mV" reset="-70mV" C="10pF" leakConductance="0.5nS"/>
<network id="net">
${populations}
`,
  );
  const atOnce = 10_000;
  for (let begin = 0; begin < connections; begin += atOnce)
    writeSync(
      output,
      Array.from({ length: Math.min(atOnce, connections - begin) }, (_, k) => connection(begin + k)).join(''),
    );
  writeSync(output, `${apart ? '' : '</projection>\n'}</network>\n</neuroml>\n`);
  closeSync(output);
}

const simulation = `<Lems>
<Target component="sim"/>
<Include file="Simulation.xml"/>
<Include file="large.nml"/>
<Simulation id="sim" length="50ms" step="0.1ms" target="net">
<OutputFile id="of" fileName="v.dat"><OutputColumn id="v" quantity="${apart ? 'c0' : 'post'}[0]/v"/></OutputFile>
</Simulation>
</Lems>
`;

const sayPeak =
  'data:text/javascript,process.on("exit",()=>process.stderr.write(`peak ${process.resourceUsage().maxRSS} kB`))';

function measured(
  command: readonly string[],
  folder: string,
): { readonly seconds: number; readonly gigabytes: number } {
  const began = performance.now();
  const program = ['--import', sayPeak, path.join(root, 'dist/cli.js')];
  const { status, stdout, stderr } = spawnSync('node', [...program, ...command], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const seconds = (performance.now() - began) / 1000;
  if (status !== 0) throw new Error(`${command.join(' ')}: ${(stderr || stdout).slice(-2000)}`);
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
  for (const command of commands) {
    const { seconds, gigabytes } = measured(command, folder);
    console.log(`| \`${command.join(' ')}\` | ${seconds.toPrecision(3)} | ${gigabytes.toFixed(2)} |`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
