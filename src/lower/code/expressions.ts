/**
 * Compiles expressions of the language to typed IR.
 *
 * Real constants stay float64 until they are combined with a value of the model's precision, so each is rounded once.
 * Values that depend on time are float64 in either precision, and are rounded when stored.
 */

import { invariant } from '../../diagnostics/diagnostic.js';
import type { Finding } from '../../diagnostics/diagnostic.js';
import * as ir from '../../ir/builder.js';
import { gammaHazard, libraryFunction } from '../../ir/library/index.js';
import type { LibraryName } from '../../ir/library/index.js';
import type { Expression as Ir, ScalarType } from '../../ir/program.js';
import type { BinaryOperator, Call, EndReference, Expression, Reference } from '../../lang/ast.js';
import { isInt32 } from '../../lang/integers.js';
import { isRandom } from '../../lang/functions.js';
import type { Block } from './block.js';
import type { Context, Real } from '../context/context.js';
import { printExpression } from '../../lang/print.js';
import { fold, foldCall } from '../../ir/fold.js';
import { constantOf, definitionOf } from '../context/invariant.js';
import * as messages from '../context/messages.js';
import { inMicrometres } from '../../draw/space/micrometres.js';

/** Resolves the names of an expression and takes its auxiliary statements. */
export interface Scope {
  /** Floating-point type of the model's numbers. */
  readonly real: Real;
  /** Where helper statements go. */
  readonly block: Block;
  /** The value of one of the owner's own names. */
  read(name: string): Ir;
  /** The value of a variable of an end of a synapse. */
  readEnd(reference: EndReference): Ir;
  /** Value of a random function (`uniform`, `normal` …). */
  draw(call: Call, args: readonly Ir[]): Ir;
  /** Value of a table function, or undefined when `call` names no table. */
  table(call: Call, args: readonly Ir[]): Ir | undefined;
  /** A distance or coordinate in micrometres; undefined for other names. */
  length?(reference: Reference): Ir | undefined;
  /** Takes findings about the expression. */
  report?(finding: Finding): void;
  /** Whether the code is in a branch that is never taken, and reports no diagnostics. */
  unreached?: boolean;
}

const unaryFunctions: Readonly<Record<string, LibraryName>> = {
  exp: 'exp',
  expm1: 'expm1',
  log: 'log',
  log1p: 'log1p',
  log10: 'log10',
  log2: 'log2',
  sin: 'sin',
  cos: 'cos',
  tan: 'tan',
  sinh: 'sinh',
  cosh: 'cosh',
  tanh: 'tanh',
  asin: 'asin',
  acos: 'acos',
  atan: 'atan',
  erf: 'erf',
  exprel: 'exprel',
};

/** A scope with temporary replacements of names, for the stages of a Runge–Kutta step. */
export interface IntegrationScope extends Scope {
  readonly context: Context;
  /** Where statements go; another one while code within a loop is written. */
  block: Block;
  /** Values that replace names for a while. */
  overrides: ReadonlyMap<string, Ir>;
}

/** Returns the value of a reference. */
function readReference(to: Reference, scope: Scope): Ir {
  switch (to.kind) {
    case 'own':
      return scope.read(to.variable);
    case 'end':
      return scope.readEnd(to);
    default:
      return to satisfies never;
  }
}

/** Compiles an expression; statements that it needs (draws) go to the scope's block before the value is used. */
export function compile(e: Expression, scope: Scope): Ir {
  switch (e.kind) {
    case 'number':
      return e.integer && isInt32(e.value) ? ir.i32(e.value) : ir.f64(e.value);
    case 'quantity':
      return ir.f64(e.value);
    case 'boolean':
      return ir.bool(e.value);
    case 'name':
      return readReference(e.to, scope);
    case 'unary': {
      const operand = compile(e.operand, scope);
      if (e.operator === 'not') return fold(ir.not(toBool(operand)));
      const number = toNumber(operand);
      return e.operator === '-' ? fold(ir.neg(number)) : number;
    }
    case 'binary':
      return compileBinary(e.operator, e.left, e.right, scope);
    case 'conditional': {
      const condition = toBool(compile(e.condition, scope));
      // For a constant condition, only the chosen branch is compiled. If the condition depends on a parameter, both are
      // compiled, so that draws keep their numbers. The other branch reports no diagnostics, since the condition may
      // guard against them.
      if (condition.kind === 'const') return compile(condition.value === true ? e.whenTrue : e.whenFalse, scope);
      const taken = constantOf(condition)?.value;
      const [a, b] = unify(
        compileSide(e.whenTrue, taken === false, scope),
        compileSide(e.whenFalse, taken === true, scope),
        scope.real,
      );
      return fold(ir.select(condition, a, b));
    }
    case 'call':
      return compileCall(e, scope);
  }
}

/** Compiles one side of a choice. */
function compileSide(e: Expression, unreached: boolean, scope: Scope): Ir {
  const outer = scope.unreached ?? false;
  scope.unreached = outer || unreached;
  const value = compile(e, scope);
  scope.unreached = outer;
  return value;
}

/** Compiles to the model's real type. */
export const compileReal = (e: Expression, scope: Scope): Ir => to(scope.real, compile(e, scope));

/** Compiles a condition. */
export const compileCondition = (e: Expression, scope: Scope): Ir => toBool(compile(e, scope));

/** Converts with constant folding. Sums and products of integers that become real are real: they do not wrap. */
export function to(type: ScalarType, value: Ir): Ir {
  if (type === 'bool') return toBool(value);
  if ((type === 'f64' || type === 'f32') && value.type === 'i32') {
    if (value.kind === 'binary' && Object.values<string>(arithmetic).includes(value.op))
      return fold(ir.binary(value.op, to(type, value.left), to(type, value.right)));
    if (value.kind === 'unary' && value.op === 'neg') return fold(ir.neg(to(type, value.operand)));
    if (value.kind === 'select')
      return fold(ir.select(value.condition, to(type, value.whenTrue), to(type, value.whenFalse)));
  }
  return fold(ir.convert(type, value));
}

const isWhole = (e: Ir): boolean => e.type !== 'f64' && e.type !== 'f32';

/** Whether integers are multiplied to something that may not fit into 32 bits. */
const hasProduct = (e: Ir): boolean =>
  e.type === 'i32' &&
  ((e.kind === 'binary' &&
    (e.op === 'mul' || ((e.op === 'add' || e.op === 'sub') && (hasProduct(e.left) || hasProduct(e.right))))) ||
    (e.kind === 'unary' && e.op === 'neg' && hasProduct(e.operand)));

/**
 * Compiles an operation on numbers of one type. Integer constants become real if the result is not a 32-bit integer.
 */
function operation(op: 'add' | 'sub' | 'mul', x: Ir, y: Ir): Ir {
  if (x.type === 'i32' && x.kind === 'const' && y.kind === 'const') {
    const real = fold(ir.binary(op, to('f64', x), to('f64', y)));
    if (real.kind === 'const' && !isInt32(Number(real.value))) return real;
  }
  return fold(ir.binary(op, x, y));
}

function toBool(value: Ir): Ir {
  return value.type === 'bool' ? value : fold({ kind: 'convert', type: 'bool', operand: value });
}

const toNumber = (value: Ir): Ir => (value.type === 'bool' ? to('i32', value) : value);

/** Brings two values to one number type: the wider of boolean < integer < real < float64 of time. */
export function unify(a: Ir, b: Ir, real: Real): [Ir, Ir] {
  if (a.type === b.type) return [a, b];
  const isReal = (e: Ir): boolean => e.type === 'f64' || e.type === 'f32';
  const wide = (e: Ir): boolean => e.type === 'f64' && e.kind !== 'const';
  let type: ScalarType;
  if (isReal(a) || isReal(b)) {
    const bothConstant = a.kind === 'const' && b.kind === 'const';
    // A constant takes the type of the other operand. Integer variables become the model's reals.
    type = wide(a) || wide(b) || bothConstant ? 'f64' : real;
  } else {
    type = a.type === 'u32' && b.type === 'u32' ? 'u32' : 'i32';
  }
  return [to(type, a), to(type, b)];
}

const asReals = (a: Ir, b: Ir, real: Real): [Ir, Ir] => {
  const toReal = (e: Ir): Ir =>
    e.type === 'f64' || e.type === 'f32' ? e : e.kind === 'const' ? to('f64', e) : to(real, e);
  return unify(toReal(a), toReal(b), real);
};

const comparisons = { '<': 'lt', '<=': 'le', '>': 'gt', '>=': 'ge', '==': 'eq', '!=': 'ne' } as const;
const arithmetic = { '+': 'add', '-': 'sub', '*': 'mul' } as const;

function compileBinary(operator: BinaryOperator, left: Expression, right: Expression, scope: Scope): Ir {
  const ofLengths = lengthsIn(operator, left, right, scope);
  if (ofLengths) return ofLengths;
  const a = compile(left, scope);
  const b = compile(right, scope);
  switch (operator) {
    case 'and':
      return fold(ir.and(toBool(a), toBool(b)));
    case 'or':
      return fold(ir.or(toBool(a), toBool(b)));
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '==':
    case '!=': {
      const wide = isWhole(a) && isWhole(b) && (hasProduct(a) || hasProduct(b));
      const [x, y] = wide ? [to('f64', a), to('f64', b)] : unify(a, b, scope.real);
      return fold(ir.compare(comparisons[operator], x, y));
    }
    case '+':
    case '-':
    case '*': {
      const [x, y] = unify(toNumber(a), toNumber(b), scope.real);
      return operation(arithmetic[operator], x, y);
    }
    case '/': {
      const [x, y] = asReals(a, b, scope.real);
      if (Number(constantOf(y)?.value ?? 1) === 0) scope.report?.(messages.divisionByZero(printExpression(right)));
      return fold(ir.div(x, y));
    }
    case '//':
    case '%': {
      const [x, y] = unify(toNumber(a), toNumber(b), scope.real);
      return library(operator === '//' ? 'floorDivide' : 'modulo', [x, y]);
    }
    case '**':
      return power(a, b, scope);
  }
}

/**
 * Compiles comparisons and quotients of lengths with a distance or coordinate among them. They are computed in
 * micrometres, because positions of grids and their differences are exact in that unit. Returns undefined for other
 * operations.
 */
function lengthsIn(operator: BinaryOperator, left: Expression, right: Expression, scope: Scope): Ir | undefined {
  if (!scope.length || !(operator === '/' || operator in comparisons)) return undefined;
  const lengthFlag = { any: false };
  const a = lengthOf(left, scope, lengthFlag);
  const b = a && lengthOf(right, scope, lengthFlag);
  if (!a || !b || !lengthFlag.any) return undefined;
  return operator === '/'
    ? fold(ir.div(a, b))
    : fold(ir.compare(comparisons[operator as keyof typeof comparisons], a, b));
}

/** A sum or difference of lengths, in float64 micrometres. */
function lengthOf(e: Expression, scope: Scope, found: { any: boolean }): Ir | undefined {
  switch (e.kind) {
    case 'quantity':
      return ir.f64(inMicrometres(e.value));
    case 'name': {
      const length = scope.length?.(e.to);
      if (length) found.any = true;
      return length;
    }
    case 'unary': {
      const operand = e.operator === 'not' ? undefined : lengthOf(e.operand, scope, found);
      return operand && e.operator === '-' ? fold(ir.neg(operand)) : operand;
    }
    case 'binary': {
      if (e.operator !== '+' && e.operator !== '-') return undefined;
      const a = lengthOf(e.left, scope, found);
      const b = a && lengthOf(e.right, scope, found);
      return a && b && fold(ir.binary(arithmetic[e.operator], a, b));
    }
    case 'call': {
      const argument = e.function === 'abs' ? e.arguments[0] : undefined;
      const value = argument && lengthOf(argument, scope, found);
      return value && fold(ir.unary('abs', value));
    }
    default:
      return undefined;
  }
}

/** Calls a library function in the type of its arguments. */
export function library(name: LibraryName, args: readonly Ir[]): Ir {
  const type = args[0]?.type;
  invariant(type === 'f64' || type === 'f32' || type === 'i32', 'lower/expressions', `${name} of ${type}`);
  const callee = libraryFunction(name, type);
  return foldCall(callee, args, ir.call(callee, ...args));
}

/** Small integer exponents become products and one half becomes a square root. Both are exact, unlike `pow`. */
function power(base: Ir, exponent: Ir, scope: Scope): Ir {
  const [x, y] = asReals(base, exponent, scope.real);
  const constant = constantOf(y);
  if (constant) {
    const n = Number(constant.value);
    if (n === 0.5) return fold(ir.unary('sqrt', x));
    if (Number.isInteger(n) && Math.abs(n) <= mostFactors) {
      const product = wholePower(scope.block.name('base', x), Math.abs(n), scope);
      return n >= 0 ? product : fold(ir.div(to(x.type, ir.f64(1)), product));
    }
  }
  return definitionOf(y) ? invariantPower(x, y, scope) : library('pow', [x, y]);
}

/** Whole exponents up to this are products. */
const mostFactors = 16;

/** Returns a power with a settable parameter as its exponent, with the same bits as for the number itself. */
function invariantPower(base: Ir, exponent: Ir, scope: Scope): Ir {
  const { block } = scope;
  const [x, y] = [block.name('base', base), block.name('exponent', exponent)];
  const number = (value: number): Ir => to(x.type, ir.f64(value));
  const size = block.name('size', ir.unary('abs', y));
  const powers = [number(1), x];
  let product = ir.select(ir.eq(size, number(0)), number(1), x);
  for (let n = 2; n <= mostFactors; n++) {
    const half = powers[Math.floor(n / 2)] as Ir;
    const square = fold(ir.mul(half, half));
    powers.push(block.name('power', n % 2 === 0 ? square : fold(ir.mul(square, x))));
    product = block.name('product', ir.select(ir.eq(size, number(n)), powers[n] as Ir, product));
  }
  const whole = ir.and(ir.le(size, number(mostFactors)), ir.eq(size, ir.unary('floor', size)));
  const signed = ir.select(ir.ge(y, number(0)), product, ir.div(number(1), product));
  const other = ir.select(ir.eq(y, number(0.5)), ir.unary('sqrt', x), library('pow', [x, y]));
  return block.name('raised', ir.select(whole, signed, other));
}

function wholePower(x: Ir, n: number, scope: Scope): Ir {
  if (n === 0) return to(x.type, ir.f64(1));
  if (n === 1) return x;
  const half = scope.block.name('power', wholePower(x, Math.floor(n / 2), scope));
  const square = fold(ir.mul(half, half));
  return n % 2 === 0 ? square : fold(ir.mul(square, x));
}

function compileCall(call: Call, scope: Scope): Ir {
  const args = call.arguments.map((argument) => compile(argument, scope));
  const table = scope.table(call, args);
  if (table) return table;
  if (isRandom(call.function))
    return scope.draw(
      call,
      args.map((argument) => to('f64', argument)),
    );
  const real = (k: number): Ir => {
    const value = args[k];
    invariant(value, 'lower/expressions', `${call.function} lacks argument ${k}`);
    return value.type === 'f64' || value.type === 'f32'
      ? value
      : value.kind === 'const'
        ? to('f64', value)
        : to(scope.real, value);
  };
  const same = (): [Ir, Ir] => unify(toNumber(args[0] as Ir), toNumber(args[1] as Ir), scope.real);
  switch (call.function) {
    case 'sqrt':
      return fold(ir.unary('sqrt', real(0)));
    case 'floor':
      return fold(ir.unary('floor', real(0)));
    case 'ceil':
      return fold(ir.unary('ceil', real(0)));
    case 'round':
      return fold(ir.unary('nearest', real(0)));
    case 'abs':
      return fold(ir.unary('abs', toNumber(args[0] as Ir)));
    case 'sign':
      return sign(scope.block.name('signed', toNumber(args[0] as Ir)));
    case 'int':
      return to('i32', args[0] as Ir);
    case 'gammahazard':
      // In float64 in both precisions: it is for draws.
      return scope.block.name('hazard', ir.call(gammaHazard(), to('f64', args[0] as Ir), to('f64', args[1] as Ir)));
    case 'min':
    case 'max': {
      const [a, b] = same();
      const x = scope.block.name('a', a);
      const y = scope.block.name('b', b);
      return fold(ir.select(call.function === 'min' ? fold(ir.lt(y, x)) : fold(ir.gt(y, x)), y, x));
    }
    case 'clip':
      return clip(args, scope);
    case 'atan2':
    case 'fmod': {
      const [x, y] = asReals(args[0] as Ir, args[1] as Ir, scope.real);
      return library(call.function, [x, y]);
    }
    case 'timestep':
      return library('timestep', [to('f64', real(0)), to('f64', real(1))]);
    default: {
      const name = unaryFunctions[call.function];
      invariant(name, 'lower/expressions', `unknown function ${call.function}`);
      return library(name, [real(0)]);
    }
  }
}

/** min(max(x, low), high): a NaN passes. */
function clip(args: readonly Ir[], scope: Scope): Ir {
  const [value, low] = unify(toNumber(args[0] as Ir), toNumber(args[1] as Ir), scope.real);
  const [x, high] = unify(value, toNumber(args[2] as Ir), scope.real);
  const a = scope.block.name('clipped', x);
  const lowest = to(a.type, low);
  const highest = to(a.type, high);
  const raised = scope.block.name('raised', fold(ir.select(fold(ir.lt(a, lowest)), lowest, a)));
  return fold(ir.select(fold(ir.gt(raised, highest)), highest, raised));
}

function sign(x: Ir): Ir {
  const zero = to(x.type, ir.i32(0));
  const one = to(x.type, ir.i32(1));
  return fold(ir.select(fold(ir.gt(x, zero)), one, fold(ir.select(fold(ir.lt(x, zero)), fold(ir.neg(one)), zero))));
}
