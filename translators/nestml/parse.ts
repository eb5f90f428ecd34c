/**
 * Parser of NESTML 8 and 9, and of files of 5.3 to 7 that mean the same there.
 *
 * @source nest/nestml, `pynestml/grammars/PyNestMLParser.g4`
 */

import type { Expression, Span } from '../../src/lang/ast.js';
import * as messages from './messages.js';
import { ExpressionParser } from './parse-expression.js';
import {
  elementName,
  plainName,
  type Declaration,
  type Equation,
  type FunctionDefinition,
  type Handler,
  type Kernel,
  type NestmlModel,
  type Port,
  type Statement,
  type TypeText,
} from './syntax.js';
import { Unreadable, tokensOf, type Report, type Token } from './text.js';

/** Longest vector of ports. */
const mostPorts = 100;

/** Functions that print, which have no effect on a model. */
const printing = new Set(['print', 'println', 'info', 'warning', 'error']);

/** Returns the models of a file. Returns null after an error. */
export function parseNestml(text: string, report: Report): readonly NestmlModel[] | null {
  try {
    return new Parser(tokensOf(text, report), report).file();
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

type Draft = {
  -readonly [K in keyof NestmlModel]: NestmlModel[K] extends readonly (infer T)[] ? T[] : NestmlModel[K];
} & {
  functions: Map<string, FunctionDefinition>;
};

/** A variable that is declared or assigned to; `size` is that of a vector, or the index of an element. */
interface Sized {
  readonly name: string;
  readonly order: number;
  readonly size?: Expression;
  readonly span: Span;
}

class Parser extends ExpressionParser {
  #endLine(): void {
    while (this.skip(';'));
    if (this.token.kind !== 'line') this.expected('the end of the line');
    this.at++;
  }

  /** Reads a block of lines. */
  #block(line: () => void): void {
    this.expect(':');
    this.#endLine();
    if (this.token.kind !== 'indent') this.expected('a deeper line');
    this.deeper(() => {
      this.at++;
      while (this.token.kind !== 'dedent' && this.token.kind !== 'end') line();
      this.at++;
    });
  }

  file(): readonly NestmlModel[] {
    const models: NestmlModel[] = [];
    while (this.token.kind !== 'end') {
      if (this.is('neuron') || this.is('synapse')) this.#olderVersion();
      else if (!this.is('model')) this.expected('model');
      const model = this.#model();
      if (models.some(({ name }) => name === model.name)) this.fail(messages.declaredTwice(model.name), model.span);
      models.push(model);
    }
    if (models.length === 0) this.expected('model');
    return models;
  }

  /** Reports that a file is older than NESTML 8. Blocks of 5.2 and before end with a word. */
  #olderVersion(): void {
    const { text } = this.token;
    if (this.tokens.some((one, k) => one.text === 'end' && this.tokens[k + 1]?.kind === 'line'))
      this.fail(messages.endsOfBlocks());
    this.report(messages.olderVersion(text), this.token);
  }

  #model(): NestmlModel {
    this.at++;
    const { text: name, start, end } = this.name('the name of the model');
    const draft: Draft = {
      name,
      span: { start, end },
      state: [],
      parameters: [],
      internals: [],
      inlines: [],
      equations: [],
      kernels: [],
      ports: [],
      emits: false,
      update: [],
      receivers: [],
      conditions: [],
      functions: new Map(),
    };
    const blocks = new Set<string>();
    this.#block(() => {
      const word = this.token;
      if (blocks.has(word.text)) this.fail(messages.blockTwice(word.text));
      if (!/^(?:function|on[A-Z].*)$/.test(word.text)) blocks.add(word.text);
      this.#part(draft);
    });
    return draft;
  }

  #part(draft: Draft): void {
    const word = this.name('a block');
    switch (word.text) {
      case 'state':
      case 'parameters':
      case 'internals':
        return this.#block(() => {
          if (this.skip('recordable') && !this.is('inline')) this.expected('inline');
          const isInline = this.skip('inline');
          draft[isInline ? 'inlines' : (word.text as 'state')].push(...this.#declaration());
          this.#endLine();
        });
      case 'equations':
        return this.#block(() => this.#equation(draft));
      case 'input':
        return this.#block(() => draft.ports.push(...this.#port()));
      case 'output':
        return this.#output(draft);
      case 'update':
        return void draft.update.push(...this.#body());
      case 'onReceive':
      case 'onCondition':
        return this.#handler(draft, word);
      case 'function': {
        const definition = this.#function();
        if (draft.functions.has(definition.name)) this.fail(messages.declaredTwice(definition.name), definition.span);
        return void draft.functions.set(definition.name, definition);
      }
      default:
        return this.fail(messages.unknownBlock(word.text), word);
    }
  }

  /** Reads the output, which up to NESTML 7 stands on one line. */
  #output(draft: Draft): void {
    const spike = (): void => {
      this.expect('spike');
      this.#ignoredParameters();
      draft.emits = true;
      this.#endLine();
    };
    if (this.tokens[this.at + 1]?.text !== 'spike') return this.#block(spike);
    this.expect(':');
    spike();
  }

  #handler(draft: Draft, word: Token): void {
    this.expect('(');
    const isPort = word.text === 'onReceive';
    const what = isPort ? { port: this.#portName() } : { condition: this.expression() };
    let priority: number | undefined;
    while (this.skip(',')) {
      this.expect('priority');
      this.expect('=');
      const isNegative = this.skip('-');
      if (this.token.kind !== 'number') this.expected('a number');
      priority = Number(this.next().text) * (isNegative ? -1 : 1);
    }
    this.expect(')');
    const handler: Handler = { ...what, ...(priority !== undefined && { priority }), body: this.#body(), span: word };
    draft[isPort ? 'receivers' : 'conditions'].push(handler);
  }

  #portName(): string {
    const name = this.name('a port').text;
    if (!this.skip('[')) return name;
    const index = this.token.kind === 'number' ? this.next().text : this.expected('a number');
    this.expect(']');
    return elementName(name, index);
  }

  /** Reads a variable, and counts its primes. */
  #variable(): { readonly name: string; readonly order: number; readonly span: Span } {
    const token = this.name();
    const base = token.text.replace(/'+$/, '');
    if (this.is('[')) this.fail(messages.vector(base));
    return { name: plainName(base), order: token.text.length - base.length, span: token };
  }

  /** Skips marks such as `@homogeneous` and `@nest::weight`. */
  #decorators(): void {
    while (this.skip('@')) {
      this.name();
      if (this.skip('::')) this.name();
    }
  }

  /** Skips parentheses and what they hold. */
  #ignoredParameters(): void {
    if (!this.skip('(')) return;
    for (let depth = 1; depth > 0; this.at++) {
      if (this.token.kind === 'end') this.expected(')');
      depth += this.is('(') ? 1 : this.is(')') ? -1 : 0;
    }
  }

  #sized(): Sized {
    const token = this.name();
    const base = token.text.replace(/'+$/, '');
    const size = this.index();
    return { name: plainName(base), order: token.text.length - base.length, ...(size && { size }), span: token };
  }

  #declaration(first?: Sized): readonly Declaration[] {
    const names = [first ?? this.#sized()];
    while (this.skip(',')) names.push(this.#sized());
    const type = this.#type();
    const value = this.skip('=') ? this.expression() : undefined;
    const invariant = this.skip('[[') ? this.expression() : undefined;
    if (invariant) this.expect(']]');
    this.#decorators();
    const more = { type, value, ...(invariant && { invariant }) };
    return names.map(({ name, order, span, size }) => ({
      name: plainName(name, order),
      ...more,
      ...(size && { size }),
      span,
    }));
  }

  #type(): TypeText {
    const first = this.token;
    let text = '';
    while (
      ['name', 'number'].includes(this.token.kind) ||
      (this.token.kind === 'sign' &&
        /^(?:\*|\/|\*\*|-|\(|\))$/.test(this.token.text) &&
        (text.includes('(') || !this.is(')')))
    ) {
      if (this.token.kind === 'name' && /[\w$]$/.test(text)) break;
      text += this.next().text;
    }
    if (text === '') this.expected('a type, such as real or mV');
    return { text, span: { start: first.start, end: this.tokens[this.at - 1]?.end ?? first.end } };
  }

  #equation(draft: Draft): void {
    const isKernel = this.skip('kernel');
    if (isKernel) {
      const equations = [this.#oneEquation()];
      while (this.skip(',')) equations.push(this.#oneEquation());
      const [first] = equations;
      draft.kernels.push({ equations, span: first?.span ?? this.token } satisfies Kernel);
    } else if (this.is('recordable') || this.is('inline')) {
      this.skip('recordable');
      this.expect('inline');
      const [inline, more] = this.#declaration();
      if (more) this.fail(messages.severalNames(), more.span);
      if (inline) draft.inlines.push(inline);
    } else {
      const equation = this.#oneEquation();
      if (equation.order === 0) this.fail(messages.noDerivative(equation.name), equation.span);
      draft.equations.push(equation);
    }
    this.#decorators();
    this.#endLine();
  }

  #oneEquation(): Equation {
    const variable = this.#variable();
    this.expect('=');
    return { ...variable, value: this.expression() };
  }

  #port(): readonly Port[] {
    const token = this.name('a port');
    let length: number | undefined;
    if (this.skip('[')) {
      length = this.token.kind === 'number' ? Number(this.next().text) : this.expected('a number');
      if (!Number.isInteger(length) || length < 1 || length > mostPorts) this.fail(messages.ports(mostPorts), token);
      this.expect(']');
    }
    const unit = this.is('<-') ? undefined : this.#type();
    this.expect('<-');
    const qualifiers: string[] = [];
    if (this.is('excitatory') || this.is('inhibitory')) qualifiers.push(this.next().text);
    const kind = this.name('spike or continuous').text;
    if (kind !== 'spike' && kind !== 'continuous') {
      this.at--;
      this.expected('spike or continuous');
    }
    this.#ignoredParameters();
    this.#endLine();
    const port = { kind, unit, length, qualifiers, span: token } as const;
    if (length === undefined) return [{ ...port, name: token.text }];
    return Array.from({ length }, (_, k) => ({ ...port, name: `${token.text}_${k}` }));
  }

  #function(): FunctionDefinition {
    const { text: name, start, end } = this.name('the name of the function');
    const parameters: Declaration[] = [];
    this.expect('(');
    while (!this.skip(')')) {
      if (parameters.length > 0) this.expect(',');
      const { name: own, span } = this.#variable();
      parameters.push({ name: own, type: this.#type(), value: undefined, span });
    }
    const result = this.is(':') ? undefined : this.#type();
    return {
      name,
      parameters,
      ...(result && result.text !== 'void' && { result }),
      body: this.#body(),
      span: { start, end },
    };
  }

  #body(): readonly Statement[] {
    const body: Statement[] = [];
    this.#block(() => body.push(this.#statement()));
    return body;
  }

  #statement(): Statement {
    const first = this.token;
    const { start } = first;
    const spanned = (): Span => ({ start, end: this.tokens[this.at - 1]?.end ?? start });
    if (first.kind !== 'name') return this.expected('a statement');
    if (this.skip('if')) return this.#if(first);
    if (this.skip('for')) {
      const variable = plainName(this.name().text);
      this.expect('in');
      const from = this.expression();
      this.expect('...');
      const to = this.expression();
      const step = this.skip('step') ? this.expression() : undefined;
      return { kind: 'for', variable, from, to, step, body: this.#body(), span: first };
    }
    if (this.skip('while')) return { kind: 'while', condition: this.expression(), body: this.#body(), span: first };
    const statement = this.#small(spanned);
    this.#endLine();
    return statement;
  }

  #small(spanned: () => Span): Statement {
    if (this.skip('return'))
      return { kind: 'return', value: this.token.kind === 'line' ? undefined : this.expression(), span: spanned() };
    if (this.skip('pass')) return { kind: 'declare', declarations: [], span: spanned() };
    const second = this.tokens[this.at + 1];
    if (second?.text === '(') {
      const { text: name } = this.next();
      if (printing.has(name)) return this.#printed(name, spanned);
      return { kind: 'call', name, arguments: this.arguments(), span: spanned() };
    }
    if (this.skip('recordable') || this.is('inline')) this.expect('inline');
    const first = this.#sized();
    const operator = this.token.text;
    if (!/^(?:=|\+=|-=|\*=|\/=)$/.test(operator))
      return { kind: 'declare', declarations: this.#declaration(first), span: spanned() };
    this.at++;
    const name = plainName(first.name, first.order);
    const index = first.size;
    const target = index?.kind === 'number' ? elementName(name, index.value) : name;
    const value = this.expression();
    return {
      kind: 'assign',
      target,
      ...(index && index.kind !== 'number' && { index }),
      operator,
      value,
      span: spanned(),
    };
  }

  /** Leaves out what a model prints. */
  #printed(name: string, spanned: () => Span): Statement {
    this.#ignoredParameters();
    this.report(messages.printed(name), spanned());
    return { kind: 'declare', declarations: [], span: spanned() };
  }

  #if(first: Token): Statement {
    const condition = this.expression();
    const whenTrue = this.#body();
    const next = this.token;
    const whenFalse = this.skip('elif') ? [this.deeper(() => this.#if(next))] : this.skip('else') ? this.#body() : [];
    return { kind: 'if', condition, whenTrue, whenFalse, span: first };
  }
}
