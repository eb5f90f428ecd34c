/**
 * A document under construction that remembers the origins of its parts. Any value may be wrapped in `Located`.
 * `settle` unwraps the values and keeps, for each pointer of the finished document, the place in the user's text.
 */

import type { Place } from '../../src/diagnostics/diagnostic.js';
import type { Positions } from '../../src/diagnostics/positions.js';
import type { Expression, Span, Statement } from '../../src/lang/ast.js';
import { number } from '../../src/lang/build.js';
import { LangError } from '../../src/lang/lang-error.js';
import { parseExpression, parseStatements } from '../../src/lang/parse.js';
import { printExpression, printStatement } from '../../src/lang/print.js';
import { childrenOf, expressionsOf } from '../../src/lang/walk.js';
import { child } from '../../src/model/pointer.js';

/** The tree that a text of the document was printed from. Its spans are offsets in the user's text. */
type Origin =
  { readonly kind: 'expression'; readonly tree: Expression } | { readonly kind: 'statement'; readonly tree: Statement };

/** A value of the document under construction, with the pointer of its origin in the user's document. */
export class Located {
  constructor(
    readonly value: unknown,
    readonly pointer: string,
    readonly origin?: Origin,
    /** The range of its origin in the text at `pointer`, if it is not the whole text. */
    readonly span?: Span,
  ) {}
}

/** Returns `value` with its origin at `pointer` in the user's document, or in a range of the text there. */
export function located(value: unknown, pointer: string, span?: Span): Located {
  return new Located(value, pointer, undefined, span);
}

/** Returns the canonical text of an expression. Its spans are offsets in the text at `pointer`. */
export function locatedExpression(tree: Expression, pointer: string): Located {
  return new Located(printExpression(tree), pointer, { kind: 'expression', tree });
}

/** Returns the canonical text of a statement. Its spans are offsets in the text at `pointer`. */
export function locatedStatement(tree: Statement, pointer: string): Located {
  return new Located(printStatement(tree), pointer, { kind: 'statement', tree });
}

/** A finished document with places in the user's text. */
export interface Settled {
  /** Without any `Located`. */
  readonly document: unknown;
  /** Places of its nodes in the user's text. */
  readonly positions: Positions;
}

/**
 * Returns the finished document, and places in the user's text of its nodes.
 *
 * @param tree       plain data with `Located` values anywhere
 * @param positions  places of the user's own document
 */
export function settle(tree: unknown, positions: Positions): Settled {
  const origins = new Map<string, Located>();
  const document = unwrap(tree, '', origins);
  return {
    document,
    positions: {
      place: (pointer, span) => placeOf(pointer, span, origins, positions),
      keyPlace: (pointer) => {
        const from = nearest(pointer, origins)?.[1].pointer ?? '';
        return positions.keyPlace?.(from) ?? positions.place(from);
      },
    },
  };
}

/** Returns the origin of a node, or of the nearest enclosing node, with the pointer of the node found. */
function nearest(pointer: string, origins: ReadonlyMap<string, Located>): readonly [string, Located] | undefined {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const origin = origins.get(at);
    if (origin !== undefined) return [at, origin];
    if (at === '') return undefined;
  }
}

function unwrap(node: unknown, pointer: string, origins: Map<string, Located>): unknown {
  if (node instanceof Located) {
    if (!origins.has(pointer)) origins.set(pointer, node);
    return unwrap(node.value, pointer, origins);
  }
  if (Array.isArray(node)) {
    // Arrays of numbers may have millions of items, and their items are not wrapped.
    if (typeof node[0] === 'number') return node;
    return node.map((item, index) => unwrap(item, child(pointer, index), origins));
  }
  if (node === null || typeof node !== 'object') return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, unwrap(value, child(pointer, key), origins)]),
  );
}

function placeOf(
  pointer: string,
  span: Span | undefined,
  origins: ReadonlyMap<string, Located>,
  positions: Positions,
): Place {
  const [at, origin] = nearest(pointer, origins) ?? [];
  if (origin === undefined) return positions.place('');
  const own = at === pointer ? originalSpan(origin, span) : origin.span;
  return own === undefined ? positions.place(origin.pointer) : positions.place(origin.pointer, own);
}

interface SpanPairs {
  readonly original: readonly Span[];
  readonly printed: readonly Span[];
}
const pairs = new WeakMap<Located, SpanPairs>();

/** Returns the ranges of a printed text and their ranges in the origin, computed once for each text. */
function spanPairs(at: Located, origin: Origin): SpanPairs {
  const known = pairs.get(at);
  if (known) return known;
  const made = { original: spansOf(origin), printed: spansOf(reread(String(at.value), origin.kind)) };
  pairs.set(at, made);
  return made;
}

/** Returns the range in the user's text that a range of the printed text stands for. */
function originalSpan(at: Located, span: Span | undefined): Span | undefined {
  if (at.origin === undefined) return at.span;
  if (span === undefined) return spansOf(at.origin)[0];
  const { original, printed } = spanPairs(at, at.origin);
  if (printed.length !== original.length) return original[0];
  let best = 0;
  for (const [index, candidate] of printed.entries()) {
    const width = (range: Span | undefined): number => (range === undefined ? Infinity : range.end - range.start);
    if (candidate.start <= span.start && candidate.end >= span.end && width(candidate) <= width(printed[best]))
      best = index;
  }
  return original[best];
}

/** Parses a printed text; a text that is refused, for its length for example, has one range. */
function reread(text: string, kind: Origin['kind']): Origin {
  const whole: Origin = { kind: 'expression', tree: number(0) };
  try {
    if (kind === 'expression') return { kind, tree: parseExpression(text) };
    const [tree] = parseStatements(text);
    return tree === undefined ? whole : { kind, tree };
  } catch (error) {
    if (!(error instanceof LangError)) throw error;
    return whole;
  }
}

/** Spans of all nodes of a tree, in one order for equal trees. */
function spansOf(origin: Origin): readonly Span[] {
  if (origin.kind === 'expression') return expressionSpans(origin.tree);
  const { tree } = origin;
  const target = tree.kind === 'assignment' ? [tree.targetSpan] : [];
  return [tree.span, ...target, ...expressionsOf(tree).flatMap(expressionSpans)];
}

/**
 * Returns the spans of an expression's nodes, in order. A signed or scaled literal prints as several nodes or one, so
 * nodes inside a literal are not compared.
 */
function expressionSpans(tree: Expression): readonly Span[] {
  const spans: Span[] = [];
  const add = (node: Expression): void => {
    spans.push(node.span);
    childrenOf(node).forEach(add);
  };
  add(tree);
  return spans;
}

/** Returns a seed as text. A number that has lost digits stays a number, which the model rejects. */
export const keptSeed = (seed: number | string): number | string =>
  typeof seed === 'number' && !Number.isSafeInteger(seed) ? seed : String(seed);
