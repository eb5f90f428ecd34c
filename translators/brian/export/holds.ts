/** Equations that are held while a condition holds, without a spike, as rates that are zero meanwhile. */

import { call, opposite, product } from '../../../src/lang/build.js';
import { equalExpressions, readsAny } from '../../../src/lang/walk.js';
import { mapped } from '../../../src/model/collections.js';
import type { Model, NeuronType } from '../../../src/model/typed.js';

/**
 * Returns a model in which such events are factors of rates, if their conditions do not change in the integration.
 *
 *     hold while timer > 0: v' = -v/tau   becomes   v' = int(timer <= 0)*(-v/tau)
 */
export const withHoldsAsRates = (model: Model): Model => ({ ...model, neurons: mapped(model.neurons, withoutHolds) });

function withoutHolds(type: NeuronType): NeuronType {
  const changing = new Set([...Object.keys(type.derivatives), ...Object.keys(type.derived), 't']);
  const all = Object.entries(type.events);
  const last = Math.max(...all.map(([, { slot, order }]) => (slot === 'before_groups' ? order : 0)));
  const isHold = ([, { when, do: actions, edge, emits, slot, order, refractory }]: (typeof all)[number]): boolean =>
    emits === null &&
    slot === 'before_groups' &&
    order === last &&
    actions.length === 0 &&
    edge === 'level' &&
    refractory?.while !== undefined &&
    !refractory.suppress &&
    (refractory.of ?? []).length === 0 &&
    equalExpressions(refractory.while, when) &&
    !readsAny(when, changing);
  const holds = all.filter(isHold);
  if (holds.length === 0) return type;
  const derivatives = mapped(type.derivatives, (derivative, name) => ({
    ...derivative,
    rate: holds
      .filter(([, { refractory }]) => refractory?.rate.includes(name))
      .reduce((rate, [, { when }]) => product(call('int', [opposite(when)]), rate), derivative.rate),
  }));
  return { ...type, derivatives, events: Object.fromEntries(all.filter((one) => !holds.includes(one))) };
}
