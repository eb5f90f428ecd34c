/** Runs models under PyNN's simulators, by the scripts that we export for them. */

import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ValidModel } from '../../../src/model/model.js';
import { exportPynnScript } from '../../../translators/pynn/export-script.js';
import type { Results } from './results.js';

/** PyNN's simulators that run here. `mock` draws networks and runs nothing. */
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
 * @throws Error instead, where the variable INTERNEURON_REQUIRE_PYTHON is set: nothing may be left out there
 */
export function missingPynn(): string | null {
  if (existsSync(join(environment, 'installed-requirements.txt'))) return null;
  const reason = 'no .venv-pynn here; run scripts/python-environment.sh';
  if (process.env.INTERNEURON_REQUIRE_PYTHON) throw new Error(`${reason}, and INTERNEURON_REQUIRE_PYTHON is set`);
  return reason;
}

/** What a script of `test/interoperability/python` prints in the environment of PyNN, read as JSON. */
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

/** Runs scripts on a simulator, each in a process of its own. */
async function runScripts(
  simulator: Simulator,
  scripts: readonly (readonly ScriptFile[])[],
  options: readonly string[] = [],
): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), `interneuron-${simulator}-`));
  try {
    const paths = scripts.map((files, k) => {
      const own = mkdtempSync(join(folder, `${k}-`));
      for (const { name, text } of files) writeFileSync(join(own, name), text);
      return join(own, files[0]?.name ?? '');
    });
    return await runPynnPython('run_pynn_scripts.py', [...options, simulator, folder, ...paths]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const scriptsOf = (models: readonly ValidModel[]): readonly (readonly ScriptFile[])[] =>
  models.map((model) => exportPynnScript(model, 'model').files);

/** Runs the exported scripts of models on a simulator. */
export const runThere = async (simulator: Simulator, models: readonly ValidModel[]): Promise<readonly Outcome[]> =>
  (await runScripts(simulator, scriptsOf(models))) as readonly Outcome[];

/** The networks that the exported scripts of models build on a simulator. */
export const networksThere = async (
  simulator: Simulator,
  models: readonly ValidModel[],
): Promise<readonly (Network | Failure)[]> =>
  (await runScripts(simulator, scriptsOf(models), ['--network'])) as readonly (Network | Failure)[];
