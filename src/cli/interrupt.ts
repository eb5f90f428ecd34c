/** Ctrl-C: the first one ends a run in order, a second one at once. */

import { exitCodes } from './failure.js';
import type { ProgressDisplay } from './progress.js';
import type { Terminal } from './terminal.js';

/** A way to end a run in order. */
interface Interruption {
  readonly signal: AbortSignal;
  /**
   * Shows how far a run is, and listens from the first call on. Until then Ctrl-C ends the process: reading and
   * lowering do not look up to hear of it.
   */
  onProgress(stage: 'connect' | 'run', fraction: number): void;
  stop(): void;
}

/** @param sentence  what is said at the first Ctrl-C */
export function interruptible(terminal: Terminal, progress: ProgressDisplay, sentence: string): Interruption {
  const controller = new AbortController();
  let stop: (() => void) | undefined;
  const listen = (): (() => void) =>
    terminal.onInterrupt(() => {
      if (controller.signal.aborted) terminal.exit(exitCodes.interrupted);
      progress.stop();
      terminal.stderr.write(`${sentence} (press Ctrl-C again to stop at once)\n`);
      controller.abort();
    });
  return {
    signal: controller.signal,
    onProgress: (stage, fraction) => {
      stop ??= listen();
      progress.update(stage === 'connect' ? 'connecting' : 'running', fraction);
    },
    stop: () => stop?.(),
  };
}
