/** A model while it is rewritten in the forms of other notations. */

import type { ConversionReport } from '../../model/conversion-report.js';
import {
  ownersOf,
  type Model,
  type NeuronType,
  type Population,
  type Projection,
  type SelectionRule,
  type Stimulus,
  type SynapseType,
  type ValidModel,
} from '../../model/typed.js';
import { changedNames } from '../../model/changed.js';
import { populationsOf, wholePopulation } from '../../model/selected.js';
import { endOf } from '../../model/tagged.js';

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
  readonly populations: Record<string, Population>;
  readonly projections: Record<string, Projection>;
  readonly stimuli: Record<string, Stimulus>;
  /** References to each population in the original model. Rewriting removes some, and adds none. */
  readonly references: ReadonlyMap<string, References>;
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

/** Parts of a model that refer to a population, by name. */
export interface References {
  /** Projections to it or to a part of it. */
  readonly incoming: string[];
  /** Projections from all of it. */
  readonly outgoing: string[];
  /** Populations with variables that are its variables. */
  readonly linked: string[];
}

/** The output of one element of a generator, which a stimulus gives to a cell now. */
export interface Injected {
  readonly element: number;
  readonly stimulus: string;
  /** The cell. */
  readonly of: SelectionRule;
}

/** Returns, by population, what refers to it, from one walk over a model. */
function referencesIn({ populations, projections }: Model): ReadonlyMap<string, References> {
  const references = new Map(
    Object.keys(populations).map((name): [string, References] => [name, { incoming: [], outgoing: [], linked: [] }]),
  );
  for (const [name, { linked = {} }] of Object.entries(populations))
    for (const { population } of Object.values(linked)) references.get(population)?.linked.push(name);
  for (const [name, { from, to }] of Object.entries(projections)) {
    for (const population of populationsOf(to.of)) references.get(population)?.incoming.push(name);
    references.get(wholePopulation(from.of) ?? '')?.outgoing.push(name);
  }
  return references;
}

/** Returns the initial state. */
export function gatheringOf(valid: ValidModel, report: ConversionReport, stage: string): Gathering {
  const { model } = valid;
  const recorded = new Map<string, Set<string>>();
  for (const recording of model.recordings) {
    const variables = recording.kind === 'variables' ? recording.variables : [];
    for (const owner of ownersOf(recording.of))
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
    references: referencesIn(model),
    recorded,
    sums: new Map(),
    injected: new Map(),
    changed: changedNames(model),
  };
}
