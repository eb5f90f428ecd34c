/**
 * Python source in Black's layout. A call or a list is on one line if that fits. Otherwise its items share a line of
 * their own, or each item has its own line. Many numbers fill lines, marked so that Black does not change them.
 *
 * @source https://black.readthedocs.io/en/stable/the_black_code_style/current_style.html
 */

import { printable } from '../../src/diagnostics/display.js';

/** A piece of source: a text without line breaks, or something in brackets that may be broken after each item. */
export type Source = string | Bracketed;

interface Bracketed {
  readonly open: string;
  readonly items: readonly Source[];
  readonly close: string;
  /** Text after the closing bracket. */
  readonly after?: string;
  /** A method call on the value in brackets, written after it. */
  readonly method?: Bracketed;
}

/** Length of lines. */
export const width = 88;
/** The least number of short items of a list that fills lines. */
const many = 17;
/** The least number of evenly spaced values that are not listed. */
const manyEven = 10;
/**
 * Decimals that NumPy rounds to without loss: their powers of ten, and numbers of units up to this limit, are whole
 * doubles.
 */
const mostDecimals = 12;
const mostUnits = 1e12;
/** In units of the last decimal. Rounding changes shorter distances visibly. */
const fewUnits = 100;

/** Returns lines of text as comments. */
export const pythonComments = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => `# ${printable(line)}`.trimEnd());

/** A call with its arguments. */
export const call = (name: string, args: readonly Source[], after = ''): Source => ({
  open: `${name}(`,
  items: args,
  close: ')',
  ...(after === '' ? {} : { after }),
});

/** Returns a method call on the result of another call. */
export const method = (of: Source, name: string, args: readonly Source[]): Source => {
  const called: Bracketed = { open: `.${name}(`, items: args, close: ')' };
  return typeof of === 'string' ? prefixed(of, called) : { ...of, method: called };
};

/**
 * Returns evenly spaced numbers as an array of NumPy, or undefined for other numbers. `np.round(np.linspace(0.5, 99.5,
 * 100), 1)` has the same doubles, and `np.arange(0, 41, 1)` has integers if all are. One more number may follow, as at
 * the end of a ramp: `np.append(np.arange(0, 21, 1), 0)`.
 */
export function evenNumbers(values: readonly number[]): string | undefined {
  const all = evenly(values);
  if (all !== undefined || values.length <= 2 * manyEven) return all;
  const before = evenly(values.slice(0, -1));
  return before && `np.append(${before}, ${values.at(-1)})`;
}

function evenly(values: readonly number[]): string | undefined {
  const { length } = values;
  const [first = 0, second = 0] = values;
  const last = values[length - 1] ?? 0;
  if (length < manyEven || first === second) return undefined;
  const decimals = values.reduce((most, value) => Math.max(most, decimalsOf(value)), 0);
  const scale = Number(`1e${decimals}`);
  const size = Math.max(Math.abs(first), Math.abs(last)) * scale;
  if (decimals > mostDecimals || size > mostUnits) return undefined;
  // Distances of a few units of the last decimal must be equal. Others may differ by up to one unit.
  const [from, step] = [Math.round(first * scale), Math.round(second * scale) - Math.round(first * scale)];
  const whole = values.every((value, k) => value === (from + k * step) / scale);
  const between = (last - first) / (length - 1);
  const even =
    whole ||
    (Math.abs(between) * scale >= fewUnits &&
      values.every((value, k) => value === roundedByNumPy(k === length - 1 ? last : k * between + first, scale)));
  if (!even) return undefined;
  // Whole numbers may be indices, which must be integers.
  if (decimals === 0 && whole) return `np.arange(${first}, ${last + step}, ${step})`;
  const numbers = `np.linspace(${first}, ${last}, ${length})`;
  return decimals === 0 ? `np.round(${numbers}).astype(int)` : `np.round(${numbers}, ${decimals})`;
}

const decimalsOf = (value: number): number => /\.(\d+)$/.exec(String(value))?.[1]?.length ?? 0;

/**
 * Rounds to the decimals of a scale, as `np.round` does. Returns undefined halfway between two values, because the last
 * bit would decide.
 */
function roundedByNumPy(value: number, scale: number): number | undefined {
  const units = value * scale;
  return Math.abs(units - Math.trunc(units)) === 0.5 ? undefined : Math.round(units) / scale;
}

/** Returns a list. */
export const list = (items: readonly Source[]): Source => ({ open: '[', items, close: ']' });

/** Returns a dictionary with texts as keys. */
export const dictionary = (entries: Readonly<Record<string, Source>>): Source => ({
  open: '{',
  items: Object.entries(entries).map(([key, item]) => prefixed(`${quoted(key)}: `, item)),
  close: '}',
});

/** Returns a piece with a text before it. */
export const prefixed = (prefix: string, item: Source): Source =>
  typeof item === 'string' ? prefix + item : { ...item, open: prefix + item.open };

/** Returns an invisible character, or one that reverses the order of others, as an escape. */
const visible = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Returns a text in double quotes, or in single quotes if that needs fewer escapes. */
export const quoted = (text: string): string => {
  const inside = JSON.stringify(text).slice(1, -1);
  const shown = inside.replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, visible);
  const [singles, doubles] = ["'", '"'].map((quote) => text.split(quote).length - 1) as [number, number];
  return doubles > singles ? `'${shown.replaceAll("'", "\\'").replaceAll('\\"', '"')}'` : `"${shown}"`;
};

/** Returns an expression with spaces around its operators, except for powers of names and numbers. */
export const spaced = (expression: string): string =>
  expression
    .replace(/ *\*\* */g, (_, at: number, all: string) => {
      const [left, right] = [all.slice(0, at), all.slice(at).replace(/^ *\*\* */, '')];
      return /[\w.]$/.test(left) && /^-?[\w.]+(?![\w.([])/.test(right) ? '**' : ' ** ';
    })
    .replace(/ *(?<!\*)\*(?!\*) */g, ' * ')
    .replace(/ *\/ */g, ' / ');

/** Returns a piece with a text after it. */
export const followed = (item: Source, after: string): Source =>
  typeof item === 'string' ? item + after : { ...item, after: (item.after ?? '') + after };

/** Returns a piece on one line. */
function flat(item: Source): string {
  if (typeof item === 'string') return item;
  const { open, items, close, after = '', method: called = '' } = item;
  return `${open}${items.map(flat).join(', ')}${close}${after}${flat(called)}`;
}

/** Returns the length on one line, or a partial length above the limit. */
function flatLength(item: Source, limit: number): number {
  if (typeof item === 'string') return item.length;
  let total = item.open.length + item.close.length + (item.after?.length ?? 0) + 2 * Math.max(0, item.items.length - 1);
  for (const source of item.items) {
    if (total > limit) return total;
    total += flatLength(source, limit - total);
  }
  if (item.method !== undefined) total += flatLength(item.method, limit - total);
  return total;
}

/** Returns the lines of a statement. */
export function layout(item: Source, indent = 0): string {
  const lines = laidOut(item, indent, '');
  return indent === 0 && isFilled(item, 0) ? `# fmt: off\n${lines}\n# fmt: on` : lines;
}

/** Joins consecutive statements that Black must not format, so that one pair of marks encloses them. */
export const joinedLists = (script: string): string => script.replaceAll('# fmt: on\n# fmt: off\n', '');

/** Checks whether a piece fits on one line. `after`: the text that follows it there. */
const fits = (item: Source, indent: number, after: string): boolean => {
  const room = width - indent - after.length;
  return flatLength(item, room) <= room && !flat(item).includes('\n');
};

/**
 * Checks whether the items in brackets are on one line. Arguments of calls are if they fit, but items of literals are
 * not.
 */
const fitsInside = ({ open, items }: Bracketed, indent: number): boolean =>
  (items.length === 1 || /\w\($/.test(open)) && fits({ open: '', items, close: '' }, indent, '');

const fillsLines = ({ items }: Bracketed): boolean =>
  items.length >= many &&
  items.every((source) => typeof source === 'string' && source.length < 30 && !source.includes('='));

/** Checks whether lines of a piece are filled, which Black would not do. */
function isFilled(item: Source, indent: number): boolean {
  if (typeof item === 'string' || fits(item, indent, '')) return false;
  if (item.method !== undefined && isFilled(item.method, indent)) return true;
  if (item.items.length === 0) return false;
  if (fitsInside(item, indent + 4)) return false;
  return fillsLines(item) || item.items.some((source) => isFilled(source, indent + 4));
}

/** Returns the lines of a piece that begins at a column. `after`: the text after it on the last line. */
function laidOut(item: Source, indent: number, after: string): string {
  if (fits(item, indent, after)) return flat(item) + after;
  if (typeof item === 'string')
    return (/^\w+=lambda /.test(item) ? terms(item).join(`\n${' '.repeat(indent)}`) : item) + after;
  const { method: called, ...rest } = item;
  if (called !== undefined) {
    const head = flat(rest) + called.open;
    if (called.items.length > 0 && indent + head.length <= width)
      return laidOut({ ...called, open: head }, indent, after);
    const end = flat(called) + after;
    return indent + 1 + end.length <= width
      ? broken(rest, indent, end)
      : broken(rest, indent, broken(called, indent, after));
  }
  const operators = item.after?.startsWith(' ') === true ? item.after.slice(1).split(/ (?=[*/] )/) : [];
  const [, target] = /^(.* = )./.exec(item.open) ?? [];
  // A value with several operators after its brackets is in parentheses.
  if (target !== undefined && operators.length > 1 && !fillsLines(item)) {
    const value = laidOut({ ...item, open: item.open.slice(target.length) }, indent + 4, '');
    return `${target}(\n${' '.repeat(indent + 4)}${value}\n${' '.repeat(indent)})${after}`;
  }
  // Within brackets, an operator begins a line.
  if (indent > 0 && operators.length > 0) {
    const { after: _, ...operand } = item;
    return [laidOut(operand, indent, ''), ...operators].join(`\n${' '.repeat(indent)}`) + after;
  }
  return broken(item, indent, after);
}

/** Cuts an expression before its weakest operators outside brackets. */
function terms(expression: string): readonly string[] {
  for (const operators of [/^ [-+] /, /^ [*/] /]) {
    const parts = [''];
    let depth = 0;
    for (let k = 0; k < expression.length; k++) {
      const sign = expression[k]!;
      depth += '([{'.includes(sign) ? 1 : ')]}'.includes(sign) ? -1 : 0;
      if (depth === 0 && operators.test(expression.slice(k, k + 3))) parts.push('');
      else parts.push(parts.pop()! + sign);
    }
    if (parts.length > 1) return parts;
  }
  return [expression];
}

/** Returns a piece with its brackets on lines of their own. */
function broken(item: Bracketed, indent: number, after: string): string {
  const margin = `\n${' '.repeat(indent + 4)}`;
  const close = `\n${' '.repeat(indent)}${item.close}${item.after ?? ''}${after}`;
  const [only, ...others] = item.items;
  if (only === undefined) return flat(item) + after;
  if (fitsInside(item, indent + 4)) return `${item.open}${margin}${item.items.map(flat).join(', ')}${close}`;
  if (fillsLines(item))
    return `${item.open}${margin}${filled(item.items as readonly string[], indent + 4).join(margin)}${close}`;
  if (others.length === 0) return `${item.open}${margin}${laidOut(only, indent + 4, '')}${close}`;
  return `${item.open}${item.items.map((source) => margin + laidOut(source, indent + 4, ',')).join('')}${close}`;
}

/** Returns short items, as many in a line as fit. */
function filled(items: readonly string[], indent: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const item of items) {
    if (line !== '' && indent + line.length + item.length + 2 > width) {
      lines.push(line);
      line = '';
    }
    line += `${line === '' ? '' : ' '}${item},`;
  }
  return [...lines, line];
}
