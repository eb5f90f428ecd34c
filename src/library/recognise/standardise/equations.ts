/** Synapses without a name at cells with one: they read and change the cells' variables by the standard names. */

import type { Projection, SynapseType } from '../../../model/model.js';
import { freeName } from '../../../model/free-name.js';
import { populationsOf } from '../../../model/selected.js';
import { type Standardising, unsay } from './context.js';

/** Names that synapses may read of every cell, and its event. */
const ofEveryCell: ReadonlySet<string> = new Set(['spike', 'i']);

/**
 * Keeps a projection with its own synapses. Cells also keep their equations if the synapses read variables that their names lack.
 */
export function keepEquations(context: Standardising, name: string, projection: Projection, type: SynapseType): void {
  const { from, to, connect, values, delays, receptors } = projection;
  const text = JSON.stringify([type, connect, values, delays]);
  const renamed = new Map<string, string>();
  const rename = (end: 'pre' | 'post', variable: string): string => {
    const cells = populationsOf(end === 'pre' ? from.of : to.of);
    const found = nameThere(context, cells, variable);
    if (found === undefined)
      unsay(context, cells, `synapses of ${name} take ${variable} of it, which its name has not, or in another scale`);
    return found ?? variable;
  };
  for (const [whole, end = '', variable = ''] of text.matchAll(/\b(pre|post)\.(\w+)/g))
    if (!ofEveryCell.has(variable) && !renamed.has(whole))
      renamed.set(whole, `${end}.${rename(end as 'pre' | 'post', variable)}`);
  const differs = [...renamed].some(([before, after]) => before !== after);
  const inNames = <T>(part: T): T =>
    differs
      ? (JSON.parse(JSON.stringify(part).replace(/\b(?:pre|post)\.\w+/g, (whole) => renamed.get(whole) ?? whole)) as T)
      : part;
  const own = inNames(type);
  const same = Object.entries(context.synapseTypes).find(([, one]) => JSON.stringify(one) === JSON.stringify(own));
  const synapse = same?.[0] ?? freeName(projection.synapse, (one) => Object.hasOwn(context.synapseTypes, one));
  context.synapseTypes[synapse] = own;
  context.projections[name] = {
    ...projection,
    synapse,
    connect: inNames(connect),
    values: inNames(values),
    delays: inNames(delays),
    receptors: Object.fromEntries(
      Object.entries(receptors).map(([port, variable]) => [port, rename('post', variable)] as const),
    ),
  };
}

/** Returns the name of a variable with the same value in standard cells; undefined if there is no such variable. */
function nameThere({ known }: Standardising, cells: readonly string[], variable: string): string | undefined {
  const names = cells.map((name) => {
    const cell = known.get(name)?.cell;
    if (cell === undefined) return variable;
    const port = cell.ports.get(variable);
    // Where the sign of weights parts two receptors, both are the one variable.
    if (port !== undefined) return port.factor === 1 ? port.positive : undefined;
    const scale = cell.currents?.get(variable);
    if (scale !== undefined) return scale === 1 ? cell.standard.injectable : undefined;
    const state = cell.variables.get(variable);
    return state?.factor === 1 ? state.name : undefined;
  });
  const [first] = names;
  return names.every((name) => name === first) ? first : undefined;
}
