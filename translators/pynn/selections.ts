/** Populations, views and assemblies: which cells a label stands for. */

import type { StandardCell } from '../../src/library/standard-type.js';
import { child } from '../../src/model/pointer.js';
import type { Setting } from './context.js';
import { located } from './located.js';
import * as messages from './messages.js';
import type { Assembly, View } from './specification.js';
import { numpyGenerator } from './values.js';

/** A population as other parts see it. */
export interface PopulationInfo {
  readonly label: string;
  /** Name in the canonical model. */
  readonly id: string;
  readonly size: number;
  /** None for SpikeSourceArray. */
  readonly cell: StandardCell | null;
}

/** Cells of one population: a range, a list, or some that are drawn. */
export type Cells =
  | { readonly kind: 'range'; readonly begin: number; readonly end: number }
  | { readonly kind: 'list'; readonly indices: readonly number[] }
  | { readonly kind: 'sample'; readonly size: number; readonly generator: unknown };

export interface Portion {
  readonly population: PopulationInfo;
  readonly cells: Cells;
}

/** What a label stands for: one portion, or several for an assembly. */
export interface Target {
  readonly label: string;
  readonly portions: readonly Portion[];
}

export const countOf = (cells: Cells): number =>
  cells.kind === 'range' ? cells.end - cells.begin : cells.kind === 'list' ? cells.indices.length : cells.size;

export const sizeOf = (target: Target): number => target.portions.reduce((sum, { cells }) => sum + countOf(cells), 0);

/** Ascending indices, as a range where they follow one another. */
function listed(indices: readonly number[]): Cells {
  const [first = 0] = indices;
  const contiguous = indices.every((index, k) => index === first + k);
  return contiguous ? { kind: 'range', begin: first, end: first + indices.length } : { kind: 'list', indices };
}

/** The portions of a view; undefined after what is wrong was reported. PyNN sorts indices and drops repeated ones. */
export function viewOf(view: View, parent: Target, pointer: string, setting: Setting): readonly Portion[] | undefined {
  const at = child(pointer, 'select');
  const given = (['slice', 'indices', 'mask', 'sample'] as const).filter((key) => view.select[key] !== undefined);
  const [portion] = parent.portions;
  if (given.length !== 1 || portion === undefined)
    return void setting.report(messages.wrongValue('the selection', 'one of slice, indices, mask, sample', given), at);
  if (parent.portions.length > 1) return void setting.report(messages.unsupported('a view of an assembly'), child(pointer, 'of'));
  const size = countOf(portion.cells);
  const { sample } = view.select;
  if (sample !== undefined) {
    if (sample < 0 || sample > size)
      return void setting.report(messages.outOfRange('the size of the sample', `0 to ${size}`, sample), child(at, 'sample'));
    if (size !== portion.population.size) return void setting.report(messages.unsupported('a sample of a view'), child(at, 'sample'));
    const generator = numpyGenerator(view.select.rng, child(at, 'rng'), setting);
    if (generator === undefined) return undefined;
    const drawn = generator === null ? null : { ...generator, distribution: 'permutation', arguments: [size], order: setting.nextOrder() };
    return [{ ...portion, cells: { kind: 'sample', size: sample, generator: drawn } }];
  }
  const indices = chosen(view.select, size, at, setting);
  if (indices === undefined) return undefined;
  const { cells } = portion;
  if (cells.kind === 'sample') return void setting.report(messages.unsupported('a view of a sample'), child(pointer, 'of'));
  return [
    { ...portion, cells: listed(indices.map((index) => (cells.kind === 'range' ? cells.begin + index : (cells.indices[index] ?? 0)))) },
  ];
}

/** Indices within the parent. */
function chosen({ slice, indices, mask }: View['select'], size: number, pointer: string, setting: Setting): readonly number[] | undefined {
  if (slice !== undefined) {
    const [start, stop, step = 1] = slice;
    if (slice.length < 2 || slice.length > 3 || step === null || step < 1)
      return void setting.report(
        messages.wrongValue('the slice', '[start, stop] or [start, stop, step] with a step of 1 or more', slice),
        child(pointer, 'slice'),
      );
    const bound = (value: number | null | undefined, otherwise: number): number =>
      value === null || value === undefined ? otherwise : Math.max(0, Math.min(size, value < 0 ? value + size : value));
    const [from, until] = [bound(start, 0), bound(stop, size)];
    return Array.from({ length: Math.max(0, Math.ceil((until - from) / step)) }, (_, k) => from + k * step);
  }
  if (mask !== undefined) {
    if (mask.length !== size) return void setting.report(messages.wrongLength('the mask', size, mask.length), child(pointer, 'mask'));
    return mask.flatMap((on, index) => (on ? [index] : []));
  }
  const list = indices ?? [];
  const wrong = list.findIndex((index) => index < -size || index >= size);
  if (wrong >= 0)
    return void setting.report(messages.outOfRange('the index', `0 to ${size - 1}`, list[wrong]), child(child(pointer, 'indices'), wrong));
  return [...new Set(list.map((index) => (index < 0 ? index + size : index)))].sort((a, b) => a - b);
}

/** The portions of an assembly. */
export function assemblyOf(
  assembly: Assembly,
  targets: ReadonlyMap<string, Target>,
  pointer: string,
  setting: Setting,
): readonly Portion[] {
  return assembly.of.flatMap((label, index) => targetOf(label, targets, child(child(pointer, 'of'), index), setting)?.portions ?? []);
}

/** What a label stands for; undefined after an unknown one was reported. */
export function targetOf(label: string, targets: ReadonlyMap<string, Target>, pointer: string, setting: Setting): Target | undefined {
  const target = targets.get(label);
  if (target === undefined) setting.report(messages.unknownReference('population, view or assembly', label, [...targets.keys()]), pointer);
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
      return { population: id, sample: cells.size, ...(cells.generator === null ? {} : { generator: cells.generator }) };
    default:
      return cells satisfies never;
  }
}

/** A target as an end of a projection, made from what stands at `pointer`. */
export function endOf(target: Target, pointer: string): unknown {
  const [only] = target.portions;
  return located(
    target.portions.length === 1 && only !== undefined ? selectionOf(only) : { assembly: target.portions.map(selectionOf) },
    pointer,
  );
}

/** The cells of a portion as ranges of neighbours; undefined for a sample, which is not known yet. */
export function rangesOf({ cells }: Portion): readonly (readonly [begin: number, end: number])[] | undefined {
  if (cells.kind === 'sample') return undefined;
  if (cells.kind === 'range') return [[cells.begin, cells.end]];
  const ranges: [number, number][] = [];
  for (const index of cells.indices) {
    const last = ranges.at(-1);
    if (last?.[1] === index) last[1] = index + 1;
    else ranges.push([index, index + 1]);
  }
  return ranges;
}
