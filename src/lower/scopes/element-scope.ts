/** Resolves names in code that runs for one element of a group. */

import { invariant } from '../../diagnostics/diagnostic.js';
import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { Block } from '../code/block.js';
import { onClock } from '../code/clocks.js';
import type { View } from '../code/code-scope.js';
import { CodeScope } from '../code/code-scope.js';
import { populationInModel } from '../context/cable.js';
import type { Context } from '../context/context.js';
import type { Draws } from '../code/draws.js';
import { compile, library, to } from '../code/expressions.js';
import { folded } from '../../ir/fold.js';
import type { EventCode } from '../context/equations.js';
import type { Group } from '../context/groups.js';
import { longAgo, neverSpiked, updatePlace, usedInput } from '../context/groups.js';
import * as messages from '../context/messages.js';
import { constantLoad, known } from '../context/invariant.js';
import { rankOf } from '../context/profile.js';
import { step } from '../code/step-time.js';
import { comparePlaces, type StepPlace } from '../context/place.js';
import { micrometresPerMetre } from '../../draw/space/micrometres.js';
import type { Reference } from '../../lang/ast.js';
import { axes, type Axis } from '../../draw/space/axes.js';

/** How an element of a group is addressed in a kernel. */
export interface Address {
  /** u32 position in the merged arrays. */
  readonly index: Ir;
  /** u32 ordinal of its population. */
  readonly ordinal: Ir;
  /** u32 index within its population. */
  readonly local: Ir;
}

/** Address of the current item of a `ranges` kernel. */
export const rangesAddress: Address = {
  index: { kind: 'local', type: 'u32', name: 'index' },
  ordinal: { kind: 'local', type: 'u32', name: 'group' },
  local: {
    kind: 'binary',
    type: 'u32',
    op: 'sub',
    left: { kind: 'local', type: 'u32', name: 'index' },
    right: { kind: 'local', type: 'u32', name: 'begin' },
  },
};

/** Options of code for an element: its place in the step, if different from that of integration. */
interface ElementOptions extends Partial<StepPlace> {
  readonly view?: View;
}

/** Scope of code that runs for one element of a group. */
export class ElementScope extends CodeScope {
  /** The element's. */
  readonly group: Group;
  /** Where the element is in the merged arrays and in its population. */
  readonly address: Address;
  /**
   * Whether inputs are read as they have been summed so far, as integration reads them. Other code reads the sums that
   * the last integration used.
   */
  integrating = false;
  /**
   * Whether the code runs before the step's integration: refractoriness is decided there, so such code finds it as the
   * step before has left it.
   */
  readonly beforeUpdate: boolean;
  readonly #used = new Map<string, Ir>();

  constructor(
    context: Context,
    group: Group,
    address: Address,
    block: Block,
    draws: Draws | null,
    { slot = context.profile.defaults.integrate, order = 'last', view, ...place }: ElementOptions = {},
  ) {
    super(onClock(group.clock, context), { ...group, derived: group.equations.derived }, block, draws, view ?? null);
    const { profile } = context;
    const rank = (each: string): number => rankOf(profile, each);
    this.beforeUpdate = comparePlaces({ ...place, slot, order }, updatePlace(group, context), rank, profile.ties) < 0;
    this.group = group;
    this.address = address;
  }

  protected override before(name: string): Ir | null {
    if (!this.#readsUsed(name)) return null;
    const value =
      this.#used.get(name) ??
      this.block.name(name, ir.load(usedInput(this.group, name, this.context), this.address.index));
    this.#used.set(name, value);
    return value;
  }

  /** For an input, returns the contributions to the next integration. */
  override readTarget(name: string): Ir {
    const storage = this.group.storage.get(name);
    return storage && this.#readsUsed(name) ? this.stored(name, storage) : this.read(name);
  }

  /** Assigns a variable, unless the element is refractory and must not be written meanwhile. */
  writeIfFree(name: string, value: Ir): void {
    const free = writable(this.group, name, this);
    if (!free) return void this.write(name, value);
    const before = this.readTarget(name);
    this.write(name, folded`select(${free}, ${to(before.type, value)}, ${before})`);
  }

  /** Assigns a variable as `writeIfFree` does, at once. */
  writeAtOnce(name: string, value: Ir): void {
    this.writeIfFree(name, value);
    this.storeNow(name);
  }

  override length(reference: Reference): Ir | undefined {
    const name = reference.variable;
    const axis = reference.kind === 'own' ? axes.find((each) => each === name) : undefined;
    if (!axis || this.group.storage.has(name) || this.group.equations.derived.has(name)) return undefined;
    const buffer = groupCoordinates(this.group, axis, this.context);
    return buffer ? ir.load(buffer, this.address.index) : ir.f64(0);
  }

  /** Index in the merged arrays, u32. */
  override get place(): Ir {
    return this.address.index;
  }

  override get ordinal(): Ir {
    return this.address.ordinal;
  }

  /** Whether a name is an input with the value that the last integration used. */
  #readsUsed(name: string): boolean {
    return !this.integrating && Object.hasOwn(this.group.type.inputs, name);
  }

  protected override special(name: string): Ir | null {
    switch (name) {
      case 'i':
        return ir.convert('i32', cellOf(this.group, this.address, this.context));
      case 'N':
        return populationSize(this.group, this.address, this.context);
      case 'lastspike':
        return lastSpikeTime(this.group, this.address, this.context);
      case 'not_refractory':
        return notRefractory(this.group, 'spike', this.address, this);
      default: {
        const length = this.length({ kind: 'own', variable: name });
        return length ? code`${length} / ${micrometresPerMetre}` : null;
      }
    }
  }
}

/** Coordinates of all elements of a group along an axis, in micrometres; null after a finding. */
function groupCoordinates({ name, members, length }: Group, axis: Axis, context: Context): Buffer | null {
  const lacking = members.find((member) => !context.places.has(member.name));
  if (lacking) {
    context.diagnostics.add(messages.noPositions(populationInModel(lacking.name, context.shown)));
    return null;
  }
  const { builder, places } = context;
  return builder.common(`${name}.position_${axis}`, (key) => {
    const initial = new Float64Array(length);
    for (const member of members) initial.set(places.get(member.name)?.[axis] ?? [], member.begin);
    const comment = `${axis} of each element of ${name} (um)`;
    return builder.buffer(key, 'f64', length, comment, { role: 'constant', initial });
  });
}

/** u32 index of the element in its population, or of the cell that it is a compartment of. */
export function cellOf(group: Group, address: Address, context: Context): Ir {
  const structured = group.members.some((member) => context.shown.origins.has(member.name));
  return structured ? code`${address.local} % u32(${populationSize(group, address, context)})` : address.local;
}

/** i32 size of the element's population, in cells. */
export function populationSize(group: Group, address: Address, context: Context): Ir {
  const sizes = group.members.map((member) => context.shown.origins.get(member.name)?.cells ?? member.population.size);
  if (sizes.every((size) => size === sizes[0])) return known({ kind: 'const', type: 'i32', value: sizes[0] ?? 0 });
  const { builder } = context;
  const initial = Int32Array.from(sizes);
  const comment = `sizes of the populations of ${group.name}`;
  const buffer = builder.commonBuffer(`${group.name}.sizes`, 'i32', sizes.length, comment, {
    role: 'constant',
    initial,
  });
  return constantLoad(ir.load(buffer, address.ordinal));
}

/** Float64 seconds of the last spike; far in the past before the first. */
function lastSpikeTime(group: Group, address: Address, context: Context): Ir {
  const buffer = group.lastEvent.get('spike');
  invariant(buffer, 'lower/element-scope', `${group.name} keeps no lastspike`);
  const last = ir.load(buffer, address.index);
  const { dt, every } = context;
  const tick = every === 1 ? last : code`${last} / ${every}i`;
  return code`select(${last} <= ${longAgo}i, ${neverSpiked}, f64(${tick}) * ${dt})`;
}

/**
 * Returns the refractory period of an event in i32 steps of the program. It is rounded as the event requires, or by
 * default down with Brian's tolerance of 0.001 steps.
 */
export function refractorySteps(event: EventCode, scope: ElementScope): Ir {
  const { every } = scope.context;
  const steps = ownRefractorySteps(event, scope);
  return every === 1 ? steps : folded`${steps} * ${every}i`;
}

/** The same in steps of the element's clock. */
function ownRefractorySteps(event: EventCode, scope: ElementScope): Ir {
  invariant(event.refractoryFor, 'lower/element-scope', `${event.name} has no refractory period`);
  const period = to('f64', compile(event.refractoryFor, scope));
  const { dt } = scope.context;
  const rounding = event.definition.refractory?.rounding ?? 'down';
  if (rounding === 'down') return library('timestep', [period, ir.f64(dt)]);
  // A period that is a whole number of steps except for rounding must not become one more.
  const steps = folded`${period} / ${dt}`;
  const whole = rounding === 'nearest' ? library('round', [steps]) : library('ceil', [folded`${steps} - 1e-3`]);
  return folded`i32(${whole})`;
}

/**
 * Whether the element is outside the refractory period of an event. A period decided at each step has a stored flag.
 * Otherwise the step of the last event is compared with the period, which may have been fixed at that event, as
 * timestep(t - lastspike, dt) >= timestep(period, dt).
 */
export function notRefractory(group: Group, eventName: string, address: Address, scope: ElementScope): Ir {
  const stored = group.notRefractory.get(eventName);
  if (stored) return to('bool', ir.load(stored, address.index));
  const event = group.events.find((candidate) => candidate.name === eventName);
  const last = group.lastEvent.get(eventName);
  if (!event?.refractoryFor || !last) return ir.bool(true);
  const now = lastUpdateStep(scope);
  const fixed = group.refractorySteps.get(eventName);
  const period = fixed ? ir.load(fixed, address.index) : refractorySteps(event, scope);
  return code`${now} - ${last}[${address.index}] >= ${untilNextUpdate(period, scope.context)}`;
}

/** i32 step of the last update of the element before the code. */
function lastUpdateStep({ beforeUpdate, context: { every } }: ElementScope): Ir {
  if (every === 1) return beforeUpdate ? code`${step} - 1i` : step;
  if (!beforeUpdate) return code`${step} / ${every}i * ${every}i`;
  return code`((${step} + ${every - 1}i) / ${every}i - 1i) * ${every}i`;
}

/**
 * An event labelled with the beginning of its step is refractory for the rest of this step, even if the period is
 * shorter.
 */
function untilNextUpdate(period: Ir, { profile }: Context): Ir {
  return profile.spikeLabel === 1 ? period : folded`select(${period} < 1i, 1i, ${period})`;
}

/** The condition under which code other than events' own actions may write a variable, or null when it always may. */
function writable(group: Group, variable: string, scope: ElementScope): Ir | null {
  let condition: Ir | null = null;
  for (const event of group.events) {
    const refractory = event.definition.refractory;
    if (refractory?.writes !== 'block' || !refractory.rate.includes(variable)) continue;
    const free = scope.block.name(`writable_${variable}`, notRefractory(group, event.name, scope.address, scope));
    condition = condition ? code`${condition} & ${free}` : free;
  }
  return condition;
}
