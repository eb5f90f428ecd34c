import type { BinaryOperator, Dimension, Expression, Statement } from './ast.js';
import { quantity } from './build.js';
import { canonicalDecimal } from './decimal.js';
import { isDimensionless, unitText } from './dimension.js';
import { precedence } from './parse-expression.js';

/** How tightly the printed form of a node binds; a part that binds looser than its place needs gets parentheses. */
const level = {
  conditional: 1,
  or: 2,
  and: 3,
  not: 4,
  comparison: 5,
  sum: 6,
  product: 7,
  sign: 8,
  power: 9,
  atom: 10,
} as const;

const operatorLevel: Readonly<Record<BinaryOperator, number>> = { ...precedence, '**': level.power };

/** Operators printed without space around them. */
const tight: ReadonlySet<BinaryOperator> = new Set(['*', '/', '//', '%', '**']);

/** The options of a notation's printer. */
interface PrintOptions {
  /**
   * Names that have another meaning in the surrounding text (a gate named `m`): units of that name are written long,
   * `meter`.
   */
  readonly taken?: (name: string) => boolean;
  /** How a choice is written: `a if c else b`, or `c ? a : b`; absent: the first. */
  readonly choice?: 'words' | 'signs';
}

function levelOf(e: Expression): number {
  switch (e.kind) {
    case 'number':
      return e.text.startsWith('-') ? level.sign : level.atom;
    case 'quantity':
      return isDimensionless(e.dimension)
        ? e.value < 0 || Object.is(e.value, -0)
          ? level.sign
          : level.atom
        : level.product;
    case 'boolean':
    case 'name':
    case 'call':
      return level.atom;
    case 'unary':
      return e.operator === 'not' ? level.not : level.sign;
    case 'binary':
      return operatorLevel[e.operator];
    case 'conditional':
      return level.conditional;
    default:
      return e satisfies never;
  }
}

/** Decimal text of a double: the shortest that reads back to it. */
function decimal(value: number, integer: boolean): string {
  return canonicalDecimal(Object.is(value, -0) ? '-0' : String(value), integer);
}

/**
 * The canonical text of an expression: one spelling, the fewest parentheses. It parses back to the same tree, except
 * for folded literals: negative numbers parse as a sign and a number, quantities as a product (`0.02*V`); folding
 * restores them.
 */
export function printExpression(e: Expression, options: PrintOptions = {}): string {
  const print = (part: Expression, least: number): string => {
    const text = printExpression(part, options);
    return levelOf(part) < least ? `(${text})` : text;
  };
  switch (e.kind) {
    case 'number':
      return canonicalDecimal(e.text, e.integer);
    case 'quantity':
      // A whole number of volts needs no point: the unit makes it real.
      if (isDimensionless(e.dimension)) return decimal(e.value, false);
      return [
        decimal(e.value, Number.isSafeInteger(e.value) && !Object.is(e.value, -0)),
        unitText(e.dimension, options.taken),
      ].join('*');
    case 'boolean':
      return e.value ? 'True' : 'False';
    case 'name':
      return e.name;
    case 'unary':
      return e.operator === 'not'
        ? `not ${print(e.operand, level.not)}`
        : `${e.operator}${print(e.operand, level.sign)}`;
    case 'binary': {
      const { operator, left, right } = e;
      const own = operatorLevel[operator];
      const sign = tight.has(operator) ? operator : ` ${operator} `;
      // Powers group to the right and take a sign in the exponent. Comparisons do not chain. Others group to the left.
      const [first, second] =
        operator === '**' ? [level.atom, level.sign] : [own === level.comparison ? own + 1 : own, own + 1];
      return `${print(left, first)}${sign}${print(right, second)}`;
    }
    case 'conditional':
      if (options.choice === 'signs')
        return `${print(e.condition, level.or)} ? ${print(e.whenTrue, level.or)} : ${print(e.whenFalse, level.or)}`;
      return (
        `${print(e.whenTrue, level.or)} if ${print(e.condition, level.or)} else ` +
        print(e.whenFalse, level.conditional)
      );
    case 'call':
      return `${e.function}(${e.arguments.map((argument) => print(argument, level.conditional)).join(', ')})`;
    default:
      return e satisfies never;
  }
}

/** The canonical text of a statement, such as `v = E_l`, `post.ge += w`, `send(port, w, 0.001*s)`. */
export function printStatement(s: Statement, options: PrintOptions = {}): string {
  if (s.kind === 'assignment') return `${s.target} ${s.operator} ${printExpression(s.value, options)}`;
  return `send(${s.port}, ${printExpression(s.value, options)}, ${printExpression(s.after, options)})`;
}

/**
 * Returns a number with its unit by a long name that no variable can have: `0.005*second`.
 *
 * @param taken names of variables; absent: any
 */
export const inSI = (value: number, dimension: Dimension, taken: PrintOptions['taken'] = () => true): string =>
  printExpression(quantity(value, dimension), { taken });
