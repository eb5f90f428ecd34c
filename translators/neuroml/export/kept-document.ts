/** The document that a model was imported from, as the annotations of the model keep it. */

import { freeName, UniqueNames } from '../../../src/model/free-name.js';
import { hashModel } from '../../../src/model/hash.js';
import { populationOf } from '../../../src/model/selected.js';
import { isRecording, isSelection, recordedVariables, taggedRecording } from '../../../src/model/tagged.js';
import type { Model, Recording, ValidModel } from '../../../src/model/model.js';
import { usualSeed } from '../import.js';
import type { KeptElement, KeptSource } from '../kept-source.js';
import { elementsOf } from './context.js';
import { readBackOf } from './read-back.js';
import { inSchemaOrder } from './text/schema-order.js';
import { runLength } from './simulation.js';
import { element, listOf, type Element } from './text/xml-text.js';

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
  for (const make of [() => displayed, () => running, () => withOutputs(running, valid, known)]) {
    const root = documentOf(make());
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

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isTexts = (value: unknown): value is Readonly<Record<string, string>> =>
  isRecord(value) && Object.values(value).every((text) => typeof text === 'string');
const isTextList = (value: unknown): boolean => Array.isArray(value) && value.every((text) => typeof text === 'string');
const xmlName = /^[\p{L}_][\p{L}\p{N}_.:-]*$/u;

/** Returns the kept document, or null if there is none or it has another form, since anybody can write annotations. */
function keptSourceOf({ annotations }: Pick<Model, 'annotations'>): KeptSource | null {
  const { lems } = annotations;
  const source = isRecord(lems) ? lems['source'] : undefined;
  if (!isRecord(source)) return null;
  const { root, attributes, core, target, elements } = source;
  if ((root !== 'Lems' && root !== 'neuroml') || typeof target !== 'string' || !isTexts(attributes)) return null;
  if (!Array.isArray(core) || !core.every((name) => typeof name === 'string')) return null;
  return Array.isArray(elements) &&
    elements.every(isElement) &&
    Object.keys(attributes).every((name) => xmlName.test(name))
    ? { root, attributes, core, target, elements }
    : null;
}

function isElement(value: unknown): value is KeptElement {
  if (!isRecord(value)) return false;
  const { tag, attributes = {}, children = [], text = '', raw, columns = {} } = value;
  return (
    typeof tag === 'string' &&
    xmlName.test(tag) &&
    isTexts(attributes) &&
    Object.keys(attributes).every((name) => xmlName.test(name)) &&
    Array.isArray(children) &&
    children.every(isElement) &&
    typeof text === 'string' &&
    (raw === undefined || typeof raw === 'string') &&
    isRecord(columns) &&
    Object.entries(columns).every(([name, values]) => xmlName.test(name) && isTextList(values))
  );
}

/** Returns a kept document that writes its displayed quantities to files instead. */
function withFiles(source: KeptSource): KeptSource {
  const tags: Readonly<Record<string, string>> = { Display: 'OutputFile', Line: 'OutputColumn' };
  const change = (one: KeptElement): KeptElement => {
    const { id = '', quantity = '' } = one.attributes ?? {};
    const attributes = one.tag === 'Line' ? { id, quantity } : { id, fileName: `${id}.dat` };
    return {
      ...one,
      ...(Object.hasOwn(tags, one.tag) ? { tag: tags[one.tag] ?? one.tag, attributes } : {}),
      ...(one.children === undefined ? {} : { children: one.children.map(change) }),
    };
  };
  return {
    ...source,
    elements: source.elements.map((one) => (one.tag === 'Simulation' ? change(one) : one)),
  };
}

/**
 * Returns a kept document that also writes the model's recordings of its populations, one file for each recording.
 *
 * @param known quantities that it writes already
 */
function withOutputs(source: KeptSource, valid: ValidModel, known: ReadonlySet<string>): KeptSource {
  const { target, elements } = source;
  const simulation = elements.find(({ attributes }) => attributes?.['id'] === target);
  const network = simulation?.attributes?.['target'];
  const { children = [] } = elements.find(({ attributes }) => attributes?.['id'] === network) ?? {};
  const pathTo = (population: string, k: number): string => {
    const found = children.find(({ attributes }) => attributes?.['id'] === population);
    const isList = found?.children?.some(({ tag }) => tag === 'instance') === true;
    return isList ? `${population}/${k}/${found.attributes?.['component'] ?? ''}` : `${population}[${k}]`;
  };
  const ids = new UniqueNames((simulation?.children ?? []).map(({ attributes }) => attributes?.['id'] ?? ''));
  const outputs = valid.model.recordings.flatMap((recording): KeptElement[] => {
    if (quantitiesOf(recording, valid).every((one) => known.has(one))) return [];
    const population = populationOf(recording.of);
    const cells = elementsOf(recording.of, valid);
    if (population === undefined || typeof cells === 'string') return [];
    const paths = cells.map((k) => [k, pathTo(population, k)] as const);
    if (isRecording(recording, 'rate')) return [];
    const variables = recordedVariables(recording);
    const events = isRecording(recording, 'events') ? recording.events : undefined;
    const file = (tag: string, suffix: string, parts: readonly KeptElement[]): KeptElement[] => {
      const id = ids.take(recording.name);
      return parts.length === 0 ? [] : [{ tag, attributes: { id, fileName: `${id}.${suffix}` }, children: parts }];
    };
    const columns = variables.flatMap((name) =>
      paths.map(([k, path]) => ({
        tag: 'OutputColumn',
        attributes: { id: `${name}_${k}`, quantity: `${path}/${name}` },
      })),
    );
    const selections = paths.map(([k, path]) => ({
      tag: 'EventSelection',
      attributes: { id: String(k), select: path, eventPort: String(events) },
    }));
    const spikes: KeptElement[] = events === undefined ? [] : file('EventOutputFile', 'spikes', selections);
    return [
      ...file('OutputFile', 'dat', columns),
      ...spikes.map((one) => ({ ...one, attributes: { ...one.attributes, format: 'ID_TIME' } })),
    ];
  });
  return {
    ...source,
    elements: elements.map((one) =>
      one === simulation ? { ...one, children: [...(one.children ?? []), ...outputs] } : one,
    ),
  };
}

/** Returns a kept document with the length, step and seed of a model's run. NeuroML's own documents have no run. */
function withRun(source: KeptSource, model: Model): KeptSource {
  const { target, core, elements } = source;
  const length = runLength(model, () => undefined);
  if (target === '' || length === 0) return source;
  const ms = (seconds: number): string => `${Number((seconds * 1e3).toPrecision(12))}ms`;
  const { dt, seed } = model.experiment;
  const run = { length: ms(length), step: ms(dt), ...(seed === usualSeed ? {} : { seed }) };
  if (elements.some(({ tag }) => tag === 'Simulation'))
    return {
      ...source,
      elements: elements.map((one) =>
        one.tag === 'Simulation' ? { ...one, attributes: { ...one.attributes, ...run } } : one,
      ),
    };
  const taken = new Set(elements.map(({ attributes }) => attributes?.['id']));
  const id = freeName('simulation', (name) => taken.has(name));
  // A LEMS document has no notes.
  const kept = elements.filter(({ tag }) => tag !== 'notes');
  return {
    root: 'Lems',
    attributes: {},
    core: [...core, 'Simulation.xml'],
    target: id,
    elements: [...kept, { tag: 'Simulation', attributes: { id, ...run, target } }],
  };
}

function documentOf({ root, attributes, core, target, elements }: KeptSource): Element {
  const children = elements.map(elementOf);
  if (root === 'neuroml') return element('neuroml', attributes, inSchemaOrder(children));
  const { id: _, ...declared } = attributes;
  return element('Lems', declared, [
    element('Target', { component: target }),
    ...core.map((file) => element('Include', { file })),
    ...children,
  ]);
}

/** Returns an element with its contents. Its lists, which hold only connections or inputs, come last. */
function elementOf({ tag, attributes = {}, children = [], text, raw }: KeptElement): Element {
  const lists = children.filter(({ columns }) => columns !== undefined);
  const singles = children.filter(({ columns }) => columns === undefined);
  return {
    ...element(tag, attributes, singles.map(elementOf)),
    ...(lists.length === 0 ? {} : { items: { [Symbol.iterator]: () => items(lists) } }),
    ...(text === undefined ? {} : { text }),
    ...(raw === undefined ? {} : { raw }),
  };
}

function* items(lists: readonly KeptElement[]): Generator<Element> {
  for (const { tag, attributes = {}, columns = {} } of lists) {
    const count = Object.values(columns)[0]?.length ?? 0;
    const valuesOf = (k: number): Record<string, string> =>
      Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[k] ?? '']));
    yield* listOf(Array.from({ length: count }).keys(), (k) => element(tag, { ...attributes, ...valuesOf(k) }));
  }
}
