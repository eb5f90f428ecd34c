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

/** What is known of a compiler that failed. */
interface FailedCompilation {
  /** As messages name the compiler: `NVRTC 13.0`. */
  readonly compiler: string;
  readonly log: string;
  /** What to say where the log is empty. */
  readonly silent: string;
  /** The target, which the folder is named after, and the name of the source in it. */
  readonly target: string;
  readonly file: string;
  readonly source: string;
  readonly hint: string;
}

/** The error of a compiler that fails; the source and all that was said of it are kept for the user to look into. */
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
