/** Ctrl-C: the first one ends a run in order, a second one at once. */

import { exitCodes } from './failure.js';
import type { ProgressDisplay } from './progress.js';
import type { Terminal } from './terminal.js';

/**
 * Listens until `stop`.
 *
 * @param sentence  what is said at the first Ctrl-C
 */
export function listenForInterrupt(
  terminal: Terminal,
  progress: ProgressDisplay,
  sentence: string,
): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const stop = terminal.onInterrupt(() => {
    if (controller.signal.aborted) terminal.exit(exitCodes.interrupted);
    progress.stop();
    terminal.stderr.write(`${sentence} (press Ctrl-C again to stop at once)\n`);
    controller.abort();
  });
  return { signal: controller.signal, stop };
}
