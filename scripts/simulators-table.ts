/**
 * Runs ten models in all simulators that can run them, at the model's step and at an eighth of it, compares each result
 * with ours, and writes the table of docs/simulators.md:
 *
 *     npx tsx scripts/simulators-table.ts [pattern]
 *
 * The environments are those of scripts/python-environment.sh. With a pattern, such as `'PyNN.*nest'`, only the rows
 * that it matches are printed. Ends with 1 if the table changes, or if a result cannot be read by pynwb.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommandLine } from '../src/cli/cli.js';
import { spiking } from '../test/translators/sonata/written-cells.js';

const folder = mkdtempSync(path.join(tmpdir(), 'simulators-'));
const page = 'docs/simulators.md';
const nestml = 'test/translators/nestml/files';

/** Names of models, with the words of `run` and the step in ms. */
const models: Readonly<Record<string, readonly [step: number, ...words: readonly string[]]>> = {
  'Brian: single-lif': [0.1, 'fixtures/brian/single-lif.yaml'],
  'Brian: single-hh': [0.01, 'fixtures/brian/single-hh.yaml'],
  // In 200 ms, a spike lies in the last step: other simulators have it after the end.
  'PyNN: connector-fixed-probability': [
    0.1,
    'fixtures/pynn/connector-fixed-probability.json',
    ...['--duration', '199 ms'],
  ],
  'PyNN: stdp-network': [0.1, 'fixtures/pynn/stdp-network.json', '--duration', '200 ms'],
  'NeuroML: network': [0.01, 'fixtures/neuroml/network.xml'],
  'NeuroML: network-of-cells': [0.025, 'fixtures/cells/network-of-cells.xml'],
  'NESTML: code': [0.1, `${nestml}/code.nestml`],
  'NESTML: ports': [0.1, `${nestml}/ports.nestml`],
  'Canonical: cells with a shape': [0.025, path.join(folder, 'spiking.json')],
  'SONATA: cells with a shape': [0.025, path.join(folder, 'spiking/simulation_config.json')],
};

const environments = {
  nest: '.venv-nestml',
  neuron: '.venv-pynn',
  brian: '.venv',
  jneuroml: '.venv-neuroml',
  bmtk: '.venv-sonata',
} as const;

/** Runs a command. */
async function command(words: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', ''];
  const output = { terminal: false, columns: 200, colour: false };
  const code = await runCommandLine(words, {
    stdout: { ...output, write: (text) => void (stdout += text) },
    stderr: { ...output, write: (text) => void (stderr += text) },
    input: () => Buffer.from(''),
    progressStream: undefined,
    environment: process.env,
    onInterrupt: () => () => undefined,
    onTermination: () => () => undefined,
    endSoon: () => undefined,
    exit: (status) => {
      throw new Error(`exit ${status}`);
    },
  });
  return { code, stdout, stderr };
}

/** Distance of a result of another simulator from ours. */
interface Distance {
  readonly matched: number;
  readonly spikes: number;
  /** In ms. */
  readonly shift: number;
  /** Of samples, relative to their range. */
  readonly samples: number;
}

/** Returns the distance of two results, or the reason why they are not compared. */
async function distanceOf(ours: string, theirs: string): Promise<Distance | string> {
  const { stdout, stderr } = await command(['compare', ours, theirs, '--within', '5 ms', '--json']);
  if (!stdout.startsWith('{')) return stderr.split('\n')[0] ?? '';
  const { populations, signals } = JSON.parse(stdout) as {
    populations: { spikes: [number, number]; matched: number; largestShift: number | null }[];
    signals: { normalised: number | null }[];
  };
  const sum = (of: (one: (typeof populations)[number]) => number): number =>
    populations.reduce((all, one) => all + of(one), 0);
  return {
    matched: sum(({ matched }) => matched),
    spikes: sum(({ spikes }) => Math.max(...spikes)),
    shift: 1e3 * Math.max(0, ...populations.map(({ largestShift }) => largestShift ?? 0)),
    samples: Math.max(0, ...signals.map(({ normalised }) => normalised ?? 0)),
  };
}

/** Largest distance of samples that rounding explains. */
const rounding = 1e-5;

const textOf = (one: Distance | string): string => {
  if (typeof one === 'string') return one;
  const { matched, spikes, shift, samples } = one;
  const apart = samples <= rounding || shift > 0 ? '' : `; samples ${(100 * samples).toPrecision(1)} % apart`;
  return `${matched} of ${spikes} spikes${shift === 0 ? '' : `, ${Number(shift.toPrecision(2))} ms apart`}${apart}`;
};

/** Checks whether the distance is none, or vanishes with the step. */
function isSame([coarse, fine]: readonly (Distance | string)[]): boolean {
  if (typeof coarse !== 'object' || typeof fine !== 'object') return false;
  const all = fine.matched === fine.spikes && fine.spikes > 0;
  const isNear = (a: number, b: number, least: number): boolean => b <= Math.max(least, a / 4);
  // Samples jump at spikes, so that they are not near before the spikes are equal.
  const areNear = fine.shift > 0 || isNear(coarse.samples, fine.samples, rounding);
  return all && isNear(coarse.shift, fine.shift, 1e-9) && areNear;
}

const written: string[] = [];

/** Returns the row of a model in a simulator. */
async function rowOf(name: string, on: keyof typeof environments): Promise<string> {
  const [step, ...words] = models[name]!;
  const found: (Distance | string)[] = [];
  let verdict = '';
  for (const dt of [step, step / 8]) {
    const ours = path.join(folder, `${name.replace(/\W+/g, '-')}-${dt}.nwb`);
    const theirs = path.join(folder, `${on}-${dt}.nwb`);
    const at = [...words, '--dt', `${dt} ms`];
    if (!written.includes(ours)) {
      const { code, stderr } = await command(['run', ...at, '-o', ours]);
      if (code !== 0) throw new Error(`${name}: ${stderr}`);
      written.push(ours);
    }
    const how = ['--on', on, '--env', environments[on], '--freeze', '-o', theirs, '--force'];
    const { code, stdout, stderr } = await command(['run', ...at, ...how, ...(dt < step ? ['--no-check'] : [])]);
    if (dt === step) verdict = /^(?:conversion[^:]*|nothing run): (.*)$/m.exec(stdout)?.[1] ?? '';
    if (code !== 0) {
      const [said = ''] = `${stderr}${stdout}`.split('\n').filter((line) => /^(?:error|nothing run)/.test(line));
      const lost = /^\s+(\S+\/\S+)\s+\d*\s+(?:incomplete|missing|left out|not written)\s+(.*)$/m.exec(stdout);
      return `| ${name} | ${on} | refused | ${lost ? `${lost[1]}: ${lost[2]}` : said.replace(/^error: /, '')} | |`;
    }
    written.push(theirs);
    found.push(await distanceOf(ours, theirs));
    checkWithPynwb(theirs);
  }
  const confirmed = isSame(found) ? 'confirmed' : '**not confirmed**';
  return `| ${name} | ${on} | ${verdict}; ${confirmed} | ${found.map(textOf).join(' | ')} |`;
}

/** Reads a result by pynwb. @throws Error with its message */
function checkWithPynwb(file: string): void {
  const code =
    'import sys, pynwb\nwith pynwb.NWBHDF5IO(sys.argv[1], "r") as io:\n    print(len(io.read().units or []))\n';
  execFileSync('.venv/bin/python', ['-W', 'ignore', '-c', code, file], { encoding: 'utf8' });
}

const wanted = process.argv[2];
try {
  const file = path.join(folder, 'spiking.json');
  writeFileSync(file, JSON.stringify(spiking()));
  await command(['convert', file, '--to', 'sonata', '-o', path.join(folder, 'spiking')]);
  const rows: string[] = [];
  for (const name of Object.keys(models))
    for (const on of Object.keys(environments) as (keyof typeof environments)[]) {
      if (wanted !== undefined && !new RegExp(wanted).test(`${name} | ${on}`)) continue;
      rows.push(await rowOf(name, on));
      console.log(rows.at(-1));
    }
  if (wanted === undefined) {
    const before = readFileSync(page, 'utf8');
    const mark = '| --- | --- | --- | --- | --- |\n';
    const [head = ''] = before.split(mark);
    const after = `${head}${mark}${rows.join('\n')}\n`;
    writeFileSync(page, after);
    if (after !== before) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
