/** Positions, structures and spaces in PyNN's terms; lengths in um. */

import { isStructure } from '../../../src/model/tagged.js';
import { numbersOf } from '../../../src/model/arrays.js';
import type { Population, Projection, Structure as CanonicalStructure, Value } from '../../../src/model/model.js';
import type { Space, Structure } from '../specification.generated.js';
import { structures } from '../structures.js';
import { valueIn, type ExportContext } from './context.js';
import { inUnit } from './values.js';

/** Where the cells of a population are. */
export function positionsOf(
  context: ExportContext,
  name: string,
  { positions }: Population,
  pointer: string,
): { readonly structure?: Structure; readonly positions?: readonly (readonly number[])[] } {
  if (positions === undefined) return {};
  if (!isStructure(positions)) {
    const numbers = numbersOf(positions, context.data).map((length) => inUnit(length, 'um'));
    return { positions: Array.from({ length: numbers.length / 3 }, (_, k) => numbers.slice(3 * k, 3 * k + 3)) };
  }
  const structure = structureOf(context, positions, pointer, context.scopes.ofKey(name));
  return structure === undefined ? {} : { structure };
}

function structureOf(
  context: ExportContext,
  positions: CanonicalStructure,
  pointer: string,
  names: ReadonlySet<string>,
): Structure | undefined {
  const { generator, fillOrder } = positions;
  const rng = generator === undefined ? {} : { rng: context.generators.numpy(generator) };
  const number = (name: string, value: Value): unknown => {
    const unit = name.startsWith('aspectRatio') ? '1' : 'um';
    return valueIn(context, value, unit, `${pointer}/arguments/${name}`, names);
  };
  const { arguments: given } = positions;
  if (positions.structure === 'randomCuboid' || positions.structure === 'randomSphere') {
    const shape = positions.structure === 'randomCuboid' ? 'Cuboid' : 'Sphere';
    const sides = shape === 'Cuboid' ? ['width', 'height', 'depth'] : ['radius'];
    const origin = ['x0', 'y0', 'z0'].map((name) => number(name, given[name] ?? 0));
    return {
      type: 'RandomStructure',
      params: {
        boundary: {
          type: shape,
          params: Object.fromEntries(sides.map((name) => [name, number(name, given[name] ?? 0)])),
        },
        ...(origin.every((one) => one === 0) ? {} : { origin }),
      },
      ...rng,
    };
  }
  const known = Object.entries(structures).find(([, { name }]) => name === positions.structure);
  if (known === undefined) return context.report.missing(pointer, `the structure ${positions.structure}`);
  const [type, { parameters }] = known;
  const params = Object.entries(parameters).flatMap(([theirs, ours]) => {
    const value = given[ours] === undefined ? undefined : number(ours, given[ours]);
    // PyNN's spacing is 1 um and its ratios are 1 where none is given.
    const usual = /^d[xyz]$|^aspect/.test(theirs) ? 1 : 0;
    return value === undefined || value === usual ? [] : [[theirs, value] as const];
  });
  return {
    type,
    params: { ...Object.fromEntries(params), ...(fillOrder === undefined ? {} : { fill_order: fillOrder }) },
    ...rng,
  };
}

/** How distances of a projection are measured. */
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
