/** Access to members of unknown data. */

/** Returns the own member of external data under a key; undefined if it is missing, or if the data is not an object. */
export const memberOf = (data: unknown, key: string): unknown =>
  typeof data === 'object' && data !== null && Object.hasOwn(data, key)
    ? (data as Readonly<Record<string, unknown>>)[key]
    : undefined;

/** Whether data are an object that is no list. */
export const isObject = (data: unknown): data is Readonly<Record<string, unknown>> =>
  typeof data === 'object' && data !== null && !Array.isArray(data);

/** Returns the members of an object with their keys; none of other values. */
export const entriesOf = (value: unknown): [string, unknown][] => (isObject(value) ? Object.entries(value) : []);
