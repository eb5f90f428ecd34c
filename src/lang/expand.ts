/**
 * Expressions multiplied out: sums of products of integer powers. Any part other than a sum, product, quotient or such
 * a power is an atom, identified by its text.
 */

import { itemAt } from '../diagnostics/entry.js';
import type { Expression } from './ast.js';
import { integer, negated, number, product, quotient, sum } from './build.js';
import { printExpression } from './print.js';
import { namesIn } from './walk.js';

/** A number times powers of atoms, by their texts. */
interface Term {
  readonly factor: number;
  readonly powers: ReadonlyMap<string, number>;
}

/** Terms by their powers, as text. */
type Terms = ReadonlyMap<string, Term>;

/** Largest number of terms of an expanded product, and largest expanded power. */
const mostTerms = 200;
const highestPower = 8;

/**
 * Returns the linear form of an expression that becomes linear when multiplied out, such as `(v + 1)**2 - v**2`,
 * `v**2/v` and `v*w - w*v + v`. SymPy, too, expands rates before it collects coefficients (`get_linear_system` of Brian
 * 2).
 *
 * @returns coefficients by name, and the rest; null if the expanded form is not linear
 */
export function expandedLinearForm(
  e: Expression,
  names: ReadonlySet<string>,
): { coefficients: Map<string, Expression>; constant: Expression } | null {
  const atoms = new Map<string, Expression>();
  const terms = new Expansion(names, atoms).of(e);
  if (!terms) return null;
  const coefficients = new Map<string, Expression>();
  let constant: Expression = integer(0);
  for (const term of terms.values()) {
    const wanted = [...term.powers].filter(([text]) => names.has(text));
    const [first] = wanted;
    if (!first) constant = sum(constant, rebuilt(term, atoms, null));
    else if (wanted.length > 1 || first[1] !== 1) return null;
    else coefficients.set(first[0], sum(coefficients.get(first[0]) ?? integer(0), rebuilt(term, atoms, first[0])));
  }
  return { coefficients, constant };
}

/** A term as an expression, without one of its atoms. */
function rebuilt({ factor, powers }: Term, atoms: ReadonlyMap<string, Expression>, without: string | null): Expression {
  let above: Expression = Number.isInteger(factor) ? integer(Math.abs(factor)) : number(Math.abs(factor));
  let below: Expression | null = null;
  for (const [text, power] of powers) {
    const atom = atoms.get(text);
    if (text === without || !atom) continue;
    for (let k = 0; k < Math.abs(power); k++) {
      if (power > 0) above = product(above, atom);
      else below = below ? product(below, atom) : atom;
    }
  }
  if (factor < 0) above = negated(above);
  return below ? quotient(above, below) : above;
}

class Expansion {
  readonly #names: ReadonlySet<string>;
  readonly #atoms: Map<string, Expression>;

  constructor(names: ReadonlySet<string>, atoms: Map<string, Expression>) {
    this.#names = names;
    this.#atoms = atoms;
  }

  /** Returns the terms of an expression; null if a name occurs in an atom. */
  of(e: Expression): Terms | null {
    switch (e.kind) {
      case 'number':
        return single(e.value, new Map());
      case 'name':
        return this.#atom(e);
      case 'unary': {
        const operand = e.operator === 'not' ? null : this.of(e.operand);
        if (!operand) return this.#free(e);
        return e.operator === '-' ? scaled(operand, -1) : operand;
      }
      case 'call': {
        const [inner] = e.arguments;
        // Variables are real numbers, as SymPy assumes.
        const undone = e.function === 'log' && inner?.kind === 'call' && inner.function === 'exp';
        return undone ? this.of(inner.arguments[0] as Expression) : this.#free(e);
      }
      case 'binary':
        return this.#binary(e) ?? this.#free(e);
      case 'quantity':
      case 'boolean':
      case 'conditional':
        return this.#free(e);
      default:
        return e satisfies never;
    }
  }

  #binary(e: Expression & { readonly kind: 'binary' }): Terms | null {
    const left = this.of(e.left);
    if (!left) return null;
    if (e.operator === '**') {
      const power = wholePower(e.right);
      if (power === null || Math.abs(power) > highestPower) return null;
      const base = power < 0 ? this.#inverse(e.left) : left;
      let result: Terms | null = single(1, new Map());
      for (let k = 0; k < Math.abs(power); k++) result = result && base && multiplied(result, base);
      return result;
    }
    const right = e.operator === '/' ? this.#inverse(e.right) : this.of(e.right);
    if (!right) return null;
    switch (e.operator) {
      case '+':
        return added(left, right);
      case '-':
        return added(left, scaled(right, -1));
      case '*':
      case '/':
        return multiplied(left, right);
      default:
        return null;
    }
  }

  /** Returns 1 divided by an expression, which must be a single term or independent of the names. */
  #inverse(e: Expression): Terms | null {
    const terms = this.of(e);
    const [only, ...others] = terms?.values() ?? [];
    if (only && others.length === 0)
      return only.factor === 0
        ? null
        : single(1 / only.factor, new Map([...only.powers].map(([text, power]) => [text, -power])));
    const whole = this.#free(e);
    return (
      whole &&
      itemAt(
        [...whole.values()].map(({ powers }) => single(1, new Map([...powers].map(([text]) => [text, -1])))),
        0,
      )
    );
  }

  /** An expression as an atom, if it is free of the names. */
  #free(e: Expression): Terms | null {
    return [...namesIn(e)].some((name) => this.#names.has(name)) ? null : this.#atom(e);
  }

  #atom(e: Expression): Terms {
    const text = e.kind === 'name' ? e.name : `(${printExpression(e)})`;
    this.#atoms.set(text, e);
    return single(1, new Map([[text, 1]]));
  }
}

function wholePower(e: Expression): number | null {
  if (e.kind === 'unary' && e.operator === '-') {
    const power = wholePower(e.operand);
    return power === null ? null : -power;
  }
  return e.kind === 'number' && Number.isInteger(e.value) ? e.value : null;
}

const keyOf = (powers: ReadonlyMap<string, number>): string =>
  [...powers]
    .map(([text, power]) => `${text}^${power}`)
    .sort()
    .join('*');

const single = (factor: number, powers: ReadonlyMap<string, number>): Terms =>
  factor === 0 ? new Map() : new Map([[keyOf(powers), { factor, powers }]]);

const scaled = (terms: Terms, by: number): Terms =>
  new Map([...terms].map(([key, { factor, powers }]) => [key, { factor: factor * by, powers }]));

function added(a: Terms, b: Terms): Terms {
  const result = new Map(a);
  for (const [key, { factor, powers }] of b) {
    const both = (result.get(key)?.factor ?? 0) + factor;
    if (both === 0) result.delete(key);
    else result.set(key, { factor: both, powers });
  }
  return result;
}

function multiplied(a: Terms, b: Terms): Terms | null {
  if (a.size * b.size > mostTerms) return null;
  let result: Terms = new Map();
  for (const termOfA of a.values()) {
    for (const termOfB of b.values()) {
      const powers = new Map(termOfA.powers);
      for (const [text, power] of termOfB.powers) {
        const both = (powers.get(text) ?? 0) + power;
        if (both === 0) powers.delete(text);
        else powers.set(text, both);
      }
      result = added(result, single(termOfA.factor * termOfB.factor, powers));
    }
  }
  return result;
}
