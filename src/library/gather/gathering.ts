/** A model while it is rewritten in the forms of other notations. */

import type { ConversionReport } from '../../model/conversion-report.js';
import type {
  Model,
  NeuronType,
  Population,
  Projection,
  SelectionRule,
  Stimulus,
  SynapseType,
  ValidModel,
} from '../../model/model.js';
import { changedNames } from '../../model/changed.js';
import { populationsOf } from '../../model/selected.js';
import { endOf, isRecording, isSelection } from '../../model/tagged.js';

/** A partly gathered model: the original, and its current parts by name. */
export interface Gathering {
  readonly valid: ValidModel;
  /** As it was. */
  readonly model: Model;
  readonly report: ConversionReport;
  /** First part of the report's codes. */
  readonly stage: string;
  /** Time step, in s. */
  readonly dt: number;
  /** End of the protocol, in s; Infinity without one. */
  readonly end: number;
  readonly neurons: Record<string, NeuronType>;
  readonly synapses: Record<string, SynapseType>;
  populations: Record<string, Population>;
  projections: Record<string, Projection>;
  readonly stimuli: Record<string, Stimulus>;
  /** Variables that are recorded, by population or projection. */
  readonly recorded: ReadonlyMap<string, ReadonlySet<string>>;
  /** Variables of cells that replace variables of synapses, by projection. */
  readonly sums: Map<string, ReadonlyMap<string, string>>;
  /** Outputs of generators that are stimuli now, by the generators' populations. */
  readonly injected: Map<string, readonly Injected[]>;
  /**
   * Variables that phases and operations change, as `population.variable` and `projection.variable`. They stay
   * unchanged.
   */
  readonly changed: ReadonlySet<string>;
}

/** The output of one element of a generator, which a stimulus gives to a cell now. */
export interface Injected {
  readonly element: number;
  readonly stimulus: string;
  /** The cell. */
  readonly of: SelectionRule;
}

/** Returns the initial state. */
export function gatheringOf(valid: ValidModel, report: ConversionReport, stage: string): Gathering {
  const { model } = valid;
  const recorded = new Map<string, Set<string>>();
  for (const recording of model.recordings) {
    const { of } = recording;
    const variables = isRecording(recording, 'variables') ? recording.variables : [];
    for (const owner of isSelection(of, 'synapses') ? [of.projection] : populationsOf(of))
      recorded.set(owner, new Set([...(recorded.get(owner) ?? []), ...variables]));
  }
  return {
    valid,
    model,
    report,
    stage,
    dt: model.experiment.dt,
    end: endOf(model.experiment.protocol) || Infinity,
    neurons: { ...model.neurons },
    synapses: { ...model.synapses },
    populations: { ...model.populations },
    projections: { ...model.projections },
    stimuli: { ...model.stimuli },
    recorded,
    sums: new Map(),
    injected: new Map(),
    changed: changedNames(model),
  };
}
