/** Finds outputs that would share a file. */

import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { messages } from '../messages.js';

/** An output: its name as the user has it, and all files that it may write. */
interface Output {
  readonly output: string;
  readonly files: readonly string[];
}

/** Returns the second of each pair of outputs that share a file, after the first that has it. */
export function samePairs<T extends Output>(outputs: readonly T[]): readonly (readonly [T, T])[] {
  const owners = new Map<string, T>();
  return outputs.flatMap((output) => {
    const keys = output.files.flatMap(keysOf);
    const owner = keys.map((key) => owners.get(key)).find((known) => known !== undefined);
    for (const key of keys) if (!owners.has(key)) owners.set(key, output);
    return owner ? [[owner, output] as const] : [];
  });
}

/** @throws UsageError when two outputs share a file */
export function refuseSameFile(outputs: readonly Output[]): void {
  const [pair] = samePairs(outputs);
  if (pair) throw messages.sameOutput(pair[0].output, pair[1].output);
}

/** Returns keys that identify a file: its path with links followed, regardless of case, and its device and inode. */
function keysOf(path: string): readonly string[] {
  const keys = [`path ${real(path).normalize('NFC').toLowerCase()}`];
  try {
    const { dev, ino } = statSync(path);
    keys.push(`file ${dev} ${ino}`);
  } catch {
    // A file that does not exist yet is known only by its path.
  }
  return keys;
}

/** Returns the path of a file with the links to its folder followed, as far as that is there. */
function real(path: string): string {
  const whole = resolve(path);
  return join(realFolder(dirname(whole)), basename(whole));
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    const above = dirname(folder);
    return above === folder ? folder : resolve(realFolder(above), relative(above, folder));
  }
}
