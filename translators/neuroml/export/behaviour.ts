/** What cells of a type do, as functions of numbers: two types are the same where these are. */

import type { Expression } from '../../../src/lang/ast.js';
import { foldConstants } from '../../../src/lang/fold.js';
import { constants } from '../../../src/lang/functions.js';
import { parseExpression, parseStatements } from '../../../src/lang/parse.js';
import type { NeuronType } from '../../../src/model/model.js';
import { evaluate, NoNumber, type Functions } from '../../../src/lang/evaluate.js';

/** Numbers in SI by name. */
export type Point = Readonly<Record<string, number>>;

/** What cells of a type do. */
export interface Behaviour {
  /** Rates of state variables, by name. */
  readonly rates: (at: Point) => Point;
  /** Whether the cell fires. */
  readonly fires: (at: Point) => boolean;
  /** State variables after a spike. */
  readonly after: (at: Point) => Point;
  /** State variables that keep their values while the cell is refractory. */
  readonly held: ReadonlySet<string>;
  /** Whether a cell that fired so many seconds ago is still refractory. */
  readonly isRefractory: (seconds: number) => boolean;
  /** First values of state variables. */
  readonly initial: Point;
}

/** The operations of a type, evaluated as numbers for given values. */
class Numbers {
  readonly #parsed = new Map<string, Expression>();

  constructor(
    private readonly type: NeuronType,
    private readonly values: (name: string) => number,
    private readonly functions: Functions,
  ) {}

  /** @throws NoNumber */
  value(text: string, at: Point): number {
    return this.#evaluate(this.#parse(text), at);
  }

  #evaluate(e: Expression, at: Point): number {
    const { type } = this;
    const lookup = (name: string): number => {
      const here = at[name];
      if (here !== undefined) return here;
      if (type.parameters[name]) return this.values(name);
      const derived = type.derived[name];
      if (derived) return this.value(derived.value, at);
      const found = constants.get(name);
      if (found === undefined) throw new NoNumber(`a value that depends on ${name}`);
      return found;
    };
    return evaluate(e, lookup, this.functions);
  }

  #parse(text: string): Expression {
    const known = this.#parsed.get(text);
    if (known) return known;
    const made = foldConstants(parseExpression(text), undefined, (name) => this.#isOwn(name));
    this.#parsed.set(text, made);
    return made;
  }

  #isOwn(name: string): boolean {
    const { parameters, state, derived, inputs } = this.type;
    return [parameters, state, derived, inputs].some((map) => Object.hasOwn(map, name));
  }

  /** State after statements. @throws NoNumber */
  after(texts: readonly string[], at: Point): Point {
    let now = at;
    for (const text of texts)
      for (const statement of parseStatements(text)) {
        if (statement.kind !== 'assignment') throw new NoNumber('values that are sent');
        const value = this.#evaluate(
          foldConstants(statement.value, undefined, (name) => this.#isOwn(name)),
          now,
        );
        now = { ...now, [statement.target]: combined(statement.operator, now[statement.target] ?? 0, value) };
      }
    return now;
  }
}

function combined(operator: string, a: number, b: number): number {
  switch (operator) {
    case '=':
      return b;
    case '+=':
      return a + b;
    case '-=':
      return a - b;
    case '*=':
      return a * b;
    case '/=':
      return a / b;
    default:
      throw new NoNumber(`the assignment ${operator}`);
  }
}

/**
 * What cells of a type do; undefined for types that do what is not described here: noise, several events, structure.
 *
 * @param values  numbers of parameters
 * @param given  first values that replace the type's
 */
export function behaviourOf(
  type: NeuronType,
  values: (name: string) => number,
  functions: Functions,
  given: Point = {},
): Behaviour | undefined {
  const numbers = new Numbers(type, values, functions);
  if (type.noise.length > 0 || type.compartments || type.cable) return undefined;
  const firing = Object.keys(type.regimes).length > 0 ? byRegimes(type, numbers) : byEvents(type, numbers);
  if (!firing) return undefined;
  const initial = Object.fromEntries(
    Object.entries(type.state).map(([name, { initial: first }]) => {
      const here = given[name];
      return [
        name,
        here ?? (typeof first === 'number' ? first : typeof first === 'string' ? numbers.value(first, { t: 0 }) : NaN),
      ];
    }),
  );
  return { ...firing, initial };
}

type Firing = Omit<Behaviour, 'initial'>;

const ratesOf =
  (rates: readonly (readonly [string, { readonly rate: string }])[], numbers: Numbers) =>
  (at: Point): Point =>
    Object.fromEntries(rates.map(([name, { rate }]) => [name, numbers.value(rate, at)]));

/** Types with one event, and perhaps a time for which it holds variables. */
function byEvents(type: NeuronType, numbers: Numbers): Firing | undefined {
  const rates = ratesOf(Object.entries(type.derivatives), numbers);
  const [event, ...more] = Object.values(type.events);
  if (more.length > 0 || event?.edge === 'rising' || event?.multiplicity !== undefined || event?.section !== undefined)
    return undefined;
  const never = { held: new Set<string>(), isRefractory: () => false };
  if (!event) return { rates, fires: () => false, after: (at) => at, ...never };
  const firing = {
    rates,
    fires: (at: Point) => numbers.value(event.when, at) !== 0,
    after: (at: Point) => numbers.after(event.do, at),
  };
  const { refractory } = event;
  if (!refractory) return { ...firing, ...never };
  if (refractory.for === undefined || !refractory.suppress || refractory.of !== undefined) return undefined;
  const length = numbers.value(refractory.for, { t: 0 });
  return { ...firing, held: new Set(refractory.rate), isRefractory: (seconds) => seconds <= length };
}

/** Types that go between two regimes: one in which they may fire, one after that. */
function byRegimes(type: NeuronType, numbers: Numbers): Firing | undefined {
  const regimes = Object.entries(type.regimes);
  const [name, active] = regimes.find(([, { initial }]) => initial) ?? [];
  const [out, ...more] = active?.transitions ?? [];
  const resting = regimes.find(([other]) => other === out?.to)?.[1];
  const [back, ...others] = resting?.transitions ?? [];
  if (
    !active ||
    !out ||
    !resting ||
    !back ||
    more.length + others.length > 0 ||
    back.to !== name ||
    regimes.length !== 2
  )
    return undefined;
  const shared = Object.entries(type.derivatives);
  const resumed = (seconds: number): boolean => {
    // The cell keeps the time of its last spike in a variable.
    const kept = numbers.after([...out.do, ...resting.onEntry], { ...zeros(type), t: 0 });
    return numbers.value(back.when, { ...kept, t: seconds }) !== 0;
  };
  return {
    rates: ratesOf([...shared, ...Object.entries(active.derivatives)], numbers),
    fires: (at) => numbers.value(out.when, at) !== 0,
    after: (at) => numbers.after([...out.do, ...resting.onEntry], at),
    held: new Set(Object.keys(active.derivatives).filter((variable) => !Object.hasOwn(resting.derivatives, variable))),
    isRefractory: (seconds) => !resumed(seconds),
  };
}

const zeros = ({ state }: NeuronType): Point => Object.fromEntries(Object.keys(state).map((name) => [name, 0]));
