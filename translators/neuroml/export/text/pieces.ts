/**
 * Pieces of expressions with their precedence, so that brackets stand only if needed. The reference interpreter binds
 * `/` more strongly than `*`, and `-` than `+`. Pieces are joined so that this reading and the usual one agree to the
 * last bit.
 */

/**
 * Text with its outermost operation: a sum, difference, product, quotient, power, or none that could be taken apart.
 */
export interface Piece {
  readonly text: string;
  /** How strongly it holds together: the higher, the fewer brackets. */
  readonly level: number;
}

type Operator = '+' | '-' | '*' | '/';

const levels: Readonly<Record<Operator, number>> = { '+': 1, '-': 2, '*': 3, '/': 4 };
const power = 5;
const whole = 6;

/** Returns a piece that never needs brackets: a name, a number, a call. */
export const atom = (text: string): Piece => ({ text, level: whole });

const inBrackets = ({ text }: Piece): string => `(${text})`;

/** Returns the text of a piece as something that cannot be taken apart. */
export const closed = (piece: Piece): string => (piece.level === whole ? piece.text : inBrackets(piece));

/** Checks whether a piece may appear before an operator without brackets. */
function holdsLeft(operator: Operator, { level }: Piece): boolean {
  if (level >= power) return true;
  switch (operator) {
    case '+':
      return true;
    case '-':
      return level !== levels['+'];
    case '*':
      return level >= levels['*'];
    case '/':
      return level === levels['/'];
    default:
      return operator satisfies never;
  }
}

function holdsRight(operator: Operator, { level, text }: Piece): boolean {
  if (text.startsWith('-')) return false;
  return level >= power || ((operator === '+' || operator === '-') && level >= levels['*']);
}

/** Two pieces with an operator between them. */
export function joined(left: Piece, operator: Operator, right: Piece): Piece {
  const [a, b] = [
    holdsLeft(operator, left) ? left.text : inBrackets(left),
    holdsRight(operator, right) ? right.text : inBrackets(right),
  ];
  return { text: `${a} ${operator} ${b}`, level: levels[operator] };
}

/**
 * Returns a piece with the other sign. A minus that something follows is a difference from zero to some readers, which
 * is the same number.
 */
export function negative(piece: Piece): Piece {
  const text = piece.level >= levels['*'] && !piece.text.startsWith('-') ? piece.text : inBrackets(piece);
  return { text: `-${text}`, level: Math.min(piece.level, levels['/']) === levels['*'] ? levels['*'] : levels['/'] };
}

/** Returns a piece to the power of another. */
export const raised = (base: Piece, exponent: Piece): Piece => ({
  text: `${closed(base)}^${closed(exponent)}`,
  level: power,
});
