/** Compartments of cables that a model records, as places on the cells with sections that they became. */

import { elementsIn, populationOf } from '../model/selected.js';
import { isRecording } from '../model/tagged.js';
import type { Model, Recording, RecordingKinds, ValidModel } from '../model/model.js';

type VariableRecording = Recording & RecordingKinds['variables'];

/** A recorded compartment, and the recording at its place. */
interface PlacedElement {
  readonly element: number;
  readonly there: VariableRecording;
}

const ofVariables = ({ recordings }: Model, population: string): readonly VariableRecording[] =>
  recordings.filter(
    (recording): recording is VariableRecording =>
      isRecording(recording, 'variables') && populationOf(recording.of) === population,
  );

/**
 * Returns recorded compartments by recording, if all of a population are recorded after conversion: one place after
 * another, in the order of the compartments.
 */
export function placesOfCables(
  { model, data }: ValidModel,
  target: Model,
): ReadonlyMap<Recording, readonly PlacedElement[]> {
  const found = new Map<Recording, readonly PlacedElement[]>();
  for (const [id, { type, size }] of Object.entries(model.populations)) {
    if (!model.neurons[type ?? '']?.cable || !target.neurons[target.populations[id]?.type ?? '']?.compartments)
      continue;
    const own = ofVariables(model, id).map(
      (recording) => [recording, elementsIn(recording.of, size, data) ?? []] as const,
    );
    const theirs = ofVariables(target, id).filter(({ section }) => section !== undefined);
    if (own.reduce((sum, [, elements]) => sum + elements.length, 0) !== theirs.length) continue;
    let next = 0;
    for (const [recording, elements] of own)
      found.set(
        recording,
        elements.flatMap((element) => {
          const there = theirs[next++];
          return there ? [{ element, there }] : [];
        }),
      );
  }
  return found;
}

/** Returns the name of a cable's variable on a cell: gates are prefixed with the names of their channels. */
export const namesakeIn = ({ variables }: VariableRecording, variable: string, voltage: string): string | undefined =>
  variables.find((name) =>
    variable === voltage ? name === 'v' : name === variable || new RegExp(`[._]${variable}(_q)?$`).test(name),
  );
