/** Possible attachments of cells of a type, by their effect on it. */

import type { Dimension, Expression } from '../../../src/lang/ast.js';
import { binary, number, quantity } from '../../../src/lang/build.js';
import type { NeuronType } from '../../../src/model/typed.js';
import type { Channel } from './context.js';
import type { Usage } from './usage.js';
import { dimensionOfUnit } from './text/dimensions.js';

/** Everything that attachments of a cell do to it. */
export function channelsOf(type: NeuronType, usage: Usage): readonly Channel[] {
  const currents = Object.values(type.inputs).filter(({ unit }) => unit === 'A').length;
  const sums = Object.entries(type.inputs).map(([variable, { unit }]): Channel => ({
    variable,
    kind: 'sum',
    dimension: dimensionOfUnit(unit),
    exposure: unit === 'A' && currents === 1 ? 'i' : `into_${variable}`,
  }));
  const summed = [...usage.sums].map((variable): Channel => ({
    variable,
    kind: 'sum',
    dimension: dimensionOfUnit(type.parameters[variable]?.unit ?? type.state[variable]?.unit ?? '1'),
    exposure: `into_${variable}`,
  }));
  // A variable that is a sum in each step keeps no addition.
  const kept = [...usage.jumps].filter((variable) => !usage.sums.has(variable));
  const jumps = kept.map((variable): Channel => ({
    variable,
    kind: 'jump',
    dimension: dimensionOfUnit(type.state[variable]?.unit ?? '1'),
    exposure: `jump_${variable}`,
  }));
  return [...sums, ...summed, ...jumps];
}

/** Returns a zero that LEMS takes to have a dimension: a 0 by itself is a pure number there. */
export const zeroOf = (dimension: Dimension): Expression => binary('*', number(0), quantity(1, dimension));
