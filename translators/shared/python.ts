/**
 * Python source as people lay it out: a call or a list is on one line where that fits, else one item a line; numbers
 * fill lines.
 */

/** A piece of source: a text without line breaks, or something in brackets that may be broken after each item. */
export type Source = string | Bracketed;

interface Bracketed {
  readonly open: string;
  readonly items: readonly Source[];
  readonly close: string;
  /** What follows the closing bracket. */
  readonly after?: string;
}

const width = 100;

/** A call with its arguments. */
export const call = (name: string, args: readonly Source[], after = ''): Source => ({
  open: `${name}(`,
  items: args,
  close: ')',
  ...(after === '' ? {} : { after }),
});

/** A list. */
export const list = (items: readonly Source[]): Source => ({ open: '[', items, close: ']' });

/** A dictionary with texts as keys. */
export const dictionary = (entries: Readonly<Record<string, Source>>): Source => ({
  open: '{',
  items: Object.entries(entries).map(([key, item]) => prefixed(`${quoted(key)}: `, item)),
  close: '}',
});

/** A piece with a text before it. */
export const prefixed = (prefix: string, item: Source): Source =>
  typeof item === 'string' ? prefix + item : { ...item, open: prefix + item.open };

/** A character that is not seen, or turns the order of others round, as an escape. */
const visible = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A text in single quotes. */
export const quoted = (text: string): string => {
  const inside = JSON.stringify(text).slice(1, -1).replaceAll("'", "\\'").replaceAll('\\"', '"');
  return `'${inside.replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, visible)}'`;
};

/** A piece with a text after it. */
export const followed = (item: Source, after: string): Source =>
  typeof item === 'string' ? item + after : { ...item, after: (item.after ?? '') + after };

const flat = (item: Source): string =>
  typeof item === 'string' ? item : `${item.open}${item.items.map(flat).join(', ')}${item.close}${item.after ?? ''}`;

/** A piece on one line. */
export const flatText = flat;

/** Length when on one line, but no more is counted than what would not fit. */
function flatLength(item: Source, limit: number): number {
  if (typeof item === 'string') return item.length;
  let total = item.open.length + item.close.length + (item.after?.length ?? 0) + 2 * Math.max(0, item.items.length - 1);
  for (const one of item.items) {
    if (total > limit) return total;
    total += flatLength(one, limit - total);
  }
  return total;
}

/** The lines of a piece whose first line begins at a column. */
export function layout(item: Source, indent = 0): string {
  const room = width - indent;
  if (typeof item === 'string' || flatLength(item, room) <= room || item.items.length === 0) return flat(item);
  const margin = ' '.repeat(indent + 4);
  const close = `\n${' '.repeat(indent)}${item.close}${item.after ?? ''}`;
  // A call with one argument in brackets keeps both brackets together.
  const [only] = item.items;
  if (item.items.length === 1 && typeof only === 'object')
    return layout({ ...only, open: item.open + only.open, close: only.close + item.close }, indent);
  const short = item.items.every((one) => typeof one === 'string' && one.length < 30 && !one.includes('='));
  if (short)
    return `${item.open}\n${margin}${filled(item.items as readonly string[], indent + 4).join(`\n${margin}`)}${close}`;
  return `${item.open}\n${item.items.map((one) => `${margin}${layout(one, indent + 4)},`).join('\n')}${close}`;
}

/** Short items, as many in a line as fit. */
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

/** What a document says about itself. */
interface About {
  readonly name?: string | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly source?: string | undefined;
  readonly authors?: readonly unknown[] | undefined;
  readonly licence?: string | undefined;
  readonly doi?: string | undefined;
  readonly species?: string | undefined;
  readonly region?: string | undefined;
  readonly terms?: readonly string[] | undefined;
}

/** The paragraphs of a script's docstring: title, description, and a list of what else is known about the model. */
export function documentationOf(about: About, untitled: string): readonly string[] {
  const { title, name, description, source, authors = [], licence, doi, species, region, terms = [] } = about;
  const people = authors.flatMap((author) => {
    if (typeof author === 'string') return [author];
    const { name: person, orcid } = author as { readonly name?: unknown; readonly orcid?: unknown };
    if (typeof person !== 'string') return [];
    return [typeof orcid === 'string' ? `${person} (https://orcid.org/${orcid.replace(/^.*\//, '')})` : person];
  });
  const facts = [
    ['Authors', people.join(', ')],
    ['Source', source],
    ['Licence', licence],
    ['doi', doi],
    ['Species', species],
    ['Region', region],
    ['Terms', terms.join(', ')],
  ].flatMap(([key, value]) => (value === undefined || value === '' ? [] : [`${key}: ${value}`]));
  const texts = [title ?? name ?? untitled, description ?? '', facts.join('\n')];
  return texts.filter((text, k) => text !== '' && texts.indexOf(text) === k);
}
