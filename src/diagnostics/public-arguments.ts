/**
 * Checks the arguments of the public functions. JavaScript programs have no compiler that checks them, so each function
 * does, with the option's name and its permitted values.
 */

import { UsageError, throwUsageErrors } from './diagnostic.js';
import { isObject } from './member.js';
import { didYouMean, shorten } from './suggest.js';

/** The kind of an option's values: its description, and the test of a value. */
export interface ArgumentKind {
  readonly takes: string;
  readonly fits: (value: unknown) => boolean;
}

/** The kind of each option of a function. */
export type ArgumentKinds<Options> = { readonly [Name in keyof Required<Options>]: ArgumentKind };

const isText = (value: unknown): boolean => typeof value === 'string';

export const text = (example: string): ArgumentKind => ({ takes: `text, such as '${example}'`, fits: isText });
export const texts = (example: string): ArgumentKind => ({
  takes: `a list of texts, such as ['${example}']`,
  fits: (value) => Array.isArray(value) && value.every(isText),
});
export const textsByName = (example: string): ArgumentKind => ({
  takes: `an object of texts, such as ${example}`,
  fits: (value) => isObject(value) && Object.values(value).every(isText),
});
export const choice = (names: readonly string[]): ArgumentKind => ({
  takes: `one of ${names.join(', ')}`,
  fits: (value) => names.some((name) => name === value),
});
export const flag: ArgumentKind = { takes: 'true or false', fits: (value) => typeof value === 'boolean' };
export const count: ArgumentKind = {
  takes: 'a whole number of 0 or more',
  fits: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
};
export const callback: ArgumentKind = { takes: 'a function', fits: (value) => typeof value === 'function' };
export const list = (items: string): ArgumentKind => ({ takes: `a list of ${items}`, fits: Array.isArray });
export const object = (what: string, keys: readonly string[] = []): ArgumentKind => ({
  takes: what,
  fits: (value) => isObject(value) && keys.every((key) => key in value),
});
export const abortSignal: ArgumentKind = {
  takes: 'the signal of an AbortController',
  fits: (value) => value instanceof AbortSignal,
};

/** A model that `importModel` returns. */
export const importedModel = object('a model that importModel returns', ['valid', 'hashes']);
/** The model without the facts of its document. */
export const validModel = object('the property valid of a model that importModel returns', ['model', 'data']);

/**
 * Checks one argument of a function.
 *
 * @throws UsageError that describes the permitted values
 */
export function checkArgument(caller: string, value: unknown, { takes, fits }: ArgumentKind, hint?: string): void {
  if (!fits(value)) throw new UsageError(`${caller} takes ${takes}, not ${described(value)}`, hint);
}

/**
 * Checks the options of a function. Options that are undefined are absent.
 *
 * @throws UsageError with everything that is wrong with them
 */
export function checkOptions<Options extends object>(
  caller: string,
  options: unknown,
  kinds: ArgumentKinds<Options>,
): void {
  checkArgument(caller, options, object('an object of options'));
  const known: Readonly<Record<string, ArgumentKind>> = kinds;
  throwUsageErrors(
    Object.entries(options as object).flatMap(([name, value]: [string, unknown]) => {
      if (value === undefined) return [];
      const kind = Object.hasOwn(known, name) ? known[name] : undefined;
      if (kind === undefined)
        return [
          new UsageError(
            `${caller} has no option ${shorten(name)}`,
            didYouMean(name, Object.keys(known)) ?? `its options are ${Object.keys(known).join(', ')}`,
          ),
        ];
      return kind.fits(value) ? [] : [new UsageError(`${name} takes ${kind.takes}, not ${described(value)}`)];
    }),
  );
}

/** Describes a value in a message, if its text is short. */
function described(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return 'another object';
  return typeof value === 'string' ? `'${shorten(value)}'` : shorten(value);
}
