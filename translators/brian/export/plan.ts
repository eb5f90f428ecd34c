/** The Brian object of each population and projection, and the spelling of its names. */

import { changedNames } from '../../../src/model/changed.js';
import { partsAt } from '../../../src/model/parts-at.js';
import { grouped } from '../../../src/model/collections.js';
import { populationsOf } from '../../../src/model/selected.js';
import { isSelection, recordedVariables, isGiven } from '../../../src/model/tagged.js';
import {
  expressionsIn,
  isNeuronType,
  ownersOf,
  type DataStore,
  type Model,
  type NeuronType,
  type Operation,
  type Population,
  type Projection,
  type SynapseType,
  type Value,
} from '../../../src/model/typed.js';
import type { Dimension, Expression } from '../../../src/lang/ast.js';
import { parseUnit } from '../../../src/lang/units.js';
import type { Remarks, NameView } from './brian-text.js';
import { variablesInCode } from './brian-text.js';
import { equalExpressions, namesIn } from '../../../src/lang/walk.js';
import { poissonCondition } from '../sources.js';
import { isBuiltIn, isSpatial } from './spatial-type.js';
import { pythonBuiltins, sympyNames } from './sympy-names.js';
import { brianName, noiseName, type ObjectNames } from './naming.js';
import type { Arithmetic } from '../../../src/lang/readable-quantity.js';
import type { ConversionReport } from '../../../src/model/conversion-report.js';
import { coordinateNames } from '../vocabulary.js';

/** Data that all parts of an export share. */
export interface ExportContext {
  readonly model: Model;
  /** Arrays that the model refers to. */
  readonly data: DataStore;
  /** Receives an entry for each part. */
  readonly report: ConversionReport;
  /** Names of Brian objects that are taken. */
  readonly objects: ObjectNames;
  /** Canonical name of a table → Brian's. */
  readonly tables: ReadonlyMap<string, string>;
  /** BinomialFunctions by their canonical calls, which `tables` names. */
  readonly binomials: ReadonlyMap<string, { readonly n: number; readonly p: number }>;
  /** The arithmetic by which readers compute the value of a written quantity. */
  readonly arithmetic: Arithmetic;
}

/** A type with the names that its variables get. */
export interface TypePlan {
  /** Canonical name → Brian's, for all that the type declares. */
  readonly names: ReadonlyMap<string, string>;
  /** Shared parameters that become constants of the namespace. */
  readonly constants: ReadonlySet<string>;
}

/** A population with its object in Brian and the names of its variables. */
export interface GroupPlan extends TypePlan {
  /** Name of the population in the model. */
  readonly id: string;
  /** Name of the object in Brian. */
  readonly name: string;
  /** NeuronGroup, SpatialNeuron, PoissonGroup or SpikeGeneratorGroup. */
  readonly kind: 'neuron' | 'spatial' | 'poisson' | 'generator';
  readonly population: Population;
  /** Its neuron type; absent for sources of given spikes. */
  readonly type?: NeuronType;
  /** How its own code writes names. */
  readonly view: NameView;
}

/** A contiguous part of a population: `P` or `P[0:10]`. */
export interface GroupSlice extends SynapsesEnd {
  readonly group: GroupPlan;
}

/** An end of synapses: a population, a contiguous part of one, or other synapses. */
export interface SynapsesEnd {
  readonly group: GroupPlan | SynapsesPlan;
  /** First element and the one after the last; absent: all. */
  readonly range?: readonly [number, number];
}

/** A projection with the names that its variables get. */
export interface SynapsesPlan extends TypePlan {
  /** Name of the projection in the model. */
  readonly id: string;
  /** Name of the object in Brian. */
  readonly name: string;
  readonly kind: 'synapses';
  readonly projection: Projection;
  readonly type: SynapseType;
  /** Presynaptic end. */
  readonly source: SynapsesEnd;
  /** Postsynaptic end. */
  readonly target: SynapsesEnd;
  /** How its own code writes names, including names of both ends. */
  readonly view: NameView;
}

/** Brian objects of populations and projections. */
export interface Plans {
  /** By population. */
  readonly groups: ReadonlyMap<string, GroupPlan>;
  /** By projection. */
  readonly synapses: ReadonlyMap<string, SynapsesPlan>;
}

/** Returns a receiver of remarks that all concern the part at `pointer`. */
export function remarksAt(report: ConversionReport, pointer: string): Remarks {
  return {
    different: (code, message) => report.different(code, pointer, message),
    convention: (code, message) => {
      report.convention(code, pointer, message);
    },
    notExpressible: (code, message) => report.missing(pointer, message, code),
  };
}

const specials: ReadonlySet<string> = new Set(['t', 'dt', 't_in_timesteps', 'i', 'N']);
const spikeSpecials: ReadonlySet<string> = new Set(['lastspike', 'not_refractory']);
const places: ReadonlySet<string> = new Set(coordinateNames);

/**
 * Prefixes for the places of channels in NeuroML's cells, and for parts of its synapses. Names need not include them.
 */
const partsOfNeuroml = /^(?:biophysicalProperties_membraneProperties|plasticityMechanisms|blockMechanisms)_/;

/** Returns all declarations of a type, without dimensions and types. */
function declaredNames(type: NeuronType | SynapseType): readonly string[] {
  const more = Object.keys(isNeuronType(type) ? type.inputs : type.ports);
  return [...Object.keys(type.parameters), ...Object.keys(type.state), ...Object.keys(type.derived), ...more];
}

/** Returns the plans of all populations. */
export function planGroups(context: ExportContext): ReadonlyMap<string, GroupPlan> {
  return new Map(
    Object.entries(context.model.populations).map(([id, population]) => [id, planGroup(id, population, context)]),
  );
}

function planGroup(id: string, population: Population, context: ExportContext): GroupPlan {
  const pointer = `/populations/${id}`;
  const name = context.objects.claim(id, 'group');
  if (name !== id) context.report.exact(pointer, `called ${name} in Brian`, 'brian/renamed');
  const type = population.type === undefined ? undefined : context.model.neurons[population.type];
  if (type === undefined) {
    const view: NameView = {
      declared: (key) => specials.has(key),
      brian: (key) => key,
      tables: context.tables,
      arithmetic: context.arithmetic,
      derived: () => undefined,
      isEventDriven: () => false,
      dimension: () => undefined,
    };
    return { id, name, kind: 'generator', population, names: new Map(), constants: new Set(), view };
  }
  if (population.type !== id)
    context.report.exact(
      pointer,
      `the neuron type ${population.type} has no name in Brian; when read back, it is called ${name}`,
      'brian/type-name',
    );
  const code = codeOfGroup(id, type, context);
  const constants = new Set(
    Object.keys(type.parameters).filter(
      (key) =>
        isConstant(key, type, population.values, code) &&
        !Object.hasOwn(population.linked ?? {}, key) &&
        !isSeen(id, key, context) &&
        !(isSpatial(type) && isBuiltIn(key, type)),
    ),
  );
  const isEnd = usesOf(context.model).ends.has(id);
  const names = renameAll(
    type,
    'neuron',
    constants,
    pointer,
    context,
    new Set(),
    isEnd ? endAttributes : groupAttributes,
  );
  const view = groupView(type, names, context);
  return {
    id,
    name,
    kind: isPoisson(type, population, names, constants) ? 'poisson' : isSpatial(type) ? 'spatial' : 'neuron',
    population,
    type,
    names,
    constants,
    view,
  };
}

/**
 * Attributes that Brian's operations look up in every group. Brian would take a variable with such a name for the
 * attribute.
 *
 * @source Brian 2.9, `Group.run_regularly`
 */
export const groupAttributes: ReadonlySet<string> = new Set(['source']);

/**
 * The same for its synapses and subgroups.
 *
 * @source Brian 2.9, `Synapses._create_variables` and `Subgroup`
 */
const endAttributes: ReadonlySet<string> = new Set([
  ...groupAttributes,
  'start',
  'stop',
  'variables',
  'record_variables',
]);

/**
 * Arguments of Brian's code templates, which also receive the variables of a group under their names.
 *
 * @source Brian 2.9, `CodeObjectTemplate.__call__` and `create_runner_codeobj`
 */
const templateArguments: ReadonlySet<string> = new Set([
  'self',
  'owner',
  'variables',
  'variable_indices',
  'codeobj_name',
  'get_array_name',
  'scalar_code',
  'vector_code',
]);

/**
 * Chooses names for all variables of a type, and reports new ones.
 *
 * @param constants  parameters that become constants, which may end in _pre or _post
 * @param clashing   names that have another meaning in the code of the type
 * @param attributes  names that variables of a script cannot have here, but constants can
 */
export function renameAll(
  type: NeuronType | SynapseType,
  owner: 'neuron' | 'synapse',
  constants: ReadonlySet<string>,
  pointer: string,
  context: ExportContext,
  clashing: ReadonlySet<string> = new Set(),
  attributes: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, string> {
  const taken = new Set([...context.tables.values(), ...clashing]);
  const names = new Map<string, string>();
  const declared = new Set(declaredNames(type));
  for (const key of declared) {
    const rest = key.replace(partsOfNeuroml, '');
    const short = declared.has(rest) || !/^[A-Za-z]/.test(rest) ? key : rest;
    // In a script, names are symbols of SymPy and names in Python. A name that has another meaning there is replaced.
    const clashes =
      context.arithmetic !== 'decimal' &&
      ((Object.hasOwn(type.derivatives, key) && sympyNames.has(short)) ||
        templateArguments.has(short) ||
        pythonBuiltins.has(short) ||
        (!constants.has(key) && attributes.has(short)));
    const name = brianName(clashes ? `${short}_` : short, owner, taken, constants.has(key));
    if (name !== key) context.report.exact(pointer, `${key} is called ${name} in Brian`, 'brian/renamed');
    names.set(key, name);
    taken.add(name);
  }
  return names;
}

/** Returns the definition of a derived variable, or undefined if it is held over a step. */
export function definitionOf(key: string, { derived }: NeuronType | SynapseType): Expression | undefined {
  const found = Object.hasOwn(derived, key) ? derived[key] : undefined;
  return found === undefined || found.held ? undefined : found.value;
}

/** Returns the dimension of a variable of a type; undefined for other names. */
export function dimensionIn(type: NeuronType | SynapseType, key: string): Dimension | undefined {
  const { parameters, state, derived } = type;
  const found = [parameters, state, derived].find((variables) => Object.hasOwn(variables, key))?.[key];
  return found && parseUnit(found.unit).dimension;
}

function groupView(type: NeuronType, names: ReadonlyMap<string, string>, context: ExportContext): NameView {
  const noise = new Set(type.noise);
  const known = (key: string): boolean =>
    specials.has(key) || spikeSpecials.has(key) || places.has(key) || noise.has(key);
  return {
    declared: (key) => names.has(key) || known(key),
    brian: (key) => {
      const own = names.get(key);
      if (own !== undefined) return own;
      if (noise.has(key)) return noiseName(key, noise.size === 1);
      return places.has(key) ? undefined : key;
    },
    tables: context.tables,
    arithmetic: context.arithmetic,
    derived: (key) => definitionOf(key, type),
    isEventDriven: () => false,
    dimension: (key) => dimensionIn(type, key),
  };
}

// --- Constants ------------------------------------------------------------------------------------------------------

/**
 * Checks whether a parameter can be a constant: it has one value, nothing sets it for single elements, and code reads
 * it.
 */
export function isConstant(
  key: string,
  type: NeuronType | SynapseType,
  values: Readonly<Record<string, Value>>,
  code: ReadonlySet<string>,
): boolean {
  const parameter = type.parameters[key];
  return (
    parameter !== undefined &&
    parameter.shared &&
    (typeof parameter.value === 'number' || parameter.value.kind === 'expression') &&
    values[key] === undefined &&
    code.has(key)
  );
}

/** How a model uses its populations. */
interface Uses {
  /** Owners at the ends of projections. */
  readonly ends: ReadonlySet<string>;
  /** Statements of operations on synapses, by projection. */
  readonly ofSynapses: ReadonlyMap<string, readonly Operation[]>;
  /** Variables that the protocol changes or that are recorded, as `population.variable`. */
  readonly variables: ReadonlySet<string>;
}

const uses = new WeakMap<Model, Uses>();

/** Returns how a model uses its populations, from one walk over it. */
function usesOf(model: Model): Uses {
  const known = uses.get(model);
  if (known !== undefined) return known;
  const ends = Object.values(model.projections).flatMap(({ from, to }) => [...ownersOf(from.of), ...ownersOf(to.of)]);
  const recorded = model.recordings.flatMap((recording) =>
    populationsOf(recording.of).flatMap((id) => recordedVariables(recording).map((key) => `${id}.${key}`)),
  );
  const found: Uses = {
    ends: new Set(ends),
    ofSynapses: grouped(Object.values(model.operations), ({ on }) =>
      isSelection(on, 'synapses') ? [on.projection] : [],
    ),
    variables: new Set([...changedNames(model), ...recorded]),
  };
  uses.set(model, found);
  return found;
}

/** Returns names in all texts that run repeatedly. */
function codeOfGroup(id: string, type: NeuronType, context: ExportContext): ReadonlySet<string> {
  const { stimuli, operations } = partsAt(context.model, id);
  const { derived, derivatives, events } = type;
  const conditions = Object.values(events).map(({ when, refractory }) => [when, refractory]);
  const inputs = stimuli.map(([, stimulus]) => (stimulus.kind === 'poisson' ? stimulus.weight : stimulus.value));
  const code = [
    ...Object.values(events).flatMap((event) => event.do),
    ...operations.flatMap(([, operation]) => operation.do),
  ];
  return new Set([...namesRead([derived, derivatives, conditions, inputs]), ...variablesInCode(code)]);
}

/** Returns names in the texts of a synapse type and of operations on it that run repeatedly. */
export function codeOfSynapses(id: string, type: SynapseType, context: ExportContext): ReadonlySet<string> {
  const { derived, derivatives, summed, contributes } = type;
  const code = [
    ...Object.values(type.pathways).flatMap((pathway) => pathway.do),
    ...(usesOf(context.model).ofSynapses.get(id) ?? []).flatMap((operation) => operation.do),
  ];
  return new Set([...namesRead([derived, derivatives, summed, contributes]), ...variablesInCode(code)]);
}

/** Returns the names that expressions of a part of a model read. */
const namesRead = (part: unknown): readonly string[] => expressionsIn(part).flatMap((e) => [...namesIn(e)]);

/**
 * Checks whether synapses read a variable at this end, the protocol changes it, or it is recorded. They cannot access a
 * constant.
 */
function isSeen(id: string, key: string, context: ExportContext): boolean {
  return usesOf(context.model).variables.has(`${id}.${key}`) || seenBySynapses(id, key, context);
}

/** Checks whether synapses read a variable of this owner, which is at one of their ends. */
export const seenBySynapses = (id: string, key: string, context: ExportContext): boolean =>
  namesSeenBySynapses(context).get(id)?.has(key) === true;

const seen = new WeakMap<Model, ReadonlyMap<string, ReadonlySet<string>>>();

/** Returns variables that synapses read at their ends, by the population or projection that has them. */
function namesSeenBySynapses(context: ExportContext): ReadonlyMap<string, ReadonlySet<string>> {
  const { model } = context;
  const known = seen.get(model);
  if (known !== undefined) return known;
  const found = new Map<string, Set<string>>();
  for (const [id, projection] of Object.entries(model.projections)) {
    const type = model.synapses[projection.synapse];
    if (type === undefined) continue;
    const { connect, values, delays } = projection;
    const names = [...codeOfSynapses(id, type, context), ...namesRead([connect, values, delays])];
    for (const [end, { of }] of [
      ['pre.', projection.from],
      ['post.', projection.to],
    ] as const) {
      const read = names.filter((name) => name.startsWith(end)).map((name) => name.slice(end.length));
      for (const owner of ownersOf(of)) found.set(owner, new Set([...(found.get(owner) ?? []), ...read]));
    }
  }
  seen.set(model, found);
  return found;
}

/**
 * Checks whether a type equals a PoissonGroup: at most one spike a step with the probability rates*dt, and no other
 * behaviour.
 */
function isPoisson(
  type: NeuronType,
  population: Population,
  names: ReadonlyMap<string, string>,
  constants: ReadonlySet<string>,
): boolean {
  const events = Object.entries(type.events);
  const [first] = events;
  if (events.length !== 1 || first === undefined || first[0] !== 'spike') return false;
  const spike = first[1];
  const plain =
    equalExpressions(spike.when, poissonCondition) &&
    spike.do.length === 0 &&
    spike.refractory === undefined &&
    spike.edge === 'level' &&
    spike.slot === undefined &&
    spike.emits === undefined &&
    spike.multiplicity === undefined;
  const nothingElse = Object.keys(type.derivatives).length === 0 && Object.keys(type.inputs).length === 0;
  const others = [...Object.keys(type.state), ...Object.keys(type.derived)].filter((key) => key !== 'rates');
  const parameters = Object.keys(type.parameters).filter((key) => key !== 'rates' && !constants.has(key));
  const value = population.values['rates'] ?? type.parameters['rates']?.value ?? type.state['rates']?.initial;
  const known = type.derived['rates'] !== undefined || typeof value === 'number' || isGiven(value);
  return (
    plain && nothingElse && others.length === 0 && parameters.length === 0 && names.get('rates') === 'rates' && known
  );
}
