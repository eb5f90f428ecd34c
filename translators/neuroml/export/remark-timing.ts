/** How the order of LEMS within a step differs from that of a model's timing. */

import type { ConversionReport } from '../../../src/model/conversion-report.js';
import { drawnInRun } from '../../../src/model/remaining-draws.js';
import { child } from '../../../src/model/pointer.js';
import { populationOf } from '../../../src/model/selected.js';
import { recordedVariables } from '../../../src/model/tagged.js';
import { arrivesLate, lateJumps, steppingOrder } from './arrival-order.js';
import { readsLate, readsSource } from './contacts.js';
import type { ExportContext } from './context.js';
import type { Written } from './written.js';

/**
 * LEMS advances one cell after another: what a spike without a delay, or a variable that others read, reaches before
 * its cell's turn comes is a step later than what it reaches after it.
 *
 * @param later   projections of which nothing arrives in the step of its spike
 * @param atOnce  projections whose synapses see all cells as they are at the moment that the model says
 */
export function remarkTiming(
  context: Pick<ExportContext, 'model' | 'data' | 'exactly' | 'changes' | 'links'>,
  report: ConversionReport,
  { later, atOnce }: Pick<Written, 'later' | 'atOnce'> = { later: new Set(), atOnce: new Set() },
): void {
  const { model, data } = context;
  const order = steppingOrder(model, data);
  for (const [name, projection] of Object.entries(model.projections)) {
    const type = model.synapses[projection.synapse];
    if (type === undefined || later.has(name) || atOnce.has(name)) continue;
    const isElsewhen =
      readsSource(type) || readsLate(projection, type, model) || arrivesLate(projection, type, order, context);
    if (!isElsewhen) continue;
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
  model.recordings.forEach((recording, k) => {
    const sums = sumsOf(populationOf(recording.of) ?? '', context);
    const summed = model.timing === 'brian' ? recordedVariables(recording).filter((name) => sums.has(name)) : [];
    if (summed.length > 0)
      report.equivalent(
        'lems/sampling',
        child('/recordings', k),
        `the first sample of ${summed.join(', ')} is the sum at the start, which Brian makes in the first step`,
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

/** Variables of a population that synapses sum. */
const sumsOf = (population: string, { model, links }: Pick<ExportContext, 'model' | 'links'>): ReadonlySet<string> =>
  new Set(
    Object.entries(model.projections).flatMap(([name, { to, synapse }]) =>
      populationOf(to.of) === population && links?.has(name) !== true
        ? Object.keys(model.synapses[synapse]?.summed ?? {}).flatMap((key) =>
            key.startsWith('post.') ? [key.slice('post.'.length)] : [],
          )
        : [],
    ),
  );
