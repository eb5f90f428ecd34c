/** The trust microkernel on a device: arithmetic with known bits, on many work-items, before any computation. */

import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import { trustChecks, trustOperands } from '../../../src/codegen/c/trust.js';
import type { Size } from '../../../src/codegen/schedule/launches.js';
import { numericsVersion } from '../../../src/ir/program.js';
import type { Program } from '../../../src/ir/program.js';
import type { DeviceDriver, Handle } from './driver.js';

/** Returns the failed checks of a device, in the order of its bits. */
const distrustNames = (failed: number): readonly string[] => [
  ...new Set(trustChecks.filter((_, k) => ((failed >>> k) & 1) === 1).map(({ name }) => name)),
];

/** The error that names the failed checks of a device. @param title of the device: `the OpenCL device …` */
export function distrustError(title: string, failed: number): UsageError {
  return new UsageError(
    `arithmetic on ${title} cannot be trusted: ${distrustNames(failed).join('; ')}`,
    'its driver violates IEEE 754, so results would differ from other devices; use another device ' +
      '(--device) or another target',
  );
}

/** A driver that can launch a kernel without a step. */
interface TrustDriver extends DeviceDriver {
  /** Launches a kernel after all of its arguments are set. */
  launchPlain(kernel: Handle, size: Size): void;
}

/** Runs the checks of a program on all units of a device. @returns a bit for each check that fails */
export async function runTrust(driver: TrustDriver, units: number): Promise<number> {
  const operands = Float64Array.from(trustOperands);
  const memory = driver.allocate(operands.byteLength);
  try {
    const failures = driver.allocate(4);
    try {
      driver.write(memory, 0, operands);
      driver.fill(failures, 0, 4, new Uint32Array(1));
      const kernel = driver.kernel('trust');
      driver.setMemory(kernel, 0, memory);
      driver.setMemory(kernel, 1, failures);
      // More groups than units, so each gets some.
      driver.launchPlain(kernel, { global: 32 * 8 * units, local: 32 });
      await driver.finish();
      const failed = new Uint32Array(1);
      driver.read(failures, 0, failed);
      return failed[0] ?? 0;
    } finally {
      driver.free(failures);
    }
  } finally {
    driver.free(memory);
  }
}

/** A program with only the trust microkernel. */
export const trustProgram: Program = {
  name: 'trust',
  precision: 'float64',
  dt: 1,
  numericsVersion,
  functions: [],
  buffers: [],
  kernels: [],
  events: [],
  logs: [],
  schedule: { initialise: [], step: [], procedures: {} },
  manifest: {
    populations: [],
    events: [],
    variables: [],
    projections: [],
    samples: [],
    spikeLabel: 0,
    faults: {},
    notes: [],
  },
};
