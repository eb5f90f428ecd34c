/** Values of parameters and first values of variables, as numbers. */

import type { Expression } from '../../../src/lang/ast.js';
import { foldConstants } from '../../../src/lang/fold.js';
import { constants } from '../../../src/lang/functions.js';
import { parseExpression } from '../../../src/lang/parse.js';
import type { ArrayValue, DataStore, EquationSet, Value } from '../../../src/model/model.js';

/** A name has no number here; the message says why. */
export class NoNumber extends Error {}

const unary: Readonly<Record<string, (x: number) => number>> = {
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  log10: Math.log10,
  log2: Math.log2,
  sqrt: Math.sqrt,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  abs: Math.abs,
  floor: Math.floor,
  ceil: Math.ceil,
  sign: Math.sign,
  int: Math.trunc,
  exprel: (x) => (x === 0 ? 1 : Math.expm1(x) / x),
};

/** @throws NoNumber for what has no value that is known before a run */
function evaluate(e: Expression, lookup: (name: string) => number): number {
  const of = (part: Expression): number => evaluate(part, lookup);
  switch (e.kind) {
    case 'number':
    case 'quantity':
      return e.value;
    case 'boolean':
      return e.value ? 1 : 0;
    case 'name':
      return lookup(e.name);
    case 'unary':
      return e.operator === 'not' ? (of(e.operand) === 0 ? 1 : 0) : e.operator === '-' ? -of(e.operand) : of(e.operand);
    case 'binary':
      return operate(e.operator, of(e.left), of(e.right));
    case 'conditional':
      return of(e.condition) === 0 ? of(e.whenFalse) : of(e.whenTrue);
    case 'call': {
      const [x = 0, y = 0, z = 0] = e.arguments.map(of);
      const f = unary[e.function];
      if (f) return f(x);
      if (e.function === 'min') return Math.min(x, y);
      if (e.function === 'max') return Math.max(x, y);
      if (e.function === 'clip') return Math.min(Math.max(x, y), z);
      if (e.function === 'fmod') return x % y;
      throw new NoNumber(`a value with ${e.function}(), which is drawn or computed during a run`);
    }
    default:
      return e satisfies never;
  }
}

function operate(operator: string, a: number, b: number): number {
  const yes = (condition: boolean): number => (condition ? 1 : 0);
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '//':
      return Math.floor(a / b);
    case '%':
      return a - b * Math.floor(a / b);
    case '**':
      return a ** b;
    case '<':
      return yes(a < b);
    case '<=':
      return yes(a <= b);
    case '>':
      return yes(a > b);
    case '>=':
      return yes(a >= b);
    case '==':
      return yes(a === b);
    case '!=':
      return yes(a !== b);
    case 'and':
      return yes(a !== 0 && b !== 0);
    default:
      return yes(a !== 0 || b !== 0);
  }
}

export function numbersOf(value: ArrayValue, data: DataStore): ArrayLike<number> {
  if (!('$data' in value)) return value;
  const stored = data.get(value.$data) ?? [];
  return stored instanceof BigInt64Array ? Array.from(stored, Number) : stored;
}

/** The numbers of all parameters and state variables of the elements of a population, or of the synapses of a projection. */
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
    private readonly data: DataStore,
    private readonly names: (name: string, element: number) => number | undefined = () => undefined,
  ) {
    this.#declared = (name) => Object.hasOwn(type.parameters, name) || Object.hasOwn(type.state, name) || Object.hasOwn(type.derived, name);
  }

  /**
   * Values of a parameter or state variable: one number where all elements have the same.
   *
   * @throws NoNumber where a value is not known before a run
   */
  of(name: string): number | readonly number[] {
    const value = this.#valueOf(name);
    if (typeof value === 'number') return value;
    const numbers = Array.from({ length: this.size }, (_, k) => this.#number(name, k, []));
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
    const derived = this.type.derived[name];
    const value = derived ? derived.value : this.#valueOf(name);
    if (typeof value === 'number') return value;
    if (typeof value === 'object') {
      if ('generator' in value) throw new NoNumber(`values of ${name} that are drawn; freeze the model first`);
      return numbersOf(value.array, this.data)[element] ?? 0;
    }
    return evaluate(foldConstants(parseExpression(value), undefined, this.#declared), (inner) => {
      if (this.#declared(inner)) return this.#number(inner, element, within);
      const found = this.names(inner, element) ?? constants.get(inner);
      if (found !== undefined) return found;
      throw new NoNumber(`a value that reads ${inner}`);
    });
  }
}
