/**
 * What names mean in code that steps one element or one synapse. Variables are read once and written through to memory,
 * so that what others do meanwhile (deliveries without delay) is met when the element reads again.
 */

import { invariant } from '../../diagnostics/diagnostic.js';
import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir, Local } from '../../ir/program.js';
import type { Expression, Statement } from '../../lang/ast.js';
import type { Block } from '../block.js';
import { CodeScope, readInto } from '../code-scope.js';
import type { Context } from '../context.js';
import type { Draws } from '../draws.js';
import { combine, scalarTypeOf, step, storedValue } from '../element-scope.js';
import { compile, compileCondition, to } from '../expressions.js';
import type { Storage } from '../groups.js';
import { constantOf, definitionOf, invariantLocal, known } from '../invariant.js';
import { writtenBy } from './type-code.js';
import { loaded } from './layout.js';
import * as messages from '../messages.js';

/** Whose variables the code reads and writes, and where they are. */
export interface Owner {
  readonly name: string;
  readonly storage: ReadonlyMap<string, Storage>;
  readonly kept: ReadonlyMap<string, Storage>;
  readonly shown: ReadonlyMap<string, Buffer>;
  /** u32 place of its variables, and of what its population shares. */
  readonly index: Ir;
  readonly ordinal: Ir;
  /** Expression of a derived variable, for code that needs it before it was ever computed. */
  readonly derived: ReadonlyMap<string, { readonly expression: Expression }>;
  /**
   * Other names: variables of ends, links, indices. `writing`: the code writes variables of that end, which are then
   * read as they are.
   */
  readonly other: (name: string, scope: StepScope) => Ir | null;
  /** Assigns a variable of an end. @returns false when the name is none */
  readonly assignOther?: (name: string, value: Ir, scope: StepScope) => boolean;
}

export class StepScope extends CodeScope {
  readonly owner: Owner;
  /** Float64 time that the code sees. */
  readonly time: Ir;
  /** Whether a state variable belongs to the part that runs, which sees it as it is. */
  isOwn: (name: string) => boolean = () => true;
  /** Names that the running block of statements writes: it reads them as they are. */
  writing: ReadonlySet<string> = new Set();
  #registers = new Map<string, Local>();
  #values = new Map<string, Ir>();

  constructor(context: Context, owner: Owner, block: Block, time: Ir, draws: Draws | null) {
    super(context, block, draws);
    this.owner = owner;
    this.time = time;
  }

  read(name: string): Ir {
    const override = this.overrides.get(name);
    if (override) return override;
    const value = this.#values.get(name);
    if (value) return value;
    const { owner } = this;
    const shown = owner.shown.get(name);
    const storage = owner.storage.get(name);
    if (shown && storage && !this.isOwn(name) && !this.writing.has(name))
      return to(scalarTypeOf(storage.type, this.real), ir.load(shown, owner.index));
    // Ends, links and indices come before storage: a linked parameter has a default in storage.
    const other = owner.other(name, this);
    if (other) return other;
    const kept = owner.kept.get(name);
    if (kept) return this.#load(kept);
    if (storage?.kind === 'folded') return this.#load(storage);
    if (storage) {
      const register = this.#registers.get(name) ?? this.#register(name, storage);
      return readInto(register, storage, this.#load(storage));
    }
    return this.#special(name);
  }

  #load(storage: Storage): Ir {
    return loaded(storage, this.owner.index, this.owner.ordinal, this.context);
  }

  #indexOf(storage: Storage): Ir {
    return storage.kind === 'table' ? this.owner.ordinal : this.owner.index;
  }

  #register(name: string, storage: Exclude<Storage, { kind: 'folded' }>): Local {
    const local = this.block.local(name, scalarTypeOf(storage.type, this.real));
    this.block.emit(ir.set(local, this.#load(storage)));
    this.#registers.set(name, local);
    return local;
  }

  /** Makes a computed value known under a name for the rest of the step, and keeps it where it outlives the step. */
  define(name: string, value: Ir): void {
    const constant = constantOf(value);
    const defined = constant ? known(constant) : this.#copy(name, value);
    this.#values.set(name, defined);
    const kept = this.owner.kept.get(name);
    if (kept && kept.kind !== 'folded')
      this.block.emit(ir.store(kept.buffer, this.#indexOf(kept), storedValue(kept.buffer, defined)));
  }

  /** A local of its own: what it is computed from may change before it is read. */
  #copy(name: string, value: Ir): Ir {
    const local = this.block.local(name, value.type);
    this.block.emit(ir.set(local, value));
    const definition = definitionOf(value);
    return definition ? invariantLocal(local, definition) : ir.get(local);
  }

  /** Assigns a state variable, at once in memory too. */
  write(name: string, value: Ir): void {
    const storage = this.owner.storage.get(name);
    if (!storage) {
      if (this.owner.assignOther?.(name, value, this) === true) return;
      this.#values.set(name, this.#temporary(name, value));
      return;
    }
    invariant(storage.kind !== 'folded', 'lower/elements/scope', `${name} is constant`);
    const local = this.#registers.get(name) ?? this.block.local(name, scalarTypeOf(storage.type, this.real));
    this.#registers.set(name, local);
    this.block.emit(
      ir.set(local, to(local.type, value)),
      ir.store(storage.buffer, this.#indexOf(storage), storedValue(storage.buffer, ir.get(local))),
    );
  }

  #temporary(name: string, value: Ir): Ir {
    const known = this.#values.get(name);
    if (known?.kind === 'local') {
      this.block.emit(ir.set({ name: known.name, type: known.type }, to(known.type, value)));
      return known;
    }
    const local = this.block.local(name, value.type === 'f64' && value.kind === 'const' ? this.real : value.type);
    this.block.emit(ir.set(local, to(local.type, value)));
    return ir.get(local);
  }

  /** Runs statements in order, each seeing what those before it have written. */
  execute(statements: readonly Statement[]): void {
    const outer = this.writing;
    this.writing = new Set([...outer, ...writtenBy(statements)]);
    for (const statement of statements) {
      invariant(statement.kind === 'assignment', 'lower/elements/scope', 'nothing is sent here');
      const right = compile(statement.value, this);
      this.write(
        statement.target,
        statement.operator === '=' ? right : combine(statement.operator, this.read(statement.target), right, this),
      );
    }
    this.writing = outer;
  }

  /** Code that runs where a condition holds. */
  branch(condition: Ir, write: () => void): void {
    if (condition.kind === 'const' && condition.value === false) return;
    const [outer, registers, values] = [this.block, new Map(this.#registers), new Map(this.#values)];
    const inner = outer.nested((block) => {
      this.block = block;
      write();
    });
    this.block = outer;
    // What was first read or named in there is not known outside; what was forgotten in there is to be read again.
    this.#registers = new Map([...registers].filter(([name, local]) => this.#registers.get(name) === local));
    this.#values = values;
    if (inner.length > 0) this.block.emit(ir.when(condition, inner));
  }

  condition(e: Expression): Ir {
    return compileCondition(e, this);
  }

  /** Forgets what is known of variables that others may have changed meanwhile. */
  forget(names: Iterable<string>): void {
    for (const name of names) this.#registers.delete(name);
  }

  #special(name: string): Ir {
    const constant = this.constant(name);
    if (constant) return constant;
    switch (name) {
      case 't':
        return this.time;
      case 't_in_timesteps':
        return step;
      default:
        this.context.diagnostics.add(messages.unreadable(name, this.owner.name));
        return ir.f64(1);
    }
  }
}
