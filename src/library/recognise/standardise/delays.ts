/** Delays of projections with standard synapses: on the way to the synapse, and back to it. */

import { namesIn } from '../../../lang/walk.js';
import { numbersOf } from '../../../model/arrays.js';
import { formulaOf, type Projection, type SynapseType, type Value } from '../../../model/typed.js';
import { child } from '../../../model/pointer.js';
import { populationsOf } from '../../../model/selected.js';
import { wholeDelay } from '../../../model/steps.js';
import { timingProperties } from '../../../model/timing-properties.js';
import { isGiven } from '../../../model/tagged.js';
import { tidy } from '../numbers.js';
import { valueOf, type Environment } from '../values.js';
import type { Standardising } from './context.js';

/** Returns delays to and from the synapse. PyNN has no delay below a step. */
export function delaysOf(
  context: Standardising,
  projection: Projection,
  type: SynapseType,
  { environment, pointer }: { readonly environment: Environment; readonly pointer: string },
): Record<string, Value> | undefined {
  const result: Record<string, Value> = {};
  for (const [key, { on, delay }] of Object.entries(type.pathways)) {
    const side = on.end;
    const given = projection.delays[key] ?? delay;
    const e = formulaOf(given);
    const value = e === undefined ? given : valueOf(e, environment);
    if (value === undefined) return undefined;
    if (side === 'post') {
      if (value !== 0) result[side] = value;
      continue;
    }
    const { timing } = context.model;
    const whole = (one: number): number => Math.max(context.dt, wholeDelay(one, context.dt, timing));
    if (typeof value === 'number') {
      result[side] = whole(value);
      const [from = ''] = populationsOf(projection.from.of);
      if (value < context.dt / 2 && hasType(context, from)) remarkDelay(context, pointer);
    } else if (isGiven(value) && value.gaps === undefined) {
      const numbers = numbersOf(value.array, context.valid.data);
      result[side] = { ...value, array: numbers.map(whole) };
      if (numbers.some((number) => number < context.dt / 2)) remarkDelay(context, pointer);
    } else {
      result[side] = value;
      if (e !== undefined && timingProperties[timing].hasSlots && ['i', 'j'].some((name) => namesIn(e).has(name)))
        context.report.different(
          context.code('delay'),
          child(pointer, 'delays'),
          "delays that follow the numbers of cells may be halves of steps, which PyNN's simulators count as the longer delay and Brian as either",
        );
    }
  }
  return result;
}

/**
 * Returns the delay of a plastic synapse without one, since PyNN delays its spikes by a step. The delay is dendritic,
 * which is PyNN's default and NEST's only choice.
 *
 * @param isForNest  whether only NEST has the target's cells, so that a delay before the synapse is dendritic, also
 * @returns undefined if the synapse has a delay, or its spikes are given
 */
export function dendriticDelay(
  context: Standardising,
  { from, delays }: Projection,
  { pathways }: SynapseType,
  isForNest: boolean,
): number | undefined {
  const [pre, post] = (['pre', 'post'] as const).map((end) => {
    const [key = '', pathway] =
      Object.entries(pathways).find(([, { on }]) => on.end === end && on.event === 'spike') ?? [];
    return delays[key] ?? pathway?.delay;
  });
  if (isForNest && typeof pre === 'number' && post === 0) return Math.max(pre, context.dt);
  const [source = ''] = populationsOf(from.of);
  const isNone = typeof pre === 'number' && pre < context.dt / 2 && post === 0;
  return isNone && hasType(context, source) ? context.dt : undefined;
}

/** Checks whether a population has a type: others emit given spikes. */
const hasType = ({ model }: Standardising, name: string): boolean => model.populations[name]?.type !== undefined;

function remarkDelay(context: Standardising, pointer: string): void {
  context.report.different(
    context.code('delay'),
    child(pointer, 'delays'),
    `spikes without delay arrive one step (${tidy(context.dt * 1e3)} ms) later: PyNN has no shorter delays`,
  );
}
