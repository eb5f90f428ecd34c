/** A model while it is rewritten in the forms of other notations, and queries that several of its parts need. */

import { parseExpression } from '../../lang/parse.js';
import { endOf, isGiven, isRecording, isSelection } from '../../model/tagged.js';
import { numbersOf } from '../../model/arrays.js';
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
  Value,
} from '../../model/model.js';
import { populationsOf, wholePopulation } from '../../model/selected.js';
import { changedNames } from '../../model/changed.js';
import { environmentOf } from '../recognise/values.js';

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
  /** End of the protocol, in s. */
  readonly end: number;
  readonly neurons: Record<string, NeuronType>;
  readonly synapses: Record<string, SynapseType>;
  populations: Record<string, Population>;
  projections: Record<string, Projection>;
  readonly stimuli: Record<string, Stimulus>;
  /** Variables that are recorded, by population or projection. */
  readonly recorded: Map<string, Set<string>>;
  /** Variables of cells that replace variables of synapses, by projection. */
  readonly sums: Map<string, ReadonlyMap<string, string>>;
  /** Outputs of generators that are stimuli now, by the generators' populations. */
  readonly injected: Map<string, readonly Injected[]>;
  /** Variables that phases and operations change, as `population.variable` and `projection.variable`. They stay unchanged. */
  readonly changed: ReadonlySet<string>;
}

/** The output of one element of a generator, which a stimulus gives to a cell now. */
export interface Injected {
  readonly element: number;
  /** The variable of the generator. */
  readonly output: string;
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
    end: endOf(model.experiment.protocol),
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

/** Checks whether phases or operations change a variable of a population or projection. */
export const isChanged = ({ changed }: Gathering, owner: string): boolean =>
  [...changed].some((one) => one.startsWith(`${owner}.`));

/** Returns the projections that have a population as their only source, with their names. */
export function projectionsFrom(gathering: Gathering, name: string): readonly (readonly [string, Projection])[] {
  return Object.entries(gathering.projections).filter(([, { from }]) => wholePopulation(from.of) === name);
}

/** Returns the variable of its source that a projection adds between spikes, if it adds only one and receives no events. */
export function outputOf(
  gathering: Gathering,
  { synapse }: Projection,
): { readonly target: string; readonly variable: string } | undefined {
  const type = gathering.synapses[synapse];
  if (type === undefined || Object.keys(type.pathways).length > 0) return undefined;
  const [[target, text] = ['', ''], second] = Object.entries(type.contributes);
  if (second !== undefined || !target.startsWith('post.')) return undefined;
  const e = text === '' ? undefined : parseExpression(text);
  return e?.kind === 'name' && e.name.startsWith('pre.')
    ? { target, variable: e.name.slice('pre.'.length) }
    : undefined;
}

/** Returns numbers of one element of a population. */
export function numbersOfElement(
  gathering: Gathering,
  type: NeuronType,
  population: Population,
  element: number,
): ReadonlyMap<string, number> {
  const values = Object.fromEntries(
    Object.entries(type.parameters).map(([key, { value }]) => [key, population.values[key] ?? value] as const),
  );
  const own = Object.fromEntries(
    Object.entries(values).map(([key, value]): [string, Value] => {
      if (isGiven(value)) return [key, numbersOf(value.array, gathering.valid.data)[element] ?? NaN];
      return [key, value];
    }),
  );
  return environmentOf({ ...own, i: element }, gathering.valid.data).numbers;
}
