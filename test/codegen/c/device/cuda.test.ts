/**
 * CUDA C++: compiled for several architectures if nvcc is installed, and executed on the processor by the shim, in any
 * order of threads.
 */

import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runProgram } from '../../../../runtime/targets/c/compiler.js';
import { referenceTarget } from '../../../../runtime/targets/reference/target.js';
import { generateCuda } from '../../../../src/codegen/c/device/generate.js';
import * as b from '../../../../src/ir/builder.js';
import type { Buffer, Program } from '../../../../src/ir/program.js';
import { buffer, cuba, delays, index, mapOver, program } from '../../../runtime/targets/wasm/programs.js';
import { canShim, shimTarget } from '../../../support/cuda-shim/target.js';
import { twoPopulations } from '../../../support/two-populations.js';
import { differences, results } from '../../wasm/compare.js';
import { randomProgram } from '../../wasm/random-program.js';
import { code, hostile, hostileProgram } from '../hostile.js';
import { someOf } from '../../../support/effort.js';

const folder = mkdtempSync(join(tmpdir(), 'interneuron-cuda-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hasNvcc = (await runProgram(['nvcc', '--version'])).status === 0;

describe('generated text', () => {
  test('of a small program with every kernel shape', async () => {
    await expect(generateCuda(twoPopulations, 'atomic').source).toMatchFileSnapshot('golden/two-populations.cu');
  });

  test('of a launch of whole steps', async () => {
    const { source, resident } = generateCuda(twoPopulations, 'atomic', true);
    await expect(source.slice(source.indexOf('/* Steps from'))).toMatchFileSnapshot('golden/resident.cu');
    expect(resident?.parts).toHaveLength(generateCuda(twoPopulations, 'atomic').step.length);
  });

  test('promises the compiler only constancy until the launch ends', () => {
    const total = buffer('total', 'u32', 1, Uint32Array.of(1000));
    const [changed, chosen, sum] = (['changed', 'chosen', 'sum'] as const).map((name) =>
      buffer(name, 'f64', { buffer: 'total', index: 0 }),
    ) as [Buffer, Buffer, Buffer];
    const value = b.add(b.load(changed, b.sub(b.u32(999), index)), b.load(chosen, index));
    const source = program({
      buffers: [total, changed, chosen, sum],
      kernels: [
        mapOver('change', 1000, [b.store(changed, index, b.f64(1))]),
        mapOver('read', 1000, [b.store(sum, index, value)]),
      ],
    });
    const pointers = (resident: boolean): readonly string[] =>
      [...generateCuda(source, 'atomic', resident).source.matchAll(/const double \*(?:__restrict__ )?c\w+/g)].map(
        String,
      );
    expect(pointers(false)).toEqual(['const double *__restrict__ changed', 'const double *__restrict__ chosen']);
    expect(pointers(true)).toEqual(['const double *changed', 'const double *__restrict__ chosen']);
  });

  test('of 4096 elements runs whole steps in one launch; of more, or of an unknown number, a launch for each kernel', () => {
    const ofSize = (size: number): Program => {
      const [first] = twoPopulations.manifest.populations;
      return { ...twoPopulations, manifest: { ...twoPopulations.manifest, populations: [{ ...first!, size }] } };
    };
    expect(generateCuda(ofSize(4096), 'atomic', true).resident).toBeDefined();
    expect(generateCuda(ofSize(4097), 'atomic', true)).toEqual(generateCuda(ofSize(4097), 'atomic'));
    const count = { buffer: 'total', index: 0 };
    const source = buffer('source', 'f64', count);
    const counted = program({
      buffers: [buffer('total', 'u32', 1, Uint32Array.of(10)), source],
      kernels: [{ ...mapOver('k', 10, [b.store(source, index, b.f64(1))]), domain: { kind: 'count', count } }],
    });
    expect(generateCuda(counted, 'atomic', true)).toEqual(generateCuda(counted, 'atomic'));
  });

  test('more arrays than arguments leave a launch to each kernel', () => {
    const total = buffer('total', 'u32', 1, Uint32Array.of(10));
    const many = Array.from({ length: 501 }, (_, k) => buffer(`b${k}`, 'f64', { buffer: 'total', index: 0 }));
    const source = program({
      buffers: [total, ...many],
      kernels: many.map((own, k) => mapOver(`k${k}`, 10, [b.store(own, index, b.f64(1))])),
    });
    expect(generateCuda(source, 'atomic', true).resident).toBeUndefined();
    expect(generateCuda(source, 'atomic', true).source).toBe(generateCuda(source, 'atomic').source);
  });

  test.each(hostile)('holds texts of a model only in comments: %j', (text) => {
    expect(code(generateCuda(hostileProgram(text), 'atomic').source)).toBe(
      code(generateCuda(twoPopulations, 'atomic').source),
    );
  });
});

/** Options that preserve bits. */
const flags = ['-fmad=false', '-ftz=false', '-prec-div=true', '-prec-sqrt=true', '-Werror', 'all-warnings'];

describe.skipIf(!hasNvcc)(`nvcc takes it${hasNvcc ? '' : ' (skipped: nvcc is not installed)'}`, () => {
  test.each(someOf(['sm_75', 'sm_80', 'sm_90'], 3, 'architectures'))('for %s', async (architecture) => {
    const programs = {
      shapes: twoPopulations,
      delays: delays('any'),
      rows: delays('byRow'),
      bodies: randomProgram(20240611, 4, false),
    };
    for (const [name, program] of Object.entries(programs)) {
      writeFileSync(join(folder, `${name}.cu`), generateCuda(program, 'atomic').source);
      const command = ['nvcc', '-cubin', `-arch=${architecture}`, ...flags, '-o', `${name}.cubin`, `${name}.cu`];
      expect(await runProgram(command, { cwd: folder })).toMatchObject({ status: 0, stderr: '' });
      expect(statSync(join(folder, `${name}.cubin`)).size).toBeGreaterThan(1000);
    }
  });
});

const networks = [
  { network: 'two populations, with a fault in step 30', program: twoPopulations, steps: 40 },
  {
    network: 'spikes along synapses of one delay',
    program: cuba({ size: 300, rowLength: 10, delay: 3, lanes: true }),
    steps: 200,
  },
  ...(['any', 'byTarget', 'byRow', 'sequential'] as const).map((order) => ({
    network: `synapses of four delays, ${order}`,
    program: delays(order),
    steps: 40,
  })),
];

describe.skipIf(!canShim)(
  `executed by fibres it gives the bits of the reference${canShim ? '' : ' (skipped: there is no g++)'}`,
  () => {
    test.each(networks)('$network, whatever the order of threads', async ({ program, steps }) => {
      const expected = await results(referenceTarget, program, steps, 1);
      for (const seed of [1, 2])
        expect(differences(await results(shimTarget({ seed }), program, steps, 1), expected)).toEqual([]);
      const split = shimTarget({ targets: 'split', sizes: { group: 32, team: 1, groups: 3 } });
      if (program !== twoPopulations) return;
      expect(differences(await results(split, program, steps, 1), expected)).toEqual([]);
    });

    test('random bodies', async () => {
      const program = randomProgram(20240611, 5, false);
      expect(
        differences(await results(shimTarget(), program, 2, 1), await results(referenceTarget, program, 2, 1)),
      ).toEqual([]);
    });

    test('and it finds sums that depend on the order of threads, and threads that wait for others in vain', async () => {
      const run = (program: Program, seed: number, change: (source: string) => string): Promise<Map<string, string>> =>
        results(shimTarget({ seed, change }), program, 40, 1);
      const ordered = (source: string): string =>
        source.replace(/atomicAdd\(\(unsigned long long \*\)address, .*\);/, '*address = *address / 2 + value;');
      const [one, other] = [await run(delays('any'), 1, ordered), await run(delays('any'), 2, ordered)];
      expect(differences(one, other)).toEqual(['inbox']);
      const early = (source: string): string =>
        source.replace(
          'const unsigned bits = __ballot_sync',
          'if (index >= end) return;\n  const unsigned bits = __ballot_sync',
        );
      const program = cuba({ size: 300, rowLength: 10, delay: 3, lanes: true });
      await expect(run(program, 1, early)).rejects.toThrow(
        /kernel_integrate\w*: threads of block \d+ wait for threads that do not come/,
      );
    });
  },
);
