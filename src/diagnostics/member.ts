/** Members of data of which nothing is known. */

/** What data from outside holds under a key of its own; undefined where it is no object, or holds nothing there. */
export const memberOf = (data: unknown, key: string): unknown =>
  typeof data === 'object' && data !== null && Object.hasOwn(data, key)
    ? (data as Readonly<Record<string, unknown>>)[key]
    : undefined;
