/** How much memory there is here. */

import { totalmem } from 'node:os';

/** Bytes that this process may have: those of the machine, or fewer where a container is given fewer. */
export function machineMemory(): number {
  const allowed = process.constrainedMemory?.() ?? 0;
  return allowed > 0 && allowed < totalmem() ? allowed : totalmem();
}
