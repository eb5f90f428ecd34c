/**
 * Connections made by the structures of a network: events between cells, instances attached to cells, and tunnels.
 * Connections of one kind between the same populations are one group, held as columns of numbers.
 */

import { missingReference } from '../messages.js';
import type { Diagnostics, Place } from '../../../src/diagnostics/diagnostic.js';
import { hasMorphology } from '../cells/shape.js';
import { segmentPlace } from '../cells/ends.js';
import { referenced, valueOf } from '../components.js';
import { emitsTwice, firstInPort, firstOutPort } from '../flatten/wiring.js';
import type { Component, ComponentType, LemsModel, StructureDefinition } from '../lems/definitions.js';
import type { Attached, Connections, Peer, Wires } from './connections.js';
import { NumberList, PlaceList, PropertyLists } from './lists.js';
import { AttachmentLists } from './attachment-lists.js';
import * as messages from './messages.js';
import { isDynamic, standsApart } from './apart.js';
import { assigned, type Cell, type Container } from './network.js';
import { containerNamed, draftIn, follow, followTolerantly, onlyCell } from './paths.js';

/** An instance: a cell, or a container of others. */
type Item = Cell | Container;
interface Alias {
  readonly items: readonly Item[];
  /** The attribute that it was found by: names of one attribute are one end of a connection. */
  readonly written: string;
}

const isCell = (item: Item): item is Cell => 'draft' in item;

/** Runs all structures of a network in the order of the document. */
export function connectNetwork(root: Container, lems: LemsModel, diagnostics: Diagnostics): Wires {
  const connector = new Connector(lems, diagnostics);
  connector.visit(root);
  return { connections: connector.connections, attached: connector.attached };
}

const noAliases: ReadonlyMap<string, Alias> = new Map();

/** Returns a component with its lazily read attributes as plain fields, since connecting reads them many times. */
function snapshot(component: Component): Component {
  const { id, type, role, parent, attributes, children } = component;
  return {
    id,
    type,
    role,
    parent,
    attributes,
    children,
    get place() {
      return component.place;
    },
  };
}

/** Most paths that are remembered with their targets. */
const mostKeptPaths = 200_000;

class Connector {
  readonly connections: Connections[] = [];
  readonly attached: Attached[] = [];
  readonly #byKey = new Map<string, Connections>();
  readonly #attachedByKey = new Map<string, Attached>();
  readonly #numbers = new Map<object, number>();
  readonly #lists: AttachmentLists;
  #serial = 0;
  /** Types with reported events that the reference interpreter loses. */
  readonly #unheard = new Set<ComponentType>();

  constructor(
    private readonly lems: LemsModel,
    private readonly diagnostics: Diagnostics,
  ) {
    this.#lists = new AttachmentLists(diagnostics);
  }

  visit(container: Container): void {
    const { component } = container;
    const runs = isDynamic(component.type);
    const around = container.parent ?? container;
    if (!runs) this.#run(component, container, around, component.type.structure, noAliases);
    for (const inner of component.children) {
      if (runs && !standsApart(inner)) continue;
      const within = this.#containerOf(container, inner);
      if (within) this.visit(within);
      else if (inner.type.structure.length > 0)
        this.#run(snapshot(inner), null, container, inner.type.structure, noAliases);
    }
  }

  /** Returns the container that was made for a child, if any. */
  #containerOf(container: Container, inner: Component): Container | undefined {
    const known = inner.id === '' ? undefined : container.withId(inner.id);
    if (known?.component === inner) return known;
    return container.list(inner.role)?.find(({ component }) => component === inner);
  }

  #run(
    component: Component,
    own: Container | null,
    around: Container,
    parts: readonly StructureDefinition[],
    outer: ReadonlyMap<string, Alias>,
  ): void {
    let aliases: Map<string, Alias> | null = null;
    const scope = { component, own, around };
    const alias = (name: string): Alias =>
      aliases?.get(name) ?? outer.get(name) ?? { items: this.#items(scope, name), written: name };
    for (const part of parts) {
      switch (part.kind) {
        case 'with': {
          aliases ??= new Map();
          aliases.set(part.as, this.#with(scope, part));
          break;
        }
        case 'forEach':
          for (const item of this.#each(scope, part.instances, part.place)) {
            const inner = new Map([
              ...outer,
              ...(aliases ?? []),
              [part.as, { items: [item], written: part.as }] as const,
            ]);
            this.#run(component, own, around, part.body, inner);
          }
          break;
        case 'eventConnection':
          this.#eventConnection(component, part, alias(part.from), alias(part.to));
          break;
        case 'tunnel':
          this.#tunnel(component, part, alias(part.endA), alias(part.endB));
          break;
        case 'childInstance':
        case 'multiInstantiate':
          break;
        default:
          part satisfies never;
      }
    }
  }

  // --- Ends ---------------------------------------------------------------------------------------------------------

  #with({ component, own, around }: Scope, part: Extract<StructureDefinition, { kind: 'with' }>): Alias {
    if (part.list !== undefined) {
      const id = attributeOutwards(component, part.list);
      const list = id === undefined ? undefined : containerNamed(around, id);
      if (!list) {
        this.diagnostics.add(missingReference(part.list, id, around.known), component.place);
        return { items: [], written: part.list };
      }
      const index = part.index === undefined ? 0 : (valueOf(component, part.index, this.lems) ?? 0);
      return { items: this.#elementOf(list, index, id ?? '', component), written: `${part.list} ${part.index}` };
    }
    const written = part.instance ?? 'this';
    return { items: this.#items({ component, own, around }, written), written };
  }

  #elementOf(container: Container, index: number, id: string, component: Component): readonly Item[] {
    const found = draftIn(container);
    if (found && index >= 0 && index < found.count) return [{ draft: found.draft, index: found.start + index }];
    const path = `${id}[${index}]`;
    this.diagnostics.add(
      found ? messages.outOfRange(path, index, found.count) : messages.notAnInstance(path),
      component.place,
    );
    return [];
  }

  /** Returns the items of a name in a structure: `this`, `parent`, the path in an attribute, or a literal path. */
  #items({ component, own, around }: Scope, written: string): readonly Item[] {
    if (written === 'this') return own ? [own.self ?? own] : [];
    if (written === 'parent')
      return own ? (own.parent ? [own.parent.self ?? own.parent] : []) : [around.self ?? around];
    const path = component.attributes[written];
    const base = own && (path ?? written).startsWith('./') ? own : around;
    if (path === undefined) return this.#settle(follow(base, written), written, component);
    // Connections are many, and the cells between which they are far fewer.
    let kept = this.#paths.get(base);
    if (!kept) this.#paths.set(base, (kept = new Map<string, readonly Item[]>()));
    const known = kept.get(path);
    if (known) return known;
    const items = this.#settle(followTolerantly(base, path), path, component);
    if (items.length > 0 && kept.size < mostKeptPaths) kept.set(path, items);
    return items;
  }
  readonly #paths = new Map<Container, Map<string, readonly Item[]>>();

  #settle(found: ReturnType<typeof follow>, path: string, component: Component): readonly Item[] {
    switch (found.kind) {
      case 'cell':
        if (found.rest.length === 0 || /^\d+$/.test(found.rest[0] ?? '')) return [found.cell];
        if (found.rest.length === 1 && /\/\d+\/[^/]+\/?$/.test(path)) {
          // The last step only repeats the component of the population. Other tools do not read it.
          this.diagnostics.add(
            { severity: 'warning', ...messages.otherComponent(path, found.cell.draft.component.id, 'connection') },
            component.place,
          );
          return [found.cell];
        }
        this.diagnostics.add(
          messages.unsupported(`a connection to the part ${found.rest.join('/')} of an instance`),
          component.place,
        );
        return [];
      case 'container': {
        const only = found.container.self ?? onlyCell(found.container);
        return [only ?? found.container];
      }
      case 'range':
        this.diagnostics.add(messages.outOfRange(path, found.index, found.size), component.place);
        return [];
      case 'nowhere':
        this.diagnostics.add(messages.unresolvedPath(path, found.step, found.known), component.place);
        return [];
      default:
        return found satisfies never;
    }
  }

  /** Returns the instances at a path: the cells of a population, else the instances within. */
  #each({ component, own, around }: Scope, written: string, place: Place): readonly Item[] {
    const container = this.#climb(component, own ?? around, own === null, written);
    const found = container && draftIn(container);
    if (found) return Array.from({ length: found.count }, (_, k) => ({ draft: found.draft, index: found.start + k }));
    this.diagnostics.add(messages.unresolvedPath(written, written, around.known), place);
    return [];
  }

  /** Follows a path of links: `../source` is the instance named by the `source` of the enclosing component. */
  #climb(component: Component, from: Container, virtual: boolean, written: string): Container | undefined {
    const steps = written.split('/');
    let at: Component | null = component;
    let container: Container | null = virtual ? null : from;
    let around: Container | null = virtual ? from : from.parent;
    for (const step of steps) {
      if (step === '..') {
        at = at?.parent ?? null;
        container = around;
        around = around?.parent ?? null;
        continue;
      }
      const id: string | undefined = at?.attributes[step];
      container =
        (id === undefined ? undefined : containerNamed(around, id)) ??
        container?.withId(step) ??
        container?.list(step)?.[0] ??
        null;
      if (!container) return undefined;
      at = container.component;
      around = container.parent;
    }
    return container ?? undefined;
  }

  // --- Connections --------------------------------------------------------------------------------------------------

  #eventConnection(
    component: Component,
    part: Extract<StructureDefinition, { kind: 'eventConnection' }>,
    from: Alias,
    to: Alias,
  ): void {
    const receiver = part.receiver === undefined ? null : this.#reference(component, part.receiver);
    if (receiver === undefined) return;
    const { attributes } = component;
    const list = part.receiverContainer === undefined ? undefined : attributes[part.receiverContainer];
    const sourcePort = part.sourcePort === undefined ? undefined : attributes[part.sourcePort];
    const targetPort = part.targetPort === undefined ? undefined : attributes[part.targetPort];
    const delay = part.delay === undefined ? 0 : (valueOf(component, part.delay, this.lems) ?? 0);
    const values = part.assigns.length === 0 ? [] : assigned(component, part.assigns, 0, this.lems, this.diagnostics);
    // Where one end is named twice, as source and as target, the instance is attached without a source of events.
    const sourceless = receiver !== null && from.written === to.written;
    for (const a of from.items) {
      for (const b of to.items) {
        if (!isCell(a) || !isCell(b)) {
          this.diagnostics.add(messages.notAnInstance(isCell(a) ? to.written : from.written), component.place);
          continue;
        }
        if (sourceless) this.#attach(component, receiver, b, list, values);
        else this.#connect(component, receiver, a, b, { list, sourcePort, targetPort, delay, values });
      }
    }
  }

  #reference(component: Component, written: string): Component | undefined {
    const found = referenced(component, written, this.lems);
    if (!found) {
      const id = component.attributes[written.replace(/^(?:\.\.\/)+/, '')];
      this.diagnostics.add(missingReference(written, id, [...this.lems.byId.keys()].slice(0, 1000)), component.place);
    }
    return found;
  }

  #attach(component: Component, receiver: Component, to: Cell, wanted: string | undefined, values: Values): void {
    const list = this.#lists.listFor(to.draft.component.type, receiver.type, wanted, component);
    if (list === undefined) return;
    const key = `${this.#number(receiver)} ${to.draft.ordinal} ${list}`;
    let group = this.#attachedByKey.get(key);
    if (!group) {
      group = {
        component: receiver,
        holders: new Set(),
        to: to.draft,
        list,
        toPlaces: placesOn(to),
        targets: NumberList.ofIndices(),
        properties: this.#properties(receiver),
        serials: NumberList.ofIndices(),
        place: component.place,
      };
      this.#attachedByKey.set(key, group);
      this.attached.push(group);
    }
    group.holders.add(component.parent ?? component);
    group.properties.push(group.targets.length, values);
    group.targets.push(to.index);
    group.toPlaces?.push(segmentPlace(component, 'post'));
    group.serials.push(this.#serial++);
  }

  #connect(component: Component, receiver: Component | null, from: Cell, to: Cell, how: How): void {
    const target = receiver ?? to.draft.component;
    const outPort = how.sourcePort ?? firstOutPort(from.draft.component.type);
    const inPort = how.targetPort ?? firstInPort(target.type);
    if (outPort === undefined)
      return this.diagnostics.add(messages.noPort(from.draft.component.id, 'out'), component.place);
    if (inPort === undefined) return this.diagnostics.add(messages.noPort(target.id, 'in'), component.place);
    const { type } = from.draft.component;
    if (how.sourcePort === undefined && !this.#unheard.has(type) && emitsTwice(type, outPort)) {
      this.#unheard.add(type);
      this.diagnostics.add(messages.portOfSeveralActions(type.name, outPort), component.place);
    }
    const list = receiver ? this.#lists.listFor(to.draft.component.type, receiver.type, how.list, component) : '';
    if (list === undefined) return;
    this.#add(component, {
      receiver,
      from,
      to,
      list,
      outPort,
      inPort,
      peer: null,
      delay: how.delay,
      values: how.values,
      towards: 'post',
    });
  }

  /** Both ends of a tunnel get an instance each, which sees the other. */
  #tunnel(
    component: Component,
    part: Extract<StructureDefinition, { kind: 'tunnel' }>,
    endA: Alias,
    endB: Alias,
  ): void {
    const [a, b] = [this.#reference(component, part.componentA), this.#reference(component, part.componentB)];
    if (!a || !b) return;
    const values = part.assigns.length === 0 ? [] : assigned(component, part.assigns, 0, this.lems, this.diagnostics);
    const { name } = part;
    for (const left of endA.items) {
      for (const right of endB.items) {
        if (!isCell(left) || !isCell(right)) {
          this.diagnostics.add(messages.notAnInstance(isCell(left) ? endB.written : endA.written), component.place);
          continue;
        }
        const listA = this.#lists.listFor(left.draft.component.type, a.type, undefined, component);
        const listB = this.#lists.listFor(right.draft.component.type, b.type, undefined, component);
        if (listA === undefined || listB === undefined) continue;
        const rest = { outPort: null, inPort: '', delay: 0, values };
        const itself = left.draft === right.draft && left.index === right.index;
        const first: Peer = { name, component: b, advanced: false };
        const second: Peer = { name, component: a, advanced: itself };
        // The first end is the one that documents call `pre`.
        this.#add(component, { ...rest, receiver: a, from: right, to: left, list: listA, peer: first, towards: 'pre' });
        this.#add(component, {
          ...rest,
          receiver: b,
          from: left,
          to: right,
          list: listB,
          peer: second,
          towards: 'post',
        });
      }
    }
  }

  #add(component: Component, made: Made): void {
    const { receiver, from, to, list, outPort, inPort, peer, delay, values, towards } = made;
    const holder = component.parent ?? component;
    // Most connections are of the kind of the one before.
    const last = this.#last;
    const group =
      !peer &&
      last?.holder === holder &&
      last.receiver === receiver &&
      last.from === from.draft &&
      last.to === to.draft &&
      last.list === list &&
      last.outPort === outPort &&
      last.inPort === inPort
        ? last
        : this.#groupOf(component, made);
    this.#last = peer ? null : group;
    group.properties.push(group.sources.length, values);
    group.sources.push(from.index);
    group.targets.push(to.index);
    group.fromPlaces?.push(segmentPlace(component, towards === 'post' ? 'pre' : 'post'));
    group.toPlaces?.push(segmentPlace(component, towards));
    group.delays.push(delay > 0 ? delay : 0);
    group.serials.push(this.#serial++);
  }

  #last: Connections | null = null;

  #groupOf(component: Component, made: Made): Connections {
    const { receiver, from, to, list, outPort, inPort, peer } = made;
    const holder = component.parent ?? component;
    const other = peer ? `${peer.name} ${this.#number(peer.component)} ${peer.advanced}` : '';
    const ends = `${from.draft.ordinal} ${to.draft.ordinal}`;
    const key =
      `${this.#number(holder)} ${receiver ? this.#number(receiver) : ''} ${list} ${outPort ?? ''} ${inPort} ` +
      `${other} ${ends}`;
    const known = this.#byKey.get(key);
    if (known) return known;
    const group: Connections = {
      holder,
      from: from.draft,
      to: to.draft,
      receiver,
      list,
      outPort,
      inPort,
      peer,
      fromPlaces: placesOn(from),
      toPlaces: placesOn(to),
      sources: NumberList.ofIndices(),
      targets: NumberList.ofIndices(),
      delays: NumberList.ofValues(),
      properties: this.#properties(receiver),
      serials: NumberList.ofIndices(),
      place: component.place,
    };
    this.#byKey.set(key, group);
    this.connections.push(group);
    return group;
  }

  #properties(component: Component | null): PropertyLists {
    return new PropertyLists((property) => (component && valueOf(component, property, this.lems)) ?? 0);
  }

  #number(item: object): number {
    const known = this.#numbers.get(item);
    if (known !== undefined) return known;
    const made = this.#numbers.size;
    this.#numbers.set(item, made);
    return made;
  }
}

/** Room for places on cells with several segments; null for other cells. */
const placesOn = ({ draft }: Cell): PlaceList | null => (hasMorphology(draft.component) ? new PlaceList() : null);

/**
 * Returns an attribute of a component or of the nearest enclosing one that has it, as types require of enclosing
 * components.
 */
function attributeOutwards(component: Component, name: string): string | undefined {
  for (let at: Component | null = component; at; at = at.parent) {
    const found = at.attributes[name];
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Scope {
  readonly component: Component;
  readonly own: Container | null;
  readonly around: Container;
}
type Values = readonly (readonly [property: string, value: number])[];
interface How {
  readonly list: string | undefined;
  readonly sourcePort: string | undefined;
  readonly targetPort: string | undefined;
  readonly delay: number;
  readonly values: Values;
}
interface Made extends Pick<How, 'delay' | 'values'> {
  readonly receiver: Component | null;
  readonly from: Cell;
  readonly to: Cell;
  readonly list: string;
  readonly outPort: string | null;
  readonly inPort: string;
  readonly peer: Connections['peer'];
  /** Which of the ends that the component names the instance is at. */
  readonly towards: 'pre' | 'post';
}
