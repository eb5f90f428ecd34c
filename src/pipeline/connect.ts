/** Building a network on its engine, and whether that went well. */

import { DiagnosticError } from '../diagnostics/diagnostic.js';
import type { Program } from '../ir/program.js';
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
  const sentences = await buildFaults(session, program);
  if (sentences.length > 0)
    throw new DiagnosticError(
      sentences.map((sentence) => ({
        severity: 'error',
        ...messages.buildFault(sentence),
        place: { document: '', pointer: ownerIn(sentence, program) },
      })),
    );
}

/**
 * Returns the pointer of the projection or population that a sentence names; the whole document if it names no part.
 */
function ownerIn(sentence: string, { manifest }: Program): string {
  const named = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(sentence);
  const projection = manifest.projections.find(({ name }) => sentence.includes(`projection ${name} `));
  if (projection) return `/projections/${projection.name}`;
  const population = manifest.populations.find(({ name }) => named(name));
  return population ? `/populations/${population.name}` : '';
}

async function buildFaults(session: Session, program: Program): Promise<readonly string[]> {
  if (!program.buffers.some(({ name }) => name === 'faults')) return [];
  const bits = Number((await session.read('faults', 0, 1))[0] ?? 0);
  if (bits === 0) return [];
  const known = Object.entries(program.manifest.faults).filter(([mask]) => (Number(mask) & bits) !== 0);
  return known.length > 0
    ? known.map(([, sentence]) => sentence)
    : [`a fault of unknown kind (bits ${bits}) was raised`];
}
