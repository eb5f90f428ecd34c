/** Selections by label: views and assemblies are declared where a selection needs them. */

import type { DataStore, SelectionRule } from '../../../src/model/model.js';
import type { Assembly, PynnSpecification, View } from '../specification.js';
import { numbersOf, type Generators } from './values.js';

const hasSample = (rule: SelectionRule): boolean =>
  'sample' in rule || ('assembly' in rule && rule.assembly.some(hasSample));

/** A selection as a text in which the order of keys says nothing. */
const canonicalText = (rule: unknown): string =>
  JSON.stringify(rule, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );

/** Views and assemblies of the document, as selections need them. */
export class Targets {
  readonly #data: DataStore;
  readonly #generators: Generators;
  readonly #label: (name: string) => string;
  readonly #populationSize: (name: string) => number;
  readonly #views = new Map<string, View>();
  readonly #assemblies = new Map<string, Assembly>();

  /** Labels that an imported document gave, by what they stand for. */
  readonly #kept: ReadonlyMap<string, string>;
  readonly #keptRules: readonly SelectionRule[];

  /** @param kept  what labels of an imported document stand for */
  constructor(
    data: DataStore,
    generators: Generators,
    label: (name: string) => string,
    populationSize: (name: string) => number,
    kept: Readonly<Record<string, SelectionRule>>,
  ) {
    this.#populationSize = populationSize;
    // Of several labels of the same cells the first is taken.
    this.#kept = new Map(
      Object.entries(kept)
        .reverse()
        .map(([name, rule]) => [canonicalText(rule), name]),
    );
    this.#keptRules = Object.values(kept);
    this.#data = data;
    this.#generators = generators;
    this.#label = label;
  }

  /** What was declared, as keys of a document. */
  declarations(): Pick<PynnSpecification, 'views' | 'assemblies'> {
    // What nothing uses is said too, unless it would draw.
    for (const rule of this.#keptRules) if (!hasSample(rule)) this.of(rule);
    return {
      ...(this.#views.size === 0 ? {} : { views: [...this.#views.values()] }),
      ...(this.#assemblies.size === 0 ? {} : { assemblies: [...this.#assemblies.values()] }),
    };
  }

  /** Label of a selection. */
  of(rule: SelectionRule): string {
    if ('assembly' in rule) {
      const labels = rule.assembly.map((part) => this.of(part));
      const label = this.#kept.get(canonicalText(rule)) ?? labels.join(' + ');
      this.#assemblies.set(label, { label, of: labels });
      return label;
    }
    if ('projection' in rule) return this.#label(rule.projection);
    if ('from' in rule) {
      const { sample, generator, name, pick, from } = rule;
      // Some of the cells of what is drawn, by their numbers: all of them are its sample.
      if (generator !== undefined || name === undefined || !pick || sample !== this.#sizeOf(from))
        return this.#sample(rule, this.of(from));
      this.#views.set(name, { label: name, of: this.of(from), select: { indices: numbersOf(pick, this.#data) } });
      return name;
    }
    const of = this.#label(rule.population);
    const view = (text: string, select: View['select']): string => {
      const label = this.#kept.get(canonicalText(rule)) ?? this.#free(`${of}[${text}]`, of, select);
      this.#views.set(label, { label, of, select });
      return label;
    };
    if ('sample' in rule)
      return this.#sample(rule, rule.within ? this.#listed(view, numbersOf(rule.within, this.#data)) : of);
    if ('indices' in rule) return this.#listed(view, numbersOf(rule.indices, this.#data));
    if ('mask' in rule)
      return this.#listed(
        view,
        numbersOf(rule.mask, this.#data).flatMap((on, k) => (on === 0 ? [] : [k])),
      );
    return rule.slice
      ? view(rule.slice.slice(0, rule.slice[2] === 1 ? 2 : 3).join(':'), { slice: [...rule.slice] })
      : of;
  }

  /** How many elements a selection has; of a sample those of all populations. */
  #sizeOf(rule: SelectionRule): number {
    if ('assembly' in rule) return rule.assembly.reduce((sum, part) => sum + this.#sizeOf(part), 0);
    if ('projection' in rule) return NaN;
    if ('sample' in rule) return rule.pick ? numbersOf(rule.pick, this.#data).length : rule.sample;
    if ('indices' in rule) return numbersOf(rule.indices, this.#data).length;
    if ('mask' in rule) return numbersOf(rule.mask, this.#data).filter((on) => on !== 0).length;
    const [from, to, step] = rule.slice ?? [0, this.#populationSize(rule.population), 1];
    return Math.max(0, Math.ceil((to - from) / step));
  }

  /** A drawn sample of what has a label. */
  #sample(rule: Extract<SelectionRule, { sample: number }>, parent: string): string {
    const { sample, name, generator, pick } = rule;
    const rng = generator === undefined ? undefined : this.#generators.numpy(generator.seed, generator.stream);
    const order = generator === undefined ? 'any' : String(generator.order);
    const select = { sample, ...(rng === undefined ? {} : { rng }) };
    // The name of a sample says which one it is.
    const whole = Object.fromEntries(Object.entries(rule).filter(([key]) => key !== 'pick' && key !== 'only'));
    const label =
      name ?? this.#kept.get(canonicalText(whole)) ?? this.#free(`${parent}[${sample} of ${order}]`, parent, select);
    this.#views.set(label, { label, of: parent, select });
    if (!pick) return label;
    const picked = { indices: numbersOf(pick, this.#data) };
    const some =
      this.#kept.get(canonicalText(rule)) ??
      this.#free(`${label}[${picked.indices.slice(0, 8).join(', ')}]`, label, picked);
    this.#views.set(some, { label: some, of: label, select: picked });
    return some;
  }

  #listed(view: (text: string, select: View['select']) => string, indices: readonly number[]): string {
    return view(indices.length > 8 ? `${indices.slice(0, 8).join(', ')}, … ${indices.length}` : indices.join(', '), {
      indices,
    });
  }

  /** A label that no other view has. */
  #free(wanted: string, of: string, select: View['select']): string {
    const same = JSON.stringify({ of, select });
    for (let k = 1; ; k++) {
      const label = k === 1 ? wanted : `${wanted} ${k}`;
      const known = this.#views.get(label);
      if (known === undefined || JSON.stringify({ of: known.of, select: known.select }) === same) return label;
    }
  }
}
