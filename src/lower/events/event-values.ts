/**
 * Pass: variables recorded at events, into logs with a row for each event, in the order of the event's own log: row by
 * row, the two logs speak of the same event.
 */

import { invariant } from '../../diagnostics/diagnostic.js';
import * as ir from '../../ir/builder.js';
import type { EventValueLocation } from '../../ir/program.js';
import { ownersOf, type Recording } from '../../model/typed.js';
import { Block } from '../code/block.js';
import type { Context } from '../context/context.js';
import { ElementScope, type Address } from '../scopes/element-scope.js';
import { ringSlot, type EventSource } from './events.js';
import { to } from '../code/expressions.js';
import { unitOfVariable, type Group, type Member } from '../context/groups.js';
import * as messages from '../context/messages.js';
import { placeOf as placeOfEvent } from './event-kernels.js';
import { rankOf } from '../context/profile.js';
import { memberOf, type Part } from '../scopes/selections.js';
import { atLabel } from '../code/step-time.js';
import { inStep, type PlacedEntry, type StepPlace } from '../context/place.js';

/** A recording of events. */
type EventRecording = Extract<Recording, { kind: 'events' }>;

/** Variables of one event that are recorded at one point of a step. */
interface Sampled {
  readonly source: EventSource;
  readonly group: Group;
  readonly member: Member;
  readonly slot: string;
  readonly order: number;
  /** In the order of their first use by recordings. */
  readonly variables: string[];
  /** Of the recording that names one first. */
  readonly name: string;
}

/** The logs of all recordings of variables at events. */
export interface EventValues {
  /** Where the values of a recording's variables for one population are; none after a finding. */
  readonly of: (recording: EventRecording, part: Part) => readonly EventValueLocation[];
  /** Writes the logs, once all recordings have been asked for. @returns the kernels that append to them in a step */
  readonly entries: () => readonly PlacedEntry[];
}

/** Collects the values that recordings take at events: one log for each event and place in the step. */
export function eventValues(
  groups: readonly Group[],
  rings: ReadonlyMap<string, EventSource>,
  context: Context,
): EventValues {
  const sampled = new Map<string, Sampled>();
  return {
    of(recording, { population }) {
      if (recording.variables === undefined || recording.variables.length === 0) return [];
      const source = rings.get(`${population}.${recording.events}`);
      const memberOfGroup = memberOf(population, groups);
      const place = memberOfGroup && placeOf(recording, memberOfGroup.group, context);
      if (!source || !memberOfGroup) {
        const variables = recording.variables.join(', ');
        const what = `recording ${variables} at the events of ${population}, which replays spikes,`;
        context.diagnostics.add(messages.unsupportedFeature(what));
        return [];
      }
      if (!place) return [];
      const name = logName(source, place, eventPlace(recording, memberOfGroup.group, context));
      const sampledValues = sampled.get(name) ?? {
        source,
        ...memberOfGroup,
        ...place,
        name: recording.name,
        variables: [],
      };
      sampled.set(name, sampledValues);
      return recording.variables.map((variable) => {
        if (!sampledValues.variables.includes(variable)) sampledValues.variables.push(variable);
        const unit = unitOfVariable(memberOfGroup.group, variable);
        return { variable, unit, log: name, column: sampledValues.variables.indexOf(variable) };
      });
    },
    entries: () => [...sampled].map(([name, each]) => valuesLog(name, each, context)),
  };
}

/** A point of a step. */
interface Place {
  readonly slot: string;
  readonly order: number;
}

/** Returns the place in a step at which a recording takes values at events: right after the event by default. */
function valuesPlace(recording: EventRecording, group: Group, context: Context): Place {
  const when = eventPlace(recording, group, context);
  return {
    slot: recording.slot ?? when.slot,
    order: recording.order ?? (recording.slot === undefined ? when.order + 1 : 0),
  };
}

/** The points of a step at which values are recorded at events. */
export const valuesPlaces = (groups: readonly Group[], context: Context): readonly StepPlace[] =>
  context.model.recordings.flatMap((recording) => {
    if (recording.kind !== 'events' || recording.variables === undefined) return [];
    return ownersOf(recording.of).flatMap((owner) => {
      const memberOfGroup = memberOf(owner, groups);
      return memberOfGroup ? [{ ...valuesPlace(recording, memberOfGroup.group, context), name: recording.name }] : [];
    });
  });

function eventPlace({ events }: EventRecording, group: Group, context: Context): Place {
  const event = group.events.find(({ name }) => name === events);
  invariant(event, 'lower/event-values', `${group.name} has no event ${events}`);
  return placeOfEvent(event, group, context);
}

/** The place, unless the event is not tested for by then: then null, after a finding. */
function placeOf(recording: EventRecording, group: Group, context: Context): Place | null {
  const when = eventPlace(recording, group, context);
  const { slot, order } = valuesPlace(recording, group, context);
  const later = rankOf(context.profile, slot) - rankOf(context.profile, when.slot);
  if (later > 0 || (later === 0 && order > when.order)) return { slot, order };
  context.diagnostics.add(
    messages.unsupportedFeature(
      `recording variables at an event before it is tested for (${recording.name}: slot ${slot}, order ${order})`,
      `choose a later place than slot ${when.slot}, order ${when.order}`,
    ),
  );
  return null;
}

/** Returns one log for each event, and a separate one for each other place in a step. */
function logName({ ring }: EventSource, { slot, order }: Place, when: Place): string {
  const usual = when.slot === slot && when.order + 1 === order;
  return usual ? `${ring.name}.values` : `${ring.name}.values_${slot}_${order < 0 ? 'minus_' : ''}${Math.abs(order)}`;
}

/** The log, and the kernel that appends a row for each event of the step. */
function valuesLog(
  name: string,
  { source, group, member, slot, order, variables, name: recording }: Sampled,
  context: Context,
): PlacedEntry {
  const { builder } = context;
  const { ring, list, counts, rows } = source;
  const rowLength = variables.length;
  const what = `${variables.join(', ')} of ${member.name} at each ${source.event}`;
  const { log, cursor } = builder.log(name, 'f64', what, { ...rows, rowLength });
  const block = new Block();
  block.write`
    let slot = ${ringSlot(source)}
    var row = ${cursor}[0u]
    for k = 0u until ${counts}[slot] {
      let element = ${list}[slot * ${ring.size}u + k]
      let place = element + ${member.begin}u
      ${(at, inner) => {
        const address: Address = { index: at('place'), ordinal: ir.u32(member.ordinal), local: at('element') };
        const scope = new ElementScope(atLabel(slot, context), group, address, inner, null, { slot });
        variables.forEach((variable, column) => {
          const value = to('f64', scope.read(variable));
          inner.write`${log}[${at('row')} * ${rowLength}u + ${column}u] = ${value}`;
        });
      }}
      row = row + 1u
    }
    ${cursor}[0u] = row`;
  return inStep(builder.sequential(`${name}.record`, `records ${what}`, block), { slot, order, name: recording });
}
