/** Positions, structures and spaces in PyNN's terms; lengths in um. */

import { numbersOf } from '../../../src/model/arrays.js';
import type { Population, Projection, Structure as CanonicalStructure } from '../../../src/model/typed.js';
import type { Space, Structure } from '../specification.generated.js';
import { number, unusual, type Fields } from '../../shared/vocabulary.js';
import { boundaries, structures, type KnownStructure } from '../structures.js';
import { valueIn, type ExportContext } from './context.js';
import { inUnit } from '../../shared/in-unit.js';

/** Returns the positions of a population's cells. */
export function positionsOf(
  context: ExportContext,
  { positions }: Population,
  pointer: string,
): { readonly structure?: Structure; readonly positions?: readonly (readonly number[])[] } {
  if (positions === undefined) return {};
  if (positions.kind === 'places') {
    const numbers = numbersOf(positions.places, context.data).map((length) => inUnit(length, 'um'));
    return { positions: Array.from({ length: numbers.length / 3 }, (_, k) => numbers.slice(3 * k, 3 * k + 3)) };
  }
  const structure = structureOf(context, positions, pointer);
  return structure === undefined ? {} : { structure };
}

function structureOf(
  context: ExportContext,
  { structure, arguments: given, generator, fillOrder }: CanonicalStructure,
  pointer: string,
): Structure | undefined {
  const rng = generator === undefined ? {} : { rng: context.generators.numpy(generator) };
  const written = (fields: Fields): Record<string, unknown> =>
    unusual(
      fields,
      Object.fromEntries(
        Object.entries(fields).map(([key, { unit = '1', ours = key }]) => {
          const value = given[ours];
          return [key, value && valueIn(context, value, unit, `${pointer}/arguments/${ours}`)];
        }),
      ),
    );
  const named = (table: Readonly<Record<string, KnownStructure>>) =>
    Object.entries(table).find(([, { name }]) => name === structure);
  const [shape, volume] = named(boundaries) ?? [];
  if (volume !== undefined) {
    const { x0 = 0, y0 = 0, z0 = 0 } = written({ x0: number('um', 0), y0: number('um', 0), z0: number('um', 0) });
    const origin = [x0, y0, z0];
    return {
      type: 'RandomStructure',
      params: {
        boundary: { type: shape, params: written(volume.parameters) },
        ...(origin.every((one) => one === 0) ? {} : { origin }),
      },
      ...rng,
    };
  }
  const [type, known] = named(structures) ?? [];
  if (type === undefined || known === undefined) return context.report.missing(pointer, `the structure ${structure}`);
  const params = { ...written(known.parameters), ...(fillOrder === undefined ? {} : { fill_order: fillOrder }) };
  return { type, params, ...rng };
}

/** Returns the measure of distances of a projection. */
export function spaceOf({ space }: Projection, missing: (message: string) => void): Space | undefined {
  if (space === undefined) return undefined;
  const { axes, scale, offset, periodic } = space;
  const [factor = 1] = scale;
  if (scale.some((one) => one !== factor)) missing('a separate scale for each axis');
  const offsets = offset.map((length) => inUnit(length, 'um'));
  const [shift = 0] = offsets;
  return {
    ...(axes === 'xyz' ? {} : { axes }),
    ...(factor === 1 ? {} : { scale_factor: factor }),
    ...(offsets.every((one) => one === shift) ? (shift === 0 ? {} : { offset: shift }) : { offset: offsets }),
    ...(periodic.every((one) => one === null)
      ? {}
      : { periodic_boundaries: periodic.map((one) => one && [inUnit(one[0], 'um'), inUnit(one[1], 'um')]) }),
  };
}
