import type { Diagnostics, Finding } from '../../diagnostics/diagnostic.js';
import type { Positions } from '../../diagnostics/positions.js';
import { didYouMean, joinWords, oneOf, renaming, shorten } from '../../diagnostics/suggest.js';
import { child, nodeAt } from '../pointer.js';
import { exampleOf, typeHint } from './schema-hints.js';

/** One violation of a schema, as the generated validators report it. */
export interface SchemaError {
  /** Keyword of JSON Schema that was broken, such as `required`. */
  readonly keyword: string;
  /** JSON pointer of the value into the document. */
  readonly instancePath: string;
  /** Place of the keyword in the schema, as a URI fragment. */
  readonly schemaPath: string;
  /** Requirement of the keyword and the value found; the members depend on the keyword. */
  readonly params: Readonly<Record<string, unknown>>;
  /** The validator's own sentence, for keywords without a message of ours. */
  readonly message?: string;
  /** The key that is wrong, for errors within `propertyNames`. */
  readonly propertyName?: string;
}

/** Facts about a notation's schema that findings mention. */
interface SchemaOfNotation {
  /** Path of the schema, for the `rule` of findings. */
  readonly schema: string;
  /** The first part of codes: `model`, `brian`. */
  readonly stage: string;
  /** The finding for an error that the notation has a message of its own for. */
  readonly finding?: (error: SchemaError, found: unknown) => Finding | undefined;
}

/** Keywords with errors that only repeat that a part, reported separately, is wrong. */
const echoes: ReadonlySet<string> = new Set(['if', 'discriminator', 'propertyNames', 'anyOf', 'oneOf', 'allOf', 'not']);
const notBoolean = (value: unknown): boolean => typeof value !== 'boolean';

/**
 * Turns the errors of a generated validator into diagnostics with places, one for each mistake.
 *
 * @returns whether all that is wrong are unknown keys, so the rest can still be read
 * @diagnostic STAGE/unknown-key, STAGE/missing-key, STAGE/wrong-type, STAGE/not-allowed, STAGE/bad-name,
 *   STAGE/out-of-range, STAGE/bad-form
 */
export function reportSchemaErrors(
  errors: readonly SchemaError[],
  value: unknown,
  positions: Positions,
  diagnostics: Diagnostics,
  notation: SchemaOfNotation,
): boolean {
  const reported = new Set<string>();
  // A map of many numbers is an error at each of its keys.
  const byNumbers = new Map<unknown, boolean>();
  const unknownKeys = new Map<string, string[]>();
  for (const { propertyName, instancePath } of errors) {
    if (propertyName === undefined) continue;
    const others = unknownKeys.get(instancePath);
    if (others === undefined) unknownKeys.set(instancePath, [propertyName]);
    else others.push(propertyName);
  }
  let onlyUnknownKeys = true;
  for (const error of errors) {
    if (echoes.has(error.keyword)) continue;
    const isKey = error.propertyName !== undefined;
    const pointer = isKey ? child(error.instancePath, error.propertyName ?? '') : error.instancePath;
    // A value of the wrong type breaks several keywords; only the first is reported.
    const subject =
      error.keyword === 'required'
        ? `${pointer} ${String(error.params['missingProperty'])}`
        : `${pointer} ${isKey ? 'key' : ''}`;
    if (reported.has(subject)) continue;
    reported.add(subject);
    const { missingProperty: missing } = error.params;
    if (typeof missing === 'string') {
      onlyUnknownKeys = false;
      // A misspelt key is not also missing, nor are the params that should hold a key next to them.
      const isMeant = (key: string): boolean => missing === 'params' || didYouMean(key, [missing]) !== undefined;
      if (unknownKeys.get(pointer)?.some(isMeant)) continue;
    }
    const found = nodeAt(value, pointer);
    const holder = isKey ? nodeAt(value, error.instancePath) : found;
    const isMap = byNumbers.get(holder) ?? isByNumber(holder);
    byNumbers.set(holder, isMap);
    if (isMap) {
      // Its keys are reported once, at the first of them.
      if (reported.has(error.instancePath)) continue;
      reported.add(error.instancePath);
    }
    const finding = notation.finding?.(error, found) ?? findingFor(error, found, notation.stage);
    if (!finding.code.endsWith('/unknown-key')) onlyUnknownKeys = false;
    diagnostics.add({ ...finding, rule: `${notation.schema}${error.schemaPath}` }, () =>
      isKey ? (positions.keyPlace?.(pointer) ?? positions.place(pointer)) : positions.place(pointer),
    );
  }
  return onlyUnknownKeys;
}

/** Checks whether a value is a map from numbers of elements, which no notation has. */
function isByNumber(value: unknown): boolean {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => /^\d+$/.test(key));
}

function findingFor(error: SchemaError, found: unknown, stage: string): Finding {
  const { keyword, params } = error;
  const name = error.propertyName;
  if (name !== undefined && keyword === 'enum') {
    const allowed = names(params['allowedValues']);
    return {
      code: `${stage}/unknown-key`,
      message: `there is no key ${shorten(name)} here`,
      expected: oneOf(name, allowed, mostKeys),
      found: shorten(name),
      hint: unknownKeyHint(name, allowed),
      ...renaming(name, allowed),
    };
  }
  if (name !== undefined) {
    return {
      code: `${stage}/bad-name`,
      message: `${shorten(JSON.stringify(name))} is not a valid name`,
      expected: 'a letter or underscore, then letters, digits and underscores',
      found: shorten(name),
      ...legalName(name),
    };
  }
  switch (keyword) {
    case 'required': {
      const missing = String(params['missingProperty']);
      if (missing === 'values' && isByNumber(found)) return byNumber(error.instancePath, found as object, stage);
      const example = exampleOf(stage, missing);
      return {
        code: `${stage}/missing-key`,
        message: `the key ${missing} is missing`,
        expected: missing,
        ...(example === undefined ? {} : { hint: `add it, for example ${example}` }),
      };
    }
    case 'type': {
      if (typeof found === 'number' && !Number.isFinite(found))
        return {
          code: `${stage}/not-finite`,
          message: 'this is not a finite number',
          expected: 'a finite number',
          found: String(found),
          hint: 'write a number in digits: a model cannot contain infinity or NaN',
        };
      const allowed = (Array.isArray(params['type']) ? params['type'] : [params['type']]).map(String);
      const types = allowed.map((type) => typeWords[type] ?? type);
      return {
        code: `${stage}/wrong-type`,
        message: `this must be ${joinWords(types, 'or')}`,
        expected: joinWords(types, 'or'),
        found: whatItIs(found),
        hint: typeHint(allowed, found),
      };
    }
    case 'enum':
    case 'const': {
      const allowed = keyword === 'const' ? [String(params['allowedValue'])] : names(params['allowedValues']);
      // A map may have keys that tell JavaScript how to make a text of it.
      const written = typeof found === 'string' ? found : shorten(found);
      return {
        code: `${stage}/not-allowed`,
        message: `${shorten(found)} is not allowed here`,
        expected: oneOf(written, allowed, mostKeys),
        found: shorten(found),
        hint:
          didYouMean(written, allowed) ?? `write ${allowed.length === 1 ? allowed.join('') : 'one of these'} instead`,
      };
    }
    case 'pattern': {
      const pattern = String(params['pattern']);
      const isName = pattern.startsWith('^[A-Za-z_]');
      return {
        code: isName ? `${stage}/bad-name` : `${stage}/bad-form`,
        message: `${shorten(JSON.stringify(found))} does not have the required form`,
        expected: patternWords[pattern] ?? `text that matches ${pattern}`,
        found: shorten(found),
        ...(isName && typeof found === 'string' ? legalName(found) : {}),
      };
    }
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return {
        code: `${stage}/out-of-range`,
        message: `${error.instancePath.slice(error.instancePath.lastIndexOf('/') + 1)} is out of range`,
        expected: `${limitWords[String(params['comparison'])]?.replace('#', String(params['limit']))}`,
        found: shorten(found),
      };
    case 'maxProperties':
      return {
        code: `${stage}/bad-form`,
        message: 'these keys cannot be used together',
        expected: `at most ${String(params['limit'])} of them`,
        found: shorten(found),
        hint: 'make each of them a separate entry',
      };
    case 'minProperties':
      return {
        code: `${stage}/missing-key`,
        message: 'this map must not be empty',
        found: shorten(found),
        hint: 'write an entry in it, or remove its key',
      };
    default:
      return {
        code: `${stage}/bad-form`,
        message: `this value ${error.message ?? 'breaks the schema'}`,
        found: shorten(found),
      };
  }
}

/** Returns a hint for a key that a place does not allow; some notations keep parameters of a type next to its name. */
function unknownKeyHint(name: string, allowed: readonly string[]): string {
  // A parameter may be the beginning of a key, as weight is of weight_dependence.
  const hasParameters = allowed.includes('params');
  const similar = didYouMean(name, hasParameters ? allowed.filter((key) => !key.startsWith(`${name}_`)) : allowed);
  if (!hasParameters) return similar ?? 'remove it: no key with a similar name is allowed here';
  const within = `write a parameter of the type within params: { "params": { "${shorten(name)}": … } }`;
  return similar === undefined ? within : `${similar} Otherwise ${within}`;
}

/**
 * Reports values of some elements given as a map by their numbers, and proposes an index of numbers and a list of
 * values.
 */
function byNumber(pointer: string, found: object, stage: string): Finding {
  const [numbers, values] = [Object.keys(found), Object.values(found)].map((all) => all.map(String).join(', '));
  const key = pointer.slice(pointer.lastIndexOf('/') + 1);
  const example = /\/set\//.test(pointer)
    ? `index: [${numbers}] beside set, and ${key}: [${values}] in it`
    : `${key}: { value: [${values}], index: [${numbers}] }`;
  return {
    code: `${stage}/bad-form`,
    message: 'a map cannot give values by number',
    expected: 'a value, a list of values for all elements, or index with a list for some of them',
    found: shorten(found),
    hint: `write ${shorten(example, 120)}`,
  };
}

/** Most keys or values that are listed: all that any place allows. */
const mostKeys = 60;

const limitWords: Readonly<Record<string, string>> = {
  '>=': '# or more',
  '>': 'more than #',
  '<=': '# or less',
  '<': 'less than #',
};

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  null: 'null',
};

const patternWords: Readonly<Record<string, string>> = {
  '^[A-Za-z_][A-Za-z0-9_]*$': 'a letter or underscore, then letters, digits and underscores',
  '^[0-9a-f]{64}$': 'a SHA-256 digest: 64 hexadecimal digits',
  '^[0-9]{1,20}$': 'a whole number from 0 to 18446744073709551615',
  '^(?:model|[0-9]{1,10})$': 'a whole number from 0 to 4294967295, or model',
  '^x?y?z?$': 'the axes in order: x, y, z, xy, xz, yz or xyz',
  '^\\d{4}-\\d{4}-\\d{4}-\\d{3}[0-9X]$': 'an ORCID such as 0000-0002-1825-0097',
};

function whatItIs(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return shorten(value);
  return shorten(typeof value === 'string' ? JSON.stringify(value) : value);
}

function names(values: unknown): string[] {
  return Array.isArray(values) ? values.filter(notBoolean).map(String) : [];
}

/** Returns the hint for an illegal name: the nearest legal one. */
function legalName(written: string): { readonly hint?: string } {
  const cleaned = written
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9_]+/g, '_')
    .replace(/^(?=[0-9])/, '_')
    .slice(0, 60);
  return /[A-Za-z0-9]/.test(cleaned) && cleaned !== written ? { hint: `${cleaned} would be a name` } : {};
}
