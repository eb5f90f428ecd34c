/** All findings of drawing. */

import { finding } from '../diagnostics/finding.js';
import { formatBytes, formatCount } from '../diagnostics/quantities.js';

/** A part of a valid model that cannot be drawn yet. */
export const unsupportedFeature = (feature: string) => finding`draw/unsupported-feature:
  ${feature} cannot be run yet
  expected: a model whose numbers and connections can be drawn before a run
  found: ${feature.replace(/,$/, '')}
  hint: the model is valid and can be converted to other notations`;

/** A list without exactly one number for each connected pair. */
export const wrongNumberOfPairs = (
  what: string,
  projection: string,
  expected: number,
  found: number,
) => finding`draw/wrong-number-of-values: ${what}
    of projection ${projection} must have one value for each connected pair
  expected: ${String(expected)}
  found: ${String(found)}
  hint: a list has one number for each connected pair, ordered by source and then target; a matrix has one for every
    pair`;

/** A matrix with a gap at a synapse. */
export const noValueForPair = (
  what: string,
  projection: string,
  source: number,
  target: number,
) => finding`draw/no-value-for-pair: ${what}
    of projection ${projection} has no value for the connection from ${source} to ${target}
  expected: a number for each connected pair
  hint: numbers for unconnected pairs are ignored`;

/** A list of places of another length than there are synapses or elements. */
export const wrongNumberOfPlaces = (
  what: string,
  expected: number,
  found: number,
) => finding`draw/wrong-number-of-places: ${what}
    is a list whose length is not the number of places
  expected: ${String(expected)}
  found: ${String(found)}
  hint: a list has a number for each synapse, in order of creation, or for each element`;

/** An invalid number that an expression gives for a place. */
export const noPlace = (what: string, at: number, found: number) => finding`draw/no-place:
  ${what} number ${at} is not on the cell
  expected: a fraction from 0 to 1, or the index of a section
  found: ${String(found)}`;

/** @param bytes  that are needed, and that there are */
export const tooMuchMemory = (what: string, bytes: number, memory: number) => finding`draw/too-much-memory:
  ${what} need ${formatBytes(bytes)} of memory; this machine has ${formatBytes(memory)}
  expected: at most ${formatBytes(memory)}
  found: ${formatBytes(bytes)}
  hint: use fewer cells or connections, or run it on a machine with more memory`;

/** A projection between assemblies of too many populations. */
export const tooManyPieces = (projection: string, count: number, most: number) => finding`draw/too-many-pieces:
  projection ${projection} connects too many pairs of populations
  expected: at most ${formatCount(most)} in all projections between assemblies
  found: ${formatCount(count)}
  hint: join populations of one type to a larger one, and connect slices of it`;

/** Values that no typed array has room for. */
export const tooManyNumbers = (what: string, count: number, most: number) => finding`draw/too-many-numbers:
  ${what} exceed the largest possible array
  expected: at most ${formatCount(most)}
  found: ${formatCount(Math.round(count))}
  hint: split the population or the projection`;

/** Sequential draws by a named generator that would take too long. */
export const tooManyDraws = (what: string, count: number, most: number) => finding`draw/too-many-draws:
  ${what} need more random numbers from a named generator than can be drawn within minutes
  expected: at most ${formatCount(most)}
  found: ${formatCount(Math.round(count))}
  hint: omit the generator, so that the target draws them in parallel`;

/** A selection with too many elements for a list. */
export const tooManyNamed = (count: number, most: number) => finding`draw/too-many-named:
  the selection has too many elements to list individually
  expected: at most ${formatCount(most)}
  found: ${formatCount(count)}
  hint: select the entire population, or fewer elements`;
