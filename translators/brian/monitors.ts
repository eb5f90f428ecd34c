/** SpikeMonitor, EventMonitor, StateMonitor and PopulationRateMonitor become recordings. */

import { child } from '../../src/model/pointer.js';
import { groupScope, synapseScope, type Group, type Subgroup, type SynapseGroup, type Tables } from './group.js';
import { located, type Located } from '../shared/located.js';
import * as messages from './messages.js';
import type { Setting } from './neuron-groups.js';
import { order } from './neuron-groups.js';
import { readInterval } from './operations.js';
import type {
  BrianSpecification,
  EventMonitor,
  RecordedIndices,
  SpikeMonitor,
  StateMonitor,
} from './specification.generated.js';
import { readSubgroup } from './subgroup.js';
import { selection } from './synapses.js';
import type { Scope } from './terms.js';
import { defaultSlot } from './vocabulary.js';

/** The objects that monitors can record. */
export interface Sources {
  /** Groups of neurons by name. */
  readonly groups: ReadonlyMap<string, Group>;
  /** Groups of synapses by name. */
  readonly synapses: ReadonlyMap<string, SynapseGroup>;
}

/** Returns all recordings in the order of the specification, each with its monitor's name. */
export function translateMonitors(
  specification: BrianSpecification,
  sources: Sources,
  setting: Setting,
): readonly Located[] {
  const each = <T>(
    key: keyof BrianSpecification,
    map: Readonly<Record<string, T>> | undefined,
    translate: (name: string, monitor: T, pointer: string) => Located | undefined,
  ): Located[] =>
    Object.entries(map ?? {}).flatMap(([name, monitor]) => {
      const recording = translate(name, monitor, child(child('', key), name));
      return recording === undefined ? [] : [recording];
    });
  const spikes = (name: string, monitor: SpikeMonitor | EventMonitor, pointer: string): Located | undefined =>
    spikeRecording(name, monitor, pointer, sources, setting);
  return [
    ...each('spike_monitors', specification.spike_monitors, spikes),
    ...each('event_monitors', specification.event_monitors, spikes),
    ...each('state_monitors', specification.state_monitors, (name, monitor, pointer) =>
      stateRecording(name, monitor, pointer, sources, setting),
    ),
    ...each('population_rate_monitors', specification.population_rate_monitors, (name, monitor, pointer) => {
      const source = readSubgroup(monitor.source, child(pointer, 'source'), sources.groups, setting);
      return source === undefined ? undefined : located({ of: selection(source), rate: true, name }, pointer);
    }),
  ];
}

function spikeRecording(
  name: string,
  monitor: SpikeMonitor & Partial<EventMonitor>,
  pointer: string,
  sources: Sources,
  setting: Setting,
): Located | undefined {
  const { to } = setting;
  const source = readSubgroup(monitor.source, child(pointer, 'source'), sources.groups, setting);
  if (source === undefined) return undefined;
  const event = monitor.event ?? 'spike';
  if (!source.group.events.includes(event))
    to.report(
      messages.unknownEvent(event, source.group.name, source.group.events),
      child(pointer, monitor.event === undefined ? 'source' : 'event'),
    );
  const variables = readVariables(monitor.variables ?? [], child(pointer, 'variables'), recordedOf(source.group), to);
  if (monitor.record === false && variables.length === 0) {
    to.report(messages.countOnly(), child(pointer, 'record'));
    return undefined;
  }
  if (monitor.order !== undefined && monitor.when === undefined)
    to.report(messages.orderWithoutWhen(), child(pointer, 'order'));
  return located(
    {
      // Brian records the variables even if it does not keep times.
      of: select(source, monitor.record === false ? true : (monitor.record ?? true), child(pointer, 'record'), to),
      events: event,
      ...(variables.length === 0
        ? {}
        : {
            variables,
            ...(monitor.when === undefined ? {} : { slot: monitor.when }),
            ...(monitor.order === undefined ? {} : { order: monitor.order }),
          }),
      name,
    },
    pointer,
  );
}

function stateRecording(
  name: string,
  monitor: StateMonitor,
  pointer: string,
  sources: Sources,
  setting: Setting,
): Located | undefined {
  const { to } = setting;
  const record = monitor.record ?? true;
  const synapses = sources.synapses.get(monitor.source.trim());
  const source =
    synapses === undefined
      ? readSubgroup(monitor.source, child(pointer, 'source'), sources.groups, setting)
      : undefined;
  const owner = synapses ?? source?.group;
  if (owner === undefined) return undefined;
  const recorded = synapses ? recordedOfSynapses(synapses) : recordedOf(owner as Group);
  const names = monitor.variables === true ? recorded.all : monitor.variables === false ? [] : monitor.variables;
  // The times of samples are recorded as such.
  const variables = readVariables(
    names,
    child(pointer, 'variables'),
    { ...recorded, others: recorded.others.filter((name) => name !== 't') },
    to,
  );
  const every = monitor.dt === undefined ? undefined : readInterval(monitor.dt, child(pointer, 'dt'), setting);
  const of =
    synapses !== undefined
      ? selectSynapses(synapses, record, child(pointer, 'record'), to)
      : source === undefined
        ? {}
        : select(source, record, child(pointer, 'record'), to);
  return located(
    {
      of,
      variables,
      ...(every === undefined ? {} : { every }),
      ...(monitor.when === undefined || monitor.when === defaultSlot.stateMonitor ? {} : { slot: monitor.when }),
      ...order(monitor.order),
      name,
    },
    pointer,
  );
}

/** The recordable variables of a group or of synapses. */
interface Recorded {
  /** Name of the group or synapses. */
  readonly owner: string;
  /** The variables that `True` selects: declarations of its equations and, as in Brian, the refractoriness. */
  readonly all: readonly string[];
  /** Further recordable variables. */
  readonly others: readonly string[];
  readonly scope: Scope;
}

const noTables: Tables = new Map();

function recordedOf(group: Group): Recorded {
  const refractory = group.refractory ? ['lastspike', 'not_refractory'] : [];
  return {
    owner: group.name,
    all: [...group.variables.keys(), ...refractory],
    others: ['i', 't', 'dt', 't_in_timesteps'],
    scope: groupScope(group, noTables, { constants: 'byValue' }),
  };
}

function recordedOfSynapses(synapses: SynapseGroup): Recorded {
  const { source, target } = synapses;
  const pre = recordedOf(source.group).all;
  const post = recordedOf(target.group).all;
  const eventDriven = [...synapses.variables.values()].some(({ flags }) => flags.has('event-driven'));
  return {
    owner: synapses.name,
    all: [...synapses.variables.keys()],
    others: [
      ...['i', 'j', 'i_pre', 'i_post', 'dt', 't_in_timesteps', 'N_pre', 'N_post', 'N_incoming', 'N_outgoing'],
      ...(eventDriven ? ['lastupdate'] : []),
      ...(synapses.copy === undefined ? [] : [synapses.copy]),
      ...pre.map((name) => `${name}_pre`),
      ...post.map((name) => `${name}_post`),
      ...post,
    ],
    scope: synapseScope(synapses, noTables, { constants: 'byValue' }),
  };
}

/** Returns a summed variable, such as `x_post`, as a variable of its end. */
const summedReference = (name: string): string => name.replace(/^(.*)_(pre|post)$/, '$2.$1');

/** Returns names of variables in the model. */
function readVariables(
  names: string | readonly string[],
  pointer: string,
  { owner, all, others, scope }: Recorded,
  to: Setting['to'],
): readonly string[] {
  const list = typeof names === 'string' ? [names] : names;
  return list.map((name, index) => {
    const at = typeof names === 'string' ? pointer : child(pointer, index);
    const meaning = scope.meaning(name);
    if ([...all, ...others].includes(name) && (meaning?.kind === 'variable' || meaning?.kind === 'special'))
      return meaning.kind === 'variable' && meaning.variable.flags.has('summed')
        ? summedReference(meaning.canonical)
        : meaning.canonical;
    to.report(messages.unknownVariable(name, owner, [...all, ...others]), at);
    return name;
  });
}

/** Returns the elements that a monitor records, relative to its source. */
function select(
  source: Subgroup,
  record: RecordedIndices,
  pointer: string,
  to: Setting['to'],
): Record<string, unknown> {
  const offset = source.slice?.[0] ?? 0;
  if (record === true) return selection(source);
  if (record === false) {
    to.report(messages.unsupported('a StateMonitor that records nothing by itself'), pointer);
    return selection(source);
  }
  if (typeof record === 'string') {
    const slice = /^\s*(\d*)\s*:\s*(\d*)\s*$/.exec(record);
    const start = slice?.[1] ? Number(slice[1]) : 0;
    const stop = slice?.[2] ? Number(slice[2]) : source.size;
    if (slice !== null && start < stop && stop <= source.size)
      return { population: source.group.name, slice: [offset + start, offset + stop, 1] };
    to.report(messages.badIndex(record), pointer);
    return selection(source);
  }
  const indices = typeof record === 'number' ? [record] : record;
  const wrong = indices.find((index) => !Number.isInteger(index) || index < 0 || index >= source.size);
  if (wrong === undefined) return { population: source.group.name, indices: indices.map((index) => index + offset) };
  to.report(messages.outOfRange('the index', `0 to ${source.size - 1}`, wrong), pointer);
  return selection(source);
}

/** Returns synapses by their index in the order of creation. Only the run determines their number. */
function selectSynapses(
  synapses: SynapseGroup,
  record: RecordedIndices,
  pointer: string,
  to: Setting['to'],
): Record<string, unknown> {
  const projection = synapses.name;
  if (record === true) return { projection };
  if (record === false) to.report(messages.unsupported('a StateMonitor that records nothing by itself'), pointer);
  if (typeof record === 'boolean') return { projection };
  if (typeof record === 'string') {
    const slice = /^\s*(\d*)\s*:\s*(\d+)\s*$/.exec(record);
    const start = Number(slice?.[1] ?? 0);
    const stop = Number(slice?.[2] ?? 0);
    if (slice === null || start >= stop) to.report(messages.badIndex(record), pointer);
    return { projection, slice: [start, stop, 1] };
  }
  const indices = typeof record === 'number' ? [record] : record;
  const wrong = indices.find((index) => !Number.isInteger(index) || index < 0);
  if (wrong === undefined) return { projection, indices };
  to.report(messages.badIndex(wrong), pointer);
  return { projection };
}
