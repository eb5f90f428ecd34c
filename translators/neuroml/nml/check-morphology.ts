/**
 * Shapes of cells: segments form one tree, groups hold segments that there are, and biophysics names groups that there
 * are.
 */

import { nameOf } from '../lems/attributes.js';
import type { ReadComponent } from '../lems/read-components.js';
import type { Tally } from '../lems/tally.js';
import * as messages from './messages.js';

interface MorphologyContext {
  readonly tally: Tally;
}

/**
 * Checks all morphologies, and the biophysics of the cells that they belong to.
 *
 * @diagnostic neuroml/segment-loop, neuroml/second-root-segment, neuroml/missing-proximal, neuroml/unknown-segment,
 *   neuroml/segment-order, neuroml/zero-diameter, neuroml/no-segments, neuroml/unknown-segment-group,
 *   neuroml/segment-group-loop,
 *   neuroml/unknown-inhomogeneous-parameter
 */
export function checkMorphologies(components: readonly ReadComponent[], context: MorphologyContext): void {
  for (const component of components) {
    if (isA(component, 'morphology')) checkMorphology(component, context);
    // Cells may be anywhere. A component with a shape is a cell here.
    else
      checkMorphologies(
        component.children.filter((child) => child.children.length > 0 || isA(child, 'morphology')),
        context,
      );
  }
}

const isA = (component: ReadComponent, type: string): boolean => component.type.lineage.includes(type);
const childOf = (component: ReadComponent, type: string): ReadComponent | undefined =>
  component.children.find((child) => isA(child, type));

interface Shape {
  readonly segments: ReadonlyMap<string, ReadComponent>;
  readonly groups: ReadonlyMap<string, ReadComponent>;
}

function checkMorphology(morphology: ReadComponent, context: MorphologyContext): void {
  const byId = (type: string): ReadonlyMap<string, ReadComponent> => {
    const found = new Map<string, ReadComponent>();
    for (const child of morphology.children) if (isA(child, type) && !found.has(child.id)) found.set(child.id, child);
    return found;
  };
  const shape: Shape = { segments: byId('segment'), groups: byId('segmentGroup') };
  if (shape.segments.size === 0) {
    context.tally.add(
      'no segments',
      () => messages.noSegments(nameOf(morphology.element)),
      () => morphology.place,
    );
  } else checkTree(shape, context);
  checkGroups(shape, context);
  if (morphology.parent)
    for (const part of morphology.parent.children) if (part !== morphology) checkNames(part, shape, context);
}

function checkTree({ segments }: Shape, { tally }: MorphologyContext): void {
  const parents = new Map<string, string>();
  const before = new Set<string>();
  let root: string | undefined;
  for (const [id, segment] of segments) {
    checkDiameters(segment, tally);
    const parent = childOf(segment, 'parent');
    const parentId = parent?.attributes['segment']?.trim();
    if (parent && parentId !== undefined) {
      if (!segments.has(parentId))
        tally.add(
          'parent',
          () => messages.unknownSegment(`the parent of segment ${id}`, parentId, segments.size),
          () => parent.element.valuePlace('segment'),
        );
      else {
        parents.set(id, parentId);
        if (!before.has(parentId) && parentId !== id)
          tally.add(
            'order',
            () => messages.segmentOrder(id, parentId),
            () => parent.element.valuePlace('segment'),
          );
      }
    } else if (!parent) {
      const first = root;
      if (first !== undefined)
        tally.add(
          'second root',
          () => messages.secondRoot(id, first),
          () => segment.place,
        );
      root ??= id;
      if (!childOf(segment, 'proximal'))
        tally.add(
          'proximal',
          () => messages.rootWithoutProximal(id),
          () => segment.place,
        );
    }
    before.add(id);
  }
  for (const loop of loops(parents)) {
    tally.add(
      'loop',
      () => messages.segmentLoop(loop),
      () => segments.get(loop[0] ?? '')?.place ?? { document: '' },
    );
  }
}

function checkDiameters(segment: ReadComponent, tally: Tally): void {
  for (const point of segment.children) {
    const diameter = point.attributes['diameter'];
    if (diameter !== undefined && /^[-+]?0*\.?0*$/.test(diameter.trim()) && /0/.test(diameter))
      tally.add(
        'diameter',
        () => messages.zeroDiameter(`segment ${segment.id}`),
        () => point.element.valuePlace('diameter'),
      );
  }
}

/** Circles of a map from each to its one successor, each once, closed by its first name. */
function loops(next: ReadonlyMap<string, string>): string[][] {
  const done = new Set<string>();
  const found: string[][] = [];
  for (const start of next.keys()) {
    const path: string[] = [];
    const onPath = new Map<string, number>();
    let at: string | undefined = start;
    while (at !== undefined && !done.has(at) && !onPath.has(at)) {
      onPath.set(at, path.length);
      path.push(at);
      at = next.get(at);
    }
    const first = at === undefined ? undefined : onPath.get(at);
    if (first !== undefined && at !== undefined) found.push([...path.slice(first), at]);
    for (const name of path) done.add(name);
  }
  return found;
}

/** Every segment and group that a group names is there, and groups do not include each other in a circle. */
function checkGroups(shape: Shape, context: MorphologyContext): void {
  for (const [id, group] of shape.groups) {
    const open: ReadComponent[] = [...group.children];
    for (let part = open.pop(); part; part = open.pop()) {
      checkReferences(part, `the ${part.type.name} in the group ${id}`, shape, context);
      open.push(...part.children);
    }
  }
  checkGroupLoops(shape, context);
}

function checkReferences(
  part: ReadComponent,
  owner: string,
  { segments, groups }: Shape,
  { tally }: MorphologyContext,
): void {
  const { segment, segmentGroup } = part.attributes;
  if (segment !== undefined && !segments.has(segment.trim()))
    tally.add(
      `segment of ${part.type.name}`,
      () => messages.unknownSegment(owner, segment, segments.size),
      () => part.element.valuePlace('segment'),
    );
  // The group of all segments need not be written.
  if (segmentGroup !== undefined && segmentGroup.trim() !== 'all' && !groups.has(segmentGroup.trim()))
    tally.add(
      `group of ${part.type.name}`,
      () => messages.unknownGroup(owner, segmentGroup, groups.keys()),
      () => part.element.valuePlace('segmentGroup'),
    );
}

function checkGroupLoops({ groups }: Shape, { tally }: MorphologyContext): void {
  const done = new Set<string>();
  const includes = (id: string): string[] =>
    (groups.get(id)?.children ?? [])
      .filter((part) => isA(part, 'include'))
      .flatMap((part) => part.attributes['segmentGroup']?.trim() ?? []);
  for (const start of groups.keys()) {
    // Depth first, with a stack of our own: groups may be many.
    const path: { id: string; left: string[] }[] = [];
    const enter = (id: string): void => {
      const circle = path.findIndex((entry) => entry.id === id);
      if (circle >= 0) {
        const ids = [...path.slice(circle).map((entry) => entry.id), id];
        tally.add(
          'group loop',
          () => messages.groupLoop(ids),
          () => groups.get(id)?.place ?? { document: '' },
        );
      } else if (!done.has(id) && groups.has(id)) path.push({ id, left: includes(id) });
    };
    enter(start);
    for (let last = path.at(-1); last; last = path.at(-1)) {
      const next = last.left.pop();
      if (next !== undefined) enter(next);
      else {
        done.add(last.id);
        path.pop();
      }
    }
  }
}

/** Segments and groups that the other parts of a cell name, and the inhomogeneous parameters of the groups. */
function checkNames(cellPart: ReadComponent, shape: Shape, context: MorphologyContext): void {
  const open: ReadComponent[] = [cellPart];
  for (let part = open.pop(); part; part = open.pop()) {
    checkReferences(part, `${part.type.name}${part.id === '' ? '' : ` ${part.id}`}`, shape, context);
    const id = part.attributes['inhomogeneousParameter']?.trim();
    const group = part.parent?.attributes['segmentGroup']?.trim();
    const owner = group === undefined ? undefined : shape.groups.get(group);
    if (id !== undefined && group !== undefined && owner) {
      const known = owner.children.filter((child) => isA(child, 'inhomogeneousParameter')).map((child) => child.id);
      if (!known.includes(id)) {
        const { attributes, type } = part;
        context.tally.add(
          `inhomogeneous ${type.name}`,
          () => messages.unknownInhomogeneous(attributes['inhomogeneousParameter'] ?? '', group, known),
          () => part.element.valuePlace('inhomogeneousParameter'),
        );
      }
    }
    open.push(...part.children);
  }
}
