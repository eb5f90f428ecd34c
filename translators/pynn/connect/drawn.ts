/** Connectors that draw which cells are connected. */

import { translateFormula } from '../formulas.js';
import type { Fields } from '../../shared/vocabulary.js';
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
  type NumberOfConnections,
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

/**
 * Returns connections that are drawn by their number, or among near cells. Arguments have the names of the table.
 *
 * @param rule  in the canonical model if the target draws
 * @param host  for a NumpyRNG, in PyNN's order
 */
export function drawn(call: Call, fields: Fields, rule: string, host: string): Connections | undefined {
  const n = Object.hasOwn(fields, 'n') ? countOf(call) : null;
  const own = generatorOf(call);
  // If a NumpyRNG draws the number of connections, it is known before them, and they are drawn with it.
  const generator = own === null && n?.kind === 'drawn' ? ownGenerator(`connector of ${call.ends.label}`) : own;
  const self = selfOf(call);
  if (n === undefined || generator === undefined || self === undefined) return undefined;
  const replace = call.value('with_replacement') === true;
  const most = mostConnections(
    call,
    rule,
    self.self !== false,
    replace || (generator !== null && rule !== 'fixedTotal'),
  );
  if (n?.kind === 'number' && n.number > most)
    return void call.setting.report(messages.tooManyConnections(n.number, most), call.at('n'));
  const given = Object.entries(fields).flatMap(([key, { unit, ours = key }]): (readonly [string, unknown])[] => {
    const value = call.value(key);
    if (key === 'allow_self_connections' || value === null) return [];
    if (key === 'n' && n !== null) return [[ours, numberIn(n, generator !== null)]];
    if (unit !== undefined)
      return [[ours, generator === null ? `${value as number} um` : Number(`${value as number}e-6`)]];
    // All connections may be of few pairs unless a NumpyRNG is told otherwise.
    return generator !== null && host === 'fixedTotal' && value === true ? [] : [[ours, value]];
  });
  const whole = { ...Object.fromEntries(given), ...self };
  return generator === null ? { rule: { rule, ...whole } } : hostDrawn(call, host, generator, whole);
}

/** Returns a number of connections for the target, or for a NumpyRNG, which draws it where it is drawn. */
const numberIn = (n: NumberOfConnections, isHost: boolean): unknown =>
  n.kind === 'number' ? n.number : n.kind === 'drawn' ? n.draw : isHost ? n.draw() : n.text;

/**
 * Returns the largest number of connections of a cell, or of all cells for `fixedTotal`. If pairs may repeat, it is
 * infinite unless there is nobody to connect to.
 */
function mostConnections({ ends }: Call, rule: string, withSelf: boolean, repeats: boolean): number {
  const [pre, post] = sizesOf(ends);
  const own = !withSelf && sameEnds(ends) ? 1 : 0;
  const available = rule === 'fixedTotal' ? pre * post - own * pre : (rule === 'fixedInDegree' ? pre : post) - own;
  return repeats && available > 0 ? Infinity : available;
}
