/** The run and its outputs. */

import type { Became } from '../../../src/model/rewriting/became.js';
import { platform } from '#platform';
import { second } from '../../../src/lang/dimension.js';
import { populationOf } from '../../../src/model/selected.js';
import { isRecording, isSelection, phaseKind, timeAfter } from '../../../src/model/tagged.js';
import { numbersOf } from '../../../src/model/arrays.js';
import { freeName } from '../../../src/model/free-name.js';
import { timingProperties } from '../../../src/model/timing-properties.js';
import { child } from '../../../src/model/pointer.js';
import type * as written from '../../../src/model/model.js';
import type { Form, RecordingKinds, SelectionKinds } from '../../../src/model/model.js';
import type { Recording, Typed } from '../../../src/model/typed.js';
import type { NeuromlCell } from '../../../src/library/neuroml/cells.js';
import { receptorOf } from './named-cell.js';
import type { StructuredCell } from './cells/structured-cell.js';
import { elementsOf, type ExportContext } from './context.js';
import { quantityText } from './text/quantity-text.js';
import type { NetworkOutput } from './network-output.js';
import { element, type Element } from './text/xml-text.js';

const { extname } = platform.paths;

/** Returns the component that runs the network. */
export function simulation(id: string, target: string, network: NetworkOutput, context: ExportContext): Element {
  const { model, dt, dimensions } = context;
  const length = runLength(model, (pointer, what) => context.report.missing(pointer, what));
  const seed = /^\d{1,9}$/.test(model.experiment.seed) ? model.experiment.seed : undefined;
  const outputs = model.recordings.map((recording) => output(recording, network, context));
  return element(
    'Simulation',
    {
      id,
      length: quantityText(length, second, dimensions, true),
      step: quantityText(dt, second, dimensions, true),
      target,
      ...(seed === undefined ? {} : { seed }),
    },
    inFilesApart(joined(outputs.flatMap((one) => (one ? [one] : [])))),
  );
}

/** Joins tables of one name, as for recordings at several places of cells. */
function joined(outputs: readonly Element[]): readonly Element[] {
  const found = new Map<string, Element>();
  for (const one of outputs) {
    const key = `${one.tag} ${one.attributes['id'] ?? ''}`;
    const known = found.get(key);
    found.set(key, known ? { ...known, children: [...known.children, ...one.children] } : one);
  }
  return [...found.values()];
}

/** Returns tables in separate files, also on systems that ignore case in names. */
function inFilesApart(outputs: readonly Element[]): readonly Element[] {
  const taken = new Set<string>();
  return outputs.map((one) => {
    const { fileName: wanted = '' } = one.attributes;
    const suffix = extname(wanted);
    const base = wanted.slice(0, wanted.length - suffix.length);
    const fileName = `${freeName(base, (name) => taken.has(`${name}${suffix}`.toLowerCase()))}${suffix}`;
    taken.add(fileName.toLowerCase());
    const attributes = { ...one.attributes, fileName };
    // Columns of synapses, `cells[0]/synapses:S:1/w`, exist with their connections, which are items as well.
    const ofSynapses = one.children.some(({ attributes }) => attributes['quantity']?.includes(':'));
    return { ...one, attributes, ...(ofSynapses ? { children: [], items: one.children } : {}) };
  });
}

/** Returns the length of a model's run, in s. `lose` receives each phase that LEMS cannot express. */
export const runLength = <F extends Form>(
  { experiment }: Pick<written.Model<F>, 'experiment'>,
  lose: (pointer: string, what: string) => void,
): number =>
  experiment.protocol.reduce<number>((now, phase, k) => {
    const kind = phaseKind(phase);
    if (kind !== 'run' && kind !== 'runUntil') lose(child('/experiment/protocol', k), `${kind} during the run`);
    return Number(timeAfter(now, phase).toPrecision(14));
  }, 0);

function output(
  recording: Recording,
  network: NetworkOutput,
  context: ExportContext,
  pointer = child('/recordings', context.model.recordings.indexOf(recording)),
): Element | undefined {
  const { report, model } = context;
  if (isRecording(recording, 'rate')) {
    report.convention('lems/rate', pointer, 'the spikes are written from which the rate of the population follows');
    return output(
      { kind: 'events', of: recording.of, events: 'spike', name: recording.name },
      network,
      context,
      pointer,
    );
  }
  if (isSelection(recording.of, 'synapses') && isRecording(recording, 'variables'))
    return synapseOutput(recording, recording.of, network, context);
  const population = populationOf(recording.of);
  const indices = elementsOf(recording.of, context);
  if (population === undefined || typeof indices === 'string')
    return report.missing(
      pointer,
      typeof indices === 'string' ? 'recordings of synapses or of several populations' : indices.join(),
    );
  const paths = indices.flatMap((index) => {
    const path = network.pathOf(population, index);
    return path === undefined ? [] : [[index, path] as const];
  });
  if (paths.length === 0)
    return report.missing(pointer, `recordings of ${population}, which is not a population in LEMS`);
  if (isRecording(recording, 'events')) {
    if (recording.variables) report.missing(pointer, 'variables recorded at events');
    const selections = paths.map(([index, select]) =>
      element('EventSelection', { id: String(index), select, eventPort: recording.events }),
    );
    return element(
      'EventOutputFile',
      { id: recording.name, fileName: fileNameOf(recording.name, 'spikes'), format: 'ID_TIME' },
      selections,
    );
  }
  if (recording.every !== undefined) report.convention('lems/sampling', pointer, 'samples are written in each step');
  const typeName = model.populations[population]?.type ?? '';
  const computed = recording.variables.filter((one) => Object.hasOwn(model.neurons[typeName]?.derived ?? {}, one));
  if (computed.length > 0 && !timingProperties[model.timing].readsStaleVariables && !network.cells.has(population))
    report.convention(
      'lems/sampling',
      pointer,
      `${computed.join(', ')}: samples are one step late, computed from what was there before it`,
    );
  const plan = network.plans.get(typeName);
  const named = network.named.get(typeName)?.cell;
  const responsesOf = (variable: string, index: number): readonly string[] => {
    const receptor = named && receptorOf(named, variable);
    const found = receptor ? network.responsePaths(receptor, population, index) : [];
    return found.length > mostResponses ? [] : found;
  };
  for (const variable of recording.variables) noteUnits(variable, named, pointer, report);
  const unknown = new Set<string>();
  const columns = recording.variables.flatMap((variable) =>
    paths.flatMap(([index, path]) => {
      const known = plan?.visible.get(variable);
      const cell = network.cells.get(population);
      const place = cell && placeOf(recording, variable, cell);
      if (cell && !place) {
        unknown.add(variable);
        return [];
      }
      const quantity = place
        ? `${path}/${place}`
        : known
          ? `${path}/${known.name}`
          : network.stimulusPathOf(variable, population, index);
      const id = place ? `${variable}_${index}_${place}`.replace(/\W/g, '_') : `${variable}_${index}`;
      if (quantity !== undefined) return [element('OutputColumn', { id, quantity })];
      const responses = responsesOf(variable, index);
      if (responses.length === 0) unknown.add(variable);
      return responses.map((response, k) =>
        element('OutputColumn', { id: responses.length === 1 ? id : `${id}_synapse_${k}`, quantity: response }),
      );
    }),
  );
  leftOut(unknown, population, pointer, report);
  return columns.length === 0
    ? undefined
    : element('OutputFile', { id: recording.name, fileName: fileNameOf(recording.name, 'dat') }, columns);
}

/** Returns the statement on names of variables in the model that a document is read as. */
export function namesRead(
  { cells, named }: Pick<NetworkOutput, 'cells' | 'named'>,
  { model }: ExportContext,
): Became['variable'] {
  return (given) => {
    const structured = cells.get(given.owner);
    if (structured) {
      const name = structured.nameOf(given.name, given.section ?? structured.spike?.section);
      return name === undefined ? undefined : { ...given, name };
    }
    const own = named.get(model.populations[given.owner]?.type ?? '')?.cell.variables.get(given.name);
    return own ? { ...given, name: own.name.replaceAll('/', '_'), factor: own.factor } : given;
  };
}

/** Reports variables that a cell of NeuroML has in other units, or only its synapses have. */
function noteUnits(
  variable: string,
  cell: NeuromlCell | undefined,
  pointer: string,
  report: ExportContext['report'],
): void {
  const own = cell?.variables.get(variable);
  const receptor = cell && !own ? receptorOf(cell, variable) : undefined;
  const code = 'lems/recorded-values';
  if (own && (own.name !== variable || own.factor !== 1)) {
    const message = `${variable}: samples are numbers of ${own.name}, ${own.factor} times the values in SI units`;
    const recorded = { [variable]: [own.name.replaceAll('/', '_'), own.factor] as const };
    report.add({ verdict: own.factor === 1 ? 'exact' : 'convention', code, pointer, message, recorded });
  }
  if (receptor) {
    const unit = receptor.kind === 'conductance' && receptor.base === undefined ? ', in uS' : '';
    report.convention(code, pointer, `${variable}: samples are those of each synapse, of which it is the sum${unit}`);
  }
}

/** More synapses of a cell are too many for a table with a column for each. */
const mostResponses = 20;

/** Longest name of a file on usual systems, in characters. */
const longestName = 255;

/** Returns the file of a recording. A long name is replaced by its beginning, its length and its end. */
function fileNameOf(name: string, suffix: string): string {
  const whole = `${name}.${suffix}`;
  const end = `_${name.length}_${name.slice(-40)}.${suffix}`;
  return whole.length <= longestName ? whole : `${name.slice(0, longestName - end.length)}${end}`;
}

/** Says which recorded variables LEMS has not: once, however many recordings there are of them. */
function leftOut(
  variables: ReadonlySet<string>,
  owner: string,
  pointer: string,
  report: ExportContext['report'],
): void {
  for (const variable of variables) {
    const message = `recordings of ${variable} of ${owner}, which no part of the document has`;
    if (!report.entries.some((entry) => entry.message === message)) report.missing(pointer, message);
  }
}

/**
 * Returns the path from a cell with compartments to a variable at the recorded place, or undefined if there is none.
 */
function placeOf(
  { section, fraction = 0.5 }: RecordingKinds<Typed>['variables'],
  variable: string,
  { shape, spike, pathOf }: StructuredCell,
): string | undefined {
  const on = section ?? spike?.section;
  const segment = on === undefined ? 0 : shape.segmentIn(on, fraction);
  const path = pathOf(variable, on);
  return segment === undefined || path === undefined ? undefined : `${segment}/${path}`;
}

/** Variables of synapses, one column each. */
function synapseOutput(
  { name, variables, every }: RecordingKinds<Typed>['variables'],
  { projection, slice, indices }: SelectionKinds<Typed>['synapses'],
  network: NetworkOutput,
  { model, report, data }: ExportContext,
): Element | undefined {
  const pointer = child(
    '/recordings',
    model.recordings.findIndex((recording) => recording.name === name),
  );
  const [rule, ...more] = model.projections[projection]?.connect ?? [];
  if (every !== undefined) report.convention('lems/sampling', pointer, 'samples are written in each step');
  const count = network.synapseCount(projection);
  if (!rule || more.length > 0 || count === 0)
    return report.missing(pointer, `recordings of synapses of ${projection}, which are not in LEMS`);
  const all = Array.from({ length: count }, (_, k) => k);
  const [from, to, step] = slice ?? [0, count, 1];
  const wanted = indices ? numbersOf(indices, data) : all.filter((k) => k >= from && k < to && (k - from) % step === 0);
  const unknown = new Set<string>();
  const columns = variables.flatMap((variable) =>
    wanted.flatMap((index) => {
      const quantity = network.synapsePathOf(projection, index, variable);
      if (quantity !== undefined) return [element('OutputColumn', { id: `${variable}_${index}`, quantity })];
      unknown.add(variable);
      return [];
    }),
  );
  leftOut(unknown, projection, pointer, report);
  return columns.length === 0
    ? undefined
    : element('OutputFile', { id: name, fileName: fileNameOf(name, 'dat') }, columns);
}
