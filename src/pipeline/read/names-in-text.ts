/** Names of files in texts of any kind. */

/** Returns names of files with a suffix in a text. The time grows with the text, whatever it contains. */
export function namedFiles(text: string): ReadonlySet<string> {
  const words = new Set(text.match(/[\w./-]+/g));
  // A sentence may end with a name.
  const names = [...words].map((word) => /^.*\w/.exec(word)?.[0] ?? '');
  return new Set(names.filter((name) => /\.\w+$/.test(name)));
}
