/**
 * What all code that steps elements or synapses needs: its scope, its time, its random numbers, and the marks of its
 * events.
 */

import * as ir from '../../ir/builder.js';
import type { Expression as Ir } from '../../ir/program.js';
import type { Block } from '../block.js';
import type { Context } from '../context.js';
import type { Draws } from '../draws.js';
import { drawsAt, drawStep } from '../draws.js';
import { step } from '../element-scope.js';
import type { Member } from '../groups.js';
import type { Network, SteppedGroup } from './layout.js';
import { elementOwner } from './owners.js';
import type { Stepping } from './parts.js';
import { StepScope } from './scope.js';

/**
 * What is done to the elements of a population: the whole step, or at the start derived values or entering the first
 * regime.
 */
export type Stage = 'step' | 'derive' | 'enter';

/** u32 counter word of draws. */
export const stepOf = (stage: Stage, context: Context): Ir => (stage === 'step' ? drawStep(step, context) : ir.u32(0));

/** Float64 time that code sees. */
export const timeNow = ({ time }: Network, block: Block): Ir => block.name('t', ir.load(time, ir.u32(0)));

/** Where code of an element goes, and which element and moment it is about. */
interface AtElement {
  /** u32 index in the population. */
  readonly local: Ir;
  /** u32 index in the merged arrays. */
  readonly index: Ir;
  readonly block: Block;
  readonly time: Ir;
  /** Shared by all code of one step of an element, so that no number is drawn twice. */
  readonly sites?: Draws['sites'];
}

/** The scope of code of one element. */
export function elementScope(
  network: Network,
  stepped: SteppedGroup,
  member: Member,
  stage: Stage,
  { local, index, block, time, sites }: AtElement,
): StepScope {
  const { context } = network;
  const draws = drawsAt(
    {
      keys: `${member.name}.${stage}.keys`,
      streams: [`population/${member.name}/${stage}`],
      element: local,
      step: stepOf(stage, context),
      ...(sites ? { sites } : {}),
    },
    context,
  );
  return new StepScope(context, { ...elementOwner(network, stepped, member, local), index }, block, time, draws);
}

/** What the parts of an element need to know. */
export const steppingOf = (stepped: SteppedGroup, scope: StepScope, emit: Stepping['emit']): Stepping => ({
  scope,
  code: stepped.code,
  regime: stepped.regime,
  watched: stepped.group,
  emit,
});
