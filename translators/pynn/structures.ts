/** Where cells are: PyNN's structures as those of the canonical model. Lengths are in um. */

import { memberOf } from '../../src/diagnostics/member.js';
import { nearestCubeRoot } from '../../src/model/cube-root.js';
import { child } from '../../src/model/pointer.js';
import { own, type Setting } from './context.js';
import { located, type Located } from '../shared/located.js';
import * as messages from './messages.js';
import type { Population, Structure } from './specification.generated.js';
import { numpyGenerator } from './values.js';

interface Known {
  /** Canonical name. */
  readonly name: string;
  /** Canonical names of arguments, by PyNN's. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Whether cells may take the places in random order. */
  readonly filled: boolean;
}

/** Structures by PyNN's name. */
export const structures: Readonly<Record<string, Known>> = {
  Line: { name: 'line', parameters: { dx: 'dx', x0: 'x0', y: 'y', z: 'z' }, filled: false },
  Grid2D: {
    name: 'grid2D',
    parameters: { aspect_ratio: 'aspectRatio', dx: 'dx', dy: 'dy', x0: 'x0', y0: 'y0', z: 'z' },
    filled: true,
  },
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
    filled: true,
  },
};

interface Positions {
  readonly positions?: Located;
}

/** Positions of a population: those that the document gives, and where anything asks for them those that PyNN has. */
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
  if (known === undefined) {
    setting.report(
      messages.unknownType('structure', structure.type, [...Object.keys(structures), 'RandomStructure']),
      child(at, 'type'),
    );
    return {};
  }
  const valid = [...Object.keys(known.parameters), ...(known.filled ? ['fill_order'] : [])];
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(structure.params ?? {})) {
    const place = child(child(at, 'params'), key);
    const name = own(known.parameters, key);
    if (!valid.includes(key)) setting.reportKey(messages.unknownParameter(key, structure.type, valid), place);
    else if (key === 'fill_order') {
      if (value !== 'sequential' && value !== 'random')
        setting.report(messages.wrongValue('fill_order', "'sequential' or 'random'", value), place);
    } else if (typeof value !== 'number') setting.report(messages.wrongValue(key, 'a number', value), place);
    // As many cells along each axis is what a grid has anyway.
    else if (name !== undefined && !(name.startsWith('aspect') && value === 1))
      result[name] = located(name.startsWith('aspect') ? value : `${String(value)}*um`, place);
  }
  checkGrid(structure, size, at, setting);
  const random = known.filled && own(structure.params ?? {}, 'fill_order') === 'random';
  const drawn = random ? generatorOf(structure, 'permutation', [size], at, setting) : {};
  if (drawn === undefined) return {};
  const filled = random ? { fillOrder: 'random', ...drawn } : {};
  return { positions: located({ structure: known.name, arguments: lengths(known, result), ...filled }, at) };
}

/** A grid of the size that is given, or PyNN's line with a cell each um. */
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
    const value = own(params, key);
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

/** PyNN's spacing is 1 um where none is given. */
function lengths(known: Known, given: Record<string, unknown>): Record<string, unknown> {
  const spacing = ['dx', 'dy', 'dz'].filter(
    (key) => Object.values(known.parameters).includes(key) && given[key] === undefined,
  );
  return { ...Object.fromEntries(spacing.map((key) => [key, '1*um'])), ...given };
}

/** Who draws places; nothing where the target does, undefined after a finding. */
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

function randomStructure(structure: Structure, pointer: string, setting: Setting): Positions {
  const params = structure.params ?? {};
  const at = child(pointer, 'params');
  for (const key of Object.keys(params))
    if (key !== 'boundary' && key !== 'origin')
      setting.reportKey(messages.unknownParameter(key, 'RandomStructure', ['boundary', 'origin']), child(at, key));
  const boundary = own(params, 'boundary');
  const type: unknown = memberOf(boundary, 'type');
  if (type === undefined) {
    setting.report(messages.missingParameter('boundary', 'RandomStructure'), at);
    return {};
  }
  if (type !== 'Cuboid' && type !== 'Sphere') {
    setting.report(
      messages.unknownType('boundary', typeof type === 'string' ? type : JSON.stringify(type), ['Cuboid', 'Sphere']),
      child(at, 'boundary'),
    );
    return {};
  }
  const names = type === 'Cuboid' ? ['width', 'height', 'depth'] : ['radius'];
  const numbers = memberOf(boundary, 'params');
  const given = names.map((name) => [name, memberOf(numbers, name)] as const);
  const missing = given.find(([, value]) => typeof value !== 'number');
  const origin: unknown = own(params, 'origin') ?? [0, 0, 0];
  const isPoint = Array.isArray(origin) && origin.length === 3 && origin.every((value) => typeof value === 'number');
  if (missing !== undefined) setting.report(messages.missingParameter(missing[0], type), child(at, 'boundary'));
  else if (!isPoint) setting.report(messages.wrongValue('origin', 'three numbers', origin), child(at, 'origin'));
  const drawn = generatorOf(structure, 'uniform', [-1, 1], pointer, setting);
  if (missing !== undefined || !isPoint || drawn === undefined) return {};
  const [x = 0, y = 0, z = 0] = origin.map(Number);
  const length = (value: unknown): string => `${String(value)}*um`;
  const sides = Object.fromEntries(given.map(([name, value]) => [name, length(value)]));
  return {
    positions: located(
      {
        structure: type === 'Cuboid' ? 'randomCuboid' : 'randomSphere',
        arguments: { ...sides, x0: length(x), y0: length(y), z0: length(z) },
        ...drawn,
      },
      pointer,
    ),
  };
}
