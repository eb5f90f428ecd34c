/** The name and comment of a family: the common parts of the names and comments of its members. */

/** The dotted parts that all names end with. */
export function commonEnding(names: readonly string[]): string {
  const [first = [], ...rest] = names.map((name) => name.split('.').reverse());
  const length = first.findIndex((part, k) => rest.some((parts) => parts[k] !== part));
  return first
    .slice(0, length < 0 ? first.length : length)
    .reverse()
    .join('.');
}

/**
 * Returns the distinguishing part of each name: the text before their common ending, or the whole name if that text is
 * empty.
 */
export function owners(names: readonly string[]): readonly string[] {
  const ending = commonEnding(names);
  return names.map((name) =>
    ending === '' || ending === name ? name : name.slice(0, name.length - ending.length - 1),
  );
}

/** Returns one text for all members: the text of the first, with the number of others after each part that differs. */
export function commonText(texts: readonly string[]): string {
  const [first = '', ...others] = texts;
  const rest = [...new Set(others)].filter((text) => text !== first);
  if (rest.length === 0) return first;
  const more = `and ${others.length} more`;
  const split = (text: string): string[] => text.split(/(?<=\s)|(?=[\s:,;])/);
  const words = split(first);
  const parts = rest.map(split);
  if (parts.some((candidate) => candidate.length !== words.length)) return `${first} (${more})`;
  return words
    .map((word, k) => (parts.some((candidate) => candidate[k] !== word) ? word.replace(/\S+/, `$& ${more}`) : word))
    .join('');
}
