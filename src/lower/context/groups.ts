/**
 * Pass 1: merges populations of one type into one group with merged arrays, so that code grows with the number of
 * types, not of populations.
 *
 * Each population starts at a multiple of 64 elements, so that masks and workers' shares begin at `u32` boundaries. The
 * padding elements are computed but never read.
 */

import type { Buffer, ElementType, MapDomain, TypedArray } from '../../ir/program.js';
import { referenceOf } from '../../lang/reference.js';
import { formulaOf, readsVariable } from '../../model/typed.js';
import { namesIn } from '../../lang/walk.js';
import { drawsIn } from '../../lang/functions.js';
import { oncePerObject } from '../../diagnostics/memoise.js';
import type { Model, NeuronType, Parameter, Population, Value, ValueType } from '../../model/typed.js';
import type { Context, Real } from './context.js';
import type { Equations, EventCode } from './equations.js';
import { equationsOf, eventsOf } from './equations.js';
import { objectNames } from '../../model/object-names.js';
import * as messages from './messages.js';
import type { StepPlace } from './place.js';

/** Where the value of a variable is found. */
export type Storage =
  /** The same number everywhere and never set: it becomes a constant in code. */
  | { readonly kind: 'folded'; readonly value: number; readonly type: ValueType }
  /** One number for each population of the group. */
  | { readonly kind: 'table'; readonly buffer: Buffer; readonly type: ValueType; readonly parameter?: boolean }
  /** One number for each element. `parameter`: only phases change it. */
  | { readonly kind: 'array'; readonly buffer: Buffer; readonly type: ValueType; readonly parameter?: boolean };

/** A population within the merged arrays of its type. */
export interface Member {
  readonly name: string;
  readonly population: Population;
  /** Place of its first element, a multiple of 64. */
  readonly begin: number;
  /** Place after its last element. */
  readonly end: number;
  /** Its number within the group, in order of names. */
  readonly ordinal: number;
}

/** Populations of one type, with merged arrays. */
export interface Group {
  /** Name of the type. */
  readonly name: string;
  readonly type: NeuronType;
  /** The type's equations as integration reads them. */
  readonly equations: Equations;
  /** The type's events with their code. */
  readonly events: readonly EventCode[];
  /** Populations in order of names. */
  readonly members: readonly Member[];
  /** The clock of its populations; absent: they run in every step of the program. */
  readonly clock?: string;
  /** Elements of the merged arrays, a multiple of 64. */
  readonly length: number;
  /** Where each variable of the type is kept. */
  readonly storage: ReadonlyMap<string, Storage>;
  /** i32 step of the last event, for events with a refractory period or a time that code reads. */
  readonly lastEvent: ReadonlyMap<string, Buffer>;
  /** u8 flag for events with refractoriness decided at each step, from a period or condition that may change. */
  readonly notRefractory: ReadonlyMap<string, Buffer>;
  /** i32 steps of the refractory period that began at the last event, if it is fixed at the event and may vary. */
  readonly refractorySteps: ReadonlyMap<string, Buffer>;
}

/** All elements of a group, as the domain of a kernel. */
export const rangesOf = ({ members }: Group): Extract<MapDomain, { kind: 'ranges' }> => ({
  kind: 'ranges',
  ranges: members.map(({ begin, end }) => ({ begin, end })),
});

/** Name of the buffer of `usedInput`. */
export const usedInputName = ({ name }: Group, input: string): string => `${name}.${input}.used`;

/** Returns the buffer with the sum of an input that the last integration used; zero before the first integration. */
export function usedInput(group: Group, input: string, { builder, real }: Context): Buffer {
  const definition = group.type.inputs[input];
  const comment = `input ${input} of ${group.name} as the last integration used it (${definition?.unit ?? '1'})`;
  const options = definition?.reduce === 'product' ? { initial: { fill: 1 } } : {};
  return builder.commonBuffer(usedInputName(group, input), real, group.length, comment, options);
}

/** Rounds up to a multiple of 64, so that masks and shares of workers end at `u32` boundaries. */
export const padded = (n: number): number => Math.ceil(n / 64) * 64;

/** Element type of a variable's buffer. */
export const elementOf = (type: ValueType, real: Real): ElementType =>
  type === 'boolean' ? 'u8' : type === 'integer' ? 'i32' : real;

/** A value that is one number for all elements, or null. */
export function numberOf(value: Value): number | null {
  if (typeof value === 'number') return value;
  const e = formulaOf(value);
  if (!e) return null;
  if (e.kind === 'number' || e.kind === 'quantity') return e.value;
  if (e.kind === 'boolean') return e.value ? 1 : 0;
  if (e.kind === 'unary' && e.operator === '-' && (e.operand.kind === 'number' || e.operand.kind === 'quantity'))
    return -e.operand.value;
  return null;
}

/** Returns the value of a parameter or initial state in a population, or the type's default. */
export function valueOf(population: Population, equations: Equations, name: string): Value {
  const given = population.values[name];
  if (given !== undefined) return given;
  return equations.parameters.get(name)?.value ?? equations.state.get(name)?.initial ?? 0;
}

/**
 * Returns the order of a group within its slots. If ties are resolved by names, all populations of a group share the
 * order of the first.
 */
export const orderOf = ({ members }: Pick<Group, 'members'>, { profile }: Context): number =>
  profile.ties === 'name' ? (members[0]?.population.order ?? 0) : 0;

/** Returns the name that resolves ties of a group: the name of its first population. */
export const leaderOf = ({ name, members }: Pick<Group, 'name' | 'members'>): string => members[0]?.name ?? name;

/** Where in a step the equations of a group are integrated. */
export const updatePlace = (group: Group, context: Context): StepPlace => ({
  slot: context.profile.defaults.integrate,
  order: orderOf(group, context),
  name: objectNames.stateUpdater(leaderOf(group)),
});

/** Returns the SI unit of a recordable variable of a group, as text; `1` for dimensionless variables. */
export function unitOfVariable(group: Group, variable: string): string {
  const { equations, type } = group;
  return (
    equations.parameters.get(variable)?.unit ??
    equations.state.get(variable)?.unit ??
    equations.derived.get(variable)?.unit ??
    type.inputs[variable]?.unit ??
    (variable === 't' || variable === 'dt' || variable === 'lastspike' ? 's' : '1')
  );
}

/** Lays out all populations that have a neuron type. */
export function layOutGroups(context: Context): Group[] {
  const byType = new Map<string, [string, Population][]>();
  for (const name of Object.keys(context.model.populations).sort()) {
    const population = context.model.populations[name] as Population;
    if (population.type === undefined) continue;
    const members = byType.get(population.type) ?? [];
    members.push([name, population]);
    byType.set(population.type, members);
  }
  return [...byType]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, populations]) =>
      context.diagnostics.within(`/neurons/${name}`, () => layOutGroup(name, populations, context)),
    );
}

function layOutGroup(name: string, populations: readonly [string, Population][], context: Context): Group {
  const type = context.model.neurons[name] as NeuronType;
  const equations = equationsOf(type, context.profile.stepping === 'slots');
  const events = eventsOf(type);
  let length = 0;
  const members = populations.map(([id, population], ordinal) => {
    const begin = length;
    length += padded(population.size);
    return { name: id, population, begin, end: begin + population.size, ordinal };
  });
  const storage = new Map<string, Storage>();
  for (const [id, parameter] of equations.parameters)
    storage.set(id, parameterStorage(id, parameter, { name, equations, members, length }, context));
  for (const [id, variable] of equations.state) {
    const buffer = context.builder.buffer(
      `${name}.${id}`,
      elementOf(variable.type, context.real),
      variable.shared ? members.length : length,
      `${id} of ${name} (${variable.unit})`,
    );
    storage.set(id, { kind: variable.shared ? 'table' : 'array', buffer, type: variable.type });
  }
  for (const [id, variable] of equations.derived) {
    if (!variable.held) continue;
    const buffer = context.builder.buffer(
      `${name}.${id}`,
      elementOf(variable.type, context.real),
      variable.shared ? members.length : length,
      `${id} of ${name}, held over a step (${variable.unit})`,
    );
    storage.set(id, { kind: variable.shared ? 'table' : 'array', buffer, type: variable.type });
  }
  for (const [id, input] of Object.entries(type.inputs)) {
    // The empty sum is 0, the empty product 1.
    const options = input.reduce === 'product' ? { initial: { fill: 1 } } : {};
    const buffer = context.builder.buffer(
      `${name}.${id}`,
      context.real,
      length,
      `input ${id} of ${name} (${input.unit})`,
      options,
    );
    storage.set(id, { kind: 'array', buffer, type: 'real' });
  }
  const lastEvent = new Map<string, Buffer>();
  const noteLast = (event: string): void => {
    const options = { initial: { fill: longAgo } };
    const comment = `step of the last ${event} of ${name}`;
    lastEvent.set(event, context.builder.buffer(`${name}.last_${event}`, 'i32', length, comment, options));
  };
  const notRefractory = new Map<string, Buffer>();
  const refractorySteps = new Map<string, Buffer>();
  const readers = linkedToNotRefractory(context.model);
  const isShown = members.some((member) => readers.has(member.name));
  for (const event of events) {
    if (!event.definition.refractory && !readsLastSpike(context.model)) continue;
    noteLast(event.name);
    const { refractoryFor } = event;
    const varies =
      refractoryFor !== null &&
      (drawsIn(refractoryFor) ||
        [...namesIn(refractoryFor)].some((used) => storage.get(used)?.kind !== 'folded' && used !== 'dt'));
    if (varies && event.definition.refractory?.evaluated === 'atEvent') {
      const comment = `steps of the period that began at the last ${event.name} of ${name}`;
      refractorySteps.set(
        event.name,
        context.builder.buffer(`${name}.refractory_${event.name}`, 'i32', length, comment),
      );
    } else if (event.refractoryWhile || varies || (event.name === 'spike' && isShown)) {
      notRefractory.set(
        event.name,
        context.builder.buffer(
          `${name}.not_refractory_${event.name}`,
          'u8',
          length,
          `whether ${name} may integrate and emit ${event.name}`,
          { initial: { fill: 1 } },
        ),
      );
    }
  }
  if (readsLastSpike(context.model) && !lastEvent.has('spike')) noteLast('spike');
  const clock = clockOf(name, type, members, context);
  const groupClock = clock === undefined ? {} : { clock };
  return {
    name,
    type,
    equations,
    events,
    ...groupClock,
    members,
    length,
    storage,
    lastEvent,
    notRefractory,
    refractorySteps,
  };
}

/** Returns the clock of a group. @diagnostic lower/unsupported-feature for features that do not support clocks */
function clockOf(name: string, type: NeuronType, members: readonly Member[], context: Context): string | undefined {
  const [first, ...others] = members.map(({ population }) => population.clock);
  const refuse = (what: string): void => {
    const populations = members.map((member) => member.name).join(', ');
    context.diagnostics.add(messages.unsupportedFeature(`a population with its own clock (${populations}) ${what}`));
  };
  if (others.some((other) => other !== first)) refuse(`beside others of its type ${name} with another`);
  if (first === undefined) return undefined;
  if (Object.keys(type.inputs).length > 0) refuse('and with inputs');
  return first;
}

/** Step of the last event of an element that never had one: before any refractory period. */
export const longAgo = -0x40000000;

/** Seconds of the last spike of such an element. @source Brian 2, `lastspike` of a NeuronGroup */
export const neverSpiked = -1e4;

/** Whether any code reads the time of the last spike, which is then kept for all. */
const readsLastSpike = oncePerObject(
  ({ neurons, synapses, projections, stimuli, operations, recordings, ...model }: Model): boolean =>
    readsVariable([neurons, synapses, projections, stimuli, operations], 'lastspike') ||
    linkedTo('lastspike', model).size > 0 ||
    recordings.some(
      (recording) =>
        recording.kind !== 'rate' && recording.variables?.some((name) => referenceOf(name).variable === 'lastspike'),
    ),
);

/** Returns the populations with this variable that parameters are linked to. */
const linkedTo = (variable: string, { populations }: Pick<Model, 'populations'>): ReadonlySet<string> =>
  new Set(
    Object.values(populations)
      .flatMap(({ linked = {} }) => Object.values(linked))
      .flatMap((link) => (link.variable === variable ? [link.population] : [])),
  );

const linkedToNotRefractory = oncePerObject((model: Model) => linkedTo('not_refractory', model));

function parameterStorage(
  id: string,
  { type, shared, unit }: Parameter,
  { name: group, equations, members, length }: Pick<Group, 'name' | 'equations' | 'members' | 'length'>,
  context: Context,
): Storage {
  const values = members.map((member) => numberOf(valueOf(member.population, equations, id)));
  const linked = members.some((member) => Object.hasOwn(member.population.linked ?? {}, id));
  const settable = linked || members.some((member) => context.settable.has(`${member.name}.${id}`));
  const [first] = values;
  if (
    !settable &&
    first !== undefined &&
    first !== null &&
    values.every((value) => value !== null && Object.is(value, first))
  ) {
    return { kind: 'folded', value: first, type };
  }
  const element = elementOf(type, context.real);
  const comment = `parameter ${id} of ${group} (${unit})`;
  if ((shared && !linked) || (!settable && values.every((value) => value !== null))) {
    const initial = typed(
      element,
      values.map((value) => value ?? 0),
    );
    return {
      kind: 'table',
      buffer: context.builder.buffer(`${group}.${id}`, element, members.length, comment, {
        role: settable || values.includes(null) ? 'state' : 'constant',
        initial,
      }),
      type,
      parameter: true,
    };
  }
  const buffer = context.builder.buffer(`${group}.${id}`, element, length, comment);
  return { kind: 'array', buffer, type, parameter: !linked };
}

/** A typed array of an element type, holding numbers. */
export function typed(element: ElementType, values: ArrayLike<number>): TypedArray {
  switch (element) {
    case 'f64':
      return Float64Array.from(values);
    case 'f32':
      return Float32Array.from(values);
    case 'i32':
      return Int32Array.from(values);
    case 'u32':
      return Uint32Array.from(values);
    case 'u16':
      return Uint16Array.from(values);
    case 'i16':
      return Int16Array.from(values);
    case 'u8':
      return Uint8Array.from(values);
    case 'i8':
      return Int8Array.from(values);
    case 'i64':
      return BigInt64Array.from(Array.from(values, (value) => BigInt(value)));
  }
}

/** Names of values that change from step to step, besides states; linked parameters change with their source. */
export const inputsOf = (group: Group): ReadonlySet<string> =>
  new Set([
    ...Object.keys(group.type.inputs),
    ...group.members.flatMap(({ population }) => Object.keys(population.linked ?? {})),
  ]);
