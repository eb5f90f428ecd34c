/** Building a network on its engine, and whether that went well. */

import { DiagnosticError } from '../diagnostics/diagnostic.js';
import type { Program } from '../ir/program.js';
import { readFaults } from '../../runtime/record/recorder.js';
import type { ResultWriter, RunSetup } from '../../runtime/results/result.js';
import type { Executable, Session } from '../../runtime/targets/target.js';
import { InterruptedError } from './interrupted.js';
import { messages } from './messages.js';
import type { RunOptions } from './run-options.js';

/**
 * Builds the network and opens the outputs at the same time: a library for a format loads while the target's threads
 * work, and an output that cannot be written ends the building.
 */
export async function startWhileOpening(
  executable: Executable,
  program: Program,
  writers: readonly ResultWriter[],
  setup: RunSetup,
  options: RunOptions,
): Promise<Session> {
  const failed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
  const opening = openAll(writers, setup);
  opening.catch(() => failed.abort());
  const [opened, started] = await Promise.allSettled([
    opening,
    startConnected(executable, program, { ...options, signal }),
  ]);
  if (opened.status === 'rejected') {
    if (started.status === 'fulfilled') await started.value.dispose();
    throw opened.reason;
  }
  if (started.status === 'rejected') throw started.reason;
  return started.value;
}

/** Sends writers the setup of the run, one after the other. @throws UsageError if a file cannot be made */
export async function openAll(writers: readonly ResultWriter[], setup: RunSetup): Promise<void> {
  for (const writer of writers) await writer.open(setup);
}

/** Returns a session at step 0, initialised. */
export async function startConnected(executable: Executable, program: Program, options: RunOptions): Promise<Session> {
  const session = await executable.start();
  try {
    await connect(session, program, options);
    return session;
  } catch (error) {
    const ended = session.dispose();
    // An engine may have to finish a kernel before it ends.
    if (error instanceof InterruptedError) ended.catch(() => undefined);
    else await ended;
    throw error;
  }
}

/** Builds the network: draws connections and initial values on the target. */
async function connect(session: Session, program: Program, { signal, onProgress }: RunOptions): Promise<void> {
  if (signal?.aborted) throw new InterruptedError();
  onProgress?.('connect', 0);
  const interrupted = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(new InterruptedError()), { once: true });
  });
  await Promise.race([session.initialise((fraction) => onProgress?.('connect', fraction)), interrupted]);
  onProgress?.('connect', 1);
  const faults = await readFaults(session, program);
  if (faults.length > 0)
    throw new DiagnosticError(
      faults.map(({ says, pointer }) => ({
        severity: 'error',
        ...messages.buildFault(says),
        place: { document: '', pointer },
      })),
    );
}
