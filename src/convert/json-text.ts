/** JSON for people and for version control: a key to a line, short lists and lists of numbers on one. */

const longestLine = 100;

/** Returns the text of a value that JSON can hold, indented by two spaces, ending with a newline. */
export function jsonText(value: unknown): string {
  return `${print(value, '')}\n`;
}

function print(value: unknown, indent: string): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    // Single items of a list of numbers carry little information, and there may be a million.
    if (value.length > 0 && value.every((item) => typeof item === 'number')) return JSON.stringify(value);
    return join(
      '[',
      ']',
      value.map((item) => print(item, inner)),
      indent,
    );
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return join(
    '{',
    '}',
    entries.map(([key, item]) => `${JSON.stringify(key)}: ${print(item, inner)}`),
    indent,
  );
}

function join(open: string, close: string, items: readonly string[], indent: string): string {
  if (items.length === 0) return open + close;
  const space = open === '{' ? ' ' : '';
  if (items.length <= longestLine && items.every(({ length }) => length <= longestLine)) {
    const line = `${open}${space}${items.join(', ')}${space}${close}`;
    if (line.length + indent.length <= longestLine && !line.includes('\n')) return line;
  }
  return `${open}\n${items.map((item) => `${indent}  ${item}`).join(',\n')}\n${indent}${close}`;
}
