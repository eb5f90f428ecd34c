/** How the order of LEMS within a step differs from that of a model's timing. */

import type { ConversionReport } from '../../../src/model/conversion-report.js';
import type { DataStore, Model, Projection, SynapseType } from '../../../src/model/model.js';
import { drawnInRun } from '../../../src/model/remaining-draws.js';
import { child } from '../../../src/model/pointer.js';
import { populationsOf } from '../../../src/model/selected.js';
import { delayInSteps } from '../../../src/model/steps.js';
import { shortestDelay } from './delays.js';

/**
 * Populations in the order in which LEMS advances them. Those that only have given spikes come first: whatever has no
 * delay then reaches its target within the same step.
 */
export const steppingOrder = ({ populations }: Pick<Model, 'populations'>): readonly string[] =>
  Object.entries(populations)
    .sort(([, a], [, b]) => Number(a.type !== undefined) - Number(b.type !== undefined) || a.order - b.order)
    .map(([name]) => name);

/**
 * LEMS advances one cell after another: what a spike without a delay, or a variable that others read, reaches before
 * its cell's turn comes is a step later than what it reaches after it.
 *
 * @param later  projections of which nothing arrives in the step of its spike
 */
export function remarkTiming(
  { model, data }: { readonly model: Model; readonly data: DataStore },
  report: ConversionReport,
  later: ReadonlySet<string> = new Set(),
): void {
  const order = steppingOrder(model);
  for (const [name, projection] of Object.entries(model.projections)) {
    const type = model.synapses[projection.synapse];
    if (
      type === undefined ||
      later.has(name) ||
      !(readsSource(type) || arrivesLate(projection, type, order, model, data))
    )
      continue;
    report.approximated(
      'lems/timing',
      child('/projections', name),
      'LEMS advances one cell after another: spikes and variables may act a step sooner or later than under the timing ' +
        model.timing,
    );
  }
  report.equivalent(
    'lems/timing',
    '/timing',
    `LEMS advances one cell after another, in place of the timing ${model.timing}; ` +
      'spikes have the end of their step as time',
  );
  const drawn = drawnInRun(model);
  if (drawn !== undefined)
    report.equivalent('lems/own-draws', '', `LEMS has its own random numbers, from the same distributions: ${drawn}`);
}

/** Whether a spike without a delay may come to a cell that has been advanced in this step. */
function arrivesLate(
  { from, to, delays }: Projection,
  { pathways }: SynapseType,
  order: readonly string[],
  { experiment, timing }: Model,
  data: DataStore,
): boolean {
  const atOnce = Object.entries(pathways).some(([key, { on, delay }]) => {
    const shortest = shortestDelay(delays[key] ?? delay, data);
    return on.startsWith('pre.') && !(shortest !== undefined && delayInSteps(shortest, experiment.dt, timing) > 0);
  });
  const last = Math.max(...populationsOf(from.of).map((one) => order.indexOf(one)));
  return atOnce && populationsOf(to.of).some((one) => order.indexOf(one) <= last);
}

/** Whether what synapses are or add from step to step reads variables of the cells that they come from. */
const readsSource = ({ contributes, derived, derivatives, summed }: SynapseType): boolean =>
  /\bpre\.\w/.test(JSON.stringify([contributes, derived, derivatives, summed]));
