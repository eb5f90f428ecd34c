/** What a model draws while it is built. */

import { isDrawn } from '../../../src/model/tagged.js';
import { isRandom } from '../../../src/lang/functions.js';
import { parseExpression } from '../../../src/lang/parse.js';
import { callsIn } from '../../../src/lang/walk.js';
import type { EquationSet, Model, Value } from '../../../src/model/model.js';

const draws = (value: Value): boolean =>
  typeof value === 'string' ? callsIn(parseExpression(value)).some((call) => isRandom(call.function)) : isDrawn(value);

/** Whether a model lists its connections, and all its values are the same in every run. */
export function drawsNothing({ neurons, synapses, populations, projections }: Model): boolean {
  const ofType = ({ parameters, state }: EquationSet): readonly Value[] => [
    ...Object.values(parameters).map(({ value }) => value),
    ...Object.values(state).map(({ initial }) => initial),
  ];
  const types: readonly EquationSet[] = [...Object.values(neurons), ...Object.values(synapses)];
  const values = [
    ...types.flatMap(ofType),
    ...Object.values(populations).flatMap((one) => Object.values(one.values)),
    ...Object.values(projections).flatMap((one) => [...Object.values(one.values), ...Object.values(one.delays)]),
  ];
  const listed = Object.values(projections).every(({ connect }) => connect.every(({ rule }) => rule === 'list'));
  return listed && !values.some(draws);
}
