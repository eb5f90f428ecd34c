/** Positions of cells: PyNN's structures as structures of the canonical model. Lengths are in um. */

import { mapped } from '../../src/model/collections.js';
import { nearestCubeRoot } from '../../src/model/cube-root.js';
import { child } from '../../src/model/pointer.js';
import { own, type Setting } from './context.js';
import { located, type Located } from '../shared/located.js';
import { field, number, type Field, type Fields } from '../shared/vocabulary.js';
import * as messages from './messages.js';
import type { Population, Structure } from './specification.generated.js';
import { numpyGenerator } from './values.js';

/** A structure: its name in the model, and its parameters. */
export interface KnownStructure {
  readonly name: string;
  readonly parameters: Fields;
}

const spacing = number('um', 1);
const origin = number('um', 0);
const ratio = (ours: string): Field => ({ ...number('1', 1), ours });
const fill_order = field({ enum: ['sequential', 'random'] }, 'sequential');

/** Structures of cells in rows, by PyNN's name. */
export const structures: Readonly<Record<string, KnownStructure>> = {
  Line: { name: 'line', parameters: { dx: spacing, x0: origin, y: origin, z: origin } },
  Grid2D: {
    name: 'grid2D',
    parameters: {
      aspect_ratio: ratio('aspectRatio'),
      ...{ dx: spacing, dy: spacing, x0: origin, y0: origin, z: origin },
      fill_order,
    },
  },
  Grid3D: {
    name: 'grid3D',
    parameters: {
      ...{ aspect_ratioXY: ratio('aspectRatioXY'), aspect_ratioXZ: ratio('aspectRatioXZ') },
      ...{ dx: spacing, dy: spacing, dz: spacing, x0: origin, y0: origin, z0: origin },
      fill_order,
    },
  },
};

/** Volumes that a RandomStructure fills. */
export const boundaries: Readonly<Record<string, KnownStructure>> = {
  Cuboid: { name: 'randomCuboid', parameters: { width: number('um'), height: number('um'), depth: number('um') } },
  Sphere: { name: 'randomSphere', parameters: { radius: number('um') } },
};

/** Parameters of each structure, for the schema. */
export const structureFields: Readonly<Record<string, Fields>> = {
  ...mapped(structures, ({ parameters }) => parameters),
  RandomStructure: {
    boundary: field({ $ref: '#/$defs/boundary' }),
    origin: field({ type: 'array', items: { type: 'number' }, minItems: 3, maxItems: 3 }, [0, 0, 0]),
  },
};

interface Positions {
  readonly positions?: Located;
}

/** Returns positions of a population: the document's own, or PyNN's if any part reads positions. */
export function translateStructure(population: Population, size: number, pointer: string, setting: Setting): Positions {
  if (population.positions !== undefined)
    return { positions: located({ array: population.positions, unit: 'um' }, child(pointer, 'positions')) };
  const { structure } = population;
  if (structure === undefined) return withoutStructure(population, pointer, setting);
  const at = child(pointer, 'structure');
  if (typeof population.size !== 'number')
    setting.report(messages.wrongValue('the structure', 'none, since the size is that of a grid', structure.type), at);
  if (structure.type === 'RandomStructure') return randomStructure(structure, at, setting);
  const known = own(structures, structure.type);
  if (known === undefined) return {};
  const { params = {} } = structure;
  checkGrid(structure, size, at, setting);
  const random = params['fill_order'] === 'random';
  const drawn = random ? generatorOf(structure, 'permutation', [size], at, setting) : {};
  if (drawn === undefined) return {};
  const given = Object.entries(known.parameters).flatMap(
    ([key, { unit, usual, ours = key }]): (readonly [string, unknown])[] => {
      const value = own(params, key) as number | string | undefined;
      const place = child(child(at, 'params'), key);
      // The model has no usual spacing.
      if (value === undefined) return unit !== undefined && usual === 1 ? [[ours, '1*um']] : [];
      if (unit !== undefined) return [[ours, located(`${value}*um`, place)]];
      return key === 'fill_order' || value === usual ? [] : [[ours, located(value, place)]];
    },
  );
  const filled = random ? { fillOrder: 'random', ...drawn } : {};
  return { positions: located({ structure: known.name, arguments: Object.fromEntries(given), ...filled }, at) };
}

/** Returns a grid of the size that is given, or PyNN's line with a cell each um. */
function withoutStructure(population: Population, pointer: string, setting: Setting): Positions {
  const { size } = population;
  if (typeof size === 'number') {
    if (!setting.usesPlaces) return {};
    return { positions: located({ structure: 'line', arguments: { dx: '1*um' } }, child(pointer, 'size')) };
  }
  const [nx = 1, ny = 1, nz = 1] = size;
  const name = size.length === 3 ? 'grid3D' : size.length === 2 ? 'grid2D' : 'line';
  const spacing = Object.fromEntries(['dx', 'dy', 'dz'].slice(0, size.length).map((key) => [key, '1*um']));
  const given =
    name === 'grid3D'
      ? { aspectRatioXY: nx / ny, aspectRatioXZ: nx / nz }
      : name === 'grid2D'
        ? { aspectRatio: nx / ny }
        : {};
  const ratios = Object.fromEntries(Object.entries(given).filter(([, ratio]) => ratio !== 1));
  return { positions: located({ structure: name, arguments: { ...ratios, ...spacing } }, child(pointer, 'size')) };
}

/** A grid has a whole number of cells along each axis. */
function checkGrid({ type, params = {} }: Structure, size: number, pointer: string, setting: Setting): void {
  const ratio = (key: string): number => {
    const value = own(params, key) as number | string | undefined;
    return typeof value === 'number' ? value : 1;
  };
  let expected: number;
  if (type === 'Grid2D') {
    const columns = Math.round(Math.sqrt(size * ratio('aspect_ratio')));
    expected = columns * Math.round(size / Math.max(1, columns));
  } else if (type === 'Grid3D') {
    const [a, b] = [ratio('aspect_ratioXY'), ratio('aspect_ratioXZ')];
    const nx = nearestCubeRoot(size * a * b);
    expected = nx * Math.round(nx / a) * Math.round(nx / b);
  } else return;
  if (!Number.isFinite(expected))
    setting.report(messages.outOfRange('an aspect ratio', 'a number above 0 of a grid of this size', size), pointer);
  else if (expected !== size)
    setting.report(messages.wrongLength(`a ${type} of this aspect ratio`, expected, size), pointer);
}

/** Returns the generator of positions; an empty result if the target draws them, undefined after a finding. */
function generatorOf(
  structure: Structure,
  distribution: string,
  parameters: readonly number[],
  pointer: string,
  setting: Setting,
): { readonly generator?: unknown } | undefined {
  const generator = numpyGenerator(structure.rng, child(pointer, 'rng'), setting);
  if (generator === undefined) return undefined;
  return generator === null
    ? {}
    : { generator: { ...generator, distribution, arguments: parameters, order: setting.nextOrder() } };
}

/** Returns places in a volume, which the schema has checked. */
function randomStructure(structure: Structure, pointer: string, setting: Setting): Positions {
  const { boundary, origin = [0, 0, 0] } = structure.params as {
    readonly boundary: { readonly type: string; readonly params: Readonly<Record<string, number>> };
    readonly origin?: readonly number[];
  };
  const drawn = generatorOf(structure, 'uniform', [-1, 1], pointer, setting);
  const known = own(boundaries, boundary.type);
  if (drawn === undefined || known === undefined) return {};
  const [x, y, z] = origin;
  const lengths = mapped({ ...boundary.params, x0: x, y0: y, z0: z }, (value) => `${String(value)}*um`);
  return { positions: located({ structure: known.name, arguments: lengths, ...drawn }, pointer) };
}
