/** Changes that phases make to the synapses of a projection. */

import { memberOf } from '../../src/diagnostics/member.js';
import { isFormula, isRandom } from './value-kinds.js';
import { child } from '../../src/model/pointer.js';
import { own, type Setting } from './context.js';
import { located, type Located } from '../shared/located.js';
import * as messages from './messages.js';
import { ownGenerator } from './connect/call.js';
import { unitOf } from './projection-values.js';
import { type TranslatedProjection } from './projections.js';
import type { Value, Values } from './specification.generated.js';
import { checkDelays, delaysOf, delaySlot, ofPairs, onOneSide, wholeMatrix, type Delays } from './synapse-values.js';
import { isNumbers, translateValue, type Slot } from './values.js';

/** Parameters that only the canonical type has. */
const ownParameters: ReadonlySet<string> = new Set(['tau_syn', 'transmission', 'delay']);

/**
 * Returns phases that set parameters of synapses. A plastic weight is set as a first value, so a reset returns to the
 * last set value, as for constant weights.
 */
export function setSynapses(
  projection: TranslatedProjection,
  params: Values,
  pointer: string,
  setting: Setting,
): unknown[] {
  const { id, standard } = { id: projection.id, standard: projection.synapse.standard };
  const set: Record<string, Located> = {};
  const first: Record<string, Located> = {};
  const entries: unknown[] = [];
  const known = [
    'weight',
    'delay',
    ...Object.keys(standard.synapse.parameters ?? {}).filter((name) => name !== 'weight'),
  ].filter((name) => name === 'delay' || !ownParameters.has(name));
  for (const [name, value] of Object.entries(params)) {
    const at = child(pointer, name);
    if (!known.includes(name) || (name === 'delay' && projection.fraction === undefined)) {
      setting.reportKey(
        messages.unknownParameter(
          name,
          standard.name,
          known.filter((other) => other !== 'delay' || projection.fraction !== undefined),
        ),
        at,
      );
    } else if (name === 'delay') {
      const delays = changedDelays(value, at, projection, setting);
      if (delays === undefined) continue;
      entries.push({
        delays: Object.fromEntries(Object.entries(delays.delays).map(([key, delay]) => [`${id}.${key}`, delay])),
      });
      for (const [key, number] of Object.entries(delays.values)) set[`${id}.${key}`] = located(number, at);
    } else {
      const slot: Slot = {
        what: name,
        unit: unitOf(standard, name),
        count: null,
        formulas: ['ij', 'd'],
        draws: 'pairs',
      };
      const translated = synapticValue(value, at, slot, projection, setting);
      if (translated === undefined) continue;
      const changes = standard.synapse.state?.[name] !== undefined;
      (changes ? first : set)[`${id}.${name}`] = translated;
    }
  }
  if (Object.keys(set).length > 0) entries.push({ set });
  if (Object.keys(first).length > 0) entries.push({ initialise: first });
  return entries;
}

/** Returns a phase that gives variables of synapses other first values. */
export function initialiseSynapses(
  projection: TranslatedProjection,
  values: Values,
  pointer: string,
  setting: Setting,
): unknown[] {
  const { id, synapse } = projection;
  const { standard } = synapse;
  const first: Record<string, Located> = {};
  for (const [name, value] of Object.entries(values)) {
    const at = child(pointer, name);
    const variable = own(standard.initial, name);
    if (variable === undefined) {
      setting.reportKey(messages.unknownVariable(name, standard.name, Object.keys(standard.initial)), at);
      continue;
    }
    const slot = { what: name, unit: unitOf(standard, variable), count: null, formulas: ['ij', 'd'] as const };
    const translated = synapticValue(value, at, slot, projection, setting);
    if (translated !== undefined) first[`${id}.${variable}`] = translated;
  }
  return Object.keys(first).length === 0 ? [] : [{ initialise: first }];
}

/**
 * Returns a value of each synapse: lists have a number for each connected pair, matrices for each pair, connected or
 * not.
 */
function synapticValue(
  value: Value,
  pointer: string,
  slot: Slot,
  projection: TranslatedProjection,
  setting: Setting,
): Located | undefined {
  const drawn = projection.connections.pairs === undefined;
  if (drawn && isNumbers(value))
    return isByRow(projection.connections.rule)
      ? translateValue(value, pointer, slot, setting)
      : byPair(value, pointer, slot.unit);
  if (drawn && Array.isArray(value)) return wholeMatrix(value, pointer, slot, setting);
  const given = inOrder(value, slot.what, pointer, projection, setting);
  return given === undefined ? undefined : translateValue(given, pointer, slot, setting);
}

/**
 * Checks whether the target draws connections by sender and then receiver, and so creates them in the order of a list.
 */
const isByRow = (rule: unknown): boolean => memberOf(rule, 'rule') === 'probability';

/** Returns numbers for connected pairs that are still to be drawn. */
const byPair = (array: readonly number[], pointer: string, unit: string): Located =>
  located({ array, unit: unit === '1' ? 1 : unit, pairs: 'connected' }, pointer);

/**
 * Returns values for pairs as a list in order of creation. PyNN takes a flat list for the connected pairs row by row,
 * and a matrix for all pairs. Synapses of one pair share one value. Undefined after an error was reported.
 */
function inOrder(
  value: Value,
  name: string,
  pointer: string,
  { connections }: TranslatedProjection,
  setting: Setting,
): Value | undefined {
  if (!Array.isArray(value) || connections.pairs === undefined) return value;
  const rows: readonly unknown[] = value;
  const { sources, targets } = connections.pairs();
  if (isNumbers(rows)) {
    const order = Array.from({ length: sources.length }, (_, k) => k).sort(
      (a, b) => (sources[a] ?? 0) - (sources[b] ?? 0) || (targets[a] ?? 0) - (targets[b] ?? 0) || a - b,
    );
    const result = new Array<number>(sources.length);
    let pair = -1;
    order.forEach((place, k) => {
      const before = order[k - 1];
      if (before === undefined || sources[before] !== sources[place] || targets[before] !== targets[place]) pair++;
      result[place] = rows[pair] ?? 0;
    });
    if (pair + 1 === rows.length) return result;
    setting.report(messages.wrongLength(name, pair + 1, rows.length), pointer);
    return undefined;
  }
  const numbers = ofPairs(rows, sources, targets);
  if (!numbers.some(Number.isNaN)) return numbers;
  setting.report(messages.wrongValue(name, 'a number for each connected pair', value), pointer);
  return undefined;
}

/** Returns new delays of a projection's synapses; undefined after an error was reported. */
function changedDelays(
  value: Value,
  pointer: string,
  projection: TranslatedProjection,
  setting: Setting,
): Delays | undefined {
  const { connections, fraction = null } = projection;
  if (fraction !== null && fraction > 0 && fraction < 1)
    return void setting.report(messages.unsupported('a change of delays that are partly dendritic'), pointer);
  if (isNumbers(value) && connections.pairs === undefined && !isByRow(connections.rule)) {
    checkDelays(value, pointer, true, setting);
    return onOneSide(byPair(value, pointer, 'ms'), fraction);
  }
  // Both the delay and what remains of it are the same draw.
  const own = fraction === 1 ? { own: ownGenerator(`delay of ${projection.id} at ${pointer}`) } : {};
  if (isRandom(value) || isFormula(value)) {
    const slot: Slot = isRandom(value) ? { ...delaySlot, draws: 'pairs', ...own } : delaySlot;
    const delay = translateValue(value, pointer, slot, setting);
    return delay && onOneSide(delay, fraction);
  }
  const given = inOrder(value, 'delay', pointer, projection, setting);
  return given === undefined ? undefined : delaysOf(given, pointer, fraction, connections, setting);
}
