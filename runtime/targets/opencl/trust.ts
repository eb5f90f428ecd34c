/** The trust microkernel on a device: arithmetic whose bits are known, on many work-items, before anything is computed. */

import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import { trustChecks, trustOperands } from '../../../src/codegen/c/trust.js';
import type { Handle } from './api.js';
import type { OpenDevice } from './build.js';
import { DeviceQueue } from './queue.js';

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
export async function runTrust(open: OpenDevice, program: Handle): Promise<number> {
  const queue = new DeviceQueue(open);
  const handles: Handle[] = [];
  try {
    const operands = Float64Array.from(trustOperands);
    const memory = queue.allocate(operands.byteLength);
    handles.push(memory);
    const failures = queue.allocate(4);
    handles.push(failures);
    queue.write(memory, 0, operands);
    queue.fill(failures, 0, 4, new Uint32Array(1));
    const kernel = queue.create('clCreateKernel', program, 'trust');
    try {
      queue.do('clSetKernelArg', kernel, 0, 8, BigUint64Array.of(BigInt(memory)));
      queue.do('clSetKernelArg', kernel, 1, 8, BigUint64Array.of(BigInt(failures)));
      // More groups than units, so that each gets some.
      queue.launch(kernel, 32 * 8 * open.device.units, 32);
      await queue.finish();
      const failed = new Uint32Array(1);
      queue.read(failures, 0, failed);
      return failed[0] ?? 0;
    } finally {
      queue.release('clReleaseKernel', kernel);
    }
  } finally {
    for (const handle of handles) queue.release('clReleaseMemObject', handle);
    queue.dispose();
  }
}
