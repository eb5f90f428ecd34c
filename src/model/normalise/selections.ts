import { itemAt } from '../../diagnostics/entry.js';
import { isListed } from '../arrays.js';
import { taggedSelection } from '../tagged.js';
import type { ArrayDocument, SelectionDocument, SelectionObjectDocument } from '../document.generated.js';
import { messages } from '../messages.js';
import type { Id, SelectionRule } from '../model.js';
import { child } from '../pointer.js';
import { selections } from '../shape/selections.js';
import { normaliseArray, numbersOf } from './arrays.js';
import type { Context } from './context.js';
import { normaliseCount, wholeNumber } from './literals.js';
import { readObject } from './members.js';
import { pureUnit } from './names.js';
import type { NeuronInfo } from './neurons.js';
import { drawnValues } from './values.js';

/** A population of known size and type. */
export interface PopulationInfo {
  /** NaN when it could not be found out, which has been reported. */
  readonly size: number;
  /** Its neuron type; none for a source of given spikes. */
  readonly neuron?: NeuronInfo;
  /** Set when its type does not exist, which has been reported; its variables get no further findings. */
  readonly unknown?: boolean;
}

/** Names that selections may use. */
export interface Elements {
  readonly populations: ReadonlyMap<Id, PopulationInfo>;
  readonly projections: ReadonlySet<Id>;
}

/** A normalised selection: its rule, its members, and the number of elements if known. */
export interface Selection {
  readonly rule: SelectionRule;
  /** One for each population or projection that elements are of. */
  readonly members: readonly Member[];
  /** Number of elements; undefined if it is known only after drawing, or was reported to be wrong. */
  readonly count?: number | undefined;
}

/** One population or projection of a selection. */
export type Member =
  | { readonly kind: 'population'; readonly id: Id; readonly population: PopulationInfo }
  | { readonly kind: 'projection'; readonly id: Id };

const term = /^\s*([A-Za-z_][A-Za-z0-9_]*)\s*(?:\[([^\]]*)\])?\s*$/;

/** Normalises a selection as text (`exc[0:10] + inh`) or map; undefined after a finding. */
export function normaliseSelection(
  context: Context,
  written: SelectionDocument,
  elements: Elements,
  pointer: string,
): Selection | undefined {
  if (typeof written !== 'string') return fromMap(context, written, elements, pointer);
  const parts = written.split('+').map((text) => fromTerm(context, text, written, elements, pointer));
  const whole = parts.filter((part) => part !== undefined);
  const [only] = whole;
  if (whole.length < parts.length) return undefined;
  return whole.length === 1 ? only : assembly(whole);
}

function assembly(parts: readonly Selection[]): Selection {
  const members = new Map(
    parts.flatMap((part) => part.members.map((member) => [`${member.kind} ${member.id}`, member])),
  );
  const count = parts.reduce<number | undefined>(
    (sum, part) => (sum === undefined || part.count === undefined ? undefined : sum + part.count),
    0,
  );
  return { rule: { assembly: parts.map(({ rule }) => rule) }, members: [...members.values()], count };
}

function fromTerm(
  context: Context,
  text: string,
  whole: string,
  elements: Elements,
  pointer: string,
): Selection | undefined {
  const match = term.exec(text);
  const name = match?.[1];
  if (name === undefined) {
    context.report(messages.badSelection(whole), pointer);
    return undefined;
  }
  const inside = match?.[2];
  if (inside === undefined) return fromMap(context, nameOf(name, elements), elements, pointer, true);
  const parts = inside.split(inside.includes(':') ? ':' : ',').map((part) => part.trim());
  if (inside.includes(':')) {
    if (parts.length > 3) {
      context.report(messages.badSelection(whole), pointer);
      return undefined;
    }
    return fromMap(context, { ...nameOf(name, elements), slice: parts }, elements, pointer, true);
  }
  const numbers = parts.flatMap((part) => wholeNumber(context, part, 'an index', pointer) ?? []);
  if (numbers.length < parts.length) return undefined;
  return fromMap(context, { ...nameOf(name, elements), indices: numbers }, elements, pointer, true);
}

/** Resolves a name to a population first, else a projection; the two never share a name in a valid model. */
function nameOf(name: string, elements: Elements): SelectionObjectDocument {
  return !elements.populations.has(name) && elements.projections.has(name)
    ? { projection: name }
    : { population: name };
}

const narrowing = ['slice', 'indices', 'mask', 'sample'] as const;

function fromMap(
  context: Context,
  map: SelectionObjectDocument,
  elements: Elements,
  pointer: string,
  text = false,
): Selection | undefined {
  const at = (key: string): string => (text ? pointer : child(pointer, key));
  const subjects = (['population', 'projection', 'assembly', 'from'] as const).filter((key) => map[key] !== undefined);
  const narrowed = narrowing.filter((key) => map[key] !== undefined);
  const errors = context.errorCount();
  if (subjects.length !== 1)
    context.report(messages.oneOfKeys(['population', 'projection', 'assembly', 'from'], subjects.length), pointer);
  else if (narrowed.length > 1) context.report(messages.oneOfKeys(narrowed, 2), pointer);
  else if (map.generator && narrowed[0] !== 'sample')
    context.report(messages.onlyWith('generator', 'sample'), at('generator'));
  else if (narrowed[0] !== 'sample' && (map.within ?? map.pick ?? map.name) !== undefined)
    context.report(messages.onlyWith('within, pick and name', 'sample'), pointer);
  else if (map.from === undefined ? map.only !== undefined : narrowed[0] !== 'sample' || map.within !== undefined)
    context.report(messages.onlyWith('from and only', 'sample, without within'), pointer);
  else if (map.assembly && narrowed[0] !== undefined)
    context.report(messages.onlyWith(narrowed[0], 'population'), at(narrowed[0]));
  if (context.errorCount() > errors) return undefined;
  if (map.assembly) {
    const parts = map.assembly.map((part, index) =>
      normaliseSelection(context, part, elements, `${pointer}/assembly/${index}`),
    );
    return parts.every((part) => part !== undefined) ? assembly(parts) : undefined;
  }
  if (map.from !== undefined) return ofSelection(context, map, map.from, elements, at);
  return map.projection === undefined
    ? ofPopulation(context, map, elements, at)
    : ofProjection(context, map, elements, at);
}

function ofPopulation(
  context: Context,
  map: SelectionObjectDocument,
  elements: Elements,
  at: (key: string) => string,
): Selection | undefined {
  const id = map.population ?? '';
  const population = elements.populations.get(id);
  if (!population) {
    const known = [...elements.populations.keys()];
    context.report(messages.unknownReference('population', id, known), at('population'));
    return undefined;
  }
  const members: readonly Member[] = [{ kind: 'population', id, population }];
  if (map.mask) return maskOf(context, map.mask, id, population, members, at('mask'));
  if (map.sample === undefined) return narrowed(context, map, { population: id }, population.size, members, at);
  const size = Number.isNaN(population.size) ? undefined : population.size;
  const within = map.within && indicesOf(context, map.within, size, id, at('within'));
  const read = readSample(context, map, size, id, at);
  if (read === undefined || read.sample > (size ?? Infinity)) return undefined;
  const { count, ...known } = read;
  const available = within?.shape[0] ?? Infinity;
  if (read.sample > available)
    context.report(messages.outOfRange('the size of the sample', 0, available, read.sample), at('sample'));
  const place = { context, pointer: '', scopes: [] };
  const rule = readObject(selections.sample, map, place, { population: id, ...known, within: within?.values });
  return { rule, members, count };
}

/** Normalises all elements of a population or projection, a range of them, or a list. */
function narrowed(
  context: Context,
  map: SelectionObjectDocument,
  owner: { readonly population: Id } | { readonly projection: Id },
  size: number | undefined,
  members: readonly Member[],
  at: (key: string) => string,
): Selection | undefined {
  const [id] = Object.values(owner) as [Id];
  const known = Number.isNaN(size) ? undefined : size;
  if (map.slice) {
    const slice = resolveSlice(context, map.slice, size, id, at('slice'));
    if (!slice) return undefined;
    const [start, stop, step] = slice;
    const count = Math.max(0, Math.ceil((stop - start) / step));
    return { rule: start === 0 && count === size ? owner : { ...owner, slice }, members, count };
  }
  if (!map.indices) return { rule: owner, members, count: known };
  const indices = indicesOf(context, map.indices, known, id, at('indices'));
  return indices && { rule: { ...owner, indices: indices.values }, members, count: indices.shape[0] };
}

/** Reads the size of a sample and who draws it. `most`: the number of elements, if known. */
function readSample(
  context: Context,
  map: SelectionObjectDocument,
  most: number | undefined,
  id: string,
  at: (key: string) => string,
) {
  const sample = normaliseCount(context, map.sample ?? 0, 'the size of the sample', at('sample'));
  if (sample !== undefined && most !== undefined && sample > most)
    context.report(messages.outOfRange('the size of the sample', 0, most, sample), at('sample'));
  const slot = { what: 'the sample', unit: pureUnit, type: 'integer' } as const;
  const generator = map.generator && drawnValues(context, map.generator, slot, at('generator'));
  const pick = map.pick && indicesOf(context, map.pick, sample, id, at('pick'));
  return sample === undefined ? undefined : { sample, pick: pick?.values, generator, count: pick?.shape[0] ?? sample };
}

/** Normalises a sample of the elements of another selection. */
function ofSelection(
  context: Context,
  map: SelectionObjectDocument,
  written: SelectionDocument,
  elements: Elements,
  at: (key: string) => string,
): Selection | undefined {
  const from = normaliseSelection(context, written, elements, at('from'));
  const read = from && readSample(context, map, from.count, map.only ?? '', at);
  if (!from || !read) return undefined;
  const members = from.members.filter(
    (member) => member.kind === 'population' && (map.only === undefined || member.id === map.only),
  );
  if (members.length === 0) {
    const known = from.members.map(({ id }) => id);
    context.report(
      messages.unknownReference('population of the selection', map.only ?? '', known),
      at(map.only === undefined ? 'from' : 'only'),
    );
    return undefined;
  }
  const { count, ...known } = read;
  const place = { context, pointer: '', scopes: [] };
  const rule = readObject(selections.sampleOf, map, place, { ...known, from: from.rule });
  // How many of them are of one population comes out when they are drawn.
  return { rule, members, count: map.only === undefined || from.members.length === 1 ? count : undefined };
}

function ofProjection(
  context: Context,
  map: SelectionObjectDocument,
  elements: Elements,
  at: (key: string) => string,
): Selection | undefined {
  const id = map.projection ?? '';
  const wrong = (['mask', 'sample'] as const).find((key) => map[key] !== undefined);
  if (!elements.projections.has(id))
    context.report(messages.unknownReference('projection', id, [...elements.projections]), at('projection'));
  else if (wrong) context.report(messages.onlyWith(wrong, 'population'), at(wrong));
  // How many synapses there are is not known before they are drawn.
  else return narrowed(context, map, { projection: id }, undefined, [{ kind: 'projection', id }], at);
  return undefined;
}

/**
 * Resolves start, end and step. Negative bounds, which count from the end, are resolved if the size is known.
 *
 * @param size  undefined for synapses, which are not counted yet; NaN if a finding has reported the cause
 */
function resolveSlice(
  context: Context,
  written: readonly (number | string | null)[],
  size: number | undefined,
  id: string,
  pointer: string,
): readonly [number, number, number] | undefined {
  if (written.length < 2 || written.length > 3) {
    context.report(messages.badSlice(written.join(':')), pointer);
    return undefined;
  }
  const number = (index: number, otherwise: number | undefined): number | undefined => {
    const part = written[index];
    if (part === undefined || part === null || part === '') {
      if (otherwise === undefined) context.report(messages.badSlice(written.join(':')), pointer);
      return otherwise;
    }
    const value = wholeNumber(context, part, 'the bound of a slice', pointer);
    return value !== undefined && value < 0 && size !== undefined && index < 2 ? value + size : value;
  };
  const [start, stop, step] = [number(0, 0), number(1, size), number(2, 1)];
  if (start === undefined || stop === undefined || step === undefined) return undefined;
  if (step < 1) context.report(messages.notPositive('the step of a slice', step), pointer);
  else if (start < 0 || stop < 0 || start > (size ?? Infinity) || stop > (size ?? Infinity))
    context.report(messages.sliceOutOfRange(id, size, `${start}:${stop}`), pointer);
  else return [start, Math.max(start, stop), step];
  return undefined;
}

/** Normalises a list of indices, each below the size if that is known. */
export function indicesOf(
  context: Context,
  written: ArrayDocument,
  size: number | undefined,
  id: string,
  pointer: string,
): ReturnType<typeof normaliseArray> {
  const array = normaliseArray(context, written, { what: 'the indices', unit: pureUnit, type: 'integer' }, pointer);
  const numbers = array && numbersOf(context, array.values);
  for (let index = 0; numbers && index < numbers.length; index++) {
    const value = numbers[index] ?? 0;
    if (value >= 0 && (size === undefined || value < size)) continue;
    if (Array.isArray(written)) context.report(messages.indexOutOfRange(id, size, value), child(pointer, index));
    else context.report(messages.indexOutOfRange(id, size, value < 0 ? value : largestIn(numbers)), pointer);
    return undefined;
  }
  return array;
}

const largestIn = (numbers: ArrayLike<number>): number => {
  let largest = -Infinity;
  for (let k = 0; k < numbers.length; k++) largest = Math.max(largest, itemAt(numbers, k));
  return largest;
};

function maskOf(
  context: Context,
  written: ArrayDocument,
  id: string,
  population: PopulationInfo,
  members: readonly Member[],
  pointer: string,
): Selection | undefined {
  const array = normaliseArray(context, written, { what: 'the mask', unit: pureUnit, type: 'boolean' }, pointer);
  if (!array) return undefined;
  if (!Number.isNaN(population.size) && (array.shape.length !== 1 || array.shape[0] !== population.size)) {
    context.report(messages.wrongLength('the mask', population.size, array.shape[0] ?? 0), pointer);
    return undefined;
  }
  const numbers = numbersOf(context, array.values);
  let count = 0;
  for (let index = 0; numbers && index < numbers.length; index++) count += numbers[index] === 0 ? 0 : 1;
  return { rule: { population: id, mask: array.values }, members, count: numbers && count };
}

/** Returns the selection as the short text that keys of the protocol use; undefined if it has no such text. */
export function selectionText(rule: SelectionRule): string | undefined {
  const slice = (bounds: readonly [number, number, number] | undefined): string =>
    bounds ? `[${bounds[0]}:${bounds[1]}${bounds[2] === 1 ? '' : `:${bounds[2]}`}]` : '';
  const selection = taggedSelection(rule);
  switch (selection.kind) {
    case 'slice':
      return `${selection.population}${slice(selection.slice)}`;
    case 'indices':
      return isListed(selection.indices) ? `${selection.population}[${selection.indices.join(', ')}]` : undefined;
    case 'synapses':
      return selection.indices ? undefined : `${selection.projection}${slice(selection.slice)}`;
    case 'mask':
    case 'sample':
    case 'sampleOf':
    case 'assembly':
      return undefined;
    default:
      return selection satisfies never;
  }
}
