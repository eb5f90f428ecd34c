/** The network written so far. */

import type { StructuredCell } from './cells/structured-cell.js';
import type { CellPlan, ExportContext } from './context.js';
import type { NamedCell } from './named-cell.js';
import type { Numbers } from '../../../src/library/element-values.js';
import type { NeuromlReceptor } from '../../../src/library/neuroml/cells.js';
import { element, type Element } from './text/xml-text.js';

/** A current and its exposed contribution. */
interface WrittenCurrent {
  readonly component: string;
  readonly population: string;
  readonly exposure: string;
}

/** Synapses of one component on the cells of a population. */
interface WrittenReceptor {
  readonly receptor: NeuromlReceptor;
  readonly population: string;
  readonly component: string;
  /** How many synapses each cell has, by its number. */
  readonly counts: ReadonlyMap<number, number>;
}

/** Collects the elements of a network, and their paths by elements of the model. */
export class NetworkOutput {
  /** `ComponentType` elements. */
  readonly types: Element[] = [];
  /** Cells, synapses and inputs as components. */
  readonly components: Element[] = [];
  /** Children of the network. */
  readonly populations: Element[] = [];
  /** Elements that connect cells. */
  readonly projections: Element[] = [];
  /** Elements that attach inputs to cells. */
  readonly inputs: Element[] = [];
  /** Neuron types, by their ids. */
  readonly plans = new Map<string, CellPlan>();
  /** Cells with a name in NeuroML. */
  readonly named = new Map<string, NamedCell>();
  /** Cells with compartments, by population. */
  readonly cells = new Map<string, StructuredCell>();
  /** Projections of gap junctions that are already written in the other direction. */
  readonly mirrored = new Set<string>();
  /** Numbers of parameters and variables, by population. */
  readonly values = new Map<string, ReadonlyMap<string, Numbers>>();
  /** Of the whole network in K, if gates or currents of calcium depend on it. */
  temperature: number | undefined;
  /** Synapses by NeuroML's names on cells by NeuroML's names, with the target of each. */
  readonly receptors: WrittenReceptor[] = [];
  readonly #paths = new Map<string, (index: number) => string>();
  readonly #synapses = new Map<string, (index: number, variable: string) => string | undefined>();
  readonly #synapseCounts = new Map<string, number>();
  readonly #currents = new Map<string, WrittenCurrent>();
  readonly #lists = new Map<string, readonly [list: string, item: string]>();
  readonly #shared = new Map<string, string>();

  /** How many elements a network has so far. */
  get size(): number {
    return this.populations.length + this.projections.length + this.inputs.length;
  }

  /**
   * Adds a part once: a later part with the same wanted id and the same content is the first one.
   *
   * @param apart  separates parts of the same content
   * @returns its id
   */
  once(
    list: 'types' | 'components',
    wanted: string,
    make: (id: string) => Element,
    ids: ExportContext['ids'],
    apart = '',
  ): string {
    const key = JSON.stringify([list, wanted, make(''), apart]);
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const id = ids.claim(wanted);
    this.#shared.set(key, id);
    this[list].push(make(id));
    return id;
  }

  /** Adds a component type unless one with the same members is there. Returns its name. */
  sharedType(type: Element): string {
    const { name = '', description: _, ...attributes } = type.attributes;
    const key = JSON.stringify({ ...type, attributes });
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    this.#shared.set(key, name);
    this.types.push(type);
    return name;
  }

  /** Sets the paths of elements of a population. */
  place(population: string, path: (index: number) => string): void {
    this.#paths.set(population, path);
  }

  /** Returns the path of an element of a population, or undefined if it was not written. */
  pathOf(population: string, index: number): string | undefined {
    return this.#paths.get(population)?.(index);
  }

  /** Returns the paths of a receptor's response on a cell, one for each synapse. */
  responsePaths(receptor: NeuromlReceptor, population: string, index: number): readonly string[] {
    const cell = this.pathOf(population, index);
    const exposure = receptor.kind === 'current' ? 'i' : 'g';
    return this.receptors.flatMap((one) =>
      one.receptor.sum !== receptor.sum || one.population !== population
        ? []
        : Array.from(
            { length: one.counts.get(index) ?? 0 },
            (_, ordinal) => `${cell ?? ''}/synapses:${one.component}:${ordinal}/${exposure}`,
          ),
    );
  }

  /**
   * Sets the paths of synapses. The attachments of a component to a cell are numbered in order of connection.
   *
   * @param groups  the synapses of each component
   */
  placeSynapses(
    name: string,
    target: string,
    targets: readonly number[],
    groups: readonly { readonly id: string; readonly members: readonly number[] }[],
    names: ReadonlyMap<string, string>,
  ): void {
    this.#synapseCounts.set(name, targets.length);
    const attachments: string[] = [];
    for (const { id, members } of groups) {
      const counts = new Map<number, number>();
      for (const k of members) {
        const ordinal = counts.get(targets[k] ?? 0) ?? 0;
        counts.set(targets[k] ?? 0, ordinal + 1);
        attachments[k] = `synapses:${id}:${ordinal}`;
      }
    }
    this.#synapses.set(name, (index, variable) => {
      const [cell, lems] = [this.pathOf(target, targets[index] ?? 0), names.get(variable)];
      return cell === undefined || lems === undefined ? undefined : `${cell}/${attachments[index] ?? ''}/${lems}`;
    });
  }

  /** Returns the path of a variable of a synapse of a projection, or undefined if it was not written. */
  synapsePathOf(projection: string, index: number, variable: string): string | undefined {
    return this.#synapses.get(projection)?.(index, variable);
  }

  /** How many synapses of a projection were written. */
  synapseCount(projection: string): number {
    return this.#synapseCounts.get(projection) ?? 0;
  }

  /** Notes the place of a current of the model in the document. */
  placeCurrent(stimulus: string, current: WrittenCurrent): void {
    this.#currents.set(stimulus, current);
  }

  /** Returns the path of a current's contribution to a cell. */
  stimulusPathOf(stimulus: string, population: string, index: number): string | undefined {
    const known = this.#currents.get(stimulus);
    const cell = this.pathOf(population, index);
    return known?.population === population && cell !== undefined
      ? `${cell}/synapses:${known.component}:0/${known.exposure}`
      : undefined;
  }

  /** Returns names of the types of a population and of its elements, which are made once for each key. */
  listNames(
    key: string,
    make: () => { readonly names: readonly [list: string, item: string]; readonly types: readonly Element[] },
  ): readonly [string, string] {
    const known = this.#lists.get(key);
    if (known) return known;
    const { names, types } = make();
    this.#lists.set(key, names);
    this.types.push(...types);
    return names;
  }
}

/** Returns how often each number is in a list. */
export function countsOf(numbers: readonly number[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  return counts;
}

/** Returns projections between pairs of populations, if cells of an end are in several populations of the document. */
export function byPopulations(projection: Element, populations: ReadonlySet<string>): readonly Element[] {
  const { id = '', presynapticPopulation = '', postsynapticPopulation = '' } = projection.attributes;
  if (populations.has(presynapticPopulation) && populations.has(postsynapticPopulation)) return [projection];
  const parts = new Map<string, Element[]>();
  for (const connection of [...projection.children, ...(projection.items ?? [])]) {
    const { preCellId, postCellId, preCell = preCellId, postCell = postCellId } = connection.attributes;
    const [pre, post] = [preCell, postCell].map((path) => /^\.\.\/(\w+)/.exec(path ?? '')?.[1] ?? '');
    const key = `${pre} ${post}`;
    const part = parts.get(key) ?? [];
    parts.set(key, part);
    part.push({ ...connection, attributes: { ...connection.attributes, id: String(part.length) } });
  }
  return [...parts].map(([key, connections]) => {
    const [pre = '', post = ''] = key.split(' ');
    const ends = { id: `${id}_${pre}_${post}`, presynapticPopulation: pre, postsynapticPopulation: post };
    return element(projection.tag, { ...projection.attributes, ...ends }, connections);
  });
}
