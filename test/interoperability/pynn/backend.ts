/** Runs models under PyNN's simulators, by the scripts that we export for them. */

import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ValidModel } from '../../../src/model/model.js';
import { exportPynnScript } from '../../../translators/pynn/export-script.js';
import { peers, type Peer, type PeerRecords } from '../../support/peer-records.js';
import type { Results } from './results.js';

/** PyNN's simulators on this machine. `mock` draws networks and runs no simulation. */
export type Simulator = 'neuron' | 'nest' | 'brian2' | 'mock';

/** A simulator that could not run a script, and why. */
export interface Failure {
  readonly error: string;
  readonly trace: readonly string[];
}

export type Outcome = Results | Failure;

export const failed = (outcome: object): outcome is Failure => 'error' in outcome;

const root = fileURLToPath(new URL('../../../', import.meta.url));
const environment = join(root, '.venv-pynn');

/**
 * Why PyNN cannot run here, or null when it can.
 *
 * @throws Error instead, if the variable INTERNEURON_REQUIRE_PYTHON is set: no test may be left out then
 */
export function missingPynn(): string | null {
  if (existsSync(join(environment, 'installed-requirements.txt'))) return null;
  const reason = 'no .venv-pynn here; run scripts/python-environment.sh';
  if (process.env.INTERNEURON_REQUIRE_PYTHON) throw new Error(`${reason}, and INTERNEURON_REQUIRE_PYTHON is set`);
  return reason;
}

/** Returns the output of a script of `test/interoperability/python` in the environment of PyNN, read as JSON. */
export async function runPynnPython(script: string, args: readonly string[]): Promise<unknown> {
  const path = join(root, 'test/interoperability/python', script);
  const { stdout } = await promisify(execFile)(join(environment, 'bin/python'), [path, ...args], {
    cwd: tmpdir(),
    maxBuffer: 1 << 30,
    env: {
      ...process.env,
      PATH: `${join(environment, 'bin')}${delimiter}${process.env.PATH ?? ''}`,
      TZ: 'UTC',
      PYTHONWARNINGS: 'ignore',
    },
  });
  return JSON.parse(stdout);
}

/**
 * The output of a script of `test/interoperability/python` in the environment of PyNN, from the records or from a run.
 */
export const recordedPynnPython = (
  records: PeerRecords,
  peer: Peer,
  script: string,
  args: readonly string[],
): Promise<unknown> =>
  records.output(
    peer,
    { what: [script, ...args].join(' '), texts: args, runners: [`test/interoperability/python/${script}`] },
    () => runPynnPython(script, args),
  );

/** A network as a simulator built it. */
export interface Network {
  /** um, by population and cell. */
  readonly positions: Readonly<Record<string, readonly (readonly number[])[]>>;
  /** By projection, in the simulator's order; the weight in PyNN's unit, the delay in ms. */
  readonly synapses: Readonly<
    Record<string, readonly (readonly [pre: number, post: number, weight: number, delay: number])[]>
  >;
}

interface ScriptFile {
  readonly name: string;
  readonly text: string;
}

const runners = ['test/interoperability/python/run_pynn_scripts.py', 'test/interoperability/python/run_script.py'];

/** A model, and its name in the records. */
export interface NamedModel {
  readonly what: string;
  readonly valid: ValidModel;
}

/**
 * Runs the exported scripts of models on a simulator, each in a process of its own, unless their outputs are recorded.
 */
async function runScripts<T>(
  records: PeerRecords,
  simulator: Simulator,
  models: readonly NamedModel[],
  options: readonly string[] = [],
  kept: (outcome: T) => T = (outcome) => outcome,
): Promise<readonly T[]> {
  const scripts: readonly (readonly ScriptFile[])[] = await Promise.all(
    models.map(async ({ valid }) => (await exportPynnScript(valid, 'model')).files),
  );
  const inputs = models.map(({ what }, k) => {
    const files = scripts[k]!.flatMap(({ name, text }) => [name, text]);
    return { what, texts: [...options, simulator, ...files], runners };
  });
  return records.outputs(peers[simulator], inputs, async (missing) => {
    const folder = mkdtempSync(join(tmpdir(), `interneuron-${simulator}-`));
    try {
      const paths = missing.map((k) => {
        const own = mkdtempSync(join(folder, `${k}-`));
        for (const { name, text } of scripts[k]!) writeFileSync(join(own, name), text);
        return join(own, scripts[k]![0]?.name ?? '');
      });
      const words = [...options, simulator, folder, ...paths];
      return ((await runPynnPython('run_pynn_scripts.py', words)) as readonly T[]).map(kept);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

/**
 * The outcomes of the exported scripts of models on a simulator.
 *
 * @param kept the part of an outcome that is recorded
 */
export const runThere = (
  records: PeerRecords,
  simulator: Simulator,
  models: readonly NamedModel[],
  kept?: (outcome: Outcome) => Outcome,
): Promise<readonly Outcome[]> => runScripts(records, simulator, models, [], kept);

/** The networks that the exported scripts of models build on a simulator. */
export const networksThere = (
  records: PeerRecords,
  simulator: Simulator,
  models: readonly NamedModel[],
): Promise<readonly (Network | Failure)[]> => runScripts(records, simulator, models, ['--network']);
