/** Where cells with compartments fire. */

import { printExpression } from '../../../../src/lang/print.js';
import { writtenBy } from '../../../../src/lang/walk.js';
import { thresholdOf } from '../../../../src/library/membrane/threshold.js';
import { changedNames } from '../../../../src/model/changed.js';
import type { Id } from '../../../../src/model/model.js';
import { populationsOfType } from '../../../../src/model/parts-at.js';
import { statementsIn } from '../../../../src/model/typed.js';
import { child } from '../../../../src/model/pointer.js';
import type { ExportContext } from '../context.js';
import { compartmentAt } from './shape.js';
import type { StructuredType } from './structured-cell.js';

/** A place on a cell, and the potential in V that it exceeds in a spike. */
interface SpikePlace {
  readonly section: Id;
  readonly fraction: number;
  readonly threshold: number;
}

/**
 * Returns the spike-detection site and threshold of cells of a type, or undefined if they do not fire, or LEMS cannot
 * express it.
 */
export function spikeOf(id: Id, type: StructuredType, context: ExportContext): SpikePlace | undefined {
  const { sections } = type.compartments;
  const { spike, ...others } = type.events;
  const pointer = child(child('/neurons', id), 'events');
  for (const name of Object.keys(others)) context.report.missing(child(pointer, name), `the event ${name}`);
  if (!spike) {
    context.report.convention(
      'lems/threshold',
      child('/neurons', id),
      'a threshold of 0 mV is added, which cells need',
    );
    return undefined;
  }
  const at = child(pointer, 'spike');
  const root = Object.entries(sections).find(([, { parent }]) => parent === undefined)?.[0] ?? '';
  const { section = root, fraction = 0.5 } = spike;
  const threshold = thresholdOf(spike.when, (name) => fixed(name, id, type, context), context.functions);
  if (threshold === undefined) {
    context.report.missing(
      at,
      `spikes where ${printExpression(spike.when)}: cells of NeuroML have a threshold of the potential`,
    );
    return undefined;
  }
  if (spike.do.length > 0) context.report.missing(child(at, 'do'), 'what a spike does to the cell');
  const divisions = sections[section]?.divisions ?? 1;
  if (compartmentAt(fraction, divisions) !== compartmentAt(0.5, divisions))
    context.report.different('lems/threshold', at, `spikes are detected in the middle of ${section}`);
  if (spike.edge === 'level' || spike.refractory)
    context.report.convention(
      'lems/threshold',
      at,
      'spikes are upward crossings of the threshold, as long as the potential falls below it between two',
    );
  return { section, fraction: 0.5, threshold };
}

/** Returns a parameter of the cell that is one number for all cells and stays so. */
function fixed(name: string, id: Id, type: StructuredType, { model }: ExportContext): number | undefined {
  const value = type.parameters[name]?.value;
  const changed = changedNames(model);
  const pathways = Object.values(model.synapses).map((synapse) => synapse.pathways);
  const written = writtenBy(statementsIn([model.neurons[id]?.events, pathways]));
  if ([name, `pre.${name}`, `post.${name}`].some((one) => written.has(one))) return undefined;
  const varies = populationsOfType(model, id).some(
    ([population, { values }]) => Object.hasOwn(values, name) || changed.has(`${population}.${name}`),
  );
  return typeof value === 'number' && !varies ? value : undefined;
}
