/** Facts about the compartments of a cell before a run: values of variables, and truth of conditions. */

import type { Expression } from '../../../../src/lang/ast.js';
import { NoNumber } from '../../../../src/lang/evaluate.js';
import { spelling } from '../../../../src/lang/reference.js';
import { mapExpression, namesIn, writtenBy } from '../../../../src/lang/walk.js';
import { valueAt } from '../../../../src/library/recognise/numbers.js';
import { arrayOf } from '../../../../src/model/arrays.js';
import { changedNames } from '../../../../src/model/changed.js';
import type { Tree } from '../../../../src/model/compartment-tree.js';
import type { DataStore, Model, NeuronType, Value } from '../../../../src/model/typed.js';
import { writtenModel } from '../../../../src/model/typed-model.js';

/** A number for each compartment of a cell. */
export interface ByCompartment {
  readonly unit: string;
  readonly values: readonly number[];
}

/** Cells of a type as compartments of one type. */
export interface Cable {
  /** Type of the cells. */
  readonly name: string;
  readonly tree: Tree;
  /** The type of all compartments. */
  readonly classes: readonly { readonly type: string }[];
  readonly populations: readonly { readonly name: string; readonly size: number }[];
}

const geometric: ReadonlySet<string> = new Set(['area', 'length', 'diameter', 'distance']);

/** The compartments of a cell, all of one type. */
export class KnownPlaces {
  readonly #size: number;
  /** Values of each population. */
  readonly #given: readonly Model['populations'][string]['values'][];
  readonly #changed: ReadonlySet<string>;
  /** Variables that synapses write. */
  readonly #written: ReadonlySet<string>;

  /** @param order  ordinals of the compartments in the tree */
  constructor(
    private readonly type: NeuronType,
    model: Model,
    private readonly cable: Cable,
    private readonly order: readonly number[],
    private readonly data: DataStore,
  ) {
    const [population] = cable.populations;
    this.#size = population?.size ?? 1;
    this.#given = cable.populations.map(({ name }) => model.populations[name]?.values ?? {});
    this.#changed = changedNames(writtenModel(model));
    const code = Object.values(model.synapses).flatMap(({ pathways, summed }) => [
      ...writtenBy(Object.values(pathways).flatMap((pathway) => pathway.do)),
      ...summed.map(({ to }) => spelling(to)),
    ]);
    this.#written = new Set(code.map((target) => target.replace(/^(?:pre|post)\./, '')));
  }

  /** Returns derived variables that follow from the place of a compartment and from constant parameters. */
  fixed(): Readonly<Record<string, ByCompartment>> {
    const made: Record<string, ByCompartment> = {};
    for (const [name, { unit, type, held }] of Object.entries(this.type.derived)) {
      if (type !== 'real' || held || name === 'membrane_current' || !this.#differs(name)) continue;
      const values = this.#known((k) => this.#valueAt(name, k));
      if (values) made[name] = { unit, values };
    }
    return made;
  }

  /** Returns an expression without choices that have one result in all compartments at all times. */
  decided(e: Expression): Expression {
    return mapExpression(e, (part) => {
      if (part.kind !== 'conditional') return part;
      const truths = this.#known((k) => valueAt(part.condition, (name) => this.#valueAt(name, k)));
      if (truths?.every((truth) => truth !== 0)) return part.whenTrue;
      return truths?.every((truth) => truth === 0) ? part.whenFalse : part;
    });
  }

  /** Returns a number for each compartment, or undefined if one is unknown. */
  #known(of: (k: number) => number): readonly number[] | undefined {
    try {
      return this.order.map((_, k) => of(k));
    } catch (error) {
      if (!(error instanceof NoNumber)) throw error;
      return undefined;
    }
  }

  /** Checks whether a name may differ between compartments. */
  #differs(name: string): boolean {
    const own = this.type.derived[name];
    if (own) return [...namesIn(own.value)].some((inner) => this.#differs(inner));
    const isListed = (value: Value | undefined): boolean => typeof value === 'object' && value.kind === 'array';
    return geometric.has(name) || this.#given.some((values) => isListed(values[name]));
  }

  #valueAt(name: string, k: number): number {
    const own = this.type.derived[name];
    if (own) return valueAt(own.value, (inner) => this.#valueAt(inner, k));
    if (geometric.has(name)) return this.#geometry(name, k);
    const initial = this.type.state[name]?.initial;
    const isChanged = this.cable.populations.some((one) => this.#changed.has(`${one.name}.${name}`));
    if (isChanged || (initial !== undefined && this.#isWritten(name))) throw new NoNumber(name);
    const otherwise = this.type.parameters[name]?.value ?? initial;
    const [first, ...others] = this.#given.map((values) => this.#numberAt(name, values[name] ?? otherwise, k));
    if (first === undefined || others.some((other) => !Object.is(other, first))) throw new NoNumber(name);
    return first;
  }

  /** Returns a value at a compartment of every cell of a population. */
  #numberAt(name: string, value: Value | undefined, k: number): number {
    if (value === undefined) throw new NoNumber(name);
    if (typeof value === 'number') return value;
    if (value.kind === 'expression') return valueAt(value.expression, (inner) => this.#valueAt(inner, k));
    if (value.kind !== 'array') throw new NoNumber(name);
    const all = arrayOf(value.array, this.data);
    const first = all[k * this.#size] ?? NaN;
    for (let cell = 1; cell < this.#size; cell++)
      if (!Object.is(all[k * this.#size + cell], first)) throw new NoNumber(name);
    return first;
  }

  /** Checks whether anything changes a state variable in a run. */
  #isWritten(name: string): boolean {
    const { derivatives, events } = this.type;
    return (
      name === 'v' ||
      derivatives[name] !== undefined ||
      Object.values(events).some((event) => writtenBy(event.do).has(name)) ||
      this.#written.has(name)
    );
  }

  #geometry(name: string, k: number): number {
    const compartment = this.cable.tree.compartments[this.order[k] ?? 0];
    const { area, length, diameter, distance } = compartment ?? { area: 0, length: 0, diameter: 0, distance: 0 };
    const known: Readonly<Record<string, number | null>> = { area, length, diameter, distance };
    return known[name] ?? 0;
  }
}
