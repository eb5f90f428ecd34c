/**
 * From the canonical model to LEMS, with a report of what differs.
 *
 *   1. types       each neuron type, and each synapse type as it is between two populations, becomes a component type
 *   2. components  the values that all elements share
 *   3. network     populations, connections one by one, inputs
 *   4. simulation  how long, in what steps, what is written
 *
 * Synapses that act on their cell at a spike hold what has arrived for one step, in which the cell takes the sum of it. Cells that have values of
 * their own require them of the element of the population that they are in.
 */

import { ConversionReport, type ConversionEntry } from '../../src/model/conversion-report.js';
import { hashModel } from '../../src/model/hash.js';
import { child } from '../../src/model/pointer.js';
import type { ConnectionRule, Model, ValidModel } from '../../src/model/model.js';
import { elementsOf, Ids, populationOf, type ExportContext } from './export/context.js';
import { Dimensions } from './export/dimensions.js';
import { NetworkWriter } from './export/network.js';
import { readBack } from './export/read-back.js';
import { restoreDocument, type Restored } from './export/restore.js';
import { simulation } from './export/simulation.js';
import { ruleTag } from './kept-source.js';
import { element, xmlText } from './export/xml-text.js';

export interface LemsExport {
  readonly text: string;
  readonly report: readonly ConversionEntry[];
}

/** Files of core types that the reference interpreter has. */
const includes = ['Cells.xml', 'Networks.xml', 'PyNN.xml', 'Simulation.xml'];

/**
 * A model as one LEMS document.
 *
 * @param rules  the rules by which projections were connected before they were frozen, kept as properties of the network
 */
export function exportLems(valid: ValidModel, rules: Readonly<Record<string, readonly ConnectionRule[]>> = {}): LemsExport {
  const restored = restoreDocument(valid);
  return restored ? inOwnWords(restored, valid) : generated(valid, rules);
}

/** The document that a model came from. */
function inOwnWords({ text, sameHash, sameExperiment }: Restored, { model }: ValidModel): LemsExport {
  const report = new ConversionReport('lems');
  if (!sameHash)
    report.exact(
      '',
      'what is read back is the same with another model hash: components have values, their types have none',
      'lems/model-hash',
    );
  if (model.timing !== 'lems-euler') remarkTiming(model, report);
  if (!sameExperiment && model.timing === 'lems-euler')
    report.approximated(
      'lems/experiment-hash',
      '/experiment',
      'what is read back runs otherwise: for another time, in other steps, or with another seed',
    );
  settleParts(model, report);
  return { text, report: report.entries };
}

/** The model as component types of its own. */
function generated({ model, data }: ValidModel, rules: Readonly<Record<string, readonly ConnectionRule[]>>): LemsExport {
  const report = new ConversionReport('lems');
  const context: ExportContext = { model, data, report, dimensions: new Dimensions(), ids: new Ids(), dt: model.experiment.dt };
  const { ids, dimensions } = context;
  for (const name of [...Object.keys(model.populations), ...Object.keys(model.projections)]) ids.claim(name);
  const network = new NetworkWriter(context);
  network.write();
  const net = ids.claim('network_1');
  const run = ids.claim('simulation_1');
  const simulated = simulation(run, net, network, context);
  remark(context);
  const kept = Object.entries(rules).map(([name, connect]) =>
    element('property', { tag: `${ruleTag}${name}`, value: JSON.stringify(connect) }),
  );
  const root = element('Lems', { description: model.metadata.description ?? model.name }, [
    element('Target', { component: run }),
    ...includes.map((file) => element('Include', { file })),
    ...dimensions.declarations,
    ...network.types,
    ...network.components,
    element('network', { id: net }, [...kept, ...network.populations, ...network.projections, ...network.inputs]),
    simulated,
  ]);
  const text = xmlText(root);
  checkReadBack(text, model, report);
  return { text, report: report.entries };
}

/** Says what reading the document again gives, where it is not the model. */
function checkReadBack(text: string, model: Model, report: ConversionReport): void {
  const back = readBack(text);
  if (typeof back === 'string') {
    report.missing('', `the document cannot be read back: ${back}`);
    return;
  }
  if (back.hashes.model !== hashModel(model).model)
    report.approximated(
      'lems/model-hash',
      '',
      'the model is said by generated component types, and what is read back of them is a model of its own (another model hash)',
    );
}

/** The rules of projections that draw their connections, by projection. */
export function rulesOf({ projections }: Model): Readonly<Record<string, readonly ConnectionRule[]>> {
  const drawn = Object.entries(projections).filter(([, { connect }]) =>
    connect.some(({ rule }) => rule !== 'list' && rule !== 'all' && rule !== 'oneToOne'),
  );
  return Object.fromEntries(drawn.map(([name, { connect }]) => [name, connect]));
}

/** What is said of the model as a whole, and of the parts about which nothing else was said. */
function remark(context: ExportContext): void {
  const { model, report } = context;
  if (model.timing !== 'lems-euler') remarkTiming(model, report);
  for (const [id, type] of Object.entries(model.neurons)) {
    if (model.timing !== 'lems-euler' && type.method !== 'euler' && Object.keys(type.derivatives).length > 0)
      report.approximated('lems/forward-euler', child('/neurons', id), `forward Euler in place of the method ${type.method}`);
    if (stepsInParts(model, id))
      report.approximated(
        'lems/order-in-step',
        child('/neurons', id),
        'all variables are advanced at once, where the model advances one part after another',
      );
  }
  for (const [id, { on }] of Object.entries(model.operations)) {
    const pointer = child('/operations', id);
    const type = model.populations[populationOf(on) ?? '']?.type;
    if (type === undefined || typeof elementsOf(on, context) === 'string')
      report.missing(pointer, 'code that runs on what is no whole population');
    else report.approximated('lems/operation', pointer, 'the code runs after variables are advanced and before conditions are tested');
  }
  settleParts(model, report);
}

function remarkTiming({ timing }: Model, report: ConversionReport): void {
  report.approximated(
    'lems/timing',
    '/timing',
    `the model has the timing ${timing}; LEMS advances one cell after another, and spikes without delay act a step later on cells before their own`,
  );
}

/** Everything of which nothing else was said is as it was. */
function settleParts(model: Model, report: ConversionReport): void {
  for (const kind of ['neurons', 'synapses', 'populations', 'projections', 'stimuli'] as const)
    for (const id of Object.keys(model[kind])) {
      const pointer = child(`/${kind}`, id);
      if (!report.hasLoss(pointer)) report.exact(pointer, 'as it is');
    }
}

/** Whether a later part of a type reads state that an earlier part has advanced. */
function stepsInParts({ neurons, timing }: Model, id: string): boolean {
  const parts = neurons[id]?.sequence ?? [];
  return timing === 'lems-euler' && parts.filter(({ state, propagate }) => (state ?? propagate ?? []).length > 0).length > 1;
}
