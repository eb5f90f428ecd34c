/** A result on standard input, as a file: readers of results need files. */

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../platform/temporary-folder.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { readToEnd } from '../pipeline/read/read-source.js';
import { standardStream } from './arguments.js';
import type { CommandContext } from './context.js';

/** Name of the input in messages. */
const inputName = 'standard input';

/**
 * Runs a command with a file in place of `-`. A model after a result, as in `verify result.nwb -`, stays on standard
 * input.
 *
 * @throws UsageError if `-` is named twice
 */
export async function withResultFromInput(
  context: CommandContext,
  handler: (context: CommandContext) => Promise<number>,
): Promise<number> {
  const { files, terminal, words } = context;
  if (words[0] === 'verify' && files[0] !== standardStream) return handler(context);
  if (files.filter((file) => file === standardStream).length > 1)
    throw new UsageError('standard input is read once, and - is named twice', 'save one of the results as a file');
  const folder = temporaryFolder('input');
  const path = join(folder, 'input');
  const plain = (text: string): string => text.replaceAll(path, inputName);
  try {
    writeFileSync(path, terminal.input?.() ?? readToEnd(0, inputName));
    return await handler({
      ...context,
      files: files.map((file) => (file === standardStream ? path : file)),
      terminal: { ...terminal, stdout: { ...terminal.stdout, write: (text) => terminal.stdout.write(plain(text)) } },
      say: (text) => {
        context.say(plain(text));
      },
    });
  } catch (error) {
    if (error instanceof UsageError)
      throw new UsageError(plain(error.message), error.hint === undefined ? undefined : plain(error.hint));
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
