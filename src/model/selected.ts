/** Owners and sizes of selections, of either form. */

import { numbersOf } from './arrays.js';
import type { DataStore, Form, Id, SelectionRule } from './model.js';
import { isSelection, taggedSelection } from './tagged.js';

/**
 * Returns the population that a selection is part of; undefined for assemblies, samples of selections, and synapses.
 */
export function populationOf<F extends Form>(rule: SelectionRule<F>): Id | undefined {
  const selection = taggedSelection(rule as SelectionRule);
  switch (selection.kind) {
    case 'slice':
    case 'indices':
    case 'mask':
    case 'sample':
      return selection.population;
    case 'assembly':
    case 'sampleOf':
    case 'synapses':
      return undefined;
    default:
      return selection satisfies never;
  }
}

/** Returns the population that a selection is all of; undefined for any other selection. */
export function wholePopulation<F extends Form>(rule: SelectionRule<F>): Id | undefined {
  const selection = taggedSelection(rule as SelectionRule);
  return selection.kind === 'slice' && selection.slice === undefined ? selection.population : undefined;
}

/**
 * Returns the populations that a selection is of, in order; of a sample drawn from several, the one that it is limited
 * to.
 */
export function populationsOf<F extends Form>(rule: SelectionRule<F>): readonly Id[] {
  const selection = taggedSelection(rule as SelectionRule);
  switch (selection.kind) {
    case 'assembly':
      return selection.assembly.flatMap(populationsOf);
    case 'sampleOf':
      return selection.only === undefined ? populationsOf(selection.from) : [selection.only];
    case 'slice':
    case 'indices':
    case 'mask':
    case 'sample':
      return [selection.population];
    case 'synapses':
      return [];
    default:
      return selection satisfies never;
  }
}

/** Returns start and end (not included) of elements in a row; undefined for other elements and for an empty list. */
export function rowOf(elements: readonly number[]): readonly [start: number, end: number] | undefined {
  const [first] = elements;
  if (first === undefined || elements.some((element, k) => element !== first + k)) return undefined;
  return [first, first + elements.length];
}

/** Returns the elements of a slice: from a start to before an end, by a step. */
export const inSlice = ([from, until, by]: readonly [number, number, number]): readonly number[] =>
  Array.from({ length: Math.max(0, Math.ceil((until - from) / by)) }, (_, k) => from + k * by);

/**
 * Returns the elements of a selection of one population; undefined for drawn ones, several populations, and synapses.
 *
 * @param size  of the population
 */
export function elementsIn<F extends Form>(
  rule: SelectionRule<F>,
  size: number,
  data: DataStore,
): readonly number[] | undefined {
  const selection = taggedSelection(rule as SelectionRule);
  switch (selection.kind) {
    case 'slice':
      return inSlice(selection.slice ?? [0, size, 1]);
    case 'indices':
      return numbersOf(selection.indices, data);
    case 'mask':
      return numbersOf(selection.mask, data).flatMap((on, element) => (on === 0 ? [] : [element]));
    case 'assembly':
    case 'sample':
    case 'sampleOf':
    case 'synapses':
      return undefined;
    default:
      return selection satisfies never;
  }
}

/**
 * Returns the number of elements of a selection; for a sample drawn from several populations, the total. Zero for
 * synapses.
 *
 * @param sizes  number of elements of each population
 */
export function selectionSize<F extends Form>(
  rule: SelectionRule<F>,
  sizes: Readonly<Record<Id, { readonly size: number }>>,
  data: DataStore,
): number {
  const selection = taggedSelection(rule as SelectionRule);
  switch (selection.kind) {
    case 'assembly':
      return selection.assembly.reduce((sum, part) => sum + selectionSize(part, sizes, data), 0);
    case 'sample':
    case 'sampleOf':
      return selection.pick ? numbersOf(selection.pick, data).length : selection.sample;
    case 'indices':
      return numbersOf(selection.indices, data).length;
    case 'mask':
      return numbersOf(selection.mask, data).filter((on) => on !== 0).length;
    case 'slice': {
      const [from, to, step] = selection.slice ?? [0, sizes[selection.population]?.size ?? 0, 1];
      return Math.max(0, Math.ceil((to - from) / step));
    }
    case 'synapses':
      return 0;
    default:
      return selection satisfies never;
  }
}

/** Checks whether the cells of a selection are drawn. */
export const isSampled = <F extends Form>(rule: SelectionRule<F>): boolean =>
  isSelection(rule, 'sample') ||
  isSelection(rule, 'sampleOf') ||
  (isSelection(rule, 'assembly') && rule.assembly.some(isSampled));
