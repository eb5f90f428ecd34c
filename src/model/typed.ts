/**
 * The typed form of the normalised model, which everything downstream reads: members of unions carry their `kind`.
 * The written form (`model.ts`) stays what is hashed and written; this one is made from it, and it from this one, by
 * one table of what stands where.
 */

import { invariant } from '../diagnostics/diagnostic.js';
import type * as written from './model.js';
import type { Form } from './model.js';

export type {
  ArrayValue,
  Clock,
  DataReference,
  DataStore,
  GivenValues,
  Id,
  Input,
  IntegrationMethod,
  Part,
  SpikeTrain,
  Table,
  TimingProfile,
  ValueType,
} from './model.js';

/** The form in which meaning is decided. */
export interface Typed extends Form {
  readonly tagged: true;
  readonly expression: string;
  readonly statement: string;
  readonly formula: string;
}

export type Value = written.Value<Typed>;
export type DrawnValues = written.DrawnValues<Typed>;
export type Parameter = written.Parameter<Typed>;
export type StateVariable = written.StateVariable<Typed>;
export type DerivedVariable = written.DerivedVariable<Typed>;
export type Derivative = written.Derivative<Typed>;
export type EquationSet = written.EquationSet<Typed>;
export type Compartments = written.Compartments<Typed>;
export type Mechanism = written.Mechanism<Typed>;
export type Refractory = written.Refractory<Typed>;
export type EventDefinition = written.EventDefinition<Typed>;
export type Regime = written.Regime<Typed>;
export type NeuronType = written.NeuronType<Typed>;
export type Pathway = written.Pathway<Typed>;
export type SynapseEvent = written.SynapseEvent<Typed>;
export type SynapseType = written.SynapseType<Typed>;
export type Structure = written.Structure<Typed>;
export type Positions = written.Positions<Typed>;
export type Spikes = written.Spikes<Typed>;
export type Population = written.Population<Typed>;
export type SelectionRule = written.SelectionRule<Typed>;
export type End = written.End<Typed>;
export type ConnectionRule = written.ConnectionRule<Typed>;
export type Projection = written.Projection<Typed>;
export type Stimulus = written.Stimulus<Typed>;
export type Operation = written.Operation<Typed>;
export type Recording = written.Recording<Typed>;
export type Phase = written.Phase<Typed>;
export type Model = written.Model<Typed>;
export type ValidModel = written.ValidModel<Typed>;

// --- Names ----------------------------------------------------------------------------------------------------------

/** Names that are variables where code stands, although a unit may be called the same (a gate named `m`). */
export interface DeclaredNames {
  has(name: string): boolean;
}

/** Names that have a meaning in the code of every type. */
const everywhere = ['t', 'dt', 'i', 'j', 'N', 'x', 'y', 'z'];

/** Names that a type declares: parameters, states, derived variables, inputs, ports, noises. */
export function declaredNames(
  type: NeuronType | SynapseType | written.NeuronType | written.SynapseType,
): ReadonlySet<string> {
  const joints = 'inputs' in type ? type.inputs : type.ports;
  const declared = [type.parameters, type.state, type.derived, joints].flatMap(Object.keys);
  return new Set([...declared, ...type.noise, ...everywhere]);
}

const noNames: ReadonlySet<string> = new Set(everywhere);

const union = (scopes: readonly ReadonlySet<string>[]): ReadonlySet<string> =>
  scopes.length === 1 ? (scopes[0] ?? noNames) : new Set([...everywhere, ...scopes.flatMap((scope) => [...scope])]);

/** What is declared where code of a network stands. */
interface Scopes {
  ofType(neuron: string | undefined): ReadonlySet<string>;
  ofProjection(projection: { readonly synapse: string }): ReadonlySet<string>;
  ofSelection(rule: written.SelectionRule): ReadonlySet<string>;
  /** Of what a key of the protocol begins with: a population, a projection or a stimulus. */
  ofKey(key: string): ReadonlySet<string>;
}

function scopesOf({ neurons, synapses, populations, projections, stimuli }: written.Model): Scopes {
  const known = new Map<written.NeuronType | written.SynapseType, ReadonlySet<string>>();
  const ofType = (type: written.NeuronType | written.SynapseType | undefined): ReadonlySet<string> => {
    if (!type) return noNames;
    const names = known.get(type) ?? declaredNames(type);
    known.set(type, names);
    return names;
  };
  const ofOwner = (owner: string): ReadonlySet<string> =>
    ofType(neurons[populations[owner]?.type ?? ''] ?? synapses[projections[owner]?.synapse ?? '']);
  const ofSelection = (rule: written.SelectionRule): ReadonlySet<string> => union(ownersOf(rule).map(ofOwner));
  return {
    ofType: (neuron) => ofType(neurons[neuron ?? '']),
    ofProjection: ({ synapse }) => ofType(synapses[synapse]),
    ofSelection,
    ofKey: (key) => {
      const [owner = ''] = key.split(/[[.]/);
      const stimulus = stimuli[owner];
      return stimulus ? ofSelection(stimulus.to) : ofOwner(owner);
    },
  };
}

/** The populations or the projection that a selection is of. */
function ownersOf(rule: written.SelectionRule): readonly string[] {
  if ('assembly' in rule) return rule.assembly.flatMap(ownersOf);
  if ('from' in rule) return ownersOf(rule.from);
  return ['projection' in rule ? rule.projection : rule.population];
}

// --- What differs between the forms ---------------------------------------------------------------------------------

/** Makes a part of a model of one form from that of the other. `names`: what is declared where it stands. */
type Change<A, B> = (part: A, names: DeclaredNames) => B;

type KeyOf<U> = U extends unknown ? keyof U : never;
type At<U, K> = U extends unknown ? (K extends keyof U ? U[K] : never) : never;
type Differs<A, B> = [A] extends [B] ? ([B] extends [A] ? false : true) : true;

/** A change for each member in which two forms of an object differ: the compiler asks for every one. */
type Changes<A, B> = {
  readonly [K in KeyOf<A> & string as Differs<At<A, K>, At<B, K>> extends true ? K : never]-?: Change<
    NonNullable<At<A, K>>,
    NonNullable<At<B, K>>
  >;
} & { readonly [K in KeyOf<A> & string]?: Change<NonNullable<At<A, K>>, NonNullable<At<B, K>>> };

/** Changes members of an object; those that are absent or null stay so. */
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

/** A record each of whose members has a scope of its own. */
const recordBy =
  <A, B>(
    scopeOf: (key: string) => DeclaredNames,
    change: Change<A, B>,
  ): Change<Readonly<Record<string, A>>, Readonly<Record<string, B>>> =>
  (parts) =>
    Object.fromEntries(Object.entries(parts).map(([key, part]) => [key, change(part, scopeOf(key))]));

const list =
  <A, B>(change: Change<A, B>): Change<readonly A[], readonly B[]> =>
  (parts, names) =>
    parts.map((part) => change(part, names));

/** A part in which other names are declared than around it. */
const within =
  <A, B>(namesOf: (part: A) => DeclaredNames, change: Change<A, B>): Change<A, B> =>
  (part) =>
    change(part, namesOf(part));

/** What becomes of the parts that have no parts of their own. */
interface Atoms {
  /** Gives a member of a union its tag, or takes it off. */
  tag<T>(part: object, kind: string): T;
  readonly places: Change<written.ArrayValue, Positions>;
  readonly expression: Change<string, Typed['expression']>;
  readonly statements: Change<readonly string[], readonly Typed['statement'][]>;
  readonly formula: Change<string, Typed['formula']>;
}

/** The whole change from one form to the other: where in a model the parts that differ stand. */
function changeOf({ tag, places, expression, statements, formula }: Atoms): Change<written.Model, Model> {
  const expressions = record(expression);
  const orNumber: Change<number | string, number | Typed['expression']> = (given, names) =>
    typeof given === 'number' ? given : expression(given, names);
  const draw = members<written.DrawnValues, DrawnValues>({ then: expression });
  const value: Change<written.Value, Value> = (given, names) => {
    if (typeof given === 'number') return given;
    if (typeof given === 'string') return formula(given, names);
    return 'array' in given ? tag(given, 'array') : tag(draw(given, names), 'draw');
  };
  const values = record(value);

  // Types.
  const equations = {
    parameters: record(members<written.Parameter, Parameter>({ value })),
    state: record(members<written.StateVariable, StateVariable>({ initial: value })),
    derived: record(members<written.DerivedVariable, DerivedVariable>({ value: expression })),
    derivatives: record(members<written.Derivative, Derivative>({ rate: expression })),
    conformsTo: members<written.ConformsTo, written.ConformsTo<Typed>>({ where: expressions }),
  };
  const mechanism = members<written.Mechanism, Mechanism>({ ...equations, writes: expressions });
  const event = members<written.EventDefinition, EventDefinition>({
    when: expression,
    do: statements,
    refractory: members<written.Refractory, Refractory>({ for: expression, while: expression }),
    multiplicity: expression,
  });
  const regime = members<written.Regime, Regime>({
    derivatives: equations.derivatives,
    onEntry: statements,
    transitions: list(members({ when: expression, do: statements })),
  });
  const neuron = members<written.NeuronType, NeuronType>({
    ...equations,
    events: record(event),
    regimes: record(regime),
    compartments: members<written.Compartments, Compartments>({ mechanisms: record(mechanism), initial: value }),
  });
  const synapse = members<written.SynapseType, SynapseType>({
    ...equations,
    pathways: record(members<written.Pathway, Pathway>({ delay: value, do: statements })),
    events: record(members<written.SynapseEvent, SynapseEvent>({ when: expression, do: statements })),
    contributes: expressions,
    summed: expressions,
  });

  // Networks.
  const ofSelection = members<written.SelectionRule, SelectionRule>({
    generator: draw,
    from: (rule, names) => selection(rule, names),
    assembly: (rules, names) => rules.map((rule) => selection(rule, names)),
  });
  const selection: Change<written.SelectionRule, SelectionRule> = (rule, names) =>
    tag(ofSelection(rule, names), selectionKind(rule));
  const structure = members<written.Structure, Structure>({ arguments: values, generator: draw });
  const population = members<written.Population, Population>({
    values,
    linked: record(members({ index: value })),
    positions: (given, names) =>
      'structure' in given ? tag(structure(given, names), 'structure') : places(given, names),
    spikes: (given) => tag(given, 'file' in given ? 'file' : 'train'),
  });
  const rule = members<written.ConnectionRule, ConnectionRule>({
    p: orNumber,
    condition: expression,
    copies: orNumber,
    index: expression,
    n: orNumber,
    range: members({
      from: expression,
      to: expression,
      step: expression,
      sample: members({ p: expression, size: expression }),
    }),
  });
  const end = members<written.End, End>({ of: selection });
  const projection = members<written.Projection, Projection>({
    from: end,
    to: end,
    connect: list(rule),
    values,
    delays: values,
  });
  const stimulus = members<written.Stimulus, Stimulus>({ to: selection, weight: expression, value: expression });
  const recording = members<written.Recording, Recording>({ of: selection });

  return (model) => {
    const scopes = scopesOf(model);
    const phaseOf = (scopeOf: (key: string) => DeclaredNames): Change<written.Phase, Phase> => {
      const byKey = recordBy(scopeOf, value);
      return members<written.Phase, Phase>({
        set: byKey,
        where: expression,
        of: selection,
        initialise: byKey,
        delays: byKey,
        currents: recordBy(scopeOf, expression),
      });
    };
    return members<written.Model, Model>({
      neurons: record(within(declaredNames, neuron)),
      synapses: record(within(declaredNames, synapse)),
      populations: record(within(({ type }) => scopes.ofType(type), population)),
      projections: record(within(scopes.ofProjection, projection)),
      stimuli: record(within(({ to }) => scopes.ofSelection(to), stimulus)),
      operations: record(
        within(
          ({ on }) => scopes.ofSelection(on),
          members<written.Operation, Operation>({ on: selection, do: statements }),
        ),
      ),
      recordings: list((given, names) => tag(recording(given, names), recordingKind(given))),
      experiment: members({
        protocol: list((given) => {
          const { of } = 'of' in given ? given : {};
          const scopeOf = (key: string): ReadonlySet<string> => (of ? scopes.ofSelection(of) : scopes.ofKey(key));
          const where = 'set' in given ? union(Object.keys(given.set).map(scopeOf)) : noNames;
          return tag(phaseOf(scopeOf)(given, where), phaseKind(given));
        }),
      }),
    })(model, noNames);
  };
}

/** The tag of a selection in either form. */
function selectionKind(rule: written.SelectionRule | SelectionRule): SelectionRule['kind'] {
  if ('assembly' in rule) return 'assembly';
  if ('from' in rule) return 'sampleOf';
  if ('projection' in rule) return 'synapses';
  return 'sample' in rule ? 'sample' : 'indices' in rule ? 'indices' : 'mask' in rule ? 'mask' : 'slice';
}

const recordingKind = (recording: written.Recording): Recording['kind'] =>
  'events' in recording ? 'events' : 'rate' in recording ? 'rate' : 'variables';

/** Phases have the name of what they do as their first member. */
const phaseKinds: Readonly<Record<Phase['kind'], true>> = {
  run: true,
  runUntil: true,
  set: true,
  initialise: true,
  delays: true,
  currents: true,
  replay: true,
  attach: true,
  detach: true,
  record: true,
  reset: true,
  store: true,
  restore: true,
};

function phaseKind(phase: written.Phase): string {
  const kind = Object.keys(phaseKinds).find((key) => key in phase);
  invariant(kind, 'model/typed', `a phase of no kind: ${Object.keys(phase).join(', ')}`);
  return kind;
}

const toTyped = changeOf({
  tag: <T>(part: object, kind: string) => ({ ...part, kind }) as T,
  places: (given) => ({ kind: 'places', places: given }),
  expression: (text) => text,
  statements: (texts) => texts,
  formula: (text) => text,
});

const known = new WeakMap<written.Model, Model>();

/** The typed form of a model; asked again for the same model, the same. */
export function typedModel(model: written.Model): Model {
  const made = known.get(model) ?? toTyped(model, noNames);
  known.set(model, made);
  return made;
}

/** The typed form of a model, with its arrays. */
export const typedValid = ({ model, data }: written.ValidModel): ValidModel => ({ model: typedModel(model), data });
