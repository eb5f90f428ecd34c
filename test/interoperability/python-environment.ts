/** Runs Python scripts of the interoperability tests in `.venv`, which `scripts/python-environment.sh` makes. */

import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));
const python = `${root}.venv/bin/python`;

/**
 * Why scripts that import `packages` cannot run here, or null when they can.
 *
 * @throws Error instead, where the variable INTERNEURON_REQUIRE_PYTHON is set: nothing may be left out there
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

/** What a script of `test/interoperability/python` prints, read as JSON. */
export async function runPython(script: string, args: readonly string[]): Promise<unknown> {
  const path = fileURLToPath(new URL(`./python/${script}`, import.meta.url));
  const { stdout } = await promisify(execFile)(python, [path, ...args], {
    cwd: root,
    maxBuffer: 1 << 28,
    env: { ...process.env, TZ: 'UTC' },
  });
  return JSON.parse(stdout);
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
