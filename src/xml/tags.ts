/** Tags of a text: their names, attributes and extents by offsets. */

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

const tagName = /[^\s/<>]+/y;
const attribute = /\s+([^\s=/>]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/y;

/** Returns the name after the `<` at `offset`. */
export function tagNameAt(text: string, offset: number): string {
  tagName.lastIndex = offset + 1;
  return tagName.exec(text)?.[0] ?? '';
}

/** Returns where the attributes of the start tag at `offset` are. */
export function attributeRanges(text: string, offset: number): readonly AttributeRange[] {
  const ranges: AttributeRange[] = [];
  attribute.lastIndex = offset + 1 + tagNameAt(text, offset).length;
  for (let begin = attribute.lastIndex, match = attribute.exec(text); match; match = attribute.exec(text)) {
    const [written, name = '', double, single = ''] = match;
    const valueEnd = attribute.lastIndex - 1;
    const valueStart = valueEnd - (double ?? single).length;
    ranges.push({ name, start: begin + written.indexOf(name), valueStart, valueEnd });
    begin = attribute.lastIndex;
  }
  return ranges;
}

/** Comments, sections, instructions and tags; the slash of an end tag, and that of an empty element. */
const tags = /<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>|<\?[^]*?\?>|<(\/?)(?:[^<>"']|"[^"]*"|'[^']*')*?(\/?)>/g;

/** Returns the offsets of the start tags of the elements that are open at an offset. */
export function openTags(text: string, until: number): readonly number[] {
  const open: number[] = [];
  for (const { 1: closing, 2: empty, index } of text.slice(0, until).matchAll(tags))
    if (closing === '/') open.pop();
    else if (closing === '' && empty === '') open.push(index);
  return open;
}

/** Returns the offset of the tag that an offset is in; the tag may lack its end. */
export function tagAround(text: string, at: number): number {
  for (const { 0: written, index } of text.matchAll(tags)) {
    if (index >= at) break;
    if (index + written.length > at) return index;
  }
  return text.lastIndexOf('<', at - 1);
}

/** The same, with a place of its own: `matchAll` begins at the place of `tags`. */
const tagsFrom = new RegExp(tags);

/** Returns the offset after the element with its `<` at an offset of a well-formed text. */
export function endOfElement(text: string, offset: number): number {
  tagsFrom.lastIndex = offset;
  let depth = 0;
  do {
    const [, closing, empty] = tagsFrom.exec(text) ?? [];
    if (closing === '/') depth--;
    else if (closing === '' && empty === '') depth++;
  } while (depth > 0 && tagsFrom.lastIndex > 0);
  return tagsFrom.lastIndex;
}
