/** What names mean in code that runs for one synapse: its own variables, and those of its two ends. */

import { referenceOf } from '../lang/reference.js';
import { invariant } from '../diagnostics/diagnostic.js';
import * as ir from '../ir/builder.js';
import type { Buffer, Expression as Ir, Local } from '../ir/program.js';
import type { Block } from './block.js';
import { CodeScope, foldedValue, readInto } from './code-scope.js';
import type { Context } from './context.js';
import type { Draws } from './draws.js';
import { ElementScope, scalarTypeOf, storedValue, timeOf, step } from './element-scope.js';
import { compile, to } from './expressions.js';
import type { Storage } from './groups.js';
import type { ProjectionEnd, ProjectionPlan } from './projection.js';
import { namedIndex } from './rules/rule-code.js';
import { coordinateOf, distanceOf } from './space/ends.js';
import { micrometresPerMetre } from '../draw/space/micrometres.js';
import { axes } from '../draw/space/axes.js';
import * as messages from './messages.js';

/** Where the synapse and its ends are: u32 expressions; `source` and `target` count within the ends. */
interface SynapseAddress {
  /** Position in storage; null while connectivity is still being drawn. */
  readonly position: Ir | null;
  readonly source: Ir;
  readonly target: Ir;
}

/** Variables of a projection's synapses by name. */
export type SynapseStorage = ReadonlyMap<string, Storage>;

export class SynapseScope extends CodeScope {
  readonly plan: ProjectionPlan;
  readonly address: SynapseAddress;
  readonly #storage: SynapseStorage;
  readonly #ends: { readonly pre: ElementScope | null; readonly post: ElementScope | null };
  readonly #registers = new Map<string, { readonly local: Local; readonly buffer: Buffer; dirty: boolean }>();
  readonly #temporaries = new Map<string, Local>();
  readonly #derived = new Map<string, Ir>();
  #distance: Ir | null = null;

  constructor(
    context: Context,
    plan: ProjectionPlan,
    storage: SynapseStorage,
    address: SynapseAddress,
    block: Block,
    draws: Draws | null,
  ) {
    super(context, block, draws);
    this.plan = plan;
    this.#storage = storage;
    this.address = address;
    this.#ends = {
      pre: endScope(plan.pre, address.source, block, context),
      post: endScope(plan.post, address.target, block, context),
    };
  }

  /** A distance or coordinate in micrometres. */
  length(name: string): Ir | undefined {
    if (name === 'distance') {
      this.#distance ??= distanceOf(this.plan, this.address.source, this.address.target, this.block, this.context);
      return this.#distance;
    }
    const { end: side, variable } = referenceOf(name);
    const known = axes.find((each) => each === variable);
    if (!known || !side || this.#declares(side, known)) return undefined;
    return coordinateOf(
      this.plan[side],
      side === 'pre' ? this.address.source : this.address.target,
      known,
      this.context,
    );
  }

  /** Whether a type has a variable of that name of its own. */
  #declares(side: 'pre' | 'post', name: string): boolean {
    const group = this.#ends[side]?.group;
    return group !== undefined && (group.storage.has(name) || group.equations.derived.has(name));
  }

  /** Scope of an end's element. */
  end(side: 'pre' | 'post'): ElementScope {
    const scope = this.#ends[side];
    invariant(scope, 'lower/synapse-scope', `the ${side} end of ${this.plan.name} has no variables`);
    return scope;
  }

  read(name: string): Ir {
    const override = this.overrides.get(name);
    if (override) return override;
    const temporary = this.#temporaries.get(name);
    if (temporary) return ir.get(temporary);
    const { end, variable } = referenceOf(name);
    if (end) return this.#readEnd(end, variable);
    const storage = this.#storage.get(name);
    if (storage?.kind === 'folded') return foldedValue(storage, this.real);
    if (storage) {
      const { local, buffer } = this.#register(name, storage, true);
      return readInto(local, storage, to(local.type, ir.load(buffer, this.#indexOf(name))));
    }
    const derived = this.plan.equations.derived.get(name);
    if (derived) {
      if (this.overrides.size > 0) return to(scalarTypeOf(derived.type, this.real), compile(derived.expression, this));
      let value = this.#derived.get(name);
      if (!value)
        this.#derived.set(
          name,
          (value = this.block.name(name, to(scalarTypeOf(derived.type, this.real), compile(derived.expression, this)))),
        );
      return value;
    }
    const constant = this.constant(name);
    if (constant) return constant;
    const length = this.length(name);
    if (length) return ir.div(length, ir.f64(micrometresPerMetre));
    switch (name) {
      case 't':
        return timeOf(this.context);
      case 't_in_timesteps':
        return step;
      case 'i':
        return ir.convert('i32', namedIndex(this.plan.pre, this.address.source));
      case 'j':
        return ir.convert('i32', namedIndex(this.plan.post, this.address.target));
      case 'N_pre':
        return ir.i32(this.plan.pre.named);
      case 'N_post':
        return ir.i32(this.plan.post.named);
      default:
        this.context.diagnostics.add(messages.unreadable(name, this.plan.name));
        return ir.f64(1);
    }
  }

  /** Assigns one of the synapse's own variables, or a temporary of the code. */
  write(name: string, value: Ir): void {
    this.#derived.clear();
    const storage = this.#storage.get(name);
    if (!storage) {
      const local =
        this.#temporaries.get(name) ??
        this.block.local(name, value.type === 'f64' && value.kind === 'const' ? this.real : value.type);
      this.#temporaries.set(name, local);
      this.block.emit(ir.set(local, to(local.type, value)));
      return;
    }
    invariant(storage.kind !== 'folded', 'lower/synapse-scope', `${name} is constant`);
    const register = this.#register(name, storage, false);
    register.dirty = true;
    this.block.emit(ir.set(register.local, to(register.local.type, value)));
  }

  /** Assigns a variable of an end in order, as only a sequential kernel may. */
  writeEnd(side: 'pre' | 'post', name: string, value: Ir): void {
    this.#derived.clear();
    this.end(side).write(name, value);
  }

  storeAll(): void {
    for (const [name, register] of this.#registers) {
      if (register.dirty)
        this.block.emit(
          ir.store(register.buffer, this.#indexOf(name), storedValue(register.buffer, ir.get(register.local))),
        );
    }
    this.#ends.pre?.storeAll();
    this.#ends.post?.storeAll();
  }

  /** Whether a name is one of the synapse's own stored variables. */
  owns(name: string): boolean {
    const storage = this.#storage.get(name);
    return storage !== undefined && storage.kind !== 'folded';
  }

  #indexOf(name: string): Ir {
    if (this.#storage.get(name)?.kind === 'table') return ir.u32(0);
    invariant(this.address.position, 'lower/synapse-scope', `${name} is read before there are synapses`);
    return this.address.position;
  }

  #readEnd(side: 'pre' | 'post', name: string): Ir {
    if (name === 'i' || name === 'N') return this.read(name === 'i' ? (side === 'pre' ? 'i' : 'j') : `N_${side}`);
    const length = this.length(`${side}.${name}`);
    if (length) return ir.div(length, ir.f64(micrometresPerMetre));
    return this.end(side).read(name);
  }

  #register(name: string, storage: Exclude<Storage, { kind: 'folded' }>, loaded: boolean) {
    let register = this.#registers.get(name);
    if (!register) {
      register = {
        local: this.block.local(name.replaceAll(' ', '_'), scalarTypeOf(storage.type, this.real)),
        buffer: storage.buffer,
        dirty: false,
      };
      this.#registers.set(name, register);
      if (loaded)
        this.block.emit(ir.set(register.local, to(register.local.type, ir.load(storage.buffer, this.#indexOf(name)))));
    }
    return register;
  }
}

/** Index of an element of an end in its group's merged arrays. */
export function elementIndex(end: ProjectionEnd, element: Ir): Ir {
  const base = (end.member?.begin ?? 0) + end.offset;
  return base === 0 ? element : ir.add(element, ir.u32(base));
}

function endScope(end: ProjectionEnd, element: Ir, block: Block, context: Context): ElementScope | null {
  if (!end.group || !end.member) return null;
  const local = end.offset === 0 ? element : ir.add(element, ir.u32(end.offset));
  return new ElementScope(
    context,
    end.group,
    { index: elementIndex(end, element), ordinal: ir.u32(end.member.ordinal), local },
    block,
    null,
  );
}
