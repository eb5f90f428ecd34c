/** Progress bars with an estimate of the time left, on a terminal only. */

import type { SingleBar } from 'cli-progress';
import { formatDuration } from '../diagnostics/quantities.js';

/** Shows how far the stages of a command are, one after another. */
export interface ProgressDisplay {
  /** `fraction` of a stage that is done, in [0, 1]; a new stage ends the one before. */
  update(stage: string, fraction: number): void;
  /** Leaves the line free for other text. */
  stop(): void;
}

/** A display that does not draw. */
export const silentProgress: ProgressDisplay = { update: () => undefined, stop: () => undefined };

/** A stage shorter than this draws no bar: it would only flicker. */
const patience_ms = 300;

/**
 * Returns a bar on `stream`, redrawn at most ten times a second.
 *
 * @param stream  a terminal; undefined gives a display that does not draw
 */
export async function progressDisplay(stream: NodeJS.WriteStream | undefined): Promise<ProgressDisplay> {
  if (!stream) return silentProgress;
  const { SingleBar, Format } = (await import('cli-progress')).default;
  let bar: SingleBar | undefined;
  let stage: string | undefined;
  let began = 0;
  const stop = (): void => {
    bar?.stop();
    bar = undefined;
    stage = undefined;
  };
  return {
    update(name, fraction) {
      if (name !== stage) {
        stop();
        stage = name;
        began = performance.now();
      }
      const elapsed = performance.now() - began;
      if (!bar && elapsed >= patience_ms && fraction < 1) {
        bar = new SingleBar({
          stream,
          fps: 10,
          clearOnComplete: true,
          hideCursor: true,
          barsize: 30,
          format: (options, { progress }) =>
            `${name.padEnd(10)} ${Format.BarFormat(progress, options)} ` +
            `${`${Math.floor(progress * 100)}%`.padStart(4)}  ${timeLeft(progress, performance.now() - began)}`,
          barCompleteChar: '█',
          barIncompleteChar: '░',
        });
        bar.start(1, fraction);
      }
      bar?.update(fraction);
    },
    stop,
  };
}

/** Returns `about 12 s left`, estimated from the time of the part already done. */
export function timeLeft(fraction: number, elapsed_ms: number): string {
  if (fraction <= 0 || elapsed_ms <= 0) return '';
  const left_s = ((1 - fraction) / fraction) * (elapsed_ms / 1000);
  return `about ${formatDuration(left_s >= 1 ? Math.round(left_s) : Math.round(left_s * 10) / 10)} left`;
}
