/** The tokens of WebAssembly text. */

const types = new Map(Object.entries({ i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b }));

const [opening, closing, quote, semicolon] = ['(', ')', '"', ';'].map((each) => each.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
];

/** Whether a character, or the end of the text, ends a word. */
const endsWord = (code: number): boolean =>
  !(code > 0x20) || code === opening || code === closing || code === quote || code === semicolon;

/** Words, strings and parentheses of a text; comments are left out. */
export class Tokens {
  /** The last token; empty at the end. */
  token = '';
  /** Position of the next token. */
  at = 0;

  constructor(readonly text: string) {}

  next(): string {
    const { text } = this;
    let from = this.at;
    let code = text.charCodeAt(from);
    for (; code <= 0x20 || code === semicolon; code = text.charCodeAt(from)) {
      if (code !== semicolon) from += 1;
      else if (text.charCodeAt(from + 1) === semicolon) from = (text.indexOf('\n', from) + 1 || text.length + 1) - 1;
      else throw new Error(`unexpected text: ${text.slice(from, from + 40)}`);
    }
    let to = from + 1;
    if (code === quote) to = text.indexOf('"', to) + 1;
    else if (code !== opening && code !== closing) while (!endsWord(text.charCodeAt(to))) to += 1;
    if (to === 0) throw new Error(`unexpected text: ${text.slice(from, from + 40)}`);
    this.at = Math.min(to, text.length);
    return (this.token = text.slice(from, to));
  }

  /** Whether the next token is the given one, which is then read. */
  skips(token: string): boolean {
    const before = this.at;
    if (this.next() === token) return true;
    this.at = before;
    return false;
  }

  expect(token: string): void {
    if (!this.skips(token)) throw new Error(`${token} is missing before ${this.next()}`);
  }

  /** Returns the next token if it is a name, which begins with `$`. */
  name(): string | undefined {
    const before = this.at;
    if (this.next().startsWith('$')) return this.token;
    this.at = before;
    return undefined;
  }

  /** Returns the value of a setting such as `offset=8`, if it is next. */
  setting(name: string): number | undefined {
    const before = this.at;
    if (this.next().startsWith(`${name}=`)) return this.count(this.token.slice(name.length + 1));
    this.at = before;
    return undefined;
  }

  quoted(): string {
    if (!this.next().startsWith('"')) throw new Error(`${this.token} is no string`);
    return this.token.slice(1, -1);
  }

  /** Returns a number that is not negative. */
  count(text = this.next()): number {
    if (!/^(\d+|0x[\da-f]+)$/i.test(text)) throw new Error(`${text} is no number`);
    return Number(text);
  }

  type(): number {
    return indexIn(types, this.next());
  }

  /** Moves after the parenthesis that closes the open form. */
  leave(): void {
    for (let depth = 1; depth > 0;) {
      const token = this.next();
      if (token === '') throw new Error('the text ends early');
      depth += token === '(' ? 1 : token === ')' ? -1 : 0;
    }
  }
}

/** @throws Error if nothing has the name */
export function indexIn<T>(names: ReadonlyMap<string, T>, name: string): T {
  const index = names.get(name);
  if (index === undefined) throw new Error(`${name} is not declared`);
  return index;
}
