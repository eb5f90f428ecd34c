/**
 * Values that YAML reads otherwise than they are meant, for want of quotes: equations with colons, `P[0:10]`, calls
 * with commas within brackets and braces.
 */

import { isCollection, isMap, isPair, isScalar, visit, type Document } from 'yaml';

/** A value that is a mark of YAML's own unless it is quoted. */
const needsQuotes = /[[\]{}#]|: |^[*&!%@`|>'"]/;

/** Returns a value in quotes. */
export const quoted = (value: string): string =>
  value.includes('"') ? `'${value.replaceAll("'", "''")}'` : `"${value}"`;

/** Longest line that is corrected, in characters: the patterns take time by its square. */
const longestLine = 1000;

/**
 * Puts the values in a line of YAML in quotes, the most likely correction first.
 *
 * @param line  text without its line break
 * @returns other texts for the line; an empty list if no value needs quotes, or the line is long
 */
export function withQuotes(line: string): readonly string[] {
  if (line.length > longestLine) return [];
  const inBraces = line.replace(
    /([\w.$]+:\s+)([^\s"'{[][^,{}"']*?)(?=\s*(?:,\s*[\w.$]+:\s|[}]\s*$|[}]\s*[,}]))/g,
    (all: string, key: string, value: string) => (needsQuotes.test(value) ? key + quoted(value) : all),
  );
  const whole = /^(\s*(?:- )*[\w.$]+:\s+)([^"'{\s].*?)\s*$/.exec(line);
  const item = /^(\s*(?:- )+)([^"'{\s].*?)\s*$/.exec(line);
  const candidates = [
    ...(whole ? [`${whole[1]}${quoted(whole[2] as string)}`] : []),
    inBraces,
    ...(item ? [`${item[1]}${quoted(item[2] as string)}`] : []),
  ];
  return candidates.filter((candidate) => candidate !== line);
}

/** A call with arguments that YAML splits into separate items: `[w = clip(w, 0, 1)]`. Offsets count in UTF-16 units. */
export interface PartedCall {
  readonly start: number;
  readonly end: number;
}

/** Returns the calls that commas split, in brackets and braces of YAML's. */
export function partedCalls(composed: Document.Parsed, text: string): readonly PartedCall[] {
  const found: PartedCall[] = [];
  visit(composed, {
    Collection(_, node) {
      if (node.flow !== true) return;
      let call: { start: number; open: number } | undefined;
      const items = isMap(node) ? node.items.flatMap(({ key, value }) => [key, value]) : node.items;
      for (const item of items) {
        if (item === null) continue;
        if (isCollection(item) || isPair(item)) call = undefined;
        if (!isScalar(item) || !item.range || (item.type !== 'PLAIN' && item.source !== '')) continue;
        const [start, end] = item.range;
        const open = (call?.open ?? 0) + surplus(text.slice(start, end));
        if (open > 0) call = { start: call?.start ?? start, open };
        else {
          if (call !== undefined && open === 0) found.push({ start: call.start, end });
          call = undefined;
        }
      }
    },
  });
  return found;
}

/** Returns the number of parentheses that a text leaves open. */
const surplus = (text: string): number => text.split('(').length - text.split(')').length;
