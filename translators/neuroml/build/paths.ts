/** Paths to instances: `../pop[3]`, `pop/3/cell`, `net1/pop[0]`. */

import type { Component } from '../lems/definitions.js';
import { componentOf, enclosing, type Cell, type Container, type Draft } from './network.js';

/** Where a path leads: a container, a cell with the steps that are left for within it, or nowhere at a step. */
type Target =
  | { readonly kind: 'container'; readonly container: Container }
  | { readonly kind: 'cell'; readonly cell: Cell; readonly rest: readonly string[] }
  | { readonly kind: 'range'; readonly draft: Draft; readonly index: number; readonly size: number }
  | { readonly kind: 'nowhere'; readonly step: string; readonly known: readonly string[] };

const indexed = /^([^[]*)\[(\d+)\]$/;

/**
 * Follows a path from a container.
 *
 * @param path  steps between slashes
 */
export function follow(from: Container, path: string): Target {
  // `a[0]` is one name with an index, `/[0]` as well.
  const steps = path
    .replace(/\/\[/g, '[')
    .split('/')
    .filter((step) => step !== '' && step !== '.' && step !== 'this');
  let container = from;
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at] ?? '';
    if (step === '..' || step === 'parent') {
      if (!container.parent) return { kind: 'nowhere', step, known: [] };
      container = container.parent;
      continue;
    }
    const [, name = step, index] = step.endsWith(']') ? (indexed.exec(step) ?? []) : [];
    const inner = name === '' ? container : inside(container, name);
    if (inner && index === undefined) {
      container = inner;
      if (container.self && !leadsOn(container, steps[at + 1])) return cellAt(container.self, steps, at + 1);
      continue;
    }
    const found = inner
      ? element(inner, Number(index))
      : (grouped(container, name, index) ?? numbered(container, name));
    if (!found) {
      // A container with dynamics has variables of its own, which the step may name.
      if (container.self) return cellAt(container.self, steps, at);
      const only = onlyCell(container);
      return only ? cellAt(only, steps, at) : { kind: 'nowhere', step, known: container.known };
    }
    if (found.kind !== 'container') return found.kind === 'cell' ? cellAt(found.cell, steps, at + 1) : found;
    container = found.container;
  }
  if (container.self) return cellAt(container.self, steps, steps.length);
  return { kind: 'container', container };
}

/** Checks whether a step leads into the contents of a container that also runs. */
function leadsOn(container: Container, step: string | undefined): boolean {
  return step !== undefined && inside(container, step.replace(/\[.*$/, '')) !== undefined;
}

/** Returns a cell with the remaining steps. The first of them may be the id of its component, as in `pop/3/cell`. */
function cellAt(cell: Cell, steps: readonly string[], from: number): Target {
  const named = from > 0 && steps[from] === componentOf(cell).id;
  return { kind: 'cell', cell, rest: steps.slice(named ? from + 1 : from) };
}

function inside(container: Container, name: string): Container | undefined {
  const known = container.withId(name);
  if (known) return known;
  const list = container.list(name);
  return list?.length === 1 ? list[0] : undefined;
}

/** Cells that the structure of a container made, by the id of their component or the name of the reference. */
function grouped(container: Container, name: string, index: string | undefined): Target | undefined {
  const group = container.groups.find(
    ({ draft, start, reference }) => componentOf({ draft, index: start }).id === name || reference === name,
  );
  if (!group) return undefined;
  const offset = Number(index ?? 0);
  return offset < group.count
    ? { kind: 'cell', cell: { draft: group.draft, index: group.start + offset }, rest: [] }
    : { kind: 'range', draft: group.draft, index: offset, size: group.count };
}

/** `pop/3`: an instance of id 3 was looked for before; else the fourth. */
function numbered(container: Container, name: string): Target | undefined {
  return /^\d+$/.test(name) ? element(container, Number(name)) : undefined;
}

/**
 * Returns the instance of an index within a population: of cells that one element of a structure made, or of containers
 * that hold one each.
 */
function element(container: Container, index: number): Target | undefined {
  const draft = draftIn(container);
  if (!draft) return undefined;
  const { start, count } = draft;
  if (index >= count) return { kind: 'range', draft: draft.draft, index, size: count };
  return { kind: 'cell', cell: { draft: draft.draft, index: start + index }, rest: [] };
}

/** Returns all cells of the population that a container is. */
export function draftIn(
  container: Container,
): { readonly draft: Draft; readonly start: number; readonly count: number } | undefined {
  const [group] = container.groups;
  if (group) return group;
  const ofHolder = holders.get(container.component);
  if (ofHolder) return { draft: ofHolder, start: 0, count: ofHolder.size };
  return container.self ? { draft: container.self.draft, start: container.self.index, count: 1 } : undefined;
}

/**
 * Populations by the component that holds the reference to their cells, for populations made by instances within it.
 */
const holders = new WeakMap<Component, Draft>();

/** Makes populations known under the components that hold the references to their cells. */
export function registerHolders(drafts: readonly Draft[]): void {
  for (const draft of drafts)
    if (draft.holder !== draft.component && !holders.has(draft.holder)) holders.set(draft.holder, draft);
}

/** Returns the one cell of a container that holds one. */
export function onlyCell(container: Container): Cell | undefined {
  const [group, ...more] = container.groups;
  return group && more.length === 0 && group.count === 1 ? { draft: group.draft, index: group.start } : undefined;
}

/**
 * Follows a path from a container. If it leads nowhere, follows it from the enclosing ones, because authors leave out
 * `../`.
 */
export function followTolerantly(from: Container, path: string): Target {
  const first = follow(from, path);
  for (let at = from.parent; first.kind === 'nowhere' && at; at = at.parent) {
    const found = follow(at, path);
    if (found.kind !== 'nowhere') return found;
  }
  return first;
}

/** Returns the population or other container that an attribute with an id names, looked for outwards. */
export function containerNamed(from: Container | null, id: string): Container | undefined {
  return enclosing(from, id);
}
