/**
 * Turns a session's time back: resets, and restored states.
 *
 * The session's own step count starts again, so schedules, delays and times need no change. This module keeps the
 * counts that continue: steps since the start of the run, and the counters of draws, which never repeat.
 */

import { invariant } from '../../src/diagnostics/diagnostic.js';
import { afterReset, drawOffset } from '../../src/ir/names.js';
import type { Program, TypedArray } from '../../src/ir/program.js';
import type { Session, Snapshot } from '../targets/target.js';
import type { Protocol, ProtocolEntry } from './protocol.js';

/** A timeline between two steps. */
export interface TimelineState {
  /** Lead of the run's steps over the session's. */
  readonly shift: number;
  /** Lead of the draw counters. */
  readonly offset: number;
  /** Which segment it is, from 0. */
  readonly segment: number;
  /** The state that a reset goes back to; null: there is no reset. */
  readonly initial: Snapshot | null;
  /** Stored states by name. */
  readonly stored: ReadonlyMap<string, Snapshot>;
}

/** Where a session stands, through all segments. */
export interface Timeline {
  /** Steps done since the start of the run. */
  steps(): number;
  /** Which segment it is, from 0. */
  segment(): number;
  /** Runs a procedure, and performs resets, stores and restores. Ignores other entries. */
  perform(entry: ProtocolEntry): Promise<void>;
  /** Returns the state of the timeline. */
  state(): TimelineState;
}

/**
 * A timeline of a session that is initialised and at step 0, with empty logs. Logs must be empty whenever time is
 * turned back.
 *
 * @param from  of a run that goes on; absent: it begins
 */
export async function createTimeline(
  session: () => Session,
  program: Program,
  protocol: Protocol,
  from?: TimelineState,
): Promise<Timeline> {
  const stored = new Map<string, Snapshot>(from?.stored);
  // A reset returns to the state of the session at the start.
  const first = async (): Promise<Snapshot | null> =>
    protocol.some(({ kind }) => kind === 'reset') ? session().snapshot() : null;
  let initial = from ? from.initial : await first();
  let { shift, offset, segment } = from ?? { shift: 0, offset: 0, segment: 0 };

  /** The initial state with the parameters as they are now. */
  const fresh = async (): Promise<Snapshot> => {
    invariant(initial, 'timeline', 'the initial state was not kept');
    const buffers = new Map<string, TypedArray>(initial.buffers);
    for (const name of program.manifest.kept ?? []) buffers.set(name, await session().read(name));
    return { step: initial.step, buffers };
  };
  const goTo = async (snapshot: Snapshot): Promise<void> => {
    const { step } = session();
    shift += step - snapshot.step;
    const ahead = step + offset - snapshot.step;
    offset = ahead + (ahead % 2);
    segment += 1;
    await session().restore(snapshot);
    if (program.buffers.some(({ name }) => name === drawOffset))
      await session().write(drawOffset, Uint32Array.of(offset));
  };
  /** Applies a change now and, if it sets initial values, also to the state that a reset restores. */
  const change = async (act: () => Promise<void>, first: boolean): Promise<void> => {
    if (first && initial) {
      const now = await session().snapshot();
      await session().restore(await fresh());
      await act();
      initial = await session().snapshot();
      await session().restore(now);
    }
    await act();
  };
  return {
    steps: () => session().step + shift,
    segment: () => segment,
    state: () => ({ shift, offset, segment, initial, stored }),
    perform: async (entry) => {
      if (entry.kind === 'call') await change(() => session().call(entry.procedure), entry.first === true);
      else if (entry.kind === 'write')
        await change(async () => {
          await session().write(entry.buffer, entry.data, entry.offset);
          for (const procedure of entry.procedures) await session().call(procedure);
        }, entry.first === true);
      else if (entry.kind === 'store') stored.set(entry.name, await session().snapshot());
      else if (entry.kind === 'restore') {
        const snapshot = stored.get(entry.name);
        invariant(snapshot, 'timeline', `no state is stored as ${entry.name}`);
        await goTo(snapshot);
      } else if (entry.kind === 'reset') {
        await goTo(await fresh());
        if (program.schedule.procedures[afterReset]) await session().call(afterReset);
      }
    },
  };
}
