/** Which CUDA devices keep the promise of equal bits, asked before any model is run on them. */

import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import { generateCuda } from '../../../src/codegen/c/device/generate.js';
import { OutOfDeviceMemory } from '../device/driver.js';
import { distrustError, runTrust, trustProgram } from '../device/trust.js';
import type { CudaApi } from './api.js';
import { buildOptions, buildProgram } from './build.js';
import type { BlockSizes } from './build.js';
import type { CudaCompiler } from './compiler.js';
import type { CudaDevice } from './devices.js';
import { CudaDriver, openDevice } from './driver.js';

/** The failed checks of each device with the code of a compiler, determined once per process. */
const answers = new WeakMap<CudaCompiler, Map<string, string | null>>();

/**
 * Compiles and runs only the trust microkernel. @returns the failed checks, as a sentence; null for a trusted device
 */
async function distrustOf(
  api: CudaApi,
  compiler: CudaCompiler,
  device: CudaDevice,
  sizes: BlockSizes,
  cache: string | undefined,
): Promise<string | null> {
  const known = answers.get(compiler) ?? new Map<string, string | null>();
  answers.set(compiler, known);
  const key = `${api.name} ${device.id} ${device.title}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const { source } = generateCuda(trustProgram, 'atomic');
  const built = await buildProgram(compiler, source, buildOptions(compiler, device, sizes), cache);
  const driver = new CudaDriver(openDevice(api, device), built, sizes);
  try {
    const failed = await runTrust(driver, device.units);
    const answer = failed === 0 ? null : distrustError(driver.title, failed).message;
    known.set(key, answer);
    return answer;
  } finally {
    driver.dispose();
  }
}

/**
 * Returns the devices, with the reason why they cannot run models if the trust microkernel fails.
 *
 * @param sizesOf threads that kernels are compiled for
 * @param cache folder of compiled programs; undefined for no cache
 */
export async function checkDevices(
  api: CudaApi,
  compiler: CudaCompiler,
  devices: readonly CudaDevice[],
  sizesOf: (device: CudaDevice) => BlockSizes,
  cache?: string,
): Promise<readonly CudaDevice[]> {
  const judged: CudaDevice[] = [];
  for (const device of devices) {
    if (device.refusal !== undefined) {
      judged.push(device);
      continue;
    }
    try {
      const refusal = await distrustOf(api, compiler, device, sizesOf(device), cache);
      judged.push(refusal === null ? device : { ...device, refusal });
    } catch (error) {
      if (error instanceof OutOfDeviceMemory)
        judged.push({ ...device, refusal: 'it has too little free memory even for a test' });
      else if (error instanceof UsageError) judged.push({ ...device, refusal: error.message });
      else throw error;
    }
  }
  return judged;
}
