/** What has no name in PyNN: types by their equations, and what goes with them in the words of the canonical model. */

import { hashedForm } from '../../../src/model/hashed-form.js';
import { identityOf, type StandardCell } from '../../../src/library/standard-type.js';
import type { DataStore, NeuronType, Population, Projection, ValidModel } from '../../../src/model/model.js';
import { child } from '../../../src/model/pointer.js';
import { nativeType, type NativeType } from '../native/equations.js';
import { eventsOf } from '../native/types.js';
import type {
  Connector,
  Native,
  Population as PynnPopulation,
  Projection as PynnProjection,
} from '../specification.js';
import { connectorOf } from './connectors.js';
import { cellOfSelection, given, type ExportContext } from './context.js';
import { claimedName } from './types.js';
import { numbersOf } from './values.js';

/** Of what PyNN's simulators have no type. */
export const runsHere =
  "has no name in PyNN and is written by its equations: they run on PyNN's interneuron backend, not on other simulators";

type Compact = Readonly<Record<string, unknown>>;
type Kind = 'projections' | 'stimuli' | 'operations';

/** Collects what has no name while a model is written. */
export class NativeParts {
  readonly #data: DataStore;
  /** The model without its defaults. */
  readonly #compact: Readonly<Record<string, Readonly<Record<string, Compact>>>>;
  readonly #rest: Native;
  readonly #cells: Record<string, NativeType> = {};
  readonly #synapses: Record<string, NativeType> = {};
  readonly #parts: Record<Kind, Record<string, unknown>> = { projections: {}, stimuli: {}, operations: {} };

  constructor({ model, data }: ValidModel) {
    this.#data = data;
    this.#compact = hashedForm(model).model as Readonly<Record<string, Readonly<Record<string, Compact>>>>;
    const { parameters, tables, clocks, timing } = model;
    this.#rest = {
      ...(timing === 'grid' ? {} : { timing }),
      ...given('parameters', this.plain(parameters)),
      ...given('tables', this.plain(tables)),
      ...given('clocks', this.plain(clocks)),
    };
  }

  /** A part of the model with its long arrays in place, without what is undefined. */
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

  /** A cell type, as populations and recordings see it. */
  cell(name: string, type: NeuronType): StandardCell {
    this.#cells[name] = this.plain(nativeType(this.#compact['neurons']?.[name] ?? {}));
    const variables = [type.state, type.derived, type.parameters, type.inputs].flatMap((map) => Object.keys(map));
    return {
      name,
      neuron: {},
      receptors: {},
      recordable: identityOf(variables),
      initial: identityOf(Object.keys(type.state)),
      events: eventsOf(type),
      native: true,
    };
  }

  /** What a population of a native type is, but for its label and size. */
  population({ type, values, linked, positions, clock, order }: Population): Pick<PynnPopulation, 'cell' | 'native'> {
    const more = {
      ...given('linked', linked ?? {}),
      ...(positions === undefined ? {} : { positions }),
      ...(clock === undefined ? {} : { clock }),
      ...(order === 0 ? {} : { order }),
    };
    return {
      cell: { type: `native:${type ?? ''}`, ...given('values', this.plain(values)) },
      ...given('native', this.plain(more)),
    };
  }

  /** Notes a synapse type. */
  synapse(name: string): void {
    this.#synapses[name] = this.plain(nativeType(this.#compact['synapses']?.[name] ?? {}));
  }

  /** Notes a part that stands as it is. */
  add(kind: Kind, name: string, part: unknown): void {
    this.#parts[kind][name] = this.plain(part);
  }

  /** What the document has of all this. */
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

/** Whether PyNN's own synapses, receptors and connectors do not say a projection. */
export function isNative(context: ExportContext, { from, to, synapse }: Projection): boolean {
  if (context.natives === undefined) return false;
  const type = context.model.synapses[synapse];
  return (
    type === undefined ||
    claimedName(type) === '' ||
    'projection' in from.of ||
    'projection' in to.of ||
    cellOfSelection(context, to.of)?.native === true
  );
}

/** Rules that connectors of PyNN say, with nothing lost. */
const named: ReadonlySet<string> = new Set(['all', 'oneToOne', 'list']);

/** A projection with a type of the document's own; undefined where it stands whole under `native`. */
export function nativeProjection(
  context: ExportContext,
  natives: NativeParts,
  name: string,
  projection: Projection,
  pointer: string,
): PynnProjection | undefined {
  const { from, to, synapse, connect, receptors, values, delays, delayRange, space, order } = projection;
  context.report.equivalent('pynn/native', pointer, runsHere);
  context.report.equivalent('pynn/native', child('/synapses', synapse), runsHere);
  natives.synapse(synapse);
  if ('projection' in from.of || 'projection' in to.of) {
    natives.add('projections', name, projection);
    return undefined;
  }
  const [rule, ...others] = connect;
  const said = rule !== undefined && others.length === 0 && named.has(rule.rule);
  const connector: Connector | undefined = said
    ? connectorOf(context, connect, pointer, context.scopes.ofKey(name))
    : undefined;
  const end = ({ of: _, ...rest }: Projection['from']): object => rest;
  const more = {
    ...given('from', { ...end(from) }),
    ...given('to', { ...end(to) }),
    ...(connector === undefined ? { connect } : {}),
    ...given('receptors', receptors),
    ...(delayRange === undefined ? {} : { delayRange }),
    ...(space === undefined ? {} : { space }),
    ...(order === 0 ? {} : { order }),
  };
  return {
    label: context.label(name),
    pre: context.targets.of(from.of),
    post: context.targets.of(to.of),
    connector: connector ?? { type: 'native' },
    synapse: {
      type: `native:${synapse}`,
      ...given('values', natives.plain(values)),
      ...given('delays', natives.plain(delays)),
    },
    ...given('native', natives.plain(more)),
  };
}
