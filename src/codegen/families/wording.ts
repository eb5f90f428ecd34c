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
 * What tells each name from the others: what precedes their common ending; the name itself where that is nothing.
 */
export function owners(names: readonly string[]): readonly string[] {
  const ending = commonEnding(names);
  return names.map((name) =>
    ending === '' || ending === name ? name : name.slice(0, name.length - ending.length - 1),
  );
}

/**
 * One text for those of all members: the first member's, each word in which others differ followed by how many others
 * there are.
 */
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
