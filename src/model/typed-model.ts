/** Converts the written form of a model to the typed one and back, by one table of the differing members. */

import { invariant } from '../diagnostics/diagnostic.js';
import { mapped } from './collections.js';
import { phaseKind, recordingKind, selectionKind, areInFile, isGiven, isPhase, isStructure } from './tagged.js';
import type { Expression, Statement } from '../lang/ast.js';
import { foldConstants } from '../lang/fold.js';
import { parseExpression, parseStatements } from '../lang/parse.js';
import { mapStatement } from '../lang/walk.js';
import { referenceOf, spelling } from '../lang/reference.js';
import { printExpression, printStatement } from '../lang/print.js';
import { isNeuronType } from './typed.js';
import type * as typed from './typed.js';
import type * as written from './model.js';
import * as cells from './shape/cells.js';
import { connectionRules } from './shape/connections.js';
import { operation as operationShape, stimuli } from './shape/drives.js';
import type { ObjectSlot, Reading, Slots } from './shape/form.js';
import { population as populationShape } from './shape/populations.js';
import { projection as projectionShape } from './shape/projections.js';
import { phases, recordings } from './shape/protocol.js';
import { selections } from './shape/selections.js';
import { synapse as synapseShape } from './shape/synapses.js';
import * as values from './shape/values.js';
import { declaredNames, mechanismNames, union, scopesOf, noNames, type Scopes } from './declared-names.js';

/** Converts a part of a model from one form to the other. `names`: names that are declared at its place. */
type Change<A, B> = (part: A, names: ReadonlySet<string>) => B;

type KeyOf<U> = U extends unknown ? keyof U : never;
type At<U, K> = U extends unknown ? (K extends keyof U ? U[K] : never) : never;
type Differs<A, B> = [A] extends [B] ? ([B] extends [A] ? false : true) : true;

/** A change for each member that differs between two forms of an object; the compiler requires all of them. */
type Changes<A, B> = {
  readonly [K in KeyOf<A> & string as Differs<At<A, K>, At<B, K>> extends true ? K : never]-?: Change<
    NonNullable<At<A, K>>,
    NonNullable<At<B, K>>
  >;
};

/** Changes members of an object; absent and null members stay so. */
function members<A extends object, B extends object>(changes: Changes<A, B>): Change<A, B> {
  const entries = Object.entries(changes) as readonly [string, Change<unknown, unknown>][];
  return (part, names) => {
    const made = { ...part } as Record<string, unknown>;
    for (const [key, change] of entries)
      if (made[key] !== undefined && made[key] !== null) made[key] = change(made[key], names);
    return made as B;
  };
}

const record =
  <A, B>(change: Change<A, B>): Change<Readonly<Record<string, A>>, Readonly<Record<string, B>>> =>
  (parts, names) =>
    Object.fromEntries(Object.entries(parts).map(([key, part]) => [key, change(part, names)]));

/** Changes a record with a separate scope for each member. */
const recordBy =
  <A, B>(
    scopeOf: (key: string) => ReadonlySet<string>,
    change: Change<A, B>,
  ): Change<Readonly<Record<string, A>>, Readonly<Record<string, B>>> =>
  (parts) =>
    Object.fromEntries(Object.entries(parts).map(([key, part]) => [key, change(part, scopeOf(key))]));

const list =
  <A, B>(change: Change<A, B>): Change<readonly A[], readonly B[]> =>
  (parts, names) =>
    parts.map((part) => change(part, names));

/** Changes a part that declares other names than its surroundings. */
const within =
  <A, B>(namesOf: (part: A) => ReadonlySet<string>, change: Change<A, B>): Change<A, B> =>
  (part) =>
    change(part, namesOf(part));

const slotsOf = (shapes: Readonly<Record<string, ObjectSlot>>): Readonly<Record<string, Slots>> =>
  mapped(shapes, ({ reading }) => reading.slots);

/** Conversions of the parts that have no parts of their own. */
interface Atoms {
  /** Gives a member of a union its tag, or takes it off. */
  tag<T>(part: object, kind: string): T;
  readonly places: Change<written.ArrayValue, typed.Positions>;
  readonly expression: Change<string, typed.Typed['expression']>;
  readonly statements: Change<readonly string[], readonly typed.Typed['statement'][]>;
  readonly formula: Change<string, typed.Typed['formula']>;
  readonly event: Change<string, typed.Typed['event']>;
  readonly sums: Change<written.Written['sums'], typed.Typed['sums']>;
}

/** Builds the whole change from one form to the other from the places of the differing parts. */
function changeOf({ tag, places, expression, statements, formula, event, sums }: Atoms): {
  readonly model: Change<written.Model, typed.Model>;
  readonly type: Change<written.NeuronType | written.SynapseType, typed.NeuronType | typed.SynapseType>;
  readonly value: Change<written.Value, typed.Value>;
  readonly selection: Change<written.SelectionRule, typed.SelectionRule>;
  readonly protocol: (scopes: Scopes) => Change<readonly written.Phase[], readonly typed.Phase[]>;
} {
  const value: Change<written.Value, typed.Value> = (given, names) => {
    if (typeof given === 'number') return given;
    if (typeof given === 'string' || isFormula(given)) return formula(given as string, names);
    return isGiven(given) ? tag(given, 'array') : tag(draw(given, names), 'draw');
  };
  const selection: Change<written.SelectionRule, typed.SelectionRule> = (rule, names) =>
    tag(ofSelection(rule, names), selectionKind(rule));
  const positions: Change<written.Positions, typed.Positions> = (given, names) =>
    isStructure(given) ? tag(structure(given, names), 'structure') : places(given, names);
  const spikes: Change<written.Spikes, typed.Spikes> = (given) => tag(given, areInFile(given) ? 'file' : 'train');
  const amount: Change<number | string, number | typed.Typed['expression']> = (given, names) =>
    typeof given === 'number' ? given : expression(given, names);
  const connections: Change<readonly written.ConnectionRule[], readonly typed.ConnectionRule[]> = (rules, names) =>
    rules.map((rule) => ruleOf(rule, rule.rule === 'generator' ? union([names, new Set([rule.variable])]) : names));
  /** Changes of values by how they are read; other values are the same in both forms. */
  const byReading: Readonly<Partial<Record<Reading['as'], unknown>>> = {
    ...{ amount, condition: expression, connections, event, expression, positions },
    ...{ selection, spikes, statements, sums, value },
    draw: (given: written.DrawnValues, names: ReadonlySet<string>) => draw(given, names),
    places: (given: written.Places, names: ReadonlySet<string>) => onCells(given, names),
  };
  /** `each`: changes the items of a map. */
  const changeOfReading = (reading: Reading, each: typeof record = record): Change<unknown, unknown> | undefined => {
    if (reading.as === 'list' || reading.as === 'map') {
      const change = changeOfReading(reading.of);
      return change && ((reading.as === 'list' ? list(change) : each(change)) as Change<unknown, unknown>);
    }
    const { slots } = reading.as === 'object' ? reading : {};
    const change = slots ? changesIn(slots).length > 0 && shaped(slots) : byReading[reading.as];
    return change ? (change as Change<unknown, unknown>) : undefined;
  };
  const changesIn = (slots: Slots, each?: typeof record): readonly (readonly [string, Change<unknown, unknown>])[] =>
    Object.entries(slots).flatMap(([key, { reading }]) => {
      const change = reading && changeOfReading(reading, each);
      return change ? [[key, change] as const] : [];
    });
  /** Changes the members of an object by its shape. `more`: changes of members with names of their own. */
  const shaped = <A extends object, B extends object>(
    slots: Slots,
    more: Readonly<Record<string, unknown>> = {},
    each?: typeof record,
  ): Change<A, B> => members<A, B>({ ...Object.fromEntries(changesIn(slots, each)), ...more } as Changes<A, B>);
  /** Changes objects by the shape of their kind. */
  const shapedBy = <A extends object, B extends object>(
    shapes: Readonly<Record<string, Slots>>,
    kindOf: (part: A) => string,
  ): Change<A, B> => {
    const changes = mapped(shapes, (slots) => shaped<A, B>(slots));
    return (part, names) => changes[kindOf(part)]?.(part, names) ?? (part as unknown as B);
  };
  const draw = shaped<written.DrawnValues, typed.DrawnValues>(values.hostDraw.reading.slots);
  const ofSelection = shapedBy<written.SelectionRule, typed.SelectionRule>(selections, selectionKind);
  const onCells = shaped<written.Places, typed.Places>(values.places.reading.slots);
  const structure = shaped<written.Structure, typed.Structure>(values.structure.reading.slots);

  // Types.
  const mechanisms = record(
    within((type) => mechanismNames(type), shaped<written.Mechanism, typed.Mechanism>(cells.mechanism)),
  );
  const neuron = within(
    (type) => declaredNames(type),
    shaped<written.NeuronType, typed.NeuronType>(cells.neuron, {
      compartments: shaped(cells.compartments, { mechanisms }),
    }),
  );
  const synapse = within((type) => declaredNames(type), shaped<written.SynapseType, typed.SynapseType>(synapseShape));

  // Networks.
  const population = shaped<written.Population, typed.Population>(populationShape.reading.slots);
  const ruleOf = shapedBy<written.ConnectionRule, typed.ConnectionRule>(slotsOf(connectionRules), ({ rule }) => rule);
  const projection = shaped<written.Projection, typed.Projection>(projectionShape.reading.slots);
  const stimulus = shapedBy<written.Stimulus, typed.Stimulus>(slotsOf(stimuli), ({ kind }) => kind);
  const operation = shaped<written.Operation, typed.Operation>(operationShape);
  const recording = shapedBy<written.Recording, typed.Recording>(recordings, recordingKind);

  const ofProtocol = (scopes: Scopes): Change<readonly written.Phase[], readonly typed.Phase[]> => {
    return list((given) => {
      const { of } = 'of' in given ? given : {};
      const scopeOf = (key: string): ReadonlySet<string> => (of ? scopes.ofSelection(of) : scopes.ofKey(key));
      const where = isPhase(given, 'set') ? union(Object.keys(given.set).map(scopeOf)) : noNames;
      const kind = phaseKind(given);
      const change = shaped<written.Phase, typed.Phase>(phases[kind], {}, (item) => recordBy(scopeOf, item));
      return tag(change(given, where), kind);
    });
  };

  const ofModel: Change<written.Model, typed.Model> = (model) => {
    const scopes = scopesOf(model);
    return members<written.Model, typed.Model>({
      neurons: record(neuron),
      synapses: record(synapse),
      populations: record(within(({ type }) => scopes.ofType(type), population)),
      projections: record(within(scopes.ofProjection, projection)),
      stimuli: record(within(({ to }) => scopes.ofSelection(to), stimulus)),
      operations: record(within(({ on }) => scopes.ofSelection(on), operation)),
      recordings: list((given, names) => tag(recording(given, names), recordingKind(given))),
      experiment: members({ protocol: ofProtocol(scopes) }),
    })(model, noNames);
  };
  const type: Change<written.NeuronType | written.SynapseType, typed.NeuronType | typed.SynapseType> = (
    given,
    names,
  ) => (isNeuronType(given) ? neuron(given, names) : synapse(given, names));
  return { model: ofModel, type, value, selection, protocol: ofProtocol };
}

/** Checks whether a value is an expression of the typed form. */
const isFormula = (value: object): boolean => 'kind' in value && value.kind === 'expression';

/** Parsed texts by the declared names; equal texts are parsed once. */
const parsed = new WeakMap<
  ReadonlySet<string>,
  { readonly trees: Map<string, Expression>; readonly code: Map<string, readonly Statement[]> }
>();

function parsedWith(names: ReadonlySet<string>) {
  const known = parsed.get(names) ?? {
    trees: new Map<string, Expression>(),
    code: new Map<string, readonly Statement[]>(),
  };
  parsed.set(names, known);
  return known;
}

/** Texts of code that was parsed, by its trees, with the names that were declared. */
const spelt = new WeakMap<Expression | Statement, { readonly text: string; readonly names: ReadonlySet<string> }>();

/** Returns the text that a tree was parsed from, or that `print` gives if names at its place have other meanings. */
function textOf<Tree extends Expression | Statement>(
  tree: Tree,
  names: ReadonlySet<string>,
  print: (tree: Tree, options: Parameters<typeof printExpression>[1]) => string,
): string {
  const known = spelt.get(tree);
  return known && [...names].every((name) => known.names.has(name))
    ? known.text
    : print(tree, { taken: (name) => names.has(name) });
}

const expressionOf: Change<string, Expression> = (text, names) => {
  const { trees } = parsedWith(names);
  const tree = trees.get(text) ?? foldConstants(parseExpression(text), undefined, (name) => names.has(name));
  trees.set(text, tree);
  spelt.set(tree, { text, names });
  return tree;
};

const statementsOf: Change<readonly string[], readonly Statement[]> = (texts, names) =>
  texts.flatMap((text) => {
    const { code } = parsedWith(names);
    const declared = (name: string): boolean => names.has(name);
    const statements =
      code.get(text) ??
      parseStatements(text).map((statement) => mapStatement(statement, (e) => foldConstants(e, undefined, declared)));
    code.set(text, statements);
    const [only, second] = statements;
    if (only && !second) spelt.set(only, { text, names });
    return statements;
  });

function endEventOf(on: string): typed.EndEvent {
  const reference = referenceOf(on);
  invariant(reference.kind === 'end', 'model/typed', `${on} is no event of an end`);
  return { end: reference.end, event: reference.variable };
}

const toTyped = changeOf({
  tag: <T>(part: object, kind: string) => ({ ...part, kind }) as T,
  places: (given) => ({ kind: 'places', places: given }),
  expression: expressionOf,
  statements: statementsOf,
  formula: (text, names) => ({ kind: 'expression', expression: expressionOf(text, names) }),
  event: endEventOf,
  sums: (texts, names) =>
    Object.entries(texts).map(([target, text]) => ({ to: referenceOf(target), value: expressionOf(text, names) })),
});

/** Undoes the changes of `toTyped`; both directions have the types of the first. */
const fromTyped = changeOf({
  tag: <T>(part: object) => {
    const { kind: _, ...rest } = part as { readonly kind?: unknown };
    return rest as T;
  },
  places: ({ places }: { readonly places: written.ArrayValue }) => places,
  expression: (e: Expression, names: ReadonlySet<string>) => textOf(e, names, printExpression),
  statements: (code: readonly Statement[], names: ReadonlySet<string>) =>
    code.map((statement) => textOf(statement, names, printStatement)),
  formula: ({ expression }: typed.Formula, names: ReadonlySet<string>) => textOf(expression, names, printExpression),
  event: ({ end, event }: typed.EndEvent) => `${end}.${event}`,
  sums: (sums: readonly typed.Sum[], names: ReadonlySet<string>) =>
    Object.fromEntries(sums.map(({ to, value }) => [spelling(to), textOf(value, names, printExpression)])),
} as unknown as Atoms) as unknown as {
  readonly model: Change<typed.Model, written.Model>;
  readonly type: Change<typed.NeuronType | typed.SynapseType, written.NeuronType | written.SynapseType>;
  readonly value: Change<typed.Value, written.Value>;
  readonly selection: Change<typed.SelectionRule, written.SelectionRule>;
};

const knownTexts = new WeakMap<typed.Model, written.Model>();

/** Returns the written form of a typed model, which is hashed and written; of a model that was typed, the original. */
export function writtenModel(model: typed.Model): written.Model {
  const made = knownTexts.get(model) ?? fromTyped.model(model, noNames);
  knownTexts.set(model, made);
  return made;
}

/** Returns the written form of a type. */
export function writtenType(type: typed.NeuronType): written.NeuronType;
export function writtenType(type: typed.SynapseType): written.SynapseType;
export function writtenType(type: typed.NeuronType | typed.SynapseType): written.NeuronType | written.SynapseType {
  return fromTyped.type(type, declaredNames(type));
}

/** Returns the typed form of a type. */
export function typedType(type: written.NeuronType): typed.NeuronType;
export function typedType(type: written.SynapseType): typed.SynapseType;
export function typedType(type: written.NeuronType | written.SynapseType): typed.NeuronType | typed.SynapseType;
export function typedType(type: written.NeuronType | written.SynapseType): typed.NeuronType | typed.SynapseType {
  return toTyped.type(type, declaredNames(type));
}

/** Returns the written form of a selection; its text tells drawn samples apart. */
export const writtenSelection = (rule: typed.SelectionRule): written.SelectionRule =>
  fromTyped.selection(rule, noNames);

/** Returns the typed form of a selection. */
export const typedSelection = (rule: written.SelectionRule): typed.SelectionRule => toTyped.selection(rule, noNames);

const known = new WeakMap<written.Model, typed.Model>();

/** Returns the typed form of a model; the same object for the same model. */
export function typedModel(model: written.Model): typed.Model {
  const made = known.get(model) ?? toTyped.model(model, noNames);
  known.set(model, made);
  knownTexts.set(made, model);
  return made;
}

/** Returns the typed form of further phases of a model. */
export const typedPhases = (model: written.Model, phases: readonly written.Phase[]): readonly typed.Phase[] =>
  toTyped.protocol(scopesOf(model))(phases, noNames);

const knownValid = new WeakMap<typed.ValidModel, written.ValidModel>();

/** Returns the typed form of a model, with its arrays. The model is parsed when it is first read. */
export function typedValid(valid: written.ValidModel): typed.ValidModel {
  const typed = {
    get model() {
      return typedModel(valid.model);
    },
    data: valid.data,
  };
  knownValid.set(typed, valid);
  return typed;
}

/** Returns the written form of a model, with its arrays; of a model that was typed, the original. */
export const writtenValid = (valid: typed.ValidModel): written.ValidModel =>
  knownValid.get(valid) ?? { model: writtenModel(valid.model), data: valid.data };
