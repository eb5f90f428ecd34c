/** Runs Python scripts of the interoperability tests in `.venv`, which `scripts/python-environment.sh` makes. */

import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** The interpreter of `.venv`. */
export const python = `${root}.venv/bin/python`;

/**
 * Why scripts that import `packages` cannot run here, or null when they can.
 *
 * @throws Error instead, if the variable INTERNEURON_REQUIRE_PYTHON is set: no test may be left out then
 */
export function missingPython(packages: readonly string[]): string | null {
  const reason = findMissing(packages);
  if (reason !== null && process.env.INTERNEURON_REQUIRE_PYTHON)
    throw new Error(`${reason}, and INTERNEURON_REQUIRE_PYTHON is set`);
  return reason;
}

function findMissing(packages: readonly string[]): string | null {
  if (!existsSync(python)) return 'no .venv here; run scripts/python-environment.sh';
  const script =
    `import importlib.util; print(' '.join(name for name in ${JSON.stringify(packages)} if ` +
    'importlib.util.find_spec(name) is None))';
  const missing = execFileSync(python, ['-c', script], { encoding: 'utf8' }).trim();
  return missing === '' ? null : `.venv lacks ${missing}; run scripts/python-environment.sh`;
}

/** Returns the output of a script of `test/interoperability/python`, read as JSON. */
export async function runPython(script: string, args: readonly string[]): Promise<unknown> {
  const path = fileURLToPath(new URL(`./python/${script}`, import.meta.url));
  const { stdout } = await promisify(execFile)(python, [path, ...args], {
    cwd: root,
    maxBuffer: 1 << 28,
    env: { ...process.env, TZ: 'UTC' },
  });
  return JSON.parse(stdout);
}

/** A Python process that has imported a script's packages, and answers by copies of itself. */
export interface ImportedPython {
  /** Returns the output of the script for the arguments, read as JSON. @throws Error with its output when it fails */
  run(args: readonly string[]): Promise<unknown>;
  end(): void;
}

/**
 * Starts a script of `test/interoperability/python` that takes arguments line by line. Requests wait for each other.
 */
export function importedPython(script: string): ImportedPython {
  const path = fileURLToPath(new URL(`./python/${script}`, import.meta.url));
  const child = spawn(python, [path, '--each-line'], { cwd: root, env: { ...process.env, TZ: 'UTC' } });
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said += data.toString()));
  const ask = async (args: readonly string[]): Promise<unknown> => {
    said = '';
    child.stdin.write(`${JSON.stringify(args)}\n`);
    const { done, value } = await answers.next();
    if (done || value === 'null') throw new Error(`${script} ${args.join(' ')} failed: ${said}`);
    return JSON.parse(value);
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    run: (args) =>
      (last = last.then(
        () => ask(args),
        () => ask(args),
      )),
    end: () => child.stdin.end(),
  };
}

/** Where a package of `.venv` is installed. */
export function pythonPackageFolder(name: string): string {
  return execFileSync(
    python,
    ['-c', `import importlib.util; print(importlib.util.find_spec('${name}').submodule_search_locations[0])`],
    {
      encoding: 'utf8',
    },
  ).trim();
}
