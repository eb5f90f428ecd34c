/** Assembles the WebAssembly text of the printer: imports, globals and functions, with folded or plain instructions. */

import { InvariantError } from '../../../src/diagnostics/diagnostic.js';
import { unsigned } from '../../../src/platform/leb128.js';
import { ByteList, signed, signed32 } from './byte-list.js';
import { instructions } from './opcodes.js';
import { indexIn, Tokens } from './text-tokens.js';

/** Part of the cache's key, since it decides which binary a text yields. */
export const assemblerVersion = 'assembler 1';

/** Shapes of vectors: their numbers, and the bytes of each. */
const shapes = new Map<string, readonly [count: number, bytes: number]>([
  ['i8x16', [16, 1]],
  ['i16x8', [8, 2]],
  ['i32x4', [4, 4]],
  ['i64x2', [2, 8]],
  ['f32x4', [4, 4]],
  ['f64x2', [2, 8]],
]);

/** Names that a function or module declares, with their indices. */
type Names = Map<string, number>;

/** A function whose declarations were read. */
interface Func {
  readonly name: string | undefined;
  readonly type: number;
  readonly parameters: number;
  /** Parameters and locals. */
  readonly locals: Names;
  readonly localTypes: readonly number[];
  /** Position of the first instruction in the text. */
  readonly body: number;
}

/** Returns the bytes of a number. @param bytes  their count; @param isInteger  else it is a float */
function numberBytes(text: string, bytes: number, isInteger: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  if (isInteger) view.setBigInt64(0, integerOf(text), true);
  else if (bytes === 4) view.setFloat32(0, floatOf(text), true);
  else view.setFloat64(0, floatOf(text), true);
  return new Uint8Array(view.buffer, 0, bytes);
}

/** Returns an integer such as -1 or 0xff as a signed number of 64 bits. */
const integerOf = (text: string): bigint =>
  BigInt.asIntN(64, text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text));

/** Returns an integer as a signed number of 32 bits. */
const int32Of = (text: string): number =>
  /^-?\d{1,15}$/.test(text) ? Number(text) | 0 : Number(BigInt.asIntN(32, integerOf(text)));

function floatOf(text: string): number {
  const value = text.endsWith('inf') ? Number(text.replace('inf', 'Infinity')) : Number(text);
  if (Number.isNaN(value) && text !== 'nan') throw new Error(`${text} is no number`);
  return value;
}

/** Contents of a module, from which its binary is written. */
class Module {
  readonly #tokens: Tokens;
  readonly #types = new Map<string, number>();
  readonly #typeBytes = new ByteList();
  readonly #imports: Uint8Array[] = [];
  readonly #exports: Uint8Array[] = [];
  readonly #functions: Names = new Map();
  #imported = 0;
  readonly #defined: Func[] = [];
  readonly #globals: Names = new Map();
  readonly #globalBytes: Uint8Array[] = [];

  /** Reads declarations of the whole text; functions may be called before they are defined. */
  constructor(text: string) {
    const tokens = new Tokens(text);
    this.#tokens = tokens;
    tokens.expect('(');
    tokens.expect('module');
    while (tokens.skips('(')) {
      const field = tokens.next();
      if (field === 'import') this.#readImport();
      else if (field === 'func') this.#readFunction();
      else if (field === 'global') this.#readGlobal();
      else throw new Error(`(${field} is not supported`);
    }
    tokens.expect(')');
    tokens.expect('');
  }

  /** Returns the module as bytes. */
  binary(): Uint8Array {
    const bytes = new ByteList();
    bytes.all([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    const section = (id: number, count: number, content: Uint8Array): void => {
      if (count === 0) return;
      const inside = new ByteList();
      inside.unsigned(count);
      inside.all(content);
      bytes.add(id);
      bytes.sized(inside.content());
    };
    const list = (id: number, items: readonly Uint8Array[]): void => {
      const content = new ByteList();
      for (const item of items) content.all(item);
      section(id, items.length, content.content());
    };
    section(1, this.#types.size, this.#typeBytes.content());
    list(2, this.#imports);
    list(
      3,
      this.#defined.map(({ type }) => ByteList.of((each) => each.unsigned(type))),
    );
    list(6, this.#globalBytes);
    list(7, this.#exports);
    list(
      10,
      this.#defined.map((func) => ByteList.of((each) => each.sized(this.#code(func)))),
    );
    bytes.add(0);
    bytes.sized(this.#names());
    return bytes.content();
  }

  /** Names of functions for profilers and traces, as the content of a section of its own. */
  #names(): Uint8Array {
    const named = [...this.#functions].map(([name, index]) =>
      ByteList.of((bytes) => {
        bytes.unsigned(index);
        bytes.name(name.slice(1));
      }),
    );
    return ByteList.of((bytes) => {
      bytes.name('name');
      bytes.add(1);
      bytes.sized(
        ByteList.of((list) => {
          list.unsigned(named.length);
          for (const each of named) list.all(each);
        }),
      );
    });
  }

  #readImport(): void {
    const tokens = this.#tokens;
    const names = [tokens.quoted(), tokens.quoted()];
    tokens.expect('(');
    const kind = tokens.next();
    const description = new ByteList();
    if (kind === 'memory') {
      const least = tokens.count();
      const most = tokens.skips(')') ? undefined : tokens.count();
      const isShared = most !== undefined && tokens.skips('shared');
      if (most !== undefined) tokens.expect(')');
      description.all([2, (most === undefined ? 0 : 1) | (isShared ? 2 : 0)]);
      description.unsigned(least);
      if (most !== undefined) description.unsigned(most);
    } else if (kind === 'func') {
      const name = tokens.name();
      const { type } = this.#readSignature(new Map());
      if (name !== undefined) this.#functions.set(name, this.#imported);
      this.#imported += 1;
      description.add(0);
      description.unsigned(type);
      tokens.expect(')');
    } else throw new Error(`(${kind} is not supported`);
    tokens.expect(')');
    this.#imports.push(
      ByteList.of((bytes) => {
        for (const name of names) bytes.name(name);
        bytes.all(description.content());
      }),
    );
  }

  /** Reads parameters and results. */
  #readSignature(names: Names): { readonly type: number; readonly parameters: number } {
    const [parameters, results]: [number[], number[]] = [[], []];
    while (this.#readTypes('param', parameters, names));
    while (this.#readTypes('result', results, new Map()));
    const key = `${parameters.join()}:${results.join()}`;
    const type = this.#types.get(key) ?? this.#types.size;
    if (type === this.#types.size) {
      this.#types.set(key, type);
      this.#typeBytes.add(0x60);
      this.#typeBytes.sized(parameters);
      this.#typeBytes.sized(results);
    }
    return { type, parameters: parameters.length };
  }

  /** Reads a form such as `(param $x f64)` or `(result i32 f64)`, if it is next. @returns whether it was */
  #readTypes(head: string, into: number[], names: Names): boolean {
    const tokens = this.#tokens;
    const before = tokens.at;
    if (!tokens.skips('(') || !tokens.skips(head)) {
      tokens.at = before;
      return false;
    }
    const name = tokens.name();
    if (name !== undefined) names.set(name, names.size);
    while (!tokens.skips(')')) into.push(tokens.type());
    return true;
  }

  #readFunction(): void {
    const tokens = this.#tokens;
    const index = this.#imported + this.#defined.length;
    const name = tokens.name();
    if (name !== undefined) this.#functions.set(name, index);
    const before = tokens.at;
    if (tokens.skips('(') && tokens.skips('export')) {
      const exported = tokens.quoted();
      tokens.expect(')');
      this.#exports.push(
        ByteList.of((bytes) => {
          bytes.name(exported);
          bytes.add(0);
          bytes.unsigned(index);
        }),
      );
    } else tokens.at = before;
    const locals: Names = new Map();
    const signature = this.#readSignature(locals);
    const localTypes: number[] = [];
    while (this.#readTypes('local', localTypes, locals));
    this.#defined.push({ name, ...signature, locals, localTypes, body: tokens.at });
    tokens.leave();
  }

  #readGlobal(): void {
    const tokens = this.#tokens;
    const name = tokens.name();
    if (name !== undefined) this.#globals.set(name, this.#globalBytes.length);
    const isMutable = tokens.skips('(');
    if (isMutable) tokens.expect('mut');
    const bytes = new ByteList();
    bytes.all([tokens.type(), isMutable ? 1 : 0]);
    if (isMutable) tokens.expect(')');
    new Code(tokens, bytes, this.#functions, this.#globals, new Map()).sequence();
    bytes.add(0x0b);
    this.#globalBytes.push(bytes.content());
  }

  /** Returns locals and instructions of a function. */
  #code({ locals, localTypes, body }: Func): Uint8Array {
    const bytes = new ByteList();
    const runs: [count: number, type: number][] = [];
    for (const type of localTypes) {
      const last = runs.at(-1);
      if (last?.[1] === type) last[0] += 1;
      else runs.push([1, type]);
    }
    bytes.unsigned(runs.length);
    for (const [count, type] of runs) {
      bytes.unsigned(count);
      bytes.add(type);
    }
    this.#tokens.at = body;
    new Code(this.#tokens, bytes, this.#functions, this.#globals, locals).sequence();
    bytes.add(0x0b);
    return bytes.content();
  }
}

/** Writes the instructions of one function. */
class Code {
  /** Labels of open blocks, the innermost last. */
  readonly #labels: (string | undefined)[] = [];

  constructor(
    readonly tokens: Tokens,
    readonly bytes: ByteList,
    readonly functions: Names,
    readonly globals: Names,
    readonly locals: Names,
  ) {}

  /** Writes instructions until the form that holds them closes. */
  sequence(): void {
    for (let token = this.tokens.next(); token !== ')'; token = this.tokens.next()) {
      if (token === '(') this.#folded(this.tokens.next());
      else this.#plain(token);
    }
  }

  /** An instruction whose operands are on the stack. */
  #plain(name: string): void {
    this.bytes.all(this.#instruction(name));
  }

  /** An instruction in parentheses, after its operands. */
  #folded(name: string): void {
    if (name === 'block' || name === 'loop') return this.#block(name === 'block' ? 0x02 : 0x03);
    if (name === 'if') return this.#if();
    const bytes = this.#instruction(name);
    this.sequence();
    this.bytes.all(bytes);
  }

  /** Returns the type of a block: one result or none. */
  #blockType(): number {
    const before = this.tokens.at;
    if (!this.tokens.skips('(') || !this.tokens.skips('result')) {
      this.tokens.at = before;
      return 0x40;
    }
    const type = this.tokens.type();
    this.tokens.expect(')');
    return type;
  }

  #block(opcode: number): void {
    this.#labels.push(this.tokens.name());
    this.bytes.all([opcode, this.#blockType()]);
    this.sequence();
    this.bytes.add(0x0b);
    this.#labels.pop();
  }

  #if(): void {
    const label = this.tokens.name();
    const type = this.#blockType();
    // The condition stands before the instruction.
    this.tokens.expect('(');
    while (!this.tokens.skips('then')) {
      this.#folded(this.tokens.next());
      this.tokens.expect('(');
    }
    this.#labels.push(label);
    this.bytes.all([0x04, type]);
    this.sequence();
    if (this.tokens.skips('(')) {
      this.tokens.expect('else');
      this.bytes.add(0x05);
      this.sequence();
    }
    this.tokens.expect(')');
    this.bytes.add(0x0b);
    this.#labels.pop();
  }

  /** Returns the code of an instruction with its immediates, which are read. */
  #instruction(name: string): ArrayLike<number> {
    const { tokens } = this;
    const { code, immediates, alignment } = indexIn(instructions, name);
    switch (immediates) {
      case 'none':
        return code;
      case 'zero':
        return [...code, 0];
      case 'two zeros':
        return [...code, 0, 0];
      case 'memory':
      case 'memory and lane': {
        const offset = unsigned(tokens.setting('offset') ?? 0);
        const bytes = [...code, Math.log2(tokens.setting('align') ?? 2 ** alignment), ...offset];
        if (immediates === 'memory and lane') bytes.push(tokens.count());
        return bytes;
      }
      case 'lane':
        return [...code, tokens.count()];
      case 'shuffle':
        return [...code, ...Array.from({ length: 16 }, () => tokens.count())];
      case 'local':
        return [...code, ...unsigned(indexIn(this.locals, tokens.next()))];
      case 'global':
        return [...code, ...unsigned(indexIn(this.globals, tokens.next()))];
      case 'function':
        return [...code, ...unsigned(indexIn(this.functions, tokens.next()))];
      case 'label': {
        const index = this.#labels.lastIndexOf(tokens.next());
        if (index < 0) throw new Error(`${tokens.token} is no label of an open block`);
        return [...code, ...unsigned(this.#labels.length - 1 - index)];
      }
      case 'i32':
        return [...code, ...signed32(int32Of(tokens.next()))];
      case 'i64':
        return [...code, ...signed(integerOf(tokens.next()))];
      case 'f32':
        return [...code, ...numberBytes(tokens.next(), 4, false)];
      case 'f64':
        return [...code, ...numberBytes(tokens.next(), 8, false)];
      case 'v128': {
        const shape = tokens.next();
        const [count, width] = indexIn(shapes, shape);
        const lanes = Array.from({ length: count }, () => numberBytes(tokens.next(), width, shape.startsWith('i')));
        return [...code, ...lanes.flatMap((lane) => [...lane])];
      }
    }
  }
}

/**
 * Returns the binary of a module.
 *
 * @throws InvariantError when the text cannot be read; the engine checks types when it compiles the binary
 */
export function assemble(text: string): Uint8Array {
  try {
    return new Module(text).binary();
  } catch (error) {
    throw new InvariantError(
      'runtime/targets/wasm',
      `the generated module cannot be assembled: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
