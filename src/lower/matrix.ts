/** Patterns of matrices, and how far their exponentials are summed. */

/** Terms of the series: at a norm of at most 1/2 the remainder is below 2^-70. */
export const taylorTerms = 16;

/** Which variables reach which: the reflexive and transitive closure of a pattern of entries. */
export function reach(pattern: readonly (readonly boolean[])[]): boolean[][] {
  const n = pattern.length;
  const closed = pattern.map((row, i) => row.map((entry, j) => entry || i === j));
  for (let k = 0; k < n; k++)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) if (closed[i]?.[k] && closed[k]?.[j]) (closed[i] as boolean[])[j] = true;
  return closed;
}
