import { child, nodeAt, segments } from '../pointer.js';
import type { SchemaError } from './schema-findings.js';

/** A document that fits its schema, made of one that does not. */
interface Repaired {
  readonly document: unknown;
  /** Pointers of parts that were left out or replaced. */
  readonly touched: readonly string[];
}

/** A generated validator; it leaves the errors of its last call. */
interface Validator {
  (document: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}

const mostRounds = 12;
/** Substitutes for a required part, tried after the first of the values that its place allows. */
const standIns: readonly unknown[] = [1, '1', [], {}];

/**
 * Repairs a document that breaks its schema, so that mistakes elsewhere are found too. Wrong parts are left out, or
 * replaced if the schema requires them.
 *
 * @returns undefined if the wrong parts cannot be separated from the rest
 */
export function repaired(document: unknown, validate: Validator): Repaired | undefined {
  const copy: unknown = structuredClone(document);
  const tried = new Map<string, number>();
  const allowed = new Map<string, readonly unknown[]>();
  for (let round = 0; round < mostRounds; round += 1) {
    if (validate(copy)) return { document: copy, touched: [...tried.keys()] };
    const wrong = (validate.errors ?? []).map((error) => {
      const { allowedValues } = error.params;
      if (Array.isArray(allowedValues) && error.propertyName === undefined)
        allowed.set(error.instancePath, allowedValues);
      return { pointer: pointerOf(error), keyword: error.keyword };
    });
    // The deepest error is nearest to the mistake; errors around it follow from it.
    const deepest = Math.max(...wrong.map(({ pointer }) => segments(pointer).length));
    const places = new Map(wrong.map(({ pointer, keyword }) => [pointer, keyword]));
    for (const [pointer, keyword] of places)
      if (segments(pointer).length === deepest && !mend(copy, pointer, keyword, tried, allowed)) return undefined;
  }
  return undefined;
}

/** Returns the pointer of an error: a key, a value, or a missing key. */
function pointerOf({ instancePath, propertyName, params, keyword }: SchemaError): string {
  if (propertyName !== undefined) return child(instancePath, propertyName);
  return keyword === 'required' ? child(instancePath, String(params['missingProperty'])) : instancePath;
}

/** Leaves a part out, or puts the next stand-in there. @returns false if no stand-in is left to try */
function mend(
  copy: unknown,
  pointer: string,
  keyword: string,
  tried: Map<string, number>,
  allowed: ReadonlyMap<string, readonly unknown[]>,
): boolean {
  const at = pointer.lastIndexOf('/');
  const holder = at < 0 ? undefined : nodeAt(copy, pointer.slice(0, at));
  const key = segments(pointer).at(-1);
  if (typeof holder !== 'object' || holder === null || key === undefined) return false;
  // Items of a list keep their numbers: the list goes as a whole.
  if (Array.isArray(holder)) return mend(copy, pointer.slice(0, at), keyword, tried, allowed);
  const map = holder as Record<string, unknown>;
  const attempt = tried.get(pointer) ?? (keyword === 'required' ? 0 : -1);
  const choices = [...(allowed.get(pointer)?.slice(0, 1) ?? []), ...standIns];
  if (attempt >= choices.length) return false;
  tried.set(pointer, attempt + 1);
  if (attempt < 0) Reflect.deleteProperty(map, key);
  else map[key] = choices[attempt];
  return true;
}
