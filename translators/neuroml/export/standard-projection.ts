/** Connections by core types of synapses. */

import { child } from '../../../src/model/pointer.js';
import type { Projection, SynapseType } from '../../../src/model/model.js';
import type { ExportContext } from './context.js';
import { delaysOf, delayText } from './delays.js';
import type { Pairs } from './pairs.js';
import { inUnit, receptorOf, type StandardCell } from './standard-cell.js';
import { numberAt, type Numbers } from './values.js';
import type { Written } from './written.js';
import { element, type Element } from './xml-text.js';

/** A projection to cells that have a name in NeuroML. */
interface StandardProjection {
  readonly name: string;
  readonly projection: Projection;
  readonly type: SynapseType;
  readonly source: string;
  readonly target: string;
  readonly pairs: Pairs;
  readonly values: ReadonlyMap<string, Numbers>;
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
  const { componentType, tau, reversal, exponent } = receptor;
  const delays = delaysOf(name, projection, type, pairs.sources.length, context);
  if (context.model.timing !== 'lems-euler')
    context.report.approximated(
      'lems/delay',
      child('/projections', name),
      'delays are whole steps: where LEMS adds up time to a little less, they take one step more',
    );
  const weights = values.get('weight') ?? 0;
  const cells = written.values.get(target) ?? new Map<string, Numbers>();
  const groups = new Map<string, { readonly synapse: string; readonly connections: Element[] }>();
  pairs.sources.forEach((i, k) => {
    const j = pairs.targets[k] ?? 0;
    const attributes = {
      tau_syn: inUnit(numberAt(cells.get(tau), j), 3),
      ...(reversal === undefined ? {} : { e_rev: inUnit(numberAt(cells.get(reversal), j), 3) }),
    };
    const key = JSON.stringify(attributes);
    let group = groups.get(key);
    if (!group) {
      const synapse = ids.claim(`${name}_synapses`);
      written.components.push(element(componentType, { id: synapse, ...attributes }));
      groups.set(key, (group = { synapse, connections: [] }));
    }
    group.connections.push(
      element('connectionWD', {
        id: String(group.connections.length),
        preCellId: `../${written.pathOf(source, i) ?? ''}`,
        postCellId: `../${written.pathOf(target, j) ?? ''}`,
        weight: inUnit(numberAt(weights, k), exponent),
        delay: delayText(numberAt(delays, k), context, false),
      }),
    );
  });
  let ordinal = 0;
  for (const { synapse, connections } of groups.values()) {
    const id = ordinal++ === 0 ? name : ids.claim(name);
    written.projections.push(
      element(
        'projection',
        { id, presynapticPopulation: source, postsynapticPopulation: target, synapse },
        connections,
      ),
    );
  }
  return true;
}
