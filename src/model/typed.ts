/**
 * The typed form of the normalised model, which everything downstream reads: members of unions carry their `kind`. The
 * written form (`model.ts`) stays the one that is hashed and written. One table of the differing members converts
 * between the two forms.
 */

import { populationsOf } from './selected.js';
import { taggedSelection } from './tagged.js';
import type { Expression, Statement, Side, Reference } from '../lang/ast.js';
import { referenceOf, spelling } from '../lang/reference.js';
import { expressionsOf, mapStatement, namesIn, referencesIn } from '../lang/walk.js';
import type * as written from './model.js';
import type { Form } from './model.js';

export type {
  Clock,
  DataReference,
  DataStore,
  GivenValues,
  Input,
  IntegrationMethod,
  Ion,
  Part,
  SpikeTrain,
  Table,
  TimingProfile,
  ValueType,
} from './model.js';

/** The form that defines meaning. */
export interface Typed extends Form {
  /** Members of unions carry their `kind`. */
  readonly tagged: true;
  readonly expression: Expression;
  readonly statement: Statement;
  readonly formula: Formula;
  readonly event: EndEvent;
  readonly sums: readonly Sum[];
}

/** An event that elements of an end of a synapse emit. */
export interface EndEvent {
  readonly end: Side;
  /** `spike`, or the name of another. */
  readonly event: string;
}

/** A sum over the synapses of an element. */
export interface Sum {
  /** A variable of an end, or a port that stands for one. */
  readonly to: Reference;
  /** Expression that each synapse adds. */
  readonly value: Expression;
}

/** A value that is computed for each element. */
export interface Formula {
  readonly kind: 'expression';
  readonly expression: Expression;
}

/** Checks whether an object is a tree of code, rather than a map with an entry named `span`. */
const isCode = (part: object): part is Expression | Statement =>
  'span' in part && typeof part.span === 'object' && 'kind' in part && typeof part.kind === 'string';

const isStatement = (code: Expression | Statement): code is Statement =>
  code.kind === 'assignment' || code.kind === 'send';

/** Returns all expressions of a part of a model, including expressions in its statements. */
export function expressionsIn(part: unknown): readonly Expression[] {
  if (part === null || typeof part !== 'object') return [];
  if (isCode(part)) return isStatement(part) ? expressionsOf(part) : [part];
  const parts: readonly unknown[] = Object.values(part);
  return typeof parts[0] === 'number' && Array.isArray(part) ? [] : parts.flatMap(expressionsIn);
}

/**
 * Returns a part of a model with every expression changed, including expressions in its statements.
 *
 * @param changeStatement  changes a whole statement; absent: only its expressions change
 */
export function withExpressions<T>(
  part: T,
  change: (e: Expression) => Expression,
  changeStatement: (statement: Statement) => Statement = (statement) => mapStatement(statement, change),
): T {
  const walk = (one: unknown): unknown => {
    if (one === null || typeof one !== 'object' || ArrayBuffer.isView(one)) return one;
    if (isCode(one)) return isStatement(one) ? changeStatement(one) : change(one);
    if (Array.isArray(one)) return typeof one[0] === 'number' ? one : one.map(walk);
    return Object.fromEntries(Object.entries(one).map(([key, member]: [string, unknown]) => [key, walk(member)]));
  };
  return walk(part) as T;
}

/** Returns a text that is the same for parts of models that differ only in the places of their code. */
export const contentOf = (part: unknown): string =>
  JSON.stringify(part, (key, value: unknown) => (key === 'span' || key === 'targetSpan' ? undefined : value));

/** Returns all statements of a part of a model. */
export function statementsIn(part: unknown): readonly Statement[] {
  if (part === null || typeof part !== 'object') return [];
  if (isCode(part)) return isStatement(part) ? [part] : [];
  const parts: readonly unknown[] = Object.values(part);
  return typeof parts[0] === 'number' && Array.isArray(part) ? [] : parts.flatMap(statementsIn);
}

/**
 * Returns the names in a part of a model, apart from keys and units: variables that its code reads and writes (`v`,
 * `post.v`), and names in lists and members.
 */
export function namesOf(part: unknown, found = new Set<string>()): ReadonlySet<string> {
  if (typeof part === 'string') found.add(part);
  if (part === null || typeof part !== 'object') return found;
  if (isCode(part)) {
    if (part.kind === 'assignment') found.add(part.target);
    if (part.kind === 'send') found.add(part.port);
    for (const e of expressionsIn(part)) for (const name of namesIn(e)) found.add(name);
  } else if (isReference(part)) found.add(spelling(part));
  else if (!(Array.isArray(part) && typeof part[0] === 'number') && !ArrayBuffer.isView(part))
    for (const [key, member] of Object.entries(part)) if (key !== 'unit') namesOf(member, found);
  return found;
}

/** Returns the variables of ends that a part of a model reads or writes. */
export const endsIn = (part: unknown): readonly Extract<Reference, { readonly kind: 'end' }>[] =>
  [...namesOf(part)].map(referenceOf).filter((reference) => reference.kind === 'end');

const isReference = (part: Partial<Reference>): part is Reference => part.kind === 'own' || part.kind === 'end';

/** Checks whether code of a part of a model reads a variable, of its own or of an end. */
export const readsVariable = (part: unknown, variable: string): boolean =>
  expressionsIn(part).some((e) => referencesIn(e).some((reference) => reference.variable === variable));

/** Returns the expression of a computed value; undefined for numbers, arrays and draws. */
export const formulaOf = (value: Value): Expression | undefined =>
  typeof value === 'object' && value.kind === 'expression' ? value.expression : undefined;

/** Returns a computed value. */
export const formula = (expression: Expression): Formula => ({ kind: 'expression', expression });

/** A value for each element, its expression parsed. */
export type Value = written.Value<Typed>;
/** A draw by a named generator, the transformation of the number parsed. */
export type DrawnValues = written.DrawnValues<Typed>;
/** A parameter of a type, its default parsed. */
export type Parameter = written.Parameter<Typed>;
/** A state variable, its first value parsed. */
export type StateVariable = written.StateVariable<Typed>;
/** A derived variable, its expression parsed. */
export type DerivedVariable = written.DerivedVariable<Typed>;
/** A differential equation, its rate parsed. */
export type Derivative = written.Derivative<Typed>;
/** Members common to all types, code parsed. */
export type EquationSet = written.EquationSet<Typed>;
/** A section of a cell, which holds no code. */
export type Section = written.Section;
/** The structure of a cell, the code of its mechanisms parsed. */
export type Compartments = written.Compartments<Typed>;
export type CableTree = written.CableTree<Typed>;
/** A channel, leak or pool on sections, its code parsed. */
export type Mechanism = written.Mechanism<Typed>;
/** Suppression after an event, its duration or condition parsed. */
export type Refractory = written.Refractory<Typed>;
/** A condition with actions, both parsed. */
export type EventDefinition = written.EventDefinition<Typed>;
/** A LEMS regime, its rates, conditions and actions parsed. */
export type Regime = written.Regime<Typed>;
/** A type of cell, its code parsed. */
export type NeuronType = written.NeuronType<Typed>;
/** Actions of an event on a synapse, its statements parsed. */
export type Pathway = written.Pathway<Typed>;
/** A condition on a synapse's variables, with its actions parsed. */
export type LocalEvent = written.LocalEvent<Typed>;
/** A type of synapse, its code parsed. */
export type SynapseType = written.SynapseType<Typed>;
/** A layout of elements in space, its arguments parsed. */
export type Structure = written.Structure<Typed>;
/** Given places, or a layout; `kind` tells which. */
export type Positions = written.Positions<Typed>;
/** A spike train, or the file that has it; `kind` tells which. */
export type Spikes = written.Spikes<Typed>;
/** A population, its values parsed. */
export type Population = written.Population<Typed>;
/** A set of elements; `kind` tells how it is chosen. */
export type SelectionRule = written.SelectionRule<Typed>;
/** Places on cells, one for each synapse or element, expressions parsed. */
export type Places = written.Places<Typed>;
/** The variable that a parameter is linked to, expressions parsed. */
export type Link = written.Link<Typed>;
/** One end of a projection, its selection tagged. */
export type End = written.End<Typed>;
/** A rule of connection, its conditions and probabilities parsed; `rule` tells which. */
export type ConnectionRule = written.ConnectionRule<Typed>;
/** A projection, its values and delays parsed. */
export type Projection = written.Projection<Typed>;
/** A Poisson input or a current, its weight or value parsed. */
export type Stimulus = written.Stimulus<Typed>;
/** Statements run at intervals, parsed. */
export type Operation = written.Operation<Typed>;
/** A recording; `kind` tells whether it is of events, variables or rate. */
export type Recording = written.Recording<Typed>;
/** A step of the protocol, its code parsed; `kind` tells which. */
export type Phase = written.Phase<Typed>;
/** An entire model, its code parsed and members of its unions tagged. */
export type Model = written.Model<Typed>;
/** A validated model in this form, with its large arrays. */
export type ValidModel = written.ValidModel<Typed>;
/** Result of normalising. */
export type WrittenModel = written.ValidModel;

/** Returns the populations or the projection that a selection is of. */
export function ownersOf(rule: written.SelectionRule | SelectionRule): readonly string[] {
  const selection = taggedSelection(rule as written.SelectionRule);
  return selection.kind === 'synapses' ? [selection.projection] : populationsOf(selection);
}

/** Checks whether a type is one of neurons. */
export const isNeuronType = <F extends Form>(
  type: written.NeuronType<F> | written.SynapseType<F>,
): type is written.NeuronType<F> => 'regimes' in type;
