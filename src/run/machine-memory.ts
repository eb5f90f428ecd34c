/** How much memory there is here. */

import { totalmem } from 'node:os';
import { UsageError } from '../diagnostics/diagnostic.js';
import { formatBytes } from '../diagnostics/quantities.js';

/** Bytes that this process may have: those of the machine, or fewer where a container is given fewer. */
export function machineMemory(): number {
  const allowed = process.constrainedMemory?.() ?? 0;
  return allowed > 0 && allowed < totalmem() ? allowed : totalmem();
}

/** Targets whose arrays are in the memory of this machine. */
const here: readonly string[] = ['wasm', 'c', 'reference'];

/**
 * Refuses a program whose arrays of known length are more than the machine has, before anything is compiled.
 *
 * @throws UsageError saying how much is needed and how much there is
 */
export function refuseTooLarge(target: string, bytes: number): void {
  const memory = machineMemory();
  if (!here.includes(target) || bytes <= memory) return;
  const gibibytes = (count: number): string => `${(count / 2 ** 30).toFixed(2)} GiB`;
  throw new UsageError(
    `the model needs ${gibibytes(bytes)} of memory; this machine has ${gibibytes(memory)}`,
    `make the model smaller, or run it on a machine with more than ${formatBytes(bytes)}`,
  );
}
