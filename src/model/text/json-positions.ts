import type { Place } from '../../diagnostics/diagnostic.js';
import type { Positions } from '../../diagnostics/positions.js';
import { afterComment, afterSpace, afterString, decodeKey } from './json-scan.js';
import type { Lines } from './lines.js';
import { segments } from '../pointer.js';

interface Located {
  readonly value: number;
  /** Offset of the member's key, for members of an object. */
  readonly key?: number;
}

/** The members or elements of a container that a walk has passed, and where it goes on. */
interface Walked {
  readonly children: Map<string, Located>;
  /** Offset of the next member or element. */
  index: number;
}

/**
 * Finds places in a JSON text by walking it on demand. It walks no container further than to the nodes that were
 * requested, and none twice, so a document of any size costs no work until it is wrong.
 */
export function jsonPositions(text: string, document: string, lines: Lines): Positions {
  const root: Located = { value: afterSpace(text, text.charCodeAt(0) === 0xfeff ? 1 : 0) };
  // By the offset at which a container opens.
  const containers = new Map<number, Walked>();
  const childOf = (offset: number, segment: string): Located | undefined => {
    let container = containers.get(offset);
    if (!container) {
      container = { children: new Map(), index: afterSpace(text, offset + 1) };
      containers.set(offset, container);
    }
    return container.children.get(segment) ?? walkTo(text, offset, container, segment);
  };
  const locate = (pointer: string): { located: Located; exact: boolean } => {
    let located = root;
    for (const segment of segments(pointer)) {
      const found = childOf(located.value, segment);
      if (!found) return { located, exact: false };
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

/** Walks a container on to the child of a name, and returns that. */
function walkTo(text: string, offset: number, container: Walked, segment: string): Located | undefined {
  const opening = text[offset];
  if (opening !== '{' && opening !== '[') return undefined;
  const { children } = container;
  while (container.index < text.length && text[container.index] !== '}' && text[container.index] !== ']') {
    let index = container.index;
    let key: number | undefined;
    let name = String(children.size);
    if (opening === '{') {
      key = index;
      const end = afterString(text, index);
      name = decodeKey(text.slice(index, end));
      index = afterSpace(text, end);
      if (text[index] === ':') index = afterSpace(text, index + 1);
    }
    const located: Located = key === undefined ? { value: index } : { value: index, key };
    // The first of two members of the same name is the one that findings are about.
    if (!children.has(name)) children.set(name, located);
    const after = afterSpace(text, afterValue(text, index));
    // Malformed text must not stop the walk from advancing.
    container.index = text[after] === ',' ? afterSpace(text, after + 1) : Math.max(after, index + 1);
    if (name === segment) return located;
  }
  return undefined;
}
