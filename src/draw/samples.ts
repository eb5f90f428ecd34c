/** Selections that are drawn: each sample is drawn once, however often it is named. */

import { streamKey } from '../ir/library/streams.js';
import type { DataStore, SelectionRule } from '../model/typed.js';
import { arrayOf } from '../model/arrays.js';
import { writtenSelection } from '../model/typed-model.js';
import { permutationByCounters } from './space/places.js';
import type { Generators, Job } from './generators.js';
import { elementsOf } from './ends.js';

type Sample = Extract<SelectionRule, { kind: 'sample' | 'sampleOf' }>;

/** Whether a selection has elements that are drawn. */
export const hasSample = (rule: SelectionRule): boolean =>
  rule.kind === 'assembly' ? rule.assembly.some(hasSample) : isSample(rule);

const isSample = (rule: SelectionRule): rule is Sample => rule.kind === 'sample' || rule.kind === 'sampleOf';

/** Samples of a model, as they are drawn. */
export class Samples {
  readonly #seed: string;
  readonly #data: DataStore;
  readonly #sizeOf: (population: string) => number;
  readonly #generators: Generators;
  /** Indices of the drawn elements, ascending, in their source. */
  readonly #drawn = new Map<string, Uint32Array>();

  constructor(seed: string, data: DataStore, sizeOf: (population: string) => number, generators: Generators) {
    this.#seed = seed;
    this.#data = data;
    this.#sizeOf = sizeOf;
    this.#generators = generators;
  }

  /** Returns the draws that a selection needs; a sample of a sample follows its source. */
  jobsOf(rule: SelectionRule): readonly Job[] {
    if (rule.kind === 'assembly') return rule.assembly.flatMap((part) => this.jobsOf(part));
    if (!isSample(rule)) return [];
    const before = rule.kind === 'sampleOf' ? this.jobsOf(rule.from) : [];
    const order = Math.max(rule.generator?.order ?? -1, ...before.map((job) => job.order));
    return [...before, { order, run: () => this.#draw(rule) }];
  }

  #draw(rule: Sample): void {
    const key = keyOf(rule);
    if (this.#drawn.has(key)) return;
    const size = this.#available(rule);
    const order = rule.generator
      ? this.#generators.of(rule.generator).permutation(size)
      : permutationByCounters(streamKey(this.#seed, `selection/${key}`), size);
    this.#drawn.set(key, order.slice(0, rule.sample).sort());
  }

  /** Returns the number of elements that a sample is drawn from. */
  #available(rule: Sample): number {
    if (rule.kind === 'sampleOf') return elementsOf(this.resolve(rule.from), this.#sizeOf, this.#data).indices.length;
    return rule.within ? arrayOf(rule.within, this.#data).length : this.#sizeOf(rule.population);
  }

  /** A selection without samples. */
  resolve(rule: SelectionRule): SelectionRule {
    if (rule.kind === 'assembly') return { ...rule, assembly: rule.assembly.map((part) => this.resolve(part)) };
    if (!isSample(rule)) return rule;
    const all = this.#drawn.get(keyOf(rule)) ?? new Uint32Array();
    const pick = rule.pick && arrayOf(rule.pick, this.#data);
    if (rule.kind === 'sampleOf')
      return this.#among(rule, pick ? Uint32Array.from(pick, (k) => all[k] as number) : all);
    const within = rule.within && arrayOf(rule.within, this.#data);
    const elements = within ? all.map((k) => within[k] as number).sort() : all;
    return {
      kind: 'indices',
      population: rule.population,
      indices: pick ? Array.from(pick, (k) => elements[k] as number) : Array.from(elements),
    };
  }

  /**
   * Returns some elements of a selection, by their indices in it; an assembly if they belong to several populations.
   */
  #among({ from, only }: Extract<Sample, { kind: 'sampleOf' }>, places: Uint32Array): SelectionRule {
    const { populations, ordinals, indices } = elementsOf(this.resolve(from), this.#sizeOf, this.#data);
    const parts: { readonly kind: 'indices'; readonly population: string; readonly indices: number[] }[] = [];
    for (const place of places) {
      const population = populations[ordinals[place] as number] ?? '';
      if (only !== undefined && population !== only) continue;
      const last = parts.at(-1);
      if (last?.population === population) last.indices.push(indices[place] as number);
      else parts.push({ kind: 'indices', population, indices: [indices[place] as number] });
    }
    const [first] = parts;
    return parts.length <= 1
      ? (first ?? { kind: 'indices', population: only ?? populations[0] ?? '', indices: [] })
      : { kind: 'assembly', assembly: parts };
  }
}

/**
 * Returns a key that is equal for selections that are one sample: of one draw, of one name, or else of one size and
 * source.
 */
function keyOf(rule: Sample): string {
  if (rule.generator) return `order ${rule.generator.order}`;
  return (
    rule.name ??
    `${rule.kind === 'sampleOf' ? JSON.stringify(writtenSelection(rule.from)) : rule.population}/${rule.sample}`
  );
}
