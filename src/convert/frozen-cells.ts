/** Freezes the draws of cells with compartments before a run, as numbers: potentials, and values of mechanisms. */

import { UsageError } from '../diagnostics/diagnostic.js';
import type { DrawnModel } from '../draw/drawn-model.js';
import type { Program } from '../ir/program.js';
import { drawsIn } from '../lang/functions.js';
import { withoutStructure, type Expanded } from '../lower/cable/expand.js';
import { LoweringDiagnostics } from '../lower/context/context.js';
import { sectionsOn } from '../model/compartment-tree.js';
import { arrayOf } from '../model/arrays.js';
import { expressionsIn } from '../model/typed.js';
import type { Compartments, Mechanism, Model, NeuronType, Population, Value } from '../model/typed.js';

type Read = (buffer: string, offset: number, length: number) => Promise<ArrayLike<number>>;
type Values = Readonly<Record<string, Value>>;

const isDrawn = (...values: readonly unknown[]): boolean => expressionsIn(values).some(drawsIn);

/** Draws of the cells with compartments of a model. */
export class FrozenCells {
  #expanded: Expanded | undefined;

  constructor(
    private readonly drawn: DrawnModel,
    private readonly program: Program,
  ) {}

  /** Returns the draws of a population as values of it; empty for cells without compartments. */
  async valuesOf(name: string, population: Population, { compartments }: NeuronType, read: Read): Promise<Values> {
    if (!compartments) return {};
    const found: Record<string, Value> = {};
    const { v } = population.values;
    if (isDrawn(v ?? compartments.initial)) {
      if (v === undefined && Object.values(compartments.sections).some(({ initial }) => initial !== undefined))
        throw new UsageError(
          `potentials of ${name} at the start are drawn on some sections and given on others: they cannot be frozen`,
        );
      const cable = this.#of().cables.find(({ populations }) => populations.some((one) => one.name === name));
      const member = cable?.populations.find((one) => one.name === name)?.members.indexOf(name) ?? -1;
      const voltage = cable?.classes[member]?.names.voltage ?? 'v';
      found['v'] = settled(Array.from(await this.#numbers(name, voltage, read)).slice(0, population.size));
    }
    for (const variable of drawnOf(compartments, population))
      found[variable] = await this.#ofMechanism(name, population.size, variable, read);
    return found;
  }

  /** Puts the values of a type's only cell into the mechanisms on its sections; types draw no values. */
  placed(populations: Readonly<Record<string, Population>>): Pick<Model, 'neurons' | 'populations'> {
    const neurons = { ...this.drawn.model.neurons };
    const changed = { ...populations };
    for (const [id, type] of Object.entries(neurons)) {
      const { compartments } = type;
      if (!compartments) continue;
      const own = Object.entries(populations).filter(([, population]) => population.type === id);
      if (own.length === 0) continue;
      let mechanisms = compartments.mechanisms;
      const [name = '', population] = own[0] ?? [];
      for (const [variable, value] of Object.entries(population?.values ?? {})) {
        const [owner = '', key = ''] = variable.split('.');
        const mechanism = mechanisms[owner];
        if (!mechanism || !own.some(([one]) => drawnOf(compartments, this.drawn.model.populations[one]).has(variable)))
          continue;
        // Values on groups may follow the values on sections, and then apply.
        const isPlain = Object.keys(mechanism.values ?? {}).every((place) =>
          Object.hasOwn(compartments.sections, place),
        );
        const isOnly = own.length === 1 && population?.size === 1 && isPlain;
        const numbers =
          typeof value === 'object' && value.kind === 'array' ? Array.from(arrayOf(value.array, this.drawn.data)) : [];
        const first = typeof value === 'number' ? value : (numbers[0] ?? 0);
        const values = isOnly && numbers.length > 0 ? bySection(mechanism, key, numbers, compartments) : undefined;
        mechanisms = {
          ...mechanisms,
          [owner]: withNumber({ ...mechanism, ...(values ? { values } : {}) }, key, first),
        };
        if (isOnly && population) {
          const { [variable]: _, ...rest } = changed[name]?.values ?? {};
          changed[name] = { ...population, values: rest };
        }
      }
      const initial = isDrawn(compartments.initial) ? 0 : compartments.initial;
      neurons[id] = { ...type, compartments: { ...compartments, mechanisms, initial } };
    }
    return { neurons, populations: changed };
  }

  /** Returns the numbers, in order of creation, of the synapses of a piece of a projection. */
  synapsesOfPiece(name: string): Uint32Array {
    return this.#of().shown.pieces.get(name)?.numbers ?? new Uint32Array();
  }

  #of(): Expanded {
    this.#expanded ??= withoutStructure(this.drawn, new LoweringDiagnostics());
    return this.#expanded;
  }

  /** Returns the numbers of a variable of the program, by element. */
  async #numbers(owner: string, variable: string, read: Read): Promise<ArrayLike<number>> {
    const found = this.program.manifest.variables.find((one) => one.owner === owner && one.variable === variable);
    if (!found || typeof found.length !== 'number') return [];
    return read(found.buffer, found.offset, found.length);
  }

  /**
   * Returns a number for each compartment of each cell, the first of all cells first; for each cell, or one, if that
   * suffices.
   */
  async #ofMechanism(population: string, size: number, variable: string, read: Read): Promise<Value> {
    const places: { readonly at: number; readonly numbers: readonly number[] }[] = [];
    for (const [member, origin] of this.#of().shown.origins) {
      if (origin.population !== population) continue;
      for (const [ordinal, { at, variables }] of origin.places.entries()) {
        const made = variables.get(variable);
        if (made === undefined) continue;
        const all = Array.from(await this.#numbers(member, made, read));
        const one = all.length === 1 ? Array.from({ length: size }, () => all[0] ?? 0) : undefined;
        places.push({ at, numbers: one ?? all.slice(ordinal * size, (ordinal + 1) * size) });
      }
    }
    places.sort((a, b) => a.at - b.at);
    const [first] = places;
    const isOfCell = places.every(({ numbers }) => numbers.every((x, cell) => Object.is(x, first?.numbers[cell])));
    return settled(isOfCell ? (first?.numbers ?? []) : places.flatMap(({ numbers }) => numbers));
  }
}

/** Returns one number if all are equal. */
const settled = (numbers: readonly number[]): Value =>
  numbers.every((x) => Object.is(x, numbers[0])) ? (numbers[0] ?? 0) : { kind: 'array', array: [...numbers] };

/** Returns the variables of mechanisms that are drawn in a population, as `mechanism.variable`. */
function drawnOf({ mechanisms }: Compartments, population: Population | undefined): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [name, { parameters, state, values = {} }] of Object.entries(mechanisms))
    for (const key of [...Object.keys(parameters), ...Object.keys(state)]) {
      const given = population?.values[`${name}.${key}`];
      const own = parameters[key]?.value ?? state[key]?.initial;
      const drawn =
        given === undefined ? isDrawn(own, ...Object.values(values).map((value) => value[key])) : isDrawn(given);
      if (drawn) found.add(`${name}.${key}`);
    }
  return found;
}

/**
 * Returns values by section, with the numbers of a variable at each compartment of the mechanism, in the order of the
 * tree.
 */
function bySection(
  { on, values = {} }: Mechanism,
  key: string,
  numbers: readonly number[],
  compartments: Compartments,
): NonNullable<Mechanism['values']> {
  let first = 0;
  const placed = sectionsOn(on, compartments).map((section) => {
    const divisions = compartments.sections[section]?.divisions ?? 1;
    const value = settled(numbers.length === 1 ? numbers : numbers.slice(first, first + divisions));
    first += divisions;
    return [section, { ...values[section], [key]: value }] as const;
  });
  return { ...values, ...Object.fromEntries(placed) };
}

/** Returns a mechanism with a default number for a variable. */
function withNumber(mechanism: Mechanism, key: string, value: number): Mechanism {
  const { [key]: parameter } = mechanism.parameters;
  const { [key]: variable } = mechanism.state;
  return {
    ...mechanism,
    parameters: parameter ? { ...mechanism.parameters, [key]: { ...parameter, value } } : mechanism.parameters,
    state: variable ? { ...mechanism.state, [key]: { ...variable, initial: value } } : mechanism.state,
  };
}
