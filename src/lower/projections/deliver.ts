/**
 * Pass: all deliveries to elements in the delivery slots, in order: pathways, Poisson stimuli, and the kernels that
 * empty inboxes. An inbox is emptied before its variable is read, at the latest at the end of the slot.
 */

import { invariant } from '../../diagnostics/diagnostic.js';
import * as ir from '../../ir/builder.js';
import type { Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { runsOnLanes } from '../code/lanes.js';
import { oncePerObject } from '../../diagnostics/memoise.js';
import { namesIn } from '../../lang/walk.js';
import { grouped } from '../../model/collections.js';
import type { Stimulus } from '../../model/typed.js';
import { Block } from '../code/block.js';
import type { Changing } from '../plan/phase-values.js';
import { combined, readChanging } from '../plan/phase-values.js';
import { atTicks, onClock } from '../code/clocks.js';
import type { Context } from '../context/context.js';
import { drawsAt, drawStep } from '../code/draws.js';
import { ElementScope } from '../scopes/element-scope.js';
import { step } from '../code/step-time.js';
import type { EventSource } from '../events/events.js';
import { compile, to } from '../code/expressions.js';
import { fold } from '../../ir/fold.js';
import { updatePlace, type Group } from '../context/groups.js';
import type { Piece } from '../scopes/selections.js';
import { pieceDomain, piecesOf, selectionStreams, withoutRepeats } from '../scopes/selections.js';
import type { Arriving, Inbox } from './inbox.js';
import { powerOfTwo } from '../../ir/power-of-two.js';
import { exponentOfSum, flushKernel, isCoarse } from './inbox.js';
import * as messages from '../context/messages.js';
import { mostSpikesAtOnce } from '../events/multiplicity.js';
import type { PathwayCode } from './pathways.js';
import { valuesPlaces } from '../events/event-values.js';
import { arrivals, declareBounds, inboxKey, likelyArrivals, sharedKey } from './pathways.js';
import { aroundOwned } from './owned-kernels.js';
import { pathwayKernel } from './pathway-kernel.js';
import { actionPlace, placeOf } from '../events/event-kernels.js';
import { continuousPlaces } from './sums.js';
import { objectNames } from '../../model/object-names.js';
import { rankOf } from '../context/profile.js';
import { inStep, type PlacedEntry, type StepPlace } from '../context/place.js';

/** One thing that happens in a delivery slot. */
interface Delivery {
  readonly slot: string;
  readonly order: number;
  readonly name: string;
  /** Whether it comes before everything else of its order. */
  readonly before?: boolean;
  /** `group/variable` keys that it reads or writes directly. */
  readonly touches: ReadonlySet<string>;
  /** Keys of the inboxes that it adds to. */
  readonly fills: ReadonlySet<string>;
  /** The context of its kernel's code, which runs at the ticks of its clock; absent: in every step. */
  readonly at?: Context;
  /** Writes its kernels; absent for kernels of other passes, which only require empty inboxes. */
  readonly emit?: () => readonly string[];
}

/** Adds the kernels that run pathways, and the kernels that empty their inboxes. */
export function lowerDeliveries(
  codes: readonly PathwayCode[],
  groups: readonly Group[],
  rings: ReadonlyMap<string, EventSource>,
  context: Context,
): readonly PlacedEntry[] {
  const inboxes = allocateInboxes(codes, rings, context);
  declareBounds(codes, context);
  const deliveries = [
    ...codes.map((code) => {
      const delivery = pathwayDelivery(code, rings, inboxes, context);
      return { ...delivery, touches: throughLinks(delivery.touches, groups, inboxes, context) };
    }),
    ...stimulusDeliveries(groups, context),
    ...barriers(codes, groups, inboxes, context),
  ].sort(
    (a, b) =>
      rankOf(context.profile, a.slot) - rankOf(context.profile, b.slot) ||
      a.order - b.order ||
      Number(b.before ?? false) - Number(a.before ?? false) ||
      (a.name < b.name ? -1 : 1),
  );
  const entries: PlacedEntry[] = [];
  const pending = new Set<string>();
  const ranks = new Map(groups.map((group, rank) => [group, rank]));
  const rank = ({ group }: Inbox): number => ranks.get(group) ?? groups.length;
  const flush = (inboxesDue: readonly Inbox[], place: StepPlace): void => {
    const byGroup = grouped(
      [...inboxesDue].sort((a, b) => rank(a) - rank(b)),
      ({ group }) => [group],
    );
    for (const due of byGroup.values())
      entries.push(inStep(flushKernel([...due].sort(byVariable), place, context), place));
  };
  const flushPending = (keys: readonly string[], place: StepPlace): void => {
    flush(
      keys.flatMap((key) => inboxes.get(key) ?? []),
      place,
    );
    for (const key of keys) pending.delete(key);
  };
  const first: StepPlace = { slot: context.profile.defaults.deliver, order: 'first' };
  // Events sent earlier arrive first, because later deliveries in the slot may read their effects.
  flush(
    [...inboxes.values()].filter(({ slots }) => slots > 1),
    first,
  );
  deliveries.forEach((delivery, k) => {
    const due = [...delivery.touches].filter((key) => pending.has(key)).sort();
    // Flushes for an event's kernels run before other kernels of that order.
    const place: StepPlace = {
      slot: delivery.slot,
      order: delivery.order,
      name: delivery.name,
    };
    if (due.length > 0)
      flushPending(due, delivery.before || context.profile.ties === 'name' ? { ...place, phase: 'flush' } : place);
    const kernels = delivery.emit?.().map((kernel) => inStep(kernel, place)) ?? [];
    entries.push(...atTicks(kernels, delivery.at ?? context));
    for (const key of delivery.fills) pending.add(key);
    const following = deliveries[k + 1];
    if (following?.slot !== delivery.slot && pending.size > 0)
      flushPending([...pending].sort(), { slot: delivery.slot, order: 'last' });
  });
  return entries;
}

/**
 * Adds to the variables that code reads or writes the sources of its linked parameters, if links are live. A derived
 * variable may depend on all variables of its population.
 */
function throughLinks(
  touches: ReadonlySet<string>,
  groups: readonly Group[],
  inboxes: ReadonlyMap<string, Inbox>,
  { profile }: Context,
): ReadonlySet<string> {
  if (profile.links !== 'live') return touches;
  const links = linksOf(groups).flatMap(({ group, name, link }) => (reads(touches, group, name) ? [link] : []));
  if (links.length === 0) return touches;
  const stands = ([, { group, variable }]: readonly [string, Inbox]): boolean =>
    links.some(
      (link) =>
        group.members.some(({ name }) => name === link.population) &&
        (variable === link.variable || group.equations.derived.has(link.variable)),
    );
  return new Set([...touches, ...[...inboxes].filter(stands).map(([key]) => key)]);
}

/** Returns the linked parameters of groups. */
const linksOf = oncePerObject((groups: readonly Group[]) =>
  groups.flatMap((group) =>
    group.members.flatMap(({ population }) =>
      Object.entries(population.linked ?? {}).map(([name, link]) => ({ group, name, link })),
    ),
  ),
);

/** Whether code reads or writes a parameter of a group, directly or in a derived variable. */
const reads = (touches: ReadonlySet<string>, group: Group, parameter: string): boolean =>
  touches.has(`${group.name}/${parameter}`) ||
  [...group.equations.derived.keys()].some((derived) => touches.has(`${group.name}/${derived}`));

const byVariable = (a: Inbox, b: Inbox): number => (a.variable < b.variable ? -1 : 1);

/**
 * Kernels of other passes among the deliveries read or write variables, too. Unless ties are resolved by names,
 * operations and samples follow the deliveries of their order, and events precede them.
 */
function barriers(
  codes: readonly PathwayCode[],
  groups: readonly Group[],
  inboxes: ReadonlyMap<string, Inbox>,
  context: Context,
): Delivery[] {
  const { defaults, ties } = context.profile;
  const touches = new Set(inboxes.keys());
  const barrier = ({ slot, order, name = '' }: StepPlace, before = false): Delivery => ({
    slot,
    order: typeof order === 'number' ? order : order === 'first' ? -Infinity : Infinity,
    before: before && ties === 'phase',
    name: ties === 'name' ? name : '\uffff',
    touches,
    fills: new Set(),
  });
  const plans = new Set(codes.map(({ plan }) => plan));
  return [
    ...Object.entries(context.model.operations).map(([name, { slot = defaults.operation, order }]) =>
      barrier({ slot, order, name }),
    ),
    ...context.model.recordings.flatMap((recording) => {
      if (recording.kind !== 'variables' || recording.slot === undefined) return [];
      const { slot, order = 0, name } = recording;
      return [barrier({ slot, order, name })];
    }),
    ...valuesPlaces(groups, context).map((place) => barrier(place)),
    ...groups.flatMap((group) =>
      group.events.flatMap((event) => [
        barrier(placeOf(event, group, context), true),
        barrier(actionPlace(event, group, context), true),
      ]),
    ),
    ...(ties === 'phase'
      ? []
      : [
          ...groups.map((group) => updatePlace(group, context)),
          ...[...plans].flatMap((plan) => continuousPlaces(plan, context)),
        ].map((place) => barrier(place))),
  ];
}

/** What may arrive through one statement; phases may change the largest contribution. */
type Bound = Omit<Arriving, 'most'> & { readonly most: Changing };

/** One inbox for each variable that pathways add to, wide enough for all that may arrive between two emptyings. */
function allocateInboxes(
  codes: readonly PathwayCode[],
  rings: ReadonlyMap<string, EventSource>,
  context: Context,
): Map<string, Inbox> {
  const bounds = new Map<string, { group: Group; variable: string; bounds: Bound[]; slots: number }>();
  for (const code of codes) {
    for (const entry of code.statements) {
      if (entry.to.kind !== 'end' || entry.additive === null || (code.ordered && !entry.later)) continue;
      const { end, variable } = entry.to;
      const { group } = code.plan[end];
      invariant(group, 'lower/deliver', `${code.plan.name}: an end without variables is written`);
      const key = inboxKey(variable, entry, group);
      const known = bounds.get(key);
      const slots = Math.max(known?.slots ?? 1, entry.later ? entry.later.last + 1 : 1);
      const all = known?.bounds ?? [];
      const times = repeats(code, rings);
      all.push({
        most: entry.additive,
        arrivals: arrivals(code, end) * times,
        likely: likelyArrivals(code, end) * times,
      });
      bounds.set(key, { group, variable, slots, bounds: all });
    }
  }
  return new Map(
    [...bounds]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, { group, variable, bounds: all, slots }]) => {
        const arriving = (most: readonly number[]): Arriving[] =>
          all.map((bound, k) => ({ ...bound, most: most[k] ?? 0 }));
        const changing = all.map(({ most }) => most);
        const exponent = combined(changing, (most) => exponentOfSum(arriving(most)).exponent);
        const extra = combined(changing, (most) => exponentOfSum(arriving(most)).extra);
        if (slots > 1 && exponent.later.length > 0)
          context.diagnostics.add(
            messages.unsupportedFeature(`setting larger values of what is sent to ${variable} of ${group.name}`),
          );
        const sent = slots > 1;
        const name = `${group.name}.${variable}.${sent ? 'sent' : 'inbox'}`;
        const what =
          'what ' +
          (sent
            ? `was sent and arrives at ${variable} of ${group.name} in each of ${slots} steps`
            : `arrives at ${variable} of ${group.name} in a step`);
        const { builder } = context;
        const largest = Math.max(...changing.map((most) => most.first));
        const share = largest * powerOfTwo(exponent.first);
        if (isCoarse(share))
          builder.note(
            `${group.name}.${variable}: the largest arrival is only ${Math.round(share)} units of its sum, as very many may arrive`,
          );
        const isGuarded = extra.first > 0 || extra.later.some(({ value }) => value > 0);
        const guard = isGuarded
          ? builder.faultBit(`more arrived at ${variable} of ${group.name} in a step than its sums hold`)
          : null;
        const power = (label: string, sign: 1 | -1): Ir =>
          readChanging(
            `${name}.${label}`,
            `${label} of ${name}`,
            combined([exponent], ([s = 0]) => powerOfTwo(sign * s)),
            context,
          );
        const [scale, unit] = [power('scale', 1), power('unit', -1)];
        const inbox =
          scale.kind === 'load' && unit.kind === 'load'
            ? { scale: scale.buffer, unit: unit.buffer }
            : { exponent: exponent.first };
        const comment = `${what}, in units of 2^${-exponent.first}`;
        const buffer = builder.buffer(name, 'i64', group.length * slots, comment, { inbox });
        return [key, { group, variable, buffer, scale, unit, slots, guard }];
      }),
  );
}

/** Largest multiplicity of one spike of a pathway's event. */
function repeats({ plan, pathway }: PathwayCode, rings: ReadonlyMap<string, EventSource>): number {
  const { population } = pathway.side === 'pre' ? plan.pre : plan.post;
  return rings.get(`${population}.${pathway.event}`)?.times ? mostSpikesAtOnce : 1;
}

function pathwayDelivery(
  code: PathwayCode,
  rings: ReadonlyMap<string, EventSource>,
  inboxes: ReadonlyMap<string, Inbox>,
  context: Context,
): Delivery {
  const { plan, pathway } = code;
  const end = pathway.side === 'pre' ? plan.pre : plan.post;
  const source = rings.get(`${end.population}.${pathway.event}`);
  invariant(source, 'lower/deliver', `no ring for ${end.population}.${pathway.event}`);
  const fills = new Set(
    code.ordered
      ? []
      : code.statements.flatMap(({ to, later }) => (to.kind === 'end' && !later ? [sharedKey(plan, to)] : [])),
  );
  return {
    ...pathway.place,
    touches: code.touches,
    fills,
    emit: () => {
      const { before, statements, after } = aroundOwned(code, source, context);
      const isLeft = statements.length > 0 || code.storage.has('last update');
      const kernel = isLeft ? [pathwayKernel({ ...code, statements }, source, inboxes, context)] : [];
      return [...before, ...kernel, ...after];
    },
  };
}

function stimulusDeliveries(groups: readonly Group[], context: Context): Delivery[] {
  const deliveries: Delivery[] = [];
  for (const name of Object.keys(context.model.stimuli).sort()) {
    const stimulus = context.model.stimuli[name] as Stimulus;
    if (stimulus.kind !== 'poisson') continue;
    const pieces = piecesOf(stimulus.to, groups, `the stimulus ${name}`, context) ?? [];
    for (const piece of pieces.map(withoutRepeats)) deliveries.push(stimulusDelivery(name, stimulus, piece, context));
  }
  return deliveries;
}

function stimulusDelivery(
  name: string,
  stimulus: Extract<Stimulus, { kind: 'poisson' }>,
  piece: Piece,
  context: Context,
): Delivery {
  const reads = [...namesIn(stimulus.weight), stimulus.variable].map((variable) => `${piece.group.name}/${variable}`);
  return {
    slot: stimulus.slot ?? context.profile.defaults.deliver,
    order: stimulus.order,
    name: context.profile.ties === 'name' ? objectNames.poissonInput(name) : name,
    touches: new Set(reads),
    fills: new Set(),
    at: onClock(piece.group.clock, context),
    emit: () => [poissonKernel(name, stimulus, piece, onClock(piece.group.clock, context))],
  };
}

/** Poisson inputs at the start of each step, before elements are stepped. */
export const poissonBeforeElements = (groups: readonly Group[], context: Context): readonly PlacedEntry[] =>
  Object.entries(context.model.stimuli)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, stimulus]) => {
      if (stimulus.kind !== 'poisson') return [];
      const place = { slot: context.profile.defaults.operation, order: stimulus.order };
      const pieces = piecesOf(stimulus.to, groups, `the stimulus ${name}`, context) ?? [];
      return pieces.map((piece) => inStep(poissonKernel(name, stimulus, withoutRepeats(piece), context), place));
    });

/**
 * Adds Binomial(n, rate dt) * weight to a variable of each element.
 *
 * @random stream `stimulus/<id>`, of a selection's second and later populations with `/<population>` added; counter
 * (element, 0, step, site)
 */
function poissonKernel(
  name: string,
  stimulus: Extract<Stimulus, { kind: 'poisson' }>,
  piece: Piece,
  context: Context,
): string {
  const block = new Block();
  const { domain, address } = pieceDomain(piece, name, block, context);
  const draws = drawsAt(
    {
      keys: `${name}.keys`,
      ...selectionStreams(`stimulus/${name}`, stimulus.to, piece.member.name),
      element: address.local,
      step: drawStep(step, context),
      perStep: true,
    },
    context,
  );
  const at = stimulus.slot === undefined ? {} : { slot: stimulus.slot };
  const scope = new ElementScope(context, piece.group, address, block, draws, at);
  const probability = stimulus.rate * context.dt;
  const span = { start: 0, end: 0 };
  const count = scope.draw({ kind: 'call', function: 'binomial', arguments: [], span }, [
    ir.f64(stimulus.n),
    ir.f64(Math.min(1, probability)),
  ]);
  const weight = to(context.real, compile(stimulus.weight, scope));
  const before: Ir = to(context.real, scope.readTarget(stimulus.variable));
  const sum = fold(code`${before} + ${fold(code`${to(context.real, count)} * ${weight}`)}`);
  scope.writeIfFree(stimulus.variable, sum);
  scope.storeAll();
  return context.builder.map(
    `${name}.stimulate`,
    `Poisson input to ${piece.member.name}`,
    domain,
    runsOnLanes(block.statements),
    block,
  );
}
