/**
 * The start tag of an element: its name and attributes with their offsets. Only for well-formed texts.
 */

/** Where an attribute is; `valueStart` and `valueEnd` are between its quotes. */
export interface AttributeRange {
  readonly name: string;
  /** Offset of the name. */
  readonly start: number;
  /** Offset after the opening quote. */
  readonly valueStart: number;
  /** Offset of the closing quote. */
  readonly valueEnd: number;
}

/** Names of elements and attributes, with their prefixes. */
export const xmlName = /^[\p{L}_:][\p{L}\p{M}\p{N}_:.·-]*$/u;

const tagName = /[^\s/>]+/y;
const attribute = /\s+([^\s=/>]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/y;

/** Returns the name after the `<` at `offset`. */
export function tagNameAt(text: string, offset: number): string {
  tagName.lastIndex = offset + 1;
  return tagName.exec(text)?.[0] ?? '';
}

/** Calls `visit` with each attribute of the start tag at `offset`. */
export function eachAttribute(text: string, offset: number, visit: (range: AttributeRange, raw: string) => void): void {
  attribute.lastIndex = offset + 1 + tagNameAt(text, offset).length;
  for (;;) {
    const begin = attribute.lastIndex;
    const match = attribute.exec(text);
    if (!match) return;
    const name = match[1] ?? '';
    const raw = match[2] ?? match[3] ?? '';
    const valueEnd = attribute.lastIndex - 1;
    const next = attribute.lastIndex;
    visit({ name, start: begin + match[0].indexOf(name), valueStart: valueEnd - raw.length, valueEnd }, raw);
    attribute.lastIndex = next;
  }
}
