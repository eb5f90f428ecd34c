/**
 * How text from a document looks on a terminal: columns it takes, and characters that must not reach it as they are.
 */

/** Code points that take no column: combining marks, joiners, variation selectors. */
const zeroWidth: readonly (readonly [number, number])[] = [
  [0x0300, 0x036f],
  [0x0483, 0x0489],
  [0x0591, 0x05bd],
  [0x1ab0, 0x1aff],
  [0x1dc0, 0x1dff],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x2064],
  [0x20d0, 0x20ff],
  [0xfe00, 0xfe0f],
  [0xfe20, 0xfe2f],
  [0xfeff, 0xfeff],
];

/** Code points that take two columns: East Asian wide and full-width forms, and emoji. */
const doubleWidth: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

function within(ranges: readonly (readonly [number, number])[], code: number): boolean {
  return ranges.some(([first, last]) => code >= first && code <= last);
}

/** Columns that `text` takes on a terminal; it must hold no control characters (see `printable`). */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x300) width += 1;
    else if (!within(zeroWidth, code)) width += within(doubleWidth, code) ? 2 : 1;
  }
  return width;
}

/** Characters that control a terminal or the order of text, but for tabs and line feeds; halves of characters. */
const controls =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Returns `text` with the replacement character for each that controls a terminal; tabs and line feeds stay. */
export const withoutControls = (text: string): string => text.replace(controls, '\ufffd');

/**
 * Returns `text` on one line, without characters that control a terminal. Tabs become two spaces; other control
 * characters, such as an escape sequence in a model, and unpaired surrogates become the replacement character.
 */
export const printable = (text: string): string => withoutControls(text.replace(/\t/g, '  ').replace(/\n/g, '\ufffd'));

/**
 * The same for text of several lines, which keeps its line ends: for source code, whose visible and actual text must
 * agree.
 */
export const printableLines = (text: string): string =>
  text
    .split(/\r\n|\r|\n/)
    .map(printable)
    .join('\n');

/** Returns a JSON text in which characters that control a terminal are escapes, of the same value. */
export const printableJson = (json: string): string =>
  json.replace(controls, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Returns a text as content or an attribute's value of XML and HTML, without characters that these cannot hold. */
export const markupText = (text: string): string =>
  withoutControls(text).replace(/[&<>"]/g, (character) => entities[character] ?? '');

/** Returns a text for Markdown, in which it makes no link, image or element of HTML. Line feeds stay. */
export const markdownText = (text: string): string =>
  printableLines(text)
    .replace(/[\\[\]`]/g, '\\$&')
    .replaceAll('<', '&lt;');

/** Returns a text for one line of Markdown. */
export const markdownLine = (text: string): string => markdownText(text.replace(/\s*[\r\n]+\s*/g, ' '));

/** Returns a text as code within a line of Markdown. */
export const markdownCode = (text: string): string => {
  const shown = printable(text);
  const fence = '`'.repeat(1 + longestRun(shown));
  const space = /^`|`$/.test(shown) ? ' ' : '';
  return `${fence}${space}${shown}${space}${fence}`;
};

/** Returns lines as a block of code in Markdown. */
export const markdownBlock = (lines: readonly string[]): string => {
  const text = printableLines(lines.join('\n'));
  const fence = '`'.repeat(Math.max(3, 1 + longestRun(text)));
  return `${fence}\n${text}\n${fence}`;
};

/** Returns the length of the longest run of backticks. */
const longestRun = (text: string): number => Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));

/** Returns a word as a shell reads it, on one line. */
export function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (printable(word) === word) return `'${word.replaceAll("'", "'\\''")}'`;
  const escaped = word.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n').replace(/\t/g, '\\t');
  return `$'${escaped.replace(controls, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`)}'`;
}

/** Returns the path of a file as an argument, which is no option even if it begins with a dash. */
export const fileWord = (path: string): string => shellWord(path.startsWith('-') && path !== '-' ? `./${path}` : path);

/** Names at each end of a long loop that are shown. */
const shownOfLoop = 4;

/** Returns definitions that depend on each other as `a -> b -> a`; of a long loop the first and last ones. */
export const loopText = (names: readonly string[]): string =>
  (names.length <= 2 * shownOfLoop + 1
    ? names
    : [...names.slice(0, shownOfLoop), `(${names.length - 2 * shownOfLoop} more)`, ...names.slice(-shownOfLoop)]
  ).join(' -> ');
