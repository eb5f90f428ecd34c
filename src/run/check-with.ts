/** Running what a model was converted to by the simulator that it was converted for. */

import { memberOf } from '../diagnostics/member.js';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { UsageError } from '../diagnostics/diagnostic.js';
import type { ValidModel } from '../model/model.js';
import { compared, recordingSpikes, spikesOf, type CheckOptions, type ConversionCheck } from './check-conversion.js';
import { convertModel } from './convert.js';
import type { Simulator, TargetNotation } from './target-notations.js';

interface Tool {
  readonly notations: readonly TargetNotation[];
  /** The notation of what it runs. */
  readonly script: TargetNotation;
  readonly file: string;
  /** Python modules without which it does not run. */
  readonly modules: readonly string[];
}

const tools: Readonly<Record<Simulator, Tool>> = {
  nest: { notations: ['pynn', 'pynn-json'], script: 'pynn', file: 'model.py', modules: ['pyNN', 'nest'] },
  neuron: { notations: ['pynn', 'pynn-json'], script: 'pynn', file: 'model.py', modules: ['pyNN', 'neuron'] },
  brian2: { notations: ['brian', 'brian-json'], script: 'brian', file: 'model.py', modules: ['brian2'] },
  jneuroml: { notations: ['lems', 'neuroml'], script: 'lems', file: 'model.xml', modules: ['pyneuroml'] },
};

/**
 * Runs a model here, and what it is converted to under a simulator.
 *
 * @throws UsageError when the simulator runs no such notation, or is not found
 */
export async function checkWith(
  valid: ValidModel,
  to: TargetNotation,
  simulator: Simulator,
  options: CheckOptions & { readonly freeze?: boolean } = {},
): Promise<ConversionCheck> {
  const tool = tools[simulator];
  if (!tool.notations.includes(to))
    throw new UsageError(`${simulator} does not run ${to}`, `it can run ${tool.notations.join(' and ')}`);
  const { valid: recorded, names } = recordingSpikes(valid);
  const folder = mkdtempSync(join(tmpdir(), 'interneuron-check-'));
  try {
    const { files } = await convertModel(recorded, tool.script, {
      name: tool.file,
      ...(options.freeze === undefined ? {} : { freeze: options.freeze }),
    });
    if (tool.script === 'pynn' && files.some(({ text }) => text.includes('import interneuron_pynn')))
      throw new UsageError(
        `${simulator} cannot run it: PyNN has no names for some of its cells or synapses, which are written by their ` +
          'equations',
        "such scripts run on interneuron's backend of PyNN; leave --with out to compare with that",
      );
    const python = pythonWith(simulator, tool.modules);
    for (const { name, text } of files) writeFileSync(join(folder, name), text);
    const source = await spikesOf(valid);
    const label = simulator === 'brian2' ? 0 : valid.model.experiment.dt;
    let found: ReadonlyMap<string, readonly (readonly number[])[]>;
    try {
      found = await run(simulator, python, folder, tool.file, names, valid);
    } catch (error) {
      const { stderr = '', message } = error as { stderr?: string; message: string };
      const text = (stderr.trim() || message).split('\n').slice(-3).join(' ');
      return { ...compared(simulator, valid, source, new Map(), label), failure: text.slice(0, 400) };
    }
    return compared(simulator, valid, source, found, label);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The Python on the path that has some modules. */
function pythonWith(simulator: Simulator, modules: readonly string[]): string {
  for (const name of ['python', 'python3'])
    try {
      const list = modules.map((one) => JSON.stringify(one)).join(', ');
      execFileSync(
        name,
        ['-c', `import importlib.util as u, sys\nsys.exit(not all(u.find_spec(m) for m in [${list}]))`],
        {
          stdio: 'ignore',
        },
      );
      return name;
    } catch {
      continue;
    }
  throw new UsageError(
    `${simulator} is not installed: no Python on the PATH has ${modules.join(' and ')}`,
    'activate the environment that contains it',
  );
}

async function run(
  simulator: Simulator,
  python: string,
  folder: string,
  file: string,
  names: ReadonlyMap<string, string>,
  { model }: ValidModel,
): Promise<ReadonlyMap<string, readonly (readonly number[])[]>> {
  const execute = (program: string, words: readonly string[]): Promise<string> => runTool(program, words, folder);
  const trains = new Map(
    [...names.values()].map((population) => [
      population,
      Array.from({ length: model.populations[population]?.size ?? 0 }, (): number[] => []),
    ]),
  );
  const add = (population: string, cell: number, time: number): void => {
    trains.get(population)?.[cell]?.push(time);
  };
  const results = join(folder, 'results.json');
  switch (simulator) {
    case 'brian2': {
      // Compiling takes longer than what is run here.
      writeFileSync(join(folder, 'brian_preferences'), "codegen.target = 'numpy'\n");
      await execute(python, [file, results]);
      const monitors = JSON.parse(readFileSync(results, 'utf8')) as Readonly<
        Record<string, { i?: number[]; t?: number[] }>
      >;
      for (const [monitor, { i = [], t = [] }] of Object.entries(monitors)) {
        const population = names.get(monitor);
        if (population !== undefined)
          i.forEach((cell, k) => {
            add(population, cell, t[k] ?? NaN);
          });
      }
      break;
    }
    case 'nest':
    case 'neuron': {
      await execute(python, [file, simulator, results]);
      const { populations } = JSON.parse(readFileSync(results, 'utf8')) as {
        readonly populations: Readonly<
          Record<string, readonly { readonly spikes: Readonly<Record<string, number[]>> }[]>
        >;
      };
      for (const [population, [segment]] of Object.entries(populations))
        for (const [cell, times] of Object.entries(segment?.spikes ?? {}))
          for (const time of times) add(population, Number(cell), time / 1e3);
      break;
    }
    case 'jneuroml': {
      const words = ['-Xmx1024M', '-cp', jar(python), 'org.neuroml.JNeuroML', file, '-nogui'];
      const stdout = await execute('java', words);
      if (/\(ERROR\)/.test(stdout)) throw new Error(stdout.slice(-2000));
      for (const [recording, population] of names) {
        const path = join(folder, `${recording}.spikes`);
        if (!existsSync(path)) continue;
        for (const line of readFileSync(path, 'utf8').split('\n')) {
          const [cell, time] = line.trim().split(/\s+/);
          if (cell !== undefined && time !== undefined) add(population, Number(cell), Number(time));
        }
      }
      break;
    }
    default:
      return simulator satisfies never;
  }
  for (const list of trains.values()) for (const train of list) train.sort((a, b) => a - b);
  return trains;
}

/** The longest that a simulator may take, in ms. */
const mostTime = 30 * 60 * 1000;

/** What a program prints. It ends with this process, and after the longest time. */
async function runTool(program: string, words: readonly string[], folder: string): Promise<string> {
  const limits = { timeout: mostTime, killSignal: 'SIGKILL' } as const;
  const running = promisify(execFile)(program, [...words], { cwd: folder, maxBuffer: 1 << 28, ...limits });
  const stop = (): void => {
    running.child.kill('SIGKILL');
  };
  process.once('exit', stop);
  try {
    return (await running).stdout;
  } catch (error) {
    if (memberOf(error, 'killed') === true) throw new Error(`it was stopped after ${mostTime / 60_000} minutes`);
    throw error;
  } finally {
    process.off('exit', stop);
  }
}

/** jNeuroML comes with pyNeuroML. */
function jar(python: string): string {
  const code =
    'import importlib.util as u, pathlib\n' +
    "print(next(pathlib.Path(u.find_spec('pyneuroml').origin).parent.glob('lib/jNeuroML*.jar')))";
  return execFileSync(python, ['-c', code], { encoding: 'utf8' }).trim();
}
