/** Features of values: what parameters, delays and phases are given. */

import { parseExpression } from '../../lang/parse.js';
import { callsIn } from '../../lang/walk.js';
import type { Value } from '../../model/typed.js';
import { isRandom } from '../expressions.js';
import type { Kinds, Site, Use } from './read.js';
import { readKind, usesWhere } from './read.js';

const ofGiven: Kinds<Exclude<Value, number | string>> = {
  array: {
    kind: 'givenValue',
    array: 'plain',
    columns: 'pairValue',
    pairs: 'pairValue',
    gaps: 'plain',
  },
  draw: {
    kind: 'hostDraw',
    generator: 'plain',
    seed: 'plain',
    distribution: 'plain',
    arguments: 'plain',
    stream: 'plain',
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
  if (typeof value === 'string')
    return usesWhere(site, { drawnValue: callsIn(parseExpression(value)).some((call) => isRandom(call.function)) });
  return readKind(value, ofGiven, site);
}

/** Features of all values of a map. */
export const readValues = (values: Readonly<Record<string, Value>>, site: Site): readonly Use[] =>
  Object.values(values).flatMap((value) => readValue(value, site));
