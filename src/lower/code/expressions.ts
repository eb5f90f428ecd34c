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
import { code } from '../../ir/template.js';
import type { BinaryOperator, Call, EndReference, Expression, Reference } from '../../lang/ast.js';
import { isInt32 } from '../../lang/integers.js';
import { isRandom } from '../../lang/functions.js';
import type { Block } from './block.js';
import type { Context, Real } from '../context/context.js';
import { printExpression } from '../../lang/print.js';
import { fold, foldCall, folded } from '../../ir/fold.js';
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
      if (e.operator === 'not') return folded`!${toBool(operand)}`;
      const number = toNumber(operand);
      return e.operator === '-' ? folded`-${number}` : number;
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
      return folded`select(${condition}, ${a}, ${b})`;
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
    if (value.kind === 'unary' && value.op === 'neg') return folded`-${to(type, value.operand)}`;
    if (value.kind === 'select')
      return folded`select(${value.condition}, ${to(type, value.whenTrue)}, ${to(type, value.whenFalse)})`;
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
      return folded`${toBool(a)} & ${toBool(b)}`;
    case 'or':
      return folded`${toBool(a)} | ${toBool(b)}`;
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
      return folded`${x} / ${y}`;
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
    ? folded`${a} / ${b}`
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
      return operand && e.operator === '-' ? folded`-${operand}` : operand;
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
      return value && folded`abs(${value})`;
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
    if (n === 0.5) return folded`sqrt(${x})`;
    if (Number.isInteger(n) && Math.abs(n) <= mostFactors) {
      const product = wholePower(scope.block.name('base', x), Math.abs(n), scope);
      return n >= 0 ? product : folded`${to(x.type, ir.f64(1))} / ${product}`;
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
  const size = block.name('size', code`abs(${y})`);
  const [zero, one] = [number(0), number(1)];
  const powers = [one, x];
  let product = code`select(${size} == ${zero}, ${one}, ${x})`;
  for (let n = 2; n <= mostFactors; n++) {
    const half = powers[Math.floor(n / 2)] as Ir;
    const square = folded`${half} * ${half}`;
    powers.push(block.name('power', n % 2 === 0 ? square : folded`${square} * ${x}`));
    product = block.name('product', code`select(${size} == ${number(n)}, ${powers[n] as Ir}, ${product})`);
  }
  const whole = code`${size} <= ${number(mostFactors)} & ${size} == floor(${size})`;
  const signed = code`select(${y} >= ${zero}, ${product}, ${one} / ${product})`;
  const other = code`select(${y} == ${number(0.5)}, sqrt(${x}), ${library('pow', [x, y])})`;
  return block.name('raised', code`select(${whole}, ${signed}, ${other})`);
}

function wholePower(x: Ir, n: number, scope: Scope): Ir {
  if (n === 0) return to(x.type, ir.f64(1));
  if (n === 1) return x;
  const half = scope.block.name('power', wholePower(x, Math.floor(n / 2), scope));
  const square = folded`${half} * ${half}`;
  return n % 2 === 0 ? square : folded`${square} * ${x}`;
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
      return folded`sqrt(${real(0)})`;
    case 'floor':
      return folded`floor(${real(0)})`;
    case 'ceil':
      return folded`ceil(${real(0)})`;
    case 'round':
      return folded`nearest(${real(0)})`;
    case 'abs':
      return folded`abs(${toNumber(args[0] as Ir)})`;
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
      return call.function === 'min'
        ? folded`select(${y} < ${x}, ${y}, ${x})`
        : folded`select(${y} > ${x}, ${y}, ${x})`;
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
  const raised = scope.block.name('raised', folded`select(${a} < ${lowest}, ${lowest}, ${a})`);
  return folded`select(${raised} > ${highest}, ${highest}, ${raised})`;
}

function sign(x: Ir): Ir {
  const zero = to(x.type, ir.i32(0));
  const expression = to(x.type, ir.i32(1));
  return folded`select(${x} > ${zero}, ${expression}, select(${x} < ${zero}, -${expression}, ${zero}))`;
}
