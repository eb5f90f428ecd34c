/**
 * Members of the written form's unions with their tags, code left as text: for those who read a model as it is written
 * and must meet every kind. Only this module tells kinds apart by members.
 */

import { invariant } from '../diagnostics/diagnostic.js';
import type * as written from './model.js';
import type { Written } from './model.js';

/** The written form, but for tags. */
interface TaggedText extends Omit<Written, 'tagged'> {
  readonly tagged: true;
}

/** A set of elements; `kind` tells how it is chosen. */
export type TaggedSelection = written.SelectionRule<TaggedText>;
/** What is recorded; `kind` tells which of events, variables and rate. */
type TaggedRecording = written.Recording<TaggedText>;
/** A step of the protocol; `kind` tells which. */
type TaggedPhase = written.Phase<TaggedText>;

/** The tag of a selection in any form. */
export function selectionKind(rule: object): TaggedSelection['kind'] {
  if ('assembly' in rule) return 'assembly';
  if ('from' in rule) return 'sampleOf';
  if ('projection' in rule) return 'synapses';
  return 'sample' in rule ? 'sample' : 'indices' in rule ? 'indices' : 'mask' in rule ? 'mask' : 'slice';
}

/** A selection with its tag, and with those of what it is made of. */
export function taggedSelection(rule: written.SelectionRule | TaggedSelection): TaggedSelection {
  const parts = {
    ...('assembly' in rule ? { assembly: rule.assembly.map(taggedSelection) } : {}),
    ...('from' in rule ? { from: taggedSelection(rule.from) } : {}),
  };
  return { ...rule, ...parts, kind: selectionKind(rule) } as TaggedSelection;
}

/** The tag of a recording. */
export const recordingKind = (recording: object): TaggedRecording['kind'] =>
  'events' in recording ? 'events' : 'rate' in recording ? 'rate' : 'variables';

/** A recording with its tag, and that of what it is of. */
export const taggedRecording = (recording: written.Recording): TaggedRecording =>
  ({ ...recording, of: taggedSelection(recording.of), kind: recordingKind(recording) }) as TaggedRecording;

/** Phases have the name of what they do as their first member. */
const phaseKinds: Readonly<Record<TaggedPhase['kind'], true>> = {
  run: true,
  runUntil: true,
  set: true,
  initialise: true,
  delays: true,
  currents: true,
  replay: true,
  attach: true,
  detach: true,
  record: true,
  reset: true,
  store: true,
  restore: true,
};

/** The tag of a phase. */
export function phaseKind(phase: object): TaggedPhase['kind'] {
  const kind = Object.keys(phaseKinds).find((key) => key in phase);
  invariant(kind, 'model/tagged', `a phase of no kind: ${Object.keys(phase).join(', ')}`);
  return kind as TaggedPhase['kind'];
}

/** A phase with its tag, and that of the selection that it is for. */
export const taggedPhase = (phase: written.Phase): TaggedPhase =>
  ({
    ...phase,
    ...('of' in phase && phase.of !== undefined ? { of: taggedSelection(phase.of) } : {}),
    kind: phaseKind(phase),
  }) as TaggedPhase;

/** The populations that a selection is of, in order; of a sample drawn from several, the one that it is limited to. */
export function populationsOf(rule: written.SelectionRule | TaggedSelection): readonly string[] {
  const selection = taggedSelection(rule);
  switch (selection.kind) {
    case 'assembly':
      return selection.assembly.flatMap(populationsOf);
    case 'sampleOf':
      return selection.only === undefined ? populationsOf(selection.from) : [selection.only];
    case 'slice':
    case 'indices':
    case 'mask':
    case 'sample':
      return [selection.population];
    case 'synapses':
      return [];
    default:
      return selection satisfies never;
  }
}
