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

/**
 * Returns `text` without characters that control a terminal. Tabs become two spaces; other control characters, such as
 * an escape sequence in a model, and unpaired surrogates become the replacement character.
 */
export function printable(text: string): string {
  return text
    .replace(/\t/g, '  ')
    .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}

/**
 * The same for text of several lines, which keeps its line ends: for source code, whose visible and actual text must
 * agree.
 */
export const printableLines = (text: string): string =>
  text
    .split(/\r\n|\r|\n/)
    .map(printable)
    .join('\n');

/** Names at each end of a long loop that are shown. */
const shownOfLoop = 4;

/** Returns definitions that depend on each other as `a -> b -> a`; of a long loop the first and last ones. */
export const loopText = (names: readonly string[]): string =>
  (names.length <= 2 * shownOfLoop + 1
    ? names
    : [...names.slice(0, shownOfLoop), `(${names.length - 2 * shownOfLoop} more)`, ...names.slice(-shownOfLoop)]
  ).join(' -> ');
