/** Everything that drawing may say about a model. */

import type { Finding } from '../diagnostics/diagnostic.js';

export const unsupportedFeature = (feature: string): Finding => ({
  code: 'draw/unsupported-feature',
  message: `${feature} cannot be run yet`,
  hint: 'the model is valid and converts to other notations',
});

export const wrongNumberOfPairs = (what: string, projection: string, expected: number, found: number): Finding => ({
  code: 'draw/wrong-number-of-values',
  message: `${what} of projection ${projection} has another number of values than there are connected pairs`,
  expected: String(expected),
  found: String(found),
  hint: 'a list has a number for each connected pair, by sender and then receiver; a matrix has one for every pair',
});

export const noValueForPair = (what: string, projection: string, source: number, target: number): Finding => ({
  code: 'draw/no-value-for-pair',
  message: `${what} of projection ${projection} has no value for the connection from ${source} to ${target}`,
  expected: 'a number for each connected pair',
  hint: 'numbers for pairs that are not connected do no harm',
});
