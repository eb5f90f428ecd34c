/** Connectors that draw which cells are connected. */

import { translateFormula } from '../formulas.js';
import * as messages from '../messages.js';
import type { Formula } from '../specification.generated.js';
import {
  countOf,
  generatorOf,
  hostDrawn,
  ownGenerator,
  sameEnds,
  selfOf,
  sizesOf,
  type Call,
  type Connections,
} from './call.js';

/** The pairs that 'NoMutual' leaves. */
const oneWay = 'i > j';

/** Returns one probability for all pairs. */
export const fixedProbability = (call: Call): Connections | undefined =>
  pairs(call, 'fixedProbability', call.value('p_connect') as number);

/** Returns a probability for each pair. */
export function probabilityOf(call: Call, key: string, of: NonNullable<Formula['of']>): Connections | undefined {
  const written = call.value(key) as string | Formula;
  const formula: Formula = typeof written === 'string' ? { expr: written, of } : { of, ...written };
  const p = translateFormula(formula, [of], call.at(key), call.setting);
  return p === undefined ? undefined : pairs(call, 'probability', p);
}

function pairs(call: Call, connector: string, p: number | string): Connections | undefined {
  const self = selfOf(call);
  const generator = generatorOf(call);
  if (self === undefined || generator === undefined) return undefined;
  if (generator !== null) return hostDrawn(call, connector, generator, { p, ...self });
  if (self.mutual === false) return { rule: { rule: 'probability', p, condition: oneWay } };
  return { rule: { rule: 'probability', p, ...self } };
}

/** Returns a fixed number of senders for each receiver, or of receivers for each sender. */
export function fixedNumber(
  call: Call,
  connector: 'fixedNumberPre' | 'fixedNumberPost',
  rule: 'fixedInDegree' | 'fixedOutDegree',
): Connections | undefined {
  const n = countOf(call);
  const replace = call.value('with_replacement') as boolean;
  const own = generatorOf(call);
  // If a NumpyRNG draws the number of connections, it is known before them, and they are drawn with it.
  const generator = own === null && n?.kind === 'drawn' ? ownGenerator(`connector of ${call.ends.label}`) : own;
  const self = selfOf(call);
  if (n === undefined || generator === undefined || self === undefined) return undefined;
  const [pre, post] = sizesOf(call.ends);
  const others = (rule === 'fixedInDegree' ? pre : post) - (self.self === false && sameEnds(call.ends) ? 1 : 0);
  // By a NumpyRNG everybody is chosen once before anybody is chosen twice, as PyNN does; nobody can be chosen from
  // none.
  const most = generator !== null || replace ? (others > 0 ? Infinity : 0) : others;
  if (n.kind === 'number' && n.number > most)
    return void call.setting.report(messages.tooManyConnections(n.number, most), call.at('n'));
  if (generator === null)
    return {
      rule: { rule, n: n.kind === 'expression' ? n.text : n.kind === 'number' ? n.number : 0, replace, ...self },
    };
  return hostDrawn(call, connector, generator, {
    n: n.kind === 'number' ? n.number : n.kind === 'drawn' ? n.draw : n.draw(),
    replace,
    ...self,
  });
}

/** Returns a fixed number of connections in all. */
export function fixedTotal(call: Call): Connections | undefined {
  const n = call.value('n') as number;
  const replace = call.value('with_replacement') as boolean;
  const generator = generatorOf(call);
  const self = selfOf(call);
  if (generator === undefined || self === undefined) return undefined;
  const [pre, post] = sizesOf(call.ends);
  const available = pre * post - (self.self === false && sameEnds(call.ends) ? pre : 0);
  const most = replace ? (available > 0 ? Infinity : 0) : available;
  if (n > most) return void call.setting.report(messages.tooManyConnections(n, most), call.at('n'));
  if (generator === null) return { rule: { rule: 'fixedTotal', n, replace, ...self } };
  return hostDrawn(call, 'fixedTotal', generator, { n, ...(replace ? {} : { replace }), ...self });
}

/** Returns connections of near cells, with some edges moved. */
export function smallWorld(call: Call): Connections | undefined {
  const [degree, rewiring] = [call.value('degree') as number, call.value('rewiring') as number];
  const n = call.value('n_connections') as number | null;
  const generator = generatorOf(call);
  const self = selfOf(call);
  if (generator === undefined || self === undefined) return undefined;
  const count = n === null ? {} : { n };
  if (generator === null) return { rule: { rule: 'smallWorld', degree: `${degree} um`, rewiring, ...count, ...self } };
  return hostDrawn(call, 'smallWorld', generator, { degree: Number(`${degree}e-6`), rewiring, ...count, ...self });
}
