/** Morphologies as specifications give them: sections, or numbers of compartments. */

import { loopText } from '../../../src/diagnostics/display.js';
import { area, metre, volume } from '../../../src/lang/dimension.js';
import { isRefused } from '../../../src/diagnostics/system-error.js';
import type { Dimension } from '../../../src/lang/ast.js';
import { isGap, oddSize } from '../../../src/model/plausible-shape.js';
import { child } from '../../../src/model/pointer.js';
import { canList, type Reporter } from '../context.js';
import * as messages from '../messages.js';
import {
  numbersOfCompartment,
  flatMorphology,
  geometricNumbers,
  morphologyOf,
  type CompartmentNumbers,
  type Morphology,
  type Point,
  type SectionShape,
} from './morphology.js';
import type { Compartments, Morphology as WrittenMorphology, Section, Values } from '../specification.generated.js';
import { readSwc, isWrong } from './swc.js';
import type { Namespace } from '../terms.js';
import { readNumber, readQuantities } from '../values.js';
import { coordinateNames } from '../vocabulary.js';

/** Reads a file in the folder of the specification. Returns its text, or the reason why it was not read. */
export type ReadFile = (name: string) => { readonly text: string } | { readonly refused: string };

/** A section with its place in the document, and the ordinal of its parent. */
interface Branch {
  readonly name: string;
  readonly parent: number | null;
  readonly section: Section;
  readonly pointer: string;
}

/** Returns the morphology of a specification, or one compartment after reporting an error. */
export function readMorphology(
  morphology: WrittenMorphology,
  pointer: string,
  namespace: Namespace,
  to: Reporter,
  readFile: ReadFile,
): Morphology {
  const made = morphologyIn(morphology, pointer, namespace, to, readFile) ?? flatMorphology([oneSphere]);
  const { length, diameter } = made.numbers;
  const whole = length.reduce((sum, one) => sum + one, 0);
  const widest = diameter.reduce((most, one) => Math.max(most, one), 0);
  const odd = oddSize(whole, widest);
  if (odd) to.report(messages.oddMorphology(odd, odd === 'thick' ? widest : whole), pointer);
  return made;
}

function morphologyIn(
  { sections, compartments, swc }: WrittenMorphology,
  pointer: string,
  namespace: Namespace,
  to: Reporter,
  readFile: ReadFile,
): Morphology | undefined {
  if (swc !== undefined) {
    const at = child(pointer, 'swc');
    if (sections !== undefined || compartments !== undefined)
      to.report(
        messages.badMorphology('give a morphology either sections or a file, not both', 'one of them', 'both'),
        at,
      );
    const file = readFile(swc);
    if (isRefused(file)) {
      to.report(messages.badMorphology(`${swc} cannot be read: ${file.refused}`, 'an SWC file', swc), at);
      return undefined;
    }
    const read = readSwc(file.text);
    if (isWrong(read)) {
      to.report(messages.badMorphology(`${swc}: ${read.wrong}`, read.expected, read.found), at);
      return undefined;
    }
    if (read.jump) to.report(messages.pointsJump(swc, read.jump.line, read.jump.metres), at);
    return flatMorphology(read.sections);
  }
  const branches = readTree(sections ?? {}, pointer, to);
  if (!branches) return undefined;
  const total = branches.reduce((sum, { section }) => sum + Math.max(1, section.n ?? 1), 0);
  if (!canList(total * numbersOfCompartment, child(pointer, 'sections'), to)) return undefined;
  if (compartments) return readCompartments(compartments, branches, child(pointer, 'compartments'), namespace, to);
  const shapes = branches.map(({ name, parent, section, pointer: at }): SectionShape => ({
    name,
    parent,
    ...readSection(section, at, namespace, to),
  }));
  shapes.forEach((shape, k) => {
    const far = gapBefore(shape, shapes[shape.parent ?? -1]);
    if (far !== null) to.report(messages.sectionGap(shape.name, far), branches[k]?.pointer ?? pointer);
  });
  return flatMorphology(shapes);
}

/** Returns the distance between a section and the end of its parent in m, or null if it is small. */
function gapBefore({ sphere, points, diameters }: SectionShape, parent: SectionShape | undefined): number | null {
  const [first] = points ?? [];
  if (!parent || sphere || !first) return null;
  const far = distance(first, [0, 0, 0]);
  const parentLength = parent.lengths.reduce((sum, length) => sum + length, 0);
  const joint = { parentLength, parentDiameter: Math.max(...parent.diameters), diameter: diameters[0] ?? 0 };
  return isGap({ far, ...joint }) ? far : null;
}

/** Returns sections with their parents, or undefined after reporting that they do not form a tree. */
function readTree(
  sections: Readonly<Record<string, Section>>,
  pointer: string,
  to: Reporter,
): readonly Branch[] | undefined {
  const at = child(pointer, 'sections');
  const names = Object.keys(sections);
  let whole = true;
  const refuse = (finding: ReturnType<typeof messages.badMorphology>, where: string): void => {
    whole = false;
    to.report(finding, where);
  };
  if (names.length === 0)
    refuse(messages.badMorphology('a morphology needs at least one section', 'sections', 'none'), pointer);
  const branches = Object.entries(sections).map(([name, section]): Branch => {
    const place = child(at, name);
    if (!/^[A-Za-z]\w*$/.test(name) || name === 'main') to.report(messages.notAnIdentifier(name), place);
    const parent = section.parent === undefined ? null : names.indexOf(section.parent);
    if (parent === -1)
      refuse(
        messages.badMorphology(
          `there is no section ${section.parent ?? ''}`,
          `one of ${names.join(', ')}`,
          section.parent ?? '',
        ),
        child(place, 'parent'),
      );
    return { name, parent, section, pointer: place };
  });
  const roots = branches.filter(({ parent }) => parent === null).map(({ name }) => name);
  if (names.length > 0 && roots.length !== 1)
    refuse(
      messages.badMorphology(
        roots.length === 0 ? 'every section has a parent: they form a loop' : `${roots.join(', ')} have no parent`,
        'one section without a parent',
        String(roots.length),
      ),
      at,
    );
  for (const [key, loop] of loopsOf(branches))
    refuse(
      messages.badMorphology(`the sections ${loopText(loop)} form a loop`, 'a tree', loopText(loop)),
      child(child(at, key), 'parent'),
    );
  return whole ? branches : undefined;
}

/** Returns given numbers of compartments, or undefined after reporting an error. */
function readCompartments(
  written: Compartments,
  branches: readonly Branch[],
  pointer: string,
  namespace: Namespace,
  to: Reporter,
): Morphology | undefined {
  const counts = branches.map(({ section }) => section.n ?? 1);
  const total = counts.reduce((sum, n) => sum + n, 0);
  // The compartments of a section come before the compartments of its subtree.
  const misplaced = branches.findIndex(({ parent }, k) => k > 0 && !ancestors(branches, k - 1).includes(parent));
  if (misplaced >= 0) {
    const { name, pointer: at } = branches[misplaced] as Branch;
    to.report(messages.badMorphology(`${name} does not follow its parent`, 'subtrees one after the other', name), at);
    return undefined;
  }
  let whole = counts.every((n) => n >= 1);
  if (!whole) to.report(messages.outOfRange('n', '1 or more', Math.min(...counts)), pointer);
  const read = (key: keyof Compartments): readonly number[] => {
    const list = written[key];
    const at = child(pointer, key);
    const slot = { name: key, dimension: dimensions[key], type: 'real' } as const;
    const values = list === undefined ? undefined : readQuantities(list, at, slot, namespace.definition, to);
    const wrong = placeKeys.includes(key) ? -1 : (values?.findIndex((value) => !(value >= 0)) ?? -1);
    const zero = ['area', 'r_length_1', 'r_length_2'].includes(key) ? (values?.indexOf(0) ?? -1) : -1;
    if (values && values.length !== total) to.report(messages.lengthMismatch(key, total, values.length), at);
    else if (values && wrong >= 0) to.report(messages.outOfRange(key, '0 or more', values[wrong]), at);
    else if (zero >= 0) to.report(messages.outOfRange(key, 'more than zero', 0), at);
    else if (values) return values;
    whole = false;
    return [];
  };
  const numbers = Object.fromEntries(geometricNumbers.map((key) => [key, read(key)])) as unknown as CompartmentNumbers;
  const axes = placeKeys.every((key) => written[key] !== undefined) ? placeKeys.map(read) : undefined;
  const centres = axes?.[0]?.map((_, k) => axes.map((axis) => axis[k] ?? 0) as unknown as Point);
  if (!whole) return undefined;
  return morphologyOf(
    branches.map(({ name, parent }, k) => ({ name, parent, count: counts[k] ?? 1 })),
    numbers,
    centres,
  );
}

/** Returns a section and all its ancestors. */
function ancestors(branches: readonly Branch[], from: number): readonly (number | null)[] {
  const found: number[] = [];
  for (let at: number | null = from; at !== null; at = branches[at]?.parent ?? null) found.push(at);
  return found;
}

const placeKeys: readonly (keyof Compartments)[] = coordinateNames;
const dimensions: Readonly<Record<keyof Compartments, Dimension>> = {
  ...{ length: metre, diameter: metre, distance: metre, r_length_1: metre, r_length_2: metre },
  ...{ x: metre, y: metre, z: metre },
  area,
  volume,
};

const oneSphere: SectionShape = { name: 'soma', parent: null, sphere: true, diameters: [1e-5], lengths: [1e-5] };

/** Returns the loops of sections whose parents lead back to themselves, each by its first section. */
function loopsOf(shapes: readonly Branch[]): readonly (readonly [string, readonly string[]])[] {
  const seen = new Set<number>();
  return shapes.flatMap((shape, first): (readonly [string, readonly string[]])[] => {
    const way: number[] = [];
    for (let at: number | null = first; at !== null && !seen.has(at); at = shapes[at]?.parent ?? null) {
      if (way.includes(at)) {
        const loop = [...way.slice(way.indexOf(at)), at].map((one) => shapes[one]?.name ?? '');
        for (const one of way) seen.add(one);
        return [[shape.name, loop]];
      }
      way.push(at);
    }
    for (const one of way) seen.add(one);
    return [];
  });
}

const usualShape = { sphere: false, diameters: [1e-6, 1e-6], lengths: [1e-6] } as const;

/** Returns the form of a section, or a placeholder after reporting an error. */
function readSection(
  section: Section,
  pointer: string,
  namespace: Namespace,
  to: Reporter,
): Pick<SectionShape, 'sphere' | 'diameters' | 'lengths' | 'points'> {
  const positive = (
    values: readonly number[] | undefined,
    key: 'diameter' | 'length',
  ): readonly number[] | undefined => {
    const wrong = values?.findIndex((value) => !(value > 0)) ?? -1;
    if (wrong < 0) return values;
    to.report(messages.outOfRange(`the ${key}`, 'more than zero', values?.[wrong]), child(pointer, key));
    return undefined;
  };
  const numbers = (key: 'diameter' | 'length' | 'x' | 'y' | 'z'): readonly number[] | undefined => {
    const written = section[key];
    return written === undefined ? undefined : readLengths(written, key, child(pointer, key), namespace, to);
  };
  if (section.diameter === undefined)
    to.report(messages.badMorphology('the section has no diameter', 'diameter', 'none'), pointer);
  const diameters = positive(numbers('diameter'), 'diameter');
  const lengths = positive(numbers('length'), 'length');
  const axes = coordinateNames.map(numbers);
  const placed = axes.some((axis) => axis !== undefined);
  const kind = section.class ?? ((diameters?.length ?? 1) > 1 ? 'Section' : 'Cylinder');
  const n = section.n ?? 1;
  if (!diameters) return usualShape;
  if (n < 1) {
    to.report(messages.outOfRange('n', '1 or more', n), child(pointer, 'n'));
    return usualShape;
  }
  const count = (what: string, expected: number, found: number | undefined): boolean => {
    if (found === undefined || found === expected) return true;
    to.report(messages.lengthMismatch(what, expected, found), child(pointer, what));
    return false;
  };
  if (kind === 'Soma') {
    if (section.length !== undefined || n !== 1)
      to.report(messages.badMorphology('a Soma takes only a diameter', 'no length and no n', 'Soma'), pointer);
    count('diameter', 1, diameters.length);
    (['x', 'y', 'z'] as const).forEach((key, k) => count(key, 1, axes[k]?.length));
    const [d = 1e-6] = diameters;
    const centre = axes.map((axis) => axis?.[0] ?? 0) as unknown as Point;
    return { sphere: true, diameters: [d], lengths: [d], ...(placed ? { points: [centre] } : {}) };
  }
  if ((section.length === undefined) === !placed) {
    to.report(
      messages.badMorphology(
        placed
          ? 'give a section either a length or coordinates, not both'
          : 'the section has neither a length nor coordinates',
        'length, or x, y and z',
        placed ? 'both' : 'neither',
      ),
      pointer,
    );
    return usualShape;
  }
  const isCylinder = kind === 'Cylinder';
  const given = isCylinder ? 2 : n + 1;
  const fits = [
    count('diameter', isCylinder ? 1 : n + 1, diameters.length),
    count('length', isCylinder ? 1 : n, lengths?.length),
    ...(['x', 'y', 'z'] as const).map((key, k) => count(key, given, axes[k]?.length)),
  ];
  if (fits.includes(false)) return usualShape;
  const ends = isCylinder ? new Array<number>(n + 1).fill(diameters[0] ?? 0) : diameters;
  if (!placed) {
    if (!lengths) return usualShape;
    return {
      sphere: false,
      diameters: ends,
      lengths: isCylinder ? new Array<number>(n).fill((lengths[0] ?? 0) / n) : lengths,
    };
  }
  const points = Array.from({ length: n + 1 }, (_, k) =>
    axes.map((axis) => {
      if (!axis) return 0;
      const [from = 0, until = 0] = axis;
      return isCylinder ? from + ((until - from) * k) / n : (axis[k] ?? 0);
    }),
  ) as unknown as readonly Point[];
  const between = points.slice(1).map((point, k) => distance(points[k] ?? point, point));
  if (!between.every((length) => length > 0)) {
    to.report(
      messages.badMorphology('a compartment has no length', 'distinct points', 'two points in one place'),
      pointer,
    );
    return usualShape;
  }
  return { sphere: false, diameters: ends, lengths: between, points };
}

const distance = (a: Point, b: Point): number => {
  const [x, y, z] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
  return Math.sqrt(x * x + y * y + z * z);
};

/** Returns one length or several, in m. */
function readLengths(
  written: Values,
  key: string,
  pointer: string,
  namespace: Namespace,
  to: Reporter,
): readonly number[] | undefined {
  const slot = { name: key, dimension: metre, type: 'real' } as const;
  if (typeof written === 'string' || typeof written === 'number') {
    const value = readNumber(written, pointer, slot, namespace, to);
    return value === undefined ? undefined : [value];
  }
  if (typeof written === 'boolean' || '$data' in written) {
    to.report(messages.wrongValue('a length, or a list of lengths', written), pointer);
    return undefined;
  }
  return readQuantities(written, pointer, slot, namespace.definition, to);
}
