import type { PartDocument } from '../document.generated.js';
import { messages } from '../messages.js';
import type { EquationSet, Id, Part } from '../model.js';
import type { Context } from './context.js';

/** Parts of a type that a sequence has to list, besides its equations. */
interface Listed {
  readonly equations: EquationSet;
  readonly events: readonly Id[];
  readonly regimes: boolean;
}

/**
 * Normalises the parts of a type in their order of advance. Each name is known and listed once. All derived variables,
 * derivatives that are advanced each step, events and regimes are listed, since an omitted part would have no place in
 * a step.
 */
export function normaliseSequence(
  context: Context,
  parts: readonly PartDocument[] | undefined,
  { equations, events, regimes }: Listed,
  pointer: string,
): { readonly sequence?: readonly Part[] } {
  if (parts === undefined || parts.length === 0) return {};
  const rates = Object.keys(equations.derivatives).filter((name) => equations.derivatives[name]?.eventDriven === false);
  const known = { derived: Object.keys(equations.derived), propagate: rates, state: rates, events };
  const words = { derived: 'derived variable', propagate: 'derivative', state: 'derivative', events: 'event' } as const;
  const seen = new Set<string>();
  const take = (name: string, at: string): void => {
    if (seen.has(name)) context.report(messages.listedTwice(name.slice(name.indexOf(' ') + 1)), at);
    seen.add(name);
  };
  const sequence: Part[] = [];
  for (const [index, part] of parts.entries()) {
    for (const key of ['derived', 'propagate', 'state', 'events'] as const) {
      for (const [k, name] of (part[key] ?? []).entries()) {
        const at = `${pointer}/${index}/${key}/${k}`;
        if (known[key].includes(name)) take(`${words[key]} ${name}`, at);
        else context.report(messages.unknownReference(words[key], name, known[key]), at);
      }
    }
    if (part.regimes === true) {
      const at = `${pointer}/${index}/regimes`;
      if (regimes) take('regime regimes', at);
      else context.report(messages.unknownReference('regime', 'regimes', []), at);
    }
    const variables = Object.keys(equations.state);
    for (const [k, name] of (part.current ?? []).entries())
      if (!variables.includes(name))
        context.report(
          messages.unknownReference('state variable', name, variables),
          `${pointer}/${index}/current/${k}`,
        );
    // A part without its empty lists.
    const kept = (['derived', 'propagate', 'state', 'events', 'regimes', 'current'] as const).flatMap((key) => {
      const given = part[key] ?? false;
      return given === true || (given && given.length > 0) ? [[key, given] as const] : [];
    });
    if (kept.length > 0) sequence.push(Object.fromEntries(kept) as Part);
  }
  const missing = (what: string, names: readonly string[]): void => {
    const open = names.filter((name) => !seen.has(`${what} ${name}`));
    if (open.length > 0) context.report(messages.notListed(what, open, 'the sequence'), pointer);
  };
  missing('derived variable', known.derived);
  missing('derivative', rates);
  missing('event', events);
  if (regimes) missing('regime', ['regimes']);
  return { sequence };
}

/** Normalises the order of a regime's derivatives: each of them once. */
export function normaliseOrder(
  context: Context,
  order: readonly string[] | undefined,
  derivatives: readonly Id[],
  pointer: string,
): { readonly order?: readonly Id[] } {
  if (order === undefined || order.length === 0) return {};
  for (const [index, name] of order.entries()) {
    if (!derivatives.includes(name))
      context.report(messages.unknownReference('derivative', name, derivatives), `${pointer}/${index}`);
    else if (order.indexOf(name) < index) context.report(messages.listedTwice(name), `${pointer}/${index}`);
  }
  const open = derivatives.filter((name) => !order.includes(name));
  if (open.length > 0) context.report(messages.notListed('derivative', open, 'the order'), pointer);
  return { order };
}
