/** State of a model while its parts get standard types, and queries that several parts need. */

import { numbersOf } from '../../../model/arrays.js';
import { callsIn, namesIn } from '../../../lang/walk.js';
import { isRandom } from '../../../lang/functions.js';
import { ConversionReport } from '../../../model/conversion-report.js';
import {
  contentOf,
  formulaOf,
  type GivenValues,
  type Model,
  type NeuronType,
  type Population,
  type Projection,
  type SelectionRule,
  type Stimulus,
  type SynapseType,
  type ValidModel,
  type Value,
} from '../../../model/typed.js';
import { freeName } from '../../../model/free-name.js';
import { selectionSize } from '../../../model/selected.js';
import { typedCell, typedSynapse } from '../../normalised.js';
import { standardCells } from '../../pynn/index.js';
import type { StandardCell, WeightKind } from '../../standard-type.js';
import type { CellUse, RecognisedCell } from '../cells/view.js';
import { namedRule, pairsOf, type Ends } from '../connections.js';
import { valueAt } from '../numbers.js';
import { environmentOf, type Environment } from '../values.js';

/** Representation of a population by a standard cell. */
export interface StandardPopulation {
  readonly cell: RecognisedCell;
  readonly environment: Environment;
  readonly use: CellUse;
}

/** A model on its way to standard types: the parts that have been decided, by their names. */
export interface Standardising {
  readonly valid: ValidModel;
  readonly model: Model;
  readonly report: ConversionReport;
  /** A code of the report. */
  readonly code: (name: string) => string;
  /** Populations that are standard cells. */
  readonly known: Map<string, StandardPopulation>;
  /** Names of the variables of a projection in its standard synapse, with the scale of weights. */
  readonly synapseNames: Map<string, SynapseNames>;
  readonly neurons: Record<string, NeuronType>;
  readonly synapseTypes: Record<string, SynapseType>;
  readonly populations: Record<string, Population>;
  readonly projections: Record<string, Projection>;
  readonly stimuli: Record<string, Stimulus>;
  /** Time step, in s. */
  readonly dt: number;
}

/** Variables of a synapse in its standard type. */
interface SynapseNames {
  readonly names: ReadonlyMap<string, string>;
  /** Name of the standard type. */
  readonly type: string;
  /** Factor of the weights. */
  readonly factor: number;
  /** Sign of all weights, which the receptor has; 0: of both signs. */
  readonly sign: 0 | 1 | -1;
  readonly environment: Environment;
}

/** Checks whether a type is one of PyNN's. */
export const isNamed = (type: { readonly conformsTo?: { readonly type: string } } | undefined): boolean =>
  type?.conformsTo?.type.startsWith('pynn/') === true;

/**
 * Returns the initial state.
 *
 * @param stage  first part of the report's codes
 */
export function standardising(valid: ValidModel, stage: string): Standardising {
  const { model } = valid;
  return {
    valid,
    model,
    report: new ConversionReport(stage),
    code: (name) => `${stage}/${name}`,
    known: new Map(),
    synapseNames: new Map(),
    neurons: {},
    synapseTypes: {},
    populations: {},
    projections: {},
    stimuli: {},
    dt: model.experiment.dt,
  };
}

/** Checks whether a name is used by a population, projection or stimulus, in the model or among earlier decisions. */
export function isTaken(context: Standardising, name: string): boolean {
  const { populations, projections, stimuli } = context.model;
  return [populations, projections, stimuli, context.populations, context.projections].some((map) =>
    Object.hasOwn(map, name),
  );
}

/** Returns number of cells of a selection. */
export function sizeOf(context: Standardising, rule: SelectionRule): number {
  return selectionSize(rule, context.model.populations, context.valid.data);
}

/** Returns the ends of a projection as its rules see them. */
export function endsOf(context: Standardising, { from, to }: Projection): Ends {
  return {
    from: sizeOf(context, from.of),
    to: sizeOf(context, to.of),
    same: contentOf(from.of) === contentOf(to.of),
  };
}

/**
 * Returns a number for each synapse from a value that reads indices. Undefined if it does not read any, or if pairs are
 * not known.
 */
export function listedValue(
  context: Standardising,
  { connect, ...ends }: Projection,
  value: Value,
): (Value & GivenValues) | undefined {
  const e = formulaOf(value);
  if (e === undefined) return undefined;
  const names = [...namesIn(e)];
  if (names.length === 0 || names.some((name) => name !== 'i' && name !== 'j')) return undefined;
  if (callsIn(e).some((call) => isRandom(call.function)) || connect.length !== 1) return undefined;
  const sizes = endsOf(context, { connect, ...ends });
  const [rule] = connect.map((one) => namedRule(one, sizes));
  const pairs = rule && pairsOf(rule, sizes, (array) => numbersOf(array, context.valid.data));
  return (
    pairs && {
      kind: 'array',
      array: pairs.sources.map((i, k) => valueAt(e, (name) => (name === 'i' ? i : (pairs.targets[k] ?? 0)))),
    }
  );
}

/** A population as it is, with its type. */
export function keepPopulation(context: Standardising, name: string, population: Population): void {
  const type = population.type === undefined ? undefined : context.model.neurons[population.type];
  if (population.type !== undefined && type !== undefined) context.neurons[population.type] = type;
  context.populations[name] = population;
}

/** Puts a standard cell among the types, once. Gives its name there. */
export function cellType(context: Standardising, wanted: string, standard: string | StandardCell): string {
  const library = typeof standard === 'string' ? standardCells.get(standard) : standard;
  const type = library && typedCell(library);
  if (type === undefined) return wanted;
  const same = Object.entries(context.neurons).find(([, one]) => one === type);
  if (same !== undefined) return same[0];
  const name = freeName(
    library?.name ?? wanted,
    (one) => Object.hasOwn(context.neurons, one) || Object.hasOwn(context.model.neurons, one),
  );
  context.neurons[name] = type;
  return name;
}

/** Puts a standard synapse among the types, once. Gives its name there. */
export function synapseType(
  context: Standardising,
  wanted: string,
  standard: Parameters<typeof typedSynapse>[0],
  kind: WeightKind,
): string {
  const type = typedSynapse(standard, kind);
  if (type === undefined) return wanted;
  const same = Object.entries(context.synapseTypes).find(([, one]) => contentOf(one) === contentOf(type));
  if (same !== undefined) return same[0];
  const name = freeName(
    wanted,
    (one) => Object.hasOwn(context.synapseTypes, one) || Object.hasOwn(context.model.synapses, one),
  );
  context.synapseTypes[name] = type;
  return name;
}

/** Checks whether the type of a population, as it was, has a parameter or variable of a name. */
export function declaresName(context: Standardising, population: string, name: string): boolean {
  const type = context.model.neurons[context.model.populations[population]?.type ?? ''];
  return [type?.parameters, type?.state, type?.derived].some((map) => map !== undefined && Object.hasOwn(map, name));
}

/** Returns the values that expressions of a synapse read. */
export function synapseEnvironment(type: SynapseType, projection: Projection, { data }: ValidModel): Environment {
  const written = new Set(Object.keys(type.state));
  const values = Object.fromEntries([
    ...Object.entries(type.parameters).map(([key, { value }]) => [key, projection.values[key] ?? value] as const),
    ...Object.entries(type.state).map(([key, { initial }]) => [key, projection.values[key] ?? initial] as const),
  ]);
  const environment = environmentOf(values, data);
  // State changes: it is never a number that holds for good.
  const numbers = new Map([...environment.numbers].filter(([key]) => !written.has(key)));
  const states = [...environment.numbers].filter(([key]) => written.has(key));
  return { ...environment, numbers, varying: new Map([...environment.varying, ...states]) };
}
