/**
 * Resolves names in code that runs for one owner of variables: an element (`element-scope.ts`) or a synapse
 * (`synapse-scope.ts`). Variables are held in locals while the code runs.
 *
 * Code that runs for all elements at once stores its variables once, at its end. If elements are stepped one after
 * another (`View`), assignments are also stored at once, and reads come from memory. Thus an element reads the effects
 * that other code has in between, such as deliveries without delay.
 */

import { invariant } from '../../diagnostics/diagnostic.js';
import type { Finding } from '../../diagnostics/diagnostic.js';
import * as ir from '../../ir/builder.js';
import type { Buffer, Constant, Expression as Ir, Local } from '../../ir/program.js';
import type { Call, EndReference, Expression, Reference, Statement } from '../../lang/ast.js';
import { dependencyOrder } from '../../lang/graph.js';
import { spelling } from '../../lang/reference.js';
import { namesIn, writtenBy } from '../../lang/walk.js';
import type { ValueType } from '../../model/typed.js';
import type { Block } from './block.js';
import type { Context, Real } from '../context/context.js';
import type { Draws } from './draws.js';
import { draw } from './draws.js';
import type { Scope } from './expressions.js';
import { compile, to } from './expressions.js';
import { fold } from '../../ir/fold.js';
import type { Storage } from '../context/groups.js';
import { constantOf, definitionOf, invariantLocal, known } from '../context/invariant.js';
import * as messages from '../context/messages.js';
import { seenStep, timeOf } from './step-time.js';
import { tableValue } from './tables.js';
import { combine, scalarTypeOf, storedValue } from './typed-values.js';

/** A derived variable of an owner. */
interface OwnDerived {
  readonly expression: Expression;
  readonly type: ValueType;
  /** Whether it keeps the value that it had at the start of the step. */
  readonly held?: boolean;
}

/** The owner of the variables that code reads and writes. */
interface Owner {
  /** Of the group or projection, for messages. */
  readonly name: string;
  readonly storage: ReadonlyMap<string, Storage>;
  readonly derived: ReadonlyMap<string, OwnDerived>;
}

/** The values that code reads if elements are stepped one after another. */
export interface View {
  /** Float64 time in the code (s). */
  readonly time: Ir;
  /** Derived variables with a copy in memory of the value computed last. */
  readonly kept: ReadonlyMap<string, Storage>;
  /** Copies of state variables for other elements, and for code of other parts. */
  readonly shown: ReadonlyMap<string, Buffer>;
  /** Resolves linked parameters. Returns null for other names. */
  readonly linked: (name: string, scope: CodeScope) => Ir | null;
}

const noOverrides: ReadonlyMap<string, Ir> = new Map();

/** Scope of code that runs for one owner, with its variables in locals. */
export abstract class CodeScope implements Scope {
  /** Floating-point type of the model's numbers. */
  readonly real: Real;
  readonly context: Context;
  /** The owner of the variables. */
  readonly owner: Owner;
  /** Null if the code runs for all elements at once. */
  readonly view: View | null;
  /** Where statements go. */
  block: Block;
  /** Values that replace names for a while, as the stages of a Runge–Kutta step do. */
  overrides: ReadonlyMap<string, Ir> = noOverrides;
  /** Whether a constant condition keeps the code from running: findings are of no interest then. */
  unreached = false;
  /** Whether the code reads a state variable itself, not its copy for others. */
  isOwn: (name: string) => boolean = () => true;
  #draws: Draws | null;
  /** Locals of stored variables; `dirty`: to be stored at the end. */
  #registers = new Map<string, { readonly local: Local; dirty: boolean }>();
  /** Temporaries of the code, and values computed for it. */
  #values = new Map<string, Ir>();
  /** Derived variables as they are until something is assigned, with each set of overrides. */
  readonly #derived = new Map<ReadonlyMap<string, Ir>, Map<string, Ir>>();

  /** @param draws null if the code must not draw random numbers */
  constructor(context: Context, owner: Owner, block: Block, draws: Draws | null, view: View | null) {
    this.context = context;
    this.owner = owner;
    this.real = context.real;
    this.block = block;
    this.view = view;
    this.#draws = draws;
  }

  /** u32 place of the owner's own variables in their buffers. */
  abstract get place(): Ir;

  /** u32 index of the values that a population shares. */
  abstract get ordinal(): Ir;

  #indexOf(storage: Storage): Ir {
    return storage.kind === 'table' ? this.ordinal : this.place;
  }

  /** Resolves a name that is neither a variable nor a constant. Returns null for an unknown name. */
  protected abstract special(name: string): Ir | null;

  /** Resolves a name before variables are looked up. Returns null for a name without such a meaning. */
  protected before(_name: string): Ir | null {
    return null;
  }

  /** Scopes of other owners that this one's code reads and writes through. */
  protected through(): readonly CodeScope[] {
    return [];
  }

  /** A distance or coordinate in micrometres. */
  abstract length(reference: Reference): Ir | undefined;

  /** Returns the value of a name of the owner. @diagnostic lower/unreadable for a name that cannot be read here */
  read(name: string): Ir {
    const value = this.overrides.get(name) ?? this.#values.get(name) ?? this.before(name) ?? this.#viewed(name);
    if (value) return value;
    const storage = this.owner.storage.get(name);
    if (storage) return this.stored(name, storage);
    if (this.owner.derived.has(name)) return this.#readDerived(name);
    return this.constant(name) ?? this.#time(name) ?? this.special(name) ?? this.unreadable(name);
  }

  /** Returns the value of a variable of an end. @diagnostic lower/unreadable if the owner has no ends */
  readEnd(reference: EndReference): Ir {
    return this.unreadable(spelling(reference));
  }

  /** The substitute for a name without a value, which is reported. */
  protected unreadable(name: string): Ir {
    this.context.diagnostics.add(messages.unreadable(name, this.owner.name));
    return ir.f64(1);
  }

  /** The value that an assignment such as `+=` starts from. */
  readTarget(name: string): Ir {
    return this.read(name);
  }

  /** A stored variable, in a local from then on. */
  protected stored(name: string, storage: Storage): Ir {
    if (storage.kind === 'folded') return foldedValue(storage, this.real);
    const register = this.#registers.get(name);
    const local = register?.local ?? this.#register(name, storage);
    const { buffer } = storage;
    const load = to(local.type, ir.load(buffer, this.#indexOf(storage)));
    if (!register) this.block.write`${local} = ${load}`;
    return storage.parameter === true ? invariantLocal(local, load) : ir.get(local);
  }

  #register(name: string, { type }: Storage): Local {
    const local = this.block.local(name.replaceAll(' ', '_'), scalarTypeOf(type, this.real));
    this.#registers.set(name, { local, dirty: false });
    return local;
  }

  /** Returns the copy of a variable that other code reads (`shown`), or the owner's value computed last (`kept`). */
  #viewed(name: string): Ir | null {
    if (!this.view) return null;
    const { shown, kept, linked } = this.view;
    const [copy, storage] = [shown.get(name), this.owner.storage.get(name)];
    if (copy && storage && !this.isOwn(name))
      return to(scalarTypeOf(storage.type, this.real), ir.load(copy, this.#indexOf(storage)));
    const other = linked(name, this);
    if (other) return other;
    const last = kept.get(name);
    if (!last) return null;
    if (last.kind === 'folded') return foldedValue(last, this.real);
    return to(scalarTypeOf(last.type, this.real), ir.load(last.buffer, this.#indexOf(last)));
  }

  /** Computes a derived variable, after all others that it needs: a chain of them may be long. */
  #readDerived(name: string): Ir {
    const { derived, storage } = this.owner;
    const computed = this.#derived.get(this.overrides) ?? new Map<string, Ir>();
    this.#derived.set(this.overrides, computed);
    const isOpen = (read: string): boolean =>
      derived.has(read) &&
      !storage.has(read) &&
      ![computed, this.overrides, this.#values, this.view?.kept].some((known) => known?.has(read));
    const reads = (each: string): string[] => [...namesIn(derived.get(each)?.expression as Expression)].filter(isOpen);
    for (const each of isOpen(name) ? dependencyOrder([name], reads) : []) {
      const { expression, type } = derived.get(each) as OwnDerived;
      computed.set(each, this.block.name(each, to(scalarTypeOf(type, this.real), compile(expression, this))));
    }
    return computed.get(name) as Ir;
  }

  #time(name: string): Ir | null {
    if (name === 't') return this.view?.time ?? timeOf(this.context);
    return name === 't_in_timesteps' ? seenStep(this.context) : null;
  }

  /** Returns the current value of the target of an assignment such as `+=`. */
  protected valueBefore(target: Reference): Ir {
    switch (target.kind) {
      case 'own':
        return this.readTarget(target.variable);
      case 'end':
        return this.readEndTarget(target);
      default:
        return target satisfies never;
    }
  }

  /** Assigns to the target of a reference. */
  assign(target: Reference, value: Ir): void {
    switch (target.kind) {
      case 'own':
        return this.write(target.variable, value);
      case 'end':
        return this.assignEnd(target, value);
      default:
        target satisfies never;
    }
  }

  /** The value that an assignment such as `+=` to a variable of an end starts from. */
  protected readEndTarget(target: EndReference): Ir {
    return this.readEnd(target);
  }

  /** Assigns a variable of an end. */
  protected assignEnd(target: EndReference, _value: Ir): void {
    this.unreadable(spelling(target));
  }

  /** Assigns a variable of the owner, or a temporary of the code. */
  write(name: string, value: Ir): void {
    this.#derived.clear();
    const storage = this.owner.storage.get(name);
    if (!storage) {
      const known = this.#values.get(name);
      const local =
        known?.kind === 'local'
          ? { name: known.name, type: known.type }
          : this.block.local(name, value.type === 'f64' && value.kind === 'const' ? this.real : value.type);
      this.block.write`${local} = ${to(local.type, value)}`;
      this.#values.set(name, ir.get(local));
      return;
    }
    invariant(storage.kind !== 'folded', 'lower/code-scope', `${name} is constant`);
    const local = this.#registers.get(name)?.local ?? this.#register(name, storage);
    this.block.write`${local} = ${to(local.type, value)}`;
    if (this.view) this.#store(storage, local);
    else this.#registers.set(name, { local, dirty: true });
  }

  #store(storage: Exclude<Storage, { kind: 'folded' }>, local: Local): void {
    const { buffer } = storage;
    this.block.write`${buffer}[${this.#indexOf(storage)}] = ${storedValue(buffer, ir.get(local))}`;
  }

  /** Stores all assigned variables. Call it once, at the end of the kernel. */
  storeAll(): void {
    for (const [name, { local, dirty }] of this.#registers) {
      const storage = this.owner.storage.get(name);
      if (dirty && storage && storage.kind !== 'folded') this.#store(storage, local);
    }
  }

  /** Stores a variable that was written, for code that reaches it in another way. */
  protected storeNow(name: string): void {
    const [register, storage] = [this.#registers.get(name), this.owner.storage.get(name)];
    if (!register?.dirty || !storage || storage.kind === 'folded') return;
    this.#store(storage, register.local);
    register.dirty = false;
  }

  /**
   * Runs statements in order. Each one reads the values assigned by the earlier ones.
   *
   * @param assign replaces plain assignments
   */
  execute(
    statements: readonly Statement[],
    assign = (target: Reference, value: Ir): void => this.assign(target, value),
  ): void {
    const [written, isOwn] = [writtenBy(statements), this.isOwn];
    this.isOwn = (name) => written.has(name) || isOwn(name);
    for (const statement of statements) {
      invariant(statement.kind === 'assignment', 'lower/code-scope', 'nothing is sent here');
      const { to: target, operator, value } = statement;
      const right = compile(value, this);
      assign(target, operator === '=' ? right : combine(operator, this.valueBefore(target), right, this));
    }
    this.isOwn = isOwn;
  }

  // --- Where elements are stepped one after another ------------------------------------------------------------------

  /** Binds a computed value to a name for the rest of the step, and stores it if later steps read it. */
  define(name: string, value: Ir): void {
    const constant = constantOf(value);
    const defined = constant ? known(constant) : this.#copy(name, value);
    this.#values.set(name, defined);
    const kept = this.view?.kept.get(name);
    if (kept && kept.kind !== 'folded')
      this.block.write`${kept.buffer}[${this.#indexOf(kept)}] = ${storedValue(kept.buffer, defined)}`;
  }

  /** Copies a value to a new local, because its operands may change before it is read. */
  #copy(name: string, value: Ir): Ir {
    const local = this.block.local(name, value.type);
    this.block.write`${local} = ${value}`;
    const definition = definitionOf(value);
    return definition ? invariantLocal(local, definition) : ir.get(local);
  }

  /** Writes code that runs if a condition holds. */
  branch(condition: Ir, write: () => void): void {
    if (condition.kind === 'const' && condition.value === false) return;
    const outer = this.block;
    const inner = outer.nested((block) => this.#within(block, write));
    if (inner.length > 0) outer.emit(ir.when(condition, inner));
  }

  /** Writes code to a block that may be skipped. Names first read or bound in the block are not known after it. */
  #within(block: Block, write: () => void): void {
    const inside = this.through().reduceRight<() => void>((rest, scope) => () => scope.#within(block, rest), write);
    const [outer, registers, values] = [this.block, new Map(this.#registers), new Map(this.#values)];
    this.block = block;
    this.#derived.clear();
    inside();
    this.block = outer;
    this.#derived.clear();
    // Variables that the block forgot must be read again.
    this.#registers = new Map([...registers].filter(([name, known]) => this.#registers.get(name) === known));
    this.#values = values;
  }

  /** Forgets derived values and locals of variables that other code may have changed meanwhile. */
  forget(names: Iterable<string> = []): void {
    this.#derived.clear();
    for (const name of names) this.#registers.delete(name);
  }

  // --- Functions available to all code
  // --------------------------------------------------------------------------------

  /**
   * Calls `write` with random numbers from `draws` and, unless null, with the names in `overrides` replaced. Returns
   * its result.
   */
  replacing<T>(draws: Draws, overrides: ReadonlyMap<string, Ir> | null, write: () => T): T {
    const before = [this.#draws, this.overrides] as const;
    this.#draws = draws;
    if (overrides) this.overrides = overrides;
    const result = write();
    [this.#draws, this.overrides] = before;
    return result;
  }

  /** Takes a finding about the code. */
  report(finding: Finding): void {
    if (!this.unreached) this.context.diagnostics.add(finding);
  }

  /** The value of a random function. */
  draw(call: Call, args: readonly Ir[]): Ir {
    invariant(this.#draws, 'lower/code-scope', `${call.function} is drawn where nothing may be`);
    return draw(call, args, this.#draws, this.block, this.context);
  }

  /** The value of a table function; undefined: the call names no table. */
  table(call: Call, args: readonly Ir[]): Ir | undefined {
    return tableValue(call, args, this, this.context);
  }

  /** The value of a name that means the same everywhere; undefined for others. */
  constant(name: string): Ir | undefined {
    switch (name) {
      case 'dt':
        return ir.f64(this.context.dt);
      case 'pi':
        return ir.f64(Math.PI);
      case 'e':
        return ir.f64(Math.E);
      case 'inf':
        return ir.f64(Infinity);
      case 'nan':
        return ir.f64(NaN);
      default:
        return undefined;
    }
  }
}

/** A parameter that is the same number everywhere and that no phase sets, in the model's precision. */
function foldedValue({ type, value }: Extract<Storage, { kind: 'folded' }>, real: Real): Ir {
  const constant =
    type === 'boolean'
      ? ir.bool(value !== 0)
      : type === 'integer'
        ? ir.i32(value)
        : fold(ir.convert(real, ir.f64(value)));
  return known(constant as Constant);
}
