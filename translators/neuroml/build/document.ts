/** A network as populations and projections of a canonical document. */

import type { Diagnostics, Place } from '../../../src/diagnostics/diagnostic.js';
import type { Expression, Assignment } from '../../../src/lang/ast.js';
import { identifier } from '../../../src/model/free-name.js';
import type { FlatType } from '../flatten/flatten.js';
import type { Component } from '../lems/definitions.js';
import { synapseDocument, neuronDocument, type PlacedDocument } from '../flatten/document.js';
import type { CompartmentCell } from '../cells/cell.js';
import { atPlace } from './at-place.js';
import type { FlatParameter } from '../flatten/variables.js';
import { fit } from '../flatten/expressions.js';
import { type Types, prefixedStatement, type CellType, prefixed } from './types.js';
import { type Places, Ids } from './placed.js';
import type { Network, Draft } from './network.js';
import type { Wires, Attached, Connections } from './connections.js';
import { type Naming, freeId } from './naming.js';
import type { Train } from './trains.js';
import { isRelay, effectsOf, replayed } from './replays.js';
import * as messages from './messages.js';
import type { PropertyLists } from './lists.js';
import { ProjectionEnds } from './projection-ends.js';

/** Where the parts of a network are found in the document. */
interface Assembled {
  readonly neurons: Record<string, unknown>;
  readonly synapses: Record<string, unknown>;
  readonly populations: Record<string, unknown>;
  readonly projections: Record<string, unknown>;
  /** Name of the LEMS type of each canonical one. */
  readonly lemsTypes: Record<string, string>;
}

/** Shared context of all parts. */
interface Setting {
  readonly types: Types;
  readonly places: Places;
  readonly diagnostics: Diagnostics;
  /** Populations with recorded variables. */
  readonly watched: ReadonlySet<string>;
}

/** Makes the parts of the document that describe the network. */
export function assemble(network: Network, wires: Wires, naming: Naming, setting: Setting): Assembled {
  const assembler = new Assembler(naming, setting);
  for (const draft of network.drafts) assembler.prepareTrain(draft);
  // Requirements of connections on the types at their ends must be known before any type is written.
  for (const connections of wires.connections) assembler.prepare(connections);
  for (const one of wires.attached) assembler.prepareAttached(one);
  let order = 0;
  const attached = new Map<Draft, Attached[]>();
  for (const one of wires.attached) attached.set(one.to, [...(attached.get(one.to) ?? []), one]);
  for (const draft of network.drafts) {
    for (const one of attached.get(draft) ?? []) order = assembler.attached(one, order);
    order = assembler.population(draft, order);
  }
  let projection = 0;
  for (const connections of wires.connections) assembler.projection(connections, projection++);
  for (const one of wires.attached) assembler.attachment(one, projection++);
  assembler.trainProjections(projection);
  return assembler;
}

/** Returns the positions of the cells of a population, if each cell has one. */
function positionsOf({ positions, size }: Draft): { readonly positions?: unknown } {
  return positions && positions.length === 3 * size ? { positions: { array: positions.toArray(), unit: 'um' } } : {};
}

/** A canonical type, identified by everything but the values of its parameters. */
interface Kept {
  readonly id: string;
  readonly defaults: Readonly<Record<string, unknown>>;
}

class Assembler implements Assembled {
  readonly neurons: Record<string, unknown> = {};
  readonly synapses: Record<string, unknown> = {};
  readonly populations: Record<string, unknown> = {};
  readonly projections: Record<string, unknown> = {};
  readonly lemsTypes: Record<string, string> = {};
  readonly #kept = new Map<string, Kept>();
  readonly #neuronTypes = new Map<FlatType, Kept>();
  readonly #ids = { neurons: new Ids(), synapses: new Ids() };
  readonly #trains: {
    readonly from: string;
    readonly to: string;
    readonly size: number;
    readonly flat: FlatType;
    readonly component: Component;
    readonly onEvent: readonly Assignment[];
  }[] = [];

  private readonly types: Types;
  private readonly places: Places;
  private readonly diagnostics: Diagnostics;
  readonly #watched: ReadonlySet<string>;
  readonly #ends: ProjectionEnds;

  constructor(
    private readonly naming: Naming,
    { types, places, diagnostics, watched }: Setting,
  ) {
    this.types = types;
    this.places = places;
    this.diagnostics = diagnostics;
    this.#watched = watched;
    this.#ends = new ProjectionEnds(types, diagnostics);
  }

  /** A list of events makes its component emit, though its own equations may not. */
  prepareTrain(draft: Draft): void {
    const train = this.types.trainsOf(draft).find((one) => one !== null);
    if (train) this.types.ofCell(draft).flat.handler(train.port);
  }

  /** Checks whether a population is only a list of events and is not recorded. */
  #isReplay({ component }: Draft, trains: readonly (Train | null)[], id: string, flat: FlatType): boolean {
    const train = trains.find((one) => one !== null);
    return train !== undefined && !this.#watched.has(id) && isRelay(component, flat, train);
  }

  /**
   * Adds the populations that pass the events of a list on to another: one for events received before it is advanced,
   * and one for events received after.
   */
  #withTrain(
    to: string,
    component: Component,
    trains: readonly (Train | null)[],
    size: number,
    flat: FlatType,
    order: number,
    add: (order: number) => void,
  ): number {
    const train = trains.find((one) => one !== null);
    const { before, after } = train ? effectsOf(flat, train) : { before: [], after: [] };
    let next = order;
    const tell = (onEvent: readonly Assignment[]): void => {
      if (!train || onEvent.length === 0) return;
      const from = freeId(`${to}_times`, this.naming, this.populations);
      this.places.set(`/populations/${from}`, component.place);
      this.populations[from] = { size, spikes: replayed(trains, size), ...(next === 0 ? {} : { order: next }) };
      this.#trains.push({
        from,
        to,
        size,
        flat,
        component,
        onEvent: onEvent.map((statement) => prefixedStatement(statement, 'post')),
      });
      next += 1;
    };
    tell(before);
    add(next++);
    tell(after);
    return next;
  }

  /** Connects each list to the instances that receive its events. */
  trainProjections(first: number): void {
    for (const [k, { from, to, size, flat, component, onEvent }] of this.#trains.entries()) {
      const document = synapseDocument(null, () => 0, { onEvent, contributes: new Map() });
      const cell: CellType = { flat, nodes: [], component, container: null };
      const type = this.#type('synapses', cell, document, `${component.id}_times`);
      const indices = Array.from({ length: size }, (_, index) => index);
      const id = freeId(`${from}_to_${to}`, this.naming, this.projections);
      this.places.set(`/projections/${id}`, component.place);
      const connect = { rule: 'list', sources: indices, targets: indices };
      this.projections[id] = { from, to, synapse: type.id, connect, ...(first + k === 0 ? {} : { order: first + k }) };
    }
  }

  /** Notes the events that others receive, and requests from the types the variables that connections read. */
  prepare({ from, receiver, to, list, outPort, inPort, peer }: Connections): void {
    const target = this.types.ofCell(to).flat;
    const cell = receiver && this.types.ofSynapse(receiver, from, to, peer).flat;
    if (cell) this.#contributions(receiver, list, target, cell);
    if (outPort === null || !(cell ?? target).hears(inPort)) return;
    (cell ?? target).handler(inPort);
    const { flat } = this.types.ofCell(from);
    const port = identifier(outPort);
    if (!flat.emits(port) && !this.types.portsOf(flat).has(port)) {
      this.diagnostics.add(messages.neverEmits(from.component.id, outPort), from.component.place);
    }
    this.types.listen(flat, port);
  }

  prepareAttached({ component, list, to }: Attached): void {
    this.#contributions(component, list, this.types.ofCell(to).flat, this.types.ofAttached(component, to).flat);
  }

  /** Adds a population. @returns the order of the next */
  population(draft: Draft, order: number): number {
    const id = this.naming.populations.get(draft) ?? '';
    const cell = this.types.ofCell(draft);
    const trains = this.types.trainsOf(draft);
    if (this.#isReplay(draft, trains, id, cell.flat)) {
      const { size, holder } = draft;
      this.places.set(`/populations/${id}`, holder.place);
      this.populations[id] = {
        size,
        spikes: replayed(trains, size),
        ...positionsOf(draft),
        ...(order === 0 ? {} : { order }),
      };
      return order + 1;
    }
    return this.#withTrain(id, draft.component, trains, draft.size, cell.flat, order, (at) =>
      this.#cells(draft, id, cell, at),
    );
  }

  #cells(draft: Draft, id: string, cell: CellType, order: number): void {
    const compartments = this.types.compartmentsOf(draft);
    if (compartments) {
      this.#compartmental(id, cell, compartments, draft, order);
      return;
    }
    this.#population(id, cell, draft.size, draft.properties, order, draft.holder.place, (name) => {
      const found = this.types.providing(cell, name);
      if (found?.variable.expression.kind !== 'name') return undefined;
      return {
        population: this.naming.populations.get(found.draft),
        variable: found.variable.expression.name,
        index: found.index,
      };
    });
    Object.assign(this.populations[id] as object, positionsOf(draft));
  }

  /** Adds cells with compartments. Attachments add to the same inputs as for point cells. */
  #compartmental(
    id: string,
    cell: CellType,
    { compartments, spike, places }: CompartmentCell,
    draft: Draft,
    order: number,
  ): void {
    const generic = neuronDocument(cell.flat, () => 0, new Set()).document;
    // Connections may leave a cell without a threshold, but never receive an event from it.
    const silent = [...this.types.portsOf(cell.flat)].filter((port) => port !== 'spike' || !spike);
    for (const port of silent)
      this.diagnostics.add(messages.neverEmits(draft.component.id, port), draft.component.place);
    const events = {
      ...(spike ? { spike } : {}),
      ...Object.fromEntries(silent.map((port) => [port, { when: 'False' }])),
    };
    const document = {
      ...(generic['inputs'] !== undefined ? { inputs: generic['inputs'] } : {}),
      ...(Object.keys(events).length > 0 ? { events } : {}),
      compartments,
    };
    const type = this.#type('neurons', cell, { document, places: new Map([['', draft.component.place], ...places]) });
    this.places.set(`/populations/${id}`, draft.holder.place);
    this.populations[id] = {
      type: type.id,
      size: draft.size,
      ...positionsOf(draft),
      ...(order === 0 ? {} : { order }),
    };
  }

  /** Adds the instances that are attached to cells. @returns the order of the next population */
  attached(one: Attached, order: number): number {
    const id = this.naming.attached.get(one) ?? '';
    const cell = this.types.ofAttached(one.component, one.to);
    const trains = [this.types.trainOf(one.component)];
    return this.#withTrain(id, one.component, trains, one.targets.length, cell.flat, order, (at) =>
      this.#attached(one, id, cell, at),
    );
  }

  #attached(attached: Attached, id: string, cell: CellType, order: number): void {
    const target = this.types.ofCell(attached.to);
    this.#population(id, cell, attached.targets.length, attached.properties, order, attached.place, (name) => {
      const seen = target.flat.seen([name]);
      if (seen?.expression.kind !== 'name') return undefined;
      const index = attached.targets.common ?? attached.targets.toArray();
      const population = this.naming.populations.get(attached.to) ?? '';
      const end = this.#ends.at(population, attached.to, attached.toPlaces, attached.place);
      const { of: _, ...at } = typeof end === 'string' ? { of: end } : end;
      return { population, variable: seen.expression.name, index, ...at };
    });
  }

  #population(
    id: string,
    cell: CellType,
    size: number,
    properties: PropertyLists,
    order: number,
    place: Place,
    link: (name: string) => unknown,
  ): void {
    const valueOf = (parameter: FlatParameter): number => this.types.valueOf(cell, parameter);
    let type = this.#neuronTypes.get(cell.flat);
    if (!type)
      this.#neuronTypes.set(
        cell.flat,
        (type = this.#type('neurons', cell, neuronDocument(cell.flat, valueOf, this.types.portsOf(cell.flat)))),
      );
    const values = this.#values(cell, type, properties, size);
    const linked: Record<string, unknown> = {};
    for (const { name, source } of cell.flat.parameters) {
      const found = source.kind === 'outside' ? link(source.name) : undefined;
      if (found === undefined) continue;
      linked[name] = found;
      values.delete(name);
    }
    this.places.set(`/populations/${id}`, place);
    this.populations[id] = {
      type: type.id,
      size,
      ...(values.size > 0 ? { values: Object.fromEntries(values) } : {}),
      ...(Object.keys(linked).length > 0 ? { linked } : {}),
      ...(order === 0 ? {} : { order }),
    };
  }

  projection(group: Connections, order: number): void {
    const id = this.naming.projections.get(group) ?? '';
    const { from, to, receiver, list, outPort, inPort, peer, sources, targets, delays, properties, place } = group;
    const target = this.types.ofCell(to);
    const cell = receiver && this.types.ofSynapse(receiver, from, to, peer);
    const handler = outPort === null ? [] : cell ? cell.flat.handler(inPort) : target.flat.handler(inPort);
    const received = outPort !== null && (cell ?? target).flat.hears(inPort);
    const contributes =
      receiver && cell ? this.#contributions(receiver, list, target.flat, cell.flat) : new Map<string, Expression>();
    const onEvent = received
      ? cell
        ? handler
        : handler.map((statement) => prefixedStatement(statement, 'post'))
      : null;
    if (!onEvent && contributes.size === 0 && !cell) return;
    const document = synapseDocument(
      cell?.flat ?? null,
      (parameter) => (cell ? this.types.valueOf(cell, parameter) : 0),
      {
        onEvent,
        contributes,
      },
    );
    const type = this.#type(
      'synapses',
      cell ?? target,
      document,
      cell ? undefined : `${target.component.id}_${inPort}`,
    );
    const values = cell ? this.#values(cell, type, properties, sources.length) : new Map<string, unknown>();
    const port = outPort === null ? 'spike' : identifier(outPort);
    const source = this.naming.populations.get(from) ?? '';
    const delay = delays.common ?? delays.toArray();
    this.places.set(`/projections/${id}`, place);
    this.projections[id] = {
      from:
        onEvent && port !== 'spike'
          ? { of: source, event: port }
          : onEvent
            ? this.#ends.received(source, from, group.fromPlaces, place)
            : this.#ends.at(source, from, group.fromPlaces, place),
      to: this.#ends.at(this.naming.populations.get(to) ?? '', to, group.toPlaces, place),
      synapse: type.id,
      connect: { rule: 'list', sources: sources.toArray(), targets: targets.toArray() },
      ...(values.size > 0 ? { values: Object.fromEntries(values) } : {}),
      ...(onEvent && delay !== 0 ? { delay } : {}),
      ...(order === 0 ? {} : { order }),
    };
  }

  /** Adds the contributions of attached instances to their cells: a projection from each instance to its own cell. */
  attachment(attached: Attached, order: number): void {
    const target = this.types.ofCell(attached.to);
    const cell = this.types.ofAttached(attached.component, attached.to);
    const structured = this.types.compartmentsOf(attached.to) !== null;
    const contributes = new Map(
      [...this.#contributions(attached.component, attached.list, target.flat, cell.flat)].map(([name, e]) => [
        name,
        structured ? atPlace(e, cell.flat, target.flat) : prefixed(e, 'pre'),
      ]),
    );
    if (contributes.size === 0) return;
    const id = this.naming.attachments.get(attached) ?? '';
    const document = synapseDocument(null, () => 0, { onEvent: null, contributes });
    // Inputs of other cells may have the same name and another dimension.
    const dimensions = target.flat.inputsFrom(attached.component, attached.list).map(({ dimension }) => dimension);
    const type = this.#type('synapses', cell, document, `attached_${attached.list}`, JSON.stringify(dimensions));
    this.places.set(`/projections/${id}`, attached.place);
    this.projections[id] = {
      from: this.naming.attached.get(attached) ?? '',
      to: this.#ends.at(this.naming.populations.get(attached.to) ?? '', attached.to, attached.toPlaces, attached.place),
      synapse: type.id,
      connect: {
        rule: 'list',
        sources: Array.from({ length: attached.targets.length }, (_, k) => k),
        targets: attached.targets.toArray(),
      },
      ...(order === 0 ? {} : { order }),
    };
  }

  /** Returns the contributions of an attached instance to inputs of its cell, in the instance's own names. */
  #contributions(component: Component, list: string, target: FlatType, own: FlatType): Map<string, Expression> {
    const contributes = new Map<string, Expression>();
    for (const input of target.inputsFrom(component, list)) {
      const value = own.seen([input.variable]);
      if (value) contributes.set(`post.${input.name}`, fit({ ...value, zero: false }, input.dimension));
      else
        this.diagnostics.add(
          messages.unknownQuantity(`${list}[*]/${input.variable}`, input.variable, own.visible),
          component.place,
        );
    }
    return contributes;
  }

  /**
   * Returns the canonical type of a document: an earlier one if only values of parameters differ.
   *
   * @param ends further properties that must be equal
   */
  #type(
    kind: 'neurons' | 'synapses',
    cell: CellType,
    { document, places }: PlacedDocument,
    wanted?: string,
    ends = '',
  ): Kept {
    const own = (document['parameters'] ?? {}) as Readonly<Record<string, { readonly value: unknown }>>;
    const shapes = Object.entries(own).map(([name, { value, ...rest }]) => [
      name,
      typeof value === 'number' ? rest : { ...rest, value },
    ]);
    const key = `${kind} ${ends} ${JSON.stringify({ ...document, parameters: shapes })}`;
    const known = this.#kept.get(key);
    if (known) return known;
    const simple = cell.nodes.length === 1;
    const id = this.#ids[kind].take(
      wanted ?? (simple ? cell.component.type.name : cell.component.id || cell.component.type.name),
    );
    const kept: Kept = {
      id,
      defaults: Object.fromEntries(Object.entries(own).map(([name, { value }]) => [name, value])),
    };
    this.#kept.set(key, kept);
    this[kind][id] = document;
    if (wanted === undefined) this.lemsTypes[id] = cell.component.type.name;
    this.places.setAll(`/${kind}/${id}`, places);
    return kept;
  }

  /** Returns values that differ from the type's defaults, and assigned properties. */
  #values(cell: CellType, { defaults }: Kept, properties: PropertyLists, count: number): Map<string, unknown> {
    const values = new Map<string, unknown>();
    for (const parameter of cell.flat.parameters) {
      if (parameter.source.kind === 'expression') continue;
      const value = this.types.valueOf(cell, parameter);
      if (value !== defaults[parameter.name]) values.set(parameter.name, value);
    }
    const assigned = [...properties.settled(count)];
    const { type, id, place } = cell.component;
    for (const { source } of cell.flat.parameters) {
      if (source.kind !== 'component' || source.ordinal !== 0 || !type.properties.has(source.name)) continue;
      if (type.properties.get(source.name)?.defaultValue !== undefined) continue;
      if (assigned.some(([property]) => property === source.name)) continue;
      if (cell.component.attributes[source.name] === undefined)
        this.diagnostics.add(messages.missingValue(source.name, id), place);
    }
    for (const [property, value] of assigned) {
      const parameter = cell.flat.parameters.find(
        ({ source }) =>
          source.kind !== 'expression' &&
          source.name === property &&
          (source.kind === 'outside' || source.ordinal === 0),
      );
      if (!parameter) continue;
      if (value === defaults[parameter.name]) values.delete(parameter.name);
      else values.set(parameter.name, value);
    }
    return values;
  }
}
