/** Populations: cells of a type, cells by a name that NeuroML has, and spikes that are replayed. */

import { dimensionless } from '../../../src/lang/ast.js';
import { second } from '../../../src/lang/dimension.js';
import { oncePerObject } from '../../../src/diagnostics/memoise.js';
import { populationOf } from '../../../src/model/selected.js';
import { areInFile, endOf } from '../../../src/model/tagged.js';
import { numbersOf } from '../../../src/model/arrays.js';
import { child } from '../../../src/model/pointer.js';
import { timingProperties } from '../../../src/model/timing-properties.js';
import type { Model, NeuronType, Population } from '../../../src/model/typed.js';
import { isStructured, writeStructuredPopulation } from './cells/network.js';
import { spikeSource, type CellPlan, type ExportContext } from './context.js';
import { countOf } from './usage.js';
import { lemsDimension } from './text/dimensions.js';
import { elementsBySet, variableOf } from './few-values.js';
import { mixed, populationsBySet, writeNamedPopulation } from './named-parts.js';
import { listTypes } from './synapses/network-types.js';
import { keptTexts, quantityText } from './text/quantity-text.js';
import { numberAt, type Numbers } from '../../../src/library/element-values.js';
import type { NetworkOutput } from './network-output.js';
import { element, listOf } from './text/xml-text.js';

/** Writes a population. */
export function writePopulation(
  name: string,
  population: Population,
  written: NetworkOutput,
  context: ExportContext,
): void {
  if (population.type === undefined) return replay(name, population, written, context);
  const plan = written.plans.get(population.type);
  const type = context.model.neurons[population.type];
  if (!plan || !type) return;
  const structured = written.cells.get(name);
  if (structured) return writeStructuredPopulation(name, population, structured, written, context);
  if (isStructured(type)) return;
  const named = written.named.get(population.type);
  if (named) return writeNamedPopulation(name, population.size, population.type, named, written, context);
  cells(name, population, type, plan, written, context);
}

function cells(
  name: string,
  { type: id = '', size }: Population,
  type: NeuronType,
  plan: CellPlan,
  written: NetworkOutput,
  context: ExportContext,
): void {
  const { dimensions, ids } = context;
  const values = written.values.get(name) ?? new Map<string, Numbers>();
  const dimensionOf = (key: string) => {
    const owner = plan.starts.has(key) ? variableOf(key) : key;
    return lemsDimension(type.parameters[owner]?.unit ?? type.state[owner]?.unit ?? '1');
  };
  // Sums over attachments are derived, although the model has a parameter for them.
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
  const make = (wanted: string, k: number): string => {
    const attributes = keys.flatMap((key) => {
      const target = targetOf(key);
      return target === undefined || plan.varying.has(key) ? [] : [[target, textOf(key, k)] as const];
    });
    const component = ids.claim(wanted);
    written.components.push(element(plan.componentType, { id: component, ...Object.fromEntries(attributes) }));
    return component;
  };
  const own = keys.filter((key) => plan.varying.has(key));
  if (own.length === 0) return populationsBySet(name, elementsBySet(size, keys, values), make, written, context);
  const component = make(`${name}_cells`, 0);
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

/** Spikes at given times. */
function replay(name: string, { spikes, size }: Population, written: NetworkOutput, context: ExportContext): void {
  const { report, ids, data, model, dimensions } = context;
  const pointer = child(child('/populations', name), 'spikes');
  const { addsUpTime } = timingProperties[model.timing];
  if (!spikes || areInFile(spikes)) return report.missing(pointer, 'spikes stored in a file');
  const [indices, times] = [numbersOf(spikes.indices, data), numbersOf(spikes.times, data)];
  const trains = Array.from({ length: size }, (): number[] => []);
  const length = endOf(model.experiment.protocol);
  const repeats = spikes.period === undefined ? 1 : Math.ceil(length / spikes.period);
  for (let again = 0; again < repeats; again++)
    for (let k = 0; k < times.length; k++)
      trains[indices[k] ?? 0]?.push((times[k] ?? 0) + again * (spikes.period ?? 0));
  const timeOf = keptTexts((at) => quantityText(at, second, dimensions, addsUpTime));
  for (const train of trains) train.sort((a, b) => a - b);
  const made = listens(name, model)
    ? listeningSources(name, trains, timeOf, written, context)
    : trains.map((train, k) => {
        const id = ids.claim(size === 1 ? `${name}_spikes` : `${name}_spikes_${k}`);
        const items = listOf(train, (at, ordinal) => element('spike', { id: String(ordinal), time: timeOf(at) }));
        written.components.push({ ...element('spikeArray', { id }), ...(train.length > 0 ? { items } : {}) });
        return id;
      });
  if (size > 1) return mixed(name, made, written, context);
  written.populations.push(element('population', { id: name, component: made[0] ?? '', size: '1' }));
  written.place(name, (index) => `${name}[${index}]`);
}

/** Checks whether synapses are on a source of spikes, as for plasticity between given trains. */
const listens = (name: string, model: Model): boolean => targetsIn(model).has(name);

const targetsIn = oncePerObject(
  ({ projections }: Model): ReadonlySet<string | undefined> =>
    new Set(Object.values(projections).map(({ to }) => populationOf(to.of))),
);

/** The most spikes of a source with synapses, which has a parameter for each. */
const mostTimes = 100;

/**
 * Writes sources of spikes with synapses as cells that fire at given times: spike arrays have a list already, and the
 * reference interpreter attaches synapses only to cells with one list.
 */
function listeningSources(
  name: string,
  trains: readonly (readonly number[])[],
  timeOf: (at: number) => string,
  written: NetworkOutput,
  { ids, report }: ExportContext,
): readonly string[] {
  const most = trains.reduce((longest, { length }) => Math.max(longest, length), 1);
  const times = Array.from({ length: Math.min(most, mostTimes) }, (_, k) => `time_${k + 1}`);
  if (most > mostTimes)
    report.missing(child('/populations', name), `synapses on a source of more than ${mostTimes} spikes`);
  const componentType = ids.claim(`${name}_source`);
  const [count, next] = ['spike_count', 'next_time'];
  const cases = times.map((value, k) => element('Case', { condition: `${count} .lt. ${k + 1}`, value }));
  const isDue = `(${count} .lt. number_of_spikes) .and. (t .geq. ${next})`;
  written.types.push(
    element(
      'ComponentType',
      { name: componentType, extends: 'baseSpikingCell', description: 'Fires at given times.' },
      [
        element('Parameter', { name: 'number_of_spikes', dimension: 'none' }),
        ...times.map((time) => element('Parameter', { name: time, dimension: 'time' })),
        element('Exposure', { name: count, dimension: 'none' }),
        element('Attachments', { name: 'synapses', type: 'basePointCurrent' }),
        element('Dynamics', {}, [
          element('StateVariable', { name: count, dimension: 'none', exposure: count }),
          element('ConditionalDerivedVariable', { name: next, dimension: 'time' }, [
            ...cases.slice(0, -1),
            element('Case', { value: times.at(-1) ?? '' }),
          ]),
          element('OnCondition', { test: isDue }, [
            element('StateAssignment', { variable: count, value: `${count} + 1` }),
            element('EventOut', { port: 'spike' }),
          ]),
        ]),
      ],
    ),
  );
  written.plans.set(spikeSource, {
    type: spikeSource,
    componentType,
    attachment: 'baseSynapse',
    channels: [],
    varying: new Set(),
    visible: new Map([[countOf('spike'), { name: count, dimension: dimensionless }]]),
    starts: new Map(),
  });
  return trains.map((train, k) => {
    const id = ids.claim(trains.length === 1 ? `${name}_cells` : `${name}_${k + 1}_cells`);
    const given = times.map((time, n) => [time, timeOf(train[n] ?? 0)] as const);
    const attributes = { id, number_of_spikes: String(train.length), ...Object.fromEntries(given) };
    written.components.push(element(componentType, attributes));
    return id;
  });
}
