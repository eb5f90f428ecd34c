/** States that an implicit step advances together. */

import type { SynapseDocument } from '../document.generated.js';
import type { KineticScheme } from '../model.js';
import { messages } from '../messages.js';
import { child } from '../pointer.js';
import type { Context } from './context.js';
import { normaliseExpression } from './expressions.js';
import { namesOfKinds, type Names } from './names.js';

/** Normalises the states that an implicit step advances together, and the sums of them that are constant. */
export function normaliseScheme(
  context: Context,
  { scheme, conserved }: Pick<SynapseDocument, 'scheme' | 'conserved'>,
  names: Names,
  scopes: readonly Names[],
  pointer: string,
): KineticScheme {
  const expressions: Record<string, string> = {};
  const states = namesOfKinds(names, ['state']);
  for (const [index, name] of (scheme ?? []).entries())
    if (!states.includes(name))
      context.report(messages.unknownVariable(name, states, 'state variable'), `${pointer}/scheme/${index}`);
  for (const [name, written] of Object.entries(conserved ?? {})) {
    const at = child(`${pointer}/conserved`, name);
    const variable = names.lookup(name);
    if (!variable || scheme?.includes(name) !== true)
      context.reportKey(messages.unknownVariable(name, scheme ?? [], 'state of the scheme'), at);
    else {
      const slot = { what: `the value of ${name}`, unit: variable.unit, type: 'real' } as const;
      expressions[name] = normaliseExpression(context, written, scopes, slot, at) ?? '0';
    }
  }
  return {
    ...(scheme === undefined ? {} : { scheme }),
    ...(conserved === undefined ? {} : { conserved: expressions }),
  };
}
