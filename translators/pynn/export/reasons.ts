/** Reasons why parts of a model are written by their equations. */

import { wordsIn } from '../../../src/library/gather/texts.js';
import type { ConversionEntry } from '../../../src/model/conversion-report.js';
import type { Model } from '../../../src/model/model.js';
import { withItsTarget } from './projections.js';

/**
 * Returns the reasons why a model is written by its equations: the parts that PyNN's names would leave out, without
 * parts that depend on them.
 */
export function reasonsForEquations(
  missing: readonly ConversionEntry[],
  { recordings }: Model,
): readonly ConversionEntry[] {
  const isOfRecording = ({ pointer }: ConversionEntry): boolean => pointer.startsWith('/recordings');
  const own = missing.filter(
    (entry) => entry.pointer !== '' && entry.message !== withItsTarget && !isOfRecording(entry),
  );
  const parts = new Set(own.map(({ pointer }) => pointer.split('/')[2]));
  const isOfPart = ({ pointer }: ConversionEntry): boolean =>
    [...wordsIn(recordings[Number(pointer.split('/')[2])]?.of)].some((word) => parts.has(word));
  const ofRecordings = missing.filter((entry) => isOfRecording(entry) && !isOfPart(entry));
  const firsts = new Map(ofRecordings.toReversed().map((entry) => [entry.pointer, entry]));
  const reasons = missing.filter((entry) => own.includes(entry) || firsts.get(entry.pointer) === entry);
  return (reasons.length > 0 ? reasons : missing).map(({ pointer, message }) => ({
    verdict: 'convention',
    code: 'pynn/why-native',
    pointer,
    message: `PyNN has no name for this: ${message}`,
  }));
}
