/**
 * Converts the canonical model to LEMS, with a report of differences.
 *
 *   1. types       each neuron type, and each synapse type for a pair of populations, becomes a component type
 *   2. components  the values that all elements share
 *   3. network     populations, connections one by one, inputs
 *   4. simulation  length, time step and outputs
 *
 * Synapses that act on their cell at a spike hold the arrived sum for one step, in which the cell takes it. Cells with
 * their own values require them of their element of the population.
 */

import { ConversionReport, isLeftOut, type ConversionEntry } from '../../src/model/conversion-report.js';
import { composed, unchanged, type Became } from '../../src/model/rewriting/became.js';
import { applyPasses, type AfterPass } from '../../src/model/rewriting/rewriting.js';
import { reportUnwritten } from '../../src/model/rewriting/unwritten-parts.js';
import { child } from '../../src/model/pointer.js';
import { timingProperties } from '../../src/model/timing-properties.js';
import { conventions } from '../../src/library/conventions.js';
import { clockedOf, isForwardEuler } from '../../src/library/gather/integration.js';
import type * as written from '../../src/model/model.js';
import type { Form, ValidModel } from '../../src/model/model.js';
import type { Model, NeuronType, SynapseType } from '../../src/model/typed.js';
import { typedModel, typedValid } from '../../src/model/typed-model.js';
import { isByRule } from './export/draws.js';
import { withXmlComments } from './export/text/comments.js';
import { hasCompartments, Ids, type ExportContext } from './export/context.js';
import { Dimensions } from './export/text/dimensions.js';
import { celsiusText } from './export/text/quantity-text.js';
import { withStableStep } from './export/stable-step.js';
import type { Functions } from '../../src/lang/evaluate.js';
import { writeNetwork } from './export/network.js';
import { lemsPasses } from './export/passes.js';
import { readBack, readBackOf, type ReadBack } from './export/read-back.js';
import { keptDocument } from './export/kept-document.js';
import { inSchemaOrder } from './export/text/schema-order.js';
import { namesRead, simulation } from './export/simulation.js';
import { unnamed } from '../shared/documentation.js';
import { metadataProperties } from './metadata.js';
import { byPopulations, type NetworkOutput } from './export/network-output.js';
import { element, xmlText, type Element } from './export/text/xml-text.js';
import { remarkMethods } from './export/remark-method.js';

export { networkTree } from './hdf5/network-tree.js';
export { neuromlFiles, simulationName } from './export/neuroml-files.js';
export { drawsNothing, listedDraws } from './export/draws.js';
export { xmlPieces, xmlText } from './export/text/xml-text.js';

/** A document, and how faithful it is. */
interface LemsExport {
  /** The root of the document; `xmlText` gives its text. */
  readonly root: Element;
  /** One entry for each part of the model that is exact, and one for each thing that is not. */
  readonly report: readonly ConversionEntry[];
  readonly became: Became;
}

/** Files of core types that the reference interpreter has. */
const includes = ['Cells.xml', 'Networks.xml', 'PyNN.xml', 'Simulation.xml'];

/** Options and context of an export in addition to the model. */
interface LemsOptions {
  /** Functions of values that are computed; absent: values with such functions are reported as unknown. */
  readonly functions?: Functions;
  /** Whether networks have only NeuroML's elements if possible: single cells rather than mixed lists. */
  readonly plain?: boolean;
  /** The model before its draws were listed. */
  readonly undrawn?: Model | undefined;
  readonly afterPass?: AfterPass | undefined;
}

/**
 * Returns the document that a model was imported from, with a report, or undefined if there is none or the model has
 * changed since.
 */
export function exportKept(valid: ValidModel): LemsExport | undefined {
  const kept = keptDocument(valid);
  if (!kept) return undefined;
  const report = new ConversionReport('lems');
  if (!kept.sameTiming) for (const entry of conventions(valid, 'lems-euler')) report.add(entry);
  settleParts(valid.model, report);
  return { root: withXmlComments(kept.root, valid.model), report: report.entries, became: unchanged };
}

/** Returns a model as one LEMS document. */
export async function exportLems(
  given: ValidModel,
  { functions = () => undefined, plain = false, undrawn, afterPass }: LemsOptions = {},
): Promise<LemsExport> {
  const report = new ConversionReport('lems');
  const whole = withStableStep(given, functions, report);
  const shared = { changes: new Map(), functions, report, dt: whole.model.experiment.dt, plain, undrawn, afterPass };
  const source = typedValid(whole);
  const { valid: rewritten, became } = await applyPasses(lemsPasses, source, { ...shared, ...source });
  const [dimensions, ids] = [new Dimensions(), new Ids()];
  const context: ExportContext = { ...shared, ...rewritten, dimensions, ids };
  const { model } = context;
  const { populations, projections } = model;
  for (const name of [...Object.keys(populations), ...Object.keys(projections)]) ids.claim(name);
  const network = writeNetwork(context);
  const named = identifierOf(whole.model.name);
  const net = ids.claim(named ?? 'network_1');
  const run = ids.claim(named === undefined ? 'simulation_1' : `sim_${named}`);
  const simulated = simulation(run, net, network, context);
  remark(context, whole);
  const written = new Set(network.populations.map(({ attributes }) => attributes['id'] ?? ''));
  const described = metadataProperties(model).map(([tag, value]) => element('property', { tag, value }));
  const bare = element('Lems', { description: model.metadata.description ?? model.name }, [
    element('Target', { component: run }),
    ...includes.map((file) => element('Include', { file })),
    ...dimensions.declarations,
    ...inSchemaOrder([
      ...network.types,
      ...network.components,
      element('network', { id: net, ...temperatureOf(network) }, [
        ...described,
        ...network.populations,
        ...network.projections.flatMap((projection) => byPopulations(projection, written)),
        ...network.inputs,
      ]),
    ]),
    simulated,
  ]);
  const root = withXmlComments(bare, whole.model);
  // Items of a list all have the same form: one stands for all, unless a column needs another one.
  const short = readBack(xmlText(root, 1));
  checkReadBack(typeof short === 'string' ? readBackOf(root) : short, report);
  return { root, report: report.entries, became: composed([became, { variable: namesRead(network, context) }]) };
}

/** Returns the name of a model as an identifier, or undefined if it has no name or a sentence. */
function identifierOf(name: string): string | undefined {
  const words = name.normalize('NFKD').replace(/\p{M}/gu, '').match(/\w+/g) ?? [];
  const joined = words.join('_');
  return joined === '' || joined === unnamed || joined.length > longestIdentifier ? undefined : joined;
}

/** Ids are in paths, too, and before each recorded quantity. */
const longestIdentifier = 40;

/** Returns the temperature of a network, which NeuroML has in degrees Celsius. */
const temperatureOf = ({ temperature }: NetworkOutput): Record<string, string> =>
  temperature === undefined ? {} : { type: 'networkWithTemperature', temperature: celsiusText(temperature) };

/** Reports a document that cannot be read again, or has dimensions that do not fit. */
function checkReadBack(back: ReadBack | string, report: ConversionReport): void {
  if (typeof back === 'string') {
    const isPartial = report.entries.some(isLeftOut);
    const reason = isPartial ? 'what remains reads what is left out' : 'the document cannot be read back';
    return void report.missing('', `${reason}: ${back}`);
  }
  for (const { message, expected = '', found = '' } of back.mismatches)
    report.convention(
      'lems/dimensions',
      '',
      `numbers are those of the model, but dimensions in the document do not fit, of which its readers warn: ${message} (${expected}; ${found})`,
    );
}

/** Checks whether a model has projections with connections that must be listed first. */
export const hasDrawnConnections = ({ projections }: ValidModel['model']): boolean =>
  Object.values(projections).some(isByRule);

/** Reports integration methods and conventions of a step of the source model, then all parts without another report. */
function remark(context: ExportContext, source: ValidModel): void {
  const { model, report } = context;
  if (hasCompartments(model)) return remarkCompartments(context);
  for (const section of ['neurons', 'synapses'] as const)
    for (const [id, type] of Object.entries<NeuronType | SynapseType>(typedModel(source.model)[section]))
      if (!isForwardEuler(clockedOf(type), source.model.timing))
        report.different(
          'convention/forward-euler',
          child(`/${section}`, id),
          `LEMS integrates these equations by forward Euler, the model by ${type.method === 'auto' ? 'the method that suits them' : type.method}; shorter steps (--dt) come closer`,
        );
  for (const entry of conventions(source, 'lems-euler')) report.add(entry);
  for (const id of Object.keys(model.neurons))
    if (stepsInParts(model, id))
      report.different(
        'lems/order-in-step',
        child('/neurons', id),
        'all variables are advanced at once, whereas the model advances one part after another',
      );
  reportUnwritten(model, report);
  settleParts(model, report);
}

/** Reports on a document for simulators of cells with compartments, which is read with the timing `grid`. */
function remarkCompartments(context: ExportContext): void {
  const { model, report } = context;
  if (model.timing !== 'grid')
    report.convention(
      'lems/timing',
      '/timing',
      `simulators of cells with compartments step in the order of grid, not of ${model.timing}`,
    );
  remarkMethods(context);
  for (const id of Object.keys(model.operations))
    report.missing(child('/operations', id), 'code that runs on cells, beside cells with compartments');
  reportUnwritten(model, report);
  settleParts(model, report);
}

/** Reports every part without another report as unchanged. */
function settleParts<F extends Form>(model: written.Model<F>, report: ConversionReport): void {
  for (const kind of ['neurons', 'synapses', 'populations', 'projections', 'stimuli'] as const)
    for (const id of Object.keys(model[kind])) {
      const pointer = child(`/${kind}`, id);
      if (!report.hasLoss(pointer)) report.exact(pointer, 'unchanged');
    }
}

/** Checks whether a later part of a type reads state that an earlier part has advanced. */
function stepsInParts({ neurons, timing }: Model, id: string): boolean {
  const parts = neurons[id]?.sequence ?? [];
  return (
    timingProperties[timing].takesTurns &&
    parts.filter(({ state, propagate }) => (state ?? propagate ?? []).length > 0).length > 1
  );
}
