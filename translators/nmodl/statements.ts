/**
 * Parser of NMODL: statements of blocks.
 *
 * @source NEURON 9, `nmodl` and `nocmodl`: grammar
 */

import type { Span } from '../../src/lang/ast.js';
import { deepest, ExpressionParser, type Report } from './expressions.js';
import * as messages from './messages.js';
import type { Side, Statement, Table, Target } from './syntax.js';
import { isIdle, type Token } from './text.js';

/** Name of an element of an array, among variables. */
export const elementName = (array: string, index: number): string => `${array}_${index}`;
/** Longest array. */
const mostElements = 2000;

/** Statements that have no effect on numbers: their words, and whether they take a line of names. */
const ignoredStatements = new Set(['MUTEXLOCK', 'MUTEXUNLOCK', 'PROTECT']);

/** Facts of a file that statements state beside their effects. */
export interface Notes {
  readonly tables: Table[];
  /** Numbers of elements of local arrays. */
  readonly localLengths: Map<string, number>;
  readonly defines: ReadonlyMap<string, number>;
  /** Passages between UNITSOFF and UNITSON. */
  readonly unitless: Span[];
}

/** Reads statements. */
export class StatementParser extends ExpressionParser {
  /** Whether the present block is LINEAR. */
  protected isLinear = false;
  /** Numbers of elements of arrays in lists of names. */
  protected readonly lengths = new Map<string, number>();
  protected unitsOff: number | undefined;
  /** The keyword of the present block of the file. */
  protected outer: Token = this.token;
  /** The name of the present block. */
  protected blockName = '';

  constructor(
    tokens: readonly Token[],
    end: number,
    private readonly notes: Notes,
    report: Report,
  ) {
    super(tokens, end, notes.defines, report);
  }

  /** Reads the number of elements of an array. */
  protected length(): number {
    const token = this.token;
    const length = this.number();
    if (!Number.isInteger(length) || length < 1 || length > mostElements)
      this.fail(messages.arrayLength(length, mostElements), token);
    this.expect(']');
    return length;
  }

  /** Fails at a word that begins another block, as the present one is not closed. */
  protected checkOpen(): void {
    const { kind, text } = this.token;
    if (kind === 'end') this.fail(messages.unclosed(this.outer.text), this.outer);
    const isInner = text === 'INITIAL' && this.outer.text === 'NET_RECEIVE';
    if (kind === 'name' && messages.isOuterBlock(text) && !isInner && this.#opens())
      this.fail(messages.openBlock(text, this.outer.text));
  }

  /** Whether a block begins here: its name or `{` follows the word. */
  #opens(): boolean {
    const { kind, text } = this.peek(1);
    return text === '{' || (kind === 'name' && /^[({]$/.test(this.peek(2).text));
  }

  protected unitsSwitch({ text, start }: Token): void {
    if (text === 'UNITSOFF') this.unitsOff ??= start;
    else if (this.unitsOff !== undefined) {
      this.notes.unitless.push({ start: this.unitsOff, end: start });
      this.unitsOff = undefined;
    }
  }

  /** Reads names with commas between them. */
  protected names(): Token[] {
    const names: Token[] = [];
    do {
      const name = this.name();
      names.push(name);
      if (this.skip('[')) {
        this.lengths.set(name.text, this.length());
      }
    } while (this.skip(','));
    return names;
  }

  protected block(): Statement[] {
    const open = this.expect('{');
    if (++this.depth > deepest) this.fail(messages.tooDeep(), open);
    const statements: Statement[] = [];
    while (!this.skip('}')) {
      this.checkOpen();
      if (this.is('LOCAL') && statements.length > 0) this.fail(messages.lateLocal());
      const statement = this.#statement();
      if (statement) statements.push(statement);
    }
    this.depth--;
    return statements;
  }

  #statement(): Statement | undefined {
    const before = this.peek(-1);
    const token = this.next();
    const done = (): Span => ({ start: token.start, end: this.peek(-1).end });
    if (token.kind === 'verbatim')
      return isIdle(token.text) ? undefined : { kind: 'refused', part: 'VERBATIM', span: token };
    if (ignoredStatements.has(token.text)) return undefined;
    switch (token.text) {
      case 'UNITSOFF':
      case 'UNITSON':
        this.unitsSwitch(token);
        return undefined;
      case 'LOCAL': {
        const names = this.names().flatMap(({ text }) => {
          const length = this.lengths.get(text);
          if (length !== undefined) this.notes.localLengths.set(text, length);
          return length === undefined ? [text] : Array.from({ length }, (_, k) => elementName(text, k));
        });
        if (this.is('=')) this.fail(messages.localValue(names.at(-1) ?? ''));
        return { kind: 'local', names, span: done() };
      }
      case 'TABLE': {
        this.notes.tables.push({ block: this.blockName, ...this.#table(), span: done() });
        return undefined;
      }
      case 'CONDUCTANCE':
        this.name();
        if (this.skip('USEION')) this.name();
        return undefined;
      case 'SOLVE': {
        const block = this.name().text;
        const isSteady = this.is('STEADYSTATE');
        const isLast = this.peek(1).startsLine === true || this.peek(1).text === '}';
        if (this.token.kind === 'name' && !this.token.startsLine && isLast && !isSteady && !this.is('METHOD'))
          this.fail(messages.expected('METHOD', this.token.text));
        const method = this.skip('METHOD') || this.skip('STEADYSTATE') ? this.name('a method') : undefined;
        const methodSpan = method ?? token;
        return { kind: 'solve', block, method: method?.text ?? '', methodSpan, isSteady, span: done() };
      }
      case 'if':
      case 'IF':
        return this.#if(token);
      case 'FROM': {
        const variable = this.name().text;
        this.expect('=');
        const from = this.expression();
        this.expect('TO');
        const to = this.expression();
        const by = this.skip('BY') ? this.expression() : undefined;
        return { kind: 'from', variable, from, to, by, span: done(), body: this.block() };
      }
      case 'while':
      case 'WHILE': {
        this.expect('(');
        this.expression();
        this.expect(')');
        const span = done();
        this.block();
        return { kind: 'refused', part: 'while', span };
      }
      case '~':
        return this.#reaction(token);
      case 'CONSERVE': {
        const left = this.expression();
        this.expect('=');
        return { kind: 'conserve', left, right: this.expression(), span: done() };
      }
      case 'COMPARTMENT':
        return this.#compartment(token);
      case 'WATCH': {
        this.expect('(');
        const condition = this.expression();
        this.expect(')');
        return { kind: 'watch', condition, flag: this.expression(), span: done() };
      }
      case 'INITIAL':
        return { kind: 'initial', span: token, body: this.block() };
      case 'FOR_NETCONS': {
        this.expect('(');
        const names = this.names().map(({ text }) => text);
        this.expect(')');
        return { kind: 'connections', names, span: token, body: this.block() };
      }
      case 'LONGITUDINAL_DIFFUSION':
      case 'LAG':
      case 'FORALL':
        this.fail(messages.refused(token.text, 'a statement'), token);
        break;
      default:
    }
    if (token.text === ')') this.fail(messages.extraParenthesis(), token);
    if (token.kind !== 'name') this.unexpected(messages.expected('a statement', token.text), token);
    if (this.is('(')) {
      const given = this.arguments();
      if (this.is('{')) this.unexpected(messages.unknownStatement(token.text), token);
      const isAppended = this.follows(token, before);
      return { kind: 'call', name: token.text, arguments: given, isAppended, span: done() };
    }
    if (!/^['=[]$/.test(this.token.text)) this.#noStatement(token);
    this.back();
    const target = this.#target();
    let isRate = false;
    if (this.skip("'")) {
      isRate = true;
      if (this.is("'")) this.fail(messages.refused("''", 'a second derivative'));
    }
    this.expect('=');
    return { kind: 'assign', target, isRate, value: this.expression(), span: done() };
  }

  /** Fails at a name that begins no statement. */
  #noStatement(token: Token): never {
    const { text } = this.token;
    if (token.text === 'return') this.fail(messages.returned(this.blockName), token);
    if (token.text === 'else') this.fail(messages.elseWithoutIf(), token);
    const state = /^d([A-Za-z_]\w*)$/.exec(token.text)?.[1];
    if (state !== undefined && text === '/' && /^d?t$/.test(this.peek(1).text))
      this.fail(messages.quotientOfRate(state), token);
    if (/^(?:<->|->|<<)$/.test(text)) this.fail(messages.missingTilde(token.text), token);
    if (text === '==') this.fail(messages.comparison(text));
    this.back();
    this.checkOperator();
    this.next();
    if (this.token.startsLine || text === '}') this.unexpected(messages.incomplete(token.text), token);
    this.unexpected(messages.missing('=', token.text, this.found()), this.token, token);
  }

  #target(): Target {
    const token = this.name();
    if (!this.skip('[')) return { name: token.text, span: token };
    const index = this.expression();
    const { end } = this.expect(']');
    return { name: token.text, index, span: { start: token.start, end } };
  }

  #if(token: Token): Statement {
    this.expect('(');
    const condition = this.expression();
    this.expect(')');
    const span = { start: token.start, end: this.peek(-1).end };
    const whenTrue = this.block();
    let whenFalse: Statement[] = [];
    if (this.skip('else') || this.skip('ELSE')) {
      if (this.is('if') || this.is('IF')) {
        if (++this.depth > deepest) this.fail(messages.tooDeep());
        whenFalse = [this.#if(this.next())];
        this.depth--;
      } else whenFalse = this.block();
    }
    return { kind: 'if', condition, whenTrue, whenFalse, span };
  }

  #table(): Omit<Table, 'block' | 'span'> {
    const names = this.token.kind === 'name' && !this.is('DEPEND') && !this.is('FROM') ? this.names() : [];
    if (this.skip('DEPEND')) this.names();
    this.expect('FROM');
    const from = this.expression();
    this.expect('TO');
    const to = this.expression();
    this.expect('WITH');
    const intervals = this.expression();
    return { names: names.map((token) => ({ name: token.text, span: token })), from, to, intervals };
  }

  #reaction(token: Token): Statement {
    const span = (): Span => ({ start: token.start, end: this.peek(-1).end });
    if (this.isLinear) {
      const equal = this.expression();
      this.expect('=');
      return { kind: 'equation', left: equal, right: this.expression(), span: span() };
    }
    const left = this.#side();
    if (this.skip('<<')) {
      this.expect('(');
      const value = this.expression();
      this.expect(')');
      const [first] = left;
      if (!first) return this.fail(messages.expected('a state', '<<'), token);
      return { kind: 'flux', state: first.state, value, span: span() };
    }
    const isBoth = this.skip('<->');
    const right = isBoth || !this.is('->') ? this.#sideAfter(isBoth) : (this.next(), this.#sideOrNone());
    this.expect('(');
    const forward = this.expression();
    if (!isBoth && this.is(',')) this.fail(messages.secondRate());
    const backward = this.skip(',') ? this.expression() : undefined;
    this.expect(')');
    return { kind: 'reaction', left, right, forward, backward, span: span() };
  }

  #sideAfter(isBoth: boolean): Side {
    if (!isBoth) this.expect('<->');
    return this.#side();
  }

  #sideOrNone(): Side {
    return this.is('(') ? [] : this.#side();
  }

  #side(): Side {
    const side: { state: Target; count: number }[] = [];
    do {
      const count = this.token.kind === 'number' ? this.number() : 1;
      side.push({ state: this.#target(), count });
    } while (this.skip('+'));
    return side;
  }

  #compartment(token: Token): Statement {
    let variable: string | undefined;
    if (this.token.kind === 'name' && this.peek(1).text === ',') {
      variable = this.next().text;
      this.next();
    }
    const volume = this.expression();
    this.expect('{');
    const states: string[] = [];
    while (!this.skip('}')) if (!this.skip(',')) states.push(this.name().text);
    return { kind: 'compartment', variable, volume, states, span: { start: token.start, end: this.peek(-1).end } };
  }
}
