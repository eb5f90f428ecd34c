/** Types and parts of a model that have no name in PyNN, collected while the model is written. */

import { recordableOfCells } from '../../../src/model/normalise/recordings.js';
import { numbersOf } from '../../../src/model/arrays.js';
import { hashedForm } from '../../../src/model/hashed-form.js';
import { identityOf, type StandardCell } from '../../../src/library/standard-type.js';
import type { DataStore, Model, Population } from '../../../src/model/model.js';
import type { NeuronType, SynapseType, ValidModel } from '../../../src/model/typed.js';
import { writtenModel } from '../../../src/model/typed-model.js';
import { structureOfNative } from '../native/structure.js';
import { nativeType, type NativeType } from '../native/equations.js';
import { channelParts } from '../../../src/library/readable/channel-parts.js';
import { readableModel } from '../../../src/library/readable/readable-model.js';
import { eventsOf } from '../native/types.js';
import type { Native, Population as PynnPopulation } from '../specification.generated.js';
import { given } from './given.js';

type Compact = Readonly<Record<string, unknown>>;
type Kind = 'projections' | 'stimuli' | 'operations';
/** Where a population is computed within a step. */
type Turn = Partial<Pick<Population, 'clock' | 'order'>>;

/** Collects parts without a name in PyNN while a model is written. They have the written form and readable units. */
export class NativeParts {
  readonly model: Model;
  readonly #data: DataStore;
  /** The model without its defaults. */
  readonly #compact: Readonly<Record<string, Readonly<Record<string, Compact>>>>;
  readonly #rest: Native;
  readonly #cells: Record<string, NativeType> = {};
  readonly #synapses: Record<string, NativeType> = {};
  readonly #parts: Record<Kind, Record<string, unknown>> = { projections: {}, stimuli: {}, operations: {} };

  constructor({ model, data }: ValidModel) {
    this.model = writtenModel(readableModel(model));
    this.#data = data;
    this.#compact = hashedForm(this.model).model as Readonly<Record<string, Readonly<Record<string, Compact>>>>;
    const { parameters, tables, clocks, timing } = model;
    this.#rest = {
      ...(timing === 'grid' ? {} : { timing }),
      ...given('parameters', this.plain(parameters)),
      ...given('tables', this.plain(tables)),
      ...given('clocks', this.plain(clocks)),
    };
  }

  /** Returns a part of the model with long arrays in place, and no undefined values. */
  plain<T>(part: T): T {
    const of = (item: unknown): unknown => {
      if (typeof item !== 'object' || item === null) return item;
      if (Array.isArray(item)) return item.map(of);
      if ('$data' in item) return numbersOf(item as never, this.#data);
      return Object.fromEntries(
        Object.entries(item)
          .filter(([, value]) => value !== undefined)
          .map(([key, value]) => [key, of(value)]),
      );
    };
    return of(part) as T;
  }

  /**
   * Adds a cell type and returns it in the form that populations and recordings read.
   *
   * @param receptors  targets of synapses with PyNN's names
   */
  cell(name: string, type: NeuronType, receptors: StandardCell['receptors']): StandardCell {
    const own = nativeType(this.plain(this.#compact['neurons']?.[name] ?? {}), channelParts(type));
    this.#cells[name] = { ...own, ...given('receptors', receptors) };
    const variables = [type.state, type.derived, type.parameters, type.inputs].flatMap((map) => Object.keys(map));
    const structured = structureOfNative(this.model.neurons[name] ?? {});
    return {
      name,
      neuron: {},
      receptors,
      recordable: identityOf([...variables, ...(structured?.variables ?? []), ...recordableOfCells]),
      ...(structured && { structure: structured.structure }),
      initial: identityOf(Object.keys(type.state)),
      events: eventsOf(this.model.neurons[name] ?? {}),
      native: true,
    };
  }

  /** Returns a population of a native type, without its label and size. */
  population(name: string): Pick<PynnPopulation, 'cell' | 'native'> {
    const { type, values = {}, linked, positions, ...turn } = this.model.populations[name] ?? {};
    const more = { ...given('linked', linked ?? {}), ...(positions === undefined ? {} : { positions }) };
    return {
      cell: { type: `native:${type ?? ''}`, ...given('values', this.plain(values)) },
      ...this.inSteps(turn, this.plain(more)),
    };
  }

  /** Returns the place of a population within a step, also for given spikes. @param more  other native parts of it */
  inSteps({ clock, order = 0 }: Turn, more: object = {}): Pick<PynnPopulation, 'native'> {
    const turn = { ...(clock === undefined ? {} : { clock }), ...(order === 0 ? {} : { order }) };
    return given('native', { ...more, ...turn });
  }

  /** Notes a synapse type. */
  synapse(name: string, type: SynapseType): void {
    this.#synapses[name] = nativeType(this.plain(this.#compact['synapses']?.[name] ?? {}), channelParts(type));
  }

  /** Notes a part that stands as it is. */
  add(kind: Kind, name: string): void {
    this.#parts[kind][name] = this.plain(this.model[kind][name]);
  }

  /** Returns all collected parts in the form of the document. */
  document(): Native {
    return {
      ...this.#rest,
      ...given('cells', this.#cells),
      ...given('synapses', this.#synapses),
      ...given('projections', this.#parts.projections),
      ...given('stimuli', this.#parts.stimuli),
      ...given('operations', this.#parts.operations),
    };
  }
}
