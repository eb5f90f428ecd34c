/** The log of an execution, as BioSimulators has it. @source biosimulators_utils 0.2, log.data_model */

/** State of a part of an execution. */
export type Status = 'QUEUED' | 'SKIPPED' | 'SUCCEEDED' | 'FAILED';

interface Said {
  readonly category: string;
  readonly message: string;
}

/** A part of an execution: an archive, a document, a task or an output. */
export interface LogEntry {
  status: Status;
  exception: Said | null;
  skipReason: Said | null;
  output: string | null;
  /** In s. */
  duration: number | null;
}

/** Returns a part that has not begun. */
export const queued = (): LogEntry => ({
  status: 'QUEUED',
  exception: null,
  skipReason: null,
  output: null,
  duration: null,
});

/** Returns a part that is left out, with the reason. */
export const skipped = (message: string): LogEntry => ({
  ...queued(),
  status: 'SKIPPED',
  skipReason: { category: 'NotImplementedError', message },
});

/** Runs an action and notes in an entry how it ended. Returns undefined if it failed. */
export async function logged<T>(entry: LogEntry, action: () => T | Promise<T>): Promise<T | undefined> {
  const began = performance.now();
  try {
    const value = await action();
    entry.status = 'SUCCEEDED';
    return value;
  } catch (error) {
    entry.status = 'FAILED';
    entry.exception = {
      category: error instanceof Error ? error.name : 'Error',
      message: error instanceof Error ? error.message : String(error),
    };
    return undefined;
  } finally {
    entry.duration = (performance.now() - began) / 1000;
  }
}
