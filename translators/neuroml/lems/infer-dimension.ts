/**
 * Dimensions of expressions by LEMS's rules: a literal zero fits any, arguments of functions and exponents are pure
 * numbers.
 */

import type { Finding, Severity } from '../../../src/diagnostics/diagnostic.js';
import {
  dimensionless,
  type Binary,
  type Call,
  type Dimension,
  type Expression,
  type Span,
} from '../../../src/lang/ast.js';
import {
  divideDimensions,
  equalDimensions,
  isDimensionless,
  multiplyDimensions,
  powerDimension,
} from '../../../src/lang/dimension.js';
import { constantExponent } from '../../../src/lang/units.js';
import * as messages from './messages.js';

/** Dimension of a number: `any` fits all, null is unknown after a report. */
type Value = Dimension | 'any' | null;

/** The inferred kind of an expression. */
type Found = Value | 'condition';

/** Meanings of the names in an expression. */
export interface Inference {
  /** How messages call the owner of the names. */
  readonly owner: string;
  /** Dimensions of readable names; `any` fits all. */
  readonly names: ReadonlyMap<string, Dimension | 'any'>;
  /** Receives findings, at a range within the expression. */
  readonly report: (finding: Finding, span: Span) => void;
  /** How bad dimensions are that do not fit. */
  readonly mismatch: Severity;
}

/**
 * Infers the dimension of an expression.
 *
 * @diagnostic lems/unknown-name, lems/dimension-mismatch (a warning between the sides of a comparison, else with
 *   severity `mismatch`), lems/not-a-condition, lems/not-a-number
 */
export function inferDimension(e: Expression, scope: Inference): Found {
  switch (e.kind) {
    case 'number':
      return e.value === 0 ? 'any' : dimensionless;
    case 'quantity':
      return e.dimension;
    case 'boolean':
      return 'condition';
    case 'name': {
      const found = scope.names.get(e.name);
      if (found === undefined)
        scope.report(messages.unknownName(e.name, scope.owner, scope.names.keys(), 'error'), e.span);
      return found ?? null;
    }
    case 'unary':
      return number(e.operand, scope);
    case 'binary':
      return inferBinary(e, scope);
    case 'conditional':
      return number(e.whenTrue, scope);
    case 'call':
      return inferCall(e, scope);
    default:
      return e satisfies never;
  }
}

/** Returns the dimension of a number; a condition in its place is reported. */
function number(e: Expression, scope: Inference): Value {
  const found = inferDimension(e, scope);
  if (found !== 'condition') return found;
  scope.report(messages.notNumber('an operand'), e.span);
  return null;
}

function inferBinary(e: Binary, scope: Inference): Found {
  switch (e.operator) {
    case 'and':
    case 'or':
      for (const side of [e.left, e.right]) {
        const found = inferDimension(side, scope);
        if (found !== 'condition' && found !== null)
          scope.report({ ...messages.notCondition('an operand'), severity: 'error' }, side.span);
      }
      return 'condition';
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '==':
    case '!=':
      same(e, number(e.left, scope), number(e.right, scope), 'warning', scope);
      return 'condition';
    case '+':
    case '-':
      return same(e, number(e.left, scope), number(e.right, scope), scope.mismatch, scope);
    case '*':
    case '/':
      return product(e, number(e.left, scope), number(e.right, scope));
    case '**':
      return power(e, number(e.left, scope), number(e.right, scope), scope);
    case '//':
    case '%':
      return null;
    default:
      return e.operator satisfies never;
  }
}

function same(e: Binary, left: Value, right: Value, severity: Severity, scope: Inference): Value {
  if (left === null || right === null) return null;
  if (left === 'any') return right;
  if (right === 'any' || equalDimensions(left, right)) return left;
  const sign =
    { '>': '.gt.', '<': '.lt.', '>=': '.geq.', '<=': '.leq.', '==': '.eq.', '!=': '.neq.' }[e.operator as string] ??
    e.operator;
  scope.report(messages.dimensionMismatch(`the two sides of ${sign}`, left, right, severity), e.right.span);
  return null;
}

function product(e: Binary, left: Value, right: Value): Value {
  if (left === null || right === null) return null;
  // Zero times anything is zero, of any dimension.
  if (left === 'any') return 'any';
  if (right === 'any') return e.operator === '*' ? 'any' : null;
  return e.operator === '*' ? multiplyDimensions(left, right) : divideDimensions(left, right);
}

function power(e: Binary, base: Value, exponent: Value, scope: Inference): Value {
  if (exponent !== null && exponent !== 'any' && !isDimensionless(exponent))
    scope.report(messages.expressionDimension('the exponent', dimensionless, exponent, 'warning'), e.right.span);
  if (base === null || base === 'any') return base;
  if (isDimensionless(base)) return dimensionless;
  const constant = constantExponent(e.right);
  if (constant !== undefined && Number.isFinite(constant)) return powerDimension(base, constant);
  scope.report(
    messages.expressionDimension('the base of a power that varies', dimensionless, base, scope.mismatch),
    e.left.span,
  );
  return null;
}

function inferCall(e: Call, scope: Inference): Value {
  const [argument] = e.arguments;
  if (!argument) return dimensionless;
  const found = number(argument, scope);
  if (found === null) return null;
  if (e.function === 'sqrt') return found === 'any' ? 'any' : powerDimension(found, 0.5);
  if (e.function === 'abs') return found;
  if (found !== 'any' && !isDimensionless(found)) {
    const name = e.function === 'sign' ? 'H' : e.function;
    scope.report(
      messages.expressionDimension(`the argument of ${name}`, dimensionless, found, scope.mismatch),
      argument.span,
    );
  }
  return dimensionless;
}
