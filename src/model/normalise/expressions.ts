import type { Expression, Statement, ValueType } from '../../lang/ast.js';
import { binary, boolean, integer, number, quantity } from '../../lang/build.js';
import { checkExpression, inferType } from '../../lang/check.js';
import { type Inferred, type Symbol } from '../../lang/inferred.js';
import { equalDimensions, isDimensionless } from '../../lang/dimension.js';
import { foldConstants } from '../../lang/fold.js';
import { LangError } from '../../lang/lang-error.js';
import { divisionByZero, nameShadowed, numberOutOfRange, unitShadowed } from '../../lang/messages.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { printExpression, printStatement } from '../../lang/print.js';
import { parseExpressionWithin } from '../../lang/parse-expression.js';
import { leadingQuantity, parseQuantity } from '../../lang/quantity.js';
import { scaleDecimal } from '../../lang/decimal.js';
import { longUnitName, namesBesideNumbers, parseUnit, unitInText, unitOf, type Unit } from '../../lang/units.js';
import { mapStatement, visit } from '../../lang/walk.js';
import { messages } from '../messages.js';
import type { Context } from './context.js';
import { isUnknowable, noNames, scopeFor, type Names } from './names.js';

/** Requirements on an expression at its place. */
export interface Slot {
  /** In messages: `the equation for v`. */
  readonly what: string;
  /** Dimension that is needed, and the unit that a bare number is in. */
  readonly unit: Unit;
  /** Type that is needed. */
  readonly type: ValueType;
}

/** Runs a parser on the string at `pointer`; its mistakes are reported there. */
export function attempt<T>(context: Context, pointer: string, parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof LangError)) throw error;
    for (const problem of error.all) context.report(problem.finding, pointer, problem.span);
    return undefined;
  }
}

/** A number, then a unit separated by at most space: `-70 mV`, `5ms`, `200 uF/cm**2`. */
const looksLikeQuantity =
  /^\s*[-+\u2212]?\s*(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\d.]|[eE][-+]?\d)\s*[A-Za-z\u00b5\u03bc\u03a9\u2126\u00b0]/;
/** Syntax that a unit does not have: keywords of conditions, and signs outside exponents. */
const beyondUnits = /\b(?:if|else|and|or|not)\b|[-+<>=!%,]/;
const exponents = /(?:\*\*|\^)\s*\(?\s*[-+]?\s*[\d.]+(?:\s*\/\s*\d+)?\s*\)?/g;

/** Checks whether a text is a number with a unit rather than an expression that multiplies the two. */
function isQuantityText(text: string): boolean {
  const opening = looksLikeQuantity.exec(text)?.[0];
  return opening !== undefined && !beyondUnits.test(text.slice(opening.length - 1).replace(exponents, ''));
}

/**
 * Returns the tree of the expression at `pointer`: a text, or a bare number in the slot's unit; undefined after a
 * finding.
 */
export function readExpression(
  context: Context,
  written: string | number | boolean,
  unit: Unit,
  pointer: string,
  names: Names = noNames,
): Expression | undefined {
  if (typeof written === 'boolean') return boolean(written);
  if (typeof written === 'number') return numberInUnit(context, written, unit, pointer);
  return attempt(context, pointer, () => {
    if (!isQuantityText(written)) return parseExpression(written);
    const isName = (name: string): boolean => context.constantNames.has(name) || names.lookup(name) !== undefined;
    const { text, rest } = leadingQuantity(written, isName);
    const { value, dimension } = parseQuantity(text);
    const span = { start: 0, end: text.length };
    const head = isDimensionless(dimension) ? number(value, span) : quantity(value, dimension, span);
    return rest === undefined ? head : binary('*', head, parseExpressionWithin(written, rest, written.length));
  });
}

/**
 * Warns of names of the model that could be taken for units at the places that read them. Also warns of units that
 * could be taken for names. Each definition gives one warning.
 *
 * @param written  the text that `e` was read from, if any
 */
function warnOfUnits(context: Context, e: Expression, names: Names, pointer: string, written?: unknown): void {
  if (!context.warnsOfUnits(pointer)) return;
  const variable = (name: string): Symbol | undefined => names.lookup(name) ?? context.constants.get(name);
  const beside = namesBesideNumbers(e, (name) => variable(name) !== undefined);
  visit(e, (part) => {
    if (part.kind !== 'name') return;
    const unit = unitOf(part.name);
    const found = unit && variable(part.name);
    if (!unit || found?.definition === undefined) return;
    if (beside.has(part.name) || equalDimensions(found.dimension, unit.dimension))
      context.warnOnce(
        unitShadowed(part.name, longUnitName(part.name) ?? part.name),
        pointer,
        part.span,
        found.definition,
      );
  });
  if (typeof written !== 'string' || !isQuantityText(written)) return;
  for (const symbol of leadingQuantity(written, () => false).units) {
    const unit = unitInText(symbol);
    const found = unit && variable(symbol);
    if (!unit || found?.definition === undefined || pointer.startsWith(found.definition)) continue;
    if (equalDimensions(found.dimension, unit.dimension))
      context.warnOnce(nameShadowed(symbol), pointer, undefined, found.definition);
  }
}

/** Returns a bare number as a literal in the unit of its place. */
function numberInUnit(context: Context, written: number, unit: Unit, pointer: string): Expression | undefined {
  const value = Number.isFinite(written)
    ? scaleDecimal(Object.is(written, -0) ? '-0' : String(written), unit.scale)
    : NaN;
  if (!Number.isFinite(value) || (value === 0 && written !== 0)) {
    context.report(
      Number.isFinite(written) ? numberOutOfRange(String(written), value) : messages.notFinite(written),
      pointer,
    );
    return undefined;
  }
  if (!isDimensionless(unit.dimension)) return quantity(value, unit.dimension);
  return Number.isSafeInteger(written) && value === written ? integer(value) : number(value);
}

/** Returns the same expression with model parameters inserted, units in SI, and arithmetic of literals done. */
export function settle(context: Context, e: Expression, names: Names): Expression {
  const values = new Map<string, Expression>();
  visit(e, (part) => {
    if (part.kind !== 'name' || names.lookup(part.name)) return;
    const constant = context.constants.get(part.name);
    if (!constant || constant.unknown === true) return;
    const { value, dimension, type } = constant;
    values.set(
      part.name,
      !isDimensionless(dimension) ? quantity(value, dimension) : type === 'integer' ? integer(value) : number(value),
    );
  });
  return foldConstants(e, values, (name) => names.lookup(name) !== undefined);
}

/** Returns the canonical text of a settled expression; units are written long if a name here equals their symbol. */
export function textOf(e: Expression, names: Names): string {
  return printExpression(e, { taken: (name) => names.lookup(name) !== undefined });
}

/** Checks against the slot. With several sets of names (a synapse between different types) it has to fit under each. */
export function fits(context: Context, e: Expression, scopes: readonly Names[], slot: Slot, pointer: string): boolean {
  const expected = { what: slot.what, dimension: slot.unit.dimension, type: slot.type };
  return scopes
    .filter((names) => canCheck(context, e, names))
    .map((names) =>
      checkExpression(e, scopeFor(context, names), expected, (finding, span, related) =>
        context.report(finding, pointer, span, related),
      ),
    )
    .every((fit) => fit);
}

/** Checks whether all names that an expression reads can be known. */
export function canCheck(context: Context, e: Expression, names: Names): boolean {
  let known = true;
  visit(e, (part) => {
    if (part.kind === 'name' && isUnknowable(context, names, part.name)) known = false;
  });
  return known;
}

/** Infers the type and dimension of an expression, with findings at `pointer`. */
export function infer(context: Context, e: Expression, names: Names, pointer: string): Inferred | null {
  if (!canCheck(context, e, names)) return null;
  return inferType(e, scopeFor(context, names), (finding, span, related) =>
    context.report(finding, pointer, span, related),
  );
}

/** Reports divisors that turned out to be zero once parameters were put in. */
function reportZeroDivisors(context: Context, settled: Expression, pointer: string): void {
  visit(settled, (part) => {
    if (part.kind !== 'binary' || !['/', '//', '%'].includes(part.operator)) return;
    const { right } = part;
    if ((right.kind === 'number' || right.kind === 'quantity') && right.value === 0)
      context.report(divisionByZero(part.operator), pointer, right.span.end > 0 ? right.span : part.span);
  });
}

/**
 * Checks and settles an expression as written.
 *
 * @param scopes meanings of names; the first decides how units are printed
 * @returns undefined after a finding
 */
export function checkedExpression(
  context: Context,
  written: string | number | boolean,
  scopes: readonly Names[],
  slot: Slot,
  pointer: string,
): Expression | undefined {
  const e = readExpression(context, written, slot.unit, pointer, allNames(scopes));
  if (!e || !fits(context, e, scopes, slot, pointer)) return undefined;
  return settled(context, e, scopes, pointer, written);
}

/**
 * Settles a checked expression and looks for divisors that became zero, and for names that could be taken for units.
 *
 * @param written  the text that it was read from, if it is the entire text
 */
export function settled(
  context: Context,
  e: Expression,
  scopes: readonly Names[],
  pointer: string,
  written?: unknown,
): Expression | undefined {
  const names = allNames(scopes);
  warnOfUnits(context, e, names, pointer, written);
  const result = attempt(context, pointer, () => settle(context, e, names));
  if (result) reportZeroDivisors(context, result, pointer);
  return result;
}

/** Joins scopes: a name is taken if any of them knows it. */
export function allNames(scopes: readonly Names[]): Names {
  const [only] = scopes;
  if (only && scopes.length === 1) return only;
  return {
    lookup: (name) => {
      for (const scope of scopes) {
        const found = scope.lookup(name);
        if (found) return found;
      }
      return undefined;
    },
    names: () => [...new Set(scopes.flatMap((scope) => scope.names()))],
  };
}

/** Checks an expression as written and returns its canonical text; undefined after a finding. */
export function normaliseExpression(
  context: Context,
  written: string | number | boolean,
  scopes: readonly Names[],
  slot: Slot,
  pointer: string,
): string | undefined {
  const e = checkedExpression(context, written, scopes, slot, pointer);
  return e && textOf(e, allNames(scopes));
}

/** A statement with its place in the document. */
export interface PlacedStatement {
  readonly statement: Statement;
  /** JSON pointer into the document. */
  readonly pointer: string;
}

/** Parses statements: a list of texts, or one text. */
export function readStatements(
  context: Context,
  written: string | readonly string[] | undefined,
  pointer: string,
): PlacedStatement[] {
  const texts =
    written === undefined
      ? []
      : typeof written === 'string'
        ? [[written, pointer] as const]
        : written.map((text, index) => [text, `${pointer}/${index}`] as const);
  return texts.flatMap(([text, at]) =>
    (attempt(context, at, () => parseStatements(text)) ?? []).map((statement) => ({ statement, pointer: at })),
  );
}

/** Returns the canonical text of a checked statement. */
export function statementText(
  context: Context,
  { statement, pointer }: PlacedStatement,
  names: Names,
): string | undefined {
  let whole = true;
  const result = mapStatement(statement, (e) => {
    const done = settled(context, e, [names], pointer);
    if (!done) whole = false;
    return done ?? e;
  });
  return whole ? printStatement(result, { taken: (name) => names.lookup(name) !== undefined }) : undefined;
}

/** Parses the unit in a text; undefined after a finding. */
export function readUnit(context: Context, text: string | number, pointer: string): Unit | undefined {
  return attempt(context, pointer, () => parseUnit(String(text)));
}
