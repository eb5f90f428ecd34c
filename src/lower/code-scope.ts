/**
 * What the scopes of elements, synapses and steps have in common: where code goes, what it may call, and names that
 * mean the same to all.
 */

import { invariant } from '../diagnostics/diagnostic.js';
import type { Finding } from '../diagnostics/diagnostic.js';
import * as ir from '../ir/builder.js';
import type { Constant, Expression as Ir, IrFunction, Local } from '../ir/program.js';
import type { Call } from '../lang/ast.js';
import type { Block } from './block.js';
import type { Context, Real } from './context.js';
import type { Draws } from './draws.js';
import { draw } from './draws.js';
import type { Scope } from './expressions.js';
import { fold } from '../ir/fold.js';
import type { Storage } from './groups.js';
import { invariantLocal, known } from './invariant.js';
import { tableValue } from './tables.js';

export abstract class CodeScope implements Scope {
  readonly real: Real;
  readonly context: Context;
  block: Block;
  /** Values that replace names for a while, as the stages of a Runge–Kutta step do. */
  overrides: ReadonlyMap<string, Ir> = new Map();
  #draws: Draws | null;
  unreached = false;

  /** @param draws  null where nothing may be drawn */
  constructor(context: Context, block: Block, draws: Draws | null) {
    this.context = context;
    this.real = context.real;
    this.block = block;
    this.#draws = draws;
  }

  abstract read(name: string): Ir;

  /** What `write` yields where numbers are drawn from `draws` and, unless null, `overrides` replace names. */
  replacing<T>(draws: Draws, overrides: ReadonlyMap<string, Ir> | null, write: () => T): T {
    const before = [this.#draws, this.overrides] as const;
    this.#draws = draws;
    if (overrides) this.overrides = overrides;
    const result = write();
    [this.#draws, this.overrides] = before;
    return result;
  }

  use(callee: IrFunction): IrFunction {
    return this.context.builder.use(callee);
  }

  report(finding: Finding): void {
    if (!this.unreached) this.context.diagnostics.add(finding);
  }

  draw(call: Call, args: readonly Ir[]): Ir {
    invariant(this.#draws, 'lower/code-scope', `${call.function} is drawn where nothing may be`);
    return draw(call, args, this.#draws, this.block, this.context);
  }

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
export function foldedValue({ type, value }: Extract<Storage, { kind: 'folded' }>, real: Real): Ir {
  const constant =
    type === 'boolean'
      ? ir.bool(value !== 0)
      : type === 'integer'
        ? ir.i32(value)
        : fold(ir.convert(real, ir.f64(value)));
  return known(constant as Constant);
}

/** What a local has that was read from where a variable is stored: a parameter's value holds until a phase sets it. */
export const readInto = (local: Local, storage: Storage, stored: Ir): Ir =>
  storage.kind !== 'folded' && storage.parameter === true ? invariantLocal(local, stored) : ir.get(local);
