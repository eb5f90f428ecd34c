/**
 * Equations on several lines, if one would be too long. An expression continues after an operator or a comma, below its
 * beginning.
 *
 *     dv/dt = (gl*(El - v) + ge*(Ee - v) + gi*(Ei - v) - g_na*(m*m*m)*h*(v - ENa) -
 *              g_kd*(n*n*n*n)*(v - EK))/Cm : volt
 */

import { width } from './python.js';

/** Wraps equations, printed one a line. A comment after an equation that is too long for one line moves before it. */
export const wrappedEquations = (text: string, indent: number): string =>
  text
    .split('\n')
    .map((line) => wrapped(line, width - indent))
    .join('\n');

const equation = /^([^=:#]* = )([^:#]+?)( : [^#]*?)?(?:\s+(#.*))?$/;

function wrapped(line: string, room: number): string {
  if (line.length <= room) return line;
  const [, head = '', expression = '', unit = '', comment] = equation.exec(line) ?? [];
  if (expression === '') return line;
  const own = comment === undefined ? '' : `${comment}\n`;
  return own + head + laidOut(expression, { column: head.length, after: unit.length, room }) + unit;
}

/**
 * The column of an expression, the length of the text that follows it on its last line, and the maximal length of
 * lines.
 */
interface Place {
  readonly column: number;
  readonly after: number;
  readonly room: number;
}

/** Places to cut an expression, the weakest operators first: in brackets, after operators, before keywords. */
const loose = [/^, /, /^ (?=(?:if|else) )/, /^ or /, /^ and /, /^ (?:[<>]=?|[!=]=) /, /^ [-+] /];
const tight = /^(?:\*(?!\*)|\/\/?|%)/;
/** Factors of a product from this length on have lines of their own. */
const longFactor = 20;
/** Terms up to this length stay whole, although a line then exceeds the limit slightly. */
const shortTerm = 32;

function laidOut(expression: string, place: Place): string {
  const { column, after, room } = place;
  if (column + expression.length + after <= room) return expression;
  for (const between of loose) {
    const terms = cut(expression, between);
    if (terms.length > 1) return filled(terms, place);
  }
  const factors = cut(expression, tight);
  const most = Math.max(...factors.map(({ length }) => length));
  const longest = factors.findIndex(({ length }) => length === most);
  const others = factors.filter((_, k) => k !== longest);
  const [, open, inside, close] = /^([^(]*\()(.*)(\)[^)]*)$/.exec(factors[longest] ?? '') ?? [];
  const isInside = open !== undefined && inside !== undefined && close !== undefined && isBalanced(inside);
  if (!isInside || others.some(({ length }) => length > longFactor))
    return factors.length > 1 ? filled(factors, place) : expression;
  const before = factors.slice(0, longest).join('') + open;
  const behind = close + factors.slice(longest + 1).join('');
  return before + laidOut(inside, { column: column + before.length, after: behind.length + after, room }) + behind;
}

/** Returns parts on lines that are as full as possible. A part longer than a line has several lines of its own. */
function filled(parts: readonly string[], { column, after, room }: Place): string {
  let [text, end] = ['', column];
  let isLong = false;
  parts.forEach((part, k) => {
    const left = k === parts.length - 1 ? after : 0;
    if (isLong || (k > 0 && end + part.trimEnd().length + left > room)) {
      text = `${text.trimEnd()}\n${' '.repeat(column)}`;
      end = column;
    }
    const [, operand = part, operator = ''] = /^(.*?)((?: ?[^\w\s()[\]]+| and| or)? ?)$/.exec(part) ?? [];
    const own = { column: end, after: operator.trimEnd().length + left, room };
    const shown = operand.length <= shortTerm ? operand : laidOut(operand, own);
    isLong = shown.includes('\n');
    text += shown + operator;
    end = text.length - text.lastIndexOf('\n') - 1 + (text.includes('\n') ? 0 : column);
  });
  return text;
}

/** Returns parts of an expression, each with the operator that follows it. Operators in brackets do not count. */
function cut(expression: string, between: RegExp): readonly string[] {
  const parts = [''];
  let depth = 0;
  for (let k = 0; k < expression.length;) {
    const sign = expression.charAt(k);
    const part = parts.pop() ?? '';
    depth += '(['.includes(sign) ? 1 : ')]'.includes(sign) ? -1 : 0;
    const [operator = ''] = depth === 0 && part !== '' ? (between.exec(expression.slice(k, k + 6)) ?? []) : [];
    parts.push(...(operator === '' ? [part + sign] : [part + operator, '']));
    k += operator.length || 1;
  }
  return parts;
}

/** Checks whether every bracket in a text is closed in it, after it is opened. */
function isBalanced(text: string): boolean {
  let depth = 0;
  for (const sign of text) {
    depth += sign === '(' ? 1 : sign === ')' ? -1 : 0;
    if (depth < 0) return false;
  }
  return depth === 0;
}
