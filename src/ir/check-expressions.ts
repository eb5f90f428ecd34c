/** Recomputes the type of every expression node and compares. */

import { exponentOf } from './fixed-point.js';
import { binaryTypes, compareTypes, convertible, integerBits, reinterpretable, unaryTypes } from './operators.js';
import {
  type BinaryOp,
  type Buffer,
  type CallExpression,
  type Constant,
  type Expression,
  type IrFunction,
  type ScalarType,
  loadedType,
} from './program.js';

/** The names that a body may refer to, and the report of violations. */
export interface BodyContext {
  /** `kernel lif.integrate` or `function exp`: begins every sentence. */
  readonly owner: string;
  /** Types of parameters, locals and implicit locals. */
  readonly locals: ReadonlyMap<string, ScalarType>;
  /** Buffers that may be read and written, by name. */
  readonly buffers: ReadonlyMap<string, Buffer>;
  /** Functions that may be called, by name. */
  readonly functions: ReadonlyMap<string, IrFunction>;
  /** Adds a violation; the owner is put before it. */
  readonly report: (sentence: string) => void;
}

/** Checks an expression; `assigned` are the locals that have a value there. */
export function checkExpression(e: Expression, assigned: ReadonlySet<string>, context: BodyContext): void {
  const check = (operand: Expression): void => checkExpression(operand, assigned, context);
  const { report } = context;
  switch (e.kind) {
    case 'const':
      checkConstant(e, report);
      return;
    case 'local': {
      const declared = context.locals.get(e.name);
      if (declared === undefined) report(`reads ${e.name}, which is not a local here`);
      else if (declared !== e.type) report(`reads ${e.name} as ${e.type}, but it is ${declared}`);
      else if (!assigned.has(e.name)) report(`reads ${e.name} where it may not have been set`);
      return;
    }
    case 'load': {
      check(e.index);
      if (e.index.type !== 'u32') report(`loads ${e.buffer} at an index of type ${e.index.type}, not u32`);
      const buffer = context.buffers.get(e.buffer);
      if (!buffer) report(`loads from ${e.buffer}, which is not a buffer here`);
      else if (loadedType[buffer.element] !== e.type)
        report(`loads ${e.type} from ${e.buffer}, whose elements are ${buffer.element}`);
      return;
    }
    case 'unary':
      check(e.operand);
      if (e.operand.type !== e.type) report(`${e.op} of ${e.operand.type} is declared as ${e.type}`);
      else if (!unaryTypes[e.op].includes(e.type)) report(`${e.op} does not exist for ${e.type}`);
      return;
    case 'binary':
      check(e.left);
      check(e.right);
      checkBinary(e, report);
      return;
    case 'compare':
      check(e.left);
      check(e.right);
      if (e.left.type !== e.right.type) report(`${e.op} of ${e.left.type} and ${e.right.type}`);
      else if (!compareTypes[e.op].includes(e.left.type)) report(`${e.op} does not exist for ${e.left.type}`);
      return;
    case 'select':
      check(e.condition);
      check(e.whenTrue);
      check(e.whenFalse);
      if (e.condition.type !== 'bool') report(`selects by a condition of type ${e.condition.type}`);
      if (e.whenTrue.type !== e.type || e.whenFalse.type !== e.type) {
        report(`selects ${e.whenTrue.type} or ${e.whenFalse.type} and says it is ${e.type}`);
      }
      return;
    case 'convert':
      check(e.operand);
      if (!convertible(e.operand.type, e.type)) report(`converts ${e.operand.type} to ${e.type}`);
      return;
    case 'reinterpret':
      check(e.operand);
      if (!reinterpretable(e.operand.type, e.type)) report(`reinterprets ${e.operand.type} as ${e.type}`);
      return;
    case 'toFixed':
    case 'fromFixed': {
      const unit = e.kind === 'toFixed' ? e.scale : e.unit;
      check(e.operand);
      check(unit);
      if (e.operand.type !== fixedOperand[e.kind]) report(`has ${e.kind} of ${e.operand.type}`);
      if (unit.type !== 'f64') report(`has ${e.kind} by ${unit.type}`);
      else if (unit.kind === 'const' && exponentOf(unit) === undefined)
        report(`has ${e.kind} by ${String(unit.value)}, which is no power of two from 2^-1000 to 2^1000`);
      return;
    }
    case 'call':
      e.arguments.forEach(check);
      checkCall(e, context);
      return;
  }
}

/** Operand types of conversions to and from fixed point. */
const fixedOperand = { toFixed: 'f64', fromFixed: 'i64' } as const;

function checkBinary(e: BinaryOp, report: (sentence: string) => void): void {
  if (e.left.type !== e.right.type) {
    report(`${e.op} of ${e.left.type} and ${e.right.type}`);
    return;
  }
  if (e.left.type !== e.type) report(`${e.op} of ${e.left.type} is declared as ${e.type}`);
  else if (!binaryTypes[e.op].includes(e.type)) report(`${e.op} does not exist for ${e.type}`);
  const shift = e.op === 'shl' || e.op === 'shr' || e.op === 'shrU';
  if (shift && e.right.kind === 'const' && (e.type === 'i32' || e.type === 'u32' || e.type === 'i64')) {
    const count = Number(e.right.value);
    if (count < 0 || count >= integerBits[e.type]) report(`shifts ${e.type} by ${count}, not below its width`);
  }
}

function checkCall(e: CallExpression, context: BodyContext): void {
  const callee = checkArguments(e.function, e.arguments, context);
  if (!callee) return;
  const result = callee.results[0];
  if (!result || callee.results.length !== 1)
    context.report(`calls ${e.function} in an expression, but it has ${callee.results.length} results`);
  else if (result.type !== e.type) context.report(`calls ${e.function} as ${e.type}, but it gives ${result.type}`);
}

/** Checks that a callee exists and accepts these arguments. */
export function checkArguments(
  name: string,
  args: readonly Expression[],
  context: BodyContext,
): IrFunction | undefined {
  const callee = context.functions.get(name);
  if (!callee) {
    context.report(`calls ${name}, which is not a function of the program`);
    return undefined;
  }
  if (callee.parameters.length !== args.length) {
    context.report(`calls ${name} with ${args.length} arguments; it takes ${callee.parameters.length}`);
  }
  args.forEach((argument, k) => {
    const parameter = callee.parameters[k];
    if (parameter && parameter.type !== argument.type) {
      context.report(`calls ${name} with ${argument.type} for ${parameter.name}, which is ${parameter.type}`);
    }
  });
  return callee;
}

function checkConstant(e: Constant, report: (sentence: string) => void): void {
  if (!isConstantOf(e.type, e.value)) report(`has a constant ${String(e.value)} that is no ${e.type}`);
}

function isConstantOf(type: ScalarType, value: Constant['value']): boolean {
  switch (type) {
    case 'bool':
      return typeof value === 'boolean';
    case 'i64':
      return typeof value === 'bigint' && BigInt.asIntN(64, value) === value;
    // `Object.is` also refuses −0, which is not an integer.
    case 'i32':
      return typeof value === 'number' && Object.is(value | 0, value);
    case 'u32':
      return typeof value === 'number' && Object.is(value >>> 0, value);
    case 'f32':
      return typeof value === 'number' && Object.is(Math.fround(value), value);
    case 'f64':
      return typeof value === 'number';
  }
}
