/** `interneuron serve`: sessions for other programs, over standard input and output. */

import { UsageError } from '../../diagnostics/diagnostic.js';
import { serve as serveStreams } from '../../serve/serve.js';
import type { CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { cacheOption } from '../values.js';

/** Serves until standard input is closed; so it ends with whoever started it. */
export async function serve({ options, terminal }: CommandContext): Promise<number> {
  if (!options.flag('stdio'))
    throw new UsageError('serve communicates only over standard input and output', 'write: interneuron serve --stdio');
  // Ctrl-C in a terminal reaches all programs in it, and the client decides how to react.
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  try {
    const isDone = await serveStreams(process.stdin, process.stdout, cacheOption(terminal).cacheDirectory);
    return isDone ? exitCodes.done : exitCodes.wrong;
  } finally {
    process.off('SIGINT', ignore);
    process.stdin.destroy();
  }
}
