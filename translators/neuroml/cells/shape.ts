/** Shapes of cells, and the check whether a cell is one point in space. */

import type { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { invariant } from '../../../src/diagnostics/diagnostic.js';
import type { Component, ComponentType } from '../lems/definitions.js';
import { readGroups, type Groups } from './groups.js';
import { cutSections } from './sections.js';
import { childOf, childrenOf, readMorphology, type Morphology } from './segments.js';

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

/** Shapes that have been read: the cell and the names of its parts both need them. */
const known = new WeakMap<Component, Shape | null>();

/**
 * Returns the shape of a cell, and reports its findings once. Returns null after errors. @diagnostic neuroml/* as in
 * `messages.ts`
 */
export function shapeOf(cell: Component, diagnostics: Diagnostics): Shape | null {
  const shape = known.get(cell);
  if (shape !== undefined) return shape;
  const read = readShape(cell, diagnostics);
  known.set(cell, read);
  return read;
}

function readShape(cell: Component, diagnostics: Diagnostics): Shape | null {
  const component = childOf(cell, 'morphology');
  invariant(component, 'neuroml', 'a cell without a morphology has no shape');
  const morphology = readMorphology(component, diagnostics);
  return morphology && { component, morphology, groups: readGroups(component, morphology, diagnostics) };
}

/** Checks whether all segments are one unbranched section that is not divided. */
export function isPoint({ morphology, groups }: Shape): boolean {
  const nothing = { add: () => undefined } as unknown as Diagnostics;
  const { sections } = cutSections(morphology, groups, [], nothing);
  return sections.length === 1 && sections[0]!.divisions === 1;
}
