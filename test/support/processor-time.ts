/** Processor time of this process. */

import { readFileSync } from 'node:fs';

/** Returns the seconds of the processor of ended children, from a line as in `/proc/self/stat`. */
export function secondsOfChildren(stat: string): number {
  // The second field, the name of the program, may contain spaces. Fields 16 and 17 are in hundredths of a second.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

/** Returns the seconds of the processor of the ended children of this process; 0 where there is no Linux. */
export const childrenSeconds = (): number =>
  process.platform === 'linux' ? secondsOfChildren(readFileSync('/proc/self/stat', 'utf8')) : 0;

/** Returns the seconds of the processor of this process, and of its ended children on Linux. */
export function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + childrenSeconds();
}
