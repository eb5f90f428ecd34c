/**
 * Sessions that live: a model whose protocol is not known before, but comes phase by phase.
 *
 * A session is the document that it will have been. Each phase is added to the protocol, and the running program does
 * what it can do as it is: time that passes, recordings that are switched, numbers for variables that it keeps. For
 * anything else the longer document is compiled and run from its beginning to where the session stands, which gives
 * the same bits again. So a session has the fingerprint of its document, run as one.
 */

import type { RunnableModel } from './imported-model.js';
import { addPhase, run } from './session/advance.js';
import { disengage } from './session/engage.js';
import { extend, recordFromNow } from './session/extend.js';
import { finish } from './session/finish.js';
import type { GivenNumbers, ModelSession, SessionOptions } from './session/model-session.js';
import { checkKey, delayedPathway, unknownName } from './session/names.js';
import { initialState, withProtocol, type SessionState } from './session/state.js';
import { countSynapses, readVariable, take, takeSynapses } from './session/take.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import type * as written from '../model/model.js';

/**
 * Opens a model as a session, at time 0 or where `start` says; its own protocol is left to `run()`.
 *
 * @throws UsageError when the target is not available
 */
export function openModel(imported: RunnableModel, options: SessionOptions = {}): ModelSession {
  const state = initialState(imported, options);
  const first = options.start?.step ?? 0;
  let last: Promise<unknown> = Promise.resolve();
  /** Performs a call when those before it are done. */
  const queued = <T>(call: () => Promise<T>): Promise<T> => {
    const live = async (): Promise<T> => {
      if (state.closed) throw new UsageError('the session is finished', 'open the model again');
      return call();
    };
    const next = last.then(live, live);
    last = next.catch(() => undefined);
    return next;
  };
  return {
    kind: 'session',
    dt: imported.valid.model.experiment.dt,
    engine: () => state.engaged?.compiled.engine ?? null,
    time: () => state.engaged?.walk.time ?? first * imported.valid.model.experiment.dt,
    steps: () => state.engaged?.recording.steps() ?? first,
    computed: () => state.computed,
    run: (seconds, how) => queued(() => run(state, seconds, how)),
    set: (values, atOnce) =>
      queued(async () => {
        const { set, delays } = settings(values, state);
        const phases = [
          ...(Object.keys(delays).length > 0 ? [{ delays }] : []),
          ...(Object.keys(set).length > 0 ? [{ set }] : []),
        ];
        for (const phase of phases) await addPhase(state, phase, atOnce);
      }),
    initialise: (values) => queued(async () => addPhase(state, { initialise: valuesOf(values, state) })),
    record: (population, variable, every, place) =>
      queued(() => recordFromNow(state, population, variable, every, place)),
    reset: (annotations) => queued(() => addPhase(state, { reset: true, ...(annotations ? { annotations } : {}) })),
    snapshot: (name) => queued(() => addPhase(state, { store: name })),
    restore: (name) => queued(async () => addPhase(state, { restore: keptName(name, state) })),
    extend: (model, later) => queued(() => extend(state, model, later)),
    take: () => queued(() => take(state)),
    read: (owner, variable) => queued(() => readVariable(state, owner, variable)),
    synapses: (projection) => queued(() => takeSynapses(state, projection)),
    synapseCount: (projection) => queued(() => countSynapses(state, projection)),
    model: () => withProtocol(state.given, state.phases.slice(0, state.done)).valid,
    populations: () => Object.entries(state.given.valid.model.populations).map(([name, { size }]) => ({ name, size })),
    finish: () => queued(() => finish(state)),
    dispose: async () => {
      state.closed = true;
      await last.catch(() => undefined);
      await disengage(state);
    },
  };
}

/** What a call sets: values by `owner.variable`, and delays by `projection.pathway` (`projection.pathway.delay`). */
function settings(
  given: GivenNumbers,
  state: SessionState,
): { readonly set: Record<string, written.Value>; readonly delays: Record<string, written.Value> } {
  const set: Record<string, number | ArrayLike<number>> = {};
  const delays: Record<string, written.Value> = {};
  for (const [key, value] of Object.entries(given)) {
    const pathway = delayedPathway(key, state.given.valid.model);
    if (pathway === null) set[key] = value;
    else delays[pathway] = valueOf(value);
  }
  return { set: valuesOf(set, state), delays };
}

const valueOf = (value: number | ArrayLike<number>): written.Value =>
  typeof value === 'number' ? value : { array: Array.from(value) };

/** Numbers of a call as values of a phase. @throws UsageError for a key that names what there is not */
const valuesOf = (values: GivenNumbers, { given }: SessionState): Record<string, written.Value> =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      checkKey(key, given.valid.model);
      return [key, valueOf(value)];
    }),
  );

/** The name of a stored state. @throws UsageError for one that was not stored */
function keptName(name: string, { typed, done }: SessionState): string {
  const kept = typed.slice(0, done).flatMap((phase) => (phase.kind === 'store' ? [phase.store] : []));
  if (!kept.includes(name)) throw unknownName('stored state', name, kept);
  return name;
}
