/** Environments in which a model runs: this program, and the simulators of Python environments with their versions. */

import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UsageError } from '../diagnostics/diagnostic.js';
import { simulatorNames, type Simulator } from '../library/simulators/names.js';
import { simulators } from '../library/simulators/simulators.js';
import { version } from '../pipeline/version.js';
import { isolatedPython } from '../platform/python.js';
import { outcomeOf, programPath } from '../platform/start-program.js';
import { engines } from './engines.js';

/** The name of this program among environments. */
export const ownName = 'interneuron';

/** A simulator in an environment. */
export interface Environment {
  /** Simulator and versions, such as `NEST 3.10.0 (PyNN 0.13.0)`. */
  readonly name: string;
  readonly simulator: Simulator | typeof ownName;
  /** Versions of Python and of the simulator's packages, by their names. */
  readonly versions: Readonly<Record<string, string>>;
  /** Program that has it; absent for this program. */
  readonly python?: string;
}

/** This program as an environment. */
export const ownEnvironment: Environment = {
  name: `${ownName} ${version}`,
  simulator: ownName,
  versions: { [ownName]: version },
};

/** Prints which modules a Python has, and the versions of its packages. */
const probe = `
import importlib.metadata as metadata, importlib.util as util, json, platform
def has(module):
    try:
        return util.find_spec(module) is not None
    except Exception:
        return False
def version(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
names, modules = NAMES, MODULES
print(json.dumps({"python": platform.python_version(), "has": {m: has(m) for m in modules}, "versions": {n: version(n) for n in names}}))
`;

/** The longest that the probe of an environment may take, in ms. */
const longestProbe = 60_000;

/**
 * Returns the simulators of a Python environment.
 *
 * @param path  the folder of the environment, or its Python
 * @throws UsageError if there is no Python, or it has no simulator
 */
function environmentsIn(path: string): readonly Environment[] {
  const python = pythonOf(path);
  const facts = Object.values(simulators);
  const names = [...new Set(facts.flatMap(({ packages }) => packages.map(([distribution]) => distribution)))];
  const modules = [...new Set(facts.flatMap(({ runs }) => runs))];
  const code = probe.replace('NAMES', JSON.stringify(names)).replace('MODULES', JSON.stringify(modules));
  const { words, options } = isolatedPython(['-c', code]);
  let found: {
    readonly python: string;
    readonly has: Readonly<Record<string, boolean>>;
    readonly versions: Readonly<Record<string, string | null>>;
  };
  try {
    found = JSON.parse(outcomeOf([python, ...words], { ...options, timeout: longestProbe }).stdout) as typeof found;
  } catch {
    throw new UsageError(`${python} does not run as Python`, 'name the folder of a Python environment');
  }
  const environments = simulatorNames
    .filter((simulator) => simulators[simulator].runs.every((module) => found.has[module]))
    .map((simulator): Environment => {
      const compilers = facts.filter(({ within, runs }) => within === simulator && runs.every((one) => found.has[one]));
      const packages = [simulators[simulator], ...compilers].flatMap((one) => one.packages);
      const [own, ...others] = packages.flatMap(([distribution, name], k) => {
        const known = found.versions[distribution] ?? (k === 0 ? 'of unknown version' : undefined);
        return known === undefined ? [] : [[name, known] as const];
      });
      const beside = others.length === 0 ? '' : ` (${others.map((words) => words.join(' ')).join(', ')})`;
      const versions = Object.fromEntries([['Python', found.python], own!, ...others]);
      return { name: `${own!.join(' ')}${beside}`, simulator, versions, python };
    });
  if (environments.length === 0)
    throw new UsageError(
      `${path} has no simulator that runs conversions`,
      `install one of ${simulatorNames.map((name) => simulators[name].packages[0]?.[1]).join(', ')} in it`,
    );
  return environments;
}

/**
 * Returns this program and the simulators of Python environments.
 *
 * @param paths  folders or programs of the environments
 * @throws UsageError for one without a simulator
 */
export function allEnvironments(paths: readonly string[]): readonly Environment[] {
  const all = [ownEnvironment, ...paths.flatMap(environmentsIn)];
  // Equal versions in several environments are told apart by their Python.
  const count = (name: string): number => all.filter((one) => one.name === name).length;
  return all.map((one) => (count(one.name) > 1 ? { ...one, name: `${one.name} in ${one.python ?? ''}` } : one));
}

/** Returns whether a Python is there and has some modules. */
export function hasModules(python: string, modules: readonly string[]): boolean {
  const list = modules.map((module) => JSON.stringify(module)).join(', ');
  const code = `import importlib.util as u, sys\nsys.exit(not all(u.find_spec(m) for m in [${list}]))`;
  const { words, options } = isolatedPython(['-c', code]);
  return outcomeOf([python, ...words], options).status === 0;
}

/** Returns the simulators that are found without `--env`, and sentences about others. */
export function simulatorsHere(): readonly {
  readonly simulator: Simulator;
  readonly environment?: Environment;
  readonly hint?: string;
}[] {
  return simulatorNames.map((simulator) => {
    try {
      return { simulator, environment: environmentOf(simulator) };
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return { simulator, hint: `pip install ${engines[simulator].install}, or run --env FOLDER` };
    }
  });
}

/** Returns whether the NEST of a Python was built with MPI. */
export function hasMpi(python: string): boolean {
  const { words, options } = isolatedPython(['-c', "import nest; print(nest.build_info['have_mpi'])"]);
  return /^True$/m.test(outcomeOf([python, ...words], options).stdout);
}

/**
 * Returns the environment of a simulator.
 *
 * @param path  folder or program of a Python environment; absent: the first Python on the path that has it
 * @param besides  further modules that a Python on the path must have
 * @throws UsageError if the simulator is not there
 */
export function environmentOf(simulator: Simulator, path?: string, besides: readonly string[] = []): Environment {
  const { runs, packages } = simulators[simulator];
  const modules = [...runs, ...besides];
  const python = path ?? ['python', 'python3'].find((name) => hasModules(name, modules));
  if (python === undefined)
    throw new UsageError(
      `${simulator} is not installed: no Python on the PATH has ${modules.join(' and ')}`,
      `activate the environment that contains it, or install it: pip install ${engines[simulator].install}`,
    );
  const found = environmentsIn(path ?? programPath(python) ?? python).find((one) => one.simulator === simulator);
  if (found !== undefined) return found;
  throw new UsageError(`${path} has no ${packages[0]?.[1]}`, `pip install ${engines[simulator].install} in it`);
}

/** Returns the Python of an environment. @throws UsageError if there is none */
function pythonOf(path: string): string {
  const places = [path, join(path, 'bin', 'python'), join(path, 'Scripts', 'python.exe')];
  const found = places.find((place) => statSync(place, { throwIfNoEntry: false })?.isFile());
  if (found === undefined)
    throw new UsageError(`there is no Python in ${path}`, 'name the folder of a Python environment');
  return resolve(found);
}
