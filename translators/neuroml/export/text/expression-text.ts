/**
 * Expressions in LEMS. LEMS has no conditional within an expression. In a derived value, a conditional becomes a
 * separate variable with cases.
 * In statements and conditions, which read variables that were just updated, it becomes a sum in which the branch not
 * taken has the factor zero.
 */

import { sideOf } from '../../../../src/lang/reference.js';
import { second } from '../../../../src/lang/dimension.js';
import type { Dimension, Expression } from '../../../../src/lang/ast.js';
import { binary, call, conditional, name as nameOf, number, quantity } from '../../../../src/lang/build.js';
import { constants } from '../../../../src/lang/functions.js';
import { operandsOf } from '../../../../src/lang/addends.js';
import { equalExpressions, mapExpression } from '../../../../src/lang/walk.js';
import { isPure } from './dimensions.js';
import { callPiece } from './function-text.js';
import { atom, closed, joined, negative, raised, type Piece } from './pieces.js';
import { numberText } from './quantity-text.js';
import { NotExpressible } from '../../../../src/library/not-expressible.js';
import type { Place, Words } from './words.js';

/** Comparisons in LEMS, with their opposites. */
const comparisons: ReadonlyMap<string, { readonly word: string; readonly opposite: string }> = new Map([
  ['<', { word: '.lt.', opposite: '>=' }],
  ['<=', { word: '.leq.', opposite: '>' }],
  ['>', { word: '.gt.', opposite: '<=' }],
  ['>=', { word: '.geq.', opposite: '<' }],
  ['==', { word: '.eq.', opposite: '!=' }],
  ['!=', { word: '.neq.', opposite: '==' }],
]);
const opposite = (operator: string): string => comparisons.get(operator)?.opposite ?? operator;
const logical: ReadonlySet<string> = new Set([...comparisons.keys(), 'and', 'or']);

const signed = (value: number): Piece =>
  value < 0 || Object.is(value, -0) ? negative(atom(numberText(-value))) : atom(numberText(value));

const isNumber = (e: Expression, value: number): boolean => e.kind === 'number' && e.value === value;
const isNone = (e: Expression): boolean => (e.kind === 'number' || e.kind === 'quantity') && e.value === 0;

/** Longer texts of one comparison are refused, in characters. */
const longestText = 50_000;

/** Writes expressions of one component type. */
export class ExpressionText {
  constructor(private readonly words: Words) {}

  /** @throws NotExpressible */
  text(e: Expression, place: Place): string {
    return this.piece(e, place).text;
  }

  /** @throws NotExpressible */
  piece(e: Expression, place: Place): Piece {
    switch (e.kind) {
      case 'number':
        return signed(e.value);
      case 'quantity':
        return this.#quantity(e.value, e.dimension);
      case 'boolean':
        return atom(e.value ? '1' : '0');
      case 'name': {
        const alias = this.words.aliases.get(e.name);
        return alias ? this.piece(alias, place) : this.#name(e.name);
      }
      case 'unary':
        if (e.operator === 'not') return this.choice(e.operand, number(0), number(1), place);
        return e.operator === '-' ? negative(this.piece(e.operand, place)) : this.piece(e.operand, place);
      case 'binary':
        return this.#binary(e, place);
      case 'conditional':
        return this.choice(e.condition, e.whenTrue, e.whenFalse, place);
      case 'call':
        return callPiece(e.function, e.arguments, place, this.words, this);
      default:
        return e satisfies never;
    }
  }

  /** Returns a number of a unit that it is well read in. */
  #quantity(value: number, dimension: Dimension): Piece {
    if (value === 0) return atom('0');
    if (isPure(dimension)) return signed(value);
    const { count, name } = this.words.amount(value, dimension);
    return count === 1 ? atom(name) : joined(signed(count), '*', atom(name));
  }

  #name(name: string): Piece {
    const { words } = this;
    const own = words.ownName(name);
    if (own !== undefined) return atom(own);
    if (name === 't') return atom('t');
    if (name === 'dt') return atom(words.constant('DT', second, words.dt));
    if (name === 't_in_timesteps') return this.piece(call('timestep', [nameOf('t'), nameOf('dt')]), 'statement');
    const constant = constants.get(name);
    if (constant !== undefined) return atom(numberText(constant));
    if (sideOf(name) === 'pre')
      throw new NotExpressible(
        `${name} at events: a synapse of LEMS that hears spikes does not see the cell that it is from`,
      );
    throw new NotExpressible(`the name ${name}`);
  }

  #binary(e: Extract<Expression, { kind: 'binary' }>, place: Place): Piece {
    const { left, right, operator } = e;
    switch (operator) {
      case '+':
      case '-':
        // A zero has no dimension in LEMS, and neither would a sum with it.
        if (isNone(right)) return this.piece(left, place);
        if (isNone(left)) return operator === '+' ? this.piece(right, place) : negative(this.piece(right, place));
        return joined(this.piece(left, place), operator, this.piece(right, place));
      case '*':
      case '/':
        return joined(this.piece(left, place), operator, this.piece(right, place));
      case '**':
        return this.#power(left, right, place);
      case '//':
        return this.piece(call('floor', [binary('/', left, right)]), place);
      case '%':
        return this.piece(binary('-', left, binary('*', right, call('floor', [binary('/', left, right)]))), place);
      default:
        return this.choice(e, number(1), number(0), place);
    }
  }

  #power(base: Expression, exponent: Expression, place: Place): Piece {
    const dimension = this.words.infer(base);
    if (isPure(dimension)) return raised(this.piece(base, place), this.piece(exponent, place));
    const power =
      exponent.kind === 'unary' && exponent.operator === '-' && exponent.operand.kind === 'number'
        ? -exponent.operand.value
        : exponent.kind === 'number'
          ? exponent.value
          : NaN;
    if (!Number.isInteger(power) || power === 0 || Math.abs(power) > 8)
      throw new NotExpressible(`a value with a dimension to the power of ${String(power)}`);
    const factor = atom(closed(this.piece(base, place)));
    const repeated = Array.from({ length: Math.abs(power) }, () => factor).reduce((product, piece) =>
      joined(product, '*', piece),
    );
    return power > 0 ? repeated : joined(atom('1'), '/', repeated);
  }

  /**
   * Returns a conditional: a variable by cases, or a sum with factors 0 and 1.
   *
   * @param wanted suggested name of the variable
   */
  choice(condition: Expression, whenTrue: Expression, whenFalse: Expression, place: Place, wanted = 'choice'): Piece {
    if (place === 'derived') {
      const all = conditional(condition, whenTrue, whenFalse);
      return atom(this.words.asVariable(all, this.words.infer(all), wanted));
    }
    const larger = this.#larger(condition, whenTrue, whenFalse);
    const factor = atom(larger ?? this.#truth(condition));
    if (isNumber(whenTrue, 1) && isNumber(whenFalse, 0)) return factor;
    const [taken, other] = [this.#guarded(whenTrue, condition, 0, 1), this.#guarded(whenFalse, condition, 1, 0)];
    const not = larger === undefined ? atom(this.#truth(condition, true)) : joined(atom('1'), '-', factor);
    // A zero times a factor is a pure number, which is not a voltage.
    const terms = [
      ...(isNone(taken) ? [] : [joined(factor, '*', this.piece(taken, place))]),
      ...(isNone(other) ? [] : [joined(not, '*', this.piece(other, place))]),
    ];
    const [first, second] = terms;
    return first ? (second ? joined(first, '+', second) : first) : atom('0');
  }

  /**
   * Returns a branch with divisors that are not zero while the other branch is taken. Otherwise the product with zero
   * would not be zero.
   */
  #guarded(branch: Expression, condition: Expression, whenTrue: number, whenFalse: number): Expression {
    return mapExpression(branch, (part) => {
      if (
        part.kind !== 'binary' ||
        part.operator !== '/' ||
        part.right.kind === 'number' ||
        part.right.kind === 'quantity'
      )
        return part;
      const shift = binary(
        '*',
        conditional(condition, number(whenTrue), number(whenFalse)),
        quantity(1, this.words.infer(part.right)),
      );
      return binary('/', part.left, binary('+', part.right, shift));
    });
  }

  /** -1, 0 or 1: LEMS's step function is a half at zero. */
  sign(bare: string): string {
    return `(2 * H(${bare}) - 1)`;
  }

  /** Returns 1 if a condition holds, else 0; the reverse if it is negated. */
  #truth(e: Expression, negated = false): string {
    const alias = e.kind === 'name' ? this.words.aliases.get(e.name) : undefined;
    if (alias) return this.#truth(alias, negated);
    if (e.kind === 'unary' && e.operator === 'not') return this.#truth(e.operand, !negated);
    if (e.kind === 'boolean') return e.value === negated ? '0' : '1';
    if (e.kind !== 'binary' || !logical.has(e.operator)) {
      const text = closed(this.piece(e, 'statement'));
      return negated ? `(1 - ${text})` : text;
    }
    if (e.operator === 'and' || e.operator === 'or') {
      // One of both holds unless the opposites of both do.
      const isOr = e.operator === 'or';
      const product = `${this.#truth(e.left, isOr)} * ${this.#truth(e.right, isOr)}`;
      return isOr === negated ? `(${product})` : `(1 - ${product})`;
    }
    const text = this.#comparison(negated ? opposite(e.operator) : e.operator, e.left, e.right);
    // Each choice is written out several times in the one around it.
    if (text.length > longestText)
      throw new NotExpressible('nested conditional expressions, which are too long when written out');
    return text;
  }

  /** Returns 1 if a comparison holds, else 0. LEMS's step function is a half for equal values. */
  #comparison(operator: string, left: Expression, right: Expression): string {
    switch (operator) {
      case '>=':
        return `ceil(${this.#step(left, right)})`;
      case '<=':
        return `ceil(${this.#step(right, left)})`;
      case '>':
        return `(1 - ceil(${this.#step(right, left)}))`;
      case '<':
        return `(1 - ceil(${this.#step(left, right)}))`;
      case '==':
        return `(1 - abs(2 * ${this.#step(left, right)} - 1))`;
      default:
        return `abs(2 * ${this.#step(left, right)} - 1)`;
    }
  }

  /** Returns 1 if a value is above another one, 0 if it is below it, and a half if they are equal. */
  #step(value: Expression, other: Expression): string {
    return `H(${this.bare(binary('-', value, other), 'statement').text})`;
  }

  /**
   * Returns the factor of the larger or smaller one of two values. If they are equal, a half of each gives the same
   * result.
   */
  #larger(condition: Expression, whenTrue: Expression, whenFalse: Expression): string | undefined {
    if (condition.kind !== 'binary') return undefined;
    const { operator, left, right } = condition;
    const both = equalExpressions(left, whenTrue) && equalExpressions(right, whenFalse);
    const swapped = equalExpressions(left, whenFalse) && equalExpressions(right, whenTrue);
    if (!both && !swapped) return undefined;
    if (operator === '>' || operator === '>=') return this.#step(left, right);
    return operator === '<' || operator === '<=' ? this.#step(right, left) : undefined;
  }

  /** Returns an expression as the number that it is in SI. */
  bare(e: Expression, place: Place): Piece {
    const dimension = this.words.infer(e);
    const piece = this.piece(e, place);
    return isPure(dimension) ? piece : joined(piece, '/', atom(this.words.one(dimension)));
  }

  /**
   * Returns a condition in LEMS.
   *
   * @throws NotExpressible
   */
  condition(e: Expression, place: Place, negated = false): string {
    const alias = e.kind === 'name' ? this.words.aliases.get(e.name) : undefined;
    if (alias) return this.condition(alias, place, negated);
    if (e.kind === 'unary' && e.operator === 'not') return this.condition(e.operand, place, !negated);
    if (e.kind === 'boolean') return e.value === negated ? '1 .eq. 0' : '1 .eq. 1';
    if (e.kind === 'binary' && (e.operator === 'and' || e.operator === 'or')) {
      const word = (e.operator === 'and') !== negated ? '.and.' : '.or.';
      return operandsOf(e, e.operator)
        .map((operand) => `(${this.condition(operand, place, negated)})`)
        .join(` ${word} `);
    }
    if (e.kind === 'binary') {
      const word = comparisons.get(negated ? opposite(e.operator) : e.operator)?.word;
      if (word !== undefined) return `${this.text(e.left, place)} ${word} ${this.text(e.right, place)}`;
    }
    return `${this.text(e, place)} ${negated ? '.lt.' : '.gt.'} 0.5`;
  }
}
