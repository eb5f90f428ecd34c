/**
 * Keywords of a notation with their parameters: one table for reading and writing a keyword and for its JSON Schema.
 */

/** A parameter of a keyword. */
export interface Field {
  /** JSON Schema of its value. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** Unit of its numbers, in the canonical syntax. */
  readonly unit?: string;
  /** Default value. If it is absent, the parameter is required. */
  readonly usual?: unknown;
  /** Its name in the canonical model, if that differs. */
  readonly ours?: string;
}

/** Parameters by name, in the notation's order. */
export type Fields = Readonly<Record<string, Field>>;

/** A number in a unit. @param unit  `1` for a pure number */
export const number = (unit: string, usual?: number | null, limits: Field['schema'] = {}): Field => ({
  schema: { type: usual === null ? ['number', 'null'] : 'number', ...limits },
  ...(unit === '1' ? {} : { unit }),
  ...(usual === undefined ? {} : { usual }),
});

/** Returns a field for a value of the kinds in a schema. */
export const field = (schema: Field['schema'], usual?: unknown): Field => ({
  schema,
  ...(usual === undefined ? {} : { usual }),
});

/** Returns a field for true or false. */
export const flag = (usual: boolean): Field => field({ type: 'boolean' }, usual);

/** Returns the name of the first required parameter. */
export const firstNeeded = (fields: Fields): string | undefined =>
  Object.keys(fields).find((name) => fields[name]?.usual === undefined);

/** Returns the value of a parameter, or its default. */
export const argumentOf = (fields: Fields, given: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(given, name) ? given[name] : fields[name]?.usual;

/** Returns parameters without undefined and default values. */
export const unusual = (fields: Fields, params: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(params).filter(([name, value]) => value !== undefined && value !== fields[name]?.usual),
  );
