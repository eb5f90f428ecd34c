/** Longer documents of a session: given whole, or with one more recording. */

import { checkedModel } from './checked.js';
import { performRest } from './advance.js';
import { disengage, leave } from './engage.js';
import type { Place } from './model-session.js';
import { checkedPlace, checkedVariable, checkOwner } from './names.js';
import { phasesOf, type SessionState } from './state.js';
import type { RunnableModel } from '../pipeline/read/imported-model.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { freeName } from '../model/free-name.js';
import { hashModel } from '../model/hash.js';
import type * as written from '../model/model.js';
import { taggedPhase } from '../model/tagged.js';

/**
 * Continues with a longer document, which begins with the performed phases.
 *
 * @param later  whether its additional parts act only from now on
 * @throws UsageError if it has fewer phases
 */
export async function extend(state: SessionState, model: RunnableModel, later = false): Promise<void> {
  const { given, phases } = state;
  const next = model.valid.model.experiment.protocol;
  const shift = lateOf(next) - lateOf(phases);
  if (next.length < state.done + shift)
    throw new UsageError(
      'the longer document has fewer phases than have already run',
      'only add phases; do not remove any',
    );
  const same = shift === 0 && model.hashes.model === given.hashes.model && shapeOf(model) === shapeOf(given);
  const added = addedTo(given.valid.model, model.valid.model);
  if (!same && (added === 'nothing' || (added === 'parts' && later))) await leave(state);
  else if (!same) await disengage(state);
  Object.assign(state, phasesOf(model, next));
  state.given = model;
  state.done += shift;
}

/** Records a variable, or `spike`, of a population from now on; `every` in s. */
export async function recordFromNow(
  state: SessionState,
  population: string,
  variable: string,
  every?: number,
  place: Place = {},
): Promise<void> {
  const { given, phases, done } = state;
  const { model, data } = given.valid;
  checkOwner(population, model.populations);
  const { size } = model.populations[population]!;
  const of = { population, slice: [0, size, 1] as const };
  const taken = new Set(model.recordings.map((each) => each.name));
  const at = checkedPlace(population, variable, place, model);
  const usual = [population, variable, ...(at.section === undefined ? [] : [at.section]), 'later'].join('_');
  const name = freeName(usual.replace(/\W/g, '_'), (other) => taken.has(other));
  const recording: written.Recording =
    variable === 'spike'
      ? { of, events: 'spike', name }
      : {
          of,
          variables: [checkedVariable(population, variable, model)],
          name,
          ...(every === undefined ? {} : { every }),
          ...at,
        };
  const late = lateOf(phases);
  const protocol: written.Phase[] = [
    ...phases.slice(0, late),
    { record: name, on: false },
    ...phases.slice(late, done),
    { record: name, on: true },
  ];
  const recordings = [...model.recordings, recording];
  const longer: written.Model = { ...model, recordings, experiment: { ...model.experiment, protocol } };
  const before = { given, phases, typed: state.typed, done };
  const valid = checkedModel(longer, data);
  await extend(state, { ...given, valid, hashes: hashModel(valid.model) });
  try {
    await performRest(state);
  } catch (error) {
    // A recording that is rejected leaves the session as it was.
    Object.assign(state, before);
    throw error;
  }
}

/** Returns how many phases at the start switch recordings off that begin later. */
function lateOf(phases: readonly written.Phase[]): number {
  const first = phases.map(taggedPhase).findIndex((phase) => phase.kind !== 'record' || phase.on);
  return first < 0 ? phases.length : first;
}

/** Checks whether a current has another value from some time on, and is as it was before. */
function changesLater(before: unknown, now: unknown): boolean {
  const { value: old, ...rest } = before as Readonly<Record<string, unknown>>;
  const { value, ...own } = now as Readonly<Record<string, unknown>>;
  if (typeof value !== 'string' || typeof old !== 'string') return false;
  const isLater =
    value.endsWith(` else ${old}`) || [`(${old})`, old].some((each) => value.startsWith(`${each} if t <= `));
  return isLater && JSON.stringify(rest) === JSON.stringify(own);
}

/**
 * Compares two documents besides recordings and phases: whether the longer one only adds parts; `other` if common parts
 * differ.
 */
function addedTo(before: written.Model, now: written.Model): 'nothing' | 'parts' | 'other' {
  const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  const { experiment } = now;
  const { recordings: _recordings, experiment: old, metadata: _, annotations: _notes, ...parts } = before;
  if (experiment.dt !== old.dt || experiment.seed !== old.seed) return 'other';
  let added: 'nothing' | 'parts' = 'nothing';
  for (const [key, part] of Object.entries(parts)) {
    const own: unknown = now[key as keyof typeof parts];
    if (isSame(part, own)) continue;
    if (typeof part !== 'object' || typeof own !== 'object') return 'other';
    const whole = own as Readonly<Record<string, unknown>>;
    const isKept = ([name, each]: readonly [string, unknown]): boolean =>
      isSame(each, whole[name]) || (key === 'stimuli' && changesLater(each, whole[name] ?? {}));
    if (!Object.entries(part).every(isKept)) return 'other';
    added = 'parts';
  }
  return added;
}

/** Parts of a document, other than model and phases, that a program depends on. */
const shapeOf = ({ valid: { model } }: RunnableModel): string =>
  JSON.stringify([model.recordings, model.timing, model.clocks, model.experiment.dt, model.experiment.seed]);
