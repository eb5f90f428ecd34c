import { limits } from '../../diagnostics/limits.js';
import { tooLarge } from '../../lang/messages.js';
import { dependencyOrder } from '../../lang/graph.js';
import { childrenOf, namesIn } from '../../lang/walk.js';
import type { Expression } from '../../lang/ast.js';
import { messages } from '../messages.js';
import type { EquationSet, Mechanism, SynapseType } from '../model.js';
import { child } from '../pointer.js';
import type { Rule } from './rule.js';
import { equationSets, expressionOf } from './types.js';

/** Reports mechanisms and synapses with equations that are too large for one step of a cable. */
export const stepSizes: Rule = (model, context) => {
  let ofCell = 0;
  for (const { set, pointer, kind } of equationSets(model)) {
    // The mechanisms of a cell come after it. One kernel may solve all of their schemes.
    if (kind !== 'mechanism') ofCell = 0;
    if (kind === 'neuron') continue;
    const doubled = largestDerived(set);
    if (doubled !== undefined) context.report(tooLarge(limits.expressionNodes), child(`${pointer}/derived`, doubled));
    const { scheme = [] } = set as Mechanism | SynapseType;
    if (scheme.length > 1) ofCell += schemeProducts(set as Mechanism | SynapseType, scheme);
    if (ofCell > limits.schemeProducts) {
      context.report(messages.largeScheme(scheme.length, limits.schemeProducts), `${pointer}/scheme`);
      ofCell = 0;
    }
  }
};

/** Returns a variable of a step whose expression is too large when the variables that it reads are substituted. */
function largestDerived(type: EquationSet & Partial<Pick<Mechanism, 'writes'>>): string | undefined {
  const { derived, derivatives, writes = {} } = type;
  const { conserved = {}, contributes = {} } = type as Partial<SynapseType>;
  const inStep = [
    ...Object.values(derivatives).map(({ rate }) => rate),
    ...[...Object.values(writes), ...Object.values(conserved), ...Object.values(contributes)],
  ].flatMap((text) => [...namesIn(expressionOf(text))]);
  const expressions = new Map(Object.entries(derived).map(([name, { value }]) => [name, expressionOf(value)]));
  const reads = (name: string): string[] => {
    const e = expressions.get(name);
    return e ? [...namesIn(e)].filter((other) => expressions.has(other)) : [];
  };
  const sizes = new Map<string, number>();
  const sizeOf = (e: Expression): number =>
    e.kind === 'name' ? (sizes.get(e.name) ?? 1) : childrenOf(e).reduce((total, part) => total + sizeOf(part), 1);
  for (const name of dependencyOrder(inStep, reads)) {
    const e = expressions.get(name);
    const size = e ? sizeOf(e) : 1;
    if (size > limits.expressionNodes) return name;
    sizes.set(name, size);
  }
  return undefined;
}

/** Returns how many products the elimination of a scheme takes in each step, or a number above the limit. */
function schemeProducts(type: Mechanism | SynapseType, scheme: readonly string[]): number {
  const { derived, derivatives, conserved = {} } = type;
  const states = new Set(scheme);
  const known = new Map<string, ReadonlySet<string>>();
  const statesRead = (text: string): ReadonlySet<string> => {
    const read = new Set<string>();
    for (const name of namesIn(expressionOf(text))) {
      const value = derived[name]?.value;
      if (states.has(name)) read.add(name);
      else if (value !== undefined) {
        const inner = known.get(name) ?? statesRead(value);
        known.set(name, inner);
        for (const state of inner) read.add(state);
      }
    }
    return read;
  };
  // In the order in which a step eliminates them.
  const order = [...scheme.filter((name) => !Object.hasOwn(conserved, name)), ...Object.keys(conserved)];
  const column = new Map(order.map((name, k) => [name, k]));
  const rows = order.map(
    (name, k) =>
      new Set([
        k,
        ...[...statesRead(conserved[name] ?? derivatives[name]?.rate ?? '0')].map((one) => column.get(one) ?? k),
      ]),
  );
  let products = 0;
  for (const [k, pivots] of rows.entries()) {
    const right = [...pivots].filter((at) => at > k);
    for (const row of rows.slice(k + 1)) {
      if (!row.has(k)) continue;
      products += right.length + 1;
      for (const at of right) row.add(at);
    }
    if (products > limits.schemeProducts) break;
  }
  return products;
}
