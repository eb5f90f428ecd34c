/**
 * How well a message about a mistake helps. It has a point each for the place, the wrong part, the valid value, a hint,
 * a single error, the exit code, the vocabulary of the document, no names of the program's own, and plain English.
 */

/** A finding as `validate --json` prints it. */
export interface Printed {
  readonly severity: string;
  readonly message: string;
  readonly place?: { readonly document?: string; readonly line?: number; readonly pointer?: string };
  readonly expected?: string;
  readonly found?: string;
  readonly hint?: string;
  readonly count?: number;
}

interface Reported {
  readonly diagnostics: readonly Printed[];
}

/** Returns the findings in the output of a command with `--json`. */
export function findingsIn(output: string): readonly Printed[] {
  const printed = JSON.parse(output) as Reported & { readonly documents?: readonly Reported[] };
  return (printed.documents ?? [printed]).flatMap(({ diagnostics }) => diagnostics);
}

/** Criteria, in the order of the table of points. */
export const criteria = ['place', 'wrong', 'right', 'hint', 'single', 'exit', 'words', 'names', 'English'] as const;

/** Names of the implementation, which no model uses. */
export const internal = /\bundefined\b|\bNaN\b|\[object|\bnull\b|[A-Za-z]+Error\b|\/src\/|__|#\/\$defs/;

/** Words of a sentence, by the rules of the project's English. */
const longestSentence = 25;

/** Tells whether a message and its hint are plain English. */
export const readsWell = (message: string, hint: string): boolean =>
  [message, hint].every((text) =>
    text.split(/[.:;,()]\s/).every((one) => one.trim().split(/\s+/).length <= longestSentence),
  ) && !/\s{2}|;|^[A-Z][a-z]+ [a-z]|\.$/.test(message);

/** Returns the criteria that the findings about a mistake miss. */
export function missed(
  { wrong, right }: { readonly wrong: RegExp; readonly right: RegExp },
  text: string,
  found: readonly Printed[],
  code: number,
  isThere: (place: NonNullable<Printed['place']>) => boolean,
): readonly string[] {
  const errors = found.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const { message = '', expected = '', found: given = '', hint = '', place } = first ?? {};
  const named = `${message} ${given}`.match(/[A-Za-z]\w*(?:_\w+|[a-z][A-Z]\w*)/g) ?? [];
  const points: Readonly<Record<(typeof criteria)[number], boolean>> = {
    place: place !== undefined && isThere(place),
    wrong: wrong.test(`${message} ${given}`),
    right: right.test(`${expected} ${hint}`),
    hint: hint !== '',
    single: errors.length === 1 && (first?.count ?? 1) === 1,
    exit: code === 1,
    words: first !== undefined && named.every((name) => text.includes(name)),
    names: first !== undefined && !internal.test(`${message} ${expected} ${given} ${hint}`),
    English: first !== undefined && readsWell(message, hint),
  };
  return criteria.filter((each) => !points[each]);
}
