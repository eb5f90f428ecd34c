/**
 * The stand-alone project for OpenCL: it builds without Node, and gives the results of the project in C. Oclgrind also
 * executes it, and reports accesses outside of memory and races between work-items.
 */

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runProgram } from '../../../../runtime/targets/c/compiler.js';
import { openclProject } from '../../../../src/codegen/c/device/opencl-project.js';
import { cProject } from '../../../../src/codegen/c/project.js';
import { strategyNames } from '../../../../src/codegen/schedule/strategies.js';
import type { Program } from '../../../../src/ir/program.js';
import { anyCompiler } from '../../../runtime/targets/c/compilers.js';
import { hasOpencl, reason } from '../../../runtime/targets/opencl/devices.js';
import { delays } from '../../../runtime/targets/wasm/programs.js';
import { compileQuietly, projectCases, projectFolder, projectResults } from '../../../support/projects.js';
import { bush, cellsText } from '../../../support/large-cells.js';
import { lowered } from '../../../support/simulate.js';
import { slow, someOf, triesAll } from '../../../support/effort.js';
import type { ProjectFiles } from '../../../support/projects.js';
import { twoPopulations } from '../../../support/two-populations.js';

const write = projectFolder();
const compile = anyCompiler?.command ?? [];
const headers = ['/usr/include/CL/cl.h', '/usr/local/include/CL/cl.h'].some((path) => existsSync(path));
const canBuild = anyCompiler !== undefined && headers;
const buildReason = canBuild ? reason : ' (skipped: no C compiler, or no OpenCL headers)';
const hasOclgrind = (await runProgram(['oclgrind', '--version'])).status === 0;
if (process.env['INTERNEURON_REQUIRE_OPENCL'] && !(hasOclgrind && canBuild))
  throw new Error(
    'INTERNEURON_REQUIRE_OPENCL is set, and oclgrind, a C compiler or the headers of OpenCL (opencl-headers) are ' +
      'missing',
  );

/** Writes a project and builds it. */
async function build(files: ProjectFiles, library: '-lm' | '-lOpenCL'): Promise<string> {
  const project = write(files);
  const definitions = [
    `-DNETWORK_SOURCE="${join(project, 'network.cl')}"`,
    `-DNETWORK_DATA="${join(project, 'initial.bin')}"`,
  ];
  const strict = library === '-lOpenCL' ? ['-Wall', '-Wextra', '-Werror'] : [];
  const options = ['-std=gnu11', '-O1', '-ffp-contract=off', ...strict, ...definitions];
  return compileQuietly([...compile, ...options, 'main.c', 'network.c', '-o', 'network', library], project);
}

describe.skipIf(!hasOpencl || !canBuild)(`a stand-alone project${buildReason}`, () => {
  test.each(someOf(projectCases.slice(0, 2), 2, 'networks'))(
    'gives on a device what the project in C gives: $name',
    async ({ load }) => {
      const { program, script } = load();
      const expected = await projectResults(await build(cProject(program, script), '-lm'));
      const found = await projectResults(await build(openclProject(program, script), '-lOpenCL'));
      expect(found).toEqual(expected);
      expect(found.files['spikes']?.split('\n').length).toBeGreaterThan(5);
    },
  );

  test('reports a missing device and a missing source', async () => {
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

  test('names the missing and the present memory', async () => {
    const files = new Map(openclProject(twoPopulations, []));
    // The host takes the number of synapses, 5, for one that no device has room for.
    const change = (text: string): string =>
      text.replace(/(static uint32_t cell\([^]*?)return value;/, '$1return value == 5u ? 0xffffffffu : value;');
    expect(change(String(files.get('network.c')))).not.toBe(String(files.get('network.c')));
    files.set('network.c', change(String(files.get('network.c'))));
    // PoCL, which offers the machine's memory, is limited to one GiB.
    const { said } = await projectResults(await build(files, '-lOpenCL'), ['env', 'POCL_MEMORY_LIMIT=1']);
    expect(said).toMatch(
      /^2 the OpenCL device has \d{9,} bytes, and gives \d{9,} in one piece\nerror: out of memory: buffer \d+ of 4294967295 elements\n$/,
    );
  });
});

/**
 * Of `delays`: each cell spikes every seven steps, and its spikes arrive within four, so that this shows it all twice.
 */
const steps = 18;
const oclgrind = ['oclgrind', '--data-races', '--max-errors', '20'];
/** It executes items one by one: groups of 64 cover the same cases as 256, three times as fast. */
const smallGroups = [...oclgrind, '--max-wgsize', '64'];

describe.skipIf(!hasOclgrind || !canBuild || !triesAll)(
  slow(
    'oclgrind finds nothing outside of memory and no ' +
      `race${hasOclgrind ? buildReason : ' (skipped: oclgrind is not installed)'}`,
  ),
  () => {
    test.each(someOf(projectCases, 5, 'networks'))('$name', async ({ name, load }) => {
      const { program, script } = load();
      const expected = await projectResults(await build(cProject(program, script), '-lm'));
      const through = ['song-abbott-stdp', 'protocol', 'summed'].includes(name) ? oclgrind : smallGroups;
      const found = await projectResults(await build(openclProject(program, script), '-lOpenCL'), through);
      // It would report them in its output.
      expect(found).toEqual(expected);
    });

    test.each(someOf(strategyNames, 9, 'strategies'))('whatever the strategy: %s', async (strategy) => {
      const program = delays('byTarget');
      const script = [{ kind: 'run', steps }] as const;
      const expected = await projectResults(await build(cProject(program, script), '-lm'));
      expect(
        await projectResults(await build(openclProject(program, script, strategy), '-lOpenCL'), smallGroups),
      ).toEqual(expected);
    });

    const largeCell = (): Program => lowered(cellsText([{ sections: bush(6), sizes: [1] }])).program;

    test('if a team shares a cell', async () => {
      const program = largeCell();
      const script = [{ kind: 'run', steps: 4 }] as const;
      const expected = await projectResults(await build(cProject(program, script), '-lm'));
      expect(await projectResults(await build(openclProject(program, script), '-lOpenCL'), smallGroups)).toEqual(
        expected,
      );
    });

    /** A project with changed kernels. */
    const broken = async (program: Program, change: (source: string) => string): Promise<string> => {
      const files = new Map(openclProject(program, [{ kind: 'run', steps }]));
      const source = String(files.get('network.cl'));
      expect(change(source)).not.toBe(source);
      files.set('network.cl', change(source));
      return (await projectResults(await build(files, '-lOpenCL'), smallGroups)).said;
    };

    test.skipIf(!triesAll)(slow('and would find them: a sum without atomics, an element too many'), async () => {
      const plain = (source: string): string =>
        source.replace(/ato(?:m|mic)_add\(address, value\);/g, '*address += value;');
      expect(await broken(delays('any'), plain)).toContain('data race');
      const beyond = (source: string): string =>
        source.replace(
          'for (uint index = item_id(); index < count;',
          'for (uint index = item_id(); index < count + 1u;',
        );
      expect(await broken(twoPopulations, beyond)).toMatch(/Invalid (?:read|write)/);
      const apart = (source: string): string => source.replace(/(share_stores\(void\) \{).*\}/, '$1 }');
      expect(await broken(largeCell(), apart)).toContain('data race');
    });
  },
);
