/**
 * Live sessions: a model that receives its protocol phase by phase, instead of beforehand.
 *
 * A session is equivalent to the document that contains all its phases. Each phase is added to the protocol. The
 * running program performs the changes that it can: time that passes, recordings that are switched, numbers for
 * variables that it keeps. For any other change, the longer document is compiled and run from its beginning to the
 * session's present time, which gives the same bits again. So a session has the fingerprint of its document, run as
 * one.
 */

import type { RunnableModel } from '../pipeline/read/imported-model.js';
import { checkAdvanceOptions, checkSessionOptions } from '../pipeline/option-values.js';
import { checkArgument, importedModel } from '../diagnostics/public-arguments.js';
import { valueFindings } from '../pipeline/results/run-findings.js';
import { cellsNotFinite } from '../../runtime/record/fingerprint.js';
import { addPhase, run } from './advance.js';
import { disengage } from './engage.js';
import { extend, recordFromNow } from './extend.js';
import { finish, write } from './finish.js';
import { checkedPhase, givenValues, settings } from './checked.js';
import type { SessionOptions } from '../pipeline/run-options.js';
import type { ModelSession } from './model-session.js';
import { initialState, withProtocol } from './state.js';
import { countSynapses, readVariable, take, takeSynapses } from './take.js';
import { checkStart } from '../pipeline/start-state.js';
import { inStage } from '../pipeline/stages.js';
import { UsageError } from '../diagnostics/diagnostic.js';

/**
 * Opens a model as a session, at time 0 or at the time of `start`; its own protocol is left to `run()`.
 *
 * @throws UsageError for options that no run takes
 */
export function openModel(imported: RunnableModel, options: SessionOptions = {}): ModelSession {
  checkArgument('openModel', imported, importedModel);
  checkSessionOptions(options);
  if (options.start) checkStart(options.start);
  const state = initialState(imported, options);
  const first = options.start?.step ?? 0;
  const { dt } = imported.valid.model.experiment;
  let last: Promise<unknown> = Promise.resolve();
  /** Performs a call after all earlier calls are done. */
  const queued = <T>(call: () => Promise<T>): Promise<T> => {
    const live = async (): Promise<T> => {
      if (state.closed) throw new UsageError('the session is finished', 'open the model again');
      return inStage('run', call);
    };
    const next = last.then(live, live);
    last = next.catch(() => undefined);
    return next;
  };
  /** Performs a phase that a document may contain. */
  const add = (phase: Readonly<Record<string, unknown>>): Promise<void> => addPhase(state, checkedPhase(state, phase));
  return {
    kind: 'session',
    dt,
    engine: () => state.engaged?.compiled.engine ?? null,
    time: () => state.engaged?.walk.time ?? first * dt,
    steps: () => state.engaged?.recording.steps() ?? first,
    computed: () => state.computed,
    run: (seconds, how) =>
      queued(async () => {
        if (how !== undefined) checkAdvanceOptions(how);
        return run(state, seconds, how);
      }),
    set: (values, atOnce) =>
      queued(async () => {
        const { set, delays } = settings(values, state);
        const phases = [
          ...(Object.keys(delays).length > 0 ? [{ delays }] : []),
          ...(Object.keys(set).length > 0 ? [{ set }] : []),
        ].map((phase) => checkedPhase(state, phase));
        for (const phase of phases) await addPhase(state, phase, atOnce);
      }),
    initialise: (values) => queued(async () => add({ initialise: givenValues(values) })),
    record: (population, variable, every, place) =>
      queued(() => recordFromNow(state, population, variable, every, place)),
    reset: (annotations, segment) =>
      queued(async () =>
        add({ reset: true, ...(segment === undefined ? {} : { segment }), ...(annotations ? { annotations } : {}) }),
      ),
    snapshot: (name) => queued(async () => add({ store: name })),
    restore: (name) => queued(async () => add({ restore: name })),
    extend: (model, later) =>
      queued(async () => {
        checkArgument('extend', model, importedModel);
        return extend(state, model, later);
      }),
    take: () => queued(() => take(state)),
    read: (owner, variable) => queued(() => readVariable(state, owner, variable)),
    synapses: (projection) => queued(() => takeSynapses(state, projection)),
    synapseCount: (projection) => queued(() => countSynapses(state, projection)),
    model: () => withProtocol(state.given, state.phases.slice(0, state.done)).valid,
    populations: () => Object.entries(state.given.valid.model.populations).map(([name, { size }]) => ({ name, size })),
    findings: () =>
      queued(async () => {
        if (!state.engaged) return [];
        const { compiled, recording, session } = state.engaged;
        // Recorded variables are reported with the time of their first such sample.
        const notFinite = recording.notFinite();
        const notNumbers = (await cellsNotFinite(compiled.program, session)).filter(
          ({ owner, variable }) => !notFinite.some(({ plan }) => plan.owner === owner && plan.variable === variable),
        );
        return [...compiled.findings, ...valueFindings({ notNumbers, notFinite }, dt)];
      }),
    write: () => queued(() => write(state)),
    finish: () => queued(() => finish(state)),
    dispose: () => {
      const ended = last.then(() => {
        state.closed = true;
        return disengage(state);
      });
      last = ended.catch(() => undefined);
      return ended;
    },
  };
}
