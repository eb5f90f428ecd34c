import type { Scope, Report, Inferred, Symbol } from './inferred.js';
import {
  type Expression,
  type Dimension,
  type ValueType,
  type Statement,
  dimensionless,
  type Name,
  type Unary,
  type Binary,
  type Conditional,
  type Call,
} from './ast.js';
import * as messages from './messages.js';
import {
  divideDimensions,
  equalDimensions,
  isDimensionless,
  multiplyDimensions,
  powerDimension,
  second,
} from './dimension.js';
import {
  bareNumberHint,
  isLiteralZero,
  suspects,
  slipHint,
  dimensionHint,
  definitionOf,
  likeliest,
} from './dimension-hints.js';
import { unitOf, commonUnitNames, constantExponent } from './units.js';
import { constants, functions, type FunctionSignature } from './functions.js';

interface Context {
  readonly scope: Scope;
  readonly report: Report;
}

/**
 * Infers the type and dimension of an expression; every diagnostic goes to `report`.
 *
 * @returns null if reported mistakes leave them unknown; this causes no further diagnostics
 * @diagnostic lang/unknown-name, lang/unknown-function, lang/argument-count, lang/dimension-mismatch,
 *   lang/exponent-not-constant,
 *   lang/not-boolean, lang/not-number, lang/division-by-zero, lang/function-as-value, lang/not-callable
 */
export function inferType(e: Expression, scope: Scope, report: Report): Inferred | null {
  return infer(e, { scope, report });
}

/** The required type and dimension of an expression; `what` names its owner in messages (`the equation for v`). */
interface Expectation {
  readonly what: string;
  readonly dimension: Dimension;
  /** `real` takes integers too; `integer` and `boolean` only their own. */
  readonly type: ValueType;
  readonly hint?: string;
}

/**
 * Infers an expression and compares it with the requirements of its place.
 *
 * @returns whether it fits; otherwise there is a diagnostic
 */
export function checkExpression(e: Expression, scope: Scope, expected: Expectation, report: Report): boolean {
  const inferredType = inferType(e, scope, report);
  return inferredType !== null && checkFit(e, inferredType, expected, { scope, report });
}

function checkFit(e: Expression, found: Inferred, expected: Expectation, { scope, report }: Context): boolean {
  if (expected.type === 'boolean') {
    if (found.type === 'boolean') return true;
    report(messages.notBoolean(expected.what, found.type), e.span);
    return false;
  }
  if (found.type === 'boolean') {
    report(messages.notNumber(expected.what), e.span);
    return false;
  }
  if (!equalDimensions(found.dimension, expected.dimension)) {
    const slips = suspects(e, divideDimensions(expected.dimension, found.dimension), scope);
    report(
      messages.wrongDimension(
        expected.what,
        expected.dimension,
        found.dimension,
        expected.hint ?? slipHint(slips) ?? dimensionHint(e, expected.dimension, found),
      ),
      e.span,
      slips.map(definitionOf),
    );
    return false;
  }
  if (expected.type === 'integer' && found.type === 'real') {
    report(messages.notInteger(expected.what), e.span);
    return false;
  }
  return true;
}

/**
 * Checks a statement: the value fits the target under the operator, a sent value fits its port and its delay is a time.
 *
 * @param target known facts of the assigned variable or port; absent for a temporary that the statement defines
 * @returns the type of the target afterwards, or null after a diagnostic
 */
export function checkStatement(
  s: Statement,
  scope: Scope,
  target: Symbol | undefined,
  report: Report,
): Inferred | null {
  if (s.kind === 'send') {
    const value = target
      ? checkExpression(s.value, scope, { what: `the value sent to ${s.port}`, ...target }, report)
      : inferType(s.value, scope, report) !== null;
    const delay = checkExpression(s.after, scope, { what: 'the delay', dimension: second, type: 'real' }, report);
    return value && delay ? (target ?? null) : null;
  }
  if (!target) {
    if (s.operator === '=') return inferType(s.value, scope, report);
    report(messages.unknownName(s.target, scope.names()), s.targetSpan);
    return null;
  }
  const factor = s.operator === '*=' || s.operator === '/=';
  if (s.operator === '/=' || s.operator === '%=') reportZeroDivisor(s.value, s.operator, report);
  const expected: Expectation = factor
    ? { what: `the factor of ${s.target}`, dimension: dimensionless, type: s.operator === '*=' ? target.type : 'real' }
    : { what: `the value of ${s.target}`, ...target };
  // Besides mistakes in the value, the unit of the target may explain a mismatch.
  const named: Report = (finding, span, related) => {
    const names = related && related.length > 0 ? [] : [s.target];
    report(finding.code === 'lang/dimension-mismatch' ? { ...finding, names } : finding, span, related);
  };
  return checkExpression(s.value, scope, expected, named) ? target : null;
}

function infer(e: Expression, context: Context): Inferred | null {
  switch (e.kind) {
    case 'number':
      return { type: e.integer ? 'integer' : 'real', dimension: dimensionless };
    case 'quantity':
      return { type: 'real', dimension: e.dimension };
    case 'boolean':
      return { type: 'boolean', dimension: dimensionless };
    case 'name':
      return inferName(e, context);
    case 'unary':
      return inferUnary(e, context);
    case 'binary':
      return inferBinary(e, context);
    case 'conditional':
      return inferConditional(e, context);
    case 'call':
      return inferCall(e, context);
    default:
      return e satisfies never;
  }
}

function inferName(e: Name, { scope, report }: Context): Inferred | null {
  const symbol = scope.lookup(e.name);
  if (symbol) return symbol;
  const unit = unitOf(e.name);
  if (unit) return { type: 'real', dimension: unit.dimension };
  if (constants.has(e.name)) return { type: 'real', dimension: dimensionless };
  if (functions.has(e.name) || scope.functions?.has(e.name)) report(messages.functionAsValue(e.name), e.span);
  else report(messages.unknownName(e.name, scope.names(), [...constants.keys(), ...commonUnitNames()]), e.span);
  return null;
}

function inferUnary(e: Unary, context: Context): Inferred | null {
  const operand = infer(e.operand, context);
  if (!operand) return e.operator === 'not' ? { type: 'boolean', dimension: dimensionless } : null;
  if (e.operator === 'not') return requireBoolean(e.operand, operand, 'the operand of not', context);
  return requireNumber(e.operand, operand, `the operand of ${e.operator}`, context) ? operand : null;
}

const condition: Inferred = { type: 'boolean', dimension: dimensionless };

function requireBoolean(e: Expression, found: Inferred | null, what: string, { report }: Context): Inferred {
  if (found && found.type !== 'boolean') report(messages.notBoolean(what, found.type), e.span);
  return condition;
}

function requireNumber(e: Expression, found: Inferred, what: string, { report }: Context): boolean {
  if (found.type !== 'boolean') return true;
  report(messages.notNumber(what), e.span);
  return false;
}

function widest(a: ValueType, b: ValueType): ValueType {
  if (a === 'real' || b === 'real') return 'real';
  return a === 'integer' || b === 'integer' ? 'integer' : 'boolean';
}

function inferBinary(e: Binary, context: Context): Inferred | null {
  const left = infer(e.left, context);
  const right = infer(e.right, context);
  switch (e.operator) {
    case 'and':
    case 'or':
      requireBoolean(e.left, left, `the left side of ${e.operator}`, context);
      return requireBoolean(e.right, right, `the right side of ${e.operator}`, context);
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '==':
    case '!=':
      compare(e, left, right, context);
      return condition;
    case '*':
      // Products with conditions are tolerated: a condition counts as 1 or 0.
      return left && right
        ? { type: productType(left, right), dimension: multiplyDimensions(left.dimension, right.dimension) }
        : null;
    case '**':
      return left && right ? inferPower(e, left, right, context) : null;
    case '+':
    case '-':
    case '/':
    case '//':
    case '%':
      return arithmetic(e, left, right, context);
    default:
      return e.operator satisfies never;
  }
}

function productType(left: Inferred, right: Inferred): ValueType {
  const type = widest(left.type, right.type);
  return type === 'boolean' ? 'integer' : type;
}

function arithmetic(e: Binary, left: Inferred | null, right: Inferred | null, context: Context): Inferred | null {
  const { operator } = e;
  if (operator === '/' || operator === '//' || operator === '%') reportZeroDivisor(e.right, operator, context.report);
  const numbers = [
    left && requireNumber(e.left, left, `the left side of ${operator}`, context),
    right && requireNumber(e.right, right, `the right side of ${operator}`, context),
  ];
  if (!left || !right || !numbers[0] || !numbers[1]) return null;
  const type = operator === '/' ? 'real' : widest(left.type, right.type);
  if (operator === '/' || operator === '//')
    return { type, dimension: divideDimensions(left.dimension, right.dimension) };
  if (!sameDimension(e, left, right, context)) return null;
  return { type, dimension: left.dimension };
}

/** Says which side is which: the found one is the right side, marked in the text. */
function sameDimension(e: Binary, left: Inferred, right: Inferred, { scope, report }: Context): boolean {
  if (equalDimensions(left.dimension, right.dimension)) return true;
  const slips = likeliest([
    ...suspects(e.right, divideDimensions(left.dimension, right.dimension), scope),
    ...suspects(e.left, divideDimensions(right.dimension, left.dimension), scope),
  ]);
  const hint =
    bareNumberHint(e.left, right.dimension) ??
    bareNumberHint(e.right, left.dimension) ??
    slipHint(slips) ??
    dimensionHint(e.right, left.dimension, right);
  report(
    messages.dimensionMismatch(`the two sides of ${e.operator}`, left.dimension, right.dimension, hint),
    e.right.span,
    slips.map(definitionOf),
  );
  return false;
}

function compare(e: Binary, left: Inferred | null, right: Inferred | null, context: Context): void {
  if (!left || !right) return;
  const equality = e.operator === '==' || e.operator === '!=';
  if (equality && left.type === 'boolean' && right.type === 'boolean') return;
  const numbers = [
    requireNumber(e.left, left, `the left side of ${e.operator}`, context),
    requireNumber(e.right, right, `the right side of ${e.operator}`, context),
  ];
  if (numbers[0] && numbers[1]) sameDimension(e, left, right, context);
}

function inferPower(e: Binary, base: Inferred, exponent: Inferred, context: Context): Inferred | null {
  const numbers = [
    requireNumber(e.left, base, 'the base of a power', context),
    requireNumber(e.right, exponent, 'the exponent', context),
  ];
  if (!numbers[0] || !numbers[1]) return null;
  if (!isDimensionless(exponent.dimension)) {
    const slips = suspects(e.right, divideDimensions(dimensionless, exponent.dimension), context.scope);
    const hint = slipHint(slips) ?? dimensionHint(e.right, dimensionless, exponent);
    context.report(
      messages.wrongDimension('the exponent', dimensionless, exponent.dimension, hint),
      e.right.span,
      slips.map(definitionOf),
    );
    return null;
  }
  const constant = constantExponent(e.right);
  if (isDimensionless(base.dimension)) {
    const integer = base.type === 'integer' && exponent.type === 'integer' && constant !== undefined && constant >= 0;
    return { type: integer ? 'integer' : 'real', dimension: dimensionless };
  }
  if (constant === undefined || !Number.isFinite(constant)) {
    context.report(messages.exponentNotConstant(base.dimension), e.right.span);
    return null;
  }
  return { type: 'real', dimension: powerDimension(base.dimension, constant) };
}

function inferConditional(e: Conditional, context: Context): Inferred | null {
  const whenTrue = infer(e.whenTrue, context);
  requireBoolean(e.condition, infer(e.condition, context), 'the condition of a conditional expression', context);
  const whenFalse = infer(e.whenFalse, context);
  if (!whenTrue || !whenFalse) return null;
  if ((whenTrue.type === 'boolean') !== (whenFalse.type === 'boolean')) {
    const odd = whenTrue.type === 'boolean' ? e.whenTrue : e.whenFalse;
    context.report(messages.notNumber('this value of the conditional expression'), odd.span);
    return null;
  }
  if (!equalDimensions(whenTrue.dimension, whenFalse.dimension)) {
    const slips = suspects(e.whenFalse, divideDimensions(whenTrue.dimension, whenFalse.dimension), context.scope);
    context.report(
      messages.dimensionMismatch(
        'the two values of the conditional expression',
        whenTrue.dimension,
        whenFalse.dimension,
        slipHint(slips) ?? dimensionHint(e.whenFalse, whenTrue.dimension, whenFalse),
      ),
      e.whenFalse.span,
      slips.map(definitionOf),
    );
    return null;
  }
  return { type: widest(whenTrue.type, whenFalse.type), dimension: whenTrue.dimension };
}

function inferCall(e: Call, context: Context): Inferred | null {
  const argumentTypes = e.arguments.map((argument) => infer(argument, context));
  const { scope, report } = context;
  const known = scope.functions?.get(e.function) ?? functions.get(e.function);
  if (!known) {
    const name = { start: e.span.start, end: e.span.start + e.function.length };
    if (scope.lookup(e.function) ?? unitOf(e.function)) report(messages.variableCalled(e.function), name);
    else report(messages.unknownFunction(e.function, [...functions.keys(), ...(scope.functions?.keys() ?? [])]), name);
    return null;
  }
  if (!known.arity.includes(e.arguments.length)) {
    report(messages.argumentCount(e.function, known.arity.join(' or '), e.arguments.length), e.span);
    return null;
  }
  const complete: Inferred[] = [];
  for (const [index, argument] of argumentTypes.entries()) {
    const part = e.arguments[index];
    if (!argument || !part) continue;
    if (known.acceptsBoolean || requireNumber(part, argument, argumentName(e, index), context)) complete.push(argument);
  }
  const type =
    known.result === 'widest' ? complete.map((argument) => argument.type).reduce(widest, 'integer') : known.result;
  if (complete.length < e.arguments.length) return null;
  const dimension = callDimension(e, known, complete, context);
  return dimension && { type, dimension };
}

const argumentName = (e: Call, index: number): string =>
  e.arguments.length === 1 ? `the argument of ${e.function}` : `argument ${index + 1} of ${e.function}`;

/** Checks the arguments against the function's rule; null after a finding. */
function callDimension(
  e: Call,
  known: FunctionSignature,
  found: readonly Inferred[],
  { scope, report }: Context,
): Dimension | null {
  const first = found[0]?.dimension ?? dimensionless;
  const rule = known.dimension;
  const check = (expected: readonly (Dimension | undefined)[]): boolean => {
    let fits = true;
    for (const [index, argument] of found.entries()) {
      const wanted = expected[index];
      if (!wanted || equalDimensions(argument.dimension, wanted)) continue;
      const part = e.arguments[index] ?? e;
      const slips = suspects(part, divideDimensions(wanted, argument.dimension), scope);
      report(
        messages.wrongDimension(
          argumentName(e, index),
          wanted,
          argument.dimension,
          slipHint(slips) ?? dimensionHint(part, wanted, argument),
        ),
        part.span,
        slips.map(definitionOf),
      );
      fits = false;
    }
    return fits;
  };
  const all = (dimension: Dimension): Dimension[] => found.map(() => dimension);
  if (typeof rule === 'object') return check(rule.arguments) ? rule.result : null;
  switch (rule) {
    case 'pure':
      return check(all(dimensionless)) ? dimensionless : null;
    case 'same':
      return check(all(first)) ? first : null;
    case 'ratio':
      return check(all(first)) ? dimensionless : null;
    case 'root':
      return powerDimension(first, 0.5);
    case 'steps':
      return check(all(second)) ? dimensionless : null;
    case 'second':
      return check([dimensionless]) ? (found[1]?.dimension ?? dimensionless) : null;
    default:
      return rule satisfies never;
  }
}

function reportZeroDivisor(divisor: Expression, operator: string, report: Report): void {
  const zero = isLiteralZero(divisor) || (divisor.kind === 'quantity' && divisor.value === 0);
  if (zero) report(messages.divisionByZero(operator), divisor.span);
}
