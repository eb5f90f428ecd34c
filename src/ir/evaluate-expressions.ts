/**
 * Expressions as closures over the slots of their locals and the cells of buffers.
 *
 * Both sides of a select and both operands of `and` and `or` are evaluated, so a load outside its buffer is found
 * whichever way the condition goes.
 */

import { InvariantError, invariant } from '../diagnostics/diagnostic.js';
import { compareCode, numberBinary, numberUnary } from './arithmetic.js';
import type { Cell, Slot } from './cells.js';
import { readSlot, writeSlot } from './cells.js';
import { type BoolCode, type LongCode, type NumberCode, type NumberType, type Scalar, isNumberType } from './code.js';
import {
  convertBool,
  convertLong,
  convertNumber,
  convertToLong,
  reinterpretLong,
  reinterpretNumber,
  reinterpretToLong,
} from './conversions.js';
import { longBinary, longUnary } from './long.js';
import { expandFixed } from './fixed-point.js';
import type { CallExpression, CompareOp, Convert, Expression, Load } from './program.js';

/**
 * A function ready to run: put arguments into `parameters`, run, take `results`. Not reentrant, as IR functions do not
 * recurse.
 */
export interface CompiledFunction {
  readonly name: string;
  /** Where arguments go, in order. */
  readonly parameters: readonly Slot[];
  /** Where results are afterwards, in order. */
  readonly results: readonly Slot[];
  /** Runs the body once. */
  readonly run: () => void;
}

/** Resolves the names in an expression or body. */
export interface Environment {
  /** Name of the kernel or function, for messages. */
  readonly owner: string;
  /** Locals, parameters and implicit locals. */
  readonly slots: ReadonlyMap<string, Slot>;
  /** Buffers by name. */
  readonly cells: ReadonlyMap<string, Cell>;
  /** Functions by name, compiled when first asked for. */
  readonly functions: { get(name: string): CompiledFunction | undefined };
}

/** Returns the slot of a local. @throws InvariantError if it does not exist */
export function slotOf(name: string, environment: Pick<Environment, 'owner' | 'slots'>): Slot {
  const slot = environment.slots.get(name);
  invariant(slot, 'ir/evaluate', `${environment.owner}: no local ${name}`);
  return slot;
}

/** Returns the cell of a buffer. @throws InvariantError if it does not exist */
export function cellOf(name: string, environment: Pick<Environment, 'owner' | 'cells'>): Cell {
  const cell = environment.cells.get(name);
  invariant(cell, 'ir/evaluate', `${environment.owner}: no buffer ${name}`);
  return cell;
}

/** The error of an access outside a buffer. */
export function outside(owner: string, cell: Cell, index: number): InvariantError {
  const length = cell.element === 'i64' ? cell.longs.length : cell.numbers.length;
  return new InvariantError(
    'ir/evaluate',
    `${owner}: index ${index} is outside buffer ${cell.name} of ${length} elements`,
  );
}

/** An expression of any type. */
export function compileExpression(e: Expression, environment: Environment): () => Scalar {
  if (e.type === 'bool') return compileBool(e, environment);
  return e.type === 'i64' ? compileLong(e, environment) : compileNumber(e, environment);
}

function typeError(e: Expression, environment: Environment): InvariantError {
  return new InvariantError('ir/evaluate', `${environment.owner}: a ${e.kind} cannot have type ${e.type}`);
}

/** An expression of type i32, u32, f32 or f64. */
export function compileNumber(e: Expression, environment: Environment): NumberCode {
  const { type } = e;
  if (!isNumberType(type)) throw typeError(e, environment);
  switch (e.kind) {
    case 'const': {
      const { value } = e;
      if (typeof value !== 'number') throw typeError(e, environment);
      return () => value;
    }
    case 'local': {
      const slot = slotOf(e.name, environment);
      if (slot.kind !== 'number') throw typeError(e, environment);
      const { value } = slot;
      return () => value[0] ?? 0;
    }
    case 'load':
      return numberLoad(e, environment);
    case 'unary': {
      const make = numberUnary[type][e.op];
      if (!make) throw typeError(e, environment);
      return make(compileNumber(e.operand, environment));
    }
    case 'binary': {
      const make = numberBinary[type][e.op];
      if (!make) throw typeError(e, environment);
      return make(compileNumber(e.left, environment), compileNumber(e.right, environment));
    }
    case 'compare':
      throw typeError(e, environment);
    case 'select':
      return selection(e, environment, compileNumber);
    case 'convert':
      return numberConversion(e, type, environment);
    case 'reinterpret':
      if (e.operand.type === 'i64') return reinterpretLong(type, compileLong(e.operand, environment));
      if (!isNumberType(e.operand.type)) throw typeError(e, environment);
      return reinterpretNumber(e.operand.type, type, compileNumber(e.operand, environment));
    case 'fromFixed':
      return compileNumber(expandFixed(e), environment);
    case 'toFixed':
      throw typeError(e, environment);
    case 'call': {
      const { run, result } = compileCall(e, environment);
      if (result.kind !== 'number') throw typeError(e, environment);
      const { value } = result;
      return () => {
        run();
        return value[0] ?? 0;
      };
    }
  }
}

/** Selections evaluate both values, and then the condition. */
function selection<T>(
  e: Extract<Expression, { readonly kind: 'select' }>,
  environment: Environment,
  compile: (value: Expression, environment: Environment) => () => T,
): () => T {
  const condition = compileBool(e.condition, environment);
  const whenTrue = compile(e.whenTrue, environment);
  const whenFalse = compile(e.whenFalse, environment);
  return () => {
    const a = whenTrue();
    const b = whenFalse();
    return condition() ? a : b;
  };
}

/** An expression of type i64. */
export function compileLong(e: Expression, environment: Environment): LongCode {
  if (e.type !== 'i64') throw typeError(e, environment);
  switch (e.kind) {
    case 'const': {
      const { value } = e;
      if (typeof value !== 'bigint') throw typeError(e, environment);
      return () => value;
    }
    case 'local': {
      const slot = slotOf(e.name, environment);
      if (slot.kind !== 'long') throw typeError(e, environment);
      return () => slot.value;
    }
    case 'load': {
      const cell = cellOf(e.buffer, environment);
      const index = compileNumber(e.index, environment);
      if (cell.element !== 'i64') throw typeError(e, environment);
      return () => {
        const at = index();
        const value = cell.longs[at];
        if (value === undefined) throw outside(environment.owner, cell, at);
        return value;
      };
    }
    case 'unary': {
      const make = longUnary[e.op];
      if (!make) throw typeError(e, environment);
      return make(compileLong(e.operand, environment));
    }
    case 'binary': {
      const make = longBinary[e.op];
      if (!make) throw typeError(e, environment);
      return make(compileLong(e.left, environment), compileLong(e.right, environment));
    }
    case 'select':
      return selection(e, environment, compileLong);
    case 'convert': {
      const from = e.operand.type;
      if (from === 'bool') {
        const operand = compileBool(e.operand, environment);
        return () => (operand() ? 1n : 0n);
      }
      if (!isNumberType(from)) return compileLong(e.operand, environment);
      return convertToLong(from, compileNumber(e.operand, environment));
    }
    case 'reinterpret':
      return reinterpretToLong(e.operand.type, compileNumber(e.operand, environment));
    case 'toFixed':
      return compileLong(expandFixed(e), environment);
    case 'call': {
      const { run, result } = compileCall(e, environment);
      if (result.kind !== 'long') throw typeError(e, environment);
      return () => {
        run();
        return result.value;
      };
    }
  }
}

/** An expression of type bool. */
export function compileBool(e: Expression, environment: Environment): BoolCode {
  if (e.type !== 'bool') throw typeError(e, environment);
  switch (e.kind) {
    case 'const': {
      const { value } = e;
      if (typeof value !== 'boolean') throw typeError(e, environment);
      return () => value;
    }
    case 'local': {
      const slot = slotOf(e.name, environment);
      if (slot.kind !== 'bool') throw typeError(e, environment);
      return () => slot.value;
    }
    case 'load':
      throw typeError(e, environment);
    case 'unary': {
      if (e.op !== 'not') throw typeError(e, environment);
      const operand = compileBool(e.operand, environment);
      return () => !operand();
    }
    case 'binary': {
      const left = compileBool(e.left, environment);
      const right = compileBool(e.right, environment);
      if (e.op === 'and') {
        return () => {
          const a = left();
          const b = right();
          return a && b;
        };
      }
      if (e.op === 'or') {
        return () => {
          const a = left();
          const b = right();
          return a || b;
        };
      }
      if (e.op === 'xor') return () => left() !== right();
      throw typeError(e, environment);
    }
    case 'compare':
      return comparison(e, environment);
    case 'select':
      return selection(e, environment, compileBool);
    case 'convert': {
      const from = e.operand.type;
      if (from === 'bool') return compileBool(e.operand, environment);
      if (from === 'i64') {
        const operand = compileLong(e.operand, environment);
        return () => operand() !== 0n;
      }
      const operand = compileNumber(e.operand, environment);
      return () => operand() !== 0;
    }
    case 'reinterpret':
      throw typeError(e, environment);
    case 'call': {
      const { run, result } = compileCall(e, environment);
      if (result.kind !== 'bool') throw typeError(e, environment);
      return () => {
        run();
        return result.value;
      };
    }
  }
}

function numberLoad(e: Load, environment: Environment): NumberCode {
  const cell = cellOf(e.buffer, environment);
  const index = compileNumber(e.index, environment);
  if (cell.element === 'i64') throw typeError(e, environment);
  return () => {
    const at = index();
    const value = cell.numbers[at];
    if (value === undefined) throw outside(environment.owner, cell, at);
    return value;
  };
}

function numberConversion(e: Convert, type: NumberType, environment: Environment): NumberCode {
  const from = e.operand.type;
  if (from === 'bool') return convertBool(compileBool(e.operand, environment));
  if (from === 'i64') return convertLong(type, compileLong(e.operand, environment));
  return convertNumber(from, type, compileNumber(e.operand, environment));
}

function comparison(e: CompareOp, environment: Environment): BoolCode {
  if (e.left.type === 'bool') {
    const left = compileBool(e.left, environment);
    const right = compileBool(e.right, environment);
    if (e.op === 'eq') return () => left() === right();
    if (e.op === 'ne') return () => left() !== right();
    throw typeError(e, environment);
  }
  if (e.left.type === 'i64')
    return compareCode(e.op, compileLong(e.left, environment), compileLong(e.right, environment));
  return compareCode(e.op, compileNumber(e.left, environment), compileNumber(e.right, environment));
}

function compileCall(e: CallExpression, environment: Environment): { run: () => void; result: Slot } {
  const callee = environment.functions.get(e.function);
  const result = callee?.results[0];
  invariant(
    callee && result && callee.results.length === 1,
    'ir/evaluate',
    `${environment.owner}: ${e.function} has not one result`,
  );
  return { run: passArguments(callee, e.arguments, environment), result };
}

/**
 * Evaluates arguments, then puts them into the parameters and runs: an argument may itself be a call of the same
 * function.
 */
export function passArguments(
  callee: CompiledFunction,
  args: readonly Expression[],
  environment: Environment,
): () => void {
  invariant(
    args.length === callee.parameters.length,
    'ir/evaluate',
    `${environment.owner}: ${args.length} arguments for ${callee.name}`,
  );
  const { parameters, run } = callee;
  args.forEach((argument, k) => {
    const parameter = parameters[k];
    invariant(
      parameter?.type === argument.type,
      'ir/evaluate',
      `${environment.owner}: argument ${k} of ${callee.name} is ${argument.type}`,
    );
  });
  const values = args.map((argument) => compileExpression(argument, environment));
  const held: Scalar[] = values.map(() => 0);
  return () => {
    for (let k = 0; k < values.length; k++) held[k] = values[k]?.() ?? 0;
    for (let k = 0; k < values.length; k++) {
      const slot = parameters[k];
      if (slot) writeSlot(slot, held[k] ?? 0);
    }
    run();
  };
}

/** Reads results after a call. */
export const readResults = (callee: CompiledFunction): Scalar[] => callee.results.map(readSlot);
