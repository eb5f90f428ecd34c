/** The document that a model was imported from, as the annotations of the model keep it. */

import { freeName } from '../../../src/model/free-name.js';
import type { Model } from '../../../src/model/model.js';
import type { KeptElement, KeptSource } from '../kept-source.js';
import { runLength } from './simulation.js';
import { element, type Element } from './xml-text.js';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isTexts = (value: unknown): value is Readonly<Record<string, string>> =>
  isRecord(value) && Object.values(value).every((text) => typeof text === 'string');
const isTextList = (value: unknown): boolean => Array.isArray(value) && value.every((text) => typeof text === 'string');
const xmlName = /^[\p{L}_][\p{L}\p{N}_.:-]*$/u;

/**
 * The kept document; null where there is none, or what is there has another form: annotations are everybody's to write.
 */
export function keptSourceOf({ annotations }: Pick<Model, 'annotations'>): KeptSource | null {
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
  const { tag, attributes = {}, children = [], text = '', raw, count, places = {} } = value;
  return (
    typeof tag === 'string' &&
    xmlName.test(tag) &&
    isTexts(attributes) &&
    Object.keys(attributes).every((name) => xmlName.test(name)) &&
    Array.isArray(children) &&
    children.every(isElement) &&
    typeof text === 'string' &&
    (raw === undefined || typeof raw === 'string') &&
    (count === undefined || Number.isSafeInteger(count)) &&
    isRecord(places) &&
    Object.entries(places).every(([name, values]) => xmlName.test(name) && isTextList(values))
  );
}

/** A kept document with a simulation where it has none and the model is to run: NeuroML's own documents run nothing. */
export function runnable(source: KeptSource, model: Model): KeptSource {
  const { root, target, core, elements } = source;
  const length = runLength(model, () => undefined);
  if (root === 'Lems' || target === '' || length === 0) return source;
  const taken = new Set(elements.map(({ attributes }) => attributes?.['id']));
  const { dt: step } = model.experiment;
  const id = freeName('simulation', (name) => taken.has(name));
  const simulation = { tag: 'Simulation', attributes: { id, length: `${length}s`, step: `${step}s`, target } };
  // A LEMS document has no notes.
  const kept = elements.filter(({ tag }) => tag !== 'notes');
  return {
    root: 'Lems',
    attributes: {},
    core: [...core, 'Simulation.xml'],
    target: id,
    elements: [...kept, simulation],
  };
}

/** A document with the elements of a kept one. */
export function documentWith({ root, attributes, core, target }: KeptSource, elements: readonly Element[]): Element {
  if (root === 'neuroml') return element('neuroml', attributes, elements);
  const { id: _id, ...declared } = attributes;
  return element('Lems', declared, [
    element('Target', { component: target }),
    ...core.map((file) => element('Include', { file })),
    ...elements,
  ]);
}
