/** How the order of LEMS within a step differs from that of a model's timing. */

import type { ConversionReport } from '../../../src/model/conversion-report.js';
import type { SynapseType } from '../../../src/model/model.js';
import { drawnInRun } from '../../../src/model/remaining-draws.js';
import { child } from '../../../src/model/pointer.js';
import { populationOf } from '../../../src/model/selected.js';
import { recordedVariables } from '../../../src/model/tagged.js';
import { arrivesLate, lateJumps, steppingOrder } from './arrival-order.js';
import type { ExportContext } from './context.js';

/**
 * LEMS advances one cell after another: what a spike without a delay, or a variable that others read, reaches before
 * its cell's turn comes is a step later than what it reaches after it.
 *
 * @param later  projections of which nothing arrives in the step of its spike
 */
export function remarkTiming(
  context: Pick<ExportContext, 'model' | 'data' | 'exactly' | 'changes'>,
  report: ConversionReport,
  later: ReadonlySet<string> = new Set(),
): void {
  const { model, data } = context;
  const order = steppingOrder(model, data);
  for (const [name, projection] of Object.entries(model.projections)) {
    const type = model.synapses[projection.synapse];
    if (
      type === undefined ||
      later.has(name) ||
      !(readsSource(type) || arrivesLate(projection, type, order, { model, data }))
    )
      continue;
    report.approximated(
      'lems/timing',
      child('/projections', name),
      'LEMS advances one cell after another: spikes and variables may act a step sooner or later than under the timing ' +
        model.timing,
    );
  }
  model.recordings.forEach((recording, k) => {
    const type = model.populations[populationOf(recording.of) ?? '']?.type;
    const late = type === undefined ? undefined : lateJumps(type, context);
    const missed = recordedVariables(recording).filter((name) => late?.setBy.has(name));
    if (missed.length > 0)
      report.approximated(
        'lems/timing',
        child('/recordings', k),
        `samples of ${missed.join(', ')} lack what spikes add in the step that they end: cells hear it in the next one`,
      );
  });
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

/** Whether what synapses are or add from step to step reads variables of the cells that they come from. */
const readsSource = ({ contributes, derived, derivatives, summed }: SynapseType): boolean =>
  /\bpre\.\w/.test(JSON.stringify([contributes, derived, derivatives, summed]));
