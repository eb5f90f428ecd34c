import { limits } from '../../diagnostics/limits.js';
import { isKept } from '../../lang/decimal.js';

/** Result of a scan of a JSON text. Offsets count in UTF-16 units. */
interface JsonScan {
  readonly duplicates: readonly {
    readonly key: string;
    /** Of the second one. */
    readonly offset: number;
    /** Of the first one. */
    readonly first: number;
    /** Of the second one as written. */
    readonly length: number;
  }[];
  readonly tooDeepAt?: number;
}

/** Returns the offset after the string that opens at `start`; the end of the text if it does not close. */
export function afterString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 92) index++;
    else if (code === 34) return index + 1;
  }
  return text.length;
}

/** Returns the offset after a comment that opens at `start`, or `start + 1` if none does. */
export function afterComment(text: string, start: number): number {
  const next = text[start + 1];
  if (next === '/') {
    const end = text.indexOf('\n', start);
    return end < 0 ? text.length : end;
  }
  if (next !== '*') return start + 1;
  const end = text.indexOf('*/', start + 2);
  return end < 0 ? text.length : end + 2;
}

/** Returns the offset of the next character from `start` on that is neither space nor in a comment. */
export function afterSpace(text: string, start: number): number {
  let index = start;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === 32 || (code >= 9 && code <= 13) || code === 0xfeff) index++;
    else if (code === 47) index = afterComment(text, index);
    else break;
  }
  return index;
}

/** A number that can be infinite, zero or lose digits as a double: its exponent has three figures, or it is long. */
export const extremeNumber = /\d[eE][-+]?\d{3}|(?<![\d.])[\d.]{300}/;

/** A number of a text that a double does not keep. */
export interface LostNumber {
  readonly text: string;
  readonly offset: number;
}

/** Returns the numbers of a JSON text that a double does not keep; most texts have no number that could be one. */
export function lostNumbers(text: string): readonly LostNumber[] {
  const found: LostNumber[] = [];
  if (!extremeNumber.test(text)) return found;
  const number = /-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
  for (let index = 0; index < text.length;) {
    const code = text.charCodeAt(index);
    if (code === 34) index = afterString(text, index);
    else if (code === 47) index = afterComment(text, index);
    else {
      number.lastIndex = index;
      const [written] = number.exec(text) ?? [];
      if (written !== undefined && !isKept(written, Number(written))) found.push({ text: written, offset: index });
      index += written?.length ?? 1;
    }
  }
  return found;
}

/** Returns the string of a quoted token. */
export function decodeKey(token: string): string {
  if (!token.includes('\\')) return token.slice(1, -1);
  try {
    return String(JSON.parse(token));
  } catch {
    return token.slice(1, -1);
  }
}

/**
 * Scans the text once without recursion for duplicate keys and for nesting that is too deep. Malformed text is
 * harmless.
 */
export function scanJson(text: string): JsonScan {
  const duplicates: { key: string; offset: number; first: number; length: number }[] = [];
  // For each open container the keys met with their offsets, or null for an array.
  const open: (Map<string, number> | null)[] = [];
  let expectsKey = false;
  for (let index = 0; index < text.length;) {
    switch (text.charCodeAt(index)) {
      case 34: {
        const end = afterString(text, index);
        const keys = open.at(-1);
        if (expectsKey && keys) {
          const key = decodeKey(text.slice(index, end));
          const first = keys.get(key);
          if (first === undefined) keys.set(key, index);
          else duplicates.push({ key, offset: index, first, length: end - index });
          expectsKey = false;
        }
        index = end;
        continue;
      }
      case 47: // slash
        index = afterComment(text, index);
        continue;
      case 123: // {
      case 91: // [
        expectsKey = text.charCodeAt(index) === 123;
        open.push(expectsKey ? new Map() : null);
        if (open.length > limits.nesting) return { duplicates, tooDeepAt: index };
        break;
      case 125:
      case 93:
        open.pop();
        expectsKey = false;
        break;
      case 44: // comma
        expectsKey = open.at(-1) instanceof Map;
        break;
    }
    index++;
  }
  return { duplicates };
}
