/**
 * Pass: what populations do by themselves in a step: integrate, test for events, mark the elements that emitted, and
 * run the events' actions.
 */

import { invariant } from '../diagnostics/diagnostic.js';
import * as ir from '../ir/builder.js';
import type { Buffer, Expression as Ir } from '../ir/program.js';
import { Block } from './block.js';
import { isCableMethod, type Cable, type CableNames } from './cable/cable.js';
import { advanceGates, coefficientBuffers, coefficients } from './cable/integrate-compartments.js';
import type { Context } from './context.js';
import { drawsAt, drawStep, keyAt, keyBuffer, normalPairOf, philox, siteWord } from './draws.js';
import type { Draws } from './draws.js';
import type { Address } from './element-scope.js';
import { ElementScope, rangesAddress } from './element-scope.js';
import { step } from './step-time.js';

import type { EventCode } from './equations.js';
import type { EventSource } from './events.js';
import { countOf, multiplesKernel, timesAt } from './multiples.js';
import { compile, to } from './expressions.js';
import { compiledTerms, computePropagators, propagated, propagatorsOf } from './exact.js';
import { fold } from '../ir/fold.js';
import type { Group, Member } from './groups.js';
import { rangesOf } from './groups.js';
import { escaping } from './escape.js';
import { newValues, steppedDerivatives } from './integrate.js';
import { chooseMethod } from './choose-method.js';
import type { Chosen } from './choose-method.js';
import type { LinearSystem } from './integrate.js';
import { runsOnLanes } from './lanes.js';
import * as messages from './messages.js';
import type { Entries } from './modes.js';
import { rankOf } from './profile.js';
import { activity, eventCondition, noteEvent, updateRefractoriness } from './refractoriness.js';
import type { Site } from './propagators.js';

/**
 * What elements do when their first regime is entered. @random stream `population/<id>/entry`, counter (element, 0, 0,
 * site)
 */
export function enterFirstRegimes(groups: readonly Group[], entries: Entries, context: Context): void {
  for (const group of groups) {
    const statements = entries.get(group.name) ?? [];
    if (statements.length === 0) continue;
    const block = new Block();
    const draws = stepDraws(group, 'entry', rangesAddress, context);
    const scope = new ElementScope(context, group, rangesAddress, block, {
      ...draws,
      step: ir.u32(0),
      perStep: false,
      key: draws.key,
    });
    scope.execute(statements);
    scope.storeAll();
    const kernel = `${group.name}.enter`;
    const what = `what elements of ${group.name} do at the start, when they enter their first regime`;
    context.builder.initially(context.builder.map(kernel, what, rangesOf(group), lanes(block, context), block));
  }
}

/** Adds the kernels of a group to each step. */
export function lowerGroup(group: Group, rings: ReadonlyMap<string, EventSource>, context: Context): void {
  const { builder } = context;
  holdDerived(group, context);
  const noise = noiseBuffers(group, context);
  updateKernel(group, noise, rings, context);
  for (const event of group.events) {
    const when = slotOf(event, context);
    for (const member of group.members) {
      const source = rings.get(`${member.name}.${event.name}`);
      invariant(source, 'lower/neurons', `no ring for ${member.name}.${event.name}`);
      builder.each(
        builder.compact(
          `${member.name}.${event.name}.compact`,
          `lists the elements of ${member.name} that emit ${event.name}`,
          source.ring.name,
        ),
        { ...when, phase: 'list' },
      );
      multiplicityKernel(group, member, event, source, when, context);
      markKernel(group, member, event, source, when, context);
      actionKernel(group, member, event, source, context);
    }
  }
}

interface When {
  readonly slot: string;
  readonly order: number;
}

function slotOf(event: EventCode, context: Context): When {
  const { defaults } = context.profile;
  return {
    slot: event.definition.slot ?? (event.name === 'spike' ? defaults.threshold : defaults.event),
    order: event.definition.order,
  };
}

/**
 * Draws of code that runs for each element in each step. @random stream `population/<id>/<purpose>`, counter (element,
 * 0, step, site)
 */
export function stepDraws(group: Group, purpose: string, { local, ordinal }: Address, context: Context): Draws {
  return drawsAt(
    {
      keys: `${group.name}.${purpose.replace('/', '.')}.keys`,
      streams: group.members.map((member) => `population/${member.name}/${purpose}`),
      ordinal,
      element: local,
      step: drawStep(step, context),
      perStep: true,
    },
    context,
  );
}

/** Derived variables that hold over a step are computed at its start. */
function holdDerived(group: Group, context: Context): void {
  const held = [...group.equations.derived].filter(([, variable]) => variable.held);
  if (held.length === 0) return;
  const block = new Block();
  const scope = new ElementScope(
    context,
    group,
    rangesAddress,
    block,
    stepDraws(group, 'held', rangesAddress, context),
    { slot: context.profile.defaults.hold },
  );
  for (const [name, variable] of held) scope.write(name, compile(variable.expression, scope));
  scope.storeAll();
  const { builder, profile } = context;
  const kernel = builder.map(
    `${group.name}.hold`,
    `derived variables of ${group.name} that hold over the step`,
    rangesOf(group),
    lanes(block, context),
    block,
  );
  builder.each(kernel, { slot: profile.defaults.hold, order: 0 });
}

const lanes = (block: Block, context: Context): boolean => runsOnLanes(block.statements, context.builder);

/** sqrt(dt) times a normal number for each element, for even and odd steps. */
export interface Noise {
  readonly even: Buffer;
  readonly odd: Buffer;
}

/**
 * White noise: one generator block gives the numbers of an even step and the next, so it runs every second step.
 *
 * @random stream `population/<id>/noise/<xi>`, counter (element, 0, step / 2, 0)
 */
export function noiseBuffers(group: Group, context: Context): Map<string, Noise> {
  const { builder, profile } = context;
  const result = new Map<string, Noise>();
  for (const xi of group.equations.noise) {
    const name = `${group.name}.${xi}`;
    const words = ['a', 'b', 'c', 'd'].map((word) =>
      builder.buffer(`${name}.word_${word}`, 'u32', group.length, `random words of ${xi} of ${group.name}`),
    );
    const noise = {
      even: builder.buffer(
        `${name}.even`,
        context.real,
        group.length,
        `${xi} of ${group.name} times dt in even steps (s**0.5)`,
      ),
      odd: builder.buffer(
        `${name}.odd`,
        context.real,
        group.length,
        `${xi} of ${group.name} times dt in odd steps (s**0.5)`,
      ),
    };
    const keys = keyBuffer(
      `${name}.keys`,
      group.members.map((member) => `population/${member.name}/noise/${xi}`),
      context,
    );
    const first = new Block();
    const half = ir.shr(drawStep(step, context), ir.u32(1));
    philox(
      [rangesAddress.local, ir.u32(0), half, siteWord(0)],
      keyAt(keys, rangesAddress.ordinal),
      first,
      context,
    ).forEach((word, k) => first.emit(ir.store(words[k] as Buffer, rangesAddress.index, word)));
    const second = new Block();
    const pair = normalPairOf(
      words.map((word) => ir.load(word, rangesAddress.index)) as [Ir, Ir, Ir, Ir],
      second,
      context,
    );
    const scale = ir.f64(Math.sqrt(context.dt));
    second.emit(
      ir.store(noise.even, rangesAddress.index, to(context.real, ir.mul(scale, pair[0]))),
      ir.store(noise.odd, rangesAddress.index, to(context.real, ir.mul(scale, pair[1]))),
    );
    for (const [label, block] of [
      ['words', first],
      ['normals', second],
    ] as const) {
      const kernel = builder.map(
        `${name}.${label}`,
        `${label} of the noise ${xi} of ${group.name} for two steps`,
        rangesOf(group),
        lanes(block, context),
        block,
      );
      builder.each(kernel, { slot: profile.defaults.integrate, order: 'first' }, 2);
    }
    result.set(xi, noise);
  }
  return result;
}

/** The kernel that integrates a group and, where nothing comes between, tests for its events. */
function updateKernel(
  group: Group,
  noise: ReadonlyMap<string, Noise>,
  rings: ReadonlyMap<string, EventSource>,
  context: Context,
): void {
  const { builder, profile } = context;
  const block = new Block();
  const scope = new ElementScope(
    context,
    group,
    rangesAddress,
    block,
    stepDraws(group, 'step', rangesAddress, context),
  );
  scope.integrating = true;
  updateRefractoriness(scope);
  const cable = cableOf(group, context);
  if (cable) {
    if (cable.of.method !== 'cable-then-gates') advanceGates(group, cable.of, scope);
    coefficients(group, cable.of, cable.names, coefficientBuffers(group, cable.of, context), scope);
  } else {
    integrateGroup(group, noise, scope, context);
  }
  for (const [input, { reduce }] of Object.entries(group.type.inputs))
    scope.write(input, ir.f64(reduce === 'product' ? 1 : 0));
  scope.integrating = false;
  const fused = cable ? [] : group.events.filter((event) => mayFuse(event, context));
  if (fused.length > 0) testEvents(group, fused, scope, block, rings);
  scope.storeAll();
  if (block.statements.length > 0) {
    const what = fused.length > 0 ? 'integrates and tests for events' : 'integrates';
    const kernel = builder.map(
      `${group.name}.update`,
      `${what}: ${group.name}`,
      rangesOf(group),
      lanes(block, context),
      block,
    );
    builder.each(kernel, { slot: profile.defaults.integrate, order: 0 });
  }
  for (const event of group.events.filter((candidate) => !fused.includes(candidate))) {
    const inner = new Block();
    const eventScope = new ElementScope(
      context,
      group,
      rangesAddress,
      inner,
      stepDraws(group, `event/${event.name}`, rangesAddress, context),
    );
    testEvents(group, [event], eventScope, inner, rings);
    eventScope.storeAll();
    const when = slotOf(event, context);
    const kernel = builder.map(
      `${group.name}.${event.name}.test`,
      `tests ${group.name} for ${event.name}`,
      rangesOf(group),
      lanes(inner, context),
      inner,
    );
    builder.each(kernel, when);
  }
}

/** The cable that a group's elements are compartments of; null for points. */
function cableOf({ name }: Group, { cables }: Context): { readonly of: Cable; readonly names: CableNames } | null {
  for (const cable of cables) {
    const own = cable.classes.find(({ type }) => type === name);
    if (own) return { of: cable, names: own.names };
  }
  return null;
}

/** Whether a test may run with the integration: in the threshold slot, with nothing scheduled between the two. */
function mayFuse(event: EventCode, context: Context): boolean {
  const { profile, model } = context;
  const slot = slotOf(event, context).slot;
  if (slot !== profile.defaults.threshold) return false;
  const from = rankOf(profile, profile.defaults.integrate);
  const until = rankOf(profile, slot);
  if (rankOf(profile, profile.defaults.deliver) < until && rankOf(profile, profile.defaults.deliver) > from)
    return false;
  const slots = [
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
  ];
  return !slots.some((used) => rankOf(profile, used) >= from && rankOf(profile, used) <= until);
}

function integrateGroup(group: Group, noise: ReadonlyMap<string, Noise>, scope: ElementScope, context: Context): void {
  const equations = group.equations;
  if (steppedDerivatives(equations).size === 0) return;
  const chosen = methodOf(group, context);
  if (!chosen) return;
  context.builder.notes.push(`${group.name} is integrated by ${chosen.method}`);
  const active = activity(scope);
  // Where the model names no method, the chosen one must cope with variables that a threshold is about to reset.
  const watched =
    equations.method === 'auto' && group.events.length > 0
      ? escaping([...steppedDerivatives(equations).keys()], equations)
      : [];
  const isExact = chosen.method === 'exact';
  const values = isExact
    ? exactValues(group, chosen.system, active, scope, context)
    : newValues(chosen.method, equations, scope, noiseOfStep(noise, scope), active, watched);
  for (const [name, value] of values) {
    const condition = active.get(name);
    scope.write(
      name,
      condition && !isExact ? fold(ir.select(condition, value, to(value.type, scope.read(name)))) : value,
    );
  }
}

/** The noise of a step, by name: sqrt(dt) times a normal number for the element of the scope. */
export function noiseOfStep(noise: ReadonlyMap<string, Noise>, { block, place }: ElementScope): Map<string, Ir> {
  const isEven = ir.eq(ir.and(step, ir.i32(1)), ir.i32(0));
  return new Map(
    [...noise].map(([xi, { even, odd }]) => [
      xi,
      block.name(xi, ir.select(isEven, ir.load(even, place), ir.load(odd, place))),
    ]),
  );
}

/** Where the propagators of a group's elements are computed and kept. */
function propagatorSite(group: Group, context: Context): Site {
  const scope = (block: Block): ElementScope => {
    const result = new ElementScope(context, group, rangesAddress, block, null);
    result.integrating = true;
    return result;
  };
  return {
    name: group.name,
    context,
    at: rangesAddress.index,
    scope,
    buffer: (name, comment) => context.builder.buffer(name, context.real, group.length, comment),
    kernel(name, comment, write) {
      const block = new Block();
      write(scope(block), rangesAddress.index);
      return context.builder.map(name, comment, rangesOf(group), false, block);
    },
  };
}

/** Exact step in both modes: with the equations in force, and with the rates of refractory variables zero. */
function exactValues(
  group: Group,
  system: LinearSystem,
  active: ReadonlyMap<string, Ir>,
  scope: ElementScope,
  context: Context,
): Map<string, Ir> {
  const site = propagatorSite(group, context);
  const free = propagatorsOf(system, new Set(), site);
  const frozen = new Set(active.keys());
  const held = frozen.size > 0 ? propagatorsOf(system, frozen, site) : null;
  computePropagators([...free.kernels, ...(held?.kernels ?? [])], system, group.name, 0, context);
  const terms = compiledTerms(system, site, scope);
  const [all = null] = active.values();
  return new Map(
    system.names.map((name, i) => {
      const running = propagated(i, system, free, terms, scope);
      if (!held || !all) return [name, scope.block.name(`next_${name}`, running)];
      const stopped = frozen.has(name)
        ? to(scope.real, scope.read(name))
        : propagated(
            i,
            system,
            held,
            terms.map((term, j) => (frozen.has(system.names[j] as string) ? null : term)),
            scope,
          );
      const same = JSON.stringify(running) === JSON.stringify(stopped);
      return [name, scope.block.name(`next_${name}`, same ? running : ir.select(all, running, stopped))];
    }),
  );
}

/** The integration method of a group, or null after a diagnostic. */
function methodOf(group: Group, context: Context): Chosen | null {
  const { equations } = group;
  // Linked parameters change when what they are linked to does.
  const linked = group.members.flatMap(({ population }) => Object.keys(population.linked ?? {}));
  const inputs = new Set([...Object.keys(group.type.inputs), ...linked]);
  const { method: own } = equations;
  if (isCableMethod(own)) {
    const hint = 'leave the method out, or give the type compartments';
    context.diagnostics.add(messages.methodRefused(own, group.name, 'it has no compartments', hint));
    return null;
  }
  return chooseMethod(group.name, equations, inputs, severalModes(group), context);
}

/** There are two sets of propagators: as the equations stand, and with the rates of one set of variables zero. */
function severalModes(group: Group): string | null {
  const frozen = group.events.map((event) => event.definition.refractory?.rate ?? []).filter((rate) => rate.length > 0);
  const sets = new Set(frozen.map((rate) => [...rate].sort().join()));
  return sets.size > 1 || (sets.size === 1 && frozen.length > 1) ? 'several events freeze variables of it' : null;
}

/** Tests events and sets their mask bits. */
function testEvents(
  group: Group,
  events: readonly EventCode[],
  scope: ElementScope,
  block: Block,
  rings: ReadonlyMap<string, EventSource>,
): void {
  for (const event of events) {
    const first = group.members[0];
    const source = first && rings.get(`${first.name}.${event.name}`);
    if (!source) continue;
    const condition = eventCondition(event, scope);
    block.emit({ kind: 'setBit', mask: source.mask.name, condition });
  }
}

/** Address of an element that emitted an event, in a kernel over the spikes of a population. */
function spikeAddress(member: Member, block: Block): Address {
  const local: Ir = { kind: 'local', type: 'u32', name: 'index' };
  return {
    index: block.name('element', ir.add(ir.u32(member.begin), local)),
    ordinal: ir.u32(member.ordinal),
    local,
  };
}

/** Notes the step of the event for the elements that emitted it. */
function markKernel(
  group: Group,
  member: Member,
  event: EventCode,
  source: EventSource,
  when: When,
  context: Context,
): void {
  if (!group.lastEvent.has(event.name)) return;
  const { builder } = context;
  const block = new Block();
  const address = spikeAddress(member, block);
  const draws = stepDraws(group, `refractory/${event.name}`, address, context);
  noteEvent(event, new ElementScope(context, group, address, block, draws));
  const kernel = builder.map(
    `${member.name}.${event.name}.mark`,
    `notes when elements of ${member.name} last emitted ${event.name}`,
    { kind: 'spikes', event: source.ring.name },
    false,
    block,
  );
  builder.each(kernel, { ...when, phase: 'mark' });
}

/** How often an event counts, for the elements that emit it. @random stream `population/<id>/multiplicity/<event>` */
function multiplicityKernel(
  group: Group,
  member: Member,
  event: EventCode,
  source: EventSource,
  when: When,
  context: Context,
): void {
  if (!event.multiplicity || !source.times) return;
  const { builder } = context;
  const block = new Block();
  const address = spikeAddress(member, block);
  const scope = new ElementScope(
    context,
    group,
    address,
    block,
    stepDraws(group, `multiplicity/${event.name}`, address, context),
  );
  const count = countOf(event, event.multiplicity, member.name, scope);
  block.emit(ir.store(source.times.buffer, timesAt(source, step, address.local), count));
  const kernel = builder.map(
    `${member.name}.${event.name}.count`,
    `how often ${event.name} of ${member.name} counts`,
    { kind: 'spikes', event: source.ring.name },
    false,
    block,
  );
  builder.each(kernel, { ...when, phase: 'count' });
  builder.each(multiplesKernel(source, context), { ...when, phase: 'log multiples' });
}

/** What an event does to the elements that emitted it, such as a reset. */
function actionKernel(group: Group, member: Member, event: EventCode, source: EventSource, context: Context): void {
  if (event.do.length === 0) return;
  const { builder, profile } = context;
  const block = new Block();
  const address = spikeAddress(member, block);
  const scope = new ElementScope(
    context,
    group,
    address,
    block,
    stepDraws(group, `action/${event.name}`, address, context),
  );
  scope.execute(event.do);
  scope.storeAll();
  const kernel = builder.map(
    `${member.name}.${event.name}.act`,
    `what ${event.name} does to elements of ${member.name}`,
    { kind: 'spikes', event: source.ring.name },
    false,
    block,
  );
  const slot =
    event.definition.actionSlot ?? (event.name === 'spike' ? profile.defaults.reset : profile.defaults.eventAction);
  const when = slotOf(event, context);
  const later = rankOf(profile, slot) - rankOf(profile, when.slot);
  if (later < 0) {
    context.diagnostics.within(`/neurons/${group.name}/events/${event.name}`, () =>
      context.diagnostics.add(
        messages.unsupportedFeature(
          `an event whose actions come before its test (${group.name}.${event.name}: slot ${when.slot}, ` +
            `actionSlot ${slot})`,
          'let the actions come in the slot of the event or in a later one',
        ),
      ),
    );
  }
  builder.each(kernel, { slot, order: event.definition.order, ...(later === 0 ? { phase: 'act' } : {}) });
}
