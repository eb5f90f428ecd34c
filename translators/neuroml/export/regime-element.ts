/** Regimes as LEMS has them. */

import type { Regime } from '../../../src/model/typed.js';
import type { TypeBuilder } from './type-builder.js';
import { element, type Element } from './text/xml-text.js';

/**
 * Returns a regime.
 *
 * @param portOf the port of an event; undefined if no one receives it
 */
export function regimeElement(
  name: string,
  regime: Regime,
  builder: TypeBuilder,
  portOf: (event: string) => string | undefined,
): Element {
  const order = regime.order ?? Object.keys(regime.derivatives);
  const rates = order.flatMap((variable) => {
    const derivative = regime.derivatives[variable];
    return derivative ? [builder.rate(variable, builder.folded(derivative.rate))] : [];
  });
  const entry = builder.statements(regime.onEntry).map((statement) => builder.assignment(statement));
  const transitions = regime.transitions.map(({ when, do: actions, to, emit }) => {
    const port = emit === undefined ? undefined : portOf(emit);
    return element('OnCondition', { test: builder.condition(builder.folded(when), 'statement') }, [
      ...builder.statements(actions).map((statement) => builder.assignment(statement)),
      ...(port === undefined ? [] : [element('EventOut', { port })]),
      ...(to === undefined ? [] : [element('Transition', { regime: to })]),
    ]);
  });
  return element('Regime', { name, ...(regime.initial ? { initial: 'true' } : {}) }, [
    ...(entry.length > 0 ? [element('OnEntry', {}, entry)] : []),
    ...rates,
    ...transitions,
  ]);
}
