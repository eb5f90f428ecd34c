/** Commands in pages of documentation, and their output. */

/** Returns the arguments of a line of shell, quotes removed. */
export function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
}

/** Each command of the console blocks of a page, with the text below it. */
export function transcriptsOf(page: string): readonly { readonly line: string; readonly printed: string }[] {
  return [...page.matchAll(/^```console\n([\s\S]*?)^```$/gm)].flatMap(([, block]) =>
    block!
      .split(/^\$ /m)
      .slice(1)
      .map((text) => ({ line: text.split('\n')[0]!, printed: text.slice(text.indexOf('\n') + 1) })),
  );
}
