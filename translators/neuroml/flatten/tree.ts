/** The instances of one component: its children, and the references that its structure instantiates. */

import { missingReference } from '../messages.js';
import type { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { childWithId, instantiated, valueOf } from '../components.js';
import type { Component, ComponentType, LemsModel } from '../lems/definitions.js';
import * as messages from './messages.js';
import { identifier, UniqueNames } from '../../../src/model/free-name.js';

/** An instance within the tree of an instance that is flattened. */
export interface TreeNode {
  /** The component that it instantiates. */
  readonly component: Component;
  readonly type: ComponentType;
  /** The instance that it is in; null for the root. */
  readonly parent: TreeNode | null;
  /** Its parent's name for it: a child, a list, a reference. */
  readonly role: string;
  /** Prefix of its variables' names, with an underscore at its end; empty for the root. */
  readonly prefix: string;
  /** Position in the tree: equal for nodes that correspond in trees of one form. */
  readonly ordinal: number;
  /** Instances within, by this instance's names for them. */
  readonly members: Map<string, TreeNode[]>;
  /** Instances within, in the order of advance: single ones, then lists. */
  readonly inner: TreeNode[];
}

/** A tree with its nodes by ordinal. */
export interface Tree {
  readonly root: TreeNode;
  /** Each before the ones within it. */
  readonly nodes: readonly TreeNode[];
}

const deepest = 100;
/** No cell has more parts; references that double at each level would have no end. */
const mostNodes = 500_000;

/**
 * Returns the instances that a component is made of.
 *
 * @param apart children that are instances of their own
 * @diagnostic lems/missing-reference, lems/unknown-reference, lems/too-deep
 */
export function growTree(
  component: Component,
  lems: LemsModel,
  diagnostics: Diagnostics,
  apart: (inner: Component) => boolean = () => false,
): Tree {
  const nodes: TreeNode[] = [];
  let overgrown = false;
  const grow = (of: Component, parent: TreeNode | null, role: string, prefix: string, depth: number): TreeNode => {
    const node: TreeNode = {
      component: of,
      type: of.type,
      parent,
      role,
      prefix,
      ordinal: nodes.length,
      members: new Map(),
      inner: [],
    };
    nodes.push(node);
    if (depth > deepest || nodes.length > mostNodes) {
      if (!overgrown)
        diagnostics.add(depth > deepest ? messages.tooDeep(deepest) : messages.tooMany(mostNodes), of.place);
      overgrown = true;
    }
    if (overgrown) return node;
    const names = new UniqueNames();
    const add = (inner: Component, name: string, wanted: string): void => {
      const own = names.take(identifier(wanted));
      const made = grow(inner, node, name, `${prefix}${own}_`, depth + 1);
      const list = node.members.get(name);
      if (list) list.push(made);
      else node.members.set(name, [made]);
      node.inner.push(made);
    };
    const children = parent === null ? of.children.filter((inner) => !apart(inner)) : of.children;
    for (const inner of children) if (of.type.child.has(inner.role)) add(inner, inner.role, inner.role);
    instantiate(node, lems, diagnostics, add);
    for (const inner of children)
      if (!of.type.child.has(inner.role)) add(inner, inner.role, inner.id === '' ? inner.role : inner.id);
    return node;
  };
  const root = grow(component, null, '', '', 0);
  return { root, nodes };
}

/** Adds the instances made by the structure of a node's type. */
function instantiate(
  { component, type }: TreeNode,
  lems: LemsModel,
  diagnostics: Diagnostics,
  add: (inner: Component, name: string, wanted: string) => void,
): void {
  for (const part of type.structure) {
    if (part.kind !== 'childInstance' && part.kind !== 'multiInstantiate') continue;
    const target = instantiated(component, part, lems);
    if (!target) {
      const id = component.attributes[part.component];
      diagnostics.add(missingReference(part.component, id, [...lems.byId.keys()]), component.place);
      continue;
    }
    const count =
      part.kind === 'childInstance' ? 1 : Math.min(valueOf(component, part.number, lems) ?? 0, mostNodes + 1);
    for (let k = 0; k < count; k++)
      add(target, part.component, count > 1 ? `${target.id}_${k}` : target.id || part.component);
  }
}

/**
 * Returns the members of a node that a step of a path names: a child, list or reference by its name, a child by its id,
 * `..` and `parent`, `.` and `this`.
 */
export function membersNamed(node: TreeNode, step: string): readonly TreeNode[] {
  if (step === '..' || step === 'parent') return node.parent ? [node.parent] : [];
  if (step === '.' || step === 'this' || step === '') return [node];
  const named = node.members.get(step);
  if (named) return named;
  return node.inner.filter(({ component }) => component.id === step).slice(0, 1);
}

/** Returns the node that stands for a component that a link or local reference of another one names. */
export function linked(node: TreeNode, attribute: string): TreeNode | undefined {
  const id = node.component.attributes[attribute];
  for (let at = node.parent; at && id !== undefined; at = at.parent) {
    const found = at.inner.find(({ component }) => component.id === id);
    if (found) return found;
    if (childWithId(at.component, id)) return undefined;
  }
  return undefined;
}
