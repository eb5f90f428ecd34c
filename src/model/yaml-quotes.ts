/** Values that YAML reads otherwise than they are meant, for want of quotes: equations with colons, `P[0:10]`. */

/** A value that is a mark of YAML's own unless it is quoted. */
const needsQuotes = /[[\]{}#]|: |^[*&!%@`|>'"]/;

const quoted = (value: string): string => (value.includes('"') ? `'${value.replaceAll("'", "''")}'` : `"${value}"`);

/**
 * A line of YAML with its values in quotes, the most likely correction first.
 *
 * @param line  text without its line break
 * @returns other texts for the line; none where nothing in it wants quotes
 */
export function withQuotes(line: string): readonly string[] {
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
