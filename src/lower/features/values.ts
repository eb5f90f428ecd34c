/** Features of values of parameters, delays and phases. */

import { callsIn } from '../../lang/walk.js';
import type { Value } from '../../model/typed.js';
import { isRandom } from '../../lang/functions.js';
import type { Kinds, Site, Use } from './read.js';
import { readKind, usesWhere } from './read.js';

const ofGiven: Kinds<Exclude<Value, number>> = {
  array: {
    kind: 'givenValue',
    array: 'plain',
    columns: 'pairValue',
    pairs: 'pairValue',
    gaps: 'plain',
  },
  expression: {
    kind: 'plain',
    expression: (expression, site) =>
      usesWhere(site, { drawnValue: callsIn(expression).some((call) => isRandom(call.function)) }),
  },
  draw: {
    kind: 'hostDraw',
    generator: 'plain',
    seed: 'plain',
    distribution: 'plain',
    arguments: 'plain',
    stream: 'plain',
    skip: 'plain',
    order: 'plain',
    exponent10: 'plain',
    pairs: 'plain',
    anew: 'plain',
    then: 'plain',
  },
};

/** Features of one value. */
export function readValue(value: Value, site: Site): readonly Use[] {
  if (typeof value === 'number') return [];
  return readKind(value, ofGiven, site);
}

/** Features of all values of a map. */
export const readValues = (values: Readonly<Record<string, Value>>, site: Site): readonly Use[] =>
  Object.values(values).flatMap((value) => readValue(value, site));
