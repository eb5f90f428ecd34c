/**
 * Recorded variables after a rewriting. A rewriting keeps the name of each recording and the order of its variables and
 * elements, so that the recordings of the rewritten model state where each variable is. A rewriting that divides
 * recordings states its own `Became`.
 */

import { numbersOf } from '../arrays.js';
import type { Form, Model, Recording, RecordingKinds, ValidModel, Written } from '../model.js';
import type * as typed from '../typed.js';
import type { Typed } from '../typed.js';
import { elementsIn, populationOf } from '../selected.js';
import { isRecording, isSelection } from '../tagged.js';
import type { Became, Variable } from './became.js';

/** A recording of variables. */
export type VariableRecording<F extends Form = Written> = Recording<F> & RecordingKinds<F>['variables'];

/** Returns the recordings of variables. */
const ofVariables = <F extends Form>({ recordings }: Model<F>): readonly VariableRecording<F>[] =>
  recordings.filter((recording): recording is VariableRecording<F> => isRecording(recording, 'variables'));

/** Returns the population or projection of a recording. */
export const ownerOf = <F extends Form>({ of }: VariableRecording<F>): string | undefined =>
  isSelection(of, 'synapses') ? of.projection : populationOf(of);

/** Returns the recorded elements; undefined if they are drawn, or all synapses of a projection. */
export function recordedElements<F extends Form>(
  { of }: VariableRecording<F>,
  { model, data }: ValidModel<F>,
): readonly number[] | undefined {
  if (!isSelection(of, 'synapses')) return elementsIn(of, model.populations[populationOf(of) ?? '']?.size ?? 0, data);
  if (of.indices !== undefined) return numbersOf(of.indices, data);
  const [from, until, step] = of.slice ?? [0, 0, 1];
  return of.slice && Array.from({ length: Math.max(0, Math.ceil((until - from) / step)) }, (_, k) => from + k * step);
}

/** Checks whether a recording samples a variable, of the same place on cells. */
const samples = <F extends Form>(
  recording: VariableRecording<F>,
  { owner, name, section, fraction }: Variable,
): boolean =>
  ownerOf(recording) === owner &&
  recording.variables.includes(name) &&
  recording.section === section &&
  recording.fraction === fraction;

/** Returns a statement on recorded variables from the recordings before and after a rewriting. */
export function recordedVariables(before: typed.ValidModel, after: typed.ValidModel): Partial<Became> {
  if (before.model.recordings === after.model.recordings) return {};
  const [own, there] = [ofVariables(before.model), new Map(ofVariables(after.model).map((one) => [one.name, one]))];
  return {
    variable: (given) => {
      const all = own.filter((recording) => samples(recording, given));
      const covering = all.filter(
        (recording) =>
          given.element === undefined || (recordedElements(recording, before)?.includes(given.element) ?? true),
      );
      const found = covering[0] ?? all[0];
      if (found === undefined) return given;
      const now = there.get(found.name);
      const owner = now && ownerOf(now);
      if (now === undefined || owner === undefined) return undefined;
      const name =
        now.variables.length === found.variables.length
          ? now.variables[found.variables.indexOf(given.name)]
          : now.variables.find((one) => one === given.name);
      if (name === undefined) return undefined;
      const element = elementAfter(given.element, found, now, before, after);
      const { section, fraction } = now;
      return {
        owner,
        name,
        ...(element === undefined ? {} : { element }),
        ...(section === undefined ? {} : { section }),
        ...(fraction === undefined ? {} : { fraction }),
      };
    },
  };
}

/** Returns the element at the same position; elements that are not recorded keep their numbers. */
function elementAfter(
  element: number | undefined,
  found: VariableRecording<Typed>,
  now: VariableRecording<Typed>,
  before: typed.ValidModel,
  after: typed.ValidModel,
): number | undefined {
  if (element === undefined || JSON.stringify(found.of) === JSON.stringify(now.of)) return element;
  const [own, there] = [recordedElements(found, before), recordedElements(now, after)];
  const at = own?.length === there?.length ? own?.indexOf(element) : undefined;
  return (at === undefined ? undefined : there?.[at]) ?? element;
}
