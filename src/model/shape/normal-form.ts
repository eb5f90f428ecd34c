/**
 * Objects of the normalised model by their shapes, and selections, which shapes refer to. Part of the normalised model,
 * see `model.ts`.
 */

import type { ArrayValue, Form, GivenValues, Id, OneOf, Part, Tagged, Written } from '../equations.js';
import type { SlotDocument as Slot } from '../document.generated.js';
import type { connectionRules } from './connections.js';
import type { stimuli } from './drives.js';
import type { localEvent } from './events.js';
import type { Kept, List, MapOf, Shape, Slot as ShapeSlot } from './form.js';
import type { phases, recordings } from './protocol.js';
import type { selections } from './selections.js';
import type * as values from './values.js';
import type * as variables from './variables.js';

/** Ways to choose elements of a population (whole, slice, list, mask, drawn sample) or synapses; assemblies of such. */
export type SelectionKinds<F extends Form = Written> = ByKind<F, typeof selections>;
/** A set of elements of a population, synapses of a projection, or an assembly. */
export type SelectionRule<F extends Form = Written> = OneOf<F, SelectionKinds<F>>;
/** Places on cells with structure, one for each synapse or element. */
export type Places<F extends Form = Written> = Normal<F, typeof values.places.reading.slots>;
/** How elements are laid out; lengths in m. */
export type Structure<F extends Form = Written> = Normal<F, typeof values.structure.reading.slots>;
/** A draw by a named generator before lowering (`src/draw`), in the notation's order. */
export type DrawnValues<F extends Form = Written> = Normal<F, typeof values.hostDraw.reading.slots>;

/**
 * A value for each element: a number in SI, an expression, an array, or a draw by a generator that a notation
 * prescribes. An expression is evaluated once for each element; it may draw random numbers and read the element's
 * index, position and parameters.
 */
export type Value<F extends Form = Written> =
  number | F['formula'] | Tagged<F, 'array', GivenValues> | Tagged<F, 'draw', DrawnValues<F>>;

/** Where elements are: x, y and z of each in m, or a structure that lays them out. */
export type Positions<F extends Form = Written> =
  | (F['tagged'] extends true ? { readonly kind: 'places'; readonly places: ArrayValue } : ArrayValue)
  | Tagged<F, 'structure', Structure<F>>;

/** The spikes of a population that replays them, or the file that has them, by kind. */
export type SpikesKinds = {
  readonly [K in keyof typeof values.spikeSources]: ValueOf<Written, KindOf<(typeof values.spikeSources)[K]>>;
};
/** Spikes to replay: `times` in s and element `indices`, sorted by (time, index); again every `period` s. */
export type SpikeTrain = SpikesKinds['train'];
/** The spikes of a population that replays them, or the file that has them. */
export type Spikes<F extends Form = Written> = OneOf<F, SpikesKinds>;

/** A stimulus that acts on the elements of a selection from outside the network. */
export type Stimulus<F extends Form = Written> = Kinds<F, 'kind', typeof stimuli>;
/** Kinds of recordings to the results: times of events, samples of variables, or the rate of an entire selection. */
export type RecordingKinds<F extends Form = Written> = ByKind<F, typeof recordings>;
/** A recording to the results. */
export type Recording<F extends Form = Written> = OneOf<F, RecordingKinds<F>>;
/** Actions of the protocol. Times are in s. Each kind has the name of its first member. */
export type PhaseKinds<F extends Form = Written> = ByKind<F, typeof phases>;
/** A step of the protocol. */
export type Phase<F extends Form = Written> = OneOf<F, PhaseKinds<F>>;

/** Rules of the normal form that have the members of the document. */
type SameRules = Exclude<keyof typeof connectionRules, 'probability' | 'list' | 'hostDrawn' | 'csa' | 'table'>;

/** Pairs of elements to connect, the number of synapses of each, and their order of creation. */
export type ConnectionRule<F extends Form = Written> =
  | Kinds<F, 'rule', typeof connectionRules, SameRules>
  | { readonly rule: 'list'; readonly sources: ArrayValue; readonly targets: ArrayValue }
  /** Rules with arguments of their own: `hostDrawn` (see `src/draw/connectors.ts`), and connection sets. */
  | {
      readonly rule: 'hostDrawn' | 'csa';
      /** `p`: the probability of a pair, by its indices, distance and places. */
      readonly arguments: { readonly p?: number | F['expression']; readonly [argument: string]: unknown };
    };

/** Values of members in the normal form, by their kinds in `shape/form.ts`. */
interface Values<F extends Form> {
  readonly amount: number | F['expression'];
  readonly condition: F['expression'];
  readonly connections: readonly ConnectionRule<F>[];
  readonly count: number;
  readonly draw: DrawnValues<F>;
  readonly event: F['event'];
  readonly expression: F['expression'];
  readonly phases: readonly Phase<F>[];
  readonly places: Places<F>;
  readonly positions: Positions<F>;
  readonly quantity: number;
  readonly recordings: readonly Recording<F>[];
  readonly selection: SelectionRule<F>;
  readonly slot: Slot;
  readonly spikes: Spikes<F>;
  readonly statements: readonly F['statement'][];
  readonly stimuli: Readonly<Record<Id, Stimulus<F>>>;
  readonly sums: F['sums'];
  readonly train: SpikeTrain;
  readonly value: Value<F>;
}
type ValueOf<F extends Form, K> = K extends keyof Values<F>
  ? Values<F>[K]
  : K extends Kept<infer T>
    ? T
    : K extends List<infer T>
      ? readonly ValueOf<F, T>[]
      : K extends MapOf<infer T>
        ? Readonly<Record<Id, ValueOf<F, T>>>
        : K extends Shape<infer S>
          ? Normal<F, S>
          : K;
type KindOf<S> = S extends ShapeSlot<infer K> ? K : never;
type Always<S> = { [K in keyof S]: S[K] extends ShapeSlot<unknown, true> ? K : never }[keyof S];
/** Members that the normal form has, always or at times: all but short forms of others. */
type Members<S> = keyof S & { [K in keyof S]: [KindOf<S[K]>] extends [never] ? never : K }[keyof S];

/** An object in the normal form, by its shape. */
export type Normal<F extends Form, S> = { readonly [K in Members<S> & Always<S>]: ValueOf<F, KindOf<S[K]>> } & {
  readonly [K in Exclude<Members<S>, Always<S>>]?: ValueOf<F, KindOf<S[K]>>;
};

/** Objects in the normal form by their kinds, which have shapes. */
type ByKind<F extends Form, Shapes> = { readonly [K in keyof Shapes]: Flat<Normal<F, Shapes[K]>> };
/** The same members in one type, since unions of intersections are too large for the compiler. */
type Flat<T> = { [K in keyof T]: T[K] };

/** Objects in the normal form that the member `tag` tells apart, by the names of their shapes. */
export type Kinds<F extends Form, Tag extends string, Shapes, Names extends keyof Shapes = keyof Shapes> = {
  [K in Names]: { readonly [T in Tag]: K } & ValueOf<F, KindOf<Shapes[K]>>;
}[Names];

/**
 * A condition on the variables of a synapse or mechanism, tested in each step, with its actions on them. It is not sent
 * to other elements.
 */
export type LocalEvent<F extends Form = Written> = Normal<F, typeof localEvent>;

/** A value of each element that equations read and only code of events or phases changes. */
export type Parameter<F extends Form = Written> = Normal<F, typeof variables.parameter>;
/** A value of each element that equations, events and synapses change over time. */
export type StateVariable<F extends Form = Written> = Normal<F, typeof variables.stateVariable>;
/** A value of each element that follows from others whenever it is read, and is not kept. */
export type DerivedVariable<F extends Form = Written> = Normal<F, typeof variables.derivedVariable>;
/** The differential equation of a state variable; white noises stand in its rate linearly. */
export type Derivative<F extends Form = Written> = Normal<F, typeof variables.derivative>;
/** Library name that a type claims to equal, with the expression of each library parameter in the type's own. */
export type ConformsTo<F extends Form = Written> = Normal<F, typeof variables.conformsTo>;
/** States that are advanced together, of synapse types and mechanisms. */
export type KineticScheme<F extends Form = Written> = Normal<F, typeof variables.schemes>;
/** Members common to neuron types, synapse types and mechanisms. */
export type EquationSet<F extends Form = Written> = Normal<F, typeof variables.equations> & {
  /** Order for stepwise timing profiles to advance the parts of the type; absent: it has one part. */
  readonly sequence?: readonly Part[];
};
