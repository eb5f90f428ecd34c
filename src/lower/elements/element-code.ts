/** Shared context of code that steps elements or synapses: its scope, time, random numbers and event marks. */

import * as ir from '../../ir/builder.js';
import type { Expression as Ir } from '../../ir/program.js';
import type { Block } from '../code/block.js';
import type { Context } from '../context/context.js';
import type { Draws } from '../code/draws.js';
import { drawsAt, drawStep } from '../code/draws.js';
import { step } from '../code/step-time.js';
import type { Member } from '../context/groups.js';
import type { Network, SteppedGroup } from './layout.js';
import type { Stepping } from './parts.js';
import type { ElementScope } from '../scopes/element-scope.js';
import { noiseOfStep } from '../integration/noise.js';

/**
 * The stage that code belongs to: a whole step, or, at the start of a run, computing derived variables or entering the
 * first regime.
 */
export type Stage = 'step' | 'derive' | 'enter';

/** u32 counter value of draws. */
export const stepOf = (stage: Stage, context: Context): Ir => (stage === 'step' ? drawStep(step, context) : ir.u32(0));

/** Float64 time in the code. */
export const timeNow = ({ time }: Network, block: Block): Ir => block.name('t', ir.load(time, ir.u32(0)));

/** Draws of the code of elements at a stage. @param local  u32 index in the population */
export const elementDraws = (
  { name }: Member,
  stage: Stage,
  local: Ir,
  context: Context,
  sites: Draws['sites'] = { next: 0 },
): Draws =>
  drawsAt(
    {
      keys: `${name}.${stage}.keys`,
      streams: [`population/${name}/${stage}`],
      element: local,
      step: stepOf(stage, context),
      sites,
    },
    context,
  );

/** Arguments of the parts of an element. */
export const steppingOf = (stepped: SteppedGroup, scope: ElementScope, emit: Stepping['emit']): Stepping => ({
  scope,
  code: stepped.code,
  regime: stepped.regime,
  watched: stepped.group,
  noise: noiseOfStep(stepped.noise.numbers, scope),
  emit,
});
