/**
 * What names mean in code that runs for one element of a group: its variables live in locals while the code runs and
 * are stored once at its end, so that statements see earlier writes and memory is touched once.
 */

import { invariant } from '../diagnostics/diagnostic.js';
import * as ir from '../ir/builder.js';
import type { Buffer, Expression as Ir, Local, ScalarType } from '../ir/program.js';
import type { Expression, Statement } from '../lang/ast.js';
import type { ValueType } from '../model/typed.js';
import type { Block } from './block.js';
import { CodeScope, foldedValue, readInto } from './code-scope.js';
import type { Context, Real } from './context.js';
import type { Draws } from './draws.js';
import type { Scope } from './expressions.js';
import { compile, library, to, unify } from './expressions.js';
import { fold } from '../ir/fold.js';
import type { EventCode } from './equations.js';
import type { Group, Storage } from './groups.js';
import { usedInput } from './groups.js';
import * as messages from './messages.js';
import { constantLoad, known } from './invariant.js';
import { rankOf } from './profile.js';
import { micrometresPerMetre } from '../draw/space/micrometres.js';
import { axes, type Axis } from '../draw/space/axes.js';

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

/** i32 number of the step that runs. */
export const step: Ir = { kind: 'local', type: 'i32', name: 'step' };

/** Float64 seconds: the time at the start of the step or, where time is a sum of steps, that which has come. */
export const timeOf = (context: Context): Ir =>
  context.profile.stepping === 'elements'
    ? ir.load(timeBuffer(context), ir.u32(0))
    : ir.mul(ir.convert('f64', step), ir.f64(context.dt));

/** Where the sum of all steps so far stands (s), for profiles that step by elements. */
export const timeBuffer = ({ builder }: Context): Buffer =>
  builder.buffers.get('time') ??
  builder.buffer('time', 'f64', 1, 'time that has come: the sum of all steps so far (s)');

export const scalarTypeOf = (type: ValueType, real: Real): ScalarType =>
  type === 'boolean' ? 'bool' : type === 'integer' ? 'i32' : real;

interface Register {
  readonly local: Local;
  readonly buffer: Buffer;
  dirty: boolean;
}

export class ElementScope extends CodeScope {
  readonly group: Group;
  readonly address: Address;
  readonly #registers = new Map<string, Register>();
  readonly #derived = new Map<string, Ir>();
  readonly #temporaries = new Map<string, Local>();
  readonly #used = new Map<string, Ir>();
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

  constructor(
    context: Context,
    group: Group,
    address: Address,
    block: Block,
    draws: Draws | null,
    slot = context.profile.defaults.integrate,
  ) {
    super(context, block, draws);
    this.beforeUpdate = rankOf(context.profile, slot) < rankOf(context.profile, context.profile.defaults.integrate);
    this.group = group;
    this.address = address;
  }

  read(name: string): Ir {
    const override = this.overrides.get(name);
    if (override) return override;
    const temporary = this.#temporaries.get(name);
    if (temporary) return ir.get(temporary);
    if (this.#readsUsed(name)) return this.#readUsed(name);
    const storage = this.group.storage.get(name);
    if (storage) return this.#readStorage(name, storage);
    const derived = this.group.equations.derived.get(name);
    if (derived) return this.#readDerived(name, derived.expression, scalarTypeOf(derived.type, this.real));
    return this.#readSpecial(name);
  }

  /**
   * The value that an assignment such as `+=` starts from: of an input, what has been added for the next integration.
   */
  readTarget(name: string): Ir {
    const storage = this.group.storage.get(name);
    return storage && this.#readsUsed(name) ? this.#readStorage(name, storage) : this.read(name);
  }

  /** A coordinate of the element in micrometres. */
  length(name: string): Ir | undefined {
    const axis = axes.find((each) => each === name);
    if (!axis || this.group.storage.has(name) || this.group.equations.derived.has(name)) return undefined;
    const buffer = groupCoordinates(this.group, axis, this.context);
    return buffer ? ir.load(buffer, this.address.index) : ir.f64(0);
  }

  /** Executes a statement on the element. `protect`: variables written only where the condition holds. */
  execute(statement: Statement, protect?: { readonly names: ReadonlySet<string>; readonly unless: Ir }): void {
    invariant(statement.kind === 'assignment', 'lower/element-scope', 'a neuron sends nothing');
    const { target, operator, value } = statement;
    const right = compile(value, this);
    const result = operator === '=' ? right : combine(operator, this.read(target), right, this);
    if (protect?.names.has(target)) {
      const [kept, written] = [this.read(target), to(this.read(target).type, result)];
      this.write(target, fold(ir.select(protect.unless, kept, written)));
    } else {
      this.write(target, result);
    }
  }

  /** Assigns a variable of the element, or a temporary of the code. */
  write(name: string, value: Ir): void {
    this.#derived.clear();
    const storage = this.group.storage.get(name);
    if (!storage) {
      const known = this.#temporaries.get(name);
      const local =
        known ?? this.block.local(name, value.type === 'f64' && value.kind === 'const' ? this.real : value.type);
      this.#temporaries.set(name, local);
      this.block.emit(ir.set(local, to(local.type, value)));
      return;
    }
    invariant(storage.kind !== 'folded', 'lower/element-scope', `${name} is constant`);
    const register = this.#register(name, storage, false);
    register.dirty = true;
    this.block.emit(ir.set(register.local, to(register.local.type, value)));
  }

  /** Stores what was written; call it once, at the end of the kernel. */
  storeAll(): void {
    for (const [name, register] of this.#registers) {
      if (!register.dirty) continue;
      const storage = this.group.storage.get(name);
      const index = storage ? this.#indexOf(storage) : this.address.index;
      this.block.emit(ir.store(register.buffer, index, storedValue(register.buffer, ir.get(register.local))));
    }
  }

  /** Forgets derived values, when something outside the scope has changed what they read. */
  forget(): void {
    this.#derived.clear();
  }

  /** Whether a name is an input, whose value is that of the last integration. */
  #readsUsed(name: string): boolean {
    return (
      !this.integrating && this.context.profile.stepping === 'slots' && Object.hasOwn(this.group.type.inputs, name)
    );
  }

  #readUsed(name: string): Ir {
    let value = this.#used.get(name);
    if (!value) {
      value = this.block.name(name, ir.load(usedInput(this.group, name, this.context), this.address.index));
      this.#used.set(name, value);
    }
    return value;
  }

  #readStorage(name: string, storage: Storage): Ir {
    if (storage.kind === 'folded') return foldedValue(storage, this.real);
    const { local, buffer } = this.#register(name, storage, true);
    return readInto(local, storage, to(local.type, ir.load(buffer, this.#indexOf(storage))));
  }

  #register(name: string, storage: Exclude<Storage, { kind: 'folded' }>, loaded: boolean): Register {
    let register = this.#registers.get(name);
    if (!register) {
      const local = this.block.local(name, scalarTypeOf(storage.type, this.real));
      register = { local, buffer: storage.buffer, dirty: false };
      this.#registers.set(name, register);
      if (loaded) this.block.emit(ir.set(local, to(local.type, ir.load(storage.buffer, this.#indexOf(storage)))));
    }
    return register;
  }

  #indexOf(storage: Storage): Ir {
    return storage.kind === 'table' ? this.address.ordinal : this.address.index;
  }

  #readDerived(name: string, e: Expression, type: ScalarType): Ir {
    // With overrides in force the value is another one, and must not be kept.
    if (this.overrides.size > 0) return to(type, compile(e, this));
    let value = this.#derived.get(name);
    if (!value) {
      value = this.block.name(name, to(type, compile(e, this)));
      this.#derived.set(name, value);
    }
    return value;
  }

  #readSpecial(name: string): Ir {
    const constant = this.constant(name);
    if (constant) return constant;
    switch (name) {
      case 't':
        return timeOf(this.context);
      case 't_in_timesteps':
        return step;
      case 'i':
        return ir.convert('i32', this.address.local);
      case 'N':
        return populationSize(this.group, this.address, this.context);
      case 'lastspike':
        return lastSpikeTime(this.group, this.address, this.context);
      case 'not_refractory':
        return notRefractory(this.group, 'spike', this.address, this);
      default:
        break;
    }
    const length = this.length(name);
    if (length) return ir.div(length, ir.f64(micrometresPerMetre));
    this.context.diagnostics.add(messages.unreadable(name, this.group.name));
    return ir.f64(1);
  }
}

/** Coordinates of all elements of a group along an axis, in micrometres; null after a finding. */
function groupCoordinates({ name, members, length }: Group, axis: Axis, context: Context): Buffer | null {
  const key = `${name}.position_${axis}`;
  const known = context.builder.buffers.get(key);
  if (known) return known;
  const initial = new Float64Array(length);
  for (const member of members) {
    const places = context.places.get(member.name);
    if (!places) {
      context.diagnostics.add(messages.noPositions(member.name));
      return null;
    }
    initial.set(places[axis], member.begin);
  }
  return context.builder.buffer(key, 'f64', length, `${axis} of each element of ${name} (um)`, {
    role: 'constant',
    initial,
  });
}

/** What a buffer of its element type holds for a value. */
export function storedValue(buffer: Buffer, value: Ir): Ir {
  if (buffer.element === 'u8') return to('u32', value);
  return to(
    buffer.element === 'i32'
      ? 'i32'
      : buffer.element === 'f64' || buffer.element === 'f32'
        ? buffer.element
        : value.type,
    value,
  );
}

/** `a op= b`. */
export function combine(operator: '+=' | '-=' | '*=' | '/=' | '%=', a: Ir, b: Ir, scope: Scope): Ir {
  const number = (e: Ir): Ir => (e.type === 'bool' ? to('i32', e) : e);
  if (operator === '/=') {
    const real = (e: Ir): Ir => (e.type === 'f64' || e.type === 'f32' ? e : to(scope.real, e));
    const [x, y] = unify(real(a), real(b), scope.real);
    return fold(ir.div(x, y));
  }
  const [x, y] = unify(number(a), number(b), scope.real);
  switch (operator) {
    case '+=':
      return fold(ir.add(x, y));
    case '-=':
      return fold(ir.sub(x, y));
    case '*=':
      return fold(ir.mul(x, y));
    case '%=':
      return library('modulo', [x, y], scope);
  }
}

/** i32 size of the element's population. */
function populationSize(group: Group, address: Address, context: Context): Ir {
  const sizes = group.members.map((member) => member.population.size);
  if (sizes.every((size) => size === sizes[0])) return known({ kind: 'const', type: 'i32', value: sizes[0] ?? 0 });
  const name = `${group.name}.sizes`;
  const buffer =
    context.builder.buffers.get(name) ??
    context.builder.buffer(name, 'i32', sizes.length, `sizes of the populations of ${group.name}`, {
      role: 'constant',
      initial: Int32Array.from(sizes),
    });
  return constantLoad(ir.load(buffer, address.ordinal));
}

/** Float64 seconds of the last spike; far in the past before the first. */
function lastSpikeTime(group: Group, address: Address, context: Context): Ir {
  const buffer = group.lastEvent.get('spike');
  invariant(buffer, 'lower/element-scope', `${group.name} keeps no lastspike`);
  return ir.mul(ir.convert('f64', ir.load(buffer, address.index)), ir.f64(context.dt));
}

/**
 * i32 steps of an event's refractory period, rounded as the event says; else down, with Brian's tolerance of a
 * thousandth of a step.
 */
export function refractorySteps(event: EventCode, scope: ElementScope): Ir {
  invariant(event.refractoryFor, 'lower/element-scope', `${event.name} has no refractory period`);
  const period = to('f64', compile(event.refractoryFor, scope));
  const dt = ir.f64(scope.context.dt);
  const rounding = event.definition.refractory?.rounding ?? 'down';
  if (rounding === 'down') return library('timestep', [period, dt], scope);
  // A period that is a whole number of steps but for rounding must not become one more.
  const steps = fold(ir.div(period, dt));
  const whole =
    rounding === 'nearest'
      ? library('round', [steps], scope)
      : library('ceil', [fold(ir.sub(steps, ir.f64(1e-3)))], scope);
  return fold(ir.convert('i32', whole));
}

/**
 * Whether the element is outside the refractory period of an event: from the stored flag where it is decided at each
 * step, else from the step of the last event and the period, which may have been fixed then, as timestep(t - lastspike,
 * dt) >= timestep(period, dt).
 */
export function notRefractory(group: Group, eventName: string, address: Address, scope: ElementScope): Ir {
  const stored = group.notRefractory.get(eventName);
  if (stored) return to('bool', ir.load(stored, address.index));
  const event = group.events.find((candidate) => candidate.name === eventName);
  const last = group.lastEvent.get(eventName);
  if (!event?.refractoryFor || !last) return ir.bool(true);
  const now = scope.beforeUpdate ? ir.sub(step, ir.i32(1)) : step;
  const fixed = group.refractorySteps.get(eventName);
  if (fixed) return ir.ge(ir.sub(now, ir.load(last, address.index)), ir.load(fixed, address.index));
  return ir.ge(ir.sub(now, ir.load(last, address.index)), refractorySteps(event, scope));
}
