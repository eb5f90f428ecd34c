/** Explanations for OpenCL devices with arithmetic that violates IEEE 754. */

import type { UsageError } from '../../../src/diagnostics/diagnostic.js';
import { distrustError as deviceDistrustError } from '../device/trust.js';

/** The error that names the failed checks of a device. */
export const distrustError = (device: string, failed: number): UsageError =>
  deviceDistrustError(`the OpenCL device ${device}`, failed);
