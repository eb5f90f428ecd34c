/** Feeds a command line: it runs in a folder of its own, with small models, results and broken files. */

import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CommandInput } from './commands.js';
import type { Outcome } from './feed.js';
import { runCommandLine } from '../../src/cli/cli.js';
import type { Terminal } from '../../src/cli/terminal.js';
import { importModel, runModel } from '../../src/pipeline/pipeline.js';

const model = `
format: interneuron/brian
neuron_groups:
  neurons: { N: 3, model: "dv/dt = (2 - v)/tau : 1", threshold: v > 1, reset: v = 0, initializers: { v: rand() } }
namespace: { tau: 1 ms }
spike_monitors: { spikes: { source: neurons } }
state_monitors: { trace: { source: neurons, variables: v, record: true } }
run: 5 ms
`;

/** Ends a command at its call of exit. */
class Exit extends Error {}

/** Runs command lines, one after another. */
export interface CommandFeeder {
  /** @throws Error for a command that ends with an exit code that the help text does not list */
  feed(input: CommandInput): Promise<Outcome>;
}

/**
 * Makes the files that commands read.
 *
 * @param folder for the files and for folders of commands
 * @param root of the repository
 */
export async function commandFeeder(folder: string, root: string): Promise<CommandFeeder> {
  const files = join(folder, 'files');
  mkdirSync(join(files, 'folder'), { recursive: true });
  writeFileSync(join(files, 'lif.yaml'), model);
  writeFileSync(join(files, 'broken.yaml'), 'format: interneuron/brian\nneuron_groups: [{]');
  writeFileSync(join(files, 'empty.nwb'), '');
  cpSync(join(root, 'fixtures/starters/neuroml.xml'), join(files, 'cell.xml'));
  const made = ['csv', 'nwb', 'json'].flatMap((suffix) => ['-o', `lif.${suffix}`]);
  await runIn(files, { words: ['run', 'lif.yaml', '--target', 'reference', ...made], environment: {} });
  writeFileSync(join(files, 'cut.nwb'), readFileSync(join(files, 'lif.nwb')).subarray(0, 3000));
  // A run that was stopped leaves its checkpoint.
  const stopped = await runModel(importModel({ name: 'lif.yaml', text: model }), {
    target: 'reference',
    outputs: [join(files, 'kept.csv')],
    checkpoint: { folder: join(files, 'lif.checkpoint'), seconds: 0 },
    stopAfter: 20,
  });
  if (stopped.kind === 'run') stopped.dispose();
  return {
    feed: async (input) => {
      const own = mkdtempSync(join(folder, 'command-'));
      try {
        cpSync(files, own, { recursive: true });
        const { code, stdout, stderr } = await runIn(own, input);
        const problem = problemOf(code, stdout, stderr, readdirSync(own));
        if (problem !== undefined) throw new Error(`${problem}\n${stdout.slice(-1000)}\n${stderr.slice(-2000)}`);
        return code === 0 ? 'accepted' : 'refused';
      } finally {
        rmSync(own, { recursive: true, force: true });
      }
    },
  };
}

/** Returns the fault of a command's end. */
export function problemOf(code: number, stdout: string, stderr: string, files: readonly string[]): string | undefined {
  if (![0, 1, 2, 3, 130].includes(code)) return `it ended with ${code}`;
  if (/internal error in|bug in interneuron|\n {4}at /.test(stdout + stderr)) return 'it printed an internal error';
  if (code === 2 && stdout === '' && !/^error: /m.test(stderr)) return 'it ended with 2 and did not say why';
  const left = files.find((name) => name.includes('.partial-') || name.endsWith('.interneuron-names'));
  return left === undefined ? undefined : `it left ${left}`;
}

/** Runs a command in a folder. @param stopAfter  ms until it is interrupted */
export async function runIn(
  folder: string,
  { words, environment }: CommandInput,
  { program = runCommandLine, stopAfter = Infinity } = {},
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  let [stdout, stderr] = ['', ''];
  const output = (add: (text: string) => void): Terminal['stdout'] => ({
    write: add,
    terminal: false,
    columns: 80,
    colour: false,
  });
  const [before, variables] = [process.cwd(), { ...process.env }];
  process.chdir(folder);
  Object.assign(process.env, { INTERNEURON_CACHE: resolve('cache') }, environment);
  try {
    const code = await program(words, {
      stdout: output((text) => (stdout += text)),
      stderr: output((text) => (stderr += text)),
      progressStream: undefined,
      environment: process.env,
      onInterrupt: (press) => {
        if (stopAfter === Infinity) return () => undefined;
        const timer = setTimeout(press, stopAfter);
        return () => clearTimeout(timer);
      },
      onTermination: () => () => undefined,
      endSoon: () => undefined,
      exit: (ended) => {
        throw new Exit(String(ended));
      },
    });
    return { code, stdout, stderr };
  } finally {
    process.chdir(before);
    for (const name of Object.keys(process.env)) if (!(name in variables)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, variables);
  }
}
