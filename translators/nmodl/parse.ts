/**
 * Parser of NMODL: blocks and statements.
 *
 * @source NEURON 9, `nmodl` and `nocmodl`: grammar
 */

import { platform } from '#platform';
import type { Span } from '../../src/lang/ast.js';
import { longestText } from '../../src/lang/lexer.js';
import { tooLong } from '../../src/lang/messages.js';
import { deepest, ExpressionParser, Unreadable, type Report } from './expressions.js';
import * as messages from './messages.js';
import type { Block, Declaration, IonUse, Named, NmodlFile, Side, Statement, Table, Target } from './syntax.js';
import { physicalConstant } from './units.js';
import { isIdle, tokensOf, type Texts, type Token } from './text.js';

/** Name of an element of an array, among variables. */
export const elementName = (array: string, index: number): string => `${array}_${index}`;
/** Files that a file may include, each as often as it is included. */
const mostFiles = 100;
/** Longest array. */
const mostElements = 2000;

/** Statements that have no effect on numbers: their words, and whether they take a line of names. */
const ignoredStatements = new Set(['MUTEXLOCK', 'MUTEXUNLOCK', 'PROTECT']);

/** Blocks of code with a name. */
const namedBlocks = new Set(['PROCEDURE', 'FUNCTION', 'DERIVATIVE', 'KINETIC', 'LINEAR']);

/** Statements of the NEURON block. */
const neuronWords =
  'SUFFIX POINT_PROCESS ARTIFICIAL_CELL USEION NONSPECIFIC_CURRENT ELECTRODE_CURRENT RANGE GLOBAL EXTERNAL THREADSAFE REPRESENTS POINTER BBCOREPOINTER RANDOM'.split(
    ' ',
  );

/** Parts of a USEION statement. */
const ionWords = ['READ', 'WRITE', 'VALENCE', 'REPRESENTS'];

/** Words that this reader refuses, as parts of a file. */
const refusedBlocks = new Set([
  'BEFORE',
  'AFTER',
  'FUNCTION_TABLE',
  'CONSTRUCTOR',
  'DESTRUCTOR',
  'NONLINEAR',
  'DISCRETE',
]);

/** NEURON's functions besides the mathematical ones. @source NEURON 9, nrnoc/eion.cpp */
const ghk = `FUNCTION nrn_ghk(v (mV), ci (mM), co (mM), z) (.001 coul/cm3) { LOCAL x
  x = z*v*96485.3321233100141/(1000*8.3144626181532395*(celsius + 273.15))
  nrn_ghk = .001*z*96485.3321233100141*(ci*nrn_efun(-x) - co*nrn_efun(x)) }
FUNCTION nrn_efun(x) { if (fabs(x) < 1e-4) { nrn_efun = 1 - x/2 } else { nrn_efun = x/(exp(x) - 1) } }`;

/** Mutable parts of the file that is being read. */
interface Draft {
  title: string | undefined;
  /** The word NEURON of the block. */
  neuron: Span | undefined;
  kind: NmodlFile['kind'];
  name: string | undefined;
  ions: IonUse[];
  nonspecific: string[];
  electrode: string[];
  range: Set<string>;
  global: Set<string>;
  pointers: Named[];
  units: Map<string, string>;
  parameters: Declaration[];
  assigned: Declaration[];
  states: Declaration[];
  constants: Declaration[];
  blocks: Map<string, Block>;
  initial: Statement[];
  breakpoint: Statement[];
  receive: Block | undefined;
  tables: Table[];
  stated: Map<string, Span>;
  defined: Map<string, Span>;
  unitless: Span[];
  defines: Map<string, number>;
  localLengths: Map<string, number>;
}

/**
 * Reads a file of NMODL.
 *
 * @param include  returns the text of an included file, or null after a report
 * @returns null after an error
 */
export function parseNmodl(
  document: string,
  text: string,
  texts: Texts,
  report: Report,
  include: (file: string, span: Span) => string | null,
): NmodlFile | null {
  const draft: Draft = {
    title: undefined,
    neuron: undefined,
    kind: 'density',
    name: undefined,
    ions: [],
    nonspecific: [],
    electrode: [],
    range: new Set(),
    global: new Set(),
    pointers: [],
    units: new Map(),
    parameters: [],
    assigned: [],
    states: [],
    constants: [],
    blocks: new Map(),
    initial: [],
    breakpoint: [],
    receive: undefined,
    tables: [],
    stated: new Map(),
    defined: new Map(),
    unitless: [],
    defines: new Map(),
    localLengths: new Map(),
  };
  const open: string[] = [platform.paths.basename(document)];
  let files = 0;
  const read = (name: string, content: string): void => {
    const offset = texts.add(name, content);
    if (content.length > longestText) {
      report(tooLong(content.length, longestText), { start: offset, end: offset + 1 });
      throw new Unreadable();
    }
    const { tokens, title, open: passage } = tokensOf(content, offset);
    draft.title ??= title;
    if (passage) {
      report(messages.openPassage(passage.text), passage);
      throw new Unreadable();
    }
    new Parser(tokens, offset + content.length, draft, report, (file, span) => {
      const fail = (finding: Parameters<Report>[0]): never => {
        report(finding, span);
        throw new Unreadable();
      };
      if (open.includes(file)) fail(messages.includesItself(file));
      if (++files > mostFiles) fail(messages.manyFiles(mostFiles));
      const found = include(file, span);
      if (found === null) throw new Unreadable();
      open.push(file);
      read(file, found);
      open.pop();
    }).file();
  };
  try {
    read(document, text);
    // The text of NMODL, before it is parsed.
    // oxlint-disable-next-line house/no-code-by-patterns
    if (/\bnrn_ghk\b/.test(text) && !draft.blocks.has('nrn_ghk')) read('nrn_ghk', ghk);
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
  if (draft.name === undefined) {
    report(messages.noName(), draft.neuron ?? { start: 0, end: 1 });
    return null;
  }
  return { ...draft, name: draft.name };
}

class Parser extends ExpressionParser {
  #isLinear = false;
  /** Numbers of elements of arrays in lists of names. */
  readonly #lengths = new Map<string, number>();
  #unitsOff: number | undefined;
  /** The keyword of the present block of the file. */
  #outer: Token = this.token;
  /** The name of the present block. */
  #name = '';

  constructor(
    tokens: readonly Token[],
    end: number,
    private readonly draft: Draft,
    report: Report,
    private readonly include: (file: string, span: Span) => void,
  ) {
    super(tokens, end, draft.defines, report);
  }

  /** Reads the number of elements of an array. */
  #length(): number {
    const token = this.token;
    const length = this.number();
    if (!Number.isInteger(length) || length < 1 || length > mostElements)
      this.fail(messages.arrayLength(length, mostElements), token);
    this.expect(']');
    return length;
  }

  /** Reads a file to its end. */
  file(): void {
    while (this.token.kind !== 'end') this.#part();
    if (this.#unitsOff !== undefined) this.draft.unitless.push({ start: this.#unitsOff, end: this.end.end });
  }

  #part(): void {
    const { draft } = this;
    const token = this.next();
    this.#outer = token;
    if (token.kind === 'verbatim') {
      if (!isIdle(token.text)) this.fail(messages.refused('VERBATIM', 'C code'), token);
      return;
    }
    switch (token.text) {
      case 'NEURON':
        draft.neuron = token;
        return this.#neuron();
      case 'UNITS':
        return this.#units();
      case 'PARAMETER':
        return this.#declarations(draft.parameters);
      case 'ASSIGNED':
        return this.#declarations(draft.assigned);
      case 'STATE':
        return this.#declarations(draft.states);
      case 'CONSTANT':
        return this.#declarations(draft.constants);
      case 'INDEPENDENT':
        return this.#skipBlock();
      case 'DEFINE': {
        const { text } = this.name();
        draft.defines.set(text, this.number());
        return;
      }
      case 'INCLUDE': {
        const file = this.next();
        if (file.kind !== 'string') this.fail(messages.expected('the name of a file', file.text), file);
        this.include(file.text, file);
        return;
      }
      case 'INITIAL':
        for (const statement of this.#block()) draft.initial.push(statement);
        return;
      case 'BREAKPOINT':
        for (const statement of this.#block()) draft.breakpoint.push(statement);
        return;
      case 'NET_RECEIVE':
        draft.receive = this.#named(token, 'NET_RECEIVE', 'NET_RECEIVE');
        return;
      case 'LOCAL':
        for (const name of this.#names()) {
          if (draft.assigned.some((one) => one.name === name.text)) continue;
          const length = this.#lengths.get(name.text);
          draft.assigned.push({ name: name.text, span: name, ...(length === undefined ? {} : { length }) });
        }
        return;
      case 'UNITSOFF':
      case 'UNITSON':
        this.#unitsSwitch(token);
        return;
      default:
        if (refusedBlocks.has(token.text)) this.fail(messages.refused(token.text, 'a block'), token);
        if (namedBlocks.has(token.text)) {
          const name = this.name(`the name of this ${token.text}`);
          if (draft.blocks.has(name.text)) this.fail(messages.declaredTwice(name.text), name);
          draft.blocks.set(name.text, this.#named(token, token.text, name.text));
          return;
        }
        this.unexpected(token.text === '}' ? messages.extraBrace() : messages.unknownBlock(token.text), token);
    }
  }

  /** Reads a unit, and keeps its place. */
  protected override unit(): string {
    const { start } = this.token;
    const text = super.unit();
    if (!this.draft.stated.has(text)) this.draft.stated.set(text, { start, end: this.peek(-1).end });
    return text;
  }

  /** Fails at a word that begins another block, as the present one is not closed. */
  #checkOpen(): void {
    const { kind, text } = this.token;
    if (kind === 'end') this.fail(messages.unclosed(this.#outer.text), this.#outer);
    const isInner = text === 'INITIAL' && this.#outer.text === 'NET_RECEIVE';
    if (kind === 'name' && messages.isOuterBlock(text) && !isInner && this.#opens())
      this.fail(messages.openBlock(text, this.#outer.text));
  }

  /** Whether a block begins here: its name or `{` follows the word. */
  #opens(): boolean {
    const { kind, text } = this.peek(1);
    return text === '{' || (kind === 'name' && /^[({]$/.test(this.peek(2).text));
  }

  #unitsSwitch({ text, start }: Token): void {
    if (text === 'UNITSOFF') this.#unitsOff ??= start;
    else if (this.#unitsOff !== undefined) {
      this.draft.unitless.push({ start: this.#unitsOff, end: start });
      this.#unitsOff = undefined;
    }
  }

  #skipBlock(): void {
    this.expect('{');
    for (let depth = 1; depth > 0;) {
      const token = this.next();
      if (token.kind === 'end') this.fail(messages.expected('}', 'the end of the file'), token);
      if (token.kind === 'sign') depth += token.text === '{' ? 1 : token.text === '}' ? -1 : 0;
    }
  }

  /** Reads names with commas between them. */
  #names(): Token[] {
    const names: Token[] = [];
    do {
      const name = this.name();
      names.push(name);
      if (this.skip('[')) {
        this.#lengths.set(name.text, this.#length());
      }
    } while (this.skip(','));
    return names;
  }

  #neuron(): void {
    const { draft } = this;
    this.expect('{');
    let statement = '';
    while (!this.skip('}')) {
      this.#checkOpen();
      const { startsLine, kind } = this.token;
      const before = this.peek(-1);
      if (kind !== 'name' && before.kind === 'name') this.unexpected(messages.badName(before.text + this.found()));
      const word = this.name('a word of the NEURON block');
      if (neuronWords.includes(word.text)) statement = word.text;
      const texts = (): string[] => this.#names().map(({ text }) => text);
      switch (word.text) {
        case 'SUFFIX':
        case 'POINT_PROCESS':
        case 'ARTIFICIAL_CELL':
          draft.kind = word.text === 'SUFFIX' ? 'density' : word.text === 'POINT_PROCESS' ? 'point' : 'artificial';
          draft.name = this.name().text;
          if (draft.kind === 'artificial') this.fail(messages.refused(word.text, 'a cell without a membrane'), word);
          break;
        case 'USEION':
          draft.ions.push(this.#ion(word));
          break;
        case 'NONSPECIFIC_CURRENT':
          draft.nonspecific.push(...texts());
          break;
        case 'ELECTRODE_CURRENT':
          draft.electrode.push(...texts());
          break;
        case 'RANGE':
          for (const text of texts()) draft.range.add(text);
          break;
        case 'GLOBAL':
          for (const text of texts()) draft.global.add(text);
          break;
        case 'EXTERNAL':
          texts();
          break;
        case 'THREADSAFE':
          break;
        case 'REPRESENTS':
          this.name();
          break;
        case 'POINTER':
          draft.pointers.push(...this.#names().map((token) => ({ name: token.text, span: token })));
          break;
        case 'BBCOREPOINTER':
        case 'RANDOM':
          this.fail(messages.refused(word.text, 'a variable of another part'), word);
          break;
        default:
          this.fail(
            startsLine || before.text === '{'
              ? messages.unknownWord(word.text, neuronWords)
              : messages.notInList(word.text, statement === 'USEION' ? ionWords : []),
            word,
          );
      }
    }
  }

  #ion(from: Token): IonUse {
    if (ionWords.includes(this.token.text)) this.fail(messages.expected('the name of an ion', this.token.text));
    const ion = this.name('the name of an ion');
    const reads: Named[] = [];
    const writes: Named[] = [];
    const named = (): Named[] => this.#names().map((token) => ({ name: token.text, span: token }));
    let valence: number | undefined;
    let end = from.end;
    for (;;) {
      ({ end } = this.peek(-1));
      if (this.skip('READ')) reads.push(...named());
      else if (this.skip('WRITE')) writes.push(...named());
      else if (this.skip('VALENCE') || this.skip('CHARGE')) valence = this.number();
      else if (this.skip('REPRESENTS')) this.name();
      else break;
    }
    return {
      ion: ion.text,
      ionSpan: ion,
      reads,
      writes,
      ...(valence === undefined ? {} : { valence }),
      span: { start: from.start, end },
    };
  }

  #units(): void {
    this.expect('{');
    while (!this.skip('}')) {
      this.#checkOpen();
      if (this.is('(')) {
        const unit = super.unit();
        this.expect('=');
        const { start } = this.token;
        const meaning = super.unit();
        this.draft.units.set(unit, meaning);
        this.draft.defined.set(meaning, { start, end: this.peek(-1).end });
        continue;
      }
      if (this.is('UNITSOFF') || this.is('UNITSON')) {
        this.#unitsSwitch(this.next());
        continue;
      }
      const name = this.name();
      this.expect('=');
      const at = this.token;
      if (at.kind === 'name') this.fail(messages.unitForm(at.text));
      const named = this.is('(') ? super.unit() : undefined;
      const constant = named === undefined ? this.number() : physicalConstant(named);
      if (constant === undefined)
        this.fail(messages.unknownConstant(named ?? ''), { start: at.start, end: this.peek(-1).end });
      const unit = this.is('(') ? this.unit() : undefined;
      const value = typeof constant === 'number' ? constant : constant(unit, this.draft.units);
      this.draft.constants.push({ name: name.text, value, span: name, ...(unit === undefined ? {} : { unit }) });
    }
  }

  /** Reads declarations with values, units, and limits. */
  #declarations(into: Declaration[]): void {
    this.expect('{');
    while (!this.skip('}')) {
      this.#checkOpen();
      if (this.skip(',')) {
        if (this.token.kind === 'number') this.fail(messages.decimalComma(), this.peek(-1));
        continue;
      }
      if (this.is('UNITSOFF') || this.is('UNITSON')) {
        this.#unitsSwitch(this.next());
        continue;
      }
      const before = this.peek(-1);
      if (this.token.kind !== 'name' && !this.defines.has(this.token.text))
        this.unexpected(messages.declaration(this.found(), before.text));
      into.push(this.#declaration());
    }
  }

  #declaration(): Declaration {
    const token = this.name();
    let length: number | undefined;
    let value: number | undefined;
    let unit: string | undefined;
    if (this.skip('[')) length = this.#length();
    if (this.skip('=')) value = this.number();
    if (this.skip('FROM')) {
      this.number();
      this.expect('TO');
      this.number();
    }
    if (this.skip('START')) value ??= this.number();
    if (this.is('(')) unit = this.unit();
    if (this.skip('FROM')) {
      this.number();
      this.expect('TO');
      this.number();
    }
    if (this.skip('<')) while (!this.skip('>')) if (this.next().kind === 'end') this.expect('>');
    return {
      name: token.text,
      span: token,
      ...(value === undefined ? {} : { value }),
      ...(unit === undefined ? {} : { unit }),
      ...(length === undefined ? {} : { length }),
    };
  }

  /** Reads the parameters, the unit, and the body of a block. */
  #named(from: Token, kind: string, name: string): Block {
    const parameters: Declaration[] = [];
    if (this.skip('('))
      while (!this.skip(')')) {
        if (this.skip(',')) continue;
        parameters.push(this.#declaration());
      }
    const unit = this.is('(') ? this.unit() : undefined;
    while (this.token.kind === 'name' && !this.is('{')) this.next();
    this.#isLinear = kind === 'LINEAR';
    this.#name = name;
    return {
      kind,
      name,
      parameters,
      ...(unit === undefined ? {} : { unit }),
      span: { start: from.start, end: this.peek(-1).end },
      body: this.#block(),
    };
  }

  #block(): Statement[] {
    const open = this.expect('{');
    if (++this.depth > deepest) this.fail(messages.tooDeep(), open);
    const statements: Statement[] = [];
    while (!this.skip('}')) {
      this.#checkOpen();
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
        this.#unitsSwitch(token);
        return undefined;
      case 'LOCAL': {
        const names = this.#names().flatMap(({ text }) => {
          const length = this.#lengths.get(text);
          if (length !== undefined) this.draft.localLengths.set(text, length);
          return length === undefined ? [text] : Array.from({ length }, (_, k) => elementName(text, k));
        });
        if (this.is('=')) this.fail(messages.localValue(names.at(-1) ?? ''));
        return { kind: 'local', names, span: done() };
      }
      case 'TABLE': {
        this.draft.tables.push({ block: this.#name, ...this.#table(), span: done() });
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
        return { kind: 'from', variable, from, to, by, span: done(), body: this.#block() };
      }
      case 'while':
      case 'WHILE': {
        this.expect('(');
        this.expression();
        this.expect(')');
        const span = done();
        this.#block();
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
        return { kind: 'initial', span: token, body: this.#block() };
      case 'FOR_NETCONS': {
        this.expect('(');
        const names = this.#names().map(({ text }) => text);
        this.expect(')');
        return { kind: 'connections', names, span: token, body: this.#block() };
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
    if (token.text === 'return') this.fail(messages.returned(this.#name), token);
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
    const whenTrue = this.#block();
    let whenFalse: Statement[] = [];
    if (this.skip('else') || this.skip('ELSE')) {
      if (this.is('if') || this.is('IF')) {
        if (++this.depth > deepest) this.fail(messages.tooDeep());
        whenFalse = [this.#if(this.next())];
        this.depth--;
      } else whenFalse = this.#block();
    }
    return { kind: 'if', condition, whenTrue, whenFalse, span };
  }

  #table(): Omit<Table, 'block' | 'span'> {
    const names = this.token.kind === 'name' && !this.is('DEPEND') && !this.is('FROM') ? this.#names() : [];
    if (this.skip('DEPEND')) this.#names();
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
    if (this.#isLinear) {
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
