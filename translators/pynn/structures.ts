/** Where cells are: PyNN's structures as those of the canonical model. Lengths are in um. */

import { child } from '../../src/model/pointer.js';
import { own, type Setting } from './context.js';
import { located, type Located } from './located.js';
import * as messages from './messages.js';
import type { Population } from './specification.js';
import { numpyGenerator } from './values.js';

interface Known {
  /** Canonical name. */
  readonly name: string;
  /** Canonical names of arguments, by PyNN's. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Structures by PyNN's name. */
export const structures: Readonly<Record<string, Known>> = {
  Line: { name: 'line', parameters: { dx: 'dx', x0: 'x0', y: 'y', z: 'z' } },
  Grid2D: { name: 'grid2D', parameters: { aspect_ratio: 'aspectRatio', dx: 'dx', dy: 'dy', x0: 'x0', y0: 'y0', z: 'z' } },
  Grid3D: {
    name: 'grid3D',
    parameters: {
      aspect_ratioXY: 'aspectRatioXY',
      aspect_ratioXZ: 'aspectRatioXZ',
      dx: 'dx',
      dy: 'dy',
      dz: 'dz',
      x0: 'x0',
      y0: 'y0',
      z0: 'z0',
    },
  },
};

/** Positions of a population, where the document gives any. */
export function translateStructure(
  population: Population,
  size: number,
  pointer: string,
  setting: Setting,
): { readonly positions?: Located } {
  if (population.positions !== undefined)
    return { positions: located({ array: population.positions, unit: 'um' }, child(pointer, 'positions')) };
  const { structure } = population;
  if (structure === undefined) {
    if (typeof population.size === 'number') return {};
    const [nx = 1, ny = 1, nz = 1] = population.size;
    const name = population.size.length === 3 ? 'grid3D' : population.size.length === 2 ? 'grid2D' : 'line';
    const ratios =
      name === 'grid3D' ? { aspectRatioXY: nx / ny, aspectRatioXZ: nx / nz } : name === 'grid2D' ? { aspectRatio: nx / ny } : {};
    return { positions: located({ structure: name, arguments: ratios }, child(pointer, 'size')) };
  }
  const at = child(pointer, 'structure');
  if (typeof population.size !== 'number')
    setting.report(messages.wrongValue('the structure', 'none, since the size is that of a grid', structure.type), at);
  if (structure.type === 'RandomStructure') return randomStructure(structure, at, setting);
  const known = own(structures, structure.type);
  if (known === undefined) {
    setting.report(messages.unknownType('structure', structure.type, [...Object.keys(structures), 'RandomStructure']), child(at, 'type'));
    return {};
  }
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(structure.params ?? {})) {
    const place = child(child(at, 'params'), key);
    const name = own(known.parameters, key);
    if (key === 'fill_order' && value !== 'sequential')
      setting.report(messages.unsupported(`a structure filled in the order ${String(value)}`), place);
    else if (key !== 'fill_order' && name === undefined)
      setting.reportKey(messages.unknownParameter(key, structure.type, [...Object.keys(known.parameters), 'fill_order']), place);
    else if (name !== undefined && typeof value !== 'number') setting.report(messages.wrongValue(key, 'a number', value), place);
    else if (name !== undefined) result[name] = located(name.startsWith('aspect') ? value : `${String(value)}*um`, place);
  }
  void size;
  return { positions: located({ structure: known.name, arguments: lengths(known, result) }, at) };
}

/** PyNN's spacing is 1 um where none is given. */
function lengths(known: Known, given: Record<string, unknown>): Record<string, unknown> {
  const spacing = ['dx', 'dy', 'dz'].filter((key) => Object.values(known.parameters).includes(key) && given[key] === undefined);
  return { ...Object.fromEntries(spacing.map((key) => [key, '1*um'])), ...given };
}

function randomStructure(
  structure: NonNullable<Population['structure']>,
  pointer: string,
  setting: Setting,
): { readonly positions?: Located } {
  const generator = numpyGenerator(structure.rng, child(pointer, 'rng'), setting);
  if (generator)
    setting.report(messages.unsupported('positions that a NumpyRNG draws', 'leave rng out, or give the positions'), child(pointer, 'rng'));
  const params = structure.params ?? {};
  const boundary = own(params, 'boundary');
  const origin = own(params, 'origin') ?? [0, 0, 0];
  const at = child(pointer, 'params');
  if (typeof boundary !== 'object' || boundary === null || !('type' in boundary)) {
    setting.report(messages.missingParameter('boundary', 'RandomStructure'), at);
    return {};
  }
  const names = boundary.type === 'Cuboid' ? ['width', 'height', 'depth'] : boundary.type === 'Sphere' ? ['radius'] : undefined;
  if (names === undefined) {
    setting.report(messages.unknownType('boundary', String(boundary.type), ['Cuboid', 'Sphere']), child(at, 'boundary'));
    return {};
  }
  const numbers =
    'params' in boundary && typeof boundary.params === 'object' && boundary.params !== null
      ? (boundary.params as Record<string, unknown>)
      : {};
  const given = names.map((name) => [name, own(numbers, name)] as const);
  const missing = given.find(([, value]) => typeof value !== 'number');
  if (missing !== undefined) {
    setting.report(messages.missingParameter(missing[0], String(boundary.type)), child(at, 'boundary'));
    return {};
  }
  const [x = 0, y = 0, z = 0] = Array.isArray(origin) ? origin.map(Number) : [];
  const length = (value: unknown): string => `${String(value)}*um`;
  return {
    positions: located(
      {
        structure: boundary.type === 'Cuboid' ? 'randomCuboid' : 'randomSphere',
        arguments: {
          ...Object.fromEntries(given.map(([name, value]) => [name, length(value)])),
          x0: length(x),
          y0: length(y),
          z0: length(z),
        },
      },
      pointer,
    ),
  };
}
