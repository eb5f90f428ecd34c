/**
 * The instances of a network: containers, which only hold others, and cells, which run. Cells of one component in one
 * container are one population.
 *
 * The types decide: an instance with dynamics runs, and an instance that encloses others is a container.
 */

import { mostInt32 } from '../../../src/lang/integers.js';
import { missingReference } from '../messages.js';
import type { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { constantValue } from '../../../src/lang/constant-value.js';
import { instantiated, valueOf } from '../components.js';
import type { AssignDefinition, Component, LemsModel } from '../lems/definitions.js';
import { holdsNetwork, isDynamic, standsApart } from './apart.js';
import { membersOf } from './members.js';
import { NumberList, PropertyLists } from './lists.js';
import * as messages from './messages.js';
import { placeOf } from './positions.js';

/** A future population: equal cells of one component, in order of creation. */
export interface Draft {
  /** The component of all its cells; see `members`. */
  readonly component: Component;
  /** The component of each cell, if they differ in values; else empty. */
  readonly members: Component[];
  /** The component that holds the reference, or the cell itself if there is no reference to it. */
  readonly holder: Component;
  /** The enclosing container; null for a cell that is run by itself. */
  readonly container: Container | null;
  /** Number of cells so far. */
  size: number;
  /** Properties that the cells were given when they were made. */
  readonly properties: PropertyLists;
  /**
   * Three coordinates of each cell in micrometres, as long as all so far have a position; null if the first has none.
   */
  positions: NumberList<Float64Array> | null;
  /** Position among all populations in the order of stepping. */
  readonly ordinal: number;
}

/** One cell. */
export interface Cell {
  readonly draft: Draft;
  /** Within its population. */
  readonly index: number;
}

/** Returns the component of a cell. */
export const componentOf = ({ draft, index }: Cell): Component => draft.members[index] ?? draft.component;

/** Cells that one element of a structure made. */
interface Group {
  /** The name of the reference, and the id of the component: both may name the group in a path. */
  readonly reference: string;
  readonly draft: Draft;
  readonly start: number;
  readonly count: number;
}

/**
 * An instance that holds others. Networks have as many as cells with their own position, so rarely used fields are made
 * on demand.
 */
export class Container {
  /** The container as a cell if it has its own dynamics; else null. */
  self: Cell | null = null;
  /** Its contents, by the component that made them. */
  readonly groups: Group[] = [];
  #byId: Map<string, Container> | null = null;
  #lists: Map<string, Container[]> | null = null;

  constructor(
    readonly component: Component,
    readonly parent: Container | null,
  ) {}

  /** Returns the instance within that has an id. */
  withId(id: string): Container | undefined {
    return this.#byId?.get(id);
  }

  /** Returns the instances within a list or child. */
  list(name: string): readonly Container[] | undefined {
    return this.#lists?.get(name);
  }

  /** Names that paths may go on with. */
  get known(): readonly string[] {
    return [
      ...(this.#byId?.keys() ?? []),
      ...this.groups.map(({ draft, start }) => componentOf({ draft, index: start }).id),
    ];
  }

  /** Takes in another container, findable by its id and role. */
  adopt(inner: Container): void {
    const { id, role } = inner.component;
    this.#byId ??= new Map();
    if (id !== '' && !this.#byId.has(id)) this.#byId.set(id, inner);
    this.#lists ??= new Map();
    const list = this.#lists.get(role);
    if (list) list.push(inner);
    else this.#lists.set(role, [inner]);
  }
}

/** A network with its populations in order of creation. */
export interface Network {
  /** The container of everything. */
  readonly root: Container;
  readonly drafts: readonly Draft[];
}

/** Networks are not nested deeper; a component may hold itself by way of others. */
const deepest = 100;
/** Instances that only hold others. */
const mostContainers = 20_000_000;

/**
 * Makes the instances below a component.
 *
 * @param around the enclosing container, unless the component is the whole
 * @diagnostic lems/missing-reference, lems/unknown-reference, lems/bad-count, lems/bad-assignment
 */
export function makeNetwork(
  target: Component,
  lems: LemsModel,
  diagnostics: Diagnostics,
  around: Container | null = null,
): Network {
  const drafts: Draft[] = [];
  const known = new Map<Component, Map<Component, Draft>>();
  const draftOf = (component: Component, holder: Component, container: Container | null): Draft => {
    let ofHolder = known.get(holder);
    if (!ofHolder) known.set(holder, (ofHolder = new Map<Component, Draft>()));
    let draft = ofHolder.get(component);
    if (!draft) {
      const defaultOf = (property: string): number => valueOf(component, property, lems) ?? 0;
      draft = {
        component,
        members: [],
        holder,
        container,
        size: 0,
        properties: new PropertyLists(defaultOf),
        positions: null,
        ordinal: drafts.length,
      };
      ofHolder.set(component, draft);
      drafts.push(draft);
    }
    return draft;
  };
  let containers = 0;
  let overgrown = false;
  /** Checks whether so many more instances of a component fit. The first failure is reported. */
  const fits = (count: number, component: Component, depth: number): boolean => {
    if (depth <= deepest && containers + count <= mostContainers) return !overgrown;
    if (!overgrown)
      diagnostics.add(depth > deepest ? messages.tooDeep(deepest) : messages.tooMany(mostContainers), component.place);
    overgrown = true;
    return false;
  };
  const grow = (component: Component, parent: Container | null, depth = 0): Container => {
    const runs = isDynamic(component.type);
    const container = new Container(component, parent);
    if (!fits(1, component, depth)) return container;
    containers++;
    if (!runs) instantiate(container, depth);
    for (const inner of component.children) {
      if (runs && !standsApart(inner)) continue;
      if (!mayHold(inner)) continue;
      container.adopt(grow(inner, container, depth + 1));
    }
    if (runs) {
      // The contents of a component are advanced before the component.
      const draft = draftOf(component, component, parent);
      container.self = { draft, index: draft.size++ };
    }
    return container;
  };
  const instantiate = (container: Container, depth: number): void => {
    const { component } = container;
    for (const part of component.type.structure) {
      if (part.kind !== 'childInstance' && part.kind !== 'multiInstantiate') continue;
      const inner = instantiated(component, part, lems);
      if (!inner) {
        const id = attributeOf(component, part.component);
        diagnostics.add(missingReference(part.component, id, [...lems.byId.keys()]), component.place);
        continue;
      }
      const most = part.kind === 'multiInstantiate' && part.assigns.length > 0 ? mostAssigned : mostInt32;
      const count = part.kind === 'childInstance' ? 1 : countOf(component, part.number, most, lems, diagnostics);
      if (!isDynamic(inner.type)) {
        if (!fits(count, inner, depth + 1)) continue;
        for (let k = 0; k < count && !overgrown; k++) container.adopt(grow(inner, container, depth + 1));
        continue;
      }
      // Cells of one list that differ in values are one population.
      const [first] = membersOf(component, lems);
      const draft =
        first && component.parent
          ? draftOf(first, component.parent, container)
          : draftOf(inner, holderOf(component, part.component), container);
      if (first) {
        draft.members.push(inner);
        const values = [...inner.type.parameters.keys()].map(
          (name) => [name, valueOf(inner, name, lems) ?? 0] as const,
        );
        draft.properties.push(draft.size, values);
      }
      container.groups.push({ reference: part.component, draft, start: draft.size, count });
      // A cell may require a value of the very instance that holds it. That value differs within the population.
      const held =
        component.parent?.type === undefined
          ? []
          : [...inner.type.requirements.keys()].filter((name) => component.type.parameters.has(name));
      if (held.length > 0) {
        const values = held.map((name) => [name, valueOf(component, name, lems) ?? 0] as const);
        for (let k = 0; k < count; k++) draft.properties.push(draft.size + k, values);
      }
      const assigns = part.kind === 'multiInstantiate' ? part.assigns : [];
      if (assigns.length > 0)
        for (let k = 0; k < count; k++)
          draft.properties.push(draft.size + k, assigned(component, assigns, k, lems, diagnostics));
      const place = count === 1 ? placeOf(component, lems) : undefined;
      if (place) {
        if (draft.size === 0) draft.positions = NumberList.ofValues();
        if (draft.positions?.length === 3 * draft.size)
          for (const coordinate of place) draft.positions.push(coordinate);
      }
      draft.size += count;
    }
  };
  return { root: grow(target, around), drafts };
}

/** Checks whether there may be instances below a component. Connections, which are numerous, have none. */
function mayHold({ type, children }: Component): boolean {
  if (children.length > 0 || isDynamic(type)) return true;
  return type.structure.some(({ kind }) => kind === 'childInstance' || kind === 'multiInstantiate');
}

/** Returns the component with the attribute that a reference such as `../component` reads. */
function holderOf(component: Component, written: string): Component {
  return written.startsWith('../') && component.parent ? holderOf(component.parent, written.slice(3)) : component;
}

/** Returns the text of an attribute that a reference such as `../component` names. */
function attributeOf(component: Component, written: string): string | undefined {
  return holderOf(component, written).attributes[written.replace(/^(?:\.\.\/)+/, '')];
}

/** Most instances that may have values of their own. */
const mostAssigned = 100_000_000;

function countOf(component: Component, name: string, most: number, lems: LemsModel, diagnostics: Diagnostics): number {
  const count = valueOf(component, name, lems);
  if (count !== undefined && Number.isInteger(count) && count >= 0 && count <= most) return count;
  diagnostics.add(messages.badCount(name, count), component.place);
  return 0;
}

/**
 * Returns values that properties of a new instance get: expressions over the parameters of the component that makes it,
 * and the instance's index.
 */
export function assigned(
  component: Component,
  assigns: readonly AssignDefinition[],
  index: number,
  lems: LemsModel,
  diagnostics: Diagnostics,
): readonly (readonly [property: string, value: number])[] {
  return assigns.flatMap(({ property, value, place }): readonly (readonly [string, number])[] => {
    const found = constantValue(value.tree, (name) =>
      name === 'index' ? index : (valueOf(component, name, lems) ?? lems.constants.get(name)?.value),
    );
    if (found !== undefined) return [[property, found]];
    diagnostics.add(messages.badAssignment(property), place);
    return [];
  });
}

/**
 * Returns the container with an id among the enclosing ones: `pop` for an instance within the network that holds it.
 */
export function enclosing(container: Container | null, id: string): Container | undefined {
  for (let at = container; at; at = at.parent) {
    const found = at.component.id === id ? at : at.withId(id);
    if (found) return found;
  }
  return undefined;
}

/** Returns the first of some components that holds a network. */
export function networkOf(components: readonly Component[]): Component | undefined {
  return components.find((component) => !isDynamic(component.type) && holdsNetwork(component));
}
