/** Delays of projections with standard synapses: on the way to the synapse, from it to the target, and back to it. */

import { name as nameOf } from '../../../lang/build.js';
import type { Expression } from '../../../lang/ast.js';
import { isRandom } from '../../../lang/functions.js';
import { parseExpression } from '../../../lang/parse.js';
import { printExpression } from '../../../lang/print.js';
import { callsIn, namesIn, substitute } from '../../../lang/walk.js';
import { numbersOf } from '../../../model/arrays.js';
import type { Projection, SynapseType, Value } from '../../../model/model.js';
import { child } from '../../../model/pointer.js';
import { populationsOf } from '../../../model/selected.js';
import { wholeDelay } from '../../../model/steps.js';
import { isGiven } from '../../../model/tagged.js';
import { differsInSteps } from '../../delay-formulas.js';
import { tidy } from '../numbers.js';
import { throughPorts } from '../synapses.js';
import { transitOf } from '../synapses/transit.js';
import { valueOf, type Environment } from '../values.js';
import type { Standardising } from './context.js';

/** A synapse with releases that arrive by a pathway of their own. */
interface Transit {
  /** The pathway that receives the spike. */
  readonly sends: string;
  /** The pathway by which the release arrives. */
  readonly arrives: string;
}

/** A type by its effect on the variables of its target, without the transit of delayed releases. */
interface Acting {
  readonly type: SynapseType;
  readonly transit: Transit | undefined;
}

/** Returns a projection's type with the variables that it acts on, in one pathway. */
export function actingAtOnce(own: SynapseType, { receptors }: Projection): Acting {
  const type = throughPorts(own, receptors);
  const transit = transitOf(type);
  return transit === undefined ? { type, transit } : { type: transit.joined, transit };
}

/** Returns the library's name, without the underscore of names that are reserved elsewhere. */
const theirName = (name: string): string => name.replace(/_$/, '');

/** Returns a parameter's value that reads other drawn parameters, in the library's names; undefined for other values. */
export function inTheirNames(e: Expression, type: SynapseType, { varying }: Environment): Value | undefined {
  const value = e.kind === 'name' ? varying.get(e.name) : undefined;
  return typeof value === 'string' ? ofDraws(parseExpression(value), type, varying) : undefined;
}

/** Returns an expression of parameters that are drawn, in the library's names; undefined for others. */
function ofDraws(e: Expression, type: SynapseType, varying: Environment['varying']): string | undefined {
  const read = [...namesIn(e)].filter((name) => Object.hasOwn(type.parameters, name));
  const isDrawn = (value: Value | undefined): boolean =>
    typeof value === 'string' && callsIn(parseExpression(value)).some((one) => isRandom(one.function));
  if (!read.some((name) => isDrawn(varying.get(name)))) return undefined;
  return printExpression(substitute(e, new Map(read.map((name) => [name, nameOf(theirName(name))] as const))));
}

/** Returns delays to and from the synapse. PyNN has no delay below a step. */
export function delaysOf(
  context: Standardising,
  projection: Projection,
  { type, transit, environment, pointer }: Acting & { readonly environment: Environment; readonly pointer: string },
): Record<string, Value> | undefined {
  const result: Record<string, Value> = {};
  for (const [key, { on, delay }] of Object.entries(type.pathways)) {
    const side = on === 'pre.spike' ? 'pre' : 'post';
    const given = projection.delays[key] ?? delay;
    const text = typeof given === 'string' ? parseExpression(given) : undefined;
    const value = text === undefined ? given : (ofDraws(text, type, environment.varying) ?? valueOf(text, environment));
    if (value === undefined) return undefined;
    if (side === 'post' || transit !== undefined) {
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
      if (numbers.some((one) => one < context.dt / 2)) remarkDelay(context, pointer);
    } else {
      result[side] = value;
      if (typeof given === 'string' && differsInSteps(given, projection, context.model))
        context.report.approximated(
          context.code('delay'),
          child(pointer, 'delays'),
          "PyNN's simulators count halves of steps as the longer delay, also where Brian counts the shorter one: some spikes arrive one step later",
        );
    }
  }
  return result;
}

/**
 * Returns the delay of a plastic synapse without one, since PyNN delays its spikes by a step. The delay is dendritic, which is
 * PyNN's default and NEST's only choice.
 *
 * @returns undefined if the synapse has a delay, or its spikes are given
 */
export function dendriticDelay(
  context: Standardising,
  { from, delays }: Projection,
  { pathways }: SynapseType,
): number | undefined {
  const [pre, post] = (['pre.spike', 'post.spike'] as const).map((event) => {
    const [key = '', pathway] = Object.entries(pathways).find(([, { on }]) => on === event) ?? [];
    return delays[key] ?? pathway?.delay;
  });
  const [source = ''] = populationsOf(from.of);
  const isNone = typeof pre === 'number' && pre < context.dt / 2 && post === 0;
  return isNone && hasType(context, source) ? context.dt : undefined;
}

/** Checks whether a population has a type: others emit given spikes. */
const hasType = ({ model }: Standardising, name: string): boolean => model.populations[name]?.type !== undefined;

function remarkDelay(context: Standardising, pointer: string): void {
  context.report.approximated(
    context.code('delay'),
    child(pointer, 'delays'),
    `spikes without delay arrive one step (${tidy(context.dt * 1e3)} ms) later: PyNN has no shorter delays`,
  );
}
