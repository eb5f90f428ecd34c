/**
 * Cells solved by teams of a device, level by level, or by a work-item each: with the bits of one node after another.
 */

import { describe, expect, test } from 'vitest';
import { cTarget } from '../../../../runtime/targets/c/target.js';
import { referenceTarget } from '../../../../runtime/targets/reference/target.js';
import { openclTargetWith } from '../../../../runtime/targets/opencl/target.js';
import type { Target } from '../../../../runtime/targets/target.js';
import { wasmTarget } from '../../../../runtime/targets/wasm/target.js';
import { generateCuda, generateOpencl } from '../../../../src/codegen/c/device/generate.js';
import type { MapKernel, Program } from '../../../../src/ir/program.js';
import { parseProgram, printProgram } from '../../../../src/ir/text.js';
import { differences, results } from '../../wasm/compare.js';
import { anyCompiler } from '../../../runtime/targets/c/compilers.js';
import { hasOpencl } from '../../../runtime/targets/opencl/devices.js';
import { canShim, shimTarget } from '../../../support/cuda-shim/target.js';
import { bush, cellsText, section } from '../../../support/large-cells.js';
import { lowered } from '../../../support/simulate.js';

const solversOf = (program: Program): readonly MapKernel[] =>
  program.kernels.flatMap((kernel) => (kernel.shape === 'map' && kernel.name.endsWith('.solve') ? [kernel] : []));

const opencl = openclTargetWith({ sizes: { group: 64, team: 8, groups: 3 }, targets: 'atomic', plain: true });
const cuda = shimTarget({ sizes: { group: 64, team: 32, groups: 4 }, targets: 'atomic', seed: 5 });
const steps = 20;

const cases = [
  { name: 'one with many branches', types: [{ sections: bush(7), sizes: [1] }], finer: [['teams', 1]] },
  {
    name: 'several of two types',
    types: [
      { sections: bush(7), sizes: [2, 1] },
      { sections: bush(6), sizes: [1, 1] },
    ],
    finer: [
      ['teams', 3],
      ['teams', 2],
    ],
  },
  { name: 'a cable without branches', types: [{ sections: [section('soma', '', 600)], sizes: [1] }], finer: [null] },
  { name: 'many small ones', types: [{ sections: bush(3), sizes: [11, 1] }], finer: [['items', 12]] },
] as const;

describe('cells of devices', () => {
  test.each(cases)('$name', async ({ name, types, finer }) => {
    const { program } = lowered(cellsText(types));
    expect(
      solversOf(program).map(
        ({ finer: own }) => own && [own.team ? 'teams' : 'items', own.domain.kind === 'count' && own.domain.count],
      ),
    ).toEqual(finer.map((one) => one ?? undefined));
    expect(parseProgram(printProgram(program)).kernels).toEqual(program.kernels);

    const expected = await results(referenceTarget, program, steps, 1);
    const engines: readonly Target[] = [
      wasmTarget,
      ...(canShim ? [cuda] : []),
      ...(name === 'several of two types' ? [...(hasOpencl ? [opencl] : []), ...(anyCompiler ? [cTarget] : [])] : []),
    ];
    for (const target of engines) {
      const found = await results(target, program, steps, 1);
      expect([target.name, ...differences(found, expected)]).toEqual([target.name]);
    }
  });

  test('in single precision', async () => {
    const { program } = lowered(cellsText(cases[0].types), { precision: 'float32' });
    const expected = await results(referenceTarget, program, steps, 1);
    expect(differences(await results(canShim ? cuda : wasmTarget, program, steps, 1), expected)).toEqual([]);
  });
});

describe('the text for teams', () => {
  /** The kernel that solves, without offsets in the arena. */
  const solver = (source: string): string =>
    (/^.*void kernel_cell0_solve\([^]*?\n\}/m.exec(source)?.[0] ?? '').replace(/arena \+ \d+u/g, 'arena + …') + '\n';
  const { program } = lowered(cellsText(cases[0].types));

  test('in CUDA C++ and OpenCL C', async () => {
    await expect(solver(generateCuda(program, 'atomic').source)).toMatchFileSnapshot('golden/cable-teams.cu');
    await expect(solver(generateOpencl(program, 'atomic').source)).toMatchFileSnapshot('golden/cable-teams.cl');
  });

  test('is not for devices of few work-items', () => {
    expect(solver(generateOpencl(program, 'split').source)).not.toContain('in_team');
    expect(generateOpencl(program, 'atomic').notes).toContain('a team for each item: cell0.solve');
  });
});
