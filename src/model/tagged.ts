/**
 * Tells the kinds of union members in the written form, which has no tags, for readers that must handle every kind.
 * Only this module tells kinds apart by members. `taggedX` returns a tagged union for a switch; `isX` narrows to one
 * kind if the others do not matter.
 */

import { invariant } from '../diagnostics/diagnostic.js';
import { phases } from './shape/protocol.js';
import type {
  DrawnValues,
  Form,
  GivenValues,
  Phase,
  PhaseKinds,
  Positions,
  Recording,
  RecordingKinds,
  SelectionKinds,
  SelectionRule,
  SpikesKinds,
  Structure,
} from './model.js';

/** A union by its kinds, each member with its tag; nested unions stay untagged. */
type TaggedOf<Kinds> = { readonly [K in keyof Kinds & string]: Kinds[K] & { readonly kind: K } }[keyof Kinds & string];

/** The kind of a selection. */
export type SelectionKind = keyof SelectionKinds;
/** A set of elements; `kind` tells how it is chosen. */
type TaggedSelection = TaggedOf<SelectionKinds>;
/** A recording; `kind` tells whether it is of events, variables or rate. */
type TaggedRecording = TaggedOf<RecordingKinds>;
/** A step of the protocol; `kind` tells which. */
type TaggedPhase = TaggedOf<PhaseKinds>;

// --- Selections -----------------------------------------------------------------------------------------------------

/** Returns the kind of a selection in any form. */
export function selectionKind(rule: object): SelectionKind {
  if ('assembly' in rule) return 'assembly';
  if ('from' in rule) return 'sampleOf';
  if ('projection' in rule) return 'synapses';
  return 'sample' in rule ? 'sample' : 'indices' in rule ? 'indices' : 'mask' in rule ? 'mask' : 'slice';
}

/** Returns a selection with its tag. */
export const taggedSelection = (rule: SelectionRule): TaggedSelection =>
  ({ ...rule, kind: selectionKind(rule) }) as TaggedSelection;

/** Checks whether a selection is of a kind. A slice has no member that others lack, so that it takes a switch. */
export const isSelection = <R extends object, K extends Exclude<SelectionKind, 'slice'>>(
  rule: R,
  kind: K,
): rule is Extract<R, SelectionKinds<Form>[K]> => selectionKind(rule) === kind;

// --- Recordings and phases ------------------------------------------------------------------------------------------

/** Returns the kind of a recording. */
export const recordingKind = (recording: object): keyof RecordingKinds =>
  'events' in recording ? 'events' : 'rate' in recording ? 'rate' : 'variables';

/** Returns a recording with its tag. */
export const taggedRecording = (recording: Recording): TaggedRecording =>
  ({ ...recording, kind: recordingKind(recording) }) as TaggedRecording;

/** Checks whether a recording is of a kind. */
export const isRecording = <R extends object, K extends keyof RecordingKinds>(
  recording: R,
  kind: K,
): recording is Extract<R, RecordingKinds<Form>[K]> => recordingKind(recording) === kind;

/** Returns the variables that a recording samples; an empty list for a rate or for events without variables. */
export const recordedVariables = ({
  variables = [],
}: {
  readonly name: string;
  readonly variables?: readonly string[];
}): readonly string[] => variables;

/** Returns the kind of a phase. */
export function phaseKind(phase: object): keyof PhaseKinds {
  const kind = Object.keys(phases).find((key) => key in phase);
  invariant(kind, 'model/tagged', `a phase of no kind: ${Object.keys(phase).join(', ')}`);
  return kind as keyof PhaseKinds;
}

/** Returns a phase with its tag. */
export const taggedPhase = (phase: Phase): TaggedPhase => ({ ...phase, kind: phaseKind(phase) }) as TaggedPhase;

/** Checks whether a phase is of a kind. */
export const isPhase = <P extends object, K extends keyof PhaseKinds>(
  phase: P,
  kind: K,
): phase is Extract<P, PhaseKinds<Form>[K]> => phaseKind(phase) === kind;

/** Returns the time after a phase in s, from that before it; a restored state has the time of its moment. */
export function timeAfter<F extends Form>(now: number, phase: Phase<F>): number {
  const tagged = taggedPhase(phase as Phase);
  switch (tagged.kind) {
    case 'run':
      return now + tagged.run;
    case 'runUntil':
      return Math.max(now, tagged.runUntil);
    default:
      return now;
  }
}

/** Returns the time at the end of a protocol, in s. */
export const endOf = <F extends Form>(protocol: readonly Phase<F>[]): number => protocol.reduce<number>(timeAfter, 0);

/** Checks whether a phase has no effect: it keeps a state that no phase restores. */
export const isIdle = <F extends Form>(phase: Phase<F>, protocol: readonly Phase<F>[]): boolean =>
  isPhase(phase, 'store') && !protocol.some((other) => isPhase(other, 'restore') && other.restore === phase.store);

// --- Values ---------------------------------------------------------------------------------------------------------

/** Checks whether a value is a given one for each element. */
export const isGiven = (value: unknown): value is GivenValues =>
  typeof value === 'object' && value !== null && 'array' in value;

/** Checks whether a value is a draw by a named generator. */
export const isDrawn = (value: unknown): value is DrawnValues =>
  typeof value === 'object' && value !== null && 'generator' in value;

/** Checks whether positions are a layout rather than places. */
export const isStructure = (positions: Positions): positions is Structure => 'structure' in positions;

/** Checks whether the spikes of a source are in a file. */
export const areInFile = <S extends object>(spikes: S): spikes is Extract<S, SpikesKinds['file']> => 'file' in spikes;

// --- Connection rules -----------------------------------------------------------------------------------------------

/** Checks whether a rule leaves out synapses of elements onto themselves. */
export const excludesSelf = <R extends object>(rule: R): rule is Extract<R, { readonly self: boolean }> =>
  'self' in rule && rule.self === false;
