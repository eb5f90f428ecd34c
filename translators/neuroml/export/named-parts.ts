/** Populations, connections and constant currents of cells by NeuroML's names. */

import { dimensionless, type Expression } from '../../../src/lang/ast.js';
import { binary, number } from '../../../src/lang/build.js';
import { namesIn } from '../../../src/lang/walk.js';
import { ampere, second } from '../../../src/lang/dimension.js';
import { plain, tidy, valueAt } from '../../../src/library/recognise/numbers.js';
import { arrivalOf, throughPorts } from '../../../src/library/recognise/synapses.js';
import { child } from '../../../src/model/pointer.js';
import type { ExportContext } from './context.js';
import { elementsBySet } from './few-values.js';
import { delaysOf, delayTexts } from './synapses/delays.js';
import { dimensionOfUnit } from './text/dimensions.js';
import { inputList } from './inputs/inputs.js';
import type { NamedCell, ValueOf } from './named-cell.js';
import { listTypes, mixedTypes } from './synapses/network-types.js';
import type { PairedProjection } from './synapses/pairs.js';
import { longAfter } from './inputs/pulses.js';
import { componentTypeOf, weightUnit } from './synapses/delta-synapse.js';
import { keptTexts, numberText, quantityText } from './text/quantity-text.js';
import { largest, numberAt, type Numbers } from '../../../src/library/element-values.js';
import { countsOf, type NetworkOutput } from './network-output.js';
import { element, listOf, type Element } from './text/xml-text.js';

/**
 * Returns the constant current into cells, in A or as a pure number for cells without dimensions; undefined if there is
 * none. In a population of NeuroML, whose cells are alike, currents of PyNN's cells that differ (`i_offset`, in nA) are
 * inputs.
 */
export function driveOf(
  { cell }: NamedCell,
  values: ReadonlyMap<string, Numbers>,
  { plain }: ExportContext,
): Expression | undefined {
  const offset = plain === true && cell.isPynn ? cell.attributes.get('i_offset')?.value : undefined;
  const differs = offset && [...namesIn(offset)].some((key) => typeof values.get(key) === 'object');
  return differs === true ? binary('*', offset, number(1e-9)) : cell.drive;
}

/** Writes a population and its constant currents. */
export function writeNamedPopulation(
  name: string,
  size: number,
  type: string,
  named: NamedCell,
  written: NetworkOutput,
  context: ExportContext,
): void {
  cells(name, size, type, named, written, context);
  constantCurrents(name, size, named, written, context);
}

/** Writes a population of one component, or one population for each cell if their parameters differ. */
function cells(
  name: string,
  size: number,
  type: string,
  named: NamedCell,
  written: NetworkOutput,
  context: ExportContext,
): void {
  const { ids, plain: isPlain } = context;
  const { plan, cell, keys, attributes, starts } = named;
  const values = written.values.get(name) ?? new Map<string, Numbers>();
  const drive = driveOf(named, values, context);
  const inputs = !drive || (drive === cell.drive && !named.component) ? new Set<string>() : namesIn(drive);
  const valueOf =
    (k: number): ValueOf =>
    (key) =>
      numberAt(values.get(key), k);
  if (plan.componentType === 'SpikeSourcePoisson') noteSeveralSpikes(name, largest(values.get('rate') ?? 0), context);
  const make = (wanted: string, k: number): string => {
    if (named.component) return named.component(wanted, valueOf(k));
    const id = ids.claim(wanted);
    written.components.push(
      element(plan.componentType, { id, ...attributes(valueOf(k)), ...(inputs.size > 0 ? { i_offset: '0' } : {}) }),
    );
    return id;
  };
  const own = keys.filter((key) => !inputs.has(key));
  if (!starts && (isPlain || own.every((key) => typeof (values.get(key) ?? 0) === 'number')))
    return populationsBySet(name, elementsBySet(size, own, values), make, written, context);
  const isOne = own.every((key) => typeof (values.get(key) ?? 0) === 'number');
  const component = make(isOne ? `${name}_cells` : `${name}_cell_0`, 0);
  const all = Array.from({ length: size }, (_, k) => (isOne || k === 0 ? component : make(`${name}_cell_${k}`, k)));
  if (!starts) return mixed(name, all, written, context);
  const [list, item] = written.listNames(`${type} ${isOne ? '' : 'mixed'}`, () => {
    const names = [ids.claim(`${type}_population`), ids.claim(`${type}_element`)] as const;
    return { names, types: isOne ? listTypes(...names, type, starts.names) : mixedTypes(...names, starts.names) };
  });
  const items = all.map((cell, k) =>
    element(item, { id: String(k), ...(isOne ? {} : { cell }), ...starts.texts(valueOf(k)) }),
  );
  written.populations.push(element(list, { id: name, component }, items));
  written.place(name, (index) => `${name}/${index}/${all[index] ?? ''}`);
}

/**
 * Writes a population for each set of elements with equal values: one by the name of the model's, several with numbers,
 * such as `exc_1` and `exc_2`.
 *
 * @param make  writes the component of an element under the wanted id, and returns its id
 */
export function populationsBySet(
  name: string,
  sets: readonly (readonly number[])[],
  make: (wanted: string, element: number) => string,
  written: NetworkOutput,
  { ids, report }: ExportContext,
): void {
  const [paths, cells]: [string[], Record<string, readonly number[]>] = [[], {}];
  sets.forEach((elements, n) => {
    const id = sets.length === 1 ? name : ids.claim(`${name}_${n + 1}`);
    const component = make(`${id}_cells`, elements[0] ?? 0);
    cells[id] = elements;
    written.populations.push(element('population', { id, component, size: String(elements.length) }));
    elements.forEach((k, ordinal) => (paths[k] = `${id}[${ordinal}]`));
  });
  if (sets.length > 1)
    report.add({
      verdict: 'convention',
      code: 'lems/one-by-one',
      pointer: child('/populations', name),
      message: `${sets.length} sets of values are populations of their own, since those of NeuroML have one component`,
      cells,
    });
  if (sets.length === 1) written.place(name, (index) => `${name}[${index}]`);
  else written.place(name, (index) => paths[index] ?? '');
}

/**
 * Writes a population with a separate component for each element; with only NeuroML's elements, one population for
 * each.
 */
export function mixed(name: string, made: readonly string[], written: NetworkOutput, context: ExportContext): void {
  const { ids, plain } = context;
  if (plain || written.cells.size > 0) {
    const sets = made.map((_, k) => [k]);
    return populationsBySet(name, sets, (_, k) => made[k] ?? '', written, context);
  }
  const [list, item] = written.listNames('', () => {
    const names = [ids.claim('mixedPopulation'), ids.claim('mixedElement')] as const;
    return { names, types: mixedTypes(...names) };
  });
  const items = made.map((cell, k) => element(item, { id: String(k), cell }));
  written.populations.push(element(list, { id: name, component: made[0] ?? '' }, items));
  written.place(name, (index) => `${name}/${index}/${made[index]}`);
}

/**
 * Reports that a Poisson source of LEMS postpones spikes, since it spikes at most once in a step.
 *
 * @param rate  the largest, in Hz
 */
function noteSeveralSpikes(name: string, rate: number, { report }: ExportContext): void {
  if (rate > 0)
    report.different(
      'lems/several-spikes',
      child('/populations', name),
      'a source of LEMS spikes at most once per step; further spikes wait for later steps',
    );
}

/** The constant currents of cells of a population, as generators of pulses that begin at once and do not end. */
function constantCurrents(
  name: string,
  size: number,
  named: NamedCell,
  written: NetworkOutput,
  context: ExportContext,
): void {
  const { dimensions, ids } = context;
  const { isPure } = named.cell;
  const values = written.values.get(name) ?? new Map<string, Numbers>();
  const drive = driveOf(named, values, context);
  if (!drive) return;
  const groups = new Map<number, number[]>();
  for (let k = 0; k < size; k++) {
    const amplitude = tidy(valueAt(drive, (key) => numberAt(values.get(key), k)));
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

/**
 * Writes a projection by a core type of synapse (`isStandardSynapse`). Cells with their own time constants have their
 * own synapses.
 */
export function writeNamedProjection(
  { name, projection, type, source, target, pairs, values }: PairedProjection,
  { cell }: NamedCell,
  written: NetworkOutput,
  context: ExportContext,
): void {
  const { ids, dimensions } = context;
  const arrival = arrivalOf(throughPorts(type, projection.receptors));
  const receptor = typeof arrival === 'string' ? undefined : cell.receptors.get(arrival.variable);
  if (typeof arrival === 'string' || !receptor) return;
  const { base, factor } = receptor;
  const componentType = componentTypeOf(receptor, written, ids);
  const count = pairs.sources.length;
  const cells = written.values.get(target) ?? new Map<string, Numbers>();
  const isUniform = [...values.values()].every((numbers) => typeof numbers === 'number');
  const amount = plain(arrival.amount, values);
  const weightAt = (k: number): number => valueAt(amount, (key) => numberAt(values.get(key), k)) * factor;
  // If weights give the strength, weight 1 is 1 nS or 1 nA, or 1 mV of a jump.
  const unit = base === undefined ? weightUnit(receptor) : 1e-9;
  const baseWeight = isUniform && count > 0 ? weightAt(0) : unit;
  const attributesAt = (j: number): Readonly<Record<string, string>> =>
    Object.fromEntries(
      [...receptor.attributes].map(([key, { unit: si, value }]) => {
        const number = valueAt(value, (name) => (name === 'weight' ? baseWeight : numberAt(cells.get(name), j)));
        return [key, quantityText(tidy(number), dimensionOfUnit(si), dimensions)];
      }),
    );
  const delays = delaysOf(name, projection, type, count, context);
  const delayOf = delayTexts(delays, context);
  type Group = { readonly id: string; readonly members: number[] };
  const groups = new Map<string, Group>();
  const byTarget = new Map<number, Group>();
  const groupOf = (j: number): Group => {
    const attributes = attributesAt(j);
    const key = JSON.stringify(attributes);
    const made = groups.get(key) ?? { id: ids.claim(`${name}_synapses`), members: [] };
    if (!groups.has(key)) written.components.push(element(componentType, { id: made.id, ...attributes }));
    groups.set(key, made);
    return made;
  };
  pairs.targets.forEach((j, k) => {
    const group = byTarget.get(j) ?? groupOf(j);
    byTarget.set(j, group);
    group.members.push(k);
  });
  const textOf = keptTexts((weight) => numberText(Number((weight / unit).toPrecision(15))));
  const isUnit = isUniform && base !== undefined;
  const connection = (k: number, ordinal: number): Element => {
    const ends = {
      id: String(ordinal),
      preCellId: `../${written.pathOf(source, pairs.sources[k] ?? 0) ?? ''}`,
      postCellId: `../${written.pathOf(target, pairs.targets[k] ?? 0) ?? ''}`,
    };
    return isUnit && delays === 0
      ? element('connection', ends)
      : element('connectionWD', {
          ...ends,
          weight: isUnit ? '1' : textOf(weightAt(isUniform ? 0 : k)),
          delay: delayOf(k),
        });
  };
  [...groups.values()].forEach(({ id, members }, ordinal) => {
    const counts = countsOf(members.map((k) => pairs.targets[k] ?? 0));
    written.receptors.push({ receptor, population: target, component: id, counts });
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
}
