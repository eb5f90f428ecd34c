/** A kept document as a tree that may be changed, and the elements of it that a reading of its text leads back to. */

import { ReadComponent } from '../lems/read-components.js';
import type { Component } from '../lems/definitions.js';
import type { KeptElement, KeptSource } from '../kept-source.js';
import type { XmlElement } from '../xml/element.js';
import { documentWith } from './kept-document.js';
import { inSchemaOrder } from './schema-order.js';
import type { Element } from './xml-text.js';

/** An element that may be changed. */
export interface Node {
  /** Name of the element. */
  tag: string;
  attributes: Record<string, string>;
  children: Node[];
  /** Its text; absent: it has none. */
  readonly text?: string;
  /** XML text instead of all else. */
  readonly raw?: string;
  /** Set where it is to be left out; its place is kept, by which others are found. */
  removed?: true;
  /** How many there are of a list of which this is the first, the others being left out. */
  readonly count?: number;
  /** What these have of attributes that name places on cells, where that differs. */
  readonly places?: KeptElement['places'];
}

/** A kept document that may be changed. */
export class KeptTree {
  /** The document as it was kept. */
  readonly source: KeptSource;
  /** Elements below the root. */
  readonly nodes: Node[];
  /** Definitions that stand before all others. */
  readonly added: Element[] = [];

  constructor(source: KeptSource) {
    this.source = source;
    const nodes = source.elements.map(nodeOf);
    this.nodes = source.root === 'neuroml' ? [...inSchemaOrder(nodes)] : nodes;
  }

  /** The document as it is now. */
  get root(): Element {
    const { source, added } = this;
    // Types of one's own with all that they may have are LEMS's.
    const grown: KeptSource =
      source.root === 'neuroml' && added.length > 0
        ? { ...source, root: 'Lems', core: ['NeuroML2CoreTypes.xml'] }
        : source;
    return documentWith(grown, [...added, ...withoutRemoved(this.nodes)]);
  }

  /**
   * The node that a component was read from.
   *
   * @param component  of a reading of the document, before anything was changed
   * @returns undefined for components that were put together by the reader
   */
  nodeOf(component: Component): Node | undefined {
    return component instanceof ReadComponent ? this.#nodeAt(component.element) : undefined;
  }

  #nodeAt(element: XmlElement): Node | undefined {
    const { parent } = element;
    if (!parent) return undefined;
    const at = indexIn(parent, element);
    if (parent.parent) return this.#nodeAt(parent)?.children[at];
    // Before the kept elements come the target and the inclusions.
    return this.nodes[at - (this.source.root === 'neuroml' ? 0 : 1 + this.source.core.length)];
  }
}

const withoutRemoved = (nodes: readonly Node[]): readonly Node[] =>
  nodes.flatMap((node) =>
    node.removed ? [] : [node.children.length === 0 ? node : { ...node, children: [...withoutRemoved(node.children)] }],
  );

const indices = new WeakMap<XmlElement, ReadonlyMap<XmlElement, number>>();

function indexIn(parent: XmlElement, element: XmlElement): number {
  let known = indices.get(parent);
  if (!known) indices.set(parent, (known = new Map(parent.children.map((inner, at) => [inner, at]))));
  return known.get(element) ?? -1;
}

/** A copy of an element that may be changed. */
export function nodeOf({ tag, attributes = {}, children = [], text, raw, count, places }: KeptElement): Node {
  return {
    tag,
    attributes: { ...attributes },
    children: children.map(nodeOf),
    ...(text === undefined ? {} : { text }),
    ...(raw === undefined ? {} : { raw }),
    ...(count === undefined ? {} : { count }),
    ...(places === undefined ? {} : { places }),
  };
}
