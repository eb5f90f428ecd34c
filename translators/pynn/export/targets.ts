/** Selections by label: views and assemblies are declared where a selection needs them. */

import type { DataStore, SelectionRule } from '../../../src/model/model.js';
import type { Assembly, PynnSpecification, View } from '../specification.js';
import { numbersOf, type Generators } from './values.js';

export class Targets {
  readonly #data: DataStore;
  readonly #generators: Generators;
  readonly #label: (name: string) => string;
  readonly #views = new Map<string, View>();
  readonly #assemblies = new Map<string, Assembly>();

  constructor(data: DataStore, generators: Generators, label: (name: string) => string) {
    this.#data = data;
    this.#generators = generators;
    this.#label = label;
  }

  /** What was declared, as keys of a document. */
  declarations(): Pick<PynnSpecification, 'views' | 'assemblies'> {
    return {
      ...(this.#views.size === 0 ? {} : { views: [...this.#views.values()] }),
      ...(this.#assemblies.size === 0 ? {} : { assemblies: [...this.#assemblies.values()] }),
    };
  }

  /** Label of a selection. */
  of(rule: SelectionRule): string {
    if ('assembly' in rule) {
      const labels = rule.assembly.map((part) => this.of(part));
      const label = labels.join(' + ');
      this.#assemblies.set(label, { label, of: labels });
      return label;
    }
    if ('projection' in rule) return this.#label(rule.projection);
    if ('from' in rule) return this.#sample(rule, this.of(rule.from));
    const of = this.#label(rule.population);
    const view = (text: string, select: View['select']): string => {
      const label = this.#free(`${of}[${text}]`, of, select);
      this.#views.set(label, { label, of, select });
      return label;
    };
    if ('sample' in rule) return this.#sample(rule, rule.within ? this.#listed(view, numbersOf(rule.within, this.#data)) : of);
    if ('indices' in rule) return this.#listed(view, numbersOf(rule.indices, this.#data));
    if ('mask' in rule)
      return this.#listed(
        view,
        numbersOf(rule.mask, this.#data).flatMap((on, k) => (on === 0 ? [] : [k])),
      );
    return rule.slice ? view(rule.slice.slice(0, rule.slice[2] === 1 ? 2 : 3).join(':'), { slice: [...rule.slice] }) : of;
  }

  /** A drawn sample of what has a label. */
  #sample({ sample, name, generator, pick }: Extract<SelectionRule, { sample: number }>, parent: string): string {
    const rng = generator === undefined ? undefined : this.#generators.numpy(generator.seed, generator.stream);
    const order = generator === undefined ? 'any' : String(generator.order);
    const select = { sample, ...(rng === undefined ? {} : { rng }) };
    // The name of a sample says which one it is.
    const label = name ?? this.#free(`${parent}[${sample} of ${order}]`, parent, select);
    this.#views.set(label, { label, of: parent, select });
    if (!pick) return label;
    const picked = { indices: numbersOf(pick, this.#data) };
    const some = this.#free(`${label}[${picked.indices.slice(0, 8).join(', ')}]`, label, picked);
    this.#views.set(some, { label: some, of: label, select: picked });
    return some;
  }

  #listed(view: (text: string, select: View['select']) => string, indices: readonly number[]): string {
    return view(indices.length > 8 ? `${indices.slice(0, 8).join(', ')}, … ${indices.length}` : indices.join(', '), { indices });
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
