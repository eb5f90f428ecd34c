/** What a document records, by the names of PyNN's variables. */

import { numbersOf } from '../../../src/model/arrays.js';
import type { Population, Recording } from '../../../src/model/model.js';
import { isRecording, isSelection } from '../../../src/model/tagged.js';
import { pynnVariable } from '../export/standard-cell.js';
import type { ClaimedParts } from './not-claimed.js';

/** Recordings of whole populations where they are of all cells. */
export function claimedRecordings(
  populations: Readonly<Record<string, Population>>,
  { valid: { model, data } }: ClaimedParts,
): readonly Recording[] {
  return model.recordings.map((recording): Recording => {
    const { of } = recording;
    if (isSelection(of, 'synapses') || !isSelection(of, 'indices')) return recording;
    const { type = '', size = 0 } = populations[of.population] ?? {};
    const indices = numbersOf(of.indices, data);
    const isWhole = indices.length === size && indices.every((one, k) => one === k);
    const from = isWhole ? { population: of.population } : of;
    if (!isRecording(recording, 'variables')) return { ...recording, of: from };
    return { ...recording, of: from, variables: recording.variables.map((one) => pynnVariable(type, one)) };
  });
}
