/**
 * Parser of NMODL: files and their blocks.
 *
 * @source NEURON 9, `nmodl` and `nocmodl`: grammar
 */

import { platform } from '#platform';
import type { Span } from '../../src/lang/ast.js';
import { longestText } from '../../src/lang/lexer.js';
import { tooLong } from '../../src/lang/messages.js';
import { Unreadable, type Report } from './expressions.js';
import * as messages from './messages.js';
import { StatementParser } from './statements.js';
import type { Block, Declaration, IonUse, Named, NmodlFile, Statement, Table } from './syntax.js';
import { physicalConstant } from './units.js';
import { isIdle, tokensOf, type Texts, type Token } from './text.js';

/** Files that a file may include, each as often as it is included. */
const mostFiles = 100;

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

/** Reads the blocks of a file. */
class Parser extends StatementParser {
  constructor(
    tokens: readonly Token[],
    end: number,
    private readonly draft: Draft,
    report: Report,
    private readonly include: (file: string, span: Span) => void,
  ) {
    super(tokens, end, draft, report);
  }

  /** Reads a file to its end. */
  file(): void {
    while (this.token.kind !== 'end') this.#part();
    if (this.unitsOff !== undefined) this.draft.unitless.push({ start: this.unitsOff, end: this.end.end });
  }

  #part(): void {
    const { draft } = this;
    const token = this.next();
    this.outer = token;
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
        for (const statement of this.block()) draft.initial.push(statement);
        return;
      case 'BREAKPOINT':
        for (const statement of this.block()) draft.breakpoint.push(statement);
        return;
      case 'NET_RECEIVE':
        draft.receive = this.#named(token, 'NET_RECEIVE', 'NET_RECEIVE');
        return;
      case 'LOCAL':
        for (const name of this.names()) {
          if (draft.assigned.some((one) => one.name === name.text)) continue;
          const length = this.lengths.get(name.text);
          draft.assigned.push({ name: name.text, span: name, ...(length === undefined ? {} : { length }) });
        }
        return;
      case 'UNITSOFF':
      case 'UNITSON':
        this.unitsSwitch(token);
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

  #skipBlock(): void {
    this.expect('{');
    for (let depth = 1; depth > 0;) {
      const token = this.next();
      if (token.kind === 'end') this.fail(messages.expected('}', 'the end of the file'), token);
      if (token.kind === 'sign') depth += token.text === '{' ? 1 : token.text === '}' ? -1 : 0;
    }
  }

  #neuron(): void {
    const { draft } = this;
    this.expect('{');
    let statement = '';
    while (!this.skip('}')) {
      this.checkOpen();
      const { startsLine, kind } = this.token;
      const before = this.peek(-1);
      if (kind !== 'name' && before.kind === 'name') this.unexpected(messages.badName(before.text + this.found()));
      const word = this.name('a word of the NEURON block');
      if (neuronWords.includes(word.text)) statement = word.text;
      const texts = (): string[] => this.names().map(({ text }) => text);
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
          draft.pointers.push(...this.names().map((token) => ({ name: token.text, span: token })));
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
    const named = (): Named[] => this.names().map((token) => ({ name: token.text, span: token }));
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
      this.checkOpen();
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
        this.unitsSwitch(this.next());
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
      this.checkOpen();
      if (this.skip(',')) {
        if (this.token.kind === 'number') this.fail(messages.decimalComma(), this.peek(-1));
        continue;
      }
      if (this.is('UNITSOFF') || this.is('UNITSON')) {
        this.unitsSwitch(this.next());
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
    if (this.skip('[')) length = this.length();
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
    this.isLinear = kind === 'LINEAR';
    this.blockName = name;
    return {
      kind,
      name,
      parameters,
      ...(unit === undefined ? {} : { unit }),
      span: { start: from.start, end: this.peek(-1).end },
      body: this.block(),
    };
  }
}
