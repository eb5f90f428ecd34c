/**
 * Rewrites types made of a tree of components as people would write them. Unread variables go, constants become
 * numbers, channels have few equations, and variables have their usual names.
 */

import { name as named } from '../../lang/build.js';
import { foldConstants } from '../../lang/fold.js';
import { nameOf } from '../../lang/pattern.js';
import { longUnitName } from '../../lang/units.js';
import { namesIn, substitute } from '../../lang/walk.js';
import { mapped } from '../../model/collections.js';
import { declaredNames, ownNames } from '../../model/declared-names.js';
import { populationsOf } from '../../model/selected.js';
import {
  contentOf,
  expressionsIn,
  withExpressions,
  type Model,
  type NeuronType,
  type Population,
} from '../../model/typed.js';
import { channelsOf, type Channel } from './channels.js';
import { folded, pruned, withoutZeros } from './folded.js';
import { withSequence } from './in-steps.js';
import { inlined, perArea, withoutVariables } from './inlined.js';
import { namesOutside, withNames, type NamesOutside } from './renamed.js';
import { transitionNames } from './transitions.js';
import { usualNames } from './usual-names.js';

/** Names that simulators reserve for compartments. */
const ofCompartments = ['v', 'Im', 'Cm', 'Ri', 'area', 'length', 'diameter', 'distance', 'volume'];

/**
 * Returns the model with such types; names that code outside a type reads stay.
 *
 * @param inSteps  whether parts of types are advanced one after another as before, so that all values are the same up
 *   to rounding; else all of a type is advanced at once
 */
export function readable(model: Model, { inSteps = false } = {}): Model {
  const outside = namesOutside(model);
  const none: NamesOutside = { fixed: new Set(), read: new Set(), recorded: new Set() };
  const linked = new Set(
    Object.values(model.populations).flatMap((population) =>
      Object.keys(population.linked ?? {}).length === 0 ? [] : [population.type],
    ),
  );
  const types = mapped(model.neurons, (type, id) => {
    // The time at which variables of other cells change cannot be known from a type.
    if (inSteps && linked.has(id)) return { type, names: new Map<string, string>() };
    const own = outside.get(id) ?? none;
    const fixed = new Set([...own.fixed, ...(type.cable ? ofCompartments : [])]);
    const [given, recorded] = inSteps ? [type, none.recorded] : [withoutSequence(type), own.recorded];
    const made = plainType(given, { ...own, recorded, fixed }, (input) => hasSynapses(model, id, input));
    return inSteps ? { ...made, type: canonical(made.type) } : made;
  });
  const names = new Map(Object.entries(types).map(([id, { names }]) => [id, names] as const));
  const neurons = mapped(types, ({ type }) => type);
  const populations = mapped(model.populations, (one) => withoutUnreadLinks(one, neurons[one.type ?? '']));
  return withNames({ ...model, neurons, populations, synapses: mapped(model.synapses, withoutZeros) }, names);
}

/** Returns a population without links of unread parameters that its type no longer has. */
function withoutUnreadLinks(population: Population, type: NeuronType | undefined): Population {
  const { linked, ...rest } = population;
  if (linked === undefined || type === undefined) return population;
  const read = Object.entries(linked).filter(([key]) => Object.hasOwn(type.parameters, key));
  return read.length === 0 ? rest : { ...rest, linked: Object.fromEntries(read) };
}

/** Checks whether synapses add to an input of cells of a type. */
const hasSynapses = ({ projections, populations, synapses }: Model, type: string, input: string): boolean =>
  Object.values(projections).some(
    ({ to, synapse }) =>
      synapses[synapse]?.contributes.some(
        ({ to }) => to.kind === 'end' && to.end === 'post' && to.variable === input,
      ) && populationsOf(to.of).some((name) => populations[name]?.type === type),
  );

/** Returns a type in few equations, and the names that its variables should have. */
function plainType(
  type: NeuronType,
  { fixed, read, recorded }: NamesOutside,
  hasSynapses: (input: string) => boolean,
): { readonly type: NeuronType; readonly names: ReadonlyMap<string, string> } {
  const all = new Set([type.parameters, type.state, type.derived].flatMap((map) => Object.keys(map)));
  const channels = channelsOf(all);
  const second = secondNames(type, new Set([...fixed, ...read]), recorded);
  const whole = withoutSecondNames(type, second);
  const outside = new Set([...fixed, ...[...read].filter((name) => !second.has(name)), ...second.values()]);
  const settled = withoutAliases(folded(folded(whole, outside), outside), outside);
  const short = withSequence(pruned(settled, outside));
  const made = channels.length === 0 ? short : inChannels(short, whole, channels, outside, settled.parameters);
  // Units in expressions, and names outside that equal units.
  const units = expressionsIn(made).flatMap((e) => [...namesIn(e)].filter((name) => !all.has(name)));
  const taken = new Set([...fixed, ...units.filter((name) => longUnitName(name) === undefined)]);
  const pool = /^(.+)_concentration$/.exec(origin('caConc', type))?.[1];
  const transitions = transitionNames(whole, (name) => origin(name, whole));
  const meaning = { channels, transitions, hasSynapses, ...(pool === undefined ? {} : { calcium: pool }) };
  const names = usualNames(made, meaning, fixed, taken);
  const others = [...second].map(([name, first]) => [name, names.get(first) ?? first] as const);
  return { type: made, names: new Map([...names, ...others]) };
}

/** Returns a type in the canonical syntax, with numbers in SI units. */
function canonical(type: NeuronType): NeuronType {
  const known = declaredNames(type);
  return withExpressions(type, (e) => foldConstants(e, undefined, (name) => known.has(name)));
}

const withoutSequence = ({ sequence: _, ...type }: NeuronType): NeuronType => type;

/** Returns a type without second names for variables, if they have equal values. */
const withoutAliases = (type: NeuronType, outside: ReadonlySet<string>): NeuronType => {
  const known = ownNames(type);
  return withoutVariables(
    type,
    (name) => !outside.has(name) && known.has(nameOf(type.derived[name]?.value)),
    (e) => e,
  );
};

/** Returns the variable that another name is for, through others. */
function origin(name: string, { derived, state, parameters }: NeuronType): string {
  const value = nameOf(derived[name]?.value);
  return [derived, state, parameters].some((map) => Object.hasOwn(map, value))
    ? origin(value, { derived, state, parameters } as NeuronType)
    : name;
}

/** Returns a type whose expressions read variables under other names. */
function renamedIn(type: NeuronType, names: ReadonlyMap<string, string>): NeuronType {
  const put = new Map([...names].map(([name, other]) => [name, named(other)] as const));
  return withExpressions(type, (e) => substitute(e, put));
}

/** Returns recorded second names for unrecorded variables, with the variables that they name. */
function secondNames(
  type: NeuronType,
  outside: ReadonlySet<string>,
  recorded: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const name of recorded) {
    const first = origin(name, type);
    if (first !== name && !outside.has(first) && ![...found.values()].includes(first)) found.set(name, first);
  }
  return found;
}

function withoutSecondNames(type: NeuronType, second: ReadonlyMap<string, string>): NeuronType {
  if (second.size === 0) return type;
  const derived = Object.fromEntries(Object.entries(type.derived).filter(([name]) => !second.has(name)));
  return renamedIn({ ...type, derived }, second);
}

/** Returns a type with one variable for the equal factors for the temperature at all of its gates. */
function withOneFactor(type: NeuronType, outside: ReadonlySet<string>): NeuronType {
  const isFactor = (name: string): boolean => /_(?:q10Settings_q10|conductanceScaling_factor)$/.test(name);
  const first = new Map<string, string>();
  const same = new Map<string, string>();
  for (const [name, { value }] of Object.entries(type.derived)) {
    if (!isFactor(name) || outside.has(name)) continue;
    const one = first.get(contentOf(value));
    if (one === undefined) first.set(contentOf(value), name);
    else same.set(name, one);
  }
  if (same.size === 0) return type;
  const derived = Object.fromEntries(Object.entries(type.derived).filter(([name]) => !same.has(name)));
  return renamedIn({ ...type, derived }, same);
}

/** Returns a type with few equations for each of its channels. */
function inChannels(
  type: NeuronType,
  before: NeuronType,
  channels: readonly Channel[],
  outside: ReadonlySet<string>,
  numbers: NeuronType['parameters'],
): NeuronType {
  const few = withOneFactor(inlined(type, channels, outside), outside);
  const made = type.cable ? few : perArea(few, before, numbers, (name) => outside.has(name));
  return withSequence(pruned(made, outside));
}
