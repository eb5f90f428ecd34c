/** The program and engine of a session: what compiles it, brings it to where the session stands, and ends it. */

import { startFrom, startingLate } from './start-state.js';
import { isSame, withProtocol, type Engaged, type SessionState } from './state.js';
import { compileModel } from '../compile-model.js';
import { startConnected } from '../connect.js';
import { memorySink } from '../memory-sink.js';
import { inStage } from '../stages.js';
import { UsageError } from '../../diagnostics/diagnostic.js';
import { initialSample, protocolWalk } from '../../lower/protocol.js';
import { recordingPlan } from '../../../runtime/record/plan.js';
import { createRecorder } from '../../../runtime/record/recorder.js';
import type { Session } from '../../../runtime/targets/target.js';

/** Steps that a session is taken to run when an engine is chosen for it: nobody knows. */
const usualWork = 10_000;

/** Compiles the document that a session is by now, and runs it to where the session stands. */
export async function engage(state: SessionState): Promise<Engaged> {
  if (state.engaged) return state.engaged;
  const { given, watch } = state;
  const known = [...state.phases];
  const { start } = state.options;
  const late = start ? { extend: startingLate } : {};
  const options = { ...state.options, exactValues: true, work: usualWork, ...late };
  const compiled = await compileModel(withProtocol(given, known), options, watch);
  const { program, protocol, executable, engine } = compiled;
  if (engine.target === 'null')
    throw new UsageError('the null target runs nothing, so it cannot open a session', 'choose another');
  const plan = recordingPlan(program, protocol);
  const sink = memorySink(plan.setup.series);
  const recorder = createRecorder(program, protocol, sink, plan);
  let session: Session | undefined;
  try {
    session = await inStage('connect', () => startConnected(executable, program, {}));
    if (start) await startFrom(session, program, start);
    const recording = await recorder.begin(session, {
      onProgress: (steps) =>
        state.waiting.onProgress?.(Math.min(1, (steps - state.progress.from) / state.progress.steps)),
    });
    watch.end('connect');
    const walk = protocolWalk(program.dt, given.valid.model.timing, (start?.step ?? 0) * program.dt);
    state.engaged = {
      compiled,
      known,
      plan,
      sink,
      recorder,
      session,
      recording,
      walk,
      synapses: new Map(),
      reached: new Map(),
      performed: [],
    };
    for (let k = 0; k < state.done; k += 1) await perform(state, state.engaged, k);
    return state.engaged;
  } catch (error) {
    state.engaged = null;
    recorder.dispose();
    await session?.dispose();
    throw error;
  }
}

/** Ends the engine, if there is one. */
export async function disengage(state: SessionState): Promise<void> {
  const old = state.engaged;
  state.engaged = null;
  old?.recorder.dispose();
  await old?.session.dispose();
}

/**
 * Performs a phase of the session's protocol.
 *
 * @throws UsageError when the run ends by a fault
 */
export async function perform({ phases, typed, waiting, watch }: SessionState, on: Engaged, k: number): Promise<void> {
  const { procedures } = on.compiled.program.schedule;
  const has = (name: string): boolean =>
    procedures[name] !== undefined && (name === initialSample || isSame(on.known[k], phases[k]));
  for (const entry of on.walk.phase(typed[k]!, k, has)) {
    const before = on.recording.steps();
    await on.recording.perform(entry, waiting);
    on.performed.push(entry.kind === 'run' ? { ...entry, steps: on.recording.steps() - before } : entry);
  }
  watch.end('run');
  if (on.recording.outcome() === 'fault')
    throw new UsageError(
      `the run ended by a fault: ${on.recording.faults().join('; ')}`,
      'inspect the data recorded up to that point',
    );
}
