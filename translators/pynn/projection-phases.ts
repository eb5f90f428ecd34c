/** What phases change of the synapses of a projection. */

import { child } from '../../src/model/pointer.js';
import { own, type Setting } from './context.js';
import { located, type Located } from './located.js';
import * as messages from './messages.js';
import { delaysOf, unitOf, wholeMatrix, type TranslatedProjection } from './projections.js';
import type { Value, Values } from './specification.js';
import { isNumbers, translateValue, type Slot } from './values.js';

/** Parameters that only the canonical type has. */
const ownParameters: ReadonlySet<string> = new Set(['tau_syn', 'transmission', 'delay']);

/**
 * Phases that set parameters of synapses. A weight that changes by itself is given as a first value, so that a reset goes back to what
 * was set last, as it does for weights that stay.
 */
export function setSynapses(projection: TranslatedProjection, params: Values, pointer: string, setting: Setting): unknown[] {
  const { id, standard } = { id: projection.id, standard: projection.synapse.standard };
  const set: Record<string, Located> = {};
  const first: Record<string, Located> = {};
  const entries: unknown[] = [];
  const known = ['weight', 'delay', ...Object.keys(standard.synapse.parameters ?? {}).filter((name) => name !== 'weight')].filter(
    (name) => name === 'delay' || !ownParameters.has(name),
  );
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
      const given = inOrder(value, 'delay', at, projection, setting);
      if (given === undefined) continue;
      const delays = delaysOf(given, at, projection.fraction ?? null, projection.connections, setting);
      entries.push({ delays: Object.fromEntries(Object.entries(delays.delays).map(([key, delay]) => [`${id}.${key}`, delay])) });
      for (const [key, number] of Object.entries(delays.values)) set[`${id}.${key}`] = located(number, at);
    } else {
      const slot = { what: name, unit: unitOf(standard, name), count: null, formulas: ['ij', 'd'] as const };
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

/** A phase that gives variables of synapses other first values. */
export function initialiseSynapses(projection: TranslatedProjection, values: Values, pointer: string, setting: Setting): unknown[] {
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

/** A value of each synapse; a matrix has one for each pair, connected or not. */
function synapticValue(value: Value, pointer: string, slot: Slot, projection: TranslatedProjection, setting: Setting): Located | undefined {
  const drawn = projection.connections.pairs === undefined;
  if (drawn && Array.isArray(value) && !isNumbers(value)) return wholeMatrix(value, pointer, slot, setting);
  const given = inOrder(value, slot.what, pointer, projection, setting);
  return given === undefined ? undefined : translateValue(given, pointer, slot, setting);
}

/** Whether connections are created sender by sender, as the canonical model draws them, and not in a notation's own order. */
const isByRow = (rule: unknown): boolean => !(typeof rule === 'object' && rule !== null && 'rule' in rule && rule.rule === 'hostDrawn');

/**
 * Lists in order of creation, as the canonical model has them: PyNN takes a flat one for the connections row by row, and a matrix for
 * pairs. Undefined after what is wrong was reported.
 */
function inOrder(value: Value, name: string, pointer: string, { connections }: TranslatedProjection, setting: Setting): Value | undefined {
  if (!Array.isArray(value)) return value;
  const rows: readonly unknown[] = value;
  if (connections.pairs === undefined) {
    if (isNumbers(rows) && isByRow(connections.rule)) return rows;
    setting.report(
      messages.unsupported(`a list for ${name} of connections that a NumpyRNG draws`, 'give a matrix with a number for each pair'),
      pointer,
    );
    return undefined;
  }
  const { sources, targets } = connections.pairs();
  if (isNumbers(rows)) {
    if (rows.length !== sources.length) {
      setting.report(messages.wrongLength(name, sources.length, rows.length), pointer);
      return undefined;
    }
    const order = Array.from({ length: sources.length }, (_, k) => k).sort(
      (a, b) => (sources[a] ?? 0) - (sources[b] ?? 0) || (targets[a] ?? 0) - (targets[b] ?? 0) || a - b,
    );
    const result = new Array<number>(rows.length);
    order.forEach((place, k) => (result[place] = rows[k] ?? 0));
    return result;
  }
  const numbers = Array.from(sources, (i, k) => {
    const row: unknown = rows[i];
    const number: unknown = Array.isArray(row) ? row[targets[k] ?? 0] : undefined;
    return typeof number === 'number' ? number : NaN;
  });
  if (!numbers.some(Number.isNaN)) return numbers;
  setting.report(messages.wrongValue(name, 'a number for each connected pair', value), pointer);
  return undefined;
}
