/** Parts of component types that cells, synapses and inputs have alike: equations, and contributions to a cell. */

import type { Expression } from '../../../src/lang/ast.js';
import { integer } from '../../../src/lang/build.js';
import { ampere, divideDimensions, second } from '../../../src/lang/dimension.js';
import type { EquationSet } from '../../../src/model/typed.js';
import { derivedOrder, type Attempt } from './builder.js';
import { zeroOf } from './channels.js';
import type { CellPlan, Channel } from './context.js';
import { derivedWithNoise, withNoise } from './noise-terms.js';
import { lemsDimension } from './text/dimensions.js';
import type { TypeBuilder } from './type-builder.js';
import { element } from './text/xml-text.js';

/**
 * Writes the derived variables and rates of a type, whose names are declared.
 *
 * @param gated  returns the rate of a variable as it is while the variable may change
 */
export function writeEquations(
  type: EquationSet,
  builder: TypeBuilder,
  attempt: Attempt,
  gated: (variable: string, rate: Expression) => Expression = (_, rate) => rate,
): void {
  for (const name of derivedOrder(type))
    attempt(`derived/${name}`, () => {
      const { unit = '1', value = integer(0) } = type.derived[name] ?? {};
      const [lems, dimension] = [builder.nameOf(name), lemsDimension(unit)];
      builder.exposures.push(element('Exposure', { name: lems, dimension: builder.dimensions.nameOf(dimension) }));
      builder.derive(lems, dimension, derivedWithNoise(type, name, dimension, builder.folded(value), builder), lems);
    });
  for (const [name, { rate }] of Object.entries(type.derivatives))
    attempt(`derivatives/${name}`, () => {
      const dimension = divideDimensions(builder.dimensionOf(name), second);
      builder.rates.push(builder.rate(name, gated(name, withNoise(type, dimension, builder.folded(rate), builder))));
    });
}

/** Writes contributions to all channels of a cell, which sums over all its attachments; zero for unused ones. */
export function writeContributions(
  { channels, withoutCurrent }: CellPlan,
  valueOf: (channel: Channel) => Expression | undefined,
  builder: TypeBuilder,
  attempt: Attempt,
): void {
  for (const channel of channels) {
    const { exposure, dimension, variable } = channel;
    const value = valueOf(channel) ?? zeroOf(dimension);
    // A state variable or equation of this name is the exposure.
    if (value.kind === 'name' && builder.nameOf(value.name) === exposure) continue;
    let isWritten = false;
    attempt(`contributes/${variable}`, () => {
      builder.derive(builder.free(exposure), dimension, value, exposure);
      isWritten = true;
    });
    if (!isWritten) builder.derive(builder.free(exposure), dimension, zeroOf(dimension), exposure);
  }
  if (!withoutCurrent && !channels.some(({ exposure }) => exposure === 'i'))
    builder.derive(builder.free('no_current'), ampere, zeroOf(ampere), 'i');
}
