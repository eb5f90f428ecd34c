/** Places on cells with structure: one for all synapses or elements, or one for each. */

import { isDrawn, isGiven } from '../tagged.js';
import { isRandom } from '../../lang/functions.js';
import { parseExpression } from '../../lang/parse.js';
import { callsIn } from '../../lang/walk.js';
import type { PlacesDocument, ValueDocument } from '../document.generated.js';
import { messages } from '../messages.js';
import type { ArrayValue, Id, Places, Value } from '../model.js';
import { child } from '../pointer.js';
import { numbersOf } from './arrays.js';
import type { Context } from './context.js';
import { namesFrom, placeSpecials, pureUnit } from './names.js';
import { placeOf } from './neurons.js';
import type { Selection } from './selections.js';
import { normaliseValue } from './values.js';

/** A place as written, or places. */
interface PlaceDocument {
  readonly section?: string;
  readonly fraction?: number;
  readonly places?: PlacesDocument;
}

/** Owners of the places. */
interface Placed {
  readonly selection: Pick<Selection, 'members'>;
  /** `synapse` or `element`. */
  readonly each: 'synapse' | 'element';
  /** Their number, if known. */
  readonly count?: number | undefined;
}

/** Normalises one place, or one for each; returns no member if no place is written. */
export function normalisePlaces(
  context: Context,
  { section, fraction, places }: PlaceDocument,
  placed: Placed,
  pointer: string,
): { section?: string; fraction?: number; places?: Places } {
  if (section !== undefined) checkSection(context, section, placed.selection, `${pointer}/section`);
  const single = placeOf(context, section, fraction, pointer);
  if (!places) return single;
  if (section !== undefined) context.report(messages.oneOfKeys(['section', 'places'], 2), `${pointer}/section`);
  if (fraction !== undefined) context.report(messages.oneOfKeys(['fraction', 'places'], 2), `${pointer}/fraction`);
  const at = `${pointer}/places`;
  const on = sectionsOf(context, places, placed, at);
  const along =
    places.fraction === undefined
      ? 0.5
      : ofEach(context, places.fraction, { what: 'the fraction', type: 'real', most: 1, ...placed }, `${at}/fraction`);
  return on && along !== undefined ? { places: { ...on, fraction: along } } : {};
}

/** Checks that a section exists in every type of the selection. */
export function checkSection(context: Context, section: Id, { members }: Placed['selection'], pointer: string): void {
  for (const member of members) {
    if (member.kind === 'population' && member.population.unknown === true) continue;
    const sections =
      member.kind === 'population' ? Object.keys(member.population.neuron?.type.compartments?.sections ?? {}) : [];
    if (!sections.includes(section)) context.report(messages.unknownReference('section', section, sections), pointer);
  }
}

/** Normalises sections by name, and the index of the section of each place. */
function sectionsOf(
  context: Context,
  { sections, section }: PlacesDocument,
  placed: Placed,
  pointer: string,
): Pick<Places, 'sections' | 'section'> | undefined {
  const at = `${pointer}/section`;
  if (sections) {
    sections.forEach((name, k) => checkSection(context, name, placed.selection, `${pointer}/sections/${k}`));
    const slot = { what: 'the index of the section', type: 'integer', most: sections.length - 1 } as const;
    const index = ofEach(context, section, { ...slot, ...placed }, at);
    return index === undefined ? undefined : { sections, section: index };
  }
  const names = typeof section === 'string' ? [section] : section;
  if (!isNames(names)) {
    context.report(messages.sectionNames(), at);
    return undefined;
  }
  if (typeof section !== 'string' && placed.count !== undefined && names.length !== placed.count) {
    context.report(messages.wrongLength(`the sections (one for each ${placed.each})`, placed.count, names.length), at);
    return undefined;
  }
  const indices = new Map<string, number>();
  const array = names.map((name, k) => {
    const known = indices.get(name);
    if (known !== undefined) return known;
    checkSection(context, name, placed.selection, typeof section === 'string' ? at : child(at, k));
    indices.set(name, indices.size);
    return indices.size - 1;
  });
  return { sections: [...indices.keys()], section: indices.size === 1 ? 0 : { array } };
}

const isNames = (names: unknown): names is readonly string[] =>
  Array.isArray(names) && names.every((name) => typeof name === 'string');

/** Normalises a number for each synapse or element, from 0 to `most`. */
function ofEach(
  context: Context,
  written: ValueDocument,
  slot: { readonly what: string; readonly type: 'real' | 'integer'; readonly most: number } & Placed,
  pointer: string,
): Value | undefined {
  const { what, type, most, count, each } = slot;
  const scope = namesFrom(placeSpecials[each]);
  const whole = { what: `${what} of each ${each}`, unit: pureUnit, type, count };
  const value = normaliseValue(context, written, [scope], whole, pointer);
  if (value === undefined) return undefined;
  if (typeof value === 'string' ? drawsOtherThanUniform(value) : isDrawn(value)) {
    context.report(messages.drawnPlaces(what), pointer);
    return undefined;
  }
  const wrong = outside(context, value, most);
  if (wrong === undefined) return value;
  context.report(
    messages.outOfRange(what, 0, most, wrong.found),
    wrong.at === undefined ? pointer : child(pointer, wrong.at),
  );
  return undefined;
}

/**
 * Checks whether a text draws from another distribution. Drawn places are uniform numbers; expressions convert them to
 * fractions and indices.
 */
const drawsOtherThanUniform = (text: string): boolean =>
  callsIn(parseExpression(text)).some((call) => call.function !== 'uniform' && isRandom(call.function));

/** Returns the first number of a value that is below 0 or above `most`. */
function outside(
  context: Context,
  value: Value,
  most: number,
): { readonly found: number; readonly at?: number } | undefined {
  const isWrong = (found: number): boolean => !(found >= 0 && found <= most);
  if (typeof value === 'number') return isWrong(value) ? { found: value } : undefined;
  if (!isGiven(value)) return undefined;
  const numbers = numbersOf(context, value.array);
  const at = numbers ? Array.from(numbers).findIndex(isWrong) : -1;
  if (!numbers || at < 0) return undefined;
  return { found: numbers[at] ?? 0, ...(isInModel(value.array) ? { at } : {}) };
}

const isInModel = (array: ArrayValue): array is readonly number[] => Array.isArray(array);
