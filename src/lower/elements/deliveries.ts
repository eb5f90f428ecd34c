/**
 * Effects of events on synapses: at once for a zero delay, else in the first step that has reached the time of the
 * event plus the delay. Each element keeps the times of its last events, as many as its longest delay may need. Each
 * synapse counts the events that have reached it.
 *
 * Within a step, due events are delivered by projection, then by source, then in order of creation, and for each
 * synapse in order of time.
 */

import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { Block } from '../code/block.js';
import { upToDate } from '../plan/event-driven.js';
import { secondsKernel } from '../synapses/delays.js';
import type { Context } from '../context/context.js';
import { isInForce } from '../projections/delay-windows.js';
import { drawStep, keyAt, keyBuffer } from '../code/draws.js';
import { step } from '../code/step-time.js';
import type { PathwayPlan, ProjectionEnd } from '../plan/projection.js';
import { allPhases, delayInterval } from '../plan/projection-bounds.js';
import { hasMultiplicity } from '../events/events.js';
import { mostSpikesAtOnce } from '../events/multiplicity.js';
import { mostWithin } from './spikes-within.js';
import { versionsOf } from '../events/replayed-spikes.js';
import { synapseDraws } from '../synapses/synapse-values.js';
import type { Network, SteppedProjection } from './layout.js';
import { steppingOrder } from './layout.js';
import type { Place } from './views.js';
import { synapseScope } from './views.js';
import { inStep, type PlacedEntry } from '../context/place.js';

/** Delay of a pathway: zero, the same for all, or one for each synapse (f64 seconds), some of them zero. */
type Delay =
  | { readonly kind: 'none' }
  | { readonly kind: 'same'; readonly seconds: number }
  | { readonly kind: 'own'; readonly buffer: Buffer };

/** A pathway, with its projection, that an event of one of its ends sets off. */
export interface ProjectionPathway {
  readonly projection: SteppedProjection;
  readonly pathway: PathwayPlan;
}

interface Listener extends ProjectionPathway {
  readonly end: ProjectionEnd;
  readonly delay: Delay;
  /**
   * Of pathways with delays: events that reached each synapse, and whether some synapse of a row has not been reached
   * by all.
   */
  readonly queue: { readonly reached: Buffer; readonly pending: Buffer } | null;
}

/** Times of the last events of each element. */
interface History {
  readonly times: Buffer;
  readonly counts: Buffer;
  /** A power of two. */
  readonly capacity: number;
  /** Fault bits raised when more events than `capacity` are under way; null: that cannot happen. */
  readonly overflow: number | null;
}

/** Writes a part of the effects of an element's event. */
export interface Effect {
  readonly name: string;
  readonly write: (element: Ir, block: Block, time: Ir) => void;
}

/** The effects of events emitted by elements of populations. */
export interface Deliveries {
  /** Writes the immediate effects of an element's event, and stores the event for later delivery. */
  emit(member: { readonly name: string }, event: string, element: Ir, block: Block, time: Ir): void;
  /** The parts of these effects, in order. Each has a name that no other part has. */
  parts(member: { readonly name: string }, event: string): readonly Effect[];
  /** Whether an event does anything, at once or later. */
  isHeard(population: string, event: string): boolean;
  /** The pathways that wait for an event. */
  listeners(population: string, event: string): readonly ProjectionPathway[];
  /** Adds kernels that deliver the due events at the start of a step. */
  due(): readonly PlacedEntry[];
  /** Delays of pathways, by `projection.pathway`: one value in s for all synapses, or a buffer with one for each. */
  readonly delays: ReadonlyMap<string, number | string>;
}

/** Understands all pathways. */
export function deliveriesOf(network: Network): Deliveries {
  const { context } = network;
  const listeners = new Map<string, Listener[]>();
  const longest = new Map<string, number>();
  const delays = new Map<string, number | string>();
  for (const projection of network.projections) {
    for (const pathway of projection.plan.pathways) {
      const end = pathway.side === 'pre' ? projection.plan.pre : projection.plan.post;
      const key = `${end.population}.${pathway.event}`;
      const delayAndMost = delayOf(projection, pathway, context);
      if (!delayAndMost) continue;
      const { delay, most } = delayAndMost;
      delays.set(`${projection.plan.name}.${pathway.name}`, delay.kind === 'own' ? delay.buffer.name : most);
      const queue = delay.kind === 'none' ? null : queueOf(projection, pathway, end, context);
      listeners.set(key, [...(listeners.get(key) ?? []), { projection, pathway, end, delay, queue }]);
      if (queue) longest.set(key, Math.max(longest.get(key) ?? 0, most));
    }
  }
  for (const all of listeners.values()) all.sort(byOrder);
  const histories = new Map([...longest].map(([key, most]) => [key, historyOf(key, most, network)] as const));
  const parts: Deliveries['parts'] = (member, event) => {
    const key = `${member.name}.${event}`;
    const history = histories.get(key);
    const noted = (element: Ir, block: Block, time: Ir): void => history && note(history, element, block, time);
    return [
      ...(history ? [{ name: `${key}.note`, write: noted }] : []),
      ...(listeners.get(key) ?? []).map((listener) => ({
        name: `${listener.projection.plan.name}.${listener.pathway.name}${versionOf(listener)}.emit`,
        write: (element: Ir, block: Block, time: Ir) => listen(listener, network, element, block, time),
      })),
    ];
  };
  return {
    parts,
    emit: (member, event, element, block, time) => {
      for (const { write } of parts(member, event)) write(element, block, time);
    },
    isHeard: (population, event) => listeners.has(`${population}.${event}`),
    listeners: (population, event) => listeners.get(`${population}.${event}`) ?? [],
    delays,
    due: () => {
      const place = { slot: context.profile.defaults.operation, order: 0 };
      const all = [...listeners].flatMap(([key, own]) =>
        own.map((listener) => ({ listener, history: histories.get(key) })),
      );
      return all
        .sort((a, b) => byOrder(a.listener, b.listener))
        .flatMap(({ listener, history }) =>
          listener.queue && history ? [inStep(dueKernel(listener, history, network), place)] : [],
        );
    },
  };
}

/** Distinguishes the delays of a pathway that follow the first ones. */
const versionOf = ({ pathway: { window } }: Listener): string => (window?.version ? `_${window.version}` : '');

/** Sorts by the order of pathways, then by that of their projections. */
const byOrder = (a: Listener, b: Listener): number =>
  a.pathway.pathway.order - b.pathway.pathway.order ||
  a.projection.plan.projection.order - b.projection.plan.projection.order;

function delayOf(
  projection: SteppedProjection,
  pathway: PathwayPlan,
  context: Context,
): { delay: Delay; most: number } | null {
  const { plan, connectivity } = projection;
  const { delay } = pathway;
  const phases = (pathway.window?.version ?? 0) === 0 ? 0 : allPhases;
  const interval = delayInterval(delay, plan, phases, context);
  if (!interval) return null;
  const { low, high } = interval;
  // Delays that must keep to a range are looked at one by one.
  const checked = plan.projection.delayRange?.outOfRange === 'error';
  if (high === 0 && !checked) return { delay: { kind: 'none' }, most: 0 };
  if ((typeof delay === 'number' || low === high) && !checked)
    return { delay: { kind: 'same', seconds: high }, most: high };
  const { builder } = context;
  const buffer = builder.buffer(
    `${plan.name}.${pathway.name}.delay`,
    'f64',
    connectivity.count,
    `delay of each synapse of ${plan.name} (s)`,
  );
  if (typeof connectivity.count !== 'number') builder.allocate(buffer);
  builder.initially(secondsKernel({ raw: connectivity, pathway, plan }, high, buffer, context));
  return { delay: { kind: 'own', buffer }, most: high };
}

function queueOf(
  { plan, connectivity }: SteppedProjection,
  pathway: PathwayPlan,
  end: ProjectionEnd,
  { builder }: Context,
): Listener['queue'] {
  const name = `${plan.name}.${pathway.name}`;
  const reached = builder.buffer(
    `${name}.reached`,
    'u32',
    connectivity.count,
    `events of ${pathway.event} that have reached each synapse of ${plan.name}`,
  );
  if (typeof connectivity.count !== 'number') builder.allocate(reached);
  return {
    reached,
    pending: builder.buffer(
      `${name}.pending`,
      'u8',
      end.size,
      `elements of ${end.population} with events on their way`,
    ),
  };
}

function historyOf(key: string, most: number, network: Network): History {
  const { context } = network;
  const population = key.slice(0, key.indexOf('.'));
  const size = context.model.populations[population]?.size ?? 0;
  const replayed = versionsOf(population, context);
  // An element may emit an event in every step of the longest delay, and from several places of its code in each.
  const window = most + 3 * context.dt;
  const needed =
    replayed.length > 0
      ? replayed.reduce((sum, { spikes }) => sum + mostWithin(spikes, window, context), 1)
      : (Math.ceil(most / context.dt) + 3) *
        emittingPlaces(key, network) *
        (isManifold(key, network) ? mostSpikesAtOnce : 1);
  let capacity = 1;
  while (capacity < Math.min(needed, mostUnderWay)) capacity *= 2;
  return {
    times: context.builder.buffer(
      `${key}.times`,
      'f64',
      size * capacity,
      `times of the last ${capacity} events ${key} of each element (s)`,
    ),
    counts: context.builder.buffer(`${key}.count`, 'u32', size, `events ${key} of each element so far`),
    capacity,
    overflow:
      capacity < needed
        ? context.builder.faultBit(
            `more than ${capacity} events ${key} of one element are under way`,
            `/populations/${population}`,
          )
        : null,
  };
}

/** Events of one element that may be under way at once; with more the run ends. */
const mostUnderWay = 1024;

const steppedOf = (population: string | undefined, { groups }: Network) =>
  groups.find(({ group }) => group.members.some((member) => member.name === population));

/** Whether a place may emit an event several times at once. */
function isManifold(key: string, network: Network): boolean {
  const [population, event = ''] = key.split('.');
  const stepped = steppedOf(population, network);
  return stepped !== undefined && hasMultiplicity(stepped.group, event);
}

function emittingPlaces(key: string, network: Network): number {
  const [population, event] = key.split('.');
  const stepped = steppedOf(population, network);
  const conditions = (stepped?.code.parts ?? []).flatMap((part) => [
    ...part.events,
    ...part.regimes.flatMap((regime) => regime.transitions),
  ]);
  return Math.max(1, conditions.filter((condition) => condition.emits === event).length);
}

function note({ times, counts, capacity }: History, element: Ir, block: Block, time: Ir): void {
  block.write`
    let before = ${counts}[${element}]
    ${times}[${element} * ${capacity}u + (before & ${capacity - 1}u)] = ${time}
    ${counts}[${element}] = before + 1u`;
}

/** The synapses of an element of an end, in order of creation. */
export function eachSynapse(
  projection: SteppedProjection,
  side: 'pre' | 'post',
  row: Ir,
  block: Block,
  write: (place: Place, block: Block) => void,
): void {
  const { connectivity } = projection;
  const columns = side === 'post' ? connectivity.columns : null;
  const starts = columns?.starts ?? connectivity.rows;
  block.write`
    for entry = ${starts}[${row}] until ${starts}[${row} + 1u] {
      ${(at, inner) => {
        const k = at('entry');
        const position = columns ? inner.name('synapse', ir.load(columns.positions, k)) : k;
        const source = columns ? inner.name('source', ir.load(columns.sources, k)) : row;
        const target = columns ? row : inner.name('target', code`u32(${connectivity.targets}[${position}])`);
        write({ position, source, target }, inner);
      }}
    }`;
}

/** Runs `write` for the row of an element, if the end contains it. */
export function withinEnd(
  end: ProjectionEnd,
  element: Ir,
  size: number,
  block: Block,
  write: (row: Ir, block: Block) => void,
): void {
  if (end.offset === 0 && end.size === size) {
    write(element, block);
    return;
  }
  block.write`
    if ${element} >= ${end.offset}u & ${element} < ${end.offset + end.size}u {
      let row = ${element} - ${end.offset}u
      ${(at, inner) => write(at('row'), inner)}
    }`;
}

/** Writes the immediate effects of an event on the synapses of one pathway. */
function listen(listener: Listener, network: Network, element: Ir, block: Block, time: Ir): void {
  const { projection, pathway, end, delay, queue } = listener;
  const size = network.context.model.populations[end.population]?.size ?? 0;
  withinEnd(end, element, size, block, (row, around) => {
    if (queue) around.write`${queue.pending}[${row}] = 1u`;
    if (delay.kind === 'same') return;
    whileInForce(listener, network, time, around, (inner) =>
      eachSynapse(projection, pathway.side, row, inner, (place, each) => {
        const seen = timeSeen(listener, network, element, place.target, time);
        if (delay.kind === 'none') {
          act(listener, network, place, each, seen);
          return;
        }
        each.write`
          if ${delay.buffer}[${place.position}] <= 0.0 {
            ${(_, innermost) => act(listener, network, place, innermost, seen)}
          }`;
      }),
    );
  });
}

/** Runs `write` for events emitted while these delays of the pathway were in force. */
function whileInForce(
  { projection, pathway }: Listener,
  { context }: Network,
  emission: Ir,
  block: Block,
  write: (block: Block) => void,
): void {
  if (!pathway.window) write(block);
  else block.emit(ir.when(isInForce(projection.plan, pathway.window, emission, context), block.nested(write)));
}

/**
 * Returns the time in a synapse's code when an event acts at once: the time of the last step of the synapse. A synapse
 * is stepped with its target element, before the events of that element.
 */
function timeSeen(
  { projection, pathway }: Listener,
  { timeBefore, context }: Network,
  source: Ir,
  target: Ir,
  now: Ir,
): Ir {
  if (!timeBefore || pathway.side === 'post') return now;
  const { pre, post } = projection.plan;
  const before = ir.load(timeBefore, ir.u32(0));
  const order = steppingOrder(context);
  if (pre.population !== post.population)
    return order.indexOf(post.population) < order.indexOf(pre.population) ? now : before;
  const element = post.offset === 0 ? target : code`${target} + ${post.offset}u`;
  return code`select(${element} <= ${source}, ${now}, ${before})`;
}

/**
 * Runs the code of a pathway for one synapse. @random stream `projection/<id>/pathway/<name>`, counter (source, target,
 * step, site)
 */
function act({ projection, pathway }: Listener, network: Network, place: Place, block: Block, time: Ir): void {
  const { plan, connectivity } = projection;
  const { context } = network;
  const copy = connectivity.copies ? ir.load(connectivity.copies, place.position) : null;
  let cachedDraws: ReturnType<typeof synapseDraws> | null = null;
  const lazily = (): ReturnType<typeof synapseDraws> => {
    const streams = [`projection/${plan.name}/pathway/${pathway.name}`];
    const keys = context.builder.common(`${plan.name}.${pathway.name}.keys`, (key) => keyBuffer(key, streams, context));
    return (cachedDraws ??= synapseDraws({ ...place, copy }, keyAt(keys, ir.u32(0)), block));
  };
  const draws = {
    element: place.source,
    subElement: place.target,
    step: drawStep(step, context),
    perStep: false,
    sites: { next: 0 },
    get key() {
      return lazily().key;
    },
  };
  const scope = synapseScope(network, projection, place, { block, time, draws });
  upToDate(scope, () => scope.execute(pathway.pathway.do));
}

/** Adds a kernel that delivers events due since the previous step. */
function dueKernel(listener: Listener, history: History, network: Network): string {
  const { projection, pathway, end, delay, queue } = listener;
  const { context, time } = network;
  const block = new Block();
  if (!queue || delay.kind === 'none') return '';
  const { reached, pending } = queue;
  const { times, counts, capacity, overflow } = history;
  const now = block.name('t', ir.load(time, ir.u32(0)));
  // Events come before anything is stepped.
  const before = network.timeBefore ? ir.load(network.timeBefore, ir.u32(0)) : now;
  const left = block.local('left', 'u32');
  const deliverTo = (place: Place, element: Ir, all: Ir, seconds: Ir, block: Block): void => {
    const next = block.local('next', 'u32');
    block.write`${next} = ${reached}[${place.position}]`;
    if (overflow !== null) block.write`fault ${overflow} when ${all} - ${next} > ${capacity}u`;
    block.write`
      while ${next} != ${all} {
        let emission = ${times}[${element} * ${capacity}u + (${next} & ${capacity - 1}u)]
        ${(at, event) => {
          const emission = at('emission');
          whileInForce(listener, network, emission, event, (inForce) => {
            inForce.write`
              let due = ${emission} + ${seconds}
              if due > ${now} {
                break
              }`;
            act(listener, network, place, inForce, before);
          });
        }}
        ${next} = ${next} + 1u
      }
      ${reached}[${place.position}] = ${next}
      if ${next} != ${all} {
        ${left} = 1u
      }`;
  };
  block.write`
    for row = 0u until ${end.size}u {
      if ${pending}[row] != 0u {
        let element = ${(at) => (end.offset === 0 ? at('row') : code`${at('row')} + ${end.offset}u`)}
        let all = ${counts}[element]
        ${left} = 0u
        ${(at, active) => {
          const [element, all] = [at('element'), at('all')];
          eachSynapse(projection, pathway.side, at('row'), active, (place, each) => {
            if (delay.kind === 'same') {
              deliverTo(place, element, all, ir.f64(delay.seconds), each);
              return;
            }
            each.write`
              let delay = ${delay.buffer}[${place.position}]
              if delay > 0.0 {
                ${(its, delayed) => deliverTo(place, element, all, its('delay'), delayed)}
              }`;
          });
        }}
        ${pending}[row] = ${left}
      }
    }`;
  return context.builder.sequential(
    `${projection.plan.name}.${pathway.name}.deliver`,
    `delivers the events ${pathway.event} that are due to ${projection.plan.name}`,
    block,
  );
}
