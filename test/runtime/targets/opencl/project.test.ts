/**
 * The stand-alone project for OpenCL: it builds without Node, and gives what a run gives. Oclgrind executes it as well, and finds accesses outside of
 * memory and races between work-items.
 */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runProgram } from '../../../../runtime/targets/c/compiler.js';
import { openclProject } from '../../../../src/codegen/c/device/opencl-project.js';
import { cProject } from '../../../../src/codegen/c/project.js';
import type { ScriptEntry } from '../../../../src/codegen/c/project.js';
import type { Program } from '../../../../src/ir/program.js';
import { lower } from '../../../../src/lower/lower.js';
import { protocolOf } from '../../../../src/lower/protocol.js';
import { importModel } from '../../../../src/pipeline.js';
import { shortText } from '../../../fixtures/networks.js';
import { twoPopulations } from '../../../support/two-populations.js';
import { anyCompiler } from '../c/compilers.js';
import { delays } from '../wasm/programs.js';
import { hasOpencl, reason } from './devices.js';

const folder = mkdtempSync(join(tmpdir(), 'interneuron-opencl-project-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const compile = anyCompiler?.command ?? [];
const headers = ['/usr/include/CL/cl.h', '/usr/local/include/CL/cl.h'].some((path) => existsSync(path));
const canBuild = anyCompiler !== undefined && headers;
const buildReason = canBuild ? reason : ' (skipped: no C compiler, or no OpenCL headers)';
const hasOclgrind = (await runProgram(['oclgrind', '--version'])).status === 0;
if (process.env['INTERNEURON_REQUIRE_OPENCL'] && !(hasOclgrind && canBuild))
  throw new Error('INTERNEURON_REQUIRE_OPENCL is set, and oclgrind, a C compiler or the headers of OpenCL (opencl-headers) are missing');

let written = 0;

/** Writes a project and builds it. */
async function build(files: ReadonlyMap<string, string | Uint8Array>, library: '-lm' | '-lOpenCL'): Promise<string> {
  written += 1;
  const project = join(folder, `project-${written}`);
  mkdirSync(project);
  for (const [name, content] of files) writeFileSync(join(project, name), content);
  const definitions = [`-DNETWORK_SOURCE="${join(project, 'network.cl')}"`, `-DNETWORK_DATA="${join(project, 'initial.bin')}"`];
  const command = [
    ...compile,
    '-std=gnu11',
    '-O1',
    '-ffp-contract=off',
    ...(library === '-lOpenCL' ? ['-Wall', '-Wextra', '-Werror'] : []),
    ...definitions,
  ];
  const outcome = await runProgram([...command, 'main.c', 'network.c', '-o', 'network', library], { cwd: project });
  expect(outcome).toMatchObject({ status: 0, stderr: '' });
  return project;
}

/** Runs a project, through another program where one is given. @returns what it printed, and the text of its results */
async function results(
  project: string,
  through: readonly string[] = [],
): Promise<{ readonly said: string; readonly files: Record<string, string> }> {
  const output = mkdtempSync(join(project, 'out-'));
  const { status, stdout, stderr } = await runProgram([...through, join(project, 'network'), '--output', output]);
  const text = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  const files = Object.fromEntries(['spikes', 'samples', 'state'].map((name) => [name, text(join(output, `${name}.csv`))]));
  return { said: `${status ?? 'ended'} ${stdout}${stderr}`, files };
}

interface Case {
  readonly name: string;
  readonly program: Program;
  readonly script: readonly ScriptEntry[];
}

/** A fixture, shortened, and cut to so many steps a phase. */
function fixture(name: string, steps: number): Case {
  const { valid } = importModel({ name: 'test.yaml', text: shortText(name) }, {});
  const program = lower(valid, { precision: 'float64' });
  const script = protocolOf(valid, program).flatMap((entry): ScriptEntry[] => {
    if (entry.kind === 'call') return [{ kind: 'call', procedure: entry.procedure }];
    return entry.kind === 'run' ? [{ kind: 'run', steps: Math.min(entry.steps, steps) }] : [];
  });
  return { name, program, script };
}

const byHand: readonly Case[] = [
  {
    name: 'two populations, with a fault',
    program: twoPopulations,
    script: [
      { kind: 'run', steps: 20 },
      { kind: 'call', procedure: 'clear' },
      { kind: 'run', steps: 20 },
    ],
  },
];

/** Every kind of kernel, event, connectivity and phase, in as few networks as will do. */
const networks: readonly Case[] = [
  ...byHand,
  fixture('events-of-every-kind', 25),
  fixture('song-abbott-stdp', 30),
  fixture('protocol', 20),
  fixture('summed', 30),
];

describe.skipIf(!hasOpencl || !canBuild)(`a stand-alone project${buildReason}`, { timeout: 180_000 }, () => {
  test.each(networks.slice(0, 2))('gives on a device what the project in C gives: $name', async ({ program, script }) => {
    const expected = await results(await build(cProject(program, script), '-lm'));
    const found = await results(await build(openclProject(program, script), '-lOpenCL'));
    expect(found).toEqual(expected);
    expect(found.files['spikes']?.split('\n').length).toBeGreaterThan(5);
  });

  test('says what is wrong', async () => {
    const project = await build(openclProject(twoPopulations, []), '-lOpenCL');
    const failure = async (environment: Record<string, string>): Promise<string> => {
      const words = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
      const { status, stderr } = await runProgram(['env', ...words, join(project, 'network'), '--output', project]);
      expect(status).toBe(2);
      return stderr;
    };
    expect(await failure({ NETWORK_DEVICE: '99' })).toContain('there is no OpenCL device of this number: 99');
    rmSync(join(project, 'network.cl'));
    expect(await failure({})).toContain('network.cl cannot be read');
  });
});

const oclgrind = ['oclgrind', '--data-races', '--max-errors', '20'];

describe.skipIf(!hasOclgrind || !canBuild)(
  `oclgrind finds nothing outside of memory and no race${hasOclgrind ? buildReason : ' (skipped: oclgrind is not installed)'}`,
  { timeout: 240_000 },
  () => {
    test.each(networks)('$name', async ({ program, script }) => {
      const expected = await results(await build(cProject(program, script), '-lm'));
      const found = await results(await build(openclProject(program, script), '-lOpenCL'), oclgrind);
      // It would tell of them in what it prints.
      expect(found).toEqual(expected);
    });

    /** A project whose kernels are changed in some place. */
    const broken = async (program: Program, change: (source: string) => string): Promise<string> => {
      const files = new Map(openclProject(program, [{ kind: 'run', steps: 30 }]));
      const source = String(files.get('network.cl'));
      expect(change(source)).not.toBe(source);
      files.set('network.cl', change(source));
      return (await results(await build(files, '-lOpenCL'), oclgrind)).said;
    };

    test('and would find them: a sum without atomics, an element too many', async () => {
      const plain = (source: string): string => source.replace(/ato(?:m|mic)_add\(address, value\);/g, '*address += value;');
      expect(await broken(delays('any'), plain)).toContain('data race');
      const beyond = (source: string): string =>
        source.replace('for (uint index = item_id(); index < count;', 'for (uint index = item_id(); index < count + 1u;');
      expect(await broken(twoPopulations, beyond)).toMatch(/Invalid (?:read|write)/);
    });
  },
);
