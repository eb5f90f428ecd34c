/** A model on its way to the forms of other notations, and what several of its parts ask. */

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

/** A model of which parts have been gathered: what it was, and what its parts are now, by their names. */
export interface Gathering {
  readonly valid: ValidModel;
  /** As it was. */
  readonly model: Model;
  readonly report: ConversionReport;
  /** First part of the report's codes. */
  readonly stage: string;
  /** Whether the same function matters more than few equations. */
  readonly strict: boolean;
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
  /** Variables of cells that stand for those of synapses, by projection. */
  readonly sums: Map<string, ReadonlyMap<string, string>>;
  /** What has the variables of a population now, by population and variable. */
  readonly elsewhere: Map<string, Map<string, SelectionRule>>;
  /** What generators emitted that are stimuli now, by their populations. */
  readonly injected: Map<string, readonly Injected[]>;
  /** Types of neurons that are PyNN's own, not those of the model. */
  readonly standard: Set<string>;
  /** Projections whose synapses are advanced before what they add is summed, so that it is as in LEMS. */
  readonly early: Set<string>;
  /** Projections whose spikes are delivered before their cells are advanced, in the step in which these feel them. */
  readonly prompt: Set<string>;
  /** Projections whose sources spike behind the step of their synapses, which are felt a step later. */
  readonly late: Set<string>;
  /** Projections whose synapses read other cells all the time, as in LEMS. */
  readonly contacts: Set<string>;
  /** Populations of which variables are recorded that follow sums over synapses. */
  readonly shownSums: Set<string>;
  /** Variables that add up the time as LEMS does, by their types of neurons. */
  readonly summedTimes: Map<string, string>;
  /** What phases and operations change, as `population.variable` and `projection.variable`: it stays what it is. */
  readonly changed: ReadonlySet<string>;
}

/** What an element of a generator emitted, which a stimulus gives to a cell now. */
export interface Injected {
  readonly element: number;
  /** The variable of the generator. */
  readonly output: string;
  readonly stimulus: string;
  /** The cell. */
  readonly of: SelectionRule;
}

/** Nothing gathered yet. */
export function gatheringOf(valid: ValidModel, report: ConversionReport, stage: string, strict = false): Gathering {
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
    strict,
    dt: model.experiment.dt,
    end: endOf(model.experiment.protocol),
    neurons: { ...model.neurons },
    synapses: { ...model.synapses },
    populations: { ...model.populations },
    projections: { ...model.projections },
    stimuli: { ...model.stimuli },
    recorded,
    sums: new Map(),
    elsewhere: new Map(),
    injected: new Map(),
    standard: new Set(),
    early: new Set(),
    prompt: new Set(),
    late: new Set(),
    contacts: new Set(),
    shownSums: new Set(),
    summedTimes: new Map(),
    changed: changedNames(model),
  };
}

/** Whether phases or operations change a variable of a population or projection. */
export const isChanged = ({ changed }: Gathering, owner: string): boolean =>
  [...changed].some((one) => one.startsWith(`${owner}.`));

/** Projections whose only source is a population, with their names. */
export function projectionsFrom(gathering: Gathering, name: string): readonly (readonly [string, Projection])[] {
  return Object.entries(gathering.projections).filter(([, { from }]) => wholePopulation(from.of) === name);
}

/** What a projection adds between spikes, where it adds one variable of its source and hears nothing. */
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

/** Numbers of one element of a population. */
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

/** Whether cells read a generator's current after its own step, which is 1, or before, 0; undefined: some of both. */
export function leadOf(
  gathering: Gathering,
  name: string,
  projections: readonly (readonly [string, Projection])[],
): number | undefined {
  const order = new Map(
    Object.entries(gathering.model.populations)
      .sort(([a, x], [b, y]) => x.order - y.order || (a < b ? -1 : 1))
      .map(([one], k) => [one, k] as const),
  );
  const leads = new Set(
    projections.map(([, { to }]) => ((order.get(name) ?? 0) < (order.get(wholePopulation(to.of) ?? '') ?? 0) ? 1 : 0)),
  );
  return leads.size === 1 ? [...leads][0] : undefined;
}
