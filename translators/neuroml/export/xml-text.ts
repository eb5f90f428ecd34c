/** Elements as XML text. */

/** An element with elements or text in it. */
export interface Element {
  readonly tag: string;
  /** In the order in which they are written. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** Its text, unescaped; absent: it has none. */
  readonly text?: string;
  /** XML text instead of all else. */
  readonly raw?: string;
}

/** An element without text. */
export function element(
  tag: string,
  attributes: Readonly<Record<string, string>> = {},
  children: readonly Element[] = [],
): Element {
  return { tag, attributes, children };
}

/** Text with nothing to escape. */
const plain = /^[^\0-\x1f&<>"]*$/;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * Attribute text; line breaks and tabs would else be read as spaces, and other control characters are not allowed in
 * XML.
 */
function escaped(text: string): string {
  if (plain.test(text)) return text;
  const printable = [...text].filter((letter) => letter >= ' ' || '\t\n\r'.includes(letter)).join('');
  return printable
    .replace(/[&<>"]/g, (letter) => entities[letter] ?? letter)
    .replace(/[\t\n\r]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/** Text between tags. */
function textContent(text: string): string {
  return [...text]
    .filter((letter) => letter >= ' ' || '\t\n\r'.includes(letter))
    .join('')
    .replace(/[&<>]/g, (letter) => entities[letter] ?? letter);
}

/** A document with one root, indented by two spaces. */
export function xmlText(root: Element): string {
  const lines: string[] = [];
  write(root, '', lines);
  return `${lines.join('\n')}\n`;
}

function write({ tag, attributes, children, text = '', raw }: Element, indent: string, lines: string[]): void {
  if (raw !== undefined) {
    lines.push(indent + raw);
    return;
  }
  const words = Object.entries(attributes).map(([name, value]) => `${name}="${escaped(value)}"`);
  const start = `${indent}<${[tag, ...words].join(' ')}`;
  if (children.length === 0) {
    lines.push(text === '' ? `${start}/>` : `${start}>${textContent(text)}</${tag}>`);
    return;
  }
  lines.push(`${start}>`);
  for (const inner of children) write(inner, `${indent}  `, lines);
  lines.push(`${indent}</${tag}>`);
}
