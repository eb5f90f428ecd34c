/** Values of parameters and first values of variables, as numbers. */

import { isGiven } from '../model/tagged.js';
import { numbersOf } from '../model/arrays.js';
import { foldConstants } from '../lang/fold.js';
import { constants } from '../lang/functions.js';
import { formulaOf, type DataStore, type EquationSet, type Value } from '../model/typed.js';
import { evaluate, NoNumber, type Functions } from '../lang/evaluate.js';

/** Numbers of one name: one for all elements, or one for each. */
export type Numbers = number | readonly number[];

/** Returns the number of one element, or zero if there is none. */
export const numberAt = (numbers: Numbers | undefined, k: number): number =>
  typeof numbers === 'number' ? numbers : (numbers?.[k] ?? 0);

/** Returns the largest of some numbers that are not negative. */
export const largest = (numbers: Numbers): number =>
  typeof numbers === 'number' ? numbers : numbers.reduce((most, one) => Math.max(most, one), 0);

/** The equations of a type without any, for values that stand by themselves. */
export const noEquations: EquationSet = {
  parameters: {},
  state: {},
  derived: {},
  derivatives: {},
  noise: [],
  method: 'auto',
};

/**
 * The numbers of all parameters and state variables of the elements of a population, or of the synapses of a
 * projection.
 */
export class ElementValues {
  readonly #known = new Map<string, number>();
  readonly #declared: (name: string) => boolean;

  /**
   * @param names  numbers for names that the type does not have, by element: `i`, `N`
   */
  constructor(
    private readonly type: EquationSet,
    private readonly given: Readonly<Record<string, Value>>,
    private readonly size: number,
    private readonly context: { readonly data: DataStore; readonly functions: Functions },
    private readonly names: (name: string, element: number) => number | undefined = () => undefined,
  ) {
    this.#declared = (name) =>
      Object.hasOwn(type.parameters, name) || Object.hasOwn(type.state, name) || Object.hasOwn(type.derived, name);
  }

  /**
   * Returns values of a parameter or state variable, as one number if all elements have the same.
   *
   * @throws NoNumber if a value is not known before a run
   */
  of(name: string): number | readonly number[] {
    const value = this.#valueOf(name);
    if (typeof value === 'number') return value;
    const listed = typeof value === 'object' && isGiven(value) ? numbersOf(value.array, this.context.data) : undefined;
    const numbers =
      listed?.length === this.size ? listed : Array.from({ length: this.size }, (_, k) => this.#number(name, k, []));
    return numbers.every((x) => Object.is(x, numbers[0])) ? (numbers[0] ?? 0) : numbers;
  }

  #valueOf(name: string): Value {
    return this.given[name] ?? this.type.parameters[name]?.value ?? this.type.state[name]?.initial ?? 0;
  }

  #number(name: string, element: number, within: readonly string[]): number {
    const key = `${name} ${element}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (within.includes(name)) throw new NoNumber(`values of ${name} that depend on themselves`);
    const found = this.#compute(name, element, [...within, name]);
    this.#known.set(key, found);
    return found;
  }

  #compute(name: string, element: number, within: readonly string[]): number {
    const value = this.#valueOf(name);
    const e = this.type.derived[name]?.value ?? formulaOf(value);
    if (e === undefined) {
      if (typeof value === 'number') return value;
      if (isGiven(value)) return numbersOf(value.array, this.context.data)[element] ?? 0;
      throw new NoNumber(`values of ${name} that are drawn; freeze the model first`);
    }
    const lookup = (inner: string): number => {
      if (this.#declared(inner)) return this.#number(inner, element, within);
      const found = this.names(inner, element) ?? constants.get(inner);
      if (found !== undefined) return found;
      throw new NoNumber(`a value that depends on ${inner}`);
    };
    return evaluate(foldConstants(e, undefined, this.#declared), lookup, this.context.functions);
  }
}
