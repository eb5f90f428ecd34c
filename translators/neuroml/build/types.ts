/** Canonical types of the instances of a network. Components of one form share a type, whatever their values. */

import type { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import type { Assignment, Expression } from '../../../src/lang/ast.js';
import { assignment, name as nameOf } from '../../../src/lang/build.js';
import { kelvin } from '../../../src/lang/dimension.js';
import { mapExpression } from '../../../src/lang/walk.js';
import { cellWithCompartments, type CompartmentCell } from '../cells/cell.js';
import { genericCell } from '../cells/generic-cell.js';
import { valueOf } from '../components.js';
import type { FlatKind } from '../flatten/flat.js';
import { FlatType } from '../flatten/flatten.js';
import type { Meaning } from '../flatten/expressions.js';
import { usualTemperature } from '../../shared/neuron.js';
import { noTemperature } from '../flatten/messages.js';
import { growTree, type TreeNode } from '../flatten/tree.js';
import { derivedVariables, literal, stateVariables, type FlatParameter, type Outside } from '../flatten/variables.js';
import type { Component, ComponentType, LemsModel } from '../lems/definitions.js';
import * as messages from './messages.js';
import type { Peer } from './connections.js';
import { standsApart } from './apart.js';
import type { Container, Draft } from './network.js';
import { formOf } from './form.js';
import { trainOf, type Train } from './trains.js';

/** A population's type, with the component that its values come from. */
export interface CellType {
  /** The type, which cells of the same form share. */
  readonly flat: FlatType;
  /** Instances within this population's component, in the type's order. */
  readonly nodes: readonly TreeNode[];
  /** The component with its values. */
  readonly component: Component;
  readonly container: Container | null;
}

/**
 * Returns the types of the enclosing containers as a text. Containers provide values, so types that read such values
 * differ with it.
 */
function surroundings(container: Container | null): string {
  const names: string[] = [];
  for (let at = container; at; at = at.parent) names.push(at.component.type.name);
  return names.join(' ');
}

/** Makes types on demand and keeps them. */
export class Types {
  readonly #cells = new Map<string, FlatType>();
  readonly #synapses = new Map<string, FlatType>();
  readonly #ofDraft = new Map<Draft, CellType>();
  readonly #ids = new Map<FlatType, number>();
  /** Components as they are flattened, see `genericCell`. */
  #withoutTemperature = false;
  readonly #generic = new Map<Component, Component>();
  readonly #compartments = new Map<Component, CompartmentCell | null>();
  /** Ports that something listens to, by type. */
  readonly #ports = new Map<FlatType, Set<string>>();

  constructor(
    private readonly lems: LemsModel,
    private readonly diagnostics: Diagnostics,
    /** Of time, in s. */
    private readonly step?: number,
  ) {}

  /** Returns the type of a population of cells. */
  ofCell(draft: Draft): CellType {
    const known = this.#ofDraft.get(draft);
    if (known) return known;
    const { container } = draft;
    const component = this.#flattened(draft.component);
    const key = `${formOf(component, this.lems)}|${surroundings(container)}`;
    const flat = this.#flat(this.#cells, key, component, 'neuron', (name) =>
      this.#fromContainers(container, name, component),
    );
    const made = this.#with(flat, component, container);
    this.#ofDraft.set(draft, made);
    return made;
  }

  #flattened(component: Component): Component {
    const known = this.#generic.get(component);
    if (known) return known;
    const made = genericCell(this.trainOf(component)?.rest ?? component, this.lems, this.diagnostics);
    this.#generic.set(component, made);
    return made;
  }

  /** Returns the lists of events of a population's cells: one for all of them, or one for each. */
  trainsOf({ component, members }: Draft): readonly (Train | null)[] {
    return members.length === 0 ? [this.trainOf(component)] : members.map((member) => this.trainOf(member));
  }

  /** Returns the long or dense list of events that a component holds in addition to its equations, see `trains.ts`. */
  trainOf(component: Component): Train | null {
    return trainOf(component, this.lems, this.step);
  }

  /** Returns the compartments of a population's cells, or null for point cells. */
  compartmentsOf({ component, container }: Draft): CompartmentCell | null {
    const known = this.#compartments.get(component);
    if (known !== undefined) return known;
    let temperature: number | undefined;
    for (let at = container; at && temperature === undefined; at = at.parent)
      temperature = valueOf(at.component, 'temperature', this.lems);
    const made = cellWithCompartments(component, this.lems, this.diagnostics, temperature);
    if (temperature === undefined && made?.compartments['temperature'] !== undefined)
      this.#remarkTemperature(component, container);
    this.#compartments.set(component, made);
    return made;
  }

  /** Returns the type of instances that are attached to cells of a population, and run on their own. */
  ofAttached(whole: Component, to: Draft): CellType {
    const target = this.ofCell(to);
    const component = this.trainOf(whole)?.rest ?? whole;
    const key = `${formOf(component, this.lems)}|${this.#id(target.flat)}`;
    const outside: Outside = (name) => {
      const seen = target.flat.seen([name]);
      return seen ? { parameter: seen.dimension } : this.#fromContainers(to.container, name, component);
    };
    return this.#with(
      this.#flat(this.#cells, `attached ${key}`, component, 'neuron', outside),
      component,
      to.container,
    );
  }

  /** Returns the type of instances that live on connections to cells of a population. */
  ofSynapse(component: Component, from: Draft, to: Draft, peer: Peer | null): CellType {
    const target = this.ofCell(to);
    const source = peer ? this.ofCell(from) : null;
    const other =
      peer && source
        ? `|${this.#id(source.flat)} ${peer.name} ${formOf(peer.component, this.lems)} ${peer.advanced}`
        : '';
    const key = `${formOf(component, this.lems)}|${this.#id(target.flat)}${other}`;
    const outside: Outside = (name) => {
      const seen = target.flat.seen([name]);
      return seen ? dotted('post', seen) : this.#fromContainers(to.container, name, component);
    };
    const flat = this.#flat(this.#synapses, key, component, 'synapse', outside, (node, tunnel, variable) =>
      peer && source && tunnel === peer.name
        ? this.#ofPeer(peer, source.flat, variable, node, this.compartmentsOf(from) !== null)
        : undefined,
    );
    return this.#with(flat, component, to.container);
  }

  /**
   * Returns a variable of the instance at the other end. Values that it requires of its cell date from its last
   * advance.
   */
  #ofPeer(
    { component, advanced }: Peer,
    source: FlatType,
    name: string,
    node: TreeNode,
    divided: boolean,
  ): Meaning | undefined {
    const { type } = component;
    if (type.requirements.has(name)) {
      const seen = source.seen([name]);
      if (!seen) return undefined;
      if (seen.expression.kind !== 'name') return seen;
      // Cells with compartments are not stepped part by part, so no previous values are kept.
      if (divided || advanced) return dotted('pre', seen);
      return { expression: nameOf(`pre.${source.before(seen.expression.name)}`), dimension: seen.dimension };
    }
    const declared = type.parameters.get(name) ?? type.constants.get(name);
    const value = declared && valueOf(component, name, this.lems);
    if (declared && value !== undefined) return literal(value, declared.dimension);
    // Requirements that it cannot meet itself are met by its cell, with the values that this shows at that moment.
    const seen = hasOwn(type, name) ? undefined : source.seen([name]);
    if (seen) return dotted('pre', seen);
    this.diagnostics.add(messages.peerVariable(name), node.component.place);
    return undefined;
  }

  #flat(
    kept: Map<string, FlatType>,
    key: string,
    component: Component,
    kind: FlatKind,
    outside: Outside,
    peer?: ConstructorParameters<typeof FlatType>[1]['peer'],
  ): FlatType {
    const known = kept.get(key);
    if (known) return known;
    const { lems, diagnostics } = this;
    const flat = new FlatType(component, {
      lems,
      diagnostics,
      kind,
      outside,
      apart: standsApart,
      ...(peer ? { peer } : {}),
    });
    kept.set(key, flat);
    return flat;
  }

  #with(flat: FlatType, component: Component, container: Container | null): CellType {
    const nodes =
      component === flat.component
        ? flat.tree.nodes
        : growTree(component, this.lems, this.diagnostics, standsApart).nodes;
    return { flat, nodes, component, container };
  }

  #id(flat: FlatType): number {
    const known = this.#ids.get(flat);
    if (known !== undefined) return known;
    const made = this.#ids.size;
    this.#ids.set(flat, made);
    return made;
  }

  /** Returns a value or variable of the containers around a cell. */
  #fromContainers(container: Container | null, name: string, reader: Component): ReturnType<Outside> {
    for (let at = container; at; at = at.parent) {
      const { type } = at.component;
      if (at.self) {
        const seen = this.ofCell(at.self.draft).flat.seen([name]);
        if (seen) return { parameter: seen.dimension };
      }
      const declared = type.parameters.get(name) ?? type.constants.get(name) ?? type.properties.get(name);
      if (declared) return { parameter: declared.dimension };
    }
    if (name !== 'temperature') return undefined;
    this.#remarkTemperature(reader, container);
    return literal(usualTemperature, kelvin);
  }

  /** Warns once that a component reads a temperature that the network lacks. @diagnostic neuroml/no-temperature */
  #remarkTemperature(reader: Component, container: Container | null): void {
    if (this.#withoutTemperature) return;
    this.#withoutTemperature = true;
    let around = container;
    while (around?.parent) around = around.parent;
    this.diagnostics.add(noTemperature(reader.id || reader.type.name), (around?.component ?? reader).place);
  }

  /** Returns the value of a parameter for a component, in SI. */
  valueOf(cell: CellType, { source }: FlatParameter): number {
    if (source.kind === 'expression') return 0;
    if (source.kind === 'component') {
      const component = cell.nodes[source.ordinal]?.component;
      const value = component && valueOf(component, source.name, this.lems);
      // Properties without a usual value are assigned when instances are made.
      if (value === undefined && component && !component.type.properties.has(source.name))
        this.diagnostics.add(messages.missingValue(source.name, component.id || component.role), component.place);
      return value ?? 0;
    }
    for (let at = cell.container; at; at = at.parent) {
      const value = at.self ? undefined : valueOf(at.component, source.name, this.lems);
      if (value !== undefined) return value;
    }
    return 0;
  }

  /** Returns the container that runs itself and has a variable that a cell reads. */
  providing(
    cell: CellType,
    name: string,
  ): { readonly draft: Draft; readonly index: number; readonly variable: Meaning } | undefined {
    for (let at = cell.container; at; at = at.parent) {
      const variable = at.self && this.ofCell(at.self.draft).flat.seen([name]);
      if (at.self && variable) return { ...at.self, variable };
      if (valueOf(at.component, name, this.lems) !== undefined) return undefined;
    }
    return undefined;
  }

  /** Notes that events reach cells of a type on a port. */
  listen(flat: FlatType, port: string): void {
    const known = this.#ports.get(flat);
    if (known) known.add(port);
    else this.#ports.set(flat, new Set([port]));
  }

  /** Ports on which events reach cells of a type. */
  portsOf(flat: FlatType): ReadonlySet<string> {
    return this.#ports.get(flat) ?? new Set();
  }
}

/** Checks whether instances of a type have a variable of a name, which hides the variable of their cell. */
function hasOwn(type: ComponentType, name: string): boolean {
  return (
    type.properties.has(name) ||
    [...stateVariables(type), ...derivedVariables(type)].some((variable) => variable.name === name)
  );
}

/** Returns a meaning seen from an end of a synapse. */
function dotted(side: 'pre' | 'post', meaning: Meaning): Meaning {
  return { ...meaning, expression: prefixed(meaning.expression, side) };
}

/** Returns an expression over a cell's own names in the names of a synapse at one end of it. */
export function prefixed(e: Expression, side: 'pre' | 'post'): Expression {
  return mapExpression(e, (part) =>
    part.kind === 'name' && part.name !== 't' ? nameOf(`${side}.${part.name}`, part.span) : part,
  );
}

/** Returns the same for a statement. */
export function prefixedStatement(s: Assignment, side: 'pre' | 'post'): Assignment {
  return assignment(`${side}.${s.target}`, s.operator, prefixed(s.value, side), s.span, s.targetSpan);
}
