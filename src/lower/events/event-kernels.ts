/** Kernels that follow an event: listing the elements, drawing multiplicities, running actions. */

import { Block } from '../code/block.js';
import type { Context } from '../context/context.js';
import type { ElementScope } from '../scopes/element-scope.js';
import type { EventCode } from '../context/equations.js';
import type { EventSource } from './events.js';
import { leaderOf, orderOf, type Group, type Member } from '../context/groups.js';
import * as messages from '../context/messages.js';
import { multiplicityOf, multiplesKernel, timesAt } from './multiplicity.js';
import { rankOf } from '../context/profile.js';
import { noteEvent } from '../integration/refractoriness.js';
import { objectNames } from '../../model/object-names.js';
import { inStep, type PlacedEntry, type StepPlace } from '../context/place.js';
import { spikeAddress, stepScope } from '../scopes/step-scope.js';
import { step } from '../code/step-time.js';

/** An event that a population of a group emits. */
interface Emission {
  readonly group: Group;
  readonly member: Member;
  readonly event: EventCode;
  readonly source: EventSource;
}

/** Returns the slot and order of an event's test. */
export function placeOf(
  { name, definition }: EventCode,
  group: Group,
  context: Context,
): StepPlace & { readonly order: number } {
  const { threshold, event } = context.profile.defaults;
  return {
    slot: definition.slot ?? (name === 'spike' ? threshold : event),
    order: definition.order + orderOf(group, context),
    name: objectNames.thresholder(leaderOf(group), name),
  };
}

/** Returns the slot and order of an event's actions. */
export function actionPlace(
  { name, definition }: EventCode,
  group: Group,
  context: Context,
): StepPlace & { readonly order: number } {
  const { reset, eventAction } = context.profile.defaults;
  return {
    slot: definition.actionSlot ?? (name === 'spike' ? reset : eventAction),
    order: (definition.actionOrder ?? definition.order) + orderOf(group, context),
    name: objectNames.resetter(leaderOf(group), name),
  };
}

/** Lists the elements that emit an event. */
export const listEntry = ({ group, member, event, source }: Emission, context: Context): PlacedEntry =>
  inStep(
    context.builder.compact(
      `${member.name}.${event.name}.compact`,
      `lists the elements of ${member.name} that emit ${event.name}`,
      source.ring.name,
    ),
    { ...placeOf(event, group, context), phase: 'list' },
  );

/**
 * Adds kernels for the multiplicity of an event, for the elements that emit it. @random stream
 * `population/<id>/multiplicity/<event>`
 */
export function multiplicityEntries(emission: Emission, context: Context): readonly PlacedEntry[] {
  const { group, member, event, source } = emission;
  const { times } = source;
  const { multiplicity } = event;
  if (!multiplicity || !times) return [];
  const what = `how often ${event.name} of ${member.name} counts`;
  const kernel = spikeKernel(emission, { name: 'count', what, purpose: 'multiplicity' }, context, (scope) => {
    const count = multiplicityOf(event, multiplicity, member.name, scope);
    scope.block.write`${times.buffer}[${timesAt(source, step, scope.address.local)}] = ${count}`;
  });
  const place = placeOf(event, group, context);
  return [
    inStep(kernel, { ...place, phase: 'count' }),
    inStep(multiplesKernel(source, context), { ...place, phase: 'log multiples' }),
  ];
}

/** Notes the step of the event for the elements that emitted it. */
export function markEntries(emission: Emission, context: Context): readonly PlacedEntry[] {
  const { group, member, event } = emission;
  if (!group.lastEvent.has(event.name)) return [];
  const what = `notes when elements of ${member.name} last emitted ${event.name}`;
  const kernel = spikeKernel(emission, { name: 'mark', what, purpose: 'refractory' }, context, (scope) =>
    noteEvent(event, scope),
  );
  return [inStep(kernel, { ...placeOf(event, group, context), phase: 'mark' })];
}

/** The actions of an event, such as a reset, on the elements that emitted it. */
export function actionEntries(emission: Emission, context: Context): readonly PlacedEntry[] {
  const { group, member, event } = emission;
  if (event.do.length === 0) return [];
  const what = `actions of ${event.name} on elements of ${member.name}`;
  const kernel = spikeKernel(emission, { name: 'act', what, purpose: 'action' }, context, (scope) => {
    scope.execute(event.do);
    scope.storeAll();
  });
  const { profile } = context;
  const place = actionPlace(event, group, context);
  const { slot } = place;
  const test = placeOf(event, group, context);
  const tested = test.slot;
  const later = rankOf(profile, slot) - rankOf(profile, tested) || place.order - test.order;
  if (later < 0) {
    context.diagnostics.within(`/neurons/${group.name}/events/${event.name}`, () =>
      context.diagnostics.add(
        messages.unsupportedFeature(
          `an event whose actions come before its test (${group.name}.${event.name}: slot ${tested}, ` +
            `actionSlot ${slot})`,
          'let the actions come in the slot of the event or in a later one',
        ),
      ),
    );
  }
  return [inStep(kernel, later === 0 ? { ...test, phase: 'act' } : place)];
}

/**
 * Adds a kernel over the elements that emitted an event in this step. @random stream
 * `population/<id>/<purpose>/<event>`
 *
 * @param as name and comment of the kernel, and the purpose that distinguishes its draws from others
 * @returns its name
 */
function spikeKernel(
  { group, member, event, source }: Emission,
  as: { readonly name: string; readonly what: string; readonly purpose: string },
  context: Context,
  write: (scope: ElementScope) => void,
): string {
  const block = new Block();
  const address = spikeAddress(member, block);
  write(stepScope(group, `${as.purpose}/${event.name}`, block, context, address));
  return context.builder.map(
    `${member.name}.${event.name}.${as.name}`,
    as.what,
    { kind: 'spikes', event: source.ring.name },
    false,
    block,
  );
}
