/** Populations, connections and constant currents of cells that were found to be NeuroML's by their equations. */

import { dimensionless } from '../../../src/lang/ast.js';
import { ampere, second, siemens } from '../../../src/lang/dimension.js';
import type { AbstractReceptor } from '../../../src/library/neuroml/receptors.js';
import { plain, tidy, valueAt } from '../../../src/library/recognise/numbers.js';
import { arrivalOf, throughPorts } from '../../../src/library/recognise/synapses.js';
import { startOf, startTexts } from './abstract-cell.js';
import type { ExportContext } from './context.js';
import { coreParameters } from './core-type.js';
import { delaysOf, delayTexts } from './synapses/delays.js';
import { inputList } from './inputs/inputs.js';
import { listTypes, mixedTypes } from './synapses/network-types.js';
import type { PairedProjection } from './synapses/pairs.js';
import { longAfter } from './inputs/pulses.js';
import { keptTexts, numberText, quantityText } from './text/quantity-text.js';
import type { FoundCell, StandardCell } from './standard-cell.js';
import { numberAt, type Numbers } from './values.js';
import type { Written } from './written.js';
import { element, listOf, type Element } from './text/xml-text.js';

/** Cells each with first values of its own: of one component, or one for each cell where their parameters differ. */
export function startedPopulation(
  name: string,
  size: number,
  type: string,
  { plan, keys, attributes }: StandardCell,
  { starts }: FoundCell,
  written: Written,
  context: ExportContext,
): void {
  const { dimensions, ids } = context;
  const values = written.values.get(name) ?? new Map<string, Numbers>();
  const valueOf = (k: number) => (key: string) => numberAt(values.get(key), k);
  const make = (wanted: string, k: number): string => {
    const id = ids.claim(wanted);
    written.components.push(element(plan.componentType, { id, ...attributes(valueOf(k)) }));
    return id;
  };
  const isOne = keys.every((key) => typeof (values.get(key) ?? 0) === 'number');
  const [list, item] = written.listNames(`${type} ${isOne ? '' : 'mixed'}`, () => {
    const names = [ids.claim(`${type}_population`), ids.claim(`${type}_element`)] as const;
    const own = [...starts].map(
      ([variable, { dimension }]) => [startOf(variable), dimensions.nameOf(dimension)] as const,
    );
    return { names, types: isOne ? listTypes(...names, type, own) : mixedTypes(...names, own) };
  });
  const component = make(isOne ? `${name}_cells` : `${name}_cell_0`, 0);
  const cells = Array.from({ length: size }, (_, k) => (isOne || k === 0 ? component : make(`${name}_cell_${k}`, k)));
  const items = cells.map((cell, k) => {
    return element(item, { id: String(k), ...(isOne ? {} : { cell }), ...startTexts(starts, valueOf(k), context) });
  });
  written.populations.push(element(list, { id: name, component }, items));
  written.place(name, (index) => `${name}/${index}/${cells[index] ?? ''}`);
}

/** The constant currents of cells of a population, as generators of pulses that begin at once and do not end. */
export function constantCurrents(
  name: string,
  size: number,
  { drive, isPure }: FoundCell,
  written: Written,
  context: ExportContext,
): void {
  const { dimensions, ids } = context;
  if (!drive) return;
  const values = written.values.get(name) ?? new Map<string, Numbers>();
  const groups = new Map<number, number[]>();
  for (let k = 0; k < size; k++) {
    const amplitude = tidy(drive((key) => numberAt(values.get(key), k)));
    const members = groups.get(amplitude);
    if (members) members.push(k);
    else if (amplitude !== 0) groups.set(amplitude, [k]);
  }
  const dimension = isPure ? dimensionless : ampere;
  const make = (amplitude: number): string => {
    const id = ids.claim(`${name}_current`);
    const attributes = {
      delay: quantityText(0, second, dimensions),
      duration: quantityText(longAfter, second, dimensions),
      amplitude: quantityText(amplitude, dimension, dimensions),
    };
    written.components.push(element(isPure ? 'pulseGeneratorDL' : 'pulseGenerator', { id, ...attributes }));
    return id;
  };
  if (groups.size <= mostCurrents) {
    for (const [amplitude, members] of groups) inputList(make(amplitude), name, members, written, context);
    return;
  }
  const one = isPure ? 1 : 1e-9;
  const weighted = [...groups].flatMap(([amplitude, members]) => members.map((k) => [k, amplitude / one] as const));
  weighted.sort(([a], [b]) => a - b);
  const weights = weighted.map(([, weight]) => numberText(Number(weight.toPrecision(15))));
  const targets = weighted.map(([k]) => k);
  inputList(make(one), name, targets, written, context, { weightOf: (k) => weights[k] ?? '1' });
}

/** More currents are one with a weight for each cell. */
const mostCurrents = 5;

/** Writes a projection by a core type of synapse; false where it acts on no variable that is a synapse in NeuroML. */
export function writeFoundProjection(
  { name, projection, type, source, target, pairs, values }: PairedProjection,
  { receptors }: FoundCell,
  written: Written,
  context: ExportContext,
): boolean {
  const { ids } = context;
  const own = throughPorts(type, projection.receptors);
  const arrival = arrivalOf(own);
  const receptor = typeof arrival === 'string' ? undefined : receptors.get(arrival.variable);
  if (typeof arrival === 'string' || !receptor) return false;
  const count = pairs.sources.length;
  const cells = written.values.get(target) ?? new Map<string, Numbers>();
  const isUniform = [...values.values()].every((numbers) => typeof numbers === 'number');
  const amount = plain(arrival.amount, values);
  const weightAt = (k: number): number =>
    tidy(valueAt(amount, (key) => numberAt(values.get(key), k)) * receptor.factor);
  const first = count > 0 ? weightAt(0) : 0;
  const delayOf = delayTexts(delaysOf(name, projection, type, count, context), context);
  type Group = { readonly id: string; readonly members: number[] };
  const groups = new Map<string, Group>();
  const byTarget = new Map<number, Group>();
  const groupOf = (j: number): Group => {
    const valueOf = (key: string): number => numberAt(cells.get(key), j);
    const attributes = attributesOf(receptor, isUniform ? first : undefined, valueOf, context);
    const key = JSON.stringify(attributes);
    const made = groups.get(key) ?? { id: ids.claim(`${name}_synapses`), members: [] };
    if (!groups.has(key)) written.components.push(element(receptor.name, { id: made.id, ...attributes }));
    groups.set(key, made);
    return made;
  };
  pairs.targets.forEach((j, k) => {
    const group = byTarget.get(j) ?? groupOf(j);
    byTarget.set(j, group);
    group.members.push(k);
  });
  const textOf = keptTexts((weight) => numberText(Number((weight * 1e9).toPrecision(15))));
  const shared = isUniform && receptor.base !== undefined ? '1' : undefined;
  const connection = (k: number, ordinal: number): Element =>
    element('connectionWD', {
      id: String(ordinal),
      preCellId: `../${written.pathOf(source, pairs.sources[k] ?? 0) ?? ''}`,
      postCellId: `../${written.pathOf(target, pairs.targets[k] ?? 0) ?? ''}`,
      weight: shared ?? textOf(isUniform ? first : weightAt(k)),
      delay: delayOf(k),
    });
  [...groups.values()].forEach(({ id, members }, ordinal) => {
    written.projections.push({
      ...element('projection', {
        id: ordinal === 0 ? name : ids.claim(name),
        presynapticPopulation: source,
        postsynapticPopulation: target,
        synapse: id,
      }),
      items: listOf(members, connection),
    });
  });
  return true;
}

/** Values of a synapse: those of its cell, and what a spike of weight 1 adds, which is nano where weights say how much. */
function attributesOf(
  { name, parameters, base, unit }: AbstractReceptor,
  weight: number | undefined,
  valueOf: (key: string) => number,
  { dimensions }: ExportContext,
): Readonly<Record<string, string>> {
  const own = coreParameters(name, 'baseSynapse') ?? new Map<string, never>();
  const valueIn = (key: string): number => {
    const e = parameters[key];
    if (e === undefined) return key === base ? (weight ?? 1e-9) : 0;
    // PyNN's synapses have numbers of PyNN's units.
    return tidy(valueAt(e, valueOf) * (name === 'expCurrSynapse' ? 1e3 : 1));
  };
  return Object.fromEntries(
    [...own].map(([key, { dimension }]) => [
      key,
      quantityText(
        valueIn(key),
        dimension ?? (key === base ? (unit === 'S' ? siemens : ampere) : dimensionless),
        dimensions,
      ),
    ]),
  );
}
