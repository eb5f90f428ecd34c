/** Memoises pure functions of a text, since models repeat texts in many places. */

/** Texts that are kept; when there are more, all are forgotten. */
const mostTexts = 10_000;
/** Longer texts are rarely repeated. */
const longestKept = 1000;

/** Returns the same function with a cache of recent results. Callers must not modify the results. */
export function memoised<T>(of: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const result = of(text);
    if (text.length > longestKept) return result;
    if (known.size >= mostTexts) known.clear();
    known.set(text, result);
    return result;
  };
}

/** Returns the same function of an immutable object, called once for each object. */
export function oncePerObject<K extends object, T>(of: (object: K) => T): (object: K) => T {
  const known = new WeakMap<K, { readonly value: T }>();
  return (object) => {
    const before = known.get(object);
    if (before !== undefined) return before.value;
    const value = of(object);
    known.set(object, { value });
    return value;
  };
}
