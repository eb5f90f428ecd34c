/**
 * Poisson sources that may spike several times in a step. LEMS tests each condition once a step, so that a source has as
 * many parts as it may have spikes: each, when its turn comes, lets the source spike if a spike is due.
 */

import { second } from '../../../src/lang/dimension.js';
import { spikesEnough } from '../../../src/library/poisson-counts.js';
import type { ExportContext } from './context.js';
import { quantityText } from './quantity-text.js';
import { element, type Element } from './xml-text.js';

/** Most turns that a source has in a step; with more, each step would be slow. */
export const mostTurns = 100;

/** Component types of a source and of its turns. */
export interface TurnTypes {
  /** Name of the source's. */
  readonly source: string;
  /** Name of that of one turn. */
  readonly turn: string;
  readonly types: readonly Element[];
}

/**
 * A Poisson source that has all of its spikes in the steps in which they are due. `left` is the number of spikes that the
 * rate has yet to bring until the next: exponentially distributed, with a mean of one, after each.
 */
export function turnTypes({ ids, dimensions, dt }: Pick<ExportContext, 'ids' | 'dimensions' | 'dt'>): TurnTypes {
  const [source, turn] = [ids.claim('poissonSource'), ids.claim('poissonTurn')];
  const parameter = (name: string, dimension: string): Element => element('Parameter', { name, dimension });
  const left = element('StateVariable', { name: 'left', dimension: 'none' });
  const next = 'log(random(1))';
  const types = [
    element(
      'ComponentType',
      {
        name: source,
        extends: 'baseSpikeSource',
        description:
          'A Poisson process between start and start + duration, in whole steps: it spikes in each turn in which a spike is due.',
      },
      [
        parameter('start', 'time'),
        parameter('duration', 'time'),
        parameter('rate', 'per_time'),
        element('Constant', { name: 'DT', dimension: 'time', value: quantityText(dt, second, dimensions) }),
        element('Children', { name: 'turns', type: turn }),
        element('EventPort', { name: 'in', direction: 'in' }),
        element('Dynamics', {}, [
          element('StateVariable', { name: 'tsince', dimension: 'time', exposure: 'tsince' }),
          left,
          element('DerivedVariable', {
            name: 'active',
            dimension: 'none',
            value: 'H((t - start) / DT + 0.5) * H((start + duration - t) / DT - 0.5)',
          }),
          element('TimeDerivative', { variable: 'tsince', value: '1' }),
          element('TimeDerivative', { variable: 'left', value: '-rate * active' }),
          element('OnStart', {}, [
            assign('left', `-${next} - rate * DT * H(0.5 - start / DT) * H((start + duration) / DT - 0.5)`),
          ]),
          element('OnEvent', { port: 'in' }, [
            assign('left', `left - ${next}`),
            assign('tsince', '0'),
            element('EventOut', { port: 'spike' }),
          ]),
        ]),
      ],
    ),
    element(
      'ComponentType',
      { name: turn, description: 'One more turn of a step, in which a source spikes if a spike is due.' },
      [
        element('Requirement', { name: 'left', dimension: 'none' }),
        element('EventPort', { name: 'due', direction: 'out' }),
        element('Dynamics', {}, [
          element('OnCondition', { test: 'left .lt. 0' }, [element('EventOut', { port: 'due' })]),
        ]),
        element('Structure', {}, [
          element('With', { instance: 'this', as: 'a' }),
          element('With', { instance: 'parent', as: 'b' }),
          element('EventConnection', { from: 'a', to: 'b' }),
        ]),
      ],
    ),
  ];
  return { source, turn, types };
}

const assign = (variable: string, value: string): Element => element('StateAssignment', { variable, value });

/** How many turns a source of a rate in Hz has. @param draws  how often it and others draw in the run */
export function turnsOf(
  rate: number,
  draws: number,
  dt: number,
): { readonly turns: number; readonly areEnough: boolean } {
  const enough = spikesEnough(rate * dt, draws, mostTurns);
  return { turns: enough?.most ?? mostTurns, areEnough: enough !== undefined };
}

/**
 * When a source begins, and for how long it lasts, in s and whole steps: in the model it is active in steps that begin later
 * than half a step before its start and earlier than half a step before its end.
 */
export function activeTime(
  start: number,
  duration: number,
  dt: number,
): { readonly start: number; readonly duration: number } {
  const from = firstStep(start, dt, (step) => step * dt > start - dt / 2);
  const to = firstStep(start + duration, dt, (step) => step * dt >= start + duration - dt / 2);
  if (from === undefined) return { start, duration };
  const seconds = (steps: number): number => Number((steps * dt).toPrecision(12));
  return { start: seconds(from), duration: to === undefined ? duration : seconds(Math.max(0, to - from)) };
}

/** The first step near a time for which something holds; undefined for times after every run. */
function firstStep(time: number, dt: number, holds: (step: number) => boolean): number | undefined {
  const nearest = Math.round(time / dt);
  if (!Number.isSafeInteger(nearest) || time > longAfter) return undefined;
  return [nearest - 1, nearest].find(holds) ?? nearest + 1;
}

/** Times in s from here on are after every run. */
const longAfter = 1e6;
