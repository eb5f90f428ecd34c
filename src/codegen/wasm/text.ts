/** WebAssembly text as nested lists, and their layout as lines. */

/**
 * One piece of WebAssembly text. A string is printed unchanged (an instruction without operands, or a comment that
 * begins with `;;`). A list is a parenthesised form with a head as its first element, such as `f64.add` or `f64.load
 * offset=1024`.
 */
export type Wat = string | Form;
/** A form in parentheses: its head and the rest. */
export interface Form extends ReadonlyArray<Wat> {
  /** The head, perhaps with immediates. */
  readonly 0: string;
}

const width = 120;
const structured = /^(module|func|block|loop|if|then|else)\b/;

function isComment(item: Wat): boolean {
  return typeof item === 'string' && item.startsWith(';;');
}

/** A form on one line; undefined when it is structured, holds a comment, or is longer than `room`. */
function flat(item: Wat, room: number): string | undefined {
  if (typeof item === 'string') return isComment(item) || item.length > room ? undefined : item;
  if (structured.test(item[0])) return undefined;
  let text = `(${item[0]}`;
  for (let k = 1; k < item.length; k += 1) {
    const operand = flat(item[k] as Wat, room - text.length - 2);
    if (operand === undefined) return undefined;
    text += ` ${operand}`;
  }
  return text.length + 1 > room ? undefined : `${text})`;
}

function addLines(item: Wat, depth: number, lines: string[]): void {
  const margin = '  '.repeat(depth);
  if (typeof item === 'string') {
    lines.push(margin + item);
    return;
  }
  const line = flat(item, width - margin.length);
  if (line !== undefined) {
    lines.push(margin + line);
    return;
  }
  lines.push(`${margin}(${item[0]}`);
  for (let k = 1; k < item.length; k += 1) addLines(item[k] as Wat, depth + 1, lines);
  const last = lines.length - 1;
  // A closing parenthesis on a comment's line would be part of the comment.
  if (isComment(item[item.length - 1] ?? '')) lines.push(`${margin})`);
  else lines[last] = `${lines[last] ?? ''})`;
}

/** Items as indented lines, one after another. */
export function renderWat(items: readonly Wat[], depth = 0): string {
  const lines: string[] = [];
  for (const item of items) addLines(item, depth, lines);
  return lines.join('\n');
}

/** Returns text for a line comment: one line, printable, for any title of a model. */
export function commentText(text: string): string {
  return text.replace(/[^\x20-\x7e\u00a0-\u024f\u0370-\u03ff\u2070-\u209f\u2190-\u22ff]+/g, ' ').trim();
}

/** An i32 constant. */
export const i32Const = (value: number): Wat => [`i32.const ${value | 0}`];
/** Reads a local. */
export const localGet = (id: string): Wat => [`local.get ${id}`];
/** Assigns a local. */
export const localSet = (id: string, value: Wat): Wat => [`local.set ${id}`, value];
