/** Gap junctions between cells without compartments, as electrical projections of NeuroML. */

import { evaluate, NoNumber, type Functions } from '../../../../src/lang/evaluate.js';
import { integer, isZero } from '../../../../src/lang/build.js';
import { linearRate } from '../../../../src/lang/linear.js';
import { NotExpressible } from '../../../../src/library/not-expressible.js';
import { equalDimensions, siemens, volt } from '../../../../src/lang/dimension.js';
import { spelling } from '../../../../src/lang/reference.js';
import type { Projection, SynapseType } from '../../../../src/model/typed.js';
import type { ExportContext } from '../context.js';
import { near } from '../../../../src/library/recognise/numbers.js';
import { equationsOf } from '../../../../src/library/membrane/core-synapse.js';
import { numberText, quantityText } from '../text/quantity-text.js';
import { numberAt } from '../../../../src/library/element-values.js';
import type { NetworkOutput } from '../network-output.js';
import { element } from '../text/xml-text.js';
import type { PairedProjection } from './pairs.js';

/** A current of `conductance` (S) times the potential at `from` less that at `to`; ends are paths of cells. */
interface Contact {
  readonly from: string;
  readonly to: string;
  readonly conductance: number;
}

/** Returns the contacts of a projection, or undefined if its synapses are not gap junctions. */
export function contactsOf(
  { projection, type, source, target, pairs, values }: PairedProjection,
  written: NetworkOutput,
  context: ExportContext,
): readonly Contact[] | undefined {
  if (![source, target].every((population) => takesContacts(population, type, written, context))) return undefined;
  const path = (population: string, index = 0): string => `../${written.pathOf(population, index) ?? ''}`;
  const found: Contact[] = [];
  for (const [k, index] of pairs.sources.entries()) {
    const conductance = gapConductance(type, projection, (key) => numberAt(values.get(key), k), context.functions);
    if (conductance === undefined) return undefined;
    found.push({ from: path(source, index), to: path(target, pairs.targets[k]), conductance });
  }
  return found;
}

/**
 * Checks whether gap junctions can be attached to the cells of a population: they have a potential and take currents.
 */
function takesContacts(
  population: string,
  { contributes }: SynapseType,
  { cells, plans }: NetworkOutput,
  { model }: ExportContext,
): boolean {
  if (cells.has(population)) return false;
  const plan = plans.get(model.populations[population]?.type ?? '');
  const { name, dimension } = plan?.visible.get('v') ?? {};
  const takesCurrent = plan?.channels.some(
    ({ exposure, variable }) => exposure === 'i' && contributes.some(({ to }) => spelling(to) === `post.${variable}`),
  );
  return takesCurrent === true && name === 'v' && dimension !== undefined && equalDimensions(dimension, volt);
}

/**
 * Returns the conductance of a gap junction in S, or undefined for other synapses.
 *
 * @param valueOf  numbers of its parameters, in SI
 */
function gapConductance(
  type: SynapseType,
  { receptors }: Projection,
  valueOf: (name: string) => number,
  functions: Functions,
): number | undefined {
  const [current, ...currents] = type.contributes;
  const others = [type.state, type.pathways, type.summed, type.events ?? {}, receptors];
  if (current === undefined || currents.length > 0 || others.some((other) => Object.keys(other).length > 0))
    return undefined;
  const ends = ['pre.v', 'post.v'];
  try {
    const form = linearRate(equationsOf(type, ends, valueOf, functions).of(current.value), ends);
    const [pre, post] = ends.map((end) => evaluate(form?.coefficients.get(end) ?? integer(0), () => NaN, functions));
    const isDifference = form && isZero(form.constant) && near(pre ?? NaN, -(post ?? NaN));
    return isDifference ? Number(pre?.toPrecision(14)) : undefined;
  } catch (error) {
    if (error instanceof NoNumber || error instanceof NotExpressible) return undefined;
    throw error;
  }
}

/**
 * Writes gap junctions: each connects its ends in both directions. Returns false if some act in one direction alone.
 *
 * @param back  the contacts from the target to the source: of a population with itself, the same
 */
export function writeGapJunctions(
  { name, source, target }: PairedProjection,
  contacts: readonly Contact[],
  back: readonly Contact[],
  written: NetworkOutput,
  { ids, dimensions }: ExportContext,
): boolean {
  const keyOf = (from: string, to: string, conductance: number): string => JSON.stringify([from, to, conductance]);
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
  if ([...waiting.values()].some((count) => count !== 0)) return false;
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
          preCell: from,
          postCell: to,
          synapse,
          ...(alike ? {} : { weight: numberText(Number((conductance / unit).toPrecision(15))) }),
        }),
      ),
    ),
  );
  return true;
}
