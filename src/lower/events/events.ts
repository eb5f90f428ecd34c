/** Pass: the rings that hold each population's events for as long as a delay may need them. */

import * as ir from '../../ir/builder.js';
import type { Buffer, EventRing, Expression as Ir, Log } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { Block } from '../code/block.js';
import type { Context } from '../context/context.js';
import type { Group } from '../context/groups.js';
import { padded } from '../context/groups.js';
import { step } from '../code/step-time.js';
import { mayRepeatInAStep, versionsOf } from './replayed-spikes.js';

/** An event of a population and the buffers of its spikes. */
export interface EventSource {
  /** The lists of the last steps, as the program has them. */
  readonly ring: EventRing;
  readonly population: string;
  /** Name in the model. */
  readonly event: string;
  /** A bit for each element of the group that emits in this step. */
  readonly mask: Buffer;
  /** u32 lists of elements, one for each slot of the ring. */
  readonly list: Buffer;
  /** u32 lengths of the lists. */
  readonly counts: Buffer;
  /** Capacity of the log of the events, in rows. */
  readonly rows: Pick<Log, 'capacity' | 'maxRowsPerStep'>;
  /**
   * For spikes with a multiplicity: the multiplicity of each element's spike for each step of the ring, and a log of
   * multiplicities above one.
   */
  readonly times: {
    readonly buffer: Buffer;
    readonly log: Buffer;
    readonly logged: Buffer;
    readonly logName: string;
  } | null;
}

/** Returns the rows of a log of events: room for many steps, but not much memory for each of many small populations. */
const logRows = (size: number): number => Math.max(Math.min(1 << 16, 1024 * size), 64 * size);

/** Returns rings of all events, by `population.event`; `delays` gives the longest delay of each in steps. */
export function eventRings(
  groups: readonly Group[],
  delays: ReadonlyMap<string, number>,
  context: Context,
): Map<string, EventSource> {
  const rings = new Map<string, EventSource>();
  for (const group of groups) {
    for (const event of emittedEvents(group, context)) {
      const mask = context.builder.buffer(
        `${group.name}.${event}.mask`,
        'u32',
        group.length / 32,
        `which elements of ${group.name} emit ${event} in this step`,
      );
      for (const member of group.members)
        rings.set(
          `${member.name}.${event}`,
          ring(
            {
              population: member.name,
              event,
              size: member.population.size,
              mask,
              maskBegin: member.begin,
              several:
                hasMultiplicity(group, event) || (context.profile.stepping !== 'slots' && mostPlaces(group, event) > 1),
            },
            delays,
            context,
          ),
        );
    }
  }
  for (const [name, population] of Object.entries(context.model.populations).sort(([a], [b]) => (a < b ? -1 : 1))) {
    context.diagnostics.at(`/populations/${name}`);
    if (population.type !== undefined) continue;
    const mask = context.builder.buffer(
      `${name}.spike.mask`,
      'u32',
      padded(population.size) / 32,
      `which elements of ${name} emit a spike in this step`,
    );
    const several = versionsOf(name, context).some(({ spikes }) => mayRepeatInAStep(spikes, context));
    rings.set(
      `${name}.spike`,
      ring({ population: name, event: 'spike', size: population.size, mask, maskBegin: 0, several }, delays, context),
    );
  }
  return rings;
}

/** Whether a condition may emit an event several times at once. */
export const hasMultiplicity = (group: Group, event: string): boolean =>
  group.events.some(
    ({ name, definition: { emits = name, multiplicity } }) => emits === event && multiplicity !== undefined,
  );

/** Returns the number of places in the code at which an element may emit an event in a step, part by part. */
function mostPlaces({ type: { events, regimes } }: Group, event: string): number {
  const ofEvents = Object.entries(events).filter(([name, { emits = name }]) => emits === event).length;
  const ofRegimes = Object.values(regimes).map(
    ({ transitions }) => transitions.filter(({ emit }) => emit === event).length,
  );
  return ofEvents + Math.max(0, ...ofRegimes);
}

/** Returns the names of a group's events for other elements. */
function emittedEvents(group: Group, context: Context): string[] {
  if (context.profile.stepping === 'slots') return group.events.map(({ name }) => name);
  const { events, regimes } = group.type;
  const emittedNames = Object.entries(events).map(([name, { emits }]) => (emits === undefined ? name : emits));
  const transitions = Object.values(regimes).flatMap((regime) => regime.transitions.map(({ emit }) => emit));
  return [...new Set([...emittedNames, ...transitions].filter((name) => typeof name === 'string'))].sort();
}

/** An event of a population. */
interface Emitted {
  readonly population: string;
  readonly event: string;
  /** Elements of the population. */
  readonly size: number;
  /** Bits of the elements that emit the event, and the first bit of the population. */
  readonly mask: Buffer;
  readonly maskBegin: number;
  /** Whether it may count several times. */
  readonly several: boolean;
}

function ring(
  { population, event, size, mask, maskBegin, several }: Emitted,
  delays: ReadonlyMap<string, number>,
  context: Context,
): EventSource {
  const { builder } = context;
  const name = `${population}.${event}`;
  const longest = delays.get(name) ?? 0;
  let slots = 1;
  while (slots <= longest) slots *= 2;
  const list = builder.buffer(
    `${name}.list`,
    'u32',
    slots * size,
    `elements of ${population} that emitted ${event}, for each of the last ${slots} steps`,
  );
  const counts = builder.buffer(
    `${name}.counts`,
    'u32',
    slots,
    `how many elements of ${population} emitted ${event}, for each of the last ${slots} steps`,
  );
  const rows = { rowLength: 2, capacity: logRows(size), maxRowsPerStep: size };
  builder.log(
    `${name}.log`,
    'u32',
    `(step, element) of each ${event} of ${population} since the log was drained`,
    rows,
    [`${name}.logged`, `rows in the log of ${name}`],
  );
  const ring_: EventRing = {
    name,
    size,
    mask: mask.name,
    maskBegin,
    list: list.name,
    counts: counts.name,
    slots,
    log: `${name}.log`,
  };
  builder.event(ring_);
  return {
    ring: ring_,
    population,
    event,
    mask,
    list,
    counts,
    rows,
    times: several ? multiples(name, size, slots, context) : null,
  };
}

/** Returns the multiplicity of spikes, for each element and step of the ring. */
function multiples(name: string, size: number, slots: number, { builder }: Context): NonNullable<EventSource['times']> {
  const buffer = builder.buffer(
    `${name}.times`,
    'u32',
    slots * size,
    `how often each ${name} counts, for each of the last ${slots} steps`,
  );
  const logName = `${name}.multiples`;
  const { log, cursor: logged } = builder.log(
    logName,
    'u32',
    `(step, element, how often) of each ${name} that counts several times`,
    { rowLength: 3, capacity: logRows(size), maxRowsPerStep: size },
    [`${name}.multiples_logged`, `rows in the log of multiples of ${name}`],
  );
  return { buffer, log, logged, logName };
}

/** u32 slot of the ring that holds the events of this step. */
export const ringSlot = ({ ring }: EventSource): Ir =>
  ring.slots === 1 ? ir.u32(0) : code`u32(${step} % ${ring.slots}i)`;

/** Forgets which elements emitted events in the step before. */
export function clearMasks(sources: Iterable<EventSource>, block: Block): void {
  for (const { mask, ring } of sources) {
    const begin = ring.maskBegin / 32;
    block.write`
      for word = ${begin}u until ${begin + Math.ceil(ring.size / 32)}u {
        ${mask}[word] = 0u
      }`;
  }
}

/** Marks an element as having emitted an event in this step. */
export function mark(source: EventSource | undefined, element: Ir, block: Block): void {
  if (!source) return;
  const { mask, ring } = source;
  const bit = ring.maskBegin === 0 ? element : block.name('bit', code`${element} + ${ring.maskBegin}u`);
  block.write`
    let mask_word = ${bit} >> 5u
    ${mask}[mask_word] = ${mask}[mask_word] | (1u << (${bit} & 31u))`;
}
