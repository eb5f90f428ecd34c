/** Equations of a mechanism on one section, as functions of the potential, its state and calcium alone. */

import type { Expression } from '../../../../src/lang/ast.js';
import { number, quantity } from '../../../../src/lang/build.js';
import { evaluate, NoNumber, type Functions } from '../../../../src/lang/evaluate.js';
import { foldConstants } from '../../../../src/lang/fold.js';
import { constants } from '../../../../src/lang/functions.js';
import { parseExpression } from '../../../../src/lang/parse.js';
import { mapExpression } from '../../../../src/lang/walk.js';
import type { Mechanism } from '../../../../src/model/model.js';
import { dimensionOfUnit } from '../dimensions.js';
import { NotExpressible } from '../words.js';

/** Code with numbers in the place of parameters, and definitions in that of derived variables. */
export class LocalEquations {
  readonly #known = new Map<string, Expression>();

  /**
   * @param numbers  parameters and what is read of the place, in SI
   * @param free  names that stay, as calcium where a pool sets it, with what they are at the start
   */
  constructor(
    readonly type: Mechanism,
    private readonly numbers: ReadonlyMap<string, number>,
    readonly functions: Functions,
    private readonly free: ReadonlyMap<string, number> = new Map(),
  ) {}

  /** Whether a name is a state variable. */
  readonly isState = (name: string): boolean => Object.hasOwn(this.type.state, name);

  /** An expression over `v`, state variables and free names. @throws NotExpressible where it reads something else */
  of(text: string): Expression {
    const declared = (name: string): boolean =>
      name === 'v' ||
      this.free.has(name) ||
      this.isState(name) ||
      this.numbers.has(name) ||
      Object.hasOwn(this.type.derived, name);
    return mapExpression(foldConstants(parseExpression(text), undefined, declared), (part) => {
      if (part.kind !== 'name' || part.name === 'v' || this.free.has(part.name) || this.isState(part.name)) return part;
      return this.#named(part.name);
    });
  }

  #named(name: string): Expression {
    const known = this.#known.get(name);
    if (known) return known;
    const derived = this.type.derived[name];
    const value = this.numbers.get(name) ?? constants.get(name);
    if (!derived && value === undefined) throw new NotExpressible(`what depends on ${name}`);
    const unit = this.type.parameters[name]?.unit ?? '1';
    const made = derived
      ? this.of(derived.value)
      : unit === '1'
        ? number(value ?? 0)
        : quantity(value ?? 0, dimensionOfUnit(unit));
    this.#known.set(name, made);
    return made;
  }

  /** An expression over `v` as a function of it, in SI; free names are what they are at the start. */
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
