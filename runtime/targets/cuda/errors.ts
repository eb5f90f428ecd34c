/** The meaning of the CUDA driver's codes, as sentences. */

import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import { OutOfDeviceMemory } from '../device/driver.js';
import type { CudaApi, DriverFunction } from './api.js';

/** Codes that are looked at by their numbers. */
export const codes = {
  outOfMemory: 2,
  noDevice: 100,
  invalidImage: 200,
  noBinaryForDevice: 209,
  unsupportedPtx: 222,
  notFound: 500,
  notReady: 600,
  notSupported: 801,
} as const;

/** After these errors a context is unusable: all of its users have to begin again. */
const lasting = new Set([4, 46, 101, 214, 220, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719, 999]);

/** Whether a context is of no use after this code. */
export const isLasting = (code: number): boolean => lasting.has(code);

/** The error for a code other than success. @param device its name for the user */
export function cudaError(api: CudaApi, code: number, name: DriverFunction, device: string): Error {
  const described = api.describe(code);
  if (code === codes.outOfMemory) return new OutOfDeviceMemory(described.name);
  return new UsageError(
    `the CUDA device ${device} stopped working: ${described.name} from ` +
      `${name}${described.sentence === '' ? '' : ` (${described.sentence})`}`,
    'it may have been removed, reset, or taken by another program (nvidia-smi, and the system log for messages ' +
      'with Xid, tell); what was recorded until then is lost; interneuron targets shows what is available now',
  );
}
