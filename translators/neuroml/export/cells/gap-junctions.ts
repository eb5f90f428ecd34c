/** Gap junctions between places on cells with compartments, as NeuroML's electrical projections. */

import { siemens } from '../../../../src/lang/dimension.js';
import { child } from '../../../../src/model/pointer.js';
import type { ExportContext } from '../context.js';
import type { PairedProjection } from '../synapses/pairs.js';
import { numberText, quantityText } from '../text/quantity-text.js';
import { numberAt } from '../values.js';
import type { Written } from '../written.js';
import { element } from '../text/xml-text.js';
import { gapConductance } from './core-synapse.js';
import { placesOn } from './places.js';
import type { SegmentAt } from './shape.js';

/** A place on a cell. */
interface End extends SegmentAt {
  /** Path of the cell from the network. */
  readonly cell: string;
}

/** A current of `conductance` (S) times the potential at `from` less that at `to`. */
interface Contact {
  readonly from: End;
  readonly to: End;
  readonly conductance: number;
}

/**
 * Returns the contacts of a projection, or undefined if its synapses are not gap junctions between cells with
 * compartments.
 */
export function contactsOf(
  { projection, type, source, target, pairs, values }: PairedProjection,
  written: Written,
  context: ExportContext,
): readonly Contact[] | undefined {
  const [one, other] = [written.cells.get(source), written.cells.get(target)];
  if (!one || !other) return undefined;
  const count = pairs.sources.length;
  const [from, to] = [placesOn(projection.from, count, one, context), placesOn(projection.to, count, other, context)];
  const found: Contact[] = [];
  for (let k = 0; k < count; k++) {
    const conductance = gapConductance(type, projection, (key) => numberAt(values.get(key), k), context.functions);
    if (conductance === undefined) return undefined;
    const cellOf = (population: string, index: number | undefined): string =>
      `../${written.pathOf(population, index ?? 0) ?? ''}`;
    found.push({
      from: { ...from(k), cell: cellOf(source, pairs.sources[k]) },
      to: { ...to(k), cell: cellOf(target, pairs.targets[k]) },
      conductance,
    });
  }
  return found;
}

/**
 * Writes gap junctions: each connects its ends in both directions.
 *
 * @param back  the contacts from the target to the source: of a population with itself, the same
 */
export function writeGapJunctions(
  { name, source, target }: PairedProjection,
  contacts: readonly Contact[],
  back: readonly Contact[],
  written: Written,
  { ids, dimensions, report }: ExportContext,
): void {
  const keyOf = (from: End, to: End, conductance: number): string => JSON.stringify([from, to, conductance]);
  const waiting = new Map<string, number>();
  const add = (key: string, by: number): void => {
    waiting.set(key, (waiting.get(key) ?? 0) + by);
  };
  // Of a population with itself, the first of two directions stands for both.
  const junctions = contacts.filter(({ from, to, conductance }) => {
    const key = keyOf(from, to, conductance);
    const isSecond = source === target && (waiting.get(key) ?? 0) > 0;
    if (isSecond) add(key, -1);
    else add(keyOf(to, from, conductance), 1);
    return !isSecond;
  });
  if (source !== target) for (const { from, to, conductance } of back) add(keyOf(from, to, conductance), -1);
  if ([...waiting.values()].some((count) => count !== 0))
    return report.missing(
      child('/projections', name),
      'gap junctions that act in one direction, on cells with compartments',
    );
  const [first = 0] = junctions.map(({ conductance }) => conductance);
  const alike = junctions.every(({ conductance }) => conductance === first);
  const unit = alike ? first : 1e-9;
  const synapse = ids.claim(`${name}_gap_junction`);
  written.components.push(
    element('gapJunction', { id: synapse, conductance: quantityText(unit, siemens, dimensions) }),
  );
  written.projections.push(
    element(
      'electricalProjection',
      { id: name, presynapticPopulation: source, postsynapticPopulation: target },
      junctions.map(({ from, to, conductance }, k) =>
        element(alike ? 'electricalConnectionInstance' : 'electricalConnectionInstanceW', {
          id: String(k),
          ...endAttributes(from, 'pre'),
          ...endAttributes(to, 'post'),
          synapse,
          ...(alike ? {} : { weight: numberText(Number((conductance / unit).toPrecision(15))) }),
        }),
      ),
    ),
  );
}

const endAttributes = ({ cell, segment, along }: End, end: 'pre' | 'post'): Record<string, string> => ({
  [`${end}Cell`]: cell,
  [`${end}Segment`]: String(segment),
  [`${end}FractionAlong`]: numberText(along),
});
