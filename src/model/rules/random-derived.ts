import { isRandom } from '../../lang/functions.js';
import { callsIn } from '../../lang/walk.js';
import { messages } from '../messages.js';
import { child } from '../pointer.js';
import type { Rule } from './rule.js';
import { equationSets, expressionOf } from './types.js';

/**
 * A derived variable that draws random numbers is held for the step: else it would have another value at each place
 * that reads it.
 */
export const randomDerived: Rule = (model, context) => {
  for (const { set, pointer } of equationSets(model)) {
    for (const [name, { value, held }] of Object.entries(set.derived)) {
      if (!held && callsIn(expressionOf(value)).some((call) => isRandom(call.function)))
        context.report(messages.randomDerived(name), child(`${pointer}/derived`, name));
    }
  }
};
