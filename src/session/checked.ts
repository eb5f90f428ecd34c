/** Checks the arguments of a session's calls by the rules for documents. */

import type { GivenNumbers } from './model-session.js';
import { delayedPathway } from './names.js';
import type { SessionState } from './state.js';
import { mostSteps } from '../pipeline/messages.js';
import { Diagnostics, UsageError, type Diagnostic } from '../diagnostics/diagnostic.js';
import { shorten } from '../diagnostics/suggest.js';
import { normalise, phaseCheck, type PhaseCheck } from '../model/normalise.js';
import type * as written from '../model/model.js';
import { stepsOf } from '../model/steps.js';
import { isWellFormed } from '../model/text/well-formed.js';

const checks = new WeakMap<written.ValidModel, PhaseCheck>();

/** Returns the normal form of a phase that a call adds. @throws UsageError if a document could not contain it */
export function checkedPhase(
  { given, typed, done }: SessionState,
  phase: Readonly<Record<string, unknown>>,
): written.Phase {
  for (const key of ['store', 'restore', 'annotations']) refuseUnwritable(phase[key] ?? null, key, 0);
  const { valid } = given;
  let check = checks.get(valid);
  if (!check) checks.set(valid, (check = phaseCheck(valid)));
  // Only `restore` refers to phases before it.
  const stored =
    phase['restore'] !== undefined
      ? typed.slice(0, done).flatMap((each) => (each.kind === 'store' ? [each.store] : []))
      : [];
  const diagnostics = new Diagnostics();
  const checked = check(phase, stored, diagnostics);
  if (checked === null) throw usageErrorOf(diagnostics.list);
  return checked;
}

/** Levels of maps and lists that a document may have. */
const deepest = 100;

/** @throws UsageError for a value that no document can contain, such as NaN or half a character */
function refuseUnwritable(value: unknown, where: string, depth: number): void {
  const refuse = (found: string): never => {
    throw new UsageError(`${where} contains ${found}`, 'give finite numbers, texts, true, false, null, lists and maps');
  };
  if (depth > deepest) refuse(`more than ${deepest} levels`);
  if (value === null || typeof value === 'boolean' || Number.isFinite(value)) return;
  if (typeof value === 'string') {
    if (!isWellFormed(value)) refuse('half a character');
  } else if (Array.isArray(value)) for (const item of value) refuseUnwritable(item, where, depth + 1);
  else if (typeof value === 'object' && !ArrayBuffer.isView(value)) {
    for (const [key, item] of Object.entries(value)) {
      refuseUnwritable(key, where, depth);
      refuseUnwritable(item, where, depth + 1);
    }
  } else
    refuse(typeof value === 'number' ? String(value) : `a ${ArrayBuffer.isView(value) ? 'typed array' : typeof value}`);
}

/** Returns the normal form of a longer document. @throws UsageError if it breaks a rule */
export function checkedModel(model: written.Model, data: written.DataStore): written.ValidModel {
  const diagnostics = new Diagnostics();
  const positions = { place: (pointer: string) => ({ document: 'the call', pointer }) };
  const valid = normalise(model, positions, diagnostics, { data });
  if (valid === null) throw usageErrorOf(diagnostics.list);
  return valid;
}

/** Converts errors of a document to an error of a call. Places are left out, because the document has no text. */
function usageErrorOf(diagnostics: readonly Diagnostic[]): UsageError {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').map(sentence);
  const [first, ...others] = errors;
  return new UsageError(first?.message ?? 'the call is invalid', first?.hint, others);
}

function sentence({ message, expected, found, hint, place }: Diagnostic): UsageError {
  const key = /^\/experiment\/protocol\/\d+\/(?:set|initialise|delays)\/([^/]+)/.exec(place?.pointer ?? '')?.[1];
  const details = [
    ...(expected === undefined ? [] : [`expected ${expected}`]),
    ...(found === undefined ? [] : [`found ${found}`]),
  ];
  const owner = key === undefined || message.includes(key) ? '' : `${key}: `;
  return new UsageError(`${owner}${message}${details.length === 0 ? '' : ` (${details.join(', ')})`}`, hint);
}

/** Returns the time that a call lets pass, in s. @throws UsageError for one that no document could contain */
export function checkedTime(state: SessionState, seconds: unknown): number {
  if (typeof seconds !== 'number' || !(seconds >= 0 && seconds < Infinity))
    throw new UsageError(`the time to run is ${shorten(seconds)} s`, 'give a time of 0 s or more');
  const { experiment, timing } = state.given.valid.model;
  const steps =
    (state.engaged?.recording.steps() ?? state.options.start?.step ?? 0) + stepsOf(seconds, experiment.dt, timing);
  if (!(steps <= mostSteps))
    throw new UsageError(
      `the session would take ${steps} steps`,
      `run for a shorter time: at most ${mostSteps} steps are counted`,
    );
  return seconds;
}

/**
 * Splits the settings of a call: values by `owner.variable`, and delays by `projection.pathway`
 * (`projection.pathway.delay`).
 */
export function settings(
  given: unknown,
  state: SessionState,
): { readonly set: Record<string, written.Value>; readonly delays: Record<string, written.Value> } {
  const set: Record<string, written.Value> = {};
  const delays: Record<string, written.Value> = {};
  for (const [key, value] of Object.entries(givenValues(given))) {
    const pathway = delayedPathway(key, state.given.valid.model);
    if (pathway === null) set[key] = value;
    else delays[pathway] = value;
  }
  return { set, delays };
}

/** Numbers by name as values of a phase. @throws UsageError for anything else */
export function givenValues(given: unknown): Record<string, written.Value> {
  if (typeof given !== 'object' || given === null || Array.isArray(given) || ArrayBuffer.isView(given))
    throw new UsageError('the values are not given by name', 'give numbers or arrays by population.variable');
  return Object.fromEntries(Object.entries(given as GivenNumbers).map(([key, value]) => [key, valueOf(key, value)]));
}

function valueOf(key: string, value: unknown): written.Value {
  if (typeof value === 'number') return value;
  if (Array.isArray(value) && value.flat().every((item) => typeof item === 'number'))
    return { array: Array.from(value as readonly number[]) };
  if (value instanceof BigInt64Array || value instanceof BigUint64Array) return { array: Array.from(value, Number) };
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return { array: Array.from(value as unknown as ArrayLike<number>) };
  throw new UsageError(`the value of ${key} is ${shorten(value)}`, 'give a number or an array of numbers, in SI units');
}
