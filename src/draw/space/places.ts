/** Where the elements of populations are: given positions, structures, and places drawn within a volume. */

import { philox } from '../../ir/library/philox-host.js';
import { streamKey } from '../../ir/library/streams.js';
import { nearestCubeRoot } from '../../model/cube-root.js';
import type { DataStore, Population, Positions, Structure, ValidModel } from '../../model/typed.js';
import { CannotDraw } from '../generators.js';
import type { RandomState } from '../../numpy/random-state.js';
import { arrayOf } from '../../model/arrays.js';
import type { Places } from './axes.js';
import { inMicrometres } from './micrometres.js';

/** Where random places come from: counters of the model's seed, or a generator that a notation prescribes. */
type PlaceSource =
  { readonly kind: 'counters'; readonly seed: string } | { readonly kind: 'numpy'; readonly state: RandomState };

/**
 * The places of a population's elements.
 *
 * @random stream `population/<id>/positions`, counter (element, 0, 0, iteration)
 * @throws CannotDraw for a structure that has no place for each element
 */
export function placesOf(
  name: string,
  population: Population,
  positions: Positions,
  source: PlaceSource,
  data: DataStore,
): Places {
  const { size } = population;
  if (positions.kind === 'places') {
    const given = arrayOf(positions.places, data);
    return each(
      size,
      (k) => [0, 1, 2].map((axis) => inMicrometres(given[3 * k + axis] ?? 0)) as [number, number, number],
    );
  }
  const places = laidOut(name, size, positions, source);
  if (![places.x, places.y, places.z].every((axis) => axis.every(Number.isFinite)))
    throw new CannotDraw(`the structure of ${name}, which has no finite place for each element,`);
  return positions.fillOrder === 'random' ? shuffled(places, permutationOf(name, size, source)) : places;
}

/**
 * Returns the positions of a population's elements; undefined without finite positions, or if a named generator draws
 * them.
 */
export function knownPlaces(name: string, { model, data }: Pick<ValidModel, 'model' | 'data'>): Places | undefined {
  const population = model.populations[name];
  const positions = population?.positions;
  if (!positions || (positions.kind === 'structure' && positions.generator)) return undefined;
  try {
    return placesOf(name, population, positions, { kind: 'counters', seed: model.experiment.seed }, data);
  } catch (error) {
    if (error instanceof CannotDraw) return undefined;
    throw error;
  }
}

function each(size: number, place: (k: number) => readonly [number, number, number]): Places {
  const places = { x: new Float64Array(size), y: new Float64Array(size), z: new Float64Array(size) };
  for (let k = 0; k < size; k++) {
    const [x, y, z] = place(k);
    places.x[k] = x;
    places.y[k] = y;
    places.z[k] = z;
  }
  return places;
}

function laidOut(name: string, size: number, { structure, arguments: given }: Structure, source: PlaceSource): Places {
  const number = (key: string, otherwise: number): number => {
    const value = given[key];
    if (value === undefined) return otherwise;
    if (typeof value !== 'number')
      throw new CannotDraw(`the argument ${key} of the structure of ${name}, which is not one number,`);
    return value;
  };
  const length = (key: string): number => inMicrometres(number(key, 0));
  const [x0, y0, z0] = [length('x0'), length('y0'), length('z0')];
  const [dx, dy, dz] = [length('dx'), length('dy'), length('dz')];
  switch (structure) {
    case 'line':
      return each(size, (k) => [dx * k + x0, length('y'), length('z')]);
    case 'grid2D': {
      const columns = Math.round(Math.sqrt(size * number('aspectRatio', 1)));
      const rows = columns > 0 ? size / columns : 0;
      if (!Number.isInteger(rows))
        throw new CannotDraw(`a grid of ${size} elements with ${columns} columns (population ${name})`);
      const z = length('z');
      return each(size, (k) => [x0 + dx * Math.floor(k / rows), y0 + dy * (k % rows), z]);
    }
    case 'grid3D': {
      const [a, b] = [number('aspectRatioXY', 1), number('aspectRatioXZ', 1)];
      const nx = nearestCubeRoot(size * a * b);
      const [ny, nz] = [Math.round(nx / a), Math.round(nx / b)];
      if (nx * ny * nz !== size)
        throw new CannotDraw(`a grid of ${nx} by ${ny} by ${nz} for ${size} elements (population ${name})`);
      return each(size, (k) => [
        x0 + dx * Math.floor(k / (ny * nz)),
        y0 + dy * (Math.floor(k / nz) % ny),
        z0 + dz * (k % nz),
      ]);
    }
    case 'randomCuboid': {
      const [width, height, depth] = [length('width'), length('height'), length('depth')];
      const point = pointsOf(name, source);
      return each(size, (k) => {
        const [u, v, w] = point(k, 0);
        return [x0 + 0.5 * u * width, y0 + 0.5 * v * height, z0 + 0.5 * w * depth];
      });
    }
    case 'randomSphere': {
      const radius = length('radius');
      const point = pointsOf(name, source);
      return each(size, (k) => {
        for (let attempt = 0; ; attempt++) {
          const [u, v, w] = point(k, attempt);
          if (u * u + v * v + w * w < 1) return [x0 + radius * u, y0 + radius * v, z0 + radius * w];
        }
      });
    }
    default:
      return structure satisfies never;
  }
}

/** A uniform number in (0, 1), as `uniformFromWords` makes it. */
export const uniform = (low: number, high: number): number =>
  (2 * (high * 1048576 + (low >>> 12)) + 1) / 9007199254740992;

/** Returns points in the cube from -1 to 1; points of an element are drawn in order of attempts. */
function pointsOf(
  name: string,
  source: PlaceSource,
): (element: number, attempt: number) => readonly [number, number, number] {
  if (source.kind === 'numpy') {
    const { state } = source;
    return () => [state.uniform(-1, 1), state.uniform(-1, 1), state.uniform(-1, 1)];
  }
  const key = streamKey(source.seed, `population/${name}/positions`);
  return (element, attempt) => {
    const [a, b, c, d] = philox([element, 0, 0, 2 * attempt], key);
    const [e, f] = philox([element, 0, 0, 2 * attempt + 1], key);
    return [2 * uniform(a, b) - 1, 2 * uniform(c, d) - 1, 2 * uniform(e, f) - 1];
  };
}

/**
 * Returns a random order of the elements; by counters, position k from the end takes numbers 0 and 1 at (k, 0, 0,
 * 2^24).
 */
function permutationOf(name: string, size: number, source: PlaceSource): Uint32Array {
  if (source.kind === 'numpy') return source.state.permutation(size);
  return permutationByCounters(streamKey(source.seed, `population/${name}/positions`), size);
}

/** A random order of 0 to size - 1. @random counter (k, 0, 0, 2^24) for the place k from the end */
export function permutationByCounters(key: readonly [number, number], size: number): Uint32Array {
  const order = Uint32Array.from({ length: size }, (_, k) => k);
  for (let k = size - 1; k > 0; k--) {
    const [low, high] = philox([k, 0, 0, 1 << 24], key);
    const other = Math.floor(uniform(low, high) * (k + 1));
    const kept = order[k] as number;
    order[k] = order[other] as number;
    order[other] = kept;
  }
  return order;
}

const shuffled = (places: Places, order: Uint32Array): Places => ({
  x: Float64Array.from(order, (k) => places.x[k] as number),
  y: Float64Array.from(order, (k) => places.y[k] as number),
  z: Float64Array.from(order, (k) => places.z[k] as number),
});
