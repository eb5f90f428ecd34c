/** Generated sources that a device's compiler refuses. */

import { mkdtemp } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../../src/diagnostics/diagnostic.js';

/** The first line that speaks of an error, else the first line. */
function firstError(log: string): string | undefined {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  return (lines.find((line) => /\berror\b/i.test(line)) ?? lines[0])?.trim();
}

/** The facts of a failed compilation. */
interface FailedCompilation {
  /** As messages name the compiler: `NVRTC 13.0`. */
  readonly compiler: string;
  readonly log: string;
  /** The message for an empty log. */
  readonly silent: string;
  /** The target, which the folder is named after, and the name of the source in it. */
  readonly target: string;
  readonly file: string;
  readonly source: string;
  readonly hint: string;
}

/** Returns the error of a failed compilation; the source and the log are kept for inspection. */
export async function compileError({
  compiler,
  log,
  silent,
  target,
  file,
  source,
  hint,
}: FailedCompilation): Promise<UsageError> {
  let path = '';
  try {
    const folder = await mkdtemp(join(tmpdir(), `interneuron-${target}-`));
    path = join(folder, file);
    writeFileSync(path, source);
    writeFileSync(join(folder, 'compiler.log'), `${log}\n`);
  } catch {
    // Without a folder the message has to do.
  }
  return new UsageError(
    `${compiler} cannot compile the generated source${path === '' ? '' : ` ${path}`}: ${firstError(log) ?? silent}`,
    `${path === '' ? '' : 'its full output is in compiler.log beside it; '}${hint}`,
  );
}
