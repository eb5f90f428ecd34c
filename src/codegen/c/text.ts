/** Layout of generated text: lines, comments, string literals. */

const width = 120;

/**
 * Returns a text as one line that may appear in a comment of the form `/* … *\/`, for any title of a model. It has only
 * printable characters, no delimiters of comments, and no backslash, which could join lines.
 */
export function commentText(text: string): string {
  return text
    .replace(/[^\x20-\x7e\u00a0-\u024f\u0370-\u03ff\u2070-\u209f\u2190-\u22ff]+/g, ' ')
    .replace(/\\/g, '/')
    .replace(/\?\?/g, '? ?')
    .replace(/\*\//g, '* /')
    .replace(/\/\*/g, '/ *')
    .trim();
}

/** A comment on its own line. */
export const comment = (text: string): string => `/* ${commentText(text)} */`;

/**
 * Returns a string literal. Except for letters, digits and a few characters, the text becomes UTF-8 bytes in octal, so
 * that no character can end the literal.
 */
export function stringLiteral(text: string): string {
  const bytes = [...Buffer.from(text, 'utf8')];
  const plain = /[A-Za-z0-9 _.,:;()[\]{}<>=+*/'|~^!#$@&-]/;
  const written = bytes.map((byte) => {
    const sign = String.fromCharCode(byte);
    return plain.test(sign) ? sign : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${written.join('')}"`;
}

/** Indents lines by one level; preprocessor lines stay at the margin. */
export function indent(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' || line.startsWith('#') ? line : `  ${line}`));
}

/** A statement's head and its block in braces. */
export function block(head: string, lines: readonly string[]): string[] {
  return [`${head} {`, ...indent(lines), '}'];
}

/**
 * Breaks long lines at spaces, rather after commas. Code only: comments and the preprocessor's lines stay as they are.
 */
function wrap(line: string): string[] {
  if (line.length <= width || line.trimStart().startsWith('/*') || line.startsWith('#') || line.includes('"'))
    return [line];
  const margin = /^ */.exec(line)?.[0] ?? '';
  const pieces: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const comma = rest.lastIndexOf(', ', width - 2) + 1;
    const at = comma > width / 2 ? comma : rest.lastIndexOf(' ', width);
    if (at <= margin.length + 4) break;
    pieces.push(rest.slice(0, at));
    rest = `${margin}    ${rest.slice(at + 1)}`;
  }
  return [...pieces, rest];
}

/** Lines as text. */
export const render = (lines: readonly string[]): string =>
  lines
    .flatMap((line) => line.split('\n'))
    .flatMap(wrap)
    .join('\n');
