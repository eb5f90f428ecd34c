/**
 * Objects of the normalised model by their shapes, and selections, which shapes refer to. Part of the normalised model,
 * see `model.ts`.
 */

import type { ArrayValue, Derivative, DrawnValues, Form, Id, OneOf, Value, Written } from '../equations.js';
import type { SlotDocument as Slot } from '../document.generated.js';
import type { localEvent } from './events.js';
import type { Kept, List, Shape, Slot as ShapeSlot } from './form.js';

/** Ways to choose elements of a population (whole, slice, list, mask, drawn sample) or synapses; assemblies of such. */
export interface SelectionKinds<F extends Form = Written> {
  /** The whole population, or every so many-th element of a range. */
  readonly slice: { readonly population: Id; readonly slice?: readonly [number, number, number] };
  readonly indices: { readonly population: Id; readonly indices: ArrayValue };
  readonly mask: { readonly population: Id; readonly mask: ArrayValue };
  readonly sample: {
    readonly population: Id;
    /**
     * Size. `within`: the elements that it is drawn from. `pick`: the indices, in ascending order, of the drawn
     * elements to keep.
     */
    readonly sample: number;
    readonly within?: ArrayValue;
    readonly pick?: ArrayValue;
    /** Who draws; absent: the model's own counters, once for each name. */
    readonly generator?: DrawnValues<F>;
    readonly name?: string;
  };
  /** A sample of a selection with elements numbered in order. `only`: keeps the drawn elements of this population. */
  readonly sampleOf: {
    readonly sample: number;
    readonly from: SelectionRule<F>;
    readonly only?: Id;
    readonly pick?: ArrayValue;
    readonly generator?: DrawnValues<F>;
    readonly name?: string;
  };
  readonly assembly: { readonly assembly: readonly SelectionRule<F>[] };
  /** Synapses of a projection, by their order of creation. */
  readonly synapses: {
    readonly projection: Id;
    readonly slice?: readonly [number, number, number];
    readonly indices?: ArrayValue;
  };
}

/** A set of elements of a population, synapses of a projection, or an assembly. */
export type SelectionRule<F extends Form = Written> = OneOf<F, SelectionKinds<F>>;

/** Places on cells with structure, one for each synapse or element. */
export interface Places<F extends Form = Written> {
  /** Sections that there are places on. */
  readonly sections: readonly Id[];
  /** Which of `sections` each is on, by its index there. */
  readonly section: Value<F>;
  /** Place along the section: 0 at its start, 1 at its end. */
  readonly fraction: Value<F>;
}

/** Values of members in the normal form, by their kinds in `shape/form.ts`. */
interface Values<F extends Form> {
  readonly amount: number | F['expression'];
  readonly condition: F['expression'];
  readonly count: number;
  readonly derivatives: Readonly<Record<Id, Derivative<F>>>;
  readonly expression: F['expression'];
  readonly places: Places<F>;
  readonly quantity: number;
  readonly selection: SelectionRule<F>;
  readonly slot: Slot;
  readonly statements: readonly F['statement'][];
}
type ValueOf<F extends Form, K> = K extends keyof Values<F>
  ? Values<F>[K]
  : K extends Kept<infer T>
    ? T
    : K extends List<infer T>
      ? readonly ValueOf<F, T>[]
      : K extends Shape<infer S>
        ? Normal<F, S>
        : K;
type KindOf<S> = S extends ShapeSlot<infer K> ? K : never;
type Always<S> = { [K in keyof S]: S[K] extends ShapeSlot<unknown, true> ? K : never }[keyof S];

/** An object in the normal form, by its shape. */
export type Normal<F extends Form, S> = { readonly [K in keyof S & Always<S>]: ValueOf<F, KindOf<S[K]>> } & {
  readonly [K in Exclude<keyof S, Always<S>>]?: ValueOf<F, KindOf<S[K]>>;
};

/** Objects in the normal form that the member `tag` tells apart, by the names of their shapes. */
export type Kinds<F extends Form, Tag extends string, Shapes, Names extends keyof Shapes = keyof Shapes> = {
  [K in Names]: { readonly [T in Tag]: K } & ValueOf<F, KindOf<Shapes[K]>>;
}[Names];

/**
 * A condition on the variables of a synapse or mechanism, tested in each step, with its actions on them. It is not sent
 * to other elements.
 */
export type LocalEvent<F extends Form = Written> = Normal<F, typeof localEvent>;
