/** Connections by core types of synapses. */

import type { ExportContext } from './context.js';
import { delaysOf, delayTexts } from './synapses/delays.js';
import { connectionType } from './synapses/network-types.js';
import type { PairedProjection } from './synapses/pairs.js';
import { keptTexts } from './text/quantity-text.js';
import { inUnit, receptorOf, type StandardCell } from './standard-cell.js';
import { numberAt, type Numbers } from './values.js';
import type { Written } from './written.js';
import { element, listOf, type Element } from './text/xml-text.js';

/** A projection to cells that have a name in NeuroML. */
interface StandardProjection extends PairedProjection {
  readonly standard: StandardCell;
}

/**
 * Writes a projection by a core type of synapse. Cells with time constants of their own have synapses of their own.
 *
 * @returns false where the synapses are not those that stand for a variable of the cell
 */
export function writeStandardProjection(known: StandardProjection, written: Written, context: ExportContext): boolean {
  const { name, projection, type, source, target, pairs, values, standard } = known;
  const { ids } = context;
  const receptor = receptorOf(projection, standard.receptors);
  if (!receptor) return false;
  const { componentType, tau, reversal, exponent, list } = receptor;
  const delayOf = delayTexts(delaysOf(name, projection, type, pairs.sources.length, context), context);
  const weights = values.get('weight') ?? 0;
  const cells = written.values.get(target) ?? new Map<string, Numbers>();
  type Group = { readonly synapse: string; readonly members: number[] };
  const groups = new Map<string, Group>();
  const byTarget = new Map<number, Group>();
  const groupOf = (j: number): Group => {
    const attributes = {
      tau_syn: inUnit(numberAt(cells.get(tau), j), 3),
      ...(reversal === undefined ? {} : { e_rev: inUnit(numberAt(cells.get(reversal), j), 3) }),
    };
    const key = JSON.stringify(attributes);
    const known = groups.get(key);
    if (known) return known;
    const made: Group = { synapse: ids.claim(`${name}_synapses`), members: [] };
    written.components.push(element(componentType, { id: made.synapse, ...attributes }));
    groups.set(key, made);
    return made;
  };
  pairs.targets.forEach((j, k) => {
    const group = byTarget.get(j) ?? groupOf(j);
    byTarget.set(j, group);
    group.members.push(k);
  });
  const weightText = keptTexts((weight) => inUnit(weight, exponent));
  const tag = list === undefined ? 'connectionWD' : ownConnection(written, context);
  const connection = (k: number, ordinal: number): Element =>
    element(tag, {
      id: String(ordinal),
      preCellId: `../${written.pathOf(source, pairs.sources[k] ?? 0) ?? ''}`,
      postCellId: `../${written.pathOf(target, pairs.targets[k] ?? 0) ?? ''}`,
      ...(list === undefined ? {} : { destination: list }),
      weight: weightText(numberAt(weights, k)),
      delay: delayOf(k),
    });
  let count = 0;
  for (const { synapse, members } of groups.values())
    written.projections.push({
      ...element('projection', {
        id: count++ === 0 ? name : ids.claim(name),
        presynapticPopulation: source,
        postsynapticPopulation: target,
        synapse,
      }),
      items: listOf(members, connection),
    });
  return true;
}

/** The type of connections to a list of attachments, since NeuroML's with a weight and a delay name none. */
function ownConnection(written: Written, { ids }: ExportContext): string {
  if (written.weighted === undefined) {
    written.weighted = ids.claim('weighted_connection');
    written.types.push(connectionType(written.weighted, 'delay', [['weight', 'none']], false));
  }
  return written.weighted;
}
