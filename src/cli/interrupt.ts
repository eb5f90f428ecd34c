/** Signals that stop a run: it ends in order at the first one, and at once at the second. */

import { exitCodes, signalCodes } from './exit-codes.js';
import type { ProgressDisplay } from './progress.js';
import type { Terminal } from './terminal.js';
import type { RunStage } from '../pipeline/run-options.js';

/** A way to end a run in order. */
interface Interruption {
  readonly signal: AbortSignal;
  /** The exit code of a run that was ended: 130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP. */
  exitCode(): number;
  /**
   * Shows how far a run is, and listens to signals while the process can react to them: to Ctrl-C from the first call
   * on, to SIGTERM and SIGHUP in the stage `run`. At other times a signal ends the process at once.
   */
  onProgress(stage: RunStage, fraction: number): void;
  stop(): void;
}

const stageTitles: Readonly<Record<RunStage, string>> = { connect: 'connecting', run: 'running', write: 'writing' };

/** @param sentence  the text shown at the first signal */
export function interruptible(terminal: Terminal, progress: ProgressDisplay, sentence: string): Interruption {
  const controller = new AbortController();
  let stopInterrupt: (() => void) | undefined;
  let stopTermination: (() => void) | undefined;
  let running = false;
  let code: number = exitCodes.interrupted;
  const abort = (hint: string): void => {
    progress.stop();
    terminal.stderr.write(`${sentence}${hint}\n`);
    controller.abort();
  };
  const interrupt = (): void => {
    if (controller.signal.aborted) terminal.exit(exitCodes.interrupted);
    abort(' (press Ctrl-C again to stop at once)');
    if (running) return;
    // An engine that builds a network may not stop for minutes. The next Ctrl-C ends the process, too.
    stopInterrupt?.();
    terminal.endSoon();
  };
  return {
    signal: controller.signal,
    exitCode: () => code,
    onProgress: (stage, fraction) => {
      stopInterrupt ??= terminal.onInterrupt(interrupt);
      running ||= stage === 'run';
      if (stage === 'run')
        stopTermination ??= terminal.onTermination((by) => {
          code = signalCodes[by];
          abort('');
        });
      if (stage === 'write') stopTermination?.();
      progress.update(stageTitles[stage], fraction);
    },
    stop: () => {
      stopInterrupt?.();
      stopTermination?.();
    },
  };
}
