/** Populations: cells of a type, cells by a name that NeuroML has, and spikes that are replayed. */

import { second } from '../../../src/lang/dimension.js';
import { areInFile, endOf } from '../../../src/model/tagged.js';
import { numbersOf } from '../../../src/model/arrays.js';
import { percentWaiting } from '../../../src/library/poisson-counts.js';
import { child } from '../../../src/model/pointer.js';
import type { NeuronType, Population } from '../../../src/model/model.js';
import { isStructured, writeStructuredPopulation } from './cells/network.js';
import { type CellPlan, type ExportContext } from './context.js';
import { lemsDimension } from './text/dimensions.js';
import { constantCurrents, startedPopulation } from './found-parts.js';
import { listTypes, mixedTypes } from './synapses/network-types.js';
import { keptTexts, quantityText } from './text/quantity-text.js';
import type { StandardCell } from './standard-cell.js';
import { largest, numberAt, type Numbers } from './values.js';
import type { Written } from './written.js';
import { element, listOf } from './text/xml-text.js';

/** Writes a population. */
export function writePopulation(name: string, population: Population, written: Written, context: ExportContext): void {
  if (population.type === undefined) return replay(name, population, written, context);
  const plan = written.plans.get(population.type);
  const type = context.model.neurons[population.type];
  if (!plan || !type) return;
  const structured = written.cells.get(name);
  if (structured) return writeStructuredPopulation(name, population, structured, written, context);
  if (isStructured(type)) return;
  const standard = written.standards.get(population.type);
  if (standard) {
    const { found } = standard;
    if (found?.startsApart === true)
      startedPopulation(name, population.size, population.type, standard, found, written, context);
    else standardPopulation(name, population.size, standard, written, context);
    if (found) constantCurrents(name, population.size, found, written, context);
    return;
  }
  cells(name, population, type, plan, written, context);
}

function cells(
  name: string,
  { type: id = '', size }: Population,
  type: NeuronType,
  plan: CellPlan,
  written: Written,
  context: ExportContext,
): void {
  const { dimensions, ids } = context;
  const values = written.values.get(name) ?? new Map<string, Numbers>();
  const component = ids.claim(`${name}_cells`);
  const dimensionOf = (key: string) => lemsDimension(type.parameters[key]?.unit ?? type.state[key]?.unit ?? '1');
  // What is summed over attachments is derived, though the model has a parameter for it.
  const isSum = (key: string): boolean =>
    plan.channels.some(({ variable, kind }) => kind === 'sum' && variable === key);
  const targetOf = (key: string): string | undefined =>
    plan.starts.get(key) ?? (isSum(key) ? undefined : plan.visible.get(key)?.name);
  const textOf = (key: string, k: number): string =>
    quantityText(numberAt(values.get(key), k), dimensionOf(key), dimensions);
  const more = [...values.keys()].filter(
    (key) => !Object.hasOwn(type.parameters, key) && !Object.hasOwn(type.state, key),
  );
  const keys = [...new Set([...Object.keys(type.parameters), ...plan.starts.keys(), ...more])];
  const attributes = keys.flatMap((key) => {
    const target = targetOf(key);
    return target === undefined || plan.varying.has(key) ? [] : [[target, textOf(key, 0)] as const];
  });
  written.components.push(element(plan.componentType, { id: component, ...Object.fromEntries(attributes) }));
  const own = keys.filter((key) => plan.varying.has(key));
  if (own.length === 0) {
    written.populations.push(element('population', { id: name, component, size: String(size) }));
    written.place(name, (index) => `${name}[${index}]`);
    return;
  }
  const [list, item] = written.listNames(id, () => {
    const names = [ids.claim(`${id}_population`), ids.claim(`${id}_element`)] as const;
    const ownValues = own.map((key) => [targetOf(key) ?? key, dimensions.nameOf(dimensionOf(key))] as const);
    return { names, types: listTypes(...names, id, ownValues) };
  });
  const items = Array.from({ length: size }, (_, k) =>
    element(item, { id: String(k), ...Object.fromEntries(own.map((key) => [targetOf(key) ?? key, textOf(key, k)])) }),
  );
  written.populations.push(element(list, { id: name, component }, items));
  written.place(name, (index) => `${name}/${index}/${component}`);
}

/** Cells of a core type: one component, or one for each cell where their values differ. */
function standardPopulation(
  name: string,
  size: number,
  standard: StandardCell,
  written: Written,
  context: ExportContext,
): void {
  const { ids } = context;
  const values = written.values.get(name) ?? new Map<string, Numbers>();
  const { plan } = standard;
  if (plan.componentType === 'SpikeSourcePoisson') noteSeveralSpikes(name, largest(values.get('rate') ?? 0), context);
  const make = (id: string, k: number): string => {
    const attributes = standard.attributes((key) => numberAt(values.get(key), k));
    written.components.push(element(plan.componentType, { id, ...attributes }));
    return id;
  };
  if (standard.keys.every((key) => typeof (values.get(key) ?? 0) === 'number')) {
    const component = make(ids.claim(`${name}_cells`), 0);
    written.populations.push(element('population', { id: name, component, size: String(size) }));
    written.place(name, (index) => `${name}[${index}]`);
    return;
  }
  const made = Array.from({ length: size }, (_, k) => make(ids.claim(`${name}_cell_${k}`), k));
  mixed(name, made, written, context);
}

/** Reports how many spikes a Poisson source of LEMS postpones, since it spikes at most once in a step. @param rate  the largest, in Hz */
function noteSeveralSpikes(name: string, rate: number, { dt, report }: ExportContext): void {
  if (rate > 0)
    report.approximated(
      'lems/several-spikes',
      child('/populations', name),
      `a source of LEMS spikes at most once per step: up to ${percentWaiting(rate * dt)} % of the spikes wait for the steps that follow`,
    );
}

/** A population each of whose elements is a separate component; of NeuroML's elements alone, one for each. */
function mixed(name: string, made: readonly string[], written: Written, { ids, plain, report }: ExportContext): void {
  if (plain || written.cells.size > 0) {
    report.equivalent(
      'lems/one-by-one',
      child('/populations', name),
      'each cell is a population, since those of NeuroML have one component',
    );
    const each = made.map((component) => {
      const id = ids.claim(`${name}_population`);
      written.populations.push(element('population', { id, component, size: '1' }));
      return id;
    });
    written.place(name, (index) => `${each[index] ?? ''}[0]`);
    return;
  }
  const [list, item] = written.listNames('', () => {
    const names = [ids.claim('mixedPopulation'), ids.claim('mixedElement')] as const;
    return { names, types: mixedTypes(...names) };
  });
  const items = made.map((cell, k) => element(item, { id: String(k), cell }));
  written.populations.push(element(list, { id: name, component: made[0] ?? '' }, items));
  written.place(name, (index) => `${name}/${index}/${made[index]}`);
}

/** Spikes at given times. */
function replay(name: string, { spikes, size }: Population, written: Written, context: ExportContext): void {
  const { report, ids, data, model, dimensions } = context;
  const pointer = child(child('/populations', name), 'spikes');
  if (!spikes || areInFile(spikes)) return report.missing(pointer, 'spikes stored in a file');
  const [indices, times] = [numbersOf(spikes.indices, data), numbersOf(spikes.times, data)];
  const trains = Array.from({ length: size }, (): number[] => []);
  const length = endOf(model.experiment.protocol);
  const repeats = spikes.period === undefined ? 1 : Math.ceil(length / spikes.period);
  for (let again = 0; again < repeats; again++)
    for (let k = 0; k < times.length; k++)
      trains[indices[k] ?? 0]?.push((times[k] ?? 0) + again * (spikes.period ?? 0));
  const timeOf = keptTexts((at) => quantityText(at, second, dimensions, true));
  const made = trains.map((train, k) => {
    const id = ids.claim(size === 1 ? `${name}_spikes` : `${name}_spikes_${k}`);
    const items = listOf(
      train.sort((a, b) => a - b),
      (at, ordinal) => element('spike', { id: String(ordinal), time: timeOf(at) }),
    );
    written.components.push({ ...element('spikeArray', { id }), ...(train.length > 0 ? { items } : {}) });
    return id;
  });
  if (size > 1) return mixed(name, made, written, context);
  written.populations.push(element('population', { id: name, component: made[0] ?? '', size: '1' }));
  written.place(name, (index) => `${name}[${index}]`);
}
