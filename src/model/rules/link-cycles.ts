import { messages } from '../messages.js';
import type { Id, Link } from '../model.js';
import { child } from '../pointer.js';
import { findCycle } from '../../lang/graph.js';
import type { Rule } from './rule.js';
import { namesOf } from './types.js';

/** Linked parameters, with the derived variables between them, do not refer to each other in a circle. */
export const linkCycles: Rule = (model, context) => {
  const populations = Object.entries(model.populations);
  const links = new Map<string, { readonly id: Id; readonly name: Id; readonly link: Link }>(
    populations.flatMap(([id, { linked = {} }]) =>
      Object.entries(linked).map(([name, link]) => [`${id}.${name}`, { id, name, link }] as const),
    ),
  );
  const reads = (node: string): string[] => {
    const own = links.get(node);
    if (own) return [`${own.link.population}.${own.link.variable}`];
    const [id = '', name = ''] = node.split('.');
    const type = model.populations[id]?.type;
    const variables = (type === undefined ? undefined : model.neurons[type]?.derived) ?? {};
    const derived = Object.hasOwn(variables, name) ? variables[name] : undefined;
    return derived ? [...namesOf(derived.value)].map((other) => `${id}.${other}`) : [];
  };
  const cycle = findCycle(links.keys(), reads);
  const first = cycle?.map((node) => links.get(node)).find((link) => link !== undefined);
  if (cycle && first)
    context.report(messages.linkCycle(cycle), child(`${child('/populations', first.id)}/linked`, first.name));
};
