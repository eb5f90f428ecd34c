/** All findings of drawing. */

import type { Finding } from '../diagnostics/diagnostic.js';
import { formatBytes, formatCount } from '../diagnostics/quantities.js';

/** A part of a valid model that cannot be drawn yet. */
export const unsupportedFeature = (feature: string): Finding => ({
  code: 'draw/unsupported-feature',
  message: `${feature} cannot be run yet`,
  expected: 'a model whose numbers and connections can be drawn before a run',
  found: feature.replace(/,$/, ''),
  hint: 'the model is valid and can be converted to other notations',
});

/** A list without exactly one number for each connected pair. */
export const wrongNumberOfPairs = (what: string, projection: string, expected: number, found: number): Finding => ({
  code: 'draw/wrong-number-of-values',
  message: `${what} of projection ${projection} must have one value for each connected pair`,
  expected: String(expected),
  found: String(found),
  hint:
    'a list has one number for each connected pair, ordered by source and then target; ' +
    'a matrix has one for every pair',
});

/** A matrix with a gap at a synapse. */
export const noValueForPair = (what: string, projection: string, source: number, target: number): Finding => ({
  code: 'draw/no-value-for-pair',
  message: `${what} of projection ${projection} has no value for the connection from ${source} to ${target}`,
  expected: 'a number for each connected pair',
  hint: 'numbers for unconnected pairs are ignored',
});

/** A list of places of another length than there are synapses or elements. */
export const wrongNumberOfPlaces = (what: string, expected: number, found: number): Finding => ({
  code: 'draw/wrong-number-of-places',
  message: `${what} is a list whose length is not the number of places`,
  expected: String(expected),
  found: String(found),
  hint: 'a list has a number for each synapse, in order of creation, or for each element',
});

/** An invalid number that an expression gives for a place. */
export const noPlace = (what: string, at: number, found: number): Finding => ({
  code: 'draw/no-place',
  message: `${what} number ${at} is not on the cell`,
  expected: 'a fraction from 0 to 1, or the index of a section',
  found: String(found),
});

/** @param bytes  that are needed, and that there are */
export const tooMuchMemory = (what: string, bytes: number, memory: number): Finding => ({
  code: 'draw/too-much-memory',
  message: `${what} need ${formatBytes(bytes)} of memory; this machine has ${formatBytes(memory)}`,
  expected: `at most ${formatBytes(memory)}`,
  found: formatBytes(bytes),
  hint: 'use fewer cells or connections, or run it on a machine with more memory',
});

/** A projection between assemblies of too many populations. */
export const tooManyPieces = (projection: string, count: number, most: number): Finding => ({
  code: 'draw/too-many-pieces',
  message: `projection ${projection} connects too many pairs of populations`,
  expected: `at most ${formatCount(most)} in all projections between assemblies`,
  found: formatCount(count),
  hint: 'join populations of one type to a larger one, and connect slices of it',
});

/** Values that no typed array has room for. */
export const tooManyNumbers = (what: string, count: number, most: number): Finding => ({
  code: 'draw/too-many-numbers',
  message: `${what} exceed the largest possible array`,
  expected: `at most ${formatCount(most)}`,
  found: formatCount(Math.round(count)),
  hint: 'split the population or the projection',
});

/** Sequential draws by a named generator that would take too long. */
export const tooManyDraws = (what: string, count: number, most: number): Finding => ({
  code: 'draw/too-many-draws',
  message: `${what} need more random numbers from a named generator than can be drawn within minutes`,
  expected: `at most ${formatCount(most)}`,
  found: formatCount(Math.round(count)),
  hint: 'omit the generator, so that the target draws them in parallel',
});

/** A selection with too many elements for a list. */
export const tooManyNamed = (count: number, most: number): Finding => ({
  code: 'draw/too-many-named',
  message: 'the selection has too many elements to list individually',
  expected: `at most ${formatCount(most)}`,
  found: formatCount(count),
  hint: 'select the entire population, or fewer elements',
});
