/** Pieces of expression text with their precedence. */

/** Text of an expression; larger precedence binds tighter. */
export interface Term {
  readonly text: string;
  /** As in C, higher for operators that bind tighter; an operand of lower precedence gets parentheses. */
  readonly precedence: number;
}

/** Precedences of C's operators, tightest first. */
export const precedence = {
  primary: 16,
  unary: 14,
  multiply: 13,
  add: 12,
  compare: 10,
  equal: 9,
  bits: 8,
  choose: 3,
} as const;

/** A name, literal or call. */
export const primary = (text: string): Term => ({ text, precedence: precedence.primary });

/** A call of a function. */
export const call = (callee: string, ...args: readonly Term[]): Term =>
  primary(`${callee}(${args.map(({ text }) => text).join(', ')})`);

/** Returns the text of a term for a place that accepts the given precedence. */
export function within(term: Term, least: number): string {
  return term.precedence >= least ? term.text : `(${term.text})`;
}

/** `op term`; two signs never stand side by side. */
export function prefixed(op: string, operand: Term): Term {
  const text = within(operand, precedence.unary);
  return {
    text: text.startsWith('-') || text.startsWith('+') ? `${op}(${text})` : `${op}${text}`,
    precedence: precedence.unary,
  };
}

/** `(type)term`. */
export const cast = (type: string, operand: Term): Term => prefixed(`(${type})`, operand);

/** A left-associative operator. Its operands are never rearranged, since that would change bits. */
export function infix(op: string, level: number, left: Term, right: Term): Term {
  return { text: `${within(left, level)} ${op} ${within(right, level + 1)}`, precedence: level };
}

/**
 * Prints operators on bits: their operands get parentheses unless they are simple, because C's precedence of these is
 * hard to remember.
 */
export function bitwise(op: string, left: Term, right: Term): Term {
  const operand = (term: Term): string => within(term, precedence.unary);
  return { text: `${operand(left)} ${op} ${operand(right)}`, precedence: precedence.bits };
}

/** `condition ? whenTrue : whenFalse`. */
export function choose(condition: Term, whenTrue: Term, whenFalse: Term): Term {
  return {
    text:
      `${within(condition, precedence.equal)} ? ${within(whenTrue, precedence.bits)} : ` +
      within(whenFalse, precedence.choose),
    precedence: precedence.choose,
  };
}
