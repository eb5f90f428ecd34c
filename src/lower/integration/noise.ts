/** White noise of groups: random numbers for two steps at a time. */

import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { Block } from '../code/block.js';
import type { Context } from '../context/context.js';
import { drawStep, keyAt, keyBuffer, normalPairOf, philox, siteWord } from '../code/draws.js';
import { populationInModel } from '../context/cable.js';
import { compartmentOf } from '../scopes/compartment-of.js';
import { cellOf, rangesAddress, type ElementScope } from '../scopes/element-scope.js';
import { to } from '../code/expressions.js';
import type { Group } from '../context/groups.js';
import { inStep, type PlacedEntry } from '../context/place.js';
import { groupKernel } from '../scopes/step-scope.js';
import { step } from '../code/step-time.js';

/** The two kernels of a noise, by the ends of their names. */
const labels = ['words', 'normals'] as const;

/** Whether a kernel draws noise, for an even step and the next. */
export const isNoiseKernel = (name: string): boolean => labels.some((label) => name.endsWith(`.${label}`));

/** sqrt(dt) times a normal number for each element, for even and odd steps. */
export interface Noise {
  readonly even: Buffer;
  readonly odd: Buffer;
}

/** White noise of a group. */
export interface GroupNoise {
  /** By name. */
  readonly numbers: ReadonlyMap<string, Noise>;
  /** The kernels that draw the numbers in every second step. */
  readonly entries: readonly PlacedEntry[];
}

/**
 * White noise: one generator block gives the numbers of an even step and the next, so it runs every second step.
 *
 * @random stream `population/<id>/noise/<xi>`, counter (element, 0, step / 2, 0); of mechanisms on cells with
 * compartments `population/<id>/noise/<mechanism>_<xi>`, counter (cell, compartment, step / 2, 0)
 */
export function noiseOf(group: Group, context: Context): GroupNoise {
  const { builder, profile } = context;
  const numbers = new Map<string, Noise>();
  const entries: PlacedEntry[] = [];
  for (const xi of group.equations.noise) {
    const name = `${group.name}.${xi}`;
    const words = ['a', 'b', 'c', 'd'].map((word) =>
      builder.buffer(`${name}.word_${word}`, 'u32', group.length, `random u32 of ${xi} of ${group.name}`),
    );
    const noise = buffersOf(group, xi, context);
    const keys = keyBuffer(
      `${name}.keys`,
      group.members.map((member) => `population/${populationInModel(member.name, context.shown)}/noise/${xi}`),
      context,
    );
    const first = new Block();
    const cell = cellOf(group, rangesAddress, context);
    const compartment = compartmentOf(group, rangesAddress, context);
    const now = drawStep(step, context);
    const half = inPairs(context) ? code`${now} >> 1u` : now;
    const { index, ordinal } = rangesAddress;
    philox([cell, compartment, half, siteWord(0)], keyAt(keys, ordinal), first).forEach(
      (word, k) => first.write`${words[k] as Buffer}[${index}] = ${word}`,
    );
    const second = new Block();
    const [even, odd] = normalPairOf(words.map((word) => ir.load(word, index)) as [Ir, Ir, Ir, Ir], second);
    const scaled = (normal: Ir): Ir => to(context.real, code`${Math.sqrt(context.dt)} * ${normal}`);
    second.write`
      ${noise.even}[${index}] = ${scaled(even)}
      ${noise.odd}[${index}] = ${scaled(odd)}`;
    for (const [label, block] of [
      [labels[0], first],
      [labels[1], second],
    ] as const) {
      const what = `${label} of the noise ${xi} of ${group.name} for two steps`;
      const kernel = groupKernel(group, `${xi}.${label}`, what, block, context);
      entries.push(inStep(kernel, { slot: profile.defaults.integrate, order: 'first' }, inPairs(context) ? 2 : 1));
    }
    numbers.set(xi, noise);
  }
  return { numbers, entries };
}

/** The noises of a group, by name. */
export const noisesOf = (group: Group, context: Context): ReadonlyMap<string, Noise> =>
  new Map(group.equations.noise.map((xi) => [xi, buffersOf(group, xi, context)]));

function buffersOf(group: Group, xi: string, { builder, real }: Context): Noise {
  const ofSteps = (parity: 'even' | 'odd'): Buffer =>
    builder.commonBuffer(
      `${group.name}.${xi}.${parity}`,
      real,
      group.length,
      `${xi} of ${group.name} times dt in ${parity} steps (s**0.5)`,
    );
  return { even: ofSteps('even'), odd: ofSteps('odd') };
}

/** Whether numbers are drawn for two steps at a time; elements with a clock draw at each tick. */
const inPairs = ({ every }: Pick<Context, 'every'>): boolean => every === 1;

/** The noise of a step, by name: sqrt(dt) times a normal number for the element of the scope. */
export function noiseOfStep(
  noise: ReadonlyMap<string, Noise>,
  { block, context, place }: ElementScope,
): Map<string, Ir> {
  const ofStep = ({ even, odd }: Noise): Ir =>
    inPairs(context) ? code`select((${step} & 1i) == 0i, ${even}[${place}], ${odd}[${place}])` : ir.load(even, place);
  return new Map([...noise].map(([xi, ofXi]) => [xi, block.name(xi, ofStep(ofXi))]));
}
