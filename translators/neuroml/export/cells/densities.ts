/** Channels on sections as densities. */

import { divideDimensions, metre, second, siemensByArea, volt } from '../../../../src/lang/dimension.js';
import type { Dimensions } from '../text/dimensions.js';
import { quantityText } from '../text/quantity-text.js';
import { element, type Element } from '../text/xml-text.js';
import type { Conductance } from './membrane-current.js';

const metreBySecond = divideDimensions(metre, second);

/** Returns channels on sections, by the origin of their reversal potential. */
export function densityElement(
  id: string,
  ionChannel: string,
  ion: string,
  { conductance, reversal }: Conductance,
  on: Readonly<Record<string, string>>,
  dimensions: Dimensions,
): Element {
  if (reversal === 'ghk')
    return element('channelDensityGHK', {
      id,
      ionChannel,
      permeability: quantityText(conductance, metreBySecond, dimensions),
      ...on,
      ion,
    });
  const kind = { nernst: 'channelDensityNernst', ghk2: 'channelDensityGHK2' } as const;
  return element(typeof reversal === 'string' ? kind[reversal] : 'channelDensity', {
    id,
    ionChannel,
    condDensity: quantityText(conductance, siemensByArea, dimensions),
    ...(typeof reversal === 'string' ? {} : { erev: quantityText(reversal, volt, dimensions) }),
    ...on,
    ion,
  });
}

/**
 * Returns densities in the order of the schema: densities with their own reversal potential, then densities that depend
 * on calcium.
 */
export const densitiesInOrder = (elements: readonly Element[]): readonly Element[] =>
  [
    'channelDensity',
    'channelDensityNernst',
    'channelDensityGHK',
    'channelDensityGHK2',
    'channelDensityNonUniform',
  ].flatMap((kind) => elements.filter(({ tag }) => tag === kind));

/** Returns a density with a value at each place given by its parts. */
export const nonUniformDensity = (
  id: string,
  ionChannel: string,
  ion: string,
  { reversal }: Conductance,
  value: Element,
  dimensions: Dimensions,
): Element =>
  element(
    'channelDensityNonUniform',
    { id, ionChannel, erev: typeof reversal === 'number' ? quantityText(reversal, volt, dimensions) : '', ion },
    [value],
  );
