/** Values of a specification as Python. */

import { invariant } from '../../../src/diagnostics/diagnostic.js';
import { followed, quoted, spaced, type Source } from '../../shared/python.js';
import type { DataReference, Quantities, Values } from '../specification.js';
import type { Companion } from './companion.js';
import { pythonName, pythonValue } from './python-text.js';
import { isList } from '../../../src/model/collections.js';

/** `[1, 2, 3] * mV`. */
export function listCode(values: Quantities, key: string, companion: Companion): Source {
  if (isList(values)) return companion.list(values.map(Number), key);
  return inUnit(companion.list(values.values.map(Number), key), values.unit);
}

/** Numbers in a unit. */
export const inUnit = (values: Source, unit: string | undefined): Source =>
  unit === undefined ? values : followed(values, ` * ${spaced(unit)}`);

/** What is written out is in the specification itself. */
export function inDocument<T extends object>(value: T | DataReference): T {
  invariant(!('$data' in value), 'brian/script', 'a specification that is written out has its arrays in it');
  return value;
}

/** A value, or a list of them. */
export function valueCode(value: Values, key: string, companion: Companion): Source {
  return typeof value === 'object' ? listCode(inDocument(value), key, companion) : pythonValue(value);
}

/** `P[0:3200]` with P's name in Python. */
export function sliceCode(text: string): string {
  const bracket = text.indexOf('[');
  return bracket < 0 ? pythonName(text) : `${pythonName(text.slice(0, bracket))}${text.slice(bracket)}`;
}

/** A text in quotes, where there is one. */
export const textOf = (text: string | undefined): string | undefined => (text === undefined ? undefined : quoted(text));

/**
 * A variable of an object, or some of its values (`["i > 0"]`). To read `G.x_` is to read `x` without its unit, so Brian gives a
 * variable with such a name as the object's state.
 */
export const variableCode = (object: string, name: string, where: string): string =>
  where !== '' && name.endsWith('_') ? `${object}.state(${quoted(name)})${where}` : `${object}.${name}${where}`;
