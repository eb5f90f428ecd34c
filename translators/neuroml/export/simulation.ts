/** What is run and written. */

import { child } from '../../../src/model/pointer.js';
import type { Phase, Recording } from '../../../src/model/model.js';
import { elementsOf, populationOf, type ExportContext } from './context.js';
import { numberText } from './dimensions.js';
import type { NetworkWriter } from './network.js';
import { element, type Element } from './xml-text.js';

/** The component that runs the network. */
export function simulation(id: string, target: string, network: NetworkWriter, context: ExportContext): Element {
  const { model, dt } = context;
  const length = model.experiment.protocol.reduce((sum, phase, k) => lengthened(sum, phase, k, context), 0);
  const seed = /^\d{1,9}$/.test(model.experiment.seed) ? model.experiment.seed : undefined;
  const outputs = model.recordings.map((recording) => output(recording, network, context));
  return element(
    'Simulation',
    { id, length: `${numberText(length)} s`, step: `${numberText(dt)} s`, target, ...(seed === undefined ? {} : { seed }) },
    outputs.flatMap((one) => (one ? [one] : [])),
  );
}

function lengthened(sum: number, phase: Phase, k: number, { report }: ExportContext): number {
  if ('run' in phase) return Number((sum + phase.run).toPrecision(14));
  if ('runUntil' in phase) return Math.max(sum, phase.runUntil);
  report.missing(child('/experiment/protocol', k), `${Object.keys(phase)[0] ?? 'something'} during the run`);
  return sum;
}

function output(recording: Recording, network: NetworkWriter, context: ExportContext): Element | undefined {
  const { report, model } = context;
  const pointer = child('/recordings', model.recordings.indexOf(recording));
  if ('rate' in recording) return report.missing(pointer, 'rates of populations');
  const population = populationOf(recording.of);
  const indices = elementsOf(recording.of, context);
  if (population === undefined || typeof indices === 'string')
    return report.missing(pointer, typeof indices === 'string' ? 'recordings of synapses or of several populations' : indices.join());
  const paths = indices.flatMap((index) => {
    const path = network.pathOf(population, index);
    return path === undefined ? [] : [[index, path] as const];
  });
  if (paths.length === 0) return report.missing(pointer, `recordings of ${population}, which is no population in LEMS`);
  if ('events' in recording) {
    if (recording.variables) report.missing(pointer, 'variables recorded at events');
    const selections = paths.map(([index, select]) =>
      element('EventSelection', { id: String(index), select, eventPort: recording.events }),
    );
    return element('EventOutputFile', { id: recording.name, fileName: `${recording.name}.spikes`, format: 'ID_TIME' }, selections);
  }
  if (recording.every !== undefined) report.approximated('lems/sampling', pointer, 'samples are written in each step');
  const plan = network.plans.get(model.populations[population]?.type ?? '');
  const columns = recording.variables.flatMap((variable) =>
    paths.map(([index, path]) =>
      element('OutputColumn', { id: `${variable}_${index}`, quantity: `${path}/${plan?.visible.get(variable)?.name ?? variable}` }),
    ),
  );
  return element('OutputFile', { id: recording.name, fileName: `${recording.name}.dat` }, columns);
}
