/** Runs Python of the environments that `scripts/python-environment.sh` makes, with our packages from their sources. */

import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './import-graph.js';

/** An environment of Python packages. */
type Environment =
  | '.venv'
  | '.venv-nir'
  | '.venv-pynn'
  | '.venv-mpi'
  | '.venv-nestml'
  | '.venv-norse'
  | '.venv-newest'
  | '.venv-oldest'
  | '.venv-sonata'
  | '.venv-frameworks'
  | '.venv-workflows';

/**
 * Returns why an environment cannot be used, or null if it can.
 *
 * @throws Error instead if the variable INTERNEURON_REQUIRE_PYTHON is set, because no test may then be skipped
 */
export function missingEnvironment(name: Environment, ...files: readonly string[]): string | null {
  const missing = ['bin/python', ...files].find((file) => !existsSync(join(root, name, file)));
  if (missing === undefined) return null;
  const reason = `${missing === 'bin/python' ? `no ${name} here` : `${name} lacks ${missing}`}; run scripts/python-environment.sh`;
  if (process.env['INTERNEURON_REQUIRE_PYTHON']) throw new Error(`${reason}, and INTERNEURON_REQUIRE_PYTHON is set`);
  return reason;
}

/** Runs Python. @throws an error with its output on failure */
export async function python(
  environment: Environment,
  words: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)(join(root, environment, 'bin/python'), words, {
    cwd: root,
    maxBuffer: 1 << 28,
    env: variables(more),
  });
  return stdout;
}

/** The variables of the environment that let Python find our packages. */
export const variables = (more: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  ...process.env,
  TZ: 'UTC',
  PYTHONPATH: ['interneuron', 'pynn-interneuron', 'brian2-interneuron', 'neuron-interneuron']
    .map((name) => join(root, 'python', name, 'src'))
    .join(':'),
  ...more,
});

/**
 * Returns the recordings of a script's network, as `check --with` reads them. @param script a path in a separate folder
 */
export async function recordsOf(
  environment: Environment,
  notation: 'brian' | 'pynn',
  script: string,
  words: readonly string[] = [],
  variables: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const results = join(dirname(script), 'results.json');
  const runScript = join(root, 'test/interoperability/python/run_script.py');
  await python(environment, ['-W', 'ignore', runScript, notation, results, script, ...words], variables);
  return JSON.parse(readFileSync(results, 'utf8'));
}
