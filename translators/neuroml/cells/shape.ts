/** Shapes of cells, and the check whether a cell is one point in space. */

import { itemAt } from '../../../src/diagnostics/entry.js';
import type { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { invariant } from '../../../src/diagnostics/diagnostic.js';
import type { Component, ComponentType } from '../lems/definitions.js';
import { readGroups, type Groups } from './groups.js';
import { cutSections } from './sections.js';
import { childOf, childrenOf, positionOf, readMorphology, type Morphology } from './segments.js';

const isCell = (type: ComponentType): boolean => type.lineage.includes('cell') || type.name === 'cell';

/** Checks whether a component is a cell with a morphology of more than one segment. */
export function hasMorphology(component: Component): boolean {
  if (!isCell(component.type)) return false;
  const morphology = childOf(component, 'morphology');
  return morphology !== undefined && childrenOf(morphology, 'segment').length > 1;
}

/** A morphology with its groups. */
export interface Shape {
  /** The component that is the morphology. */
  readonly component: Component;
  readonly morphology: Morphology;
  /** Which segments each segment group holds. */
  readonly groups: Groups;
}

/** Shapes by morphology. They are read once, so that findings are said once. */
const known = new WeakMap<Component, Shape | null>();

/**
 * Returns the shape of a cell. Returns null after errors.
 *
 * @diagnostic neuroml/* as in `messages.ts`
 */
export function shapeOf(cell: Component, diagnostics: Diagnostics): Shape | null {
  const component = childOf(cell, 'morphology');
  invariant(component, 'neuroml', 'a cell without a morphology has no shape');
  return readShape(component, diagnostics);
}

function readShape(component: Component, diagnostics: Diagnostics): Shape | null {
  const before = known.get(component);
  if (before !== undefined) return before;
  const morphology = readMorphology(component, diagnostics);
  const shape = morphology && { component, morphology, groups: readGroups(component, morphology, diagnostics) };
  known.set(component, shape);
  return shape;
}

/**
 * Checks all morphologies, their groups, and the segments and groups that the other parts of their cells name.
 *
 * @param components whose attributes are right
 * @diagnostic neuroml/* as in `messages.ts`
 */
export function checkShapes(components: readonly Component[], diagnostics: Diagnostics): void {
  for (const component of components) {
    if (!component.type.lineage.includes('morphology')) {
      // Cells may be anywhere.
      if (component.children.length > 0) checkShapes(component.children, diagnostics);
      continue;
    }
    const shape = readShape(component, diagnostics);
    if (!shape) continue;
    for (const [id, group] of shape.groups.components) shape.groups.segmentsOf(id, group);
    for (const part of component.parent?.children ?? []) if (part !== component) checkNames(part, shape, diagnostics);
  }
}

function checkNames(part: Component, shape: Shape, diagnostics: Diagnostics): void {
  segmentsOf(part, shape, diagnostics);
  for (const inner of part.children) checkNames(inner, shape, diagnostics);
}

/**
 * Returns positions of the segments that a part of a cell is on. Returns undefined after errors.
 *
 * @diagnostic neuroml/unknown-segment, neuroml/unknown-group
 */
export function segmentsOf(
  part: Component,
  { morphology, groups }: Shape,
  diagnostics: Diagnostics,
): Uint32Array | undefined {
  const { segment, segmentGroup } = part.attributes;
  if (segment === undefined) return groups.segmentsOf(segmentGroup, part);
  const position = positionOf(segment, part, morphology, diagnostics);
  return position === undefined ? undefined : Uint32Array.of(position);
}

/** Checks whether all segments are one unbranched section that is not divided. */
export function isPoint({ morphology, groups }: Shape): boolean {
  const nothing = { add: () => undefined } as unknown as Diagnostics;
  const { sections } = cutSections(morphology, groups, [], nothing);
  return sections.length === 1 && itemAt(sections, 0).divisions === 1;
}
