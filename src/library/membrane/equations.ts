/** Equations of a mechanism on one section, as functions of only the potential, its state and calcium. */

import type { Conditional, Expression } from '../../lang/ast.js';
import { integer, isZero, number, quantity } from '../../lang/build.js';
import { isDimensionless } from '../../lang/dimension.js';
import { evaluate, NoNumber, type Functions } from '../../lang/evaluate.js';
import { foldConstants, simplify } from '../../lang/fold.js';
import { constants } from '../../lang/functions.js';
import { parseUnit } from '../../lang/units.js';
import { mapExpression, measure } from '../../lang/walk.js';
import { dimensionAtPlace } from '../../model/place-names.js';
import type { Mechanism } from '../../model/typed.js';
import { NotExpressible } from '../not-expressible.js';

/** Returns the branch of a conditional with a condition of only numbers. */
function chosen(e: Conditional): Expression {
  const condition = foldConstants(e.condition, undefined, () => true);
  return condition.kind !== 'boolean' ? e : condition.value ? e.whenTrue : e.whenFalse;
}

/** Most nodes of an expression without derived variables. */
const largest = 100_000;

/** Code with parameters replaced by numbers, and derived variables by their definitions. */
export class LocalEquations {
  readonly #known = new Map<string, Expression>();

  /**
   * @param numbers parameters and values read at the place, in SI
   * @param ions of the cell
   * @param free names that stay, such as calcium set by a pool, with their values at the start
   */
  constructor(
    readonly type: Mechanism,
    readonly numbers: ReadonlyMap<string, number>,
    private readonly ions: readonly string[],
    readonly functions: Functions,
    private readonly free: ReadonlyMap<string, number> = new Map(),
  ) {}

  /** Whether a name is a state variable. */
  readonly isState = (name: string): boolean => Object.hasOwn(this.type.state, name);

  /** Returns the equations at another temperature in K. */
  withTemperature(temperature: number): LocalEquations {
    const numbers = new Map([...this.numbers, ['temperature', temperature] as const]);
    return new LocalEquations(this.type, numbers, this.ions, this.functions, this.free);
  }

  /**
   * Returns an expression over `v`, state variables and free names.
   *
   * @throws NotExpressible if it reads something else
   */
  of(e: Expression): Expression {
    const declared = (name: string): boolean =>
      name === 'v' ||
      this.free.has(name) ||
      this.isState(name) ||
      this.numbers.has(name) ||
      Object.hasOwn(this.type.derived, name);
    const whole = mapExpression(foldConstants(e, undefined, declared), (part) => {
      if (part.kind === 'conditional') return chosen(part);
      if (part.kind === 'binary' && part.operator === '**' && isZero(simplify(part.right))) return integer(1);
      if (part.kind !== 'name' || part.name === 'v' || this.free.has(part.name) || this.isState(part.name)) return part;
      return this.#named(part.name);
    });
    if (measure(whole).size > largest) throw new NotExpressible('equations that go through many variables');
    return whole;
  }

  #named(name: string): Expression {
    const known = this.#known.get(name);
    if (known) return known;
    const derived = this.type.derived[name];
    const value = this.numbers.get(name) ?? constants.get(name);
    if (!derived && value === undefined) throw new NotExpressible(`what depends on ${name}`);
    const { parameters, density } = this.type;
    const unit = parameters[name]?.unit ?? '1';
    const dimension = dimensionAtPlace(name, this.ions, density) ?? parseUnit(unit).dimension;
    const made = derived
      ? this.of(derived.value)
      : isDimensionless(dimension)
        ? number(value ?? 0)
        : quantity(value ?? 0, dimension);
    this.#known.set(name, made);
    return made;
  }

  /** Returns an expression over `v` as a function of it, in SI. Free names have their values at the start. */
  atPotential(e: Expression): (v: number) => number {
    return (v) =>
      evaluate(
        e,
        (name) => {
          if (name === 'v') return v;
          const start = this.free.get(name);
          if (start === undefined) throw new NoNumber(`a value that depends on ${name}`);
          return start;
        },
        this.functions,
      );
  }
}
