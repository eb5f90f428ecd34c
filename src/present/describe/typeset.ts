/** Equations and statements as formulas, in MathML or LaTeX. */

import { itemAt } from '../../diagnostics/entry.js';
import type { BinaryOperator, Expression, QuantityLiteral, Statement } from '../../lang/ast.js';
import { canonicalDecimal } from '../../lang/decimal.js';
import { parseExpression } from '../../lang/parse.js';
import { precedence } from '../../lang/parse-expression.js';
import { printExpression } from '../../lang/print.js';
import { referenceOf } from '../../lang/reference.js';
import { unitOf } from '../../lang/units.js';
import { noNames } from '../../model/declared-names.js';
import { markupText, printableLines } from '../../diagnostics/display.js';
import type { Line, LinePart } from './description.js';

/** How a notation writes the parts of a formula. Arguments are formulas, except where they are texts. */
export interface FormulaNotation {
  /** Several parts, one after another. */
  row(parts: readonly string[]): string;
  number(text: string): string;
  /** A name of one letter, or of several, or a Greek letter by its name. */
  name(text: string): string;
  /** Words of running text. */
  text(text: string): string;
  operator(symbol: string): string;
  subscript(base: string, below: string): string;
  power(base: string, exponent: string): string;
  fraction(above: string, below: string): string;
  root(inside: string): string;
  brackets(inside: string): string;
  absolute(inside: string): string;
  /** Values, each with its condition. */
  cases(rows: readonly (readonly [value: string, condition: string])[]): string;
  /** A number and its unit. */
  unit(number: string, unit: string): string;
}

const greek = new Set(
  'alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu xi pi rho sigma tau phi chi psi omega'.split(' '),
);

/** Greek letters that names begin with, such as `taum`. */
const greekStart = /^(alpha|beta|gamma|lambda|sigma|tau|theta)([A-Za-z]{1,3}|\d+)$/;

/** How tightly a node binds, from loosest to tightest. A fraction holds its parts together as brackets do. */
const levels: Readonly<Record<BinaryOperator, number>> = { ...precedence, '/': 10, '//': 10, '**': 9 };

const symbols: Readonly<Partial<Record<BinaryOperator, string>>> = {
  '-': '−',
  '*': '·',
  '<=': '≤',
  '>=': '≥',
  '==': '=',
  '!=': '≠',
  '%': 'mod',
};

/** Names that are variables at a place, although a unit may have the same name. */
type Declared = ReadonlySet<string>;

/** Returns a quantity as a number times its unit. */
const asProduct = (e: QuantityLiteral): Expression => parseExpression(printExpression(e));

function levelOf(e: Expression, declared: Declared): number {
  if (e.kind === 'conditional') return 1;
  if (e.kind === 'unary') return e.operator === 'not' ? 4 : 6;
  if (e.kind === 'number') return e.value < 0 ? 6 : 10;
  if (e.kind === 'quantity') return levelOf(asProduct(e), noNames);
  if (unitPart(e, declared)) return 8;
  return e.kind === 'binary' ? levels[e.operator] : 10;
}

/** Returns number and unit of a quantity such as `5*mV`; null for other expressions. */
function unitPart(e: Expression, declared: Declared): { readonly number: string; readonly unit: string } | null {
  if (e.kind !== 'binary' || e.operator !== '*') return null;
  const { left, right } = e;
  const size = left.kind === 'unary' && left.operator === '-' ? left.operand : left;
  if (size.kind !== 'number' || right.kind !== 'name' || !isUnit(right.name, declared)) return null;
  return { number: `${size === left ? '' : '−'}${shortNumber(size.text)}`, unit: right.name };
}

/** Returns a number without a last digit that only products of decimal numbers have. */
const shortNumber = (text: string): string =>
  (text.length > 16 ? String(Number(Number(text).toPrecision(15))) : text).replace('-', '−');

const isUnit = (name: string, declared: Declared): boolean => unitOf(name) !== undefined && !declared.has(name);

/** Returns an expression as a formula. */
export function formulaOf(e: Expression, declared: Declared, to: FormulaNotation): string {
  const whole = (inner: Expression): string => formulaOf(inner, declared, to);
  const part = (inner: Expression, least: number): string =>
    levelOf(inner, declared) < least ? to.brackets(whole(inner)) : whole(inner);
  const quantity = unitPart(e, declared);
  if (quantity) return to.unit(to.number(quantity.number), quantity.unit);
  switch (e.kind) {
    case 'number': {
      const text = shortNumber(canonicalDecimal(e.text, e.integer));
      return text.startsWith('−') ? to.row([to.operator('−'), to.number(text.slice(1))]) : to.number(text);
    }
    case 'quantity':
      return formulaOf(asProduct(e), noNames, to);
    case 'boolean':
      return to.text(e.value ? 'true' : 'false');
    case 'name':
      return isUnit(e.name, declared) ? to.text(e.name) : nameOf(e.name, to);
    case 'unary':
      if (e.operator === 'not') return to.row([to.text('not '), part(e.operand, 4)]);
      return to.row([to.operator(e.operator === '-' ? '−' : '+'), part(e.operand, 7)]);
    case 'conditional':
      return to.cases(casesOf(e, whole, to));
    case 'call':
      return callOf(e.function, e.arguments.map(whole), to);
    case 'binary': {
      const { operator, left, right } = e;
      if (operator === '/' && right.kind === 'name' && isUnit(right.name, declared))
        return to.row([part(left, 7), to.text(` /${right.name}`)]);
      if (operator === '/' || operator === '//') return to.fraction(whole(left), whole(right));
      if (operator === '**') return to.power(part(left, 10), whole(right));
      const level = levels[operator];
      if (operator === 'and' || operator === 'or')
        return to.row([part(left, level), to.text(` ${operator} `), part(right, level)]);
      return to.row([part(left, level), to.operator(symbols[operator] ?? operator), part(right, level + 1)]);
    }
    default:
      return e satisfies never;
  }
}

function casesOf(
  e: Expression,
  formula: (part: Expression) => string,
  to: FormulaNotation,
): readonly (readonly [value: string, condition: string])[] {
  if (e.kind !== 'conditional') return [[formula(e), to.text('otherwise')]];
  const first = [formula(e.whenTrue), to.row([to.text('if '), formula(e.condition)])] as const;
  return [first, ...casesOf(e.whenFalse, formula, to)];
}

function callOf(name: string, given: readonly string[], to: FormulaNotation): string {
  const [first] = given;
  if (first !== undefined && given.length === 1) {
    if (name === 'sqrt') return to.root(first);
    if (name === 'abs') return to.absolute(first);
    if (name === 'exp') return to.power(to.name('e'), first);
  }
  const separated = given.flatMap((formula, k) => [...(k === 0 ? [] : [to.operator(',')]), formula]);
  return to.row([to.text(name), to.brackets(to.row(separated))]);
}

/** Returns a name with its parts after `_` as a subscript; an end of a synapse is its superscript. */
function nameOf(name: string, to: FormulaNotation): string {
  const reference = referenceOf(name);
  const { variable: own } = reference;
  const [, start = own, rest] = greekStart.exec(own) ?? /^([^_]+)_(.+)$/.exec(own) ?? [];
  const base = rest === undefined ? to.name(start) : to.subscript(to.name(start), to.name(rest.replaceAll('_', ',')));
  return reference.kind === 'end' ? to.power(base, to.text(reference.end)) : base;
}

function statementOf(statement: Statement, declared: Declared, to: FormulaNotation): string {
  const value = formulaOf(statement.value, declared, to);
  if (statement.kind === 'send') {
    const after = formulaOf(statement.after, declared, to);
    return to.row([nameOf(statement.port, to), to.operator('+='), value, to.text(' after '), after]);
  }
  const { target, operator } = statement;
  const symbol = operator === '=' ? '←' : operator.replace('-', '−');
  return to.row([nameOf(target, to), to.operator(symbol), value]);
}

/** Returns a line of a description as a formula; null for a line of words. */
export function formulaOfLine(line: Line, to: FormulaNotation): string | null {
  if (typeof line === 'string' || line.every((part) => typeof part === 'string')) return null;
  return to.row(line.filter((part) => part !== '  ').map((part) => formulaOfPart(part, to)));
}

function formulaOfPart(part: LinePart, to: FormulaNotation): string {
  if (typeof part === 'string') return to.text(part);
  switch (part.kind) {
    case 'operator':
      return to.operator(part.symbol);
    case 'variable':
      return nameOf(part.name, to);
    case 'derivative':
      return to.fraction(to.row([to.name('d'), nameOf(part.name, to)]), to.row([to.name('d'), to.name('t')]));
    case 'start':
      return to.row([nameOf(part.name, to), to.brackets(to.number('0'))]);
    case 'quantity':
      return formulaOf(
        parseExpression(part.unit === '1' ? `${part.number}` : `${part.number}*${part.unit}`),
        noNames,
        to,
      );
    case 'code': {
      const { code, declared } = part;
      return code.kind === 'assignment' || code.kind === 'send'
        ? statementOf(code, declared, to)
        : formulaOf(code, declared, to);
    }
    default:
      return part satisfies never;
  }
}

const greekLetters: Readonly<Record<string, string>> = Object.fromEntries(
  [...greek].map((name, k) => [name, 'αβγδεζηθκλμνξπρστφχψω'[k] ?? name]),
);

/** MathML Core, which browsers show without scripts and fonts. @source W3C, MathML Core (2025) */
export const mathml: FormulaNotation = {
  row: (parts) => (parts.length === 1 ? itemAt(parts, 0) : `<mrow>${parts.join('')}</mrow>`),
  number: (text) => `<mn>${markupText(text)}</mn>`,
  name: (text) => `<mi>${markupText(greekLetters[text] ?? text)}</mi>`,
  text: (text) => `<mtext>${markupText(text).replace(/^ | $/g, '\u00a0')}</mtext>`,
  operator: (symbol) => `<mo>${markupText(symbol)}</mo>`,
  subscript: (base, below) => `<msub>${base}${below}</msub>`,
  power: (base, exponent) => `<msup>${base}${exponent}</msup>`,
  fraction: (above, below) => `<mfrac>${above}${below}</mfrac>`,
  root: (inside) => `<msqrt>${inside}</msqrt>`,
  brackets: (inside) => `<mrow><mo>(</mo>${inside}<mo>)</mo></mrow>`,
  absolute: (inside) => `<mrow><mo>|</mo>${inside}<mo>|</mo></mrow>`,
  cases: (rows) =>
    `<mrow><mo>{</mo><mtable>${rows
      .map(([value, condition]) => `<mtr><mtd>${value}</mtd><mtd>${condition}</mtd></mtr>`)
      .join('')}</mtable></mrow>`,
  unit: (number, unit) => `<mrow>${number}<mtext>\u00a0${markupText(unit)}</mtext></mrow>`,
};

const latexSymbols: Readonly<Record<string, string>> = {
  '−': '-',
  '·': '\\,',
  '≤': '\\le ',
  '≥': '\\ge ',
  '≠': '\\ne ',
  '←': '\\leftarrow ',
  '∑': '\\sum ',
  mod: '\\bmod ',
  '+=': '\\mathrel{+}=',
  '−=': '\\mathrel{-}=',
  '*=': '\\mathrel{*}=',
  '/=': '\\mathrel{/}=',
  '%=': '\\mathrel{\\%}=',
};

/** Returns a text for LaTeX. */
export const latexText = (text: string): string =>
  printableLines(text)
    .replace(/[\\{}$&#_%^~]/g, (character) =>
      character === '\\'
        ? '\\textbackslash{}'
        : character === '^'
          ? '\\textasciicircum{}'
          : character === '~'
            ? '\\textasciitilde{}'
            : `\\${character}`,
    )
    .replaceAll('<', '\\textless{}')
    .replaceAll('>', '\\textgreater{}')
    .replaceAll('−', '-')
    .replaceAll(/[αβ]|[⁰¹²³⁴-⁹]/g, (character) => `$${latexCharacters[character] ?? ''}$`);

/** Characters of descriptions that LaTeX has as formulas. */
const latexCharacters: Readonly<Record<string, string>> = {
  ...{ α: '\\alpha', β: '\\beta' },
  ...Object.fromEntries([...'⁰¹²³⁴⁵⁶⁷⁸⁹'].map((character, digit) => [character, `^${digit}`])),
};

/** Formulas of LaTeX with `amsmath`. */
export const latex: FormulaNotation = {
  row: (parts) => parts.join(' '),
  number: (text) => text.replace('−', '-'),
  name: (text) => (greek.has(text) ? `\\${text}` : text.length === 1 ? text : `\\mathrm{${latexText(text)}}`),
  text: (text) => `\\text{${latexText(text)}}`,
  operator: (symbol) => latexSymbols[symbol] ?? symbol,
  subscript: (base, below) => `${base}_{${below}}`,
  power: (base, exponent) => `{${base}}^{${exponent}}`,
  fraction: (above, below) => `\\frac{${above}}{${below}}`,
  root: (inside) => `\\sqrt{${inside}}`,
  brackets: (inside) => `\\left(${inside}\\right)`,
  absolute: (inside) => `\\left|${inside}\\right|`,
  cases: (rows) =>
    `\\begin{cases}${rows.map(([value, condition]) => `${value} & ${condition}`).join('\\\\')}\\end{cases}`,
  unit: (number, unit) => `${number}\\,\\mathrm{${latexText(unit)}}`,
};
