/** Compiles the program of a session, brings its engine to the session's present time, and ends it. */

import { itemAt } from '../diagnostics/entry.js';
import { goOn, movedState } from './go-on.js';
import { startFrom, startingLate } from '../pipeline/start-state.js';
import { isSame, withProtocol, type Engaged, type Left, type SessionState } from './state.js';
import { compileModel } from '../pipeline/compile-model.js';
import { startConnected } from '../pipeline/connect.js';
import { memorySink } from '../pipeline/results/memory-sink.js';
import { inStage } from '../pipeline/stages.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { initialSample, protocolWalk } from '../lower/context/protocol.js';
import { recordingPlan } from '../../runtime/record/plan.js';
import { createRecorder } from '../../runtime/record/recorder.js';
import type { Session } from '../../runtime/targets/target.js';

/** Steps assumed for a session when an engine is chosen for it, since its length is unknown. */
const usualWork = 10_000;

/** Compiles the present document of a session, and runs it to the session's present time. */
export async function engage(state: SessionState): Promise<Engaged> {
  if (state.engaged) return state.engaged;
  const { given, watch } = state;
  const known = [...state.phases];
  const { start } = state.options;
  const late = start
    ? {
        extend: startingLate,
        pendingDelivery: { pathways: new Set(Object.keys(start.received ?? {})), step: start.step },
      }
    : {};
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
    const { left } = state;
    const moved = left && (await movedState(left, program, plan, session, state));
    if (start) await startFrom(session, program, start);
    const recording = await recorder.begin(session, {
      onProgress: (steps) =>
        state.waiting.onProgress?.(Math.min(1, (steps - state.progress.from) / state.progress.steps)),
      ...(moved ? { before: left.recording } : {}),
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
    if (moved) await goOn(left, moved, state, state.engaged, (k, name) => hasProcedure(state, state.engaged!, k, name));
    else for (let k = 0; k < state.done; k += 1) await perform(state, state.engaged, k);
    forget(state);
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
  forget(state);
  old?.recorder.dispose();
  await old?.session.dispose();
}

/** Ends the engine, and keeps its state for the next one to continue from. */
export async function leave(state: SessionState): Promise<void> {
  const old = state.engaged;
  const begun = old && old.recording.steps() > 0 && !state.options.start && old.recording.outcome() === 'complete';
  if (!begun) return disengage(state);
  state.left = { ...old, ...performedOf(state), snapshot: await old.session.snapshot() };
  state.engaged = null;
  await old.session.dispose();
}

const performedOf = ({ phases, typed, done }: SessionState): Pick<Left, 'phases' | 'typed'> => ({
  phases: phases.slice(0, done),
  typed: typed.slice(0, done),
});

/** Discards the kept state of an earlier engine. */
function forget(state: SessionState): void {
  state.left?.recorder.dispose();
  state.left = null;
}

/** Checks whether the program has a procedure of a phase, or of the first step. */
const hasProcedure = ({ phases }: SessionState, on: Engaged, k: number, name: string): boolean =>
  on.compiled.program.schedule.procedures[name] !== undefined &&
  (name === initialSample || isSame(on.known[k], phases[k]));

/**
 * Performs a phase of the session's protocol.
 *
 * @throws UsageError when the run ends by a fault
 */
export async function perform(state: SessionState, on: Engaged, k: number): Promise<void> {
  const { typed, waiting, watch } = state;
  for (const entry of on.walk.phase(itemAt(typed, k), k, (name) => hasProcedure(state, on, k, name))) {
    const before = on.recording.steps();
    await on.recording.perform(entry, waiting);
    const steps = on.recording.steps() - before;
    if (entry.kind === 'run') state.computed += steps;
    on.performed.push(entry.kind === 'run' ? { ...entry, steps } : entry);
  }
  watch.end('run');
  if (on.recording.outcome() === 'fault')
    throw new UsageError(
      `the run ended by a fault: ${on.recording.faults().join('; ')}`,
      'inspect the data recorded up to that point',
    );
}
