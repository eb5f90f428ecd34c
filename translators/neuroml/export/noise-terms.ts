/** White noise in the equations of cells and synapses: LEMS has random numbers, and no noise of its own. */

import { dimensionless as pure, type Dimension, type Expression } from '../../../src/lang/ast.js';
import { binary, call, name as nameOf, number, quantity } from '../../../src/lang/build.js';
import { equalDimensions, powerDimension, second } from '../../../src/lang/dimension.js';
import { linearForm } from '../../../src/lang/linear.js';
import { namesIn } from '../../../src/lang/walk.js';
import type { NeuronType, SynapseType } from '../../../src/model/typed.js';
import { dimensionOfUnit } from './text/dimensions.js';
import type { TypeBuilder } from './type-builder.js';
import { NotExpressible } from '../../../src/library/not-expressible.js';

type Noisy = Pick<NeuronType | SynapseType, 'noise' | 'derived'>;

/** Of white noise: one over the root of the time. */
const ofNoise = powerDimension(second, -0.5);

/** Noise in a step: a normal number over the root of the step, in s. */
const drawn = (dt: number): Expression => binary('/', call('normal', []), number(Math.sqrt(dt)));

/** Declares the noise of a type, which its equations read, as derived variables. */
export function declareNoise({ noise }: Noisy, builder: TypeBuilder, dt: number): void {
  for (const name of noise) builder.derive(builder.declare(name, pure, `noise_${name}`), pure, drawn(dt));
}

/**
 * Returns a derived variable with its noise, or unchanged if it replaces the noise itself.
 *
 * @throws NotExpressible
 */
export const derivedWithNoise = (
  type: Noisy,
  name: string,
  dimension: Dimension,
  value: Expression,
  builder: TypeBuilder,
): Expression => (inPlaceOfNoise(type).includes(name) ? value : withNoise(type, dimension, value, builder));

/**
 * Returns a rate with its noise. Noise is a number with a dimension that LEMS lacks: its factor is taken as a number,
 * and the product gets the dimension of the rate.
 *
 * @param dimension of the rate
 * @throws NotExpressible
 */
export function withNoise(type: Noisy, dimension: Dimension, rate: Expression, builder: TypeBuilder): Expression {
  const read = [...type.noise, ...inPlaceOfNoise(type)].filter((noise) => namesIn(rate).has(noise));
  if (read.length === 0) return rate;
  const form = linearForm(rate, new Set(read));
  if (!form) throw new NotExpressible('noise that is not just multiplied by a factor');
  const unit = quantity(1, dimension);
  const noises = [...form.coefficients].map(([noise, factor]) =>
    binary('*', binary('*', builder.bare(factor), nameOf(noise)), unit),
  );
  return noises.reduce((sum: Expression, noise) => binary('+', sum, noise), form.constant);
}

/** Derived variables that noise is multiplied by, or that stand in its place: they have its dimension. */
const inPlaceOfNoise = ({ noise, derived }: Noisy): readonly string[] =>
  Object.entries(derived).flatMap(([name, { unit }]) =>
    noise.length > 0 && equalDimensions(dimensionOfUnit(unit), ofNoise) ? [name] : [],
  );
