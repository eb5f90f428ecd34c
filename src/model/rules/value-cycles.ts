import { messages } from '../messages.js';
import type { EquationSet, Value } from '../model.js';
import { child } from '../pointer.js';
import { findCycle } from '../../lang/graph.js';
import type { Rule, RuleContext } from './rule.js';
import { equationSets, namesOf, namesOfValue } from './types.js';

/**
 * Values at the start do not read each other in a circle: not in a type, nor with the values of a population or
 * projection.
 */
export const valueCycles: Rule = (model, context) => {
  for (const { set, pointer } of equationSets(model))
    check(
      set,
      {},
      (name) => child(`${pointer}/${Object.hasOwn(set.state, name) ? 'state' : 'parameters'}`, name),
      context,
    );
  for (const [id, { type, values }] of Object.entries(model.populations)) {
    const set = type === undefined ? undefined : model.neurons[type];
    if (set && Object.keys(values).length > 0)
      check(set, values, (name) => child(`${child('/populations', id)}/values`, name), context);
  }
  for (const [id, { synapse, values }] of Object.entries(model.projections)) {
    const set = model.synapses[synapse];
    if (set && Object.keys(values).length > 0)
      check(set, values, (name) => child(`${child('/projections', id)}/values`, name), context);
  }
};

function check(
  set: EquationSet,
  values: Readonly<Record<string, Value>>,
  at: (name: string) => string,
  context: RuleContext,
): void {
  const usual = (name: string): Value | undefined => set.parameters[name]?.value ?? set.state[name]?.initial;
  const reads = (name: string): Iterable<string> => {
    const derived = set.derived[name];
    return derived ? namesOf(derived.value) : namesOfValue(values[name] ?? usual(name));
  };
  // A cycle of only derived variables is found by its own rule.
  const own = new Set([...Object.keys(set.parameters), ...Object.keys(set.state)]);
  const known = new Set([...own, ...Object.keys(set.derived)]);
  const given = Object.keys(values);
  const cycle = findCycle(given.length > 0 ? given : own, (name) =>
    [...reads(name)].filter((other) => known.has(other)),
  );
  // Without values of its own a population has only the circles of its type, which are reported there.
  const first = cycle?.find((name) => (given.length > 0 ? given.includes(name) : own.has(name)));
  if (cycle && first !== undefined) context.report(messages.valueCycle(cycle), at(first));
}
