/** Compares the compartments of cells of two models: their capacitances and axial conductances, without a step. */

import { NoNumber } from '../lang/evaluate.js';
import { valueAt } from '../library/recognise/numbers.js';
import { arrayOf } from '../model/arrays.js';
import { BadTree, treeOf, treeOfEnds, type Tree } from '../model/compartment-tree.js';
import type { NeuronType, Population, ValidModel } from '../model/typed.js';
import { scopeOf } from './element-scope.js';

/** Values of a compartment in SI units. */
export interface Passive {
  readonly capacitance: number;
  /** To all neighbours together. */
  readonly 'axial conductance': number;
}

/** Returns the values of the compartments of the first cell of a population, by section; undefined without them. */
export function compartmentsOf(
  valid: ValidModel,
  population: Population,
  type: NeuronType,
): ReadonlyMap<string, readonly Passive[]> | undefined {
  const { compartments, cable } = type;
  if (compartments) {
    const tree = shapedTree(compartments);
    return tree && inSections(tree, (k) => tree.compartments[k]!.capacitance);
  }
  if (!cable?.sections) return undefined;
  const { parents, near, far, resistivity, capacitance, sections } = cable;
  const [of = [], begin = [], end = []] = [parents, near, far].map((array) => arrayOf(array, valid.data));
  const tree = treeOfEnds(of, [begin, end], resistivity, (k) => {
    const found = Object.entries(sections).find(([, { first, count }]) => k >= first && k < first + count);
    if (found === undefined) throw new NoNumber('a compartment without a section');
    return found[0];
  });
  return inSections(tree, (k) => valueAt(capacitance, scopeOf(type, population, k, new Map(), valid)));
}

/** Returns the tree of sections; undefined for sections that lack values of a cable. */
function shapedTree(compartments: Parameters<typeof treeOf>[0]): Tree | undefined {
  try {
    return treeOf(compartments);
  } catch (error) {
    if (error instanceof BadTree) return undefined;
    throw error;
  }
}

/** Returns values of compartments by section, in the order of its pieces. */
function inSections(
  { compartments, order, axial }: Tree,
  capacitanceOf: (compartment: number) => number,
): ReadonlyMap<string, readonly Passive[]> {
  const found = new Map<string, Passive[]>();
  const places = new Map([...order].map((node, place) => [node, place]));
  for (const [k, { section }] of compartments.entries()) {
    const own = found.get(section) ?? [];
    own.push({ capacitance: capacitanceOf(k), 'axial conductance': axial[places.get(k) ?? 0] ?? 0 });
    found.set(section, own);
  }
  return found;
}
