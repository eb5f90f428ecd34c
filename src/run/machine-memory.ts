/** How much memory there is here. */

import { totalmem } from 'node:os';

/** Returns the bytes that this process may have: the machine's memory, or less if a container limits it. */
export function machineMemory(): number {
  const allowed = process.constrainedMemory?.() ?? 0;
  return allowed > 0 && allowed < totalmem() ? allowed : totalmem();
}
