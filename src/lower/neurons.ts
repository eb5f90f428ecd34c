/**
 * Pass: the steps of populations by themselves: integration, event tests, lists of the emitting elements, and actions
 * of events.
 */

import { invariant } from '../diagnostics/diagnostic.js';
import * as ir from '../ir/builder.js';
import { Block } from './code/block.js';
import type { Cable, CableNames } from './context/cable.js';
import { advanceGates, coefficientBuffers, coefficients } from './cable/integrate-compartments.js';
import { atTicks } from './code/clocks.js';
import type { Context } from './context/context.js';
import { ElementScope, rangesAddress } from './scopes/element-scope.js';
import { readsAny } from '../lang/walk.js';
import { oncePerObject } from '../diagnostics/memoise.js';
import { heldOf, inlineDerived, type EventCode } from './context/equations.js';
import { actionEntries, listEntry, markEntries, multiplicityEntries, placeOf } from './events/event-kernels.js';
import type { EventSource } from './events/events.js';
import { compile } from './code/expressions.js';
import { leaderOf, orderOf, updatePlace, type Group } from './context/groups.js';
import { integrateGroup } from './integration/integrate-group.js';
import type { Entries } from './events/modes.js';
import { noiseOf, type Noise } from './integration/noise.js';
import { rankOf } from './context/profile.js';
import { eventCondition, updateRefractoriness } from './integration/refractoriness.js';
import { objectNames } from '../model/object-names.js';
import { inStep, type PlacedEntry } from './context/place.js';
import { emptyInputs, groupKernel, stepDraws, stepScope } from './scopes/step-scope.js';

/**
 * Writes the actions on entry to the first regime, at initialisation. @random stream `population/<id>/entry`, counter
 * (element, 0, 0, site)
 */
export function enterFirstRegimes(groups: readonly Group[], entries: Entries, context: Context): void {
  for (const group of groups) {
    const statements = entries.get(group.name) ?? [];
    if (statements.length === 0) continue;
    const block = new Block();
    const draws = stepDraws(group, 'entry', rangesAddress, context);
    const atStart = { ...draws, step: ir.u32(0), perStep: false };
    const scope = new ElementScope(context, group, rangesAddress, block, atStart);
    scope.execute(statements);
    scope.storeAll();
    const what = `actions of elements of ${group.name} on entry to their first regime`;
    context.builder.initially(groupKernel(group, 'enter', what, block, context));
  }
}

/** Returns the kernels of a group in each step. @param rings by `population.event` */
export function lowerGroup(
  group: Group,
  rings: ReadonlyMap<string, EventSource>,
  context: Context,
): readonly PlacedEntry[] {
  const held = heldEntries(group, context);
  const noise = noiseOf(group, context);
  const update = updateEntries(group, noise.numbers, rings, context);
  return [
    ...atTicks([...held, ...noise.entries, ...update], context),
    ...group.events.flatMap((event) =>
      group.members.flatMap((member) => {
        const source = rings.get(`${member.name}.${event.name}`);
        invariant(source, 'lower/neurons', `no ring for ${member.name}.${event.name}`);
        const emission = { group, member, event, source };
        const acting = [
          ...multiplicityEntries(emission, context),
          ...markEntries(emission, context),
          ...actionEntries(emission, context),
        ];
        // In the steps between the ticks of a clock, lists are empty.
        return [listEntry(emission, context), ...atTicks(acting, context)];
      }),
    ),
  ];
}

/** Derived variables that hold over a step are computed at its start. */
function heldEntries(group: Group, context: Context): readonly PlacedEntry[] {
  const held = heldOf(group.equations);
  if (held.length === 0) return [];
  const block = new Block();
  const slot = context.profile.defaults.hold;
  const draws = stepDraws(group, 'held', rangesAddress, context);
  const scope = new ElementScope(context, group, rangesAddress, block, draws, { slot });
  for (const [name, variable] of held) scope.write(name, compile(variable.expression, scope));
  scope.storeAll();
  const what = `derived variables of ${group.name} that hold over the step`;
  const name = objectNames.subexpressionUpdate(leaderOf(group));
  return [inStep(groupKernel(group, 'hold', what, block, context), { slot, order: orderOf(group, context), name })];
}

/** Adds the kernel that integrates a group and, if nothing is scheduled in between, tests for its events. */
function updateEntries(
  group: Group,
  noise: ReadonlyMap<string, Noise>,
  rings: ReadonlyMap<string, EventSource>,
  context: Context,
): readonly PlacedEntry[] {
  const block = new Block();
  const scope = stepScope(group, 'step', block, context);
  scope.integrating = true;
  updateRefractoriness(scope);
  const cable = cableOf(group, context);
  const entries: PlacedEntry[] = [];
  const solvedHere = cable && !cable.of.ownEquations;
  if (solvedHere) {
    if (cable.of.method !== 'cable-then-gates') advanceGates(group, cable.of, scope);
    coefficients(group, cable.of, cable.names, coefficientBuffers(group, cable.of, context), scope);
  } else {
    entries.push(...integrateGroup(group, noise, scope, context));
  }
  // Where the cable is solved afterwards, its currents are the last to read the inputs.
  if (!cable?.of.ownEquations) emptyInputs(group, scope);
  scope.integrating = false;
  const fused = cable ? [] : group.events.filter((event) => mayFuse(event, group, context));
  testEvents(group, fused, scope, rings);
  scope.storeAll();
  if (block.statements.length > 0) {
    const what = fused.length > 0 ? 'integrates and tests for events' : 'integrates';
    const kernel = groupKernel(group, 'update', `${what}: ${group.name}`, block, context);
    entries.push(inStep(kernel, updatePlace(group, context)));
  }
  for (const event of group.events.filter((candidate) => !fused.includes(candidate))) {
    const inner = new Block();
    const eventScope = stepScope(group, `event/${event.name}`, inner, context);
    testEvents(group, [event], eventScope, rings);
    eventScope.storeAll();
    const what = `tests ${group.name} for ${event.name}`;
    entries.push(
      inStep(groupKernel(group, `${event.name}.test`, what, inner, context), placeOf(event, group, context)),
    );
  }
  return entries;
}

/** The cable that a group's elements are compartments of; null for points. */
function cableOf({ name }: Group, { cables }: Context): { readonly of: Cable; readonly names: CableNames } | null {
  for (const cable of cables) {
    const compartmentClass = cable.classes.find(({ type }) => type === name);
    if (compartmentClass) return { of: cable, names: compartmentClass.names };
  }
  return null;
}

/**
 * Whether a test may run in the kernel of the integration: in the threshold slot, with nothing scheduled between the
 * two.
 */
function mayFuse(event: EventCode, group: Group, context: Context): boolean {
  const { profile, model } = context;
  const { slot } = placeOf(event, group, context);
  if (slot !== profile.defaults.threshold) return false;
  // A linked variable may be integrated after this group.
  const linked = new Set(group.members.flatMap(({ population }) => Object.keys(population.linked ?? {})));
  if (readsAny(inlineDerived(event.when, group.equations.derived), linked)) return false;
  // A sum may run after the integration of its target's group.
  if (profile.ties === 'name' && hasSums(model)) return false;
  const from = rankOf(profile, profile.defaults.integrate);
  const until = rankOf(profile, slot);
  if (rankOf(profile, profile.defaults.deliver) < until && rankOf(profile, profile.defaults.deliver) > from)
    return false;
  return ![...slotsInUse(context)].some((used) => rankOf(profile, used) >= from && rankOf(profile, used) <= until);
}

const hasSums = oncePerObject(({ synapses }: Context['model']): boolean =>
  Object.values(synapses).some(({ summed }) => summed.length > 0),
);

/** The slots of all actions of the model other than integration and tests. */
const slotsInUse = oncePerObject(
  ({ profile, model }: Context): ReadonlySet<string> =>
    new Set([
      ...Object.values(model.operations).map((operation) => operation.slot ?? profile.defaults.operation),
      ...Object.values(model.synapses).flatMap((type) =>
        Object.values(type.pathways).map((pathway) => pathway.slot ?? profile.defaults.deliver),
      ),
      ...model.recordings.map((recording) =>
        recording.kind === 'variables' && recording.slot ? recording.slot : profile.defaults.sample,
      ),
      ...Object.values(model.stimuli).map((stimulus) =>
        stimulus.kind === 'poisson' ? (stimulus.slot ?? profile.defaults.deliver) : profile.defaults.operation,
      ),
      ...Object.values(model.neurons).flatMap((type) =>
        Object.values(type.events).map((definition) => definition.actionSlot ?? profile.defaults.reset),
      ),
    ]),
);

/** Tests events and sets their mask bits. */
function testEvents(
  group: Group,
  events: readonly EventCode[],
  scope: ElementScope,
  rings: ReadonlyMap<string, EventSource>,
): void {
  for (const event of events) {
    const first = group.members[0];
    const source = first && rings.get(`${first.name}.${event.name}`);
    if (!source) continue;
    const condition = eventCondition(event, scope);
    scope.block.emit({ kind: 'setBit', mask: source.mask.name, condition });
  }
}
