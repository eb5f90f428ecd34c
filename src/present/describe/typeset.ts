/** Equations and statements as formulas, in MathML or LaTeX. */

import { itemAt } from '../../diagnostics/entry.js';
import type { BinaryOperator, Expression, Statement } from '../../lang/ast.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { precedence } from '../../lang/parse-expression.js';
import { unitOf } from '../../lang/units.js';
import { markupText, printableLines } from '../../diagnostics/display.js';

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

function levelOf(e: Expression): number {
  if (e.kind === 'conditional') return 1;
  if (e.kind === 'unary') return e.operator === 'not' ? 4 : 6;
  if (e.kind === 'number') return e.value < 0 ? 6 : 10;
  return e.kind === 'binary' ? (unitPart(e) ? 8 : levels[e.operator]) : 10;
}

/** Returns number and unit of a quantity such as `5*mV`; null for other expressions. */
function unitPart(e: Expression): { readonly number: string; readonly unit: string } | null {
  if (e.kind !== 'binary' || e.operator !== '*') return null;
  const { left, right } = e;
  const size = left.kind === 'unary' && left.operator === '-' ? left.operand : left;
  if (size.kind !== 'number' || right.kind !== 'name' || !isUnit(right.name)) return null;
  return { number: `${size === left ? '' : '−'}${shortNumber(size.text)}`, unit: right.name };
}

/** Returns a number without a last digit that only products of decimal numbers have. */
const shortNumber = (text: string): string =>
  (text.length > 16 ? String(Number(Number(text).toPrecision(15))) : text).replace('-', '−');

/** Units of one letter other than these may be variables. */
const isUnit = (name: string): boolean =>
  unitOf(name) !== undefined && (name.length > 1 || ['V', 'A', 'S', 'F'].includes(name));

/** Returns an expression as a formula. */
export function formulaOf(e: Expression, to: FormulaNotation): string {
  const part = (inner: Expression, least: number): string => {
    const formula = formulaOf(inner, to);
    return levelOf(inner) < least ? to.brackets(formula) : formula;
  };
  switch (e.kind) {
    case 'number':
      return to.number(shortNumber(e.text));
    case 'quantity':
      return to.number(String(e.value));
    case 'boolean':
      return to.text(e.value ? 'true' : 'false');
    case 'name':
      return isUnit(e.name) ? to.text(e.name) : nameOf(e.name, to);
    case 'unary':
      if (e.operator === 'not') return to.row([to.text('not '), part(e.operand, 4)]);
      return to.row([to.operator(e.operator === '-' ? '−' : '+'), part(e.operand, 7)]);
    case 'conditional':
      return to.cases(casesOf(e, to));
    case 'call':
      return callOf(e.function, e.arguments, to);
    case 'binary': {
      const quantity = unitPart(e);
      if (quantity) return to.unit(to.number(quantity.number), quantity.unit);
      const { operator, left, right } = e;
      if (operator === '/' && right.kind === 'name' && isUnit(right.name))
        return to.row([part(left, 7), to.text(` /${right.name}`)]);
      if (operator === '/' || operator === '//') return to.fraction(formulaOf(left, to), formulaOf(right, to));
      if (operator === '**') return to.power(part(left, 10), formulaOf(right, to));
      const level = levels[operator];
      if (operator === 'and' || operator === 'or')
        return to.row([part(left, level), to.text(` ${operator} `), part(right, level)]);
      return to.row([part(left, level), to.operator(symbols[operator] ?? operator), part(right, level + 1)]);
    }
    default:
      return e satisfies never;
  }
}

function casesOf(e: Expression, to: FormulaNotation): readonly (readonly [value: string, condition: string])[] {
  if (e.kind !== 'conditional') return [[formulaOf(e, to), to.text('otherwise')]];
  const first = [formulaOf(e.whenTrue, to), to.row([to.text('if '), formulaOf(e.condition, to)])] as const;
  return [first, ...casesOf(e.whenFalse, to)];
}

function callOf(name: string, given: readonly Expression[], to: FormulaNotation): string {
  const [first] = given;
  if (first && given.length === 1) {
    if (name === 'sqrt') return to.root(formulaOf(first, to));
    if (name === 'abs') return to.absolute(formulaOf(first, to));
    if (name === 'exp') return to.power(to.name('e'), formulaOf(first, to));
  }
  const separated = given.flatMap((expression, k) => [
    ...(k === 0 ? [] : [to.operator(',')]),
    formulaOf(expression, to),
  ]);
  return to.row([to.text(name), to.brackets(to.row(separated))]);
}

/** Returns a name with its parts after `_` as a subscript; an end of a synapse is its superscript. */
function nameOf(name: string, to: FormulaNotation): string {
  const [, end, own = name] = /^(pre|post)\.(.+)$/.exec(name) ?? [];
  const [, start = own, rest] = greekStart.exec(own) ?? /^([^_]+)_(.+)$/.exec(own) ?? [];
  const base = rest === undefined ? to.name(start) : to.subscript(to.name(start), to.name(rest.replaceAll('_', ',')));
  return end === undefined ? base : to.power(base, to.text(end));
}

function statementOf(statement: Statement, to: FormulaNotation): string {
  if (statement.kind === 'send')
    return to.row([
      nameOf(statement.port, to),
      to.operator('+='),
      formulaOf(statement.value, to),
      to.text(' after '),
      formulaOf(statement.after, to),
    ]);
  const { target, operator, value } = statement;
  const symbol = operator === '=' ? '←' : operator.replace('-', '−');
  return to.row([nameOf(target, to), to.operator(symbol), formulaOf(value, to)]);
}

const statements = (text: string, to: FormulaNotation): string =>
  to.row(
    text
      .split(/;\s*/)
      .flatMap((one, k) => [
        ...(k === 0 ? [] : [to.operator(','), to.text(' ')]),
        ...parseStatements(one).map((statement) => statementOf(statement, to)),
      ]),
  );

/** Forms of lines in descriptions of types, and how each is written. */
const forms: readonly (readonly [RegExp, (to: FormulaNotation, ...parts: string[]) => string])[] = [
  [
    /^d([A-Za-z_]\w*)\/dt = (.+?)(?: {3}# (.+))?$/,
    (to, variable = '', rate = '', note = '') =>
      to.row([
        to.fraction(to.row([to.name('d'), nameOf(variable, to)]), to.row([to.name('d'), to.name('t')])),
        to.operator('='),
        formulaOf(parseExpression(rate), to),
        ...(note === '' ? [] : [to.text(`   (${note})`)]),
      ]),
  ],
  [
    /^([A-Za-z_]\w*)\((0)\) = (.+)$/,
    (to, variable = '', zero = '', value = '') =>
      to.row([
        nameOf(variable, to),
        to.brackets(to.number(zero)),
        to.operator('='),
        formulaOf(parseExpression(value.replace(/^(-?[\d.e-]+) (\w+)$/, '$1*$2')), to),
      ]),
  ],
  [
    /^(\w+ when|when|on [\w.]+)((?<=when) .+?)?: (.+)$/,
    (to, start = '', condition = '', actions = '') =>
      to.row([
        to.text(`${start}${condition === '' ? '' : ' '}`),
        ...(condition === '' ? [] : [formulaOf(parseExpression(condition.trim()), to)]),
        to.text(': '),
        actions === 'nothing else' ? to.text(actions) : statements(actions, to),
      ]),
  ],
  [
    /^(then refractory (?:for|while)) (.+)$/,
    (to, start = '', period = '') => to.row([to.text(`${start} `), formulaOf(parseExpression(period), to)]),
  ],
  [
    /^adds (.+) to ([\w.]+) in each step$/,
    (to, value = '', target = '') =>
      to.row([
        to.text('adds '),
        formulaOf(parseExpression(value), to),
        to.text(' to '),
        nameOf(target, to),
        to.text(' in each step'),
      ]),
  ],
  [
    /^([A-Za-z_][\w.]*) = sum of (.+)$/,
    (to, target = '', value = '') =>
      to.row([nameOf(target, to), to.operator('='), to.operator('∑'), formulaOf(parseExpression(value), to)]),
  ],
  [
    /^([A-Za-z_][\w.]*) = (.+)$/,
    (to, target = '', value = '') =>
      to.row([nameOf(target, to), to.operator('='), formulaOf(parseExpression(value), to)]),
  ],
];

/** Returns a line of a description as a formula; null for one that is no equation. */
export function formulaOfLine(line: string, to: FormulaNotation): string | null {
  const text = line.trim();
  for (const [form, write] of forms) {
    const [whole, ...parts] = form.exec(text) ?? [];
    if (whole === undefined) continue;
    try {
      return write(to, ...parts);
    } catch {
      // Lines that only look like equations stay text.
    }
  }
  return null;
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
    .replaceAll('−', '-');

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
