/**
 * LEMS expressions in canonical names, with the units that LEMS leaves out. A bare zero fits any dimension. For
 * mismatched dimensions of published models, interpreters calculate with numbers in SI.
 */

import { dimensionless, type Binary, type Dimension, type Expression } from '../../../src/lang/ast.js';
import { binary, conditional, quantity } from '../../../src/lang/build.js';
import {
  divideDimensions,
  equalDimensions,
  isDimensionless,
  multiplyDimensions,
  powerDimension,
} from '../../../src/lang/dimension.js';
import { functions } from '../../../src/lang/functions.js';
import { constantExponent } from '../../../src/lang/units.js';

/** The canonical meaning of a name. The dimension is null if it is not stated. */
export interface Meaning {
  /** In canonical names. */
  readonly expression: Expression;
  readonly dimension: Dimension | null;
}

/** A translated expression. Its dimension is null if it could not be inferred. */
export interface Typed extends Meaning {
  /** A literal zero, which takes the dimension of its place. */
  readonly zero: boolean;
}

/** Returns the meaning of a name of LEMS, or undefined if it has none here. */
export type Lookup = (name: string) => Meaning | undefined;

/**
 * Returns an expression with canonical names in place of LEMS's.
 *
 * @param unknown receives names without a meaning, which stay
 */
export function translate(e: Expression, lookup: Lookup, unknown: (name: string) => void): Typed {
  const go = (part: Expression): Typed => translate(part, lookup, unknown);
  switch (e.kind) {
    case 'number':
      return { expression: e, dimension: dimensionless, zero: e.value === 0 };
    case 'quantity':
      return { expression: e, dimension: e.dimension, zero: false };
    case 'boolean':
      return { expression: e, dimension: dimensionless, zero: false };
    case 'name': {
      const meaning = lookup(e.name);
      if (!meaning) unknown(e.name);
      return meaning ? { ...meaning, zero: false } : { expression: e, dimension: null, zero: false };
    }
    case 'unary': {
      const operand = go(e.operand);
      return { ...operand, expression: { ...e, operand: operand.expression } };
    }
    case 'binary':
      return translateBinary(e, go(e.left), go(e.right));
    case 'conditional': {
      const [whenTrue, whenFalse] = together(go(e.whenTrue), go(e.whenFalse));
      const condition = go(e.condition).expression;
      const dimension = whenTrue.dimension ?? whenFalse.dimension;
      return {
        expression: { ...e, condition, whenTrue: whenTrue.expression, whenFalse: whenFalse.expression },
        dimension,
        zero: whenTrue.zero && whenFalse.zero,
      };
    }
    case 'call': {
      const parts = e.arguments.map(go);
      const { dimension } = functions.get(e.function) ?? {};
      const alike = dimension === 'same' || dimension === 'ratio' ? allTogether(parts) : parts;
      const [first] = alike;
      const pure =
        dimension === 'pure'
          ? alike.map((part) => fit(part, dimensionless))
          : alike.map(({ expression }) => expression);
      return {
        expression: { ...e, arguments: pure },
        dimension:
          dimension === 'same'
            ? (first?.dimension ?? dimensionless)
            : dimension === 'root'
              ? rootOf(first)
              : dimensionless,
        zero: false,
      };
    }
    default:
      return e satisfies never;
  }
}

function rootOf(part: Typed | undefined): Dimension | null {
  return part?.dimension ? powerDimension(part.dimension, 0.5) : null;
}

/**
 * Returns a translated expression with a required dimension. A bare zero gets its unit, and another dimension keeps its
 * number in SI.
 */
export function fit(part: Typed, dimension: Dimension | null): Expression {
  const { expression, zero } = part;
  if (!dimension || !part.dimension || equalDimensions(part.dimension, dimension)) return expression;
  if (zero) return quantity(0, dimension, expression.span);
  return binary('*', expression, quantity(1, divideDimensions(dimension, part.dimension), expression.span));
}

/** Two parts that are added, compared or chosen between. */
function together(a: Typed, b: Typed): readonly [Typed, Typed] {
  if (a.zero === b.zero) return a.zero ? [a, b] : [a, withDimension(b, a.dimension)];
  return a.zero ? [withDimension(a, b.dimension), b] : [a, withDimension(b, a.dimension)];
}

function withDimension(part: Typed, dimension: Dimension | null): Typed {
  return dimension ? { expression: fit(part, dimension), dimension, zero: false } : part;
}

function allTogether(parts: readonly Typed[]): readonly Typed[] {
  const given = parts.find(({ zero, dimension }) => !zero && dimension);
  return given ? parts.map((part) => (part.zero ? withDimension(part, given.dimension) : part)) : parts;
}

function translateBinary(e: Binary, a: Typed, b: Typed): Typed {
  const combined = (dimension: Dimension | null, left = a, right = b, zero = false): Typed => ({
    expression: { ...e, left: left.expression, right: right.expression },
    dimension,
    zero,
  });
  switch (e.operator) {
    case '+':
    case '-':
    case '%': {
      const [left, right] = together(a, b);
      return combined(left.dimension ?? right.dimension, left, right, left.zero && right.zero);
    }
    case '*':
      return combined(a.dimension && b.dimension && multiplyDimensions(a.dimension, b.dimension));
    case '/':
    case '//':
      return combined(a.dimension && b.dimension && divideDimensions(a.dimension, b.dimension));
    case '**': {
      const exponent = constantExponent(b.expression);
      const right: Typed = { ...b, expression: fit(b, dimensionless) };
      if (!a.dimension || isDimensionless(a.dimension)) return combined(a.dimension, a, right);
      if (exponent !== undefined) return combined(powerDimension(a.dimension, exponent), a, right);
      return combined(dimensionless, { ...a, expression: fit(a, dimensionless) }, right);
    }
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '==':
    case '!=': {
      const [left, right] = together(a, b);
      return combined(dimensionless, left, right);
    }
    case 'and':
    case 'or':
      return combined(dimensionless);
    default:
      return e.operator satisfies never;
  }
}

/** Returns the first case with a true condition, else `otherwise`. */
export function choose(
  cases: readonly { readonly condition: Expression | null; readonly value: Expression }[],
  otherwise: Expression,
): Expression {
  let chosen = otherwise;
  for (const { condition, value } of [...cases].reverse())
    chosen = condition ? conditional(condition, value, chosen) : value;
  return chosen;
}
