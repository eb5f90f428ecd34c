/** The connections of `Synapses` in a script. */

import { call, layout, type Source } from '../../shared/python.js';
import { isTable } from '../connect.js';
import type { Connect, ConnectArguments } from '../specification.generated.js';
import type { Companion } from './companion.js';
import { keyword, pythonString, pythonValue } from './python-text.js';
import { inDocument } from './values.js';

/** Returns a call of `connect`. `key`: the place of its arrays in the companion file. */
export function connectLine(object: string, rule: Connect, key: string, companion: Companion): string {
  if (typeof rule !== 'object') return layout(call(`${object}.connect`, rule === true ? [] : [pythonValue(rule)]));
  // Importing has replaced tables by indices.
  if (isTable(rule)) return '';
  // NumPy makes arrays of floats from empty lists, which Brian rejects as indices.
  if (Array.isArray(rule.i) && rule.i.length === 0) return layout(call(`${object}.connect`, [pythonValue(false)]));
  const single = [rule.i, rule.j].every((side) => Array.isArray(side) && side.length === 1);
  const index = (side: 'i' | 'j', value: ConnectArguments['i']): readonly Source[] =>
    keyword(
      side,
      value === undefined
        ? undefined
        : single && Array.isArray(value)
          ? value.join()
          : typeof value === 'object'
            ? companion.indices(inDocument(value), `${key}${side}`)
            : pythonIndex(value),
    );
  return layout(
    call(`${object}.connect`, [
      ...(rule.condition === undefined ? [] : [pythonValue(rule.condition)]),
      ...index('i', rule.i),
      ...index('j', rule.j),
      ...keyword('p', rule.p === undefined ? undefined : pythonValue(rule.p)),
      ...keyword('n', rule.n === undefined ? undefined : pythonIndex(rule.n)),
      ...keyword('skip_if_invalid', rule.skip_if_invalid === true ? 'True' : undefined),
    ]),
  );
}

/** Returns an index, or Brian's text for one, which stays a text even if it is a number. */
const pythonIndex = (value: number | string): string =>
  typeof value === 'number' ? String(value) : pythonString(value);
