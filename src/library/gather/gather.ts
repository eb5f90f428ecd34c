/**
 * Rewrites a model of LEMS components in the forms of other notations. Refractory periods replace regimes. Receptors of
 * cells replace responses that each synapse keeps. Time-dependent currents replace generators. Given spikes and Poisson
 * sources replace cells that only read the time.
 * Parts without such a form stay as they are. The order within a step stays the notation's own: `conventions` states
 * how it differs from LEMS's.
 */

import { ConversionReport, type ConversionEntry } from '../../model/conversion-report.js';
import { mapped } from '../../model/collections.js';
import { atBeginOfStep } from '../../model/end-of-step.js';
import type { Model, NeuronType, SynapseType, ValidModel } from '../../model/typed.js';
import { child } from '../../model/pointer.js';
import type { Became } from '../../model/rewriting/became.js';
import { timingProperties } from '../../model/timing-properties.js';
import { withColumnsOf } from '../file-columns.js';
import { readable } from '../readable/readable.js';
import { tidy } from '../recognise/numbers.js';
import { gatheringOf, type Gathering } from './gathering.js';
import { gatheredVariables, regathered, targetOf } from './recordings.js';
import { withoutFlag, withoutRegimes } from './regimes.js';
import { gatherSource } from './sources.js';
import { asReceptors } from './summed-responses.js';

/** A model in the forms of other notations, as far as there are such. */
export interface GatheredModel {
  readonly valid: ValidModel;
  /** Report entries about the changes. */
  readonly entries: readonly ConversionEntry[];
  readonly became?: Partial<Became>;
}

/**
 * Rewrites a model of LEMS in the forms of another notation, under the timing `grid`. Models of another timing stay as
 * they are, except models of components with cables, which LEMS's steps cannot run.
 *
 * @param stage  first part of the report's codes
 */
export function gathered(valid: ValidModel, stage: string): GatheredModel {
  const { timing, annotations, neurons } = valid.model;
  // Cells of several compartments: in Brian cables, in PyNN sections.
  const hasTrees = Object.values(neurons).some(({ cable, compartments }) =>
    stage === 'brian' ? cable !== undefined : stage === 'pynn' && compartments !== undefined,
  );
  const onGrid = !timingProperties[timing].takesTurns && annotations['lems'] !== undefined && hasTrees;
  if (!timingProperties[timing].takesTurns && !onGrid) return { valid, entries: [] };
  const report = new ConversionReport(stage);
  const model = onGrid ? atBeginOfStep(valid.model) : valid.model;
  const gathering = gatheringOf({ ...valid, model }, report, stage);
  const made = gatheredModel(gathering, onGrid);
  const after = { ...valid, model: stage === 'brian' ? readable(made) : made };
  return { valid: after, entries: report.entries, became: gatheredVariables(gathering, valid, after) };
}

function gatheredModel(gathering: Gathering, onGrid: boolean): Model {
  gatherRegimes(gathering);
  for (const name of Object.keys(gathering.populations)) gatherSource(gathering, name);
  asReceptors(gathering);
  const recordings = gathering.model.recordings.flatMap((recording, k) =>
    regathered(recording, child('/recordings', k), gathering),
  );
  if (!onGrid && gathering.stage === 'brian') takeEulerSteps(gathering);
  else if (!onGrid)
    gathering.report.different(
      `${gathering.stage}/euler`,
      '/timing',
      `LEMS takes Euler steps of ${tidy(gathering.dt * 1e3)} ms; ` +
        'simulators of this notation integrate more accurately, ' +
        'so that spikes shift',
    );
  const { lems: _, ...annotations } = withColumnsOf(gathering.model, recordings, {
    element: ({ of }, index) => (of.kind === 'synapses' ? targetOf(of.projection, index, gathering) : undefined),
  });
  const usedTypes = new Set(Object.values(gathering.populations).map(({ type }) => type));
  const usedSynapses = new Set(Object.values(gathering.projections).map(({ synapse }) => synapse));
  const only = <T>(map: Readonly<Record<string, T>>, used: ReadonlySet<string | undefined>): Record<string, T> =>
    Object.fromEntries(Object.entries(map).filter(([key]) => used.has(key)));
  const { populations, projections, stimuli } = gathering;
  return {
    ...gathering.model,
    neurons: only(gathering.neurons, usedTypes),
    synapses: only(gathering.synapses, usedSynapses),
    populations:
      gathering.stage === 'brian' ? mapped(populations, (population) => ({ ...population, order: 0 })) : populations,
    projections:
      gathering.stage === 'brian' ? mapped(projections, (projection) => ({ ...projection, order: 0 })) : projections,
    stimuli,
    recordings,
    timing: 'grid',
    annotations,
  };
}

/** Gives cell types refractory periods in the place of regimes that wait, and of flags. */
function gatherRegimes({ neurons, populations, recorded, report, stage }: Gathering): void {
  for (const [name, type] of Object.entries(neurons)) {
    const waiting = withoutRegimes(type);
    const shown = Object.keys(populations).flatMap((one) =>
      populations[one]?.type === name ? [...(recorded.get(one) ?? [])] : [],
    );
    const made = waiting ?? withoutFlag(type, stage === 'brian', new Set(shown)) ?? type;
    const { spike } = made.events;
    neurons[name] =
      spike && stage === 'brian' ? { ...made, events: { ...made.events, spike: { ...spike, order: 0 } } } : made;
    if (waiting)
      report.exact(child('/neurons', name), 'its regimes form a refractory period', `${stage}/refractory-regime`);
  }
}

/** Gives cell and synapse types LEMS's integration method by its name. */
function takeEulerSteps({ neurons, synapses }: Gathering): void {
  const withMethod = <T extends NeuronType | SynapseType>(types: Record<string, T>): void => {
    for (const [name, type] of Object.entries(types))
      if (type.method === 'auto' && Object.keys(type.derivatives).length > 0)
        types[name] = { ...type, method: 'euler' };
  };
  withMethod(neurons);
  withMethod(synapses);
}
