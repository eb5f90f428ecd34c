/** Populations, views and assemblies: which cells a label stands for. */

import type { StandardCell } from '../../src/library/standard-type.js';
import { child } from '../../src/model/pointer.js';
import { rowOf } from '../../src/model/selected.js';
import { canList, type Setting } from './context.js';
import { located } from '../shared/located.js';
import * as messages from './messages.js';
import type { Assembly, PynnSpecification, View } from './specification.generated.js';
import { numpyGenerator } from './values.js';

/** A population as other parts see it. */
export interface PopulationInfo {
  /** PyNN's label. */
  readonly label: string;
  /** Name in the canonical model. */
  readonly id: string;
  /** Number of cells. */
  readonly size: number;
  /** None for SpikeSourceArray. */
  readonly cell: StandardCell | null;
}

/** Cells of one population: a range, a list, or some that are drawn. */
type Cells =
  | { readonly kind: 'range'; readonly begin: number; readonly end: number }
  | { readonly kind: 'list'; readonly indices: readonly number[] }
  | {
      readonly kind: 'sample';
      readonly size: number;
      /** Who draws it; null: the target, once for each name. */
      readonly generator: unknown;
      readonly name: string;
      /** The cells of the population that it is drawn from, where those are not all. */
      readonly within: readonly number[] | null;
      /** What else it is drawn from: a drawn sample, or several populations, of which these cells are those of one. */
      readonly from: readonly unknown[] | null;
      readonly parts: number;
      /** Which of the drawn cells, in ascending order, these are; null for all. */
      readonly pick: readonly number[] | null;
    };

/** Cells of one population. */
export interface Portion {
  readonly population: PopulationInfo;
  /** Which of its cells. */
  readonly cells: Cells;
}

/** What a label stands for: one portion, or several for an assembly. */
export interface Target {
  readonly label: string;
  /** In the order in which PyNN numbers the cells. */
  readonly portions: readonly Portion[];
  /** How many cells, where nobody knows yet how many those of a portion are. */
  readonly size?: number;
}

/** How many cells; NaN where a sample is drawn from several populations, of which these are those of one. */
export function countOf(cells: Cells): number {
  if (cells.kind === 'range') return cells.end - cells.begin;
  if (cells.kind === 'list') return cells.indices.length;
  return cells.parts > 1 ? NaN : (cells.pick?.length ?? cells.size);
}

/** Number of cells that a label stands for. */
export const sizeOf = (target: Target): number =>
  target.size ?? target.portions.reduce((sum, { cells }) => sum + countOf(cells), 0);

/** A view or an assembly of a document, by its number among its kind. */
interface Declaration {
  readonly kind: 'view' | 'assembly';
  readonly index: number;
}

/** Views, then assemblies, in the order of the document, but each after what it is made of. */
export function byUse(
  { views = [], assemblies = [] }: PynnSpecification,
  populations: readonly string[],
): readonly Declaration[] {
  const known = new Set(populations);
  let waiting = [
    ...views.map(({ label, of }, index) => ({ label, of: [of], declaration: { kind: 'view', index } as const })),
    ...assemblies.map(({ label, of }, index) => ({ label, of, declaration: { kind: 'assembly', index } as const })),
  ];
  const order: Declaration[] = [];
  while (waiting.length > 0) {
    // What is made of nothing that there is comes as it stands, to be reported.
    const next = waiting.find(({ of }) => of.every((label) => known.has(label))) ?? waiting[0];
    if (next === undefined) break;
    known.add(next.label);
    order.push(next.declaration);
    waiting = waiting.filter((one) => one !== next);
  }
  return order;
}

/** Ascending indices, as a range where they follow each other. */
function listed(indices: readonly number[]): Cells {
  const row = rowOf(indices);
  return row ? { kind: 'range', begin: row[0], end: row[1] } : { kind: 'list', indices };
}

/** The cells of a view; undefined after what is wrong was reported. PyNN sorts indices and drops repeated ones. */
export function viewOf(
  view: View,
  parent: Target,
  pointer: string,
  setting: Setting,
): Omit<Target, 'label'> | undefined {
  const at = child(pointer, 'select');
  const given = (['slice', 'indices', 'mask', 'sample'] as const).filter((key) => view.select[key] !== undefined);
  if (given.length !== 1 || parent.portions.length === 0)
    return void setting.report(messages.wrongValue('the selection', 'one of slice, indices, mask, sample', given), at);
  if (view.select.sample !== undefined) return sampleOf(view, view.select.sample, parent, at, setting);
  const indices = chosen(view.select, sizeOf(parent), at, setting);
  if (indices === undefined) return undefined;
  // Which portion a cell is of comes out when these are drawn: of all cells, in order, those with these numbers.
  if (parent.portions.some(({ cells }) => Number.isNaN(countOf(cells))))
    return drawnFrom(view.label, sizeOf(parent), parent, null, indices);
  return { portions: portionsOf(parent, indices) };
}

/** The cells of a target with these numbers, which ascend. */
function portionsOf({ portions }: Target, indices: readonly number[]): readonly Portion[] {
  const result: Portion[] = [];
  let begin = 0;
  let next = 0;
  for (const portion of portions) {
    const end = begin + countOf(portion.cells);
    const own: number[] = [];
    for (; next < indices.length && (indices[next] ?? 0) < end; next++) own.push((indices[next] ?? 0) - begin);
    if (own.length > 0 || portions.length === 1) result.push({ ...portion, cells: someOf(portion.cells, own) });
    begin = end;
  }
  return result;
}

/** Of the cells of a portion those with these numbers. */
function someOf(cells: Cells, numbers: readonly number[]): Cells {
  switch (cells.kind) {
    case 'range':
      return listed(numbers.map((number) => cells.begin + number));
    case 'list':
      return listed(numbers.map((number) => cells.indices[number] ?? 0));
    case 'sample':
      return { ...cells, pick: numbers.map((number) => cells.pick?.[number] ?? number) };
  }
}

/** A drawn sample of a population or of a view. */
function sampleOf(
  view: View,
  sample: number,
  parent: Target,
  at: string,
  setting: Setting,
): Omit<Target, 'label'> | undefined {
  const [portion] = parent.portions;
  const size = sizeOf(parent);
  if (sample < 0 || sample > size)
    return void setting.report(
      messages.outOfRange('the size of the sample', `0 to ${size}`, sample),
      child(at, 'sample'),
    );
  if (portion === undefined) return { portions: [] };
  const generator = numpyGenerator(view.select.rng, child(at, 'rng'), setting);
  if (generator === undefined) return undefined;
  const drawn =
    generator === null
      ? null
      : { ...generator, distribution: 'permutation', arguments: [size], order: setting.nextOrder() };
  const { cells, population } = portion;
  if (!canList(size, at, setting)) return undefined;
  if (parent.portions.length > 1 || cells.kind === 'sample') return drawnFrom(view.label, sample, parent, drawn, null);
  const within =
    size === population.size
      ? null
      : cells.kind === 'list'
        ? cells.indices
        : Array.from({ length: size }, (_, k) => cells.begin + k);
  const chosen: Cells = {
    kind: 'sample',
    size: sample,
    generator: drawn,
    name: view.label,
    within,
    from: null,
    parts: 1,
    pick: null,
  };
  return { portions: [{ ...portion, cells: chosen }] };
}

/** Cells that are drawn from what is drawn itself, or from several populations: a portion for each of these. */
function drawnFrom(
  name: string,
  size: number,
  parent: Target,
  generator: unknown,
  pick: readonly number[] | null,
): Omit<Target, 'label'> {
  const populations = [...new Map(parent.portions.map(({ population }) => [population.id, population])).values()];
  const from = selectionsOf(parent.portions);
  const cells: Cells = { kind: 'sample', size, generator, name, within: null, from, parts: populations.length, pick };
  return { portions: populations.map((population) => ({ population, cells })), size: pick?.length ?? size };
}

/** Whether any of a target's cells are still to be drawn. */
export const isDrawn = ({ portions }: Target): boolean => portions.some(({ cells }) => cells.kind === 'sample');

/** The cells of a target, each by its own text; undefined while some are still to be drawn. */
export function cellsOf({ portions }: Target): readonly string[] | undefined {
  const texts: string[] = [];
  for (const { population, cells } of portions) {
    if (cells.kind === 'sample') return undefined;
    const count = countOf(cells);
    for (let k = 0; k < count; k++)
      texts.push(`${population.id}.${cells.kind === 'range' ? cells.begin + k : (cells.indices[k] ?? 0)}`);
  }
  return texts;
}

/** Indices within the parent. */
function chosen(
  { slice, indices, mask }: View['select'],
  size: number,
  pointer: string,
  setting: Setting,
): readonly number[] | undefined {
  if (slice !== undefined) {
    const [start, stop, by] = slice;
    const step = by ?? 1;
    if (slice.length < 2 || slice.length > 3 || step < 1)
      return void setting.report(
        messages.wrongValue('the slice', '[start, stop] or [start, stop, step] with a step of 1 or more', slice),
        child(pointer, 'slice'),
      );
    const bound = (value: number | null | undefined, otherwise: number): number =>
      value === null || value === undefined ? otherwise : Math.max(0, Math.min(size, value < 0 ? value + size : value));
    const [from, until] = [bound(start, 0), bound(stop, size)];
    if (!canList((until - from) / step, child(pointer, 'slice'), setting)) return undefined;
    return Array.from({ length: Math.max(0, Math.ceil((until - from) / step)) }, (_, k) => from + k * step);
  }
  if (mask !== undefined) {
    if (mask.length !== size)
      return void setting.report(messages.wrongLength('the mask', size, mask.length), child(pointer, 'mask'));
    return mask.flatMap((on, index) => (on ? [index] : []));
  }
  const list = indices ?? [];
  const wrong = list.findIndex((index) => index < -size || index >= size);
  if (wrong >= 0)
    return void setting.report(
      messages.outOfRange('the index', `0 to ${size - 1}`, list[wrong]),
      child(child(pointer, 'indices'), wrong),
    );
  return [...new Set(list.map((index) => (index < 0 ? index + size : index)))].sort((a, b) => a - b);
}

/** The cells of an assembly. What has cells that another part has already is left out, as PyNN does. */
export function assemblyOf(
  assembly: Assembly,
  targets: ReadonlyMap<string, Target>,
  pointer: string,
  setting: Setting,
): Omit<Target, 'label'> {
  const parts: Target[] = [];
  for (const [index, label] of assembly.of.entries()) {
    const at = child(child(pointer, 'of'), index);
    const part = targetOf(label, targets, at, setting);
    if (part === undefined) continue;
    const before = parts.find((one) => overlap(one, part));
    if (before === undefined) parts.push(part);
    else setting.report(messages.cellsTwice(label, before.label), at);
  }
  const portions = parts.flatMap((part) => part.portions);
  const known = parts.every(({ size }) => size === undefined);
  return { portions, ...(known ? {} : { size: parts.reduce((sum, part) => sum + sizeOf(part), 0) }) };
}

/** Whether two targets have a cell in common, as far as is known. */
function overlap(a: Target, b: Target): boolean {
  if (a.label === b.label) return true;
  if (isDrawn(a) || isDrawn(b)) return false;
  return a.portions.some((one) =>
    b.portions.some((other) => one.population.id === other.population.id && shareCells(one.cells, other.cells)),
  );
}

/** Whether two sets of cells of one population share any; a range is never written out. */
function shareCells(a: Cells, b: Cells): boolean {
  if (a.kind === 'sample' || b.kind === 'sample') return false;
  if (a.kind === 'range' && b.kind === 'range') return Math.max(a.begin, b.begin) < Math.min(a.end, b.end);
  if (a.kind === 'range') return shareCells(b, a);
  if (b.kind === 'range') return a.indices.some((index) => index >= b.begin && index < b.end);
  const indices = new Set(a.indices);
  return b.indices.some((index) => indices.has(index));
}

/** What a label stands for; undefined after an unknown one, or what is wrong with its definition, was reported. */
export function targetOf(
  label: string,
  targets: ReadonlyMap<string, Target>,
  pointer: string,
  setting: Setting,
): Target | undefined {
  const target = targets.get(label);
  if (target === undefined && !setting.refused.has(label))
    setting.report(messages.unknownReference('population, view or assembly', label, [...targets.keys()]), pointer);
  return target;
}

/** A portion as a selection of the canonical model. */
export function selectionOf({ population, cells }: Portion): Record<string, unknown> {
  const { id } = population;
  switch (cells.kind) {
    case 'range':
      return cells.begin === 0 && cells.end === population.size
        ? { population: id }
        : { population: id, slice: [cells.begin, cells.end, 1] };
    case 'list':
      return { population: id, indices: cells.indices };
    case 'sample':
      return {
        ...(cells.from === null
          ? { population: id }
          : { from: oneOf(cells.from), ...(cells.parts > 1 ? { only: id } : {}) }),
        sample: cells.size,
        ...(cells.within === null ? {} : { within: cells.within }),
        ...(cells.pick === null ? {} : { pick: cells.pick }),
        ...(cells.generator === null ? { name: cells.name } : { generator: cells.generator }),
      };
    default:
      return cells satisfies never;
  }
}

/** A target as an end of a projection, made from what is at `pointer`. */
export const endOf = (target: Target, pointer: string): unknown => located(ruleOf(target), pointer);

/** A target as a selection of the canonical model. */
export const ruleOf = ({ portions }: Target): unknown => oneOf(selectionsOf(portions));

const oneOf = (selections: readonly unknown[]): unknown =>
  selections.length === 1 ? selections[0] : { assembly: selections };

/** Portions as selections; those of one sample of several populations are one, which keeps its order. */
function selectionsOf(portions: readonly Portion[]): readonly Record<string, unknown>[] {
  const selections: Record<string, unknown>[] = [];
  let before: Cells | undefined;
  for (const portion of portions) {
    const { cells } = portion;
    const together = cells.kind === 'sample' && cells.parts > 1;
    if (together && cells === before) continue;
    before = cells;
    const { only, ...rest } = selectionOf(portion);
    selections.push(together || only === undefined ? rest : { ...rest, only });
  }
  return selections;
}
