/** A key with its values, unless there are none. */
export const given = <K extends string>(key: K, values: Readonly<Record<string, unknown>>): Partial<Record<K, never>> =>
  (Object.keys(values).length === 0 ? {} : { [key]: values }) as Partial<Record<K, never>>;
