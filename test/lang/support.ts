import type { BinaryOperator, Expression } from '../../src/lang/ast.js';
import { LangError } from '../../src/lang/lang-error.js';
import { parseExpression } from '../../src/lang/parse.js';
import { printExpression } from '../../src/lang/print.js';
import { unitOf } from '../../src/lang/units.js';

/** The codes that a text is refused with, each with the text that its span marks; none when it is accepted. */
export function refusals(run: (text: string) => unknown, text: string): string[] {
  try {
    run(text);
    return [];
  } catch (error) {
    if (!(error instanceof LangError)) throw error;
    return error.all.map(({ finding, span }) => `${finding.code} @ ${text.slice(span.start, span.end)}`);
  }
}

/** Fully parenthesised form, to see how a text was grouped. */
export function grouped(e: Expression): string {
  switch (e.kind) {
    case 'number':
      return e.text;
    case 'quantity':
      return `<${e.value}>`;
    case 'boolean':
      return e.value ? 'True' : 'False';
    case 'name':
      return e.name;
    case 'unary':
      return `(${e.operator} ${grouped(e.operand)})`;
    case 'binary':
      return `(${grouped(e.left)} ${e.operator} ${grouped(e.right)})`;
    case 'conditional':
      return `(${grouped(e.whenTrue)} if ${grouped(e.condition)} else ${grouped(e.whenFalse)})`;
    case 'call':
      return `${e.function}(${e.arguments.map(grouped).join(', ')})`;
    default:
      return e satisfies never;
  }
}

/** erf by its Maclaurin series; good to 1e-13 for |x| < 2. */
function erf(x: number): number {
  let term = x;
  let total = x;
  for (let n = 1; n < 60; n++) {
    term *= (-x * x) / n;
    total += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * total;
}

const functions: Readonly<Record<string, (...values: number[]) => number>> = {
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  log10: Math.log10,
  log2: Math.log2,
  sqrt: Math.sqrt,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  atan2: Math.atan2,
  erf,
  exprel: (x = 0) => (x === 0 ? 1 : Math.expm1(x) / x),
  abs: Math.abs,
  sign: Math.sign,
  floor: Math.floor,
  min: Math.min,
  max: Math.max,
  clip: (x = 0, low = 0, high = 0) => (x < low ? low : x > high ? high : x),
  int: Math.trunc,
  fmod: (x = 0, y = 0) => x % y,
};

const operators: Readonly<Record<BinaryOperator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  // No value rather than infinity, since its sign would distinguish 0 from -0: an integer zero has no sign, unlike
  // zeros of this evaluator.
  '/': (a, b) => (b === 0 ? NaN : a / b),
  '//': (a, b) => Math.floor(a / b),
  '%': (a, b) => a - b * Math.floor(a / b),
  '**': (a, b) => a ** b,
  '<': (a, b) => Number(a < b),
  '<=': (a, b) => Number(a <= b),
  '>': (a, b) => Number(a > b),
  '>=': (a, b) => Number(a >= b),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  and: (a, b) => Number(a !== 0 && b !== 0),
  or: (a, b) => Number(a !== 0 || b !== 0),
};

/** Plain floating-point value in SI, by JavaScript's own functions. Conditions are 1 or 0. */
export function evaluate(e: Expression, values: Readonly<Record<string, number>> = {}): number {
  switch (e.kind) {
    case 'number':
    case 'quantity':
      return e.value;
    case 'boolean':
      return Number(e.value);
    case 'name': {
      const unit = unitOf(e.name);
      return values[e.name] ?? (unit ? Number(unit.scale.numerator) / Number(unit.scale.denominator) : NaN);
    }
    case 'unary': {
      const operand = evaluate(e.operand, values);
      return e.operator === '-' ? -operand : e.operator === '+' ? operand : Number(operand === 0);
    }
    case 'binary':
      return operators[e.operator](evaluate(e.left, values), evaluate(e.right, values));
    case 'conditional':
      return evaluate(e.condition, values) === 0 ? evaluate(e.whenFalse, values) : evaluate(e.whenTrue, values);
    case 'call':
      return functions[e.function]?.(...e.arguments.map((argument) => evaluate(argument, values))) ?? NaN;
    default:
      return e satisfies never;
  }
}

/** Text in, text out. */
export function through(pass: (e: Expression) => Expression | null, text: string): string {
  const result = pass(parseExpression(text));
  return result === null ? 'null' : printExpression(result);
}
