/** Stand-alone projects for tests: written, built and run, with their output. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { runProgram } from '../../runtime/targets/c/compiler.js';
import type { ScriptEntry } from '../../src/codegen/c/project.js';
import type { Program } from '../../src/ir/program.js';
import { buildProgram } from '../../src/pipeline/build-program.js';
import { protocolOf } from '../../src/lower/context/protocol.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import { shortText } from '../fixtures/networks.js';
import { twoPopulations } from './two-populations.js';

export type ProjectFiles = ReadonlyMap<string, string | Uint8Array>;

/** A project's output after its exit code, and the text of its results. */
export interface ProjectResults {
  readonly said: string;
  readonly files: Readonly<Record<string, string>>;
}

/** A network and its run. */
export interface ProjectCase {
  readonly name: string;
  load(): { readonly program: Program; readonly script: readonly ScriptEntry[] };
}

/** Where the projects of one test file lie; removed at its end. */
export function projectFolder(): (files: ProjectFiles) => string {
  const folder = mkdtempSync(join(tmpdir(), 'interneuron-project-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let written = 0;
  return (files) => {
    written += 1;
    const project = join(folder, `project-${written}`);
    mkdirSync(project);
    for (const [name, content] of files) writeFileSync(join(project, name), content);
    return project;
  };
}

/** Runs a compiler in a project's folder; it must print no message. */
export async function compileQuietly(command: readonly string[], project: string): Promise<string> {
  expect(await runProgram(command, { cwd: project })).toMatchObject({ status: 0, stderr: '' });
  return project;
}

/** Runs a project, through another program if given. */
export async function projectResults(project: string, through: readonly string[] = []): Promise<ProjectResults> {
  const output = mkdtempSync(join(project, 'out-'));
  const { status, stdout, stderr } = await runProgram([...through, join(project, 'network'), '--output', output]);
  const text = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  const files = Object.fromEntries(
    ['spikes', 'samples', 'state'].map((name) => [name, text(join(output, `${name}.csv`))]),
  );
  return { said: `${status ?? 'ended'} ${stdout}${stderr}`, files };
}

/** A fixture, shortened, and cut to so many steps a phase. */
function loadFixture(name: string, steps: number): ReturnType<ProjectCase['load']> {
  const { valid } = importModel({ name: 'test.yaml', text: shortText(name) }, {});
  const program = buildProgram(valid, { precision: 'float64' });
  const script = protocolOf(valid, program).flatMap((entry): ScriptEntry[] => {
    if (entry.kind === 'call') return [{ kind: 'call', procedure: entry.procedure }];
    return entry.kind === 'run' ? [{ kind: 'run', steps: Math.min(entry.steps, steps) }] : [];
  });
  return { program, script };
}

const fixture = (name: string, steps: number): ProjectCase => ({ name, load: () => loadFixture(name, steps) });

/** Every kind of kernel, event, connectivity and phase, in as few networks as will do. */
export const projectCases: readonly ProjectCase[] = [
  {
    name: 'two populations, with a fault',
    load: () => ({
      program: twoPopulations,
      script: [
        { kind: 'run', steps: 20 },
        { kind: 'call', procedure: 'clear' },
        { kind: 'run', steps: 20 },
      ],
    }),
  },
  fixture('events-of-every-kind', 25),
  fixture('song-abbott-stdp', 30),
  fixture('protocol', 20),
  fixture('summed', 30),
];
