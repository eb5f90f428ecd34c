/** Text with a unit in place of a number of PyNN, which has fixed units. */

import { memberOf } from '../../src/diagnostics/member.js';
import type { Finding } from '../../src/diagnostics/diagnostic.js';
import { equalDimensions } from '../../src/lang/dimension.js';
import { divideRationals } from '../../src/lang/rational.js';
import { scaleDecimal } from '../../src/lang/quantity.js';
import { standardCells } from '../../src/library/pynn/index.js';
import { nodeAt, segments } from '../../src/model/pointer.js';
import { parseUnit, type Unit } from '../../src/lang/units.js';
import { unitOf } from './cells.js';
import * as messages from './messages.js';
import { words } from './vocabulary.js';

/** Units of numbers that belong to no class. */
const units: Readonly<Record<string, string>> = {
  timestep: 'ms',
  min_delay: 'ms',
  max_delay: 'ms',
  run: 'ms',
  run_until: 'ms',
  sampling_interval: 'ms',
};

/**
 * Returns a finding for text with a unit, such as `20 mV` for `tau_m`. Returns undefined for other text, and for values
 * without a known unit.
 */
export function numberWithUnit(found: unknown, pointer: string, document: unknown): Finding | undefined {
  const written =
    typeof found === 'string' ? /^([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*([A-Za-z].*)$/.exec(found.trim()) : null;
  const [, digits = '', unit = ''] = written ?? [];
  const name = segments(pointer).at(-1) ?? '';
  const wanted = unitAt(pointer, name, document);
  if (written === null || wanted === undefined) return undefined;
  const given = readUnit(unit);
  // Weights have one of several units, which stand before a condition.
  const possible = wanted.split(', as ')[0]?.split(/, | or /) ?? [];
  const needed = possible.map(readUnit).find((one) => one && given && equalDimensions(one.dimension, given.dimension));
  const number = given && needed ? scaleDecimal(digits, divideRationals(given.scale, needed.scale)) : undefined;
  return messages.numberInUnit(name, wanted, written[0], number);
}

/** Returns the unit of a number in a document. */
function unitAt(pointer: string, name: string, document: unknown): string | undefined {
  const holder = nodeAt(document, pointer.replace(/\/(?:params|initial_values)\/[^/]*$/, ''));
  if (/\/initial_values\/[^/]*$/.test(pointer)) {
    const cell = standardCells.get(String(memberOf(memberOf(holder, 'cell'), 'type')));
    return cell === undefined || !(name in (cell.neuron.state ?? {})) ? undefined : unitOf(cell, name);
  }
  if (!/\/params\/[^/]*$/.test(pointer)) return Object.hasOwn(units, name) ? units[name] : undefined;
  const type = String(memberOf(holder, 'type'));
  return Object.values(words).find((types) => Object.hasOwn(types, type))?.[type]?.[name]?.unit;
}

function readUnit(text: string): Unit | undefined {
  try {
    return parseUnit(text);
  } catch {
    return undefined;
  }
}
