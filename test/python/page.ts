/** Pairs of a block of Python and of its output, on a page of the documentation. */

export interface Example {
  readonly code: string;
  readonly printed: string;
}

/** All examples of a page, in order. */
export const examplesOf = (page: string): readonly Example[] =>
  [...page.matchAll(/^```python\n(.*?)^```\n\n^```text\n(.*?)^```$/gms)].map(([, code = '', printed = '']) => ({
    code,
    printed,
  }));

/** The page with other outputs. */
export function withOutputs(page: string, printed: readonly string[]): string {
  let k = 0;
  return page.replaceAll(
    /(^```python\n.*?^```\n\n^```text\n).*?(^```$)/gms,
    (_, head: string, tail: string) => `${head}${printed[k++] ?? ''}${tail}`,
  );
}
