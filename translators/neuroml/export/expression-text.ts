/**
 * Expressions in LEMS's words. LEMS has no choice within an expression: where a value is derived, a choice becomes a
 * variable of its own with cases;
 * in statements and conditions, which see variables that were just updated, it becomes a sum in which the branch that
 * is not taken has the factor zero.
 */

import { second } from '../../../src/lang/dimension.js';
import type { Dimension, Expression } from '../../../src/lang/ast.js';
import { binary, boolean, call, conditional, name as nameOf, number, quantity } from '../../../src/lang/build.js';
import { constants } from '../../../src/lang/functions.js';
import { mapExpression, readsAny, substitute } from '../../../src/lang/walk.js';
import { borderOf } from '../../../src/library/gather/time-conditions.js';
import { isPure } from './dimensions.js';
import { callPiece } from './function-text.js';
import { atom, closed, joined, negative, raised, type Piece } from './pieces.js';
import { numberText } from './quantity-text.js';
import { earlyTime, endOfStep, NotExpressible, ownTime, type Place, type Words } from './words.js';

/**
 * Time is a sum of steps in LEMS, and may be off in its last digits: a start of a step that is late by so little is not
 * before it.
 */
const almostOne = 0.9999;
/** A start of a step that is as much too early is not after it. */
const moreThanOne = 1.0001;

/** Words of comparisons, and of their opposites. */
const comparisonWords: ReadonlyMap<string, readonly [string, string]> = new Map([
  ['<', ['.lt.', '.geq.']],
  ['<=', ['.leq.', '.gt.']],
  ['>', ['.gt.', '.leq.']],
  ['>=', ['.geq.', '.lt.']],
  ['==', ['.eq.', '.neq.']],
  ['!=', ['.neq.', '.eq.']],
]);
const time: ReadonlySet<string> = new Set(['t']);
const logical: ReadonlySet<string> = new Set([...comparisonWords.keys(), 'and', 'or']);

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

  /** A number of a unit that it is well read in. */
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
    const { reads, dt } = words.clock;
    if (name === endOfStep) return atom('t');
    if (name === 't' || name === ownTime)
      return reads === 'end'
        ? atom('t')
        : joined(atom('t'), '-', atom(words.constant('TIME_STEP', second, Number((dt * almostOne).toPrecision(12)))));
    if (name === earlyTime)
      return joined(
        atom('t'),
        '-',
        atom(words.constant('LONG_STEP', second, Number((dt * moreThanOne).toPrecision(12)))),
      );
    if (name === 'dt') return atom(words.constant('DT', second, dt));
    if (name === 't_in_timesteps') return this.piece(call('timestep', [nameOf('t'), nameOf('dt')]), 'statement');
    const constant = constants.get(name);
    if (constant !== undefined) return atom(numberText(constant));
    throw new NotExpressible(`the name ${name}`);
  }

  #binary(e: Extract<Expression, { kind: 'binary' }>, place: Place): Piece {
    const { left, right, operator } = e;
    switch (operator) {
      case '+':
      case '-':
        // A zero has no dimension in LEMS, and a sum with one would have none either.
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
    const repeated = Array.from({ length: Math.abs(power) }, () => factor).reduce((product, one) =>
      joined(product, '*', one),
    );
    return power > 0 ? repeated : joined(atom('1'), '/', repeated);
  }

  /** A choice: a variable by cases, or a sum with factors 0 and 1. */
  choice(condition: Expression, whenTrue: Expression, whenFalse: Expression, place: Place): Piece {
    if (place === 'derived') {
      const all = conditional(condition, whenTrue, whenFalse);
      return atom(this.words.asVariable(all, this.words.infer(all)));
    }
    const factor = atom(this.#truth(condition));
    if (isNumber(whenTrue, 1) && isNumber(whenFalse, 0)) return factor;
    const [taken, other] = [this.#guarded(whenTrue, condition, 0, 1), this.#guarded(whenFalse, condition, 1, 0)];
    // A zero times a factor is a pure number, which is not a voltage.
    const not = joined(atom('1'), '-', factor);
    const terms = [
      ...(isNone(taken) ? [] : [joined(factor, '*', this.piece(taken, place))]),
      ...(isNone(other) ? [] : [joined(not, '*', this.piece(other, place))]),
    ];
    const [first, second] = terms;
    return first ? (second ? joined(first, '+', second) : first) : atom('0');
  }

  /**
   * A branch whose divisors are not zero while the other one is taken: there the product with zero would not be zero.
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

  /**
   * A comparison of the time as one that holds in the steps in which it does in the model, however LEMS's sum of steps
   * is rounded.
   */
  #timed(e: Expression): Expression {
    const { clock, aliases, inlined } = this.words;
    if (e.kind !== 'binary' || !comparisonWords.has(e.operator) || clock.reads === 'end') return e;
    const whole = mapExpression(e, (part) => {
      const inner = part.kind === 'name' ? inlined.get(part.name) : undefined;
      return inner && readsAny(inner, time) ? inner : part;
    });
    const border = whole.kind === 'binary' ? borderOf(whole, clock.dt) : undefined;
    if (whole.kind !== 'binary' || !border) return e;
    if (e.operator === '==' || e.operator === '!=') {
      const apart = binary('-', whole.left, whole.right);
      const least = quantity((Math.abs(border.slope) * clock.dt) / 2, this.words.infer(apart));
      const isNever = border.steps !== undefined && border.at === border.after;
      return isNever ? boolean(border.after) : binary(border.after ? '>' : '<', call('abs', [apart]), least);
    }
    if (border.at === border.after) return e;
    const early = substitute(
      aliases.get('t') ?? nameOf('t'),
      new Map([[aliases.has('t') ? ownTime : 't', nameOf(earlyTime)]]),
    );
    return substitute(whole, new Map([['t', early]]));
  }

  /** 1 where a condition holds, else 0. */
  #truth(given: Expression): string {
    const e = this.#timed(given);
    const alias = e.kind === 'name' ? this.words.aliases.get(e.name) : undefined;
    if (alias) return this.#truth(alias);
    if (e.kind === 'unary' && e.operator === 'not') return `(1 - ${this.#truth(e.operand)})`;
    if (e.kind === 'boolean') return e.value ? '1' : '0';
    if (e.kind !== 'binary' || !logical.has(e.operator)) return closed(this.piece(e, 'statement'));
    if (e.operator === 'and') return `(${this.#truth(e.left)} * ${this.#truth(e.right)})`;
    if (e.operator === 'or') return `(1 - (1 - ${this.#truth(e.left)}) * (1 - ${this.#truth(e.right)}))`;
    const s = this.sign(this.bare(binary('-', e.left, e.right), 'statement').text);
    // Each choice is written out several times in the one around it.
    if (s.length > longestText)
      throw new NotExpressible('nested conditional expressions, which are too long when written out');
    switch (e.operator) {
      case '>':
        return `(${s} * (${s} + 1) / 2)`;
      case '<':
        return `(${s} * (${s} - 1) / 2)`;
      case '>=':
        return `(1 - ${s} * (${s} - 1) / 2)`;
      case '<=':
        return `(1 - ${s} * (${s} + 1) / 2)`;
      case '==':
        return `(1 - ${s} * ${s})`;
      default:
        return `(${s} * ${s})`;
    }
  }

  /** An expression as the number that it is in SI. */
  bare(e: Expression, place: Place): Piece {
    const dimension = this.words.infer(e);
    const piece = this.piece(e, place);
    return isPure(dimension) ? piece : joined(piece, '/', atom(this.words.one(dimension)));
  }

  /** A condition in LEMS's words. @throws NotExpressible */
  condition(given: Expression, place: Place, negated = false): string {
    const e = this.#timed(given);
    const alias = e.kind === 'name' ? this.words.aliases.get(e.name) : undefined;
    if (alias) return this.condition(alias, place, negated);
    if (e.kind === 'unary' && e.operator === 'not') return this.condition(e.operand, place, !negated);
    if (e.kind === 'boolean') return e.value === negated ? '1 .eq. 0' : '1 .eq. 1';
    if (e.kind === 'binary' && (e.operator === 'and' || e.operator === 'or')) {
      const word = (e.operator === 'and') !== negated ? '.and.' : '.or.';
      return `(${this.condition(e.left, place, negated)}) ${word} (${this.condition(e.right, place, negated)})`;
    }
    if (e.kind === 'binary') {
      const words = comparisonWords.get(e.operator);
      if (words) return `${this.text(e.left, place)} ${negated ? words[1] : words[0]} ${this.text(e.right, place)}`;
    }
    return `${this.text(e, place)} ${negated ? '.lt.' : '.gt.'} 0.5`;
  }
}
