import type { Expression, Span } from './ast.js';
import { LangError, throwCollected } from './lang-error.js';
import { longestText } from './lexer.js';
import * as messages from './messages.js';
import { isKeyword, parseExpressionWithin } from './parse-expression.js';

/** One definition of a block of equations. `unit` and `flags` are as written, without the space around them. */
export interface EquationLine {
  /** `dx/dt = … : unit`, `x = … : unit` or `x : unit`. */
  readonly kind: 'differential' | 'subexpression' | 'parameter';
  readonly name: string;
  /** Where the name is. */
  readonly nameSpan: Span;
  /** The right side; absent for a parameter. */
  readonly expression?: Expression;
  readonly unit: string;
  /** Where the unit is. */
  readonly unitSpan: Span;
  /** Words in parentheses after the unit, such as `event-driven`. */
  readonly flags: readonly string[];
  /** Where the entire definition is. */
  readonly span: Span;
  /** Set for a definition with a mistake and a known name: it counts as a parameter of unknown unit. */
  readonly broken?: true;
}

/** The contents of a block of equations, and its mistakes. */
interface EquationLines {
  readonly lines: readonly EquationLine[];
  /** In the order of the text. */
  readonly errors: readonly LangError[];
}

/** Beginning of a definition on its own line: shows that the definition before it lacks its unit. */
const newDefinition = /\n[ \t]*(?:d[ \t]*[A-Za-z_]\w*[ \t]*\/[ \t]*dt|[A-Za-z_]\w*)[ \t]*=(?!=)/;
const differential = /^d\s*([A-Za-z_][A-Za-z0-9_]*)\s*\/\s*dt$/;
const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;
const flag = /^[A-Za-z_][A-Za-z0-9_ -]*$/;

/**
 * The definitions of a block of equations, in the order of the text:
 * `dx/dt = expression : unit (flags)`, `x = expression : unit (flags)`, `x : unit (flags)`.
 * Expressions may span lines, a definition ends with the line of its unit; `#` starts a comment.
 *
 * @param text at most 10^6 characters
 * @returns units unread (`parseUnit` reads them; `integer` and `boolean` are types), flags with single spaces
 * @throws LangError the first definition that is wrong; the others are its `others`
 * @source Brian 2, equations grammar
 */
export function parseEquations(text: string): readonly EquationLine[] {
  const { lines, errors } = readEquationLines(text);
  throwCollected(errors);
  return lines;
}

/** As `parseEquations`, but returns the readable lines in spite of mistakes. */
export function readEquationLines(text: string): EquationLines {
  if (text.length > longestText) {
    const tooLong = new LangError(messages.tooLong(text.length, longestText), { start: 0, end: text.length });
    return { lines: [], errors: [tooLong] };
  }
  // Comments become blanks, so that offsets stay valid.
  const plain = text.replace(/#[^\n]*/g, (comment) => ' '.repeat(comment.length));
  const lines: EquationLine[] = [];
  const errors: LangError[] = [];
  const cut: Span[] = [];
  for (const span of splitDefinitions(plain, errors, cut)) {
    try {
      lines.push(parseDefinition(text, plain, span));
    } catch (error) {
      if (!(error instanceof LangError)) throw error;
      errors.push(error);
      cut.push(span);
    }
  }
  for (const span of cut) lines.push(...brokenDefinition(plain, span));
  lines.sort((a, b) => a.span.start - b.span.start);
  reportDuplicates(lines, errors);
  return { lines, errors: errors.sort((a, b) => a.span.start - b.span.start) };
}

/** Returns the names that a definition with a mistake may define: those on its left side. */
function brokenDefinition(plain: string, span: Span): EquationLine[] {
  const left = /^[^:=]*(?=[:=])/.exec(plain.slice(span.start, span.end))?.[0] ?? '';
  const rate = differential.exec(left.trim())?.[1];
  const candidates = rate === undefined ? [...left.matchAll(/[A-Za-z_]\w*/g)] : [/(?<=d\s*)[A-Za-z_]\w*/.exec(left)];
  return candidates.flatMap((match) => {
    if (match === null || isKeyword(match[0])) return [];
    const [name] = match;
    const start = span.start + match.index;
    const nameSpan = { start, end: start + name.length };
    return [
      { kind: 'parameter', name, nameSpan, unit: '1', unitSpan: nameSpan, flags: [], span, broken: true },
    ] as const;
  });
}

function reportDuplicates(lines: readonly EquationLine[], errors: LangError[]): void {
  const seen = new Set<string>();
  for (const line of lines) {
    if (line.broken) continue;
    if (seen.has(line.name)) errors.push(new LangError(messages.duplicateDefinition(line.name), line.nameSpan));
    seen.add(line.name);
  }
}

const trimmed = (text: string, start: number, end: number): Span => {
  const part = text.slice(start, end);
  const from = start + (part.length - part.trimStart().length);
  return { start: from, end: Math.max(from, start + part.trimEnd().length) };
};

/**
 * Ranges of definitions, each from its name to the end of its unit and flags. Text without a unit is reported and
 * skipped.
 */
function splitDefinitions(plain: string, errors: LangError[], cut: Span[]): Span[] {
  const spans: Span[] = [];
  let at = 0;
  let colon = plain.indexOf(':');
  for (;;) {
    while (at < plain.length && /\s/.test(plain.charAt(at))) at++;
    if (at >= plain.length) return spans;
    if (colon >= 0 && colon < at) colon = plain.indexOf(':', at);
    const next = newDefinition.exec(plain.slice(at, colon < 0 ? plain.length : colon));
    if (next) {
      const span = trimmed(plain, at, at + next.index);
      errors.push(new LangError(messages.equationWithoutUnit(plain.slice(span.start, span.end)), span));
      cut.push(span);
      at += next.index + 1;
    } else if (colon < 0) {
      const span = trimmed(plain, at, plain.length);
      errors.push(new LangError(messages.equationWithoutUnit(plain.slice(span.start, span.end)), span));
      cut.push(span);
      return spans;
    } else {
      const end = endOfDefinition(plain, colon);
      spans.push(trimmed(plain, at, end));
      at = end;
    }
  }
}

/** The end of the line with the unit, or of flags on separate lines. */
function endOfDefinition(plain: string, colon: number): number {
  const flags = /[ \t]*[^\n(]*(?:\n\s*)?\([^):=]*\)[^\n]*/y;
  flags.lastIndex = colon + 1;
  const match = flags.exec(plain);
  if (match) return colon + 1 + match[0].length;
  const line = plain.indexOf('\n', colon);
  return line < 0 ? plain.length : line;
}

function parseDefinition(text: string, plain: string, span: Span): EquationLine {
  const colon = plain.indexOf(':', span.start);
  const equals = assignmentSign(plain, span.start, colon);
  const left = parseLeft(plain, trimmed(plain, span.start, equals < 0 ? colon : equals));
  if (equals < 0 && left.differential) throw new LangError(messages.equationRightSide(left.name), left.nameSpan);
  const expression =
    equals < 0 ? undefined : parseRightSide(text, plain, { start: equals + 1, end: colon }, span.start);
  const { unit, unitSpan, flags } = parseUnitAndFlags(plain, colon + 1, span.end);
  const kind = left.differential ? 'differential' : expression ? 'subexpression' : 'parameter';
  return {
    kind,
    name: left.name,
    nameSpan: left.nameSpan,
    ...(expression ? { expression } : {}),
    unit,
    unitSpan,
    flags,
    span,
  };
}

/** Two values on two lines without an operator: the unit of the first line's equation is missing. */
function parseRightSide(text: string, plain: string, span: Span, start: number): Expression {
  try {
    return parseExpressionWithin(text, span.start, span.end);
  } catch (error) {
    if (!(error instanceof LangError) || error.finding.code !== 'lang/expected-operator') throw error;
    const line = plain.indexOf('\n', error.span.start);
    if (line < 0 || line >= error.span.end) throw error;
    const first = trimmed(plain, start, line);
    throw new LangError(messages.equationWithoutUnit(plain.slice(first.start, first.end)), first);
  }
}

/** Offset of the `=` that is not part of a comparison, or -1. */
function assignmentSign(plain: string, start: number, stop: number): number {
  for (let at = plain.indexOf('=', start); at >= 0 && at < stop; at = plain.indexOf('=', at + 1)) {
    if (plain.charAt(at + 1) === '=') at++;
    else if (!'<>!'.includes(plain.charAt(at - 1)) || at === start) return at;
  }
  return -1;
}

function parseLeft(plain: string, span: Span): { differential: boolean; name: string; nameSpan: Span } {
  const left = plain.slice(span.start, span.end);
  const rate = differential.exec(left);
  const definedName = rate?.[1] ?? (identifier.test(left) ? left : undefined);
  if (definedName === undefined)
    throw new LangError(
      messages.equationLeftSide(left),
      span.end > span.start ? span : { start: span.start, end: span.start + 1 },
    );
  const start = span.start + (rate ? left.indexOf(definedName, 1) : 0);
  const nameSpan = { start, end: start + definedName.length };
  if (isKeyword(definedName)) throw new LangError(messages.keyword(definedName), nameSpan);
  return { differential: rate !== null, name: definedName, nameSpan };
}

function parseUnitAndFlags(
  plain: string,
  start: number,
  stop: number,
): Pick<EquationLine, 'unit' | 'unitSpan' | 'flags'> {
  const open = plain.indexOf('(', start);
  const hasFlags = open >= 0 && open < stop;
  const unitSpan = trimmed(plain, start, hasFlags ? open : stop);
  const unit = plain.slice(unitSpan.start, unitSpan.end);
  if (unit === '') throw new LangError(messages.emptyUnit(), { start: start - 1, end: start });
  if (/[:=]/.test(unit)) throw new LangError(messages.equationRest(unit), unitSpan);
  if (!hasFlags) return { unit, unitSpan, flags: [] };
  const close = plain.indexOf(')', open);
  if (close < 0 || close >= stop) throw new LangError(messages.unclosedFlags(), { start: open, end: open + 1 });
  const rest = trimmed(plain, close + 1, stop);
  if (rest.end > rest.start) throw new LangError(messages.equationRest(plain.slice(rest.start, rest.end)), rest);
  const flags: string[] = [];
  let at = open + 1;
  for (const part of plain.slice(open + 1, close).split(',')) {
    const word = part.trim().replace(/\s+/g, ' ');
    if (!flag.test(word))
      throw new LangError(messages.badFlag(word), { start: at, end: Math.max(at + 1, at + part.length) });
    flags.push(word);
    at += part.length + 1;
  }
  return { unit, unitSpan, flags };
}
