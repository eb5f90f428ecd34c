/** Phases of a session, performed as they come. */

import { itemAt } from '../diagnostics/entry.js';
import { checkedTime } from './checked.js';
import { engage, leave, perform } from './engage.js';
import type { AdvanceOptions } from '../pipeline/run-options.js';
import { isSame, phasesOf, type Engaged, type SessionState } from './state.js';
import { isStructured } from './names.js';
import { directChange } from '../pipeline/direct-change.js';
import { synapsesIn } from './take.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { assignedBy } from '../model/assigned.js';
import type * as written from '../model/model.js';
import { phaseKind } from '../model/tagged.js';
import { timingProperties } from '../model/timing-properties.js';
import type { Phase } from '../model/typed.js';

/**
 * Lets time pass; without `seconds`, performs the rest of the document's own protocol.
 *
 * @returns false if it was stopped early
 */
export async function run(state: SessionState, seconds?: number, how: AdvanceOptions = {}): Promise<boolean> {
  if (seconds !== undefined) checkedTime(state, seconds);
  if (how.signal?.aborted) return false;
  state.waiting = how;
  try {
    const on = await engage(state);
    state.progress = {
      from: on.recording.steps(),
      steps: Math.max(1, (seconds ?? 0) / on.compiled.program.dt),
    };
    if (seconds === undefined) return await performRest(state);
    const before = state.phases.length;
    await addPhase(state, { run: seconds });
    return state.phases.length >= before && !how.signal?.aborted;
  } finally {
    state.waiting = {};
  }
}

/** Performs the phases that are left. @returns false when one was stopped early */
export async function performRest(state: SessionState): Promise<boolean> {
  while (state.done < state.phases.length) if (!(await advance(state))) return false;
  return true;
}

/**
 * Performs a phase that the document did not plan.
 *
 * @param atOnce  only if the running program can perform it
 * @throws UsageError if it cannot; the session is then as it was
 */
export async function addPhase(state: SessionState, phase: written.Phase, atOnce = false): Promise<void> {
  // Planned phases of the document that no call performed are not part of the session.
  while (state.done < state.phases.length && !lasts(itemAt(state.typed, state.done))) await advance(state);
  const { done } = state;
  const added = phasesOf(state.given, [phase]);
  state.phases.splice(done, Infinity, ...added.phases);
  state.typed.splice(done, Infinity, ...added.typed);
  try {
    await advance(state, atOnce);
  } catch (error) {
    if (state.done < state.phases.length) {
      state.phases.length = state.done;
      state.typed.length = state.done;
    }
    throw error;
  }
}

/** Performs the next phase. @returns false when it was stopped early */
async function advance(state: SessionState, atOnce = false): Promise<boolean> {
  const phase = itemAt(state.typed, state.done);
  let on = await engage(state);
  if (!isSame(on.known[state.done], state.phases[state.done])) {
    if (await changeDirectly(state, on, phase)) {
      state.done += 1;
      return true;
    }
    if (!isAlwaysPossible(phase, on)) {
      if (atOnce) throw new UsageError('the running program cannot take the change', 'leave out `atOnce`');
      await leave(state);
      on = await engage(state);
    }
  }
  const time = on.walk.time;
  const steps = on.recording.steps();
  await perform(state, on, state.done);
  const stopped = on.recording.outcome() === 'stopped';
  if (stopped) {
    const run = (on.recording.steps() - steps) * on.compiled.program.dt;
    shorten(state, run);
    on.walk.stoppedAt(time + run);
    on.recording.resume();
  }
  state.done += 1;
  return !stopped;
}

/** The phase that is being performed keeps the length, in s, that was performed. */
function shorten(state: SessionState, run: number): void {
  state.phases[state.done] = { run };
  state.typed[state.done] = { kind: 'run', run };
}

/** Writes the values of a phase into the running program. @returns false if the program cannot take them */
async function changeDirectly({ given }: SessionState, on: Engaged, phase: Phase): Promise<boolean> {
  if (phase.kind !== 'set' && phase.kind !== 'initialise') return false;
  const { model } = given.valid;
  if (timingProperties[model.timing].takesTurns || (on.walk.atStart && !mayReset(on))) return false;
  const values = phase.kind === 'set' ? phase.set : phase.initialise;
  if (Object.keys(values).some((key) => isStructured(assignedBy(key).owner, model))) return false;
  const writes = await directChange(phase, {
    program: on.compiled.program,
    data: given.valid.data,
    atStart: on.walk.atStart,
    read: (buffer, offset, length) => on.session.read(buffer, offset, length),
    positions: async (projection) => (await synapsesIn(on, projection)).position,
    reached: on.reached,
  });
  for (const write of writes ?? []) await on.recording.perform(write);
  return writes !== null;
}

const lasts = ({ kind }: Phase): boolean => kind === 'run' || kind === 'runUntil';

/** Checks whether the program was compiled to go back to first values. */
const mayReset = ({ known }: Engaged): boolean => known.some((phase) => phaseKind(phase) === 'reset');

/** Checks whether any program can perform a phase that it was not compiled for. */
function isAlwaysPossible(phase: Phase, engaged: Engaged): boolean {
  switch (phase.kind) {
    case 'run':
    case 'runUntil':
    case 'record':
    case 'store':
      return true;
    case 'restore':
      return engaged.compiled.program.manifest.kept !== undefined;
    case 'reset':
      return mayReset(engaged);
    case 'set':
    case 'initialise':
    case 'delays':
    case 'currents':
    case 'replay':
    case 'attach':
    case 'detach':
      return false;
    default:
      return phase satisfies never;
  }
}
