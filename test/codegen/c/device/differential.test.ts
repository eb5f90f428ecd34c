/**
 * OpenCL against the reference interpreter, bit for bit: every operation, every kernel shape, for various group sizes
 * and missing features of devices.
 */

import { describe, expect, test } from 'vitest';
import { someOf } from '../../../support/effort.js';
import { openclTargetWith } from '../../../../runtime/targets/opencl/target.js';
import { referenceTarget } from '../../../../runtime/targets/reference/target.js';
import { hasOpencl, reason } from '../../../runtime/targets/opencl/devices.js';
import { cuba, delays } from '../../../runtime/targets/wasm/programs.js';
import { twoPopulations } from '../../../support/two-populations.js';
import { differences, results } from '../../wasm/compare.js';
import { randomProgram } from '../../wasm/random-program.js';

const ways = [
  { way: 'as a processor: each worker has its targets', target: openclTargetWith({}) },
  {
    way: 'as a graphics card: teams of 8 that add atomically',
    target: openclTargetWith({ sizes: { group: 64, team: 8, groups: 3 }, targets: 'atomic', plain: true }),
  },
  {
    way: 'without 64-bit atomics and precise division, groups of 32',
    target: openclTargetWith({ sizes: { group: 32, team: 2, groups: 5 }, targets: 'atomic', bare: true }),
  },
] as const;

const networks = [
  { network: 'two populations, with a fault in step 30', program: twoPopulations, steps: 40 },
  {
    network: 'spikes along synapses of one delay',
    program: cuba({ size: 500, rowLength: 10, delay: 3, lanes: true }),
    steps: 300,
  },
  ...(['any', 'byTarget', 'byRow', 'sequential'] as const).map((order) => ({
    network: `synapses of four delays, ${order}`,
    program: delays(order),
    steps: 60,
  })),
];

/** The third way differs from the second only in sums and in divisions. */
const few = networks.filter(({ network }) => /fault|any/.test(network));

describe.skipIf(!hasOpencl)(`OpenCL gives the bits of the reference${reason}`, () => {
  describe.each(ways)('$way', ({ way, target }) => {
    test.each(someOf(way.startsWith('without') ? few : networks, 3, 'networks'))(
      '$network',
      async ({ program, steps }) => {
        const [found, expected] = [
          await results(target, program, steps, 1),
          await results(referenceTarget, program, steps, 1),
        ];
        expect(differences(found, expected)).toEqual([]);
      },
    );

    test('random bodies', async () => {
      for (const lanes of way.startsWith('as a processor') ? [false, true] : [false]) {
        const program = randomProgram(20240611, 5, lanes);
        expect(
          differences(await results(target, program, 2, 1), await results(referenceTarget, program, 2, 1)),
        ).toEqual([]);
      }
    });
  });
});
