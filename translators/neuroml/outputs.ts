/** Recorded and written quantities of a simulation, by their paths, as recordings of a canonical document. */

import type { Diagnostics, Place } from '../../src/diagnostics/diagnostic.js';
import type { Attached, Connections, Wires } from './build/connections.js';
import type { Naming } from './build/naming.js';
import * as messages from './build/messages.js';
import { unknownSegment } from './cells/messages.js';
import type { Cell, Network } from './build/network.js';
import { follow } from './build/paths.js';
import type { CellType, Types } from './build/types.js';
import type { Component } from './lems/definitions.js';
import { identifier, UniqueNames } from '../../src/model/free-name.js';

/** An owner of variables or events. */
export interface Owner {
  readonly kind: 'population' | 'projection';
  /** Its name in the model. */
  readonly id: string;
}

/** Where a quantity is found in the canonical model. */
interface Quantity {
  readonly owner: Owner;
  readonly variable: string;
  readonly index: number;
  /** Where on a cell with compartments. */
  readonly at?: { readonly section: string; readonly fraction: number };
}

/** A cell that emits events. */
interface Emitter {
  readonly population: string;
  readonly index: number;
  readonly event: string;
  /** Position of its population in the order of stepping. */
  readonly ordinal: number;
}

/** The parts of a document that recordings are. */
export interface Outputs {
  /** In the canonical document's form. */
  readonly recordings: readonly Record<string, unknown>[];
  /** Files that the model names: `annotations.outputFiles`. */
  readonly outputFiles: readonly Record<string, unknown>[];
  /** Where each of them is named. */
  readonly filePlaces: readonly Place[];
  /** Plots that the model names, kept as annotations. */
  readonly displays: readonly Record<string, unknown>[];
  /** Populations with recorded variables. */
  readonly watched: ReadonlySet<string>;
}

/** The network in which paths are looked up. */
interface Lookup {
  readonly network: Network;
  readonly wires: Wires;
  readonly naming: Naming;
  readonly types: Types;
}

/** Collects the outputs of a component that runs a simulation. @diagnostic lems/unknown-quantity, lems/unknown-path */
export function collectOutputs(simulation: Component, lookup: Lookup, diagnostics: Diagnostics): Outputs {
  const collector = new Collector(lookup, diagnostics);
  const files = descendants(simulation).flatMap((component) =>
    collector.fileOf(component).map((file) => ({ file, place: component.place })),
  );
  const displays = descendants(simulation).flatMap((component) => collector.displayOf(component));
  const names = collector.settle();
  return {
    recordings: names.recordings,
    outputFiles: files.map(({ file }) => file(names)),
    filePlaces: files.map(({ place }) => place),
    displays: displays.map((display) => display(names)),
    watched: collector.watched,
  };
}

function descendants(component: Component): readonly Component[] {
  return [component, ...component.children.flatMap(descendants)];
}

interface Names {
  readonly recordings: readonly Record<string, unknown>[];
  variables(quantity: Quantity): string;
  events(population: string, event: string): string;
}
type Later = (names: Names) => Record<string, unknown>;

/** Checks whether attachments of cells are connections rather than inputs. */
const areConnections = (of: Connections | Attached): of is Connections => 'sources' in of;

class Collector {
  /** Elements by owner and variable. */
  readonly #variables = new Map<
    string,
    { readonly owner: Quantity['owner']; readonly at: Quantity['at']; readonly byVariable: Map<string, Set<number>> }
  >();
  readonly #events = new Map<
    string,
    { readonly population: string; readonly event: string; readonly indices: Set<number> }
  >();
  readonly #resolver: Resolver;

  constructor(lookup: Lookup, diagnostics: Diagnostics) {
    this.#resolver = new Resolver(lookup, diagnostics);
  }

  fileOf(component: Component): readonly Later[] {
    const { simulation } = component.type;
    const [writer] = simulation?.dataWriters ?? [];
    const [eventWriter] = simulation?.eventWriters ?? [];
    if (writer) {
      const columns = this.#records(component, 'file');
      const file = fileName(component, writer);
      return [(names) => ({ file, kind: 'columns', columns: columns.map((column) => columnOf(column, names)) })];
    }
    if (!eventWriter) return [];
    const selections = this.#eventRecords(component);
    const format = component.attributes[eventWriter.format] === 'TIME_ID' ? 'TIME_ID' : 'ID_TIME';
    const file = fileName(component, eventWriter);
    return [
      (names) => ({
        file,
        kind: 'events',
        format,
        selections: selections.map(({ id, population, index, event }) => ({
          id,
          recording: names.events(population, event),
          population,
          index,
          ...(event === 'spike' ? {} : { event }),
        })),
      }),
    ];
  }

  displayOf(component: Component): readonly Later[] {
    const [display] = component.type.simulation?.dataDisplays ?? [];
    if (!display) return [];
    const lines = this.#records(component, 'display');
    const title = component.attributes[display.title] ?? component.id;
    return [(names) => ({ title, lines: lines.map((line) => columnOf(line, names)) })];
  }

  #records(
    component: Component,
    wanted: 'display' | 'file',
  ): readonly { readonly id: string; readonly quantity: Quantity }[] {
    return descendants(component).flatMap((inner) =>
      (inner.type.simulation?.records ?? []).flatMap((record) => {
        const path = inner.attributes[record.quantity];
        const quantity = path === undefined ? undefined : this.#resolver.quantity(path, inner, wanted);
        if (!quantity) return [];
        this.#addVariable(quantity);
        return [{ id: inner.id, quantity }];
      }),
    );
  }

  get watched(): ReadonlySet<string> {
    return new Set(
      [...this.#variables.values()].flatMap(({ owner }) => (owner.kind === 'population' ? [owner.id] : [])),
    );
  }

  #addVariable({ owner, variable, index, at }: Quantity): void {
    const key = JSON.stringify({ owner, at });
    let known = this.#variables.get(key);
    if (!known) this.#variables.set(key, (known = { owner, at, byVariable: new Map<string, Set<number>>() }));
    const indices = known.byVariable.get(variable);
    if (indices) indices.add(index);
    else known.byVariable.set(variable, new Set([index]));
  }

  /** Returns the selected events in the order of the cells, in which jLEMS writes the events of a step. */
  #eventRecords(component: Component): readonly (Emitter & { readonly id: string })[] {
    const records = descendants(component).flatMap((inner) =>
      (inner.type.simulation?.eventRecords ?? []).flatMap((record) => {
        const path = inner.attributes[record.quantity];
        const found =
          path === undefined ? undefined : this.#resolver.emitter(path, inner.attributes[record.eventPort], inner);
        if (!found) return [];
        const key = `${found.population} ${found.event}`;
        const known = this.#events.get(key);
        if (known) known.indices.add(found.index);
        else
          this.#events.set(key, { population: found.population, event: found.event, indices: new Set([found.index]) });
        return [{ id: inner.id, ...found }];
      }),
    );
    return records.sort((a, b) => a.ordinal - b.ordinal || a.index - b.index);
  }

  /** Recordings: variables of one owner that are wanted of the same elements together, each under a name. */
  settle(): Names {
    const recordings: Record<string, unknown>[] = [];
    const names = new UniqueNames();
    const free = (wanted: string): string => names.take(wanted);
    const ofVariable = new Map<string, string>();
    for (const [key, { owner, at, byVariable }] of this.#variables) {
      const groups = new Map<string, { readonly variables: string[]; readonly indices: readonly number[] }>();
      for (const [variable, set] of byVariable) {
        const indices = [...set].sort((a, b) => a - b);
        const group = groups.get(indices.join());
        if (group) group.variables.push(variable);
        else groups.set(indices.join(), { variables: [variable], indices });
      }
      for (const { variables, indices } of groups.values()) {
        const name = free(`${owner.id}_${variables.length === 1 ? variables[0] : 'traces'}`);
        recordings.push({ of: { [owner.kind]: owner.id, indices }, variables, name, ...at });
        for (const variable of variables) ofVariable.set(`${key} ${variable}`, name);
      }
    }
    const ofEvent = new Map<string, string>();
    for (const [key, { population, event, indices }] of this.#events) {
      const name = free(`${population}_${event === 'spike' ? 'spikes' : event}`);
      recordings.push({ of: { population, indices: [...indices].sort((a, b) => a - b) }, events: event, name });
      ofEvent.set(key, name);
    }
    return {
      recordings,
      variables: ({ owner, variable, at }) => ofVariable.get(`${JSON.stringify({ owner, at })} ${variable}`) ?? '',
      events: (population, event) => ofEvent.get(`${population} ${event}`) ?? '',
    };
  }
}

function columnOf(
  { id, quantity }: { readonly id: string; readonly quantity: Quantity },
  names: Names,
): Record<string, unknown> {
  return { id, recording: names.variables(quantity), variable: quantity.variable, index: quantity.index };
}

function fileName(component: Component, writer: { readonly path?: string; readonly fileName: string }): string {
  const folder = writer.path === undefined ? undefined : component.attributes[writer.path];
  const name = component.attributes[writer.fileName] ?? component.id;
  return folder === undefined || folder === '' ? name : `${folder.replace(/\/$/, '')}/${name}`;
}

/** An attachment on one cell, in the order of creation. */
interface Entry {
  readonly serial: number;
  readonly index: number;
  readonly of: Connections | Attached;
}

/** Resolves paths of quantities and of sources of events. */
export class Resolver {
  readonly #attachments = new Map<string, ReadonlyMap<number, readonly Entry[]>>();

  constructor(
    private readonly lookup: Lookup,
    private readonly diagnostics: Diagnostics,
  ) {}

  /** Returns the cell with the events that a path selects. */
  emitter(path: string, port: string | undefined, component: Component): Emitter | undefined {
    const found = this.#cell(path, component);
    if (!found) return undefined;
    const { flat } = this.lookup.types.ofCell(found.cell.draft);
    const event = port ?? flat.outPort;
    if (event === undefined) {
      this.diagnostics.add(messages.noPort(found.cell.draft.component.id, 'out'), component.place);
      return undefined;
    }
    // A cell that never emits has an empty list of events.
    this.lookup.types.listen(flat, identifier(event));
    return {
      population: this.lookup.naming.populations.get(found.cell.draft) ?? '',
      index: found.cell.index,
      event: identifier(event),
      ordinal: found.cell.draft.ordinal,
    };
  }

  #cell(path: string, component: Component): { readonly cell: Cell; readonly rest: readonly string[] } | undefined {
    const found = follow(this.lookup.network.root, path);
    switch (found.kind) {
      case 'cell':
        return found;
      case 'container':
        this.diagnostics.add(messages.notAnInstance(path), component.place);
        return undefined;
      case 'range':
        this.diagnostics.add(messages.outOfRange(path, found.index, found.size), component.place);
        return undefined;
      case 'nowhere':
        this.diagnostics.add(messages.unresolvedPath(path, found.step, found.known), component.place);
        return undefined;
      default:
        return found satisfies never;
    }
  }

  /**
   * Returns the variable that a path names: of a cell, of a part of it, or of its attachment. A displayed variable of a
   * cell with compartments may be absent, as in the reference interpreter's export to NEURON.
   */
  quantity(path: string, component: Component, wanted: 'display' | 'file' = 'file'): Quantity | undefined {
    const found = this.#cell(path, component);
    if (!found) return undefined;
    const { cell } = found;
    const { types, naming } = this.lookup;
    const type = types.ofCell(cell.draft);
    const compartments = types.compartmentsOf(cell.draft);
    const within = compartments ? this.#withoutOtherComponent(found.rest, cell, path, component) : found.rest;
    // A cell may have its segments numbered: the only one is left out.
    const rest = within.length > 1 && /^\d+$/.test(within[0] ?? '') ? within.slice(1) : within;
    const own = compartments ? compartments.variable(rest) : variableOf(type, rest);
    if (own !== undefined) {
      const segment = rest === within ? undefined : within[0];
      const at = compartments?.placeOf(segment ?? '0', 0.5);
      if (compartments && segment !== undefined && !at) {
        this.diagnostics.add(unknownSegment(segment, []), component.place);
        return undefined;
      }
      return {
        owner: { kind: 'population', id: naming.populations.get(cell.draft) ?? '' },
        variable: own,
        index: cell.index,
        ...(at ? { at } : {}),
      };
    }
    const attached = this.#attachment(cell, rest, path, component);
    if (attached === 'reported') return undefined;
    if (attached) return attached;
    const absent = messages.unknownQuantity(path, rest.join('/') || path, type.flat.visible);
    const passed = compartments && wanted === 'display';
    this.diagnostics.add(
      passed ? { ...absent, severity: 'warning', hint: 'the line is left out of the display' } : absent,
      component.place,
    );
    return undefined;
  }

  /**
   * Returns steps within a cell with segments. A name of another component before a segment is skipped, as in the
   * reference interpreter's export to NEURON. Networks with exchanged cells contain such names.
   *
   * @diagnostic lems/other-component
   */
  #withoutOtherComponent(steps: readonly string[], cell: Cell, path: string, component: Component): readonly string[] {
    const [name = '', segment = ''] = steps;
    if (steps.length < 3 || !/^\d+$/.test(segment) || /^\d+$|:/.test(name)) return steps;
    this.diagnostics.add(
      { severity: 'warning', ...messages.otherComponent(path, cell.draft.component.id, 'quantity') },
      component.place,
    );
    return steps.slice(1);
  }

  #attachment(
    cell: Cell,
    rest: readonly string[],
    path: string,
    component: Component,
  ): Quantity | 'reported' | undefined {
    const [step = '', ...more] = rest;
    const parts = step.split(':');
    const id = parts.length === 3 ? (parts[1] ?? '') : step;
    const wanted = parts.length === 3 ? Number(parts[2]) : 0;
    const entries = this.#entries(cell, id, parts.length === 3 ? (parts[0] ?? null) : null);
    if (entries === undefined) return undefined;
    const entry = entries[wanted];
    if (!entry) {
      this.diagnostics.add(messages.noAttachment(path, id, wanted, entries.length), component.place);
      return 'reported';
    }
    const { types, naming } = this.lookup;
    const { of } = entry;
    if (areConnections(of)) {
      if (!of.receiver) return undefined;
      const variable = variableOf(types.ofSynapse(of.receiver, of.from, of.to, of.peer), more);
      return variable === undefined
        ? undefined
        : { owner: { kind: 'projection', id: naming.projections.get(of) ?? '' }, variable, index: entry.index };
    }
    const variable = variableOf(types.ofAttached(of.component, of.to), more);
    return variable === undefined
      ? undefined
      : { owner: { kind: 'population', id: naming.attached.get(of) ?? '' }, variable, index: entry.index };
  }

  /** Returns the attachments of a component to a cell, in order, or undefined if no cell has any. */
  #entries(cell: Cell, id: string, list: string | null): readonly Entry[] | undefined {
    const key = `${cell.draft.ordinal} ${list ?? '*'} ${id}`;
    let byCell = this.#attachments.get(key);
    if (!byCell) this.#attachments.set(key, (byCell = this.#index(cell, id, list)));
    return byCell.size === 0 ? undefined : (byCell.get(cell.index) ?? []);
  }

  #index(cell: Cell, id: string, list: string | null): ReadonlyMap<number, readonly Entry[]> {
    const byCell = new Map<number, Entry[]>();
    const { connections, attached } = this.lookup.wires;
    const groups: readonly (Connections | Attached)[] = [...connections, ...attached];
    for (const of of groups) {
      const component = areConnections(of) ? of.receiver : of.component;
      if (of.to !== cell.draft || component?.id !== id || (list !== null && of.list !== list)) continue;
      for (let index = 0; index < of.targets.length; index++) {
        const entry: Entry = { serial: of.serials.at(index), index, of };
        const entries = byCell.get(of.targets.at(index));
        if (entries) entries.push(entry);
        else byCell.set(of.targets.at(index), [entry]);
      }
    }
    for (const entries of byCell.values()) entries.sort((a, b) => a.serial - b.serial);
    return byCell;
  }
}

function variableOf({ flat }: CellType, path: readonly string[]): string | undefined {
  return path.length === 0 ? undefined : flat.recorded(path);
}
