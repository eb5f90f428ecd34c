/** The OpenCL devices of this machine, for tests that are skipped without one. */

import { openclTarget } from '../../../../runtime/targets/opencl/target.js';

const availability = await openclTarget.probe();

// With INTERNEURON_REQUIRE_OPENCL set no test may be skipped.
if (!availability.available && process.env['INTERNEURON_REQUIRE_OPENCL'])
  throw new Error(
    `INTERNEURON_REQUIRE_OPENCL is set, and ${availability.reason ?? 'there is no OpenCL device'} ` +
      `(${availability.hint ?? ''})`,
  );

/** Whether there is a device that runs models. */
export const hasOpencl = availability.available;

/** Why tests are skipped; part of their title, so that a skip is seen with its reason. */
export const reason = hasOpencl ? '' : ` (skipped: ${availability.reason ?? 'no device'})`;
