/** Explanations for OpenCL devices whose arithmetic does not follow IEEE 754. */

import type { UsageError } from '../../../src/diagnostics/diagnostic.js';
import { distrustError as deviceDistrustError } from '../device/trust.js';

/** The error that names what a device does wrong. */
export const distrustError = (device: string, failed: number): UsageError =>
  deviceDistrustError(`the OpenCL device ${device}`, failed);
