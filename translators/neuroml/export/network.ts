/** Populations, projections and inputs of a network. */

import { populationsOfType } from '../../../src/model/parts-at.js';
import { populationOf } from '../../../src/model/selected.js';
import { isSelection } from '../../../src/model/tagged.js';
import { cellType } from './cell-type.js';
import { channelCell } from './cells/channel-cell.js';
import { isStructured, writeCells } from './cells/network.js';
import { child } from '../../../src/model/pointer.js';
import type { ExportContext } from './context.js';
import { usageOf } from './usage.js';
import { writeAttachments, writeStimulus } from './inputs/inputs.js';
import { drawnStarts, type DrawnStart } from './drawn-starts.js';
import { withFewSets } from './few-values.js';
import { namesIn } from '../../../src/lang/walk.js';
import { namedCell } from './named-cell.js';
import { populationValues } from './network-values.js';
import { attachedPopulations } from './synapses/pairs.js';
import { driveOf } from './named-parts.js';
import { writePopulation } from './populations.js';
import type { Numbers } from '../../../src/library/element-values.js';
import { writeProjection } from './synapses/projections.js';
import { NetworkOutput } from './network-output.js';

/** Writes a network: types of cells, populations in order, projections in order, stimuli. */
export function writeNetwork(context: ExportContext): NetworkOutput {
  const { model } = context;
  const written = new NetworkOutput();
  const attached = attachedPopulations(context);
  for (const [id, { clock }] of [...Object.entries(model.populations), ...Object.entries(model.projections)])
    if (clock !== undefined)
      context.report.missing(
        child(id in model.populations ? '/populations' : '/projections', id),
        'a time step of its own: all that LEMS simulates has one',
      );
  for (const [id, { on, times }] of Object.entries(model.operations))
    if (isSelection(on, 'synapses'))
      context.report.missing(child('/operations', id), 'code that runs on synapses at regular times');
    else if (times !== undefined) context.report.missing(child('/operations', id), 'code that runs at listed times');
  for (const [name, population] of Object.entries(model.populations))
    written.values.set(name, populationValues(name, population, context));
  for (const id of Object.keys(model.neurons)) writeType(id, attached, written, context);
  const inOrder = Object.entries(model.populations).sort(([, a], [, b]) => a.order - b.order);
  /** Writes a part of the model, which is there if the network has more elements afterwards. */
  const writing = (section: string, name: string, write: () => void): void => {
    const before = written.size;
    write();
    if (written.size > before) context.report.wrote(child(section, name));
  };
  for (const [name, population] of inOrder)
    if (!attached.has(name)) writing('/populations', name, () => writePopulation(name, population, written, context));
  const projections = Object.entries(model.projections).sort(([, a], [, b]) => a.order - b.order);
  for (const [name, projection] of projections) {
    const source = populationOf(projection.from.of);
    if (source !== undefined && attached.has(source))
      writing('/populations', source, () =>
        writing('/projections', name, () => writeAttachments(source, name, projection, written, context)),
      );
    else writing('/projections', name, () => writeProjection(name, projection, written, context));
    if (written.mirrored.has(name)) context.report.wrote(child('/projections', name));
  }
  for (const [name, stimulus] of Object.entries(model.stimuli))
    writing('/stimuli', name, () => writeStimulus(name, stimulus, written, context));
  return written;
}

/** A neuron type: by a name that NeuroML has, or as a component type. */
function writeType(
  id: string,
  attached: ReadonlyMap<string, string>,
  written: NetworkOutput,
  context: ExportContext,
): void {
  const { model } = context;
  const type = model.neurons[id];
  const populations = populationsOfType(model, id).filter(([name]) => !attached.has(name));
  if (!type || populations.length === 0) return;
  if (isStructured(type)) return writeCells(id, type, written, context);
  const isPlain = context.plain === true;
  const drawn = isPlain ? drawnStarts(id, populations, written.values, context) : new Map<string, DrawnStart>();
  const share = (isGiven: (key: string, values: ReadonlyMap<string, Numbers>) => boolean): void => {
    for (const [name, { size }] of isPlain ? populations : []) {
      const values = written.values.get(name) ?? new Map<string, Numbers>();
      const pointer = child('/populations', name);
      const isIts = (key: string): boolean => isGiven(key, values);
      written.values.set(name, withFewSets(pointer, 'a population', size, type, values, isIts, context.report));
    }
  };
  const usage = usageOf(id, populations, written.values, drawn, context);
  const channels = isPlain ? channelCell(id, type, populations, usage, written, context) : undefined;
  const named = channels ?? namedCell(id, type, populations, written.values, usage, context);
  if (named) {
    // Constant currents are inputs, with a weight for each cell.
    share((key, values) => {
      const drive = driveOf(named, values, context);
      return !drive || !namesIn(drive).has(key);
    });
    written.named.set(id, named);
    written.plans.set(id, named.plan);
    written.types.push(...named.types);
    return;
  }
  share(() => true);
  const varying = isPlain ? new Set<string>() : usage.varying;
  const { plan, elements } = cellType(id, type, { ...usage, varying }, context);
  written.plans.set(id, plan);
  written.types.push(...elements);
}
