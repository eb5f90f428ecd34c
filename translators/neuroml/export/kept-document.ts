/** The document that a model was imported from, as the annotations of the model keep it. */

import { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { freeName, UniqueNames } from '../../../src/model/free-name.js';
import { hashModel } from '../../../src/model/hash.js';
import { populationOf } from '../../../src/model/selected.js';
import { isRecording, isSelection, recordedVariables, taggedRecording } from '../../../src/model/tagged.js';
import type { Model, Recording, ValidModel } from '../../../src/model/model.js';
import { usualSeed } from '../import.js';
import { allCoreFiles, type KeptSource } from '../kept-source.js';
import type { XmlElement } from '../../../src/xml/element.js';
import { decodeEntities } from '../../../src/xml/entities.js';
import { readXml } from '../../../src/xml/read-xml.js';
import { attributeRanges } from '../../../src/xml/tags.js';
import { elementsOf } from './context.js';
import { readBackOf } from './read-back.js';
import { inOrder, inSchemaOrder } from './text/schema-order.js';
import { runLength } from './simulation.js';
import { element, type Element } from './text/xml-text.js';

/** A document as its author wrote it. */
interface KeptDocument {
  readonly root: Element;
  /** Whether it runs in the model's timing profile: models of cells with structure have `grid`. */
  readonly sameTiming: boolean;
}

/**
 * Returns the document that a model was imported from, with the model's run and recordings. Returns undefined if the
 * model has changed since.
 */
export function keptDocument(valid: ValidModel): KeptDocument | undefined {
  const { model } = valid;
  const source = keptSourceOf(model);
  if (!source) return undefined;
  const displayed = model.annotations['displays'] === undefined ? withFiles(source) : source;
  const running = withRun(displayed, model);
  const wanted = recordedIn(valid);
  let known: ReadonlySet<string> = new Set();
  // In the order of the schema, or as it was written where the order counts.
  const orders = displayed.root.tag === 'neuroml' ? [inOrder, asWritten] : [asWritten];
  const makes = [() => displayed, () => running, () => withOutputs(running, valid, known)];
  for (const [make, order] of makes.flatMap((one) => orders.map((order) => [one, order] as const))) {
    const root = documentOf(make(), order);
    const back = readBackOf(root);
    if (typeof back === 'string') continue;
    const { timing } = back.valid.model;
    const [found, own] = [back.hashes, hashModel({ ...model, timing })];
    known = recordedIn(back.valid);
    const isSame = known.size === wanted.size && [...wanted].every((one) => known.has(one));
    if (isSame && found.model === own.model && found.experiment === own.experiment)
      return { root, sameTiming: timing === model.timing };
  }
  return undefined;
}

/** Returns the quantities and events that a model records, each as a text. */
const recordedIn = (valid: ValidModel): ReadonlySet<string> =>
  new Set(valid.model.recordings.flatMap((recording) => quantitiesOf(recording, valid)));

function quantitiesOf(recording: Recording, valid: ValidModel): readonly string[] {
  const { of, name: _, ...what } = taggedRecording(recording);
  const elements = isSelection(of, 'synapses') ? '' : elementsOf(of, valid);
  if (typeof elements === 'string' || what.kind === 'rate') return [JSON.stringify([of, what])];
  const names = [...(what.kind === 'events' ? [`event ${what.events}`] : []), ...(what.variables ?? [])];
  const every = what.kind === 'variables' ? what.every : undefined;
  return names.flatMap((name) => elements.map((k) => JSON.stringify([populationOf(of), k, name, every])));
}

/** A document in parts. */
interface Source {
  /** The root, without other elements. */
  readonly root: Element;
  /** Files of core types that it includes. */
  readonly core: readonly string[];
  /** Id of the component that is run. */
  readonly target: string;
  readonly elements: readonly Element[];
}

/** Returns the kept document, or null if there is none or it has another form, since anybody can write annotations. */
function keptSourceOf({ annotations }: Pick<Model, 'annotations'>): Source | null {
  const { source } = (annotations['lems'] ?? {}) as { readonly source?: Partial<KeptSource> | null };
  const { text, target } = source ?? {};
  if (typeof text !== 'string' || typeof target !== 'string') return null;
  const root = readXml(text, 'kept.xml', new Diagnostics());
  if (root?.name !== 'Lems' && root?.name !== 'neuroml') return null;
  const included = root.children.flatMap(({ name, attributes }) =>
    name === 'Include' ? [attributes['file'] ?? ''] : [],
  );
  const declared: Record<string, string> = {};
  for (const { name, valueStart, valueEnd } of attributeRanges(text, root.offset))
    if (root.name === 'neuroml' || name !== 'id') declared[name] = decodeEntities(text.slice(valueStart, valueEnd));
  return {
    root: element(root.name, declared),
    core: root.name === 'neuroml' ? allCoreFiles(text) : included,
    target,
    elements: root.children.filter(({ name }) => name !== 'Include').map(elementOf),
  };
}

function elementOf(one: XmlElement): Element {
  const { name, attributes, children, text } = one;
  return {
    ...element(name, { ...attributes }, children.map(elementOf)),
    ...(text === '' ? {} : { text }),
    ...(name === 'annotation' ? { raw: one.written } : {}),
  };
}

/** Returns a document that writes its displayed quantities to files instead. */
function withFiles(source: Source): Source {
  const tags: Readonly<Record<string, string>> = { Display: 'OutputFile', Line: 'OutputColumn' };
  const change = (one: Element): Element => {
    const { id = '', quantity = '' } = one.attributes;
    const attributes = one.tag === 'Line' ? { id, quantity } : { id, fileName: `${id}.dat` };
    const tag = tags[one.tag];
    return { ...one, ...(tag === undefined ? {} : { tag, attributes }), children: one.children.map(change) };
  };
  return { ...source, elements: source.elements.map((one) => (one.tag === 'Simulation' ? change(one) : one)) };
}

/**
 * Returns a kept document that also writes the model's recordings of its populations, one file for each recording.
 *
 * @param known quantities that it writes already
 */
function withOutputs(source: Source, valid: ValidModel, known: ReadonlySet<string>): Source {
  const { target, elements } = source;
  const simulation = elements.find(({ attributes }) => attributes['id'] === target);
  const network = simulation?.attributes['target'];
  const { children = [] } = elements.find(({ attributes }) => attributes['id'] === network) ?? {};
  const pathTo = (population: string, k: number): string => {
    const found = children.find(({ attributes }) => attributes['id'] === population);
    const isList = found?.children.some(({ tag }) => tag === 'instance') === true;
    return isList ? `${population}/${k}/${found.attributes['component'] ?? ''}` : `${population}[${k}]`;
  };
  const ids = new UniqueNames((simulation?.children ?? []).map(({ attributes }) => attributes['id'] ?? ''));
  const outputs = valid.model.recordings.flatMap((recording): Element[] => {
    if (quantitiesOf(recording, valid).every((quantity) => known.has(quantity))) return [];
    const population = populationOf(recording.of);
    const cells = elementsOf(recording.of, valid);
    if (population === undefined || typeof cells === 'string') return [];
    const paths = cells.map((k) => [k, pathTo(population, k)] as const);
    if (isRecording(recording, 'rate')) return [];
    const variables = recordedVariables(recording);
    const events = isRecording(recording, 'events') ? recording.events : undefined;
    const file = (tag: string, suffix: string, parts: readonly Element[], more = {}): Element[] => {
      const id = ids.take(recording.name);
      return parts.length === 0 ? [] : [element(tag, { id, fileName: `${id}.${suffix}`, ...more }, parts)];
    };
    const columns = variables.flatMap((name) =>
      paths.map(([k, path]) => element('OutputColumn', { id: `${name}_${k}`, quantity: `${path}/${name}` })),
    );
    const selections = paths.map(([k, path]) =>
      element('EventSelection', { id: String(k), select: path, eventPort: String(events) }),
    );
    return [
      ...file('OutputFile', 'dat', columns),
      ...(events === undefined ? [] : file('EventOutputFile', 'spikes', selections, { format: 'ID_TIME' })),
    ];
  });
  return {
    ...source,
    elements: elements.map((one) => (one === simulation ? { ...one, children: [...one.children, ...outputs] } : one)),
  };
}

/** Returns a document with the length, step and seed of a model's run. NeuroML's own documents have no run. */
function withRun(source: Source, model: Model): Source {
  const { target, core, elements } = source;
  const length = runLength(model, () => undefined);
  if (target === '' || length === 0) return source;
  const ms = (seconds: number): string => `${Number((seconds * 1e3).toPrecision(12))}ms`;
  const { dt, seed } = model.experiment;
  const run = { length: ms(length), step: ms(dt), ...(seed === usualSeed ? {} : { seed }) };
  const isRun = ({ tag, attributes }: Element): boolean => tag === 'Simulation' && attributes['id'] === target;
  if (elements.some(isRun))
    return {
      ...source,
      elements: elements.map((one) => (isRun(one) ? { ...one, attributes: { ...one.attributes, ...run } } : one)),
    };
  const taken = new Set(elements.map(({ attributes }) => attributes['id']));
  const id = freeName('simulation', (name) => taken.has(name));
  // A LEMS document has no notes.
  const kept = elements.filter(({ tag }) => tag !== 'notes');
  return {
    root: element('Lems'),
    core: [...core, 'Simulation.xml'],
    target: id,
    elements: [...kept, element('Simulation', { id, ...run, target })],
  };
}

const asWritten = (one: Element): Element => one;

function documentOf({ root, core, target, elements }: Source, order: (one: Element) => Element): Element {
  if (root.tag === 'neuroml') return { ...root, children: inSchemaOrder(elements).map(order) };
  const includes = [...new Set(core)].map((file) => element('Include', { file }));
  return { ...root, children: [element('Target', { component: target }), ...includes, ...elements] };
}
