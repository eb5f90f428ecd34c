/** Populations, views and assemblies: which cells a label stands for. */

import type { StandardCell } from '../../src/library/standard-type.js';
import { child } from '../../src/model/pointer.js';
import { rowOf } from '../../src/model/selected.js';
import { canList, type Setting } from './context.js';
import { located } from '../shared/located.js';
import * as messages from './messages.js';
import type { Assembly, Population, PynnSpecification, View } from './specification.generated.js';
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
      /** The cells of the population that it is drawn from, if they are not all. */
      readonly within: readonly number[] | null;
      /**
       * A drawn sample or several populations that it is drawn from. Of several populations, all its cells belong to
       * one.
       */
      readonly from: readonly unknown[] | null;
      readonly parts: number;
      /** Indices of its cells among the drawn ones, in ascending order; null for all. */
      readonly pick: readonly number[] | null;
    };

/** Cells of one population. */
export interface Portion {
  readonly population: PopulationInfo;
  /** Which of its cells. */
  readonly cells: Cells;
}

/** The cells of a label: one portion, or several for an assembly. */
export interface Target {
  readonly label: string;
  /** Portions in PyNN's order of cell numbers. */
  readonly portions: readonly Portion[];
  /** Number of cells, if the number in each portion is not known yet. */
  readonly size?: number;
}

/** Returns the number of cells; NaN for one population's cells in a sample drawn from several populations. */
export function countOf(cells: Cells): number {
  if (cells.kind === 'range') return cells.end - cells.begin;
  if (cells.kind === 'list') return cells.indices.length;
  return cells.parts > 1 ? NaN : (cells.pick?.length ?? cells.size);
}

/** Returns number of cells that a label stands for. */
export const sizeOf = (target: Target): number =>
  target.size ?? target.portions.reduce((sum, { cells }) => sum + countOf(cells), 0);

/** Returns the populations of a document that a label stands for. */
export function populationsOf(document: PynnSpecification, label: string): readonly Population[] {
  const { populations = [], views = [], assemblies = [] } = document;
  const of =
    views.find((view) => view.label === label)?.of ?? assemblies.find((assembly) => assembly.label === label)?.of;
  return of === undefined
    ? populations.filter((population) => population.label === label)
    : [of].flat().flatMap((part) => populationsOf(document, part));
}

/** A view or an assembly of a document, by its number among its kind. */
interface Declaration {
  readonly kind: 'view' | 'assembly';
  readonly index: number;
}

/** Returns views, then assemblies, in the order of the document, but each after its parts. */
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
    // A declaration of unknown parts comes in its place, to be reported.
    const next = waiting.find(({ of }) => of.every((label) => known.has(label))) ?? waiting[0];
    if (next === undefined) break;
    known.add(next.label);
    order.push(next.declaration);
    waiting = waiting.filter((one) => one !== next);
  }
  return order;
}

/** Returns ascending indices, as a range if they are consecutive. */
function listed(indices: readonly number[]): Cells {
  const row = rowOf(indices);
  return row ? { kind: 'range', begin: row[0], end: row[1] } : { kind: 'list', indices };
}

/** Returns the cells of a view; undefined after an error was reported. PyNN sorts indices and drops repeated ones. */
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
  // The portion of a cell is known only after drawing, so the numbers refer to all cells in order.
  if (parent.portions.some(({ cells }) => Number.isNaN(countOf(cells))))
    return drawnFrom(view.label, sizeOf(parent), parent, null, indices);
  return { portions: portionsOf(parent, indices) };
}

/** Returns the cells of a target with the given numbers, which ascend. */
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

/** Returns the cells of a portion with the given numbers. */
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

/** Returns a drawn sample of a population or of a view. */
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

/** Returns cells drawn from a drawn sample, or from several populations: one portion for each population. */
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

/** Checks whether any of a target's cells are still to be drawn. */
export const isDrawn = ({ portions }: Target): boolean => portions.some(({ cells }) => cells.kind === 'sample');

/** Returns the cells of a target, each by its own text; undefined while some are still to be drawn. */
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

/** Returns indices within the parent. */
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

/** Returns the cells of an assembly. As in PyNN, a part that shares cells with an earlier part is left out. */
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

/** Checks whether two targets have a cell in common, as far as is known. */
function overlap(a: Target, b: Target): boolean {
  if (a.label === b.label) return true;
  if (isDrawn(a) || isDrawn(b)) return false;
  return a.portions.some((portion) =>
    b.portions.some((other) => portion.population.id === other.population.id && shareCells(portion.cells, other.cells)),
  );
}

/** Checks whether two sets of cells of one population share any; a range is never written out. */
function shareCells(a: Cells, b: Cells): boolean {
  if (a.kind === 'sample' || b.kind === 'sample') return false;
  if (a.kind === 'range' && b.kind === 'range') return Math.max(a.begin, b.begin) < Math.min(a.end, b.end);
  if (a.kind === 'range') return shareCells(b, a);
  if (b.kind === 'range') return a.indices.some((index) => index >= b.begin && index < b.end);
  const indices = new Set(a.indices);
  return b.indices.some((index) => indices.has(index));
}

/** Returns the cells of a label; undefined after a report of an unknown label or a wrong definition. */
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

/** Returns a portion as a selection of the canonical model. */
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

/** Returns a target as an end of a projection, located at `pointer`. */
export const endOf = (target: Target, pointer: string): unknown => located(ruleOf(target), pointer);

/** Returns a target as a selection of the canonical model. */
export const ruleOf = ({ portions }: Target): unknown => oneOf(selectionsOf(portions));

const oneOf = (selections: readonly unknown[]): unknown =>
  selections.length === 1 ? selections[0] : { assembly: selections };

/**
 * Returns portions as selections. Portions of one sample of several populations form one selection, which keeps its
 * order.
 */
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
