/** Populations of PyNN's cells, with the numbers of a document. */

import { normalisedCell } from '../../../src/library/normalised.js';
import { cellNamed } from '../../../src/library/standard-names.js';
import type { Population, Value } from '../../../src/model/model.js';
import { coreAttribute, coreExponent, pynnNameOf } from '../export/standard-cell.js';
import type { PopulationClaim } from './claims.js';
import {
  eachOf,
  lemsTypeOf,
  NotClaimed,
  otherValues,
  short,
  typeName,
  unreadNumbers,
  type ClaimedParts,
} from './not-claimed.js';

/** A population in PyNN's types. @throws NotClaimed */
export function claimedPopulation(name: string, { cell, positions }: PopulationClaim, parts: ClaimedParts): Population {
  const { model } = parts.valid;
  const given = model.populations[name];
  const type = model.neurons[given?.type ?? ''];
  if (!given) throw new NotClaimed(`there is no population ${name}`);
  const places = given.positions ?? positions;
  const common = { size: given.size, order: 0, ...(places === undefined ? {} : { positions: places }) };
  const core = cell === undefined ? pynnNameOf(lemsTypeOf(parts.valid, given.type ?? '')) : undefined;
  const { spikes } = parts.sources[name] ?? {};
  // Spikes that random sources drew are listed.
  if (spikes || (cell === undefined && core === undefined)) {
    if (!spikes) throw new NotClaimed(`cells of ${name} are none of PyNN's`);
    return { ...common, values: {}, spikes };
  }
  const claimed = cell ?? core ?? '';
  const standard = type && cellNamed(claimed, type);
  const library = standard && normalisedCell(standard);
  if (!type || !library) throw new NotClaimed(`PyNN has no cell called ${claimed}`);
  const read = (attribute: string): Value | undefined => given.values[attribute] ?? type.parameters[attribute]?.value;
  const valueOf = (key: string): Value | undefined => {
    if (core === undefined) return read(Object.hasOwn(library.parameters, key) ? key : `${key}_start`);
    const attribute = coreAttribute(core, key);
    const value = read(attribute) ?? unreadNumbers(parts.valid, name, attribute);
    const exponent = coreExponent(core, key, library);
    return value === undefined
      ? undefined
      : eachOf(value, parts, (one) => {
          const inSI = short(one * 10 ** -exponent);
          return key === 'tau_refrac' && library.events['spike']?.refractory !== undefined
            ? wholePeriod(inSI, parts.dt)
            : inSI;
        });
  };
  return { ...common, type: typeName(parts.neurons, claimed, library), values: otherValues(library, valueOf, parts) };
}

/** The refractory period that ends half a step before a step in LEMS. */
const wholePeriod = (value: number, dt: number): number => (value > 0 ? short((value / dt + 0.5) * dt, 12) : 0);
