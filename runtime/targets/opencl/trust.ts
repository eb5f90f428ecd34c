/** The trust microkernel on a device: arithmetic whose bits are known, on many work-items, before anything is computed. */

import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import { trustChecks, trustOperands } from '../../../src/codegen/c/trust.js';
import type { OpenclDriver } from './driver.js';

/** What a device does wrong, in the order of its bits. */
export const distrustNames = (failed: number): readonly string[] => [
  ...new Set(trustChecks.filter((_, k) => ((failed >>> k) & 1) === 1).map(({ name }) => name)),
];

/** The error that names what a device does wrong. */
export function distrustError(device: string, failed: number): UsageError {
  return new UsageError(
    `arithmetic on the OpenCL device ${device} cannot be trusted: ${distrustNames(failed).join('; ')}`,
    'its driver breaks IEEE 754, so that results would differ from those of other devices; use another device (--device) or another target',
  );
}

/** Runs the checks of a program on all units of a device. @returns a bit for each check that fails */
export async function runTrust(driver: OpenclDriver, units: number): Promise<number> {
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
      // More groups than units, so that each gets some.
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
