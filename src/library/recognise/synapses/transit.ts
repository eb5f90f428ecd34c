/**
 * Synapses that keep their release until it arrives, as Brian's users write delayed effects. One pathway sets a variable, and
 * another one with a longer delay adds it to the target.
 */

import { parseStatements } from '../../../lang/parse.js';
import { printExpression, printStatement } from '../../../lang/print.js';
import { namesIn } from '../../../lang/walk.js';
import type { SynapseType } from '../../../model/model.js';

/** Pathways of a type that keep a release, and pathways by which it arrives. */
interface Transit {
  readonly sends: string;
  readonly arrives: string;
  /** The same with one pathway that acts at once. */
  readonly joined: SynapseType;
}

/** Returns the pathways around a transit; undefined if there is no transit. */
export function transitOf(type: SynapseType): Transit | undefined {
  const pathways = Object.entries(type.pathways).filter(([, { on }]) => on === 'pre.spike');
  if (pathways.length !== 2) return undefined;
  for (const [first, second] of [pathways, pathways.toReversed()]) {
    if (first === undefined || second === undefined) continue;
    const [[sends, sending], [arrives, arriving]] = [first, second];
    const statements = sending.do.flatMap((text) => parseStatements(text));
    const [arrival, ...more] = arriving.do.flatMap((text) => parseStatements(text));
    if (arrival?.kind !== 'assignment' || arrival.operator !== '+=' || more.length > 0) continue;
    if (!arrival.target.startsWith('post.') || arrival.value.kind !== 'name') continue;
    const kept = arrival.value.name;
    const sets = statements.filter((one) => one.kind === 'assignment' && one.target === kept);
    const [set] = sets;
    const readsIt = Object.values(type.pathways).some(({ do: texts }) =>
      texts
        .flatMap((text) => parseStatements(text))
        .some(
          (one) =>
            one !== arrival &&
            one.kind === 'assignment' &&
            namesIn(one.value).has(kept) &&
            one.target !== arrival.target,
        ),
    );
    if (!Object.hasOwn(type.state, kept) || sets.length !== 1 || set?.kind !== 'assignment' || readsIt) continue;
    if (set.operator !== '=') continue;
    const { [kept]: _, ...state } = type.state;
    const { [arrives]: __, ...others } = type.pathways;
    const texts = statements.map((one) =>
      one === set ? `${arrival.target} += ${printExpression(set.value)}` : printStatement(one),
    );
    return { sends, arrives, joined: { ...type, state, pathways: { ...others, [sends]: { ...sending, do: texts } } } };
  }
  return undefined;
}
