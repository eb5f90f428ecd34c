/** Morphologies as Brian's sections. */

import { scaleDecimal } from '../../../src/lang/decimal.js';
import { parseUnit } from '../../../src/lang/units.js';
import { isList } from '../../../src/model/collections.js';
import { call, followed, prefixed, spaced, type Source } from '../../shared/python.js';
import type { Compartments, MappedInitializer, Morphology, Quantities } from '../specification.generated.js';
import type { Companion } from './companion.js';
import { assignment, pythonName } from './python-text.js';

/** Sections as Brian's objects, each a child of its parent. */
export function morphologyLines(
  name: string,
  { sections = {}, compartments = {} }: Morphology,
  companion: Companion,
): { readonly lines: readonly string[]; readonly root: string } {
  const inUnit = (value: number): number => Number((value * 1e6).toPrecision(10));
  const unit = 'um';
  const numbers = (key: keyof Compartments): readonly number[] => inMetres(compartments[key]);
  const [lengths, middles, near, far] = (['length', 'diameter', 'r_length_1', 'r_length_2'] as const).map(numbers);
  const objectOf = (section: string): string => `${pythonName(name)}_${section}`;
  let first = 0;
  const lines = Object.entries(sections).flatMap(([key, { parent, n = 1 }]) => {
    const own = Array.from({ length: n }, (_, k) => first + k);
    first += n;
    const at = (values: readonly number[] | undefined, k: number): number => values?.[k] ?? 0;
    // Both halves of a cone follow from its ends and its middle.
    const start = (k: number): number => (2 * at(lengths, k) * at(near, k)) / (Math.PI * at(middles, k));
    const end = (k: number): number => (2 * at(lengths, k) * at(far, k)) / (Math.PI * at(middles, k));
    const [begin = 0] = own;
    const isSphere = n === 1 && at(near, begin) === 1 && at(far, begin) === 1;
    const array = (values: readonly number[], what: string): Source =>
      followed(companion.list(values, `${name}.${key}.${what}`), ` * ${unit}`);
    const diameters = [start(begin), ...own.map(end)].map(inUnit);
    const ofEach = own.map((k) => inUnit(at(lengths, k)));
    const isCylinder = diameters.every((d) => d === diameters[0]) && ofEach.every((l) => l === ofEach[0]);
    const whole = own.reduce((sum, k) => sum + at(lengths, k), 0);
    const made = isSphere
      ? call('Soma', [`diameter=${inUnit(at(middles, begin))} * ${unit}`])
      : isCylinder
        ? call('Cylinder', [
            `diameter=${diameters[0]} * ${unit}`,
            `length=${inUnit(whole)} * ${unit}`,
            ...(n === 1 ? [] : [`n=${n}`]),
          ])
        : call('Section', [
            prefixed('diameter=', array(diameters, 'diameter')),
            prefixed('length=', array(ofEach, 'length')),
            `n=${n}`,
          ]);
    return [
      assignment(objectOf(key), made),
      ...(parent === undefined ? [] : [`${objectOf(parent)}.${key} = ${objectOf(key)}`]),
    ];
  });
  return { lines, root: objectOf(Object.keys(sections)[0] ?? '') };
}

/**
 * Returns lists of numbers that are the same within sections as one number and those of other sections. Values are zero
 * if nothing sets them.
 *
 * @returns lines for such lists, and the other values
 */
export function valuesBySection(
  object: string,
  { sections = {} }: Morphology,
  initializers: Readonly<Record<string, MappedInitializer>>,
): { readonly lines: readonly string[]; readonly others: Readonly<Record<string, MappedInitializer>> } {
  const ranges: (readonly [path: string, first: number, n: number])[] = [];
  const paths = new Map<string, string>();
  let first = 0;
  for (const [name, { parent, n = 1 }] of Object.entries(sections)) {
    const path = parent === undefined ? '' : `${paths.get(parent) ?? ''}.${name}`;
    paths.set(name, path);
    // A section's name stands for everything that grows from it, too.
    const isLeaf = Object.values(sections).every((other) => other.parent !== name);
    ranges.push([isLeaf && path !== '' ? path : `${path}.main`, first, n]);
    first += n;
  }
  const lines: string[] = [];
  const others = Object.entries(initializers).filter(([key, initializer]) => {
    const { values, unit } = listedNumbers(initializer);
    const each = ranges.map(([, from, n]) => new Set(values.slice(from, from + n)));
    if (values.length === 0 || values.length !== first || each.some(({ size }) => size > 1)) return true;
    const counts = new Map<number, number>();
    for (const number of values) counts.set(number, (counts.get(number) ?? 0) + 1);
    const usual = [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 0;
    const different = ranges.flatMap(([path, from]) =>
      values[from] === usual ? [] : [[path, values[from] ?? 0] as const],
    );
    if (different.length > mostSections) return true;
    const text = (number: number): string => (unit === undefined ? String(number) : `${number} * ${spaced(unit)}`);
    if (usual !== 0) lines.push(`${object}.${key} = ${text(usual)}`);
    lines.push(...different.map(([path, number]) => `${object}${path}.${key} = ${text(number)}`));
    return false;
  });
  return { lines, others: Object.fromEntries(others) };
}

/** Returns the numbers of an initializer that is a list of them; no numbers of others. */
function listedNumbers(initializer: MappedInitializer): { readonly values: readonly number[]; readonly unit?: string } {
  const isNumbers = (list: unknown): list is readonly number[] =>
    Array.isArray(list) && list.every((value) => typeof value === 'number');
  if (isNumbers(initializer)) return { values: initializer };
  const { values, unit } = Object(initializer) as { readonly values?: unknown; readonly unit?: string };
  return isNumbers(values) ? { values, ...(unit === undefined ? {} : { unit }) } : { values: [] };
}

/** The most sections with a value of their own. */
const mostSections = 8;

/** Lengths as they are written in exports, in m. */
function inMetres(values: Quantities | undefined): readonly number[] {
  if (values === undefined) return [];
  const [list, unit] = isList(values) ? [values, 'meter'] : [values.values, values.unit ?? 'meter'];
  const { scale } = parseUnit(unit);
  return list.map((value) => scaleDecimal(String(value), scale));
}
