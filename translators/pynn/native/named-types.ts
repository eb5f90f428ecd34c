/** Types of a document's own that files of other notations hold: `cell: {nestml: cell.nestml, name: cell}`. */

import { isObject, memberOf } from '../../../src/diagnostics/member.js';
import type { Positions } from '../../../src/diagnostics/positions.js';
import { freeName } from '../../../src/model/free-name.js';
import { child } from '../../../src/model/pointer.js';
import type { Placed, Reading } from '../../shared/notation.js';

type Members = Readonly<Record<string, unknown>>;

/** Members that a cell has besides the definition of its type. */
const ofCells = new Set(['params', 'values']);

/** Returns a document in which such types are types of its own (`native`), with the content of their files. */
export function withNamedTypes(document: unknown, positions: Positions, { named }: Pick<Reading, 'named'>): Placed {
  const populations = memberOf(document, 'populations');
  const native = memberOf(document, 'native');
  const [given, synapses] = [memberOf(native, 'cells'), memberOf(native, 'synapses')];
  const cells: Record<string, unknown> = Object.fromEntries(
    Object.entries(isObject(given) ? given : {}).map(([name, type]) => [
      name,
      isObject(type) && memberOf(type, 'equations') === undefined ? { receptors: {}, ...type } : type,
    ]),
  );
  const places = new Map<string, string>();
  const typed = (population: unknown, k: number): unknown => {
    const cell = memberOf(population, 'cell');
    if (!isObject(cell) || memberOf(cell, 'type') !== undefined) return population;
    const all = Object.entries(cell);
    const model = memberOf(cell, 'name');
    const own = all.filter(([key]) => key !== 'name' && !ofCells.has(key));
    if (own.length === 0) return population;
    const definition = { receptors: {}, ...Object.fromEntries(own), ...(model === undefined ? {} : { model }) };
    const text = JSON.stringify(definition);
    const known = Object.keys(cells).find((name) => JSON.stringify(cells[name]) === text);
    const name = known ?? freeName(typeof model === 'string' ? model : 'cell', (one) => Object.hasOwn(cells, one));
    cells[name] = definition;
    if (known === undefined) places.set(child('/neurons', name), `${child('/populations', k)}/cell`);
    const rest = Object.fromEntries(all.filter(([key]) => ofCells.has(key)));
    return { ...(population as Members), cell: { type: `native:${name}`, ...rest } };
  };
  const all = Array.isArray(populations) ? populations.map(typed) : populations;
  const pointerOf = (pointer: string): string => {
    const root = /^\/neurons\/[^/]*/.exec(pointer)?.[0] ?? '';
    return places.get(root) ?? `/native${pointer.replace(/^\/neurons/, '/cells')}`;
  };
  const read = named(
    { neurons: cells, ...(isObject(synapses) ? { synapses } : {}) },
    {
      place: (pointer, span) => positions.place(pointerOf(pointer), span),
      keyPlace: (pointer) => (positions.keyPlace ?? positions.place)(pointerOf(pointer)),
    },
  );
  const back = (pointer: string): string | undefined =>
    /^\/native\/(?:cells|synapses)\//.test(pointer)
      ? pointer.slice('/native'.length).replace(/^\/cells/, '/neurons')
      : undefined;
  const { neurons, synapses: types } = read.document as { readonly neurons: Members; readonly synapses?: Members };
  if (Object.keys(neurons).length === 0 && !types) return { document, positions };
  return {
    document: {
      ...(document as Members),
      ...(all === undefined ? {} : { populations: all }),
      native: { ...(native as Members), cells: neurons, ...(types && { synapses: types }) },
    },
    positions: {
      place: (pointer, span) => {
        const own = back(pointer);
        return own === undefined ? positions.place(pointer, span) : read.positions.place(own, span);
      },
      keyPlace: (pointer) => {
        const own = back(pointer);
        const { place, keyPlace = place } = own === undefined ? positions : read.positions;
        return keyPlace(own ?? pointer);
      },
    },
  };
}
