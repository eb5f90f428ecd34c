import type { Assignment, AssignmentOperator, Expression, Send, Span, Statement } from './ast.js';
import { assignment as assignmentTo } from './build.js';
import { LangError, throwCollected } from './lang-error.js';
import { longestText, tokenise, type Token } from './lexer.js';
import * as messages from './messages.js';
import { isKeyword, parseExpressionWithin, parseTokens } from './parse-expression.js';
import { memoised } from '../diagnostics/memoise.js';

const operators: readonly AssignmentOperator[] = ['=', '+=', '-=', '*=', '/=', '%='];

/** `name op` at the beginning of a statement. The operator may be an unsupported one, for its message. */
const assignment =
  /\s*([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)\s*(\*\*=|\/\/=|<<=|>>=|[-+*/%&|^]?=(?!=))/y;
const controlWords = /^(if|for|while|def|return|import|with|try|pass|del|assert|global|elif|else)$/;

/**
 * The statements of a block of code, separated by line breaks or semicolons. Within parentheses a line break is space;
 * `#` starts a comment.
 *
 * @param text at most 10^6 characters
 * @throws LangError the first statement that is wrong; the other wrong statements are its `others`
 */
export const parseStatements: (text: string) => readonly Statement[] = memoised((text) => {
  if (text.length > longestText)
    throw new LangError(messages.tooLong(text.length, longestText), { start: 0, end: text.length });
  const statements: Statement[] = [];
  const errors: LangError[] = [];
  for (const span of splitStatements(text)) {
    try {
      statements.push(parseStatement(text, span));
    } catch (error) {
      if (!(error instanceof LangError)) throw error;
      errors.push(error);
    }
  }
  throwCollected(errors);
  return statements;
});

/** Ranges between separators that hold more than space and comments, without the space around them. */
function splitStatements(text: string): Span[] {
  const spans: Span[] = [];
  let depth = 0;
  let start = -1;
  let last = 0;
  const close = (): void => {
    if (start >= 0) spans.push({ start, end: last });
    start = -1;
  };
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '#') {
      const stop = text.indexOf('\n', at);
      at = (stop < 0 ? text.length : stop) - 1;
    } else if (character === ';' || (character === '\n' && depth === 0)) {
      close();
      depth = 0;
    } else if (/\S/.test(character)) {
      if (character === '(') depth++;
      if (character === ')') depth = Math.max(0, depth - 1);
      if (start < 0) start = at;
      last = at + 1;
    }
  }
  close();
  return spans;
}

function parseStatement(text: string, span: Span): Statement {
  assignment.lastIndex = span.start;
  const match = assignment.exec(text);
  if (match && match.index + match[0].length <= span.end) return parseAssignment(text, span, match);
  const tokens = tokenise(text, span.start, span.end);
  const [first, second] = tokens;
  if (first?.kind === 'name' && first.text === 'send' && second?.text === '(') return parseSend(tokens, span);
  if (first?.kind === 'name' && controlWords.test(first.text))
    throw new LangError(messages.noControlFlow(first.text), { start: first.start, end: first.end });
  throw explain(text, span, tokens);
}

function parseAssignment(text: string, span: Span, match: RegExpExecArray): Assignment {
  const [head, target = '', operatorText = ''] = match;
  const stop = match.index + head.length;
  const operatorSpan = { start: stop - operatorText.length, end: stop };
  const targetStart = match.index + head.indexOf(target);
  const targetSpan = { start: targetStart, end: targetStart + target.length };
  const operator = operators.find((known) => known === operatorText);
  if (operator === undefined) throw new LangError(messages.assignmentOperator(operatorText), operatorSpan);
  const word = target.split('.').find(isKeyword);
  if (word !== undefined) throw new LangError(messages.keyword(word), targetSpan);
  const value = parseExpressionWithin(text, stop, Math.max(stop, span.end));
  return assignmentTo(target, operator, value, span, targetSpan);
}

/** `send(port, value, delay)`; the delay may be written `after: delay`. */
function parseSend(tokens: readonly Token[], span: Span): Send {
  const parts = splitArguments(tokens, span);
  const [port = [], value = [], after = []] = parts;
  if (parts.length !== 3) throw new LangError(messages.sendArguments(parts.length), span);
  const portExpression = parsePart(port, span);
  if (portExpression.kind !== 'name') throw new LangError(messages.sendPort('an expression'), portExpression.span);
  const labelled = after[0]?.text === 'after' && after[1]?.text === ':';
  return {
    kind: 'send',
    port: portExpression.name,
    value: parsePart(value, span),
    after: parsePart(labelled ? after.slice(2) : after, span),
    span,
  };
}

/** Returns the tokens of each argument of `send ( ... )`, split at commas outside inner parentheses. */
function splitArguments(tokens: readonly Token[], span: Span): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (index < 2) continue;
    if (token.kind === 'end')
      throw new LangError(messages.unclosed(), {
        start: tokens[1]?.start ?? span.start,
        end: tokens[1]?.end ?? span.end,
      });
    if (token.text === ')' && depth === 0) {
      const rest = tokens[index + 1];
      if (rest && rest.kind !== 'end')
        throw new LangError(messages.unexpectedWord(rest.text), { start: rest.start, end: rest.end });
      return parts;
    }
    if (token.text === '(') depth++;
    if (token.text === ')') depth--;
    if (token.text === ',' && depth === 0) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

function parsePart(tokens: readonly Token[], whole: Span): Expression {
  const start = tokens[0]?.start ?? whole.start;
  const stop = tokens.at(-1)?.end ?? whole.end;
  return parseTokens([...tokens, { kind: 'end', text: '', start: stop, end: stop }], { start, end: stop });
}

/** Why a piece of text is not a statement. */
function explain(text: string, span: Span, tokens: readonly Token[]): LangError {
  const equals = tokens.find((token) => token.kind === 'operator' && token.text === '=');
  if (equals) {
    const end = Math.max(span.start + 1, equals.start);
    const target = text.slice(span.start, end).trimEnd();
    return new LangError(messages.assignmentTarget(target), { start: span.start, end: span.start + target.length });
  }
  const equality = tokens.find((token) => token.kind === 'operator' && token.text === '==');
  if (equality) return new LangError(messages.equalityAsStatement(), { start: equality.start, end: equality.end });
  return new LangError(messages.notAStatement(text.slice(span.start, span.end)), span);
}
