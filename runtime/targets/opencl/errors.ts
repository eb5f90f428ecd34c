/** The meaning of OpenCL's codes, as sentences. */

import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import { OutOfDeviceMemory } from '../device/driver.js';
import type { FunctionName } from './api.js';

const names: Readonly<Record<number, string>> = {
  [-1]: 'CL_DEVICE_NOT_FOUND',
  [-2]: 'CL_DEVICE_NOT_AVAILABLE',
  [-3]: 'CL_COMPILER_NOT_AVAILABLE',
  [-4]: 'CL_MEM_OBJECT_ALLOCATION_FAILURE',
  [-5]: 'CL_OUT_OF_RESOURCES',
  [-6]: 'CL_OUT_OF_HOST_MEMORY',
  [-9]: 'CL_INVALID_BINARY',
  [-11]: 'CL_BUILD_PROGRAM_FAILURE',
  [-14]: 'CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST',
  [-30]: 'CL_INVALID_VALUE',
  [-33]: 'CL_INVALID_DEVICE',
  [-34]: 'CL_INVALID_CONTEXT',
  [-36]: 'CL_INVALID_COMMAND_QUEUE',
  [-38]: 'CL_INVALID_MEM_OBJECT',
  [-42]: 'CL_INVALID_BINARY',
  [-44]: 'CL_INVALID_PROGRAM',
  [-45]: 'CL_INVALID_PROGRAM_EXECUTABLE',
  [-46]: 'CL_INVALID_KERNEL_NAME',
  [-48]: 'CL_INVALID_KERNEL',
  [-52]: 'CL_INVALID_KERNEL_ARGS',
  [-54]: 'CL_INVALID_WORK_GROUP_SIZE',
  [-61]: 'CL_INVALID_BUFFER_SIZE',
  [-1001]: 'no driver is installed',
};

/** A code as OpenCL's headers call it. */
export const codeName = (code: number): string => names[code] ?? `error ${code}`;

const outOfMemory = new Set([-4, -6, -61]);

/** The error for a code other than success. @param device its name for the user */
export function openclError(code: number, name: FunctionName, device: string): Error {
  if (outOfMemory.has(code)) return new OutOfDeviceMemory(codeName(code));
  return new UsageError(
    `the OpenCL device ${device} stopped working: ${codeName(code)} from ${name}`,
    'it may have been removed, reset or claimed by another program; data recorded so far are lost; ' +
      'interneuron targets shows what is available now',
  );
}
