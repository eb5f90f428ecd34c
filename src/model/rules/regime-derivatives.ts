import { messages } from '../messages.js';
import { child } from '../pointer.js';
import type { Rule } from './rule.js';

/** A variable changes by the type's own derivative or by derivatives of regimes, not by both. */
export const regimeDerivatives: Rule = (model, context) => {
  for (const [id, type] of Object.entries(model.neurons)) {
    for (const [name, regime] of Object.entries(type.regimes)) {
      for (const variable of Object.keys(regime.derivatives)) {
        if (Object.hasOwn(type.derivatives, variable))
          context.report(
            messages.twoDerivatives(variable, name),
            child(`${child(`/neurons/${id}/regimes`, name)}/derivatives`, variable),
          );
      }
    }
  }
};
