/** Selections by label: views and assemblies are declared when a selection needs them. */

import { selectionSize } from '../../../src/model/selected.js';
import { numbersOf } from '../../../src/model/arrays.js';
import type { DataStore, Model, SelectionRule } from '../../../src/model/typed.js';
import { typedSelection } from '../../../src/model/typed-model.js';
import type * as written from '../../../src/model/model.js';
import type { Assembly, PynnSpecification, View } from '../specification.generated.js';
import { type Generators } from './values.js';

/** Returns a selection as a text that does not depend on the order of keys. */
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
  readonly #populations: Model['populations'];
  readonly #views = new Map<string, View>();
  readonly #assemblies = new Map<string, Assembly>();

  /** Labels that an imported document gave, by the selections that they name. */
  readonly #kept: ReadonlyMap<string, string>;
  readonly #keptRules: readonly SelectionRule[];

  /** @param kept  selections that labels of an imported document name */
  constructor(
    data: DataStore,
    generators: Generators,
    label: (name: string) => string,
    populations: Model['populations'],
    kept: Readonly<Record<string, written.SelectionRule>>,
  ) {
    this.#populations = populations;
    // Of several labels of the same cells the first is taken.
    const rules = Object.entries(kept).map(([name, rule]) => [name, typedSelection(rule)] as const);
    this.#kept = new Map(rules.toReversed().map(([name, rule]) => [canonicalText(rule), name]));
    this.#keptRules = rules.map(([, rule]) => rule);
    this.#data = data;
    this.#generators = generators;
    this.#label = label;
  }

  /** Returns the declared views and assemblies, as keys of a document. */
  declarations(): Pick<PynnSpecification, 'views' | 'assemblies'> {
    // Unused selections are declared as well, since a sample draws before later draws.
    for (const rule of this.#keptRules) this.of(rule);
    return {
      ...(this.#views.size === 0 ? {} : { views: [...this.#views.values()] }),
      ...(this.#assemblies.size === 0 ? {} : { assemblies: [...this.#assemblies.values()] }),
    };
  }

  /** Returns label of a selection. */
  of(rule: SelectionRule): string {
    switch (rule.kind) {
      case 'assembly': {
        const labels = rule.assembly.map((part) => this.of(part));
        const label = this.#kept.get(canonicalText(rule)) ?? labels.join(' + ');
        this.#assemblies.set(label, { label, of: labels });
        return label;
      }
      case 'synapses':
        return this.#label(rule.projection);
      case 'sampleOf': {
        const { sample, generator, name, pick, from } = rule;
        // A part of a drawn sample, given by cell numbers; the sample itself has all of them.
        if (
          generator !== undefined ||
          name === undefined ||
          !pick ||
          sample !== selectionSize(from, this.#populations, this.#data)
        )
          return this.#sample(rule, this.of(from));
        this.#views.set(name, { label: name, of: this.of(from), select: { indices: numbersOf(pick, this.#data) } });
        return name;
      }
      case 'sample': {
        const { population, within } = rule;
        // The sampled selection has a label of its own.
        const parent = within
          ? this.#listed({ kind: 'indices', population, indices: within }, population, numbersOf(within, this.#data))
          : this.#label(population);
        return this.#sample(rule, parent);
      }
      case 'indices':
        return this.#listed(rule, rule.population, numbersOf(rule.indices, this.#data));
      case 'mask':
        return this.#listed(
          rule,
          rule.population,
          numbersOf(rule.mask, this.#data).flatMap((on, k) => (on === 0 ? [] : [k])),
        );
      case 'slice': {
        const { population, slice } = rule;
        if (!slice) return this.#label(population);
        return this.#view(rule, population, slice.slice(0, slice[2] === 1 ? 2 : 3).join(':'), { slice: [...slice] });
      }
      default:
        return rule satisfies never;
    }
  }

  #view(rule: SelectionRule, population: string, text: string, select: View['select']): string {
    const of = this.#label(population);
    const label = this.#kept.get(canonicalText(rule)) ?? this.#free(`${of}[${text}]`, of, select);
    this.#views.set(label, { label, of, select });
    return label;
  }

  /** Declares a drawn sample of a labelled selection. */
  #sample(rule: Extract<SelectionRule, { readonly sample: number }>, parent: string): string {
    const { sample, name, generator, pick } = rule;
    const rng = generator === undefined ? undefined : this.#generators.numpy(generator);
    const order = generator === undefined ? 'any' : String(generator.order);
    const select = { sample, ...(rng === undefined ? {} : { rng }) };
    // The name of a sample identifies it.
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

  #listed(rule: SelectionRule, population: string, indices: readonly number[]): string {
    const some = indices.slice(0, 8).join(', ');
    return this.#view(rule, population, indices.length > 8 ? `${some}, … ${indices.length}` : some, { indices });
  }

  /** Returns a label that no other view has. */
  #free(wanted: string, of: string, select: View['select']): string {
    const same = JSON.stringify({ of, select });
    for (let k = 1; ; k++) {
      const label = k === 1 ? wanted : `${wanted} ${k}`;
      const known = this.#views.get(label);
      if (known === undefined || JSON.stringify({ of: known.of, select: known.select }) === same) return label;
    }
  }
}
