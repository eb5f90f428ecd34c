import type { Place } from '../../diagnostics/diagnostic.js';
import type { Positions } from '../../diagnostics/positions.js';
import { afterComment, afterSpace, afterString, decodeKey } from './json-scan.js';
import type { Lines } from './lines.js';
import { child, segments } from '../pointer.js';

interface Located {
  readonly value: number;
  /** Offset of the member's key, for members of an object. */
  readonly key?: number;
}

/**
 * Finds places in a JSON text by walking it on demand. It keeps only the offsets of nodes that were requested, so a
 * document of any size costs no work until it is wrong.
 */
export function jsonPositions(text: string, document: string, lines: Lines): Positions {
  const known = new Map<string, Located>([['', { value: afterSpace(text, text.charCodeAt(0) === 0xfeff ? 1 : 0) }]]);
  const locate = (pointer: string): { located: Located; exact: boolean } => {
    let located = known.get('') ?? { value: 0 };
    let path = '';
    for (const segment of segments(pointer)) {
      path = child(path, segment);
      const found = known.get(path) ?? childOf(text, located.value, segment);
      if (!found) return { located, exact: false };
      known.set(path, found);
      located = found;
    }
    return { located, exact: true };
  };
  const placeOf = (pointer: string, start: number, end: number): Place => {
    const { line, column } = lines.at(start);
    return { document, pointer, line, column, length: Math.max(1, Math.min(end, lines.endOfLine(start)) - start) };
  };
  return {
    place(pointer, span) {
      const { located, exact } = locate(pointer);
      const start = located.value;
      if (span && exact && text[start] === '"') {
        const from = offsetInString(text, start, span.start);
        return placeOf(pointer, from, offsetInString(text, start, Math.max(span.end, span.start + 1)));
      }
      const opens = text[start] === '{' || text[start] === '[';
      return placeOf(pointer, start, opens ? start + 1 : afterValue(text, start));
    },
    keyPlace(pointer) {
      const { located, exact } = locate(pointer);
      const start = exact && located.key !== undefined ? located.key : located.value;
      return placeOf(pointer, start, text[start] === '"' ? afterString(text, start) : start + 1);
    },
  };
}

/** Returns the offset in the text of character `index` of the string that opens at `start`. */
function offsetInString(text: string, start: number, index: number): number {
  let offset = start + 1;
  for (let passed = 0; passed < index && offset < text.length && text[offset] !== '"'; passed++) {
    if (text[offset] === '\\') offset += text[offset + 1] === 'u' ? 6 : 2;
    else offset++;
  }
  return offset;
}

/** Returns the offset after the value that begins at `start`. */
function afterValue(text: string, start: number): number {
  let depth = 0;
  let index = start;
  while (index < text.length) {
    const character = text[index];
    if (character === '"') index = afterString(text, index);
    else if (character === '/') index = afterComment(text, index);
    else if (character === '{' || character === '[') {
      depth++;
      index++;
      continue;
    } else if (character === '}' || character === ']') {
      depth--;
      index++;
    } else if (depth === 0) {
      // A number or a literal name.
      while (index < text.length && !/[\s,\]}/]/.test(text[index] ?? '')) index++;
      return index;
    } else {
      index++;
      continue;
    }
    if (depth <= 0) return index;
  }
  return index;
}

function childOf(text: string, container: number, segment: string): Located | undefined {
  const opening = text[container];
  if (opening !== '{' && opening !== '[') return undefined;
  let index = afterSpace(text, container + 1);
  let found: Located | undefined;
  for (let count = 0; index < text.length && text[index] !== '}' && text[index] !== ']'; count++) {
    let key: number | undefined;
    let name = String(count);
    if (opening === '{') {
      key = index;
      const end = afterString(text, index);
      name = decodeKey(text.slice(index, end));
      index = afterSpace(text, end);
      if (text[index] === ':') index = afterSpace(text, index + 1);
    }
    if (name === segment) {
      found = key === undefined ? { value: index } : { value: index, key };
      break;
    }
    const after = afterSpace(text, afterValue(text, index));
    // Malformed text must not stop the walk from advancing.
    index = text[after] === ',' ? afterSpace(text, after + 1) : Math.max(after, index + 1);
  }
  return found;
}
