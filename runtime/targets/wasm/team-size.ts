/**
 * Decides how many of a session's threads compute. Results do not depend on it, but speed does: threads that wait for
 * each other in every step can be slower than one thread, especially if other programs use the same processors.
 * Compiled C networks decide by themselves, by the same rules; for WebAssembly sessions this module decides.
 */

/** The next piece of work: the largest number of steps, and the number of threads. */
export interface Piece {
  /** Threads that compute; the others wait. */
  readonly threads: number;
  /** Steps, at most. */
  readonly steps: number;
}

/** Chooses the team of the next piece, from the durations of earlier pieces. */
export interface TeamChooser {
  /** The next piece. */
  next(): Piece;
  /** Records the steps and milliseconds of the last piece. */
  note(steps: number, milliseconds: number): void;
}

/** Teams of threads, each half as large as the previous one; the last is a single thread. */
function teamSizes(threads: number): readonly number[] {
  return threads <= 1 ? [1] : [threads, ...teamSizes(Math.floor(threads / 2))];
}

/**
 * Milliseconds that a team is tried for, and steps of the first piece of a trial; each has four times as many as the
 * one before.
 */
const trial = { milliseconds: 4, steps: 8, growth: 4 } as const;

/** Milliseconds from one trial to the next. */
const interval = { least: 64, most: 4000 } as const;

/** Milliseconds of a piece on several threads: a step can at once take many times as long as before. */
const pieceTime = 10;

/** Creates the team chooser of a session with the given number of threads. */
export function createTeamChooser(threads: number): TeamChooser {
  const sizes = teamSizes(threads);
  if (sizes.length === 1) return { next: () => ({ threads: 1, steps: Infinity }), note: () => undefined };
  /** Milliseconds of a step as they were measured last; 0 before. */
  const stepTimes = sizes.map(() => 0);
  let team = 0;
  let trying: { readonly steps: number; readonly spent: number } | null = null;
  let since = 0;
  let wait: number = interval.least;
  let larger = false;
  const fastest = (): number => stepTimes.indexOf(Math.min(...stepTimes));
  /** Returns a team next to the fastest in size; if there are two, in turn. */
  const neighbour = (best: number): number => {
    larger = best === sizes.length - 1 || (best > 0 && !larger);
    return larger ? best - 1 : best + 1;
  };
  return {
    next: () => {
      if (trying === null) {
        const best = fastest();
        const unknown = stepTimes[best] === 0;
        const tries = unknown || since >= wait;
        team = tries && !unknown ? neighbour(best) : best;
        if (tries) trying = { steps: trial.steps, spent: 0 };
      }
      const size = sizes[team] ?? 1;
      if (trying !== null) return { threads: size, steps: trying.steps };
      return {
        threads: size,
        steps: size === 1 ? Infinity : Math.max(1, Math.floor(pieceTime / (stepTimes[team] ?? 1))),
      };
    },
    note: (steps, milliseconds) => {
      if (steps === 0) return;
      stepTimes[team] = Math.max(milliseconds, 1e-3) / steps;
      if (trying === null) {
        since += milliseconds;
        return;
      }
      const spent = trying.spent + milliseconds;
      if (spent < trial.milliseconds) {
        trying = { steps: trial.growth * trying.steps, spent };
        return;
      }
      // Trials become rarer each time they change nothing.
      const longer = fastest() === team ? 0 : Math.min(2 * wait, interval.most);
      wait = Math.max(longer, interval.least, 16 * spent);
      since = 0;
      trying = null;
    },
  };
}
