/**
 * Rates of change with fewer operations. A division takes as long as five multiplications, and written rates contain
 * many: by voltage scales, time constants and units. Numbers and parameters of a product are collected into one factor,
 * terms of a sum into one term. `1 / exprel(x)` becomes one function, and exponentials need not be correct for
 * subnormal or overflowing results. The transformation depends only on the text, never on values: it is the same
 * whether a parameter is one number, differs between elements, or may be set.
 *
 * The result differs from the written expression by rounding of the last bits, equally on every target. It is therefore
 * used only for right-hand sides of differential equations, which have much larger integration errors. Comparisons,
 * rounding and indices are computed as written.
 */

import * as ir from '../../ir/builder.js';
import { libraryFunction } from '../../ir/library/index.js';
import type { Expression } from '../../ir/program.js';
import type { Expression as Formula } from '../../lang/ast.js';
import { compileReal } from '../code/expressions.js';
import type { Scope } from '../code/expressions.js';
import { fold, foldCall, folded } from '../../ir/fold.js';
import { constantOf, definitionOf } from '../context/invariant.js';

/** Functions without jumps: their arguments may be rewritten too. */
const smooth = /^(exp|expOrdinary|expm1|exprel|inverseExprel|log|log1p|sinh|cosh|tanh|sin|cos|erf)_f(32|64)$/;
const exprel = /^exprel_(f32|f64)$/;
const exponential = /^exp_(f32|f64)$/;

/** factor * parameters * top[0] * top[1] * … / (bottom[0] * bottom[1] * …) */
interface Product {
  /** Numbers of the text. */
  readonly factor: number;
  /** Float64 product and quotient of phase-invariant factors; null for 1. */
  readonly parameters: Expression | null;
  readonly top: readonly Expression[];
  readonly bottom: readonly Expression[];
}

/** constant + parameters + Σ ± term */
interface Sum {
  readonly constant: number;
  /** Float64 sum of phase-invariant terms; null for 0. */
  readonly parameters: Expression | null;
  readonly terms: readonly { readonly negative: boolean; readonly value: Expression }[];
}

/** Compiles a right-hand side, or a coefficient of one. */
export const rateOf = (e: Formula, scope: Scope): Expression => economical(compileReal(e, scope));

/** Returns the rate with its constants collected. A rate without divisions and exponentials stays unchanged. */
export const economical = (rate: Expression): Expression => (isCostly(rate) ? (rewrite(rate) ?? rate) : rate);

/** e^x of a rate of change. */
export function exponentialOf(x: Expression): Expression {
  const callee = libraryFunction('expOrdinary', x.type as 'f64' | 'f32');
  return foldCall(callee, [x], ir.call(callee, x));
}

/** Whether an expression is a sum or product of terms or factors with one sign, and so never zero. */
export const isNeverZero = (e: Expression): boolean => signOf(e) !== null;

/** Returns the sign of an expression if all its terms and factors have known signs; else null. */
export function signOf(given: Expression): 1 | -1 | null {
  const e = constantOf(given) ?? given;
  switch (e.kind) {
    case 'const':
      return Number(e.value) > 0 ? 1 : Number(e.value) < 0 ? -1 : null;
    case 'call':
      return /^(expOrdinary|inverseExprel|exprel|cosh)_f(32|64)$/.test(e.function) ? 1 : null;
    case 'unary': {
      const sign = e.op === 'neg' ? signOf(e.operand) : null;
      return sign === null ? null : sign === 1 ? -1 : 1;
    }
    case 'binary': {
      const [a, b] = [signOf(e.left), signOf(e.right)];
      if (a === null || b === null) return null;
      if (e.op === 'mul' || e.op === 'div') return a === b ? 1 : -1;
      if (e.op === 'add') return a === b ? a : null;
      return e.op === 'sub' && a !== b ? a : null;
    }
    default:
      return null;
  }
}

function isCostly(e: Expression): boolean {
  switch (e.kind) {
    case 'binary':
      return e.op === 'div' || isCostly(e.left) || isCostly(e.right);
    case 'unary':
      return e.op === 'neg' && isCostly(e.operand);
    case 'call':
      return exponential.test(e.function) || (smooth.test(e.function) && e.arguments.some(isCostly));
    default:
      return false;
  }
}

const isReal = (e: Expression): boolean => e.type === 'f64' || e.type === 'f32';

/** Returns null if a collected constant is out of range; the expression must then keep its written order. */
function rewrite(e: Expression): Expression | null {
  // Constants and parameters that only phases change are combined in their written order.
  if (!isReal(e) || definitionOf(e)) return e;
  switch (e.kind) {
    case 'binary':
      if (e.op === 'add' || e.op === 'sub') return fromSum(e);
      return e.op === 'mul' || e.op === 'div' ? fromProduct(e) : e;
    case 'unary':
      return e.op === 'neg' ? fromProduct(e) : e;
    case 'call': {
      if (!smooth.test(e.function)) return e;
      const args = e.arguments.map((argument) => rewrite(argument) ?? argument);
      return exponential.test(e.function) ? exponentialOf(args[0] as Expression) : { ...e, arguments: args };
    }
    default:
      return e;
  }
}

function fromProduct(e: Expression): Expression | null {
  const product = productOf(e);
  if (!isUsable(product.factor)) return null;
  return assembleProduct(product, e.type as 'f64' | 'f32');
}

/** Constants that a gathering may make: ordinary numbers, or an exact zero. */
const isUsable = (factor: number): boolean => factor === 0 || (Math.abs(factor) > 1e-30 && Math.abs(factor) < 1e30);

/** Returns a product of constants, or NaN if it underflows to zero. */
const gathered = (product: number, zero: number): number => (product === 0 && zero !== 0 ? NaN : product);

const inDouble = (e: Expression): Expression => fold(ir.convert('f64', e));

const joined = (a: Expression | null, b: Expression | null, join: typeof ir.mul): Expression | null =>
  a && b ? fold(join(a, b)) : (a ?? b);

/** a / b; null means 1. */
const quotient = (a: Expression | null, b: Expression | null): Expression | null => (b ? folded`${a ?? 1} / ${b}` : a);

function productOf(e: Expression): Product {
  if (e.kind === 'const') return { factor: Number(e.value), parameters: null, top: [], bottom: [] };
  if (definitionOf(e)) return { factor: 1, parameters: inDouble(e), top: [], bottom: [] };
  if (e.kind === 'unary' && e.op === 'neg') {
    const inner = productOf(e.operand);
    return { ...inner, factor: -inner.factor };
  }
  if (e.kind === 'binary' && e.op === 'mul') {
    const [a, b] = [productOf(e.left), productOf(e.right)];
    return {
      factor: gathered(a.factor * b.factor, a.factor === 0 ? 0 : b.factor),
      parameters: joined(a.parameters, b.parameters, ir.mul),
      top: [...a.top, ...b.top],
      bottom: [...a.bottom, ...b.bottom],
    };
  }
  if (e.kind === 'binary' && e.op === 'div') {
    const [a, b] = [productOf(e.left), productOf(e.right)];
    return {
      factor: gathered(a.factor / b.factor, a.factor),
      parameters: quotient(a.parameters, b.parameters),
      top: [...a.top, ...b.bottom],
      bottom: [...a.bottom, ...b.top],
    };
  }
  return { factor: 1, parameters: null, top: [rewrite(e) ?? e], bottom: [] };
}

function assembleProduct({ factor, parameters, top, bottom }: Product, type: 'f64' | 'f32'): Expression {
  const constant = (value: number): Expression => fold(ir.convert(type, ir.f64(value)));
  if (factor === 0) return constant(0);
  const above = [...top];
  const below: Expression[] = [];
  for (const divisor of bottom) {
    if (divisor.kind === 'call' && exprel.test(divisor.function))
      above.push(ir.call(libraryFunction('inverseExprel', type), ...divisor.arguments));
    else below.push(divisor);
  }
  const times = (values: readonly Expression[]): Expression | undefined =>
    values.length === 0
      ? undefined
      : values.slice(1).reduce((product, value) => folded`${product} * ${value}`, values[0] as Expression);
  const numerator = times(above);
  const scale = parameters && fold(ir.convert(type, factor === 1 ? parameters : folded`${factor} * ${parameters}`));
  const scaled = scale
    ? numerator === undefined
      ? scale
      : folded`${scale} * ${numerator}`
    : numerator === undefined
      ? constant(factor)
      : factor === 1
        ? numerator
        : factor === -1
          ? folded`-${numerator}`
          : folded`${constant(factor)} * ${numerator}`;
  const denominator = times(below);
  return denominator === undefined ? scaled : folded`${scaled} / ${denominator}`;
}

function fromSum(e: Expression): Expression | null {
  const type = e.type as 'f64' | 'f32';
  const { constant, parameters, terms } = sumOf(e, false);
  if (!Number.isFinite(constant)) return null;
  const zero = fold(ir.convert(type, ir.f64(0)));
  const held = parameters && (constant === 0 ? parameters : folded`${constant} + ${parameters}`);
  const kept = terms.filter(({ value }) => !(value.kind === 'const' && Number(value.value) === 0));
  const first = fold(ir.convert(type, held ?? ir.f64(constant)));
  let sum: Expression | null = constant === 0 && !held ? null : first;
  for (const { negative, value } of kept) {
    if (sum === null) sum = negative ? folded`-${value}` : value;
    else sum = negative ? folded`${sum} - ${value}` : folded`${sum} + ${value}`;
  }
  return sum ?? zero;
}

/** Returns the terms of a sum, each rewritten, with constants separate. */
function sumOf(e: Expression, negative: boolean): Sum {
  if (e.kind === 'const')
    return { constant: negative ? -Number(e.value) : Number(e.value), parameters: null, terms: [] };
  if (definitionOf(e)) {
    const value = inDouble(e);
    return { constant: 0, parameters: negative ? folded`-${value}` : value, terms: [] };
  }
  if (e.kind === 'unary' && e.op === 'neg') return sumOf(e.operand, !negative);
  if (e.kind === 'binary' && (e.op === 'add' || e.op === 'sub')) {
    const left = sumOf(e.left, negative);
    const right = sumOf(e.right, e.op === 'sub' ? !negative : negative);
    return {
      constant: left.constant + right.constant,
      parameters: joined(left.parameters, right.parameters, ir.add),
      terms: [...left.terms, ...right.terms],
    };
  }
  return { constant: 0, parameters: null, terms: [{ negative, value: rewrite(e) ?? e }] };
}
