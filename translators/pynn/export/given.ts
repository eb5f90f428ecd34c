/** Returns a key with its values, or an empty map if there are no values. */
export const given = <K extends string>(key: K, values: Readonly<Record<string, unknown>>): Partial<Record<K, never>> =>
  (Object.keys(values).length === 0 ? {} : { [key]: values }) as Partial<Record<K, never>>;
