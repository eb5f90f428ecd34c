/**
 * Outputs of other simulators, recorded in `test/recorded` with their provenance: a line of JSON for each run, which
 * names the simulator, its version, the digest of its input and the command. The same input gives the same output, so
 * tests compare with the record, and start no simulator.
 *
 * A new input is run and recorded, but in CI it is a failure. INTERNEURON_PEERS=fresh runs everything and writes the
 * records anew (`.ci/nightly`).
 */

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { afterAll } from 'vitest';
import { root } from './import-graph.js';

/** Another simulator: its packages with their versions, which the files of requirements fix. */
export interface Peer {
  readonly name: string;
  readonly packages: readonly string[];
  readonly command: string;
}

/** A run of a simulator: a name for people, and all texts and arguments on which its output depends. */
export interface PeerInput {
  readonly what: string;
  readonly texts: readonly string[];
  /**
   * Our programs in Python that run it, from the first, which the command starts. A runner of others' files states its
   * `OUTPUT_VERSION`, which is raised when it gives another output for the same input. The text of others is input: it
   * holds the model.
   */
  readonly runners?: readonly string[];
}

/** A line of a file of records. */
interface PeerRecord {
  readonly what: string;
  readonly peer: string;
  readonly packages: readonly string[];
  readonly command: string;
  /** SHA-256 of the input. */
  readonly input: string;
  readonly output?: unknown;
  /** The output as JSON, compressed by Brotli, in base64, if it is long. */
  readonly packed?: string;
}

const requirements = new Map(
  ['', '-pynn', '-nestml', '-neuroml', '-sonata', '-norse', '-frameworks'].map((name) => [
    `requirements${name}`,
    readFileSync(join(root, `test/interoperability/requirements${name}.txt`), 'utf8').split('\n'),
  ]),
);

function peer(name: string, file: string, packages: readonly string[], command: string): Peer {
  const pinned = packages.map((one) => requirements.get(file)?.find((line) => line.startsWith(`${one}==`)) ?? '');
  if (pinned.includes('')) throw new Error(`${file}.txt lacks one of ${packages.join(', ')}`);
  return { name, packages: pinned, command };
}

export const peers = {
  brian: peer('Brian 2', 'requirements', ['Brian2', 'numpy'], '.venv/bin/python'),
  nest: peer('NEST', 'requirements-pynn', ['nest-simulator', 'PyNN'], '.venv-pynn/bin/python'),
  neuron: peer('NEURON', 'requirements-pynn', ['neuron', 'PyNN'], '.venv-pynn/bin/python'),
  brian2: peer('Brian 2', 'requirements-pynn', ['Brian2', 'PyNN'], '.venv-pynn/bin/python'),
  backends: peer('NEST and NEURON', 'requirements-pynn', ['nest-simulator', 'neuron', 'PyNN'], '.venv-pynn/bin/python'),
  mock: peer('PyNN', 'requirements-pynn', ['PyNN', 'numpy'], '.venv-pynn/bin/python'),
  nestml: peer('NEST', 'requirements-nestml', ['nest-simulator', 'nestml', 'PyNN'], '.venv-nestml/bin/python'),
  bmtk: peer('BMTK', 'requirements-sonata', ['bmtk', 'nest-simulator', 'libsonata'], '.venv-sonata/bin/python'),
  bionet: peer('BMTK', 'requirements-sonata', ['bmtk', 'neuron'], '.venv-sonata/bin/python'),
  norse: peer('Norse', 'requirements-norse', ['norse', 'torch'], '.venv-norse/bin/python'),
  lfpy: peer('LFPy', 'requirements-frameworks', ['LFPy', 'neuron'], '.venv-frameworks/bin/python'),
  bluepyopt: peer('BluePyOpt', 'requirements-frameworks', ['bluepyopt', 'neuron'], '.venv-frameworks/bin/python'),
  jneuroml: peer('jNeuroML', 'requirements-neuroml', ['pyneuroml'], 'java org.neuroml.JNeuroML'),
} as const;

const fresh = process.env['INTERNEURON_PEERS'] === 'fresh';

/** Outputs of simulators for inputs, from the records or from a run. */
export interface PeerRecords {
  /**
   * Returns the output for each input. `run` is called once with the indices of inputs without a record, and returns
   * their outputs.
   */
  outputs<T>(
    peer: Peer,
    inputs: readonly PeerInput[],
    run: (missing: readonly number[]) => Promise<readonly T[]>,
  ): Promise<readonly T[]>;
  /** Returns the output for one input. */
  output<T>(peer: Peer, input: PeerInput, run: () => Promise<T>): Promise<T>;
}

/** Runs simulators without reading or writing records. */
export const withoutRecords: PeerRecords = {
  outputs: (_, inputs, run) => run(inputs.map((_, k) => k)),
  output: (_, __, run) => run(),
};

/** The records of a test file, to be called outside its tests. @param name of the file of records */
export function peerRecords(name: string): PeerRecords {
  const path = join(root, 'test/recorded', `${name}.jsonl`);
  const known = new Map<string, PeerRecord>();
  const added = new Map<string, PeerRecord>();
  if (existsSync(path))
    for (const line of readFileSync(path, 'utf8').split('\n').filter(Boolean)) {
      const record = JSON.parse(line) as PeerRecord;
      known.set(keyOf(record), record);
    }
  afterAll(() => {
    if (added.size === 0) return;
    const records = [...new Map([...(fresh ? [] : known), ...added])].sort(([a], [b]) => (a < b ? -1 : 1));
    writeFileSync(path, records.map(([, record]) => `${JSON.stringify(record)}\n`).join(''));
  });

  const records: PeerRecords = {
    async outputs<T>(
      peer: Peer,
      inputs: readonly PeerInput[],
      run: (missing: readonly number[]) => Promise<readonly T[]>,
    ): Promise<readonly T[]> {
      const found = inputs.map((input) => ({ ...provenance(peer, input), recorded: known.get(keyOf(provenance(peer, input))) })); // prettier-ignore
      const missing = found.flatMap(({ recorded }, k) => (fresh || recorded === undefined ? [k] : []));
      if (missing.length > 0 && process.env['CI'] && !fresh) throw new Error(hint(name, found[missing[0]!]!));
      const outputs = new Map<number, T>();
      if (missing.length > 0) {
        const ran = await run(missing);
        missing.forEach((k, n) => {
          const { recorded: _, ...record } = found[k]!;
          outputs.set(k, ran[n]!);
          added.set(keyOf(record), { ...record, ...packed(ran[n]) });
        });
      }
      return found.map(({ recorded }, k) => (outputs.has(k) ? outputs.get(k)! : (unpacked(recorded!) as T)));
    },
    async output(peer, input, run) {
      const [only] = await records.outputs(peer, [input], async () => [await run()]);
      return only!;
    },
  };
  return records;
}

function provenance({ name, packages, command }: Peer, { what, texts, runners = [] }: PeerInput): PeerRecord {
  const all = [...texts, ...runners.map(versionOf)];
  return {
    what,
    peer: name,
    packages,
    command: [command, ...runners.slice(0, 1).map(placeInRecords)].join(' '),
    input: createHash('sha256').update(JSON.stringify(all)).digest('hex'),
  };
}

function versionOf(runner: string): string {
  const text = readFileSync(join(root, runner), 'utf8');
  const version = /^OUTPUT_VERSION = \d+$/mu.exec(text)?.[0];
  return version === undefined ? text : `${placeInRecords(runner)}: ${version}`;
}

/** Returns the place by which records name a runner: its first one. */
const placeInRecords = (runner: string): string =>
  runner.replace('test/interoperability/python/run_script.py', 'src/verify/python/run_script.py');

const keyOf = ({ what, peer, packages, command, input }: PeerRecord): string =>
  JSON.stringify([what, peer, packages, command, input]);

const hint = (name: string, { what, peer, packages }: PeerRecord): string =>
  `test/recorded/${name}.jsonl has no output of ${peer} (${packages.join(', ')}) for "${what}" with its present input. ` +
  'Run this test outside CI, with the packages of scripts/python-environment.sh: it adds the record';

function packed(output: unknown): Pick<PeerRecord, 'output' | 'packed'> {
  const text = JSON.stringify(output);
  if (text.length < 400) return { output };
  const best = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 };
  return { packed: brotliCompressSync(text, { params: best }).toString('base64') };
}

const unpacked = ({ output, packed }: PeerRecord): unknown =>
  packed === undefined ? output : JSON.parse(brotliDecompressSync(Buffer.from(packed, 'base64')).toString());
