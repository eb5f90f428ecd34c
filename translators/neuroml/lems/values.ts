/**
 * Values of a component's attributes, in SI. For those who build: what is wrong with a value was said by the reader.
 */

import type { Component, LemsModel } from './definitions.js';
import { readQuantity } from './quantities.js';

/**
 * The value in SI of a parameter of a component: what is written, else what the type fixes.
 *
 * @returns undefined when there is none, or it is not a quantity
 */
export function parameterValue(component: Component, name: string, units: LemsModel['units']): number | undefined {
  const text = component.attributes[name];
  if (text === undefined) return component.type.parameters.get(name)?.fixed;
  return quantityValue(text, units);
}

/** A quantity such as `-70mV` in SI; undefined when it is none. */
export function quantityValue(text: string, units: LemsModel['units']): number | undefined {
  const quantity = readQuantity(text, units);
  return 'fault' in quantity ? undefined : quantity.value;
}
