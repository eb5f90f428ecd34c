/** Projections onto a port of a model of NESTML. */

import type { Projection } from '../../../src/model/typed.js';
import { mapped } from '../../../src/model/collections.js';
import { child } from '../../../src/model/pointer.js';
import type { Projection as PynnProjection, Value as PynnValue } from '../specification.generated.js';
import { columnsOf, connectorOf, pairsOf, withColumns } from './connectors.js';
import { valueIn, type ExportContext } from './context.js';
import { given } from './given.js';
import { spaceOf } from './positions.js';
import { inUnit } from '../../shared/in-unit.js';
import type { FormulaOf } from './values.js';
import type { PortUse } from '../../nestml/export/models.js';

/** Returns a projection of `StaticSynapse` or of a NESTML model; undefined after a report with the reason. */
export function portProjection(
  context: ExportContext,
  name: string,
  projection: Projection,
  use: PortUse,
  pointer: string,
): PynnProjection | undefined {
  const { model, report, targets } = context;
  const type = model.synapses[projection.synapse];
  const event = projection.from.event ?? type?.pathways[use.pathway]?.on.event;
  const source = targets.of(projection.from.of);
  if (event !== 'spike')
    return report.missing(
      pointer,
      `NESTML: synapses that react to ${event}; NEST's cells send spikes`,
      'pynn/not-in-nestml',
    );
  const connector = connectorOf(context, projection.connect, pointer);
  if (connector === undefined) return undefined;
  const pairs = pairsOf(connector);
  const values = Object.fromEntries(
    Object.entries({
      weight: valueIn(context, use.weight, use.port.weightUnit, child(child(pointer, 'values'), 'weight'), pairs),
      delay: delayOf(context, projection, use, pairs, pointer),
      ...mapped(use.synapse?.values ?? {}, ({ value, unit }, key) =>
        valueIn(context, value, unit, child(child(pointer, 'values'), key), pairs),
      ),
    }).filter(([, value]) => value !== undefined),
  ) as Record<string, PynnValue>;
  const [columns, params] = columnsOf(connector, values);
  const space = spaceOf(projection, (message) => report.missing(pointer, message));
  const { name: own, isPaired = false } = use.synapse ?? {};
  report.settle(pointer, `${own ?? 'StaticSynapse'} onto ${use.port.name}`);
  const { end, event: on } = type?.pathways[use.pathway]?.on ?? {};
  if (isPaired && end === 'pre' && on === 'spike')
    report.different(
      'pynn/dendritic-delay',
      pointer,
      'its delay lies behind the synapse, as NEST has it: postsynaptic spikes meet the synapse later by it',
    );
  return {
    label: context.label(name),
    pre: source,
    post: targets.of(projection.to.of),
    receptor_type: use.port.receptor,
    connector: withColumns(connector, columns),
    synapse: { type: own === undefined ? 'StaticSynapse' : `nestml:${own}`, ...given('params', params) },
    ...(space === undefined ? {} : { space }),
  };
}

/** Returns the delay in ms, in whole steps. NEST needs at least one step. */
function delayOf(
  context: ExportContext,
  { synapse, delays }: Projection,
  { pathway }: PortUse,
  of: FormulaOf,
  pointer: string,
): PynnValue | undefined {
  const { model, report } = context;
  const value = delays[pathway] ?? model.synapses[synapse]?.pathways[pathway]?.delay ?? 0;
  const read = valueIn(context, value, 'ms', child(pointer, 'delays'), of);
  const { dt } = model.experiment;
  let shortest = Infinity;
  const rounded = (delay: number): number => {
    const steps = Math.floor(delay / inUnit(dt, 'ms') + 0.5 + 1e-9);
    shortest = Math.min(shortest, steps);
    return Number((Math.max(1, steps) * inUnit(dt, 'ms')).toPrecision(12));
  };
  const whole =
    typeof read === 'number' ? rounded(read) : Array.isArray(read) ? (read as readonly number[]).map(rounded) : read;
  if (shortest < 1)
    report.different(
      'pynn/delay',
      child(pointer, 'delays'),
      `spikes without delay arrive one step (${inUnit(dt, 'ms')} ms) later: PyNN has no shorter delays`,
    );
  return whole;
}
