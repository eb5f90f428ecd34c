/** Paths of quantities in a kept document: what they are of, and how what a model records is reached. */

import { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { follow } from '../build/paths.js';
import type { Draft } from '../build/network.js';
import type { CellType } from '../build/types.js';
import type { TreeNode } from '../flatten/tree.js';
import { derivedVariables, stateVariables } from '../flatten/variables.js';
import type { ImportedParts } from '../import.js';
import type { Component } from '../lems/definitions.js';
import { Resolver } from '../outputs.js';
import type { Wanted } from './outputs-wanted.js';

/** Something recorded, with the path to it. */
export interface Located {
  /** What is recorded. */
  readonly wanted: Wanted;
  /** Path of LEMS, such as `pop[0]/v`. */
  readonly path: string;
}

/** More instances of one component than this on one cell are not looked through. */
const mostAttached = 10_000;

/** Looks up paths in one document, both ways. */
export class OutputPaths {
  readonly #resolver: Resolver;

  constructor(private readonly parts: ImportedParts) {
    // What a path does not lead to is not a finding here: it is not found.
    this.#resolver = new Resolver(parts, new Diagnostics());
  }

  /** What a path is of; undefined where it leads nowhere. */
  read(path: string, kind: Wanted['kind'], port: string | undefined, component: Component): Wanted | undefined {
    if (kind === 'variable') {
      const found = this.#resolver.quantity(path, component);
      return found && { owner: found.owner, index: found.index, kind, name: found.variable };
    }
    const found = this.#resolver.emitter(path, port, component);
    return (
      found && { owner: { kind: 'population', id: found.population }, index: found.index, kind, name: found.event }
    );
  }

  /** A path to something; undefined where it is not seen from outside. */
  locate(wanted: Wanted): Located | undefined {
    const path = this.#pathOf(wanted);
    return path === undefined ? undefined : { wanted, path };
  }

  #pathOf({ owner, index, kind, name }: Wanted): string | undefined {
    const { network, naming, types, wires } = this.parts;
    const draft =
      owner.kind === 'population' ? network.drafts.find((one) => naming.populations.get(one) === owner.id) : undefined;
    if (draft) {
      const cell = this.cellPath(draft, index);
      if (kind === 'event' || cell === undefined) return cell;
      return variablePaths(types.ofCell(draft))
        .map((steps) => `${cell}/${steps}`)
        .find((path) => this.#leadsTo(path, name, index));
    }
    if (kind === 'event') return undefined;
    const attached = wires.attached.find((one) => owner.kind === 'population' && naming.attached.get(one) === owner.id);
    if (attached) {
      const cell = this.cellPath(attached.to, attached.targets.at(index));
      return (
        cell &&
        this.#attachedPath(
          `${cell}/${attached.list}:${attached.component.id}`,
          types.ofAttached(attached.component, attached.to),
          name,
          index,
        )
      );
    }
    const group = wires.connections.find(
      (one) => owner.kind === 'projection' && naming.projections.get(one) === owner.id,
    );
    if (!group?.receiver) return undefined;
    const cell = this.cellPath(group.to, group.targets.at(index));
    return (
      cell &&
      this.#attachedPath(
        `${cell}/${group.list}:${group.receiver.id}`,
        types.ofSynapse(group.receiver, group.from, group.to, group.peer),
        name,
        index,
      )
    );
  }

  /** The path to a cell, from the network. */
  cellPath(draft: Draft, index: number): string | undefined {
    const { network } = this.parts;
    const { holder, component } = draft;
    const above = pathTo(holder, network.root.component);
    const numbered = `${above}${holder.id}[${index}]`;
    const instance = `${above}${holder.id}/${index}/${component.id}`;
    // The reference interpreter finds no events of an instance by its number alone.
    const isList = network.root.withId(holder.id)?.withId(String(index)) !== undefined;
    const candidates = [...(isList ? [instance, numbered] : [numbered, instance]), component.id];
    return candidates.find((path) => {
      const found = follow(network.root, path);
      return (
        found.kind === 'cell' && found.cell.draft === draft && found.cell.index === index && found.rest.length === 0
      );
    });
  }

  #attachedPath(base: string, type: CellType, name: string, index: number): string | undefined {
    const steps = variablePaths(type);
    for (let ordinal = 0; ordinal < mostAttached; ordinal++) {
      const known = steps
        .map((step) => `${base}:${ordinal}/${step}`)
        .filter((path) => this.#resolver.quantity(path, this.parts.target));
      if (known.length === 0) return undefined;
      const found = known.find((path) => this.#leadsTo(path, name, index));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #leadsTo(path: string, name: string, index: number): boolean {
    const found = this.#resolver.quantity(path, this.parts.target);
    return found?.variable === name && found.index === index;
  }
}

/** The components that a component is within, from the one that is run on, as the beginning of a path. */
function pathTo({ parent }: Component, root: Component): string {
  return parent === null || parent === root ? '' : `${pathTo(parent, root)}${parent.id}/`;
}

/** Paths within an instance to all variables of it and of what it is made of, the nearest first. */
function variablePaths({ nodes }: CellType): readonly string[] {
  const stepsTo = (node: TreeNode): readonly string[] =>
    node.parent ? [...stepsTo(node.parent), node.component.id || node.role] : [];
  return nodes.flatMap((node) => {
    const names = [
      ...node.type.exposures.keys(),
      ...[...stateVariables(node.type), ...derivedVariables(node.type)].map(({ name }) => name),
    ];
    return [...new Set(names)].map((name) => [...stepsTo(node), name].join('/'));
  });
}
