/** Channels on sections as densities. */

import { siemensByArea, volt } from '../../../../src/lang/dimension.js';
import type { Dimensions } from '../text/dimensions.js';
import { tidy } from '../../../../src/library/recognise/numbers.js';
import { numberText, quantityText } from '../text/quantity-text.js';
import { element, type Element } from '../text/xml-text.js';
import type { Conductance } from '../../../../src/library/membrane/membrane.js';

/** Returns a channel on sections, by the origin of its reversal potential. */
export const densityElement = (
  id: string,
  ionChannel: string,
  ion: string,
  { conductance, reversal }: Conductance,
  on: Readonly<Record<string, string>>,
  dimensions: Dimensions,
): Element =>
  element(reversal === 'nernst' ? 'channelDensityNernst' : 'channelDensity', {
    id,
    ionChannel,
    condDensity: inMillisiemens(conductance) ?? quantityText(conductance, siemensByArea, dimensions),
    ...(reversal === 'nernst' ? {} : { erev: quantityText(reversal, volt, dimensions) }),
    ...on,
    ion,
  });

/** Returns a density in mS/cm**2, as most models have it, if that is exact and short. */
function inMillisiemens(density: number): string | undefined {
  const number = tidy(density / 10);
  const text = numberText(number);
  return number * 10 === density && text.length < 8 ? `${text}mS_per_cm2` : undefined;
}

/**
 * Returns densities in the order of the schema: densities with their own reversal potential, then densities that depend
 * on calcium.
 */
export const densitiesInOrder = (elements: readonly Element[]): readonly Element[] =>
  ['channelDensity', 'channelDensityNernst'].flatMap((kind) => elements.filter(({ tag }) => tag === kind));
