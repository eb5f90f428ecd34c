/** Dimensions and units of LEMS: exponents over the SI base, and scales to it. */

import type { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { dimensionless, type Dimension } from '../../../src/lang/ast.js';
import { equalDimensions } from '../../../src/lang/dimension.js';
import type { XmlElement } from '../../../src/xml/element.js';
import type { LemsUnit } from './definitions.js';
import * as messages from './messages.js';
import { required } from './attributes.js';

/** Names of the exponents as LEMS has them, in the order of `Dimension`. */
const exponents = ['l', 'm', 't', 'i', 'k', 'n', 'j'] as const;

/** Dimensions and units by name, growing while documents are read. */
export interface UnitTable {
  /** By name. */
  readonly dimensions: Map<string, Dimension>;
  /** By symbol. */
  readonly units: Map<string, LemsUnit>;
}

/** Returns a table with the predefined dimension `none`. */
export function emptyUnitTable(): UnitTable {
  return { dimensions: new Map([['none', dimensionless]]), units: new Map() };
}

/**
 * Reads a `Dimension` element.
 *
 * @param yields whether it gives way to a known one of its name, as core types do to a model's own
 * @diagnostic lems/bad-number, lems/conflicting-definition, lems/missing-attribute
 */
export function readDimension(
  element: XmlElement,
  { dimensions }: UnitTable,
  diagnostics: Diagnostics,
  yields: boolean,
): void {
  const name = required(element, 'name', diagnostics);
  if (name === null || (yields && dimensions.has(name))) return;
  const [l, m, t, i, k, n, j] = exponents.map((exponent) => wholeNumber(element, exponent, diagnostics));
  const dimension: Dimension = [l ?? 0, m ?? 0, t ?? 0, i ?? 0, k ?? 0, n ?? 0, j ?? 0];
  const known = dimensions.get(name);
  if (known && !equalDimensions(known, dimension))
    diagnostics.add(messages.conflicting('the dimension', name), element.valuePlace('name'));
  else dimensions.set(name, dimension);
}

/**
 * As `readDimension`, for a `Unit` element; its dimension must be known. @diagnostic lems/unknown-dimension,
 * lems/bad-number, lems/conflicting-definition
 */
export function readUnit(
  element: XmlElement,
  { dimensions, units }: UnitTable,
  diagnostics: Diagnostics,
  yields: boolean,
): void {
  const symbol = required(element, 'symbol', diagnostics);
  const dimensionName = required(element, 'dimension', diagnostics);
  if (symbol === null || dimensionName === null || (yields && units.has(symbol))) return;
  const dimension = dimensions.get(dimensionName);
  if (!dimension) {
    diagnostics.add(messages.unknownDimension(dimensionName, dimensions.keys()), element.valuePlace('dimension'));
    return;
  }
  const unit: LemsUnit = {
    symbol,
    dimension,
    power: wholeNumber(element, 'power', diagnostics),
    scale: decimal(element, 'scale', 1, diagnostics),
    offset: decimal(element, 'offset', 0, diagnostics),
  };
  const known = units.get(symbol);
  const same =
    !known ||
    (equalDimensions(known.dimension, dimension) &&
      known.power === unit.power &&
      known.scale === unit.scale &&
      known.offset === unit.offset);
  if (same) units.set(symbol, unit);
  else diagnostics.add(messages.conflicting('the unit', symbol), element.valuePlace('symbol'));
}

function wholeNumber(element: XmlElement, attribute: string, diagnostics: Diagnostics): number {
  const text = element.attributes[attribute]?.trim();
  if (text === undefined || text === '') return 0;
  if (/^[-+]?\d{1,3}(\.0*)?$/.test(text) && Math.abs(Number(text)) <= 100) return Number(text) + 0;
  diagnostics.add(messages.badExponent(attribute, text), element.valuePlace(attribute));
  return 0;
}

function decimal(element: XmlElement, attribute: string, absent: number, diagnostics: Diagnostics): number {
  const text = element.attributes[attribute]?.trim();
  if (text === undefined || text === '') return absent;
  if (/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?$/.test(text) && Number.isFinite(Number(text))) return Number(text);
  diagnostics.add(messages.badNumber(`the attribute ${attribute}`, text), element.valuePlace(attribute));
  return absent;
}
